"""Commands on the search space: edits, and custom learners."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.edit import changed, title_of
from hitl_widget.domain.preview import preview
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.space import Parameter, Space
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.engine.handlers.outside import Cancelling, cancel_outside
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.user_code import CodeKind

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
        base = _with_family(state.base, name, command.parameters)
        after = replace(state.steering, space=_with_family(state.space, name, command.parameters))
        return self._acts.do("learner", f"added {command.label}", by, after, base=base, learners=labels)

    def _check_again(self, command: cmd.AddLearner) -> None:
        name, before = command.name, [one.name for one in self._context.state.base.of(command.name)]
        if self._code.has_family(name):
            raise CommandError(f"A family named {name!r} already exists. Choose another name.")
        if before != [one.name for one in command.parameters]:
            listed = ", ".join(before) or "no hyperparameters"
            raise CommandError(f"{name!r} was searched with {listed}. Add it with the same hyperparameters.")


def _with_family(space: Space, name: str, parameters: tuple[Parameter, ...]) -> Space:
    return Space((*space.families, name), (*space.parameters, *parameters))
