"""A task as workers see it: rows, folds, views of the data, shared caches. Written once, opened once per process."""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data import split
from hitl_widget.data.choices import raw_table, read_by_transforms, view_of_table
from hitl_widget.data.groups import grouping_column
from hitl_widget.data.reading import Reading, learn_all, read_table
from hitl_widget.data.row_set import RowSet, RowStore
from hitl_widget.data.task import Understood, group_codes, time_ranks
from hitl_widget.domain.data_choices import FIRST_VIEW, NO_CHOICES, DataChoices, DataView
from hitl_widget.domain.task import Role, Task
from hitl_widget.errors import DataError
from hitl_widget.evaluation.cache import ArrayStore, Stored, dump_atomically
from hitl_widget.evaluation.files import dump_mapped, load_mapped
from hitl_widget.evaluation.user_code import UserCode
from hitl_widget.learners.base import Learner
from hitl_widget.learners.preparation import Preparation
from hitl_widget.learners.registry import LEARNERS

__all__ = ["Context", "open_context", "score_predictions", "write_context"]

CONTEXT = "context.bin"
"""File with the task and its canonical table."""

UNUSED, MOST_TEXTS = "unused.pkl", 1000
"""File with the columns that no model looks at, and the most texts that one of them may have to be kept there."""

RAW, SAMPLE = "raw.pkl", 1000
"""File with rows of the raw table for measuring prediction times, and how many."""


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
        The view of the data.
    weights : ndarray of shape (n,) or None
        Weight of each row in fits and scores; None if all count the same.
    first
        The context of the table as it was understood; None when this is it.
    row_set
        The rows of the view; None for those of the original task.
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
    weights: np.ndarray | None = None
    row_set: RowSet | None = None

    def of(self, view: DataView | None) -> Context:
        """Return the same task on another view of the data; each is made once per process.

        Raises
        ------
        ConfigError
            When the code of a custom transform is missing.
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
        choices, rows = view.choices, self._rows_of(view.choices)
        table, readings = view_of_table(self.task, self.table, self.readings, choices, self.folder, rows)
        found = replace(self, task=choices.applied(self.task), table=table, readings=readings, view=view, first=self)
        if rows is None:
            return found
        return replace(
            found,
            y=rows.y,
            classes=self.classes if rows.classes is None else rows.classes,
            train=rows.divided.train,
            holdout=rows.divided.holdout,
            folds=rows.divided.folds,
            groups=rows.groups,
            ranks=rows.ranks,
            weights=rows.weights,
            row_set=rows,
        )

    def _rows_of(self, choices: DataChoices) -> RowSet | None:
        return None if choices.rows is None else RowStore(self.folder).rows(choices.rows.key)

    @cached_property
    def others(self) -> dict[int, Context]:
        """Other views of the data that this process has made."""
        return {}

    @cached_property
    def refits(self) -> Context:
        """The same view with two more folds, which train on all rows of the search, and on all rows.

        The first is validated on the holdout, where there is one; the second has nothing left to be validated on, and
        holds one row because a matrix needs one.
        """
        every = np.sort(np.concatenate([self.train, self.holdout]))
        search = self.train, self.holdout if len(self.holdout) else every[:1]
        return replace(self, folds=(*self.folds, search, (every, every[:1])))

    @cached_property
    def transforms(self) -> list[tuple[str, tuple[str, ...], Any]]:
        """The custom transforms of this view: name, columns and function or unfitted transformer."""
        chosen = self.view.choices.transforms
        return [(one.name, one.columns, UserCode(self.folder).transform(one.name)) for one in chosen]

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
        choices = self.view.choices.of_models  # the metric changes no matrix
        name = "prepared"
        if choices != NO_CHOICES:
            name += "-" + hashlib.sha256(json.dumps(choices.as_json(), sort_keys=True).encode()).hexdigest()[:12]
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
        """Return a family, also a custom one that was added since; raises as `UserCode.learner` does."""
        found = self.learners.get(str(name))
        if found is None:
            found = self.learners[str(name)] = UserCode(self.folder).learner(name)
        return found

    def weights_of(self, rows: np.ndarray) -> np.ndarray | None:
        """Return the weights of some rows, shape (m,); None if all rows count the same."""
        return None if self.weights is None else self.weights[rows]

    def score(self, rows: np.ndarray, predictions: np.ndarray) -> float:
        """Return the task's score of predictions for some rows, by their weights; greater is better."""
        return score_predictions(self, self.y[rows], predictions, self.weights_of(rows))

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
        known = name in {column.name for column in self.task.columns}
        if known and self.first is not None and not self._other_table and name in self.first.table.columns:
            return self.first.table[name]
        rule = "has too many different texts" if known else "is not in the table"
        raise DataError(
            f"Groups need a column with numbers or few different texts; {name!r} {rule}. Choose another column."
        )

    @property
    def _other_table(self) -> bool:
        """True if the view has other rows or another target, so that its table is not the first one."""
        return self.row_set is not None and bool(self.row_set.added or self.row_set.target is not None)

    @cached_property
    def raw_sample(self) -> pd.DataFrame:
        """At most 1,000 rows of the raw table, as a person would give them to a model; loaded on first use."""
        if self.row_set is not None and self.row_set.target is not None:
            names = [column.name for column in self.task.columns]
            return raw_table(self.folder, self.row_set)[names].take(_some(self.train, self.seed))
        found: pd.DataFrame = pickle.loads((self.folder / RAW).read_bytes())  # noqa: S301 - ours
        return found

    @cached_property
    def unused(self) -> dict[str, pd.Series[Any]]:
        """Columns that no model reads, where they can form groups; loaded on first use."""
        if self._other_table:
            table = raw_table(self.folder, self.row_set)
            return {column.name: grouping_column(column, table) for column in self.task.columns}
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
    grouped, ordered = task.split.group_column, task.split.time_column
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
        groups=group_codes(understood.table, grouped) if grouped else None,
        ranks=time_ranks(understood.table, ordered) if ordered else None,
        weights=understood.weights,
    )
    unused = _unused_columns(understood)
    if unused:
        dump_atomically(unused, folder / UNUSED)
    dump_atomically(understood.table.take(_some(understood.train, seed)), folder / RAW)
    dump_mapped(context, folder / CONTEXT)


def _some(rows: np.ndarray, seed: int) -> np.ndarray:
    """Return at most 1,000 of some rows, ascending."""
    return np.sort(np.random.default_rng([abs(seed), 5]).permutation(rows)[:SAMPLE])


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
    """Return the task written by `write_context`; all processes share the memory of its arrays."""
    context: Context = load_mapped(Path(folder) / CONTEXT)
    LEARNERS.find()  # workers are forked after this
    return replace(context, folder=Path(folder))


def score_predictions(
    context: Context | Task, y: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """Return the task's score of given predictions; greater is better.

    Parameters
    ----------
    context
        The context or the task itself.
    y : ndarray of shape (n,)
        Codes or numbers.
    predictions : ndarray of shape (n,) or (n, K)
        As in `FoldResult.predictions`, or a weighted average of such.
    weights : ndarray of shape (n,), optional
        Weights of the rows.
    """
    from hitl_widget.learners.scoring import score

    task = context if isinstance(context, Task) else context.task
    return score(task, y, predictions, weights=weights)
