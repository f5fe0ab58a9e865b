"""Explanations as a person asks for them: real workers beside a real search."""

from __future__ import annotations

import inspect
import json
import threading

import pytest

from hitl_widget import AutoMLSession, CommandError
from hitl_widget.explain.registry import VIEWS, concepts
from hitl_widget.session.explanations import Explain
from hitl_widget.session.runtime import runtime_of
from tests.tables import customers, prices, species

# Searches with real workers.
pytestmark = pytest.mark.slow

TABLES = {"binary": (customers, "Churn"), "regression": (prices, "price"), "multiclass": (species, "species")}
TRIALS = [{"family": "tree", "tree.max_depth": 3}, {"family": "linear"}, {"family": "lightgbm"}]


@pytest.fixture(scope="module", params=list(TABLES))
def done(request, tmp_path_factory):
    """A session with three finished trials, and a search that rests."""
    make, target = TABLES[request.param]
    place = tmp_path_factory.mktemp("explain") / "s.sqlite"
    with AutoMLSession(make(), target, workers=1, autonomy="user", journal=place, holdout=0) as session:
        ended = threading.Event()
        runtime_of(session).subscribe(lambda state, _records: ended.set() if state.ended == len(TRIALS) else None)
        for config in TRIALS:
            session.propose(config)
        assert ended.wait(120)
        yield session


def options(session, entry):
    """Return an option for what a view cannot do without."""
    column = session.task.used[0].name
    given = {"column": column, "row": 3, "changes": {column: None}}
    return {name: value for name, value in given.items() if name in entry.takes}


def test_every_view_answers_in_words_and_rows(done):
    """Each view of the catalogue has a question, a sentence, and rows that JSON can hold; its concept is explained."""
    for entry in VIEWS.values():
        if done.task.kind not in entry.kinds:
            continue
        view = done.explain.view(entry.name, **options(done, entry))
        assert (view.name, view.level) == (entry.name, entry.level)
        assert view.question.endswith("?")
        assert view.sentences[0].endswith(".")
        json.dumps({name: list(rows) for name, rows in view.data.items()}, allow_nan=False)
        assert not view.partial
        assert view.concept == "" or view.concept in concepts(), view.concept


def test_a_method_shows_its_signature_and_its_documentation():
    """`help()` and an editor read the options of a view from its definition."""
    assert str(inspect.signature(Explain.threshold)).startswith(
        "(self, trial: int | None = None, *, false_alarm: float = 1.0, miss: float = 1.0)"
    )
    for view in VIEWS.values():
        method = getattr(Explain, view.name)
        assert tuple(inspect.signature(method).parameters) == ("self", *view.takes)
        assert inspect.getdoc(method).startswith(view.summary)


def test_arguments_are_given_by_position_and_by_name(done):
    """A wrong argument is a TypeError with the name of the view, as of any function."""
    assert done.explain.row(3, 1) is done.explain.row(row=3, trial=1)
    with pytest.raises(TypeError, match=r"row\(\) missing a required argument: 'row'"):
        done.explain.row()
    with pytest.raises(TypeError, match=r"row\(\) got an unexpected keyword argument 'depth'"):
        done.charts.row(3, depth=1)


def test_tab_completion_lists_all_views(done):
    """Views are attributes of `session.explain`, those with a chart of `session.charts` too."""
    assert set(VIEWS) <= set(dir(done.explain))
    assert {name for name, view in VIEWS.items() if view.charts} <= set(dir(done.charts))
    with pytest.raises(AttributeError, match="There is no view 'fortune'"):
        _ = done.explain.fortune


def test_a_view_is_a_table_too(done):
    """Its rows come as a data frame; a dataset that is not there is refused with those that are."""
    view = done.explain.importance(1)
    assert len(view.frame()) == len(done.task.used)
    with pytest.raises(KeyError, match="has the datasets importance"):
        view.frame("no")


def test_the_same_question_is_answered_once(done):
    """A view that was computed is kept."""
    assert done.explain.importance(1) is done.explain.importance(1)


def test_a_session_cannot_be_asked_what_is_not_there(done):
    """Views, options, trials, columns, rows and families are checked before a worker is asked."""
    explain = done.explain
    for ask, words in (
        (lambda: explain.view("fortune"), "There is no view 'fortune'"),
        (lambda: explain.view("importance", depth=3), "takes trial, of; got 'depth'"),
        (lambda: explain.importance(99), "There is no trial 99"),
        (lambda: explain.importance(True), "There is no trial True"),
        (lambda: explain.effect("<img src=x>"), "There is no column '<img src=x>'"),
        (lambda: explain.row(10**9), "Rows are numbered from 0"),
        (lambda: explain.what_if(1, "older"), "Changes are values by column"),
        (lambda: explain.parallel("forest"), "There is no family 'forest'"),
        (lambda: explain.importance("all"), "There is no trial 'all'"),
    ):
        with pytest.raises(CommandError, match=words):
            ask()


def test_a_view_for_another_kind_of_task_says_so(done):
    """Residuals are for numbers, confusion for classes."""
    wrong = "confusion" if done.task.kind == "regression" else "residuals"
    with pytest.raises(CommandError, match=f"is not for a {done.task.kind} task"):
        done.explain.view(wrong)


def test_two_models_are_compared_row_by_row(done):
    """By default the recommended one and the best of another family; trials that are given keep their order."""
    view = done.explain.disagreement()
    first, second = view.about["trials"]
    assert first == done.state.chosen
    assert done.state.trials[second].family != done.state.trials[first].family
    n = done.task.rows
    assert view.data["disagree"][0]["of"] == n
    assert f" of {n} rows (" in view.sentences[0]
    assert len(view.frame()) == 10
    assert len(view.about["columns"]) == min(4, len(done.task.used))
    assert done.explain.disagreement([2, 0, 1]).about["trials"] == [2, 0, 1]
    for wrong in ([0], [0, 0], [0, 99], 3, [0, 1, 2, 0, 1, 2]):
        with pytest.raises(CommandError):
            done.explain.disagreement(wrong)


def test_a_view_can_be_cancelled(done):
    """A canceled view is refused in words, and the next question is answered."""
    said = threading.Event()
    texts = []

    def refused(text):
        texts.append(text)
        said.set()

    key = done.explain.ask("permutation", {"trial": 2}, lambda _view: said.set(), refused)
    runtime_of(done).cancel_background(key)
    assert said.wait(60)
    assert texts in ([], ["This explanation was canceled."])
    assert done.explain.view("slices", trial=0).name == "slices"


def test_a_closed_session_refuses_to_explain(tmp_path):
    """It does not hang."""
    session = AutoMLSession(customers(), "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite")
    session.wait_ready()
    session.close()
    with pytest.raises(CommandError):
        session.explain.importance()


def test_a_model_of_my_own_stands_beside_the_others(done):
    """It is measured on the same folds, stands in the comparison and the journal, and a failing one says why."""
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.preprocessing import StandardScaler

    regression = done.task.kind == "regression"
    view = done.add_baseline("my guess", DummyRegressor() if regression else DummyClassifier())
    assert "my guess" in {row["name"] for row in view.data["models"]}
    assert len(done.state.baselines["my guess"].scores) == done.task.split.folds
    assert "my guess" in done.journal["text"].str.cat(sep=" ")
    with pytest.raises(CommandError):
        done.add_baseline("no model", StandardScaler())
    assert done.state.baselines["no model"].problem
    with pytest.raises(CommandError, match="A baseline needs a name"):
        done.add_baseline(" ", DummyClassifier())


class Counting:
    """A session that counts what its workers are asked."""

    def __init__(self, session):
        self._session, self.looks = session, []

    def __getattr__(self, name):
        return getattr(self._session, name)

    def run_background(self, key, call, done, seconds=None):
        self.looks.append(call.function)
        self._session.run_background(key, call, done, seconds)


def test_lightgbm_as_it_comes_is_a_rival_though_the_search_did_not_try_it(tmp_path):
    """It is fitted once beside the search, on the same folds, and scores as the trial of the same configuration."""
    with AutoMLSession(customers(), "Churn", workers=1, autonomy="user", journal=tmp_path / "s.sqlite") as session:
        ended = threading.Event()
        runtime_of(session).subscribe(lambda state, _records: ended.set() if state.ended == 1 else None)
        session.propose({"family": "tree", "tree.max_depth": 2})
        assert ended.wait(120)
        with pytest.raises(CommandError, match="no two finished trials to compare"):
            session.explain.disagreement()
        counting = Counting(runtime_of(session))
        explain = Explain(counting)
        answers = []
        explain.ask("baselines", {}, answers.append, answers.append)
        assert answers[0].partial
        assert {row["name"]: row["score"] for row in answers[0].data["models"]}[
            "LightGBM with default settings"
        ] is None
        view = explain.baselines()
        rows = {row["name"]: row for row in view.data["models"]}
        plain = rows["LightGBM with default settings"]
        best = next(row["score"] for row in rows.values() if row["kind"] == "chosen")
        assert (plain["folds"], plain["trial"], plain["kind"]) == (session.task.split.folds, None, "usual")
        assert plain["gap"] == pytest.approx(best - plain["score"])
        assert not any("Not tried" in note for note in view.notes)
        assert explain.baselines().data == view.data
        assert counting.looks == ["hitl_widget.explain.jobs:usual_models"]
        assert len(session.trials) == 1

        again = threading.Event()
        runtime_of(session).subscribe(lambda state, _records: again.set() if state.ended == 2 else None)
        session.propose({"family": "lightgbm"})
        assert again.wait(120)
        tried = next(row for row in explain.baselines().data["models"] if row["trial"] == 1)
        assert tried["score"] == pytest.approx(plain["score"], abs=1e-3)


def test_sessions_stand_side_by_side(done, tmp_path):
    """Those that live in this kernel are compared, the better one first."""
    make, target = next(one for one in TABLES.values() if one[1] == done.task.target)
    with AutoMLSession(make(), target, workers=1, max_trials=3, journal=tmp_path / "s.sqlite", holdout=0) as other:
        other.start()
        assert other.wait(120)
        rows = other.explain.sessions().data["sessions"]
        assert {runtime_of(other).title} <= {row["name"] for row in rows}
        assert len(rows) >= 2
        assert runtime_of(other).folds_fingerprint == runtime_of(done).folds_fingerprint


def test_every_view_has_its_chart(done):
    """`session.charts` draws what `session.explain` says, and names what there is."""
    charts = done.charts
    for entry in VIEWS.values():
        if done.task.kind not in entry.kinds:
            continue
        view = done.explain.view(entry.name, **options(done, entry))
        for name in view.charts:
            given = options(done, entry)
            drawn = getattr(charts, entry.name)(**given, chart=name)
            assert "$schema" in drawn.to_dict(), name
    assert "importance" in dir(charts)
    with pytest.raises(AttributeError, match="There is no chart 'fortune'"):
        _ = charts.fortune
