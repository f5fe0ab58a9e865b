"""Significance of differences: two samples, tables of counts, and rows in order. Without SciPy."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["apart", "apart_by_counts", "chance_of_square", "neighbours_alike"]


def apart(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return the greatest gap between two cumulative shares, and how often chance does as much.

    Kolmogorov and Smirnov's test for two samples, by its limit (with Stephens's correction for few rows).

    Parameters
    ----------
    first, second : ndarray of shape (n,), (m,)
        Numbers without missing ones.

    Examples
    --------
    >>> gap, chance = apart(np.arange(100.0), np.arange(100.0) + 50)
    >>> gap, chance < 1e-9
    (0.5, True)
    """
    if not len(first) or not len(second):
        return 0.0, 1.0
    both = np.concatenate([first, second])
    one, two = np.sort(first), np.sort(second)
    gap = float(
        np.abs(
            np.searchsorted(one, both, side="right") / len(one) - np.searchsorted(two, both, side="right") / len(two)
        ).max()
    )
    size = math.sqrt(len(one) * len(two) / (len(one) + len(two)))
    at = (size + 0.12 + 0.11 / size) * gap
    if at < 0.2:
        return gap, 1.0
    total = sum((-1) ** (k - 1) * math.exp(-2 * k * k * at * at) for k in range(1, 101))
    return gap, min(max(2 * total, 0.0), 1.0)


def apart_by_counts(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return how far two tables of counts differ, as half the sum of gaps between shares, and how often chance does.

    Pearson's test; categories of which fewer than five rows are expected stand together.

    Parameters
    ----------
    first, second : ndarray of shape (k,)
        Rows per category.
    """
    total = first + second
    if not first.sum() or not second.sum():
        return 0.0, 1.0
    share = first.sum() / total.sum()
    rare = total * min(share, 1 - share) < 5
    one = np.append(first[~rare], first[rare].sum())
    two = np.append(second[~rare], second[rare].sum())
    both = one + two
    one, two, both = one[both > 0], two[both > 0], both[both > 0]
    if len(both) < 2:
        return 0.0, 1.0
    gap = float(np.abs(one / one.sum() - two / two.sum()).sum() / 2)
    square = float(
        ((one - both * share) ** 2 / (both * share) + (two - both * (1 - share)) ** 2 / (both * (1 - share))).sum()
    )
    return gap, chance_of_square(square, len(both) - 1)


def chance_of_square(square: float, freedom: int) -> float:
    """Return the chance of a chi-square as great or greater, by Wilson and Hilferty's cube root (1931).

    Examples
    --------
    >>> round(chance_of_square(3.84, 1), 2), round(chance_of_square(18.31, 10), 2)
    (0.05, 0.05)
    """
    if square <= 0:
        return 1.0
    if freedom == 1:
        return math.erfc(math.sqrt(square / 2))
    part = 2 / (9 * freedom)
    z = ((square / freedom) ** (1 / 3) - (1 - part)) / math.sqrt(part)
    return 0.5 * math.erfc(z / math.sqrt(2))


def neighbours_alike(values: np.ndarray) -> tuple[float, float]:
    """Return how alike neighboring rows are (correlation of a row with the next), and its deviations from chance.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Numbers in the order of the rows.
    """
    n = len(values)
    centred = values - values.mean()
    around = float((centred**2).sum())
    if n < 10 or around <= 0:
        return 0.0, 0.0
    alike = float((centred[1:] * centred[:-1]).sum() / around)
    return alike, (alike + 1 / n) * math.sqrt(n)
