"""Commands on preferences: objectives, constraints, answers to pairs, goals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from hitl_widget.data.objectives import active, checked_constraint, checked_objectives, objective_named, wanted
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.figures import plural
from hitl_widget.domain.preference import Comparison, Goals, Judgement, Preferences
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.task import Kind, Task
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.user_code import CodeKind

__all__ = ["PreferenceHandler"]


class PreferenceHandler(Handler):
    """Changes the user's preferences.

    Parameters
    ----------
    context
        State, log, plan and clock.
    acts
        Records acts.
    code
        Stores custom objectives.
    """

    def __init__(self, context: Context, acts: Acts, code: CodeStore) -> None:
        super().__init__(context)
        self._acts = acts
        self._code = code

    @handles(cmd.SetObjectives)
    def set_objectives(self, command: cmd.SetObjectives, by: Provenance) -> Receipt:
        """Set the further objectives."""
        return self._do("objective", by, *self._objectives(self._before, command.names, self._task()))

    @handles(cmd.AddObjective)
    def add_objective(self, command: cmd.AddObjective, by: Provenance) -> Receipt:
        """Add a custom objective."""
        return self._do("objective", by, *self._own(self._before, command, self._task()))

    @handles(cmd.Require)
    def require(self, command: cmd.Require, by: Provenance) -> Receipt:
        """Add a constraint."""
        return self._do("constraint", by, *self._require(self._before, command.text, command.hard, self._task()))

    @handles(cmd.Relax)
    def relax(self, command: cmd.Relax, by: Provenance) -> Receipt:
        """Remove a constraint."""
        return self._do("constraint", by, *_relaxed(self._before, command.text, self._task()))

    @handles(cmd.Prefer)
    def prefer(self, command: cmd.Prefer, by: Provenance) -> Receipt:
        """Answer a pair of trials."""
        self._task()
        return self._do("answer", by, *self._answer(self._before, command))

    @handles(cmd.SetGoals)
    def set_goals(self, command: cmd.SetGoals, by: Provenance) -> Receipt:
        """Set the weight of each objective."""
        goals = Goals(dict(command.weights), command.strength)
        return self._do("goal", by, *self._goals(self._before, goals, self._task()))

    @property
    def _before(self) -> Preferences:
        return self._context.state.preferences

    def _do(self, kind: str, by: Provenance, title: str, preferences: Preferences) -> Receipt:
        return self._acts.do(kind, title, by, replace(self._context.state.steering, preferences=preferences))

    def _task(self) -> Task:
        task = self._context.plan.task
        if task is None:
            raise CommandError("This search has no task, so it has no further objectives.")
        return self._context.state.steering.data.scored(task)

    def _objectives(self, before: Preferences, names: tuple[str, ...], task: Task) -> tuple[str, Preferences]:
        found = checked_objectives(names, task, before)
        if found == before.objectives:
            raise CommandError("These already are the objectives.")
        labels = ", ".join(objective_named(name, task, before.custom).label for name in found)
        goals = before.goals
        lost = set(goals.weights) - set(found)
        if lost:
            left = {name: weight for name, weight in goals.weights.items() if name in found}
            goals = replace(goals, weights=left if any(left.values()) else {})
        return f"objectives: {labels}", replace(before, objectives=found, goals=goals)

    def _own(self, before: Preferences, command: cmd.AddObjective, task: Task) -> tuple[str, Preferences]:
        name = command.name
        if name in before.custom or name in self._context.state.measured_names or _is_known(name, task):
            raise CommandError(f"An objective named {name!r} already exists. Choose another name.")
        if command.matrix and task.kind is Kind.REGRESSION:
            raise CommandError("A cost matrix needs a classification task. Give a function of (y, prediction) instead.")
        if command.matrix and len(command.matrix) != len(task.classes):
            raise CommandError(
                f"A cost matrix needs a row and a column per class; there are {len(task.classes)} classes "
                f"({', '.join(task.classes[:6])}), but the matrix has {plural(len(command.matrix), 'row')}."
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
            self._code.keep(CodeKind.OBJECTIVE, name, command.code)
        return f"added the objective {own['label']}", replace(preferences, objectives=found)

    def _require(self, before: Preferences, text: str, hard: bool, task: Task) -> tuple[str, Preferences]:
        rule = checked_constraint(text, hard, task, before, self._context.state.base.families)
        if rule in before.constraints:
            raise CommandError(f"The constraint {rule.text} already exists.")
        kept = [one for one in before.constraints if (one.about, one.side) != (rule.about, rule.side)]
        kind = "hard" if hard else "soft"
        return f"{kind} constraint: {self.in_words(rule)}", replace(before, constraints=(*kept, rule))

    def in_words(self, rule: Constraint) -> str:
        """Return a constraint in words: "prediction time (1,000 rows) at most 5 ms"."""
        if rule.op == "in":
            labels = self._context.labels
            return f"one of {', '.join(labels.get(name, name) for name in rule.families)}"
        objective = objective_named(rule.about, self._task(), self._context.state.preferences.custom)
        unit = f" {objective.unit}" if objective.unit and objective.unit != objective.label else ""
        return f"{objective.title} {rule.side} {rule.limit:.6g}{unit}"

    def _answer(self, before: Preferences, command: cmd.Prefer) -> tuple[str, Preferences]:
        for number in (command.first, command.second):
            self._check_comparable(number)
        one = Comparison(command.first, command.second, command.answer)
        others = tuple(known for known in before.comparisons if known.pair != one.pair)
        return _said(one), replace(before, comparisons=(*others, one))

    def _check_comparable(self, number: int) -> None:
        trials = self._context.state.trials
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
                f"{strange[0]!r} is not an objective ({', '.join(names)}). Add it with session.objectives."
            )
        after = replace(goals, weights=found)
        if after == before.goals:
            raise CommandError("These already are the goals.")
        if not found:
            return "cleared the goals; your answers decide", replace(before, goals=Goals())
        shown = ", ".join(f"{names[name]} {weight:g}" for name, weight in found.items())
        return f"goal weights: {shown}", replace(before, goals=after)


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
    return f"removed the constraint{'s' * (len(gone) > 1)} {', '.join(one.text for one in gone)}", replace(
        before, constraints=left
    )


def _other_spellings(text: str, before: Preferences, task: Task) -> Iterator[str]:
    """Yield the names under which a constraint is known, from a text for `require` or an objective's short name."""
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
