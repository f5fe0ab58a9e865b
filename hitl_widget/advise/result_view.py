"""A session, as the rules on results see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Trial

__all__ = ["ResultView"]


@dataclass(frozen=True, slots=True)
class ResultView:
    """A session, as the rules on results see it.

    Parameters
    ----------
    state
        The session.
    task
        The task.
    baselines
        Families of the constant guess and its like.
    labels
        Names of families as people know them.
    """

    state: SessionState
    task: Task
    baselines: frozenset[str] = frozenset({"dummy"})
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def constant(self) -> float | None:
        """The best score of a baseline."""
        champions = (self.state.family_best.get(name) for name in self.baselines)
        scores = [self.state.trials[one].score for one in champions if one is not None]
        return max((one for one in scores if one is not None), default=None)

    @property
    def top(self) -> float:
        """The score of a model without error."""
        return 0.0 if self.task.metric.sign < 0 else 1.0

    def way(self, score: float) -> float | None:
        """Return how far a score is from the constant guess (0) to no error (1); None where that is not known."""
        base = self.constant
        if base is None or base >= self.top:
            return None
        return (score - base) / (self.top - base)

    def label(self, trial: Trial) -> str:
        """Name a trial."""
        return f"{self.family(trial)} (#{trial.number})"

    def family(self, trial: Trial) -> str:
        """Name the family of a trial."""
        return self.labels.get(trial.family, trial.family)
