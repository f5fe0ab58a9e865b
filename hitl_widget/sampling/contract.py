"""Samplers: proposals, and the contract that every implementation keeps."""

from __future__ import annotations

from typing import Protocol

from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.proposal import Proposal
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial

__all__ = ["Proposal", "Sampler", "Scalarization"]


class Scalarization(Protocol):
    """One value for each trial, where more than the metric counts; the search maximizes it."""

    @property
    def noise(self) -> float:
        """Standard deviation of a value."""
        ...

    def of_trial(self, trial: Trial) -> float | None:
        """Return the value of a trial, greater is better; None without a score."""
        ...


class Sampler(Protocol):
    """Proposes configurations from the evidence.

    Owned by the controller: every method is called from its thread only.
    """

    def read(self, state: SessionState, scalarization: Scalarization | None = None) -> None:
        """Read the steering of a state, at the start and after each act: its space, beliefs and evidence.

        Ended trials that count (`SessionState.counts_as_evidence`) are evidence; running ones repel proposals. The
        sampler maximizes `scalarization` where it is given, also for trials that end later, and the scores otherwise.
        """
        ...

    def amend(self, trial: Trial) -> None:
        """Note that more was measured of an ended trial, so that its value may have changed."""
        ...

    def propose(self, state: SessionState) -> Proposal:
        """Return the next configuration, inside today's space and away from running trials.

        A proposal that never begins leaves no trace in the evidence.
        """
        ...

    def begin(self, trial: Trial) -> None:
        """Note that a trial runs."""
        ...

    def end(self, trial: Trial) -> None:
        """Note how a trial ended; trials outside today's space and discarded ones are ignored."""
        ...

    def verdicts(self, state: SessionState) -> list[Verdict]:
        """Return the verdict on each belief. It takes some milliseconds, so call it once every few trials."""
        ...
