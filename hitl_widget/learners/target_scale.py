"""Numbers as targets on a scale that suits linear models and networks."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import TransformedTargetRegressor

__all__ = ["TargetScaler", "scaled"]


class TargetScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Bring a target to mean 0 and deviation 1, after a logarithm where asked.

    Parameters
    ----------
    log
        Take ``log1p`` first, for targets with a long tail; targets with negative values are taken as they are.

    Notes
    -----
    Back on the original scale, predictions stay within the range seen in training, widened by half of it: a
    logarithm undone can otherwise grow without bound.
    """

    def __init__(self, log: bool = False) -> None:
        self.log = log

    def fit(self, X: np.ndarray, y: Any = None) -> Self:
        """Learn mean and deviation of targets of shape (n, 1)."""
        low, high = float(np.min(X)), float(np.max(X))
        self.log_ = self.log and low >= 0
        values = self._forward(np.asarray(X, np.float64))
        self.mean_ = float(values.mean())
        self.scale_ = float(values.std()) or 1.0
        self.range_ = (low - 0.5 * (high - low), high + 0.5 * (high - low))
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the targets on the inner scale."""
        return (self._forward(np.asarray(X, np.float64)) - self.mean_) / self.scale_

    def inverse_transform(self, X: np.ndarray) -> np.ndarray:
        """Return predictions on the original scale."""
        values = np.asarray(X, np.float64) * self.scale_ + self.mean_
        values = np.expm1(np.clip(values, None, 700.0)) if self._logs else values
        return np.clip(values, *self.range_)

    def _forward(self, values: np.ndarray) -> np.ndarray:
        return np.log1p(np.maximum(values, 0.0)) if self._logs else values

    @property
    def _logs(self) -> bool:
        return bool(getattr(self, "log_", self.log))  # models of earlier versions lack log_


def scaled(model: Any, log: bool) -> TransformedTargetRegressor:
    """Return a regressor that learns the scaled target."""
    return TransformedTargetRegressor(model, transformer=TargetScaler(log), check_inverse=False)
