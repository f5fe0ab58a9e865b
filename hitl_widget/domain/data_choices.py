"""Choices about the data: roles, filling of missing values, encoding, custom transforms, metric, rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hitl_widget.domain.objective import Metric, metric_named
from hitl_widget.domain.row_choices import RowChoices, TargetChoices
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
"""One of `FILLINGS`, or ``{"value": x}``."""

FILLINGS: Mapping[Role, tuple[str, ...]] = {
    Role.NUMERIC: (AUTO, "median", "mean", "most_frequent"),
    Role.CATEGORICAL: (AUTO, "most_frequent", "own_level"),
    Role.DATE: (AUTO,),
    Role.TEXT: (AUTO,),
    Role.IGNORED: (AUTO,),
}
"""Ways to fill missing values, by role; fitted on the training rows of each fold."""

ENCODINGS: Mapping[Role, tuple[str, ...]] = {
    role: (AUTO, "one_hot", "ordinal", "target_mean", "frequency") if role is Role.CATEGORICAL else (AUTO,)
    for role in Role
}
"""Ways to encode categories, by role; fitted on the training rows of each fold."""

ANY_VIEW = -1
"""The view of a trial that reads no column; valid in every view."""


@dataclass(frozen=True, slots=True)
class Transform:
    """A custom transform, whose code is stored next to the journal's events.

    Parameters
    ----------
    name
        Its name, which its new columns start with.
    columns
        Columns that it reads.
    what
        Name of its function or class.
    """

    name: str
    columns: tuple[str, ...]
    what: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form for the journal."""
        return {"name": self.name, "columns": list(self.columns), "what": self.what}


@dataclass(frozen=True, slots=True)
class DataChoices:
    """The changes to how columns enter the models and how models are judged, relative to the original task.

    Parameters
    ----------
    roles
        Columns with a changed role or with values marked as missing.
    filling
        The filling of missing values, by column; each model's default elsewhere.
    encoding
        The encoding of categories, by column; each model's default elsewhere.
    transforms
        Custom transforms, in the order of application.
    metric
        Name of another scorer; "" for the metric of the original task.
    rows
        Other rows, folds, weights, labels or another target; None for those of the original task.
    """

    roles: Mapping[str, Column] = field(default_factory=dict)
    filling: Mapping[str, Filling] = field(default_factory=dict)
    encoding: Mapping[str, str] = field(default_factory=dict)
    transforms: tuple[Transform, ...] = ()
    metric: str = ""
    rows: RowChoices | None = None

    def columns(self, task: Task) -> tuple[Column, ...]:
        """Return the columns of a task under these choices."""
        columns = task.columns if self.target is None else self.target.columns(task)
        return tuple(self.roles.get(column.name, column) for column in columns)

    @property
    def target(self) -> TargetChoices | None:
        """Another target; None for that of the original task."""
        return None if self.rows is None else self.rows.target

    @property
    def target_name(self) -> str:
        """Name of another target; "" for that of the original task."""
        return "" if self.target is None else self.target.name

    def metric_of(self, task: Task) -> Metric:
        """Return the metric under these choices."""
        if self.metric:
            return metric_named(self.metric)
        return task.metric if self.target is None else metric_named(self.target.metric)

    def applied(self, task: Task) -> Task:
        """Return the task with its columns, its rows and its metric under these choices."""
        found = self.scored(task)
        return replace(found, columns=self.columns(task)) if self.roles else found

    def scored(self, task: Task) -> Task:
        """Return the task with its target, its rows and its metric under these choices."""
        task = task if self.rows is None else self.rows.applied(task)
        return replace(task, metric=metric_named(self.metric)) if self.metric else task

    @property
    def of_models(self) -> DataChoices:
        """The choices about columns and rows: equal ones give equal models."""
        return replace(self, metric="")

    @property
    def judged_by(self) -> tuple[str, str]:
        """Metric and rows, to which a holdout score belongs; "" for those of the original task."""
        return self.metric, "" if self.rows is None else self.rows.key

    @property
    def reshaping(self) -> bool:
        """True if anything besides roles, rows and the metric was chosen."""
        return bool(self.filling or self.encoding or self.transforms)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form for the journal."""
        return {
            "roles": {one.name: _column_as_json(one) for one in self.roles.values()},
            "filling": {name: way if isinstance(way, str) else dict(way) for name, way in self.filling.items()},
            "encoding": dict(self.encoding),
            "transforms": [one.as_json() for one in self.transforms],
            **({"metric": self.metric} if self.metric else {}),
            **({"rows": self.rows.as_json()} if self.rows is not None else {}),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> DataChoices:
        """Read choices from their JSON form."""
        roles = {
            name: Column(name, Role(role), reason, missing, distinct, bool(given), tuple(codes))
            for name, (role, reason, missing, distinct, given, codes) in body["roles"].items()
        }
        transforms = tuple(Transform(one["name"], tuple(one["columns"]), one["what"]) for one in body["transforms"])
        rows = None if body.get("rows") is None else RowChoices.from_json(body["rows"])
        metric = str(body.get("metric", ""))
        return cls(roles, dict(body["filling"]), dict(body["encoding"]), transforms, metric, rows)


def _column_as_json(one: Column) -> list[Any]:
    return [str(one.role), one.reason, one.missing, one.distinct, one.given, list(one.codes)]


NO_CHOICES = DataChoices()


@dataclass(frozen=True, slots=True)
class DataView:
    """Choices with the number by which trials refer to them.

    Parameters
    ----------
    number
        0 for the original table, then 1, 2, … in order of first use; equal choices share a number.
    choices
        The choices.
    """

    number: int = 0
    choices: DataChoices = NO_CHOICES


FIRST_VIEW = DataView()
