"""Answers to nudges and warnings."""

from __future__ import annotations

from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.spelling import is_text, literal
from hitl_widget.errors import CommandError

__all__ = ["AnswerNudge", "AnswerWarning"]

MOST_LETTERS = 5_000


@command("answer_nudge", subject=Subject.ANSWERS)
class AnswerNudge(Command):
    """Accept, postpone or decline a nudge.

    `answer` is ``"accept"``, the id of one of its answers, ``"later"`` or ``"never"``.

    Examples
    --------
    >>> AnswerNudge("widen:svm.C").python()
    'session.accept("widen:svm.C")'
    """

    key: str
    answer: str = "accept"

    def __post_init__(self) -> None:
        if not all(isinstance(one, str) for one in (self.key, self.answer)):
            raise CommandError(f"An answer needs the nudge's key and a text; got {self.key!r}, {self.answer!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        if self.answer in ("later", "never"):
            return f"session.dismiss({literal(self.key)}{', never=True' if self.answer == 'never' else ''})"
        return f"session.accept({literal(self.key)}{'' if self.answer == 'accept' else ', ' + literal(self.answer)})"


@command("answer_warning", subject=Subject.ANSWERS)
class AnswerWarning(Command):
    """Answer a warning with one of its answers or with a comment.

    Examples
    --------
    >>> AnswerWarning("copy:alive", "drop").python()
    'session.answer("copy:alive", "drop")'
    """

    key: str
    answer: str

    def __post_init__(self) -> None:
        if not (is_text(self.key) and len(self.key) <= 500):
            raise CommandError(f"An answer to a warning needs the warning's key; got {self.key!r:.120}.")
        if not is_text(self.answer) or len(self.answer) > MOST_LETTERS:
            raise CommandError(f"An answer to a warning must be a text of at most {MOST_LETTERS:,} characters.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.answer({literal(self.key)}, {literal(self.answer)})"
