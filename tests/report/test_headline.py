"""The headline and its caveat follow from the numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Kind
from hitl_widget.domain.trial import Author
from hitl_widget.report.headline import caveat, constant_leads, headline, leading
from hitl_widget.report.words import Words
from tests.report.sessions import TASK, WORDS, searched, state_of, steered, trial

LINEAR = "the linear model with default settings"


def test_the_headline_follows_from_the_numbers():
    """The headline follows from the numbers."""
    far = state_of(trial(0, "dummy", 0.5, 0.0), trial(1, "linear", 0.841), trial(2, "lightgbm", 0.853))
    assert headline(WORDS, far) == f"LightGBM #2 leads with ROC AUC 0.853 ± 0.006 SD, 0.012 better than {LINEAR} (#1)."
    near = state_of(trial(0, "dummy", 0.5, 0.0), trial(1, "linear", 0.8529), trial(2, "lightgbm", 0.853))
    assert headline(WORDS, near) == f"LightGBM #2 leads with ROC AUC 0.853 ± 0.006 SD, level with {LINEAR} (#1)."
    assert caveat(WORDS, near) == "1 other model is statistically tied with it."
    assert caveat(WORDS, far) == ""
    alone = state_of(trial(0, "dummy", 0.5, 0.0), trial(1, "linear", 0.9))
    assert headline(WORDS, alone).endswith("; the constant prediction scores 0.500.")


@pytest.mark.parametrize(("phase", "yet"), [(Phase.RUNNING, " yet"), (Phase.PAUSED, " yet"), (Phase.FINISHED, "")])
@pytest.mark.parametrize("score", [0.49, 0.5])
def test_a_model_that_does_not_beat_the_constant_prediction_does_not_lead(phase, yet, score):
    """The headline names the best trial of the table, also if it is the constant prediction."""
    state = state_of(trial(0, "dummy", 0.5, 0.0), trial(1, "linear", 0.48), trial(2, "lightgbm", score))
    state = replace(state, phase=phase)
    assert headline(WORDS, state) == (
        f"No model beats the constant prediction{yet} (ROC AUC 0.500). "
        f"LightGBM #2 comes closest with {score:.3f} ± 0.006 SD."
    )
    assert constant_leads(WORDS, state) is state.best_trial


def test_a_loss_is_positive():
    """RMSE is positive, and an improvement is in percent."""
    task = replace(TASK, kind=Kind.REGRESSION, metric=metric_named("rmse"), classes=(), class_counts=(), positive=None)
    words = Words(task, {"lightgbm": "LightGBM"}, frozenset({"dummy"}))
    state = state_of(trial(0, "linear", -30000.0, 900.0), trial(1, "lightgbm", -27000.0, 800.0))
    assert headline(words, state) == f"LightGBM #1 leads with RMSE 27,000 ± 800 SD, 10% better than {LINEAR} (#0)."


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_its_sentence_before_the_first_score(phase):
    """There is always a sentence, also before the first score."""
    state = SessionState(phase=phase)
    assert headline(WORDS, state).endswith(".")
    assert caveat(WORDS, state) == ""


def test_a_better_model_that_is_excluded_stays_the_yardstick():
    """An excluded linear model stays the yardstick, and the headline says that it is ahead."""
    state = searched(steered("dummy", "lightgbm"))
    assert headline(WORDS, state) == (f"LightGBM #2 leads with ROC AUC 0.7005 ± 0.0007 SD, 0.200 behind {LINEAR} (#1).")


@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.PAUSED, Phase.FINISHED])
@pytest.mark.parametrize(
    "act", [steered("dummy", "knn"), (Author.YOU, ev.Steered("do", 1, "discard", "discarded", discarded=(1, 2)))]
)
def test_no_model_leads_when_none_counts(phase, act):
    """When all models are excluded or discarded, the headline says so in every phase."""
    state = replace(searched(act), phase=phase)
    assert leading(WORDS, state) is None
    assert headline(WORDS, state).startswith("No finished model counts")
