"""The state of a session: the fold of its events. Pure, and shared between threads without locks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hitl_widget.domain import event as ev
from hitl_widget.domain.command import Autonomy
from hitl_widget.domain.trial import Trial, TrialState, mean_and_std
from hitl_widget.domain.vector import Vector

__all__ = ["LEADERS", "Phase", "SessionState", "reduce", "replay"]


LEADERS = 50


class Phase(StrEnum):
    """Where the search stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHING = "finishing"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything that follows from the events so far.

    Parameters
    ----------
    seq
        Number of the last event.
    phase, reason
        Where the search stands, and why it ended.
    elapsed
        Seconds on the search's clock at the last event.
    budget_seconds, budget_trials
        Limits; None for none.
    autonomy
        Who takes the next step.
    generation
        Number of the current generation of the search space.
    trials
        All trials by number.
    counts
        Trials per state, in the order of `TrialState`.
    leaders
        Numbers of the best complete trials, best first, at most `LEADERS`.
    family_best
        Number of the best complete trial of each family.
    climbs
        Each time the best changed: how many trials were complete then, and the new best.
    ensemble, ensemble_score
        Trial numbers with weights, and the score of their weighted average.
    started
        Trials that were begun, each counted once: what a budget in trials counts.
    holdout
        The one measurement of the holdout.
    holdout_problem
        Why the holdout could not be measured, or "".
    failure
        Why no worker can run.
    """

    seq: int = 0
    phase: Phase = Phase.READY
    reason: str = ""
    elapsed: float = 0.0
    budget_seconds: float | None = None
    budget_trials: int | None = None
    autonomy: Autonomy = Autonomy.CRUISE
    generation: int = 0
    trials: Vector[Trial] = field(default_factory=Vector)
    counts: tuple[int, ...] = (0,) * len(TrialState)
    leaders: tuple[int, ...] = ()
    family_best: Mapping[str, int] = field(default_factory=dict)
    climbs: tuple[tuple[int, int], ...] = ()
    ensemble: tuple[tuple[int, float], ...] = ()
    ensemble_score: float | None = None
    started: int = 0
    holdout: ev.HoldoutMeasured | None = None
    holdout_problem: str = ""
    failure: ev.Failed | None = None

    def count(self, *states: TrialState) -> int:
        """Return the number of trials in these states."""
        order = list(TrialState)
        return sum(self.counts[order.index(state)] for state in states)

    @property
    def timed(self) -> bool:
        """Whether the clock may decide anything; not for a budget in trials, so that it repeats exactly."""
        return self.budget_trials is None and self.budget_seconds is not None

    @property
    def ended(self) -> int:
        """Trials that ended, in whatever way."""
        return self.count(TrialState.COMPLETE, TrialState.STOPPED, TrialState.FAILED)

    @property
    def best(self) -> int | None:
        """Number of the best complete trial."""
        return self.leaders[0] if self.leaders else None

    @property
    def best_trial(self) -> Trial | None:
        """The best complete trial."""
        return None if self.best is None else self.trials[self.best]


def replay(records: Iterable[ev.Record], state: SessionState | None = None) -> SessionState:
    """Fold records into a state."""
    state = state or SessionState()
    for record in records:
        state = reduce(state, record)
    return state


def reduce(state: SessionState, record: ev.Record) -> SessionState:
    """Return the state after one more event."""
    state = replace(state, seq=record.seq, elapsed=max(state.elapsed, record.elapsed))
    match record.event:
        case ev.TrialQueued() | ev.TrialStarted() | ev.TrialRequeued() | ev.FoldDone() | ev.TrialEnded():
            return _with_trial(state, record, record.event)
        case ev.Started() | ev.Resumed() | ev.Paused() | ev.Finishing() | ev.Finished() | ev.Failed() | ev.Loaded():
            return _in_phase(state, record.event)
        case ev.BudgetSet(seconds=seconds, trials=trials):
            return replace(state, budget_seconds=seconds, budget_trials=trials)
        case ev.AutonomySet(level=level):
            return replace(state, autonomy=Autonomy(level))
        case ev.GenerationOpened(number=number):
            return replace(state, generation=number)
        case ev.EnsembleChanged(members=members, score=score):
            return replace(state, ensemble=members, ensemble_score=score)
        case ev.HoldoutMeasured():
            return replace(state, holdout=record.event, holdout_problem="")
        case ev.HoldoutFailed(reason=reason):
            return replace(state, holdout_problem=reason)
        case ev.Opened() | ev.Rejected():
            return state


_PhaseEvent = ev.Started | ev.Resumed | ev.Paused | ev.Finishing | ev.Finished | ev.Failed | ev.Loaded


def _in_phase(state: SessionState, event: _PhaseEvent) -> SessionState:
    match event:
        case ev.Started() | ev.Resumed():
            return replace(state, phase=Phase.RUNNING, reason="", failure=None)
        case ev.Paused():
            return replace(state, phase=Phase.PAUSED)
        case ev.Finishing(reason=reason):
            return replace(state, phase=Phase.FINISHING, reason=reason)
        case ev.Finished(reason=reason):
            return replace(state, phase=Phase.FINISHED, reason=reason)
        case ev.Failed(message=message):
            return replace(state, phase=Phase.FAILED, reason=message, failure=event)
        case ev.Loaded():
            broken_off = state.phase in (Phase.RUNNING, Phase.FINISHING, Phase.FAILED)
            return replace(state, phase=Phase.PAUSED) if broken_off else state


_TrialEvent = ev.TrialQueued | ev.TrialStarted | ev.TrialRequeued | ev.FoldDone | ev.TrialEnded


def _with_trial(state: SessionState, record: ev.Record, event: _TrialEvent) -> SessionState:
    if isinstance(event, ev.TrialQueued):
        trial = Trial(
            event.number,
            event.config,
            event.author,
            event.origin,
            event.parent,
            event.why,
            event.generation,
            seq=record.seq,
        )
        return replace(state, trials=state.trials.append(trial), counts=_recount(state.counts, None, TrialState.QUEUED))
    before = state.trials[event.number]
    after = replace(_advance(before, event, record.elapsed), seq=record.seq)
    counts = _recount(state.counts, before.state, after.state) if before.state is not after.state else state.counts
    begun = isinstance(event, ev.TrialStarted) - isinstance(event, ev.TrialRequeued)
    state = replace(
        state, trials=state.trials.replace(event.number, after), counts=counts, started=state.started + begun
    )
    return _ranked(state, after) if isinstance(event, ev.TrialEnded) else state


def _advance(trial: Trial, event: _TrialEvent, elapsed: float) -> Trial:
    match event:
        case ev.TrialStarted():
            return replace(trial, state=TrialState.RUNNING)
        case ev.TrialRequeued():
            return replace(trial, state=TrialState.QUEUED, folds=(), score=None, std=None, seconds=0.0)
        case ev.FoldDone(fold=fold):
            folds = (*trial.folds, fold)
            score, std = mean_and_std([one.score for one in folds])
            return replace(trial, folds=folds, score=score, std=std, seconds=trial.seconds + fold.seconds)
        case ev.TrialEnded(state=state, reason=reason, problem=problem):
            return replace(trial, state=state, reason=reason, problem=problem, finished_at=elapsed)
        case ev.TrialQueued():
            return trial


def _ranked(state: SessionState, trial: Trial) -> SessionState:
    if trial.state is not TrialState.COMPLETE or trial.score is None:
        return state
    trials = state.trials
    place = bisect_left(state.leaders, -trial.score, key=lambda number: -(trials[number].score or 0.0))
    while place < len(state.leaders) and trials[state.leaders[place]].score == trial.score:
        place += 1
    leaders = (*state.leaders[:place], trial.number, *state.leaders[place:])[:LEADERS]
    champion = state.family_best.get(trial.family)
    family_best = state.family_best
    if champion is None or trial.score > (trials[champion].score or 0.0):
        family_best = {**family_best, trial.family: trial.number}
    climbs = state.climbs if place else (*state.climbs, (state.count(TrialState.COMPLETE), trial.number))
    return replace(state, leaders=leaders, family_best=family_best, climbs=climbs)


def _recount(counts: tuple[int, ...], before: TrialState | None, after: TrialState) -> tuple[int, ...]:
    order = list(TrialState)
    changed = list(counts)
    if before is not None:
        changed[order.index(before)] -= 1
    changed[order.index(after)] += 1
    return tuple(changed)
