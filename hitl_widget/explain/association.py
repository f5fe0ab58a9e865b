"""Measure associations between columns: how well one predicts the other, from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.explain.shape import direction
from hitl_widget.explain.wording import kind_of, numbers_of

__all__ = ["Associations", "associations", "clusters"]

_MOST_LEVELS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Associations:
    """Associations between the columns of a table.

    Parameters
    ----------
    columns
        Names of the `p` columns that were compared.
    matrix : ndarray of shape (p, p)
        As `associations` returns it.
    rows, whole
        Rows that were used, and rows of the search.
    left_out
        Columns that were not compared, because there were too many.
    """

    columns: tuple[str, ...]
    matrix: np.ndarray
    rows: int
    whole: int
    left_out: int = 0


def associations(table: pd.DataFrame) -> np.ndarray:
    """Return a symmetric matrix of shape (p, p): 0 where columns know nothing of each other, 1 where all.

    Two columns of numbers or dates: |Spearman's correlation|. A number and a category: the root of the share of the
    ranks' variance that levels explain (epsilon squared, which chance does not raise). Two categories: Cramér's V
    without its bias (Bergsma 2013). Texts, and categories of more than 30 levels, go with nothing.
    """
    columns = [_Column(table.iloc[:, i]) for i in range(table.shape[1])]
    found = np.eye(len(columns))
    for i, one in enumerate(columns):
        for j in range(i):
            found[i, j] = found[j, i] = _association(one, columns[j])
    return found


def clusters(found: np.ndarray, least: float) -> list[list[int]]:
    """Return groups of two columns and more that go together at least so strongly, directly or over others."""
    group = np.arange(len(found))
    for i, j in zip(*np.nonzero(np.triu(found >= least, 1)), strict=True):
        group[group == group[j]] = group[i]
    return [list(map(int, np.flatnonzero(group == one))) for one in np.unique(group) if (group == one).sum() > 1]


class _Column:
    """A column as numbers or as codes of levels."""

    def __init__(self, cells: pd.Series[Any]) -> None:
        kind = kind_of(cells)
        self.numbers = numbers_of(cells) if kind in ("number", "date") else None
        self.codes: np.ndarray | None = None
        if kind == "category":
            codes, levels = pd.factorize(cells)
            self.codes = codes if len(levels) <= _MOST_LEVELS else None


def _association(a: _Column, b: _Column) -> float:
    if a.numbers is not None and b.numbers is not None:
        return abs(direction(a.numbers, b.numbers))
    if a.codes is not None and b.codes is not None:
        return _cramer(a.codes, b.codes)
    if a.numbers is not None and b.codes is not None:
        return _explained(a.numbers, b.codes)
    if a.codes is not None and b.numbers is not None:
        return _explained(b.numbers, a.codes)
    return 0.0


def _explained(numbers: np.ndarray, codes: np.ndarray) -> float:
    kept = np.isfinite(numbers) & (codes >= 0)
    _, ranks = np.unique(numbers[kept], return_inverse=True)
    _, codes = np.unique(codes[kept], return_inverse=True)
    n, groups = len(ranks), int(codes.max(initial=-1)) + 1
    total = float(((ranks - ranks.mean()) ** 2).sum()) if n else 0.0
    if total <= 0 or groups < 2 or n <= groups:
        return 0.0
    counts = np.bincount(codes)
    within = float((ranks.astype(float) ** 2).sum() - (np.bincount(codes, ranks) ** 2 / counts).sum())
    return float(np.sqrt(max(0.0, 1 - within / (n - groups) / (total / (n - 1)))))


def _cramer(a: np.ndarray, b: np.ndarray) -> float:
    kept = (a >= 0) & (b >= 0)
    _, a = np.unique(a[kept], return_inverse=True)
    _, b = np.unique(b[kept], return_inverse=True)
    n, rows, columns = len(a), int(a.max(initial=-1)) + 1, int(b.max(initial=-1)) + 1
    if n < 3 or rows < 2 or columns < 2:
        return 0.0
    counts = np.bincount(a * columns + b, minlength=rows * columns).reshape(rows, columns)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / n
    phi = float(((counts - expected) ** 2 / expected).sum()) / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    rows_, columns_ = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    return float(min(1.0, np.sqrt(phi / max(min(rows_, columns_) - 1, 1e-9))))
