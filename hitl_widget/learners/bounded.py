"""A regressor whose predictions stay in the possible range."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted

from hitl_widget.learners.balanced import weighting

__all__ = ["BoundedRegressor"]


class BoundedRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """A regressor that clips impossible predictions.

    Parameters
    ----------
    model
        The regressor.
    low, high
        The smallest and the largest possible prediction; None for no limit.
    """

    def __init__(self, model: Any = None, low: float | None = None, high: float | None = None) -> None:
        self.model = model
        self.low = low
        self.high = high

    @classmethod
    def around(cls, fitted: Any, low: float | None, high: float | None) -> BoundedRegressor:
        """Return a fitted one around a fitted model."""
        return cls(clone(fitted), low, high)._adopt(fitted)

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Fit on a matrix of shape (n, d), and targets and weights of shape (n,)."""
        model = clone(self.model)
        return self._adopt(model.fit(X, y, **weighting(model, sample_weight)))

    def _adopt(self, model: Any) -> Self:
        self.model_ = model
        if hasattr(model, "n_features_in_"):
            self.n_features_in_ = model.n_features_in_
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return numbers within the limits, shape (n,)."""
        check_is_fitted(self, "model_")
        return self.clipped(np.asarray(self.model_.predict(X), np.float64).reshape(len(X)))

    def clipped(self, values: np.ndarray) -> np.ndarray:
        """Return values within the limits."""
        return np.asarray(np.clip(values, self.low, self.high))

    def outside(self, X: np.ndarray) -> np.ndarray:
        """Return the rows whose prediction is clipped, bool of shape (n,)."""
        values = np.asarray(self.model_.predict(X), np.float64).reshape(len(X))
        return np.asarray(values != self.clipped(values))
