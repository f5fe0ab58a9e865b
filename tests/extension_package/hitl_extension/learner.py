"""Nearest neighbours as a family of models."""

from __future__ import annotations

from typing import Any

from hitl_widget.domain.space import Categorical, Config, Int, Parameter, Value
from hitl_widget.domain.task import Task
from hitl_widget.learners.base import Job, Learner, own, start


class Neighbours(Learner):
    """The k nearest neighbours."""

    name: str = "neighbours"
    label: str = "Nearest neighbours"
    story: str = (
        "Predicts from the most similar training rows. Works well if a few numeric columns determine which rows are "
        "similar. Slow on large tables."
    )
    colour: str = "knn"
    cost: int = 3
    most_rows: int | None = 20_000
    takes_weights: bool = False

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return the hyperparameters: the number of neighbours and how they are weighted."""
        return (
            Int("neighbours.k", 1, 60, 15, True, 1, 1000, "neighbours"),
            Categorical("neighbours.weights", ("uniform", "distance"), "distance", "weight of a neighbour"),
        )

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return two starting configurations: a moderate and a large number of neighbours."""
        return (start(self), start(self, k=40))

    def build(self, config: Config, job: Job) -> Any:
        """Return scikit-learn's estimator."""
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        p = own(config, self, job.task)
        kind = KNeighborsRegressor if job.regression else KNeighborsClassifier
        return kind(n_neighbors=min(int(p["k"]), job.rows), weights=p["weights"], n_jobs=1)
