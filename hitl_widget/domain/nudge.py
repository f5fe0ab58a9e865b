"""Nudges: proposals of the search, with evidence and the commands of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["LATER", "NEVER", "Answer", "Nudge"]

LATER = "later"
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer to a nudge or a warning.

    Parameters
    ----------
    id
        Short name, unique within the nudge ("widen").
    label
        Label of the button ("Widen").
    command
        JSON form of the command that carries it out; None for an answer that is only recorded or only shows something.
    python
        The line of Python that does the same.
    """

    id: str
    label: str
    command: Mapping[str, Any] | None = None
    python: str = ""

    @property
    def only_shows(self) -> bool:
        """True if it only shows a line of Python: choosing it leaves the warning open."""
        return self.command is None and self.python != ""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A proposal of the search. "Not now" and "Never" are always possible answers.

    Parameters
    ----------
    key
        Rule and subject, stable while the evidence grows ("widen:lightgbm.learning_rate:low").
    rule
        Name of the rule.
    question
        The proposal as a question ("Widen the learning rate?").
    evidence
        The reason, in one sentence with numbers.
    effect
        The effect of accepting, in one sentence.
    worth
        Expected gain, in standard deviations of the leader's score; the largest are shown.
    answers
        The possible answers; the first one means "accept".
    trial
        The trial that it is about, if any.
    auto
        True if the autopilot may give the first answer.
    """

    key: str
    rule: str
    question: str
    evidence: str
    effect: str
    worth: float
    answers: tuple[Answer, ...]
    trial: int | None = None
    auto: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "answers": [asdict(answer) for answer in self.answers]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Nudge:
        """Read a nudge from its JSON form."""
        answers = tuple(Answer(**answer) for answer in data["answers"])
        return cls(**{**data, "answers": answers})
