"""Rows of a table that are similar to one row, by Gower's distance (Biometrics 27, 1971)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hitl_widget.data.univariate import ColumnValues, ranks
from hitl_widget.domain.task import Role

__all__ = ["Similarity"]


class Similarity:
    """Distances between rows: 0 for equal cells in all columns, 1 for the most different.

    The cells of a column of numbers differ by the share of rows between them, those of a category by 0 or 1; a missing
    cell equals other missing cells only. Columns of text have no distance and are left out.

    Parameters
    ----------
    columns
        The columns.
    weights
        Weight of each column, 0 or more.

    Examples
    --------
    >>> town = ColumnValues("town", Role.CATEGORICAL, None, np.array([0, 0, 1, 0]))
    >>> age = ColumnValues("age", Role.NUMERIC, np.array([20.0, 30.0, 20.0, np.nan]))
    >>> Similarity([town, age], [1.0, 1.0]).nearest(0, np.arange(4), 2)
    array([1, 2])
    """

    def __init__(self, columns: Sequence[ColumnValues], weights: Sequence[float]) -> None:
        used = [(one, weight) for one, weight in zip(columns, weights, strict=True) if one.role is not Role.TEXT]
        total = sum(weight for _, weight in used) or 1.0
        self._columns = [(*_scaled(one), np.float32(weight / total)) for one, weight in used]

    def distances(self, row: int, among: np.ndarray) -> np.ndarray:
        """Return the distance of each of some rows from one row.

        Parameters
        ----------
        row
            Position of the row.
        among : ndarray of int, shape (m,)
            Positions of the other rows.
        """
        found = np.zeros(len(among), np.float32)
        for cells, ordered, weight in self._columns:
            here, there = cells[row], cells[among]
            gap = np.abs(there - here) if ordered else (there != here).astype(np.float32)
            found += weight * np.where(np.isnan(there) & np.isnan(here), 0, np.where(np.isnan(gap), 1, gap))
        return found

    def nearest(self, row: int, among: np.ndarray, count: int) -> np.ndarray:
        """Return those of some rows that are most similar to one row, without itself, nearest first."""
        others = among[among != row]
        return np.asarray(others[np.argsort(self.distances(row, others), kind="stable")[:count]])


def _scaled(column: ColumnValues) -> tuple[np.ndarray, bool]:
    """Return the cells as numbers, NaN where missing, and whether their order counts."""
    if column.numbers is None:
        assert column.codes is not None
        return np.where(column.codes < 0, np.nan, column.codes).astype(np.float32), False
    cells = np.full(len(column.numbers), np.nan, np.float32)
    known = ~column.missing
    cells[known] = ranks(column.numbers[known])
    return cells, True
