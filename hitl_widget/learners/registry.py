"""All learner families, the space they span and where to begin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hitl_widget.domain.balance import SUFFIX, parameters_of_balance
from hitl_widget.domain.space import FAMILY, Space, Value
from hitl_widget.domain.task import Task
from hitl_widget.errors import ConfigError, MissingExtra
from hitl_widget.learners.balance import balancing
from hitl_widget.learners.base import Learner
from hitl_widget.learners.catboost import CatBoost
from hitl_widget.learners.dummy import Dummy
from hitl_widget.learners.extra_trees import ExtraTrees
from hitl_widget.learners.lightgbm import LightGBM
from hitl_widget.learners.linear import Linear
from hitl_widget.learners.mlp import MLP
from hitl_widget.learners.random_forest import RandomForest
from hitl_widget.learners.svm import SVM
from hitl_widget.learners.tree import Tree
from hitl_widget.learners.xgboost import XGBoost
from hitl_widget.plugins import Registry

__all__ = ["LEARNERS", "families_for", "learner_named", "learner_of", "preloads", "space_for", "starting_configs"]


def _checked(name: str, given: Any) -> Learner:
    learner = given() if isinstance(given, type) else given
    if not isinstance(learner, Learner):
        raise ConfigError(f"A learner must be a subclass of hitl_widget.learners.base.Learner; got {given!r:.100}")
    if learner.name != name or not name.isidentifier():
        raise ConfigError(
            f"An entry point has the name of its learner, a word of letters, digits and _; its name is {learner.name!r}"
        )
    return learner


LEARNERS: Registry[Learner] = Registry(
    "hitl_widget.learners",
    {
        learner.name: learner
        for learner in (
            Dummy(),
            Linear(),
            Tree(),
            LightGBM(),
            ExtraTrees(),
            RandomForest(),
            CatBoost(),
            XGBoost(),
            MLP(),
            SVM(),
        )
    },
    _checked,
)
"""Every family by name, installed or not, those of other packages last."""


def learner_named(name: object) -> Learner:
    """Return a family.

    Raises
    ------
    ConfigError
        When there is no such family.
    MissingExtra
        When its package is not installed.
    """
    learner = LEARNERS.get(str(name))
    if learner is None:
        raise ConfigError(f"There is no family {name!r}; choose from {', '.join(LEARNERS)}.")
    if not learner.available():
        raise MissingExtra(
            f"{learner.label} needs the package {learner.package}; install it with "
            f"pip install '{learner.install or learner.package}'."
        )
    return learner


def learner_of(model: Any) -> Learner | None:
    """Return the family that recognizes a fitted model, or None; see `Learner.recognizes`."""
    return next((learner for learner in LEARNERS.values() if learner.recognizes(model)), None)


def preloads(learners: Iterable[Learner]) -> tuple[str, ...]:
    """Return the modules that the first models of some families need, in the order in which they start."""
    ranked = sorted(learners, key=lambda one: min(one.start_ranks, default=_LAST))
    return tuple(dict.fromkeys(module for learner in ranked for module in learner.preload))


def families_for(task: Task) -> tuple[str, ...]:
    """Return the names of the installed families that suit a task, cheapest first."""
    fit = [learner for learner in LEARNERS.values() if learner.available() and learner.suits(task)]
    return tuple(learner.name for learner in sorted(fit, key=lambda learner: learner.cost))


def space_for(task: Task, include: Iterable[str] | None = None) -> Space:
    """Return the search space of a task.

    Parameters
    ----------
    task
        The task.
    include
        Families, default all that suit the task and are installed.

    Raises
    ------
    ConfigError, MissingExtra
        For a family that is unknown or not installed.
    """
    names = families_for(task) if include is None else tuple(include)
    learners = [learner_named(name) for name in names]
    return Space(names, tuple(p for one in learners for p in (*balancing(one, task), *one.parameters(task))))


_LAST = 10_000


def starting_configs(task: Task, include: Iterable[str] | None = None) -> list[dict[str, Value]]:
    """Return whole configurations to begin with: baselines and cheap learners first (`Learner.start_ranks`)."""
    space = space_for(task, include)
    ranked: list[tuple[int, dict[str, Value]]] = []
    for name in space.families:
        learner = LEARNERS[name]
        for i, config in enumerate(learner.starts(task)):
            rank = learner.start_ranks[i] if i < len(learner.start_ranks) else _LAST
            ranked.append((rank, config))
    ranked += _balanced_starts(space, ranked)
    found: list[dict[str, Value]] = []
    for _, config in sorted(ranked, key=lambda one: one[0]):
        whole = space.complete(config)
        if whole not in found:
            found.append(whole)
    return found


def _balanced_starts(
    space: Space, ranked: Iterable[tuple[int, dict[str, Value]]]
) -> list[tuple[int, dict[str, Value]]]:
    """Return the first start of the first family that balances classes, with each way, to run right after it."""
    names = {one.name.removesuffix(SUFFIX): one for one in parameters_of_balance(space)}
    able = [one for one in ranked if one[1][FAMILY] in names and not LEARNERS[str(one[1][FAMILY])].baseline]
    if not able:
        return []
    rank, config = min(able, key=lambda one: one[0])
    parameter = names[str(config[FAMILY])]
    return [(rank + 1, {**config, parameter.name: way}) for way in parameter.choices if way is not None]


def family_of(config: dict[str, Value]) -> Learner:
    """Return the learner of a configuration."""
    return learner_named(config.get(FAMILY))
