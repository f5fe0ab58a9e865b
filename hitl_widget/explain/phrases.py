"""Turns of phrase that explanations share: shares, gaps between scores, lists, the kind of task a view needs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hitl_widget.domain.figures import number
from hitl_widget.domain.intervals import Interval
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Kind, Task
from hitl_widget.errors import DataError

__all__ = ["capital", "from_zero_to_one", "gap_in_words", "listed", "need", "percent", "plain", "share_in_words"]

_POINTS = ("roc_auc", "accuracy", "balanced_accuracy", "f1", "average_precision", "precision", "recall", "jaccard")


def capital(text: str) -> str:
    """Return a text as a sentence begins; the rest of it stays.

    Examples
    --------
    >>> capital("the ROC")
    'The ROC'
    """
    return text[:1].upper() + text[1:]


def from_zero_to_one(metric: Metric) -> bool:
    """Return True if a metric lies between 0 and 1, so that its differences have three decimals.

    Examples
    --------
    >>> from hitl_widget.domain.objective import metric_named
    >>> from_zero_to_one(metric_named("roc_auc_ovr")), from_zero_to_one(metric_named("rmse"))
    (True, False)
    """
    return metric.scorer.startswith(_POINTS)


_TINY = 1e-4


def gap_in_words(metric: Metric, gap: float, error: float | None = None) -> str:
    """Write the size of a gap between two scores, with its standard error where it is known.

    Examples
    --------
    >>> from hitl_widget.domain.objective import metric_named
    >>> gap_in_words(metric_named("roc_auc"), -0.012, 0.0049), gap_in_words(metric_named("rmse"), 1234.0, 310.0)
    ('0.012 ± 0.005 SE', '1,230 ± 310 SE')
    """
    size = abs(gap)
    if error is None or not math.isfinite(error) or error <= 0:
        if 0 < size < _TINY and from_zero_to_one(metric):
            return f"less than {_TINY:.4f}"
        return number(size) if size >= 0.1 or size == 0 or not from_zero_to_one(metric) else f"{size:.2g}"
    if from_zero_to_one(metric):
        digits = 3 if error >= 0.00095 else 4
        return f"{size:.{digits}f} ± {error:.{digits}f} SE"
    return f"{_round_to(size, error)} ± {_round_to(error, error)} SE"


def _round_to(value: float, error: float) -> str:
    """Write a number with two digits of its error, for thousands in round numbers."""
    place = math.floor(math.log10(error)) - 1
    if place >= 0:
        return f"{round(value / 10**place) * 10**place:,.0f}"
    return f"{value:,.{min(-place, 6)}f}"


def percent(share: float) -> str:
    """Write a share in per cent; 0% and 100% only if exact.

    Examples
    --------
    >>> percent(0.274), percent(0.0042), percent(0.9971), percent(0.9996), percent(0.0), percent(1.0)
    ('27%', '0.4%', '99.7%', 'over 99.9%', '0%', '100%')
    """
    value = 100 * share
    if value <= 0 or value >= 100 or 0.95 <= value <= 99.05:
        return f"{value:.0f}%"
    if value > 99.95:
        return "over 99.9%"
    return "under 0.1%" if value < 0.05 else f"{value:.1f}%"


def share_in_words(one: Interval) -> str:
    """Write a share with its interval.

    Examples
    --------
    >>> share_in_words(Interval(0.34, 0.28, 0.41, 212))
    '34% (28 to 41%)'
    """
    ends = percent(one.low).removesuffix("%"), percent(one.high)
    return f"{percent(one.value)} ({ends[0]} to {ends[1]})"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Join names as in speech.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"]), listed(list("abcdef"))
    ('a', 'a, b and c', 'a, b, c and 3 more')
    """
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def plain(value: float | None) -> float | None:
    """Return a number for JSON: None if it is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def need(task: Task, *kinds: Kind, view: str) -> None:
    """Check that a view suits the task.

    Raises
    ------
    DataError
        If it does not; the message names valid values.
    """
    if task.kind not in kinds:
        names = {Kind.BINARY: "two classes", Kind.MULTICLASS: "several classes", Kind.REGRESSION: "numbers"}
        other = "residuals" if task.kind is Kind.REGRESSION else "confusion"
        raise DataError(
            f"The view {view!r} is for {' or '.join(names[kind] for kind in kinds)}, and {task.target} holds "
            f"{names[task.kind]}. Ask for {other!r} instead."
        )
