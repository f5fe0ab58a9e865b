"""The fold of events into a state: `reduce` takes one record, `replay` takes many. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hitl_widget.domain import event as ev
from hitl_widget.domain.annotation import Annotation
from hitl_widget.domain.belief import Belief, Verdict, VerdictKind
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.data_choices import ANY_VIEW, DataChoices
from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.preference import Comparison, Judgement, Preferences
from hitl_widget.domain.ranking import ranked, ranked_anew, ranked_as_free, with_constraints, with_ensemble
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import OfTarget, Phase, SessionState
from hitl_widget.domain.steering import Act, Generation, Steering
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState, mean_and_std

__all__ = ["reduce", "replay"]


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
    """Return whether a record belongs to the history: acts, phases, new leaders and changed verdicts."""
    match record.event:
        case ev.TrialEnded(asked=True):
            return True
        case ev.TrialEnded(number=number):
            return len(after.climbs) > len(before.climbs) or _shows_data_change(after, after.trials[number])
        case ev.TrialQueued():
            return record.author is Author.YOU
        case ev.BeliefJudged(about=about, kind=kind):
            known = before.verdicts.get(about)
            return kind != (known.kind if known else VerdictKind.UNDECIDED)
        case event:
            return isinstance(event, _TOLD)


def _shows_data_change(state: SessionState, trial: Trial) -> bool:
    """Return whether a trial evaluates the best configuration again that led before the data changed."""
    if trial.state is not TrialState.COMPLETE or state.repeated(trial) is None:
        return False
    opened = next((one for one in reversed(state.generations) if one.act is not None and one.view == state.view), None)
    return opened is not None and trial.parent == opened.best_before


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
        case ev.Rescored(view=view, trials=rescored):
            return _rescored(state, record.seq, view, rescored)
        case ev.EnsembleChanged() | ev.HoldoutMeasured() | ev.HoldoutFailed():
            return _with_result(state, record, record.event)
        case ev.Measured(trials=measured):
            names = {name: None for one in measured for name in one["values"]}
            state = replace(state, measured_names=tuple({**dict.fromkeys(state.measured_names), **names}))
            return _measured(state, record.seq, measured)
        case _:
            return _noted(state, record.event)


def _with_result(
    state: SessionState, record: ev.Record, event: ev.EnsembleChanged | ev.HoldoutMeasured | ev.HoldoutFailed
) -> SessionState:
    match event:
        case ev.EnsembleChanged():
            return with_ensemble(replace(state, blended=event))
        case ev.HoldoutMeasured(models=models):
            state = replace(state, holdout=event, holdout_problem="")
            return _measured(state, record.seq, _costs(models))
        case ev.HoldoutFailed(reason=reason):
            return replace(state, holdout_problem=reason)


def _noted(state: SessionState, event: ev.Event) -> SessionState:
    """Return the state after a setting changed, or a result or an answer was recorded."""
    match event:
        case ev.BudgetSet(seconds=seconds, trials=trials):
            return replace(state, budget_seconds=seconds, budget_trials=trials)
        case ev.AutonomySet(level=level):
            return replace(state, autonomy=Autonomy(level), granted=0)
        case ev.BeliefJudged(about=about, kind=kind, sentence=sentence, trials=trials, confidence=confidence):
            verdict = Verdict(about, VerdictKind(kind), sentence, trials, confidence)
            return replace(state, verdicts={**state.verdicts, about: verdict})
        case ev.NudgesOffered(nudges=nudges):
            if state.phase is Phase.FINISHED:
                return state
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


def _annotated(before: Mapping[int, Annotation], changed: Mapping[str, Any]) -> dict[int, Annotation]:
    """Return the annotations after a change; empty ones are removed."""
    after = {**before, **{int(number): Annotation.from_json(body) for number, body in changed.items()}}
    return {number: one for number, one in after.items() if one != Annotation()}


def _steered(state: SessionState, record: ev.Record, event: ev.Steered) -> SessionState:
    before = state.steering
    after = Steering(
        before.space if event.space is None else Space.from_json(event.space),
        before.beliefs if event.beliefs is None else tuple(Belief.from_json(one) for one in event.beliefs),
        (before.discarded | frozenset(event.discarded)) - frozenset(event.restored),
        _preferences(before.preferences, event),
        before.data if event.data is None else DataChoices.from_json(event.data),
        before.annotations if event.annotated is None else _annotated(before.annotations, event.annotated),
        (before.reviewed | frozenset(event.reviewed)) - frozenset(event.unreviewed),
    )
    state = _with_act(replace(state, steering=after), record, event, before)
    if after.data.target_name != before.data.target_name:
        state = _retargeted(state, before.data.target_name, after.data.target_name)
    if event.base is not None:
        state = replace(state, base=Space.from_json(event.base))
    if event.learners is not None:
        state = replace(state, learners={**state.learners, **event.learners})
    kept = {one.about for one in after.beliefs if one == before.belief(one.about)}
    state = replace(state, verdicts={about: one for about, one in state.verdicts.items() if about in kept})
    if after.preferences.hard != before.preferences.hard:
        state = with_constraints(state, state.trials)
    elif (after.space, after.discarded, after.data) == (before.space, before.discarded, before.data):
        return state
    if after.data != before.data:
        views = state.views if after.data in state.views else (*state.views, after.data)
        former = state.view
        state = replace(state, views=views, view=views.index(after.data))
        if after.data.judged_by != before.data.judged_by:
            state = _judged_anew(state, former)
        state = _with_known_scores(state, record.seq)
        state = replace(state, past_counts=_past_counts(state))
    if event.generation is not None:
        best = state.best_trial
        if best is not None and best.origin is Origin.BASELINE:  # a gain over the constant prediction says nothing
            best = None
        opened = Generation(
            *(event.generation, _title(state, event), record.author, record.elapsed, state.started),
            *(None if best is None else best.number, None if best is None else best.score, event.act, after.space),
            state.view,
        )
        state = replace(state, generation=event.generation, generations=(*state.generations, opened))
    if event.generation is not None or after.data != before.data:
        state = replace(state, outside=_outside(state))
    return ranked_anew(state)


def _outside(state: SessionState) -> frozenset[int]:
    inside = state.space.contains()
    return frozenset(one.number for one in state.trials if not inside(one.config) or state.on_other_data(one))


def _judged_anew(state: SessionState, former: int) -> SessionState:
    """Return the state after a change of the metric or the rows, which ensemble and holdout belong to."""
    trials = state.trials
    for trial in state.trials:
        if trial.view == ANY_VIEW:  # valid on all columns, but not for all metrics and rows
            trials = trials.replace(trial.number, replace(trial, view=former))
    holdouts = state.holdouts
    if state.holdout is not None:
        holdouts = {**holdouts, state.holdout.judged_by: state.holdout}
    ensembles = state.ensembles if state.blended is None else {**state.ensembles, former: state.blended}
    state = replace(state, trials=trials, holdouts=holdouts, ensembles=ensembles, holdout_problem="")
    holdout = holdouts.get(state.steering.data.judged_by)
    return replace(state, holdout=holdout, blended=ensembles.get(state.view))


def _retargeted(state: SessionState, former: str, target: str) -> SessionState:
    """Return the state after a change of the target: what belongs to the former one waits until it comes back."""
    targets = {**state.targets, former: OfTarget(state.base, state.warned, state.baselines)}
    known = targets.get(target, OfTarget(state.base))
    return replace(
        state,
        targets=targets,
        base=known.base,
        warned=known.warned,
        baselines=known.baselines,
        verdicts={},
        nudges=(),
        learnt=None,
    )


def _with_known_scores(state: SessionState, seq: int) -> SessionState:
    """Return the state with the trials moved to the current view whose scores by its metric are known."""
    trials = state.trials
    for trial in state.trials:
        if trial.other_scores.get(state.view):
            trials = trials.replace(trial.number, replace(trial.scored_on(state.view), seq=seq))
    return replace(state, trials=trials)


def _rescored(
    state: SessionState, seq: int, view: int, rescored: Iterable[tuple[int, Iterable[tuple[int, float]]]]
) -> SessionState:
    """Return the state with scores of trials by the metric of a view."""
    trials = state.trials
    for number, scores in rescored:
        trial = trials[number]
        trials = trials.replace(number, replace(trial, other_scores={**trial.other_scores, view: dict(scores)}))
    state = _with_known_scores(replace(state, trials=trials, rescorings=state.rescorings + 1), seq)
    return ranked_anew(replace(state, outside=_outside(state), past_counts=_past_counts(state)))


def _preferences(before: Preferences, event: ev.Steered) -> Preferences:
    if event.preferences is not None:
        return Preferences.from_json(event.preferences)
    if not event.answers:
        return before
    more = (Comparison(int(a), int(b), Judgement(said)) for a, b, said in event.answers)
    return replace(before, comparisons=(*before.comparisons, *more))


def _costs(models: Iterable[OfferedModel]) -> list[Mapping[str, Any]]:
    """Return time and size of the delivered models of single trials, which replace those measured on their folds."""
    found: list[Mapping[str, Any]] = []
    for one in models:
        if one.name != "ensemble":
            known = {"predict_ms": one.predict_ms, "size_mb": one.size_mb}
            values = {name: value for name, value in known.items() if value is not None}
            found.append({"number": one.members[0][0], "values": values, "spreads": {}, "problems": {}})
    return found


def _measured(state: SessionState, seq: int, measured: Iterable[Mapping[str, Any]]) -> SessionState:
    """Return the state with values of trials, of the form of those in `Measured`, and the ranking that follows."""
    trials, touched, count = state.trials, [], state.measured
    for one in measured:
        before = trials[one["number"]]
        after = replace(
            before,
            measures={**before.measures, **one["values"]},
            spreads={**before.spreads, **one["spreads"]},
            unmeasured={**before.unmeasured, **one["problems"]},
            seq=seq,
        )
        count += len(one["values"]) + len(one["problems"])
        trials = trials.replace(after.number, after)
        touched.append(after)
    was = state.broken
    state = with_constraints(replace(state, trials=trials, measured=count), touched)
    if any(one.number in state.broken and one.number not in was for one in touched):
        return ranked_anew(state)
    freed = [one for one in touched if one.number in was and one.number not in state.broken]
    if not freed:
        return state
    for trial in freed:
        state = ranked_as_free(state, trial)
    return with_ensemble(state)


def _title(state: SessionState, event: ev.Steered) -> str:
    if event.step == "do":
        return event.title
    act = state.act(event.act)
    return f"{'undid' if event.step == 'undo' else 'redid'}: {act.title if act else ''}"


def _with_act(state: SessionState, record: ev.Record, event: ev.Steered, before: Steering) -> SessionState:
    if event.step == "do":
        act = Act(
            *(event.act, record.seq, record.elapsed, record.author, event.kind, event.title, event.why),
            *(before, state.steering),
            leaks=tuple(event.leaks),
        )
        return replace(state, acts=(*state.acts, act), done=(*state.done, event.act), undone=())
    back = event.step == "undo"
    acts = tuple(replace(one, undone=back) if one.number == event.act else one for one in state.acts)
    if back:
        return replace(state, acts=acts, done=state.done[:-1], undone=(*state.undone, event.act))
    return replace(state, acts=acts, done=(*state.done, event.act), undone=state.undone[:-1])


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
            return replace(state, phase=Phase.FINISHED, reason=reason, nudges=())
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
    was, now = (one.state if state.on_other_data(one) else None for one in (before, after))
    past = _recount(state.past_counts, was, now) if was is not now else state.past_counts
    trials = state.trials.replace(event.number, after)
    state = replace(state, trials=trials, counts=counts, past_counts=past, started=state.started + begun)
    if isinstance(event, ev.FoldDone) and not event.fold.measures.keys() <= set(state.measured_names):
        names = dict.fromkeys((*state.measured_names, *event.fold.measures))
        state = replace(state, measured_names=tuple(names))
    return ranked(state, after) if isinstance(event, ev.TrialEnded) else state


def _advance(trial: Trial, event: _TrialEvent, elapsed: float) -> Trial:
    match event:
        case ev.TrialStarted():
            begun = replace(trial, state=TrialState.RUNNING, view=event.view, fitted_view=event.view)
            return replace(begun, started_at=elapsed)
        case ev.TrialRequeued():
            again = replace(trial, state=TrialState.QUEUED, folds=(), score=None, std=None, seconds=0.0, view=None)
            return replace(again, measures={}, spreads={}, started_at=None, fitted_view=None)
        case ev.FoldDone(fold=fold):
            folds = (*trial.folds, fold)
            score, std = mean_and_std([one.score for one in folds])
            after = replace(trial, folds=folds, score=score, std=std, seconds=trial.seconds + fold.seconds)
            return _with_measures(after, fold.measures) if fold.measures else after
        case ev.TrialEnded(state=state, reason=reason, problem=problem):
            return replace(trial, state=state, reason=reason, problem=problem, finished_at=elapsed)
        case ev.TrialQueued():
            return trial


def _with_measures(trial: Trial, names: Iterable[str]) -> Trial:
    """Return the trial with these objectives as means over the folds that measured them, and their spread."""
    measures, spreads = dict(trial.measures), dict(trial.spreads)
    for name in names:
        mean, std = mean_and_std([one.measures[name] for one in trial.folds if name in one.measures])
        if mean is not None:
            measures[name] = mean
        if std is not None:
            spreads[name] = std
    return replace(trial, measures=measures, spreads=spreads)


def _recount(counts: tuple[int, ...], before: TrialState | None, after: TrialState | None) -> tuple[int, ...]:
    order = list(TrialState)
    changed = list(counts)
    if before is not None:
        changed[order.index(before)] -= 1
    if after is not None:
        changed[order.index(after)] += 1
    return tuple(changed)


def _past_counts(state: SessionState) -> tuple[int, ...]:
    found = Counter(trial.state for trial in state.trials if state.on_other_data(trial))
    return tuple(found[one] for one in TrialState)
