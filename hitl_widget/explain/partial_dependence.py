"""Predictions as the value of one column changes: partial dependence (PDP) and the lines of single rows (ICE)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.dates import DATE
from hitl_widget.errors import DataError
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.wording import kind_of, numbers_of

__all__ = ["GRID", "LINES", "ROWS", "Curve", "curve"]

GRID, ROWS, LINES, LEVELS = 25, 400, 40, 15
_ENDS = (0.01, 0.99)
_FEW_SHARE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Predictions over the values of a column.

    Parameters
    ----------
    column, kind
        Its name, and "number", "date" or "category".
    grid
        The `g` values, as the table holds them.
    near : ndarray of int, shape (g,)
        Rows of the whole table at a value, or nearer to it than to others.
    lines : ndarray of shape (n, g) or (n, g, K)
        Prediction for each sampled row with each value.
    rows : ndarray of int, shape (n,)
        Positions of the rows.
    whole
        Rows available.
    """

    column: str
    kind: str
    grid: pd.Series[Any]
    near: np.ndarray
    lines: np.ndarray
    rows: np.ndarray
    whole: int

    @property
    def mean(self) -> np.ndarray:
        """The partial dependence, shape (g,) or (g, K)."""
        return np.asarray(self.lines.mean(axis=0))

    @property
    def few(self) -> np.ndarray:
        """Mask of the grid points near which the training rows are few, shape (g,)."""
        fewest = max(3.0, _FEW_SHARE * self.near.sum())
        if self.kind != "category":
            fewest = min(fewest, 0.25 * self.near.sum() / max(len(self.near), 1))
        return np.asarray(self.near < fewest)


def curve(
    subject: Subject, column: str, *, grid: int = GRID, rows: int = ROWS, seed: int = 0, values: Any = None
) -> Curve:
    """Return predictions as one column takes each value and all others stay unchanged.

    Parameters
    ----------
    subject, column
        The models, and the column that is changed.
    grid
        Most values: of numbers and dates, half by quantiles and half evenly between the 1st and the 99th percentile; of
        categories the commonest 15.
    rows
        Most rows, a seeded sample.
    seed
        Its seed.
    values
        Values to use instead.

    Raises
    ------
    DataError
        When there is no such column, or it holds texts or nothing.

    Notes
    -----
    Friedman 2001; Goldstein et al. 2015. All parts of the subject answer, weighted.
    """
    place = subject.place(column)
    cells = subject.table.iloc[subject.rows, place]
    kind = kind_of(cells)
    if kind == "text":
        raise DataError(f"{column} holds free text, which has no order and seldom repeats; choose another column.")
    chosen = pd.Series(values, dtype=cells.dtype) if values is not None else _grid(cells, kind, grid)
    if not len(chosen):
        raise DataError(f"{column} is empty in these rows; choose another column.")
    some = subject.spread_rows(rows, seed)
    table = subject.table.take(some)
    probes = table.iloc[np.zeros(len(chosen), np.int64)].reset_index(drop=True)
    probes[column] = chosen.array
    n, g = len(some), len(chosen)
    index = np.repeat(np.arange(n), g)[:, None].repeat(len(subject.columns), axis=1)
    index[:, place] = n + np.tile(np.arange(g), n)
    blocks = subject.blocks(pd.concat([table, probes], ignore_index=True))
    answers = subject.answered(blocks, index)
    return Curve(
        column=column,
        kind=kind,
        grid=chosen,
        near=_near(cells, chosen, kind),
        lines=answers.reshape(n, g, *answers.shape[1:]),
        rows=some,
        whole=len(subject.rows),
    )


def _grid(cells: pd.Series[Any], kind: str, most: int) -> pd.Series[Any]:
    there = cells.dropna()
    if kind == "category":
        counts = there.value_counts()
        return pd.Series(list(counts[counts > 0].index[: min(most, LEVELS)]), dtype=cells.dtype)
    distinct = np.sort(there.unique())
    if len(distinct) <= most:
        return pd.Series(distinct).astype(cells.dtype)
    x = np.sort(numbers_of(there))
    low, high = (float(one) for one in np.quantile(x, _ENDS))
    even, quantiles = np.linspace(low, high, most - most // 2), np.quantile(x, np.linspace(*_ENDS, most // 2))
    both = np.unique(np.concatenate([even, quantiles]))
    if kind == "date":
        days = pd.Series(np.round(both).astype("datetime64[D]").astype(DATE)).astype(cells.dtype)
        return days.drop_duplicates(ignore_index=True)
    whole = bool(np.all(x == np.round(x)))
    return pd.Series(np.unique(np.round(both)) if whole else both).astype(cells.dtype)


def _near(cells: pd.Series[Any], grid: pd.Series[Any], kind: str) -> np.ndarray:
    """Return the number of rows at or nearest to each value."""
    if kind == "category":
        counts = cells.value_counts()
        return np.array([int(counts.get(value, 0)) for value in grid])
    x, at = numbers_of(cells.dropna()), numbers_of(grid)
    return np.bincount(np.searchsorted((at[1:] + at[:-1]) / 2, x), minlength=len(at))
