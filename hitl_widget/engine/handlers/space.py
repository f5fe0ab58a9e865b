"""Commands on the search space: edits, and custom learners."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.data.balance import checked_balance
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.balance import WAYS, balance_parameter, parameters_of_balance, with_balance
from hitl_widget.domain.edit import changed, title_of
from hitl_widget.domain.preview import preview
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.space import Parameter, Space
from hitl_widget.domain.task import Task
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.engine.handlers.outside import Cancelling, cancel_outside
from hitl_widget.errors import CommandError, nothing_changes
from hitl_widget.evaluation.user_code import CodeKind
from hitl_widget.learners.balance import possible_ways

__all__ = ["SpaceHandler"]


class SpaceHandler(Handler):
    """Edits the search space.

    Parameters
    ----------
    context
        State, log, plan and clock.
    acts
        Records acts.
    trials
        Cancels trials that an edit leaves outside.
    code
        Stores custom learners.
    """

    def __init__(self, context: Context, acts: Acts, trials: Cancelling, code: CodeStore) -> None:
        super().__init__(context)
        self._acts = acts
        self._trials = trials
        self._code = code

    @handles(cmd.Edit)
    def edit(self, command: cmd.Edit, by: Provenance) -> Receipt:
        """Start a generation with the edited space."""
        state, plan, labels = self._context.state, self._context.plan, self._context.labels
        space = changed(state.space, state.base, command.changes, command.include, command.exclude, plan.baselines)
        outside = preview(state, command, plan.baselines, labels)
        title = title_of(state.space, space, labels)
        receipt = self._acts.do("space", title, by, replace(state.steering, space=space))
        if command.running == "cancel":
            cancel_outside(self._context, self._trials, by)
        return replace(receipt, outside=outside)

    @handles(cmd.SetBalance)
    def set_balance(self, command: cmd.SetBalance, by: Provenance) -> Receipt:
        """Start a generation whose space holds the ways to balance classes."""
        state, task = self._context.state, self._context.plan.task
        if task is None:
            raise CommandError("This search has no classes to balance.")
        task = state.steering.data.scored(task)
        ways, possible = checked_balance(list(command.ways), task.kind, task.metric), self._possible(task)
        space = with_balance(state.space, ways, possible)
        if space == state.space or not (ways or parameters_of_balance(state.space)):
            raise CommandError(nothing_changes("classes are already balanced this way"))
        listed = [WAYS[way] for way in command.ways]
        title = f"balance classes by {' or '.join(listed)}" if listed else "classes not balanced"
        after = replace(state.steering, space=space)
        return self._acts.do("space", title, by, after, base=with_balance(state.base, ways, possible))

    def _balance_of(self, name: str) -> tuple[Parameter, ...]:
        """Return the hyperparameter of a new family that balances classes as those of the other families do."""
        task, others = self._context.plan.task, parameters_of_balance(self._context.state.space)
        possible = () if task is None or not others else possible_ways(self._code.learner(name), task)
        ways = {str(way) for one in others for way in one.choices}
        return (balance_parameter(name, sorted(ways), possible),) if possible else ()

    def _possible(self, task: Task) -> dict[str, tuple[str, ...]]:
        """Return the ways to balance classes that each family can do; none where its code is not trusted."""
        found = {}
        for name in self._context.state.base.families:
            if self._code.has_family(name):
                found[name] = possible_ways(self._code.learner(name), task)
        return found

    @handles(cmd.AddLearner)
    def add_learner(self, command: cmd.AddLearner, by: Provenance) -> Receipt:
        """Start a generation with an additional family, or restore one whose code a loaded session did not trust."""
        state, name = self._context.state, command.name
        labels = {name: command.label}
        if name in state.base.families:
            self._check_again(command)
            self._code.keep(CodeKind.LEARNER, name, command.code)
            return self._acts.do("learner", f"added {command.label} again", by, learners=labels)
        self._code.keep(CodeKind.LEARNER, name, command.code)
        parameters = (*self._balance_of(name), *command.parameters)
        base = _with_family(state.base, name, parameters)
        after = replace(state.steering, space=_with_family(state.space, name, parameters))
        return self._acts.do("learner", f"added {command.label}", by, after, base=base, learners=labels)

    def _check_again(self, command: cmd.AddLearner) -> None:
        name, base = command.name, self._context.state.base
        balancing = parameters_of_balance(base)
        before = [one.name for one in base.of(name) if one not in balancing]
        if self._code.has_family(name):
            raise CommandError(f"A family named {name!r} already exists. Choose another name.")
        if before != [one.name for one in command.parameters]:
            listed = ", ".join(before) or "no hyperparameters"
            raise CommandError(f"{name!r} was searched with {listed}. Add it with the same hyperparameters.")


def _with_family(space: Space, name: str, parameters: tuple[Parameter, ...]) -> Space:
    return Space((*space.families, name), (*space.parameters, *parameters))
