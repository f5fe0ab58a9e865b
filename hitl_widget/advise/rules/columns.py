"""Warnings about columns that say nothing: constants, identifiers, recodes of another column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hitl_widget.advise.data_view import DataView, drop, keep, listed, share
from hitl_widget.advise.drawings import shown_columns, table_of, target_column
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Role

__all__ = ["constant", "identifiers", "recodes"]

_NEARLY = 0.99


def _draw_constant(view: DataView, found: Safeguard) -> Illustration:
    """List the most frequent value of each column with its rows."""
    rows = []
    for name in found.columns[:_LISTED]:
        counts = view.table[name].value_counts(dropna=False)
        rows.append((name, *((counts.index[0], int(counts.iloc[0])) if len(counts) else ("", 0))))
    caption = f"The most frequent value of each column, of {plural(len(view.y), 'row')}."
    return table_of(caption, ("column", "value", "rows"), rows)


_LISTED = 12


@data_warning(order=230, draw=_draw_constant)
def constant(view: DataView) -> Iterator[Safeguard]:
    """Find columns with one value in all rows, or in nearly all."""
    same, nearly = [], []
    for column in view.columns.values():
        counts = np.bincount(column.distinct_codes + 1)
        known = int(counts[1:].sum())
        if column.distinct <= 1 and (column.role is Role.IGNORED or known == len(view.y)):
            same.append(column.name)
        elif column.role is not Role.IGNORED and counts.max() >= _NEARLY * len(view.y):
            nearly.append((column.name, len(view.y) - int(counts.max())))
    if same:
        yield Safeguard(
            key="constant",
            rule="constant",
            severity=Severity.LOW,
            sentence=(
                f"{listed(same, 3)} {'have' if len(same) > 1 else 'has'} the same value in every row, or no values."
            ),
            evidence=f"{len(same)} of {plural(len(view.columns), 'column')}.",
            remedy="Check whether their values should vary; the models do not use them.",
            columns=tuple(same),
            answers=(keep("Mark as read"),),
            numbers={"columns": len(same)},
        )
    if nearly:
        names = [name for name, _ in nearly]
        yield Safeguard(
            key="nearly_constant",
            rule="constant",
            severity=Severity.LOW,
            sentence=f"{listed(names, 3)} {'have' if len(names) > 1 else 'has'} the same value in nearly every row.",
            evidence=f"{nearly[0][0]} has a different value in only {nearly[0][1]:,} of {len(view.y):,} rows.",
            remedy=f"Drop {listed(names, 2)} unless the few other rows matter.",
            columns=tuple(names),
            answers=(drop(*names), keep("Keep them, the few rows matter")),
            numbers={"columns": len(names), "rows": nearly[0][1]},
        )


_TELLS = 0.3


def _draw_identifiers(view: DataView, found: Safeguard) -> Illustration:
    """List the first rows: the values differ from row to row."""
    name = found.columns[0]
    names = shown_columns(view, (name,))[:_BESIDE]
    values = target_column(view)
    rows = [
        [_target_text(view, values, i) if one == view.task.target else view.table[one].iloc[i] for one in names]
        for i in range(min(_LISTED, len(view.y)))
    ]
    return table_of(f"The first {len(rows)} rows.", names, rows, (name,))


_BESIDE = 5


def _target_text(view: DataView, values: ColumnValues, row: int) -> object:
    return values.levels[int(view.y[row])] if values.levels else float(view.y[row])


@data_warning(order=150, draw=_draw_identifiers)
def identifiers(view: DataView) -> Iterator[Safeguard]:
    """Find columns in use that are different in nearly every row, as names and numbers of cases are."""
    n = len(view.y)
    given = {column.name for column in view.task.columns if column.given}
    for column in view.used:
        if column.role in (Role.TEXT, Role.DATE) or column.name in given:
            continue
        known = int((~column.missing).sum())
        if known < 0.5 * n or column.distinct < 20:
            continue
        if column.numbers is None:
            like = column.distinct >= 0.6 * known
        else:
            here = column.numbers[~column.missing]
            whole = bool((here == np.round(here)).all())
            like = whole and column.distinct >= 0.98 * known and float(np.ptp(here)) <= 20 * known
        if not like:
            continue
        strength = view.univariate_models[column.name].strength
        tells = strength >= _TELLS
        told = f" Its predictive power for {view.task.target} is {share(strength)}." if tells else ""
        yield Safeguard(
            key=f"identifiers:{column.name}",
            rule="identifiers",
            severity=Severity.MEDIUM if tells else Severity.LOW,
            sentence=f"{column.name} looks like an identifier, but the models use it.",
            evidence=f"{column.distinct:,} distinct values in {known:,} rows.{told}",
            remedy=f"Drop {column.name}: a model that memorizes single rows does not generalize.",
            columns=(column.name,),
            answers=(drop(column.name), keep("Keep it, it is informative for new rows")),
            numbers={"distinct": column.distinct, "strength": strength},
        )


def _draw_recodes(view: DataView, found: Safeguard) -> Illustration:
    """List which values of the columns go together, with their rows."""
    names = list(found.columns)
    pairs = view.table[names].astype(str).value_counts(sort=True)
    rows = [(*(key if isinstance(key, tuple) else (key,)), int(count)) for key, count in pairs.iloc[:_LISTED].items()]
    more = f" {len(pairs) - len(rows)} more combinations are not shown." if len(pairs) > len(rows) else ""
    return table_of(f"Values that occur together, with their rows.{more}", (*names, "rows"), rows)


@data_warning(order=220, draw=_draw_recodes)
def recodes(view: DataView) -> Iterator[Safeguard]:
    """Find columns in use that hold the same information: one value for one value, in every row."""
    most = min(200, len(view.y) // 4)  # where hardly a value repeats, any two columns would fit
    few = [column for column in view.used if column.role is not Role.TEXT and 2 <= column.distinct <= most]
    seen: dict[bytes, list[ColumnValues]] = {}
    for column in few:
        inner = column.distinct_codes[view.rows]
        _, first, codes = np.unique(inner, return_index=True, return_inverse=True)
        by_first = np.argsort(np.argsort(first))[codes]
        seen.setdefault(by_first.astype(np.int32).tobytes(), []).append(column)
    for alike in seen.values():
        if len(alike) < 2 or not _one_to_one(alike):
            continue
        names = [column.name for column in alike]
        yield Safeguard(
            key=f"recodes:{names[0]}",
            rule="recodes",
            severity=Severity.LOW,
            sentence=f"{listed(names)} hold the same information.",
            evidence=(
                f"Each of the {alike[0].distinct:,} values of one column always occurs with the same value of the "
                f"other ({len(view.y):,} rows)."
            ),
            remedy=f"Drop {listed(names[1:], 2)}: it adds nothing, and importance is split between the copies.",
            columns=tuple(names),
            answers=(drop(*names[1:]), keep("Keep both, both are needed")),
            numbers={"values": alike[0].distinct},
        )


def _one_to_one(columns: Sequence[ColumnValues]) -> bool:
    first = columns[0]
    for other in columns[1:]:
        width = int(other.distinct_codes.max()) + 2
        both = len(np.unique((first.distinct_codes + 1) * width + other.distinct_codes + 1))
        if not both == len(np.unique(first.distinct_codes)) == len(np.unique(other.distinct_codes)):
            return False
    return True
