"""Commands on preferences: objectives, constraints, answers to pairs, goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.commands.registry import NOT_IN_JSON, Command, Subject, command
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.preference import Judgement
from hitl_widget.domain.spelling import as_tuple, dict_literal, is_config, is_count, is_number, is_text, literal, put
from hitl_widget.errors import CommandError

__all__ = ["AddObjective", "Prefer", "Relax", "Require", "SetGoals", "SetObjectives"]

MOST_NAMES = 30
MOST_CLASSES = 50
TAKEN = frozenset(
    "number author why state family score std seconds finished_at proposed_by generation config reason feasible".split()
)
"""Reserved names: columns of `session.trials` and attributes of `session.study`."""


@command("set_objectives", subject=Subject.PREFERENCES, undoable=True)
class SetObjectives(Command):
    """Set the objectives besides the metric.

    Without names, the metric is the only objective.

    Examples
    --------
    >>> SetObjectives(("predict_ms", "columns_used")).python()
    'session.objectives("predict_ms", "columns_used")'
    """

    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = as_tuple(self.names, "names of objectives")
        if len(names) > MOST_NAMES or not all(is_text(name) and len(name) <= 200 for name in names):
            raise CommandError(f"Objectives must be at most {MOST_NAMES} names such as 'predict_ms'.")
        put(self, "names", names)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.objectives({', '.join(map(literal, self.names or ('score',)))})"


@command("add_objective", subject=Subject.PREFERENCES, undoable=True)
class AddObjective(Command):
    """Add a custom objective: a cost matrix or a function.

    `matrix` has a row for each true class and a column for each predicted one, in the order of the classes.

    Examples
    --------
    >>> AddObjective("cost", matrix=((0, 20), (60, 0))).python()
    'session.add_objective("cost", [[0.0, 20.0], [60.0, 0.0]])'
    """

    name: str
    label: str = ""
    direction: Literal["higher", "lower"] = "lower"
    unit: str = ""
    matrix: tuple[tuple[float, ...], ...] = ()
    code: bytes = field(default=b"", metadata=NOT_IN_JSON)

    def __post_init__(self) -> None:
        if not (is_text(self.name) and self.name.isidentifier() and len(self.name) <= 60):
            raise CommandError(f"An objective needs a short name such as 'profit'; got {self.name!r:.100}.")
        if self.name in TAKEN:
            raise CommandError(f"{self.name!r} is a column of session.trials already; give the objective another name.")
        if self.direction not in ("higher", "lower"):
            raise CommandError(f'direction must be "higher" or "lower"; got {self.direction!r:.100}.')
        if not all(is_short(one) for one in (self.label, self.unit)):
            raise CommandError("The label and the unit of an objective must be texts of at most 60 characters.")
        if not isinstance(self.code, bytes):
            raise CommandError("A function can only be added from Python: session.add_objective(name, function).")
        put(self, "matrix", _matrix(self.matrix))
        if bool(self.matrix) == bool(self.code):
            raise CommandError("A custom objective needs either a cost matrix or a function of (y, prediction).")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        what = literal([list(row) for row in self.matrix]) if self.matrix else "function"
        more = "" if self.direction == "lower" else ', direction="higher"'
        more += f", unit={literal(self.unit)}" if self.unit else ""
        more += f", label={literal(self.label)}" if self.label else ""
        return f"session.add_objective({literal(self.name)}, {what}{more})"


def is_short(value: object) -> bool:
    """Return whether a value is a text of at most 60 characters."""
    return isinstance(value, str) and len(value) <= 60


def _matrix(given: Any) -> tuple[tuple[float, ...], ...]:
    rows = as_tuple(given, "rows of a matrix of costs")
    rows = tuple(as_tuple(row, "costs of a true class") for row in rows)
    square = len(rows) <= MOST_CLASSES and all(len(row) == len(rows) for row in rows)
    if not square or not all(is_number(cost) for row in rows for cost in row):
        raise CommandError("A cost matrix must be square: a row per true class, a column per predicted class.")
    return tuple(tuple(float(cost) for cost in row) for row in rows)


@command("require", subject=Subject.PREFERENCES, undoable=True)
class Require(Command):
    """Add a hard or soft constraint.

    `text` is the constraint, such as "predict_ms < 5" or "family in linear, decision_tree".

    Examples
    --------
    >>> Require("predict_ms < 5").python()
    'session.require("predict_ms < 5")'
    """

    text: str
    hard: bool = True

    def __post_init__(self) -> None:
        Constraint.parse(self.text)
        if not isinstance(self.hard, bool):
            raise CommandError(f"hard must be True or False; got {self.hard!r:.100}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.require({literal(self.text)}{'' if self.hard else ', hard=False'})"


@command("relax", subject=Subject.PREFERENCES, undoable=True)
class Relax(Command):
    """Remove a constraint.

    `text` is the constraint or the name of its objective.

    Examples
    --------
    >>> Relax("predict_ms").python()
    'session.relax("predict_ms")'
    """

    text: str

    def __post_init__(self) -> None:
        if not is_text(self.text):
            raise CommandError(f"A constraint must be given by its text or its subject; got {self.text!r:.100}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.relax({literal(self.text)})"


@command("prefer", subject=Subject.PREFERENCES, undoable=True)
class Prefer(Command):
    """Record which trial of a pair the user prefers.

    `answer` is "a" (the first trial), "b", "equal" or "skip".

    Examples
    --------
    >>> Prefer(12, 7, "a").python()
    'session.prefer(12, 7, "a")'
    """

    first: int
    second: int
    answer: Judgement

    def __post_init__(self) -> None:
        if not (is_count(self.first) and is_count(self.second)) or self.first == self.second:
            raise CommandError(f"A pair must name two different trials; got {self.first!r}, {self.second!r}.")
        try:
            put(self, "answer", Judgement(self.answer))
        except ValueError:
            raise CommandError(f"The answer must be one of {', '.join(Judgement)}; got {self.answer!r:.100}.") from None

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f'session.prefer({self.first}, {self.second}, "{self.answer}")'


@command("set_goals", subject=Subject.PREFERENCES, undoable=True)
class SetGoals(Command):
    """Set the weight of each objective.

    Weights are at least 0. Without weights, the session learns from the answers alone.

    Examples
    --------
    >>> SetGoals({"roc_auc": 3, "predict_ms": 1}).python()
    'session.set_goals({"roc_auc": 3, "predict_ms": 1})'
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    strength: Strength = Strength.FAIR

    def __post_init__(self) -> None:
        if not is_config(self.weights) or len(self.weights) > MOST_NAMES:
            raise CommandError('Goals must be a dict such as {"roc_auc": 3, "predict_ms": 1}.')
        wrong = [name for name, weight in self.weights.items() if not (is_number(weight) and 0 <= weight <= 1e6)]
        if wrong:
            raise CommandError(f"The weight of a goal must be a number from 0 to a million; check {wrong[0]!r:.100}.")
        if self.weights and not any(self.weights.values()):
            raise CommandError("At least one weight must be above 0.")
        try:
            put(self, "strength", Strength(self.strength))
        except ValueError:
            raise CommandError(f"strength must be one of {', '.join(Strength)}; got {self.strength!r:.100}.") from None

    def python(self) -> str:
        """Return the line of Python that does the same."""
        if not self.weights:
            return "session.set_goals()"
        more = "" if self.strength is Strength.FAIR else f', strength="{self.strength}"'
        return f"session.set_goals({dict_literal(self.weights)}{more})"
