"""A single decision tree."""

from __future__ import annotations

from typing import Any

from hitl_widget.domain.space import Config, Float, Int, Parameter
from hitl_widget.domain.task import Task
from hitl_widget.learners.base import Job, Learner, Recipe, own

__all__ = ["Tree"]


class Tree(Learner):
    """One decision tree."""

    name: str = "tree"
    label: str = "Decision tree"
    story: str = (
        "It asks a series of yes-or-no questions about single columns. Easy to read and to explain; "
        "forests and boosting combine many trees and predict better."
    )
    colour: str = "tree"
    recipe: Recipe = "native"
    cost: int = 1
    start_ranks: tuple[int, ...] = (30,)
    preload: tuple[str, ...] = ("sklearn.tree",)

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return depth, leaf size and pruning."""
        return (
            Int("tree.max_depth", 2, 16, 6, True, 1, 64, "maximum depth"),
            Int("tree.min_samples_leaf", 1, 100, 20, True, 1, 100_000, "minimum rows per leaf"),
            Float("tree.ccp_alpha", 1e-6, 1e-2, 1e-6, True, 0.0, 1.0, "pruning"),
        )

    def build(self, config: Config, job: Job) -> Any:
        """Return scikit-learn's decision tree."""
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        p = own(config, self, job.task)
        pruning = p["ccp_alpha"] * (job.task.target_scale**2 if job.regression else 1.0)
        return (DecisionTreeRegressor if job.regression else DecisionTreeClassifier)(
            max_depth=p["max_depth"],
            min_samples_leaf=p["min_samples_leaf"],
            ccp_alpha=pruning,
            monotonic_cst=job.directions or None,
            random_state=job.seed,
        )
