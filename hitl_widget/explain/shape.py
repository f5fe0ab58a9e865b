"""The shape of a curve in words: where it rises and falls, and where it is level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

__all__ = ["curve_in_words", "direction"]

_LEVEL = 0.08
"""A stretch that changes by less than this share of the whole height is level."""

_STEEP = 1.8
"""A stretch is steep when it is so many times steeper than the whole."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    way: int
    first: int
    last: int


def curve_in_words(x: np.ndarray, y: np.ndarray, say: Callable[[float], str]) -> str:
    """Describe how y changes with x: "rises steeply from 20 to 40, then stays level".

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Points of the curve; x ascending.
    say
        Writes a value of x.

    Examples
    --------
    >>> grid = np.linspace(0, 80, 41)
    >>> curve_in_words(grid, np.clip(grid, 20, 40), lambda value: f"{value:.0f}")
    'stays level up to 20, then rises steeply from 20 to 40, then stays level'
    >>> curve_in_words(grid, 2 * grid, str)
    'rises steadily'
    >>> curve_in_words(grid, 0 * grid, str)
    'stays level'
    """
    height = float(np.ptp(y)) if len(y) else 0.0
    if len(x) < 2 or height <= 1e-9 * max(1.0, float(np.abs(y).max())):
        return "stays level"
    stretches = _stretches(y, height)
    if len(stretches) == 1:
        only = stretches[0].way
        straight = abs(np.corrcoef(x, y)[0, 1]) > 0.97 if np.ptp(x) > 0 else True
        return f"{_verb(only)}{' steadily' if straight and only else ''}"
    if len(stretches) > 3:
        low, high = say(float(x[np.argmin(y)])), say(float(x[np.argmax(y)]))
        return f"rises and falls, lowest at {low} and highest at {high}"
    parts = []
    mean_slope = sum(abs(float(y[one.last] - y[one.first])) for one in stretches) / (float(np.ptp(x)) or 1.0)
    for place, one in enumerate(stretches):
        start, end = say(float(x[one.first])), say(float(x[one.last]))
        width = float(x[one.last] - x[one.first])
        slope = abs(float(y[one.last] - y[one.first])) / width if width > 0 else np.inf
        steep = " steeply" if one.way and slope > _STEEP * mean_slope else ""
        first, last = place == 0, place == len(stretches) - 1
        where = f" up to {end}" if first else "" if last else f" from {start} to {end}"
        parts.append(f"{_verb(one.way)}{steep}{where}")
    return ", then ".join(parts)


def direction(x: np.ndarray, y: np.ndarray) -> float:
    """Return Spearman's correlation of two columns, 0 where one is constant."""
    kept = np.isfinite(x) & np.isfinite(y)
    if kept.sum() < 3:
        return 0.0
    a, b = _ranks(x[kept]), _ranks(y[kept])
    if a.std() == 0 or b.std() == 0:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return mean ranks, from 0."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts + 1) / 2)[place], np.float64)


def _verb(way: int) -> str:
    return {1: "rises", -1: "falls", 0: "stays level"}[way]


def _stretches(y: np.ndarray, height: float) -> list[_Stretch]:
    """Divide a curve where its direction changes, without the ripples."""
    least = _LEVEL * height
    marks = _turns(y, least)
    found: list[_Stretch] = []
    for a, b in pairwise(marks):
        change = float(y[b] - y[a])
        if abs(change) < least:
            found.append(_Stretch(0, a, b))
            continue
        way = 1 if change > 0 else -1
        found += _without_level_ends(y, a, b, way, 0.5 * least)
    return _merged(found)


def _turns(y: np.ndarray, least: float) -> Sequence[int]:
    """Return the ends of the curve and its turning points of a prominence of at least `least`."""
    marks, extreme, way = [0], 0, 0
    for i in range(1, len(y)):
        if way >= 0 and y[i] > y[extreme]:
            extreme, way = i, (1 if y[i] - y[marks[-1]] >= least else way)
        elif way <= 0 and y[i] < y[extreme]:
            extreme, way = i, (-1 if y[marks[-1]] - y[i] >= least else way)
        elif way != 0 and abs(y[i] - y[extreme]) >= least:
            marks.append(extreme)
            way, extreme = -way, i
    return [*marks, len(y) - 1] if marks[-1] != len(y) - 1 else marks


def _without_level_ends(y: np.ndarray, a: int, b: int, way: int, least: float) -> list[_Stretch]:
    """Cut level stretches of a fifth of the curve and more from the ends of a rise or fall."""
    enough = max(2, (len(y) - 1) // 6)
    rise = way * y
    first = a
    while first < b and rise[first + 1 : b + 1].size and rise[first + 1] - rise[a] < least:
        first += 1
    last = b
    while last > first and rise[b] - rise[last - 1] < least:
        last -= 1
    first = first if first - a >= enough else a
    last = last if b - last >= enough else b
    found = [_Stretch(0, a, first)] if first > a else []
    found.append(_Stretch(way, first, last))
    return [*found, _Stretch(0, last, b)] if last < b else found


def _merged(stretches: list[_Stretch]) -> list[_Stretch]:
    found: list[_Stretch] = []
    for one in stretches:
        if found and found[-1].way == one.way:
            found[-1] = _Stretch(one.way, found[-1].first, one.last)
        else:
            found.append(one)
    return found
