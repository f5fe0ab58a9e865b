"""Charts of what a warning is about: rows as points, shares, spreads and counts by value, two sets of rows compared.

Labels, names of columns and values are data, never field names, so any of them is drawn as text.
"""

from __future__ import annotations

from typing import Any

from hitl_widget.charts.marks import BARS, column_values, names_down, value_across
from hitl_widget.charts.parts import Rows, along, chart, finished, hues_of

__all__ = ["SUBJECTS", "compared", "counts", "points", "shares", "spreads"]

_HEIGHT = 200
_PERCENT = ".0%"


def points(rows: Rows = (), *, dates: bool = False) -> Any:
    """Draw one point for each row of the table, a column across and another up.

    Parameters
    ----------
    rows
        Each with ``x`` and ``y``.
    dates
        True if ``x`` is in days since 1970.
    """
    import altair as alt

    dots = chart("rows", rows).mark_circle(size=20, opacity=0.45, color=alt.expr("machine"))
    place = {"x": column_values(dates), "y": value_across("y", "datum.label")}
    return finished([dots.encode(**place)], (460, _HEIGHT), dates=dates)


def shares(rows: Rows = ()) -> Any:
    """Draw the share of each class in the rows of each value.

    Parameters
    ----------
    rows
        Each with ``label``, ``place`` (order of the label), ``part`` (the class), ``order`` (of the class), ``share``
        and ``rows``.
    """
    import altair as alt

    tooltip = [
        alt.Tooltip("label:N", title="value"),
        alt.Tooltip("part:N", title="class"),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("rows:Q", format=","),
    ]
    bars = chart("rows", rows).mark_bar(height=13)
    drawn = bars.encode(
        x=along("share:Q", axis={"format": _PERCENT}, stack="zero", scale=alt.Scale(domain=[0, 1])),
        y=names_down("label", "place"),
        color=hues_of("part"),
        order=alt.Order("order:Q"),
        tooltip=tooltip,
    )
    return finished([drawn], step=BARS)


def spreads(rows: Rows = ()) -> Any:
    """Draw the target for each value of a column: the middle half of its rows as a bar, nine of ten as a line.

    Parameters
    ----------
    rows
        Each with ``label``, ``place``, ``low``, ``q1``, ``median``, ``q3``, ``high`` and ``rows``.
    """
    import altair as alt

    base = chart("rows", rows)
    y = names_down("label", "place")
    form = ".4~g"
    tooltip = [
        alt.Tooltip("label:N", title="value"),
        alt.Tooltip("median:Q", format=form),
        alt.Tooltip("q1:Q", title="lower quartile", format=form),
        alt.Tooltip("q3:Q", title="upper quartile", format=form),
        alt.Tooltip("rows:Q", format=","),
    ]
    x = along("low:Q", scale=alt.Scale(zero=False, padding=8))
    return finished(
        [
            base.mark_rule(color=alt.expr("faint")).encode(x=x, x2="high:Q", y=y),
            base.mark_bar(height=11, color=alt.expr("machine"), opacity=0.7).encode(
                x=alt.X("q1:Q"), x2="q3:Q", y=y, tooltip=tooltip
            ),
            base.mark_tick(size=11, thickness=2, color=alt.expr("ink")).encode(x=alt.X("median:Q"), y=y),
        ],
        step=BARS,
    )


def counts(rows: Rows = ()) -> Any:
    """Draw the number of rows with each value; those that the warning is about are in colour.

    Parameters
    ----------
    rows
        Each with ``label``, ``place``, ``rows`` and ``marked``.
    """
    import altair as alt

    tooltip = [alt.Tooltip("label:N", title="value"), alt.Tooltip("rows:Q", format=",")]
    bars = chart("rows", rows).mark_bar(height=13, color=alt.expr("datum.marked ? machine : faint"))
    return finished([bars.encode(x=along("rows:Q"), y=names_down("label", "place"), tooltip=tooltip)], step=BARS)


def compared(rows: Rows = ()) -> Any:
    """Draw two sets of rows side by side: the share of each value in both.

    Parameters
    ----------
    rows
        Each with ``label``, ``place``, ``part`` (the set) and ``share``.
    """
    import altair as alt

    tooltip = [
        alt.Tooltip("label:N", title="value"),
        alt.Tooltip("part:N", title="rows"),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    dots = chart("rows", rows).mark_point(filled=True, size=70, opacity=0.9)
    return finished(
        [
            chart("rows", rows)
            .mark_rule(color=alt.expr("faint"))
            .encode(x=alt.X("min(share):Q"), x2="max(share):Q", y=names_down("label", "place")),
            dots.encode(
                x=along("share:Q", axis={"format": _PERCENT}, scale=alt.Scale(zero=True)),
                y=names_down("label", "place"),
                color=hues_of("part"),
                tooltip=tooltip,
            ),
        ],
        step=BARS,
    )


SUBJECTS = {"points": points, "shares": shares, "spreads": spreads, "counts": counts, "compared": compared}
"""The charts by name."""
