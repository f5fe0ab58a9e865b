"""How rows are judged: the folds and the holdout along the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict

from hitl_widget.data.objectives import usual_metrics
from hitl_widget.domain.commands import Command
from hitl_widget.domain.commands.rows import RowCommand
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Role, Split, Task
from hitl_widget.errors import CommandError
from hitl_widget.report.division import division_in_words, division_line, division_map
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.data import DataPreview

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["Division", "DivisionInfo", "FoldBar", "FoldRun", "MetricChoice", "SplitForm", "row_preview"]

FoldRun = tuple[
    int,  # begin: the first bin
    int,  # end: the bin after the last
    float,  # train: the share of its rows that train
    float,  # valid: the share that validate
    float,  # held: the share that are held out
]
"""Bins along the rows with equal shares; rows in none of the three are not used."""


class FoldBar(TypedDict):
    name: str
    train: int
    """Rows that train; of the holdout, the rows of the search."""
    valid: int
    """Rows that validate, or that are held out."""
    runs: list[FoldRun]


class MetricChoice(TypedDict):
    scorer: str
    label: str


class SplitForm(TypedDict):
    """The current split, as the editor shows it."""

    folds: int
    repeats: int
    groups: str
    """The group column; "" without groups."""
    time: str
    gap: str
    """The gap as a person gave it; "" without one."""
    made_by: str
    """The name of a splitter, or "your own folds"; "" for folds of ours."""


class DivisionInfo(TypedDict):
    """How rows are judged."""

    sentences: list[str]
    order: str
    """The order of the rows in the drawing, in words."""
    ends: tuple[str, str]
    """Labels of the first and the last row in time; empty texts without time."""
    bins: int
    folds: list[FoldBar]
    """The folds, then the holdout."""
    more: str
    """The folds that are not drawn, in words; "" if all are."""
    metrics: list[MetricChoice]
    """The usual metrics for this kind of task."""
    python: str
    """The line of Python that divides the rows like this."""
    split: SplitForm
    groups: list[str]
    """Columns that can group rows."""
    times: list[str]
    """Columns that can order rows."""
    held: int
    """Rows in the holdout."""
    weights: str
    """The column of the weights, or "your weights"; "" if all rows count the same."""
    weighting: list[str]
    """Columns that can weight rows."""


class Division:
    """Answers the request of the division of the rows.

    Parameters
    ----------
    runtime
        The runtime of the session; only read.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @request("division", beside=True)
    def division(self, state: SessionState) -> DivisionInfo:
        """Return how rows are judged in the current view of the data."""
        rows, choices = self._runtime.columns.rows, state.steering.data
        understood = rows.understood(choices).without_dropped()
        scored = replace(understood, task=choices.scored(understood.task))
        drawn = division_map(understood)
        return {
            "sentences": list(division_in_words(scored, choices.rows, rows.seen_in_holdout(state))),
            "order": drawn.order,
            "ends": drawn.ends,
            "bins": drawn.bins,
            "folds": [
                {"name": one.name, "train": one.train, "valid": one.valid, "runs": list(one.runs)}
                for one in drawn.folds
            ],
            "more": drawn.more,
            "metrics": [{"scorer": one.scorer, "label": one.label} for one in usual_metrics(understood.task)],
            "python": division_line(understood.task),
            "split": _form(understood.task.split),
            "groups": _grouping(understood.task),
            "times": _ordering(understood.task),
            "held": len(understood.holdout),
            "weights": understood.task.weights,
            "weighting": _weighting(understood.task),
        }

    @request("preview_rows", beside=True)
    def preview_rows(self, state: SessionState, command: Command) -> DataPreview:
        """Return the preview of another split, other weights or another target; nothing is applied."""
        if not isinstance(command, RowCommand):
            raise CommandError(f"Changes of the rows have a preview; got the command {command.spec.name}.")
        return row_preview(self._runtime, state, command)


def row_preview(runtime: Runtime, state: SessionState, command: RowCommand) -> DataPreview:
    """Return the preview of a change of the rows.

    Raises
    ------
    HitlError
        If the change is not possible.
    """
    found = runtime.preview_rows(command)
    change = runtime.columns.rows.changed(state, command)
    same = change.choices == state.steering.data
    return {
        "title": f"{change.title[:1].upper()}{change.title[1:]}.",
        "python": command.python(),
        "sentence": "No label changes, so nothing is fitted again." if same else found.sentence(),
        "leave": found.leave,
        "back": found.back,
        "running": found.running,
        "best_leaves": found.best_leaves,
    }


_MOST_COLUMNS = 200


def _form(split: Split) -> SplitForm:
    return {
        "folds": max(2, split.parts),
        "repeats": split.repeats,
        "groups": split.group_column or "",
        "time": split.time_column or "",
        "gap": split.gap_in_words,
        "made_by": split.made_by,
    }


def _grouping(task: Task) -> list[str]:
    """Return the columns with several rows for a value, and several values."""
    found = [one.name for one in task.columns if 2 < one.distinct <= task.rows // 2 and one.role is not Role.DATE]
    return _with(task.split.group_column, found)


def _ordering(task: Task) -> list[str]:
    """Return the dates, then the columns of numbers."""
    dates = [one.name for one in task.columns if one.role is Role.DATE]
    numbers = [one.name for one in task.columns if one.role is Role.NUMERIC and one.distinct > 2]
    return _with(task.split.time_column, [*dates, *numbers])


def _weighting(task: Task) -> list[str]:
    """Return the columns of numbers."""
    found = [one.name for one in task.columns if one.role is Role.NUMERIC and one.distinct > 1]
    return _with(task.weights or None, found)


def _with(current: str | None, names: list[str]) -> list[str]:
    return ([current] if current is not None and current not in names else []) + names[:_MOST_COLUMNS]
