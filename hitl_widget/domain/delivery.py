"""Delivery: how the model that a person gets is made from a configuration, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

__all__ = ["DELIVERED", "DELIVERED_IN_WORDS", "Delivery", "OfferedModel"]


class Delivery(StrEnum):
    """How a trial's configuration becomes a fitted model.

    ``average`` is the average of the models of its folds, ``search`` one model that is fitted on all rows of the
    search (all but the holdout), ``all`` one model that is fitted on all rows.
    """

    AVERAGE = "average"
    SEARCH = "search"
    ALL = "all"


DELIVERED: Final = Delivery.SEARCH
"""How models are delivered; the measurements behind it are in docs/decisions/0017-delivered-model.md."""

DELIVERED_IN_WORDS: Final = "fitted again on all rows of the search"


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
    success
        Displayed value of the success criterion and its 95% interval; None without a criterion, or without a value.
    clipped
        Rows of the holdout whose prediction was clipped to the possible range; None without such a range.
    against
        Expected directions that it violates: column, and the values between which its average prediction moves the
        other way, and by how much.
    ahead
        By how much it scores better than the first offered model on the same rows of the holdout, and the 95% interval
        of that by the paired bootstrap; None for the first one, and where no draw had a score.
    """

    name: str
    members: tuple[tuple[int, float], ...]
    score: float
    low: float | None
    high: float | None
    predict_ms: float | None = None
    size_mb: float | None = None
    success: tuple[float, float | None, float | None] | None = None
    clipped: int | None = None
    against: tuple[tuple[str, float, float, float], ...] = ()
    ahead: tuple[float, float, float] | None = None
