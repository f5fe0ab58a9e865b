"""The goal in sentences: before and after the holdout is evaluated."""

from dataclasses import replace

import pytest

from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.success import Success
from hitl_widget.report.success import goal_in_words, goal_of_model, goal_result

GOAL = Success("rmse at most 10", "neg_root_mean_squared_error", "RMSE", -1, 10.0)


def test_without_a_goal_nothing_is_said() -> None:
    """No criterion, no sentence."""
    assert goal_in_words(None) == ""
    assert goal_result(None, SessionState()) == (None, "")


def test_the_goal_is_said_first() -> None:
    """Before the holdout is evaluated, only the goal is known."""
    assert goal_in_words(GOAL) == "Goal: RMSE of at most 10 on the holdout."
    assert goal_result(GOAL, SessionState()) == (None, "")


@pytest.mark.parametrize(
    ("success", "outcome", "value", "interval"),
    [
        ((8.0, 7.2, 8.8), "reached", "8.0", "7.2 to 8.8"),
        ((11.0, 10.2, 11.8), "missed", "11.0", "10.2 to 11.8"),
        ((9.5, None, None), "likely", "9.500", ""),
    ],
)
def test_a_model_is_held_against_it(success, outcome: str, value: str, interval: str) -> None:
    """The value has its interval, and the interval decides how certain the outcome is."""
    model = OfferedModel("best", ((0, 1.0),), -8.0, -9.0, -7.0, success=success)
    assert goal_of_model(GOAL, model) == (outcome, value, interval)
    assert goal_of_model(GOAL, replace(model, success=None)) is None
