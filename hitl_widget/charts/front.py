"""Chart of the trade-offs: every complete trial in two objectives, with the Pareto front marked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from hitl_widget.charts.theme import LIGHT, colour_of, configure
from hitl_widget.domain.objective import Objective

__all__ = ["COLUMNS", "front"]

COLUMNS = ("number", "x", "y", "family", "colour", "front", "broken", "preferred")
"""Fields of a record. ``x``, ``y``: the values that people read. ``front``: on the Pareto front. ``broken``: violates a
hard constraint. ``preferred``: the recommended trial."""

_TRIALS, _STAIRS = "trials", "stairs"


def front(rows: Iterable[Mapping[str, Any]] | Any, x: Objective, y: Objective) -> Any:
    """Draw the complete trials in two objectives, and the Pareto front as a staircase.

    Parameters
    ----------
    rows
        Records (or a data frame) with the fields of `COLUMNS`; all but ``number``, ``x``, ``y`` and ``family`` may be
        missing. Records without a finite value of both objectives are left out.
    x, y
        The objectives of the axes.

    Returns
    -------
    altair.LayerChart
        Trials off the front are faint, those that violate a hard constraint are hollow.
    """
    import altair as alt

    records = _records(rows)
    data: Any = alt.Data(values=records, name=_TRIALS)  # type: ignore[no-untyped-call]
    steps: Any = alt.Data(values=_stairs(records, x, y), name=_STAIRS)  # type: ignore[no-untyped-call]
    across, along = _channel(alt.X, "x", x), _channel(alt.Y, "y", y)
    colours = {record["family"]: record["colour"] for record in records}
    encoding = {
        "x": across,
        "y": along,
        "color": alt.Color(
            "family:N",
            scale=alt.Scale(domain=list(colours), range=list(colours.values())),
            legend=alt.Legend(title=None, orient="bottom"),
        ),
        "tooltip": [
            alt.Tooltip("number:Q", title="trial"),
            alt.Tooltip("family:N", title="model"),
            alt.Tooltip("x:Q", title=_title(x), format=".4~g"),
            alt.Tooltip("y:Q", title=_title(y), format=".4~g"),
        ],
    }
    base = alt.Chart(data)
    plain = base.transform_filter("!datum.front && !datum.broken").mark_point(filled=True, size=36, opacity=0.45)
    broken = base.transform_filter("datum.broken").mark_point(filled=False, size=36, opacity=0.6)
    best = base.transform_filter("datum.front").mark_point(filled=True, size=80, opacity=1, stroke=alt.expr("ink"))
    ring = base.transform_filter("datum.preferred").mark_point(
        filled=False, size=190, strokeWidth=2, color=alt.expr("you")
    )
    line = alt.Chart(steps).mark_line(interpolate="linear", color=alt.expr("ink"), strokeWidth=1.3, opacity=0.75)
    chart = alt.layer(
        plain.encode(**encoding),
        broken.encode(**encoding),
        line.encode(x=across, y=along, order="order:Q"),
        best.encode(**encoding),
        ring.encode(x=across, y=along),
    ).add_params(*(alt.param(name=name, value=value) for name, value in LIGHT.items()))
    return configure(chart.properties(width=640, height=360))


def _channel(channel: Any, field: str, objective: Objective) -> Any:
    import altair as alt

    scale = alt.Scale(type="log" if objective.log else "linear", zero=False, padding=12)
    better = "higher is better" if objective.direction == "higher" else "lower is better"
    return channel(f"{field}:Q", title=f"{_title(objective)} ({better})", scale=scale)


def _title(objective: Objective) -> str:
    return f"{objective.label} [{objective.unit}]" if objective.unit else objective.label


def _records(rows: Iterable[Mapping[str, Any]] | Any) -> list[dict[str, Any]]:
    given = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
    blank = dict.fromkeys(("front", "broken", "preferred"), False)
    return [
        {name: (blank | dict(row)).get(name) for name in COLUMNS}
        | {"colour": colour_of(row.get("colour") or row["family"])}
        for row in given
        if all(row.get(axis) is not None and math.isfinite(row[axis]) for axis in ("x", "y"))
    ]


def _stairs(records: list[dict[str, Any]], x: Objective, y: Objective) -> list[dict[str, Any]]:
    """Return the corners of the staircase through those of the front that no other beats in these two objectives."""
    signs = [1 if one.direction == "lower" else -1 for one in (x, y)]
    points = sorted((signs[0] * one["x"], signs[1] * one["y"]) for one in records if one["front"])
    corners: list[tuple[float, float]] = []
    for cost, height in points:
        if corners and height >= corners[-1][1]:
            continue
        if corners:
            corners.append((cost, corners[-1][1]))
        corners.append((cost, height))
    return [
        {"x": signs[0] * cost, "y": signs[1] * height, "order": order} for order, (cost, height) in enumerate(corners)
    ]
