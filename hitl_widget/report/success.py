"""The success criterion in sentences: said at the start, shown against the result at the end. Pure."""

from __future__ import annotations

from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.figures import number
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.success import GoalOutcome, Success

__all__ = ["goal_in_words", "goal_of_model", "goal_result"]

_LEADS: dict[GoalOutcome, str] = {
    "reached": "Goal reached",
    "likely": "Goal reached, but not for certain",
    "unlikely": "Goal not reached, but it may still be within reach",
    "missed": "Goal missed",
}


def goal_in_words(success: Success | None) -> str:
    """Return the goal as a sentence, or "" without one."""
    return "" if success is None else f"Goal: {success.in_words()} on the holdout."


def goal_of_model(success: Success | None, model: OfferedModel) -> tuple[GoalOutcome, str, str] | None:
    """Return the outcome of a model, its value, and its 95% interval or ""; None if it was not measured."""
    if success is None or model.success is None:
        return None
    value, low, high = model.success
    error = None if low is None or high is None else abs(high - low) / 4
    interval = ""
    if low is not None and high is not None:
        interval = f"{number(min(low, high), error)} to {number(max(low, high), error)}"
    return success.outcome(value, low, high), number(value, error), interval


def goal_result(success: Success | None, state: SessionState) -> tuple[GoalOutcome | None, str]:
    """Return the outcome of the recommended model and a sentence on it; (None, "") before the holdout is evaluated."""
    holdout = state.holdout
    if success is None or holdout is None or not holdout.models:
        return None, ""
    model = holdout.models[0]
    if any(state.on_other_data(state.trials[trial]) for trial, _ in model.members):
        return None, ""
    found = goal_of_model(success, model)
    if found is None:
        return None, f"The goal could not be measured on the {holdout.rows:,} rows of the holdout."
    outcome, text, interval = found
    text += f" (95% interval {interval})" if interval else ""
    return outcome, f"{_LEADS[outcome]}: {success.label} is {text} on the holdout; the goal is {success.in_words()}."
