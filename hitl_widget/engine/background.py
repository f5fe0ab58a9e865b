"""What workers do beside the trials: ensemble, further objectives, holdout. Owned by the controller's thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from hitl_widget.domain import event as ev
from hitl_widget.domain.objective import Objective
from hitl_widget.domain.preference import NO_PREFERENCES
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.backlog import BATCH, Backlog, failed_jobs, measured_event_body
from hitl_widget.evaluation.fold_models import TrialModel, member_of, seed_of
from hitl_widget.evaluation.measures import MeasureJob
from hitl_widget.workers.contract import Call, FailureKind, Outcome

if TYPE_CHECKING:
    from hitl_widget.engine.controller import Controller

__all__ = ["BackgroundTasks"]

_log = logging.getLogger("hitl_widget")

_ENSEMBLE, _HOLDOUT, _MEASURE = "ensemble", "holdout", "measure"
_CANDIDATES = 30
_SECONDS = 600.0


class BackgroundTasks:
    """Keeps ensemble and objectives up to date, and measures the holdout once.

    Parameters
    ----------
    controller
        Where events go and state comes from.
    kept
        Files of trials.
    submit
        Hands a call to the workers: key, call, limit in seconds.
    measured
        Called with the trials of which more was measured, once that is on record.
    """

    def __init__(
        self,
        controller: Controller,
        kept: Artifacts,
        submit: Callable[[str, Call, float], None],
        measured: Callable[[Sequence[int]], None],
    ) -> None:
        self._c = controller
        self._plan = controller.plan
        self._kept = kept
        self._submit = submit
        self._measured = measured
        self._running: dict[str, str] = {}
        self._jobs: dict[str, list[MeasureJob]] = {}
        self._count = 0
        self._due = 0.0
        self._stale = False
        self._closing = False
        self._held_out: int | None = None
        self._backlog = Backlog(
            lambda number: seed_of(self._plan.seed, number), kept.has_model, lambda trial: self._c.now.view_of(trial)
        )

    def __len__(self) -> int:
        return len(self._running)

    def __contains__(self, key: str) -> bool:
        return key in self._running

    @property
    def model_names(self) -> tuple[str, ...]:
        """Objectives that are measured on the first fold's model, right after its fit."""
        return self._backlog.model_names

    def want(self, objectives: Sequence[Objective]) -> None:
        """Take up what is to be measured of each trial."""
        self._backlog.want(objectives, self._c.now.trials)

    def awaits(self, trial: Trial) -> bool:
        """Say whether more of a complete trial is to be measured."""
        return bool(self._backlog.missing(trial))

    def outdate(self) -> None:
        """Say that the ensemble may be another one."""
        self._stale = True

    def completed(self, trial: Trial) -> None:
        """Take note of a trial that is complete."""
        self._backlog.note(trial)
        if trial.family not in self._plan.baselines and trial.number in self._candidates():
            self._stale = True

    # -- what to start -----------------------------------------------------------------------------------------------

    def start_urgent(self) -> bool:
        """Start what goes before trials; says whether something was started."""
        if self._ensemble_wanted():
            self._start_ensemble()
            return True
        return not self._jobs and self._backlog.cheap > 0 and self._measure()

    @property
    def has_idle_work(self) -> bool:
        """Whether there is something to measure while no trial wants the workers."""
        if self._c.now.phase not in (Phase.RUNNING, Phase.PAUSED, Phase.FINISHED):
            return False
        return self._backlog.cheap > 0 or (self._backlog.dear > 0 and self._asked)

    @property
    def _asked(self) -> bool:
        """Whether the person said anything of what is good: only then are models fitted again for it."""
        return self._c.now.preferences != NO_PREFERENCES

    def start_idle(self) -> bool:
        """Start what may be done while no trial wants the workers; says whether something was started."""
        return self.has_idle_work and self._measure(idle=True)

    def _measure(self, *, idle: bool = False) -> bool:
        """Start measuring trials; those whose model must be fitted again only when idle and asked for."""
        state = self._c.now
        jobs = self._backlog.take_cheap(state.trials)
        if not jobs and idle and self._asked:
            jobs = self._backlog.take_dear(state.trials)
        if not jobs:
            return False
        jobs = [replace(job, predictions=self._kept.predictions_of(job.trial)) for job in jobs]
        call = Call("hitl_widget.evaluation.measures:measure", (jobs, dict(state.preferences.custom)))
        self._jobs[self._begin(_MEASURE, call)] = jobs
        return True

    def _candidates(self) -> list[int]:
        state = self._c.now
        own = (number for number in state.leaders if state.trials[number].family not in self._plan.baselines)
        return list(islice(own, _CANDIDATES))

    def _ensemble_wanted(self) -> bool:
        return (
            self._stale
            and _ENSEMBLE not in self._running.values()
            and self._may_blend()
            and (
                self._c.elapsed >= self._due if self._c.now.timed else self._c.now.count(TrialState.COMPLETE) % 10 == 0
            )
        )

    def _may_blend(self) -> bool:
        return not self._c.now.preferences.one_model and len(self._candidates()) > 1

    def _start_ensemble(self) -> None:
        self._stale = False
        found = {number: self._kept.predictions_of(number) for number in self._candidates()}
        files = {number: path for number, path in found.items() if path is not None}
        self._begin(_ENSEMBLE, Call("hitl_widget.evaluation.ensemble:greedy", (files,)))

    def _begin(self, kind: str, call: Call) -> str:
        self._count += 1
        key = f"{kind}#{self._count}"
        self._running[key] = kind
        self._submit(key, call, _SECONDS)
        return key

    def halt(self) -> list[str]:
        """Give up what runs, to be measured later; returns the keys to cancel."""
        keys = list(self._running)
        self._running.clear()
        for jobs in self._jobs.values():
            self._backlog.put_back(jobs, self._c.now.trials)
        self._jobs.clear()
        return keys

    # -- what came back -----------------------------------------------------------------------------------------------

    def receive(self, outcome: Outcome) -> None:
        """Take in how a call ended."""
        kind = self._running.pop(outcome.key)
        if kind == _MEASURE:
            self._receive_measured(self._jobs.pop(outcome.key), outcome)
            return
        if outcome.failure is not None:
            _log.warning("%s failed: %s", kind, outcome.failure.message)
            if kind == _HOLDOUT:
                self._c.emit(ev.HoldoutFailed(outcome.failure.message))
        elif kind == _ENSEMBLE and outcome.value is not None:
            members, score = outcome.value
            self._c.emit(ev.EnsembleChanged(tuple((int(n), float(w)) for n, w in members), float(score)))
            self._due = self._c.elapsed + max(1.0, 20 * outcome.seconds)
            self._stale = self._stale or (bool(members) and not self._c.now.ensemble)
        elif kind == _HOLDOUT:
            self._holdout_measured(outcome.value)
        if self._c.now.phase is not Phase.FINISHING:
            return
        if kind == _ENSEMBLE and outcome.failure is None and self._stale:  # an act came in between
            self.finish()
        else:
            self._finish_step(kind)

    def _receive_measured(self, jobs: list[MeasureJob], outcome: Outcome) -> None:
        self._take_in(jobs, outcome)
        if self._c.now.phase is Phase.FINISHING:
            self.finish()

    def _take_in(self, jobs: list[MeasureJob], outcome: Outcome) -> None:
        failure = outcome.failure
        if failure is not None and failure.kind is FailureKind.CANCELLED:
            self._backlog.put_back(jobs, self._c.now.trials)
            return
        if failure is not None and failure.kind in (FailureKind.DIED, FailureKind.MEMORY) and len(jobs) > 1:
            self._backlog.put_back(jobs, self._c.now.trials, alone=True)
            return
        results = outcome.value if failure is None else failed_jobs(jobs, failure.message)
        self._c.emit(ev.Measured(measured_event_body(results)))
        self._measured([job.trial for job in jobs])

    # -- the end ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """After the search: the last values, the last ensemble, then the holdout, once, then the end."""
        if self._last_values():
            return
        if self._may_blend():
            self._start_ensemble()
        else:
            self._finish_step(_ENSEMBLE)

    def _last_values(self) -> bool:
        """Measure the trials that ended last before the end, in one call; says whether that was started."""
        self._closing = not self._closing and self._asked and 0 < self._backlog.cheap <= BATCH
        return self._closing and self._measure()

    def _finish_step(self, done: str) -> None:
        state = self._c.now
        measure = done == _ENSEMBLE and self._plan.holdout_rows and state.holdout is None
        if not measure or state.chosen is None:
            self._c.course.finished()
            return
        self._held_out, best = state.chosen, [(state.chosen, 1.0)]
        members = {"best": self._members(best)}
        if state.ensemble:
            members["ensemble"] = self._members(state.ensemble)
        self._begin(_HOLDOUT, Call("hitl_widget.evaluation.fold_models:measure_holdout", (members,)))

    def _members(self, weights: Sequence[tuple[int, float]]) -> list[TrialModel]:
        return [member_of(self._c.now, number, weight, self._plan.seed) for number, weight in weights]

    def _holdout_measured(self, value: dict[str, float | None]) -> None:
        score = value.get("best")
        if self._held_out is not None and score is not None:
            self._c.emit(ev.HoldoutMeasured(self._held_out, score, value.get("ensemble"), self._plan.holdout_rows))
