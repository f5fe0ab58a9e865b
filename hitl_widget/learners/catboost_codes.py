"""Codes of categories as CatBoost wants them."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

__all__ = ["WholeCodes"]


class WholeCodes(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn the first columns of a matrix into whole numbers; missing becomes -1, a separate category.

    Parameters
    ----------
    categorical
        How many of the first columns hold codes.
    """

    def __init__(self, categorical: int = 0) -> None:
        self.categorical = categorical

    def fit(self, X: np.ndarray, y: Any = None) -> Self:
        """Learn nothing."""
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: np.ndarray) -> Any:
        """Return the matrix, or a table whose first columns are whole numbers."""
        if not self.categorical:
            return X
        codes = np.where(np.isnan(X[:, : self.categorical]), -1, X[:, : self.categorical]).astype(np.int32)
        columns: dict[int, np.ndarray] = {i: codes[:, i] for i in range(self.categorical)}
        columns |= {i: X[:, i] for i in range(self.categorical, X.shape[1])}
        return pd.DataFrame(columns)

    def __sklearn_is_fitted__(self) -> bool:
        return True
