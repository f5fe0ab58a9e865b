"""Preferences of the user: objectives, constraints, pairwise comparisons and goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.objective import Source

__all__ = ["NO_GOALS", "NO_PREFERENCES", "Axis", "Comparison", "Goals", "Judgement", "Preferences", "Question", "asked"]


class Judgement(StrEnum):
    """Answer to a pair of trials."""

    A = "a"
    B = "b"
    EQUAL = "equal"
    SKIP = "skip"


_MIRRORED = {Judgement.A: Judgement.B, Judgement.B: Judgement.A}


@dataclass(frozen=True, slots=True)
class Axis:
    """One objective as an axis of the preference model.

    Parameters
    ----------
    name
        Name of the objective ("predict_ms").
    direction
        ``"higher"`` or ``"lower"``: which values are better.
    log
        True if ratios matter (times, sizes), so that halving counts the same everywhere.
    resolution
        Smallest meaningful difference, in the unit of the objective; a share on a logarithmic axis, so 0.1 means
        10%. For a score: its standard error.
    label, unit
        Display name and unit ("prediction time", "ms").
    """

    name: str
    direction: str = "higher"
    log: bool = False
    resolution: float = 0.0
    label: str = ""
    unit: str = ""

    @property
    def sign(self) -> int:
        """1 if greater is better, else -1."""
        return 1 if self.direction == "higher" else -1

    @property
    def title(self) -> str:
        """The label, or else the name."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Comparison:
    """One pairwise comparison: two trials and the answer.

    Parameters
    ----------
    first, second
        Numbers of the trials shown as A and as B.
    answer
        The preferred one. A skipped pair has no effect and is never asked again.

    Examples
    --------
    >>> Comparison(7, 3, "a").mirrored()
    Comparison(first=3, second=7, answer=<Judgement.B: 'b'>)
    >>> Comparison(7, 3, "a").pair == Comparison(3, 7, "skip").pair
    True
    """

    first: int
    second: int
    answer: Judgement

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", Judgement(self.answer))
        if self.first == self.second:
            raise ValueError(f"A comparison needs two different trials; got trial {self.first} twice.")

    @property
    def pair(self) -> tuple[int, int]:
        """The two trials, lower number first."""
        return min(self.first, self.second), max(self.first, self.second)

    @property
    def preferred(self) -> int | None:
        """Number of the preferred trial; None for "about equal" and "skip"."""
        return {Judgement.A: self.first, Judgement.B: self.second}.get(self.answer)

    def mirrored(self) -> Comparison:
        """Return the same answer with A and B swapped."""
        return Comparison(self.second, self.first, _MIRRORED.get(self.answer, self.answer))

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"first": self.first, "second": self.second, "answer": str(self.answer)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Comparison:
        """Read a comparison from its JSON form."""
        return cls(int(data["first"]), int(data["second"]), Judgement(data["answer"]))


@dataclass(frozen=True, slots=True)
class Goals:
    """Weights of the objectives set directly; answers then refine them.

    Parameters
    ----------
    weights
        By name of the objective, a number of at least 0: the value of going from the worst to the best on the Pareto
        front, relative to the other objectives. An objective without a weight counts as the mean of the others.
    strength
        The user's confidence, that is, how many answers it takes to overrule the weights.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    strength: Strength = Strength.FAIR

    def __post_init__(self) -> None:
        wrong = {name: weight for name, weight in self.weights.items() if not 0 <= weight < float("inf")}
        if wrong:
            raise ValueError(f"The weight of a goal must be a finite number of at least 0; got {wrong}.")

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"weights": dict(self.weights), "strength": str(self.strength)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Goals:
        """Read goals from their JSON form."""
        weights = {str(name): float(weight) for name, weight in data["weights"].items()}
        return cls(weights, Strength(data["strength"]))


NO_GOALS = Goals()


@dataclass(frozen=True, slots=True)
class Question:
    """The pair to ask next.

    Parameters
    ----------
    first, second
        Numbers of the trials.
    gain
        Expected improvement of the recommendation from one answer, as a share of the distance from the worst to the
        best candidate.
    left
        Expected distance from the current recommendation to the best candidate, on the same scale: the most that
        further answers could gain.
    """

    first: int
    second: int
    gain: float
    left: float

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def asked(comparisons: tuple[Comparison, ...]) -> frozenset[tuple[int, int]]:
    """Return the pairs that were answered or skipped, lower number first."""
    return frozenset(comparison.pair for comparison in comparisons)


@dataclass(frozen=True, slots=True)
class Preferences:
    """Preferences of the user.

    Parameters
    ----------
    objectives
        Names of the objectives, the metric of the task first; empty until the user chooses.
    constraints
        Hard and soft constraints, at most one on each side of an objective.
    comparisons
        The answers to pairs, in order.
    goals
        Weights of the objectives, if set.
    custom
        Custom objectives by name: label, direction, unit, and how they are computed.
    """

    objectives: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    goals: Goals = NO_GOALS
    custom: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def hard(self) -> tuple[Constraint, ...]:
        """The hard constraints."""
        return tuple(one for one in self.constraints if one.hard)

    @property
    def answers(self) -> int:
        """Number of answered pairs, without skipped ones."""
        return sum(one.answer is not Judgement.SKIP for one in self.comparisons)

    @property
    def lead(self) -> bool:
        """True if a utility can be learned: there is an answer or a goal."""
        return self.answers > 0 or bool(self.goals.weights)

    @property
    def soft(self) -> tuple[Constraint, ...]:
        """The soft constraints."""
        return tuple(one for one in self.constraints if not one.hard)

    @property
    def one_model(self) -> bool:
        """True if a hard constraint applies to single models, and an average of several may violate it."""
        return any(one.source in (Source.MODEL, Source.FOLDS, Source.LATEST) or one.op == "in" for one in self.hard)

    @property
    def guide(self) -> bool:
        """True if a trial other than the best by the metric may be recommended."""
        return self.lead or bool(self.soft)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form without empty fields."""
        whole = {
            "objectives": list(self.objectives),
            "constraints": [one.as_json() for one in self.constraints],
            "comparisons": [[one.first, one.second, str(one.answer)] for one in self.comparisons],
            "goals": self.goals.as_json() if self.goals.weights else None,
            "custom": {name: dict(one) for name, one in self.custom.items()},
        }
        return {name: value for name, value in whole.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Preferences:
        """Read preferences from their JSON form."""
        goals = data.get("goals")
        return cls(
            tuple(map(str, data.get("objectives", ()))),
            tuple(Constraint.from_json(one) for one in data.get("constraints", ())),
            tuple(Comparison(int(a), int(b), Judgement(said)) for a, b, said in data.get("comparisons", ())),
            NO_GOALS if goals is None else Goals.from_json(goals),
            {str(name): dict(one) for name, one in data.get("custom", {}).items()},
        )


NO_PREFERENCES = Preferences()
