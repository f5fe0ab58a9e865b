"""Beliefs of the user about the search space, and the verdicts of the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from hitl_widget.domain.space import Value

__all__ = ["SURENESS", "Belief", "Strength", "Verdict", "VerdictKind"]


class Strength(StrEnum):
    """The user's confidence, which sets how long a belief guides the search."""

    HINT = "hint"
    FAIR = "fair"
    STRONG = "strong"


SURENESS = {Strength.HINT: "slightly sure", Strength.FAIR: "fairly sure", Strength.STRONG: "very sure"}
"""Strengths in words."""


class VerdictKind(StrEnum):
    """Verdict of the evidence on a belief."""

    UNDECIDED = "undecided"
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Belief:
    """A prior over one hyperparameter, or over the families.

    Parameters
    ----------
    about
        ``"family"`` or the name of a hyperparameter, such as ``"lightgbm.learning_rate"``; at most one belief each.
    around
        Centre of the bell (numeric hyperparameters), in the unit of the hyperparameter.
    low, high
        One standard deviation below and above the center, in the unit of the hyperparameter; on a logarithmic scale
        the bell is symmetric in the logarithm.
    likely
        The likely choices (categorical hyperparameters and families).
    strength
        The user's confidence.
    since
        Number of trials started before it was stated; its weight decreases with each later trial.
    """

    about: str
    around: float | None = None
    low: float | None = None
    high: float | None = None
    likely: tuple[Value, ...] = ()
    strength: Strength = Strength.FAIR
    since: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "likely": list(self.likely), "strength": str(self.strength)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Belief:
        """Read a belief from its JSON form."""
        values = {**data, "likely": tuple(data["likely"]), "strength": Strength(data["strength"])}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict of the evidence on a belief.

    Parameters
    ----------
    about
        The hyperparameter or ``"family"``.
    kind
        Supported, undecided or contradicted.
    sentence
        The reason, with numbers.
    trials
        Number of trials behind it.
    confidence
        Probability of the verdict, 0.5 to 1; that of the likelier side while undecided.
    """

    about: str
    kind: VerdictKind
    sentence: str
    trials: int
    confidence: float
