"""Fitting one configuration on the training rows of one fold: preparation, rounds, model. Runs in workers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hitl_widget.data import split
from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.space import Value
from hitl_widget.domain.task import Kind, Role, Task
from hitl_widget.evaluation.balancing import balanced_job, balanced_model
from hitl_widget.evaluation.cache import Stored
from hitl_widget.evaluation.context import Context
from hitl_widget.learners.balance import balance_of
from hitl_widget.learners.base import Job, Learner
from hitl_widget.learners.preparation import Preparation

__all__ = ["FoldUnit", "Report", "fitted", "inner_split", "matrix_for", "model_path", "prepared"]

Report = Callable[[tuple[int, int, bool]], None]
"""Receives the arguments of `hitl_widget.domain.fit.Rounds`: rounds done, the most, whether they are being chosen."""

SEARCH_SHARE = 0.5
"""Share of a unit's time that the search for rounds may take."""


@dataclass(frozen=True, slots=True)
class FoldUnit:
    """One configuration on one fold.

    Parameters
    ----------
    trial, fold
        Numbers, from 0.
    config
        The whole configuration.
    hints
        Findings of the first fold, for example ``{"rounds": 143}``.
    seed
        Seed of the fit.
    max_seconds
        Wall time for fit and search for rounds; None for no limit.
    keep_model
        Keep the fitted model as a file in the scratch folder.
    measure
        Further measures on the fitted model: names of `hitl_widget.evaluation.measures.MODEL_MEASURES`.
    view
        The view of the data that it reads; None for the table as it was understood.
    """

    trial: int
    fold: int
    config: dict[str, Value]
    hints: dict[str, Any]
    seed: int = 0
    max_seconds: float | None = None
    keep_model: bool = True
    measure: tuple[str, ...] = ()
    view: DataView | None = None


def prepared(context: Context, preparation: Preparation, fold: int) -> Stored:
    """Return the matrices ``train`` and ``valid`` of a fold and, as `extra`, the fitted preparation."""
    known = context.opened.get((preparation, fold))
    if known is not None:
        return known

    def make() -> tuple[dict[str, np.ndarray], Any]:
        train, valid = context.folds[fold]
        step = context.step(preparation)
        arrays = {"train": step.fit_transform(context.rows(train), context.y[train])}
        arrays["valid"] = step.transform(context.rows(valid))
        return arrays, step

    found = context.store.get(f"{preparation.key}-{fold}", make)
    context.opened[preparation, fold] = replace(found, seconds=0.0)
    return found


def fitted(
    context: Context,
    learner: Learner,
    unit: FoldUnit,
    ready: Stored,
    deadline: float | None = None,
    report: Report | None = None,
) -> tuple[Any, dict[str, Any]]:
    """Return the model of a unit fitted on its fold, and the hints for the other folds."""
    counting = _counting(context, unit.fold)
    rows = context.folds[unit.fold][0][counting]
    matrix = ready.arrays["train"]
    X, y = matrix_for(learner, matrix if len(rows) == len(matrix) else matrix[counting]), context.y[rows]
    job = Job(
        task=context.task,
        rows=X.shape[0],
        columns=X.shape[1],
        categorical=ready.extra.n_categorical_,
        levels=ready.extra.levels_,
        seed=unit.seed,
        rounds=unit.hints.get("rounds"),
        deadline=deadline,
        directions=_directions(context.task, ready.extra),
        weights=_scaled(context.weights_of(rows)),
        report=_listener(report),
    )
    hints, way = dict(unit.hints), balance_of(learner, unit.config, context.task)
    if learner.rounds_matter and job.rounds is None:
        choosing = replace(job, report=_listener(report, choosing=True))
        rounds = _rounds(context, learner, unit, choosing, X, y, way)
        hints["rounds"] = rounds
        job = replace(job, rounds=rounds)
    if way is None:
        model = inner = learner.fit(learner.build(unit.config, job), X, y, job)
    else:
        parts = inner_parts(context, unit.fold) if way == "threshold" else ()
        model, inner = balanced_model(learner, unit.config, X, y, job, way, parts)
    if context.task.between is not None:
        model = bounded(model, *context.task.between)
    return model, hints | learner.found(inner, job)


def _listener(report: Report | None, *, choosing: bool = False) -> Callable[[int, int], None] | None:
    return None if report is None else lambda done, most: report((done, most, choosing))


def _directions(task: Task, preparation: Any) -> tuple[int, ...]:
    """Return the direction of each column of a matrix; only a column's own numbers have one, no part or level of it."""
    numbers = {one.name for one in task.columns_with(Role.NUMERIC)}
    wanted = {name: direction for name, direction in task.monotone if name in numbers}
    if not wanted:
        return ()
    pairs = zip(preparation.get_feature_names_out(), preparation.sources(), strict=True)
    found = tuple(wanted.get(name, 0) if name == source else 0 for name, source in pairs)
    return found if any(found) else ()


def bounded(model: Any, low: float | None, high: float | None) -> Any:
    """Return a fitted regressor whose impossible predictions are clipped."""
    from hitl_widget.learners.bounded import BoundedRegressor

    return BoundedRegressor.around(model, low, high)


def _scaled(weights: np.ndarray | None) -> np.ndarray | None:
    """Return weights with the mean 1, so that penalties and leaf sizes mean the same as without weights."""
    return None if weights is None else weights / weights.mean()


def matrix_for(learner: Learner, array: np.ndarray) -> np.ndarray:
    """Return a matrix as a learner gets it: custom code may write into it."""
    return np.array(array) if learner.foreign else array


def _rounds(
    context: Context, learner: Learner, unit: FoldUnit, job: Job, X: np.ndarray, y: np.ndarray, way: str | None
) -> int:
    """Find the number of rounds inside the training rows, divided as the folds are."""
    inside, outside = inner_split(context, unit.fold)
    if job.deadline is not None:
        left = job.seconds_left()
        job = replace(job, deadline=time.monotonic() + SEARCH_SHARE * left)
    rows, job = balanced_job(y, inside, outside, way, job)
    found = learner.find_rounds(unit.config, job, (X[rows], y[rows]), (X[outside], y[outside]))
    return max(1, math.ceil(found * math.sqrt(len(y) / len(inside))))


def _counting(context: Context, fold: int) -> np.ndarray:
    """Return the positions of a fold's training rows with a weight above 0: the others are not fitted on."""
    rows = context.folds[fold][0]
    weights = context.weights_of(rows)
    return np.arange(len(rows)) if weights is None else np.flatnonzero(weights > 0)


def inner_split(context: Context, fold: int) -> split.Fold:
    """Return positions within a fold's training rows that count: those to fit, and a fifth or less to stop on.

    Groups stay together, later rows stand for what comes, classes keep their shares, as in the folds themselves.
    """
    rows = context.folds[fold][0][_counting(context, fold)]
    y, rng = context.y[rows], np.random.default_rng([abs(context.seed), 3, fold])
    share = 0.2 if len(rows) < 20_000 else 0.1
    if context.ranks is not None:
        mask = split.forward_holdout(context.ranks[rows], share)
    elif context.groups is not None:
        mask = _group_parts(context, rows, y, round(1 / share), rng) == 0
    elif context.task.kind is Kind.REGRESSION:
        mask = np.zeros(len(rows), bool)
        mask[rng.permutation(len(rows))[: max(1, round(share * len(rows)))]] = True
    else:
        mask = split.stratified_holdout(y, share, 1, rng)
    if context.task.kind is not Kind.REGRESSION:
        mask &= np.isin(y, np.unique(y[~mask]))
    if not mask.any() or mask.all():
        mask = np.zeros(len(rows), bool)
        mask[rng.permutation(len(rows))[: max(1, len(rows) // 5)]] = True
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def inner_parts(context: Context, fold: int) -> list[split.Fold]:
    """Return positions within a fold's training rows that count, to fit and to predict: each is predicted once.

    With a time column, they are those of `inner_split`, so that later rows are predicted.
    """
    rows = context.folds[fold][0][_counting(context, fold)]
    y, rng = context.y[rows], np.random.default_rng([abs(context.seed), 7, fold])
    if context.ranks is not None:
        return [inner_split(context, fold)]
    if context.groups is not None:
        ids = _group_parts(context, rows, y, _PARTS, rng)
    else:
        ids = split.stratified_fold_ids(y, _PARTS, rng)
    return list(split.ids_to_folds(ids, np.arange(len(rows))))


_PARTS = 3


def _group_parts(context: Context, rows: np.ndarray, y: np.ndarray, parts: int, rng: np.random.Generator) -> np.ndarray:
    """Return a part for each row, so that groups stay together and classes are spread; fewer parts for few groups."""
    assert context.groups is not None
    groups = np.unique(context.groups[rows], return_inverse=True)[1]
    codes = None if context.task.kind is Kind.REGRESSION else y
    return split.grouped_fold_ids(groups, codes, min(parts, int(groups.max()) + 1), rng)


def model_path(trial: int, fold: int) -> str:
    """Return the path of the model of a trial and a fold, relative to the scratch folder."""
    return f"models/{trial}-{fold}.pkl"
