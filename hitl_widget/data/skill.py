"""Skill scores: predictions against the constant prediction, in the task's metric. NumPy only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hitl_widget.data.univariate import auc_by_fold
from hitl_widget.domain.objective import Metric, metric_named
from hitl_widget.domain.task import Kind

__all__ = ["skill", "skill_metric"]

_Score = Callable[[np.ndarray, np.ndarray, np.ndarray], float]

_FLOOR = 1e-12


def _log_loss(aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    if aims.shape[1] == 1:
        aims, predicted = np.column_stack([1 - aims, aims]), np.column_stack([1 - predicted, predicted])
    shares = predicted / np.maximum(predicted.sum(axis=1, keepdims=True), _FLOOR)
    return float((aims * np.log(np.clip(shares, _FLOOR, 1.0))).sum(axis=1).mean())


def _brier(aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    return -float(((aims - predicted) ** 2).sum(axis=1).mean())


def _auc(aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    return float(np.mean([auc_by_fold(aims[:, i] > 0.5, predicted[:, i], fold) for i in range(aims.shape[1])]))


def _mse(aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    return -float(((aims[:, 0] - predicted[:, 0]) ** 2).mean())


def _rmse(aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    return -float(np.sqrt(-_mse(aims, predicted, fold)))


def _mae(aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    return -float(np.abs(aims[:, 0] - predicted[:, 0]).mean())


def _r2(aims: np.ndarray, predicted: np.ndarray, fold: np.ndarray) -> float:
    return 1 + _mse(aims, predicted, fold) / max(float(aims[:, 0].var()), 1e-300)


_OF_CLASSES: dict[str, _Score] = {
    "roc_auc": _auc,
    "roc_auc_ovr": _auc,
    "neg_log_loss": _log_loss,
    "neg_brier_score": _brier,
}
_OF_NUMBERS: dict[str, _Score] = {
    "neg_root_mean_squared_error": _rmse,
    "neg_mean_squared_error": _mse,
    "neg_mean_absolute_error": _mae,
    "r2": _r2,
}


def skill_metric(kind: Kind, metric: Metric) -> Metric:
    """Return the metric for skill scores: the task's own if it is sensitive to small differences in predictions.

    Threshold metrics (accuracy, F1) cannot see a weak column, and others exist only in scikit-learn; ROC AUC, log loss
    and RMSE replace them.

    Examples
    --------
    >>> skill_metric(Kind.BINARY, metric_named("accuracy")).label
    'ROC AUC'
    """
    known = _OF_NUMBERS if kind is Kind.REGRESSION else _OF_CLASSES
    if metric.scorer in known:
        return metric
    usual = {Kind.BINARY: "roc_auc", Kind.MULTICLASS: "neg_log_loss"}
    return metric_named(usual.get(kind, "neg_root_mean_squared_error"))


def skill(
    metric: Metric, aims: np.ndarray, predicted: np.ndarray, constant: np.ndarray, fold: np.ndarray
) -> tuple[float, float, float]:
    """Return the skill score of predictions, with both scores.

    Parameters
    ----------
    metric
        As `skill_metric` gives it.
    aims : ndarray of shape (m, t)
        As `hitl_widget.data.univariate.targets` gives them.
    predicted, constant : ndarray of shape (m, t)
        Predictions, and those of the constant prediction.
    fold : ndarray of int, shape (m,)
        The fold that made each prediction.

    Returns
    -------
    strength : float
        0 for no better than the constant prediction, 1 for perfect.
    score, of_constant : float
        The scores, greater is better.
    """
    score_of = {**_OF_CLASSES, **_OF_NUMBERS}[metric.scorer]
    score, base = score_of(aims, predicted, fold), score_of(aims, constant, fold)
    best = 0.0 if metric.sign < 0 else 1.0
    strength = (score - base) / (best - base) if best > base else 0.0
    return float(np.clip(strength, 0.0, 1.0)), score, base
