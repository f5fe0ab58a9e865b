"""Checks of what a person knows beforehand: directions of columns, possible predictions, the expected score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.table import column_name
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.spelling import is_number
from hitl_widget.domain.task import Column, Kind, Role
from hitl_widget.errors import DataError

__all__ = ["checked_between", "checked_expected", "checked_monotone"]

_SIGNS: Mapping[Any, int] = {"+": 1, "-": -1, "−": -1, 1: 1, -1: -1}
_FROM_ZERO_TO_ONE = (
    "accuracy",
    "average_precision",
    "balanced_accuracy",
    "f1",
    "jaccard",
    "precision",
    "recall",
    "roc_auc",
    "top_k_accuracy",
)
_BETWEEN = (
    "between= must be the smallest and the largest possible prediction, for example (0, None) for no negative one"
)


def checked_monotone(given: Any, columns: Sequence[Column], kind: Kind) -> tuple[tuple[str, int], ...]:
    """Return the expected directions: columns with 1 (predictions rise with it) or -1.

    Parameters
    ----------
    given
        ``{"column": "+"}`` or ``"-"``, or None.
    columns
        All columns of the table but the target.
    kind
        The kind of task. Of two classes, the probability of the positive one rises or falls.

    Raises
    ------
    DataError
        If there is no such column, it is not a number that models read, the sign is another, or there are more than
        two classes.
    """
    if given is None:
        return ()
    if not isinstance(given, Mapping):
        raise DataError(f'monotone= must be a dict such as {{"income": "+", "age": "-"}}; got {given!r:.60}.')
    if given and kind is Kind.MULTICLASS:
        raise DataError("monotone= needs a numeric target or two classes. Leave out monotone=.")
    known = {one.name: one for one in columns}
    found = []
    for label, sign in given.items():
        name = column_name(label)
        if name not in known:
            raise DataError(
                f"monotone= names the column {name!r}, which is not in the table.{did_you_mean(name, known)}"
            )
        role = known[name].role
        if role is Role.IGNORED:
            raise DataError(
                f"monotone= names the column {name!r}, which no model reads ({known[name].reason}). Leave it out, or "
                f'set roles={{"{name}": "numeric"}}.'
            )
        if role is not Role.NUMERIC:
            raise DataError(
                f"monotone= names the column {name!r}, which is read as a {role}, not as a number. Leave it out, or "
                f'set roles={{"{name}": "numeric"}}.'
            )
        if isinstance(sign, bool) or not isinstance(sign, str | int) or sign not in _SIGNS:
            raise DataError(
                f'The direction of {name!r} in monotone= must be "+" (predictions rise with it) or "-" (they fall); '
                f"got {sign!r:.40}."
            )
        found.append((name, _SIGNS[sign]))
    return tuple(found)


def checked_between(given: Any, kind: Kind, target: str, y: np.ndarray) -> tuple[float | None, float | None] | None:
    """Return the smallest and the largest possible prediction; None without a limit.

    Parameters
    ----------
    given
        A pair of numbers (for durations also durations) or None for no limit on a side; or None.
    kind, target
        The kind of task and the name of its target.
    y : ndarray of shape (n,)
        The target.

    Raises
    ------
    DataError
        If it is no such pair, the target is not numeric, or lies outside in some rows.
    """
    if given is None:
        return None
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise DataError(f"{_BETWEEN}; got {given!r:.60}.")
    low, high = (one.total_seconds() if hasattr(one, "total_seconds") else one for one in given)
    for one in (low, high):
        if one is not None and not is_number(one):
            raise DataError(f"{_BETWEEN}; got {given!r:.60}.")
    if low is None and high is None:
        return None
    if low is not None and high is not None and low >= high:
        raise DataError(f"{_BETWEEN}; {low:g} is not below {high:g}.")
    if kind is not Kind.REGRESSION:
        raise DataError("between= limits predicted numbers, but this task has classes. Leave out between=.")
    outside = np.zeros(len(y), bool)
    outside |= y < low if low is not None else False
    outside |= y > high if high is not None else False
    if outside.any():
        raise DataError(
            f"{target!r} lies outside between={given!r:.60} in {plural(int(outside.sum()), 'row')}, for example at "
            f"{float(y[outside][0]):g}. Widen the limits, or leave out these rows."
        )
    return (None if low is None else float(low), None if high is None else float(high))


def checked_expected(given: Any, metric: Metric) -> float | None:
    """Return the expected score as displayed; None without one.

    Raises
    ------
    DataError
        If it is no number, or the metric cannot have this value.
    """
    if given is None:
        return None
    if not is_number(given):
        raise DataError(f"expected= must be the score that you expect, a number such as 0.8; got {given!r:.40}.")
    if metric.code is None and metric.scorer.startswith(_FROM_ZERO_TO_ONE) and not 0 <= given <= 1:
        raise DataError(f"expected= must be a {metric.label} between 0 and 1; got {given:g}.")
    return float(given)
