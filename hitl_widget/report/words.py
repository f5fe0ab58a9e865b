"""The vocabulary of a session: displayed names and numbers. Sentences are in the other modules of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hitl_widget.domain.figures import difference, duration, number, plural, score_in_words
from hitl_widget.domain.objective import Metric, metric_named
from hitl_widget.domain.task import Kind, Task
from hitl_widget.domain.trial import Trial

__all__ = ["Words", "duration", "number", "plural"]


@dataclass(frozen=True, slots=True)
class Words:
    """Names and numbers of one session in words.

    Parameters
    ----------
    given
        The task, as first understood.
    labels
        Display names of families.
    baselines
        Families that count as baselines.
    metric_now
        Returns the name of the current metric; "" for that of the task.
    """

    given: Task
    labels: Mapping[str, str]
    baselines: frozenset[str]
    metric_now: Callable[[], str] = str

    @property
    def task(self) -> Task:
        """The task, as first understood, with the current metric."""
        name = self.metric_now()
        return replace(self.given, metric=metric_named(name)) if name else self.given

    @property
    def metric(self) -> Metric:
        """The current metric."""
        name = self.metric_now()
        return metric_named(name) if name else self.given.metric

    def label(self, trial: Trial) -> str:
        """Return the name of a trial's family."""
        return self.labels.get(trial.family, trial.family)

    def baseline_label(self, trial: Trial) -> str:
        """Return the name of a baseline: a linear model is logistic or linear regression, by the task."""
        if trial.family != "linear":
            return self.label(trial)
        return "linear regression" if self.task.kind is Kind.REGRESSION else "logistic regression"

    def score(self, score: float, std: float | None = None) -> str:
        """Return a score as displayed."""
        return score_in_words(self.metric, score, std)

    def difference(self, better: float, worse: float) -> str:
        """Return the lead of one score over another, such as "0.012" or "10%"."""
        return difference(self.metric, better, worse)
