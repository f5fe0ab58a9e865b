"""Commands that only add to the journal: notes, and scores of the user's own models."""

from __future__ import annotations

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.engine.handlers.base import Handler, handles

__all__ = ["NoteHandler"]


class NoteHandler(Handler):
    """Adds notes and baselines to the journal."""

    @handles(cmd.Note)
    def note(self, command: cmd.Note, by: Provenance) -> Receipt:
        """Add a note."""
        self._context.emit(ev.Noted(command.text.strip()), by)
        return Receipt("The note is saved in the journal.")

    @handles(cmd.AddBaseline)
    def add_baseline(self, command: cmd.AddBaseline, by: Provenance) -> Receipt:
        """Record the scores of the user's own model as a baseline."""
        seconds = round(command.seconds, 3)
        self._context.emit(ev.BaselineMeasured(command.name, command.scores, seconds, command.problem), by)
        return Receipt(command.problem or f"Scored your model {command.name} on the same folds.")
