"""Commands that undo and redo acts."""

from __future__ import annotations

from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.spelling import is_count
from hitl_widget.errors import CommandError

__all__ = ["Redo", "Undo"]


@command("undo", subject=Subject.UNDO)
class Undo(Command):
    """Undo the last act, or the act with this number.

    Examples
    --------
    >>> Undo(3).python()
    'session.undo(3)'
    """

    act: int | None = None

    def __post_init__(self) -> None:
        if self.act is not None and not is_count(self.act):
            raise CommandError(f"An act must be given by its number; got {self.act!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.undo({'' if self.act is None else self.act})"


@command("redo", subject=Subject.UNDO)
class Redo(Command):
    """Redo the act that was undone last."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.redo()"
