"""Delivery: how the model that a person gets is made from a configuration, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hitl_widget.domain.task import SplitScheme, Task

__all__ = ["BY_SPLIT", "Delivery", "OfferedModel", "delivery_in_words", "delivery_of"]


class Delivery(StrEnum):
    """How a trial's configuration becomes a fitted model.

    ``average`` is the average of the models of its folds, ``search`` one model that is fitted on all rows of the
    search (all but the holdout), ``all`` one model that is fitted on all rows.
    """

    AVERAGE = "average"
    SEARCH = "search"
    ALL = "all"


BY_SPLIT: Final[Mapping[SplitScheme, Delivery]] = {
    SplitScheme.STRATIFIED: Delivery.AVERAGE,
    SplitScheme.KFOLD: Delivery.AVERAGE,
    SplitScheme.GROUPED: Delivery.AVERAGE,
    SplitScheme.FORWARD: Delivery.SEARCH,
}
"""The delivery by the split scheme; the measurements behind it are in docs/decisions/0017-delivered-model.md."""


def delivery_of(task: Task) -> Delivery:
    """Return how models of a task are delivered.

    Folds of rows without an order each train on most rows, and their average is a little better than one model.
    Folds that go forward in time train on the past only, so that their average mixes in models of old rows.

    Examples
    --------
    >>> from hitl_widget.domain.objective import Metric
    >>> from hitl_widget.domain.task import Kind, Split
    >>> metric = Metric("r2", "R²", 1)
    >>> task = Task("y", Kind.REGRESSION, metric, (), Split(SplitScheme.FORWARD, 5, "day"), 100)
    >>> delivery_of(task)
    <Delivery.SEARCH: 'search'>
    """
    return BY_SPLIT[task.split.scheme]


def delivery_in_words(task: Task) -> str:
    """Return how models of a task are delivered: "the average of the 5 models fitted in cross-validation"."""
    if delivery_of(task) is Delivery.AVERAGE:
        return f"the average of the {task.split.folds} models fitted in cross-validation"
    return "one model, fitted again on all rows of the search"


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that the session offered at the end of a search, as it is delivered, measured on the holdout.

    Parameters
    ----------
    name
        ``best`` by the metric, ``preferred`` by the person's preferences, ``ensemble``, or ``simpler``: the simplest
        model that is statistically tied with the recommended one.
    members
        Trial numbers with weights.
    score, low, high
        Score, greater is better, and its 95 % interval by the bootstrap over rows; None where no draw had a score.
    predict_ms
        Milliseconds to predict 1,000 rows of the raw table; None if they could not be measured.
    size_mb
        Megabytes of the pickled model; None if it could not be pickled.
    """

    name: str
    members: tuple[tuple[int, float], ...]
    score: float
    low: float | None
    high: float | None
    predict_ms: float | None = None
    size_mb: float | None = None
