"""The context of the engine's parts: the current state, the log, the plan, the search's clock, the fits in progress."""

from __future__ import annotations

from collections.abc import Mapping

from hitl_widget.domain import event as ev
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.space import Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.success import Success
from hitl_widget.domain.trial import NO_REASONS, Origin, Reasons, Trial
from hitl_widget.engine.budget import Stopwatch
from hitl_widget.engine.event_log import EventLog
from hitl_widget.engine.fits import Fits
from hitl_widget.engine.plan import Plan
from hitl_widget.errors import CommandError

__all__ = ["Context"]


class Context:
    """The context of the engine's parts. Owned by the controller's thread.

    Parameters
    ----------
    log
        The log of events, which provides the state.
    plan
        The plan of the search.
    watch
        The search's clock.
    fits
        The fits in progress.
    """

    def __init__(self, log: EventLog, plan: Plan, watch: Stopwatch, fits: Fits) -> None:
        self._log = log
        self.plan = plan
        self.watch = watch
        self.fits = fits

    @property
    def state(self) -> SessionState:
        """The state including the events of the current batch."""
        return self._log.state

    @property
    def labels(self) -> Mapping[str, str]:
        """Display names of the families, including custom ones."""
        return {**self.plan.labels, **self.state.learners}

    @property
    def folds(self) -> int:
        """Number of folds in the current view of the data."""
        rows = self.state.steering.data.rows
        return self.plan.folds if rows is None else rows.split.folds

    @property
    def holdout_rows(self) -> int:
        """Rows in the holdout of the current view of the data."""
        rows = self.state.steering.data.rows
        return self.plan.holdout_rows if rows is None else rows.holdout_rows

    @property
    def success(self) -> Success | None:
        """The success criterion; None without one, and while another target is predicted."""
        return None if self.state.steering.data.target is not None else self.plan.success

    def emit(self, event: ev.Event, by: Provenance = MACHINE) -> int:
        """Add an event to the current batch, and return its number."""
        return self._log.emit(event, by)

    def trial(self, number: int) -> Trial:
        """Return the trial with this number.

        Raises
        ------
        CommandError
            If there is no such trial.
        """
        trials = self.state.trials
        if not 0 <= number < len(trials):
            raise CommandError(f"There is no trial {number}; the record has {len(trials)} trials.")
        return trials[number]

    def queue(
        self,
        config: Mapping[str, Value],
        by: Provenance,
        origin: Origin,
        why: str,
        parent: int | None = None,
        reasons: Reasons = NO_REASONS,
    ) -> int:
        """Record a configuration as queued, and return its number."""
        number = len(self.state.trials)
        queued = ev.TrialQueued(number, config, by.author, origin, parent, why, self.state.generation, reasons)
        self.emit(queued, by)
        return number
