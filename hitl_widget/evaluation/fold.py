"""The unit of work: one configuration on one fold, from rows to a score. Runs in workers; nothing here keeps state."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hitl_widget.domain.space import FAMILY
from hitl_widget.evaluation.cache import Stored, dump_atomically, pickled_size
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import FoldUnit, Report, fitted, matrix_for, model_path, prepared
from hitl_widget.evaluation.measures import measure_each
from hitl_widget.learners.base import Learner

__all__ = ["FoldResult", "evaluate_fold"]


@dataclass(frozen=True, slots=True, eq=False)
class FoldResult:
    """The result of one unit.

    Parameters
    ----------
    trial, fold
        As in the unit.
    score
        Value of the task's scorer on the validation rows; greater is better; finite.
    predictions : ndarray of float32
        Shape (n_valid,): numbers or P(code 1); shape (n_valid, K): probabilities of classes. In the order of
        ``context.folds[fold][1]``.
    seconds, prepare_seconds, fit_seconds, predict_seconds
        Wall time: all, preparing (0 when another unit had done it), fitting with the search for rounds, predicting.
        Measuring more counts in the first only.
    valid_rows
        Rows predicted.
    hints
        For the other folds.
    warnings
        Warnings of the libraries, in plain words.
    model_bytes
        Size of the pickled pipeline: its preparation and its model.
    model_file
        File of the model, relative to the scratch folder; None when it is not stored.
    measures
        Further measures on the model, by name; failed ones are left out, with a warning.
    """

    trial: int
    fold: int
    score: float
    predictions: np.ndarray
    seconds: float
    prepare_seconds: float
    fit_seconds: float
    predict_seconds: float
    valid_rows: int
    hints: dict[str, Any]
    warnings: tuple[str, ...]
    model_bytes: int | None
    model_file: str | None
    measures: dict[str, float] = field(default_factory=dict)


def evaluate_fold(context: Context, unit: FoldUnit, report: Report | None = None) -> FoldResult:
    """Fit a configuration on the training rows of a fold and score it on the validation rows.

    Parameters
    ----------
    context
        The task.
    unit
        The unit to fit.
    report
        Receives the boosting rounds done, while it is fitted.

    Returns
    -------
    FoldResult

    Raises
    ------
    ConfigError, MissingExtra
        For a family that is unknown or not installed.
    ValueError
        When the model gives no finite predictions or no finite score; the message is in plain words.
    """
    from hitl_widget.learners.fitting import heard, one_thread
    from hitl_widget.learners.scoring import predictions_of

    begun, context = time.perf_counter(), context.of(unit.view)
    learner = context.learner(unit.config.get(FAMILY))
    with heard() as said, one_thread():
        ready = prepared(context, learner.preparation(unit.config), unit.fold)
        fit_begun = time.perf_counter()
        deadline = None if unit.max_seconds is None else time.monotonic() + unit.max_seconds
        model, hints = fitted(context, learner, unit, ready, deadline, report)
        predict_begun = time.perf_counter()
        predictions = predictions_of(model, matrix_for(learner, ready.arrays["valid"]), context.task)
        predicted = time.perf_counter()
        value = context.score(context.folds[unit.fold][1], predictions)
        file, size = _stored(context, unit, model, learner)
        size += pickled_size(ready.extra, by_value=bool(context.view.choices.transforms))
        late = deadline is not None and time.monotonic() > deadline + 1.0
        measures, problems = _measured(context, learner, unit, ready, model, value)
    if context.task.between is not None and bool(model.outside(matrix_for(learner, ready.arrays["valid"])).any()):
        said.append("Impossible predictions were clipped.")
    if late:
        said.append("Took longer than its share of the budget.")
    said += problems
    return FoldResult(
        trial=unit.trial,
        fold=unit.fold,
        score=value,
        predictions=predictions,
        seconds=time.perf_counter() - begun,
        prepare_seconds=ready.seconds,
        fit_seconds=predict_begun - fit_begun,
        predict_seconds=predicted - predict_begun,
        valid_rows=len(predictions),
        hints=hints,
        warnings=tuple(said),
        model_bytes=size,
        model_file=file,
        measures=measures,
    )


def _measured(
    context: Context, learner: Learner, unit: FoldUnit, ready: Stored, model: Any, score: float
) -> tuple[dict[str, float], list[str]]:
    """Measure the requested objectives; an exception becomes a sentence."""
    if not unit.measure:
        return {}, []
    values, problems = measure_each(context, learner, ready, model, unit.config, unit.fold, unit.measure, score)
    return values, list(problems.values())


def _stored(context: Context, unit: FoldUnit, model: Any, learner: Learner) -> tuple[str | None, int]:
    """Keep the model where asked; return the file and the pickled size in bytes."""
    if unit.keep_model:
        file = model_path(unit.trial, unit.fold)
        return file, dump_atomically(model, context.folder / file, by_value=learner.foreign)
    return None, pickled_size(model, by_value=learner.foreign)
