"""Drawings that rules share: a column against the target, counts of values, sets of rows, two sets of rows compared.

Each takes the view of the table and the warning, and returns an `Illustration`. Rows of the holdout are drawn only if
the warning is about all rows: no drawing chooses a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.illustration import Illustration
from hitl_widget.data.cells import cell_text
from hitl_widget.data.profile import MISSING, bars_by_row
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.task import Kind, Role

__all__ = [
    "USED_IN",
    "against_target",
    "as_text",
    "by_label",
    "column_against_target",
    "counted",
    "parts_compared",
    "rows_of_sets",
    "shown_columns",
    "table_of",
    "target_column",
    "target_counts",
]

_POINTS, _CLASSES, _LABELS = 600, 6, 20
_SETS, _IN_SET, _COLUMNS, _LETTERS = 5, 4, 8, 60
_DAY = 86_400.0
USED_IN = "used in"
"""The column of a table of rows that says which fold validates each."""


# -- a column against the target --------------------------------------------------------------------------------------


def against_target(view: DataView, found: Safeguard) -> Illustration:
    """Draw the first column of a warning against the target."""
    return column_against_target(view, view.columns[found.columns[0]])


def column_against_target(view: DataView, column: ColumnValues, y: np.ndarray | None = None) -> Illustration:
    """Draw a column against the target, or against other targets of the same rows.

    Numbers and a numeric target are drawn as points; else the target is drawn for each value of the column.
    """
    rows = view.rows
    target = view.y if y is None else y
    if view.task.kind is Kind.REGRESSION and column.numbers is not None:
        known = rows[np.isfinite(column.numbers[rows]) & np.isfinite(target[rows].astype(np.float64))]
        shown = _thinned(view, known)
        scale = _DAY if column.dates else 1.0
        data = tuple(
            {"x": float(x) / scale, "y": float(z)} for x, z in zip(column.numbers[shown], target[shown], strict=True)
        )
        caption = f"{plural(len(shown), 'row')} of the search: {column.name} across, {view.task.target} up."
        return Illustration(caption, "points", data, column.name, view.task.target, column.dates)
    labels, bar = bars_by_row(column)
    return by_label(view, labels, bar, column.name, target)


def by_label(
    view: DataView, labels: Sequence[str], bar: np.ndarray, what: str, target: np.ndarray | None = None
) -> Illustration:
    """Draw the target for each value of something: shares of the classes, or the spread of a number.

    Parameters
    ----------
    view
        The task with its table.
    labels
        A label per value.
    bar : ndarray of int, shape (n,)
        The value of each row, -1 for rows that are not drawn.
    what
        What the values are of.
    target : ndarray of shape (n,), optional
        Targets in place of those of the task.
    """
    rows = view.rows[bar[view.rows] >= 0]
    y, place = (view.y if target is None else target)[rows], bar[rows]
    counts = np.bincount(place, minlength=len(labels))
    shown = [i for i in range(len(labels)) if counts[i]][:_LABELS]
    if view.task.kind is Kind.REGRESSION:
        data = tuple(_spread(labels[i], k, y[place == i]) for k, i in enumerate(shown))
        caption = f"{view.task.target} for each value of {what}: the middle half of the rows, and nine of ten."
        return Illustration(caption, "spreads", data, what, view.task.target)
    table = np.zeros((len(labels), len(view.task.classes)), np.int64)
    np.add.at(table, (place, y), 1)
    names, table = _fewer(view.task.classes, table)
    data = tuple(
        {
            "label": labels[i],
            "place": k,
            "part": names[c],
            "order": c,
            "share": float(table[i, c] / counts[i]),
            "rows": int(table[i, c]),
        }
        for k, i in enumerate(shown)
        for c in range(len(names))
        if table[i, c]
    )
    return Illustration(f"Share of each class of {view.task.target}, for each value of {what}.", "shares", data, what)


def _spread(label: str, place: int, y: np.ndarray) -> dict[str, float | int | str]:
    low, q1, median, q3, high = (float(one) for one in np.quantile(y, [0.05, 0.25, 0.5, 0.75, 0.95]))
    return {
        "label": label,
        "place": place,
        "low": low,
        "q1": q1,
        "median": median,
        "q3": q3,
        "high": high,
        "rows": len(y),
    }


def _fewer(classes: Sequence[str], table: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the most frequent classes, the others as one."""
    if len(classes) <= _CLASSES:
        return list(classes), table
    order = np.argsort(-table.sum(axis=0), kind="stable")
    top, rest = order[: _CLASSES - 1], order[_CLASSES - 1 :]
    names = [*(classes[i] for i in top), f"{len(rest)} other classes"]
    return names, np.column_stack([table[:, top], table[:, rest].sum(axis=1)])


def _thinned(view: DataView, rows: np.ndarray) -> np.ndarray:
    if len(rows) <= _POINTS:
        return rows
    rng = np.random.default_rng([abs(view.seed), 19])
    return np.sort(rng.choice(rows, _POINTS, replace=False))


# -- counts -----------------------------------------------------------------------------------------------------------


def target_column(view: DataView) -> ColumnValues:
    """Return the target as a column."""
    if view.task.kind is Kind.REGRESSION:
        return ColumnValues(view.task.target, Role.NUMERIC, view.y.astype(np.float64))
    return ColumnValues(view.task.target, Role.CATEGORICAL, None, view.y, view.task.classes)


def target_counts(view: DataView, marked: Iterable[str]) -> Illustration:
    """Draw the number of rows of each class; some are marked."""
    counts = np.bincount(view.y, minlength=len(view.task.classes))
    order = np.argsort(counts, kind="stable")[:_LABELS]
    said = set(marked)
    data = tuple(
        {"label": view.task.classes[i], "place": k, "rows": int(counts[i]), "marked": view.task.classes[i] in said}
        for k, i in enumerate(order)
    )
    which = f"The {_LABELS} rarest classes" if len(counts) > _LABELS else "Classes"
    return Illustration(f"{which} of {view.task.target}, with their rows.", "counts", data, "rows")


def counted(column: ColumnValues, marked: np.ndarray, label: str, what: str = "") -> Illustration:
    """Draw the number of rows with each value of a column, the marked rows as a bar of their own.

    Parameters
    ----------
    column
        The column.
    marked : ndarray of bool, shape (n,)
        The rows that the warning is about.
    label
        Their label.
    what
        A sentence to add to the caption.
    """
    rest = ~marked & ~column.missing
    inner = replace(
        column,
        numbers=None if column.numbers is None else column.numbers[rest],
        codes=None if column.codes is None else column.codes[rest],
    )
    labels, bar = bars_by_row(inner)
    counts = np.bincount(bar[bar >= 0], minlength=len(labels))
    bars = [(name, int(n), False) for name, n in zip(labels, counts, strict=True) if n and name != MISSING]
    special = (label, int(marked.sum()), True)
    first = bool(
        column.numbers is not None and rest.any() and column.numbers[marked].min() < column.numbers[rest].min()
    )
    ordered = [special, *bars] if first or column.numbers is None else [*bars, special]
    data = tuple({"label": n, "place": k, "rows": c, "marked": m} for k, (n, c, m) in enumerate(ordered))
    return Illustration(f"Values of {column.name}, with their rows. {what}".strip(), "counts", data, "rows")


# -- two sets of rows -------------------------------------------------------------------------------------------------


def parts_compared(column: ColumnValues, parts: Sequence[tuple[str, np.ndarray]]) -> Illustration:
    """Draw the share of each value of a column in two sets of rows, each given by its name and its places."""
    labels, bar = bars_by_row(column)
    counts = [np.bincount(bar[rows][bar[rows] >= 0], minlength=len(labels)) for _, rows in parts]
    shown = [i for i in range(len(labels)) if any(one[i] for one in counts)]
    data = tuple(
        {"label": labels[i], "place": i, "part": name, "share": float(one[i] / max(len(rows), 1))}
        for (name, rows), one in zip(parts, counts, strict=True)
        for i in shown
    )
    names = " and ".join(name for name, _ in parts)
    return Illustration(f"Share of rows with each value of {column.name}, in {names}.", "compared", data, column.name)


# -- rows -------------------------------------------------------------------------------------------------------------


def as_text(value: object) -> str:
    """Return a cell as text, as people write it."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if isinstance(value, float | np.floating):
        return cell_text(float(value)) if float(value).is_integer() else f"{value:.6g}"
    text = str(value)
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"


def table_of(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[object]], marked: Sequence[str] = ()
) -> Illustration:
    """Return a table of figures."""
    cells = tuple(tuple(as_text(one) for one in row) for row in rows)
    return Illustration(caption, header=tuple(header), cells=cells, marked=tuple(marked))


def rows_of_sets(
    view: DataView, codes: np.ndarray, caption: str, columns: Sequence[str], marked: Sequence[str], *, part: bool = True
) -> Illustration:
    """Return rows that belong together, side by side: a few sets, the largest differences in the fold first.

    Parameters
    ----------
    view
        The task with its table.
    codes : ndarray of int, shape (n,)
        The set of each row; -1 for rows in none.
    caption
        What the rows have in common.
    columns
        The columns to show, the most telling first.
    marked
        The columns that differ within a set, or that name it.
    part
        True to say which fold validates a row, or that it is held out.
    """
    known = np.flatnonzero(codes >= 0)
    order = known[np.argsort(codes[known], kind="stable")]
    starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0])
    ends = np.r_[starts[1:], len(order)]
    chosen = [(a, b) for a, b in zip(starts, ends, strict=True) if b - a > 1]
    chosen.sort(key=lambda ab: -len(np.unique(view.parts[order[ab[0] : ab[1]]])))
    shown = list(columns)[:_COLUMNS]
    values = {name: view.table[name] for name in shown if name != view.task.target}
    cells, sets = [], []
    for number, (a, b) in enumerate(chosen[:_SETS], 1):
        for row in order[a:b][:_IN_SET]:
            cells.append((*((_part(view, row),) if part else ()), *(_cell(view, values, name, row) for name in shown)))
            sets.append(number)
    left = len(columns) - len(shown)
    more = f" {plural(left, 'more column')} {'is' if left == 1 else 'are'} not shown." if left else ""
    of = f" {len(chosen[:_SETS])} of {plural(len(chosen), 'set')}." if len(chosen) > _SETS else ""
    header = (*((USED_IN,) if part else ()), *shown)
    return Illustration(
        f"{caption}{of}{more}", header=header, cells=tuple(cells), sets=tuple(sets), marked=tuple(marked)
    )


def _cell(view: DataView, values: dict[str, pd.Series], name: str, row: int) -> str:
    if name == view.task.target:
        y = view.y[row]
        return view.task.classes[int(y)] if view.task.classes else as_text(float(y))
    return as_text(values[name].iloc[row])


def _part(view: DataView, row: int) -> str:
    part = int(view.parts[row])
    return {-1: "holdout", -2: "training only"}.get(part, f"fold {view.task.split.number_of(part)}")


def shown_columns(view: DataView, first: Sequence[str], more: Sequence[str] = ()) -> list[str]:
    """Return the columns of a table of rows: some first, the target, then the columns in use."""
    names = [*first, view.task.target, *more, *(column.name for column in view.used)]
    return list(dict.fromkeys(names))
