"""95% intervals of shares and means, from the rows behind them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hitl_widget.domain.t_distribution import quantile

__all__ = ["Interval", "mean_interval", "wilson"]

_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its 95% interval.

    Parameters
    ----------
    value, low, high
        The value, and the ends of the interval.
    rows
        Rows that it was counted on.
    """

    value: float
    low: float
    high: float
    rows: int

    def overlaps(self, other: Interval) -> bool:
        """Return True if two intervals have a number in common."""
        return self.low <= other.high and other.low <= self.high


def wilson(hits: float, rows: int) -> Interval | None:
    """Return a share and Wilson's score interval (1927); None without rows.

    Examples
    --------
    >>> one = wilson(0, 10)
    >>> one.value, round(one.low, 3), round(one.high, 3)
    (0.0, 0.0, 0.278)
    """
    if rows <= 0:
        return None
    share, z2 = hits / rows, _Z**2
    centre = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = _Z / (1 + z2 / rows) * math.sqrt(share * (1 - share) / rows + z2 / (4 * rows**2))
    return Interval(share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share), rows)


def mean_interval(mean: float, deviation: float, rows: int) -> Interval | None:
    """Return a mean and its interval by Student's distribution; None with fewer than two rows.

    Parameters
    ----------
    mean, deviation
        Mean and standard deviation of the values.
    rows
        Their number.

    Examples
    --------
    >>> one = mean_interval(10.0, 2.0, 4)
    >>> round(one.low, 2), round(one.high, 2)
    (6.82, 13.18)
    """
    if rows < 2:
        return None
    half = quantile(0.975, rows - 1) * deviation / math.sqrt(rows)
    return Interval(mean, mean - half, mean + half, rows)
