"""The phases of a search and its clock. Owned by the controller's thread."""

from __future__ import annotations

from hitl_widget.domain import event as ev
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.context import Context

__all__ = ["Phases"]


class Phases:
    """Records that a search starts, pauses, resumes and ends, and controls its clock.

    Parameters
    ----------
    context
        State, log, plan and clock.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def begin(self, by: Provenance) -> None:
        """Start the search."""
        self._context.watch.start()
        self._context.emit(ev.Started(), by)

    def pause(self, by: Provenance) -> None:
        """Pause the search."""
        self._context.watch.stop()
        self._context.emit(ev.Paused(), by)

    def go_on(self, by: Provenance) -> None:
        """Resume the search."""
        self._context.watch.start()
        self._context.emit(ev.Resumed(), by)

    def finishing(self, reason: str, by: Provenance) -> None:
        """Start finishing: no more trials, only the last ensemble and the holdout."""
        self._context.emit(ev.Finishing(reason), by)

    def finished(self, by: Provenance = MACHINE) -> None:
        """Finish the search after the holdout was evaluated."""
        self._context.emit(ev.Finished(self._context.state.reason), by)

    def give_up(self, message: str) -> None:
        """Fail the search because nothing can run."""
        self._context.watch.stop()
        self._context.emit(ev.Failed(message, "Fix the cause, then call session.resume(): it starts new workers."))

    @property
    def spent(self) -> str | None:
        """Return the reached limit as a sentence; None while the budget lasts."""
        state = self._context.state
        if state.budget_seconds is not None and self._context.watch.elapsed >= state.budget_seconds:
            return "The time budget is used up."
        trials = state.budget_trials
        if trials is not None and state.started >= trials and not state.count(TrialState.RUNNING):
            return f"All {trials} trials are done."
        return None
