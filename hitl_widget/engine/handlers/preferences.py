"""Acts on what good means, and what the search makes of them. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from hitl_widget.data.objectives import active, checked_constraint, checked_objectives, objective_named, wanted
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Objective
from hitl_widget.domain.preference import Comparison, Goals, Judgement, Preferences
from hitl_widget.domain.task import Kind, Task
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.ports import PreferenceLearner
from hitl_widget.errors import CommandError
from hitl_widget.sampling.contract import Scalarization

if TYPE_CHECKING:
    from hitl_widget.engine.controller import Controller

__all__ = ["PreferenceCommand", "PreferenceHandler"]

PreferenceCommand = cmd.SetObjectives | cmd.AddObjective | cmd.Require | cmd.Relax | cmd.Prefer | cmd.SetGoals

Change = Callable[[str, str, Preferences], None]


class PreferenceHandler:
    """Turns what the person says of good and bad into preferences, and these into what the search maximises.

    Parameters
    ----------
    controller
        Where events go and state comes from.
    tastes
        Learns from the answers; None for none.
    """

    def __init__(self, controller: Controller, tastes: PreferenceLearner | None) -> None:
        self._c = controller
        self._tastes = tastes

    # -- what the search makes of it ----------------------------------------------------------------------------------

    @property
    def lead(self) -> bool:
        """Whether more than the metric decides which trials are good."""
        preferences = self._c.now.preferences
        return self._tastes is not None and (preferences.lead or bool(preferences.constraints))

    def learn(self) -> Scalarization | None:
        """Learn from today's answers, put it on record, and return what trials are worth to the search."""
        state = self._c.now
        if self._tastes is None or not (state.preferences.guide or state.preferences.constraints or state.learnt):
            return None
        found = self._tastes.learn(state)
        if found is not None and found != state.learnt:
            self._c.emit(found)
        return self._tastes.scalarization(self._c.now)

    def due(self) -> bool:
        """Say whether enough trials came to learn anew."""
        return self.lead and self._tastes is not None and self._tastes.due(self._c.now)

    def wanted(self) -> list[Objective]:
        """Return what has to be measured of each trial."""
        task = self._c.plan.task
        return [] if task is None else wanted(task, self._c.now.preferences)

    # -- acts -------------------------------------------------------------------------------------------------------

    def carry_out(self, command: PreferenceCommand, change: Change) -> None:
        """Carry out an act: `change(kind, title, preferences)` puts it on record."""
        before, task = self._c.now.preferences, self._task()
        match command:
            case cmd.SetObjectives(names=names):
                change("objective", *self._objectives(before, names, task))
            case cmd.AddObjective():
                change("objective", *self._own(before, command, task))
            case cmd.Require(text=text, hard=hard):
                change("constraint", *self._require(before, text, hard, task))
            case cmd.Relax(text=text):
                change("constraint", *_relaxed(before, text, task))
            case cmd.Prefer():
                change("answer", *self._answer(before, command))
            case cmd.SetGoals(weights=weights, strength=strength):
                change("goal", *self._goals(before, Goals(dict(weights), strength), task))

    def _task(self) -> Task:
        task = self._c.plan.task
        if task is None:
            raise CommandError("This search knows nothing of its task, so it has no further objectives.")
        return task

    def _objectives(self, before: Preferences, names: tuple[str, ...], task: Task) -> tuple[str, Preferences]:
        found = checked_objectives(names, task, before)
        if found == before.objectives:
            raise CommandError("These are the objectives already.")
        labels = ", ".join(objective_named(name, task, before.custom).label for name in found)
        goals = before.goals
        lost = set(goals.weights) - set(found)
        if lost:
            left = {name: weight for name, weight in goals.weights.items() if name in found}
            goals = replace(goals, weights=left if any(left.values()) else {})
        return f"what matters: {labels}", replace(before, objectives=found, goals=goals)

    def _own(self, before: Preferences, command: cmd.AddObjective, task: Task) -> tuple[str, Preferences]:
        name = command.name
        if name in before.custom or name in self._c.now.measured_names or _is_known(name, task):
            raise CommandError(f"There is an objective {name!r} already; give yours another name.")
        if command.matrix and task.kind is Kind.REGRESSION:
            raise CommandError("A matrix of costs needs classes; give a function of (y, prediction) instead.")
        if command.matrix and len(command.matrix) != len(task.classes):
            raise CommandError(
                f"A matrix of costs has a row and a column for each class; there are {len(task.classes)} "
                f"({', '.join(task.classes[:6])}), and it has {len(command.matrix)}."
            )
        definition = {"kind": "matrix", "matrix": [list(row) for row in command.matrix]}
        own = {
            "label": command.label or name.replace("_", " "),
            "direction": command.direction,
            "unit": command.unit,
            **(definition if command.matrix else {"kind": "function"}),
        }
        preferences = replace(before, custom={**before.custom, name: own})
        names = before.objectives or tuple(one.name for one in wanted(task, Preferences()))
        found = checked_objectives([*names, name], task, preferences)
        if command.code:
            self._c.desk.keep_objective(name, command.code)
        return f"added the objective {own['label']}", replace(preferences, objectives=found)

    def _require(self, before: Preferences, text: str, hard: bool, task: Task) -> tuple[str, Preferences]:
        rule = checked_constraint(text, hard, task, before, self._c.now.base.families)
        if rule in before.constraints:
            raise CommandError(f"{rule.text} is required already.")
        kept = [one for one in before.constraints if (one.about, one.side) != (rule.about, rule.side)]
        word = "must" if hard else "should"
        return f"{word} keep: {self.in_words(rule)}", replace(before, constraints=(*kept, rule))

    def in_words(self, rule: Constraint) -> str:
        """Say a constraint as people do: "prediction time at most 5 ms"."""
        if rule.op == "in":
            labels = self._c.plan.labels
            return f"one of {', '.join(labels.get(name, name) for name in rule.families)}"
        objective = objective_named(rule.about, self._task(), self._c.now.preferences.custom)
        unit = f" {objective.unit}" if objective.unit and objective.unit != objective.label else ""
        return f"{objective.label} {rule.side} {rule.limit:.6g}{unit}"

    def _answer(self, before: Preferences, command: cmd.Prefer) -> tuple[str, Preferences]:
        for number in (command.first, command.second):
            self._check_comparable(number)
        one = Comparison(command.first, command.second, command.answer)
        others = tuple(known for known in before.comparisons if known.pair != one.pair)
        return _said(one), replace(before, comparisons=(*others, one))

    def _check_comparable(self, number: int) -> None:
        trials = self._c.now.trials
        if not 0 <= number < len(trials):
            raise CommandError(f"There is no trial {number}; the record has {plural(len(trials), 'trial')}.")
        if trials[number].state is not TrialState.COMPLETE:
            raise CommandError(f"Only finished trials can be compared; trial {number} is {trials[number].state}.")

    def _goals(self, before: Preferences, goals: Goals, task: Task) -> tuple[str, Preferences]:
        names = {one.name: one.label for one in active(task, before)}
        found = {}
        for name, weight in goals.weights.items():
            found[objective_named(name, task, before.custom).name] = weight
        strange = [name for name in found if name not in names]
        if strange:
            raise CommandError(
                f"{strange[0]!r} is none of today's objectives ({', '.join(names)}); session.objectives adds it."
            )
        after = replace(goals, weights=found)
        if after == before.goals:
            raise CommandError("These are the goals already.")
        if not found:
            return "goals: let the answers decide", replace(before, goals=Goals())
        shown = ", ".join(f"{names[name]} {weight:g}" for name, weight in found.items())
        return f"goals: {shown}", replace(before, goals=after)


def _is_known(name: str, task: Task) -> bool:
    try:
        objective_named(name, task)
    except CommandError:
        return False
    return True


def _relaxed(before: Preferences, text: str, task: Task) -> tuple[str, Preferences]:
    text = text.strip()
    named = {text, *_other_spellings(text, before, task)}
    gone = [one for one in before.constraints if named & {one.text, one.about}]
    if not gone:
        known = "; ".join(one.text for one in before.constraints) or "none"
        raise CommandError(f"There is no constraint {text!r:.200}; there are: {known}.")
    left = tuple(one for one in before.constraints if one not in gone)
    return f"let go of: {', '.join(one.text for one in gone)}", replace(before, constraints=left)


def _other_spellings(text: str, before: Preferences, task: Task) -> Iterator[str]:
    """Yield what a constraint is called here, of a text as `require` takes it or of an objective's short name."""
    families = [name for one in before.constraints for name in one.families]
    with suppress(CommandError):
        yield checked_constraint(text, True, task, before, families).text
    with suppress(CommandError):
        yield objective_named(text, task, before.custom).name


def _said(one: Comparison) -> str:
    match one.answer:
        case Judgement.SKIP:
            return f"skipped #{one.first} and #{one.second}"
        case Judgement.EQUAL:
            return f"#{one.first} and #{one.second} are about equal"
        case _:
            return f"preferred #{one.preferred} to #{one.second if one.preferred == one.first else one.first}"
