"""Commands that only add to the record: notes, and scores of the person's own models."""

from __future__ import annotations

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.engine.handlers.base import Handler, handles

__all__ = ["NoteHandler"]


class NoteHandler(Handler):
    """Writes into the journal."""

    @handles(cmd.Note)
    def note(self, command: cmd.Note, by: Provenance) -> Receipt:
        """Write a note."""
        self._context.emit(ev.Noted(command.text.strip()), by)
        return Receipt("The note is saved in the journal.")

    @handles(cmd.AddBaseline)
    def add_baseline(self, command: cmd.AddBaseline, by: Provenance) -> Receipt:
        """Record the scores of the person's own model."""
        seconds = round(command.seconds, 3)
        self._context.emit(ev.BaselineMeasured(command.name, command.scores, seconds, command.problem), by)
        return Receipt(command.problem or f"Your own model {command.name} is measured.")
