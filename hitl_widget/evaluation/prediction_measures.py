"""Objectives on stored out-of-fold predictions: scorers, calibration, groups, custom costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from statistics import fmean, stdev
from typing import Any

import numpy as np

from hitl_widget.data.groups import LEAST_CASES, LEAST_ROWS, groups_of
from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.scorers import BINARY, CLASSES, NUMBERS, checked_metric
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError, MissingExtra
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.user_code import UserCode

__all__ = ["GROUP_MEASURES", "Given", "Measure", "named", "read_predictions"]

GROUP_MEASURES = ("demographic_parity", "equalised_odds", "worst_group")
"""Names measured on predictions by the groups of a column, which follows after a colon."""

RESAMPLES, RESAMPLED_ROWS, RESCORED_ROWS = 50, 20_000, 5000


FoldValue = Callable[[np.ndarray, np.ndarray, np.ndarray | None], float]
"""A function of the targets, the predictions and the weights of rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The out-of-fold predictions of a trial.

    Parameters
    ----------
    context
        The task.
    rows, y, predictions
        Row positions in the table, targets and predictions, one fold after the other.
    parts
        Where each fold stands.
    """

    context: Context
    rows: np.ndarray
    y: np.ndarray
    predictions: np.ndarray
    parts: tuple[slice, ...]

    def over_folds(self, value: FoldValue) -> tuple[float, float | None]:
        """Return mean and standard deviation over folds of a function of targets, predictions and weights."""
        weights = [self.context.weights_of(self.rows[part]) for part in self.parts]
        values = [
            value(self.y[part], self.predictions[part], some) for part, some in zip(self.parts, weights, strict=True)
        ]
        finite = len(values) > 1 and bool(np.isfinite(values).all())
        return fmean(values), stdev(values) if finite else None

    def spread(
        self, value: Callable[[np.ndarray], float], rows: np.ndarray, most: int = RESAMPLED_ROWS
    ) -> float | None:
        """Return the standard error of a function of places, by the bootstrap; of many, `most` are drawn at a time."""
        drawn, rng = min(len(rows), most), np.random.default_rng([abs(self.context.seed), 7])
        values = np.array([value(rows[rng.integers(0, len(rows), drawn)]) for _ in range(RESAMPLES)])
        values = values[np.isfinite(values)]
        return float(np.std(values) * np.sqrt(drawn / len(rows))) if len(values) > RESAMPLES // 2 else None


def read_predictions(context: Context, file: str | None) -> Given:
    """Read a file of out-of-fold predictions."""
    again = "Run the trial again to have them."
    if file is None:
        raise DataError(f"This objective needs out-of-fold predictions, and this trial has none. {again}")
    try:
        predictions = np.load(context.folder / file, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise DataError(
            f"The out-of-fold predictions of this trial cannot be read ({type(error).__name__}). {again}"
        ) from error
    valid = [fold[1] for fold in context.folds]
    ends = np.cumsum([0, *map(len, valid)])
    if len(predictions) != ends[-1]:
        raise DataError(
            f"Out-of-fold predictions cover the {ends[-1]:,} rows of all folds; this trial has {len(predictions):,}. "
            f"{again}"
        )
    rows = np.concatenate(valid)
    parts = tuple(slice(int(a), int(b)) for a, b in pairwise(ends))
    return Given(context, rows, context.y[rows], predictions, parts)


Measure = Callable[[Given], tuple[float, float | None]]


def named(context: Context, name: str, definitions: Mapping[str, Mapping[str, Any]]) -> Measure:
    """Return the function that measures a name; raises DataError when it does not suit the task."""
    from hitl_widget.learners.scoring import score

    task = context.task
    kind = definitions[name].get("kind") if name in definitions else None
    if kind == "matrix":
        cost = partial(_matrix_cost, _matrix_of(context, definitions[name]["matrix"]))
        return lambda given: given.over_folds(cost)
    if kind == "function":
        own = partial(_own_cost, context, UserCode(context.folder).objective(name))
        return lambda given: given.over_folds(own)
    if name == "calibration":
        if task.kind is Kind.REGRESSION:
            raise DataError(
                f"Calibration needs predicted probabilities, and {task.target} is a number; remove this objective."
            )
        return _calibration
    start, colon, column = name.partition(":")
    if colon and start in GROUP_MEASURES:
        return _group_measure(context, start, column)
    if metric_named(name).scorer in BINARY | CLASSES | NUMBERS:
        metric = checked_metric(name, task.kind)
        return lambda given: given.over_folds(lambda y, answers, weights: score(task, y, answers, metric, weights))
    known = ["calibration", *(f"{one}:<column>" for one in GROUP_MEASURES)]
    near = did_you_mean(name, [*known[:1], *sorted(BINARY | CLASSES | NUMBERS)])
    raise DataError(
        f"An objective must be a scikit-learn scorer, {', '.join(known)}, or one that you defined; got {name!r}.{near}"
    )


def _calibration(given: Given) -> tuple[float, float | None]:
    from hitl_widget.learners.scoring import calibration_error

    def error(places: np.ndarray) -> float:
        return calibration_error(given.y[places], given.predictions[places])

    places = np.arange(len(given.y))
    return error(places), given.spread(error, places)


def _matrix_of(context: Context, matrix: Any) -> np.ndarray:
    classes = context.task.classes
    if not classes:
        raise DataError(
            f"A cost matrix needs classes, and {context.task.target} is a number; define the cost as a function."
        )
    costs = np.asarray(matrix, np.float64)
    if costs.shape != (len(classes), len(classes)) or not np.isfinite(costs).all():
        raise DataError(
            f"A cost matrix has a row per true class and a column per predicted class, {len(classes)} of each, in the "
            f"order {', '.join(classes)}, all finite; got shape {costs.shape}. Define it again."
        )
    return costs


def _matrix_cost(costs: np.ndarray, y: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> float:
    """Return the mean cost of deciding for the class of least expected cost."""
    from hitl_widget.learners.scoring import as_proba

    decided = np.argmin(as_proba(predictions) @ costs, axis=1)
    return float(np.average(costs[y, decided], weights=weights))


def _own_cost(
    context: Context,
    function: Callable[..., Any],
    y: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None,
) -> float:
    """Call a custom function with copies of labels or numbers, which it may overwrite."""
    if context.task.kind is Kind.REGRESSION:
        truth, answer = np.array(y, np.float64), np.array(predictions, np.float64)
    else:
        truth, answer = context.classes[np.asarray(y, np.int64)], context.classes[_decided(predictions)]
    found = np.asarray(function(truth, answer), np.float64)
    if found.shape not in ((), (1,), (len(y),)):
        raise DataError(
            f"The function must return one number, or one per row ({len(y):,}); got shape {found.shape}. Fix it."
        )
    return float(np.average(found, weights=weights if found.shape == (len(y),) else None))


def _decided(predictions: np.ndarray) -> np.ndarray:
    """Return codes of classes: from 0.5 up the second of two, the likeliest of more."""
    if predictions.ndim == 2:
        return np.asarray(np.argmax(predictions, axis=1), np.int64)
    return np.asarray(predictions >= 0.5, np.int64)


# -- groups -----------------------------------------------------------------------------------------------------------


def _group_measure(context: Context, name: str, column: str) -> Measure:
    task = context.task
    if name != "worst_group" and task.kind is not Kind.BINARY:
        what = "is a number" if task.kind is Kind.REGRESSION else f"has {len(task.classes)} classes"
        raise DataError(
            f"{name} compares how often the positive of two classes is predicted, and {task.target} {what}; "
            f"use worst_group:{column}."
        )
    codes = context.shared.get(f"groups {column}")
    if codes is None:
        codes = context.shared[f"groups {column}"] = groups_of(context.grouping_column(column))[0]
    if name == "worst_group":
        return lambda given: _worst_group(given, codes[given.rows], column)
    return lambda given: _difference(given, codes[given.rows], column, odds=name == "equalised_odds")


def _worst_group(given: Given, codes: np.ndarray, column: str) -> tuple[float, float | None]:
    """Return the score of the group where the metric is worst; groups where it has no value are left out."""

    def of(places: np.ndarray) -> float:
        try:
            return given.context.score(given.rows[places], given.predictions[places])
        except ValueError:
            return float("nan")

    groups = [np.flatnonzero(codes == code) for code in np.flatnonzero(np.bincount(codes) >= LEAST_ROWS)]
    scores = [(value, i) for i, places in enumerate(groups) if np.isfinite(value := of(places))]
    if not scores:
        raise DataError(
            f"worst_group needs a group of {LEAST_ROWS} rows or more in which {given.context.task.metric.label} has a "
            f"value; {column} has none. Name another column."
        )
    worst, place = min(scores)
    return worst, given.spread(of, groups[place], RESCORED_ROWS)


def _difference(given: Given, codes: np.ndarray, column: str, *, odds: bool) -> tuple[float, float | None]:
    """Return fairlearn's greatest difference of rates between groups that have enough rows."""
    kept = codes >= 0
    for least, rows in _needed(given.y, odds):
        kept &= (np.bincount(codes[rows], minlength=int(codes.max()) + 1) >= least)[codes]
    if len(np.unique(codes[kept])) < 2:
        cases = f", {LEAST_CASES} positives and {LEAST_CASES} negatives" if odds else ""
        raise DataError(
            f"A difference needs two groups of {LEAST_ROWS} rows{cases} or more; {column} has "
            f"{len(np.unique(codes[kept]))}. Name another column."
        )
    places = np.flatnonzero(kept)
    y, decided = np.asarray(given.y, np.int64), _decided(given.predictions)
    value = _fairlearn(y[places], decided[places], codes[places], odds)
    by = [y == 1, y == 0] if odds else [np.ones(len(y), bool)]
    return value, given.spread(lambda drawn: max(_span(decided, codes, drawn[rows[drawn]]) for rows in by), places)


def _needed(y: np.ndarray, odds: bool) -> list[tuple[int, np.ndarray]]:
    """Return how many of which rows a group needs."""
    needed = [(LEAST_ROWS, np.ones(len(y), bool))]
    return [*needed, (LEAST_CASES, y == 1), (LEAST_CASES, y == 0)] if odds else needed


def _fairlearn(y: np.ndarray, decided: np.ndarray, codes: np.ndarray, odds: bool) -> float:
    try:
        from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
    except ImportError as error:
        raise MissingExtra(
            "Differences between groups need the package fairlearn; install it with "
            "pip install 'hitl_widget[fairness]'."
        ) from error
    difference = equalized_odds_difference if odds else demographic_parity_difference
    return float(difference(y, decided, sensitive_features=codes))


def _span(decided: np.ndarray, codes: np.ndarray, places: np.ndarray) -> float:
    """Return the greatest difference between groups in how often the positive is predicted; NaN without rows."""
    rows = np.bincount(codes[places])
    rates = np.bincount(codes[places], weights=decided[places])[rows > 0] / rows[rows > 0]
    return float(np.ptp(rates)) if len(rates) else float("nan")
