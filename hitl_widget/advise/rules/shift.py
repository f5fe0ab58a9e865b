"""Warnings about rows that differ between training and holdout."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.chance import apart, apart_by_counts
from hitl_widget.advise.data_view import DataView, keep, listed, share
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind, Role

__all__ = ["differ"]

_SURE, _GAP = 0.01, 0.05


@data_warning(order=190)
def differ(view: DataView) -> Iterator[Safeguard]:
    """Find columns, or a target, that differ between training and holdout rows."""
    if len(view.holdout) < 30:
        return
    found = []
    for column in (*view.used, _target(view)):
        if column.role is Role.TEXT or column.distinct < 2:
            continue
        gap, chance = _gap(column, view.rows, view.holdout)
        if gap >= _GAP and chance < _SURE / (len(view.used) + 1):
            found.append((gap, chance, column.name))
    if not found:
        return
    found.sort(reverse=True)
    gap, chance, first = found[0]
    names = [name for _, _, name in found]
    expected = not view.shuffled
    yield Safeguard(
        key="differ",
        rule="differ",
        severity=Severity.LOW if expected and gap < 0.2 else Severity.MEDIUM,
        sentence=f"Training and holdout rows differ in {listed(names, 3)}.",
        evidence=(
            f"{len(names)} of {plural(len(view.used) + 1, 'column')} differ. The largest difference is "
            f"{share(gap)}, in {first}; "
            + (
                f"the split follows {view.task.split.column}, so new rows will differ in the same way."
                if expected
                else f"a random split differs this much {_odds(chance)}."
            )
        ),
        remedy=(
            "Expect the holdout score to differ from the cross-validation score; check what changed in these columns."
        ),
        columns=tuple(name for name in names if name != view.task.target),
        answers=(keep("Mark as read"),),
        numbers={"gap": gap, "columns": len(names)},
    )


def _odds(chance: float) -> str:
    return f"once in {1 / chance:,.0f}" if chance > 1e-6 else "less than once in a million"


def _target(view: DataView) -> ColumnValues:
    if view.task.kind is Kind.REGRESSION:
        return ColumnValues(view.task.target, Role.NUMERIC, view.y.astype(np.float64))
    return ColumnValues(view.task.target, Role.CATEGORICAL, None, view.y, view.task.classes)


def _gap(column: ColumnValues, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    if column.numbers is not None:
        one, two = column.numbers[first], column.numbers[second]
        return apart(one[np.isfinite(one)], two[np.isfinite(two)])
    codes, width = column.distinct_codes + 1, len(column.levels) + 1
    if width > 0.2 * len(second):
        return 0.0, 1.0
    return apart_by_counts(np.bincount(codes[first], minlength=width), np.bincount(codes[second], minlength=width))
