"""Marks, axes and tooltips that the charts of models share: names down the side, dots by value, training beside others.

Columns and values are data, never field names, so any name of a column is drawn as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "AS_CHANGE",
    "AS_PREDICTION",
    "BARS",
    "ROOM",
    "SWARM",
    "TRAINING",
    "change_tooltip",
    "channels_by_part",
    "column_values",
    "dots",
    "names_down",
    "prediction_tooltip",
    "share_tooltip",
    "text_beside",
    "value_across",
    "value_along",
    "value_axis",
    "value_tooltip",
    "with_parts",
]

BARS, SWARM = 24, 34
"""Pixels for each name down the side: of a bar, and of a swarm of dots."""

ROOM = 70
"""Pixels beside the longest bar, for its text."""

AS_PREDICTION = "percent ? format(100 * datum.value, '.3~r') + '%' : datum.label"
AS_CHANGE = (
    "datum.value === 0 ? '0' : percent ? format(100 * datum.value, '+.3~r') + ' pp' : format(datum.value, '+,.3~r')"
)
_AS_DATE = "dates ? utcFormat(datum.value * 86400000, '%Y-%m-%d') : datum.label"
_LABELS = 190
"""Pixels for the names of columns."""


def value_axis(label: str | None = None, **options: Any) -> Any:
    """Return a quiet axis with a grid."""
    import altair as alt

    if label is not None:
        options["labelExpr"] = label
    return alt.Axis(ticks=False, domain=False, tickCount=5, grid=True, **options)


def value_along(field: str, label: str, padding: int) -> Any:
    """Return a horizontal channel of predictions or contributions."""
    import altair as alt

    return alt.X(f"{field}:Q", title=None, axis=value_axis(label), scale=alt.Scale(zero=False, padding=padding))


def value_across(field: str, label: str) -> Any:
    """Return a vertical channel of predictions or contributions."""
    import altair as alt

    axis = value_axis(label, labelPadding=6)
    return alt.Y(f"{field}:Q", title=None, axis=axis, scale=alt.Scale(zero=False, padding=6))


def column_values(dates: bool) -> Any:
    """Place a column's numbers, or its days."""
    import altair as alt

    axis = alt.Axis(grid=False, ticks=False, domain=False, tickCount=5, labelFlush=True, labelExpr=_AS_DATE)
    return alt.X("x:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=False, padding=8))


def names_down(
    field: str,
    by: str,
    *,
    op: str = "min",
    order: Any = "ascending",
    padding: float | None = None,
    limit: int = _LABELS,
) -> Any:
    """Write names down the side, in order of another field."""
    import altair as alt

    axis = alt.Axis(grid=False, ticks=False, domain=False, labelPadding=8, labelLimit=limit, labelColor=alt.expr("ink"))
    scale = alt.Undefined if padding is None else alt.Scale(paddingInner=padding, paddingOuter=padding)
    sort: Any = alt.EncodingSortField(field=by, op=op, order=order)  # type: ignore[arg-type]
    return alt.Y(f"{field}:N", title=None, axis=axis, sort=sort, scale=scale)


def text_beside(base: Any, field: str, dx: int = 6, **options: Any) -> Any:
    """Write beside a mark's right end."""
    import altair as alt

    marks = base.mark_text(align="left", dx=dx, fontSize=11, color=alt.expr("faint"))
    return marks.encode(x=alt.X(f"{field}:Q", **options))


def dots(base: Any, place: Mapping[str, Any], *, size: int, groups: bool = False) -> list[Any]:
    """Draw points in the colors of groups, or by the rank of a value; unordered ones are faint."""
    import altair as alt

    if groups:
        return [base.mark_circle(size=size, opacity=0.7).encode(**place, color=_group())]
    plain = base.transform_filter("!isValid(datum.scaled)").mark_circle(size=size, opacity=0.5, color=alt.expr("faint"))
    ordered = base.transform_filter("isValid(datum.scaled)").mark_circle(size=size, opacity=0.75)
    return [plain.encode(**place), ordered.encode(**place, color=_tint())]


def _tint() -> Any:
    """Colour by the rank of a value, from 0 to 1."""
    import altair as alt

    legend = alt.Legend(
        title=None,
        orient="bottom",
        direction="horizontal",
        gradientLength=120,
        gradientThickness=8,
        values=[0, 1],
        labelExpr="datum.value < 0.5 ? 'low' : 'high value'",
        labelColor=alt.expr("faint"),
    )
    hues: Any = [alt.expr("hue_low"), alt.expr("hue_high")]
    scale = alt.Scale(domain=[0, 1], range=hues, interpolate="lab")
    return alt.Color("scaled:Q", scale=scale, legend=legend)


def _group() -> Any:
    """Colour by the other column's category."""
    import altair as alt

    legend = alt.Legend(title=None, orient="bottom", labelColor=alt.expr("ink"), labelLimit=140)
    hues: Any = [alt.expr(name) for name in ("hue_a", "hue_f", "hue_c", "hue_d", "hue_b", "hue_e")]
    return alt.Color("other:N", scale=alt.Scale(range=hues), legend=legend)


def value_tooltip() -> list[Any]:
    """Return the tooltip of a cell's value."""
    import altair as alt

    return [alt.Tooltip("level:N", title="value")]


def change_tooltip(field: str) -> Any:
    """Return the tooltip of a contribution."""
    import altair as alt

    return alt.Tooltip(f"{field}:Q", title="contribution", format="+.3~r")


def prediction_tooltip(field: str) -> Any:
    """Return the tooltip of a prediction."""
    import altair as alt

    return alt.Tooltip(f"{field}:Q", title="prediction", format=".3~r")


def share_tooltip() -> Any:
    """Return the tooltip of a share."""
    import altair as alt

    return alt.Tooltip("share:Q", format=".0%")


TRAINING = "datum.part === 'training'"
_PARTS = ("training rows", "validation rows")


def with_parts(base: Any) -> Any:
    """Return a chart whose rows carry the part of the table that they are about."""
    return base.transform_calculate(rows_of=f"{TRAINING} ? '{_PARTS[0]}' : '{_PARTS[1]}'")


def channels_by_part(**more: Sequence[Any]) -> dict[str, Any]:
    """Return colour, and what else is given by channel, with a legend for the two parts."""
    import altair as alt

    colours: Sequence[Any] = [alt.expr("hue_b"), alt.expr("hue_a")]
    legend = alt.Legend(title=None, orient="bottom")
    channels = {"color": alt.Color, "shape": alt.Shape, "strokeDash": alt.StrokeDash}
    return {
        name: channels[name]("rows_of:N", scale=alt.Scale(domain=list(_PARTS), range=list(range_)), legend=legend)
        for name, range_ in {"color": colours, **more}.items()
    }
