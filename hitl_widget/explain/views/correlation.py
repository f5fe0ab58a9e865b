"""View "Which columns are correlated?": how well one column tells another, from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, chart, finished, halo
from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.figures import plural
from hitl_widget.explain.association import Associations
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import sampled
from hitl_widget.workers.contract import Call

__all__ = ["VIEW", "correlation"]

_PAIRS, _DRAWN = 20, 12
_STRONG, _WEAK = 0.7, 0.1
_ROOM = 380
"""Least width in pixels at which the strengths are written into the cells."""


def compute(source: Record) -> View:
    """Return the view from what `prepare` measured on the columns of today."""
    found = source.measured.get(source.state.view)
    if found is None:
        return VIEW.answer(("The correlations are being computed.",))
    return correlation(found)


def prepare(source: Record) -> Call | None:
    """Return the task that measures the columns of today."""
    state = source.state
    if state.view in source.measured:
        return None
    today = DataView(state.view, state.views[state.view])
    return Call("hitl_widget.explain.jobs:correlations", (today, source.seed))


def correlation(found: Associations) -> View:
    """Return the strongest associations between columns.

    Parameters
    ----------
    found
        The associations, on rows of the search.

    Returns
    -------
    View
        ``pairs``, the strongest first: column, other, strength. ``cells`` of the twelve columns with the strongest
        associations: column, other, strength, and both places in order.
    """
    names, matrix = found.columns, found.matrix
    upper = [(float(matrix[i, j]), i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    upper.sort(key=lambda one: -one[0])
    pairs = [{"column": names[i], "other": names[j], "strength": strength} for strength, i, j in upper[:_PAIRS]]
    off = matrix - np.diag(np.diag(matrix))
    most = np.sort(np.argsort(-off.max(axis=1, initial=0.0), kind="stable")[:_DRAWN])
    cells = [
        {"column": names[i], "other": names[j], "strength": float(matrix[i, j]), "row": a, "place": b}
        for a, i in enumerate(most)
        for b, j in enumerate(most)
        if i != j
    ]
    notes = [sampled(found.rows, found.whole)]
    if len(names) > len(most):
        notes.append(f"The chart shows the {len(most)} columns with the strongest associations.")
    if found.left_out:
        notes.append(f"{plural(found.left_out, 'more column')} were not compared.")
    return VIEW.answer(_sentences(upper, names), {"cells": cells, "pairs": pairs}, notes=tuple(notes))


def _sentences(upper: Sequence[tuple[float, int, int]], names: Sequence[str]) -> tuple[str, ...]:
    if not upper or upper[0][0] < _WEAK:
        return ("No two columns are noticeably correlated.",)
    strength, i, j = upper[0]
    first = f"{names[i]} and {names[j]} are correlated most: {strength:.2f} on a scale from 0 to 1."
    strong = sum(one >= _STRONG for one, _, _ in upper)
    if not strong:
        return first, f"No pair reaches {_STRONG}, so columns hardly stand in for each other."
    verb = "reaches" if strong == 1 else "reach"
    return first, f"{plural(strong, 'pair')} {verb} {_STRONG} or more: importance is divided among such columns."


def draw(cells: Rows = ()) -> Any:
    """Draw the strength of each pair of columns as a shade.

    Parameters
    ----------
    cells
        Rows of the dataset ``cells``.
    """
    import altair as alt

    axis: dict[str, Any] = {"ticks": False, "domain": False, "labelLimit": 130, "title": None}
    base = chart("cells", cells)
    x = alt.X("other:N", sort=alt.SortField("place"), axis=alt.Axis(orient="top", labelAngle=-40, **axis))
    y = alt.Y("column:N", sort=alt.SortField("row"), axis=alt.Axis(**axis))
    shade = alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.05, 0.9]), legend=None)
    tooltip = [alt.Tooltip("column:N"), alt.Tooltip("other:N"), alt.Tooltip("strength:Q", format=".2f")]
    place = base.encode(x=x, y=y)
    drawn = [base.mark_rect(cornerRadius=3, color=alt.expr("machine")).encode(x=x, y=y, opacity=shade, tooltip=tooltip)]
    told = place.transform_filter(f"datum.strength >= {_WEAK} && width > {_ROOM}")
    drawn += halo(told, alt.Text("strength:Q", format=".2f"), fontSize=10)
    return finished(drawn, (460, 400))


VIEW = ViewDefinition(
    name="correlation",
    level=Level.DATA,
    question="Which columns are correlated?",
    summary="Return how strongly columns are associated with each other, on rows of the search.",
    worker=False,
    prepare=prepare,
    compute=compute,
    charts={"correlation": draw},
    concept=Concept(
        "correlation",
        "Correlation of columns",
        "For two numbers, the strength is Spearman’s correlation without its sign; for two categories, Cramér’s V; for "
        "a number and a category, the root of the share of variance that the category explains. 0 means that one "
        "column tells nothing about the other, 1 that it tells everything.",
    ),
    references="Bergsma 2013, *A bias-correction for Cramér's V and Tschuprow's T*.",
)
