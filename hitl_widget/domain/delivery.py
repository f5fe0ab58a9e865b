"""Delivery: how the model of a trial that a person gets is made from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hitl_widget.domain.task import SplitScheme, Task

__all__ = ["BY_SPLIT", "Delivery", "delivery_in_words", "delivery_of"]


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
    """Return how models of a task are delivered, for example ``"the average of its 5 fold models"``."""
    if delivery_of(task) is Delivery.AVERAGE:
        return f"the average of its {task.split.folds} fold models"
    return "one model, fitted again on all rows of the search"
