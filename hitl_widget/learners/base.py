"""The base class of learners; nothing here loads a learning library."""

from __future__ import annotations

import importlib.util
import inspect
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hitl_widget.domain.balance import SUFFIX
from hitl_widget.domain.space import FAMILY, Config, Parameter, Value
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.preparation import Preparation, Recipe

__all__ = ["Deadline", "Job", "Learner", "Recipe", "own"]

Deadline = float | None
"""The time to stop, on the clock of `time.monotonic`, or None."""


@dataclass(frozen=True, slots=True)
class Job:
    """The facts that a learner gets when it builds an estimator.

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
    weights : ndarray of shape (rows,) or None
        Weights of the training rows; None if all count the same.
    stopping_weights : ndarray or None
        Weights of the rows that `find_rounds` stops on.
    directions
        For each column of the matrix 1, -1 or 0: whether predictions must rise or fall with it. Empty without any.
    report
        Receives the boosting rounds done and the most that there will be; None if nobody listens. See `goes_on`.
    """

    task: Task
    rows: int
    columns: int
    categorical: int = 0
    levels: tuple[int, ...] = ()
    seed: int = 0
    rounds: int | None = None
    deadline: Deadline = None
    weights: np.ndarray | None = field(default=None, compare=False)
    stopping_weights: np.ndarray | None = field(default=None, compare=False)
    directions: tuple[int, ...] = ()
    report: Callable[[int, int], None] | None = field(default=None, compare=False)

    @property
    def regression(self) -> bool:
        """True when the target is a number."""
        return self.task.kind is Kind.REGRESSION

    def seconds_left(self) -> float:
        """Seconds until the deadline, infinite without one."""
        return float("inf") if self.deadline is None else self.deadline - time.monotonic()

    @property
    def watched(self) -> bool:
        """True when the fit has a deadline or a listener, so that a learner calls `goes_on` after each round."""
        return self.deadline is not None or self.report is not None

    def goes_on(self, done: int, most: int) -> bool:
        """Report the rounds done, and return whether there is time for another one.

        A report costs less than a microsecond, so that a learner makes one after each round or epoch.
        """
        if self.report is not None:
            self.report(done, most)
        return self.deadline is None or time.monotonic() < self.deadline


class Learner:
    """A family of models: its hyperparameters, how it is fitted and taken apart, and its description.

    Everything that is known of a family stands on its class; the rest of the package asks it.

    Attributes
    ----------
    name
        The family, as in a configuration.
    label
        The name that people read.
    story
        Two to four sentences that say how it works and when to use it.
    colour
        Its colour, a name in `hitl_widget.charts.theme.FAMILIES`.
    recipe
        The preparation that it reads: ``"native"`` (codes, missing cells), ``"dense"``, or ``"none"`` (rows only).
    cost
        Rank by time, cheapest first.
    start_ranks
        Places of its starting configurations among those of all families, smallest first; a configuration without one
        comes last.
    baseline
        True for models that others are compared with.
    rounds_matter
        True when the number of rounds is found by early stopping.
    package
        Module that it needs, where that is optional.
    install
        What pip installs to get the package, default the package.
    preload
        Modules that a worker needs first. They are imported before workers are forked, so they must not start a thread.
    model_classes
        Names of the classes of its fitted models, base classes included, by which `recognizes` tells them.
    most_rows
        Offered up to so many training rows.
    kinds
        Kinds of task that it can learn.
    takes_weights
        True if its fits use `Job.weights`.
    foreign
        True for a user's own code: it gets copies of the matrices, and its models are pickled by value.
    """

    name: str
    label: str
    story: str
    colour: str = "knn"
    recipe: Recipe = "dense"
    cost: int = 5
    start_ranks: tuple[int, ...] = ()
    baseline: bool = False
    rounds_matter: bool = False
    package: str | None = None
    install: str | None = None
    preload: tuple[str, ...] = ()
    model_classes: tuple[str, ...] = ()
    most_rows: int | None = None
    takes_weights: bool = True
    foreign: bool = False
    kinds: frozenset[Kind] = frozenset(Kind)

    def available(self) -> bool:
        """Return whether its package is installed."""
        return self.package is None or importlib.util.find_spec(self.package) is not None

    def suits(self, task: Task) -> bool:
        """Return whether the family is offered for a task."""
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
        return model.fit(X, y, **weights_for(model, job.weights))

    def found(self, model: Any, job: Job) -> dict[str, Any]:
        """Return what a fit decided by itself and other folds should share, for example the number of trees."""
        return {}

    def find_rounds(
        self, config: Config, job: Job, inside: tuple[np.ndarray, np.ndarray], outside: tuple[np.ndarray, np.ndarray]
    ) -> int:
        """Return how many rounds to train, stopping early on rows outside the fit."""
        raise NotImplementedError

    def recognizes(self, model: Any) -> bool:
        """Return True for a fitted model that the methods below can read, also one inside a user's own estimator."""
        return bool(self.model_classes) and any(one.__name__ in self.model_classes for one in type(model).__mro__)

    def complexity(self, model: Any) -> int | None:
        """Return the learned numbers and decisions of a fitted model; None where they are counted as for any estimator.

        The scale is that of `hitl_widget.learners.complexity.parts_of`.
        """
        return None

    def used_columns(self, model: Any) -> np.ndarray | None:
        """Return which columns of its matrix a fitted model reads, bool of shape (d,); None where it does not tell."""
        return None

    def shap_values(self, model: Any, X: Any) -> tuple[np.ndarray, np.ndarray] | None:
        """Return exact SHAP values of shape (n, d, outputs) and their base of shape (outputs,), before any link.

        None where the library has none: explanations then fall back to what fits the estimator.
        """
        return None

    def predict_staged(self, model: Any, X: np.ndarray, rounds: int, method: str = "predict") -> Any:
        """Return what ``method`` of a fitted model answers after its first rounds; None where it keeps no stages."""
        return None


def own(config: Config, learner: Learner, task: Task) -> dict[str, Any]:
    """Return the parameters of a configuration under short names, defaults filled in."""
    prefix = learner.name + "."
    whole: dict[str, Any] = {p.name.removeprefix(prefix): p.default for p in learner.parameters(task)}
    balanced = SUFFIX.removeprefix(".") not in whole  # by the fit, see `hitl_widget.learners.balance`
    whole.update({name.removeprefix(prefix): value for name, value in config.items() if name.startswith(prefix)})
    if balanced:
        whole.pop(SUFFIX.removeprefix("."), None)
    return whole


def start(learner: Learner, **values: Value) -> dict[str, Value]:
    """Return a configuration of the learner from short names."""
    return {FAMILY: learner.name, **{f"{learner.name}.{name}": value for name, value in values.items()}}


FITTED_WITHOUT_WEIGHTS = "This model cannot use the weights of the rows, so it was fitted without them."
"""The warning of a fit that ignores the weights of the rows."""


def takes_weights(model: Any) -> bool:
    """Return whether the `fit` of an estimator, also inside a scaled target, takes `sample_weight`."""
    inner = getattr(model, "regressor", model)
    try:
        return "sample_weight" in inspect.signature(inner.fit).parameters
    except (AttributeError, TypeError, ValueError):
        return False


def weights_for(model: Any, weights: np.ndarray | None) -> dict[str, np.ndarray]:
    """Return the keyword argument that passes weights of rows to the `fit` of an estimator.

    It is empty, with a warning, for an estimator that takes none.

    Parameters
    ----------
    model
        The unfitted estimator.
    weights : ndarray of shape (n,) or None
        The weights.
    """
    if weights is None:
        return {}
    if takes_weights(model):
        return {"sample_weight": weights}
    warnings.warn(FITTED_WITHOUT_WEIGHTS, stacklevel=2)
    return {}


def sized_by_probe(fit_some: Callable[[int], object], probe: int, wanted: int, job: Job, fewest: int) -> int:
    """Return how many trees or epochs fit the time left, by timing the first few.

    Parameters
    ----------
    fit_some
        Fits the given number and keeps it (a warm start).
    probe, wanted, fewest
        Number to time, number wanted, and smallest useful number.
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


def without_base(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part SHAP values of shape (n, columns + 1, outputs) into those of columns and the base, which comes last."""
    return values[:, :-1], values[0, -1] if len(values) else np.zeros(values.shape[2])
