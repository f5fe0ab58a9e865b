"""One scale for all objectives: distance from the best value, in units of the Pareto front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hitl_widget.domain.preference import Axis
from hitl_widget.preference.front import non_dominated

__all__ = ["Scale"]

# An objective has full weight only if the front spans several times its resolution.
SPAN_IN_RESOLUTIONS = 4.0
# Rounding makes the last bits, and so the samples, the same in all units.
DECIMALS = 9


@dataclass(frozen=True)
class Scale:
    """Map from objective values to regrets: 0 at the best value of the front, 1 at the worst.

    Logarithmic axes are taken in logarithms first, so the regrets do not depend on the unit of any axis. Where the
    front spans less than four resolutions, regrets stay below 1, so noise does not look like a difference.

    Parameters
    ----------
    axes
        The objectives, in the order of the columns.
    floor
        Shape (objectives,): smallest value passed to a logarithm.
    best, span
        Shape (objectives,): oriented value at regret 0, and the difference that equals a regret of 1.
    """

    axes: tuple[Axis, ...]
    floor: NDArray[np.float64]
    best: NDArray[np.float64]
    span: NDArray[np.float64]

    @classmethod
    def of(cls, values: ArrayLike, axes: Sequence[Axis], front: NDArray[np.bool_] | None = None) -> Scale:
        """Return the scale of candidates, shape (candidates, objectives); missing values are ignored.

        `front` is the mask of the Pareto front, if it is already known.

        Examples
        --------
        >>> Scale.of([[0.8, 4.0], [0.9, 16.0]], [Axis("auc"), Axis("ms", "lower", log=True)]).regrets([[0.85, 8.0]])
        array([[0.5, 0.5]])
        """
        table = np.asarray(values, dtype=float).reshape(-1, len(axes))
        floor = np.array([_floor(column) for column in table.T])
        better = _oriented(table, axes, floor)
        chosen = better[non_dominated(better) if front is None else front]
        if not len(chosen):
            chosen = better
        best = np.array([_extreme(column, np.max, 0.0) for column in chosen.T])
        worst = np.array([_extreme(column, np.min, 0.0) for column in chosen.T])
        least = np.array([np.log1p(axis.resolution) if axis.log else axis.resolution for axis in axes])
        span = np.maximum(best - worst, SPAN_IN_RESOLUTIONS * least)
        tiny = 1e-9 * np.maximum(1.0, np.abs(best)) * np.array([axis.log for axis in axes])
        return cls(tuple(axes), floor, best, np.where(span > tiny, span, 1.0))

    def regrets(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return regrets, shape (rows, objectives); NaN where a value is missing."""
        table = np.asarray(values, dtype=float).reshape(-1, len(self.axes))
        better = _oriented(table, self.axes, self.floor)
        found: NDArray[np.float64] = np.round((self.best - better) / self.span, DECIMALS) + 0.0
        return found

    def values(self, regrets: ArrayLike) -> NDArray[np.float64]:
        """Return the values of regrets, shape (rows, objectives): the inverse of `regrets`."""
        better = self.best - np.asarray(regrets, dtype=float) * self.span
        plain = better * np.array([axis.sign for axis in self.axes], dtype=float)
        found: NDArray[np.float64] = np.where([axis.log for axis in self.axes], np.exp(np.minimum(plain, 700.0)), plain)
        return found


def _floor(column: NDArray[np.float64]) -> float:
    positive = column[np.isfinite(column) & (column > 0)]
    return float(positive.min()) if len(positive) else 1.0


def _oriented(table: NDArray[np.float64], axes: Sequence[Axis], floor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the table, logarithmic where the axis is, oriented so that greater is better, NaN where not finite."""
    log = np.array([axis.log for axis in axes])
    plain = np.where(log, np.log(np.maximum(table, np.where(log, floor, 1.0))), table)
    plain = np.where(np.isfinite(table), plain, np.nan)
    found: NDArray[np.float64] = plain * np.array([axis.sign for axis in axes], dtype=float)
    return found


def _extreme(column: NDArray[np.float64], pick: np.ufunc | object, otherwise: float) -> float:
    known = column[np.isfinite(column)]
    return float(pick(known)) if len(known) else otherwise  # type: ignore[operator]
