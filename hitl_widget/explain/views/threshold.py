"""View "Which threshold costs least?": the cost of each threshold, given what each mistake costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, across, along, chart, finished, halo, hue
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.task import Kind, Task
from hitl_widget.errors import DataError
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL, non_negative
from hitl_widget.explain.phrases import need, percent
from hitl_widget.explain.pictures import descending
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "threshold"]

PRESENT = 0.5
_DRAWS = 200
_MOST = 4000
_POINTS = 101
_NEAR = 0.05
_WHOLE = (0, 1)


def compute(source: ModelSource, *, false_alarm: float = 1.0, miss: float = 1.0) -> View:
    """Return the view of the out-of-fold predictions."""
    _, y, predictions = source.out_of_fold()
    return threshold(source.context.task, y, predictions, false_alarm=false_alarm, miss=miss, about=source.about)


def threshold(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    false_alarm: float = 1.0,
    miss: float = 1.0,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
) -> View:
    """Return the threshold of least cost, the cost of the present one, and the uncertainty of both.

    Parameters
    ----------
    task
        A task with two classes.
    y : ndarray of shape (n,)
        Codes.
    predictions : ndarray of shape (n,)
        P(code 1), of rows that the model was not fitted on.
    false_alarm, miss
        Cost of a false positive and of a false negative; 0 or more, not both 0.
    seed
        Seed of the bootstrap.
    about
        The model or trial that the view is of.

    Returns
    -------
    View
        ``costs``: threshold, cost (per 100 rows), low, high, false_alarms, misses (shares of all rows). ``marks``: name
        ("best", "present"), threshold, cost; the best one with low and high, the 95% interval of the threshold.
        There is no present one where both are the same to two digits.

    Raises
    ------
    DataError
        Without two classes, or for costs that are none.

    Notes
    -----
    The saving of a threshold is optimistic on the rows it was chosen on. So it is measured on the rows that a
    bootstrap draw left out, with the threshold that is best on the draw, over 200 draws.
    """
    need(task, Kind.BINARY, view="threshold")
    costs = np.array([false_alarm, miss], np.float64)
    if not np.isfinite(costs).all() or (costs < 0).any() or not costs.any():
        raise DataError(
            f"Costs are numbers of 0 or more, and one of them more than 0; got {false_alarm!r} for a false alarm and "
            f"{miss!r} for a miss. Give what each costs, for example false_alarm=1, miss=5."
        )
    y, p = np.asarray(y, np.int64), np.asarray(predictions, np.float64)
    cuts, spent = _course(y, p, np.ones((1, len(y))), false_alarm, miss)
    place = int(np.argmin(spent[0]))
    best, now = _between(cuts, place), _at(y, p, PRESENT, false_alarm, miss)
    drawn, saved, band = _bootstrap(y, p, false_alarm, miss, np.random.default_rng([abs(seed), 13]))
    low, high = (float(one) for one in np.quantile(drawn, [0.025, 0.975]))
    least = float(spent[0, place])
    marks = [{"name": "best", "threshold": best, "cost": 100 * least, "low": min(low, best), "high": max(high, best)}]
    if not _same(best):
        marks.append({"name": "present", "threshold": PRESENT, "cost": 100 * now, "low": None, "high": None})
    data = {"costs": _curve(y, p, false_alarm, miss, band), "marks": marks}
    sentences = (_answer(task, marks[0], now, saved), _trade(task, y, p, best))
    return VIEW.answer(
        sentences,
        data,
        question=f"At which probability should the model predict {task.target} = {task.positive}?",
        notes=_notes(y, best, false_alarm, miss, low, high),
        about={**(about or {}), "false_alarm": false_alarm, "miss": miss},
        options={"false_alarm": (1, 2, 5, 10), "miss": (1, 2, 5, 10)},
    )


def _course(
    y: np.ndarray, p: np.ndarray, weights: np.ndarray, false_alarm: float, miss: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct probabilities, falling, after one above all, and the mean cost of saying yes from each on.

    Parameters
    ----------
    weights : ndarray of shape (b, n)
        Weight of each row.

    Returns
    -------
    cuts : ndarray of shape (m + 1,)
        Infinity first: never predict positive.
    cost : ndarray of shape (b, m + 1)
    """
    order, ends = descending(p)
    step = np.where(y[order] == 1, -miss, false_alarm)
    change = np.cumsum(weights[:, order] * step, axis=1)[:, ends]
    never = miss * (weights @ (y == 1))
    total = np.maximum(weights.sum(axis=1), 1.0)[:, None]
    cost = np.concatenate([np.zeros((len(weights), 1)), change], axis=1) + never[:, None]
    return np.r_[math.inf, p[order][ends]], cost / total


def _between(cuts: np.ndarray, place: int) -> float:
    """Return a threshold halfway to the next lower probability, which gives the same answers as the place."""
    if place == 0:
        return 1.0
    return float((cuts[place] + cuts[place + 1]) / 2) if place < len(cuts) - 1 else 0.0


def _at(y: np.ndarray, p: np.ndarray, cut: float, false_alarm: float, miss: float) -> float:
    said = p >= cut
    return float((false_alarm * (said & (y == 0)).sum() + miss * (~said & (y == 1)).sum()) / max(len(y), 1))


def _bootstrap(
    y: np.ndarray, p: np.ndarray, false_alarm: float, miss: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per draw the best threshold and its saving on the rows left out, and the spread of costs.

    Of more than 4,000 rows as many are drawn from; then the deviations of costs shrink with the root of the share.
    """
    some = np.arange(len(y)) if len(y) <= _MOST else rng.permutation(len(y))[:_MOST]
    shrunk = math.sqrt(len(some) / max(len(y), 1))
    y, p, n = y[some], p[some], len(some)
    rows = rng.integers(0, n, (_DRAWS, n)) + n * np.arange(_DRAWS)[:, None]
    weights = np.bincount(rows.ravel(), minlength=_DRAWS * n).reshape(_DRAWS, n).astype(np.float64)
    cuts, inside = _course(y, p, weights, false_alarm, miss)
    _, outside = _course(y, p, (weights == 0).astype(np.float64), false_alarm, miss)
    places = inside.argmin(axis=1)
    present = int(np.searchsorted(-cuts, -PRESENT, side="right")) - 1
    saved = outside[:, present] - outside[np.arange(_DRAWS), places]
    spread = np.quantile(inside - inside.mean(axis=0), [0.025, 0.975], axis=0) * shrunk
    drawn = np.array([_between(cuts, int(place)) for place in places])
    return drawn, saved, np.vstack([cuts, spread])


def _curve(y: np.ndarray, p: np.ndarray, false_alarm: float, miss: float, band: np.ndarray) -> list[dict[str, Any]]:
    """Return the cost at 101 thresholds, per 100 rows."""
    grid = np.linspace(0, 1, _POINTS)
    positive = np.sort(p[y == 1])
    negative = np.sort(p[y == 0])
    misses = np.searchsorted(positive, grid, side="left") / max(len(y), 1)
    alarms = (len(negative) - np.searchsorted(negative, grid, side="left")) / max(len(y), 1)
    cost = false_alarm * alarms + miss * misses
    place = np.maximum(np.searchsorted(-band[0], -grid, side="right") - 1, 0)
    low, high = np.maximum(cost + band[1, place], 0.0), cost + band[2, place]
    columns = zip(grid, 100 * cost, 100 * low, 100 * high, alarms, misses, strict=True)
    names = ("threshold", "cost", "low", "high", "false_alarms", "misses")
    return [dict(zip(names, map(float, row), strict=True)) for row in columns]


def _answer(task: Task, best: Mapping[str, Any], now: float, saved: np.ndarray) -> str:
    """Return a sentence on the best threshold, and on its savings on rows that did not choose it."""
    cut, ends = f"{best['threshold']:.2f}", f"{best['low']:.2f} to {best['high']:.2f}"
    mean = float(saved.mean())
    if _same(best["threshold"]):
        return (
            f"Keep the threshold at {PRESENT:.2f}: on these rows, none is cheaper (95% interval of the cheapest: "
            f"{ends}; cost: {number(100 * now)} per 100 rows)."
        )
    if not _saves(now, saved):
        return (
            f"Keep the threshold at {PRESENT:.2f} (cost: {number(100 * now)} per 100 rows). The cheapest threshold on "
            f"these rows is {cut} ({ends}), but it does not reliably save anything on rows that were not used to "
            "choose it."
        )
    return (
        f"Predict {task.target} = {task.positive} from {cut} ({ends}): on rows not used to choose it, this costs "
        f"{number(100 * (now - mean))} per 100 rows instead of {number(100 * now)} at {PRESENT:.2f}, "
        f"{percent(mean / now)} less."
    )


def _same(cut: float) -> bool:
    """Return whether a threshold is the present one to two digits, as people read it."""
    return round(cut, 2) == PRESENT


def _saves(now: float, saved: np.ndarray) -> bool:
    """Return whether another threshold than the present one is cheaper in 19 of 20 draws."""
    return now > 0 and float(np.quantile(saved, 0.05)) > 0


def _trade(task: Task, y: np.ndarray, p: np.ndarray, cut: float) -> str:
    """Return a sentence on the positives found and the false positives at both thresholds."""
    found = [int(((p >= one) & (y == 1)).sum()) for one in (cut, PRESENT)]
    alarms = [int(((p >= one) & (y == 0)).sum()) for one in (cut, PRESENT)]
    total = int((y == 1).sum())
    if _same(cut):
        return (
            f"At {PRESENT:.2f} the model finds {found[1]:,} of the {total:,} rows with {task.target} = "
            f"{task.positive}, with {alarms[1]:,} false positives."
        )
    return (
        f"At {cut:.2f} the model finds {found[0]:,} of the {total:,} rows with {task.target} = {task.positive}, with "
        f"{alarms[0]:,} false "
        f"positives; at {PRESENT:.2f}, {found[1]:,} with {alarms[1]:,} false positives."
    )


def _notes(y: np.ndarray, best: float, false_alarm: float, miss: float, low: float, high: float) -> tuple[str, ...]:
    notes = []
    theory = false_alarm / (false_alarm + miss)
    if not low - _NEAR <= theory <= high + _NEAR:
        notes.append(
            f"With well-calibrated probabilities, {theory:.2f} would be the best threshold; that {best:.2f} is better "
            "suggests that they are not quite calibrated."
        )
    cases = int(min((y == 1).sum(), (y == 0).sum()))
    if cases < 30:
        notes.append(f"Only {plural(cases, 'row')} of the rarer class: the best threshold is uncertain.")
    return tuple(notes)


def draw(costs: Rows = (), marks: Rows = ()) -> Any:
    """Draw the cost at each threshold, with the best and the present one.

    Parameters
    ----------
    costs, marks
        Rows of the view ``threshold``.
    """
    import altair as alt

    base, named = chart("costs", costs), chart("marks", marks)
    scale = alt.Scale(domain=_WHOLE)
    x = along("threshold:Q", "threshold (predicted positive at or above it)", scale=scale)
    y = across("cost:Q", "cost per 100 rows", scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("threshold:Q", format=".2f"),
        alt.Tooltip("cost:Q", format=".3~g"),
        alt.Tooltip("false_alarms:Q", title="false positives", format=".1%"),
        alt.Tooltip("misses:Q", format=".1%"),
    ]
    colour = hue("datum.name === 'best'", "machine", "faint")
    best = named.transform_filter("isValid(datum.low)")
    drawn = [
        base.mark_area(color=alt.expr("hue_a"), opacity=0.14).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        best.mark_rect(color=alt.expr("machine"), opacity=0.12).encode(x=alt.X("low:Q"), x2="high:Q"),
        base.mark_line(color=alt.expr("hue_a"), strokeWidth=2).encode(x=x, y=y, tooltip=tooltip),
        named.mark_rule(color=colour, strokeDash=[4, 3]).encode(x=x),
        named.mark_point(filled=True, size=70, opacity=1, color=colour).encode(x=x, y=y),
    ]
    for which, dy in (("===", -14), ("!==", 16)):  # above and below, as the two often lie side by side
        one = named.transform_filter(f"datum.name {which} 'best'").transform_calculate(
            text="datum.name + ' ' + format(datum.threshold, '.2f')"
        )
        drawn += halo(one.encode(x=x, y=y), alt.Text("text:N"), fontSize=12, fontWeight=600, dy=dy)
    return finished(drawn)


VIEW = ViewDefinition(
    name="threshold",
    level=Level.MODEL,
    topic="Errors",
    question="Which decision threshold costs least?",
    summary="Return the threshold between two classes that costs least, given what each mistake costs.",
    options=(
        TRIAL,
        non_negative("false_alarm", 1.0, "Cost of a false positive."),
        non_negative("miss", 1.0, "Cost of a false negative."),
    ),
    kinds=frozenset({Kind.BINARY}),
    compute=compute,
    out_of_fold=True,
    charts={"threshold": draw},
    concept=Concept(
        "threshold",
        "Threshold and costs",
        "To act on a probability you need a threshold. The best one depends on what a false positive costs "
        "against a false negative. The cheapest threshold on these rows looks slightly better than it is, so its "
        "savings are measured on rows that did not choose it.",
    ),
)
