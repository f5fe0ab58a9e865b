"""Sessions whose rows are divided as a person asks: searched, loaded and explained."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import ShuffleSplit

from hitl_widget import AutoMLSession, DataError
from hitl_widget.session.runtime import runtime_of
from tests.families import without_slow_families
from tests.journals import copied
from tests.tables import customers

# Searches with real workers.
pytestmark = pytest.mark.slow

GOAL = "at least 0.6 recall at 50% false alarms"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished session on overlapping folds of a splitter, whose holdout is a second table."""
    table, later = customers(400), customers(90, seed=4)
    splitter = ShuffleSplit(4, test_size=0.3, random_state=0)
    place = tmp_path_factory.mktemp("division") / "s.sqlite"
    session = AutoMLSession(
        table, "Churn", cv=splitter, holdout=later, success=GOAL, max_trials=4, workers=2, journal=place
    )
    with without_slow_families(session) as session:
        session.start()
        assert session.wait(120)
        yield session


def test_the_second_table_is_the_holdout(done):
    """The search sees the first table alone; the holdout is the second, on which the model is measured."""
    assert (done.task.train_rows, done.task.holdout_rows) == (400, 90)
    model, later = done.best_model(), customers(90, seed=4)
    from sklearn.metrics import roc_auc_score

    positive = list(model.classes_).index(done.task.positive)
    score = roc_auc_score(later["Churn"] == done.task.positive, model.predict_proba(later)[:, positive])
    assert done.state.holdout.best == pytest.approx(score)


def test_every_trial_is_scored_on_the_folds_of_the_splitter(done):
    """Each complete trial has a score for each of the four folds, and the task names the splitter."""
    complete = [trial for trial in done.state.trials if trial.state == "complete"]
    assert complete
    assert all(len(trial.folds) == 4 for trial in complete)
    assert "4 folds of ShuffleSplit" in done.summary()


def test_a_row_of_several_folds_counts_once_in_explanations(done):
    """Out-of-fold predictions of a row that several folds validate are averaged."""
    number = done.state.best_trial.number
    from hitl_widget.session.results import truth_and_predictions

    truth, predictions = truth_and_predictions(runtime_of(done), number)
    validated = np.unique(np.concatenate([valid for _, valid in runtime_of(done).understood.folds]))
    assert len(truth) == len(predictions) == len(validated) < 4 * 120
    view = done.explain.confusion(number)
    assert view.sentences


def test_the_division_is_loaded_with_the_session(done, tmp_path):
    """A copy of the journal has the same rows in each fold, without the splitter and the second table."""
    with AutoMLSession.load(copied(done, tmp_path)) as again:
        assert again.task == done.task
        assert runtime_of(again).folds_fingerprint == runtime_of(done).folds_fingerprint
        pd.testing.assert_frame_equal(again.trials, done.trials)


def test_the_goal_is_shown_against_the_result(done):
    """The holdout of each offered model has a value of the success criterion, and the summary says the outcome."""
    from sklearn.metrics import roc_curve

    model, later = done.best_model(), customers(90, seed=4)
    positive = list(model.classes_).index(done.task.positive)
    alarms, recall, _ = roc_curve(later["Churn"] == done.task.positive, model.predict_proba(later)[:, positive])
    value, low, high = done.state.holdout.model("best").success
    assert value == pytest.approx(recall[alarms <= 0.5].max())
    assert low <= value <= high
    assert all(one.success is not None for one in done.state.holdout.models)
    assert "; the goal is recall of at least 0.6 at 50% false alarms." in done.summary()


def test_a_goal_without_a_holdout_is_refused():
    """The goal is checked on the holdout; the remedy in the message works."""
    with pytest.raises(DataError, match="Set holdout="):
        AutoMLSession(customers(100), "Churn", success="ROC AUC at least 0.5", holdout=0)
    AutoMLSession(customers(100), "Churn", success="ROC AUC at least 0.5", holdout=0.2).close()


def test_a_journal_without_a_stored_division_still_loads(done, tmp_path):
    """Journals of earlier versions hold no division: it follows from the arguments."""
    from sqlalchemy import create_engine, text

    place = tmp_path / "old.sqlite"
    with AutoMLSession(customers(200), "Churn", groups=np.arange(200) // 4, journal=place) as session:
        before = runtime_of(session).folds_fingerprint
    engine = create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        assert connection.execute(text("delete from blobs where key = 'rows'")).rowcount == 1
    engine.dispose()
    with AutoMLSession.load(place) as again:
        assert runtime_of(again).folds_fingerprint == before
