"""The changes of a search, the trials that were proposed because of each, and what these added to the best score. Pure.

Every screen that credits a change reads it here. A trial is credited to at most one change, and a new best score only
to the change behind its own trial: a starting point that happens to run after a change is no result of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hitl_widget.domain.space import Parameter, same
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Act
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState

__all__ = ["Change", "cause_of", "changes", "is_change", "proposing", "queued_by_you", "same_settings"]

_NO_CHANGE = ("undo", "annotate")
_OF_SPACE = ("space", "learner")
_PROPOSING = (*_OF_SPACE, "belief")


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the search, and the trials behind which it stands.

    Parameters
    ----------
    act
        The change.
    first
        Number of trials started before it.
    trials
        The trials that were proposed because of it.
    gain
        Sum of the improvements of the best score by these trials, greater is better.
    """

    act: Act
    first: int
    trials: tuple[Trial, ...] = ()
    gain: float = 0.0


def is_change(act: Act) -> bool:
    """Return whether an act counts as a change: notes and undoing do not."""
    return act.kind not in _NO_CHANGE


def proposing(act: Act) -> bool:
    """Return whether trials can be proposed because of a change: of the search space, or a belief."""
    return act.kind in _PROPOSING


def changes(state: SessionState) -> list[Change]:
    """Return the changes so far, oldest first. The work grows with the trials, once there is a change."""
    if not any(map(is_change, state.acts)):
        return []
    causes: dict[int, list[Trial]] = {}
    for trial, act in _caused(state, state.trials):
        causes.setdefault(act.number, []).append(trial)
    starts = sorted(one.started_at for one in state.trials if one.started_at is not None)
    opened = {one.act: one.started for one in reversed(state.generations) if one.act is not None}
    gains = dict(_climbs(state))
    found = []
    for act in filter(is_change, state.acts):
        trials = tuple(causes.get(act.number, ()))
        first = opened.get(act.number, bisect_right(starts, act.elapsed))
        found.append(Change(act, first, trials, sum(gains.get(one.number, 0.0) for one in trials)))
    return found


def queued_by_you(state: SessionState) -> list[Trial]:
    """Return the trials that the user queued."""
    return [one for one in state.trials if one.author is Author.YOU]


def same_settings(state: SessionState, trial: Trial) -> Trial | None:
    """Return the earlier trial on the same data whose settings a trial repeats, or None."""
    earlier = (state.trials[number] for number in range(trial.number))
    alike = (one for one in earlier if one.view == trial.view and one.state is TrialState.COMPLETE)
    return next((one for one in alike if one.config == trial.config), None)


def _climbs(state: SessionState) -> Iterator[tuple[int, float]]:
    """Yield each trial that raised the best score of today's data, with by how much.

    Trials outside the current space count: a narrower range whose best trial scores less than them brought nothing.
    """
    wanted = (one for one in state.trials if one.state is TrialState.COMPLETE and one.origin is not Origin.BASELINE)
    today = [one for one in wanted if state.informs(one) and one.number not in state.broken and one.score is not None]
    best: float | None = None
    for trial in sorted(today, key=lambda one: one.ended):
        assert trial.score is not None
        if best is not None and trial.score > best:
            yield trial.number, trial.score - best
        best = trial.score if best is None else max(best, trial.score)


def cause_of(state: SessionState, trial: Trial) -> Act | None:
    """Return the change because of which the search proposed a trial, or None."""
    return next((act for _, act in _caused(state, [trial])), None)


def _caused(state: SessionState, trials: Iterable[Trial]) -> Iterator[tuple[Trial, Act]]:
    """Yield the trials of the search that were proposed because of a change, with the change."""
    acts = [one for one in state.acts if proposing(one)]
    opened: dict[int, int] = {}
    for one in state.generations:
        if one.act is not None:
            opened.setdefault(one.act, one.number)
    for trial in trials if acts else ():
        if trial.author is Author.MACHINE and (act := _cause(trial, acts, opened)) is not None:
            yield trial, act


def _cause(trial: Trial, acts: list[Act], opened: dict[int, int]) -> Act | None:
    for act in reversed(acts):
        if act.kind in _OF_SPACE:
            if trial.generation >= opened.get(act.number, trial.generation + 1) and _newly_possible(act, trial):
                return act
        elif trial.origin is Origin.BELIEF and _guided(act, trial):
            return act
    return None


def _guided(act: Act, trial: Trial) -> bool:
    """Return whether a belief that decided a trial was stated by an act, before the trial began."""
    if trial.started_at is not None and trial.started_at < act.elapsed:
        return False
    stated = {one.about for one in act.after.beliefs if act.before.belief(one.about) != one}
    return trial.reasons.belief in stated if trial.reasons.belief else bool(stated)


def _newly_possible(act: Act, trial: Trial) -> bool:
    """Return whether an act added a trial's family, or changed the range that the search chose its settings from."""
    before, after = act.before.space, act.after.space
    if trial.family not in before.families:
        return trial.family in after.families
    if trial.origin not in (Origin.SAMPLER, Origin.BELIEF):  # starting points do not depend on the ranges
        return False
    old = {one.name: one for one in before.of(trial.family)}
    new = (one for one in after.of(trial.family) if one.name in old and one != old[one.name])
    return any(_chosen_from(old[one.name], one, trial) for one in new)


def _chosen_from(old: Parameter, new: Parameter, trial: Trial) -> bool:
    """Return whether a value can come from the change of a range: any value of a narrower one, a new one of a wider."""
    value = trial.config.get(new.name, new.default)
    before, after = _choices(old), _choices(new)
    if before is not None and after is not None:
        narrower = any(not any(same(one, two) for two in after) for one in before)
        return narrower or not any(same(value, one) for one in before)
    if before is not None or after is not None or not isinstance(value, int | float):
        return True
    narrower = new.low > old.low or new.high < old.high  # type: ignore[union-attr]
    return narrower or not old.low <= value <= old.high  # type: ignore[union-attr]


def _choices(parameter: Parameter) -> tuple[object, ...] | None:
    return getattr(parameter, "choices", None)
