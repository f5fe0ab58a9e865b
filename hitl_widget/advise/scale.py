"""Places on the scale of the search, and numbers as people write them. Pure."""

from __future__ import annotations

import math
from math import comb

from hitl_widget.domain.space import Float, Int, Value

__all__ = ["beyond", "chance_of", "place_of", "round_between", "value_at"]

_OF_LINEAR = 0.3


def place_of(parameter: Float | Int, value: Value) -> float:
    """Return where a value lies between the bounds on the scale of the search, 0 to 1 for those inside."""
    assert isinstance(value, int | float)
    low, high, at = float(parameter.low), float(parameter.high), float(value)
    if parameter.log:
        low, high, at = math.log(low), math.log(high), math.log(max(at, 1e-300))
    return (at - low) / (high - low) if high > low else 0.5


def value_at(parameter: Float | Int, place: float) -> float:
    """Return the value at a place, the inverse of `place_of`."""
    low, high = float(parameter.low), float(parameter.high)
    if parameter.log:
        return math.exp(math.log(low) + place * (math.log(high) - math.log(low)))
    return low + place * (high - low)


def round_between(value: float, low: float, high: float) -> float:
    """Return the number with the fewest digits near a value that lies from low to high.

    Examples
    --------
    >>> round_between(0.001839, 0, 0.0049), round_between(0.22, 0.0, 0.39), round_between(173.2, 150, 190)
    (0.002, 0.2, 170.0)
    """
    if value == 0:
        return 0.0
    for digits in range(1, 6):
        power = 10.0 ** (math.floor(math.log10(abs(value))) - digits + 1)
        found = float(f"{round(value / power) * power:.12g}")
        if low <= found <= high:
            return found
    return min(max(value, low), high)


def beyond(parameter: Float | Int, side: str) -> float | int | None:
    """Return a bound one step further out, as people write numbers.

    One e-fold further on a logarithmic scale, 30% of the range on a linear one (down to half of a positive bound),
    never further than the estimator accepts.

    Parameters
    ----------
    parameter
        The hyperparameter.
    side
        ``"low"`` or ``"high"``.

    Returns
    -------
    float, int or None
        The bound; None where there is no room.

    Examples
    --------
    >>> beyond(Float("gbm.rate", 0.005, 0.3, 0.1, True, 1e-5, 1.0), "low")
    0.002
    >>> beyond(Int("gbm.bins", 8, 2048, 255, True, 2, 65535), "high")
    6000
    >>> beyond(Float("gbm.share", 0.4, 1.0, 1.0, False, 0.001, 1.0), "high") is None
    True
    """
    now = float(parameter.low if side == "low" else parameter.high)
    legal = parameter.legal_low if side == "low" else parameter.legal_high
    if now == legal:
        return None
    least = 1.0 if isinstance(parameter, Int) else 1e-9 * max(abs(now), 1e-300)
    ends = (-math.inf, now - least) if side == "low" else (now + least, math.inf)
    aim = round_between(_aim(parameter, side, now), *ends)
    if isinstance(parameter, Int):
        aim = math.floor(aim) if side == "low" else math.ceil(aim)
    found = max(aim, legal) if side == "low" else min(aim, legal)
    if found == now or (parameter.log and found <= 0):
        return None
    return float(found) if isinstance(parameter, Float) else int(found)


def _aim(parameter: Float | Int, side: str, now: float) -> float:
    if parameter.log:
        return now / math.e if side == "low" else now * math.e
    step = _OF_LINEAR * (parameter.high - parameter.low)
    if side == "high":
        return now + step
    return max(now - step, now / 2) if now > 0 else now - step


def chance_of(hits: int, of: int, share: float) -> float:
    """Return the probability of so many hits or more by luck.

    Examples
    --------
    >>> round(chance_of(3, 5, 0.05), 5)
    0.00116
    """
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(hits, of + 1))
