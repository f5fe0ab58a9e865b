"""A constant guess, the baseline that ignores all columns."""

from __future__ import annotations

from typing import Any

from hitl_widget.domain.space import Config
from hitl_widget.learners.base import Job, Learner, Recipe

__all__ = ["Dummy"]


class Dummy(Learner):
    """Class shares or the mean, for every row."""

    name: str = "dummy"
    label: str = "Constant prediction"
    story: str = (
        "It predicts the same for every row: the share of each class, or the mean. Every other model has to beat it."
    )
    colour: str = "base"
    recipe: Recipe = "none"
    cost: int = 0
    start_ranks: tuple[int, ...] = (0,)
    preload: tuple[str, ...] = ("sklearn.dummy",)
    baseline: bool = True

    def build(self, config: Config, job: Job) -> Any:
        """Return scikit-learn's dummy estimator."""
        from sklearn.dummy import DummyClassifier, DummyRegressor

        if job.regression:
            centre = "median" if "absolute" in job.task.metric.scorer else "mean"
            return DummyRegressor(strategy=centre)
        return DummyClassifier(strategy="prior")
