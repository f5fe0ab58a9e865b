"""View "What do the best trials have in common?": each trial as a line through its hyperparameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, chart, finished, halo
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.evidence import LEAST_TRIALS, Axis, Evidence, evidence_of
from hitl_widget.explain.knowledge import about_family, early, family_to_show
from hitl_widget.explain.options import MODEL_FAMILY
from hitl_widget.explain.ped_anova import ped_anova
from hitl_widget.explain.phrases import listed
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "parallel"]

LINES = 150
"""Trials in parallel coordinates: the best third of them, and others spread over the rest."""
_GOOD = 0.1
_AGREE = 0.4


def compute(source: Record, *, family: str = "") -> View:
    """Return the view of a family."""
    return parallel(source.state, source.metric, family=family)


def parallel(state: SessionState, metric: Metric, *, family: str = "") -> View:
    """Return each trial as a line through its hyperparameters, and where the best ones agree.

    Parameters
    ----------
    state
        The session; all generations count.
    metric
        The metric to display.
    family
        The family, default that of the recommended model.

    Returns
    -------
    View
        ``lines``: trial, axis, label, position (of the axis, the most important first), place (0 to 1), text, score (as
        people read it), rank, good (of the best tenth). ``axes``: axis, label, position, low, high (texts at the ends),
        good_low, good_high (places between which the middle half of the best tenth lies).
    """
    family = family or family_to_show(state)
    evidence = evidence_of(state, family)
    about, options = about_family(state, family)
    if int(evidence.complete.sum()) < LEAST_TRIALS or not evidence.axes:
        return early(VIEW, evidence, about, options)
    complete = np.flatnonzero(evidence.complete)
    ranked = complete[np.argsort(-evidence.scores[complete], kind="stable")]
    good = ranked[: max(5, math.ceil(_GOOD * len(ranked)))]
    names = list(ped_anova(evidence.axes, evidence.units, evidence.scores))
    order = sorted(range(len(evidence.axes)), key=lambda j: names.index(evidence.axes[j].name))
    rest = ranked[LINES // 3 :]
    shown = np.r_[ranked[: LINES // 3], rest[:: max(1, -(-len(rest) // (LINES - LINES // 3)))]]
    rank = {int(i): place for place, i in enumerate(ranked, 1)}
    lines = [
        {
            "trial": evidence.trials[i].number,
            "axis": evidence.axes[j].name,
            "label": evidence.axes[j].label,
            "position": position,
            "place": _along(evidence.axes[j], float(evidence.units[i, j])),
            "text": evidence.axes[j].text(float(evidence.units[i, j])),
            "score": metric.shown(float(evidence.scores[i])),
            "rank": rank[int(i)],
            "good": rank[int(i)] <= len(good),
        }
        for i in map(int, shown)
        for position, j in enumerate(order)
    ]
    axes = [_axis_row(evidence, j, position, good) for position, j in enumerate(order)]
    notes = (
        (f"The chart shows the best {min(len(ranked), LINES // 3)} trials and a sample of the others.",)
        if len(ranked) > len(shown)
        else ()
    )
    return VIEW.answer(
        _agreement(evidence, order, good), {"lines": lines, "axes": axes}, notes=notes, about=about, options=options
    )


def _along(axis: Axis, place: float) -> float:
    """Return the position of a value on its axis, from 0 to 1."""
    return place / max(1, len(axis.levels) - 1) if axis.levels else place


def _axis_row(evidence: Evidence, j: int, position: int, good: Any) -> dict[str, Any]:
    axis = evidence.axes[j]
    low, high = np.quantile(evidence.units[good, j], [0.25, 0.75])
    last = float(len(axis.levels) - 1) if axis.levels else 1.0
    return {
        "axis": axis.name,
        "label": axis.label,
        "position": position,
        "low": axis.text(0.0),
        "high": axis.text(last),
        "good_low": None if axis.levels else float(low),
        "good_high": None if axis.levels else float(high),
    }


def _agreement(evidence: Evidence, order: Sequence[int], good: Any) -> tuple[str, ...]:
    agreed, loose = [], []
    for j in order:
        axis, best, every = evidence.axes[j], evidence.units[good, j], evidence.units[:, j]
        if axis.levels:
            counts = np.bincount(best.astype(int), minlength=len(axis.levels))
            top, share = int(counts.argmax()), float(counts.max() / len(good))
            usual = float((every == top).mean())
            if share >= 0.8 and share > usual + 0.1:
                agreed.append(f"{axis.label} = {axis.text(float(top))}")
            else:
                loose.append(axis.label)
            continue
        (low, high), (least, most) = (np.quantile(one, [0.25, 0.75]) for one in (best, every))
        if high - low < _AGREE and (high - low) < 0.75 * max(most - least, 1e-9):
            from_, to = axis.text(float(low)), axis.text(float(high))
            agreed.append(f"{axis.label} = {to}" if from_ == to else f"{axis.label} from {from_} to {to}")
        else:
            loose.append(axis.label)
    n = len(good)
    if not agreed:
        return (f"The best {n} trials have nothing in common that the others do not: many configurations are good.",)
    first = f"The best {n} trials agree on {listed(agreed)}."
    return (first, f"They vary as much as the others in {listed(loose)}.") if loose else (first,)


def draw(lines: Rows = (), axes: Rows = (), *, room: int = 99) -> Any:
    """Draw each trial as a line through its hyperparameters; the best tenth in colour, their middle half as a bar.

    Parameters
    ----------
    lines, axes
        Rows of the view of this name.
    room
        Draw so many axes at most, the most important ones; the dashboard sets the signal of this name.
    """
    import altair as alt

    base = chart("lines", lines).transform_filter("datum.position < room")
    every = chart("axes", axes)
    ends = every.transform_filter("datum.position < room")
    hidden = every.transform_aggregate(axes="count()").transform_filter("datum.axes > room")
    more = hidden.transform_calculate(text="(datum.axes - room) + ' more settings where there is room'")
    x = alt.X("position:Q", axis=None, scale=alt.Scale(nice=False, padding=44))
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.28, 1.1], nice=False))
    tooltip = [
        alt.Tooltip("trial:Q"),
        alt.Tooltip("label:N"),
        alt.Tooltip("text:N", title="value"),
        alt.Tooltip("score:Q", format=".4~g"),
    ]
    drawn = [
        ends.transform_calculate(foot="0", top="1")
        .mark_rule(color=alt.expr("hairline"), strokeWidth=1)
        .encode(x=x, y=alt.Y("foot:Q", axis=None), y2="top:Q"),
        base.transform_filter("!datum.good")
        .mark_line(color=alt.expr("faint"), opacity=0.16, strokeWidth=1)
        .encode(x=x, y=y, detail="trial:N", order="position:Q"),
        base.transform_filter("datum.good")
        .mark_line(color=alt.expr("hue_a"), opacity=0.4, strokeWidth=1.4)
        .encode(x=x, y=y, detail="trial:N", order="position:Q", tooltip=tooltip),
        base.transform_filter("datum.rank === 1")
        .mark_line(color=alt.expr("ink"), strokeWidth=2)
        .encode(x=x, y=y, order="position:Q", tooltip=tooltip),
        ends.transform_filter("isValid(datum.good_low)")
        .mark_rule(color=alt.expr("hue_a"), strokeWidth=7, opacity=0.55, strokeCap="round")
        .encode(x=x, y=alt.Y("good_low:Q", axis=None), y2="good_high:Q"),
        *halo(_at(ends, "1.03").encode(x=x, y=y), alt.Text("high:N"), colour="faint", baseline="bottom"),
        *halo(_at(ends, "-0.03").encode(x=x, y=y), alt.Text("low:N"), colour="faint", baseline="top"),
        _at(ends, "-0.14")
        .transform_calculate(words="split(datum.label, ' ')")
        .transform_calculate(
            text="length(datum.words) > 1 ? [join(slice(datum.words, 0, ceil(length(datum.words) / 2)), ' '),"
            " join(slice(datum.words, ceil(length(datum.words) / 2)), ' ')] : [datum.label]"
        )
        .mark_text(baseline="top", fontSize=10, fontWeight=600, color=alt.expr("ink"), limit=110, lineHeight=13)
        .encode(x=x, y=y, text="text:N"),
        more.mark_text(align="right", baseline="bottom", fontSize=11, color=alt.expr("faint")).encode(
            x=alt.value(alt.expr("width")), y=alt.value(alt.expr("height")), text="text:N"
        ),
    ]
    return finished(drawn, (640, 300), room=room)


def _at(base: Any, place: str) -> Any:
    """Return a chart whose marks are at one height."""
    return base.transform_calculate(place=place)


VIEW = ViewDefinition(
    name="parallel",
    level=Level.SEARCH,
    question="What do the best trials have in common?",
    summary="Return each trial as a line through its hyperparameters, and where the best trials agree.",
    options=(MODEL_FAMILY,),
    worker=False,
    compute=compute,
    charts={"parallel": draw},
    concept=Concept(
        "parallel_coordinates",
        "Parallel coordinates",
        "Each hyperparameter is a vertical axis and each trial a line through its values. Where the lines of good "
        "trials run together they agree; where they spread, the hyperparameter matters little.",
    ),
)
