"""Base of the forests: the number of trees depends on the time."""

from __future__ import annotations

from typing import Any

import numpy as np

from hitl_widget.domain.task import Task
from hitl_widget.learners.base import Job, Learner, Recipe, sized_by_probe

__all__ = ["Forest", "trees_for"]

PROBE, FEWEST = 8, 24


def trees_for(task: Task) -> int:
    """Return how many trees suit a task: fewer where each is large."""
    return 300 if task.train_rows < 5_000 else 150 if task.train_rows < 20_000 else 100


class Forest(Learner):
    """Base of the forests: the number of trees depends on the time."""

    recipe: Recipe = "native"
    colour: str = "trees"
    preload: tuple[str, ...] = ("sklearn.ensemble",)

    def fit(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job) -> Any:
        """Fit as many trees as the time allows, estimated from the first few."""
        if job.deadline is None or job.rounds is not None:
            return model.fit(X, y, sample_weight=job.weights)
        wanted = model.n_estimators
        model.set_params(warm_start=True)

        def fit(trees: int) -> Any:
            return model.set_params(n_estimators=trees).fit(X, y, sample_weight=job.weights)

        fit(sized_by_probe(fit, PROBE, wanted, job, FEWEST))
        return model.set_params(warm_start=False)

    def found(self, model: Any, job: Job) -> dict[str, Any]:
        """Return the number of trees, so that other folds and later fits have as many."""
        return {"rounds": model.n_estimators} if job.deadline is not None else {}
