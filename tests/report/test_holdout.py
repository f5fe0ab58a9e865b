"""The holdout's sentence names the model that it was evaluated on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.domain.data_choices import NO_CHOICES
from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.event import HoldoutMeasured, Learnt, Record
from hitl_widget.domain.preference import Goals, Preferences
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Split, SplitScheme
from hitl_widget.domain.trial import Author
from hitl_widget.report.holdout import holdout_gap, holdout_rival, holdout_sentence, not_offered, offered_label
from hitl_widget.report.words import Words
from tests.report.sessions import TASK, WORDS, state_of, trial


@pytest.mark.parametrize(
    ("number", "preferred", "said"),
    [
        (1, None, "the recommended model, LightGBM #1, scores ROC AUC 0.899; the ensemble scores 0.901."),
        (0, 0, "the recommended model, Linear #0, scores ROC AUC 0.899; the ensemble scores 0.901."),
        (0, None, "Linear #0, which led then, scores ROC AUC 0.899; the ensemble scores 0.901."),
    ],
)
def test_the_model_is_named(number, preferred, said):
    """It is the best one, the preferred one, or the one that led when the search ended the first time."""
    state = state_of(trial(0, "linear", 0.841), trial(1, "lightgbm", 0.853))
    state = replace(state, holdout=HoldoutMeasured(number, 0.899, 0.901, 200))
    if preferred is not None:
        wanted = Preferences(goals=Goals({"roc_auc": 1.0}))
        steering = replace(state.steering, preferences=wanted)
        state = replace(state, steering=steering, learnt=Learnt(0, preferred, 1.0, ""))
    assert holdout_sentence(WORDS, state) == f"On the holdout (200 rows), {said}"


def test_the_constant_prediction_is_not_called_a_model():
    """If no model beats the constant prediction, the holdout's sentence says that it was evaluated on that."""
    state = state_of(trial(0, "dummy", 0.5), trial(1, "lightgbm", 0.49))
    state = replace(state, holdout=HoldoutMeasured(0, 0.5, None, 200))
    assert holdout_sentence(WORDS, state) == "On the holdout (200 rows), the constant prediction scores ROC AUC 0.500."


def test_a_holdout_of_earlier_data_is_named_so():
    """After a data change, the sentence says that the model read other data, and no gap to today's is drawn."""
    state = state_of(trial(0, "linear", 0.841), trial(1, "lightgbm", 0.853))
    old = replace(state.trials[1], view=0)
    model = OfferedModel("best", ((1, 1.0),), 0.5, 0.4, 0.6)
    state = replace(state, trials=state.trials.replace(1, old), leaders=(0,), views=(NO_CHOICES,) * 2, view=1)
    state = replace(state, holdout=HoldoutMeasured(1, 0.5, None, 200, (model,)))
    said = "On the holdout (200 rows), LightGBM #1, fitted before the data changed, scored ROC AUC 0.50"
    assert holdout_sentence(WORDS, state).startswith(said)
    assert holdout_gap(WORDS, state) == ("", False)


def test_nothing_is_said_before_it_was_evaluated():
    """While the search runs there is no sentence."""
    assert holdout_sentence(WORDS, SessionState()) == ""


def measured(score: float, low: float | None, high: float | None) -> SessionState:
    """A finished search whose best model has this score on the holdout."""
    models = (
        OfferedModel("best", ((1, 1.0),), score, low, high, 12.0, 0.5),
        OfferedModel("ensemble", ((1, 0.6), (0, 0.4)), 0.9, 0.88, 0.92),
    )
    state = state_of(trial(0, "linear", 0.841), trial(1, "lightgbm", 0.853))
    return replace(state, holdout=HoldoutMeasured(1, score, 0.9, 200, models))


def test_the_interval_is_named():
    """An interval says that it is one, and of how much."""
    found = holdout_sentence(WORDS, measured(0.849, 0.831, 0.866))
    assert found == (
        "On the holdout (200 rows), the recommended model, LightGBM #1, scores ROC AUC 0.849 (95% interval 0.831 to "
        "0.866); the ensemble scores 0.900."
    )
    assert "interval" not in holdout_sentence(WORDS, measured(0.849, None, None))


def ahead(by, predict_ms=84.0) -> SessionState:
    """A finished search whose ensemble scores better on the same rows of the holdout."""
    state = measured(0.895, 0.87, 0.91)
    first, ensemble = state.holdout.models
    models = (first, replace(ensemble, ahead=by, predict_ms=predict_ms))
    return replace(state, holdout=replace(state.holdout, models=models))


def test_an_offered_model_that_scores_better_is_compared_on_the_same_rows():
    """The paired difference decides whether it may be chance, not whether two intervals overlap."""
    assert holdout_rival(WORDS, measured(0.91, 0.89, 0.93)) == ""
    assert holdout_rival(WORDS, ahead((0.005, 0.002, 0.008))) == (
        "The ensemble of 2 models scores better on the holdout (0.900), on the same rows by 0.0050 (paired 95% "
        "interval 0.0020 to 0.0080), but takes 7 times as long to predict. Take it for the best score, or LightGBM #1 "
        "if prediction time matters."
    )
    assert holdout_rival(WORDS, ahead((0.005, 0.002, 0.008), predict_ms=12.0)).endswith(
        "0.0080). Take it for the best score; LightGBM #1 is the best single model in cross-validation."
    )
    assert holdout_rival(WORDS, ahead((0.005, -0.002, 0.012))) == (
        "The ensemble of 2 models scores better on the holdout (0.900), on the same rows by 0.0050 (paired 95% "
        "interval −0.0020 to 0.0120), which may be chance. Take LightGBM #1, the recommended model: it is the best "
        "single model in cross-validation and predicts 7 times as fast."
    )


def test_a_difference_that_was_not_measured_on_the_same_rows_is_told_as_that():
    """Older journals have the two scores alone; a model recommended for other objectives may score less."""
    said = holdout_rival(WORDS, measured(0.82, 0.80, 0.84))
    assert "older versions did not measure whether that is chance. Take LightGBM #1" in said
    state = measured(0.82, 0.80, 0.84)
    first, ensemble = state.holdout.models
    models = (replace(first, name="preferred"), ensemble)
    assert holdout_rival(WORDS, replace(state, holdout=replace(state.holdout, models=models))) == ""


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        (SplitScheme.STRATIFIED, "The best of many trials is partly lucky"),
        (SplitScheme.GROUPED, "It holds other values of who"),
        (SplitScheme.FORWARD, "Its rows are the latest by who"),
    ],
)
def test_a_score_far_below_the_folds_is_explained(scheme, reason):
    """Far is two standard errors; the reason follows from how rows were split."""
    words = Words(replace(TASK, split=Split(scheme, 5, "who")), WORDS.labels, WORDS.baselines)
    said, far = holdout_gap(words, measured(0.80, 0.78, 0.82))
    assert far
    assert said.startswith("The holdout score 0.800 is well below the cross-validated 0.853")
    assert reason in said
    assert holdout_gap(words, measured(0.85, 0.83, 0.87)) == ("", False)
    assert holdout_gap(words, measured(0.95, 0.94, 0.96)) == ("", False)


def test_a_score_below_the_folds_within_noise_is_explained_too():
    """A person who sees 0.840 beside 0.853 is told that this may be chance, or luck of the best."""
    said, far = holdout_gap(WORDS, measured(0.84, 0.82, 0.86))
    assert not far
    assert said == (
        "The holdout score 0.840 is worse than the cross-validated 0.853 by 0.013 ± 0.011 SE, within noise. The best "
        "of 2 trials is also partly lucky in cross-validation."
    )


def test_offered_models_have_names():
    """One model is named by its family and number, an ensemble by its size."""
    state = measured(0.849, 0.831, 0.866)
    names = [offered_label(WORDS, state, one) for one in state.holdout.models]
    assert names == ["LightGBM #1", "Ensemble of 2 models"]


def test_a_model_that_is_recommended_later_is_named():
    """A model that leads since then has no holdout score, and the screen says so; one that was offered has."""
    state = measured(0.849, 0.831, 0.866)
    assert not_offered(WORDS, state) == ""
    later = replace(state, trials=state.trials.append(trial(2, "linear", 0.9)), leaders=(2, 1, 0))
    assert not_offered(WORDS, later).startswith("#2 (Linear) is recommended now. It has no holdout score")
    assert not_offered(WORDS, later).endswith("because the holdout was evaluated before it ended.")
    record = Record(9, 9.0, 9.0, Author.MACHINE, "", state.holdout)
    trials = later.trials.replace(2, replace(later.trials[2], ended=5))
    chosen = replace(later, trials=trials, story=later.story.append(record))
    assert not_offered(WORDS, chosen).endswith("because it was not recommended when the holdout was evaluated.")
    tied = replace(state, leaders=(0, 1))
    models = (*state.holdout.models, OfferedModel("simpler", ((0, 1.0),), 0.84, None, None))
    assert not_offered(WORDS, replace(tied, holdout=replace(state.holdout, models=models))) == ""
