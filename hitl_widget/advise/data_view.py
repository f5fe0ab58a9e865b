"""A task with its table, as rules on data see it; quantities that several rules need are computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from hitl_widget.advise.grouping import Grouping, find_grouping
from hitl_widget.data.rows import FOLDS
from hitl_widget.data.scorers import decides
from hitl_widget.data.skill import skill, skill_metric
from hitl_widget.data.task import Understood
from hitl_widget.data.univariate import (
    ColumnValues,
    UnivariateModel,
    cells_of,
    column_values,
    fit_univariate,
    local_folds,
    ranks,
    sampled,
    strength,
    targets,
)
from hitl_widget.domain.commands.data import ChangeData, SetMetric
from hitl_widget.domain.commands.registry import as_json
from hitl_widget.domain.commands.rows import DropRows, SetSplit
from hitl_widget.domain.commands.space import SetBalance
from hitl_widget.domain.figures import number
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.objective import Metric, metric_named
from hitl_widget.domain.task import Kind, Role, Split, SplitScheme

__all__ = [
    "DataView",
    "balance",
    "drop",
    "drop_or_keep",
    "drop_rows",
    "keep",
    "listed",
    "share",
    "split_by",
    "use_metric",
]

_MOST_FOR_REST = 40
_MIX = np.uint64(0xBF58476D1CE4E5B9)


class DataView:
    """A task with its table, as the rules on data see it.

    Rules that look for a leak read the target of all rows, the holdout's too: they choose no model.

    Parameters
    ----------
    understood
        The task with its table.
    seed
        Seed of samples and permutations.
    """

    def __init__(self, understood: Understood, seed: int = 0) -> None:
        self.task = understood.task
        self.table = understood.table
        self.y = understood.y
        self.train = understood.train
        self.holdout = understood.holdout
        self.folds = understood.folds
        self.seed = seed
        self.rows = sampled(understood.train, seed=seed)

    @property
    def shuffled(self) -> bool:
        """True when folds are random."""
        return self.task.split.scheme in (SplitScheme.STRATIFIED, SplitScheme.KFOLD)

    @cached_property
    def columns(self) -> Mapping[str, ColumnValues]:
        """Every column as numbers or codes."""
        return {column.name: column_values(column, self.table[column.name]) for column in self.task.columns}

    @cached_property
    def used(self) -> tuple[ColumnValues, ...]:
        """The columns that the models read."""
        return tuple(self.columns[column.name] for column in self.task.used)

    # -- one column against the target ---------------------------------------------------------------------------------

    @cached_property
    def aims(self) -> np.ndarray:
        """Targets of the univariate models, for the sampled rows, shape (m, t)."""
        return targets(self.task.kind, self.y[self.rows], len(self.task.classes))

    @cached_property
    def sample_folds(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """The folds as places among the sampled rows."""
        return local_folds(self.rows, self.folds, len(self.y))

    @cached_property
    def cells(self) -> Mapping[str, tuple[np.ndarray, int]]:
        """The cells of each column in use, for the sampled rows."""
        return {column.name: cells_of(column, self.rows) for column in self.used}

    @cached_property
    def univariate_models(self) -> Mapping[str, UnivariateModel]:
        """The univariate model of each column in use."""
        return {name: self.univariate(*cells) for name, cells in self.cells.items()}

    @cached_property
    def missingness_models(self) -> Mapping[str, UnivariateModel]:
        """The univariate model of the missing cells of each column in use that has some."""
        gone = {column.name: column.missing[self.rows] for column in self.used}
        return {
            name: self.univariate(one.astype(np.int64), 2) for name, one in gone.items() if 0 < one.sum() < len(one)
        }

    def univariate(self, cells: np.ndarray, count: int) -> UnivariateModel:
        """Return the univariate model of some cells of the sampled rows."""
        return fit_univariate(self.task.kind, cells, count, self.aims, self.sample_folds)

    def strongest(self) -> list[tuple[str, float]]:
        """Return the columns in use with their strength, the strongest first."""
        return sorted(((name, one.strength) for name, one in self.univariate_models.items()), key=lambda item: -item[1])

    def others(self, name: str, without: Sequence[str] = ()) -> float:
        """Return the strength of the other columns together, as a weighted sum of their univariate models.

        Parameters
        ----------
        name
            The column to leave out.
        without
            More to leave out.
        """
        out = {name, *without}
        chosen = [other for other, _ in self.strongest() if other not in out][:_MOST_FOR_REST]
        if not chosen:
            return 0.0
        seen = self.univariate_models[name].covered
        inputs = np.hstack([self.univariate_models[other].predicted[seen] for other in chosen])
        aims = self.aims[seen]
        inputs = inputs - inputs.mean(axis=0)
        ridge = 1e-3 * len(inputs) * np.diag(inputs.var(axis=0) + 1e-9)
        weights = np.linalg.solve(inputs.T @ inputs + ridge, inputs.T @ (aims - aims.mean(axis=0)))
        return strength(
            self.task.kind, aims, aims.mean(axis=0) + inputs @ weights, self.univariate_models[name].fold[seen]
        )

    def in_words(self, name: str) -> str:
        """Return the score of a column on its own, in the task's metric."""
        metric = skill_metric(self.task.kind, self.task.metric)
        found = self.univariate_models[name]
        aims, predicted = self.aims[found.covered], found.predicted[found.covered]
        _, score, base = skill(
            metric, aims, predicted, np.broadcast_to(aims.mean(axis=0), aims.shape), found.fold[found.covered]
        )
        return (
            f"{metric.label} {number(metric.shown(score))} ({number(metric.shown(base))} for the constant prediction)"
        )

    # -- rows ----------------------------------------------------------------------------------------------------------

    @cached_property
    def hashes(self) -> Mapping[str, np.ndarray]:
        """A number per cell of each column in use, equal for equal cells, shape (n,) each."""
        return {column.name: _mixed(column.distinct_codes, place) for place, column in enumerate(self.used)}

    @cached_property
    def row_hashes(self) -> np.ndarray:
        """A number per row, equal for rows that are equal in all columns in use, shape (n,)."""
        total = np.zeros(len(self.y), np.uint64)
        for one in self.hashes.values():
            total += one
        return total

    @cached_property
    def twins(self) -> tuple[np.ndarray, np.ndarray]:
        """The group of rows that are equal in all columns in use, and the size of each group."""
        _, codes, counts = np.unique(self.row_hashes, return_inverse=True, return_counts=True)
        return codes, counts

    @cached_property
    def parts(self) -> np.ndarray:
        """The fold that validates each row; -1 for the holdout, -2 for rows that none validates. Shape (n,)."""
        found = np.full(len(self.y), -2, np.int64)
        found[self.holdout] = -1
        for fold, (_, valid) in enumerate(self.folds):
            found[valid] = fold
        return found

    @cached_property
    def grouping(self) -> Grouping | None:
        """The column that names what several rows belong to; None where none does."""
        return find_grouping(self)

    def number_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the target of some rows as numbers, shape (m,): codes of classes, and ranks from 0 to 1 of numbers."""
        values = self.y[rows]
        return ranks(values) if self.task.kind is Kind.REGRESSION else np.asarray(values, np.float64)


def _mixed(codes: np.ndarray, place: int) -> np.ndarray:
    """Spread codes over 64 bits, differently in each column (Steele, Lea and Flood's SplitMix, 2014)."""
    with np.errstate(over="ignore"):
        x = (codes + 2).astype(np.uint64) + np.uint64(place + 1) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * _MIX
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)))


# -- words and answers ------------------------------------------------------------------------------------------------


def share(part: float, whole: float = 1.0) -> str:
    """Write a share, never rounded to all or nothing.

    Examples
    --------
    >>> share(3, 4), share(0.9999), share(0.0004), share(1.0)
    ('75%', 'over 99.9%', 'under 0.1%', '100%')
    """
    of = part / whole if whole else 0.0
    if of in (0.0, 1.0):
        return f"{100 * of:.0f}%"
    if of > 0.999:
        return "over 99.9%"
    if of < 0.001:
        return "under 0.1%"
    return f"{100 * of:.1f}%" if of > 0.99 or of < 0.1 else f"{100 * of:.0f}%"


def listed(names: Sequence[str], most: int = 5) -> str:
    """Name some things.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a", "b", "c"], 1)
    ('a, b and c', 'a and 2 more')
    """
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "none"


def drop(*names: str) -> Answer:
    """Return the answer that drops columns."""
    label = f"Drop {listed(names, 2)}"
    change = ChangeData(roles={name: str(Role.IGNORED) for name in names})
    command: dict[str, Any] = {"type": "change_data", "roles": dict(change.roles)}
    return Answer("drop", label, command, change.python())


def keep(label: str) -> Answer:
    """Return the answer that changes nothing and is recorded; its label says why."""
    return Answer("keep", label)


def drop_or_keep(*names: str) -> tuple[Answer, ...]:
    """Return the answers to a column that may be known too late: drop it, or keep it and say why."""
    return drop(*names), keep("Keep it, it is known in time")


def use_metric(name: str) -> Answer:
    """Return the answer that scores models by another metric."""
    command: dict[str, Any] = {"type": "set_metric", "metric": name}
    return Answer("metric", f"Use {metric_named(name).label}", command, SetMetric(name).python())


def balance(metric: Metric) -> Answer:
    """Return the answer that lets the search balance the classes, in two ways that suit a metric."""
    ways = ("weights", "threshold" if decides(metric) else "oversample")
    command: dict[str, Any] = {"type": "set_balance", "ways": list(ways)}
    return Answer("balance", "Try balanced classes", command, SetBalance(ways).python())


def split_by(split: Split, argument: str, name: str, label: str) -> Answer:
    """Return the answer that groups the folds of a split, or orders them in time.

    Parameters
    ----------
    split
        The current split, whose number of folds stays.
    argument
        ``"groups"`` or ``"time"``.
    name
        The column.
    label
        The label of the answer.
    """
    groups, time = (name if argument == side else own for side, own in _sides(split))
    repeats = split.repeats if time is None else 1
    usual = split.scheme is SplitScheme.GIVEN or split.parts == FOLDS
    change = SetSplit(None if usual else max(2, split.parts), repeats, groups, time, split.asked_gap)
    return Answer(argument, label, as_json(change), change.python())


def _sides(split: Split) -> tuple[tuple[str, str | None], ...]:
    return ("groups", split.group_column), ("time", split.time_column)


def drop_rows(name: str, label: str, rule: str) -> Answer:
    """Return the answer that drops the rows of a rule."""
    change = DropRows(rule)
    return Answer(name, label, as_json(change), change.python())
