"""Warnings about values that stand for missing cells."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.data_view import DataView, keep, listed, share
from hitl_widget.advise.drawings import counted
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.names import words_of
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.cells import cell_text
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.figures import plural
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Role

__all__ = ["codes", "unknowns"]

_UNKNOWN = frozenset(
    "unknown unk missing none/unknown undefined undetermined unspecified unavailable n.a. n.a -- - . * ??? nil void "
    "#ref! #value! (blank) blank".split()
) | {"not available", "not known", "not specified", "not reported", "not recorded", "not applicable", "no data"}
_LEAST = 3


def _draw_unknowns(view: DataView, found: Safeguard) -> Illustration:
    """Draw the categories of the first column, the word for "not known" marked."""
    column = view.columns[found.columns[0]]
    assert column.codes is not None
    words = [i for i, level in enumerate(column.levels) if level.lower() in _UNKNOWN]
    return counted(column, np.isin(column.codes, words), listed([column.levels[i] for i in words], 2))


@data_warning(order=170, draw=_draw_unknowns)
def unknowns(view: DataView) -> Iterator[Safeguard]:
    """Find categories that are words for "not known"; all columns with one of them are named together."""
    found: list[tuple[str, str, int]] = []
    for column in view.used:
        if column.codes is None or column.role is Role.TEXT:
            continue
        counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
        for level, count in zip(column.levels, counts, strict=True):
            if level.lower() in _UNKNOWN and count >= _LEAST:
                found.append((column.name, level, int(count)))
    if not found:
        return
    names = list(dict.fromkeys(name for name, _, _ in found))
    shown = "; ".join(f"{name}: “{level}” in {plural(count, 'row')}" for name, level, count in found[:4])
    values = {name: [level for other, level, _ in found if other == name] for name in names}
    them = listed([f"“{one}”" for one in dict.fromkeys(level for _, level, _ in found)], 2)
    yield Safeguard(
        key="unknowns",
        rule="unknowns",
        severity=Severity.LOW,
        sentence=f"{plural(len(names), 'column')} have a category that means “missing”."
        if len(names) > 3
        else f"{listed(names, 3)} {'have' if len(names) > 1 else 'has'} a category that means “missing”.",
        evidence=f"{shown}{' and more' if len(found) > 4 else ''}.",
        remedy=f"Keep {them} as its own category if it carries information; otherwise treat it as missing.",
        columns=tuple(names),
        answers=(keep(f"Keep {them} as a category"), _missing(values)),
        numbers={"columns": len(names), "rows": sum(count for _, _, count in found)},
    )


def _missing(values: dict[str, list[str]] | dict[str, list[float]]) -> Answer:
    command = ChangeData(missing={name: tuple(them) for name, them in values.items()})
    form = {"type": "change_data", "missing": {name: list(them) for name, them in values.items()}}
    shown = list(
        dict.fromkeys(cell_text(one) if isinstance(one, float) else one for them in values.values() for one in them)
    )
    return Answer("missing", f"Treat {listed(shown, 2)} as missing", form, command.python())


_CODES = (-1.0, -8.0, -9.0, -88.0, -99.0, -999.0, -9999.0, 9.0, 88.0, 99.0, 888.0, 999.0, 9999.0, 99999.0, 999999.0)


def _draw_codes(view: DataView, found: Safeguard) -> Illustration:
    """Draw the distribution of the column, the code marked."""
    column, value = view.columns[found.columns[0]], found.numbers["value"]
    assert column.numbers is not None
    return counted(column, column.numbers == value, f"exactly {cell_text(value)}")


@data_warning(order=160, draw=_draw_codes)
def codes(view: DataView) -> Iterator[Safeguard]:
    """Find numbers that stand for missing cells: -9, 999 and their like, and zeros that cannot be."""
    for column in view.used:
        if column.numbers is None or column.dates or column.role is not Role.NUMERIC:
            continue
        known = column.numbers[~column.missing]
        values, counts = np.unique(known, return_counts=True)
        if len(values) < 4:
            continue
        found = _code_at(values, counts, len(values) - 1) or _code_at(values, counts, 0)
        why = f"a common code for missing values{_distance(found[0])}" if found else ""
        if found is None and values[0] == 0 and _impossible_zero(values, counts) and not _means_none(view, column):
            found, why = (0.0, int(counts[0])), "far below all other values"
        if found is None:
            continue
        value, rows = found
        rest = known[known != value]
        text = cell_text(value)
        yield Safeguard(
            key=f"codes:{column.name}:{text}",
            rule="codes",
            severity=Severity.MEDIUM if rows >= 0.01 * len(known) else Severity.LOW,
            sentence=f"{text} in {column.name} may stand for a missing value.",
            evidence=(
                f"{plural(rows, 'row')} ({share(rows, len(known))}) {'contain' if rows > 1 else 'contains'} {text}, "
                f"{why}. "
                f"All other values are between {_short(rest.min())} and {_short(rest.max())}."
            ),
            remedy=(f"Treat {text} as missing if it means “not known”; models now read it as a number."),
            columns=(column.name,),
            answers=(_missing({column.name: [value]}), keep(f"Keep {text} as a real value")),
            numbers={"value": value, "rows": rows},
        )


def _distance(code: float) -> str:
    """Return how far a code is from the other values: below zero, the sign sets it apart, not the distance."""
    return "" if code < 0 else ", far from all other values"


def _short(value: float) -> str:
    return cell_text(float(value)) if float(value).is_integer() and abs(value) < 1e7 else f"{value:.3g}"


def _code_at(values: np.ndarray, counts: np.ndarray, at: int) -> tuple[float, int] | None:
    """Return a usual code that stands at an end, far from the others and more than once."""
    value, rows = float(values[at]), int(counts[at])
    if value not in _CODES or rows < _LEAST or rows < 0.002 * counts.sum():
        return None
    rest = values[1:] if at == 0 else values[:-1]
    width = float(rest[-1] - rest[0])
    gap = float(values[1] - value if at == 0 else value - values[-2])
    if value < 0:
        return (value, rows) if rest[0] >= 0 and (value < -1 or rows >= 0.01 * counts.sum()) else None
    return (value, rows) if gap >= max(0.5 * width, 2.0) else None


_MOST_ZEROS = 0.5
_TIMES_STEP = 5.0


def _impossible_zero(values: np.ndarray, counts: np.ndarray) -> bool:
    """Return whether zeros are far from the numbers above: a gap of many of their steps, and more frequent."""
    rows, rest = int(counts[0]), values[1:]
    if rows < _LEAST or rows > _MOST_ZEROS * counts.sum() or len(rest) < 15 or rest[-1] == 1:  # shares from 0 to 1
        return False
    step = float(np.median(np.diff(rest[:11])))
    middle = float(np.median(np.repeat(rest, counts[1:])))
    gap = float(rest[0])
    crowd = rows > 3 * np.median(counts[1:11])
    return (
        gap >= _TIMES_STEP * step
        and gap >= 0.05 * middle
        and crowd
        and (gap >= 0.3 * middle or rows >= 0.01 * counts.sum())
    )


_NONE_MEANT = frozenset(
    "count number amount gain loss balance charge charges paid price fare fee cost income tax rent".split()
)


def _means_none(view: DataView, column: ColumnValues) -> bool:
    """Return whether zero means "none of it": another column agrees, by its category or its missing cells."""
    if set(words_of(column.name)) & _NONE_MEANT:
        return True
    assert column.numbers is not None
    zero = (column.numbers[view.rows] == 0).astype(np.int64)
    total = int(zero.sum())
    for other in view.used:
        if other.name == column.name or other.role is Role.TEXT:
            continue
        if other.numbers is not None:
            said = np.where(other.missing[view.rows], 1, 0)
            if other.distinct <= 12:
                said = other.distinct_codes[view.rows] + 1
        else:
            said = other.distinct_codes[view.rows] + 1
        width = int(said.max()) + 1
        if width < 2 or width > 60:
            continue
        counts = np.bincount(said * 2 + zero, minlength=2 * width).reshape(width, 2)
        wrong = int(counts.min(axis=1).sum())
        if wrong <= 0.1 * min(total, len(zero) - total):
            return True
    return False
