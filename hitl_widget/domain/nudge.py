"""What the machine proposes to the person: a question, its evidence, and the answers with their commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["LATER", "NEVER", "Answer", "Nudge"]

LATER = "later"
NEVER = "never"


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing a person can say to a nudge.

    Parameters
    ----------
    id
        Short name, unique within the nudge ("widen").
    label
        What the button says ("Widen").
    command
        JSON form of the command that it issues; None when it only shows or keeps something.
    python
        The line of Python that does the same.
    """

    id: str
    label: str
    command: Mapping[str, Any] | None = None
    python: str = ""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A proposal of the machine. "Not now" and "Never" can always be answered too.

    Parameters
    ----------
    key
        Rule and subject, stable while the evidence grows ("widen:lightgbm.learning_rate:low").
    rule
        Name of the rule.
    question
        What is proposed, as a question ("Widen the learning rate?").
    evidence
        Why, in one sentence with numbers.
    effect
        What accepting would do, in one sentence.
    worth
        Expected worth, in standard deviations of the leader's score; the greatest are shown.
    answers
        What can be said; the first is what "accept" means.
    trial
        Trial to look at, if any.
    auto
        Whether the autopilot may give the first answer itself.
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
