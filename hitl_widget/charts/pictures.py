"""Two models side by side: ROC, calibration, residuals. A is a whole line, B is dashed, both are named in place."""

from __future__ import annotations

from typing import Any

from hitl_widget.charts.parts import Rows, across, along, chart, diagonal, finished, halo, hue, zero_line

__all__ = ["COLUMNS", "calibration", "residuals", "roc"]

COLUMNS = ("letter", "x", "y", "low", "high", "rows", "order", "name", "above")
"""Fields of a record. ``letter``: "A" or "B". ``low``, ``high``, ``rows``: of a calibration's bin. ``name``: the letter
at the point of the curve that bears it, else ""; ``above``: it stands above its curve."""

_DATASET = "curves"
_DASH = [5, 3]
_HUE_OF = "datum.letter === 'A'"


def roc(points: Rows = (), *, x_title: str | None = None, y_title: str | None = None) -> Any:
    """Draw true against false positive rates, with the diagonal of a guess.

    Parameters
    ----------
    points
        Records with the fields of `COLUMNS`.
    x_title, y_title
        Axis titles; the dashboard has its own.

    Returns
    -------
    altair.LayerChart
    """
    import altair as alt

    whole = alt.Scale(domain=[0, 1])
    base = chart(_DATASET, points)
    x, y = along("x:Q", x_title, scale=whole), across("y:Q", y_title, scale=whole)
    return finished([diagonal(), *_lines(base, x, y), *_named(base, x, y)])


def calibration(points: Rows = (), *, x_title: str | None = None, y_title: str | None = None) -> Any:
    """Draw observed against predicted frequencies, with intervals; parameters as of `roc`."""
    import altair as alt

    whole = alt.Scale(domain=[0, 1])
    base = chart(_DATASET, points)
    x, y = along("x:Q", x_title, scale=whole), across("y:Q", y_title, scale=whole)
    tooltip = [alt.Tooltip("letter:N"), alt.Tooltip("rows:Q", format=",")]
    bars = base.transform_filter("isValid(datum.low)").mark_rule(color=hue(_HUE_OF, "hue_a", "hue_b"), opacity=0.45)
    dots = base.mark_point(filled=True, size=36, color=hue(_HUE_OF, "hue_a", "hue_b"), opacity=1)
    drawn = [
        diagonal(),
        bars.encode(x=x, y=alt.Y("low:Q", scale=whole, title=y_title), y2="high:Q"),
        *_lines(base, x, y),
        dots.encode(x=x, y=y, tooltip=tooltip),
        *_named(base, x, y),
    ]
    return finished(drawn)


def residuals(points: Rows = (), *, x_title: str | None = None, y_title: str | None = None) -> Any:
    """Draw errors against predictions: A as circles, B as triangles; parameters as of `roc`."""
    import altair as alt

    base = chart(_DATASET, points)
    x = along("x:Q", x_title, scale=alt.Scale(zero=False, nice=False, padding=6))
    y = across("y:Q", y_title, scale=alt.Scale(padding=6))
    drawn: list[Any] = [zero_line(vertical=False)]
    for letter, shape in (("A", "circle"), ("B", "triangle-up")):
        mine = base.transform_filter(f"datum.letter === '{letter}'")
        dots = mine.mark_point(filled=True, size=26, opacity=0.55, shape=shape, color=hue(_HUE_OF, "hue_a", "hue_b"))
        drawn.append(dots.encode(x=x, y=y))
    return finished(drawn)


def _lines(base: Any, x: Any, y: Any) -> list[Any]:
    """Draw A as a whole line and B as a dashed one, so that they differ without colour."""
    import altair as alt

    drawn = []
    for letter, dash, colour in (("A", [], "hue_a"), ("B", _DASH, "hue_b")):
        mine = base.transform_filter(f"datum.letter === '{letter}'")
        line = mine.mark_line(strokeWidth=2, strokeDash=dash, color=alt.expr(colour), strokeJoin="round")
        drawn.append(line.encode(x=x, y=y, order="order:Q"))
    return drawn


def _named(base: Any, x: Any, y: Any) -> list[Any]:
    """Name each curve at one of its points, on a halo of paper."""
    import altair as alt

    named = base.transform_filter("datum.name !== ''").encode(x=x, y=y)
    place: Any = {"fontSize": 13, "fontWeight": 600, "dy": alt.expr("datum.above ? -11 : 13"), "align": "center"}
    return halo(named, "name:N", **place)
