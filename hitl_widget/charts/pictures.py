"""Two models side by side: ROC, calibration, residuals. A is a whole line, B is dashed, both are named in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hitl_widget.charts.theme import FAMILIES, LIGHT, configure

__all__ = ["COLUMNS", "calibration", "residuals", "roc"]

COLUMNS = ("letter", "x", "y", "low", "high", "rows", "order", "name", "above")
"""Fields of a record. ``letter``: "A" or "B". ``low``, ``high``, ``rows``: of a calibration's bin. ``name``: the letter
at the point of the curve that bears it, else ""; ``above``: it stands above its curve."""

_DATASET = "curves"
_DASH = [5, 3]
_WIDTH, _HEIGHT = 460, 240


def roc(points: Iterable[Mapping[str, Any]] = (), *, x_title: str | None = None, y_title: str | None = None) -> Any:
    """Draw true against false positive rates, with the diagonal of a guess.

    Parameters
    ----------
    points
        Records with the fields of `COLUMNS`.
    x_title, y_title
        What the axes say; the dashboard writes it itself.

    Returns
    -------
    altair.LayerChart
    """
    import altair as alt

    whole = alt.Scale(domain=[0, 1])
    base = _base(points)
    x, y = _x(x_title, scale=whole), _y(y_title, scale=whole)
    return _finished([_diagonal(), *_lines(base, x, y), *_names(base, x, y)])


def calibration(
    points: Iterable[Mapping[str, Any]] = (), *, x_title: str | None = None, y_title: str | None = None
) -> Any:
    """Draw how often it happens against what was predicted, with intervals; parameters as of `roc`."""
    import altair as alt

    whole = alt.Scale(domain=[0, 1])
    base = _base(points)
    x, y = _x(x_title, scale=whole), _y(y_title, scale=whole)
    tooltip = [alt.Tooltip("letter:N"), alt.Tooltip("rows:Q", format=",")]
    bars = base.transform_filter("isValid(datum.low)").mark_rule(color=_hue(), opacity=0.45)
    dots = base.mark_point(filled=True, size=36, color=_hue(), opacity=1)
    drawn = [
        _diagonal(),
        bars.encode(x=x, y=alt.Y("low:Q", scale=whole, title=y_title), y2="high:Q"),
        *_lines(base, x, y),
        dots.encode(x=x, y=y, tooltip=tooltip),
        *_names(base, x, y),
    ]
    return _finished(drawn)


def residuals(
    points: Iterable[Mapping[str, Any]] = (), *, x_title: str | None = None, y_title: str | None = None
) -> Any:
    """Draw errors against predictions: A as circles, B as triangles; parameters as of `roc`."""
    import altair as alt

    base = _base(points)
    x = _x(x_title, scale=alt.Scale(zero=False, nice=False, padding=6))
    y = _y(y_title, scale=alt.Scale(padding=6))
    zero = alt.Chart(alt.Data(values=[{}])).mark_rule(color=alt.expr("faint"), strokeDash=[4, 3])  # type: ignore[no-untyped-call]
    drawn: list[Any] = [zero.encode(y=alt.datum(0))]
    for letter, shape in (("A", "circle"), ("B", "triangle-up")):
        mine = base.transform_filter(f"datum.letter === '{letter}'")
        dots = mine.mark_point(filled=True, size=26, opacity=0.55, shape=shape, color=_hue())
        drawn.append(dots.encode(x=x, y=y))
    return _finished(drawn)


def _base(points: Iterable[Mapping[str, Any]]) -> Any:
    import altair as alt

    records = [dict(point) for point in points]
    data: Any = alt.Data(values=records, name=_DATASET) if records else alt.Data(name=_DATASET)  # type: ignore[no-untyped-call]
    return alt.Chart(data)


def _hue() -> Any:
    import altair as alt

    return alt.expr("datum.letter === 'A' ? hue_a : hue_b")


def _diagonal() -> Any:
    import altair as alt

    ends: Any = alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])  # type: ignore[no-untyped-call]
    line = alt.Chart(ends).mark_line(color=alt.expr("faint"), strokeWidth=1, strokeDash=[2, 4])
    return line.encode(x=_x(None), y=_y(None))


def _lines(base: Any, x: Any, y: Any) -> list[Any]:
    """Draw A as a whole line and B as a dashed one, so that nobody needs the colours."""
    import altair as alt

    drawn = []
    for letter, dash, hue in (("A", [], "hue_a"), ("B", _DASH, "hue_b")):
        mine = base.transform_filter(f"datum.letter === '{letter}'")
        line = mine.mark_line(strokeWidth=2, strokeDash=dash, color=alt.expr(hue), strokeJoin="round")
        drawn.append(line.encode(x=x, y=y, order="order:Q"))
    return drawn


def _names(base: Any, x: Any, y: Any) -> list[Any]:
    """Name each curve at one of its points, on a halo of paper."""
    import altair as alt

    named = base.transform_filter("datum.name !== ''")
    place: Any = {"fontSize": 13, "fontWeight": 600, "dy": alt.expr("datum.above ? -11 : 13"), "align": "center"}
    paper = alt.expr("paper")
    return [
        named.mark_text(**place, color=paper, stroke=paper, strokeWidth=5, strokeJoin="round").encode(
            x=x, y=y, text="name:N"
        ),
        named.mark_text(**place, color=alt.expr("ink")).encode(x=x, y=y, text="name:N"),
    ]


def _x(title: str | None, **options: Any) -> Any:
    import altair as alt

    axis = alt.Axis(grid=False, ticks=False, domain=False, tickCount=5, labelFlush=True, titleFontWeight="normal")
    return alt.X("x:Q", title=title, axis=axis, **options)


def _y(title: str | None, **options: Any) -> Any:
    import altair as alt

    axis = alt.Axis(ticks=False, domain=False, tickCount=5, labelPadding=6)
    return alt.Y("y:Q", title=title, axis=axis, **options)


def _finished(drawn: list[Any]) -> Any:
    import altair as alt

    signals = {"hue_a": FAMILIES["lgbm"], "hue_b": FAMILIES["linear"], **LIGHT}
    chart = alt.layer(*drawn).add_params(*(alt.param(name=name, value=value) for name, value in signals.items()))
    size = alt.AutoSizeParams(type="fit", contains="padding", resize=True)
    return configure(chart.properties(width=_WIDTH, height=_HEIGHT, autosize=size))
