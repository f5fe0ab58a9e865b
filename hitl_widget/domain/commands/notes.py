"""Commands that add to the record: notes, and scores of the person's own models."""

from __future__ import annotations

from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.spelling import is_text, literal
from hitl_widget.errors import CommandError

__all__ = ["AddBaseline", "Note"]

MOST_LETTERS = 5_000


@command("note", subject=Subject.NOTES)
class Note(Command):
    """Write something into the journal."""

    text: str

    def __post_init__(self) -> None:
        if not is_text(self.text):
            raise CommandError(f"A note is a text that is not empty; got {self.text!r}.")
        if len(self.text) > MOST_LETTERS:
            raise CommandError(f"A note has at most {MOST_LETTERS:,} letters; this one has {len(self.text):,}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.note({literal(self.text)})"


@command("add_baseline", subject=Subject.NOTES, page=False)
class AddBaseline(Command):
    """Record the scores of the person's own model, which the folds measured, to compare others with."""

    name: str
    scores: tuple[tuple[int, float], ...]
    seconds: float = 0.0
    problem: str = ""

    def __post_init__(self) -> None:
        if not is_text(self.name) or len(self.name) > 100:
            raise CommandError(f"A baseline has a name of at most 100 letters; got {self.name!r:.120}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.add_baseline({literal(self.name)}, estimator)"
