"""Predictive power of single columns: a small univariate model, evaluated out of fold.

The model bins a column (a category, a range between quantiles, or "missing") and predicts the mean of the target in
the bin, shrunk towards the overall mean according to the noise. NumPy only, because it runs in the kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.reading import learn, read
from hitl_widget.data.roles import natural_role
from hitl_widget.data.split import Fold
from hitl_widget.domain.task import Column, Kind, Role

__all__ = [
    "ColumnValues",
    "UnivariateModel",
    "auc",
    "auc_by_fold",
    "cells_of",
    "column_values",
    "fit_univariate",
    "local_folds",
    "ranks",
    "sampled",
    "strength",
    "targets",
]

MOST_ROWS = 10_000
"""Maximum number of training rows; more would not change the result."""

_OWN_CELLS = 60
_ROWS_PER_CELL = 15
_LEAST_DRAWN, _MOST_DRAWN = 0.05, 1000.0


@dataclass(frozen=True, eq=False)
class ColumnValues:
    """The values of a column as numbers or as codes.

    Parameters
    ----------
    name, role
        As in the task.
    numbers : ndarray of shape (n,) or None
        Numbers, or seconds for dates; NaN where missing.
    codes : ndarray of int, shape (n,), or None
        Categories, -1 where missing.
    levels
        Categories as text, by code.
    dates
        True if the numbers are dates.
    """

    name: str
    role: Role
    numbers: np.ndarray | None
    codes: np.ndarray | None = None
    levels: tuple[str, ...] = ()
    dates: bool = False

    @cached_property
    def missing(self) -> np.ndarray:
        """Mask of missing cells, shape (n,)."""
        if self.numbers is not None:
            return np.asarray(np.isnan(self.numbers))
        assert self.codes is not None
        return np.asarray(self.codes < 0)

    @cached_property
    def distinct_codes(self) -> np.ndarray:
        """A code per distinct value, in order; missing is -1. Shape (n,)."""
        if self.codes is not None:
            return self.codes
        assert self.numbers is not None
        codes = np.unique(self.numbers, return_inverse=True)[1].astype(np.int64)
        codes[self.missing] = -1
        return codes

    @cached_property
    def distinct(self) -> int:
        """Number of distinct values that are not missing."""
        codes = self.distinct_codes
        return len(np.unique(codes[codes >= 0]))


def column_values(column: Column, values: pd.Series[Any]) -> ColumnValues:
    """Return the values of a column as the models read it; an ignored column is read by the type of its values.

    Parameters
    ----------
    column
        The column.
    values : Series of shape (n,)
        Its plain values (see `hitl_widget.data.table.normalise`).
    """
    role = column.role
    if role is Role.IGNORED:
        role = natural_role(values)
        reading = learn(Column(column.name, role, ""), values)
    else:
        reading = learn(column, values)
    found = read(reading, values)
    if role is Role.NUMERIC:
        return ColumnValues(column.name, column.role, np.asarray(found, np.float64))
    if role is Role.DATE:
        seconds = found.view(np.int64) / 1e6
        seconds[np.isnat(found)] = np.nan
        return ColumnValues(column.name, column.role, seconds, dates=True)
    if role is Role.CATEGORICAL:
        return ColumnValues(column.name, column.role, None, np.asarray(found.codes, np.int64), reading.levels)
    codes, texts = pd.factorize(pd.Series(found, dtype=object))
    codes = codes.astype(np.int64)
    empty = np.flatnonzero(texts == "")
    if len(empty):
        codes[codes == empty[0]] = -1
    return ColumnValues(column.name, column.role, None, codes, tuple(str(text) for text in texts))


@dataclass(frozen=True, slots=True, eq=False)
class UnivariateModel:
    """Out-of-fold predictions of a univariate model.

    Parameters
    ----------
    strength
        0 for no better than a constant, 1 for perfect: Gini coefficient (two classes; mean over classes weighted by
        their share), or share of the variance of the target or of its ranks, whichever is greater.
    predicted : ndarray of shape (m, t)
        Out-of-fold predictions of `targets`.
    fold : ndarray of int, shape (m,)
        The fold that predicts each row; -1 for rows in no validation fold.
    """

    strength: float
    predicted: np.ndarray
    fold: np.ndarray

    @property
    def covered(self) -> np.ndarray:
        """Mask of the rows with a prediction, shape (m,)."""
        return np.asarray(self.fold >= 0)


def sampled(rows: np.ndarray, most: int = MOST_ROWS, seed: int = 0) -> np.ndarray:
    """Return a random sample of at most `most` rows, ascending."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng([abs(int(seed)), 7]).choice(rows, most, replace=False))


def local_folds(rows: np.ndarray, folds: Sequence[Fold], n: int) -> tuple[Fold, ...]:
    """Return folds as positions within `rows` of a table with n rows; empty folds are dropped."""
    place = np.full(n, -1, np.int64)
    place[rows] = np.arange(len(rows))
    made = tuple((place[train][place[train] >= 0], place[valid][place[valid] >= 0]) for train, valid in folds)
    return tuple(fold for fold in made if len(fold[0]) and len(fold[1]))


def targets(kind: Kind, y: np.ndarray, classes: int) -> np.ndarray:
    """Return the targets of the univariate model: P(code 1), a column per class, or the number and its rank in [0, 1].

    Parameters
    ----------
    kind
        Kind of the task.
    y : ndarray of shape (m,)
        Codes or numbers.
    classes
        Number of classes.

    Returns
    -------
    ndarray of shape (m, 1), (m, classes) or (m, 2)
    """
    if kind is Kind.BINARY:
        return np.asarray(y[:, None], np.float64)
    if kind is Kind.MULTICLASS:
        return np.asarray(y[:, None] == np.arange(classes), np.float64)
    return np.column_stack([y.astype(np.float64), ranks(y)])


def ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks from 0 to 1; ties get their mean rank."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts / 2) / max(len(values), 1))[codes])


def cells_of(column: ColumnValues, rows: np.ndarray) -> tuple[np.ndarray, int]:
    """Bin a column without using the target.

    Parameters
    ----------
    column
        The column.
    rows : ndarray of int, shape (m,)
        Rows to cut by.

    Returns
    -------
    cells : ndarray of int, shape (m,)
        The last cell is that of missing values.
    count : int
        Number of cells.
    """
    if column.numbers is None:
        assert column.codes is not None
        codes = column.codes[rows]
        count = len(column.levels)
        if column.role is Role.TEXT:  # texts hardly repeat, so the model uses their length
            lengths = np.array([*map(len, column.levels), 0], np.float64)[codes]
            return cells_of(
                ColumnValues(column.name, Role.NUMERIC, np.where(codes < 0, np.nan, lengths)), np.arange(len(rows))
            )
        return np.where(codes < 0, count, codes), count + 1
    numbers = column.numbers[rows]
    known = np.isfinite(numbers)
    here = numbers[known]
    distinct = np.unique(here)
    if len(distinct) > _OWN_CELLS:
        wanted = int(np.clip(len(here) // _ROWS_PER_CELL, 4, _OWN_CELLS))
        distinct = np.unique(np.quantile(here, np.linspace(0, 1, wanted + 1)[1:], method="inverted_cdf"))
    cells = np.searchsorted(distinct, numbers, side="left")
    count = max(len(distinct), 1)
    return np.where(known, np.minimum(cells, count - 1), count), count + 1


def fit_univariate(
    kind: Kind, cells: np.ndarray, count: int, aims: np.ndarray, folds: Sequence[Fold]
) -> UnivariateModel:
    """Return out-of-fold predictions of the target from one column.

    Parameters
    ----------
    kind
        Kind of the task.
    cells : ndarray of int, shape (m,)
        The cell of each row, below `count`.
    count
        Number of cells.
    aims : ndarray of shape (m, t)
        As `targets` gives them.
    folds
        Positions within the `m` rows.
    """
    predicted = np.zeros_like(aims)
    fold = np.full(len(aims), -1, np.int64)
    for number, (train, valid) in enumerate(folds):
        rows = np.bincount(cells[train], minlength=count).astype(np.float64)
        for i in range(aims.shape[1]):
            predicted[valid, i] = _means(cells[train], rows, aims[train, i])[cells[valid]]
        fold[valid] = number
    seen = fold >= 0
    return UnivariateModel(strength(kind, aims[seen], predicted[seen], fold[seen]), predicted, fold)


def _means(cells: np.ndarray, rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the mean of each cell, shrunk towards the overall mean.

    The weight in rows is the ratio of the variances within and between cells, estimated by one-way analysis of
    variance: the best linear prediction of a random effect (Henderson, 1975).
    """
    mean = float(wanted.mean())
    sums = np.bincount(cells, weights=wanted - mean, minlength=len(rows))
    total, n, filled = float(((wanted - mean) ** 2).sum()), float(rows.sum()), int((rows > 0).sum())
    explained = float((sums**2 / np.maximum(rows, 1)).sum())
    if filled < 2 or n <= filled:
        return np.full(len(rows), mean)
    within = max(total - explained, 0.0) / (n - filled)
    size = (n - float((rows**2).sum()) / n) / (filled - 1)
    between = (explained / (filled - 1) - within) / max(size, 1e-9)
    drawn = min(max(within / between, _LEAST_DRAWN), _MOST_DRAWN) if between > 0 else _MOST_DRAWN
    return np.asarray(mean + sums / (rows + drawn))


def strength(kind: Kind, aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    """Return the strength of predictions, from 0 for a constant to 1 (see `Alone`)."""
    if not len(aims):
        return 0.0
    if kind is Kind.REGRESSION:
        around = ((aims - aims.mean(axis=0)) ** 2).mean(axis=0)
        off = ((aims - predicted) ** 2).mean(axis=0)
        shares = 1 - off / np.maximum(around, 1e-300)
        return float(np.clip(shares.max(), 0.0, 1.0))
    shares = aims.mean(axis=0)
    weights = np.ones(1) if kind is Kind.BINARY else shares
    found = [2 * auc_by_fold(aims[:, i] > 0.5, predicted[:, i], fold) - 1 for i in range(aims.shape[1])]
    return float(np.clip(np.average(found, weights=np.maximum(weights, 1e-12)), 0.0, 1.0))


def auc_by_fold(positive: np.ndarray, scores: np.ndarray, fold: np.ndarray) -> float:
    """Return the area under the curve within folds, weighted by their pairs.

    Different folds have different models, so comparing scores across folds would add noise.
    """
    found, pairs = 0.0, 0
    for number in np.unique(fold):
        own = fold == number
        ones = int(positive[own].sum())
        here = ones * (int(own.sum()) - ones)
        if here:
            found += here * auc(positive[own], scores[own])
            pairs += here
    return found / pairs if pairs else 0.5


def auc(positive: np.ndarray, scores: np.ndarray) -> float:
    """Return the share of correctly ordered pairs, ties counting half; 0.5 if one side is empty.

    Parameters
    ----------
    positive : ndarray of bool, shape (m,)
        Rows of the positive class.
    scores : ndarray of shape (m,)
        Greater means positive.
    """
    ones = int(positive.sum())
    others = len(positive) - ones
    if not ones or not others:
        return 0.5
    total = float((ranks(scores)[positive] * len(scores)).sum())
    return (total - ones * ones / 2) / (ones * others)
