"""The rows of a view of the data: how they are divided, weighted and labeled, as far as a state needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task

__all__ = ["RowChoices", "TargetChoices"]


@dataclass(frozen=True, slots=True)
class TargetChoices:
    """Another target than the first one, and the facts of the task that follow from it.

    Parameters
    ----------
    name
        The column to predict.
    kind, classes, positive, durations
        As of `Task`.
    metric
        Name of the scorer, unless `DataChoices.metric` names another one.
    former
        The first target, which is now a column.
    missing
        Rows of the session without a value of it.
    notes
        Sentences on how the table was read for it.
    """

    name: str
    kind: Kind
    metric: str
    former: Column
    classes: tuple[str, ...] = ()
    positive: str | None = None
    durations: bool = False
    missing: int = 0
    notes: tuple[str, ...] = ()

    def applied(self, task: Task) -> Task:
        """Return the first task with this target; what a person knew about the first target does not apply."""
        return replace(
            task,
            target=self.name,
            kind=self.kind,
            metric=metric_named(self.metric),
            columns=self.columns(task),
            dropped_rows=self.missing,
            classes=self.classes,
            positive=self.positive,
            notes=self.notes,
            durations=self.durations,
            balance=() if self.kind is Kind.REGRESSION else task.balance,
            monotone=(),
            between=None,
        )

    def columns(self, task: Task) -> tuple[Column, ...]:
        """Return the columns of a task: the former target takes the place of this one."""
        return tuple(self.former if one.name == self.name else one for one in task.columns)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> TargetChoices:
        """Read the facts from their JSON form."""
        former = Column(**{**body["former"], "role": Role(body["former"]["role"])})
        former = replace(former, codes=tuple(former.codes))
        several = {"classes": tuple(body["classes"]), "notes": tuple(body["notes"])}
        return cls(**{**body, **several, "kind": Kind(body["kind"]), "former": former})


@dataclass(frozen=True, slots=True)
class RowChoices:
    """A stored set of rows, and the facts of the task that follow from it.

    Parameters
    ----------
    key
        Names the stored set of rows (see `hitl_widget.data.row_set.RowSet`).
    split
        The folds.
    rows, holdout_rows, unused_rows
        Rows with a target that were not dropped; those in the holdout; those in neither search nor holdout.
    class_counts
        Rows per class; empty for regression.
    target_offset, target_scale
        Mean and standard deviation of the target on the rows of the search (regression).
    target_skewed
        As of `Task`.
    weights
        The weights in words: the name of their column, or ``"your weights"``; "" without weights.
    dropped, added, relabelled, labeled
        Rows that were dropped or added, rows with another label, and rows that had none.
    target
        Another target; None for the first one.
    """

    key: str
    split: Split
    rows: int
    holdout_rows: int
    unused_rows: int = 0
    class_counts: tuple[int, ...] = ()
    target_offset: float = 0.0
    target_scale: float = 1.0
    target_skewed: bool = False
    weights: str = ""
    dropped: int = 0
    added: int = 0
    relabelled: int = 0
    labeled: int = 0
    target: TargetChoices | None = None

    def applied(self, task: Task) -> Task:
        """Return the task with these rows."""
        aimed = task if self.target is None else self.target.applied(task)
        return replace(
            aimed,
            split=self.split,
            rows=self.rows,
            holdout_rows=self.holdout_rows,
            unused_rows=self.unused_rows,
            dropped_rows=aimed.dropped_rows - self.labeled,
            class_counts=self.class_counts,
            target_offset=self.target_offset,
            target_scale=self.target_scale,
            target_skewed=self.target_skewed,
            weights=self.weights,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form for the journal."""
        body = {**asdict(self), "class_counts": list(self.class_counts)}
        if self.target is None:
            del body["target"]
        return body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> RowChoices:
        """Read the facts from their JSON form."""
        split = Split(**{**body["split"], "scheme": SplitScheme(body["split"]["scheme"])})
        target = None if body.get("target") is None else TargetChoices.from_json(body["target"])
        counts = tuple(body["class_counts"])
        return cls(**{**body, "split": split, "class_counts": counts, "target": target})
