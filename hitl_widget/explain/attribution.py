"""Contributions of columns to predictions, and their conversion from margins to predicted values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

__all__ = ["Attribution", "Margins", "Scale", "joined", "logistic", "softmax", "through"]

Scale = Literal["probability", "log-odds", "target"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)

Link = Callable[[np.ndarray], np.ndarray]
"""From margins (n, k) to answers (n, o)."""


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """Contributions on the scale on which a model adds up.

    Parameters
    ----------
    values : ndarray of shape (n, p, k)
        Per row, column of the table and output of the model.
    base : ndarray of shape (k,)
        Expected margin before any column.
    link
        From margins to answers; None where they are the answers.
    how
        ``"trees"``, ``"weights"`` or ``"sampling"``.
    """

    values: np.ndarray
    base: np.ndarray
    link: Link | None
    how: str

    @property
    def margin(self) -> np.ndarray:
        """Sum of base and contributions, shape (n, k)."""
        return np.asarray(self.base + self.values.sum(axis=1))

    def answers(self) -> np.ndarray:
        """Return predictions from margins, shape (n, o)."""
        return self.margin if self.link is None else self.link(self.margin)


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """Contributions of columns to predictions.

    Parameters
    ----------
    columns
        The `p` columns of the table.
    values : ndarray of shape (n, p) or (n, p, K)
        Contributions; with more than two classes, to each of them.
    base : ndarray of shape (n,) or (n, K)
        Expected prediction before any column.
    rows : ndarray of int, shape (n,)
        Positions in the subject's table; -1 for other rows.
    table : DataFrame of shape (n, p)
        The rows.
    scale
        Unit of a value: ``"probability"`` (1 is certainty), ``"log-odds"``, or ``"target"``: units of the target.
    labels
        Texts of the classes, more than two.
    how
        Methods that computed the values: ``"trees"``, ``"weights"``, ``"sampling"``.
    whole
        Rows available.
    partial
        True if more rows follow.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    base: np.ndarray
    rows: np.ndarray
    table: pd.DataFrame
    scale: Scale
    labels: tuple[str, ...] = ()
    how: frozenset[str] = frozenset()
    whole: int = 0
    partial: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @property
    def prediction(self) -> np.ndarray:
        """Prediction of the models: the sum of base and contributions."""
        return np.asarray(self.base + self.values.sum(axis=1))

    def of(self, code: int | None) -> Attribution:
        """Return the part of one of several classes; the whole if there is no choice."""
        if self.values.ndim == 2 or code is None:
            return self
        return replace(self, values=self.values[:, :, code], base=self.base[:, code], labels=(self.labels[code],))

    def strongest(self) -> int | None:
        """Return the class that columns move most, None if there is no choice."""
        return None if self.values.ndim == 2 else int(np.abs(self.values).sum(axis=1).mean(axis=0).argmax())

    def sizes(self) -> np.ndarray:
        """Return |contribution| per row and column, the mean over classes, shape (n, p)."""
        sizes = np.abs(self.values)
        return np.asarray(sizes if sizes.ndim == 2 else sizes.mean(axis=2))

    def beginning(self, count: int) -> Attribution:
        """Return the first rows."""
        part = slice(0, count)
        return replace(
            self,
            values=self.values[part],
            base=self.base[part],
            rows=self.rows[part],
            table=self.table.iloc[part],
        )


def joined(pieces: Sequence[Attribution], partial: bool) -> Attribution:
    """Return the rows of several attributions of one subject as one."""
    first = pieces[0]
    return replace(
        first,
        values=np.concatenate([one.values for one in pieces]),
        base=np.concatenate([one.base for one in pieces]),
        rows=np.concatenate([one.rows for one in pieces]),
        table=pd.concat([one.table for one in pieces]),
        how=frozenset().union(*(one.how for one in pieces)),
        partial=partial,
    )


def logistic(margin: np.ndarray) -> np.ndarray:
    """Return probabilities of the second class, shape as given."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * margin)))


def softmax(margin: np.ndarray) -> np.ndarray:
    """Return probabilities of shape (n, k)."""
    raised = np.exp(margin - margin.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def through(margins: Margins) -> tuple[np.ndarray, np.ndarray]:
    """Return contributions to the prediction, (n, p, o), and the prediction before any column, (o,).

    They add up to the model's answer.

    Notes
    -----
    The margin is taken along the straight line from its base to the row's value; each column gets the share of the
    answer's change that its part of the margin brings on that way (Aumann and Shapley's rule, as in integrated
    gradients, Sundararajan et al. 2017). With one output this is every contribution times the same factor, so signs and
    shares stay as they are.
    """
    if margins.link is None:
        return margins.values, margins.base
    start = np.broadcast_to(margins.base, margins.margin.shape)
    end = margins.margin
    before, after = margins.link(start), margins.link(end)
    if margins.link is softmax:
        values = _along(margins.values, start, end)
        off = (after - before) - values.sum(axis=1)
        size = np.abs(values) + 1e-300
        values = values + size / size.sum(axis=1, keepdims=True) * off[:, None, :]
        return values, before[0] if len(before) else margins.link(margins.base[None])[0]
    change = end - start
    small = np.abs(change) < 1e-6 * (1.0 + np.abs(start))
    step = 1e-4 * (1.0 + np.abs(start))
    slope = (margins.link(start + step) - margins.link(start - step)) / (2 * step)
    factor = np.where(small, slope, (after - before) / np.where(small, 1.0, change))
    return margins.values * factor[:, None, :], margins.link(margins.base[None])[0]


def _along(values: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Integrate the softmax' derivative along the way from start to end; Gauss and Legendre's nodes."""
    n, k = start.shape
    mean = np.zeros((n, k, k))
    for node, weight in zip((_NODES + 1) / 2, _WEIGHTS / 2, strict=True):
        p = softmax(start + node * (end - start))
        mean += weight * (p[:, :, None] * np.eye(k) - p[:, :, None] * p[:, None, :])
    return np.asarray(np.einsum("nkl,npl->npk", mean, values))


def outputs(values: Any) -> np.ndarray:
    """Return contributions as (n, columns, outputs)."""
    found = np.asarray(values, np.float64)
    return found[:, :, None] if found.ndim == 2 else found
