"""What a browser is told of the columns and of warnings, and what it may ask."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession
from hitl_widget.domain.event import WarningAnswered
from hitl_widget.domain.trial import TrialState
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.publisher import Publisher
from hitl_widget.widget.wire.data import MOST_ROWS, ColumnDetail, DataInfo, DataPreview, DistributionInfo
from hitl_widget.widget.wire.warnings import WarningAnswer, WarningInfo, WarningsInfo
from tests.session.test_preferences import wait_until
from tests.tables import EVIL, customers, prices
from tests.widget.test_publisher import Browser


def trapped(rows=300):
    """Customers with a copy of the target and a code for missing cells."""
    table = customers(rows)
    table["left_on"] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    table["visits"] = [-999 if i % 20 == 0 else i % 37 for i in range(rows)]
    return table


def opened(folder):
    """A session that rests, ready for commands."""
    session = AutoMLSession(trapped(), "Churn", max_trials=60, workers=1, autonomy="user", journal=folder / "s.sqlite")
    session.wait_ready()
    return session


def shown(session):
    """A browser that holds the snapshot of a session."""
    browser = Browser()
    browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
    browser.apply(browser.ask(type="hello")["result"])
    return browser


@pytest.fixture
def session(tmp_path):
    with opened(tmp_path) as session:
        yield session


@pytest.fixture
def browser(session):
    browser = shown(session)
    yield browser
    browser.publisher.close()


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A browser for requests that change nothing."""
    with opened(tmp_path_factory.mktemp("reader")) as session:
        browser = shown(session)
        yield browser
        browser.publisher.close()


def result(browser, kind=None, **request):
    """The result of a request, with the keys of its wire message and no others."""
    answer = browser.ask(**request)
    assert answer["ok"], answer
    if kind is not None:
        assert set(answer["result"]) == set(kind.__annotations__)
    return answer["result"]


def read(browser):
    """The columns, once they were looked at."""
    found = result(browser, DataInfo, type="profile")
    while found["reading"]:
        stamp = browser.status.get("data_version", 0)
        browser.until(lambda b, stamp=stamp: b.status.get("data_version", 0) > stamp)
        found = result(browser, DataInfo, type="profile")
    assert not found["reading"]
    return found


def warned(browser):
    """The warnings, once the table was looked at."""
    browser.until(lambda b: b.status.get("warnings") is not None)
    found = result(browser, WarningsInfo, type="warnings")
    assert not found["looking"]
    for one in (*found["open"], *found["answered"]):
        assert set(one) == set(WarningInfo.__annotations__)
        assert all(set(answer) == set(WarningAnswer.__annotations__) for answer in one["answers"])
    return found


def test_the_columns_come_with_what_they_hold(browser, session):
    """A sentence on the table, a row a column in the order of the table, the target beside them."""
    found = read(browser)
    assert found["sentence"].startswith("300 rows; models use 7 of 8 columns to predict Churn. ")
    assert [row[0] for row in found["rows"]] == [one.name for one in session.task.columns]
    rows = {row[0]: row for row in found["rows"]}
    assert rows["tenure"][1:6] == ["numeric", False, "whole numbers", 0, session.profile["tenure"].distinct]
    assert rows["left_on"][6] == pytest.approx(1, abs=0.05)
    assert rows["customerID"][6] is None  # it is left out
    assert rows[EVIL][4] > 50
    assert max(rows["tenure"][8]) == 100
    assert found["target"] == "Churn"
    assert found["spread"]["labels"] == ["No", "Yes"]
    assert sum(found["spread"]["counts"]) == 300
    assert (found["total"], found["rest"], found["transforms"]) == (8, "", [])
    assert {one["role"] for one in found["roles"]} == {"numeric", "categorical", "date", "text", "ignored"}
    json.dumps(found, allow_nan=False)


def test_one_column_in_detail(reader):
    """Its distribution with labels, examples, why it has its role, and what it says of the target in words."""
    read(reader)
    found = result(reader, ColumnDetail, type="column", column="TotalCharges")
    assert set(found["spread"]) == set(DistributionInfo.__annotations__)
    assert len(found["spread"]["labels"]) == len(found["spread"]["counts"])
    assert (found["role"], found["understood"]) == ("numeric", "numeric")
    assert "missing" in found["reason"]
    assert found["relation"].startswith("On its own it reaches ROC AUC")
    assert (found["filling"], found["value"], found["encoding"]) == ("auto", None, "auto")
    assert len(found["examples"]) == 4
    assert result(reader, type="column", column="customerID")["relation"] == ""


def test_a_column_left_out_by_hand_says_who_did_it_when_and_why(browser, session):
    """Also whether a warning called it target leakage, and which act to undo."""
    copy = next(one for one in warned(browser)["open"] if one["key"] == "copy:left_on")
    session.drop("tenure")
    session.drop("visits")
    session.answer(copy["key"], "drop")
    found = {name: result(browser, type="column", column=name) for name in ("tenure", "left_on", "TotalCharges")}
    assert found["tenure"]["reason"] == "left out by you before the search; no reason was recorded"
    said = "left out by you before the search; a warning called it target leakage. On its own, left_on reaches"
    assert found["left_on"]["reason"].startswith(said)
    assert found["TotalCharges"]["act"] is None
    session.undo(found["tenure"]["act"])
    again = result(browser, type="column", column="tenure")
    assert (again["role"], again["act"]) == ("numeric", None)


@pytest.mark.parametrize("column", ["nothing", "Churn", 3, None, ["tenure"], {"tenure": 1}, "x" * 5000])
def test_a_column_that_is_not_there_is_refused(reader, column):
    """In one sentence, however it was named."""
    answer = reader.ask(type="column", column=column)
    assert not answer["ok"]
    assert answer["error"]["message"].startswith(("There is no column ", "column is a text; got "))
    assert len(answer["error"]["message"]) < 200


def test_warnings_come_unasked_where_nothing_runs(browser):
    """Before the first trial the number of open ones, the gravest in words, and each with its answers."""
    found = warned(browser)
    assert browser.status["warnings"] == {
        "open": len(found["open"]),
        "severity": "high",
        "sentence": found["open"][0]["sentence"],
        "caution": "",
    }
    assert found["sentence"] == f"{len(found['open'])} open warnings, 1 severe."
    first = found["open"][0]
    assert (first["key"], first["columns"], first["answer"], first["holds"]) == ("copy:left_on", ["left_on"], "", True)
    assert [one["acts"] for one in first["answers"]] == [True, False]
    assert first["answers"][0]["python"] == 'session.drop("left_on")'
    code = next(one for one in found["open"] if one["key"].startswith("codes:visits"))
    assert [answer["id"] for answer in code["answers"]] == ["missing", "keep"]


def test_an_answer_that_drops_rows_comes_with_its_line(tmp_path):
    """The page carries it out by a click, and shows the same act as a line of Python."""
    table = pd.concat([customers(200)] * 2, ignore_index=True).drop(columns="customerID")
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        browser = Browser()
        browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
        browser.apply(browser.ask(type="hello")["result"])
        said = warned(browser)["sentence"]
        copies = next(one for one in warned(browser)["open"] if one["key"] == "duplicates")
        browser.publisher.close()
    assert copies["answers"][0]["acts"]
    assert said.endswith(" No column seems to give away the target.")
    assert copies["answers"][0]["python"] == 'session.drop_rows("duplicates")'


def test_an_answer_is_recorded_and_folded_away(browser, session):
    """It goes into the journal, the number falls, and the answer is still to be found."""
    before = warned(browser)
    code = next(one for one in before["open"] if one["key"].startswith("codes:visits"))
    stamp = browser.status["warnings_version"]
    command = {"type": "answer_warning", "key": code["key"], "answer": code["answers"][1]["label"]}
    assert browser.ask(type="command", command=command)["ok"]
    browser.until(lambda b: b.status["warnings_version"] > stamp)
    found = warned(browser)
    assert browser.status["warnings"]["open"] == len(found["open"]) == len(before["open"]) - 1
    assert [(one["key"], one["answer"]) for one in found["answered"]] == [(code["key"], command["answer"])]
    assert session.state.warned[code["key"]] == command["answer"]
    told = [record.event for record in session.state.story if isinstance(record.event, WarningAnswered)]
    assert told == [WarningAnswered(code["key"], command["answer"])]


def test_a_code_that_becomes_missing_is_counted_so(browser, session):
    """The answer's command does it; the column is looked at anew, and undo opens the warning again."""
    code = next(one for one in warned(browser)["open"] if one["key"].startswith("codes:visits"))
    make = code["answers"][0]
    assert make["python"] == 'session.set_missing("visits", -999.0)'
    before = {row[0]: row for row in read(browser)["rows"]}["visits"]
    said = {"type": "answer_warning", "key": code["key"], "answer": make["label"]}
    receipt = browser.ask(type="command", command=said)["result"]
    assert receipt["act"] == 1
    assert "visits" in receipt["sentence"]
    browser.until(lambda b: b.status["warnings"]["open"] > 0 and b.status["data_version"] > 1)
    row = {one[0]: one for one in read(browser)["rows"]}["visits"]
    assert (before[4], row[4]) == (0, 15)
    assert row[8] != before[8]
    found = warned(browser)
    assert code["key"] not in {one["key"] for one in found["open"]}
    assert (code["key"], make["label"]) in {(one["key"], one["answer"]) for one in found["answered"]}
    count = len(found["open"])
    session.undo()
    browser.until(lambda b: b.status["warnings"]["open"] == count + 1)
    assert code["key"] in {one["key"] for one in warned(browser)["open"]}


def test_leaving_a_column_out_settles_its_warning_until_it_comes_back(browser, session):
    """An answer that does something counts while it is so."""
    first = warned(browser)["open"][0]
    drop = first["answers"][0]
    said = {"type": "answer_warning", "key": first["key"], "answer": drop["id"]}
    assert browser.ask(type="command", command=said)["ok"]
    browser.until(lambda b: (b.status["warnings"] or {}).get("severity") != "high")
    found = warned(browser)
    assert first["key"] not in {one["key"] for one in found["open"]}
    assert [(one["key"], one["answer"], one["holds"]) for one in found["answered"]] == [
        (first["key"], drop["label"], False)
    ]
    row = {one[0]: one for one in read(browser)["rows"]}["left_on"]
    assert (row[1], row[2], row[6]) == ("ignored", True, None)
    session.undo()
    browser.until(lambda b: b.status["warnings"]["severity"] == "high")
    assert first["key"] in {one["key"] for one in warned(browser)["open"]}


@pytest.mark.slow
def test_a_change_is_told_before_it_is_made(browser, session):
    """The preview says what would become of the trials, and changes nothing."""
    session.propose({"family": "linear"})
    session.start()
    wait_until(session, lambda state: state.count(TrialState.COMPLETE) == 1)
    command = {"type": "change_data", "roles": {"tenure": "categorical"}, "encoding": {"Contract": "one_hot"}}
    found = result(browser, DataPreview, type="preview_data", command=command)
    assert found["title"].startswith("tenure is categorical; Contract one-hot encoded")
    assert found["sentence"].startswith("1 trial is set aside, because the columns differ")
    assert (found["leave"], found["back"], found["best_leaves"]) == (1, 0, True)
    assert "the best configuration of each family runs again" in found["sentence"]
    assert found["python"].startswith("session.change_data(roles=")
    assert not session.state.acts
    assert browser.ask(type="command", command=command)["ok"]
    browser.until(lambda b: b.status["data_version"] > 0 and b.rows.get(0) is not None)
    assert session.state.outside == frozenset({0})
    rows = {row[0]: row for row in read(browser)["rows"]}
    assert rows["tenure"][1:3] == ["categorical", True]
    assert rows["Contract"][10] == "one_hot"
    assert result(browser, type="column", column="tenure")["understood"] == "numeric"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ({"type": "change_data", "roles": {"nothing": "text"}}, "There is no column 'nothing'"),
        ({"type": "change_data", "roles": {"tenure": "king"}}, "A role must be one of"),
        ({"type": "change_data", "roles": {}}, "This changes nothing"),
        ({"type": "change_data", "filling": {"tenure": "own_level"}}, "'tenure' is numeric and can be filled with"),
        ({"type": "change_data", "roles": {"tenure": "auto"}}, "This changes nothing"),
        ({"type": "undo"}, "command is of type change_data; got undo."),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_the_reason(reader, command, message):
    """In the preview already."""
    answer = reader.ask(type="preview_data", command=command)
    assert not answer["ok"]
    assert message in answer["error"]["message"]


@pytest.mark.slow
def test_two_thousand_columns_stay_small(tmp_path):
    """Columns beyond the most that are shown are counted and said; the rest fits a message."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(60, MOST_ROWS + 40)), columns=[f"x{i}" for i in range(MOST_ROWS + 40)])
    table["y"] = ["no", "yes"] * 30
    with AutoMLSession(table, "y", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        browser = Browser()
        browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
        browser.apply(browser.ask(type="hello")["result"])
        browser.until(lambda b: b.status.get("warnings") is not None)
        found = read(browser)
        browser.publisher.close()
    assert len(found["rows"]) == MOST_ROWS
    assert found["total"] == MOST_ROWS + 40
    assert found["rest"].startswith("40 more columns")
    assert len(json.dumps(found)) < 500_000


def test_a_target_of_numbers_has_a_histogram(tmp_path):
    """Also without any warning."""
    with AutoMLSession(prices(), "price", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        browser = Browser()
        browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
        found = read(browser)
        browser.publisher.close()
    assert found["spread"]["kind"] == "numbers"
    spread = found["spread"]
    assert sum(spread["counts"]) + spread["below"] + spread["above"] == 400
    assert found["about"] == "Models predict a number and are scored by RMSE."
