"""Another metric in the middle of a session: earlier trials are scored again, and undo returns to their scores."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from hitl_widget import AutoMLSession, DataError
from hitl_widget.report.holdout import evaluations
from hitl_widget.session.results import truth_and_predictions
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.wire.data import data_info
from tests.families import without_slow_families
from tests.tables import customers
from tests.waiting import wait_until

# Searches with real workers.
pytestmark = pytest.mark.slow


def rescored(session: AutoMLSession) -> None:
    """Wait until no trial waits for scores by the current metric."""
    wait_until(session, lambda state: not any(map(state.awaits_scores, state.trials)))


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished session of eight trials by ROC AUC."""
    place = tmp_path_factory.mktemp("metric") / "s.sqlite"
    session = AutoMLSession(customers(400), "Churn", max_trials=8, workers=2, journal=place)
    with without_slow_families(session) as session:
        session.start()
        assert session.wait(120)
        yield session


def complete(session: AutoMLSession) -> dict[int, float]:
    """Return the score of each complete trial that counts, greater is better."""
    frame = session.trials
    counts = frame[(frame["state"] == "complete") & ~frame.get("earlier_data", False)]
    return dict(zip(counts["number"], counts["score"], strict=True))


def test_stored_predictions_are_scored_by_the_new_metric(done):
    """Scores are those of scikit-learn on the out-of-fold predictions; undo gives back the former ones exactly."""
    before, best = complete(done), done.state.best
    done.set_metric("average_precision")
    rescored(done)
    after = complete(done)
    assert after.keys() == before.keys()
    runtime = runtime_of(done)
    for number, score in after.items():
        truth, predictions = truth_and_predictions(runtime, number)
        rows = np.concatenate([valid for _, valid in runtime.understood.folds])
        place = {row: i for i, row in enumerate(rows)}
        folds = [[place[row] for row in valid] for _, valid in runtime.understood.folds]
        expected = np.mean([average_precision_score(truth[part], predictions[part]) for part in folds])
        assert score == pytest.approx(expected, abs=1e-6)
    assert done.task.metric.label == "average precision"
    assert data_info(runtime, done.state, {})["about"].endswith("are scored by average precision.")
    assert "average precision" in done.summary().splitlines()[1]
    ranked = sorted(after, key=lambda number: -after[number])
    assert done.state.leaders[0] == done.state.best == ranked[0]
    done.undo()
    rescored(done)
    assert complete(done) == before
    assert done.state.best == best
    assert done.task.metric.label == "ROC AUC"


def test_the_holdout_is_measured_by_the_new_metric(done):
    """The figures of the offered models are those of the metric, and come back with it."""
    before = done.state.holdout
    assert before is not None
    done.set_metric("log_loss")
    rescored(done)
    wait_until(done, lambda state: state.holdout is not None)
    assert done.state.holdout.best < 0 < before.best
    assert "log loss" in done.summary()
    assert evaluations(done.state) in ("by 2 metrics", "by 3 metrics")  # the first test may have ended before it was
    assert f"evaluated {evaluations(done.state)})" in done.summary()
    done.undo()
    assert done.state.holdout == before


def test_a_metric_of_another_task_is_refused(done):
    """The message says why; the same metric changes nothing; nothing is half done."""
    acts = len(done.state.acts)
    for name, words in (("rmse", "for regression"), ("fun", "scikit-learn scorer"), ("auc", "already")):
        with pytest.raises(DataError, match=words):
            done.set_metric(name)
    assert len(done.state.acts) == acts


def test_the_search_goes_on_by_the_new_metric(tmp_path):
    """Trials that run during the change are scored again when they end, and a load continues by the metric."""
    place = tmp_path / "s.sqlite"
    session = AutoMLSession(customers(300), "Churn", max_trials=10, workers=2, journal=place)
    with without_slow_families(session) as session:
        session.start()
        wait_until(session, lambda state: len(state.leaders) >= 2)
        session.set_metric("log_loss")
        assert session.wait(120)
        rescored(session)
        scores = complete(session)
        assert len(scores) > 5
        assert all(-2 < score < 0 for score in scores.values()), scores
        assert session.state.holdout.best < 0
        best = session.state.best
    with AutoMLSession.load(place) as again:
        assert again.task.metric.label == "log loss"
        assert complete(again) == scores
        assert again.state.best == best
