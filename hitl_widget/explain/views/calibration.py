"""View "Can you trust the predicted probabilities?": predicted against observed frequencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, across, along, chart, diagonal, finished, hue
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Kind, Task
from hitl_widget.explain.definition import CLASSES, Concept, ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import need, percent
from hitl_widget.explain.pictures import CalibrationPoint, calibration_points
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "calibration"]

_SIMULATED = 200
_BINS = 10
_WHOLE = (0, 1)


def compute(source: ModelSource) -> View:
    """Return the view of the out-of-fold predictions."""
    _, y, predictions = source.out_of_fold()
    return calibration(source.context.task, y, predictions, about=source.about)


def calibration(
    task: Task, y: np.ndarray, predictions: np.ndarray, *, seed: int = 0, about: Mapping[str, Any] | None = None
) -> View:
    """Return predicted against observed frequencies, and compare their distance with that of chance alone.

    Parameters
    ----------
    task, y, predictions, about
        As of `confusion`; for more than two classes each row counts once for each class.
    seed
        Seed of the simulation.

    Returns
    -------
    View
        ``bins``: predicted, share, low, high, rows. Its sentences give the mean distance of the bins (expected
        calibration error) beside that of 200 tables drawn from the probabilities themselves.
    """
    need(task, Kind.BINARY, Kind.MULTICLASS, view="calibration")
    y, p = np.asarray(y, np.int64), np.asarray(predictions, np.float64)
    bins = max(1, min(_BINS, len(y) // 10))
    points = calibration_points(y, p, bins)
    data = {
        "bins": [
            {"predicted": one.predicted, "share": one.share, "low": one.low, "high": one.high, "rows": one.rows}
            for one in points
        ]
    }
    if not points:
        return VIEW.answer(("There are no rows to compare with.",), data)
    error, chance = _distance(points), _by_chance(p, bins, np.random.default_rng([abs(seed), 12]))
    beyond = error > np.quantile(chance, 0.95)
    usual = f"{100 * float(np.mean(chance)):.1f}"
    if beyond:
        first = (
            f"Predicted probabilities are {100 * error:.1f} percentage points off on average; a perfectly calibrated "
            f"model would be off by about {usual} by chance."
        )
        second = _where(points, task)
    else:
        first = (
            f"You can trust the probabilities: they are {100 * error:.1f} percentage points off on average, and "
            f"with this many rows, chance alone accounts for about {usual}."
        )
        held = sum(one.low <= one.predicted <= one.high for one in points)
        second = (
            f"In {held} of {plural(len(points), 'range')} of probability, the prediction lies within the interval of "
            "the observed share."
        )
    return VIEW.answer(
        (first, second), data, notes=("Each row counts once per class.",) if p.ndim == 2 else (), about=about
    )


def _distance(points: tuple[CalibrationPoint, ...]) -> float:
    return sum(one.rows * abs(one.predicted - one.share) for one in points) / sum(one.rows for one in points)


def _by_chance(p: np.ndarray, bins: int, rng: np.random.Generator) -> np.ndarray:
    """Return the mean distance on tables whose classes are drawn from the probabilities, shape (200,)."""
    if len(p) > 2000:  # the distance shrinks with the root of the rows
        part = p[rng.permutation(len(p))[:2000]]
        return np.asarray(_by_chance(part, bins, rng) * np.sqrt(2000 / len(p)))
    if p.ndim == 2:
        whole = np.cumsum(p / np.maximum(p.sum(axis=1, keepdims=True), 1e-12), axis=1)
        drawn = (rng.random((_SIMULATED, len(p), 1)) > whole[None, :, :-1]).sum(axis=2)
        happened = (drawn[:, :, None] == np.arange(p.shape[1])).reshape(_SIMULATED, -1).astype(np.float64)
    else:
        happened = (rng.random((_SIMULATED, len(p))) < p).astype(np.float64)
    flat = p.ravel()
    cuts = np.unique(np.quantile(flat, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(cuts, flat, side="right")
    inside = (place[:, None] == np.arange(len(cuts) + 1)).astype(np.float64)
    return np.asarray(np.abs((happened - flat) @ inside).sum(axis=1) / len(flat))


def _where(points: tuple[CalibrationPoint, ...], task: Task) -> str:
    """Return a sentence on the bin that is furthest off, beyond its interval."""
    what = f"had {task.target} = {task.positive}" if task.kind is Kind.BINARY else "came true"
    off = [one for one in points if not one.low <= one.predicted <= one.high]
    if not off:
        return "In every range of probability, the prediction lies within the interval of the observed share."
    one = max(off, key=lambda one: abs(one.predicted - one.share))
    how = "too high" if one.predicted > one.share else "too low"
    return (
        f"The largest gap is at predictions around {percent(one.predicted)}: {percent(one.share)} of "
        f"those {one.rows:,} rows "
        f"{what} ({percent(one.low).removesuffix('%')} to {percent(one.high)}), so predictions are {how} there."
    )


def draw(bins: Rows = ()) -> Any:
    """Draw observed against predicted frequencies, with intervals and the rows of each bin below.

    Parameters
    ----------
    bins
        Rows of the view ``calibration``.
    """
    import altair as alt

    base, scale = chart("bins", bins), alt.Scale(domain=_WHOLE)
    x = along("predicted:Q", "predicted probability", scale=scale, axis={"format": ".0%"})
    y = across("share:Q", "observed share", scale=scale, axis={"format": ".0%"})
    tooltip = [
        alt.Tooltip("predicted:Q", title="predicted", format=".1%"),
        alt.Tooltip("share:Q", title="observed", format=".1%"),
        alt.Tooltip("rows:Q", format=","),
    ]
    most = base.transform_joinaggregate(most="max(rows)").transform_calculate(bar="0.12 * datum.rows / datum.most")
    off = "datum.predicted < datum.low || datum.predicted > datum.high"
    drawn = [
        most.mark_bar(color=alt.expr("hairline"), width=9, opacity=0.8).encode(x=x, y=alt.Y("bar:Q", scale=scale)),
        diagonal(),
        base.mark_rule(color=alt.expr("hue_a"), opacity=0.5, strokeWidth=2).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_line(color=alt.expr("hue_a"), strokeWidth=1.5, opacity=0.6).encode(x=x, y=y),
        base.mark_point(filled=True, size=55, opacity=1, color=hue(off, "hue_b", "hue_a")).encode(
            x=x, y=y, tooltip=tooltip
        ),
    ]
    return finished(drawn, (380, 280))


VIEW = ViewDefinition(
    name="calibration",
    level=Level.MODEL,
    topic="Errors",
    question="Can you trust the predicted probabilities?",
    summary="Return how well predicted probabilities agree with observed frequencies.",
    options=(TRIAL,),
    kinds=CLASSES,
    compute=compute,
    out_of_fold=True,
    charts={"reliability": draw},
    concept=Concept(
        "calibration",
        "Calibration",
        "Of all rows with a predicted probability of 70%, about 70 in 100 should be positive. A model can rank "
        "rows perfectly and still predict probabilities that are too extreme, which matters when decisions have "
        "costs.",
    ),
)
