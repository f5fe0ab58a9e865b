"""The rows change in the middle of a session: earlier trials are set aside, and undo returns to their scores."""

import sqlite3

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from hitl_widget import AutoMLSession, CommandError, DataError
from hitl_widget.domain.commands.rows import SetSplit
from hitl_widget.engine.handlers.rows import RowHandler
from hitl_widget.errors import JournalError
from hitl_widget.report.holdout import evaluations, holdout_sentence
from hitl_widget.session.results import truth_and_predictions
from hitl_widget.session.rows import RowMethods
from hitl_widget.session.runtime import runtime_of
from tests.families import without_slow_families
from tests.tables import customers

# Searches with real workers.
pytestmark = pytest.mark.slow


def table(rows: int = 400) -> pd.DataFrame:
    """Customers of shops, with an exposure."""
    rng = np.random.default_rng(3)
    return customers(rows).assign(shop=rng.integers(0, 60, rows), exposure=rng.uniform(0.5, 2, rows))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("rows") / "s.sqlite"


@pytest.fixture(scope="module")
def done(place):
    """A finished session of seven trials."""
    session = AutoMLSession(table(), "Churn", max_trials=7, workers=2, journal=place)
    with without_slow_families(session) as session:
        session.start()
        assert session.wait(120)
        yield session


def go_on(session: AutoMLSession, more: int) -> None:
    """Run some more trials to the end."""
    session.set_budget(None, session.state.started + more)
    session.resume()
    assert session.wait(120)


def facts(session: AutoMLSession) -> tuple:
    """Return what undo has to restore."""
    state = session.state
    return state.view, state.leaders, state.best_trial, state.holdout, state.ensemble, state.outside


def test_groups_in_the_middle_open_a_view_that_undo_leaves_exactly(done):
    """The best of each family runs again, the constant first; scores are those of the new folds; undo is exact."""
    before = facts(done)
    effect = done.preview_split(groups="shop")
    assert effect.leave >= 5
    assert "because the rows differ" in effect.sentence()
    done.set_split(groups="shop")
    assert done.state.best is None
    first = done.state.started
    go_on(done, 4)
    state, runtime = done.state, runtime_of(done)
    again = [trial for trial in state.trials if trial.number >= first]
    assert again[0].family == "dummy"
    assert all(state.repeated(trial) for trial in again[:2])
    best = state.best_trial
    truth, predictions = truth_and_predictions(runtime, best.number)
    sizes = np.cumsum([len(valid) for _, valid in runtime.understood.folds])[:-1]
    for fold, y, p in zip(range(5), np.split(truth, sizes), np.split(predictions, sizes), strict=True):
        score = next(one.score for one in best.folds if one.fold == fold)
        assert roc_auc_score(y, p) == pytest.approx(score, abs=1e-6)
    assert "grouped by shop" in done.summary()
    assert "another" not in evaluations(state)
    after = facts(done)
    done.undo()
    assert facts(done)[1:5] == before[1:5]
    truth, _ = truth_and_predictions(runtime, done.state.best)
    assert len(truth) == len(runtime.understood.train)
    done.redo()
    assert facts(done) == after
    done.undo()


def test_each_kind_of_change_runs_and_explains(done):
    """Weights, fewer and more rows, and other labels: trials complete, models predict, explanations answer."""
    done.set_weights("exposure")
    done.drop_rows("tenure > 65")
    done.add_rows(table(430).tail(30))
    now = runtime_of(done).understood
    done.relabel({int(row): "Yes" for row in now.train[now.y[now.train] == 0][:3]})
    titles = [act.title for act in done.state.acts][-4:]
    assert titles[0] == "weighted the rows by exposure"
    assert titles[2:] == ["added 30 rows", "changed the label of 3 rows"]
    go_on(done, 4)
    best = done.state.best
    assert done.state.trials[best].view == done.state.view
    model = done.best_model()
    assert model.predict_proba(table().head(3)).shape == (3, 2)
    assert "shuffle" in str(done.explain.permutation()).lower()
    understood = runtime_of(done).understood
    assert len(understood.table) == 430
    assert "exposure" not in [one.name for one in done.task.used]
    profile = done.profile
    assert profile["tenure"] is not None
    for _ in range(4):
        done.undo()
    assert done.state.view == 0


def test_rows_of_a_new_holdout_that_were_used_are_said(done):
    """The holdout sentence says that its rows are not unseen."""
    used = runtime_of(done).first.train[:60]
    done.set_split(holdout=used)
    go_on(done, 3)
    holdout = done.state.holdout
    assert (holdout.rows, holdout.seen) == (60, 60)
    sentence = holdout_sentence(runtime_of(done).words, done.state)
    assert "All its rows were used by earlier trials, so this score may be too good." in sentence
    assert "evaluated" in sentence
    assert "once" not in sentence
    done.undo()


def ranking(session: AutoMLSession) -> tuple:
    """Return what undo has to restore, without values that are measured later."""
    state = session.state
    return state.leaders, state.best_trial.score, state.holdout, state.ensemble


def test_another_target_of_another_kind_is_predicted_and_undo_returns_exactly(done):
    """Whether becomes how much: metric, models, warnings and explanations follow, and earlier trials are history."""
    before, answers = ranking(done), dict(done.state.warned)
    done.require("predict_ms < 5000")
    done.require("accuracy > 0.1")
    effect = done.preview_target("MonthlyCharges").sentence()
    assert effect.startswith(
        "MonthlyCharges is a number, scored by RMSE. Set aside with the former target: 1 constraint."
    )
    assert "because their scores are of the former target" in effect
    done.set_target("MonthlyCharges")
    assert list(done.constraints["constraint"]) == ["predict_ms < 5000"]
    history = done.trials
    assert history["score"].isna().all()
    assert history["predict_ms"].notna().any()
    go_on(done, 5)
    assert done.task.sentence().startswith("Regression of MonthlyCharges, 400 rows, ")
    best = done.state.best_trial
    assert best.view == done.state.view
    assert best.score < 0
    assert len(done.leaderboard()) <= 5
    found = done.best_model().predict(table().drop(columns="MonthlyCharges").head(3))
    assert found.dtype.kind == "f"
    assert "RMSE" in done.summary()
    assert "evaluated" not in holdout_sentence(runtime_of(done).words, done.state)
    assert "Churn" in {one.name for one in done.task.used}
    assert "How far off" in str(done.explain.residuals())
    with pytest.raises(CommandError, match="predicts Churn, not MonthlyCharges"):
        done.compare(before[0][0], best.number)
    assert done.model(before[0][0]).predict_proba(table().head(2)).shape == (2, 2)
    after = ranking(done)
    for _ in range(3):
        done.undo()
    assert ranking(done) == before
    assert done.state.warned == answers
    for _ in range(3):
        done.redo()
    assert ranking(done) == after
    for _ in range(3):
        done.undo()


@pytest.mark.parametrize("kind", ["rows", "added"])
def test_a_journal_without_the_rows_of_a_change_is_refused(tmp_path, kind):
    """One sentence says so, whichever part is missing."""
    place = tmp_path / "s.sqlite"
    with AutoMLSession(table(), "Churn", journal=place) as session:
        session.add_rows(table(420).tail(20))
    connection = sqlite3.connect(place)
    with connection:
        connection.execute("DELETE FROM blobs WHERE key LIKE ?", (f"{kind}/%",))
    connection.close()
    with pytest.raises(JournalError, match="lacks the rows of a change"):
        AutoMLSession.load(place)


def test_a_loaded_session_has_the_rows_of_each_view(done, place, tmp_path):
    """The journal keeps each division, so undo and redo work after a load."""
    done.set_split(cv=3)
    done.add_rows(table(430).tail(30))
    done.set_target("tenure")
    expected, task = runtime_of(done).understood, done.task
    done.close()
    with AutoMLSession.load(place) as again:
        found = runtime_of(again).understood
        for (one, two), (three, four) in zip(found.folds, expected.folds, strict=True):
            np.testing.assert_array_equal(one, three)
            np.testing.assert_array_equal(two, four)
        pd.testing.assert_frame_equal(found.table, expected.table)
        assert again.task == task
        assert again.task.target == "tenure"
        for _ in range(3):
            again.undo()
        assert again.state.view == 0
        assert again.state.best is not None
        again.redo()
        assert again.task.split.parts == 3


def test_weights_from_the_start_are_no_feature(tmp_path):
    """An array of weights becomes a column that models do not read, and scores use it."""
    frame = table(200)
    weights = np.where(frame["Churn"] == "Yes", 3.0, 1.0)
    place = tmp_path / "s.sqlite"
    with without_slow_families(
        AutoMLSession(frame, "Churn", weights=weights, max_trials=3, workers=1, journal=place)
    ) as session:
        session.start()
        assert session.wait(90)
        runtime = runtime_of(session)
        best = session.state.best_trial
        truth, predictions = truth_and_predictions(runtime, best.number)
        rows = runtime.understood.folds[0][1]
        expected = roc_auc_score(truth[: len(rows)], predictions[: len(rows)], sample_weight=weights[rows])
        assert next(one.score for one in best.folds if one.fold == 0) == pytest.approx(expected, abs=1e-6)
        assert "rows weighted by weights" in session.task.sentence()
    with AutoMLSession.load(place) as again:
        np.testing.assert_array_equal(runtime_of(again).understood.weights, weights)
    with pytest.raises(DataError, match="weights are negative"):
        AutoMLSession(frame, "Churn", weights=-weights, journal=tmp_path / "t.sqlite")


def test_the_line_of_python_is_a_method_of_the_session():
    """Each command of the rows has its method."""
    for kind in RowHandler.handled:
        assert hasattr(RowMethods, kind.spec.name)
    assert SetSplit(3, time="day", gap="7 days").python() == 'session.set_split(cv=3, time="day", gap="7 days")'
