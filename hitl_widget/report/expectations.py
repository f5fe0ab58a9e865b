"""The score, directions and limits that a person expects, in words and against the result. Pure."""

from __future__ import annotations

from typing import Literal

from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.report.words import Words

__all__ = ["ExpectedOutcome", "expectations", "expected_result", "model_notes"]

ExpectedOutcome = Literal["as_expected", "better", "worse"]

_SIGNS = {1: "+", -1: "−"}


def limits_in_words(task: Task) -> str:
    """Return the limits of predictions, for example ``"at least 0"``; "" without any."""
    low, high = task.between or (None, None)
    if low is not None and high is not None:
        return f"between {low:g} and {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}" if high is not None else ""


def expectations(task: Task, expected: float | None) -> str:
    """Return what the person expects in one sentence; "" without any expectation."""
    parts = [] if expected is None else [f"{task.metric.label} of about {expected:,g} on the holdout"]
    if task.monotone:
        parts.append("directions " + ", ".join(f"{name} {_SIGNS[sign]}" for name, sign in task.monotone))
    if task.between is not None:
        parts.append(f"predictions {limits_in_words(task)}")
    return f"Expected: {'; '.join(parts)}." if parts else ""


def expected_result(words: Words, state: SessionState, expected: float | None) -> tuple[ExpectedOutcome | None, str]:
    """Return how the recommended model compares with the expected score on the holdout, and a sentence.

    (None, "") without an expected score, before the holdout is evaluated, and by another metric.
    """
    holdout = state.holdout
    if expected is None or holdout is None or not holdout.models or holdout.metric:
        return None, ""
    model, metric = holdout.models[0], words.metric
    if any(state.on_other_data(state.trials[trial]) for trial, _ in model.members):
        return None, ""
    low, high = (model.score if end is None else end for end in (model.low, model.high))
    error = abs(high - low) / 4
    ends = sorted((metric.shown(low), metric.shown(high)))
    found = f"{metric.label} is {number(metric.shown(model.score), error)} on the holdout"
    found += f" (95% interval {number(ends[0], error)} to {number(ends[1], error)}); you expected {expected:,g}."
    if ends[0] <= expected <= ends[1]:
        return "as_expected", f"As expected: {found}"
    if metric.sign * (metric.shown(model.score) - expected) > 0:
        return "better", f"Better than expected: {found} Check the warnings about target leakage before you trust it."
    return "worse", f"Worse than expected: {found} Important columns may be missing, or the expectation was too high."


def model_notes(words: Words, model: OfferedModel, rows: int) -> list[str]:
    """Return sentences on the clipped predictions of an offered model and the directions that it violates.

    Parameters
    ----------
    words
        The vocabulary.
    model
        The model.
    rows
        Rows of the holdout.
    """
    task, found = words.task, []
    if model.clipped:
        share = 100 * model.clipped / max(rows, 1)
        verb = "was" if model.clipped == 1 else "were"
        said = f"{plural(model.clipped, 'prediction')} on the holdout ({share:.2g}%) {verb} clipped"
        found.append(f"{said} to {limits_in_words(task)}.")
    wanted = dict(task.monotone)
    what = f"probability of {task.positive}" if task.positive is not None else "prediction"
    for name, low, high, move in model.against:
        rises = wanted.get(name, 1) > 0
        found.append(
            f"As {name} grows from {number(low)} to {number(high)}, the average {what} "
            f"{'falls' if rises else 'rises'} by {number(move)}; you expected that it {'rises' if rises else 'falls'}."
        )
    return found
