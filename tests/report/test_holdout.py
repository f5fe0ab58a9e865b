"""The holdout's sentence names the model that it was evaluated on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.domain.event import HoldoutMeasured, Learnt
from hitl_widget.domain.preference import Goals, Preferences
from hitl_widget.domain.state import SessionState
from hitl_widget.report.holdout import holdout_sentence
from tests.report.sessions import WORDS, state_of, trial


@pytest.mark.parametrize(
    ("number", "preferred", "said"),
    [
        (1, None, "Holdout (200 rows, evaluated once): best model 0.899, ensemble 0.901."),
        (0, 0, "Holdout (200 rows, evaluated once): preferred model #0 (Linear) 0.899, ensemble 0.901."),
        (0, None, "Holdout (200 rows, evaluated once, when #0 led): #0 (Linear) 0.899, ensemble 0.901."),
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
    assert holdout_sentence(WORDS, state) == said


def test_nothing_is_said_before_it_was_evaluated():
    """While the search runs there is no sentence."""
    assert holdout_sentence(WORDS, SessionState()) == ""
