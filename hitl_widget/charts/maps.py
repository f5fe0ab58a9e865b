"""Maps of what was tried: charts of parallel coordinates, the footprint and pipelines."""

from __future__ import annotations

from typing import Any

from hitl_widget.charts.parts import Rows, chart, finished, halo, hue, merit

__all__ = ["footprint", "parallel", "pipelines"]


def parallel(lines: Rows = (), axes: Rows = (), *, room: int = 99) -> Any:
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
    """Return a chart whose marks stand at one height."""
    return base.transform_calculate(place=place)


def footprint(dots: Rows = (), empty: Rows = (), islands: Rows = ()) -> Any:
    """Draw configurations on a plane: colour is the rank of the score, size the order in time, crosses the whole space.

    Parameters
    ----------
    dots, empty, islands
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("dots", dots)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=14))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=18))
    legend = alt.Legend(
        title=None,
        orient="bottom",
        format=".0%",
        labelExpr="datum.value === 0 ? 'worst' : datum.value === 1 ? 'best' : ''",
        values=[0, 1],
        gradientLength=160,
        direction="horizontal",
    )
    colour = merit("quality", legend)
    size = alt.Size("when:Q", scale=alt.Scale(domain=[0, 1], range=[12, 60]), legend=None)
    tooltip = [
        alt.Tooltip("trial:Q"),
        alt.Tooltip("family:N"),
        alt.Tooltip("score:Q", format=".4~g"),
        alt.Tooltip("when:Q", title="how late", format=".0%"),
    ]
    best = base.transform_filter("datum.best")
    drawn = [
        chart("empty", empty)
        .mark_point(shape="cross", size=14, filled=True, color=alt.expr("hairline"), opacity=1)
        .encode(x=x, y=y),
        base.transform_filter("!isValid(datum.quality)")
        .mark_point(size=18, strokeWidth=1, color=alt.expr("faint"), opacity=0.5)
        .encode(x=x, y=y, tooltip=tooltip),
        base.transform_filter("isValid(datum.quality)")
        .mark_point(filled=True, opacity=0.8)
        .encode(x=x, y=y, color=colour, size=size, tooltip=tooltip),
        base.transform_filter("datum.own")
        .mark_point(size=110, strokeWidth=1.6, stroke=alt.expr("you"), fillOpacity=0)
        .encode(x=x, y=y, tooltip=tooltip),
        best.mark_point(size=200, strokeWidth=2, stroke=alt.expr("ink"), fillOpacity=0).encode(x=x, y=y),
        *halo(best.encode(x=x, y=y), alt.value("best"), fontSize=12, fontWeight=600, dy=-16),
        *halo(
            chart("islands", islands)
            .transform_calculate(text="datum.family + ' (' + format(datum.trials, ',') + ')'")
            .encode(x=x, y=y),
            alt.Text("text:N"),
            colour="faint",
            fontSize=12,
        ),
    ]
    return finished(drawn, (520, 360))


def pipelines(nodes: Rows = (), links: Rows = ()) -> Any:
    """Draw how tables flow through preparations into families: width is trials, colour how well the best did.

    Parameters
    ----------
    nodes, links
        Rows of the view of this name.
    """
    import altair as alt

    flow = (
        chart("links", links)
        .transform_joinaggregate(most="max(trials)")
        .transform_calculate(
            steps="sequence(0, 1.0001, 0.05)",
            key="datum.stage + datum.left + datum.right",
            wide="2 + 16 * sqrt(datum.trials / datum.most)",
        )
        .transform_flatten(["steps"])
        .transform_calculate(
            x="datum.stage + 0.12 + datum.steps * 0.76",
            y="datum.from_y + (datum.to_y - datum.from_y) * datum.steps * datum.steps * (3 - 2 * datum.steps)",
        )
    )
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.04, 3.04], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, 1], reverse=True))
    colour = merit("quality")
    tooltip = [
        alt.Tooltip("left:N", title="from"),
        alt.Tooltip("right:N", title="to"),
        alt.Tooltip("trials:Q", format=","),
        alt.Tooltip("best:Q", format=".4~g"),
    ]
    names = chart("nodes", nodes).transform_calculate(
        text="datum.name",
        count="format(datum.trials, ',') + (datum.trials === 1 ? ' trial' : ' trials')",
        x="datum.stage",
    )
    place = names.encode(x=x, y=y, tooltip=[alt.Tooltip("text:N", title="step"), alt.Tooltip("count:N", title="used")])
    limit = alt.expr("min(150, 0.31 * width)")
    side = alt.expr("datum.stage === 0 ? 'left' : datum.stage === 3 ? 'right' : 'center'")
    drawn = [
        flow.mark_trail(opacity=0.55).encode(
            x=x,
            y=y,
            detail="key:N",
            order="steps:Q",
            color=colour,
            tooltip=tooltip,
            size=alt.Size("wide:Q", scale=None, legend=None),
        ),
        names.mark_point(filled=True, size=40, opacity=1, color=hue("datum.stage === 3", "ink", "faint")).encode(
            x=x, y=y
        ),
        *halo(place, alt.Text("text:N"), fontSize=12, fontWeight=600, dy=-13, limit=limit, align=side),
        *halo(place.transform_filter("datum.stage === 3"), alt.Text("count:N"), colour="faint", dy=13, align="right"),
    ]
    return finished(drawn, (680, 300))
