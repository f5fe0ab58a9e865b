"""Extra trees: an average of trees with random thresholds."""

from __future__ import annotations

from typing import Any

from hitl_widget.domain.space import Categorical, Config, Int, Parameter, Value
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.base import Job, own, start
from hitl_widget.learners.forest import Forest, trees_for

__all__ = ["ExtraTrees"]


class ExtraTrees(Forest):
    """Many trees with random thresholds."""

    name: str = "extra_trees"
    label: str = "Extra trees"
    story: str = (
        "It averages many trees that split at random thresholds. It rarely overfits, "
        "and differs enough from boosting to improve an ensemble."
    )
    cost: int = 4
    start_ranks: tuple[int, ...] = (60,)

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return AutoGluon's space; leaves grow with the table, since full trees of many rows weigh hundreds of MB."""
        leaf = 2 if task.train_rows < 10_000 else 5
        return (
            Categorical("extra_trees.max_features", ("sqrt", 0.5, 0.75, 1.0), 0.5, "columns per split"),
            Int("extra_trees.min_samples_split", 2, 32, 2, True, 2, 10_000, "minimum rows to split"),
            Int("extra_trees.min_samples_leaf", leaf // 2, 20, leaf, True, 1, 10_000, "minimum rows per leaf"),
            Categorical(
                "extra_trees.min_impurity_decrease", (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3), 0.0, "minimum gain per split"
            ),
        )

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return one with half the columns, one with few, and one of large leaves for noisy classes."""
        fine = start(self, max_features="sqrt", min_samples_leaf=1 if task.train_rows < 10_000 else 3)
        coarse = start(self, min_samples_leaf=12)
        return (start(self), fine) if task.kind is Kind.REGRESSION else (start(self), coarse, fine)

    def build(self, config: Config, job: Job) -> Any:
        """Return scikit-learn's extra trees."""
        from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

        p = own(config, self, job.task)
        scale = job.task.target_scale**2 if job.regression else 1.0
        return (ExtraTreesRegressor if job.regression else ExtraTreesClassifier)(
            n_estimators=job.rounds or trees_for(job.task),
            max_features=p["max_features"],
            min_samples_split=p["min_samples_split"],
            min_samples_leaf=p["min_samples_leaf"],
            min_impurity_decrease=p["min_impurity_decrease"] * scale,
            monotonic_cst=job.directions or None,
            random_state=job.seed,
            n_jobs=1,
        )
