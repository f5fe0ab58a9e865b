"""The trials in work: what runs next, what came back, what it means. Owned by the controller's thread."""

from __future__ import annotations

import contextlib
import io
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.command import Autonomy
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import LEADERS, Phase, SessionState
from hitl_widget.domain.trial import Author, Fold, Origin, Problem, Trial, TrialState
from hitl_widget.engine import evaluate
from hitl_widget.engine.budget import fold_limits
from hitl_widget.engine.families import family_available, keep_learner, keep_objective
from hitl_widget.engine.fold_models import TrialModel
from hitl_widget.engine.measure import MeasureJob
from hitl_widget.engine.measuring import Backlog, failed_jobs, measured_event_body
from hitl_widget.engine.ports import Call, Executor, Failure, FailureKind, Journal, Outcome, Proposal, Sampler, Tastes
from hitl_widget.engine.race import behind
from hitl_widget.engine.schedule import Active, Schedule, Unit
from hitl_widget.engine.trust import sign
from hitl_widget.engine.wishes import WishDesk
from hitl_widget.errors import CommandError
from hitl_widget.learners.registry import LEARNERS

if TYPE_CHECKING:
    from hitl_widget.engine.controller import Controller

__all__ = ["TrialDesk", "member_of", "seed_of"]

_log = logging.getLogger("hitl_widget")

_ENSEMBLE = "ensemble"
_HOLDOUT = "holdout"
_MEASURE = "measure"
_CANDIDATES = 30
_HOPELESS = 6
_SEED_STEP = 7919


class TrialDesk:
    """Starts folds on free slots, races them, and keeps ensemble and holdout up to date.

    Parameters
    ----------
    controller
        Where events go and state comes from.
    make_executor
        Makes the workers: at once, and again after they were let go.
    make_sampler
        Makes the sampler: at once, and again when there is a family more that it may propose.
    journal
        Where predictions and learners are kept.
    tastes
        Learns what the person prefers; None for the metric alone.

    Attributes
    ----------
    wishes
        What good means, and what the search makes of it.
    """

    def __init__(
        self,
        controller: Controller,
        make_executor: Callable[[], Executor],
        make_sampler: Callable[[], Sampler],
        journal: Journal,
        tastes: Tastes | None = None,
    ) -> None:
        self._c = controller
        self._plan = controller.plan
        self._make_executor = make_executor
        self._workers: Executor | None = make_executor()
        self._letting_go = False
        self._failures = 0
        self._make_sampler = make_sampler
        self._sampler = make_sampler()
        self._journal = journal
        self._schedule = Schedule(self._plan.folds)
        self._starts: deque[dict[str, Value]] = deque(self._plan.starts)
        self._next: Proposal | None = None
        self._side: dict[str, str] = {}
        self._side_count = 0
        self._ensemble_due = 0.0
        self._ensemble_stale = False
        self._held_out: int | None = None
        self._leaders: tuple[int, ...] = ()
        self._spared: list[int] = []
        self.wishes = WishDesk(controller, tastes)
        self._backlog = Backlog(lambda number: seed_of(self._plan.seed, number))
        self._measuring: dict[str, list[MeasureJob]] = {}

    # -- taking up and letting go -----------------------------------------------------------------------------------

    def take_up(self, state: SessionState) -> None:
        """Rebuild what is not in the events: the sampler's evidence, the queue, the remaining starts."""
        for trial in state.trials:
            if trial.state is TrialState.RUNNING:
                self._c.emit(ev.TrialRequeued(trial.number))
                self._schedule.waiting.append(trial.number)
            elif trial.state is TrialState.QUEUED:
                self._schedule.waiting.append(trial.number)
        self.steered()

    def steered(self) -> None:
        """Take up the steering: from the next proposal on it holds."""
        self._next = None
        self._sampler.read(self._c.now, self.wishes.learn())
        state = self._c.now
        self._backlog.want(self.wishes.wanted(), state.trials, state.leaders)
        begun = [dict(trial.config) for trial in state.trials if trial.origin in (Origin.BASELINE, Origin.START)]
        inside = state.space.contains()
        self._starts = deque(
            one for one in self._all_starts() if one not in begun and inside(one) and not self._lacks(one[FAMILY])
        )
        self._ensemble_stale = self._ensemble_stale or not state.ensemble or state.leaders != self._leaders
        self._spare()

    def _learn_anew(self) -> None:
        """Learn again what the person prefers once there are more trials, and search by that."""
        if self.wishes.due():
            self._next = None
            self._sampler.read(self._c.now, self.wishes.learn())

    def _lacks(self, family: Value) -> bool:
        """Say whether a family's package is missing here, or its code is not this person's: its trials would fail."""
        known = family in LEARNERS or family in self._c.now.learners
        return known and not family_available(self._folder, str(family))

    def _spare(self) -> None:
        """Keep the models of the trials that an act put out of the lead, for its undo, but not of ever more of them."""
        now = self._c.now.leaders
        gone = [number for number in (*self._spared, *self._leaders) if number not in now]
        for number in gone[:-LEADERS]:
            self._drop_models(number)
        self._spared, self._leaders = gone[-LEADERS:], now

    def _all_starts(self) -> Iterator[dict[str, Value]]:
        """The planned starts, then the default of each family that has none: one that was added."""
        yield from self._plan.starts
        known = {config[FAMILY] for config in self._plan.starts}
        space = self._c.now.space
        yield from (space.complete({FAMILY: name}) for name in space.families if name not in known)

    def suggest(self) -> Proposal:
        """Say what would be tried next, and keep it for then."""
        if self._starts:
            config = self._starts[0]
            return Proposal(config, self._why_start(config), self._origin_of_start(config))
        if self._next is None:
            self._next = self._sampler.propose(self._c.now)
        return self._next

    def judge(self, state: SessionState) -> list[Verdict]:
        """Say what the evidence says to each belief."""
        return self._sampler.judge(state)

    def keep_learner(self, name: str, code: bytes) -> None:
        """Keep a learner that came from the person, in the journal and where the workers find it."""
        self._journal.put(f"learner/{name}", sign(code))
        keep_learner(self._folder, name, code)
        self._sampler = self._make_sampler()

    def keep_objective(self, name: str, code: bytes) -> None:
        """Keep an objective that came from the person, in the journal and where the workers find it."""
        self._journal.put(f"objective/{name}", sign(code))
        keep_objective(self._folder, name, code)

    def has_learner(self, name: str) -> bool:
        """Say whether a family can be fitted here."""
        return family_available(self._folder, name)

    @property
    def _executor(self) -> Executor:
        if self._workers is None:
            self._workers = self._make_executor()
        return self._workers

    def close(self) -> None:
        """End the workers."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None

    def release_when_idle(self) -> None:
        """End the workers as soon as nothing runs, if the search rests then."""
        self._letting_go = True
        self._let_go()

    def _let_go(self) -> None:
        if self._letting_go and not self.busy:
            self._letting_go = False
            if self._c.now.phase is not Phase.RUNNING:
                self.close()

    # -- what runs next -----------------------------------------------------------------------------------------------

    def wait(self, number: int) -> None:
        """Line up a trial that the person queued."""
        self._schedule.waiting.append(number)

    def fill(self) -> None:
        """Give every free slot something to do, and have the next proposal ready before it is needed."""
        if self._c.now.phase is not Phase.RUNNING:
            self._measure_at_rest()
            self._let_go()
            return
        while self.busy < self._executor.slots:
            if self._ensemble_wanted():
                self._start_ensemble()
                continue
            if self._measure(idle=False):
                continue
            unit = self._schedule.next() or self._begin_trial()
            if unit is None:
                if self._measure(idle=True):
                    continue
                break
            self._dispatch(unit)
        if self._machine_may_propose() and not self._starts and not self._schedule.waiting and self._next is None:
            self._next = self._sampler.propose(self._c.now)

    def _measure_at_rest(self) -> None:
        """Measure on while the search rests, what the person asked for."""
        if self._c.now.phase not in (Phase.PAUSED, Phase.FINISHED) or not len(self._backlog):
            return
        while self.busy < self._executor.slots and self._measure(idle=True):
            pass

    def _measure(self, *, idle: bool) -> bool:
        """Start measuring trials: one call at a time while trials want the workers; says whether one was started."""
        if not idle and (self._measuring or not self._backlog.cheap):
            return False
        state = self._c.now
        jobs = self._backlog.take_cheap(state.trials, state.leaders)
        asked = bool(state.preferences.objectives or state.preferences.constraints)
        if not jobs and idle and asked:
            jobs = self._backlog.take_dear(state.trials)
        if not jobs:
            return False
        jobs = [replace(job, predictions=self._predictions_of(job.trial)) for job in jobs]
        call = Call("hitl_widget.engine.measure:measure", (jobs, dict(state.preferences.custom)))
        self._measuring[self._submit_side(_MEASURE, call)] = jobs
        return True

    @property
    def busy(self) -> int:
        """Calls in the workers now."""
        return self._schedule.running + len(self._side)

    @property
    def trials_in_work(self) -> int:
        """Trials that were begun and have not ended."""
        return len(self._schedule.active)

    def _begin_trial(self) -> Unit | None:
        if not self._room():
            return None
        if self._schedule.waiting:
            number = self._schedule.waiting.popleft()
        elif not self._machine_may_propose():
            return None
        elif self._starts:
            number = self._queue_start(self._starts.popleft())
        else:
            proposal, self._next = self._next or self._sampler.propose(self._c.now), None
            number = self._c.queue(
                dict(proposal.config), Author.MACHINE, proposal.origin, proposal.why, reasons=proposal.reasons
            )
        self._c.emit(ev.TrialStarted(number))
        self._sampler.begin(self._trial(number))
        return self._schedule.begin(number)

    def _room(self) -> bool:
        limit = self._c.now.budget_trials
        return limit is None or self._c.now.started < limit

    def _machine_may_propose(self) -> bool:
        state = self._c.now
        return (state.autonomy is not Autonomy.USER or state.granted > 0) and self._room()

    def _queue_start(self, config: dict[str, Value]) -> int:
        return self._c.queue(config, Author.MACHINE, self._origin_of_start(config), self._why_start(config))

    def _origin_of_start(self, config: dict[str, Value]) -> Origin:
        return Origin.BASELINE if config[FAMILY] in self._plan.baselines else Origin.START

    def _why_start(self, config: dict[str, Value]) -> str:
        if config[FAMILY] in self._plan.baselines:
            return "A baseline: what every model must beat."
        return "A starting configuration: settings that do well on many tables."

    def _dispatch(self, unit: Unit) -> None:
        trial = self._trial(unit.number)
        active = self._schedule.active[unit.number]
        budget = self._c.now.budget_seconds if self._c.now.timed else None
        soft, hard = fold_limits(budget, self._plan.folds, self._plan.trial_seconds, self._executor.slots)
        work = evaluate.FoldUnit(
            trial=unit.number,
            fold=unit.fold,
            config=dict(trial.config),
            hints=dict(active.hints),
            seed=seed_of(self._plan.seed, unit.number),
            max_seconds=soft,
            keep_model=True,
            measure=self._backlog.model_names if unit.fold == 0 else (),
        )
        self._executor.submit(
            unit.key, Call("hitl_widget.engine.evaluate:evaluate_fold", (work,)), self._c.deliver, seconds=hard
        )

    def _trial(self, number: int) -> Trial:
        return self._c.now.trials[number]

    # -- what came back -----------------------------------------------------------------------------------------------

    def receive(self, outcome: Outcome) -> None:
        """Take in how a unit ended."""
        if outcome.key in self._side:
            kind = self._side.pop(outcome.key)
            if kind == _MEASURE:
                self._receive_measured(self._measuring.pop(outcome.key), outcome)
            else:
                self._receive_side(kind, outcome)
            return
        number, _, _fold = outcome.key.partition(":")
        active = self._schedule.active.get(int(number)) if number.isdecimal() else None
        if active is None:  # it was cancelled meanwhile
            return
        active.done += 1
        if outcome.failure is not None:
            self._failed(active, outcome.failure)
        else:
            self._measured(active, outcome.value)

    def _measured(self, active: Active, result: evaluate.FoldResult) -> None:
        fold = Fold(
            result.fold,
            float(result.score),
            round(result.prepare_seconds, 5),
            round(result.fit_seconds, 5),
            round(result.predict_seconds, 6),
            result.valid_rows,
            dict(result.hints),
            tuple(result.warnings),
            result.model_bytes,
            {name: float(f"{value:.7g}") for name, value in result.measures.items()},
        )
        active.predictions[result.fold] = result.predictions
        active.hints = {**result.hints, **active.hints}
        self._failures = 0
        self._c.emit(ev.FoldDone(active.number, fold))
        if active.done == active.folds:
            self._complete(active)
            return
        if self._too_long(self._trial(active.number)):
            limit = f"{self._plan.trial_seconds:g} s"
            text = f"Its folds together took longer than the limit of a trial, {limit}; only this trial is lost."
            self._end(active.number, TrialState.FAILED, "", Problem("timeout", text))
            return
        gap = self._race(self._trial(active.number))
        if gap is not None:
            metric = "too far behind the best on the same folds"
            self._end(
                active.number, TrialState.STOPPED, f"Stopped after {active.done} of {active.folds} folds: {metric}."
            )
        else:
            active.promoted = True

    def _too_long(self, trial: Trial) -> bool:
        return self._plan.trial_seconds is not None and trial.seconds > self._plan.trial_seconds

    def _race(self, trial: Trial) -> float | None:
        best = self._c.now.best_trial
        constant = self._constant()
        if trial.author is Author.YOU or best is None or constant is None or trial.number == constant.number:
            return None
        if self.wishes.lead:  # what loses by the metric may win by what the person prefers
            return None
        return behind(_by_fold(trial), _by_fold(best), _by_fold(constant))

    def _constant(self) -> Trial | None:
        for number in range(min(len(self._c.now.trials), 50)):
            trial = self._trial(number)
            if trial.family == self._plan.constant and trial.state is TrialState.COMPLETE:
                return trial
        return None

    def _complete(self, active: Active) -> None:
        self._keep_predictions(active)
        trial = self._end(active.number, TrialState.COMPLETE)
        self._backlog.note(trial, at_hand=True)
        self._learn_anew()
        if trial.family not in self._plan.baselines and trial.number in self._candidates():
            self._ensemble_stale = True

    def _failed(self, active: Active, failure: Failure) -> None:
        if failure.kind is FailureKind.CANCELLED:
            return
        problem = Problem(str(failure.kind), failure.message, failure.detail)
        self._end(active.number, TrialState.FAILED, "", problem)
        self._failures += 1
        if self._failures >= max(_HOPELESS, 2 * self._executor.slots):
            count, self._failures = self._failures, 0
            self.halt("Nothing can be fitted.")
            self.close()
            self._c.course.give_up(f"{count} trials in a row failed. The last one said: {failure.message}")

    def _end(self, number: int, state: TrialState, reason: str = "", problem: Problem | None = None) -> Trial:
        active = self._schedule.end(number)
        if active is not None:
            for fold in range(active.started):
                self._executor.cancel(Unit(number, fold).key)
        leaders = self._c.now.leaders
        self._c.emit(ev.TrialEnded(number, state, reason, problem))
        trial = self._trial(number)
        self._sampler.end(trial)
        self._leaders = self._c.now.leaders
        for fallen in {number, *leaders} - set(self._leaders):
            self._drop_models(fallen)
        return trial

    def cancel(self, number: int, author: Author) -> None:
        """End one queued or running trial for the person."""
        if not 0 <= number < len(self._c.now.trials):
            raise CommandError(f"There is no trial {number}; the record has {len(self._c.now.trials)} trials.")
        trial = self._trial(number)
        if trial.state not in (TrialState.QUEUED, TrialState.RUNNING):
            raise CommandError(
                f"Trial {number} is {trial.state} already; only queued and running trials can be cancelled."
            )
        with contextlib.suppress(ValueError):
            self._schedule.waiting.remove(number)
        who = "You" if author is Author.YOU else "The machine"
        self._end(
            number, TrialState.STOPPED, f"{who} cancelled it after {len(trial.folds)} of {self._plan.folds} folds."
        )

    def halt(self, reason: str) -> None:
        """End what runs: at the end of the search."""
        for active in self._schedule.units():
            done = f"after {active.done} of {active.folds} folds"
            self._end(active.number, TrialState.STOPPED, f"{reason} It ended {done}.")
        for key in list(self._side):
            del self._side[key]
            self._executor.cancel(key)
            jobs = self._measuring.pop(key, [])
            self._backlog.put_back(jobs, self._c.now.trials, self._c.now.leaders)

    # -- the leaders, their predictions and models ----------------------------------------------------------------

    @property
    def _folder(self) -> Path:
        return self._plan.folder

    def _oof_file(self, number: int) -> Path:
        return self._folder / "oof" / f"{number}.npy"

    def _drop_models(self, number: int) -> None:
        for path in (*(self._folder / "models").glob(f"{number}-*"), self._oof_file(number)):
            with contextlib.suppress(OSError):
                path.unlink()

    def _keep_predictions(self, active: Active) -> None:
        import numpy as np

        whole = np.concatenate([active.predictions[fold] for fold in range(active.folds)]).astype(np.float32)
        buffer = io.BytesIO()
        np.save(buffer, whole, allow_pickle=False)
        self._journal.put(f"oof/{active.number}", buffer.getvalue())
        path = self._oof_file(active.number)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(buffer.getvalue())

    # -- ensemble and holdout -----------------------------------------------------------------------------------------

    def _candidates(self) -> list[int]:
        state = self._c.now
        own = (number for number in state.leaders if state.trials[number].family not in self._plan.baselines)
        return list(islice(own, _CANDIDATES))

    def _ensemble_wanted(self) -> bool:
        return (
            self._ensemble_stale
            and _ENSEMBLE not in self._side.values()
            and len(self._candidates()) > 1
            and (
                self._c.elapsed >= self._ensemble_due
                if self._c.now.timed
                else self._c.now.count(TrialState.COMPLETE) % 10 == 0
            )
        )

    def _start_ensemble(self) -> None:
        self._ensemble_stale = False
        files = self._restore_predictions()
        call = Call("hitl_widget.engine.ensemble:greedy", (files,))
        self._submit_side(_ENSEMBLE, call)

    def _restore_predictions(self) -> dict[int, str]:
        found = {number: self._predictions_of(number) for number in self._candidates()}
        return {number: path for number, path in found.items() if path is not None}

    def _predictions_of(self, number: int) -> str | None:
        """Return the file of a trial's out-of-fold predictions; from the journal where it was let go."""
        path = self._oof_file(number)
        if not path.exists():
            body = self._journal.get(f"oof/{number}")
            if body is None:
                return None
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(body)
        return str(path)

    def _submit_side(self, kind: str, call: Call) -> str:
        self._side_count += 1
        key = f"{kind}#{self._side_count}"
        self._side[key] = kind
        self._executor.submit(key, call, self._c.deliver, seconds=600.0)
        return key

    def _receive_measured(self, jobs: list[MeasureJob], outcome: Outcome) -> None:
        if outcome.failure is not None and outcome.failure.kind is FailureKind.CANCELLED:
            self._backlog.put_back(jobs, self._c.now.trials, self._c.now.leaders)
            return
        results = outcome.value if outcome.failure is None else failed_jobs(jobs, outcome.failure.message)
        self._c.emit(ev.Measured(measured_event_body(results)))
        leaders = self._c.now.leaders
        for job in jobs:
            self._sampler.amend(self._trial(job.trial))
            if job.trial not in leaders:
                self._drop_models(job.trial)
        self._leaders = leaders
        self._learn_anew()

    def _receive_side(self, kind: str, outcome: Outcome) -> None:
        if outcome.failure is not None:
            _log.warning("%s failed: %s", kind, outcome.failure.message)
            if kind == _HOLDOUT:
                self._c.emit(ev.HoldoutFailed(outcome.failure.message))
        elif kind == _ENSEMBLE and outcome.value is not None:
            members, score = outcome.value
            self._c.emit(ev.EnsembleChanged(tuple((int(n), float(w)) for n, w in members), float(score)))
            self._ensemble_due = self._c.elapsed + max(1.0, 20 * outcome.seconds)
            self._ensemble_stale = self._ensemble_stale or (bool(members) and not self._c.now.ensemble)
        elif kind == _HOLDOUT:
            self._holdout_measured(outcome.value)
        if self._c.now.phase is not Phase.FINISHING:
            return
        if kind == _ENSEMBLE and outcome.failure is None and self._ensemble_stale:  # an act came in between
            self.finish()
        else:
            self._finish_step(kind)

    def finish(self) -> None:
        """After the search: the last ensemble, then the holdout, once, then the end."""
        if len(self._candidates()) > 1:
            self._start_ensemble()
        else:
            self._finish_step(_ENSEMBLE)

    def _finish_step(self, done: str) -> None:
        state = self._c.now
        measure = done == _ENSEMBLE and self._plan.holdout_rows and state.holdout is None and state.chosen is not None
        if not measure or state.chosen is None:
            self._c.course.finished()
            return
        self._held_out, best = state.chosen, [(state.chosen, 1.0)]
        members = {"best": self._members(best)}
        if state.ensemble:
            members["ensemble"] = self._members(state.ensemble)
        self._submit_side(_HOLDOUT, Call("hitl_widget.engine.fold_models:measure_holdout", (members,)))

    def _members(self, weights: Sequence[tuple[int, float]]) -> list[TrialModel]:
        return [member_of(self._trial(number), weight, self._plan.seed) for number, weight in weights]

    def _holdout_measured(self, value: dict[str, float | None]) -> None:
        score = value.get("best")
        if self._held_out is not None and score is not None:
            self._c.emit(ev.HoldoutMeasured(self._held_out, score, value.get("ensemble"), self._plan.holdout_rows))


def seed_of(seed: int, number: int) -> int:
    """Return the seed of a trial."""
    return seed + _SEED_STEP * (number + 1)


def member_of(trial: Trial, weight: float, seed: int) -> TrialModel:
    """Return a trial as a member of a blend."""
    return TrialModel(trial.number, dict(trial.config), trial.hints, seed_of(seed, trial.number), weight)


def _by_fold(trial: Trial) -> dict[int, float]:
    return {fold.fold: fold.score for fold in trial.folds}
