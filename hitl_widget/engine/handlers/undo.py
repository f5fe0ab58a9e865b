"""Undo and redo of acts."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.steering import undoing
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.engine.ports import Tables
from hitl_widget.errors import CommandError

__all__ = ["UndoHandler"]


class UndoHandler(Handler):
    """Undoes and redoes acts.

    Parameters
    ----------
    context
        State, log, plan and clock.
    acts
        Records acts.
    tables
        The columns; None if they cannot be changed.
    """

    def __init__(self, context: Context, acts: Acts, tables: Tables | None) -> None:
        super().__init__(context)
        self._acts = acts
        self._tables = tables

    @handles(cmd.Undo)
    def undo(self, command: cmd.Undo, by: Provenance) -> Receipt:
        """Undo the last act, or an earlier one while keeping later acts."""
        state, number = self._context.state, command.act
        if not state.done:
            raise CommandError("There is nothing to undo.")
        if number is None or number == state.done[-1]:
            return self._acts.undo(state.acts[state.done[-1] - 1], by)
        act = state.act(number)
        if act is None:
            raise CommandError(f"There is no act {number}; there are 1 to {len(state.acts)}.")
        if act.undone:
            raise CommandError(f"Act {number} ({act.title}) is already undone.")
        after = undoing(act, state.steering)
        if isinstance(after, str):
            raise CommandError(
                f"Act {number} ({act.title}) cannot be undone on its own: {after} was changed again later. "
                "Undo the later acts first."
            )
        if after.data != state.steering.data and self._tables is not None:
            after = replace(after, data=self._tables.settled(after.data))
        if after == state.steering:
            raise CommandError(f"Act {number} ({act.title}) no longer has an effect.")
        if not set(after.space.families) - self._context.plan.baselines:
            raise CommandError("This would exclude the last family; at least one must remain.")
        return self._acts.do("undo", f"undid: {act.title}", by, after)

    @handles(cmd.Redo)
    def redo(self, _command: cmd.Redo, by: Provenance) -> Receipt:
        """Redo the last undone act."""
        state = self._context.state
        if not state.undone:
            raise CommandError("There is nothing to redo.")
        return self._acts.redo(state.acts[state.undone[-1] - 1], by)
