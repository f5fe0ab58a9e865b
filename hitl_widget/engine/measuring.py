"""Background measuring: the further objectives of trials that ended. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from hitl_widget.domain import event as ev
from hitl_widget.domain.objective import Objective
from hitl_widget.domain.preference import NO_PREFERENCES
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Trial
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.backlog import BATCH, Backlog, failed_jobs, measured_event_body
from hitl_widget.engine.context import Context
from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.evaluation.measures import MeasureJob
from hitl_widget.workers.contract import Call, FailureKind, Outcome

__all__ = ["LIMIT", "Measuring"]

LIMIT = 600.0
"""Seconds that a background call may take."""


class Measuring:
    """Measures the current objectives of trials that lack them.

    Parameters
    ----------
    context
        State, log, plan and clock.
    pool
        The workers.
    artifacts
        Files of trials.
    backlog
        Trials with missing measurements.
    ended
        Called after each call with the trials that have new measurements.
    """

    def __init__(
        self,
        context: Context,
        pool: WorkerPool,
        artifacts: Artifacts,
        backlog: Backlog,
        ended: Callable[[Sequence[int]], None],
    ) -> None:
        self._context = context
        self._pool = pool
        self._artifacts = artifacts
        self._backlog = backlog
        self._ended = ended
        self._running: dict[str, list[MeasureJob]] = {}

    @property
    def model_names(self) -> tuple[str, ...]:
        """Objectives that are measured on the first fold's model, right after its fit."""
        return self._backlog.model_names

    def want(self, objectives: Sequence[Objective]) -> None:
        """Set the objectives that each trial is measured on."""
        self._backlog.want(objectives, self._context.state.trials)

    def note(self, trial: Trial) -> None:
        """Queue a complete trial if it has missing measurements."""
        self._backlog.note(trial)

    @property
    def has_idle_work(self) -> bool:
        """Return whether idle workers have something to measure."""
        if self._context.state.phase not in (Phase.RUNNING, Phase.PAUSED, Phase.FINISHED):
            return False
        return self._backlog.cheap > 0 or (self._backlog.expensive > 0 and self._asked)

    @property
    def _asked(self) -> bool:
        """Return whether the user stated preferences; only then are models fitted again to be measured."""
        return self._context.state.preferences != NO_PREFERENCES

    @property
    def has_last_values(self) -> bool:
        """Return whether the remaining values can be measured in one call before the search ends."""
        return self._asked and 0 < self._backlog.cheap <= BATCH

    def start_urgent(self) -> bool:
        """Start a call that has priority over trials; return whether one was started."""
        return not self._running and self._backlog.cheap > 0 and self.start()

    def start_idle(self) -> bool:
        """Start a call for idle workers; return whether one was started."""
        return self.has_idle_work and self.start(idle=True)

    def start(self, *, idle: bool = False) -> bool:
        """Start a call, and return whether one was started; models are fitted again only if idle and requested."""
        state = self._context.state
        jobs = self._backlog.take_cheap(state.trials)
        if not jobs and idle and self._asked:
            jobs = self._backlog.take_expensive(state.trials)
        if not jobs:
            return False
        jobs = [replace(job, predictions=self._artifacts.predictions_of(job.trial)) for job in jobs]
        call = Call("hitl_widget.evaluation.measures:measure", (jobs, dict(state.preferences.custom)))
        self._running[self._pool.begin("measure", call, LIMIT, self._receive)] = jobs
        return True

    def halt(self) -> None:
        """Cancel the running call; its values are measured later."""
        for key, jobs in self._running.items():
            self._pool.cancel(key)
            self._backlog.put_back(jobs, self._context.state.trials)
        self._running.clear()

    def _receive(self, outcome: Outcome) -> None:
        self._ended(self._recorded(self._running.pop(outcome.key), outcome))

    def _recorded(self, jobs: list[MeasureJob], outcome: Outcome) -> Sequence[int]:
        """Record the measured values, and return the trials; empty if the jobs must be repeated."""
        failure, trials = outcome.failure, self._context.state.trials
        if failure is not None and failure.kind is FailureKind.CANCELLED:
            self._backlog.put_back(jobs, trials)
            return ()
        if failure is not None and failure.kind in (FailureKind.DIED, FailureKind.MEMORY) and len(jobs) > 1:
            self._backlog.put_back(jobs, trials, separately=True)
            return ()
        results = outcome.value if failure is None else failed_jobs(jobs, failure.message)
        self._context.emit(ev.Measured(measured_event_body(results)))
        return [job.trial for job in jobs]
