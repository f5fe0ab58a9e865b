"""What a learner family is, in values and in words; nothing here loads a learning library."""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.domain.space import FAMILY, Config, Parameter, Value
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.preparation import Preparation, Recipe

__all__ = ["Deadline", "Job", "Learner", "Recipe", "own"]

Deadline = float | None
"""When to stop, on the clock of `time.monotonic`, or None."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a learner knows when it builds an estimator.

    Parameters
    ----------
    task
        The task.
    rows, columns
        Shape of the prepared training matrix.
    categorical
        The first so many columns hold codes of categories (native recipe; 0 otherwise).
    levels
        Levels of each of these columns.
    seed
        Seed of the fit.
    rounds
        Boosting rounds, when they are known.
    deadline
        When the fit must end.
    """

    task: Task
    rows: int
    columns: int
    categorical: int = 0
    levels: tuple[int, ...] = ()
    seed: int = 0
    rounds: int | None = None
    deadline: Deadline = None

    @property
    def regression(self) -> bool:
        """True when the target is a number."""
        return self.task.kind is Kind.REGRESSION

    def seconds_left(self) -> float:
        """Seconds until the deadline, infinite without one."""
        return float("inf") if self.deadline is None else self.deadline - time.monotonic()


class Learner:
    """A family of models: how it is built, what can be tuned, and what it is in plain words.

    Attributes
    ----------
    name
        The family, as in a configuration.
    label
        The name that people read.
    story
        What it does and when it is good, in two or three sentences.
    colour
        Suffix of its colour in the style sheet.
    recipe
        The preparation it reads: ``"native"`` (codes, missing cells), ``"dense"``, or ``"none"`` (rows only).
    cost
        Rank, cheapest first.
    baseline
        True for models that others are held against.
    rounds_matter
        True when the number of rounds is found by early stopping.
    package
        Optional package it needs, also the name of the extra.
    most_rows
        Offered up to so many training rows.
    foreign
        True for the person's own code: it gets copies of the matrices, and its models are pickled by value.
    """

    name: str
    label: str
    story: str
    colour: str
    recipe: Recipe = "dense"
    cost: int = 5
    baseline: bool = False
    rounds_matter: bool = False
    package: str | None = None
    most_rows: int | None = None
    foreign: bool = False
    kinds: frozenset[Kind] = frozenset(Kind)

    def available(self) -> bool:
        """Say whether its package is installed."""
        return self.package is None or importlib.util.find_spec(self.package) is not None

    def suits(self, task: Task) -> bool:
        """Say whether the family is offered for a task."""
        return task.kind in self.kinds and (self.most_rows is None or task.train_rows <= self.most_rows)

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return its hyperparameters, named ``"family.parameter"``."""
        return ()

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return good configurations to begin with; what they leave out takes its default."""
        return ({FAMILY: self.name},)

    def preparation(self, config: Config) -> Preparation:
        """Return how the table is prepared for a configuration."""
        return Preparation.of(self.recipe, self.name, config)

    def build(self, config: Config, job: Job) -> Any:
        """Return an unfitted scikit-learn estimator of one thread."""
        raise NotImplementedError

    def fit(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job) -> Any:
        """Fit and return the estimator; ends in time where the library allows it."""
        return model.fit(X, y)

    def found(self, model: Any, job: Job) -> dict[str, Any]:
        """Return what a fit decided by itself and other folds should share, for example the number of trees."""
        return {}

    def find_rounds(
        self, config: Config, job: Job, inside: tuple[np.ndarray, np.ndarray], outside: tuple[np.ndarray, np.ndarray]
    ) -> int:
        """Return how many rounds to train, stopping early on rows outside the fit."""
        raise NotImplementedError


def own(config: Config, learner: Learner, task: Task) -> dict[str, Any]:
    """Return the parameters of a configuration under short names, defaults filled in."""
    prefix = learner.name + "."
    whole: dict[str, Any] = {p.name.removeprefix(prefix): p.default for p in learner.parameters(task)}
    whole.update({name.removeprefix(prefix): value for name, value in config.items() if name.startswith(prefix)})
    return whole


def start(learner: Learner, **values: Value) -> dict[str, Value]:
    """Return a configuration of the learner from short names."""
    return {FAMILY: learner.name, **{f"{learner.name}.{name}": value for name, value in values.items()}}


def sized_by_probe(fit_some: Callable[[int], object], probe: int, wanted: int, job: Job, fewest: int) -> int:
    """Return how many trees or epochs fit the time left, by timing the first few.

    Parameters
    ----------
    fit_some
        Fits the given number and keeps it (a warm start).
    probe, wanted, fewest
        Number to time, number wishes for, and number needed at least.
    job
        Holds the deadline.
    """
    if job.deadline is None:
        return wanted
    begun = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit_some(probe)
    each = max(time.monotonic() - begun, 1e-6) / probe
    return int(min(wanted, max(fewest, probe + 0.8 * job.seconds_left() / each)))


def merged(params: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return parameters with more of them, without those that are None."""
    return {name: value for name, value in {**params, **more}.items() if value is not None}
