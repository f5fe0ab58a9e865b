"""Adapters that turn a custom class into a scikit-learn estimator."""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from hitl_widget.learners.base import weights_for

__all__ = ["OwnClassifier", "OwnRegressor"]


class _Own(BaseEstimator):  # type: ignore[misc]
    """Base of both adapters: fits a copy of the model, which need not be a scikit-learn estimator."""

    def __init__(self, model: Any = None) -> None:
        self.model = model

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit a copy of the model on a matrix of shape (n, d), targets and weights of shape (n,)."""
        model = clone(self.model) if hasattr(self.model, "get_params") else copy.deepcopy(self.model)
        model.fit(X, y, **weights_for(model, sample_weight))
        return self._adopt(model, X, y)

    @classmethod
    def around(cls, fitted: Any, X: np.ndarray, y: np.ndarray) -> Self:
        """Return a fitted adapter around a model that was fitted on a matrix and its targets."""
        unfitted = clone(fitted) if hasattr(fitted, "get_params") else fitted
        return cls(unfitted)._adopt(fitted, X, y)

    def _adopt(self, model: Any, X: np.ndarray, y: np.ndarray) -> Self:
        self.model_ = model
        self.n_features_in_ = X.shape[1]
        return self


def _decides(adapter: _Own) -> bool:
    return hasattr(getattr(adapter, "model_", adapter.model), "decision_function")


class OwnClassifier(ClassifierMixin, _Own):  # type: ignore[misc]
    """A classifier with `classes_` and probabilities around a model that lacks them.

    Parameters
    ----------
    model
        Anything with ``fit(X, y)`` and ``predict(X)`` or ``predict_proba(X)``. Without the latter, probabilities are
        0 and 1.
    """

    def _adopt(self, model: Any, X: np.ndarray, y: np.ndarray) -> Self:
        self.classes_ = np.unique(y) if getattr(model, "classes_", None) is None else np.asarray(model.classes_)
        return super()._adopt(model, X, y)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities, shape (n, K); a model's single column is that of the second class."""
        check_is_fitted(self, "model_")
        if hasattr(self.model_, "predict_proba"):
            values = np.asarray(self.model_.predict_proba(X), np.float64)
            values = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
            return np.column_stack([1 - values, values]) if values.ndim == 1 else values
        votes = np.asarray(self.model_.predict(X)).reshape(len(X), 1)
        return np.asarray(votes == self.classes_, np.float64)

    @available_if(_decides)  # type: ignore[untyped-decorator]
    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Return the model's margins."""
        return np.asarray(self.model_.decision_function(X))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the model's classes, shape (n,)."""
        check_is_fitted(self, "model_")
        if hasattr(self.model_, "predict"):
            return np.asarray(self.model_.predict(X)).reshape(len(X))
        return np.asarray(self.classes_[np.argmax(self.predict_proba(X), axis=1)])


class OwnRegressor(RegressorMixin, _Own):  # type: ignore[misc]
    """A regressor that can be cloned, around anything with ``fit(X, y)`` and ``predict(X)``."""

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the model's numbers, shape (n,)."""
        check_is_fitted(self, "model_")
        return np.asarray(self.model_.predict(X)).reshape(len(X))
