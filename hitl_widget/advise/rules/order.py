"""Warnings about the order of the file and about time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.chance import apart, neighbours_alike
from hitl_widget.advise.data_view import DataView, keep, listed, share, split_by
from hitl_widget.advise.drawings import against_target, column_against_target
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.names import words_of
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.univariate import ColumnValues, cells_of, ranks
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind, Role, SplitScheme

__all__ = ["order", "time"]

_ALIKE_NEXT, _SURE = 0.1, 6.0
_BY_PLACE = 0.15


def _draw_order(view: DataView, _found: Safeguard) -> Illustration:
    """Draw the target along the rows of the file."""
    place = ColumnValues("row number", Role.NUMERIC, np.arange(1, len(view.y) + 1, dtype=np.float64))
    return column_against_target(view, place)


@data_warning(order=130, draw=_draw_order)
def order(view: DataView) -> Iterator[Safeguard]:
    """Find targets that follow the order of the file."""
    if not view.shuffled:
        return
    values = view.number_of(np.arange(len(view.y)))
    alike, sure = neighbours_alike(values)
    place = ColumnValues("", Role.NUMERIC, np.arange(len(view.y), dtype=np.float64))
    by_place = view.univariate(*cells_of(place, view.rows)).strength
    if not (alike >= _ALIKE_NEXT and sure >= _SURE) and by_place < max(_BY_PLACE, 4 / np.sqrt(len(view.rows))):
        return
    counters = [column.name for column in view.used if _counts_rows(column)]
    target = view.task.target
    ordered = _in_order(view, values)
    also = f" The row number is also in {listed(counters, 2)}." if counters else ""
    yield Safeguard(
        key="order",
        rule="order",
        severity=Severity.MEDIUM if not ordered else Severity.HIGH if counters else Severity.LOW,
        sentence=f"The file is sorted by {target}."
        if ordered
        else f"Neighboring rows have similar values of {target}.",
        evidence=(
            f"Similarity of neighboring rows: {alike:.2f} (0: by chance, 1: identical); predictive power of the row "
            f"number alone: {share(by_place)}.{also}"
        ),
        remedy=(
            "Drop columns that count the rows; the order itself does no harm, because folds are shuffled."
            if ordered
            else "If the order matters, open a session with time= or groups=: random folds inflate the scores."
        ),
        columns=tuple(counters),
        answers=(keep("Keep the folds, the order has no meaning"),),
        numbers={"alike": alike, "place": by_place},
    )


def _in_order(view: DataView, values: np.ndarray) -> bool:
    """Return whether rows are sorted by the target: classes in blocks, numbers along the file."""
    if view.task.kind is Kind.REGRESSION:
        return _along(values)
    return int((values[1:] != values[:-1]).sum()) < 2 * len(view.task.classes)


def _counts_rows(column: ColumnValues) -> bool:
    if column.numbers is None or column.dates or column.distinct < 20 or column.missing.any():
        return False
    return column.distinct >= 0.9 * len(column.numbers) and _rising(column.numbers) >= 0.99


def _rising(numbers: np.ndarray) -> float:
    """Return the share of steps from row to row that all go up, or all go down; equal values go either way."""
    steps = np.diff(numbers[np.isfinite(numbers)])
    return float(max((steps >= 0).mean(), (steps <= 0).mean())) if len(steps) else 0.0


_TIME_WORDS = frozenset("date time timestamp datetime year yr day week month quarter".split())
_NOT_OF_THE_ROW = frozenset("birth born dob built blt founded remod model opened made".split())
_DRIFT = 0.1


@data_warning(order=120, draw=against_target)
def time(view: DataView) -> Iterator[Safeguard]:
    """Find a time along which the target or the columns drift, while folds are random."""
    if view.task.split.scheme is SplitScheme.FORWARD:
        return
    dated = [column for column in view.columns.values() if _is_time(column)]
    found = []
    for column in dated:
        own = view.univariate(*cells_of(column, view.rows)).strength
        drifting = _drifting(view, column)
        tells = own >= max(0.03, 4 / np.sqrt(len(view.rows)))
        if tells or len(drifting) >= max(2, 0.2 * len(view.used)):
            certain = column.dates + _along(_known(column))
            found.append((certain, -column.missing.mean(), own, column, drifting))
    if not found:
        return
    certain, _, own, column, drifting = max(found, key=lambda item: item[:3])
    target, name = view.task.target, column.name
    changes = f"; {listed(drifting, 3)} {'differ' if len(drifting) > 1 else 'differs'} between early and late rows"
    yield Safeguard(
        key=f"time:{name}",
        rule="time",
        severity=Severity.MEDIUM if certain else Severity.LOW,
        sentence=f"{target} or other columns change with {name}, but folds are random.",
        evidence=f"The predictive power of {name} alone is {share(own)}{changes if drifting else ''}.",
        remedy=f"Use forward folds (time={name!r}) if the model will predict later rows.",
        columns=(name,),
        answers=(
            split_by(view.task.split, "time", name, f"Use forward folds by {name}"),
            keep("Keep the folds, new rows are from the same period"),
        ),
        numbers={"strength": own, "drifting": len(drifting)},
    )


def _along(numbers: np.ndarray) -> bool:
    """Return whether numbers follow the order of the rows, but for a few steps back."""
    known = np.isfinite(numbers)
    if known.sum() < 10 or np.ptp(numbers[known]) == 0:
        return False
    return abs(float(np.corrcoef(ranks(numbers[known]), np.flatnonzero(known))[0, 1])) >= 0.95


def _known(column: ColumnValues) -> np.ndarray:
    assert column.numbers is not None
    return column.numbers


def _is_time(column: ColumnValues) -> bool:
    words = set(words_of(column.name))
    if column.numbers is None or column.missing.mean() > 0.5 or words & _NOT_OF_THE_ROW or column.distinct < 3:
        return False
    if column.dates:
        return True
    if column.role is Role.IGNORED:
        return False
    if _along(column.numbers) and column.distinct >= 20 and words & _TIME_WORDS:
        return True
    known = column.numbers[~column.missing]
    years = bool(((known > 1900) & (known < 2100)).all()) or bool(
        (known == np.round(known)).all() and known.min() >= 60
    )
    return bool(words & {"year", "yr"}) and years


def _drifting(view: DataView, column: ColumnValues) -> list[str]:
    """Return the columns of numbers that differ between the first and the last third of the rows in time."""
    when = _known(column)[view.rows]
    known = np.isfinite(when)
    if known.sum() < 60:
        return []
    low, high = np.quantile(when[known], [1 / 3, 2 / 3])
    early, late = view.rows[known & (when <= low)], view.rows[known & (when > high)]
    if min(len(early), len(late)) < 30:
        return []
    found = []
    for other in view.used:
        if other.name == column.name or other.dates or other.numbers is None:
            continue
        first, last = other.numbers[early], other.numbers[late]
        gap, chance = apart(first[np.isfinite(first)], last[np.isfinite(last)])
        if gap >= _DRIFT and chance < 1e-4 / len(view.used):
            found.append(other.name)
    return found
