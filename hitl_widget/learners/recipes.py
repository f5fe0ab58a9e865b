"""The second step of every pipeline: from the canonical table to a matrix, in one of two ways."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from hitl_widget.data.dates import DATE
from hitl_widget.domain.task import Kind
from hitl_widget.learners.preparation import CATEGORIES, LEAST_VALUES, NUMBERS, ONE_HOT, Preparation

__all__ = ["DensePrepare", "NativePrepare", "NoPrepare", "recipe_of"]

TEXT_PARTS = 30
_DATE_PARTS = ("year", "month", "day", "weekday", "hour", "days")


def recipe_of(preparation: Preparation, kind: Kind) -> Any:
    """Return the unfitted step of a preparation."""
    if preparation.recipe == "none":
        return NoPrepare()
    if preparation.recipe == "native":
        return NativePrepare()
    return DensePrepare(str(kind), preparation.numbers, preparation.categories)


class NoPrepare(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A column of zeros per table, for models that look at no column."""

    n_categorical_ = 0
    levels_: tuple[int, ...] = ()

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn nothing."""
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return zeros of shape (n, 1)."""
        return np.zeros((len(X), 1), np.float32)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return one name."""
        return np.array(["constant"], dtype=object)

    def sources(self) -> tuple[str | None, ...]:
        """Return the table's column behind each column of the matrix: none."""
        return (None,)


class _Prepare(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Base of both recipes: columns by dtype, dates and text as numbers."""

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn from canonical rows, shape (n, p), and their targets, shape (n,)."""
        self.fit_transform(X, y)
        return self

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return a name per column of the matrix, shape (d,)."""
        check_is_fitted(self)
        return np.array(self.names_out_, dtype=object)

    def sources(self) -> tuple[str | None, ...]:
        """Return the table's column behind each column of the matrix, length d."""
        check_is_fitted(self)
        return tuple(self.sources_)

    def _learn_columns(self, X: pd.DataFrame) -> None:
        self.feature_names_in_ = np.array(list(X.columns), dtype=object)
        self.n_features_in_ = X.shape[1]
        kinds = {name: X[name].dtype for name in X.columns}
        self.categories_ = [n for n, d in kinds.items() if isinstance(d, pd.CategoricalDtype)]
        self.numbers_ = [n for n, d in kinds.items() if n not in self.categories_ and d.kind == "f"]
        self.dates_ = [n for n, d in kinds.items() if n not in self.categories_ and d.kind == "M"]
        self.texts_ = [n for n, d in kinds.items() if n not in self.categories_ and d.kind == "O"]

    def _codes(self, X: pd.DataFrame) -> np.ndarray:
        """Return the codes of categories, shape (n, c); -1 is missing or unknown."""
        if not self.categories_:
            return np.empty((len(X), 0), np.int64)
        return np.column_stack([np.asarray(X[name].cat.codes, np.int64) for name in self.categories_])

    def _numbers(self, X: pd.DataFrame) -> np.ndarray:
        """Return numeric columns and parts of dates as float64 within float32, NaN where missing."""
        parts = [np.clip(X[self.numbers_].to_numpy(np.float64), -1e38, 1e38)]
        parts += [date_parts(X[name]) for name in self.dates_]
        return np.hstack(parts)

    def _number_names(self) -> list[str]:
        return self.numbers_ + [f"{name} {part}" for name in self.dates_ for part in _DATE_PARTS]

    def _number_sources(self) -> list[str]:
        return self.numbers_ + [name for name in self.dates_ for _ in _DATE_PARTS]

    def _fit_texts(self, X: pd.DataFrame) -> np.ndarray:
        """Fit an encoder per text column; return all parts side by side."""
        self.encoders_ = []
        parts = [np.empty((len(X), 0))]
        self.text_names_, self.text_sources_ = [], []
        for name in self.texts_:
            encoder, values = fitted_text(X[name])
            self.encoders_.append(encoder)
            parts.append(values)
            self.text_names_ += [f"{name} {i + 1}" for i in range(values.shape[1])]
            self.text_sources_ += [name] * values.shape[1]
        return np.hstack(parts)

    def _transform_texts(self, X: pd.DataFrame) -> np.ndarray:
        parts = [np.empty((len(X), 0))]
        for name, encoder in zip(self.texts_, self.encoders_, strict=True):
            parts.append(encoded_text(encoder, X[name]))
        return np.hstack(parts)


def date_parts(dates: pd.Series[Any]) -> np.ndarray:
    """Return year, month, day, weekday, hour and days since 1970, shape (n, 6), NaN where missing."""
    values = pd.DatetimeIndex(dates)
    days = values.to_numpy(DATE).view(np.int64) / 86_400e6
    parts = np.column_stack(
        [
            np.asarray(part, np.float64)
            for part in (values.year, values.month, values.day, values.day_of_week, values.hour, days)
        ]
    )
    parts[np.asarray(values.isna())] = np.nan
    return parts


def fitted_text(texts: pd.Series[Any]) -> tuple[Any, np.ndarray]:
    """Fit skrub's ``StringEncoder`` (tf-idf of character n-grams, truncated SVD); return it and the parts."""
    from skrub import StringEncoder

    encoder = StringEncoder(n_components=TEXT_PARTS, random_state=0)
    parts = encoder.fit_transform(texts.reset_index(drop=True).rename("text"))
    return encoder, np.asarray(parts, np.float64)


def encoded_text(encoder: Any, texts: pd.Series[Any]) -> np.ndarray:
    """Return the parts of texts, shape (n, 30 or less)."""
    return np.asarray(encoder.transform(texts.reset_index(drop=True).rename("text")), np.float64)


class NativePrepare(_Prepare):
    """Codes of categories and numbers as they are, for learners that know both (boosters).

    Attributes
    ----------
    n_categorical_
        The first so many columns of the matrix hold codes; NaN is missing.
    levels_
        Levels of each of these columns.
    """

    def fit_transform(self, X: pd.DataFrame, y: Any = None, **params: Any) -> np.ndarray:
        """Return float64 of shape (n, d): codes, then numbers, dates and text."""
        self._learn_columns(X)
        self.n_categorical_ = len(self.categories_)
        self.levels_ = tuple(len(X[name].cat.categories) for name in self.categories_)
        texts = self._fit_texts(X)
        self.names_out_ = self.categories_ + self._number_names() + self.text_names_
        self.sources_ = self.categories_ + self._number_sources() + self.text_sources_
        return self._matrix(X, texts)

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return float64 of shape (n, d)."""
        check_is_fitted(self)
        return self._matrix(X, self._transform_texts(X))

    def _matrix(self, X: pd.DataFrame, texts: np.ndarray) -> np.ndarray:
        codes = self._codes(X).astype(np.float64)
        codes[codes < 0] = np.nan
        return np.ascontiguousarray(np.hstack([codes, self._numbers(X), texts]))


class DensePrepare(_Prepare):
    """Numbers only, none missing, on one scale: for linear models, networks and forests.

    Numbers get the median where missing (and a column that says so), then normal scores by quantiles; columns of
    less than 10 distinct values are standardized instead. Categories become a column per level up to 30 levels, above
    that the mean of the target, cross-fitted inside the training rows (scikit-learn's ``TargetEncoder``).

    Parameters
    ----------
    kind
        ``"binary"``, ``"multiclass"`` or ``"regression"``.
    numbers
        ``"normal scores"``; ``"standardise"``; or ``"ranks"``, quantiles spread evenly with deviation 1.
    categories
        ``"column per level"``; or ``"mean of target"``, for categories of three levels and more.
    """

    def __init__(self, kind: str = "regression", numbers: str = NUMBERS[0], categories: str = CATEGORIES[0]) -> None:
        self.kind = kind
        self.numbers = numbers
        self.categories = categories

    def fit_transform(self, X: pd.DataFrame, y: Any = None, **params: Any) -> np.ndarray:
        """Return float32 of shape (n, d); target means are cross-fitted."""
        self._learn_columns(X)
        self.n_categorical_, self.levels_ = 0, ()
        raw = self._numbers(X)
        texts = self._fit_texts(X)
        self._fit_scale(raw, texts)
        codes = self._codes(X)
        levels = [len(X[name].cat.categories) for name in self.categories_]
        most = ONE_HOT if self.categories == CATEGORIES[0] else 2
        self.few_ = [i for i, count in enumerate(levels) if count <= most]
        self.many_ = [i for i, count in enumerate(levels) if count > most]
        self.level_names_ = {i: [str(level) for level in X[self.categories_[i]].cat.categories] for i in self.few_}
        self.gaps_ = {i: bool((codes[:, i] < 0).any()) for i in self.few_}
        means = self._fit_means(codes, y)
        self._name_columns([self._many_name(j) for j in range(means.shape[1])])
        return self._matrix(raw, texts, codes, means)

    def _name_columns(self, many: list[str]) -> None:
        """Keep the name of each column of the matrix and the column of the table behind it."""
        names, sources = self._number_names(), self._number_sources()
        self.names_out_ = names + [f"{names[i]} missing" for i in self.indicated_] + self.text_names_
        self.names_out_ += self._one_hot_names() + [f"{name} mean" for name in many]
        self.sources_ = sources + [sources[i] for i in self.indicated_] + self.text_sources_
        self.sources_ += [self.categories_[i] for i in self.few_ for _ in range(self._one_hot_width(i))] + many

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return float32 of shape (n, d)."""
        check_is_fitted(self)
        codes = self._codes(X)
        means = np.empty((len(X), 0))
        if self.many_:
            means = np.asarray(self.means_.transform(codes[:, self.many_]), np.float64)
        return self._matrix(self._numbers(X), self._transform_texts(X), codes, means)

    def _fit_scale(self, raw: np.ndarray, texts: np.ndarray) -> None:
        from sklearn.preprocessing import QuantileTransformer

        missing = np.isnan(raw)
        self.indicated_ = np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0))
        filled = np.where(missing.all(axis=0), 0.0, raw)
        self.medians_ = np.nanmedian(filled, axis=0) if raw.shape[1] else np.empty(0)
        filled = np.where(np.isnan(filled), self.medians_, filled)
        plain = self.numbers == "standardise"
        few = np.array([plain or len(np.unique(column)) < LEAST_VALUES for column in filled.T], bool)
        self.coarse_, self.fine_ = np.flatnonzero(few), np.flatnonzero(~few)
        self.centre_ = filled[:, self.coarse_].mean(axis=0) if few.any() else np.empty(0)
        spread = filled[:, self.coarse_].std(axis=0) if few.any() else np.empty(0)
        self.spread_ = np.where(spread > 0, spread, 1.0)
        self.normal_ = None
        if len(self.fine_):
            quantiles = min(512, len(filled))
            shape = "uniform" if self.numbers == "ranks" else "normal"
            self.normal_ = QuantileTransformer(
                n_quantiles=quantiles, output_distribution=shape, subsample=20_000, random_state=0
            ).fit(filled[:, self.fine_])
        self.text_spread_ = texts.std(axis=0) + 1e-9 if texts.shape[1] else np.empty(0)

    def _fit_means(self, codes: np.ndarray, y: Any) -> np.ndarray:
        """Fit the target means of categories of many levels; return them cross-fitted."""
        from sklearn.model_selection import KFold, StratifiedKFold
        from sklearn.preprocessing import TargetEncoder

        self.means_: Any = None
        if not self.many_:
            return np.empty((len(codes), 0))
        target_type = {"binary": "binary", "multiclass": "multiclass"}.get(self.kind, "continuous")
        fewest = len(y) if target_type == "continuous" else int(np.unique(y, return_counts=True)[1].min())
        if fewest < 2:
            target_type, y = "continuous", np.asarray(y, np.float64)
        folds = min(5, fewest)
        splitter = KFold if target_type == "continuous" else StratifiedKFold
        self.means_ = TargetEncoder(target_type=target_type, cv=splitter(folds, shuffle=True, random_state=0))
        return np.asarray(self.means_.fit_transform(codes[:, self.many_], y), np.float64)

    def _matrix(self, raw: np.ndarray, texts: np.ndarray, codes: np.ndarray, means: np.ndarray) -> np.ndarray:
        missing = np.isnan(raw)
        filled = np.where(missing, self.medians_, raw) if raw.shape[1] else raw
        out = np.empty_like(filled)
        out[:, self.coarse_] = (filled[:, self.coarse_] - self.centre_) / self.spread_
        if self.normal_ is not None and len(filled):
            scores = self.normal_.transform(filled[:, self.fine_])
            even = self.normal_.output_distribution == "uniform"
            out[:, self.fine_] = (scores - 0.5) * 12**0.5 if even else np.clip(scores, -3.5, 3.5)
        scaled_means = (means - self._mean_centre(means)) / self._mean_spread_ if means.shape[1] else means
        parts = [np.clip(out, -10, 10), missing[:, self.indicated_], texts / self.text_spread_]
        parts += [self._one_hot(codes), scaled_means]
        return np.ascontiguousarray(np.hstack([np.asarray(part, np.float32) for part in parts]))

    def _mean_centre(self, means: np.ndarray) -> np.ndarray:
        """Return the center of target means, learned when first called (while fitting)."""
        if not hasattr(self, "_mean_centre_"):
            self._mean_centre_: np.ndarray = means.mean(axis=0)
            self._mean_spread_ = means.std(axis=0) + 1e-9
        return self._mean_centre_

    def _one_hot(self, codes: np.ndarray) -> np.ndarray:
        blocks = [np.empty((len(codes), 0), np.float32)]
        for i in self.few_:
            code = codes[:, i]
            kept = range(1 if self._single(i) else 0, len(self.level_names_[i]))
            blocks += [np.asarray(code == level, np.float32)[:, None] for level in kept]
            if self.gaps_[i]:
                blocks.append(np.asarray(code < 0, np.float32)[:, None])
        return np.hstack(blocks)

    def _single(self, i: int) -> bool:
        """Return whether one column separates the two levels."""
        return len(self.level_names_[i]) == 2 and not self.gaps_[i]

    def _one_hot_width(self, i: int) -> int:
        return len(self.level_names_[i]) - self._single(i) + self.gaps_[i]

    def _one_hot_names(self) -> list[str]:
        names = []
        for i in self.few_:
            kept = self.level_names_[i][1 if self._single(i) else 0 :]
            names += [f"{self.categories_[i]} = {level}" for level in kept]
            names += [f"{self.categories_[i]} missing"] if self.gaps_[i] else []
        return names

    def _many_name(self, j: int) -> str:
        per_column = max(1, len(self.means_.encodings_) // len(self.many_))
        return self.categories_[self.many_[j // per_column]]
