"""Support vector machine: a smooth boundary that depends on the rows next to it."""

from __future__ import annotations

from typing import Any

from hitl_widget.domain.space import Config, Float, Parameter
from hitl_widget.domain.task import Task
from hitl_widget.learners.base import Job, Learner, own
from hitl_widget.learners.preparation import dense_choices

__all__ = ["SVM"]


class SVM(Learner):
    """A kernel machine with calibrated probabilities."""

    name: str = "svm"
    label: str = "Support vector machine"
    story: str = (
        "It finds a smooth boundary that depends only on the rows next to it. "
        "Strong on small numeric tables; its time grows with the square of the rows, so it is offered up to 10,000."
    )
    colour: str = "svm"
    cost: int = 7
    start_ranks: tuple[int, ...] = (130,)
    preload: tuple[str, ...] = ("sklearn.svm",)
    most_rows: int | None = 10_000

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return the regularization and the kernel width."""
        return (
            Float("svm.C", 0.03, 1000.0, 1.0, True, 1e-9, 1e9, "C (inverse regularization strength)"),
            Float("svm.gamma", 1e-4, 8.0, 0.02, True, 1e-12, 1e6, "gamma (inverse kernel width)"),
            *dense_choices(self.name, task),
        )

    def build(self, config: Config, job: Job) -> Any:
        """Return a radial kernel machine; a sigmoid on cross-validated margins gives probabilities."""
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.svm import SVC, SVR

        from hitl_widget.learners.target_scale import scaled

        p = own(config, self, job.task)
        shape = {"C": p["C"], "gamma": p["gamma"], "cache_size": 300, "max_iter": 100_000}
        if job.regression:
            return scaled(SVR(epsilon=0.05, **shape), job.task.target_skewed)
        return CalibratedClassifierCV(SVC(random_state=job.seed, **shape), ensemble=False, cv=2, n_jobs=1)
