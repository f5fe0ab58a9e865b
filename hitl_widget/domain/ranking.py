"""The ranking of a state: leaders, the best of each family, improvements, and the current ensemble."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

from hitl_widget.domain.state import LEADERS, SessionState
from hitl_widget.domain.trial import Trial, TrialState

__all__ = ["ranked", "ranked_anew", "ranked_as_free", "trials_breaking", "with_ensemble"]


def ranked(state: SessionState, trial: Trial) -> SessionState:
    """Return the state with a trial that just ended ranked among the others."""
    if trial.state is not TrialState.COMPLETE or trial.score is None or trial.number in state.steering.discarded:
        return state
    if state.on_other_data(trial):
        return state
    trials = state.trials
    champion = state.family_best.get(trial.family)
    if champion is None or trial.score > (trials[champion].score or 0.0):
        state = replace(state, family_best={**state.family_best, trial.family: trial.number})
    if state.preferences.hard and trials_breaking(state, (trial,)):
        return replace(state, broken=state.broken | {trial.number})
    if trial.number in state.outside:
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
    return with_ensemble(replace(state, leaders=leaders, family_best=family_best, climbs=_climbs(state, scored)))


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


def trials_breaking(state: SessionState, trials: Iterable[Trial]) -> frozenset[int]:
    """Return the complete trials that violate a hard constraint, or may because a value is not known."""
    rules = state.preferences.hard
    return frozenset(
        trial.number
        for trial in trials
        if trial.state is TrialState.COMPLETE and any(rule.violation(trial) != 0.0 for rule in rules)
    )


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
