"""Is it still improving? Score of every trial over the search, with the best so far and the baselines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hitl_widget.charts.theme import LIGHT, colour_of, configure

if TYPE_CHECKING:
    import altair as alt

__all__ = ["COLUMNS", "progress"]

COLUMNS = ("number", "finished_at", "score", "std", "family", "colour", "own", "baseline", "label")
"""Fields of a record. ``score``: greater is better. ``own``: the person proposed it. ``baseline``: it is one of the baselines."""

_DATASET = "trials"
_REACH = 1.5


def progress(
    rows: Iterable[Mapping[str, Any]] | Any = (),
    *,
    metric_label: str = "score",
    sign: int = 1,
    by_time: bool = False,
    legend: bool = True,
) -> alt.LayerChart:
    """Draw the score of every finished trial, the best so far, and the baselines.

    The vertical scale follows the good trials: it reaches down to 1.5 times the distance between the best and the lower
    quartile, and to the best baseline. Trials below that stand as triangles on the lower edge.

    Parameters
    ----------
    rows
        Records (or a data frame) with the fields of `COLUMNS`; ``colour``, ``own``, ``baseline`` and ``label`` may be missing.
    metric_label
        Name of the metric, for the axis of a stand-alone chart.
    sign
        ``Metric.sign``: 1 when people read the score itself, -1 when they read its negative.
    by_time
        Place trials by the second they finished instead of by their number.
    legend
        False for the dashboard, which brings its own legend and colours.

    Returns
    -------
    altair.LayerChart
        The parameters ``sign``, ``by_time`` and the colours can be changed in the browser without a new chart.
    """
    import altair as alt

    records = _records(rows)
    families = list(dict.fromkeys(record["family"] for record in records if not record["baseline"]))
    colours = {record["family"]: record["colour"] for record in records}
    data = alt.Data(values=records, name=_DATASET) if records else alt.Data(name=_DATASET)
    params = [
        alt.param(name="sign", value=sign),
        alt.param(name="by_time", value=by_time),
        *(alt.param(name=name, value=value) for name, value in LIGHT.items()),
    ]
    base = _transformed(alt.Chart(data))
    x = alt.X("x:Q", title=None, scale=alt.Scale(zero=False, nice=False, padding=10), axis=_x_axis(alt))
    y = alt.Y("y:Q", title=None if not legend else metric_label, scale=alt.Scale(zero=False, padding=8), axis=_y_axis(alt))
    shape = alt.Shape("edge:N", legend=None, scale=alt.Scale(domain=[False, True], range=["circle", "triangle-down"]))
    if legend:
        scale = alt.Scale(domain=families, range=[colours[family] for family in families])
        colour: Any = alt.Color("family:N", scale=scale, legend=alt.Legend(title=None, orient="bottom"))
    else:
        colour = alt.Color("colour:N", scale=None, legend=None)

    rules = base.transform_filter("datum.baseline && datum.score >= datum.floor")
    rule = rules.mark_rule(strokeDash=[4, 3], color=alt.expr("faint"), clip=True).encode(y=y)
    rule_label = rules.transform_calculate(text="datum.label + ' ' + format(datum.value, '.3~f')").mark_text(
        align="left", baseline="bottom", dx=4, dy=-2, fontSize=11, color=alt.expr("faint"), limit=220
    )
    rule_label = rule_label.encode(x=alt.value(0), y=y, text="text:N")
    line = base.mark_line(interpolate="step-after", strokeWidth=1.5, color=alt.expr("ink"), strokeJoin="round")
    line = line.encode(x=x, y=alt.Y("best:Q"), order="x:Q")
    points = base.mark_point(filled=True, size=42, opacity=1, cursor="pointer")
    points = points.encode(x=x, y=y, color=colour, shape=shape, tooltip=_tooltip(alt))
    rings = base.transform_filter("datum.own").mark_point(
        size=150, filled=False, strokeWidth=1.8, stroke=alt.expr("you"), fillOpacity=0, cursor="pointer"
    )
    rings = rings.encode(x=x, y=y, tooltip=_tooltip(alt))
    chart = alt.layer(rule, line, points, rings, rule_label).add_params(*params)
    return configure(chart.properties(width=560, height=240))


def _transformed(chart: alt.Chart) -> alt.Chart:
    """Place the trials, follow the best, and cut the scale where the bad ones begin."""
    return (
        chart.transform_filter("isValid(datum.score)")
        .transform_calculate(x="by_time ? datum.finished_at : datum.number", searched="datum.baseline ? null : datum.score")
        .transform_calculate(base="datum.baseline ? datum.score : null")
        .transform_window(peak="max(score)", frame=[None, 0], sort=[{"field": "x"}])
        .transform_joinaggregate(
            low="min(score)", high="max(score)", quarter="q1(searched)", top="max(searched)", reference="max(base)"
        )
        .transform_calculate(
            cut=(
                "isValid(datum.quarter) && datum.top > datum.quarter"
                f" ? datum.quarter - {_REACH} * (datum.top - datum.quarter) : datum.low"
            )
        )
        .transform_calculate(
            floor="max(datum.low, isValid(datum.reference) ? min(datum.cut, datum.reference) : datum.cut)"
        )
        .transform_calculate(
            value="sign * datum.score",
            edge="datum.score < datum.floor",
            y="sign * max(datum.score, datum.floor)",
            best="sign * max(datum.peak, datum.floor)",
        )
    )


def _x_axis(alt: Any) -> Any:
    label = "by_time ? (datum.value >= 120 ? format(datum.value / 60, '.3~r') + ' min' : datum.label + ' s') : datum.label"
    return alt.Axis(grid=False, ticks=False, domain=False, tickCount=6, tickMinStep=1, labelExpr=label, labelFlush=True)


def _y_axis(alt: Any) -> Any:
    return alt.Axis(ticks=False, domain=False, tickCount=5, labelPadding=8)


def _tooltip(alt: Any) -> list[Any]:
    return [
        alt.Tooltip("number:Q", title="trial"),
        alt.Tooltip("family:N", title="model"),
        alt.Tooltip("value:Q", title="score", format=".4~f"),
        alt.Tooltip("std:Q", title="±", format=".2~g"),
    ]


def _records(rows: Any) -> list[dict[str, Any]]:
    found = rows.to_dict("records") if hasattr(rows, "to_dict") else [dict(row) for row in rows]
    return [_record(row) for row in found if row.get("score") is not None]


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    baseline = bool(row.get("baseline", False))
    return {
        "number": int(row["number"]),
        "finished_at": _number(row.get("finished_at")),
        "score": _number(row["score"]),
        "std": _number(row.get("std")),
        "family": str(row["family"]),
        "colour": row.get("colour") or colour_of("base" if baseline else str(row["family"])),
        "own": bool(row.get("own", row.get("proposed_by") == "you")),
        "baseline": baseline,
        "label": str(row.get("label") or row["family"]),
    }


def _number(value: Any) -> float | None:
    """Give a float that JSON can hold: not a NumPy scalar, and none for NaN."""
    if value is None or value != value:
        return None
    return float(value)
