from __future__ import annotations

import numpy as np
import pytest

from hitl_widget import AutoMLSession
from hitl_widget.domain.event import Noted
from hitl_widget.domain.trial import TrialState
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.publisher import Publisher
from hitl_widget.widget.wire.pairs import PairInfo
from hitl_widget.widget.wire.pictures import AuditInfo, GroupInfo, PictureInfo
from hitl_widget.widget.wire.preferences import (
    AnswerInfo,
    ConstraintInfo,
    ObjectiveInfo,
    PreferencesInfo,
    QuestionInfo,
    WorthInfo,
    preferences_version,
)
from tests.preference.states import Study
from tests.session.test_preferences import has, wait_until
from tests.tables import EVIL, customers, prices
from tests.widget.test_publisher import Browser


def shaped(answer, kind):
    """The result of a request, once it has the keys of its wire message and no others."""
    assert answer["ok"], answer
    assert set(answer["result"]) == set(kind.__annotations__)
    return answer["result"]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    place = tmp_path_factory.mktemp("bridge") / "s.sqlite"
    with AutoMLSession(customers(300), "Churn", max_trials=60, workers=2, autonomy="user", journal=place) as session:
        for config in (
            {"family": "dummy"},
            {"family": "linear"},
            {"family": "tree", "tree.max_depth": 3},
            {"family": "tree", "tree.max_depth": 9},
            {"family": "lightgbm", "lightgbm.num_leaves": 7},
        ):
            session.propose(config)
        session.start()
        wait_until(session, lambda s: s.count(TrialState.COMPLETE) == 5)
        session.pause()
        yield session


@pytest.fixture
def browser(session):
    browser = Browser()
    browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
    acts = len(session.state.done)
    yield browser
    browser.publisher.close()
    for _ in range(len(session.state.done) - acts):
        session.undo()


def test_preferences_say_what_is_known_and_what_may_be_asked(browser, session):
    """Before anything was said: the usual objectives, what else there is, a first question, no trial to take."""
    found = shaped(browser.ask(type="preferences"), PreferencesInfo)
    assert [one["name"] for one in found["objectives"]] == ["roc_auc", "predict_ms", "complexity"]
    for one in (*found["objectives"], *found["offered"]):
        assert set(one) == set(ObjectiveInfo.__annotations__)
        assert (one["measured"] + one["waiting"], one["of"]) == (4, 4) or not one["main"]
    assert EVIL in found["groups"]
    by_group = [one["name"].split(":")[0] for one in found["offered"] if ":" in one["name"]]
    assert by_group == ["demographic_parity", "equalised_odds", "worst_group"]
    assert (found["answers"], found["goals"], found["preferred"], found["learnt"]) == ([], None, None, [])
    assert set(found["question"]) == set(QuestionInfo.__annotations__)
    assert found["best"] == session.state.best
    assert 0 not in found["front"]


def test_answers_goals_and_limits_come_back_in_words(browser, session):
    """What a browser says is what it is then told, with what was learnt and the act that undo takes."""
    pair = shaped(browser.ask(type="preferences"), PreferencesInfo)["question"]
    body = {"type": "prefer", "first": pair["first"], "second": pair["second"], "answer": "a"}
    assert browser.ask(type="command", command=body)["ok"]
    assert browser.ask(type="command", command={"type": "set_goals", "weights": {"predict_ms": 3}})["ok"]
    assert browser.ask(type="command", command={"type": "require", "text": "predict_ms < 1e6"})["ok"]
    assert browser.ask(type="command", command={"type": "require", "text": f"worst_group:{EVIL} > 0"})["ok"]
    wait_until(session, has(f"worst_group:{EVIL}"))
    found = shaped(browser.ask(type="preferences"), PreferencesInfo)
    (answer,) = found["answers"]
    assert set(answer) == set(AnswerInfo.__annotations__)
    assert (answer["first"], answer["second"], answer["answer"]) == (pair["first"], pair["second"], "a")
    assert session.state.acts[answer["act"] - 1].kind == "answer"
    assert found["goals"] == {"weights": {"predict_ms": 3}, "strength": "fair"}
    assert [one["text"] for one in found["constraints"]] == ["predict_ms < 1000000", f"worst_group:{EVIL} > 0"]
    for one in found["constraints"]:
        assert set(one) == set(ConstraintInfo.__annotations__)
        assert one["kept"] + one["broken"] + one["unknown"] == 4
    assert found["preferred"] == session.preferred_trial()
    assert 0 < found["certainty"] <= 1
    assert found["learnt"]
    worth = shaped(browser.ask(type="worth"), WorthInfo)
    assert set(worth["numbers"]) == {1, 2, 3, 4}
    assert len(worth["numbers"]) == len(worth["worth"]) == len(worth["spread"])


def test_worth_is_empty_before_anything_was_said(browser):
    """Nothing is made up."""
    assert shaped(browser.ask(type="worth"), WorthInfo) == {"numbers": [], "worth": [], "spread": []}


def test_a_pair_stands_side_by_side(browser):
    """Two cards, what differs in words, and the pictures that there are."""
    found = shaped(browser.ask(type="pair", numbers=[1, 4]), PairInfo)
    assert [found[side]["number"] for side in "ab"] == [1, 4]
    assert [one["name"] for one in found["differences"]] == ["roc_auc", "predict_ms", "complexity"]
    assert found["pictures"] == ["roc", "calibration"]
    assert found["sentence"]


@pytest.mark.parametrize("kind", ["roc", "calibration"])
def test_a_picture_has_a_curve_for_each_trial(browser, kind):
    """One or two trials, named once each; two numbers or five a point."""
    for numbers in ([1], [1, 4], [2, 2]):
        found = shaped(browser.ask(type="picture", numbers=numbers, kind=kind), PictureInfo)
        assert [one["number"] for one in found["curves"]] == list(dict.fromkeys(numbers))
        assert {len(point) for one in found["curves"] for point in one["points"]} == {2 if kind == "roc" else 5}


@pytest.mark.parametrize("column", ["Contract", EVIL, "tenure", "customerID"])
def test_an_audit_has_a_row_for_each_group(browser, column):
    """Any column will do; missing cells are a group; a figure that cannot be told is null."""
    found = shaped(browser.ask(type="audit", number=1, column=column), AuditInfo)
    assert found["column"] == column
    assert sum(one["rows"] for one in found["groups"]) == 240
    for one in found["groups"]:
        assert set(one) == set(GroupInfo.__annotations__)
        assert [len(figure) for figure in one["figures"]] == [3] * len(found["figures"])


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"type": "pair"}, "numbers is a list"),
        ({"type": "pair", "numbers": "12"}, "numbers is a list"),
        ({"type": "pair", "numbers": [1]}, "Give the numbers of"),
        ({"type": "pair", "numbers": [1, 2, 3]}, "Give the numbers of"),
        ({"type": "pair", "numbers": [1, 1]}, "got 1 twice"),
        ({"type": "pair", "numbers": [1, True]}, "each item a whole number; got [1, True]"),
        ({"type": "pair", "numbers": [1, 2.0]}, "each item a whole number"),
        ({"type": "pair", "numbers": [1, 10**30]}, "There is no trial 1000"),
        ({"type": "pair", "numbers": [-1, 1]}, "There is no trial -1"),
        ({"type": "pair", "numbers": [{}, []]}, "each item a whole number"),
        ({"type": "pair", "numbers": ["x" * 10**6, 1]}, "each item a whole number"),
        ({"type": "picture", "numbers": [1]}, "kind is one of 'roc', 'calibration'"),
        ({"type": "picture", "numbers": [1], "kind": "residuals"}, "are roc and calibration"),
        ({"type": "picture", "numbers": [1], "kind": ["roc"]}, "kind is one of 'roc', 'calibration'"),
        ({"type": "picture", "numbers": [], "kind": "roc"}, "Give the numbers of"),
        ({"type": "audit", "number": 1}, "column is a text; got None"),
        ({"type": "audit", "number": 1, "column": ["Contract"]}, "column is a text"),
        ({"type": "audit", "number": 1, "column": {"a": 1}}, "column is a text"),
        ({"type": "audit", "number": 1, "column": "Churn"}, "There is no column 'Churn'"),
        ({"type": "audit", "number": None, "column": "Contract"}, "number is a whole number"),
        ({"type": "audit", "number": 10**300, "column": "Contract"}, "There is no trial 1000"),
        ({"type": "command", "command": {"type": "prefer", "first": 1, "second": 10**30, "answer": "a"}}, "no trial"),
        ({"type": "command", "command": {"type": "set_goals", "weights": {EVIL: 1}}}, "There is no objective '<img"),
        ({"type": "command", "command": {"type": "require", "text": EVIL}}, "cannot be parsed"),
        ({"type": "command", "command": {"type": "add_objective", "name": "x", "code": "import os"}}, "from Python"),
        ({"type": "command", "command": {"type": "set_objectives", "names": {"a": 1}}}, "must be a list"),
        ({"type": "command", "command": {"type": "set_objectives", "names": [[]]}}, "at most 30 names"),
    ],
)
def test_a_hostile_request_is_refused_in_words(browser, session, request_, said):
    """Nothing is changed, the answer is short, and the next request is answered."""
    before = session.state.steering
    answer = browser.ask(**request_)
    assert not answer["ok"]
    assert said in answer["error"]["message"]
    assert len(answer["error"]["message"]) < 800
    assert "request failed" not in answer["error"]["message"]
    assert session.state.steering == before
    assert browser.ask(type="preferences")["ok"]


def test_rows_get_the_columns_of_objectives_that_are_added(browser, session):
    """Every row is sent again with its new value, and what the browser holds is what a snapshot says."""
    browser.apply(browser.ask(type="hello")["result"])
    assert {len(row[13]) for row in browser.rows.values()} == {2}
    body = {"type": "set_objectives", "names": ["stability", "accuracy"]}
    assert browser.ask(type="command", command=body)["ok"]
    browser.until(lambda b: all(len(row[13]) == 4 and None not in row[13] for row in b.rows.values()))
    assert browser.status["measured"] == ["predict_ms", "complexity", "stability", "accuracy"]
    snapshot = browser.ask(type="hello")["result"]
    assert {row[0]: row for row in snapshot["rows"]} == browser.rows
    assert browser.gaps == 0


def test_a_browser_that_missed_new_columns_gets_all_rows(browser, session):
    """Also those of trials that did not change: their values were there before the objective was."""
    first = browser.ask(type="hello")["result"]
    browser.apply(first)
    width = len(first["status"]["measured"])
    session.objectives("fit_seconds", "size_mb")
    browser.until(lambda b: len(b.status.get("measured", ())) == width + 2)
    gap = browser.ask(type="hello", epoch=first["epoch"], seq=first["seq"])["result"]
    assert {row[0] for row in gap["rows"]} == set(range(5))
    assert {len(row[13]) for row in gap["rows"]} == {width + 2}
    late = browser.ask(type="hello", epoch=first["epoch"], seq=gap["seq"])["result"]
    assert late["rows"] == []


@pytest.mark.slow
def test_the_version_of_preferences_changes_with_what_is_said_and_measured(session):
    """With acts in whatever order, with values that come later at rest, and not with a note."""
    study = Study()
    for score in (0.7, 0.8):
        study.trial(score, predict_ms=1.0)
    study.pause()
    seen = [preferences_version(study.state)]
    study.emit(Noted("a note"))
    assert preferences_version(study.state) == seen[0]
    study.measured(0, gap=0.1)
    seen.append(preferences_version(study.state))
    study.measured(1, {"gap": "no model"})
    seen.append(preferences_version(study.state))
    before = preferences_version(session.state)
    session.require("predict_ms < 1e7")
    session.require("gap < 1e7")
    seen += [before, preferences_version(session.state)]
    session.undo()
    session.undo()
    session.require("complexity < 1e9")
    seen.append(preferences_version(session.state))
    session.undo()
    assert len(set(seen)) == len(seen)
    assert all(0 <= one < 2**53 for one in seen)


@pytest.mark.slow
def test_numbers_have_their_own_pictures_and_audits(tmp_path):
    """Residuals instead of curves, errors instead of rates; every number is finite."""
    frame = prices(200).assign(**{EVIL: np.where(np.arange(200) % 2, "<b>", "a:b")})
    with AutoMLSession(
        frame, "price", max_trials=9, workers=1, autonomy="user", journal=tmp_path / "s.sqlite"
    ) as session:
        for family in ("dummy", "linear", "tree"):
            session.propose({"family": family})
        session.start()
        wait_until(session, lambda s: s.count(TrialState.COMPLETE) == 3)
        session.objectives(f"worst_group:{EVIL}", "r2")
        wait_until(session, has(f"worst_group:{EVIL}", "r2"))
        browser = Browser()
        browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
        try:
            found = shaped(browser.ask(type="picture", numbers=[1, 2], kind="residuals"), PictureInfo)
            assert len(found["curves"]) == 2
            assert "residuals" in browser.ask(type="picture", numbers=[1], kind="roc")["error"]["message"]
            pair = shaped(browser.ask(type="pair", numbers=[1, 2]), PairInfo)
            assert pair["pictures"] == ["residuals"]
            audit = shaped(browser.ask(type="audit", number=1, column=EVIL), AuditInfo)
            assert {one["label"] for one in audit["groups"]} == {"<b>", "a:b"}
            assert audit["figures"] == ["RMSE", "mean error"]
            assert all(one["figures"][0][0] > 0 for one in audit["groups"])
            info = shaped(browser.ask(type="preferences"), PreferencesInfo)
            assert info["objectives"][0]["direction"] == "lower"
            assert browser.ask(type="hello")["result"]["rows"][1][13][2] > 0
        finally:
            browser.publisher.close()
