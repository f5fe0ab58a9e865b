"""The rows of a view of the data: how they are divided, weighted and labeled, as far as a state needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from hitl_widget.domain.task import Split, SplitScheme, Task

__all__ = ["RowChoices"]


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

    def applied(self, task: Task) -> Task:
        """Return the task with these rows."""
        return replace(
            task,
            split=self.split,
            rows=self.rows,
            holdout_rows=self.holdout_rows,
            unused_rows=self.unused_rows,
            class_counts=self.class_counts,
            target_offset=self.target_offset,
            target_scale=self.target_scale,
            target_skewed=self.target_skewed,
            weights=self.weights,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form for the journal."""
        return {**asdict(self), "class_counts": list(self.class_counts)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> RowChoices:
        """Read the facts from their JSON form."""
        split = Split(**{**body["split"], "scheme": SplitScheme(body["split"]["scheme"])})
        return cls(**{**body, "split": split, "class_counts": tuple(body["class_counts"])})
