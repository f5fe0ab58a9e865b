"""A classifier that balances classes while it is fitted, or decides at a tuned threshold."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Kind, Split, SplitScheme, Task
from hitl_widget.learners.balance import balanced_rows
from hitl_widget.learners.scoring import score

__all__ = ["BalancedClassifier", "shifted", "tuned_shift", "weighting"]

PARTS = 3
"""Parts of the training rows: a threshold is tuned on predictions for each part by a model of the others."""

_GRID = 20
_WINDOW = 3


class BalancedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier of codes of classes that balances them.

    Parameters
    ----------
    model
        The classifier.
    balance
        ``"weights"``, ``"oversample"``, ``"undersample"`` or ``"threshold"``, see
        `hitl_widget.learners.balance.balanced_rows` and `tuned_shift`.
    metric : Metric
        The metric that a threshold is tuned for.
    seed
        Seed of samples.

    Attributes
    ----------
    model_
        The fitted classifier.
    classes_ : ndarray of int
        Codes of the classes that it knows.
    shift_ : ndarray of shape (K,) or None
        What is added to the logarithm of each probability, so that the likeliest class is that of the tuned threshold.
    """

    def __init__(
        self, model: Any = None, balance: str = "weights", metric: Metric | None = None, seed: int = 0
    ) -> None:
        self.model = model
        self.balance = balance
        self.metric = metric
        self.seed = seed

    @classmethod
    def around(
        cls, fitted: Any, balance: str, metric: Metric, seed: int, shift: np.ndarray | None = None
    ) -> BalancedClassifier:
        """Return a fitted one around a model that was fitted on balanced rows."""
        return cls(clone(fitted), balance, metric, seed)._adopt(fitted, shift)

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit on a matrix of shape (n, d), and codes of classes and weights of shape (n,).

        A threshold is tuned on three shuffled parts, also where the session divides rows by time or groups: a matrix
        has neither.
        """
        y = np.asarray(y, np.int64)
        shift = self._tuned(X, y, sample_weight) if self.balance == "threshold" else None
        rows, weights = balanced_rows(y, self.balance, sample_weight, self.seed)
        model = clone(self.model)
        model.fit(X[rows], y[rows], **weighting(model, weights))
        return self._adopt(model, shift)

    def _adopt(self, model: Any, shift: np.ndarray | None) -> Self:
        self.model_ = model
        self.classes_ = np.asarray(model.classes_)
        self.shift_ = shift
        if hasattr(model, "n_features_in_"):
            self.n_features_in_ = model.n_features_in_
        return self

    def _tuned(self, X: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        present, codes = np.unique(y, return_inverse=True)
        shift = np.zeros(int(y.max()) + 1)
        if len(present) < 2 or np.bincount(codes).min() < PARTS:
            return shift
        found = cross_val_predict(
            clone(self.model),
            X,
            y,
            cv=StratifiedKFold(PARTS, shuffle=True, random_state=self.seed),
            method="predict_proba",
            params=weighting(self.model, weights),
        )
        assert self.metric is not None
        names = tuple(map(str, present))
        kind = Kind.BINARY if len(names) == 2 else Kind.MULTICLASS
        task = Task("y", kind, self.metric, (), Split(SplitScheme.STRATIFIED, PARTS), len(y), classes=names)
        shift[present] = tuned_shift(task, codes, found, weights)
        return shift

    def cut(self, model: Any) -> BalancedClassifier:
        """Return this classifier with a model in it that predicts with fewer rounds."""
        other = BalancedClassifier(self.model, self.balance, self.metric, self.seed)
        other.model_, other.classes_, other.shift_ = model, self.classes_, self.shift_
        return other

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, shape (n, K), in the order of `classes_`; a tuned threshold moves them to 0.5."""
        check_is_fitted(self, "model_")
        found = np.asarray(self.model_.predict_proba(X), np.float64)
        return found if self.shift_ is None else shifted(found, self.shift_[self.classes_])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest class of each row, shape (n,)."""
        return np.asarray(self.classes_[np.argmax(self.predict_proba(X), axis=1)])


def shifted(proba: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return probabilities of shape (n, K) after a shift of their logarithms.

    Examples
    --------
    >>> shifted(np.array([[0.8, 0.2]]), np.array([0.0, np.log(4.0)])).round(2).tolist()
    [[0.5, 0.5]]
    """
    odds = proba * np.exp(shift - np.max(shift))
    return np.asarray(odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-300))


def tuned_shift(task: Task, y: np.ndarray, proba: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the shift of log probabilities with the best score, shape (K,).

    Of two classes, each threshold is a shift of the second. Of more, classes are shifted by a multiple of the negative
    logarithm of their frequency: one number for all.

    Parameters
    ----------
    task
        Its metric is maximized.
    y : ndarray of int, shape (n,)
        Codes of classes.
    proba : ndarray of shape (n, K)
        Predictions for rows that the model was not fitted on.
    weights : ndarray of shape (n,), optional
        Weights of the rows.
    """
    direction, steps = _line(y, proba)
    with config_context(assume_finite=True, skip_parameter_validation=True):  # a hundred times the same arrays
        values = np.array([_value(task, y, shifted(proba, step * direction), weights) for step in steps])
    kernel = np.ones(_WINDOW)
    smooth = np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same")
    best = int(np.argmax(smooth))
    plain = int(np.argmin(np.abs(steps)))
    return np.asarray(steps[best] * direction if smooth[best] > smooth[plain] else np.zeros(proba.shape[1]))


def _value(task: Task, y: np.ndarray, proba: np.ndarray, weights: np.ndarray | None) -> float:
    try:
        return score(task, y, proba[:, 1] if task.kind is Kind.BINARY else proba, weights=weights)
    except ValueError:
        return -np.inf


def weighting(model: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the keyword argument that weighs rows in the fit of a model or of a pipeline."""
    if weights is None:
        return {}
    steps = getattr(model, "steps", None)
    return {f"{steps[-1][0]}__sample_weight" if steps else "sample_weight": weights}


def _line(y: np.ndarray, proba: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the direction in which probabilities are shifted, and the steps along it, ascending."""
    if proba.shape[1] == 2:
        positive = np.clip(proba[:, 1], 1e-6, 1 - 1e-6)
        at = np.linspace(0.01, 0.99, _GRID)
        found = np.concatenate([np.quantile(positive, at), np.quantile(positive[y == 1], at), [0.5]])
        return np.array([0.0, 1.0]), np.unique(np.log1p(-found) - np.log(found))
    counts = np.bincount(y, minlength=proba.shape[1])
    shares = np.maximum(counts, 1) / len(y)
    return -np.log(shares), np.linspace(-0.5, 1.5, _GRID + 1)
