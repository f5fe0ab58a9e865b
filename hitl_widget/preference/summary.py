"""The learned preferences, in numbers and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hitl_widget.domain.preference import Axis, Judgement
from hitl_widget.preference.prior import KNOTS, hats
from hitl_widget.preference.utility import Utility

__all__ = ["Extent", "Limit", "Summary", "TradeOff", "Weight", "summarize"]

Floats = NDArray[np.float64]

LOW, HIGH = 0.1, 0.9
# Below this confidence a trade-off is unknown; "next to nothing" and "everything" need more.
KNOWN, EXTREME = 0.5, 0.85
# Largest exchange rate, in spans of the front.
MOST = 100.0
# A curve is a threshold if its middle half rises within this share of the front's span.
STEEP = 0.2
# The amount given up is measured over this share of the front's span, and is negligible below the second.
WORSE, LEAST = 0.3, 0.002
SURE = 0.7
# Least probability at which the most important objective is named.
LIKELY = 0.6
FEW = 5


@dataclass(frozen=True, slots=True)
class Weight:
    """Weight of an objective: its share of going from the worst to the best of the front in all objectives.

    `low` and `high` enclose 80% of the probability.
    """

    name: str
    share: float
    low: float
    high: float


class Extent(StrEnum):
    """Size of a sacrifice in one objective."""

    NOTHING = "nothing"
    SOME = "some"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Accepted sacrifice in one objective for a gain in another, averaged over the better half of the front.

    Parameters
    ----------
    give, take
        Names of the objectives.
    gain
        The gain: a factor of `take` if it is logarithmic (0.5 is a halving), else an amount in its unit.
    amount, low, high
        The amount given up: in the unit of `give`, or a factor if it is logarithmic; median and 80% interval.
    extent
        The amount given up in words: some of the front's span, next to nothing, or all of it.
    confidence
        Probability that the true amount is within a factor of two of `amount`, or that it is next to nothing, or all.
    known
        False if the confidence is too low for a statement.
    sentence
        The trade-off in one sentence.
    """

    give: str
    take: str
    gain: float
    amount: float
    low: float
    high: float
    extent: Extent
    confidence: float
    known: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A value at which an objective stops being good enough."""

    name: str
    value: float
    confidence: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The preferences learned from the answers.

    Parameters
    ----------
    answers
        Number of answers, without the skipped ones.
    weights
        Weights in the order of the objectives.
    trade_offs
        Trade-offs of the first objective against each of the others.
    limits
        Objectives with a threshold.
    weakest
        Probability that the worst objective decides rather than the sum.
    left
        Expected distance from the recommendation to the best candidate, from 0 to 1.
    sentences
        The known findings as sentences, most certain first.
    unknown
        The trade-offs that are not known yet in one sentence; "" if all are.
    """

    answers: int
    weights: tuple[Weight, ...]
    trade_offs: tuple[TradeOff, ...]
    limits: tuple[Limit, ...]
    weakest: float
    left: float
    sentences: tuple[str, ...]
    unknown: str


def summarize(utility: Utility) -> Summary:
    """Return the preferences that a utility expresses, in numbers and sentences."""
    answers = sum(one.answer is not Judgement.SKIP for one in utility.comparisons)
    trades = tuple(_trade_off(utility, take) for take in range(1, len(utility.axes)))
    limits = tuple(found for place in range(len(utility.axes)) if (found := _limit(utility, place)))
    weakest = float(np.mean(utility.samples.worst > 0.5))
    known = sorted((trade for trade in trades if trade.known), key=lambda trade: -trade.confidence)
    lines = [one for one in (_most_weighty(utility), *(trade.sentence for trade in known)) if one]
    lines += [limit.sentence for limit in limits]
    if weakest >= SURE and len(utility.axes) > 1:
        lines.append(f"You seem to judge each model by its worst objective ({weakest:.0%} sure).")
    open_ = [_goal(utility.axes[place], one.gain) for place, one in enumerate(trades, 1) if not one.known]
    unknown = _unknown(utility.axes[0], *open_) if open_ else ""
    if answers < FEW:
        lines.insert(0, f"{_counted(answers, 'answer')} so far: treat this as a rough guess.")
    return Summary(answers, _weights(utility), trades, limits, weakest, utility.left(), tuple(lines), unknown)


def _weights(utility: Utility) -> tuple[Weight, ...]:
    drawn = utility.samples.weights
    spread = np.quantile(drawn, (LOW, HIGH), axis=1).T
    return tuple(
        Weight(axis.name, float(one.mean()), float(low), float(high))
        for axis, one, (low, high) in zip(utility.axes, drawn, spread, strict=True)
    )


def _trade_off(utility: Utility, take: int, give: int = 0) -> TradeOff:
    giving, taking = utility.axes[give], utility.axes[take]
    gain, step = _step(utility, take)
    span = float(utility.scale.span[give])
    amounts = span * _exchanged(utility, give, take, step)
    resolution = float(np.log1p(giving.resolution)) if giving.log else giving.resolution
    least = max(0.25 * resolution, LEAST * span)
    low, middle, high = np.quantile(amounts, (LOW, 0.5, HIGH)).tolist()
    extent, near = _extent(amounts, middle, least, span)
    confidence = float(near.mean())
    known = confidence >= (KNOWN if extent is Extent.SOME else EXTREME)
    goal = _goal(taking, gain)
    sentence = (
        _trade_sentence(giving, goal, (low, middle, high), extent, confidence) if known else _unknown(giving, goal)
    )
    low, middle, high = (float(np.exp(one)) if giving.log else one for one in (low, middle, high))
    return TradeOff(giving.name, taking.name, gain, middle, low, high, extent, confidence, known, sentence)


def _extent(amounts: Floats, middle: float, least: float, span: float) -> tuple[Extent, NDArray[np.bool_]]:
    """Return the extent of an amount, and per sample whether it applies."""
    if middle < least:
        return Extent.NOTHING, amounts < least
    if middle > span:
        return Extent.EVERYTHING, amounts > span
    return Extent.SOME, (amounts >= middle / 2) & (amounts <= middle * 2)


def _step(utility: Utility, take: int) -> tuple[float, float]:
    """Return a gain that is easy to picture (half, double or a tenth of the span), and the same as a regret."""
    axis, span = utility.axes[take], float(utility.scale.span[take])
    if axis.log:
        return (0.5 if axis.sign < 0 else 2.0), float(np.log(2.0)) / span
    gain = _round(span / 10)
    if axis.resolution >= 1.0:  # counts, such as columns, are whole numbers
        gain = max(1.0, round(gain))
    return gain, gain / span


def _exchanged(utility: Utility, give: int, take: int, step: float) -> Floats:
    """Return, per sample, the regret in one objective that offsets a gain in another.

    Both are averaged over the better half of the front, so that a utility with a threshold, or one that depends on the
    worst objective, has an exchange rate too.
    """
    expected = utility.drawn.mean(axis=1)
    rows = np.flatnonzero(utility.front)
    rows = rows[np.argsort(-expected[rows], kind="stable")][: max(5, len(rows) // 2)]
    regrets = utility.scale.regrets(utility.values[rows]) if len(rows) else np.full((1, len(utility.axes)), 0.5)
    better, worse = regrets.copy(), regrets.copy()
    better[:, take] -= step
    worse[:, give] += WORSE
    now, gained, lost = (utility.samples.loss(hats(points)).mean(axis=0) for points in (regrets, better, worse))
    found: Floats = np.minimum(WORSE * (now - gained) / np.maximum(lost - now, 1e-12), MOST)
    return found


def _limit(utility: Utility, place: int) -> Limit | None:
    axis, curves = utility.axes[place], utility.samples.curves[place]
    quarter, half, most = (_where(curves, height) for height in (0.25, 0.5, 0.75))
    steep = (most - quarter < STEEP) & (half > 0.05)
    confidence = float(steep.mean())
    if confidence < SURE:
        return None
    regrets = np.zeros((1, len(utility.axes)))
    regrets[0, place] = np.median(half[steep])
    value = float(utility.scale.values(regrets)[0, place])
    side = "at least" if axis.sign > 0 else "at most"
    sentence = f"You seem to want {axis.title} of {side} about {_said(axis, value)} ({confidence:.0%} sure)."
    return Limit(axis.name, value, confidence, sentence)


def _where(curves: Floats, height: float) -> Floats:
    """Return where curves, shape (knots, samples), reach a height; linear between knots."""
    right = np.maximum((curves >= height).argmax(axis=0), 1)
    low, high = (np.take_along_axis(curves, one[None], axis=0)[0] for one in (right - 1, right))
    part = (height - low) / np.maximum(high - low, 1e-12)
    found: Floats = KNOTS[right - 1] + np.clip(part, 0.0, 1.0) * (KNOTS[right] - KNOTS[right - 1])
    return found


def _unknown(giving: Axis, *goals: str) -> str:
    listed = goals[0] if len(goals) == 1 else f"{', '.join(goals[:-1])} or {goals[-1]}"
    return f"Not yet known: how much {giving.title} you would give up to {listed}."


def _most_weighty(utility: Utility) -> str:
    """Return a sentence that names the most important objective, or "" if it is uncertain."""
    drawn = utility.samples.weights
    chances = np.bincount(drawn.argmax(axis=0), minlength=len(drawn)) / drawn.shape[1]
    first = int(chances.argmax())
    if chances[first] < LIKELY or len(drawn) < 2:
        return ""
    title = utility.axes[first].title
    return f"{title[:1].upper()}{title[1:]} seems to matter most to you ({chances[first]:.0%} sure)."


def _trade_sentence(
    giving: Axis, goal: str, amounts: tuple[float, float, float], extent: Extent, confidence: float
) -> str:
    sure = f"{confidence:.0%} sure"
    if extent is Extent.NOTHING:
        return f"You would give up almost no {giving.title} to {goal} ({sure})."
    if extent is Extent.EVERYTHING:
        return f"You would give up any amount of {giving.title} to {goal} ({sure})."
    low, middle, high = amounts
    between = _range(giving, low, high)
    amount = _amount(giving, middle)
    return f"You would give up about {amount} to {goal} (80% interval: {between}; {sure} within a factor of 2)."


def _goal(axis: Axis, gain: float) -> str:
    if axis.log:
        return f"{'halve' if axis.sign < 0 else 'double'} the {axis.title}"
    if axis.unit and axis.unit in axis.title:
        unit = axis.unit.removesuffix("s") if gain == 1 else axis.unit
        return f"need {_plain(gain)} {unit} {'fewer' if axis.sign < 0 else 'more'}"
    unit = f" {axis.unit}" if axis.unit else ""
    return f"{'lower' if axis.sign < 0 else 'raise'} {axis.title} by {_plain(gain)}{unit}"


def _amount(axis: Axis, amount: float) -> str:
    if axis.log:
        return f"{_plain(float(np.exp(amount)))} times the {axis.title}"
    return f"{_plain(amount)}{f' {axis.unit}' if axis.unit else ''} of {axis.title}"


def _range(axis: Axis, low: float, high: float) -> str:
    shown = [_plain(float(np.exp(one)) if axis.log else one) for one in (low, high)]
    return f"{shown[0]} to {shown[1]}"


def _said(axis: Axis, value: float) -> str:
    return f"{_plain(value)}{f' {axis.unit}' if axis.unit else ''}"


def _counted(count: int, noun: str) -> str:
    return f"{count or 'No'} {noun}{'' if count == 1 else 's'}"


def _plain(value: float) -> str:
    """Return a number with two significant digits, without an exponent."""
    return f"{_round(value, 2):,.10f}".rstrip("0").rstrip(".")


def _round(value: float, digits: int = 1) -> float:
    return float(f"{value:.{digits}g}")
