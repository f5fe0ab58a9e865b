"""What a model looks at: charts of the views of `hitl_widget.explain.contributions` and its neighbours.

Each function takes the rows of a view's datasets, or nothing for the dashboard's specification. Columns and values are
data, never field names, so whatever a column is called it is drawn as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hitl_widget.charts.parts import HUES
from hitl_widget.charts.theme import FAMILIES, LIGHT, configure

__all__ = [
    "beeswarm",
    "dependence",
    "dependence_levels",
    "effect",
    "effect_levels",
    "permutation",
    "shap_bar",
    "waterfall",
    "what_if",
]

Rows = Iterable[Mapping[str, Any]]

_WIDTH, _HEIGHT, _STEP = 460, 240, 24
_LABELS = 190
"""Pixels for the names of columns."""

_HUES = {"hue_low": FAMILIES["lgbm"], "hue_high": FAMILIES["xgb"]}
"""Low values and what lowers; high values and what raises. Blue and vermilion keep apart for all eyes."""


def shap_bar(importance: Rows = ()) -> Any:
    """Draw the mean size of contributions by column, with intervals.

    Parameters
    ----------
    importance
        Rows of the dataset ``importance``.

    Returns
    -------
    altair.LayerChart
    """
    import altair as alt

    base = _base("importance", importance)
    y = _names("column", "rank")
    x = alt.X("value:Q", title=None, axis=None, scale=alt.Scale(zero=True, range=[0, alt.expr(f"width - {_ROOM}")]))
    tooltip = [alt.Tooltip("column:N"), alt.Tooltip("text:N", title="moves by"), _share()]
    return _finished(
        [
            base.mark_bar(color=alt.expr("machine"), height={"band": 0.62}, cornerRadiusEnd=2).encode(
                x=x, y=y, tooltip=tooltip
            ),
            base.mark_rule(color=alt.expr("ink"), strokeWidth=1.2).encode(
                x=alt.X("low:Q", axis=None), x2="high:Q", y=y
            ),
            _text(base, "high", axis=None).encode(y=y, text="text:N"),
        ],
        steps=True,
    )


def beeswarm(beeswarm: Rows = (), *, percent: bool = True) -> Any:
    """Draw every row's contribution by column, coloured by where its value stands.

    Parameters
    ----------
    beeswarm
        Rows of the dataset ``beeswarm``.
    percent
        Write contributions as points of a hundred; the dashboard sets the signal of this name.
    """
    import altair as alt

    base = _base("beeswarm", beeswarm)
    place: dict[str, Any] = {
        "x": _x("shap", _AS_CHANGE, padding=8),
        "y": _names("column", "rank", padding=0.1),
        "yOffset": alt.YOffset("offset:Q", scale=alt.Scale(domain=[-0.5, 0.5])),
        "tooltip": [alt.Tooltip("column:N"), alt.Tooltip("value:N"), _change("shap")],
    }
    return _finished([_zero(), *_dots(base, place, size=20)], percent=percent, steps=34)


def dependence(dependence: Rows = (), *, percent: bool = True, dates: bool = False, groups: bool = False) -> Any:
    """Draw the values of a column against their contributions.

    Parameters
    ----------
    dependence
        Rows of the dataset ``dependence``; colour is the other column's value.
    percent
        As of `beeswarm`.
    groups
        The other column holds categories: the view's chart is ``dependence_groups``.
    dates
        The values are days since 1970; the dashboard sets the signal of this name.
    """
    place: dict[str, Any] = {
        "x": _values(dates),
        "y": _y("shap", _AS_CHANGE),
        "tooltip": [*_cell(), _change("shap")],
    }
    dots = _dots(_base("dependence", dependence), place, size=26, groups=groups)
    return _finished([_zero(along=True), *dots], percent=percent, dates=dates, groups=groups)


def dependence_levels(dependence: Rows = (), *, percent: bool = True, groups: bool = False) -> Any:
    """Draw the contributions of a column's categories; parameters as of `dependence`."""
    import altair as alt

    base = _base("dependence", dependence).transform_calculate(aside="(datum.row * 0.618034) % 1 - 0.5")
    place: dict[str, Any] = {
        "x": _x("shap", _AS_CHANGE, padding=8),
        "y": _names("level", "shap", op="mean", order="descending", padding=0.1),
        "yOffset": alt.YOffset("aside:Q", scale=alt.Scale(domain=[-0.9, 0.9])),
        "tooltip": [*_cell(), _change("shap")],
    }
    drawn = [_zero(), *_dots(base, place, size=20, groups=groups)]
    return _finished(drawn, percent=percent, steps=34, groups=groups)


def waterfall(waterfall: Rows = ()) -> Any:
    """Draw a row's way from base to prediction, a step for each column.

    Parameters
    ----------
    waterfall
        Rows of the dataset ``waterfall``.
    """
    import altair as alt

    base = _base("waterfall", waterfall).transform_calculate(
        right="max(datum.start, datum.end)",
        hue="datum.kind === 'more' ? hue_high : datum.kind === 'less' ? hue_low : ink",
        end_stop="datum.kind === 'base' || datum.kind === 'prediction'",
    )
    y = _names("label", "order", limit=260)
    steps = base.transform_filter("!datum.end_stop").mark_bar(color=alt.expr("datum.hue"), height={"band": 0.62})
    stops = base.transform_filter("datum.end_stop").mark_tick(color=alt.expr("ink"), thickness=3, size=17)
    joints = base.transform_window(below="lead(label)", sort=[alt.SortField("order")]).transform_filter(
        "isValid(datum.below)"
    )
    x = alt.X("start:Q", title=None, axis=None, scale=alt.Scale(zero=False, nice=False, padding=60))
    return _finished(
        [
            joints.mark_rule(color=alt.expr("faint"), strokeWidth=0.8, opacity=0.7).encode(
                x=alt.X("end:Q", axis=None), y=y, y2="below:N"
            ),
            steps.encode(x=x, x2="end:Q", y=y, tooltip=[alt.Tooltip("label:N"), alt.Tooltip("text:N")]),
            stops.encode(x=alt.X("end:Q", axis=None), y=y),
            _text(base, "right", axis=None).encode(y=y, text="text:N"),
        ],
        steps=True,
    )


def permutation(permutation: Rows = ()) -> Any:
    """Draw what the score loses when a column is shuffled, with its spread; hollow where it is not beyond the noise.

    Parameters
    ----------
    permutation
        Rows of the dataset ``permutation``.
    """
    import altair as alt

    base = _base("permutation", permutation)
    y = _names("column", "rank")
    hue = alt.expr("datum.matters ? machine : faint")
    x = alt.X("value:Q", title=None, axis=_axis(), scale=alt.Scale(padding=_ROOM))
    tooltip = [alt.Tooltip("column:N"), alt.Tooltip("text:N", title="worth"), alt.Tooltip("with:N", title="goes with")]
    return _finished(
        [
            _zero(),
            base.mark_rule(color=hue, strokeWidth=1.6).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
            base.mark_point(size=70, color=hue, fill=alt.expr("datum.matters ? machine : paper"), opacity=1).encode(
                x=x, y=y, tooltip=tooltip
            ),
            _text(base, "high").encode(y=y, text="text:N"),
        ],
        steps=True,
    )


def effect(effect: Rows = (), lines: Rows = (), *, percent: bool = True, dates: bool = False) -> Any:
    """Draw what is predicted as a column changes: single rows thin, their mean thick, hollow where rows are few.

    Parameters
    ----------
    effect, lines
        Rows of the datasets of these names.
    percent, dates
        As of `dependence`.
    """
    import altair as alt

    base = _base("effect", effect)
    x, y = _values(dates), _y("value", _AS_TEXT)
    single = _base("lines", lines).mark_line(strokeWidth=0.8, opacity=0.35, color=alt.expr("faint"))
    tooltip = [*_cell(), _level("value"), alt.Tooltip("rows:Q", title="rows near", format=",")]
    return _finished(
        [
            single.encode(x=x, y=y, detail="row:N", order="order:Q"),
            base.mark_line(strokeWidth=2.5, color=alt.expr("machine"), strokeJoin="round").encode(
                x=x, y=y, order="order:Q"
            ),
            base.mark_point(
                size=34, opacity=1, color=alt.expr("machine"), fill=alt.expr("datum.few ? paper : machine")
            ).encode(x=x, y=y, tooltip=tooltip),
        ],
        percent=percent,
        dates=dates,
    )


def effect_levels(effect: Rows = (), lines: Rows = (), *, percent: bool = True) -> Any:
    """Draw what is predicted with each category, on average and for eight of ten rows; parameters as of `effect`."""
    import altair as alt

    base = _base("effect", effect)
    y = _names("level", "value", order="descending")
    single = _base("lines", lines).mark_tick(color=alt.expr("faint"), opacity=0.3, thickness=1, size=12)
    tooltip = [alt.Tooltip("level:N"), _level("value"), alt.Tooltip("rows:Q", format=",")]
    return _finished(
        [
            single.encode(
                x=_x("value", _AS_TEXT, padding=8), y=_names("level", "value", op="mean", order="descending")
            ),
            base.mark_rule(strokeWidth=1.6, color=alt.expr("machine")).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
            base.mark_point(
                size=80, opacity=1, color=alt.expr("machine"), fill=alt.expr("datum.few ? paper : machine")
            ).encode(x=_x("value", _AS_TEXT, padding=8), y=y, tooltip=tooltip),
        ],
        percent=percent,
        steps=True,
    )


def what_if(what_if: Rows = (), *, percent: bool = True) -> Any:
    """Draw the prediction of a row as it is and with changes.

    Parameters
    ----------
    what_if
        Rows of the dataset ``what_if``.
    percent
        As of `beeswarm`.
    """
    import altair as alt

    base = _base("what_if", what_if).transform_calculate(
        before="datum.value - datum.change",
        right="max(datum.value, datum.value - datum.change)",
        hue="datum.change > 0 ? hue_high : datum.change < 0 ? hue_low : ink",
    )
    y = _names("label", "order", limit=260)
    hue = alt.expr("datum.hue")
    return _finished(
        [
            base.mark_rule(color=hue, strokeWidth=3).encode(x=_x("before", _AS_TEXT, padding=70), x2="value:Q", y=y),
            base.mark_circle(size=80, color=hue, opacity=1).encode(x=alt.X("value:Q"), y=y),
            _text(base, "right", dx=9).encode(y=y, text="text:N"),
        ],
        percent=percent,
        steps=True,
    )


# -- what the charts share ---------------------------------------------------------------------------------------------

_ROOM = 70
"""Pixels beside the longest bar, for its text."""

_AS_TEXT = "percent ? format(100 * datum.value, '.3~r') + ' %' : datum.label"
_AS_CHANGE = (
    "datum.value === 0 ? '0' : percent ? format(100 * datum.value, '+.3~r') + ' points' : format(datum.value, '+,.3~r')"
)
_AS_DATE = "dates ? utcFormat(datum.value * 86400000, '%Y-%m-%d') : datum.label"


def _base(name: str, rows: Rows) -> Any:
    import altair as alt

    records = [dict(row) for row in rows]
    data: Any = alt.Data(values=records, name=name) if records else alt.Data(name=name)  # type: ignore[no-untyped-call]
    return alt.Chart(data)


def _axis(label: str | None = None, **options: Any) -> Any:
    import altair as alt

    if label is not None:
        options["labelExpr"] = label
    return alt.Axis(ticks=False, domain=False, tickCount=5, grid=True, **options)


def _x(field: str, label: str, padding: int) -> Any:
    import altair as alt

    return alt.X(f"{field}:Q", title=None, axis=_axis(label), scale=alt.Scale(zero=False, padding=padding))


def _y(field: str, label: str) -> Any:
    import altair as alt

    axis = _axis(label, labelPadding=6)
    return alt.Y(f"{field}:Q", title=None, axis=axis, scale=alt.Scale(zero=False, padding=6))


def _values(dates: bool) -> Any:
    """Place a column's numbers, or its days."""
    import altair as alt

    axis = alt.Axis(grid=False, ticks=False, domain=False, tickCount=5, labelFlush=True, labelExpr=_AS_DATE)
    return alt.X("x:Q", title=None, axis=axis, scale=alt.Scale(zero=False, nice=False, padding=8))


def _names(
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


def _text(base: Any, field: str, dx: int = 6, **options: Any) -> Any:
    """Write beside a mark's right end."""
    import altair as alt

    marks = base.mark_text(align="left", dx=dx, fontSize=11, color=alt.expr("faint"))
    return marks.encode(x=alt.X(f"{field}:Q", **options))


def _dots(base: Any, place: Mapping[str, Any], *, size: int, groups: bool = False) -> list[Any]:
    """Draw points in the colours of groups, or by where a value stands; what has no order is faint."""
    import altair as alt

    if groups:
        return [base.mark_circle(size=size, opacity=0.7).encode(**place, color=_group())]
    plain = base.transform_filter("!isValid(datum.scaled)").mark_circle(size=size, opacity=0.5, color=alt.expr("faint"))
    ordered = base.transform_filter("isValid(datum.scaled)").mark_circle(size=size, opacity=0.75)
    return [plain.encode(**place), ordered.encode(**place, color=_tint())]


def _tint() -> Any:
    """Colour by where a value stands, from 0 to 1."""
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


def _zero(along: bool = False) -> Any:
    import altair as alt

    origin: Any = alt.Data(values=[{}])  # type: ignore[no-untyped-call]
    rule = alt.Chart(origin).mark_rule(color=alt.expr("faint"), strokeDash=[4, 3])
    return rule.encode(y=alt.datum(0)) if along else rule.encode(x=alt.datum(0))


def _cell() -> list[Any]:
    import altair as alt

    return [alt.Tooltip("level:N", title="value")]


def _change(field: str) -> Any:
    import altair as alt

    return alt.Tooltip(f"{field}:Q", title="contribution", format="+.3~r")


def _level(field: str) -> Any:
    import altair as alt

    return alt.Tooltip(f"{field}:Q", title="prediction", format=".3~r")


def _share() -> Any:
    import altair as alt

    return alt.Tooltip("share:Q", format=".0%")


def _finished(
    drawn: list[Any],
    *,
    steps: bool | int = False,
    percent: bool | None = None,
    dates: bool | None = None,
    groups: bool = False,
) -> Any:
    """Layer the marks and add the signals that the dashboard sets."""
    import altair as alt

    signals: dict[str, Any] = {**_HUES, **LIGHT, **(HUES if groups else {})}
    if percent is not None:
        signals["percent"] = percent
    if dates is not None:
        signals["dates"] = dates
    chart = alt.layer(*drawn).add_params(*(alt.param(name=name, value=value) for name, value in signals.items()))
    if steps:
        size = alt.AutoSizeParams(type="fit-x", contains="padding", resize=True)
        height: Any = alt.Step(_STEP if steps is True else int(steps))
        return configure(chart.properties(width=_WIDTH, height=height, autosize=size))
    size = alt.AutoSizeParams(type="fit", contains="padding", resize=True)
    return configure(chart.properties(width=_WIDTH, height=_HEIGHT, autosize=size))
