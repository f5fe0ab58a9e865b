"""Evaluate a user's estimator on the session's folds. Runs in a worker."""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.domain.task import Kind, Role
from hitl_widget.errors import ConfigError
from hitl_widget.evaluation.context import Context
from hitl_widget.explain.comparison import Contender
from hitl_widget.explain.phrases import listed
from hitl_widget.learners.base import weights_for

__all__ = ["OwnResult", "evaluate_own"]


@dataclass(frozen=True, slots=True, eq=False)
class OwnResult:
    """Result of a user's estimator on the folds.

    Parameters
    ----------
    name
        Display name.
    scores
        Score by fold, greater is better; those done before a problem.
    predictions
        By fold, shape (n_valid,) or (n_valid, K), as `FoldResult.predictions`.
    seconds
        Wall time by fold: fit and predict.
    warnings
        In plain words.
    problem
        Why it could not be scored, and the remedy; "" if it was.
    detail
        The error as Python tells it.
    """

    name: str
    scores: dict[int, float]
    predictions: dict[int, np.ndarray]
    seconds: dict[int, float]
    warnings: tuple[str, ...] = ()
    problem: str = ""
    detail: str = ""

    @property
    def contender(self) -> Contender:
        """The estimator beside others; one that failed has no scores."""
        scores = {} if self.problem else self.scores
        return Contender(self.name, scores, "own", seconds=sum(self.seconds.values()), problem=self.problem)


def evaluate_own(
    context: Context, estimator: Any, *, name: str = "your own model", folds: Sequence[int] | None = None
) -> OwnResult:
    """Fit a user's estimator on the training rows of each fold and score it on the others.

    It gets tables with the columns in use, read as the models read them (numbers, categories, dates, texts; missing
    cells stay), and the original labels. Each fold fits a clone; the estimator itself is not modified.

    Parameters
    ----------
    context
        The task.
    estimator
        Anything with ``fit(X, y)`` and ``predict(X)``; most often a scikit-learn pipeline. Where the metric needs
        probabilities, with ``predict_proba`` or ``decision_function``.
    name
        Name in sentences.
    folds
        Folds to score, default all.

    Returns
    -------
    OwnResult
        Errors of the estimator are reported in `problem` and never raised.
    """
    from hitl_widget.learners.custom import usable
    from hitl_widget.learners.fitting import heard, one_thread

    scores: dict[int, float] = {}
    predictions: dict[int, np.ndarray] = {}
    seconds: dict[int, float] = {}
    problem = detail = ""
    title = type(estimator).__name__
    with heard() as said, one_thread():
        for fold in range(len(context.folds)) if folds is None else folds:
            train, valid = context.folds[fold]
            begun, step = time.perf_counter(), "made"
            try:
                model = usable(_copied(estimator), title, context.task)
                step = "fitted"
                weights = weights_for(model, context.weights_of(train))
                model.fit(context.rows(train), _targets(context, train), **weights)
                step = "asked for predictions"
                predictions[fold] = _predicted(context, model, valid)
                seconds[fold] = time.perf_counter() - begun
                step = "scored"
                scores[fold] = context.score(valid, predictions[fold])
            except ConfigError as error:
                problem, detail = str(error), ""
            except Exception as error:  # noqa: BLE001 - user code may raise anything
                problem, detail = _in_words(context, title, step, error), f"{type(error).__name__}: {error}"
            if problem:
                break
    return OwnResult(name, scores, predictions, seconds, tuple(said), problem, detail)


def _copied(estimator: Any) -> Any:
    from sklearn.base import clone

    if isinstance(estimator, type):
        return estimator()
    return clone(estimator) if hasattr(estimator, "get_params") else copy.deepcopy(estimator)


def _targets(context: Context, rows: np.ndarray) -> np.ndarray:
    y = context.y[rows]
    return np.asarray(y if context.task.kind is Kind.REGRESSION else context.classes[y])


def _predicted(context: Context, model: Any, rows: np.ndarray) -> np.ndarray:
    """Return predictions as trials give them: numbers, P(code 1), or probabilities in the order of the codes."""
    X, task = context.rows(rows), context.task
    if task.kind is Kind.REGRESSION:
        values = np.asarray(model.predict(X), np.float64).reshape(len(rows))
    else:
        codes = {label: code for code, label in enumerate(np.asarray(context.classes).tolist())}
        given = np.asarray(model.predict_proba(X), np.float64)
        whole = np.zeros((len(rows), len(task.classes)))
        whole[:, [codes[label] for label in np.asarray(model.classes_).tolist()]] = given
        values = whole[:, 1] if task.kind is Kind.BINARY else whole
    bad = int((~np.isfinite(values)).reshape(len(rows), -1).any(axis=1).sum())
    if bad:
        raise ValueError(f"its prediction is not a finite number for {bad:,} of {len(rows):,} rows")
    return values.astype(np.float32)


def _in_words(context: Context, title: str, step: str, error: BaseException) -> str:
    """Describe the error and its most likely cause in the table."""
    text = " ".join(str(error).split()).rstrip(".")[:200]
    first = f"{title} could not be {step}: {text or type(error).__name__}."
    lower = text.lower()
    task = context.task
    if "nan" in lower or "missing" in lower:
        gaps = [name for name in context.table.columns if bool(context.table[name].isna().any())]
        if gaps:
            return f"{first} {_start(gaps)} missing cells; put SimpleImputer() or skrub.tabular_pipeline() before it."
    if "convert" in lower or "string" in lower or "dtype" in lower or "category" in lower:
        odd = [column.name for column in task.columns_with(Role.CATEGORICAL, Role.TEXT, Role.DATE)]
        if odd:
            return (
                f"{first} {_start(odd)} no numbers; put an encoder before it, such as OneHotEncoder() or "
                "skrub.tabular_pipeline(estimator)."
            )
    return f"{first} It gets the raw columns of the table, and is fitted on the rows of each fold."


def _start(names: Sequence[str]) -> str:
    return (
        f"{'Column' if len(names) == 1 else 'Columns'} {listed([repr(one) for one in names])} "
        f"hold{'s' * (len(names) == 1)}"
    )
