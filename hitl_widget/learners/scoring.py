"""Scores of given predictions, by the name of a scikit-learn scorer."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import cohen_kappa_score, get_scorer, log_loss, make_scorer, roc_auc_score

from hitl_widget.data.scorers import UNWEIGHTED
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Kind, Task
from hitl_widget.errors import DataError
from hitl_widget.learners.own_metric import scorer_of
from hitl_widget.learners.packing import one_line

__all__ = ["aligned", "as_proba", "calibration_error", "predictions_of", "score", "try_metric", "weighs_rows"]


class _GivenClasses(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that has already answered: X holds the probabilities."""

    def __init__(self, n_classes: int = 2) -> None:
        self.n_classes = n_classes
        self.classes_ = np.arange(n_classes)

    def fit(self, X: Any, y: Any) -> _GivenClasses:
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return X

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.classes_[np.argmax(X, axis=1)] if self.n_classes > 2 else (X[:, 1] >= 0.5).astype(np.int64)


class _GivenLabels(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier that has already answered, in original labels: X holds the probabilities in sorted order."""

    def __init__(self, classes: np.ndarray, positive: int = 1) -> None:
        self.classes = classes
        self.positive = positive
        self.classes_ = classes

    @classmethod
    def of(cls, labels: tuple[Any, ...]) -> tuple[_GivenLabels, np.ndarray]:
        """Return the classifier for labels by code, and the order of the codes that sorts the labels."""
        given = np.asarray(list(labels))
        order = np.argsort(given, kind="stable")
        return cls(given[order], int(np.flatnonzero(order == len(labels) - 1)[0])), order

    def fit(self, X: Any, y: Any) -> _GivenLabels:
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return X

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        odds = np.asarray(np.log(np.clip(X, 1e-15, 1.0)) - np.log(np.clip(1 - X, 1e-15, 1.0)))
        return np.asarray(odds[:, 1]) if X.shape[1] == 2 else odds

    def predict(self, X: np.ndarray) -> np.ndarray:
        if X.shape[1] > 2:
            return np.asarray(self.classes_[np.argmax(X, axis=1)])
        codes = np.where(X[:, self.positive] >= 0.5, self.positive, 1 - self.positive)
        return np.asarray(self.classes_[codes])


class _GivenNumbers(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor that has already answered: X holds the numbers."""

    def __init__(self) -> None:
        self.fitted_ = True

    def fit(self, X: Any, y: Any) -> _GivenNumbers:
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        return X[:, 0]


def as_proba(predictions: np.ndarray) -> np.ndarray:
    """Return probabilities of shape (n, K) that add up to 1, from (n,) for code 1 or from (n, K)."""
    values = np.asarray(predictions, np.float64)
    if values.ndim == 1:
        values = np.clip(values, 0.0, 1.0)
        return np.column_stack([1 - values, values])
    return np.asarray(values / np.maximum(values.sum(axis=1, keepdims=True), 1e-12))


def score(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    metric: Metric | None = None,
    weights: np.ndarray | None = None,
) -> float:
    """Return the value of the task's scorer, or of another one; greater is better.

    Parameters
    ----------
    task
        Its kind, classes and metric.
    y : ndarray of shape (n,)
        Codes of classes or numbers.
    predictions : ndarray
        Shape (n,): numbers, or P(code 1); shape (n, K): probabilities of classes.
    metric
        Another metric that suits the task's kind (see `hitl_widget.data.scorers.checked_metric`).
    weights : ndarray of shape (n,), optional
        Weights of the rows; a scorer that takes none ignores them.

    Raises
    ------
    ValueError
        When the scorer gives no finite number; the message says why.
    """
    metric = metric or task.metric
    name = metric.scorer
    if metric.code is not None:
        try:
            value = _own_score(metric, y, predictions, weights)
        except ValueError:
            raise
        except Exception as error:
            cause = f"{type(error).__name__}: {one_line(error)}"
            raise ValueError(f"The metric {metric.label!r} failed on {len(y):,} rows: {cause}") from error
    elif task.kind is Kind.REGRESSION:
        value = _number_score(name, y, predictions, weights)
    else:
        value = _class_score(name, y, as_proba(predictions), len(task.classes), weights)
    if not np.isfinite(value):
        raise ValueError(f"{metric.label} has no value on these {len(y):,} rows; they may hold one class only.")
    return float(value)


def try_metric(task: Task, y: np.ndarray) -> None:
    """Call the user's own metric on some targets, shape (n,), and on predictions drawn at random.

    Raises
    ------
    DataError
        If it raises or returns no number; the message says why.
    """
    rng = np.random.default_rng(0)
    rows = rng.permutation(len(y))[:_TRIED]
    if task.kind is Kind.REGRESSION:
        predictions = rng.permutation(y[rows])
    else:
        predictions = as_proba(rng.dirichlet(np.ones(len(task.classes)), len(rows)))
        predictions = predictions[:, 1] if task.kind is Kind.BINARY else predictions
    try:
        float(_own_score(task.metric, y[rows], predictions))
    except Exception as error:
        raise DataError(
            f"The metric {task.metric.label!r} failed on {len(rows):,} rows: {type(error).__name__}: "
            f"{one_line(error)}. It gets {_gets(task)}, and must return one number. Fix it, or name a scorer."
        ) from error


_TRIED = 200


def _gets(task: Task) -> str:
    """Return in words what the user's own metric is called with."""
    if task.kind is Kind.REGRESSION:
        return "the target and the predicted numbers"
    return f"the labels of {task.target} and, unless it asks for probabilities, the predicted labels"


def _own_score(metric: Metric, y: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Score with the user's own scorer, which gets copies of numbers, or original labels."""
    scorer = scorer_of(metric)
    if not metric.labels:
        numbers = np.array(predictions, np.float64)
        truth = np.array(y, np.float64)
        return float(scorer(_GivenNumbers(), numbers[:, None], truth, **_weighted(scorer, weights)))
    model, order = _GivenLabels.of(metric.labels)
    truth = np.asarray(list(metric.labels))[y]
    return float(scorer(model, as_proba(predictions)[:, order], truth, **_weighted(scorer, weights)))


def _number_score(name: str, y: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> float:
    values = np.asarray(predictions, np.float64)
    if "log_error" in name or "deviance" in name:
        values = np.maximum(values, 1e-9)
    scorer = _scorer(name)
    return float(scorer(_GivenNumbers(), values[:, None], y, **_weighted(scorer, weights)))


def _class_score(name: str, y: np.ndarray, proba: np.ndarray, n_classes: int, weights: np.ndarray | None) -> float:
    """Score probabilities; classes that these rows lack are handled where scikit-learn would raise or warn."""
    labels = np.arange(n_classes)
    if name == "neg_log_loss":
        return -float(log_loss(y, proba if n_classes > 2 else proba[:, 1], labels=labels, sample_weight=weights))
    present = np.unique(y)
    if len(present) == 1 and name.startswith("roc_auc"):
        return float("nan")
    if len(present) < n_classes:
        if name.startswith(("roc_auc_ov", "top_k")) and len(present) > 1:
            inner = as_proba(proba[:, present])
            codes = np.searchsorted(present, y)
            if len(present) == 2:
                return float(roc_auc_score(codes, inner[:, 1], sample_weight=weights))
            return _by_name(name, codes, inner, len(present), weights)
        if name in ("neg_brier_score", "d2_log_loss_score", "d2_brier_score"):
            plain = _scorer(name)
            with_labels = make_scorer(
                plain._score_func, response_method="predict_proba", greater_is_better=plain._sign > 0, labels=labels
            )
            return float(with_labels(_GivenClasses(n_classes), proba, y, **_weighted(with_labels, weights)))
    return _by_name(name, y, proba, n_classes, weights)


def _by_name(name: str, y: np.ndarray, proba: np.ndarray, n_classes: int, weights: np.ndarray | None) -> float:
    scorer = _scorer(name)
    given = {} if name in UNWEIGHTED else _weighted(scorer, weights)
    return float(scorer(_GivenClasses(n_classes), proba, y, **given))


def _weighted(scorer: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the keyword argument that passes weights of rows to a scorer; empty for one that takes none."""
    if weights is None or not _takes_weights(scorer._score_func):
        return {}
    return {"sample_weight": weights}


def _takes_weights(function: Any) -> bool:
    try:
        return "sample_weight" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # no signature, as some compiled functions
        return False


def weighs_rows(metric: Metric) -> bool:
    """Return whether a metric uses the weights of the rows."""
    if metric.code == b"":
        return False
    if metric.code is None:
        return metric.scorer not in UNWEIGHTED
    return _takes_weights(scorer_of(metric)._score_func)


def _scorer(name: str) -> Any:
    """Return scikit-learn's scorer of a name, or one of the two that it has only as a function."""
    if name == "cohen_kappa":
        return make_scorer(cohen_kappa_score)
    if name == "quadratic_kappa":
        return make_scorer(cohen_kappa_score, weights="quadratic")
    return get_scorer(name)


def aligned(proba: np.ndarray, seen: np.ndarray, n_classes: int) -> np.ndarray:
    """Return probabilities for all classes, shape (n, K), from those for the classes that a fit saw."""
    if proba.shape[1] == n_classes and len(seen) == n_classes:
        return proba
    whole = np.zeros((len(proba), n_classes))
    whole[:, np.asarray(seen, np.int64)] = proba
    return whole


def predictions_of(model: Any, X: np.ndarray, task: Task) -> np.ndarray:
    """Return the stored predictions of a model: float32 of shape (n,) or, for more than two classes, (n, K).

    Raises
    ------
    ValueError
        When some prediction is no finite number.
    """
    if task.kind is Kind.REGRESSION:
        values = np.asarray(model.predict(X), np.float64).reshape(len(X))
    else:
        proba = aligned(np.asarray(model.predict_proba(X), np.float64), model.classes_, len(task.classes))
        values = proba[:, 1] if task.kind is Kind.BINARY else proba
    bad = int((~np.isfinite(values)).reshape(len(X), -1).any(axis=1).sum())
    if bad:
        raise ValueError(
            f"The model predicted no finite number for {bad:,} of {len(X):,} rows, so it cannot be scored. "
            "A smaller learning rate or a stronger penalty usually helps."
        )
    return values.astype(np.float32)


def calibration_error(y: np.ndarray, predictions: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error: how far probabilities are from shares, on average over rows.

    Rows are put in bins of about equally many by their probability (equal ones together); a bin's error is the
    distance between its mean probability and the share of positives in it. For more than two classes: the mean over
    classes, each against the rest.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Codes of classes.
    predictions : ndarray of shape (n,) or (n, K)
        P(code 1), or probabilities of classes.
    bins
        How many; fewer where a bin would hold less than ten rows.
    """
    if predictions.ndim == 2:
        return float(np.mean([calibration_error(y == k, p, bins) for k, p in enumerate(as_proba(predictions).T)]))
    p, happened = np.asarray(predictions, np.float64), np.asarray(y, np.float64)
    bins = max(1, min(bins, len(p) // 10))
    cuts = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(cuts, p, side="right")
    return float(np.abs(np.bincount(place, weights=p - happened)).sum() / len(p))
