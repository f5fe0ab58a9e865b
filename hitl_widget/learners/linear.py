"""Weighted sums of columns: logistic regression, ridge, lasso, elastic net."""

from __future__ import annotations

from typing import Any

from hitl_widget.domain.space import Categorical, Config, Float, Parameter, Value
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.base import Job, Learner, own, start
from hitl_widget.learners.preparation import dense_choices

__all__ = ["Linear"]


class Linear(Learner):
    """A weight per column."""

    name: str = "linear"
    label: str = "Linear model"
    story: str = (
        "It multiplies each column by a weight and adds up the results. Fast, easy to interpret and hard to beat on "
        "small tables; it misses curves and interactions between columns."
    )
    colour: str = "linear"
    cost: int = 2
    start_ranks: tuple[int, ...] = (20, 120)
    preload: tuple[str, ...] = ("sklearn.linear_model",)
    baseline: bool = True

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return the strength and the kind of the penalty, and the scale of the target where it matters."""
        kinds: tuple[Value, ...] = ("l2", "l1", "elastic")
        if task.kind is Kind.MULTICLASS:
            kinds = ("l2",)
        low, high = 1e-3, 1e3
        strength = Float("linear.C", low, high, 1.0, True, 1e-9, 1e9, "C (inverse regularization strength)")
        found: tuple[Parameter, ...] = (strength,)
        if len(kinds) > 1:
            found += (Categorical("linear.penalty", kinds, "l2", "penalty"),)
        if task.kind is Kind.REGRESSION and task.target_skewed:
            found += (Categorical("linear.target", ("log", "plain"), "log", "target scale"),)
        return found + dense_choices(self.name, task)

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return the usual penalty and a stronger one."""
        return (start(self), start(self, C=0.05))

    def build(self, config: Config, job: Job) -> Any:
        """Return a logistic regression, or a ridge or elastic net on a scaled target."""
        from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge

        from hitl_widget.learners.target_scale import scaled

        p = own(config, self, job.task)
        penalty, freedom = p.get("penalty", "l2"), float(p["C"])
        if job.regression:
            if penalty == "l2":
                model: Any = Ridge(alpha=1 / freedom, solver="auto", random_state=job.seed)
            else:
                ratio = 1.0 if penalty == "l1" else 0.5
                alpha = 1e-2 / freedom
                model = ElasticNet(
                    alpha=alpha, l1_ratio=ratio, max_iter=300, tol=1e-3, selection="random", random_state=job.seed
                )
            return scaled(model, p.get("target") == "log")
        if penalty == "l2":
            return LogisticRegression(C=freedom, solver="lbfgs", max_iter=300, tol=1e-3)
        ratio = 1.0 if penalty == "l1" else 0.5
        solver = "liblinear" if penalty == "l1" else "saga"
        return LogisticRegression(
            C=freedom, solver=solver, l1_ratio=ratio, max_iter=100, tol=1e-3, random_state=job.seed
        )
