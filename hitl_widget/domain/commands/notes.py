"""Commands that add to the journal: notes, and scores of the user's own models."""

from __future__ import annotations

from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.spelling import is_text, literal
from hitl_widget.errors import CommandError

__all__ = ["AddBaseline", "Note"]

MOST_LETTERS = 5_000


@command("note", subject=Subject.NOTES)
class Note(Command):
    """Add a note to the journal.

    Examples
    --------
    >>> Note("Age is in months.").python()
    'session.note("Age is in months.")'
    """

    text: str

    def __post_init__(self) -> None:
        if not is_text(self.text):
            raise CommandError(f"A note must be a non-empty text; got {self.text!r}.")
        if len(self.text) > MOST_LETTERS:
            raise CommandError(f"A note can have at most {MOST_LETTERS:,} characters; this one has {len(self.text):,}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.note({literal(self.text)})"


@command("add_baseline", subject=Subject.NOTES, page=False)
class AddBaseline(Command):
    """Record the fold scores of the user's own model as a baseline.

    Examples
    --------
    >>> AddBaseline("mine", ((0, 0.8),)).python()
    'session.add_baseline("mine", estimator)'
    """

    name: str
    scores: tuple[tuple[int, float], ...]
    seconds: float = 0.0
    problem: str = ""

    def __post_init__(self) -> None:
        if not is_text(self.name) or len(self.name) > 100:
            raise CommandError(f"A baseline needs a name of at most 100 characters; got {self.name!r:.120}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.add_baseline({literal(self.name)}, estimator)"
