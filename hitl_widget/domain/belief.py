"""What a person believes about the search space, and what the evidence says to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from hitl_widget.domain.space import Value

__all__ = ["Belief", "Strength", "Verdict", "VerdictKind"]


class Strength(StrEnum):
    """How sure a person is; it sets how long a belief leads the search."""

    HINT = "hint"
    FAIR = "fair"
    STRONG = "strong"


class VerdictKind(StrEnum):
    """What the evidence says to a belief."""

    UNDECIDED = "undecided"
    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Belief:
    """A prior over one hyperparameter, or over the families.

    Parameters
    ----------
    about
        ``"family"`` or the name of a hyperparameter, such as ``"lightgbm.learning_rate"``; one belief each.
    around
        Centre of the bell (numeric hyperparameters), in the unit of the hyperparameter.
    low, high
        One standard deviation below and above the centre, in the unit of the hyperparameter; on a logarithmic scale
        the bell is symmetric in the logarithm.
    likely
        The likely choices (categorical hyperparameters and families).
    strength
        How sure the person is.
    since
        Trials begun when it was stated: its weight falls with those begun afterwards.
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
    """What the evidence says to a belief.

    Parameters
    ----------
    about
        What the belief is about.
    kind
        Supported, undecided or contradicted.
    sentence
        Why, in words with numbers.
    trials
        Trials that it rests on.
    confidence
        Probability of the verdict, 0.5 to 1; that of the likelier side while undecided.
    """

    about: str
    kind: VerdictKind
    sentence: str
    trials: int
    confidence: float
