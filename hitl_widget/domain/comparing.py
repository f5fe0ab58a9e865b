"""Comparison of two values of an objective, in words."""

from __future__ import annotations

import math
from typing import NamedTuple

from hitl_widget.domain.figures import duration, number
from hitl_widget.domain.objective import Objective, Source

__all__ = ["Difference", "compared", "value_with_unit"]

_WORDS = {
    "predict_ms": ("faster", "slower"),
    "fit_seconds": ("faster to fit", "slower to fit"),
    "size_mb": ("smaller", "larger"),
    "complexity": ("simpler", "more complex"),
}
_MUCH = 1.15
_LEAST = 1e-12


class Difference(NamedTuple):
    """Comparison of a first value with a second.

    Parameters
    ----------
    better
        ``"a"``, ``"b"``, ``"equal"`` (difference below the resolution) or ``"unknown"``.
    text
        The first compared with the second: "0.003 better", "4× slower", "12 columns fewer", "about equal".
    """

    better: str
    text: str


def compared(objective: Objective, a: float | None, b: float | None, resolution: float = 0.0) -> Difference:
    """Return how a first displayed value compares with a second.

    Parameters
    ----------
    objective
        The objective.
    a, b
        The values; None if unknown.
    resolution
        The smallest meaningful difference, in the unit; default: the objective's own.

    Examples
    --------
    >>> from hitl_widget.domain.objective import built_in
    >>> compared(built_in("predict_ms"), 8.0, 2.0)
    Difference(better='b', text='4× slower')
    >>> compared(built_in("columns_used"), 7, 19).text
    '12 columns fewer'
    """
    if a is None or b is None or not (math.isfinite(a) and math.isfinite(b)):
        return Difference("unknown", "not measured yet")
    lower = objective.direction == "lower"
    if objective.log and a > _LEAST and b > _LEAST:
        return _by_ratio(objective, a / b, lower)
    apart = a - b
    least = max(objective.resolution, resolution, 1e-12)
    if abs(apart) < least:
        return Difference("equal", "about equal" if apart else "equal")
    better = (apart < 0) == lower
    return Difference("a" if better else "b", _amount(objective, apart, b, better))


def _by_ratio(objective: Objective, ratio: float, lower: bool) -> Difference:
    if max(ratio, 1 / ratio) < max(1 + objective.resolution, _MUCH):
        return Difference("equal", "about equal")
    better = (ratio < 1) == lower
    good, bad = _WORDS.get(objective.name, ("better", "worse"))
    factor = max(ratio, 1 / ratio)
    shown = f"{factor:.1f}".removesuffix(".0") if factor < 10 else f"{float(f'{factor:.2g}'):,.0f}"
    return Difference("a" if better else "b", f"{shown}× {good if better else bad}")


def _amount(objective: Objective, apart: float, b: float, better: bool) -> str:
    word = "better" if better else "worse"
    if objective.name == "columns_used":
        count = round(abs(apart))
        return f"{count} column{'s' if count != 1 else ''} {'fewer' if apart < 0 else 'more'}"
    if objective.points:
        return f"{number(abs(apart)) if abs(apart) >= 0.1 else f'{abs(apart):.2g}'} {word}"
    if objective.sign < 0 and b:
        return f"{100 * abs(apart / b):.2g}% {word}"
    unit = f" {objective.unit}" if objective.unit and not objective.unit.isupper() else ""
    return f"{number(abs(apart))}{unit} {word}"


def value_with_unit(objective: Objective, value: float | None, spread: float | None = None) -> str:
    """Write a value with its unit and uncertainty, for example ``"0.846 ± 0.006 SD"``, ``"3.2 ms"``.

    Examples
    --------
    >>> from hitl_widget.domain.objective import built_in
    >>> value_with_unit(built_in("predict_ms"), 3.21), value_with_unit(built_in("complexity"), 12034.0)
    ('3.2 ms', '12,034 learned values')
    """
    if value is None or not math.isfinite(value):
        return "not measured yet"
    if objective.name == "fit_seconds":
        return duration(value)
    if objective.unit == "ms" and value >= 10:
        return duration(value / 1000)
    if objective.name == "columns_used":
        return f"{value:.0f} columns" if value != 1 else "1 column"
    if objective.log and objective.source is not Source.SCORE:
        digits = 2 if objective.unit == "ms" else 3
        shown = f"{value:,.0f}" if value >= 1000 else f"{float(f'{value:.{digits}g}'):,.10f}".rstrip("0").rstrip(".")
        unit = (
            objective.unit.removesuffix("s") if shown == "1" and objective.unit.endswith("values") else objective.unit
        )
        return f"{shown} {unit}".strip()
    unit = f" {objective.unit}" if objective.unit and objective.name not in ("gap", "stability") else ""
    return f"{number(value, spread)}{f' ± {number(spread, spread)} SD' if spread else ''}{unit}"
