"""Commands on the search space: edits and custom learners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypedDict

from hitl_widget.domain.balance import BALANCES
from hitl_widget.domain.commands.registry import NOT_IN_JSON, Command, Running, Subject, command
from hitl_widget.domain.space import Parameter, Value
from hitl_widget.domain.spelling import as_range, as_tuple, dict_literal, is_config, kind_of, literal, put
from hitl_widget.errors import CommandError, nothing_changes

__all__ = ["AddLearner", "Edit", "SetBalance"]


class ChangeParts(TypedDict, total=False):
    """A change of one hyperparameter by its parts: bounds and scale of a number, choices of a category."""

    low: float
    high: float
    log: bool
    fix: Value
    choices: list[Value]
    add: list[Value]
    remove: list[Value]


Change = Value | list[Value] | ChangeParts
"""The JSON forms of a change: a value to fix, a range or choices, or parts; None restores the original."""


@command("edit", subject=Subject.SPACE, undoable=True)
class Edit(Command):
    """Change the search space.

    The forms of a change are those of `hitl_widget.domain.edit.changed`. Running trials that fall outside finish or are
    canceled, as `running` says: ``"finish"`` or ``"cancel"``.

    Examples
    --------
    >>> Edit({"svm.C": (0.01, 0.1)}).python()
    'session.edit({"svm.C": (0.01, 0.1)})'
    """

    changes: Mapping[str, Any] = field(default_factory=dict, metadata={"json_type": Mapping[str, Change]})
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    running: Running = "finish"

    def __post_init__(self) -> None:
        if not is_config(self.changes):
            raise CommandError(f'changes must be a dict such as {{"svm.C": (0.01, 0.1)}}; got {kind_of(self.changes)}.')
        for name in ("include", "exclude"):
            names = as_tuple(getattr(self, name), f"families to {name}")
            if not all(isinstance(one, str) for one in names):
                raise CommandError(f"{name} must list names of families; got {names!r}.")
            put(self, name, names)
        if self.running not in ("finish", "cancel"):
            raise CommandError(f'running must be "finish" or "cancel"; got {self.running!r}.')
        if not (self.changes or self.include or self.exclude):
            raise CommandError(nothing_changes("give changes, include or exclude"))

    def python(self) -> str:
        """Return the line of Python that does the same."""
        more = "" if self.running == "finish" else ', running="cancel"'
        only = [bool(self.changes), bool(self.include), bool(self.exclude)]
        if only == [False, True, False] and not more:
            return f"session.include({', '.join(map(literal, self.include))})"
        if only == [False, False, True]:
            return f"session.exclude({', '.join(map(literal, self.exclude))}{more})"
        if only == [True, False, False] and len(self.changes) == 1:
            ((name, change),) = self.changes.items()
            if isinstance(change, Mapping) and set(change) == {"fix"}:
                return f"session.fix({literal(name)}, {literal(change['fix'])}{more})"
        parts = [dict_literal({name: as_range(change) for name, change in self.changes.items()})]
        parts += [f"{word}={literal(list(names))}" for word in ("include", "exclude") if (names := getattr(self, word))]
        return f"session.edit({', '.join(parts)}{more})"


@command("set_balance", subject=Subject.SPACE, undoable=True)
class SetBalance(Command):
    """Choose the ways to balance classes that the search tries; none stops balancing.

    Examples
    --------
    >>> SetBalance(("weights", "threshold")).python()
    'session.set_balance("weights", "threshold")'
    """

    ways: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        ways = as_tuple(self.ways, "ways to balance classes")
        for way in ways:
            if way not in BALANCES:
                listed = ", ".join(map(repr, BALANCES))
                raise CommandError(f"Classes can be balanced by {listed}; got {way!r:.60}.")
        put(self, "ways", tuple(way for way in BALANCES if way in ways))

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.set_balance({', '.join(map(literal, self.ways)) or None})"


@command("add_learner", subject=Subject.SPACE, page=False, undoable=True)
class AddLearner(Command):
    """Add a custom family to the search space.

    The journal records the names of its hyperparameters, not its code.

    Examples
    --------
    >>> AddLearner("knn", "Nearest neighbours", ()).python()
    'session.add_learner("knn", estimator, space)'
    """

    name: str
    label: str
    parameters: tuple[Parameter, ...] = field(metadata={"json": lambda them: [one.name for one in them]})
    code: bytes = field(default=b"", metadata=NOT_IN_JSON)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.add_learner({literal(self.name)}, estimator, space)"
