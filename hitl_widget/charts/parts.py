"""Shared parts of the charts of explanations: named datasets, quiet axes, texts on a halo, colors of the host."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hitl_widget.charts.theme import FAMILIES, LIGHT, configure

__all__ = [
    "HUES",
    "Rows",
    "across",
    "along",
    "chart",
    "diagonal",
    "finished",
    "halo",
    "hue",
    "hues_of",
    "name_axis",
    "quality",
    "rows_of",
    "zero_line",
]

Rows = Iterable[Mapping[str, Any]]

HUES = {
    "hue_low": FAMILIES["lgbm"],
    "hue_high": FAMILIES["xgb"],
} | {
    f"hue_{letter}": FAMILIES[name]
    for letter, name in zip("abcdefg", ("lgbm", "linear", "trees", "cat", "mlp", "xgb", "tree"), strict=True)
}
"""Colours as parameters: of low and of high values, and of the first thing in a chart, the second, and so on."""

_EXTENT = (460, 240)


def rows_of(name: str, rows: Rows) -> Any:
    """Return rows as a dataset of a name; without rows one that is filled in the browser."""
    import altair as alt

    records = [dict(row) for row in rows]
    if not records:
        return alt.Data(name=name)  # type: ignore[no-untyped-call]
    return alt.Data(values=records, name=name)  # type: ignore[no-untyped-call]


def chart(name: str, rows: Rows) -> Any:
    """Return a chart over a named dataset."""
    import altair as alt

    return alt.Chart(rows_of(name, rows))


def hue(condition: str, yes: str, no: str) -> Any:
    """Return the colour of one parameter or of another."""
    import altair as alt

    return alt.expr(f"{condition} ? {yes} : {no}")


def hues_of(field: str) -> Any:
    """Return colors of a few named things, with a legend below."""
    import altair as alt

    colours: Any = [alt.expr(name) for name in HUES if name not in ("hue_low", "hue_high")]
    legend = alt.Legend(title=None, orient="bottom", labelLimit=140)
    return alt.Color(f"{field}:N", scale=alt.Scale(range=colours), legend=legend, sort=None)


def quality(field: str, legend: Any = None) -> Any:
    """Return a colour between faint and that of the search for what is between 0, poor, and 1, good."""
    import altair as alt

    ends: Any = [alt.expr("faint"), alt.expr("machine")]
    return alt.Color(f"{field}:Q", scale=alt.Scale(domain=[0, 1], range=ends, interpolate="lab"), legend=legend)


def along(field: str, title: str | None = None, **options: Any) -> Any:
    """Return a quiet horizontal channel."""
    import altair as alt

    given = {"grid": False, "ticks": False, "domain": False, "tickCount": 5, "labelFlush": True} | options.pop(
        "axis", {}
    )
    # A title may be longer than the plot beside names, which have the room to its left.
    axis = alt.Axis(titleFontWeight="normal", titleAnchor="end", **given)
    return alt.X(field, title=title, axis=axis, **options)


def across(field: str, title: str | None = None, **options: Any) -> Any:
    """Return a quiet vertical channel."""
    import altair as alt

    given = {"ticks": False, "domain": False, "tickCount": 5, "labelPadding": 6} | options.pop("axis", {})
    return alt.Y(field, title=title, axis=alt.Axis(**given), **options)


def halo(base: Any, text: Any, *, colour: str = "ink", **place: Any) -> list[Any]:
    """Return a text twice: broad in the colour of paper, then in ink, so that it reads on lines."""
    import altair as alt

    paper = alt.expr("paper")
    style = {"fontSize": 11} | place
    return [
        base.mark_text(**style, color=paper, stroke=paper, strokeWidth=4, strokeJoin="round").encode(text=text),
        base.mark_text(**style, color=alt.expr(colour)).encode(text=text),
    ]


def name_axis(limit: int = 240, **more: Any) -> Any:
    """Return a quiet axis of names."""
    import altair as alt

    return alt.Axis(ticks=False, domain=False, labelLimit=limit, labelPadding=8, labelColor=alt.expr("ink"), **more)


def zero_line(*, vertical: bool = True) -> Any:
    """Return a dashed line at zero."""
    import altair as alt

    origin: Any = alt.Data(values=[{}])  # type: ignore[no-untyped-call]
    rule = alt.Chart(origin).mark_rule(color=alt.expr("faint"), strokeDash=[4, 3])
    return rule.encode(x=alt.datum(0)) if vertical else rule.encode(y=alt.datum(0))


def diagonal() -> Any:
    """Return the dotted line from (0, 0) to (1, 1)."""
    import altair as alt

    ends: Any = alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])  # type: ignore[no-untyped-call]
    return alt.Chart(ends).mark_line(color=alt.expr("faint"), strokeWidth=1, strokeDash=[2, 4]).encode(x="x:Q", y="y:Q")


def finished(drawn: Any, extent: tuple[int, int] | None = _EXTENT, *, step: int | None = None, **signals: Any) -> Any:
    """Return a chart with its colors as parameters and the shared style.

    Parameters
    ----------
    drawn
        A list of layers, or a chart made of several, which keeps its own size.
    extent
        Width and height; None for charts made of several.
    step
        Pixels for each name down the side, instead of a height.
    signals
        Further parameters.
    """
    import altair as alt

    whole = alt.layer(*drawn) if isinstance(drawn, list) else drawn
    whole = whole.add_params(
        *(alt.param(name=name, value=value) for name, value in {**HUES, **LIGHT, **signals}.items())
    )
    if step is not None:
        size = alt.AutoSizeParams(type="fit-x", contains="padding", resize=True)
        whole = whole.properties(width=_EXTENT[0], height=alt.Step(step), autosize=size)
    elif extent is not None:
        size = alt.AutoSizeParams(type="fit", contains="padding", resize=True)
        whole = whole.properties(width=extent[0], height=extent[1], autosize=size)
    return configure(whole)
