"""A session, as the rules on results see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Trial

__all__ = ["LabelEvidence", "ResultView"]


@dataclass(frozen=True, slots=True)
class LabelEvidence:
    """Labels against out-of-fold predictions.

    Parameters
    ----------
    judges
        The trials whose predictions were compared with the labels.
    rows
        Number of labels that were compared.
    wrong
        Estimated number of wrong labels, without those that a person has judged; 0 if the evidence is weak.
    surest
        Number of rows in the tenth where the models are surest.
    share, in_half
        Share of contradicted labels in the surest tenth and in the surest half.
    examples
        The most suspicious rows: row, label, predicted label and its probability, as text.
    """

    judges: tuple[int, ...]
    rows: int
    wrong: int = 0
    surest: int = 0
    share: float = 0.0
    in_half: float = 0.0
    examples: tuple[tuple[str, ...], ...] = ()


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
    label_evidence
        The labels against out-of-fold predictions; None while they are not compared.
    """

    state: SessionState
    task: Task
    baselines: frozenset[str] = frozenset({"dummy"})
    labels: Mapping[str, str] = field(default_factory=dict)
    label_evidence: LabelEvidence | None = None

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
