"""Is it still improving? Score of every trial over the search, with the best so far and the baselines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hitl_widget.charts.theme import LIGHT, colour_of, configure

__all__ = ["COLUMNS", "STEERS", "AxisBreak", "axis_break", "progress"]

COLUMNS = ("number", "finished_at", "score", "std", "family", "colour", "own", "baseline", "outside", "past", "label")
"""Fields of a record. ``score``: greater is better. ``own``: proposed by the user. ``baseline``: one of the baselines.
``outside``: outside today's space, drawn fainter. ``past``: 0 for a trial of today's data, or the number of another
view of the data: each view has its own best so far."""
STEERS = ("first", "elapsed", "author", "text", "level")
"""Fields of a change of the space. ``first``: trials begun before it. ``text``: what stands beside its line, "" for
nothing. ``level``: line of text above the plot, from below, so that neighbors do not overlap."""

_DATASET = "trials"
_CHANGES = "steers"

_GAIN = 4
"""An axis is broken if the trials above the break get at least this many times the room."""
_UPPER, _LOWER = 0.13, 0.27
"""Where the trials below the break lie, as shares of the height above it: the room before them is for the text."""


@dataclass(frozen=True, slots=True)
class AxisBreak:
    """An axis that is linear down to ``floor`` and compressed from there to the lowest score."""

    floor: float
    low: float
    high: float
    count: int
    """Trials below ``floor``."""

    def text(self, sign: int) -> str:
        """Return the words that stand at the break."""
        side = "below" if sign > 0 else "above"
        trials = "1 trial" if self.count == 1 else f"{self.count:,} trials"
        return f"{trials} {side} {_number(sign * self.floor)}, not to scale"


def axis_break(records: Iterable[Mapping[str, Any]]) -> AxisBreak | None:
    """Return where the axis breaks so that the best tenth of the trials can be told apart; None for a whole axis.

    The part above the break holds four times the spread of the best tenth, at least the better half of the trials on
    today's data, and the best baseline if that is near. The dashboard has the same rule (``axisBreak`` in
    ``js/src/panels/overview/progress.ts``).
    """
    rows = list(records)
    searched = sorted(row["score"] for row in rows if not row.get("baseline") and not row.get("past"))
    if not searched:
        return None
    scores = [row["score"] for row in rows]
    low, high, top = min(scores), max(scores), searched[-1]
    floor = min(searched[(len(searched) - 1) // 2], top - 4 * (top - _quantile(searched, 0.9)), top - (top - low) / 50)
    named = max((row["score"] for row in rows if row.get("baseline")), default=low)
    if top - named <= 2 * (top - floor):
        floor = min(floor, named)
    floor -= (top - floor) / 20
    if top - low <= _GAIN * (top - floor):
        return None
    return AxisBreak(floor, low, high, sum(score < floor for score in scores))


def _quantile(ordered: list[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = ordered[math.floor(place)]
    return below + (place % 1) * (ordered[math.ceil(place)] - below)


def _number(value: float) -> str:
    """Return a value with the digits of the list of trials."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 1000 else f"{value:.{1 if size >= 100 else 2 if size >= 10 else 4}f}"


def progress(
    rows: Iterable[Mapping[str, Any]] | Any = (),
    *,
    steers: Iterable[Mapping[str, Any]] = (),
    metric_label: str = "score",
    sign: int = 1,
    by_time: bool = False,
    legend: bool = True,
) -> Any:
    """Draw the score of every finished trial, the best so far, and the baselines.

    The best so far starts again where the data changed; the lines of earlier data are gray.

    The vertical axis shows the best tenth of the trials well. Where early or failed trials would stretch it, the axis
    breaks: trials beyond the break stand in a compressed band that states their number.

    Parameters
    ----------
    rows
        Records (or a data frame) with the fields of `COLUMNS`; all but ``number``, ``score`` and ``family`` may be
        missing.
    steers
        Records with the fields of `STEERS`: a dashed line where the user (violet) or the search (teal) changed the
        search space.
    metric_label
        Name of the metric, for the axis of a stand-alone chart.
    sign
        ``Metric.sign``: 1 if the score itself is displayed, -1 if its negative is.
    by_time
        Place trials by the second they finished instead of by their number.
    legend
        False for the dashboard, which names the families beside the chart and sets colors and break itself.

    Returns
    -------
    altair.LayerChart
        The parameters (sign, axis, break and colors) can be changed in the browser without a new chart.
    """
    import altair as alt

    records = _records(rows)
    data: Any = alt.Data(values=records, name=_DATASET) if records else alt.Data(name=_DATASET)  # type: ignore[no-untyped-call]
    base = _transformed(alt.Chart())
    x = alt.X("x:Q", title=None, scale=alt.Scale(zero=False, nice=False, padding=10), axis=_x_axis())
    y = alt.Y("y:Q", title=metric_label if legend else None, scale=alt.Scale(zero=False, padding=8), axis=_y_axis())
    line: dict[str, Any] = {"interpolate": "step-after", "strokeWidth": 1.5, "strokeJoin": "round"}
    today = base.transform_filter("isValid(datum.peak) && datum.past === 0 && !(datum.x < datum.first)").mark_line(
        **line, color=alt.expr("ink")
    )
    before = base.transform_filter("datum.past !== 0").mark_line(**line, color=alt.expr("faint"), opacity=0.6)
    best = alt.Y("best:Q")
    rule, names = _baselines(base, y)
    points = base.mark_circle(size=42, opacity=alt.expr("datum.outside ? 0.5 : 1"), cursor="pointer")
    rings = base.transform_filter("datum.own").mark_point(
        size=150, filled=False, strokeWidth=1.8, stroke=alt.expr("you"), fillOpacity=0, cursor="pointer"
    )
    broken = axis_break(records)
    chart = alt.layer(
        *_broken(y),
        rule,
        *_changes(list(steers), x),
        before.encode(x=x, y=best, order="x:Q", detail="past:N"),
        today.encode(x=x, y=best, order="x:Q"),
        *names,
        points.encode(
            x=x,
            y=y,
            color=_colour(records, legend),
            tooltip=_tooltip(),
        ),
        rings.encode(x=x, y=y, tooltip=_tooltip()),
        data=data,
    )
    chart = chart.add_params(
        alt.param(name="sign", value=sign),
        alt.param(name="by_time", value=by_time),
        alt.param(name="floor", value=None if broken is None else broken.floor),
        alt.param(name="low", value=0 if broken is None else broken.low),
        alt.param(name="high", value=0 if broken is None else broken.high),
        alt.param(name="break_text", value="" if broken is None else broken.text(sign)),
        alt.param(name="upper", value=_UPPER),
        alt.param(name="lower", value=_LOWER),
        *(alt.param(name=name, value=value) for name, value in LIGHT.items()),
    )
    size = alt.AutoSizeParams(type="fit", contains="padding", resize=True)
    return configure(chart.properties(width=640, height=280, autosize=size))


def _baselines(base: Any, y: Any) -> tuple[Any, list[Any]]:
    """Return a rule for each baseline, and its name on a halo of paper, which goes above the lines.

    The name is on the worse side of its rule, at the right, away from the line of the best score; that of the worst
    baseline, which is at the edge of the chart, is on the better side, at the left.
    """
    import altair as alt

    rules = base.transform_filter("datum.baseline")
    named = rules.transform_joinaggregate(worst="min(score)").transform_calculate(
        text="datum.label + ' ' + (abs(datum.value) < 1000 ? format(datum.value, '.3~r') : format(datum.value, ',.0f'))"
    )
    paper, faint = alt.expr("paper"), alt.expr("faint")
    names = []
    for worst in (False, True):
        some = named.transform_filter(f"(datum.score > datum.worst) === {str(not worst).lower()}")
        place: Any = {
            "baseline": "middle",
            "fontSize": 11,
            "limit": 220,
            "dy": alt.expr(f"{-9 if worst else 9} * sign"),
        }
        place |= {"align": "left", "dx": 8} if worst else {"align": "right", "dx": -2}
        halo = some.mark_text(**place, color=paper, stroke=paper, strokeWidth=4, strokeJoin="round")
        x = alt.value(0) if worst else alt.value("width")
        names += [one.encode(x=x, y=y, text="text:N") for one in (halo, some.mark_text(**place, color=faint))]
    rule = rules.mark_rule(strokeDash=[4, 3], color=faint, clip=True).encode(y=y)
    return rule, names


def _broken(y: Any) -> list[Any]:
    """Return the band beyond the break of the axis, with its text, and the break."""
    import altair as alt

    base = alt.Chart(alt.Data(values=[{}])).transform_filter("isValid(floor)").transform_calculate(y="sign * floor")  # type: ignore[no-untyped-call]
    faint = alt.expr("faint")
    far: Any = alt.Y2Value(alt.expr("sign > 0 ? height : 0"))  # type: ignore[no-untyped-call]
    band = base.mark_rect(color=alt.expr("hairline"), opacity=0.45).encode(
        x=alt.value(0), x2=alt.value("width"), y=y, y2=far
    )
    edge = base.mark_rule(color=faint, strokeDash=[1, 3]).encode(y=y)
    zigzag = base.mark_point(shape="M-1,0.3L-0.4,-0.7L0.4,0.7L1,-0.3", size=90, stroke=faint, strokeWidth=1.4).encode(
        x=alt.value(0), y=y
    )
    place: Any = {"align": "left", "baseline": "middle", "dx": 8, "fontSize": 11, "dy": alt.expr("10 * sign")}
    text = base.mark_text(**place, color=faint, limit=alt.expr("width - 12")).encode(
        x=alt.value(0), y=y, text=alt.value(alt.expr("break_text"))
    )
    return [band, edge, zigzag, text]


def _changes(steers: list[Mapping[str, Any]], x: Any) -> list[Any]:
    """Draw a dashed line at each change of the space, with its title on the side that has room."""
    import altair as alt

    data: Any = alt.Data(values=[dict(one) for one in steers], name=_CHANGES) if steers else alt.Data(name=_CHANGES)  # type: ignore[no-untyped-call]
    base = alt.Chart(data).transform_calculate(x="by_time ? datum.elapsed : datum.first - 0.5")
    hue = alt.expr("datum.author === 'you' ? you : machine")
    named = base.transform_filter("datum.text !== ''")
    place: Any = {"baseline": "bottom", "fontSize": 11}
    place["limit"] = alt.expr("min(420, max(scale('x', datum.x), width - scale('x', datum.x)))")
    place["align"] = alt.expr("scale('x', datum.x) > width / 2 ? 'right' : 'left'")
    place["dy"] = alt.expr("-3 - 14 * datum.level")
    return [
        base.mark_rule(strokeDash=[3, 3], color=hue).encode(x=x),
        named.mark_text(**place, color=hue).encode(x=x, y=alt.value(0), text="text:N"),
    ]


def _colour(records: list[dict[str, Any]], legend: bool) -> Any:
    """Colour by family: with a legend, or as the records say."""
    import altair as alt

    if not legend:
        return alt.Color("colour:N", scale=None, legend=None)
    colours = {record["family"]: record["colour"] for record in records}
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("family:N", scale=scale, legend=alt.Legend(title=None, orient="bottom"))


def _transformed(chart: Any) -> Any:
    """Place the trials, and follow the best."""
    return (
        chart.transform_filter("isValid(datum.score)")
        .transform_calculate(
            x="by_time ? datum.finished_at : datum.number",
            counted="datum.outside && datum.past === 0 ? null : datum.score",
            begins="datum.baseline || datum.past !== 0 ? null : by_time ? datum.finished_at : datum.number",
        )
        .transform_window(peak="max(counted)", frame=[None, 0], sort=[{"field": "x"}], groupby=["past"])
        .transform_joinaggregate(views="max(past)", start="min(begins)")
        .transform_calculate(first="datum.views > 0 ? datum.start : null")
        .transform_calculate(
            value="sign * datum.score",
            y=f"sign * ({_compressed('datum.score')})",
            best=f"sign * ({_compressed('datum.peak')})",
        )
    )


def _compressed(score: str) -> str:
    """Return the expression of a score's place: scores below the break are compressed into the band."""
    share = f"(upper + (lower - upper) * (floor - {score}) / (floor - low))"
    return f"!isValid(floor) || {score} >= floor ? {score} : floor - (high - floor) * {share}"


def _x_axis() -> Any:
    import altair as alt

    label = (
        "!by_time ? (datum.index === 0 ? 'trial ' : '') + datum.label : datum.value < 60 ? datum.label + ' s'"
        " : floor(datum.value / 60) + ' min' + (datum.value % 60 ? ' ' + round(datum.value % 60) + ' s' : '')"
    )
    return alt.Axis(grid=False, ticks=False, domain=False, tickCount=6, tickMinStep=1, labelExpr=label, labelFlush=True)


def _y_axis() -> Any:
    import altair as alt

    beyond = "isValid(floor) && sign * datum.value < floor"
    grid = alt.expr(f"{beyond} ? 0 : 1")
    label = f"{beyond} ? '' : datum.label"
    return alt.Axis(ticks=False, domain=False, tickCount=5, labelPadding=8, labelExpr=label, gridOpacity=grid)


def _tooltip() -> list[Any]:
    import altair as alt

    return [
        alt.Tooltip("number:Q", title="trial"),
        alt.Tooltip("family:N", title="model"),
        alt.Tooltip("value:Q", title="score", format=".4~f"),
        alt.Tooltip("std:Q", title="SD over folds", format=".2~g"),
    ]


def _records(rows: Any) -> list[dict[str, Any]]:
    found = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    present = ({name: value for name, value in row.items() if not _missing(value)} for row in found)
    return [_record(row) for row in present if "score" in row]


def _missing(value: Any) -> bool:
    """Tell None and NaN, which frames put where a record has nothing."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    family = str(row["family"])
    return {
        "number": int(row["number"]),
        "finished_at": float(row["finished_at"]) if "finished_at" in row else None,
        "score": float(row["score"]),
        "std": float(row["std"]) if "std" in row else None,
        "family": family,
        "colour": row.get("colour") or colour_of(family),
        "own": bool(row.get("own", row.get("proposed_by") == "you")),
        "baseline": bool(row.get("baseline", False)),
        "outside": bool(row.get("outside", False)),
        "past": int(row.get("past", 0)),
        "label": str(row.get("label", family)),
    }
