"""View "How well does the model separate the classes?": ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, across, along, chart, diagonal, finished, hues_of
from hitl_widget.domain.figures import number
from hitl_widget.domain.intervals import Interval
from hitl_widget.domain.task import Kind, Task
from hitl_widget.explain.definition import CLASSES, Concept, ViewDefinition
from hitl_widget.explain.intervals import score_interval
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import need, percent
from hitl_widget.explain.pictures import descending, roc_points
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "roc_pr"]

_CURVES = 6
_WHOLE = (0, 1)


def compute(source: ModelSource) -> View:
    """Return the view of the out-of-fold predictions."""
    _, y, predictions = source.out_of_fold()
    return roc_pr(source.context.task, y, predictions, about=source.about)


def roc_pr(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    found: float = 0.8,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
) -> View:
    """Return the ROC and precision-recall curves with the areas under them.

    Parameters
    ----------
    task, y, predictions, about
        As of `confusion`.
    found
        Share of the positives to find, for the sentence on false alarms.
    seed
        Seed of the bootstrap.

    Returns
    -------
    View
        ``roc`` and ``pr``: curve (the positive class; for more classes each against the rest, at most 6 that are ranked
        worst, and "mean" of all), x, y, order. ``areas``: curve, roc_auc, average_precision, base (share of its rows).
    """
    need(task, Kind.BINARY, Kind.MULTICLASS, view="roc_pr")
    y, p = np.asarray(y, np.int64), np.asarray(predictions, np.float64)
    rng = np.random.default_rng([abs(seed), 11])
    if p.ndim == 1:
        single = {str(task.positive or task.classes[-1]): (y == 1, p)}
    else:
        single = {label: (y == k, p[:, k]) for k, label in enumerate(task.classes)}
    areas: list[dict[str, Any]] = []
    roc: list[dict[str, Any]] = []
    pr: list[dict[str, Any]] = []
    for name, (positive, chance) in single.items():
        curve = roc_points(positive.astype(np.int64), chance)
        if curve is None:
            continue
        recall, precision, average = _precision_recall(positive, chance)
        areas.append(
            {"curve": name, "roc_auc": curve.area, "average_precision": average, "base": float(positive.mean())}
        )
        roc += _line(name, curve.false_positive_rate, curve.true_positive_rate)
        pr += _line(name, recall, precision)
    if not areas:
        sentence = f"All {len(y):,} rows are of one class, so there is nothing to separate."
        return VIEW.answer((sentence,), about=about)
    if p.ndim == 2:
        worst = {one["curve"] for one in sorted(areas, key=lambda one: one["roc_auc"])[:_CURVES]}
        mean = roc_points(y, p)
        assert mean is not None
        roc = [one for one in roc if one["curve"] in worst] + _line(
            "mean", mean.false_positive_rate, mean.true_positive_rate
        )
        pr = [one for one in pr if one["curve"] in worst]
        sentences = _ranks_of_classes(areas, mean.area)
    else:
        sentences = _ranks(f"{task.target} = {areas[0]['curve']}", areas[0], y, p, found, rng)
    data = {"roc": roc, "pr": pr, "areas": areas}
    options = {"found": (0.5, 0.8, 0.9, 0.95)} if p.ndim == 1 else {}
    return VIEW.answer(sentences, data, about=about, options=options)


def _line(name: str, x: Any, y: Any) -> list[dict[str, Any]]:
    return [
        {"curve": name, "x": float(a), "y": float(b), "order": i} for i, (a, b) in enumerate(zip(x, y, strict=True))
    ]


def _steps(positive: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return hits and alarms when alarm is given from each distinct probability down, and these probabilities."""
    order, ends = descending(p)
    return np.cumsum(positive[order])[ends], ends + 1, p[order][ends]


def _precision_recall(positive: np.ndarray, p: np.ndarray, most: int = 120) -> tuple[np.ndarray, np.ndarray, float]:
    """Return recalls, precisions (thinned) and average precision, the step sum of scikit-learn."""
    hits, alarms, _ = _steps(positive, p)
    recall, precision = hits / hits[-1], hits / alarms
    average = float(np.sum(np.diff(np.r_[0.0, recall]) * precision))
    kept = np.unique(np.linspace(0, len(recall) - 1, most).astype(int)) if len(recall) > most else slice(None)
    first = precision[np.flatnonzero(hits > 0)[:1]]
    return np.r_[0.0, recall[kept]], np.r_[first, precision[kept]], average


def _ranks(
    what: str, area: Mapping[str, Any], y: np.ndarray, p: np.ndarray, found: float, rng: np.random.Generator
) -> tuple[str, str]:
    interval = score_interval("roc_auc", y, p, rng) or Interval(
        area["roc_auc"], area["roc_auc"], area["roc_auc"], len(y)
    )
    pairs = round(100 * interval.value)
    first = (
        f"Given one row with {what} and one without, the model ranks the first higher in {pairs} of 100 cases "
        f"(ROC AUC {number(interval.value)}, {number(interval.low)} to {number(interval.high)}; guessing: 50)."
    )
    hits, alarms, _ = _steps(y == 1, p)
    place = int(np.searchsorted(hits, found * hits[-1] - 1e-9))
    false = 1 - hits[place] / alarms[place]
    second = (
        f"To find {percent(found)} of the rows with {what}, the model must flag {alarms[place]:,} of "
        f"{len(y):,} rows; "
        f"{percent(false)} of these are false positives (flagging at random: {percent(1 - area['base'])})."
    )
    return first, second


def _ranks_of_classes(areas: list[dict[str, Any]], mean: float) -> tuple[str, ...]:
    low, high = (pick(areas, key=lambda one: one["roc_auc"]) for pick in (min, max))
    first = (
        f"With each class against the rest, the model ranks {round(100 * mean)} of 100 pairs of rows correctly on "
        "average"
    )
    return (
        f"{first} (ROC AUC {number(mean)}; guessing: 50).",
        (
            f"It separates {high['curve']} best ({number(high['roc_auc'])}) and {low['curve']} worst "
            f"({number(low['roc_auc'])})."
        ),
    )


def draw(roc: Rows = (), pr: Rows = ()) -> Any:
    """Draw true against false positive rates, and precision against recall; parameters: rows of the view ``roc_pr``."""
    import altair as alt

    scale = alt.Scale(domain=_WHOLE)
    panels = []
    titles = (("false positive rate", "true positive rate"), ("recall", "precision"))
    for name, rows, (across_title, up_title) in (("roc", roc, titles[0]), ("pr", pr, titles[1])):
        base = chart(name, rows)
        lines = base.mark_line(strokeWidth=2, strokeJoin="round").encode(
            x=along("x:Q", across_title, scale=scale, axis={"format": ".0%"}),
            y=across("y:Q", up_title, scale=scale, axis={"format": ".0%"}),
            order="order:Q",
            color=hues_of("curve"),
            strokeDash=alt.condition("datum.curve === 'mean'", alt.value([5, 3]), alt.value([1, 0])),
        )
        panels.append(alt.layer(*([diagonal(), lines] if name == "roc" else [lines])).properties(width=230, height=220))
    return finished(alt.hconcat(*panels, spacing=24), None)


VIEW = ViewDefinition(
    name="roc_pr",
    level=Level.MODEL,
    topic="Errors",
    question="How well does the model separate the classes?",
    summary="Return how well a model separates the classes over all thresholds: ROC and precision-recall curves.",
    options=(TRIAL,),
    kinds=CLASSES,
    compute=compute,
    out_of_fold=True,
    charts={"roc_pr": draw},
    concept=Concept(
        "roc",
        "ROC and precision-recall curves",
        "A classifier predicts a probability, and you choose the threshold. For every threshold, the ROC curve "
        "shows the share of positives found against the share of negatives flagged by mistake. The area under it "
        "is the probability that a positive row scores higher than a negative one. Precision and recall tell more "
        "when positives are rare.",
    ),
)
