"""Colours and type of every chart. The dashboard overrides the colors with those of its host."""

from __future__ import annotations

from typing import Any

from hitl_widget.learners.registry import LEARNERS

__all__ = ["FAMILIES", "LIGHT", "colour_of", "configure"]

LIGHT = {
    "ink": "#1f2430",
    "paper": "#ffffff",
    "faint": "#6b7283",
    "hairline": "#e2e5ea",
    "you": "#6d4bd1",
    "machine": "#0b7a75",
}
"""Parameters of every chart, with the values for light paper. Violet marks the user, teal the search."""

FAMILIES = {
    "lgbm": "#0072b2",
    "linear": "#e69f00",
    "trees": "#009e73",
    "forest": "#999933",
    "cat": "#cc79a7",
    "mlp": "#56b4e9",
    "xgb": "#d55e00",
    "tree": "#7a5195",
    "svm": "#8c6d1f",
    "knn": "#a05a2c",
    "base": "#9aa1af",
}
"""Okabe and Ito's colors for families (named as in ``FamilyInfo.colour``), then others that keep apart."""


def colour_of(family: str) -> str:
    """Return the colour of a family, by its name or by the name of its colour; gray for others."""
    learner = LEARNERS.get(family)
    return FAMILIES.get(family if learner is None else learner.colour, FAMILIES["base"])


def configure(chart: Any) -> Any:
    """Apply the shared style of all charts; the colors are parameters of the chart."""
    import altair as alt

    font = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"
    # In one call: each call copies the whole chart.
    return chart.configure(
        font=font,
        background="transparent",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=alt.expr("faint"), gridColor=alt.expr("hairline"), labelFontSize=11, titleColor=alt.expr("faint")
        ),
        axisY=alt.AxisConfig(titleFontWeight="normal"),
        legend=alt.LegendConfig(labelColor=alt.expr("ink"), labelFontSize=12, symbolType="circle"),
    )
