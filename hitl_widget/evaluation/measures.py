"""Objectives besides the metric, measured on a fitted model or on stored out-of-fold predictions.

Runs in workers. Models: `MODEL_MEASURES`, right after the fit if they were requested in time, on the first fold; the
`FOLD_MEASURES` on every fold, of which a trial has the mean.
Predictions: any scorer of `hitl_widget.data.scorers`, ``"calibration"``, the `GROUP_MEASURES` with a column behind a
colon (``"worst_group:town"``), and costs that the user defined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.space import FAMILY, Config
from hitl_widget.errors import DataError, HitlError
from hitl_widget.evaluation.cache import Stored
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import matrix_for, prepared
from hitl_widget.evaluation.fold_models import TrialModel, load_fold_pipeline
from hitl_widget.evaluation.prediction_measures import GROUP_MEASURES, Given, named, read_predictions
from hitl_widget.evaluation.timing import seconds_of_pipeline
from hitl_widget.learners.base import Learner

__all__ = [
    "FOLD_MEASURES",
    "GAP_ROWS",
    "GROUP_MEASURES",
    "MODEL_MEASURES",
    "MeasureJob",
    "MeasureResult",
    "measure",
    "measure_each",
    "measure_model",
    "training_score",
]

MODEL_MEASURES = ("predict_ms", "complexity", "columns_used", "gap")
"""Names measured on a fitted model."""

FOLD_MEASURES = ("gap",)
"""Those of them that are measured on the model of every fold."""

GAP_ROWS = 5000
"""Training rows of a fold that are predicted at most."""

_Values = tuple[dict[str, float], dict[str, str]]
"""Values and problems, both by name."""


@dataclass(frozen=True, slots=True)
class MeasureJob:
    """A request to measure one trial.

    Parameters
    ----------
    trial
        Its number.
    names
        The objectives to measure.
    predictions
        File of its out-of-fold predictions: the validation rows of all folds, one fold after the other.
    config, hints, seed
        To load the models of its folds, or fit them again.
    scores
        The scores of its folds, in order; those that are missing are worked out.
    view
        The view of the data that the trial reads; None for the table as it was understood.
    """

    trial: int
    names: tuple[str, ...]
    predictions: str | None
    config: dict[str, Any]
    hints: dict[str, Any]
    seed: int
    scores: tuple[float, ...] = ()
    view: DataView | None = None


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """The measured values of one trial.

    Parameters
    ----------
    trial
        Its number.
    values
        Finite numbers by name; scores as scikit-learn's scorers give them, greater is better.
    spreads
        Standard deviation over folds (scores, costs) or of the value itself by the bootstrap (calibration, groups).
    problems
        By name, the reason why there is no value, and the remedy.
    """

    trial: int
    values: dict[str, float] = field(default_factory=dict)
    spreads: dict[str, float] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def measure(
    context: Context, jobs: Iterable[MeasureJob], definitions: Mapping[str, Mapping[str, Any]]
) -> list[MeasureResult]:
    """Measure trials; each name fails alone.

    Parameters
    ----------
    context
        The task.
    jobs
        The trials.
    definitions
        Costs that the user defined, by name: ``{"kind": "matrix", "matrix": [[...]]}`` with true classes as rows and
        predicted ones as columns, both in the order of `task.classes`; or ``{"kind": "function"}``, pickled by
        cloudpickle in ``objectives/<name>.pkl`` of the scratch folder.
    """
    from hitl_widget.learners.fitting import heard, one_thread

    results = []
    for job in jobs:
        result = MeasureResult(job.trial)
        on_model = tuple(name for name in job.names if name in MODEL_MEASURES and name not in definitions)
        with heard(), one_thread():
            if on_model:
                _of_model(context, job, on_model, result)
            _of_predictions(
                context.of(job.view), job, [name for name in job.names if name not in on_model], definitions, result
            )
        results.append(result)
    return results


# -- the fitted model -------------------------------------------------------------------------------------------------


def measure_model(
    context: Context,
    learner: Learner,
    ready: Stored,
    model: Any,
    config: Config,
    fold: int,
    names: Sequence[str],
    score: float,
) -> dict[str, float]:
    """Measure a fitted model.

    Parameters
    ----------
    context
        The task.
    learner, config
        Its family and configuration.
    ready
        The matrices of its fold and the fitted preparation.
    model
        What the fit returned.
    fold
        The fold.
    names
        Some of `MODEL_MEASURES`.
    score
        The score on the fold's validation rows.

    Raises
    ------
    DataError
        For another name.
    Exception
        Whatever the model raises; see `measure_each`.
    """
    from hitl_widget.learners.complexity import columns_used, parts_of

    measures: dict[str, Callable[[], float]] = {
        "predict_ms": lambda: 1000 * seconds_of_pipeline(context, ready.extra, model, foreign=learner.foreign),
        "complexity": lambda: parts_of(model),
        "columns_used": lambda: len(columns_used(model, ready.extra)),
        "gap": lambda: training_score(context, learner, ready.arrays, model, fold)[0] - score,
    }
    unknown = [name for name in names if name not in measures]
    if unknown:
        raise DataError(f"The measures of a model are {', '.join(measures)}; got {unknown[0]!r}.")
    return {name: _finite(name, measures[name]()) for name in names}


def measure_each(
    context: Context,
    learner: Learner,
    ready: Stored,
    model: Any,
    config: Config,
    fold: int,
    names: Sequence[str],
    score: float,
) -> _Values:
    """Measure a fitted model as `measure_model` does, name by name; an exception becomes a sentence."""
    from hitl_widget.learners.fitting import one_thread

    values: dict[str, float] = {}
    problems: dict[str, str] = {}
    for name in names:
        try:
            with one_thread():
                values |= measure_model(context, learner, ready, model, config, fold, (name,), score)
        except Exception as error:  # noqa: BLE001 - one measure, of anyone's model
            problems[name] = _sentence(name, error)
    return values, problems


def _of_model(context: Context, job: MeasureJob, names: tuple[str, ...], result: MeasureResult) -> None:
    """Add the measures on the models of a job, from their files or fitted again, to a result."""
    context = context.of(job.view)
    each = tuple(name for name in names if name in FOLD_MEASURES)
    found: dict[str, list[float]] = {name: [] for name in names}
    for fold in range(len(context.folds) if each else 1):
        values, problems = _of_fold(context, job, fold, names if fold == 0 else each)
        result.problems.update(problems)
        for name, value in values.items():
            found[name].append(value)
    for name in (one for one in names if one not in result.problems):
        result.values[name] = float(np.mean(found[name]))
        if len(found[name]) > 1:
            result.spreads[name] = float(np.std(found[name], ddof=1))


def _of_fold(context: Context, job: MeasureJob, fold: int, names: tuple[str, ...]) -> _Values:
    from hitl_widget.learners.scoring import predictions_of

    try:
        learner = context.learner(job.config.get(FAMILY))
        member = TrialModel(job.trial, job.config, job.hints, job.seed, view=job.view)
        model = load_fold_pipeline(context, member, fold)[-1]
        ready = prepared(context, learner.preparation(job.config), fold)
        if fold < len(job.scores):
            value = job.scores[fold]
        else:
            valid = predictions_of(model, matrix_for(learner, ready.arrays["valid"]), context.task)
            value = context.score(context.folds[fold][1], valid)
    except Exception as error:  # noqa: BLE001 - costs this trial's measures only
        return {}, {name: _sentence(name, error) for name in names}
    return measure_each(context, learner, ready, model, job.config, fold, names, value)


def training_score(
    context: Context, learner: Learner, arrays: Mapping[str, np.ndarray], model: Any, fold: int
) -> tuple[float, int]:
    """Return the score on the rows that a fold's model was fitted on, or on 5,000 of them, and their number.

    Parameters
    ----------
    context
        The task.
    learner
        The family of the model.
    arrays
        The matrices of the fold.
    model
        What the fit returned.
    fold
        The fold.
    """
    from hitl_widget.learners.scoring import predictions_of

    matrix, rows = arrays["train"], context.folds[fold][0]
    if len(rows) > GAP_ROWS:
        some = np.sort(np.random.default_rng([abs(context.seed), 6, fold]).permutation(len(rows))[:GAP_ROWS])
        matrix, rows = matrix[some], rows[some]
    return context.score(rows, predictions_of(model, matrix_for(learner, matrix), context.task)), len(rows)


def _of_predictions(
    context: Context,
    job: MeasureJob,
    names: Sequence[str],
    definitions: Mapping[str, Mapping[str, Any]],
    result: MeasureResult,
) -> None:
    """Add the measures on predictions to a result."""
    given: Given | None = None
    for name in names:
        try:
            value = named(context, name, definitions)
            given = given or read_predictions(context, job.predictions)
            mean, spread = value(given)
            result.values[name] = _finite(name, mean)
            if spread is not None and np.isfinite(spread):
                result.spreads[name] = float(spread)
        except Exception as error:  # noqa: BLE001 - one measure, perhaps the user's function
            result.problems[name] = _sentence(name, error)


# -- words ------------------------------------------------------------------------------------------------------------


def _finite(name: str, value: float) -> float:
    if not np.isfinite(value):
        raise DataError(
            f"{name} must be a finite number; the result was {value}. Remove this objective, or define it again."
        )
    return float(value)


def _sentence(name: str, error: Exception) -> str:
    """Return a sentence on why a measure has no value."""
    text = " ".join(str(error).split())
    if isinstance(error, HitlError):
        return text
    text = (text if len(text) <= 300 else text[:299] + "…").rstrip(".")
    what = f"{type(error).__name__}: {text}"
    return f"{name} could not be measured: {what}. Remove this objective, or fix the function that raised this."
