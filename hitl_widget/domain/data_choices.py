"""What a person chose of the columns: roles, filling of missing cells, encoding of categories, own transforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hitl_widget.domain.task import Column, Role, Task

__all__ = [
    "ANY_VIEW",
    "AUTO",
    "ENCODINGS",
    "FILLINGS",
    "FIRST_VIEW",
    "NO_CHOICES",
    "DataChoices",
    "DataView",
    "Filling",
    "Transform",
]

AUTO = "auto"

Filling = str | Mapping[str, Any]
"""A way of `FILLINGS`, or ``{"value": x}``."""

FILLINGS: Mapping[Role, tuple[str, ...]] = {
    Role.NUMERIC: (AUTO, "median", "mean", "most_frequent"),
    Role.CATEGORICAL: (AUTO, "most_frequent", "own_level"),
    Role.DATE: (AUTO,),
    Role.TEXT: (AUTO,),
    Role.IGNORED: (AUTO,),
}
"""Ways to fill missing cells, by role; what they need is learnt on the training rows of each fold."""

ENCODINGS: Mapping[Role, tuple[str, ...]] = {
    role: (AUTO, "one_hot", "ordinal", "target_mean", "frequency") if role is Role.CATEGORICAL else (AUTO,)
    for role in Role
}
"""Ways to make numbers of categories, by role; learnt as the fillings are."""

ANY_VIEW = -1
"""The view of a trial that looks at no column: it is the same in all."""


@dataclass(frozen=True, slots=True)
class Transform:
    """A transform of the person's own, whose code lies beside the journal's events.

    Parameters
    ----------
    name
        What it is called; its new columns are named by it.
    columns
        Columns that it reads.
    what
        Name of its function or class.
    """

    name: str
    columns: tuple[str, ...]
    what: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what a journal keeps."""
        return {"name": self.name, "columns": list(self.columns), "what": self.what}


@dataclass(frozen=True, slots=True)
class DataChoices:
    """How the columns enter the models, where that differs from what was understood of the table.

    Parameters
    ----------
    roles
        Columns with another role, or with values that stand for missing cells, as they are now.
    filling
        How missing cells are filled, by column; the others each model's own way.
    encoding
        How categories are encoded, by column; the others each model's own way.
    transforms
        Transforms of the person's own, in the order in which they are made.
    """

    roles: Mapping[str, Column] = field(default_factory=dict)
    filling: Mapping[str, Filling] = field(default_factory=dict)
    encoding: Mapping[str, str] = field(default_factory=dict)
    transforms: tuple[Transform, ...] = ()

    def columns(self, task: Task) -> tuple[Column, ...]:
        """Return the columns of a task as they are by these choices."""
        return tuple(self.roles.get(column.name, column) for column in task.columns)

    def applied(self, task: Task) -> Task:
        """Return a task with its columns as they are by these choices."""
        return replace(task, columns=self.columns(task)) if self.roles else task

    @property
    def reshaping(self) -> bool:
        """Whether more is chosen than roles."""
        return bool(self.filling or self.encoding or self.transforms)

    def as_json(self) -> dict[str, Any]:
        """Return what a journal keeps."""
        return {
            "roles": {one.name: _column_as_json(one) for one in self.roles.values()},
            "filling": {name: way if isinstance(way, str) else dict(way) for name, way in self.filling.items()},
            "encoding": dict(self.encoding),
            "transforms": [one.as_json() for one in self.transforms],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> DataChoices:
        """Return the choices that `as_json` gave."""
        roles = {
            name: Column(name, Role(role), reason, missing, distinct, bool(given), tuple(codes))
            for name, (role, reason, missing, distinct, given, codes) in body["roles"].items()
        }
        transforms = tuple(Transform(one["name"], tuple(one["columns"]), one["what"]) for one in body["transforms"])
        return cls(roles, dict(body["filling"]), dict(body["encoding"]), transforms)


def _column_as_json(one: Column) -> list[Any]:
    return [str(one.role), one.reason, one.missing, one.distinct, one.given, list(one.codes)]


NO_CHOICES = DataChoices()


@dataclass(frozen=True, slots=True)
class DataView:
    """Choices with the number that trials name.

    Parameters
    ----------
    number
        0 for the table as it was understood, then 1, 2, … in the order of the first use; equal choices have one number.
    choices
        What was chosen.
    """

    number: int = 0
    choices: DataChoices = NO_CHOICES


FIRST_VIEW = DataView()
