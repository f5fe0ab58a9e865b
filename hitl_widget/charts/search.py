"""What the search found out: charts of importance, effects, interactions, the way to the best and its course."""

from __future__ import annotations

from typing import Any

from hitl_widget.charts.parts import Rows, across, along, chart, finished, halo, hue, rows_of

__all__ = ["ablation", "course", "effects", "importance", "interactions", "surface", "winner"]


def _names(**more: Any) -> Any:
    import altair as alt

    return alt.Axis(ticks=False, domain=False, labelLimit=240, labelPadding=8, labelColor=alt.expr("ink"), **more)


def importance(importance: Rows = ()) -> Any:
    """Draw the share of each hyperparameter in what decides the score; other objectives as points on the same line.

    Parameters
    ----------
    importance
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("importance", importance)
    order = alt.EncodingSortField("position", op="min", order="ascending")
    y = alt.Y("label:N", sort=order, title=None, axis=_names())
    x = along("share:Q", "share in what makes a trial good", axis={"format": ".0%"})
    tooltip = [
        alt.Tooltip("objective_label:N", title="by"),
        alt.Tooltip("label:N"),
        alt.Tooltip("share:Q", format=".0%"),
    ]
    shapes = alt.Shape("objective_label:N", legend=alt.Legend(title=None, orient="bottom"))
    bars = base.transform_filter("datum.objective === 'score'").mark_bar(
        cornerRadius=2, color=alt.expr("hue_a"), opacity=0.85, height=alt.RelativeBandSize(0.6)
    )
    dots = base.transform_filter("datum.objective !== 'score'").mark_point(
        size=50, strokeWidth=1.8, color=alt.expr("hue_b"), filled=False
    )
    drawn = [bars.encode(x=x, y=y, tooltip=tooltip), dots.encode(x=x, y=y, shape=shapes, tooltip=tooltip)]
    return finished(drawn, (460, 240))


def effects(curves: Rows = ()) -> Any:
    """Draw the score along each hyperparameter with its interval; where hardly anybody looked, the ground is hatched.

    The strip at the foot shows where the trials lie.

    Parameters
    ----------
    curves
        Rows of the view of this name.
    """
    import altair as alt

    base: Any = alt.Chart()
    x = alt.X("at:Q", scale=alt.Scale(domain=[-0.02, 1.02], nice=False), axis=None)
    scale = alt.Scale(zero=False, padding=4)
    y = across("y:Q", None, scale=scale, axis={"tickCount": 4})
    tooltip = [
        alt.Tooltip("text:N", title="value"),
        alt.Tooltip("y:Q", title="score", format=".4~g"),
        alt.Tooltip("low:Q", format=".4~g"),
        alt.Tooltip("high:Q", format=".4~g"),
        alt.Tooltip("trials:Q", title="trials near", format=","),
    ]
    counted = base.transform_joinaggregate(most="max(trials)", groupby=["parameter"]).transform_calculate(
        crowd="0.05 + 0.85 * datum.trials / max(1, datum.most)"
    )
    numbers, choices = "isValid(datum.x)", "!isValid(datum.x)"
    band = base.transform_filter(numbers).mark_area(color=alt.expr("hue_a"), opacity=0.16)
    line = base.transform_filter(numbers).mark_line(color=alt.expr("hue_a"), strokeWidth=2)
    ticks = base.transform_filter("datum.tick !== ''")
    layers = [
        base.transform_filter(f"datum.thin && {numbers}")
        .mark_tick(color=alt.expr("hue_b"), opacity=0.16, thickness=9, height=150)
        .encode(x=x),
        band.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        line.encode(x=x, y=y),
        base.transform_filter(choices)
        .mark_rule(strokeWidth=3, opacity=0.4, color=hue("datum.thin", "hue_b", "hue_a"))
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_point(
            filled=True,
            size=alt.expr("isValid(datum.x) ? 14 : 60"),
            opacity=1,
            color=hue("datum.thin", "hue_b", "hue_a"),
        ).encode(x=x, y=y, tooltip=tooltip),
        counted.mark_tick(thickness=7, height=6, color=alt.expr("ink")).encode(
            x=x, y=alt.value(146), opacity=alt.Opacity("crowd:Q", scale=None)
        ),
        ticks.mark_text(
            baseline="top",
            fontSize=11,
            color=alt.expr("faint"),
            align=alt.expr("!isValid(datum.x) || datum.at === 0.5 ? 'center' : datum.at < 0.5 ? 'left' : 'right'"),
        ).encode(x=x, y=alt.value(154), text="tick:N"),
    ]
    title = alt.Header(
        title=None, labelFontSize=12, labelFontWeight=600, labelColor=alt.expr("ink"), labelAnchor="start"
    )
    whole = alt.layer(*layers).properties(width=215, height=150)
    facet = alt.Facet("label:N", header=title, sort=None)
    spacing: Any = {"row": 34, "column": 26}
    facets = whole.facet(facet=facet, data=rows_of("curves", curves), columns=2, spacing=spacing)
    return finished(facets, None)


def interactions(pairs: Rows = ()) -> Any:
    """Draw how much each pair explains beyond its two single effects.

    Parameters
    ----------
    pairs
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("pairs", pairs).transform_calculate(name="datum.one_label + ' × ' + datum.other_label")
    wrapped = "split(replace(datum.label, ' × ', '|× '), '|')"
    axis = _names(labelExpr=wrapped, labelLineHeight=13)
    y = alt.Y("name:N", sort=alt.SortField("share", order="descending"), title=None, axis=axis)
    bars = base.mark_bar(cornerRadius=2, height=alt.RelativeBandSize(0.6), color=hue("datum.sure", "hue_a", "hairline"))
    x = along("share:Q", "share of what hyperparameters explain", axis={"format": ".0%"})
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("sure:N", title="more than noise"),
    ]
    return finished([bars.encode(x=x, y=y, tooltip=tooltip)], (460, 210))


def surface(surface: Rows = ()) -> Any:
    """Draw the score over a pair of hyperparameters; cells without a trial are paler and have no dot.

    Parameters
    ----------
    surface
        Rows of the view ``interactions``.
    """
    import altair as alt

    base = chart("surface", surface)
    axis: Any = {"ticks": False, "domain": False, "labelAngle": 0, "labelOverlap": True}
    x = alt.X("x:N", sort=alt.SortField("column"), title=None, axis=alt.Axis(**axis))
    y = alt.Y("y:N", sort=alt.SortField("row", order="descending"), title=None, axis=alt.Axis(**axis))
    colour = alt.Color(
        "score:Q", scale=alt.Scale(scheme="viridis"), legend=alt.Legend(title=None, format=".3~g", gradientLength=180)
    )
    tooltip = [
        alt.Tooltip("x:N"),
        alt.Tooltip("y:N"),
        alt.Tooltip("score:Q", format=".4~g"),
        alt.Tooltip("trials:Q", format=","),
    ]
    drawn = [
        base.mark_rect(opacity=alt.expr("datum.thin ? 0.45 : 1")).encode(x=x, y=y, color=colour, tooltip=tooltip),
        base.transform_filter("!datum.thin")
        .mark_point(filled=True, color=alt.expr("paper"), opacity=0.9)
        .encode(x=x, y=y, size=alt.Size("trials:Q", scale=alt.Scale(type="sqrt", range=[4, 70]), legend=None)),
    ]
    return finished(drawn, (400, 280))


def ablation(steps: Rows = ()) -> Any:
    """Draw the way from the default to the best: a bar for each change, hollow dots where the score was predicted.

    Parameters
    ----------
    steps
        Rows of the view of this name.
    """
    import altair as alt

    base = (
        chart("steps", steps)
        .transform_window(last="lag(score)", sort=[alt.SortField("step")])
        .transform_calculate(
            name="datum.step === 0 ? 'default' : datum.label + ':  ' + datum.before + ' → ' + datum.after",
            start="isValid(datum.last) ? datum.last : datum.score",
        )
    )
    wrapped = "length(datum.label) > 24 ? split(replace(datum.label, ':  ', ':|'), '|') : datum.label"
    y = alt.Y("name:N", sort=alt.SortField("step"), title=None, axis=_names(labelExpr=wrapped, labelLineHeight=13))
    scale = alt.Scale(zero=False, padding=12)
    x = along("score:Q", "score; hollow where it is predicted", scale=scale)
    up = hue("datum.gain >= 0", "machine", "hue_b")
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("score:Q", format=".4~g"),
        alt.Tooltip("gain:Q", format="+.3~g"),
        alt.Tooltip("error:Q", title="±", format=".2~g"),
    ]
    drawn = [
        base.mark_bar(cornerRadius=2, height=7, opacity=0.45, color=up).encode(
            x=alt.X("start:Q", scale=scale), x2="score:Q", y=y
        ),
        base.mark_point(
            size=60,
            strokeWidth=2,
            opacity=1,
            fillOpacity=1,
            fill=hue("datum.measured", "ink", "paper"),
            stroke=alt.expr("ink"),
        ).encode(x=x, y=y, tooltip=tooltip),
    ]
    return finished(drawn, (560, 330))


def course(trials: Rows = (), acts: Rows = (), *, sign: int = 1) -> Any:
    """Draw the score of every trial in the order in which they ended, the best so far, and each act of steering.

    Parameters
    ----------
    trials, acts
        Rows of the view of this name.
    sign
        -1 where the lower of what people read is better.
    """
    import altair as alt

    base = (
        chart("trials", trials)
        .transform_joinaggregate(quarter="q1(score)", upper="q3(score)", top="max(best)", bottom="min(best)")
        .transform_calculate(
            floor="sign > 0 ? datum.quarter - 1.5 * (datum.top - datum.quarter)"
            " : datum.upper + 1.5 * (datum.upper - datum.bottom)"
        )
        .transform_calculate(
            y="sign > 0 ? max(datum.score, datum.floor) : min(datum.score, datum.floor)",
            best_y="sign > 0 ? max(datum.best, datum.floor) : min(datum.best, datum.floor)",
        )
    )
    x = along("order:Q", "trials that ran to the end", scale=alt.Scale(zero=False, nice=False, padding=10))
    y = across("y:Q", "score", scale=alt.Scale(zero=False, padding=10))
    tooltip = [alt.Tooltip("number:Q", title="trial"), alt.Tooltip("family:N"), alt.Tooltip("score:Q", format=".4~g")]
    marks = chart("acts", acts).transform_filter("!datum.undone")
    marks = marks.transform_window(place="row_number()", sort=[alt.SortField("act", order="descending")])
    who = hue("datum.author === 'you'", "you", "machine")
    line = marks.transform_calculate(at="datum.complete + 0.5").encode(x=alt.X("at:Q"))
    gained = marks.transform_filter("datum.gain > 0 && datum.place <= 4").transform_calculate(
        at="datum.complete + 0.5", text="datum.title + '  +' + format(datum.gain, '.2~g')"
    )
    drawn = [
        line.mark_rule(strokeDash=[3, 3], color=who).encode(
            tooltip=[alt.Tooltip("title:N"), alt.Tooltip("gain:Q", format="+.3~g"), alt.Tooltip("trials:Q")]
        ),
        base.mark_point(filled=True, size=22, opacity=0.5, color=alt.expr("faint")).encode(x=x, y=y, tooltip=tooltip),
        base.transform_filter("datum.own")
        .mark_point(size=70, strokeWidth=1.6, stroke=alt.expr("you"), fillOpacity=0)
        .encode(x=x, y=y, tooltip=tooltip),
        base.mark_line(interpolate="step-after", strokeWidth=2, color=alt.expr("ink")).encode(x=x, y=alt.Y("best_y:Q")),
        gained.mark_text(
            baseline="bottom",
            fontSize=11,
            align=alt.expr("scale('x', datum.at) > width / 2 ? 'right' : 'left'"),
            dy=alt.expr("-3 - 14 * (datum.place - 1)"),
            limit=260,
            color=who,
        ).encode(x=alt.X("at:Q"), y=alt.value(0), text="text:N"),
    ]
    return finished(drawn, (640, 280), sign=sign)


def winner(rivals: Rows = ()) -> Any:
    """Draw by how much the winner leads each rival, with intervals; level ones are grey.

    Parameters
    ----------
    rivals
        Rows of the view of this name.
    """
    import altair as alt

    base = (
        chart("rivals", rivals)
        .transform_filter("!datum.chosen && isValid(datum.gap)")
        .transform_window(place="row_number()", sort=[alt.SortField("gap")])
        .transform_filter("datum.place <= 14")
        .transform_joinaggregate(near="median(high)")
        .transform_calculate(
            name="datum.family + ' (trial ' + datum.trial + ')'",
            reach="4 * datum.near",
            end="min(datum.high, 4 * datum.near)",
            at="min(datum.gap, 4 * datum.near)",
            begin="max(-2 * datum.near, min(datum.low, 4 * datum.near))",
            far="datum.gap > 4 * datum.near",
        )
    )
    y = alt.Y("name:N", sort=alt.SortField("gap"), title=None, axis=_names())
    colour = hue("datum.level", "faint", "machine")
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(color=alt.expr("faint"), strokeDash=[4, 3])  # type: ignore[no-untyped-call]
    x = along("at:Q", "lead of the winner in score (grey: level with it)", axis={"format": "+.3~g"})
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("gap:Q", title="lead", format="+.3~g"),
        alt.Tooltip("error:Q", title="noise", format=".2~g"),
    ]
    drawn = [
        zero.encode(x=alt.datum(0)),
        base.mark_rule(strokeWidth=3, opacity=0.4, color=colour).encode(x=alt.X("begin:Q"), x2="end:Q", y=y),
        base.mark_point(
            filled=True, size=70, opacity=1, color=colour, shape=alt.expr("datum.far ? 'triangle-right' : 'circle'")
        ).encode(x=x, y=y, tooltip=tooltip),
        *halo(
            base.transform_filter("datum.far").encode(x=x, y=y), alt.Text("gap:Q", format="+.2~g"), align="right", dx=-9
        ),
    ]
    return finished(drawn, (560, 300))
