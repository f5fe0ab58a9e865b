"""Warnings about scores that may be misleading, with evidence, remedy and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from hitl_widget.domain.nudge import Answer

__all__ = ["LEAKAGE", "Safeguard", "Severity"]

LEAKAGE = frozenset({"copy", "outshines", "late", "together", "aggregate", "shifted"})
"""The rules that find columns which may give away the target."""


class Severity(StrEnum):
    """The severity of a warning: how misleading the scores may be if nothing is done."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Safeguard:
    """A warning that asks for an answer.

    Parameters
    ----------
    key
        Rule and subject, stable while the numbers change ("copy:alive").
    rule
        Name of the rule.
    severity
        How misleading the scores may be if nothing is done.
    sentence
        The finding, in one sentence.
    evidence
        The numbers behind the finding.
    remedy
        What to do, in one sentence.
    columns
        The columns concerned, most important first; empty if it is about rows or results.
    answers
        The possible answers; the first one follows the remedy. Commands are stored as data.
    numbers
        The numbers of the evidence, by name.
    """

    key: str
    rule: str
    severity: Severity
    sentence: str
    evidence: str
    remedy: str
    columns: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)

    def answer(self, said: str) -> Answer | None:
        """Return the answer with this id or label, or None: a warning may be answered in other words."""
        return next((one for one in self.answers if said in (one.id, one.label)), None)

    def answer_in(self, warned: Mapping[str, str], holds: bool = True) -> str:
        """Return the answer that was given to this warning, or "" while it is open.

        If the answer changed the session and the finding still holds, the change was undone or did not help: the
        warning is open.

        Parameters
        ----------
        warned
            The answers so far, by key.
        holds
            Whether the finding is known to hold now.
        """
        said = warned.get(self.key, "")
        chosen = self.answer(said)
        if chosen is None:
            return said
        return "" if holds and chosen.command is not None else chosen.label

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            **asdict(self),
            "severity": str(self.severity),
            "columns": list(self.columns),
            "answers": [asdict(answer) for answer in self.answers],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Safeguard:
        """Read a safeguard from its JSON form.

        Examples
        --------
        >>> one = Safeguard("order", "order", Severity.LOW, "The file is sorted.", "1 of 2.", "Shuffle it.")
        >>> Safeguard.from_json(one.as_json()) == one
        True
        """
        answers = tuple(Answer(**answer) for answer in data["answers"])
        severity, columns = Severity(data["severity"]), tuple(data["columns"])
        return cls(**{**data, "severity": severity, "columns": columns, "answers": answers})
