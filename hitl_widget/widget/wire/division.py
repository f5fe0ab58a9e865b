"""How rows are judged: the folds and the holdout along the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from hitl_widget.data.objectives import usual_metrics
from hitl_widget.domain.state import SessionState
from hitl_widget.report.division import division_in_words, division_line, division_map
from hitl_widget.widget.requests import request

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["Division", "DivisionInfo", "FoldBar", "FoldRun", "MetricChoice"]

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
    """The line of Python that opens a session with other folds."""


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
    def division(self, _state: SessionState) -> DivisionInfo:
        """Return how rows are judged; it stays the same."""
        understood = self._runtime.understood
        drawn = division_map(understood)
        return {
            "sentences": list(division_in_words(understood)),
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
        }
