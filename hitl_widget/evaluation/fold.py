"""The unit of work: one configuration on one fold, from rows to a score. Runs in workers; nothing here keeps state."""

from __future__ import annotations

import math
import pickle
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data import split
from hitl_widget.data.choices import read_by_transforms, view_of_table
from hitl_widget.data.groups import grouping_column
from hitl_widget.data.reading import Reading, learn_all, read_table
from hitl_widget.data.task import Understood, group_codes, time_ranks
from hitl_widget.domain.data_choices import FIRST_VIEW, DataView
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.task import Kind, Role, SplitScheme, Task
from hitl_widget.errors import DataError
from hitl_widget.evaluation.cache import ArrayStore, Stored, dump_atomically, pickled_size
from hitl_widget.evaluation.user_code import learner_in, transform_in
from hitl_widget.learners.base import Job, Learner
from hitl_widget.learners.preparation import Preparation

__all__ = [
    "Context",
    "FoldResult",
    "FoldUnit",
    "evaluate_fold",
    "open_context",
    "score_predictions",
    "write_context",
]

UNUSED, MOST_TEXTS = "unused.pkl", 1000
"""File with the columns that no model looks at, and the most texts that one of them may have to be kept there."""

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
        What the first fold found out, for example ``{"rounds": 143}``.
    seed
        Seed of the fit.
    max_seconds
        Wall time for fit and search for rounds; None for no limit.
    keep_model
        Keep the fitted model as a file in the scratch folder.
    measure
        What else to measure on the fitted model: names of `hitl_widget.evaluation.measures.MODEL_MEASURES`.
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


@dataclass(frozen=True, slots=True, eq=False)
class FoldResult:
    """What one unit measured.

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
        What the libraries complained of, in plain words.
    model_bytes
        Size of the pickled model.
    model_file
        Where it is kept, relative to the scratch folder; None when it is not.
    measures
        What else was measured on the model, by name; what could not be is left out, with a warning.
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


@dataclass(frozen=True, eq=False)
class Context:
    """A task as workers see it; opened once per process.

    Parameters
    ----------
    folder
        The session's scratch folder.
    task
        The task.
    table : DataFrame of shape (n, p)
        The canonical table: only columns in use.
    readings
        How raw columns become canonical ones.
    y : ndarray of shape (n,)
        Codes or numbers.
    classes
        Original labels by code.
    train, holdout
        Row positions.
    folds
        (train rows, validation rows) per fold.
    seed
        Seed of the session.
    groups, ranks : ndarray of shape (n,) or None
        Group of each row, rank in time of each row, where the task has them.
    view
        What of the data is seen here.
    first
        The context of the table as it was understood; None when this is it.
    """

    folder: Path
    task: Task
    table: pd.DataFrame
    readings: tuple[Reading, ...]
    y: np.ndarray
    classes: np.ndarray
    train: np.ndarray
    holdout: np.ndarray
    folds: tuple[split.Fold, ...]
    seed: int
    groups: np.ndarray | None = None
    ranks: np.ndarray | None = None
    view: DataView = FIRST_VIEW
    first: Context | None = None

    def of(self, view: DataView | None) -> Context:
        """Return the same task on another view of the data; each is made once per process.

        Raises
        ------
        ConfigError
            When a transform of the person's own is not here.
        """
        if view is None or view.number == self.view.number:
            return self
        if self.first is not None:
            return self.first.of(view)
        found = self.others.get(view.number)
        if found is None:
            found = self.others[view.number] = self._seen_by(view)
        return found

    def _seen_by(self, view: DataView) -> Context:
        table, readings = view_of_table(self.task, self.table, self.readings, view.choices, self.folder)
        task = view.choices.applied(self.task)
        return replace(self, task=task, table=table, readings=readings, view=view, first=self)

    @cached_property
    def others(self) -> dict[int, Context]:
        """Other views of the data that this process has made."""
        return {}

    @cached_property
    def transforms(self) -> list[tuple[str, tuple[str, ...], Any]]:
        """The person's own transforms of this view: name, columns and function or unfitted transformer."""
        chosen = self.view.choices.transforms
        return [(one.name, one.columns, transform_in(self.folder, one.name)) for one in chosen]

    def step(self, preparation: Preparation) -> Any:
        """Return the unfitted step from canonical rows to a matrix."""
        from hitl_widget.learners.recipes import recipe_of

        recipe = recipe_of(preparation, self.task.kind)
        if preparation.recipe == "none" or not self.view.choices.reshaping:
            return recipe
        from hitl_widget.learners.columns import ColumnChoices, Shaped

        choices, task = self.view.choices, self.task if self.first is None else self.first.task
        read_only = read_by_transforms(task, choices)
        shape = ColumnChoices(str(task.kind), choices.filling, choices.encoding, self.transforms, read_only)
        return Shaped(shape, recipe)

    @cached_property
    def store(self) -> ArrayStore:
        """Prepared matrices on disk."""
        name = f"prepared-{self.view.number}" if self.view.number else "prepared"
        return ArrayStore(self.folder / name, by_value=bool(self.view.choices.transforms))

    @cached_property
    def opened(self) -> dict[tuple[Preparation, int], Stored]:
        """Prepared matrices that this process has mapped."""
        return {}

    @cached_property
    def shared(self) -> dict[str, Any]:
        """Objects that fold models of this process share."""
        return {}

    @cached_property
    def learners(self) -> dict[str, Learner]:
        """Families that this process has used."""
        return {}

    def learner(self, name: object) -> Learner:
        """Return a family, also one of the person's own that was added since; raises as `learner_in` does."""
        found = self.learners.get(str(name))
        if found is None:
            found = self.learners[str(name)] = learner_in(self.folder, name)
        return found

    def rows(self, rows: np.ndarray) -> pd.DataFrame:
        """Return canonical rows."""
        return self.table.take(rows)

    def grouping_column(self, name: str) -> pd.Series[Any]:
        """Return a column to group rows by, shape (n,), also one that no model looks at.

        Raises
        ------
        DataError
            When there is no such column, or it has too many values to make groups of.
        """
        if name in self.table.columns:
            return self.table[name]
        if name in self.unused:
            return self.unused[name]
        if self.first is not None and name in self.first.table.columns:
            return self.first.table[name]
        known = name in {column.name for column in self.task.columns}
        rule = "has too many texts" if known else "is not in the table"
        raise DataError(
            f"Groups are made of a column of the table with numbers or few texts; {name!r} {rule}. Name another column."
        )

    @cached_property
    def unused(self) -> dict[str, pd.Series[Any]]:
        """Columns that no model looks at, where groups can be made of them; read when first asked for."""
        try:
            found: dict[str, pd.Series[Any]] = pickle.loads((self.folder / UNUSED).read_bytes())  # noqa: S301 - ours
        except FileNotFoundError:
            return {}
        return found


def write_context(folder: str | Path, understood: Understood, seed: int) -> None:
    """Put a task and its canonical table into the scratch folder; loads no learning library.

    Parameters
    ----------
    folder
        Scratch folder of one session, private to its user (it holds pickles); made when missing.
    understood
        What `hitl_widget.data.task.understand` gave.
    seed
        Seed of the session.
    """
    task, folder = understood.task, Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    readings = learn_all(task.columns, understood.table)
    column = task.split.column
    context = Context(
        folder=folder,
        task=task,
        table=read_table(readings, understood.table),
        readings=readings,
        y=understood.y,
        classes=understood.classes,
        train=understood.train,
        holdout=understood.holdout,
        folds=understood.folds,
        seed=seed,
        groups=group_codes(understood.table, str(column)) if task.split.scheme is SplitScheme.GROUPED else None,
        ranks=time_ranks(understood.table, str(column)) if task.split.scheme is SplitScheme.FORWARD else None,
    )
    unused = _unused_columns(understood)
    if unused:
        dump_atomically(unused, folder / UNUSED)
    dump_atomically(context, folder / "context.pkl")


def _unused_columns(understood: Understood) -> dict[str, pd.Series[Any]]:
    """Return the ignored columns that can make groups; texts as categories, which weigh a byte or two a row."""
    found, most = {}, min(MOST_TEXTS, understood.task.rows // 5)
    for column in understood.task.columns_with(Role.IGNORED):
        values = grouping_column(column, understood.table)
        plain = isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiubM"
        if plain or column.distinct <= most:
            found[column.name] = values if plain else values.astype("category")
    return found


def open_context(folder: str | Path) -> Context:
    """Return the task written by `write_context`; forked processes share its memory."""
    with open(Path(folder) / "context.pkl", "rb") as file:
        context: Context = pickle.load(file)  # noqa: S301 - our own private scratch
    return replace(context, folder=Path(folder))


def evaluate_fold(context: Context, unit: FoldUnit) -> FoldResult:
    """Fit a configuration on the training rows of a fold and score it on the validation rows.

    Parameters
    ----------
    context
        The task.
    unit
        What to fit.

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
    from hitl_widget.learners.scoring import predictions_of, score

    begun, context = time.perf_counter(), context.of(unit.view)
    learner = context.learner(unit.config.get(FAMILY))
    with heard() as said, one_thread():
        ready = prepared(context, learner.preparation(unit.config), unit.fold)
        fit_begun = time.perf_counter()
        deadline = None if unit.max_seconds is None else time.monotonic() + unit.max_seconds
        model, hints = fitted(context, learner, unit, ready, deadline)
        predict_begun = time.perf_counter()
        predictions = predictions_of(model, _given(learner, ready.arrays["valid"]), context.task)
        predicted = time.perf_counter()
        value = score(context.task, context.y[context.folds[unit.fold][1]], predictions)
        file, size = _kept(context, unit, model, learner)
        late = deadline is not None and time.monotonic() > deadline + 1.0
        measures, problems = _measured(context, learner, unit, ready, model, value)
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
    """Measure what was asked for; what raises becomes a sentence."""
    if not unit.measure:
        return {}, []
    from hitl_widget.evaluation.measures import measure_each

    values, problems = measure_each(context, learner, ready, model, unit.config, unit.fold, unit.measure, score)
    return values, list(problems.values())


def score_predictions(context: Context | Task, y: np.ndarray, predictions: np.ndarray) -> float:
    """Return the task's score of given predictions; greater is better.

    Parameters
    ----------
    context
        The context or the task itself.
    y : ndarray of shape (n,)
        Codes or numbers.
    predictions : ndarray of shape (n,) or (n, K)
        As in `FoldResult.predictions`, or a weighted average of such.
    """
    from hitl_widget.learners.scoring import score

    return score(context if isinstance(context, Task) else context.task, y, predictions)


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
    context: Context, learner: Learner, unit: FoldUnit, ready: Stored, deadline: float | None = None
) -> tuple[Any, dict[str, Any]]:
    """Return the model of a unit fitted on its fold, and the hints for the other folds."""
    X, y = _given(learner, ready.arrays["train"]), context.y[context.folds[unit.fold][0]]
    job = Job(
        task=context.task,
        rows=X.shape[0],
        columns=X.shape[1],
        categorical=ready.extra.n_categorical_,
        levels=ready.extra.levels_,
        seed=unit.seed,
        rounds=unit.hints.get("rounds"),
        deadline=deadline,
    )
    hints = dict(unit.hints)
    if learner.rounds_matter and job.rounds is None:
        rounds = _rounds(context, learner, unit, job, X, y)
        hints["rounds"] = rounds
        job = replace(job, rounds=rounds)
    model = learner.fit(learner.build(unit.config, job), X, y, job)
    return model, hints | learner.found(model, job)


def _given(learner: Learner, array: np.ndarray) -> np.ndarray:
    """Return a matrix as a learner gets it: code that is not ours may write into it."""
    return np.array(array) if learner.foreign else array


def _rounds(context: Context, learner: Learner, unit: FoldUnit, job: Job, X: np.ndarray, y: np.ndarray) -> int:
    """Find the number of rounds inside the training rows, divided as the folds are."""
    inside, outside = inner_split(context, unit.fold)
    if job.deadline is not None:
        left = job.seconds_left()
        job = replace(job, deadline=time.monotonic() + SEARCH_SHARE * left)
    parts = (X[inside], y[inside]), (X[outside], y[outside])
    found = learner.find_rounds(unit.config, replace(job, rows=len(inside)), *parts)
    return max(1, math.ceil(found * math.sqrt(len(y) / len(inside))))


def inner_split(context: Context, fold: int) -> split.Fold:
    """Return positions within a fold's training rows: those to fit, and a fifth or less to stop on.

    Groups stay together, later rows stand for what comes, classes keep their shares, as in the folds themselves.
    """
    rows = context.folds[fold][0]
    y, rng = context.y[rows], np.random.default_rng([abs(context.seed), 3, fold])
    share = 0.2 if len(rows) < 20_000 else 0.1
    if context.ranks is not None:
        mask = split.forward_holdout(context.ranks[rows], share)
    elif context.groups is not None:
        groups = np.unique(context.groups[rows], return_inverse=True)[1]
        codes = None if context.task.kind is Kind.REGRESSION else y
        parts = min(round(1 / share), int(groups.max()) + 1)
        mask = split.grouped_fold_ids(groups, codes, parts, rng) == 0
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


def model_path(trial: int, fold: int) -> str:
    """Return where the model of a trial and a fold is kept, relative to the scratch folder."""
    return f"models/{trial}-{fold}.pkl"


def _kept(context: Context, unit: FoldUnit, model: Any, learner: Learner) -> tuple[str | None, int]:
    """Keep the model where asked; return the file and the pickled size in bytes."""
    if unit.keep_model:
        file = model_path(unit.trial, unit.fold)
        return file, dump_atomically(model, context.folder / file, by_value=learner.foreign)
    return None, pickled_size(model, by_value=learner.foreign)
