"""The vocabulary of a session: displayed names and numbers. Sentences are in the other modules of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hitl_widget.domain.data_choices import NO_CHOICES, DataChoices
from hitl_widget.domain.figures import difference, duration, number, plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Task
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
    choices_now
        Returns the current choices about the data.
    """

    given: Task
    labels: Mapping[str, str]
    baselines: frozenset[str]
    choices_now: Callable[[], DataChoices] = lambda: NO_CHOICES

    @property
    def task(self) -> Task:
        """The task with the current target, metric and rows; its columns have their first roles."""
        return self.choices_now().scored(self.given)

    def at(self, choices: DataChoices) -> Words:
        """Return the vocabulary under other choices about the data."""
        return replace(self, choices_now=lambda: choices)

    @property
    def metric(self) -> Metric:
        """The current metric."""
        return self.choices_now().metric_of(self.given)

    def label(self, trial: Trial) -> str:
        """Return the name of a trial's family."""
        return self.labels.get(trial.family, trial.family)

    def score(self, score: float, std: float | None = None) -> str:
        """Return a score as displayed."""
        return score_in_words(self.metric, score, std)

    def difference(self, better: float, worse: float) -> str:
        """Return the lead of one score over another, such as "0.012" or "10%"."""
        return difference(self.metric, better, worse)
