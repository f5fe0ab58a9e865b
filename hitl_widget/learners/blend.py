"""The models that a session delivers: weighted averages over pipelines and folds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils import estimator_html_repr
from sklearn.utils.validation import check_is_fitted

from hitl_widget.data.reader import TableReader
from hitl_widget.data.table import normalise
from hitl_widget.domain.balance import WAYS
from hitl_widget.domain.figures import whole_percents
from hitl_widget.errors import DataError
from hitl_widget.learners.given_rows import as_table
from hitl_widget.learners.scoring import aligned

__all__ = ["BlendClassifier", "BlendRegressor", "FittedMember", "Member"]

Member = tuple[str, Pipeline, float]
"""Name, pipeline and weight."""

FittedMember = tuple[str, Sequence[Pipeline], float]
"""Name, one fitted pipeline per fold, and weight."""


class _Blend(BaseEstimator):  # type: ignore[misc]
    """The methods of both blends."""

    members: Sequence[Member]
    cv: Any

    @property
    def _answer_shape(self) -> tuple[int, ...]:
        """Shape of the answer for one row."""
        return ()

    @config_context(transform_output="default")  # type: ignore[untyped-decorator]
    def _fit_folds(self, table: pd.DataFrame, y: np.ndarray, classifier: bool) -> None:
        """Fit every member on the training part of every fold, or on all rows."""
        every = np.arange(len(table))
        folds = [every]
        if self.cv is not None:
            folds = [train for train, _ in check_cv(self.cv, y, classifier=classifier).split(table, y)]
        self.estimators_ = [
            [clone(pipeline).fit(table.iloc[train], y[train]) for train in folds] for _, pipeline, _ in self.members
        ]
        self._set_names(table.columns)

    def _set_names(self, names: Any) -> None:
        self.weights_ = np.array([weight for _, _, weight in self.members], np.float64)
        self.weights_ /= self.weights_.sum()
        self.feature_names_in_ = np.array([str(name) for name in names], dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)

    def _adopt(self, fitted: Sequence[FittedMember], names: Any) -> None:
        """Take over fitted pipelines."""
        if not fitted or any(not pipelines for _, pipelines, _ in fitted):
            raise ValueError("A blend needs at least one member with a fitted fold.")
        self.members = [(name, clone(pipelines[0]), float(weight)) for name, pipelines, weight in fitted]
        self.estimators_ = [list(pipelines) for _, pipelines, _ in fitted]
        self._set_names(names)

    @config_context(transform_output="default")  # type: ignore[untyped-decorator]
    def _average(self, X: Any, answer: Any) -> np.ndarray:
        """Average `answer(model, matrix)` over folds and members; shared steps, as the reading of X, run once.

        No rows have an empty answer, for which no model is asked: scikit-learn refuses to predict none.
        """
        check_is_fitted(self, "estimators_")
        X = as_table(X, list(self.feature_names_in_))
        reads = all(isinstance(one.steps[0][1], TableReader) for pipelines in self.estimators_ for one in pipelines)
        given = X if reads else normalise(X, strict=False)  # a reader does this itself
        done: dict[tuple[int, ...], Any] = {}
        total: Any = 0.0
        shares = zip(self.weights_, self.estimators_, strict=True)
        each = [(weight / len(pipelines), one) for weight, pipelines in shares for one in pipelines]
        for weight, pipeline in each:
            rows: Any = given
            path: tuple[int, ...] = ()
            for _, step in pipeline.steps[:-1]:
                path = (*path, id(step))
                if path not in done:
                    done[path] = step.transform(rows)
                rows = done[path]
                if not len(rows):
                    return np.empty((0, *self._answer_shape))
            total = total + weight * np.asarray(answer(pipeline.steps[-1][1], rows), np.float64)
        return np.asarray(total)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "estimators_")

    def __repr__(self, N_CHAR_MAX: int = 700) -> str:
        """Return the members with their weights, a line each."""
        name = type(self).__name__
        if not self.members:
            return f"{name}()"
        percents = whole_percents([weight for _, _, weight in self.members])
        lines = [
            f"  {percent / 100:.2f}  {label}  {_title(pipeline[-1])}"
            for percent, (label, pipeline, _) in zip(percents, self.members, strict=True)
        ]
        return "\n".join([f"{name}: {self._in_words()}", *lines])[:N_CHAR_MAX]

    def _in_words(self) -> str:
        models = "1 model" if len(self.members) == 1 else f"weighted average of {len(self.members)} models"
        if not hasattr(self, "estimators_"):
            return f"{models}, not fitted yet"
        folds = len(self.estimators_[0])
        return models if folds == 1 else f"{models}, each the average of {folds} fold models"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Return the text, and scikit-learn's diagram of each member's pipeline."""
        fitted = [pipelines[0] for pipelines in getattr(self, "estimators_", [])]
        pipelines = fitted or [pipeline for _, pipeline, _ in self.members]
        blocks = [f"<p>{escape(line)}</p>" for line in repr(self).splitlines()]
        for at, pipeline in enumerate(pipelines):
            blocks.insert(1 + 2 * at + 1, estimator_html_repr(pipeline))
        return {"text/plain": repr(self), "text/html": "".join(blocks)}


def _title(model: Any) -> str:
    """Return the class of an estimator; of one that balances classes, the class inside and how."""
    balance, inner = getattr(model, "balance", None), getattr(model, "model", None)
    if not isinstance(balance, str) or inner is None:
        return type(model).__name__
    return f"{type(inner).__name__}, classes balanced by {WAYS.get(balance, balance)}"


class BlendClassifier(ClassifierMixin, _Blend):  # type: ignore[misc]
    """Weighted average of the class probabilities of several pipelines, each fitted on every fold or on all rows.

    Parameters
    ----------
    members : list of (name, pipeline, weight)
        Pipelines learn codes of classes from raw tables; weights are relative.
    cv : int, splitter, iterable or None, default=5
        Folds for `fit`; each member is fitted on the training part of each fold, and the fits are averaged, as
        scikit-learn's ``CalibratedClassifierCV(ensemble=True)`` does. None fits each member once, on all rows.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The original labels, sorted.
    estimators_ : list of lists of Pipeline
        Per member, its fitted pipelines: one per fold, or one.
    weights_ : ndarray
        Weights that add up to 1.
    feature_names_in_ : ndarray of str
        Columns of the table.
    """

    def __init__(self, members: Sequence[Member] = (), cv: Any = 5) -> None:
        self.members = members
        self.cv = cv

    @classmethod
    def from_fitted(
        cls, members: Sequence[FittedMember], classes: np.ndarray, feature_names: Sequence[str], cv: Any = 5
    ) -> BlendClassifier:
        """Return a fitted blend of fitted pipelines.

        Parameters
        ----------
        members
            Name, fitted pipelines (one per fold) and weight.
        classes : ndarray of shape (K,)
            Original labels in the order of the codes that the pipelines learned.
        feature_names
            Columns of the raw table.
        cv
            Folds for a later `fit` of a clone.
        """
        blend = cls((), cv)
        blend._adopt(members, feature_names)
        blend._set_classes(np.asarray(classes))
        return blend

    def fit(self, X: Any, y: Any) -> Self:
        """Fit all members on all folds of a raw table (n rows) and its labels, shape (n,)."""
        table = normalise(X)
        labels = np.asarray(y)
        if len(labels) != len(table):
            raise DataError(f"X has {len(table):,} rows and y {len(labels):,}; give one label per row.")
        classes, codes = np.unique(labels, return_inverse=True)
        self._fit_folds(table, codes, classifier=True)
        self._set_classes(classes)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return probabilities, shape (n, K), in the order of `classes_`.

        X is a table; or one row as a Series or a dictionary, or an array with the columns of `feature_names_in_`.
        """
        proba = self._average(X, self._answer)
        return np.asarray(proba[:, self._order] / proba.sum(axis=1, keepdims=True))

    def predict(self, X: Any) -> np.ndarray:
        """Return the likeliest label per row, shape (n,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[np.argmax(proba, axis=1)])

    @property
    def _answer_shape(self) -> tuple[int, ...]:
        return (len(self.classes_),)

    def _answer(self, model: Any, matrix: np.ndarray) -> np.ndarray:
        return aligned(np.asarray(model.predict_proba(matrix)), model.classes_, len(self.classes_))

    def _set_classes(self, labels: np.ndarray) -> None:
        """Keep sorted labels, and where each stands among the codes."""
        self._order = np.argsort(labels, kind="stable")
        self.classes_ = labels[self._order]


class BlendRegressor(RegressorMixin, _Blend):  # type: ignore[misc]
    """Weighted average of the predictions of several pipelines, each fitted on every fold or on all rows.

    See `BlendClassifier` for parameters and attributes; there are no classes. The pipelines learn durations as seconds;
    predictions are durations again.

    Attributes
    ----------
    durations_ : bool
        True if the target holds durations.
    """

    def __init__(self, members: Sequence[Member] = (), cv: Any = 5) -> None:
        self.members = members
        self.cv = cv

    @classmethod
    def from_fitted(
        cls, members: Sequence[FittedMember], feature_names: Sequence[str], cv: Any = 5, *, durations: bool = False
    ) -> BlendRegressor:
        """Return a fitted blend of fitted pipelines; `durations` says that they predict seconds of durations."""
        blend = cls((), cv)
        blend._adopt(members, feature_names)
        blend.durations_ = durations
        return blend

    def fit(self, X: Any, y: Any) -> Self:
        """Fit all members on all folds of a raw table (n rows) and its targets, shape (n,)."""
        table = normalise(X)
        values, self.durations_ = _as_numbers(y)
        if len(values) != len(table):
            raise DataError(f"X has {len(table):,} rows and y {len(values):,}; give one target per row.")
        self._fit_folds(table, values, classifier=False)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return a number or a duration per row, shape (n,); X as for `BlendClassifier.predict_proba`."""
        found = self._average(X, lambda model, matrix: np.asarray(model.predict(matrix)).reshape(len(matrix)))
        if getattr(self, "durations_", False):  # models of earlier versions lack it
            return np.asarray(np.round(found * 1e6).astype("timedelta64[us]"))
        return np.asarray(found)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return R² of the predictions for a raw table and its targets, shape (n,)."""
        from sklearn.metrics import r2_score

        predicted = _as_numbers(self.predict(X))[0]
        return float(r2_score(_as_numbers(y)[0], predicted, sample_weight=sample_weight))


def _as_numbers(y: Any) -> tuple[np.ndarray, bool]:
    """Return targets as numbers, durations in seconds, and whether they are durations."""
    values = np.asarray(y)
    if values.dtype.kind == "O" and pd.api.types.infer_dtype(values, skipna=True).startswith("timedelta"):
        values = pd.to_timedelta(pd.Series(values)).to_numpy()
    if values.dtype.kind != "m":
        return np.asarray(values, np.float64), False
    return values / np.timedelta64(1, "s"), True
