"""Rows that join a table later: those of the given table that have no label, and new ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hitl_widget.data.division import Divided
from hitl_widget.data.row_rules import row_hashes
from hitl_widget.data.row_set import RowSet, RowStore, joined, packed_table
from hitl_widget.data.task import Understood

__all__ = [
    "given_rows",
    "holdout_copies",
    "not_used",
    "places_in_given",
    "unlabeled_rows",
    "with_unlabeled",
    "without_positions",
]


def with_unlabeled(
    first: Understood, store: RowStore, now: Understood, rows: RowSet
) -> tuple[Understood, RowSet, dict[str, bytes]]:
    """Return rows with those that have no label, which count as dropped, and what the journal needs.

    They get the positions after the last row. This happens before rows are added, so that these positions never change.

    Parameters
    ----------
    first
        The task as first understood.
    store
        Keeps the table of the rows without a label.
    now, rows
        The current rows.
    """
    more = first.unlabeled
    if more is None or rows.unlabeled_at >= 0:
        return now, rows, {}
    key, body = packed_table(more)
    store.keep(f"added/{key}", body)
    place = np.arange(len(rows.y), len(rows.y) + len(more))
    rows = replace(
        rows,
        y=np.concatenate([rows.y, np.zeros(len(more), rows.y.dtype)]),
        weights=None if rows.weights is None else np.concatenate([rows.weights, np.zeros(len(more))]),
        dropped=np.union1d(rows.dropped, place),
        added=(*rows.added, key),
        unlabeled=place,
        unlabeled_at=int(place[0]),
    )
    now = replace(now, table=joined(now.table, [more]), y=rows.y, dropped=rows.dropped)
    return now, rows, {f"added/{key}": body}


def without_positions(first: Understood, rows: RowSet) -> RowSet:
    """Return rows without the positions of those that have no label, if none got a label and no row was added.

    So a change of the target and back gives the rows as they were.
    """
    n = len(first.y)
    added = np.arange(n, len(rows.y))
    alone = rows.target is None and rows.unlabeled_at == n and len(rows.added) == 1
    if not alone or not np.array_equal(rows.unlabeled, added):
        return rows
    return replace(
        rows,
        y=rows.y[:n],
        weights=None if rows.weights is None else rows.weights[:n],
        dropped=rows.dropped[rows.dropped < n],
        added=(),
        unlabeled=added[:0],
        unlabeled_at=-1,
    )


def unlabeled_rows(first: Understood, rows: RowSet) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that have no label: their numbers, and their places in `Understood.unlabeled`."""
    count = 0 if first.unlabeled is None else len(first.unlabeled)
    if rows.unlabeled_at < 0:
        return len(rows.y) + np.arange(count), np.arange(count)
    return rows.unlabeled, rows.unlabeled - rows.unlabeled_at


def given_rows(first: Understood, rows: RowSet) -> int:
    """Return the number of rows of the table as it was given, with added rows."""
    return len(rows.y) + (first.task.dropped_rows if rows.unlabeled_at < 0 else 0)


def places_in_given(first: Understood, rows: RowSet) -> np.ndarray:
    """Return the position of each row in the table as it was given, with added rows at its end, shape (n,)."""
    n, kept = len(rows.y), first.kept
    if kept is None:
        return np.arange(n)
    without = np.flatnonzero(~kept)
    found = np.full(n, -1)
    found[: len(first.y)] = np.flatnonzero(kept)
    if rows.unlabeled_at >= 0:
        found[rows.unlabeled_at : rows.unlabeled_at + len(without)] = without
    added = np.flatnonzero(found < 0)
    found[added] = len(kept) + np.arange(len(added))
    return found


def not_used(new: np.ndarray, divided: Divided) -> str:
    """Return how many new rows the search cannot use, as the end of a sentence; "" if it uses all."""
    left = int((~np.isin(new, divided.train)).sum())
    if not left:
        return ""
    verb = "belongs to a group of the holdout and is" if left == 1 else "belong to groups of the holdout and are"
    return f" ({left:,} of them {verb} not used)"


def holdout_copies(now: Understood, rows: RowSet, more: pd.DataFrame, y: np.ndarray, used: list[str]) -> np.ndarray:
    """Return a mask of new rows that equal a row of the holdout in the columns in use and the target.

    Rows that the search has already are not among them: where rows repeat by chance, as with few categories, new ones
    tell the search nothing about the holdout.
    """
    table = joined(now.table, [more])[used]
    hashes = row_hashes(table, np.concatenate([rows.y, y]))
    divided = rows.divided
    only_held = np.setdiff1d(hashes[divided.holdout], hashes[divided.train])
    return np.isin(hashes[len(rows.y) :], only_held)
