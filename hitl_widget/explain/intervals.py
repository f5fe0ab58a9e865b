"""Intervals of scores, from the rows behind them; numpy only, for the kernel."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hitl_widget.domain.intervals import Interval, wilson

__all__ = ["PLAIN", "SCORES", "score_interval"]

RESAMPLES = 200

_Score = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""From targets (n,), predictions (n,) or (n, K) and weights of rows (b, n) to a score per row of weights, (b,)."""


def score_interval(
    scorer: str, y: np.ndarray, predictions: np.ndarray, rng: np.random.Generator, most: int = 2000
) -> Interval | None:
    """Return a score and its 95% interval, all finite; None where it has no value, or in half the resamples none.

    The interval is the bootstrap's (200 resamples); Wilson's for accuracy, which knows that no error so far is not no
    error. Of more than `most` rows, so many are resampled and the deviations scaled by the root of the share.

    Parameters
    ----------
    scorer
        A key of `SCORES`.
    y : ndarray of shape (n,)
        Codes or numbers.
    predictions : ndarray of shape (n,) or (n, K)
        Numbers, P(code 1), or probabilities of classes.
    rng
        Draws the resamples.
    most
        Rows to resample.
    """
    value = _of(scorer, y, predictions, np.ones((1, len(y))))[0] if len(y) else math.nan
    if not math.isfinite(value):
        return None
    if scorer == "accuracy":
        return wilson(round(value * len(y)), len(y))
    some = np.arange(len(y)) if len(y) <= most else rng.permutation(len(y))[:most]
    n = len(some)
    drawn = rng.integers(0, n, (RESAMPLES, n)) + n * np.arange(RESAMPLES)[:, None]
    weights = np.bincount(drawn.ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(np.float64)
    scores = _of(scorer, y[some], predictions[some], np.vstack([np.ones(n), weights]))
    off = (scores[1:] - scores[0]) * math.sqrt(n / len(y))
    off = off[np.isfinite(off)]
    if len(off) < RESAMPLES // 2:
        return None
    low, high = np.quantile(off, [0.025, 0.975])
    return Interval(float(value), float(value + min(low, 0.0)), float(value + max(high, 0.0)), len(y))


def _of(scorer: str, y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return SCORES[scorer](y, np.asarray(predictions, np.float64), weights)


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(weights @ values / weights.sum(axis=1))


def _probabilities(predictions: np.ndarray) -> np.ndarray:
    if predictions.ndim == 1:
        p = np.clip(predictions, 0.0, 1.0)
        return np.column_stack([1 - p, p])
    return np.asarray(predictions / np.maximum(predictions.sum(axis=1, keepdims=True), 1e-12))


def decided(predictions: np.ndarray) -> np.ndarray:
    """Return codes of classes: from 0.5 up the second of two, the likeliest of more."""
    if predictions.ndim == 2:
        return np.asarray(predictions.argmax(axis=1), np.int64)
    return np.asarray(predictions >= 0.5, np.int64)


def _accuracy(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return _mean((decided(predictions) == y).astype(np.float64), weights)


def _log_loss(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    p = _probabilities(predictions)[np.arange(len(y)), y.astype(np.int64)]
    return _mean(np.log(np.clip(p, np.finfo(np.float64).eps, 1.0)), weights)


def _brier(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if predictions.ndim == 1:
        return -_mean((predictions - y) ** 2, weights)
    p = _probabilities(predictions)
    return -_mean(((p - (y[:, None] == np.arange(p.shape[1]))) ** 2).sum(axis=1), weights)


def _counts(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return true positives, positives and predicted positives per class, each (classes, b)."""
    guess = decided(predictions)
    classes = np.arange(2 if predictions.ndim == 1 else predictions.shape[1])[:, None]
    truth, said = (y == classes).astype(np.float64), (guess == classes).astype(np.float64)
    return (truth * said) @ weights.T, truth @ weights.T, said @ weights.T


def _recalls(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    hits, truth, _ = _counts(y, predictions, weights)
    seen = truth > 0
    return np.asarray((hits / np.where(seen, truth, 1.0)).sum(axis=0) / seen.sum(axis=0))


def _f1(average: str) -> _Score:
    def score(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
        hits, truth, said = _counts(y, predictions, weights)
        there = truth + said > 0
        each = 2 * hits / np.where(there, truth + said, 1.0)
        if average == "positive":
            return np.where(truth[1] > 0, each[1], np.nan)
        if average == "macro":
            return np.asarray(each.sum(axis=0) / there.sum(axis=0))
        return np.asarray((each * truth).sum(axis=0) / truth.sum(axis=0))

    return score


def _precision(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    hits, _, said = _counts(y, predictions, weights)
    return np.asarray(hits[1] / said[1])


def _recall(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    hits, truth, _ = _counts(y, predictions, weights)
    return np.asarray(hits[1] / truth[1])


def _by_threshold(y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight of positives and of negatives at each distinct probability, greatest first, (b, u) each."""
    order = np.argsort(-p, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(p[order]) != 0])
    ordered, positive = weights[:, order], y[order] == 1
    return (
        np.add.reduceat(ordered * positive, starts, axis=1),
        np.add.reduceat(ordered * ~positive, starts, axis=1),
    )


def _auc(y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the share of pairs in order, ties counting half."""
    positives, negatives = _by_threshold(y, p, weights)
    above = np.cumsum(positives, axis=1) - positives / 2
    return np.asarray((negatives * above).sum(axis=1) / (positives.sum(axis=1) * negatives.sum(axis=1)))


def _auc_of_classes(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if predictions.ndim == 1:
        return _auc(y, predictions, weights)
    p = _probabilities(predictions)
    return np.asarray(np.mean([_auc((y == k).astype(int), p[:, k], weights) for k in range(p.shape[1])], axis=0))


def _average_precision(y: np.ndarray, p: np.ndarray, weights: np.ndarray) -> np.ndarray:
    positives, negatives = _by_threshold(y, p, weights)
    hits, false = np.cumsum(positives, axis=1), np.cumsum(negatives, axis=1)
    parts = positives * hits / np.maximum(hits + false, 1e-12)
    return np.asarray(parts.sum(axis=1) / positives.sum(axis=1))


def _errors(loss: Callable[[np.ndarray, np.ndarray], np.ndarray], root: bool = False) -> _Score:
    def score(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
        values = _mean(loss(y, predictions), weights)
        return -np.sqrt(values) if root else -values

    return score


def _r2(y: np.ndarray, predictions: np.ndarray, weights: np.ndarray) -> np.ndarray:
    centre = _mean(y, weights)
    around = _mean(y**2, weights) - centre**2
    level = np.maximum(1e-12 * np.abs(centre) ** 2, 0.0)
    return np.where(around > level, 1 - _mean((y - predictions) ** 2, weights) / around, np.nan)


SCORES: dict[str, _Score] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _recalls,
    "f1": _f1("positive"),
    "f1_macro": _f1("macro"),
    "f1_weighted": _f1("weighted"),
    "precision": _precision,
    "recall": _recall,
    "neg_log_loss": _log_loss,
    "neg_brier_score": _brier,
    "roc_auc": _auc,
    "roc_auc_ovr": _auc_of_classes,
    "average_precision": _average_precision,
    "neg_root_mean_squared_error": _errors(lambda y, p: (y - p) ** 2, root=True),
    "neg_mean_squared_error": _errors(lambda y, p: (y - p) ** 2),
    "neg_mean_absolute_error": _errors(lambda y, p: np.abs(y - p)),
    "neg_mean_absolute_percentage_error": _errors(
        lambda y, p: np.abs(y - p) / np.maximum(np.abs(y), np.finfo(np.float64).eps)
    ),
    "neg_root_mean_squared_log_error": _errors(
        lambda y, p: (np.log1p(y) - np.log1p(np.maximum(p, 1e-9))) ** 2, root=True
    ),
    "r2": _r2,
}
"""scikit-learn's scorers that can be resampled here, greater is better."""

PLAIN = {"classes": "accuracy", "numbers": "neg_root_mean_squared_error"}
"""What stands in for a scorer that has no value, or is not among `SCORES`."""
