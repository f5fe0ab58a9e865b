"""The scheduler, which runs folds and handles their scores. Owned by the controller's thread."""

from __future__ import annotations

import contextlib
from functools import partial

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.data_choices import ANY_VIEW
from hitl_widget.domain.figures import duration
from hitl_widget.domain.fit import Rounds
from hitl_widget.domain.proposal import Proposal
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Fold, Problem, Trial, TrialState
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.background import BackgroundTasks
from hitl_widget.engine.budget import fold_limits
from hitl_widget.engine.context import Context
from hitl_widget.engine.phases import Phases
from hitl_widget.engine.proposals import Proposals
from hitl_widget.engine.race import gap_to_best
from hitl_widget.engine.retention import Retention
from hitl_widget.engine.scalarizer import Scalarizer
from hitl_widget.engine.schedule import Active, Schedule, Unit
from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import FoldResult
from hitl_widget.evaluation.fold_models import seed_of
from hitl_widget.evaluation.measures import FOLD_MEASURES
from hitl_widget.workers.contract import Call, Failure, FailureKind, Outcome

__all__ = ["Scheduler"]

_HOPELESS = 6


class Scheduler:
    """Gives every free slot a fold or a background task, and races the trials.

    Parameters
    ----------
    context
        State, log, plan and clock.
    phases
        Records a failure when nothing can be fitted.
    pool
        The workers.
    proposals
        The configurations of the search.
    background
        The background tasks.
    artifacts, retention
        Files of trials, and the retention of models.
    scalarizer
        The objectives to measure.
    """

    def __init__(
        self,
        context: Context,
        phases: Phases,
        pool: WorkerPool,
        proposals: Proposals,
        background: BackgroundTasks,
        artifacts: Artifacts,
        retention: Retention,
        scalarizer: Scalarizer,
    ) -> None:
        self._context = context
        self._plan = context.plan
        self._phases = phases
        self._pool = pool
        self._proposals = proposals
        self._background = background
        self._artifacts = artifacts
        self._retention = retention
        self._scalarizer = scalarizer
        self._schedule = Schedule()
        self._failures = 0

    def take_up(self) -> None:
        """Queue the trials again that were queued or running when the session ended."""
        for trial in self._context.state.trials:
            if trial.state is TrialState.RUNNING:
                self._context.emit(ev.TrialRequeued(trial.number))
                self._schedule.waiting.append(trial.number)
            elif trial.state is TrialState.QUEUED:
                self._schedule.waiting.append(trial.number)
        self.steered(MACHINE)

    def steered(self, by: Provenance, *, new_family: bool = False) -> None:
        """Follow an act, which affects the next proposal."""
        self._proposals.steered(by, new_family=new_family)
        self._background.steered()

    def suggest(self) -> Proposal:
        """Return the next proposal, and keep it for the next trial."""
        return self._proposals.suggest()

    @property
    def busy(self) -> int:
        """Number of calls in the workers."""
        return self._pool.busy

    # -- what runs next -----------------------------------------------------------------------------------------------

    def enqueue(self, number: int) -> None:
        """Add a queued trial."""
        self._schedule.waiting.append(number)

    def fill(self) -> None:
        """Fill the free slots, and compute the next proposal in advance."""
        if self._context.state.phase is not Phase.RUNNING:
            self._fill_at_rest()
            return
        while self._pool.busy < self._pool.slots:
            if self._background.start_urgent():
                continue
            unit = self._schedule.next() or self._begin_trial()
            if unit is not None:
                self._dispatch(unit)
            elif not self._background.start_idle():
                break
        if self._machine_may_propose() and not self._schedule.waiting:
            self._proposals.prepare()

    def _fill_at_rest(self) -> None:
        """Measure while the search rests; new workers start only if there is something to measure."""
        while self._background.has_idle_work and self._pool.busy < self._pool.slots:
            if not self._background.start_idle():
                break
        self._pool.close_if_released(resting=True)

    def _begin_trial(self) -> Unit | None:
        if not self._room():
            return None
        if self._schedule.waiting:
            number = self._schedule.waiting.popleft()
        elif self._machine_may_propose():
            number = self._proposals.queue()
        else:
            return None
        view = ANY_VIEW if self._trial(number).family in self._plan.baselines else self._context.state.view
        self._context.emit(ev.TrialStarted(number, view))
        self._proposals.begun(self._trial(number))
        return self._schedule.begin(number, self._context.folds)

    def _room(self) -> bool:
        limit = self._context.state.budget_trials
        return limit is None or self._context.state.started < limit

    def _machine_may_propose(self) -> bool:
        state = self._context.state
        return (state.autonomy is not Autonomy.USER or state.granted > 0) and self._room()

    def _dispatch(self, unit: Unit) -> None:
        state, trial = self._context.state, self._trial(unit.number)
        budget = state.budget_seconds if state.timed else None
        active = self._schedule.active[unit.number]
        soft, hard = fold_limits(budget, active.folds, self._plan.trial_seconds, self._pool.slots)
        work = FoldUnit(
            trial=unit.number,
            fold=unit.fold,
            config=dict(trial.config),
            hints=dict(active.hints),
            seed=seed_of(self._plan.seed, unit.number),
            max_seconds=soft,
            keep_model=True,
            measure=self._measures(trial, unit.fold),
            view=state.view_of(trial),
        )
        call = Call("hitl_widget.evaluation.fold:evaluate_fold", (work,))
        self._context.fits.begin(unit.number, unit.fold, self._context.watch.elapsed)
        self._pool.submit(unit.key, call, hard, partial(self._receive, unit), partial(self._hear, unit))

    def _measures(self, trial: Trial, fold: int) -> tuple[str, ...]:
        """Return the objectives to measure on a fold's model: on later folds those that each fold has a value of."""
        if fold == 0:
            return self._background.model_names
        first = next(one.measures for one in trial.folds if one.fold == 0)
        return tuple(name for name in FOLD_MEASURES if name in first)

    def _trial(self, number: int) -> Trial:
        return self._context.state.trials[number]

    # -- what came back -----------------------------------------------------------------------------------------------

    def _hear(self, unit: Unit, report: tuple[int, int, bool]) -> None:
        self._context.fits.advance(unit.number, unit.fold, Rounds(*report))

    def _receive(self, unit: Unit, outcome: Outcome) -> None:
        self._context.fits.end(unit.number, unit.fold)
        active = self._schedule.active[unit.number]
        active.done += 1
        if outcome.failure is None:
            self._measured(active, outcome.value)
        elif outcome.failure.kind is not FailureKind.CANCELLED:
            self._failed(active, outcome.failure)

    def _measured(self, active: Active, result: FoldResult) -> None:
        active.predictions[result.fold] = result.predictions
        active.hints = {**result.hints, **active.hints}
        self._failures = 0
        self._context.emit(ev.FoldDone(active.number, _fold_of(result)))
        if active.done == active.folds:
            self._complete(active)
            return
        trial, limit = self._trial(active.number), self._plan.trial_seconds
        if limit is not None and trial.seconds > limit:
            text = f"Its folds together took longer than the limit of a trial, {limit:g} s; only this trial is lost."
            self._end(active.number, TrialState.FAILED, "", Problem("timeout", text))
        elif not self._scalarizer.lead and gap_to_best(self._context.state, trial, self._plan.constant) is not None:
            done = f"after {active.done} of {active.folds} folds"
            self._end(active.number, TrialState.STOPPED, f"Stopped {done}: too far behind the best on the same folds.")
        else:
            active.promoted = True

    def _complete(self, active: Active) -> None:
        self._artifacts.keep_predictions(active.number, active.predictions)
        self._background.completed(self._end(active.number, TrialState.COMPLETE))
        self._proposals.learn_anew()

    def _failed(self, active: Active, failure: Failure) -> None:
        problem = Problem(str(failure.kind), failure.message, failure.detail)
        self._end(active.number, TrialState.FAILED, "", problem)
        self._failures += 1
        if self._failures >= max(_HOPELESS, 2 * self._pool.slots):
            count, self._failures = self._failures, 0
            self.halt("Nothing can be fitted.", MACHINE)
            self._pool.close()
            self._phases.give_up(f"{count} trials in a row failed. The last one said: {failure.message}")

    def _end(
        self,
        number: int,
        state: TrialState,
        reason: str = "",
        problem: Problem | None = None,
        by: Provenance = MACHINE,
        *,
        asked: bool = False,
    ) -> Trial:
        active = self._schedule.end(number)
        if active is not None:
            for fold in range(active.started):
                self._pool.cancel(Unit(number, fold).key)
        self._context.fits.end(number)
        leaders = self._context.state.leaders
        self._context.emit(ev.TrialEnded(number, state, reason, problem, asked), by)
        trial = self._trial(number)
        self._proposals.ended(trial)
        self._retention.ended(number, leaders)
        return trial

    # -- what ends ----------------------------------------------------------------------------------------------------

    def cancel(self, number: int, by: Provenance, *, asked: bool = False) -> None:
        """End one running trial at once, or take a queued one out of the queue.

        Parameters
        ----------
        number
            The trial.
        by
            Who ends it.
        asked
            True if the command is about this trial, so that the history tells it.

        Raises
        ------
        CommandError
            If there is no such trial, or it has ended.
        """
        trial = self._context.trial(number)
        if trial.state not in (TrialState.QUEUED, TrialState.RUNNING):
            raise CommandError(f"Trial {number} is {trial.state} already; only queued and running trials can be ended.")
        with contextlib.suppress(ValueError):
            self._schedule.waiting.remove(number)
        active = self._schedule.active.get(number)
        did = "canceled it before it ran" if active is None else f"ended it {self._so_far(active)}"
        self._end(number, TrialState.STOPPED, f"{by.who} {did}.", by=by, asked=asked)

    def _so_far(self, active: Active) -> str:
        """Return when a running trial is ended: the folds done, and how far its longest running fold is."""
        done = f"after {active.done} of {active.folds} folds"
        fit = next(iter(self._context.fits.of(active.number)), None)
        if fit is None:
            return done
        spent = duration(max(0.0, self._context.watch.elapsed - fit.started))
        rounds = "" if fit.rounds is None else f", at {fit.rounds.in_words()}"
        return f"{done}, {spent} into the next one{rounds}" if active.done else f"{spent} into its first fold{rounds}"

    def halt(self, reason: str, by: Provenance) -> None:
        """Cancel the running calls at the end of the search."""
        for active in self._schedule.units():
            done = f"after {active.done} of {active.folds} folds"
            self._end(active.number, TrialState.STOPPED, f"{reason} It ended {done}.", by=by)
        self._background.halt()

    def finish(self, by: Provenance) -> None:
        """End the search: update the preferences, then measure the last ensemble and the holdout."""
        self._proposals.learn_anew(by)
        self._background.finish(by)

    def cancel_end(self) -> None:
        """Cancel the last ensemble and the holdout, because the search continues."""
        self._background.halt()


def _fold_of(result: FoldResult) -> Fold:
    """Return a fold for the record, rounded to significant digits."""
    return Fold(
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
