"""Student's distribution in a few lines, for the kernel: SciPy takes a second to import."""

from __future__ import annotations

import math

__all__ = ["cdf", "quantile"]

_STEPS = 200


def cdf(t: float, df: float) -> float:
    """Return the chance of a value up to t with df degrees of freedom.

    Examples
    --------
    >>> round(cdf(2.776445, 4), 4), cdf(0.0, 3), cdf(math.inf, 1)
    (0.975, 0.5, 1.0)
    """
    if math.isinf(t):
        return 1.0 if t > 0 else 0.0
    tail = 0.5 * _beta(df / (df + t * t), df / 2, 0.5)
    return 1 - tail if t > 0 else tail


def quantile(p: float, df: float) -> float:
    """Return the value below which a share p lies, by bisection.

    Examples
    --------
    >>> round(quantile(0.975, 4), 4)
    2.7764
    """
    low, high = -1.0, 1.0
    while cdf(low, df) > p:
        low *= 2
    while cdf(high, df) < p:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if cdf(middle, df) < p else (low, middle)
        if high - low < 1e-10 * max(1.0, abs(high)):
            break
    return (low + high) / 2


def _beta(x: float, a: float, b: float) -> float:
    """Return the regularized incomplete beta function, by its continued fraction (modified Lentz)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    value = upper = 1.0
    lower = 0.0
    for step in range(_STEPS):
        m = step // 2
        if step == 0:
            term = 1.0
        elif step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / _away(1 + term * lower)
        upper = _away(1 + term / upper)
        value *= upper * lower
        if abs(upper * lower - 1) < 1e-12 and step:
            break
    return math.exp(front) / a * (value - 1)


def _away(value: float) -> float:
    """Keep a denominator from zero."""
    return value if abs(value) > 1e-300 else 1e-300
