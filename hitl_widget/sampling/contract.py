"""What a sampler promises: proposals, and the contract of all implementations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.space import Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import NO_REASONS, Origin, Reasons, Trial

__all__ = ["Proposal", "Sampler", "Scalarization"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A configuration that the machine would try next, and why.

    Parameters
    ----------
    config
        The whole configuration.
    why
        The reason, in words.
    origin
        `Origin.SAMPLER`, or `Origin.BELIEF` when a belief decided more than half of the choice.
    reasons
        The reason, in values.
    """

    config: Mapping[str, Value]
    why: str
    origin: Origin = Origin.SAMPLER
    reasons: Reasons = NO_REASONS


class Scalarization(Protocol):
    """What trials are worth to the search, where more than the metric counts."""

    @property
    def noise(self) -> float:
        """By how much a merit is uncertain."""
        ...

    def of_trial(self, trial: Trial) -> float | None:
        """Return what a trial is worth, greater is better; None without a score."""
        ...


class Sampler(Protocol):
    """Proposes configurations from the evidence.

    Owned by the controller: every method is called from its thread only.
    """

    def read(self, state: SessionState, merits: Scalarization | None = None) -> None:
        """Take up the steering of a state, at the start and after each act: its space, beliefs and evidence.

        Evidence are the ended trials that count (`SessionState.counts_as_evidence`); those in work repel. With merits
        these are maximised, also of the trials that end from here on, else the scores.
        """
        ...

    def amend(self, trial: Trial) -> None:
        """Take note that more was measured of a trial that ended: its merit may be another one."""
        ...

    def propose(self, state: SessionState) -> Proposal:
        """Return the next configuration, inside today's space; trials in work repel it.

        A proposal that never begins leaves no trace in the evidence.
        """
        ...

    def begin(self, trial: Trial) -> None:
        """Take note that a trial runs."""
        ...

    def end(self, trial: Trial) -> None:
        """Take note of how a trial ended; of one outside today's space or discarded, nothing is learnt."""
        ...

    def judge(self, state: SessionState) -> list[Verdict]:
        """Say what the evidence says to each belief; cheap, but not free: once in some trials."""
        ...
