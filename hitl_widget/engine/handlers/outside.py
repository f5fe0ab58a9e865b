"""Running trials that a change leaves outside."""

from __future__ import annotations

from typing import Protocol

from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.context import Context

__all__ = ["Cancelling", "cancel_outside"]


class Cancelling(Protocol):
    """The scheduler's interface for canceling trials."""

    def cancel(self, number: int, by: Provenance) -> None:
        """Cancel one queued or running trial."""
        ...


def cancel_outside(context: Context, trials: Cancelling, by: Provenance) -> None:
    """Cancel the queued and running trials that lie outside the current space or read other data."""
    state = context.state
    for number in sorted(state.outside):
        if state.trials[number].state in (TrialState.QUEUED, TrialState.RUNNING):
            trials.cancel(number, by)
