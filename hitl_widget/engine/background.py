"""The background tasks besides the trials: objectives, ensemble, holdout. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Trial
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.backlog import Backlog
from hitl_widget.engine.blending import Blending
from hitl_widget.engine.context import Context
from hitl_widget.engine.holdout import Holdout
from hitl_widget.engine.measuring import Measuring
from hitl_widget.engine.phases import Phases
from hitl_widget.engine.proposals import Proposals
from hitl_widget.engine.rescoring import Rescoring
from hitl_widget.engine.retention import Retention
from hitl_widget.engine.scalarizer import Scalarizer
from hitl_widget.engine.worker_pool import WorkerPool

__all__ = ["BackgroundTasks"]


class BackgroundTasks:
    """Keeps objectives and ensemble up to date, and ends the search with the holdout.

    Parameters
    ----------
    context
        State, log, plan and clock.
    phases
        Records the end of the search.
    pool
        The workers.
    artifacts, backlog, retention
        Files of trials, trials with missing measurements, and the retention of models.
    proposals
        Told when a trial has new measurements.
    scalarizer
        Provides the objectives to measure.
    seen_in_holdout
        Returns how many rows of the holdout trials have used.
    """

    def __init__(
        self,
        context: Context,
        phases: Phases,
        pool: WorkerPool,
        artifacts: Artifacts,
        backlog: Backlog,
        retention: Retention,
        proposals: Proposals,
        scalarizer: Scalarizer,
        seen_in_holdout: Callable[[], int],
    ) -> None:
        self._context = context
        self._phases = phases
        self._retention = retention
        self._proposals = proposals
        self._scalarizer = scalarizer
        self._measuring = Measuring(context, pool, artifacts, backlog, self._measured)
        self._rescoring = Rescoring(context, pool, artifacts, self._rescored)
        self._blending = Blending(context, pool, artifacts, self._blended)
        self._holdout = Holdout(context, pool, self._held_out, seen_in_holdout)
        self._took_last_values = False

    @property
    def model_names(self) -> tuple[str, ...]:
        """Objectives that are measured on the first fold's model, right after its fit."""
        return self._measuring.model_names

    @property
    def has_idle_work(self) -> bool:
        """Return whether there is a task for idle workers."""
        return self._rescoring.has_work or self._holdout.is_wanted_again or self._measuring.has_idle_work

    def steered(self) -> None:
        """Follow an act: measure the current objectives, blend the current leaders, retain their models."""
        self._rescoring.outdate()
        self._holdout.steered()
        self._measuring.want(self._scalarizer.wanted)
        if not self._context.state.ensemble or self._retention.leaders_moved:
            self._blending.outdate()
        self._retention.steered()

    def completed(self, trial: Trial) -> None:
        """Handle a trial that is complete."""
        if self._context.state.awaits_scores(trial):  # it began under another metric
            self._rescoring.outdate()
        self._measuring.note(trial)
        self._blending.completed(trial)

    def start_urgent(self) -> bool:
        """Start a task that has priority over trials; return whether one was started."""
        return self._rescoring.start() or self._blending.start_if_due() or self._measuring.start_urgent()

    def start_idle(self) -> bool:
        """Start a task for idle workers; return whether one was started."""
        if self._rescoring.start():
            return True
        if not self._rescoring.busy and self._blending.start_at_rest():
            return True
        waits = self._rescoring.busy or self._blending.is_running
        if not waits and self._holdout.is_wanted_again and self._holdout.start():
            return True
        return self._measuring.start_idle()

    def halt(self) -> None:
        """Cancel the running calls."""
        self._took_last_values = False
        self._rescoring.halt()
        self._measuring.halt()
        self._blending.halt()
        self._holdout.halt()

    def finish(self, by: Provenance = MACHINE) -> None:
        """End the search: measure the remaining values and the last ensemble, then evaluate the holdout once."""
        if self._rescoring.busy or self._rescoring.start():
            return
        self._took_last_values = not self._took_last_values and self._measuring.has_last_values
        if self._took_last_values and self._measuring.start():
            return
        if self._blending.possible:
            self._blending.start()
        else:
            self._measure_holdout(by)

    def _measure_holdout(self, by: Provenance = MACHINE) -> None:
        if not self._holdout.start():
            self._phases.finished(by)

    # -- what came back -----------------------------------------------------------------------------------------------

    @property
    def _finishing(self) -> bool:
        return self._context.state.phase is Phase.FINISHING

    def _measured(self, numbers: Sequence[int]) -> None:
        """Update the worth of trials and the leaders after new measurements."""
        if numbers:
            if self._retention.leaders_moved:
                self._blending.outdate()
            for number in numbers:
                self._proposals.measured(self._context.state.trials[number])
            self._retention.measured(numbers)
            self._proposals.learn_anew()
        if self._finishing:
            self.finish()

    def _rescored(self) -> None:
        """Follow the scores of a new metric: other models lead, and the holdout tells other figures."""
        for trial in self._context.state.trials:
            self._measuring.note(trial)
        self._blending.outdate()
        self._retention.steered()
        self._proposals.steered(MACHINE)
        if self._finishing:
            self.finish()

    def _blended(self, up_to_date: bool) -> None:
        if not self._finishing:
            return
        if up_to_date:
            self._measure_holdout()
        else:  # an act came in between
            self.finish()

    def _held_out(self) -> None:
        if self._finishing:
            self._phases.finished()
