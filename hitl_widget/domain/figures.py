"""Formatting of numbers in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import Parameter, Value, displayed

__all__ = [
    "difference",
    "duration",
    "listed",
    "name_in_words",
    "number",
    "plural",
    "score_in_words",
    "trials_in_words",
    "value_in_words",
    "whole_percents",
]


def duration(seconds: float) -> str:
    """Return a time span in words.

    Examples
    --------
    >>> [duration(one) for one in (0.0004, 0.25, 3.21, 190, 7300)]
    ['under 1 ms', '250 ms', '3.2 s', '3 min 10 s', '2 h 1 min']
    """
    if seconds < 0.001:
        return "under 1 ms"
    if seconds < 0.9995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def number(value: float, like: float | None = None) -> str:
    """Return a number with as many digits as its uncertainty, or its size, warrants.

    Parameters
    ----------
    value
        The number.
    like
        Its uncertainty: shown to two digits if they start with 1 to 3.5, else to one; at most four decimals.

    Examples
    --------
    >>> number(0.84561, like=0.006), number(0.84561, like=0.019), number(26988.4), number(0.0512345)
    ('0.846', '0.846', '26,988', '0.0512')
    """
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if like:
        exponent = math.floor(math.log10(abs(like)))
        fine = abs(like) / 10**exponent < 3.55
        digits = min(max(-exponent + fine, 0), 4)
        return f"{value:,.{digits}f}"
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.2f}"
    if size >= 0.1 or size == 0:
        return f"{value:.3f}"
    return f"{value:.3g}"


def whole_percents(parts: Sequence[float]) -> list[int]:
    """Return parts of a whole in percent, rounded so that they add up to 100 (largest remainder).

    Examples
    --------
    >>> whole_percents([1, 1, 1]), whole_percents([0.445, 0.445, 0.11])
    ([34, 33, 33], [45, 44, 11])
    """
    total = sum(parts)
    exact = [100 * one / total for one in parts]
    found = [math.floor(one) for one in exact]
    by_rest = sorted(range(len(parts)), key=lambda place: found[place] - exact[place])
    for place in by_rest[: 100 - sum(found)]:
        found[place] += 1
    return found


def trials_in_words(numbers: Sequence[int], most: int = 5) -> str:
    """Name trials by their numbers.

    Examples
    --------
    >>> trials_in_words([12, 3, 7]), trials_in_words([1, 2, 3, 4], most=3)
    ('#12, #3, #7', '#1, #2 and 2 more')
    """
    return listed([f"#{number}" for number in numbers], most if len(numbers) <= most else most - 1)


def listed(names: Iterable[str], most: int = 5) -> str:
    """Return the first names, and the number of the others.

    Examples
    --------
    >>> listed("abc"), listed("abcdefg", most=3)
    ('a, b, c', 'a, b, c and 4 more')
    """
    every = list(names)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def plural(count: int, noun: str) -> str:
    """Return the count with its noun.

    Examples
    --------
    >>> plural(1, "trial"), plural(1200, "trial")
    ('1 trial', '1,200 trials')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def score_in_words(metric: Metric, score: float, std: float | None = None) -> str:
    """Return a score as displayed, with as many digits as its spread warrants."""
    return number(metric.shown(score), std)


def difference(metric: Metric, better: float, worse: float) -> str:
    """Return in words by how much one score beats another, in the units of the metric.

    Examples
    --------
    >>> from hitl_widget.domain.objective import metric_named
    >>> difference(metric_named("roc_auc"), 0.852, 0.8238), difference(metric_named("rmse"), -90.0, -100.0)
    ('0.028', '10%')
    """
    gap = better - worse
    if metric.sign < 0 and worse:
        share = 100 * gap / abs(worse)
        return f"{share:.0f}%" if abs(share) >= 10 else f"{share:.2g}%"
    return number(gap) if abs(gap) >= 0.1 else f"{gap:.2g}"


def value_in_words(value: Value) -> str:
    """Return a hyperparameter's value in words.

    Examples
    --------
    >>> [value_in_words(one) for one in (0.00512345, 2e-05, 131072, True, "l2", None)]
    ['0.00512', '2e-5', '131,072', 'on', 'l2', 'none']
    >>> value_in_words("column per level")
    'one-hot'
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str):
        return str(displayed(value))
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}".replace("e-0", "e-")


def name_in_words(parameter: Parameter) -> str:
    """Return a hyperparameter's display name, without the part of its label in brackets or after a comma.

    Examples
    --------
    >>> from hitl_widget.domain.space import Float
    >>> name_in_words(Float("linear.C", 0.001, 1000, 1.0, label="freedom (inverse penalty)"))
    'freedom'
    """
    label = parameter.label or parameter.name.split(".", 1)[-1].replace("_", " ")
    return label.split(" (")[0].split(", ")[0]
