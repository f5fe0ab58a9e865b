"""The Pareto front: candidates that no other candidate dominates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hitl_widget.domain.preference import Axis

__all__ = ["non_dominated", "pareto_front"]


def pareto_front(values: ArrayLike, axes: Sequence[Axis]) -> NDArray[np.bool_]:
    """Return a mask of the candidates that are not dominated.

    A candidate is dominated if another is at least as good in every objective and better in one. Equal candidates do
    not dominate each other. A candidate with a missing or infinite value is not on the front and dominates no other
    candidate.

    Parameters
    ----------
    values
        Shape (candidates, objectives), in the units of the objectives.
    axes
        The objectives, in the order of the columns.

    Returns
    -------
    Mask of the front, shape (candidates,).

    Examples
    --------
    >>> pareto_front([[0.9, 5.0], [0.8, 2.0], [0.8, 4.0]], [Axis("auc"), Axis("ms", "lower")])
    array([ True,  True, False])
    """
    better = np.asarray(values, dtype=float).reshape(-1, len(axes)) * np.array(
        [axis.sign for axis in axes], dtype=float
    )
    return non_dominated(better)


def non_dominated(better: NDArray[np.float64], block_size: int = 512) -> NDArray[np.bool_]:
    """Return a mask of the rows that are not dominated, where greater is better in every column.

    Rows are processed in descending order of their summed ranks, so only an earlier row can dominate a row: blocks are
    compared with the front so far and with themselves.

    Parameters
    ----------
    better
        Shape (candidates, objectives).
    block_size
        Rows compared at once. Memory grows with it; the result does not depend on it.

    Returns
    -------
    Mask of the front, shape (candidates,).
    """
    mask = np.zeros(len(better), dtype=bool)
    known = np.flatnonzero(np.isfinite(better).all(axis=1))
    if not len(known):
        return mask
    rows = better[known]
    ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in rows.T], axis=1)
    order = np.argsort(-ranks.sum(axis=1), kind="stable")
    front = np.empty((0, ranks.shape[1]), dtype=ranks.dtype)
    for start in range(0, len(order), block_size):
        block = order[start : start + block_size]
        block = block[_unbeaten(ranks[block], front)]
        block = block[_unbeaten(ranks[block], ranks[block])]
        front = np.concatenate([front, ranks[block]])
        mask[known[block]] = True
    return mask


def _unbeaten(rows: NDArray[np.intp], by: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return a mask of the rows that none of the others dominates."""
    no_worse = np.ones((len(rows), len(by)), dtype=bool)
    better = np.zeros_like(no_worse)
    for mine, theirs in zip(rows.T, by.T, strict=True):
        no_worse &= theirs >= mine[:, None]
        better |= theirs > mine[:, None]
    found: NDArray[np.bool_] = ~np.any(no_worse & better, axis=1)
    return found
