"""The ranking of a state: leaders, the best of each family, improvements, and the current ensemble."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

from hitl_widget.domain.state import LEADERS, SessionState
from hitl_widget.domain.trial import Trial, TrialState

__all__ = ["ranked", "ranked_anew", "ranked_as_free", "with_constraints", "with_ensemble"]


def ranked(state: SessionState, trial: Trial) -> SessionState:
    """Return the state with a trial that just ended ranked among the others."""
    if trial.state is not TrialState.COMPLETE or trial.score is None:
        return state
    state = with_constraints(state, (trial,))
    if trial.number in state.steering.discarded or state.on_other_data(trial):
        return state
    trials = state.trials
    champion = state.family_best.get(trial.family)
    if champion is None or trial.score > (trials[champion].score or 0.0):
        state = replace(state, family_best={**state.family_best, trial.family: trial.number})
    if trial.number in state.outside or trial.number in state.broken:
        return state
    place = bisect_left(state.leaders, -trial.score, key=lambda number: -(trials[number].score or 0.0))
    while place < len(state.leaders) and trials[state.leaders[place]].score == trial.score:
        place += 1
    leaders = (*state.leaders[:place], trial.number, *state.leaders[place:])[:LEADERS]
    climbs = state.climbs if place else (*state.climbs, (state.count(TrialState.COMPLETE, today=True), trial.number))
    return replace(state, leaders=leaders, climbs=climbs)


def ranked_anew(state: SessionState) -> SessionState:
    """Return the state with all trials ranked, after the evidence changed."""
    scored = [trial for trial in state.trials if trial.state is TrialState.COMPLETE and trial.score is not None]
    ordered = sorted(filter(state.informs, scored), key=lambda trial: (-(trial.score or 0.0), trial.number))
    family_best: dict[str, int] = {}
    for trial in ordered:
        family_best.setdefault(trial.family, trial.number)
    leaders = tuple(trial.number for trial in ordered if state.may_lead(trial.number))[:LEADERS]
    state = replace(state, leaders=leaders, family_best=family_best, climbs=_climbs(state, scored))
    return with_ensemble(_with_violator(replace(state, violator=None), state.broken))


def ranked_as_free(state: SessionState, trial: Trial) -> SessionState:
    """Return the state with a trial ranked that turned out to satisfy the hard constraints."""
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


def with_constraints(state: SessionState, trials: Iterable[Trial]) -> SessionState:
    """Return the state with the hard constraints checked on these trials; other trials keep their standing."""
    rules = state.preferences.hard
    if not rules and not state.broken:
        return state
    checked: list[int] = []
    broken: list[int] = []
    pending: list[int] = []
    for trial in trials:
        checked.append(trial.number)
        sizes = [(rule, rule.violation(trial)) for rule in rules]
        if trial.state is not TrialState.COMPLETE or all(size == 0.0 for _, size in sizes):
            continue
        broken.append(trial.number)
        if not any(size or (size is None and rule.about in trial.unmeasured) for rule, size in sizes):
            pending.append(trial.number)
    state = replace(
        state,
        broken=state.broken.difference(checked).union(broken),
        pending=state.pending.difference(checked).union(pending),
    )
    if state.violator in checked and state.violator not in broken:
        return _with_violator(replace(state, violator=None), state.broken)
    return _with_violator(state, broken)


def _with_violator(state: SessionState, candidates: Iterable[int]) -> SessionState:
    """Return the state with the best of the known violator and those of the candidates that violate and count."""
    trials, top = state.trials, state.violator
    for number in candidates:
        score = trials[number].score
        if score is None or number in state.pending or not state.counts_as_evidence(number):
            continue
        if top is None or (score, -number) > (trials[top].score or 0.0, -top):
            top = number
    return replace(state, violator=top)


def with_ensemble(state: SessionState) -> SessionState:
    """Return the state with the last ensemble if all its members count, and without one otherwise."""
    found = state.blended
    lost = state.preferences.one_model or found is None or not all(state.may_lead(one) for one, _ in found.members)
    if found is None or lost:
        return replace(state, ensemble=(), ensemble_score=None)
    return replace(state, ensemble=found.members, ensemble_score=found.score)


def _climbs(state: SessionState, complete: Iterable[Trial]) -> tuple[tuple[int, int], ...]:
    """Return the improvements of the best among the trials that count; a restored trial counts from when it ended."""
    climbs: list[tuple[int, int]] = []
    best = -math.inf
    today = (trial for trial in complete if not state.on_other_data(trial))
    for at, trial in enumerate(sorted(today, key=lambda trial: trial.ended), 1):
        if state.may_lead(trial.number) and trial.score is not None and trial.score > best:
            best = trial.score
            climbs.append((at, trial.number))
    return tuple(climbs)
