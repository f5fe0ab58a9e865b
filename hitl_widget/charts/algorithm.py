"""How learning went: charts of the views of algorithms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitl_widget.charts.parts import Rows, across, along, chart, finished

__all__ = ["fold_spread", "learning_curve", "rounds", "time_split", "training_gap"]

_PART = "datum.part === 'training'"


def learning_curve(points: Rows = (), law: Rows = ()) -> Any:
    """Draw the score on growing numbers of rows, and where the law leads with twice as many.

    Parameters
    ----------
    points, law
        Rows of the view of this name.
    """
    import altair as alt

    dots, curve = chart("points", points), chart("law", law)
    x = along("rows:Q", "training rows", scale=alt.Scale(type="log", nice=False, padding=10), axis={"format": ",~s"})
    y = across("score:Q", "score", scale=alt.Scale(zero=False, padding=8))
    means = dots.transform_aggregate(score="mean(score)", groupby=["rows", "part"])
    ahead = curve.transform_filter("!datum.known")
    drawn = [
        curve.mark_area(color=alt.expr("hue_a"), opacity=0.13, clip=True).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        curve.transform_filter("datum.known").mark_line(color=alt.expr("hue_a"), strokeWidth=2).encode(x=x, y=y),
        ahead.mark_line(color=alt.expr("hue_a"), strokeWidth=2, strokeDash=[5, 3]).encode(x=x, y=y),
        _of_part(dots).mark_point(filled=True, size=26, opacity=0.5).encode(x=x, y=y, **_told_apart()),
        means.transform_filter(_PART).mark_line(color=alt.expr("hue_b"), strokeWidth=1.5).encode(x=x, y=y),
    ]
    return finished(drawn)


_PARTS = ("rows it was fitted on", "other rows")


def _of_part(base: Any) -> Any:
    """Say of each row which part of the table it is about."""
    return base.transform_calculate(rows_of=f"{_PART} ? '{_PARTS[0]}' : '{_PARTS[1]}'")


def _told_apart(**more: Sequence[Any]) -> dict[str, Any]:
    """Return colour, and what else is given by channel, with a legend for the two parts."""
    import altair as alt

    colours: Sequence[Any] = [alt.expr("hue_b"), alt.expr("hue_a")]
    legend = alt.Legend(title=None, orient="bottom")
    channels = {"color": alt.Color, "shape": alt.Shape, "strokeDash": alt.StrokeDash}
    return {
        name: channels[name]("rows_of:N", scale=alt.Scale(domain=list(_PARTS), range=list(range_)), legend=legend)
        for name, range_ in {"color": colours, **more}.items()
    }


def training_gap(scores: Rows = ()) -> Any:
    """Draw for each fold the score on the rows it was fitted on and on the others, joined by a line.

    Parameters
    ----------
    scores
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("scores", scores).transform_calculate(name="'fold ' + (datum.fold + 1)")
    x = along("score:Q", "score", scale=alt.Scale(zero=False, padding=14))
    y = alt.Y("name:N", title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    base = _of_part(base)
    drawn = [
        base.mark_line(color=alt.expr("hairline"), strokeWidth=3).encode(x=x, y=y, detail="name:N"),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x=x,
            y=y,
            **_told_apart(shape=["circle", "diamond"]),
            tooltip=[alt.Tooltip("part:N"), alt.Tooltip("score:Q", format=".4~g"), alt.Tooltip("rows:Q", format=",")],
        ),
    ]
    return finished(drawn, (460, 190))


def fold_spread(folds: Rows = ()) -> Any:
    """Draw the score of each fold, with a tick where its ease would put it.

    Parameters
    ----------
    folds
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("folds", folds).transform_calculate(name="'fold ' + datum.fold")
    y = alt.Y("name:N", title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    scale = alt.Scale(zero=False, padding=14)
    tooltip = [
        alt.Tooltip("score:Q", format=".4~g"),
        alt.Tooltip("usual:Q", title="as other trials fare there", format=".4~g"),
        alt.Tooltip("rows:Q", format=","),
    ]
    drawn = [
        base.mark_rule(color=alt.expr("faint"), strokeDash=[4, 3]).encode(x=alt.X("mean(score):Q", scale=scale)),
        base.mark_tick(thickness=2, height=16, color=alt.expr("faint")).encode(x=alt.X("usual:Q"), y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=alt.expr("hue_a")).encode(
            x=along("score:Q", "score; the tick is where the fold's ease would put it", scale=scale),
            y=y,
            tooltip=tooltip,
        ),
    ]
    return finished(drawn, (460, 190))


def rounds(curve: Rows = ()) -> Any:
    """Draw the score after more and more rounds, on the rows it was fitted on and on the others.

    Parameters
    ----------
    curve
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("curve", curve)
    x = along("round:Q", "rounds", scale=alt.Scale(type="log", nice=False, padding=8), axis={"format": ",~s"})
    y = across("score:Q", "score", scale=alt.Scale(zero=False, padding=8))
    line = _of_part(base).mark_line(strokeWidth=2, strokeJoin="round")
    return finished([line.encode(x=x, y=y, **_told_apart(strokeDash=[[5, 3], [1, 0]]))])


def time_split(times: Rows = ()) -> Any:
    """Draw the seconds of a fold, split into preparing, fitting and predicting, beside the usual ones of families.

    Parameters
    ----------
    times
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("times", times)
    parts = ["preparing", "fitting", "predicting"]
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=parts, range=[alt.ExprRef("hue_b"), alt.ExprRef("hue_a"), alt.ExprRef("hue_c")]),
        legend=alt.Legend(title=None, orient="bottom"),
        sort=parts,
    )
    ours = alt.Axis(
        ticks=False,
        domain=False,
        labelPadding=8,
        labelLimit=200,
        labelFontWeight=alt.expr("substring(datum.label, 0, 6) === 'trial ' ? 600 : 400"),
    )
    order = alt.Y("name:N", title=None, axis=ours, sort=alt.EncodingSortField("seconds", op="sum", order="ascending"))
    bars = base.mark_bar(cornerRadius=2, height=alt.RelativeBandSize(0.62)).encode(
        x=along("seconds:Q", "seconds a fold"),
        y=order,
        color=colour,
        order="order:Q",
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("part:N"), alt.Tooltip("seconds:Q", format=".3~g")],
    )
    return finished([bars], (460, 220))
