"""The models that a session hands out are those whose figures it shows."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.metrics import get_scorer

from hitl_widget import AutoMLSession, CommandError
from hitl_widget.data.objectives import objective_named
from hitl_widget.domain.trial import TrialState
from tests.evaluation.tables import TARGETS, drifting, labelled

# Searches with real workers.
pytestmark = pytest.mark.slow

OTHERS = ["kind", "amount"]


@pytest.fixture(scope="module")
def table():
    return labelled(400).drop(columns=OTHERS)


@pytest.fixture(scope="module")
def done(table, tmp_path_factory):
    """A finished session of ten trials, with an ensemble."""
    place = tmp_path_factory.mktemp("models") / "s.sqlite"
    with AutoMLSession(table, "good", max_trials=10, workers=1, journal=place) as session:
        session.start()
        assert session.wait(240)
        yield session


def offered(session, name):
    """Return the model behind a name of the holdout's list, as the screen's line of Python gives it."""
    one = session.state.holdout.model(name)
    return session.ensemble() if name == "ensemble" else session.model(one.members[0][0])


def test_every_offered_model_has_the_score_that_is_shown(done, table):
    """Best model, ensemble and simpler rival score on the holdout what the session says."""
    holdout = done.state.holdout
    rows = done._runtime.understood.holdout
    names = [one.name for one in holdout.models]
    assert names[0] == "best"
    assert set(names) <= {"best", "ensemble", "simpler"}
    assert len(names) > 1
    scorer = get_scorer(done.task.metric.scorer)
    for one in holdout.models:
        score = scorer(offered(done, one.name), table.drop(columns="good").iloc[rows], table["good"].iloc[rows])
        assert one.score == pytest.approx(score, rel=1e-6)
        assert one.low <= one.score <= one.high
        assert one.size_mb == pytest.approx(len(pickle.dumps(offered(done, one.name), protocol=5)) / 1e6, rel=0.02)


def test_the_size_of_a_trial_is_that_of_the_model_it_delivers(done):
    """The folds estimate it, preparation included, and the holdout measures it for the models that are offered."""
    known = objective_named("size_mb", done.task)
    complete = [one for one in done.state.trials if one.state is TrialState.COMPLETE and one.family != "dummy"]
    assert complete
    for trial in complete:
        size = len(pickle.dumps(done.model(trial.number), protocol=5)) / 1e6
        if trial.measures.get("size_mb"):
            assert known.value(trial) == pytest.approx(size, rel=0.02)
        else:
            assert size / 4 < known.value(trial) < 4 * size


def test_a_refit_knows_all_rows(done, table):
    """`refit` gives one model of all rows, or that of the search, which is delivered; the average has one per fold."""
    X = table.drop(columns="good")
    number = done.state.best
    every, search = done.refit(), done.refit(number, rows="search")
    assert [len(one) for one in every.estimators_] == [len(one) for one in search.estimators_] == [1]
    average = done.model(number, average=True)
    assert len(average.estimators_[0]) == 5
    assert not np.allclose(average.predict_proba(X), search.predict_proba(X))
    assert np.allclose(done.model(number).predict_proba(X), search.predict_proba(X))
    assert not np.allclose(every.predict_proba(X), search.predict_proba(X))
    assert np.allclose(search.predict_proba(X), done.refit(number, rows="search").predict_proba(X))


@pytest.mark.parametrize(
    ("trial", "rows", "said"),
    [(None, "most", "rows must be 'all' or 'search'"), (999, "all", "Only a complete trial"), ("x", "all", "got 'x'")],
)
def test_what_cannot_be_fitted_again_is_refused(done, trial, rows, said):
    """The error names the rule and what came instead."""
    with pytest.raises(CommandError, match=said):
        done.refit(trial, rows=rows)


def test_with_time_the_best_model_is_fitted_on_all_rows_of_the_search(tmp_path):
    """On a drifting table, the model that is handed out scores on later rows what is shown."""
    table = drifting(400)
    with AutoMLSession(table, "amount", time="day", max_trials=5, workers=1, journal=tmp_path / "s.sqlite") as session:
        session.objectives("score", "size_mb")
        session.start()
        assert session.wait(240)
        model, rows = session.best_model(), table.iloc[session._runtime.understood.holdout]
        assert [len(one) for one in model.estimators_] == [1]
        score = get_scorer(session.task.metric.scorer)(model, rows.drop(columns="amount"), rows["amount"])
        assert session.state.holdout.best == pytest.approx(score, rel=1e-6)
        size = objective_named("size_mb", session.task)
        shown = size.value(session.state.trials[session.state.best])
        assert shown == pytest.approx(len(pickle.dumps(model, protocol=5)) / 1e6, rel=0.02)


def test_every_kind_of_target_is_delivered(tmp_path):
    """The delivered model of one trial equals the one that the holdout was measured on, also with several classes."""
    table = labelled(300)
    target = TARGETS["multiclass"]
    X = table.drop(columns=list(TARGETS.values()))
    with AutoMLSession(
        X.assign(kind=table["kind"]), target, max_trials=4, workers=1, journal=tmp_path / "s.sqlite"
    ) as session:
        session.start()
        assert session.wait(240)
        rows = session._runtime.understood.holdout
        scorer = get_scorer(session.task.metric.scorer)
        assert session.state.holdout.best == pytest.approx(
            scorer(session.best_model(), X.iloc[rows], table["kind"].iloc[rows]), rel=1e-6
        )
