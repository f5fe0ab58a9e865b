"""Points of the pictures of a model's predictions; numpy only, for the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hitl_widget.domain.intervals import wilson

__all__ = [
    "CalibrationPoint",
    "Residuals",
    "RocPoints",
    "calibration_points",
    "descending",
    "residual_points",
    "roc_points",
]


@dataclass(frozen=True, slots=True)
class RocPoints:
    """A receiver operating characteristic.

    Parameters
    ----------
    false_positive_rate, true_positive_rate
        From (0, 0) to (1, 1), both ascending.
    area
        Area under the whole curve, before it was thinned.
    """

    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    area: float


@dataclass(frozen=True, slots=True)
class CalibrationPoint:
    """A bin of rows of like probability.

    Parameters
    ----------
    predicted
        Mean probability.
    share, low, high
        Share of positives, with Wilson's 95% interval.
    rows
        Rows in the bin.
    """

    predicted: float
    share: float
    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Residuals:
    """Predictions of numbers and how far off they are.

    Parameters
    ----------
    prediction, residual
        For some rows: the prediction, and the truth less the prediction.
    rows
        Rows that they were drawn from.
    places
        Position of each among those rows, from 0.
    """

    prediction: tuple[float, ...]
    residual: tuple[float, ...]
    rows: int
    places: tuple[int, ...] = ()


def roc_points(y: np.ndarray, p: np.ndarray, most: int = 120) -> RocPoints | None:
    """Return the curve of true against false positive rates; None where a class is missing.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Codes of classes.
    p : ndarray of shape (n,) or (n, K)
        P(code 1); or probabilities of classes: then the curves of each class against the rest are averaged at the same
        false positive rates (macro average), over the classes that are there.
    most
        Most points.
    """
    p = np.asarray(p, np.float64)
    if p.ndim == 1:
        curve = _curve(np.asarray(y) == 1, p)
    else:
        curves = [found for k in range(p.shape[1]) if (found := _curve(np.asarray(y) == k, p[:, k])) is not None]
        curve = _averaged(curves) if curves else None
    if curve is None:
        return None
    false, true = curve
    area = float(np.sum(np.diff(false) * (true[1:] + true[:-1])) / 2)
    kept = _thinned(false, true, most)
    return RocPoints(tuple(map(float, false[kept])), tuple(map(float, true[kept])), area)


def _curve(positive: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return false and true positive rates at each distinct probability, from (0, 0)."""
    positives = int(positive.sum())
    if not 0 < positives < len(positive):
        return None
    order, ends = descending(p)
    hits = np.cumsum(positive[order])[ends]
    return np.r_[0.0, (ends + 1 - hits) / (len(p) - positives)], np.r_[0.0, hits / positives]


def descending(p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows from the highest probability down, and the last place of each distinct one in that order."""
    order = np.argsort(-p, kind="stable")
    return order, np.r_[np.flatnonzero(np.diff(p[order])), len(p) - 1]


def _averaged(curves: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of curves at every false positive rate of theirs, at both ends of vertical parts."""
    grid = np.unique(np.concatenate([false for false, _ in curves]))
    tops = [np.interp(grid, false, true) for false, true in curves]  # of equal rates, the last counts
    feet = []
    for top, (false, true) in zip(tops, curves, strict=True):
        place = np.searchsorted(false, grid, side="left")
        feet.append(np.where(false[place] == grid, true[place], top))
    return np.repeat(grid, 2), np.column_stack([np.mean(feet, axis=0), np.mean(tops, axis=0)]).ravel()


def _thinned(false: np.ndarray, true: np.ndarray, most: int) -> np.ndarray:
    """Return places to keep: the ends, and others evenly along the curve."""
    if len(false) <= most:
        return np.arange(len(false))
    along = np.cumsum(np.r_[0.0, np.hypot(np.diff(false), np.diff(true))])
    kept = np.searchsorted(along, np.linspace(0, along[-1], most))
    return np.unique(np.r_[0, kept[1:-1], len(false) - 1])


def calibration_points(y: np.ndarray, p: np.ndarray, bins: int = 10) -> tuple[CalibrationPoint, ...]:
    """Return predicted and observed frequencies for bins of about equally many rows.

    Equal probabilities share a bin, so there may be fewer bins.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Codes of classes.
    p : ndarray of shape (n,) or (n, K)
        P(code 1); or probabilities of classes: then the bins hold the pairs of a row and a class, and what happens is
        that the row is of the class.
    bins
        Most bins.
    """
    p, happened = np.asarray(p, np.float64), np.asarray(y) == 1
    if p.ndim == 2:
        happened = (np.asarray(y)[:, None] == np.arange(p.shape[1])).ravel()
        p = p.ravel()
    if not len(p):
        return ()
    cuts = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(cuts, p, side="right")
    points = []
    for code in np.unique(place):
        rows = place == code
        share = wilson(float(happened[rows].sum()), int(rows.sum()))
        assert share is not None
        points.append(CalibrationPoint(float(p[rows].mean()), share.value, share.low, share.high, share.rows))
    return tuple(points)


def residual_points(y: np.ndarray, prediction: np.ndarray, most: int = 400, seed: int = 0) -> Residuals:
    """Return predictions and residuals (truth less prediction) of at most so many rows.

    Parameters
    ----------
    y, prediction : ndarray of shape (n,)
        Numbers.
    most
        Most points; of more rows a seeded sample is drawn.
    seed
        Its seed.
    """
    y, prediction = np.asarray(y, np.float64), np.asarray(prediction, np.float64)
    rows = np.arange(len(y))
    if len(y) > most:
        rows = np.sort(np.random.default_rng(seed).permutation(len(y))[:most])
    drawn, apart = prediction[rows].tolist(), (y - prediction)[rows].tolist()
    return Residuals(tuple(drawn), tuple(apart), len(y), tuple(rows.tolist()))
