"""The steering of a search whose target changes: its space, its beliefs and its preferences. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from hitl_widget.data.objectives import for_target
from hitl_widget.domain.balance import parameters_of_balance, with_balance
from hitl_widget.domain.belief import Belief
from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.figures import plural
from hitl_widget.domain.space import FAMILY, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.balance import possible_ways
from hitl_widget.learners.registry import LEARNERS, space_for

__all__ = ["retargeted"]


def retargeted(state: SessionState, first: Task, choices: DataChoices) -> tuple[Steering, Space, str]:
    """Return the steering under another target, the original space of that task, and what is set aside, in words.

    Parameters
    ----------
    state
        The state before the change.
    first
        The task as first understood.
    choices
        The choices after the change.
    """
    before, task = state.steering.data.scored(first), choices.scored(first)
    own = {name for name in state.base.families if name not in LEARNERS}
    lost = own if (task.kind is Kind.REGRESSION) != (before.kind is Kind.REGRESSION) else set()
    base = _base(state, task, own - lost)
    space = _space(state, base)
    preferences, words = for_target(state.preferences, before, task)
    beliefs = tuple(one for one in state.steering.beliefs if _applies(one, space))
    if gone := len(state.steering.beliefs) - len(beliefs):
        words.append(plural(gone, "belief"))
    labels = [state.learners.get(name, name) for name in sorted(lost)]
    words += labels
    steering = replace(
        state.steering, space=space, beliefs=beliefs, preferences=preferences, data=choices, reviewed=frozenset()
    )
    return steering, base, ", ".join(words)


def _base(state: SessionState, task: Task, own: Collection[str]) -> Space:
    """Return the original space of a task, with the learners and the ways to balance classes that a person added."""
    fresh = space_for(task)
    families = (*fresh.families, *(name for name in state.base.families if name in own))
    added = tuple(one for name in own for one in state.base.of(name))
    base = Space(families, (*fresh.parameters, *added))
    balancing = parameters_of_balance(state.base)
    if task.kind is Kind.REGRESSION or not balancing:
        return base
    ways = sorted({str(way) for one in balancing for way in one.choices if way is not None})
    possible: Mapping[str, tuple[str, ...]] = {
        name: possible_ways(LEARNERS[name], task) for name in fresh.families if name in LEARNERS
    }
    return with_balance(base, ways, possible)


def _space(state: SessionState, base: Space) -> Space:
    """Return the current space with the families and hyperparameters of another original space."""
    before = {one.name: one for one in state.base.parameters}
    today = {one.name: one for one in state.space.parameters}
    excluded = set(state.base.families) - set(state.space.families)
    parameters = (
        today[one.name] if before.get(one.name) == one and one.name in today else one for one in base.parameters
    )
    families = tuple(name for name in base.families if name not in excluded)
    if all(name in LEARNERS and LEARNERS[name].baseline for name in families):
        families = base.families
    return Space(families, tuple(parameters))


def _applies(belief: Belief, space: Space) -> bool:
    return belief.about == FAMILY or any(one.name == belief.about for one in space.parameters)
