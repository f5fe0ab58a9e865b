"""Steering of the search: space, beliefs, preferences, data choices; and the acts that changed them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hitl_widget.domain.annotation import Annotation
from hitl_widget.domain.belief import Belief
from hitl_widget.domain.data_choices import NO_CHOICES, DataChoices
from hitl_widget.domain.preference import NO_PREFERENCES, Preferences
from hitl_widget.domain.space import Space
from hitl_widget.domain.trial import Author

__all__ = ["Act", "ActKind", "Generation", "Steering", "undoing"]

ActKind = str
"""``space``, ``learner``, ``belief``, ``discard``, ``annotate``, ``objective``, ``constraint``, ``answer``, ``goal``,
``data``, ``rows``, ``labels``, ``target``, ``metric`` or ``undo``."""


@dataclass(frozen=True, slots=True)
class Steering:
    """The current steering of the search.

    Parameters
    ----------
    space
        The search space.
    beliefs
        The beliefs, at most one for each hyperparameter, in the order in which they were stated.
    discarded
        Numbers of trials that the user excluded from the evidence.
    preferences
        The preferences of the user.
    data
        How columns and rows enter the models, and how models are scored.
    annotations
        The tags and notes of trials, by number.
    reviewed
        Rows whose label the user has confirmed or corrected.
    """

    space: Space = field(default_factory=lambda: Space((), ()))
    beliefs: tuple[Belief, ...] = ()
    discarded: frozenset[int] = frozenset()
    preferences: Preferences = NO_PREFERENCES
    data: DataChoices = NO_CHOICES
    annotations: Mapping[int, Annotation] = field(default_factory=dict)
    reviewed: frozenset[int] = frozenset()

    def belief(self, about: str) -> Belief | None:
        """Return the belief about a hyperparameter or ``"family"``."""
        return next((one for one in self.beliefs if one.about == about), None)


@dataclass(frozen=True, slots=True)
class Act:
    """One change of the steering, by the user or the search.

    Parameters
    ----------
    number
        1, 2, 3, … in the order of the acts; `undo` takes it.
    seq, elapsed
        Number of the event, and seconds on the search's clock.
    author
        Who did it.
    kind
        As of `ActKind`; ``undo`` takes back an act that was not the last one.
    title
        The change in words ("learning rate 0.005–0.3 → 0.02–0.08").
    why
        The evidence, if the search acted or proposed it.
    before, after
        The steering before and after it.
    undone
        True while it is undone.
    leaks
        Columns that it excluded and that a warning called target leakage.
    """

    number: int
    seq: int
    elapsed: float
    author: Author
    kind: ActKind
    title: str
    why: str
    before: Steering
    after: Steering
    undone: bool = False
    leaks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """The search under one space.

    Parameters
    ----------
    number
        0, 1, 2, …; a trial names the one under which it was proposed.
    title
        The change in words; ``""`` for the first.
    author
        Who changed it.
    elapsed
        Seconds on the search's clock when it started.
    started
        Number of trials started before it.
    best_before
        The best trial when it started, within the previous space, without baselines; None if there was none.
    best_score
        Its score.
    act
        The act that started it; None for the first.
    space
        Its search space.
    view
        Number of its view of the data.
    """

    number: int
    title: str
    author: Author
    elapsed: float
    started: int
    best_before: int | None
    best_score: float | None
    act: int | None
    space: Space
    view: int = 0


def undoing(act: Act, now: Steering) -> Steering | str:
    """Return the steering without one act, keeping later acts.

    Parameters
    ----------
    act
        The act.
    now
        The current steering.

    Returns
    -------
    Steering or str
        The steering without the act; or the name of a thing that the act changed and a later act changed again.
    """
    space = _space_without(act, now.space)
    if isinstance(space, str):
        return space
    beliefs = _beliefs_without(act, now.beliefs)
    if isinstance(beliefs, str):
        return beliefs
    preferences = _preferences_without(act, now.preferences)
    if isinstance(preferences, str):
        return preferences
    data = _data_without(act, now.data)
    if isinstance(data, str):
        return data
    annotations = _taken_back(act.before.annotations, act.after.annotations, now.annotations)
    if isinstance(annotations, str):
        return f"the annotation of #{annotations}"
    discarded = _numbers_without(act.before.discarded, act.after.discarded, now.discarded)
    reviewed = _numbers_without(act.before.reviewed, act.after.reviewed, now.reviewed)
    return Steering(space, beliefs, discarded, preferences, data, annotations, reviewed)


def _numbers_without(before: frozenset[int], after: frozenset[int], now: frozenset[int]) -> frozenset[int]:
    return (now - (after - before)) | (before - after)


def _space_without(act: Act, now: Space) -> Space | str:
    before, after = act.before.space, act.after.space
    old = {one.name: one for one in before.parameters}
    new = {one.name: one for one in after.parameters}
    today = {one.name: one for one in now.parameters}
    for name, parameter in new.items():
        if name in old and old[name] != parameter:
            if today.get(name) != parameter:
                return name
            today[name] = old[name]
    for name in old.keys() - new.keys():  # a change of the target leaves out hyperparameters and brings others
        today[name] = old[name]
    for name in new.keys() - old.keys():
        today.pop(name, None)
    gone, come = set(before.families) - set(after.families), set(after.families) - set(before.families)
    for name in (*gone, *come):
        if (name in now.families) == (name in gone):
            return name
    kept = [name for name in now.families if name not in come]
    families = _in_order_of((*before.families, *after.families), [*kept, *gone])
    return Space(families, tuple(today[name] for name in _in_order_of(old, today)))


def _in_order_of(order: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    names = list(names)
    place = {name: i for i, name in enumerate(dict.fromkeys((*order, *names)))}
    return tuple(sorted(names, key=lambda name: place[name]))


def _beliefs_without(act: Act, now: tuple[Belief, ...]) -> tuple[Belief, ...] | str:
    before, after, today = ({one.about: one for one in them} for them in (act.before.beliefs, act.after.beliefs, now))
    found = _taken_back(before, after, today)
    return found if isinstance(found, str) else tuple(found.values())


def _data_without(act: Act, now: DataChoices) -> DataChoices | str:
    before, after = act.before.data, act.after.data
    if before == after:
        return now
    roles = _taken_back(before.roles, after.roles, now.roles)
    filling = _taken_back(before.filling, after.filling, now.filling)
    encoding = _taken_back(before.encoding, after.encoding, now.encoding)
    made = [{one.name: one for one in them.transforms} for them in (before, after, now)]
    transforms = _taken_back(*made)
    metric = _taken_back({"metric": before.metric}, {"metric": after.metric}, {"metric": now.metric})
    rows = _taken_back({"the set of rows": before.rows}, {"the set of rows": after.rows}, {"the set of rows": now.rows})
    for found in (roles, filling, encoding, transforms, metric, rows):
        if isinstance(found, str):
            return found
    assert not isinstance(roles, str)
    assert not isinstance(filling, str)
    assert not isinstance(encoding, str)
    assert not isinstance(transforms, str)
    assert not isinstance(metric, str)
    assert not isinstance(rows, str)
    return DataChoices(roles, filling, encoding, tuple(transforms.values()), metric["metric"], rows["the set of rows"])


def _taken_back(before: Mapping[Any, Any], after: Mapping[Any, Any], now: Mapping[Any, Any]) -> dict[Any, Any] | str:
    """Return entries with one act's changes reverted, or the name of an entry that was changed again since."""
    today = dict(now)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) == after.get(name):
            continue
        if today.get(name) != after.get(name):
            return str(name)
        today.pop(name, None)
        if name in before:
            today[name] = before[name]
    return today


def _preferences_without(act: Act, now: Preferences) -> Preferences | str:
    before, after = act.before.preferences, act.after.preferences
    if before == after:
        return now
    if before.objectives != after.objectives and now.objectives != after.objectives:
        return "the list of objectives"
    if before.goals != after.goals and now.goals != after.goals:
        return "the goals"
    custom = _taken_back(before.custom, after.custom, now.custom)
    if isinstance(custom, str):
        return custom
    ruled = [{(one.about, one.side): one for one in them.constraints} for them in (before, after, now)]
    constraints = _taken_back(*ruled)
    if isinstance(constraints, str):
        return "a constraint"
    answers = _taken_back(*({one.pair: one for one in them.comparisons} for them in (before, after, now)))
    if isinstance(answers, str):
        return "an answer to the same pair"
    found = Preferences(
        before.objectives if before.objectives != after.objectives else now.objectives,
        tuple(constraints.values()),
        tuple(answers.values()),
        before.goals if before.goals != after.goals else now.goals,
        custom,
    )
    lost = now.custom.keys() - custom.keys()
    leaning = {*found.objectives, *(one.about for one in found.constraints), *found.goals.weights}
    return f"the use of {min(lost & leaning)}" if lost & leaning else found
