"""How good a model is: charts of the views of performance, threshold, slices and comparison."""

from __future__ import annotations

from typing import Any

from hitl_widget.charts.parts import Rows, across, along, chart, finished, halo, hue, hues_of

__all__ = [
    "confusion",
    "models",
    "reliability",
    "residual_bands",
    "roc_pr",
    "sessions",
    "slices",
    "threshold",
]

_WHOLE = (0, 1)


def confusion(cells: Rows = ()) -> Any:
    """Draw which class is taken for which: the share of each truth as a shade, the rows as numbers.

    Parameters
    ----------
    cells
        Rows of the view ``confusion``.
    """
    import altair as alt

    base = chart("cells", cells)
    x = alt.X("predicted:N", sort=alt.SortField("column"), title="taken for", axis=_names(orient="top"))
    y = alt.Y("truth:N", sort=alt.SortField("row"), title="truth", axis=_names())
    shade = alt.Opacity("share:Q", scale=alt.Scale(domain=_WHOLE, range=[0.08, 0.8]), legend=None)
    tooltip = [alt.Tooltip("truth:N"), alt.Tooltip("predicted:N", title="taken for"), alt.Tooltip("rows:Q", format=",")]
    tooltip.append(alt.Tooltip("share:Q", title="of its rows", format=".1%"))
    squares = base.mark_rect(cornerRadius=3, color=hue("datum.right", "hue_a", "hue_b"))
    drawn = [squares.encode(x=x, y=y, opacity=shade, tooltip=tooltip)]
    place = base.encode(x=x, y=y)
    drawn += halo(place, alt.Text("rows:Q", format=","), fontSize=12, fontWeight=600, dy=-6)
    drawn += halo(place, alt.Text("share:Q", format=".0%"), dy=9)
    return finished(drawn, (380, 280))


def _names(**more: Any) -> Any:
    import altair as alt

    return alt.Axis(ticks=False, domain=False, labelAngle=0, labelLimit=120, titleFontWeight="normal", **more)


def roc_pr(roc: Rows = (), pr: Rows = ()) -> Any:
    """Draw true against false positive rates, and precision against recall; parameters: rows of the view ``roc_pr``."""
    import altair as alt

    ends: Any = alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])  # type: ignore[no-untyped-call]
    scale = alt.Scale(domain=_WHOLE)
    guess = (
        alt.Chart(ends).mark_line(color=alt.expr("faint"), strokeWidth=1, strokeDash=[2, 4]).encode(x="x:Q", y="y:Q")
    )
    panels = []
    titles = (("false alarms among the others", "found"), ("found", "right among those pointed at"))
    for name, rows, (across_title, up_title) in (("roc", roc, titles[0]), ("pr", pr, titles[1])):
        base = chart(name, rows)
        lines = base.mark_line(strokeWidth=2, strokeJoin="round").encode(
            x=along("x:Q", across_title, scale=scale, axis={"format": ".0%"}),
            y=across("y:Q", up_title, scale=scale, axis={"format": ".0%"}),
            order="order:Q",
            color=hues_of("curve"),
            strokeDash=alt.condition("datum.curve === 'mean'", alt.value([5, 3]), alt.value([1, 0])),
        )
        panels.append(alt.layer(*([guess, lines] if name == "roc" else [lines])).properties(width=230, height=220))
    return finished(alt.hconcat(*panels, spacing=24), None)


def reliability(bins: Rows = ()) -> Any:
    """Draw how often it happened against what was said, with intervals and the rows of each bin below.

    Parameters
    ----------
    bins
        Rows of the view ``calibration``.
    """
    import altair as alt

    base, scale = chart("bins", bins), alt.Scale(domain=_WHOLE)
    x = along("predicted:Q", "probability that was given", scale=scale, axis={"format": ".0%"})
    y = across("share:Q", "share that came true", scale=scale, axis={"format": ".0%"})
    ends: Any = alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])  # type: ignore[no-untyped-call]
    true = alt.Chart(ends).mark_line(color=alt.expr("faint"), strokeWidth=1, strokeDash=[2, 4]).encode(x="x:Q", y="y:Q")
    tooltip = [
        alt.Tooltip("predicted:Q", title="given", format=".1%"),
        alt.Tooltip("share:Q", title="came true", format=".1%"),
        alt.Tooltip("rows:Q", format=","),
    ]
    most = base.transform_joinaggregate(most="max(rows)").transform_calculate(bar="0.12 * datum.rows / datum.most")
    off = "datum.predicted < datum.low || datum.predicted > datum.high"
    drawn = [
        most.mark_bar(color=alt.expr("hairline"), width=9, opacity=0.8).encode(x=x, y=alt.Y("bar:Q", scale=scale)),
        true,
        base.mark_rule(color=alt.expr("hue_a"), opacity=0.5, strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_line(color=alt.expr("hue_a"), strokeWidth=1.5, opacity=0.6).encode(x=x, y=y),
        base.mark_point(filled=True, size=55, opacity=1, color=hue(off, "hue_b", "hue_a")).encode(
            x=x, y=y, tooltip=tooltip
        ),
    ]
    return finished(drawn, (380, 280))


def residual_bands(points: Rows = (), bins: Rows = ()) -> Any:
    """Draw errors against predictions, with their mean and their middle half in tenths.

    Parameters
    ----------
    points, bins
        Rows of the view ``residuals``.
    """
    import altair as alt

    dots, bands = chart("points", points), chart("bins", bins)
    scale = alt.Scale(zero=False, nice=False, padding=8)
    x = along("x:Q", "predicted", scale=scale)
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(color=alt.expr("faint"), strokeDash=[4, 3])  # type: ignore[no-untyped-call]
    tooltip = [
        alt.Tooltip("x:Q", title="predicted", format=",.4~g"),
        alt.Tooltip("mean:Q", title="mean error", format=",.3~g"),
    ]
    drawn = [
        bands.mark_area(color=alt.expr("hue_a"), opacity=0.14, interpolate="monotone").encode(
            x=x, y=alt.Y("quarter:Q"), y2="three_quarters:Q"
        ),
        zero.encode(y=alt.datum(0)),
        dots.mark_point(filled=True, size=18, opacity=0.35, color=alt.expr("hue_a")).encode(
            x=x, y=across("y:Q", "truth less prediction")
        ),
        bands.mark_rule(color=alt.expr("ink"), strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        bands.mark_line(color=alt.expr("ink"), strokeWidth=1.5, interpolate="monotone").encode(x=x, y=alt.Y("mean:Q")),
        bands.mark_point(filled=True, size=40, color=alt.expr("ink"), opacity=1).encode(
            x=x, y=alt.Y("mean:Q"), tooltip=tooltip
        ),
    ]
    return finished(drawn)


def threshold(costs: Rows = (), marks: Rows = ()) -> Any:
    """Draw the cost at each threshold, with the best and the present one.

    Parameters
    ----------
    costs, marks
        Rows of the view ``threshold``.
    """
    import altair as alt

    base, named = chart("costs", costs), chart("marks", marks)
    scale = alt.Scale(domain=_WHOLE)
    x = along("threshold:Q", "yes is said from this probability on", scale=scale)
    y = across("cost:Q", "cost per 100 rows", scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("threshold:Q", format=".2f"),
        alt.Tooltip("cost:Q", format=".3~g"),
        alt.Tooltip("false_alarms:Q", title="false alarms", format=".1%"),
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


def slices(slices: Rows = ()) -> Any:
    """Draw the groups that err most, the worst above, with intervals and the line of all rows.

    Parameters
    ----------
    slices
        Rows of the view ``slices``.
    """
    import altair as alt

    base = chart("slices", slices)
    x = along("error:Q", "errors in the group", scale=alt.Scale(zero=True), axis={"format": ".3~g"})
    wrapped = "length(datum.label) > 26 ? split(datum.label, ' and ') : datum.label"
    axis = _wide_names(labelExpr=wrapped, labelLineHeight=13)
    y = alt.Y("label:N", sort=alt.SortField("low", order="descending"), title=None, axis=axis)
    colour = hue("datum.certain", "hue_b", "faint")
    tooltip = [
        alt.Tooltip("label:N", title="where"),
        alt.Tooltip("rows:Q", format=","),
        alt.Tooltip("error:Q", title="errors", format=".3~g"),
        alt.Tooltip("overall:Q", title="over all", format=".3~g"),
    ]
    drawn = [
        base.mark_rule(color=alt.expr("faint"), strokeDash=[4, 3]).encode(x=alt.X("mean(overall):Q")),
        base.mark_rule(strokeWidth=3, opacity=0.4, color=colour).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_point(filled=True, size=70, opacity=1, color=colour).encode(x=x, y=y, tooltip=tooltip),
    ]
    return finished(drawn, (560, 300))


def _wide_names(**more: Any) -> Any:
    import altair as alt

    return alt.Axis(ticks=False, domain=False, labelLimit=320, labelPadding=8, labelColor=alt.expr("ink"), **more)


def models(models: Rows = ()) -> Any:
    """Draw by how much the chosen model leads each other, with the interval and the line of no lead.

    Parameters
    ----------
    models
        Rows of the view ``baselines``.
    """
    import altair as alt

    base = chart("models", models).transform_filter("isValid(datum.gap)")
    y = alt.Y("name:N", sort=alt.SortField("gap", order="ascending"), title=None, axis=_wide_names())
    colour = hue("!datum.decided", "faint", "datum.gap > 0 ? machine : hue_b")
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(color=alt.expr("faint"), strokeDash=[4, 3])  # type: ignore[no-untyped-call]
    tooltip = [alt.Tooltip("name:N"), alt.Tooltip("said:N", title="says")]
    drawn = [
        zero.encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=3, opacity=0.4, color=colour).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=colour).encode(
            x=along("gap:Q", "lead of the chosen model in score", axis={"format": "+.3~g"}), y=y, tooltip=tooltip
        ),
    ]
    return finished(drawn, (560, 180))


def sessions(sessions: Rows = ()) -> Any:
    """Draw the best score of each session with its spread over folds.

    Parameters
    ----------
    sessions
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("sessions", sessions).transform_filter("isValid(datum.shown) && datum.comparable")
    base = base.transform_calculate(low="datum.shown - (datum.std || 0)", high="datum.shown + (datum.std || 0)")
    y = alt.Y("name:N", sort=alt.SortField("score", order="descending"), title=None, axis=_wide_names())
    x = along("shown:Q", "best score, ± spread over folds", scale=alt.Scale(zero=False, padding=12))
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("model:N"),
        alt.Tooltip("trials:Q", format=","),
        alt.Tooltip("said:N", title="says"),
    ]
    drawn = [
        base.mark_rule(strokeWidth=3, opacity=0.4, color=alt.expr("hue_a")).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=alt.expr("hue_a")).encode(x=x, y=y, tooltip=tooltip),
    ]
    return finished(drawn, (560, 160))
