"""Commands on the rows: split, weights, target, dropped, added and relabeled rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.engine.ports import RowChange, Tables
from hitl_widget.engine.retargeting import retargeted
from hitl_widget.errors import CommandError

__all__ = ["RowHandler"]


class RowHandler(Handler):
    """Changes the rows: each change opens a view of the data, as a change of the columns does.

    Parameters
    ----------
    context
        State, log, plan and clock.
    acts
        Records acts.
    put
        Stores bytes in the journal under a key.
    tables
        The table; None if its rows cannot be changed.
    """

    def __init__(self, context: Context, acts: Acts, put: Callable[[str, bytes], None], tables: Tables | None) -> None:
        super().__init__(context)
        self._acts = acts
        self._put = put
        self._tables = tables

    @handles(cmd.SetTarget)
    def set_target(self, command: cmd.SetTarget, by: Provenance) -> Receipt:
        """Start a generation that predicts another column."""
        first = self._context.plan.task
        if first is None:
            raise CommandError("This search has no table with another target.")
        change = self._changed(command)
        after, base, lost = retargeted(self._context.state, first, change.choices)
        more = f"; set aside with the former target: {lost}" if lost else ""
        return self._acts.do("target", f"{change.title}{more}", by, after, base=base)

    @handles(cmd.SetSplit, cmd.SetWeights, cmd.DropRows, cmd.AddRows, cmd.Relabel)
    def change(self, command: cmd.RowCommand, by: Provenance) -> Receipt:
        """Start a generation on the changed rows."""
        change = self._changed(command)
        kind, steering = "labels" if isinstance(command, cmd.Relabel) else "rows", self._context.state.steering
        after = replace(steering, data=change.choices, reviewed=steering.reviewed | change.reviewed)
        return self._acts.do(kind, change.title, by, after)

    def _changed(self, command: cmd.RowCommand) -> RowChange:
        """Return the change, with its rows in the journal."""
        if self._tables is None:
            raise CommandError("This search has no table whose rows could be changed.")
        change = self._tables.rows.changed(self._context.state, command)
        self._tables.keep()
        for key, body in change.blobs.items():
            self._put(key, body)
        return change
