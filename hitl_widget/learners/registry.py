"""All learner families, the space they span and where to begin."""

from __future__ import annotations

from collections.abc import Iterable

from hitl_widget.domain.space import FAMILY, Space, Value
from hitl_widget.domain.task import Task
from hitl_widget.errors import ConfigError, MissingExtra
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

__all__ = ["LEARNERS", "families_for", "learner_named", "space_for", "starting_configs"]

LEARNERS: dict[str, Learner] = {
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
}
"""Every family by name, installed or not."""

_ORDER = (
    ("dummy", 0),
    ("lightgbm", 0),
    ("linear", 0),
    ("tree", 0),
    ("catboost", 0),
    ("lightgbm", 1),
    ("extra_trees", 0),
    ("mlp", 0),
    ("lightgbm", 2),
    ("lightgbm", 3),
    ("random_forest", 0),
    ("xgboost", 0),
    ("linear", 1),
    ("svm", 0),
)
"""Family and index of its starting configuration, in the order in which they run."""


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
        raise ConfigError(f"There is no family {name!r}; there are {', '.join(LEARNERS)}.")
    if not learner.available():
        raise MissingExtra(
            f"{learner.label} needs the package {learner.package}; install it with "
            f"pip install 'hitl_widget[{learner.package}]'."
        )
    return learner


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
    return Space(names, tuple(p for learner in learners for p in learner.parameters(task)))


def starting_configs(task: Task, include: Iterable[str] | None = None) -> list[dict[str, Value]]:
    """Return whole configurations to begin with: baselines and cheap learners first."""
    space = space_for(task, include)
    starts = {name: LEARNERS[name].starts(task) for name in space.families}
    places = [*_ORDER, *((name, i) for name in starts for i in range(len(starts[name])) if (name, i) not in _ORDER)]
    found: list[dict[str, Value]] = []
    for name, i in places:
        if name in starts and i < len(starts[name]):
            whole = space.complete(starts[name][i])
            if whole not in found:
                found.append(whole)
    return found


def family_of(config: dict[str, Value]) -> Learner:
    """Return the learner of a configuration."""
    return learner_named(config.get(FAMILY))
