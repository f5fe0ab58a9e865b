"""The state of a session: the fold of its events. Pure, and shared between threads without locks."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import zip_longest

from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Belief, Verdict, VerdictKind
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.data_choices import ANY_VIEW, NO_CHOICES, DataChoices, DataView
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.preference import Comparison, Judgement, Preferences
from hitl_widget.domain.space import Space
from hitl_widget.domain.steering import Act, Generation, Steering
from hitl_widget.domain.trial import Author, Trial, TrialState, mean_and_std
from hitl_widget.domain.vector import Vector

__all__ = ["LEADERS", "Phase", "SessionState", "reduce", "replay", "spans"]


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
        Numbers of the best complete trials that keep the hard constraints, best first, at most `LEADERS`.
    family_best
        Number of the best complete trial of each family.
    climbs
        Each time a trial that counts today became the best: how many trials were complete then, and its number.
    ensemble, ensemble_score
        Trial numbers with weights, and the score of their weighted average; none while one of them does not count.
    blended
        The ensemble that was measured last, whether or not all of it counts today.
    started
        Trials that were begun, each counted once: what a budget in trials counts.
    holdout
        The one measurement of the holdout.
    holdout_problem
        Why the holdout could not be measured, or "".
    failure
        Why no worker can run.
    steering
        Where the search looks: today's space, the beliefs and what was discarded.
    base
        The space as first given, with the learners that were added since.
    learners
        Labels of the person's own learners, by name.
    outside
        Trials whose configuration lies outside today's space, or that were measured on another view of the data; they
        are kept and come back.
    views
        The views of the data so far, by number.
    view
        Number of today's.
    acts
        Every change of the steering, in order.
    done, undone
        Numbers of the acts that `undo` takes back and that `redo` brings back, the next one last.
    generations
        The search spaces so far.
    granted
        Proposals of the machine that were asked for and are still owed, while the person drives.
    nudges
        What the machine proposes now, the greatest worth first.
    answered
        By key of a nudge, the last answer and the number of trials ended when it was given.
    verdicts
        By what a belief is about, what the evidence says.
    broken
        Complete trials that break a hard constraint, or of which that is not known yet.
    learnt
        What the answers and goals said when they were last read; None without any.
    warned
        By key of a warning, what the person answered.
    baselines
        The person's own models to compare with, by name.
    measured_names
        Every objective that was measured on a model or on predictions, in the order of the first value.
    measured
        How many values were measured, or found not to be measurable, after their trials ended.
    story
        The records that tell the session: what people and the machine did, and each new best trial.
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
    blended: ev.EnsembleChanged | None = None
    started: int = 0
    holdout: ev.HoldoutMeasured | None = None
    holdout_problem: str = ""
    failure: ev.Failed | None = None
    steering: Steering = field(default_factory=Steering)
    base: Space = field(default_factory=lambda: Space((), ()))
    learners: Mapping[str, str] = field(default_factory=dict)
    outside: frozenset[int] = frozenset()
    views: tuple[DataChoices, ...] = (NO_CHOICES,)
    view: int = 0
    acts: tuple[Act, ...] = ()
    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()
    generations: tuple[Generation, ...] = ()
    granted: int = 0
    nudges: tuple[Nudge, ...] = ()
    answered: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    broken: frozenset[int] = frozenset()
    learnt: ev.Learnt | None = None
    measured_names: tuple[str, ...] = ()
    baselines: Mapping[str, ev.BaselineMeasured] = field(default_factory=dict)
    warned: Mapping[str, str] = field(default_factory=dict)
    measured: int = 0
    story: Vector[ev.Record] = field(default_factory=Vector)

    @property
    def space(self) -> Space:
        """Today's search space."""
        return self.steering.space

    @property
    def preferences(self) -> Preferences:
        """What good means to the person."""
        return self.steering.preferences

    def view_of(self, trial: Trial) -> DataView:
        """Return the view of the data that a trial reads, today's before it began."""
        number = self.view if trial.view is None else 0 if trial.view == ANY_VIEW else trial.view
        return DataView(number, self.views[number])

    def on_other_data(self, trial: Trial) -> bool:
        """Whether a trial was measured on another view of the data than today's."""
        return trial.view not in (None, ANY_VIEW, self.view)

    def informs(self, trial: Trial) -> bool:
        """Whether a trial read today's data and was not discarded, wherever today's space ends."""
        return trial.number not in self.steering.discarded and not self.on_other_data(trial)

    def counts_as_evidence(self, number: int) -> bool:
        """Whether a trial lies in today's space and was not discarded."""
        return number not in self.outside and number not in self.steering.discarded

    def may_lead(self, number: int) -> bool:
        """Whether a trial counts and keeps the hard constraints."""
        return self.counts_as_evidence(number) and number not in self.broken

    @property
    def chosen(self) -> int | None:
        """Number of the trial to take: what the person prefers, or else the best by the metric."""
        wanted = self.learnt.recommended if self.learnt is not None and self.preferences.guide else None
        return wanted if wanted is not None and self.may_lead(wanted) else self.best

    def act(self, number: int) -> Act | None:
        """Return an act by its number."""
        return self.acts[number - 1] if 0 < number <= len(self.acts) else None

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


def spans(state: SessionState) -> Iterator[tuple[Generation, int, float | None]]:
    """Yield each generation with the trials begun under it and the best score at its end, or today."""
    for this, then in zip_longest(state.generations, state.generations[1:]):
        if then is None:
            best = state.best_trial
            yield this, state.started - this.started, None if best is None else best.score
        else:
            yield this, then.started - this.started, then.best_score


def replay(records: Iterable[ev.Record], state: SessionState | None = None) -> SessionState:
    """Fold records into a state."""
    state = state or SessionState()
    for record in records:
        state = reduce(state, record)
    return state


def reduce(state: SessionState, record: ev.Record) -> SessionState:
    """Return the state after one more event."""
    before = state
    state = _reduced(replace(state, seq=record.seq, elapsed=max(state.elapsed, record.elapsed)), record)
    return replace(state, story=state.story.append(record)) if _tells(record, before, state) else state


def _tells(record: ev.Record, before: SessionState, after: SessionState) -> bool:
    """Say whether a record belongs to the story: acts, news of the run, new leaders, verdicts that turned."""
    match record.event:
        case ev.TrialEnded():
            return len(after.climbs) > len(before.climbs)
        case ev.TrialQueued():
            return record.author is Author.YOU
        case ev.BeliefJudged(about=about, kind=kind):
            known = before.verdicts.get(about)
            return kind != (known.kind if known else VerdictKind.UNDECIDED)
        case event:
            return isinstance(event, _TOLD)


_TOLD = (
    *(ev.Opened, ev.Loaded, ev.Started, ev.Paused, ev.Resumed, ev.Finishing, ev.Finished, ev.Failed),
    *(ev.BudgetSet, ev.AutonomySet, ev.Steered, ev.NudgeAnswered, ev.BatchAsked, ev.Noted),
    *(ev.HoldoutMeasured, ev.HoldoutFailed, ev.BaselineMeasured, ev.WarningAnswered),
)


def _reduced(state: SessionState, record: ev.Record) -> SessionState:
    match record.event:
        case ev.TrialQueued() | ev.TrialStarted() | ev.TrialRequeued() | ev.FoldDone() | ev.TrialEnded():
            return _with_trial(state, record, record.event)
        case ev.Started() | ev.Resumed() | ev.Paused() | ev.Finishing() | ev.Finished() | ev.Failed() | ev.Loaded():
            return _in_phase(state, record.event)
        case ev.GenerationOpened(number=number, space=space):
            return _first_generation(state, record, number, Space.from_json(space))
        case ev.Steered():
            return _steered(state, record, record.event)
        case ev.EnsembleChanged() | ev.HoldoutMeasured() | ev.HoldoutFailed():
            return _with_result(state, record.event)
        case ev.Measured():
            return _measured(state, record)
        case _:
            return _noted(state, record.event)


def _with_result(
    state: SessionState, event: ev.EnsembleChanged | ev.HoldoutMeasured | ev.HoldoutFailed
) -> SessionState:
    match event:
        case ev.EnsembleChanged():
            return _blended(replace(state, blended=event))
        case ev.HoldoutMeasured():
            return replace(state, holdout=event, holdout_problem="")
        case ev.HoldoutFailed(reason=reason):
            return replace(state, holdout_problem=reason)


def _noted(state: SessionState, event: ev.Event) -> SessionState:
    """Return the state after a setting was changed, or something was said."""
    match event:
        case ev.BudgetSet(seconds=seconds, trials=trials):
            return replace(state, budget_seconds=seconds, budget_trials=trials)
        case ev.AutonomySet(level=level):
            return replace(state, autonomy=Autonomy(level), granted=0)
        case ev.BeliefJudged(about=about, kind=kind, sentence=sentence, trials=trials, confidence=confidence):
            verdict = Verdict(about, VerdictKind(kind), sentence, trials, confidence)
            return replace(state, verdicts={**state.verdicts, about: verdict})
        case ev.NudgesOffered(nudges=nudges):
            return replace(state, nudges=tuple(Nudge.from_json(one) for one in nudges))
        case ev.NudgeAnswered(key=key, answer=answer):
            left = tuple(one for one in state.nudges if one.key != key)
            return replace(state, nudges=left, answered={**state.answered, key: (answer, state.ended)})
        case ev.Learnt():
            return replace(state, learnt=event)
        case ev.WarningAnswered(key=key, answer=answer):
            return replace(state, warned={**state.warned, key: answer})
        case ev.BaselineMeasured(name=name):
            return replace(state, baselines={**state.baselines, name: event})
        case ev.BatchAsked(count=count):
            return replace(state, granted=state.granted + count)
        case _:
            return state


def _first_generation(state: SessionState, record: ev.Record, number: int, space: Space) -> SessionState:
    first = Generation(number, "", record.author, record.elapsed, state.started, None, None, None, space)
    return replace(
        state, generation=number, steering=Steering(space), base=space, generations=(*state.generations, first)
    )


def _steered(state: SessionState, record: ev.Record, event: ev.Steered) -> SessionState:
    before = state.steering
    after = Steering(
        before.space if event.space is None else Space.from_json(event.space),
        before.beliefs if event.beliefs is None else tuple(Belief.from_json(one) for one in event.beliefs),
        (before.discarded | frozenset(event.discarded)) - frozenset(event.restored),
        _preferences(before.preferences, event),
        before.data if event.data is None else DataChoices.from_json(event.data),
    )
    state = _with_act(replace(state, steering=after), record, event, before)
    if event.base is not None:
        state = replace(state, base=Space.from_json(event.base))
    if event.learners is not None:
        state = replace(state, learners={**state.learners, **event.learners})
    kept = {one.about for one in after.beliefs if one == before.belief(one.about)}
    state = replace(state, verdicts={about: one for about, one in state.verdicts.items() if about in kept})
    if after.preferences.hard != before.preferences.hard:
        state = replace(state, broken=_breaking(state, state.trials))
    elif (after.space, after.discarded, after.data) == (before.space, before.discarded, before.data):
        return state
    if after.data != before.data:
        views = state.views if after.data in state.views else (*state.views, after.data)
        state = replace(state, views=views, view=views.index(after.data))
    if event.generation is not None:
        best = state.best_trial
        opened = Generation(
            *(event.generation, _title(state, event), record.author, record.elapsed, state.started),
            *(None if best is None else best.number, None if best is None else best.score, event.act, after.space),
        )
        state = replace(state, generation=event.generation, generations=(*state.generations, opened))
        inside = after.space.contains()
        outside = (one.number for one in state.trials if not inside(one.config) or state.on_other_data(one))
        state = replace(state, outside=frozenset(outside))
    return _ranked_anew(state)


def _preferences(before: Preferences, event: ev.Steered) -> Preferences:
    if event.preferences is not None:
        return Preferences.from_json(event.preferences)
    if not event.answers:
        return before
    more = (Comparison(int(a), int(b), Judgement(said)) for a, b, said in event.answers)
    return replace(before, comparisons=(*before.comparisons, *more))


def _breaking(state: SessionState, trials: Iterable[Trial]) -> frozenset[int]:
    """Return which complete trials break a hard constraint; what is not known is not kept."""
    rules = state.preferences.hard
    return frozenset(
        trial.number
        for trial in trials
        if trial.state is TrialState.COMPLETE and any(rule.violation(trial) != 0.0 for rule in rules)
    )


def _measured(state: SessionState, record: ev.Record) -> SessionState:
    assert isinstance(record.event, ev.Measured)
    trials, touched, count = state.trials, [], state.measured
    names = dict.fromkeys(state.measured_names)
    for one in record.event.trials:
        before = trials[one["number"]]
        after = replace(
            before,
            measures={**before.measures, **one["values"]},
            spreads={**before.spreads, **one["spreads"]},
            unmeasured={**before.unmeasured, **one["problems"]},
            seq=record.seq,
        )
        names.update(dict.fromkeys(one["values"]))
        count += len(one["values"]) + len(one["problems"])
        trials = trials.replace(after.number, after)
        touched.append(after)
    state = replace(state, trials=trials, measured_names=tuple(names), measured=count)
    breaking = _breaking(state, touched)
    freed = [one for one in touched if one.number in state.broken and one.number not in breaking]
    if not breaking <= state.broken:
        return _ranked_anew(replace(state, broken=(state.broken - {one.number for one in freed}) | breaking))
    if not freed:
        return state
    state = replace(state, broken=state.broken - {one.number for one in freed})
    for trial in freed:
        state = _freed(state, trial)
    return _blended(state)


def _freed(state: SessionState, trial: Trial) -> SessionState:
    """Rank a trial that turned out to keep the hard constraints, without ranking all others anew."""
    trials = state.trials
    if not state.may_lead(trial.number) or trial.score is None:
        return state
    key = (-trial.score, trial.number)
    place = bisect_left(state.leaders, key, key=lambda number: (-(trials[number].score or 0.0), number))
    leaders = (*state.leaders[:place], trial.number, *state.leaders[place:])[:LEADERS]
    state = replace(state, leaders=leaders)
    before = [number for _, number in state.climbs if trials[number].ended < trial.ended]
    if before and (trials[before[-1]].score or 0.0) >= trial.score:
        return state
    complete = [one for one in trials if one.state is TrialState.COMPLETE and one.score is not None]
    return replace(state, climbs=_climbs(state, complete))


def _title(state: SessionState, event: ev.Steered) -> str:
    if event.step == "do":
        return event.title
    act = state.act(event.act)
    return f"{'undid' if event.step == 'undo' else 'did again'}: {act.title if act else ''}"


def _with_act(state: SessionState, record: ev.Record, event: ev.Steered, before: Steering) -> SessionState:
    if event.step == "do":
        act = Act(
            *(event.act, record.seq, record.elapsed, record.author, event.kind, event.title, event.why),
            *(before, state.steering),
        )
        return replace(state, acts=(*state.acts, act), done=(*state.done, event.act), undone=())
    back = event.step == "undo"
    acts = tuple(replace(one, undone=back) if one.number == event.act else one for one in state.acts)
    if back:
        return replace(state, acts=acts, done=state.done[:-1], undone=(*state.undone, event.act))
    return replace(state, acts=acts, done=(*state.done, event.act), undone=state.undone[:-1])


def _blended(state: SessionState) -> SessionState:
    """Show the ensemble while all of it counts."""
    found = state.blended
    lost = state.preferences.one_model or found is None or not all(state.may_lead(one) for one, _ in found.members)
    if found is None or lost:
        return replace(state, ensemble=(), ensemble_score=None)
    return replace(state, ensemble=found.members, ensemble_score=found.score)


def _ranked_anew(state: SessionState) -> SessionState:
    """Rank after the evidence changed; the best may be another one now, and the ensemble hold one that is gone."""
    scored = [trial for trial in state.trials if trial.state is TrialState.COMPLETE and trial.score is not None]
    ordered = sorted(filter(state.informs, scored), key=lambda trial: (-(trial.score or 0.0), trial.number))
    family_best: dict[str, int] = {}
    for trial in ordered:
        family_best.setdefault(trial.family, trial.number)
    leaders = tuple(trial.number for trial in ordered if state.may_lead(trial.number))[:LEADERS]
    return _blended(replace(state, leaders=leaders, family_best=family_best, climbs=_climbs(state, scored)))


def _climbs(state: SessionState, complete: Iterable[Trial]) -> tuple[tuple[int, int], ...]:
    """Return how the best rose among the trials that count: one that was brought back was found when it ended."""
    climbs: list[tuple[int, int]] = []
    best = -math.inf
    for at, trial in enumerate(sorted(complete, key=lambda trial: trial.ended), 1):
        if state.may_lead(trial.number) and trial.score is not None and trial.score > best:
            best = trial.score
            climbs.append((at, trial.number))
    return tuple(climbs)


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
            reasons=event.reasons,
        )
        spent = state.autonomy is Autonomy.USER and event.author is Author.MACHINE
        return replace(
            state,
            trials=state.trials.append(trial),
            counts=_recount(state.counts, None, TrialState.QUEUED),
            granted=max(0, state.granted - spent),
        )
    before = state.trials[event.number]
    ended = record.seq if isinstance(event, ev.TrialEnded) else before.ended
    after = replace(_advance(before, event, record.elapsed), seq=record.seq, ended=ended)
    counts = _recount(state.counts, before.state, after.state) if before.state is not after.state else state.counts
    begun = isinstance(event, ev.TrialStarted) - isinstance(event, ev.TrialRequeued)
    if isinstance(event, ev.TrialRequeued) and state.on_other_data(before) and state.space.contains()(before.config):
        state = replace(state, outside=state.outside - {event.number})
    state = replace(
        state, trials=state.trials.replace(event.number, after), counts=counts, started=state.started + begun
    )
    if isinstance(event, ev.FoldDone) and not event.fold.measures.keys() <= set(state.measured_names):
        names = dict.fromkeys((*state.measured_names, *event.fold.measures))
        state = replace(state, measured_names=tuple(names))
    return _ranked(state, after) if isinstance(event, ev.TrialEnded) else state


def _advance(trial: Trial, event: _TrialEvent, elapsed: float) -> Trial:
    match event:
        case ev.TrialStarted():
            return replace(trial, state=TrialState.RUNNING, view=event.view)
        case ev.TrialRequeued():
            again = replace(trial, state=TrialState.QUEUED, folds=(), score=None, std=None, seconds=0.0, view=None)
            return replace(again, measures={}, spreads={})
        case ev.FoldDone(fold=fold):
            folds = (*trial.folds, fold)
            score, std = mean_and_std([one.score for one in folds])
            measures = {**trial.measures, **fold.measures} if fold.measures else trial.measures
            seconds = trial.seconds + fold.seconds
            return replace(trial, folds=folds, score=score, std=std, seconds=seconds, measures=measures)
        case ev.TrialEnded(state=state, reason=reason, problem=problem):
            return replace(trial, state=state, reason=reason, problem=problem, finished_at=elapsed)
        case ev.TrialQueued():
            return trial


def _ranked(state: SessionState, trial: Trial) -> SessionState:
    if trial.state is not TrialState.COMPLETE or trial.score is None or trial.number in state.steering.discarded:
        return state
    if state.on_other_data(trial):
        return state
    trials = state.trials
    champion = state.family_best.get(trial.family)
    if champion is None or trial.score > (trials[champion].score or 0.0):
        state = replace(state, family_best={**state.family_best, trial.family: trial.number})
    if state.preferences.hard and _breaking(state, (trial,)):
        return replace(state, broken=state.broken | {trial.number})
    if trial.number in state.outside:
        return state
    place = bisect_left(state.leaders, -trial.score, key=lambda number: -(trials[number].score or 0.0))
    while place < len(state.leaders) and trials[state.leaders[place]].score == trial.score:
        place += 1
    leaders = (*state.leaders[:place], trial.number, *state.leaders[place:])[:LEADERS]
    climbs = state.climbs if place else (*state.climbs, (state.count(TrialState.COMPLETE), trial.number))
    return replace(state, leaders=leaders, climbs=climbs)


def _recount(counts: tuple[int, ...], before: TrialState | None, after: TrialState) -> tuple[int, ...]:
    order = list(TrialState)
    changed = list(counts)
    if before is not None:
        changed[order.index(before)] -= 1
    changed[order.index(after)] += 1
    return tuple(changed)
