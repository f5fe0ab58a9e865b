"""What a person prefers: objectives, constraints, answers to pairs of trials, and goals set directly."""

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
    """What a person says to a pair."""

    A = "a"
    B = "b"
    EQUAL = "equal"
    SKIP = "skip"


_MIRRORED = {Judgement.A: Judgement.B, Judgement.B: Judgement.A}


@dataclass(frozen=True, slots=True)
class Axis:
    """One objective, as preferences see it.

    Parameters
    ----------
    name
        Name of the objective ("predict_ms").
    direction
        ``"higher"`` or ``"lower"``: which values are better.
    log
        True where people think in ratios (times, sizes), so that a halving counts the same everywhere.
    resolution
        The least difference worth noticing, in the unit of the objective; on a logarithmic axis as a share, so 0.1
        means 10 %. For a score: its standard error.
    label, unit
        What people read ("prediction time", "ms").
    points
        True where people read hundredths as points (ROC AUC, accuracy): 0.004 is "0.4 points".
    """

    name: str
    direction: str = "higher"
    log: bool = False
    resolution: float = 0.0
    label: str = ""
    unit: str = ""
    points: bool = False

    @property
    def sign(self) -> int:
        """1 where greater is better, else -1."""
        return 1 if self.direction == "higher" else -1

    @property
    def title(self) -> str:
        """The label, or else the name."""
        return self.label or self.name


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer: two trials side by side, and what the person said.

    Parameters
    ----------
    first, second
        Numbers of the trials shown as A and as B.
    answer
        Which is preferred. A skipped pair teaches nothing and is never asked again.

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
            raise ValueError(f"a comparison is between two trials; got trial {self.first} twice")

    @property
    def pair(self) -> tuple[int, int]:
        """The two trials, the lower number first."""
        return min(self.first, self.second), max(self.first, self.second)

    @property
    def preferred(self) -> int | None:
        """Number of the preferred trial; None for "about equal" and "skip"."""
        return {Judgement.A: self.first, Judgement.B: self.second}.get(self.answer)

    def mirrored(self) -> Comparison:
        """Return the same answer with A and B in each other's place."""
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
    """How much each objective counts, as set by slider or by code; answers then correct it.

    Parameters
    ----------
    weights
        By name of the objective, a number of 0 or more: what going from the worst to the best value on the Pareto
        front is worth, against the other objectives. An objective that is not named counts as the mean of those named.
    strength
        How sure the person is: how many answers it takes to correct it.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    strength: Strength = Strength.FAIR

    def __post_init__(self) -> None:
        wrong = {name: weight for name, weight in self.weights.items() if not 0 <= weight < float("inf")}
        if wrong:
            raise ValueError(f"the weight of a goal is a finite number of 0 or more; got {wrong}")

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
        How much better the recommendation is expected to be after one answer to it, as a share of the way from the
        worst to the best candidate.
    left
        How far the present recommendation is expected to be from the best candidate, on the same scale: what all
        further answers together could still gain.
    """

    first: int
    second: int
    gain: float
    left: float

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def asked(comparisons: tuple[Comparison, ...]) -> frozenset[tuple[int, int]]:
    """Return the pairs that were answered or skipped, each with the lower number first."""
    return frozenset(comparison.pair for comparison in comparisons)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What good means to the person.

    Parameters
    ----------
    objectives
        Names of the objectives, the metric of the task first; empty until the person says what matters.
    constraints
        What a model must keep, at most one on each side of an objective.
    comparisons
        The answers to pairs, in order.
    goals
        How much each objective counts, where the person said so.
    custom
        The person's own objectives by name: label, direction, unit, and how they are computed.
    """

    objectives: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    goals: Goals = NO_GOALS
    custom: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def hard(self) -> tuple[Constraint, ...]:
        """The constraints that are never broken."""
        return tuple(one for one in self.constraints if one.hard)

    @property
    def answers(self) -> int:
        """How many pairs were answered, without the skipped ones."""
        return sum(one.answer is not Judgement.SKIP for one in self.comparisons)

    @property
    def lead(self) -> bool:
        """Whether a utility can be learnt: there is an answer or a goal."""
        return self.answers > 0 or bool(self.goals.weights)

    @property
    def soft(self) -> tuple[Constraint, ...]:
        """The constraints that are better kept."""
        return tuple(one for one in self.constraints if not one.hard)

    @property
    def one_model(self) -> bool:
        """Whether a hard constraint is kept by single models, and an average of several may break it."""
        return any(one.source in (Source.MODEL, Source.FOLDS) or one.op == "in" for one in self.hard)

    @property
    def guide(self) -> bool:
        """Whether another trial than the best by the metric may be the one to take."""
        return self.lead or bool(self.soft)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form; what says nothing is left out."""
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
