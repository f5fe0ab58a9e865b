"""View "How far off are the predictions?": errors against predicted values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, across, along, chart, finished, zero_line
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Kind, Task
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import need
from hitl_widget.explain.pictures import residual_points
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "residuals"]

_BINS = 10


def compute(source: ModelSource) -> View:
    """Return the view of the out-of-fold predictions."""
    rows, y, predictions = source.out_of_fold()
    return residuals(source.context.task, y, predictions, about=source.about, positions=rows)


def residuals(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
    positions: np.ndarray | None = None,
) -> View:
    """Return the errors of predicted numbers, and how they depend on the prediction.

    Parameters
    ----------
    task
        A task with numbers.
    y, predictions : ndarray of shape (n,)
        Numbers, of rows that the model was not fitted on.
    seed
        Seed of the sample that is drawn.
    about
        The model or trial that the view is of.
    positions : ndarray of int of shape (n,)
        Position of each row in the table.

    Returns
    -------
    View
        ``points``: x (prediction), y (truth less prediction), of at most 400 rows, and the row of each where positions
        are given. ``bins``: tenths by prediction: x, mean, low, high (95% interval of the mean), quarter,
        three_quarters, rows.
    """
    need(task, Kind.REGRESSION, view="residuals")
    y, p = np.asarray(y, np.float64), np.asarray(predictions, np.float64)
    points = residual_points(y, p, seed=seed)
    drawn: list[dict[str, Any]] = [{"x": x, "y": r} for x, r in zip(points.prediction, points.residual, strict=True)]
    if positions is not None:
        drawn = [{"row": int(positions[i]), **one} for i, one in zip(points.places, drawn, strict=True)]
    data = {"points": drawn, "bins": _bins(p, y - p)}
    sizes = np.abs(y - p)
    half, most = np.quantile(sizes, [0.5, 0.9])
    first = f"Half of the predictions are within {_of(half)} of the true value, and 9 of 10 within {_of(most)}."
    notes = ["The points are a random sample of the rows."] if points.rows > len(points.residual) else []
    return VIEW.answer((first, _shape(data["bins"], p, y - p)), data, notes=tuple(notes), about=about)


def _of(value: float) -> str:
    """Write an error with two or three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _bins(p: np.ndarray, residual: np.ndarray) -> list[dict[str, Any]]:
    order = np.argsort(p, kind="stable")
    found = []
    for rows in np.array_split(order, max(1, min(_BINS, len(p) // 20))):
        r = residual[rows]
        half = 1.96 * float(r.std(ddof=1)) / len(r) ** 0.5 if len(r) > 1 else 0.0
        quarter, upper = np.quantile(r, [0.25, 0.75])
        mean = float(r.mean())
        row = {"x": float(p[rows].mean()), "mean": mean, "low": mean - half, "high": mean + half}
        found.append(row | {"quarter": float(quarter), "three_quarters": float(upper), "rows": len(r)})
    return found


def _shape(bins: list[dict[str, Any]], p: np.ndarray, residual: np.ndarray) -> str:
    """Return a sentence on the clearest pattern: a bias overall, at the top or at the bottom, or errors that grow."""
    off = [one for one in bins if one["low"] > 0 or one["high"] < 0]
    n, mean = len(residual), float(residual.mean())
    lean = 2.58 * float(residual.std(ddof=1)) / n**0.5 if n > 1 else 0.0
    for one, where in ((bins[-1], "largest"), (bins[0], "smallest")):
        if one in off and len(bins) > 2 and abs(one["mean"]) > 2 * abs(mean):
            low = "low" if one["mean"] > 0 else "high"
            return f"The {where} predictions are too {low}, by {_of(abs(one['mean']))} on average."
    if abs(mean) > lean and n > 1:
        return f"Overall, predictions are too {'low' if mean > 0 else 'high'}, by {_of(abs(mean))} on average."
    sizes, lower = np.abs(residual), p <= np.median(p)
    small = float(sizes[lower].mean()) if lower.any() else 0.0
    large = float(sizes[~lower].mean()) if not lower.all() else 0.0
    if large > 1.5 * small > 0:
        return f"Larger predictions have larger errors: {_of(large)} on average in the upper half, {_of(small)} below."
    if len(off) > 2:
        return f"In {len(off)} of {len(bins)} ranges of prediction the errors are biased, without a simple pattern."
    held = len(bins) - len(off)
    return f"No bias: in {held} of {plural(len(bins), 'range')} of prediction the mean error is compatible with zero."


def draw(points: Rows = (), bins: Rows = ()) -> Any:
    """Draw errors against predictions, with their mean and their middle half in tenths.

    Parameters
    ----------
    points, bins
        Rows of the view ``residuals``.
    """
    import altair as alt

    dots, bands = chart("points", points), chart("bins", bins)
    scale = alt.Scale(zero=False, nice=False, padding=8)
    x = along("x:Q", "predicted", scale=scale)
    tooltip = [
        alt.Tooltip("x:Q", title="predicted", format=",.4~g"),
        alt.Tooltip("mean:Q", title="mean error", format=",.3~g"),
    ]
    drawn = [
        bands.mark_area(color=alt.expr("hue_a"), opacity=0.14, interpolate="monotone").encode(
            x=x, y=alt.Y("quarter:Q"), y2="three_quarters:Q"
        ),
        zero_line(vertical=False),
        dots.mark_point(filled=True, size=18, opacity=0.35, color=alt.expr("hue_a")).encode(
            x=x, y=across("y:Q", "truth minus prediction")
        ),
        bands.mark_rule(color=alt.expr("ink"), strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        bands.mark_line(color=alt.expr("ink"), strokeWidth=1.5, interpolate="monotone").encode(x=x, y=alt.Y("mean:Q")),
        bands.mark_point(filled=True, size=40, color=alt.expr("ink"), opacity=1).encode(
            x=x, y=alt.Y("mean:Q"), tooltip=tooltip
        ),
    ]
    return finished(drawn)


VIEW = ViewDefinition(
    name="residuals",
    level=Level.MODEL,
    topic="Errors",
    question="How far off are the predictions?",
    summary="Return how far off predicted numbers are, and where.",
    options=(TRIAL,),
    kinds=frozenset({Kind.REGRESSION}),
    compute=compute,
    out_of_fold=True,
    charts={"residual_bands": draw},
    concept=Concept(
        "residuals",
        "Residuals",
        "The truth minus the prediction, for rows that the model has not seen. Residuals should scatter around "
        "zero everywhere. A bend means that the model misses a pattern, a funnel that it is more precise in one "
        "region than in another.",
    ),
)
