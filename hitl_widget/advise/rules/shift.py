"""Warnings about rows that differ between training and holdout."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from hitl_widget.advise.chance import apart, apart_by_counts
from hitl_widget.advise.data_view import DataView, keep, listed
from hitl_widget.advise.drawings import parts_compared, target_column
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.dates import from_seconds
from hitl_widget.data.univariate import ColumnValues, ranks
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Role, SplitScheme

__all__ = ["differ"]

_SURE, _GAP = 0.01, 0.05
_WITH_TIME, _NEARLY = 0.95, 0.97


def _draw(view: DataView, found: Safeguard) -> Illustration:
    """Draw the first of the columns in training and holdout rows."""
    column = view.columns[found.columns[0]] if found.columns else target_column(view)
    return parts_compared(column, (("training rows", view.train), ("holdout", view.holdout)))


@data_warning(order=190, draw=_draw)
def differ(view: DataView) -> Iterator[Safeguard]:
    """Find columns, or a target, that differ between training and holdout rows.

    If the split follows time, the time column, dates, and columns that rise or fall with time or follow the calendar
    differ by construction: they are no news.
    """
    if len(view.holdout) < 30:
        return
    expected = not view.shuffled
    found = []
    for column in (*view.used, target_column(view)):
        if column.role is Role.TEXT or column.distinct < 2 or (expected and _tells_time(view, column)):
            continue
        gap, chance = _gap(column, view.rows, view.holdout)
        if gap >= _GAP and chance < _SURE / (len(view.used) + 1):
            found.append((gap, chance, column.name))
    if not found:
        return
    found.sort(reverse=True)
    gap, chance, first = found[0]
    names = [name for _, _, name in found]
    yield Safeguard(
        key="differ",
        rule="differ",
        severity=Severity.LOW if expected else Severity.MEDIUM,
        sentence=(
            f"{listed(names, 3)} {'change' if len(names) > 1 else 'changes'} over time."
            if expected
            else f"Training and holdout rows differ in {listed(names, 3)}."
        ),
        evidence=(
            f"{len(names)} of {plural(len(view.used) + 1, 'column')} differ between the rows of the search and the "
            f"holdout, {first} most: {_how_far(view, first, gap)}; "
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


def _tells_time(view: DataView, column: ColumnValues) -> bool:
    """Return True if a column says when a row was recorded: a date, a counter, or a part of the date."""
    split = view.task.split
    if column.dates or column.name == split.column:
        return True
    if split.scheme is not SplitScheme.FORWARD or column.name == view.task.target:
        return False
    codes = column.distinct_codes[view.rows]
    time = view.columns.get(str(split.column))
    if time is None or time.numbers is None:
        return False
    seconds = time.numbers[view.rows]
    if column.numbers is not None:
        known = np.isfinite(seconds) & np.isfinite(column.numbers[view.rows])
        there = ranks(column.numbers[view.rows][known]), ranks(seconds[known])
        if known.sum() > 2 and abs(float(np.corrcoef(*there)[0, 1])) > _WITH_TIME:
            return True
    return time.dates and any(_decided(codes, unit) for unit in _calendar(seconds))


def _calendar(seconds: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the parts of dates that calendar columns are made of, as codes: year, day of the year, weekday, hour."""
    moments = pd.DatetimeIndex(from_seconds(seconds))
    for part in ("year", "day_of_year", "day_of_week", "hour"):
        yield pd.factorize(getattr(moments, part))[0]


def _decided(codes: np.ndarray, unit: np.ndarray) -> bool:
    """Return True if the unit decides the value of nearly every row, on at least two rows a unit."""
    known = unit >= 0
    count = int(unit.max(initial=-1)) + 1
    if not known.any() or known.sum() < 2 * count:
        return False
    pairs, sizes = np.unique(np.column_stack([unit[known], codes[known]]), axis=0, return_counts=True)
    most = np.zeros(count, np.int64)
    np.maximum.at(most, pairs[:, 0], sizes)
    return bool(most.sum() > _NEARLY * known.sum()) and len(np.unique(codes[known])) > 1


def _how_far(view: DataView, name: str, gap: float) -> str:
    """Return what the gap of a column is a share of."""
    column = target_column(view) if name == view.task.target else view.columns[name]
    points = f"{100 * gap:.0f} percentage points"
    if column.numbers is not None:
        return f"the share of rows up to some value differs by {points}"
    return f"the shares of its values differ by {points} in total"


def _odds(chance: float) -> str:
    return f"once in {1 / chance:,.0f}" if chance > 1e-6 else "less than once in a million"


def _gap(column: ColumnValues, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    if column.numbers is not None:
        one, two = column.numbers[first], column.numbers[second]
        return apart(one[np.isfinite(one)], two[np.isfinite(two)])
    codes, width = column.distinct_codes + 1, len(column.levels) + 1
    if width > 0.2 * len(second):
        return 0.0, 1.0
    return apart_by_counts(np.bincount(codes[first], minlength=width), np.bincount(codes[second], minlength=width))
