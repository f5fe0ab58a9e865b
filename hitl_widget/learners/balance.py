"""Balancing of classes: the ways that a family can do, weights and samples of rows. Loads no learning library."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hitl_widget.domain.balance import BALANCES, SUFFIX, balance_parameter
from hitl_widget.domain.space import Config, Parameter
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.base import Learner

__all__ = ["balance_of", "balanced_rows", "balancing", "class_weights", "possible_ways"]


def possible_ways(learner: Learner, task: Task) -> tuple[str, ...]:
    """Return the ways to balance classes that a family can do.

    There is none for a target of numbers, for the constant prediction, and for a family that has a hyperparameter of
    this name already.
    """
    taken = any(one.name == learner.name + SUFFIX for one in learner.parameters(task))
    if task.kind is Kind.REGRESSION or learner.recipe == "none" or taken:
        return ()
    return tuple(way for way in BALANCES if way != "weights" or learner.takes_weights)


def balancing(learner: Learner, task: Task) -> tuple[Parameter, ...]:
    """Return the hyperparameter that balances classes, if the person asked for it and the family can."""
    ways = possible_ways(learner, task)
    return (balance_parameter(learner.name, task.balance, ways),) if task.balance and ways else ()


def balance_of(learner: Learner, config: Config, task: Task) -> str | None:
    """Return the way in which a configuration balances classes; None for no balancing."""
    way = config.get(learner.name + SUFFIX)
    return str(way) if way is not None and way in possible_ways(learner, task) else None


def class_weights(y: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Return a weight for each row so that the classes of other rows would weigh the same, with the mean 1 there.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Codes of the classes of the rows to weigh.
    of : ndarray of int, shape (m,)
        Codes of the rows whose frequencies count.

    Examples
    --------
    >>> class_weights(np.array([0, 1]), np.array([0, 0, 0, 1])).round(2).tolist()
    [0.67, 2.0]
    """
    counts = np.bincount(of, minlength=int(max(y.max(), of.max())) + 1)
    present = int((counts > 0).sum())
    return np.asarray(len(of) / (present * np.maximum(counts, 1.0))[y])


def balanced_rows(
    y: np.ndarray, way: str | None, weights: np.ndarray | None, seed: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the positions of the rows to fit on, and their weights.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Codes of classes.
    way
        ``"weights"``: all classes weigh the same; ``"oversample"``: rows of smaller classes are repeated until all
        classes have as many rows as the largest; ``"undersample"``: of each class as many rows, drawn at random, as the
        smallest has. Other values change nothing.
    weights : ndarray of shape (n,) or None
        Weights that a person gave; those of the classes are multiplied with them.
    seed
        Seed of the draws.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 1])
    >>> balanced_rows(y, "oversample", None, 0)[0].tolist(), len(balanced_rows(y, "undersample", None, 0)[0])
    ([0, 1, 2, 3, 3, 3], 2)
    """
    rows = np.arange(len(y))
    if way == "weights":
        return rows, class_weights(y, y) * (1.0 if weights is None else weights)
    if way in ("oversample", "undersample"):
        rng = np.random.default_rng([abs(seed), 11])
        each = [np.flatnonzero(y == code) for code in np.unique(y)]
        rows = np.sort(np.concatenate(_sampled(each, way == "oversample", rng)))
    return rows, None if weights is None else weights[rows]


def _sampled(each: Sequence[np.ndarray], over: bool, rng: np.random.Generator) -> list[np.ndarray]:
    """Return as many rows of each class as the largest or the smallest class has; none is repeated twice more often."""
    sizes = [len(rows) for rows in each]
    if not over:
        return [rng.permutation(rows)[: min(sizes)] for rows in each]
    most = max(sizes)
    return [
        np.concatenate([np.repeat(rows, most // len(rows)), rng.permutation(rows)[: most % len(rows)]]) for rows in each
    ]
