"""The models that are offered at the end: the recommended one first, then the best, the ensemble, a simpler one."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain.event import Learnt
from hitl_widget.domain.preference import Goals, Preferences
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Fold
from hitl_widget.engine.holdout import offers
from tests.report.sessions import state_of, trial

BASELINES = frozenset({"dummy"})


def measured(number: int, family: str, score: float, complexity: float):
    """A complete trial whose complexity is known; its folds differ, each trial's in its own way."""
    folds = tuple(Fold(fold, score + 0.01 * ((fold + number) % 5 - 2)) for fold in range(5))
    return replace(trial(number, family, score), folds=folds, measures={"complexity": complexity})


def test_nothing_is_offered_without_a_model():
    """Before the first complete trial there is nothing."""
    assert offers(SessionState(), BASELINES) == {}


def test_the_simplest_tied_model_is_offered_beside_the_best():
    """The rival is much simpler and statistically tied; a baseline is never offered."""
    state = state_of(
        measured(0, "dummy", 0.853, 1), measured(1, "linear", 0.8529, 20), measured(2, "lightgbm", 0.8531, 5000)
    )
    assert offers(state, BASELINES) == {"best": ((2, 1.0),), "simpler": ((1, 1.0),)}


def test_a_preferred_model_comes_first():
    """If preferences recommend another model than the metric, both are offered, and the ensemble."""
    state = state_of(measured(0, "linear", 0.8, 20), measured(1, "lightgbm", 0.9, 5000))
    steering = replace(state.steering, preferences=Preferences(goals=Goals({"complexity": 1.0})))
    blend = ((1, 0.7), (0, 0.3))
    state = replace(state, steering=steering, learnt=Learnt(0, 0, 1.0, ""), ensemble=blend)
    assert list(offers(state, BASELINES).items()) == [
        ("preferred", ((0, 1.0),)),
        ("best", ((1, 1.0),)),
        ("ensemble", blend),
    ]
