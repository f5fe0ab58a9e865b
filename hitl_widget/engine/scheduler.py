"""The trials in work: what runs next, what came back, what it means. Owned by the controller's thread."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.data_choices import ANY_VIEW
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import LEADERS, Phase, SessionState
from hitl_widget.domain.trial import Author, Fold, Origin, Problem, Trial, TrialState
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.background import BackgroundTasks
from hitl_widget.engine.budget import fold_limits
from hitl_widget.engine.handlers.preferences import PreferenceHandler
from hitl_widget.engine.ports import Journal, PreferenceLearner
from hitl_widget.engine.race import behind
from hitl_widget.engine.schedule import Active, Schedule, Unit
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import FoldResult
from hitl_widget.evaluation.fold_models import seed_of
from hitl_widget.evaluation.trust import sign
from hitl_widget.evaluation.user_code import (
    family_available,
    has_transform,
    keep_learner,
    keep_objective,
    keep_transform,
)
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.sampling.contract import Proposal, Sampler
from hitl_widget.workers.contract import Call, Executor, Failure, FailureKind, Outcome

if TYPE_CHECKING:
    from hitl_widget.engine.controller import Controller

__all__ = ["Scheduler"]

_HOPELESS = 6
_ENOUGH = 3
"""Families whose best is measured again on changed columns; with fewer the planned starts come too."""


class _Start(NamedTuple):
    """A configuration to begin with; `again` is the trial that measured it on other columns."""

    config: dict[str, Value]
    again: int | None = None


class Scheduler:
    """Starts folds on free slots, races them, and has what else there is to do done.

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
        tastes: PreferenceLearner | None = None,
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
        self._starts: deque[_Start] = deque(_Start(config) for config in self._plan.starts)
        self._next: Proposal | None = None
        self._leaders: tuple[int, ...] = ()
        self._spared: list[int] = []
        self.wishes = PreferenceHandler(controller, tastes)
        self._kept = Artifacts(self._plan.folder, journal)
        self._side = BackgroundTasks(controller, self._kept, self._submit, self._measured_more)

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
        self._side.want(self.wishes.wanted())
        today = [one for one in state.trials if not state.on_other_data(one)]
        begun = [dict(one.config) for one in today if one.origin in (Origin.BASELINE, Origin.START)]
        inside = state.space.contains()
        self._starts = deque(
            one
            for one in self._all_starts()
            if one.config not in begun
            and inside(one.config)
            and not self._lacks(one.config[FAMILY])
            and not (one.again is not None and any(dict(trial.config) == one.config for trial in today))
        )
        if not state.ensemble or state.leaders != self._leaders:
            self._side.outdate()
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
            self._drop(number)
        self._spared, self._leaders = gone[-LEADERS:], now

    def _all_starts(self) -> Iterator[_Start]:
        """The planned starts, then the default of each family that has none: one that was added.

        On columns that were changed, the best of each family comes instead, so that scores can be compared at once.
        """
        again = self._again()
        planned = () if len(again) >= _ENOUGH else self._plan.starts
        yield from (*again, *map(_Start, planned))
        known = {config[FAMILY] for config in self._plan.starts}
        space = self._c.now.space
        yield from (_Start(space.complete({FAMILY: name})) for name in space.families if name not in known)

    def _again(self) -> list[_Start]:
        """Return the best configuration of each family that was measured on other columns, the best first."""
        state = self._c.now
        if not state.view:
            return []
        aside = (one for one in state.trials if state.on_other_data(one) and one.state is TrialState.COMPLETE)
        scored = [one for one in aside if one.score is not None and one.number not in state.steering.discarded]
        best: dict[str, Trial] = {}
        for trial in sorted(scored, key=lambda one: -(one.score or 0.0)):
            best.setdefault(trial.family, trial)
        return [_Start(dict(one.config), one.number) for one in best.values()]

    def suggest(self) -> Proposal:
        """Say what would be tried next, and keep it for then."""
        if self._starts:
            start = self._starts[0]
            return Proposal(start.config, self._why_start(start), self._origin_of_start(start.config))
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
        keep_objective(self._folder, name, code)
        self._journal.put(f"objective/{name}", sign(code))

    def keep_transform(self, name: str, code: bytes) -> None:
        """Keep a transform that came from the person, in the journal and where the workers find it."""
        keep_transform(self._folder, name, code)
        self._journal.put(f"transform/{name}", sign(code))

    def has_transform(self, name: str) -> bool:
        """Say whether the code of a transform is here."""
        return has_transform(self._folder, name)

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

    def look(self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None) -> None:
        """Run a call beside the trials."""
        self._executor.submit(key, call, done, seconds=seconds, background=True)

    def cancel_look(self, key: str) -> None:
        """End a look."""
        if self._workers is not None:
            self._workers.cancel(key)

    # -- what runs next -----------------------------------------------------------------------------------------------

    def wait(self, number: int) -> None:
        """Line up a trial that the person queued."""
        self._schedule.waiting.append(number)

    def fill(self) -> None:
        """Give every free slot something to do, and have the next proposal ready before it is needed."""
        if self._c.now.phase is not Phase.RUNNING:
            while self.busy < self._slots_at_rest and self._side.start_idle():
                pass
            self._let_go()
            return
        while self.busy < self._executor.slots:
            if self._side.start_urgent():
                continue
            unit = self._schedule.next() or self._begin_trial()
            if unit is not None:
                self._dispatch(unit)
            elif not self._side.start_idle():
                break
        if self._machine_may_propose() and not self._starts and not self._schedule.waiting and self._next is None:
            self._next = self._sampler.propose(self._c.now)

    @property
    def _slots_at_rest(self) -> int:
        """Slots for what is measured while the search rests; with as many there are no new workers for it."""
        return self._executor.slots if self._side.has_idle_work else 0

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
        view = ANY_VIEW if self._trial(number).family in self._plan.baselines else self._c.now.view
        self._c.emit(ev.TrialStarted(number, view))
        self._sampler.begin(self._trial(number))
        return self._schedule.begin(number)

    def _room(self) -> bool:
        limit = self._c.now.budget_trials
        return limit is None or self._c.now.started < limit

    def _machine_may_propose(self) -> bool:
        state = self._c.now
        return (state.autonomy is not Autonomy.USER or state.granted > 0) and self._room()

    def _queue_start(self, start: _Start) -> int:
        origin, why = self._origin_of_start(start.config), self._why_start(start)
        return self._c.queue(start.config, Author.MACHINE, origin, why, parent=start.again)

    def _origin_of_start(self, config: dict[str, Value]) -> Origin:
        return Origin.BASELINE if config[FAMILY] in self._plan.baselines else Origin.START

    def _why_start(self, start: _Start) -> str:
        family = str(start.config[FAMILY])
        if start.again is not None:
            label = self._plan.labels.get(family, family)
            return f"The best of {label} until now, #{start.again}, on the columns as they are today."
        if family in self._plan.baselines:
            return "A baseline: what every model must beat."
        return "A starting configuration: settings that do well on many tables."

    def _dispatch(self, unit: Unit) -> None:
        trial = self._trial(unit.number)
        active = self._schedule.active[unit.number]
        budget = self._c.now.budget_seconds if self._c.now.timed else None
        soft, hard = fold_limits(budget, self._plan.folds, self._plan.trial_seconds, self._executor.slots)
        work = FoldUnit(
            trial=unit.number,
            fold=unit.fold,
            config=dict(trial.config),
            hints=dict(active.hints),
            seed=seed_of(self._plan.seed, unit.number),
            max_seconds=soft,
            keep_model=True,
            measure=self._side.model_names if unit.fold == 0 else (),
            view=self._c.now.view_of(trial),
        )
        self._submit(unit.key, Call("hitl_widget.evaluation.fold:evaluate_fold", (work,)), hard)

    def _submit(self, key: str, call: Call, seconds: float | None) -> None:
        self._executor.submit(key, call, self._c.deliver, seconds=seconds)

    def _trial(self, number: int) -> Trial:
        return self._c.now.trials[number]

    # -- what came back -----------------------------------------------------------------------------------------------

    def receive(self, outcome: Outcome) -> None:
        """Take in how a unit ended."""
        if outcome.key in self._side:
            self._side.receive(outcome)
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

    def _measured(self, active: Active, result: FoldResult) -> None:
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
        self._kept.keep_predictions(active.number, active.predictions)
        self._side.completed(self._end(active.number, TrialState.COMPLETE))
        self._learn_anew()

    def _measured_more(self, numbers: Sequence[int]) -> None:
        """Take up that more is known of trials: what they are worth, and who leads."""
        if self._c.now.leaders != self._leaders:
            self._side.outdate()
        self._spare()
        for number in numbers:
            self._sampler.amend(self._trial(number))
            if number not in self._leaders and number not in self._spared:
                self._drop(number)
        self._learn_anew()

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
            if not self._side.awaits(self._trial(fallen)):  # it may yet lead, once its constraints are measured
                self._drop(fallen)
        return trial

    def _drop(self, number: int) -> None:
        """Let go of a trial's models, unless it is the one that the person would take."""
        if number != self._c.now.chosen:
            self._kept.drop(number)

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
        for key in self._side.halt():
            self._executor.cancel(key)

    def finish(self) -> None:
        """After the search: the last word on what is preferred, the last ensemble, the holdout, once, then the end."""
        self._learn_anew()
        self._side.finish()

    # -- places ----------------------------------------------------------------

    @property
    def _folder(self) -> Path:
        return self._plan.folder


def _by_fold(trial: Trial) -> dict[int, float]:
    return {fold.fold: fold.score for fold in trial.folds}
