"""Random forest: an average of trees on samples of rows."""

from __future__ import annotations

from typing import Any

from hitl_widget.domain.space import Config, Float, Int, Parameter, Value
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.base import Job, own, start
from hitl_widget.learners.forest import Forest, trees_for

__all__ = ["RandomForest"]


class RandomForest(Forest):
    """Many trees, each on a sample of the rows."""

    name: str = "random_forest"
    label: str = "Random forest"
    story: str = (
        "It averages many deep trees, each grown on its own sample of rows and columns. "
        "A safe choice that needs almost no tuning; boosting is usually better."
    )
    colour: str = "forest"
    cost: int = 5
    start_ranks: tuple[int, ...] = (100,)

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return columns and rows per tree, and the size of the trees."""
        n = self.name
        leaf = 1 if task.train_rows < 10_000 else 3
        return (
            Float(f"{n}.max_features", 0.2, 1.0, 0.4, False, 1e-3, 1.0, "columns per split"),
            Float(f"{n}.max_samples", 0.5, 1.0, 1.0, False, 1e-2, 1.0, "share of rows per tree"),
            Int(f"{n}.min_samples_split", 2, 20, 4, True, 2, 10_000, "minimum rows to split"),
            Int(f"{n}.min_samples_leaf", leaf, 20, leaf, True, 1, 10_000, "minimum rows per leaf"),
        )

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return the usual one, and one of larger leaves for noisy classes."""
        return (start(self),) if task.kind is Kind.REGRESSION else (start(self), start(self, min_samples_leaf=8))

    def build(self, config: Config, job: Job) -> Any:
        """Return scikit-learn's random forest."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        p = own(config, self, job.task)
        return (RandomForestRegressor if job.regression else RandomForestClassifier)(
            n_estimators=job.rounds or trees_for(job.task),
            max_features=p["max_features"],
            max_samples=None if p["max_samples"] >= 1 else p["max_samples"],
            min_samples_split=p["min_samples_split"],
            min_samples_leaf=p["min_samples_leaf"],
            monotonic_cst=job.directions or None,
            random_state=job.seed,
            n_jobs=1,
        )
