"""The value of a success criterion on rows with predictions."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

from hitl_widget.data.scorers import checked_metric
from hitl_widget.domain.success import Success
from hitl_widget.domain.task import Task
from hitl_widget.learners.scoring import as_proba, score

__all__ = ["success_value"]


def success_value(
    task: Task, success: Success, y: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Return the displayed value of a criterion.

    Parameters
    ----------
    task
        The task.
    success
        The criterion. A rate at another one is read from the curve of all thresholds on these rows.
    y : ndarray of shape (n,)
        Codes of classes or numbers.
    predictions : ndarray
        As of `hitl_widget.learners.scoring.score`.
    weights : ndarray of shape (n,), optional
        Weights of the rows.

    Raises
    ------
    ValueError
        When there is no value on these rows.
    """
    if not success.at:
        own = success.measure == task.metric.scorer
        metric = task.metric if own else checked_metric(success.measure, task.kind)
        return metric.shown(score(task, y, predictions, metric, weights))
    if len(np.unique(y)) < 2:
        raise ValueError("A rate needs rows of both classes.")
    positive = as_proba(predictions)[:, 1]
    if success.at == "false_alarms":
        alarms, recall, _ = roc_curve(y, positive, sample_weight=weights, drop_intermediate=False)
        return float(recall[alarms <= success.at_bound].max(initial=0.0))
    precision, recall, _ = precision_recall_curve(y, positive, sample_weight=weights)
    wanted, given = (recall, precision) if success.measure == "recall" else (precision, recall)
    return float(wanted[given >= success.at_bound].max(initial=0.0))
