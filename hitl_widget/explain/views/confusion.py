"""View "Which mistakes does the model make?": true classes against predicted ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, chart, finished, halo, hue
from hitl_widget.domain.intervals import wilson
from hitl_widget.domain.task import Kind, Task
from hitl_widget.explain.definition import CLASSES, Concept, ViewDefinition
from hitl_widget.explain.intervals import decided
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL, non_negative
from hitl_widget.explain.phrases import listed, need, percent, plain, share_in_words
from hitl_widget.explain.view import Level, View

__all__ = ["MOST_CLASSES", "VIEW", "confusion"]

MOST_CLASSES = 15
"""More classes do not fit one chart: those with the fewest mistakes are drawn together."""
_OTHERS = "other classes"
_EXAMPLES = 12
_WHOLE = (0, 1)


def compute(source: ModelSource, *, threshold: float = 0.5) -> View:
    """Return the view of the out-of-fold predictions."""
    rows, y, predictions = source.out_of_fold()
    return confusion(source.context.task, y, predictions, threshold=threshold, about=source.about, positions=rows)


def confusion(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    threshold: float = 0.5,
    about: Mapping[str, Any] | None = None,
    positions: np.ndarray | None = None,
) -> View:
    """Return how often each class is predicted as each other, with the rates of each class.

    Parameters
    ----------
    task
        A task with classes.
    y : ndarray of shape (n,)
        Codes of classes.
    predictions : ndarray of shape (n,) or (n, K)
        P(code 1), or probabilities of classes, of rows that the model was not fitted on.
    threshold
        Two classes: the probability from which the positive class is predicted.
    about
        The model or trial that the view is of.
    positions : ndarray of int of shape (n,)
        Position of each row in the table.

    Returns
    -------
    View
        ``cells``: truth, predicted, rows, share (of the truth's rows), right, both places in order, and where positions
        are given, in ``examples`` those of a dozen rows, the ones it was surest of first. ``classes``:
        label, rows, and recall (of its rows, those found) and precision (of those said to be it, the right ones), each
        with Wilson's 95% interval.

    Raises
    ------
    DataError
        When the target is a number.
    """
    need(task, Kind.BINARY, Kind.MULTICLASS, view="confusion")
    y = np.asarray(y, np.int64)
    said = np.asarray(predictions >= threshold, np.int64) if predictions.ndim == 1 else decided(predictions)
    K = len(task.classes)
    counts = np.bincount(y * K + said, minlength=K * K).reshape(K, K)
    labels, shown, to = _lumped(task.classes, counts)
    sure = np.where(said == 1, predictions, 1 - predictions) if predictions.ndim == 1 else predictions.max(axis=1)
    cells: list[dict[str, Any]] = [
        {
            "truth": labels[i],
            "predicted": labels[j],
            "rows": int(shown[i, j]),
            "share": plain(shown[i, j] / max(shown[i].sum(), 1)),
            "right": i == j,
            "row": i,
            "column": j,
        }
        for i in range(len(labels))
        for j in range(len(labels))
    ]
    if positions is not None:
        ranked = np.argsort(-sure, kind="stable")
        here = to[y[ranked]] * len(labels) + to[said[ranked]]
        for cell in cells:
            first = ranked[np.flatnonzero(here == cell["row"] * len(labels) + cell["column"])[:_EXAMPLES]]
            cell["examples"] = [int(one) for one in positions[first]]
    classes = [_rates(task.classes[k], counts, k) for k in range(K)]
    notes = (
        [f"{_OTHERS.capitalize()} are the {K - MOST_CLASSES + 1} with the fewest mistakes."] if K > MOST_CLASSES else []
    )
    few = [one["label"] for one in classes if one["rows"] < 30]
    if few:
        notes.append(
            f"{listed(few)} {'has' if len(few) == 1 else 'have'} fewer than 30 "
            f"rows{'' if len(few) == 1 else ' each'}: the rates are uncertain."
        )
    return VIEW.answer(
        (_rightness(counts), _commonest(task, counts)),
        {"cells": cells, "classes": classes},
        notes=tuple(notes),
        about={**(about or {}), "threshold": threshold},
    )


def _lumped(classes: tuple[str, ...], counts: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return labels and counts of at most so many classes, those with most mistakes and the others together.

    Also returns where each class went.
    """
    if len(classes) <= MOST_CLASSES:
        return list(classes), counts, np.arange(len(classes))
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    kept = np.sort(np.argsort(-wrong, kind="stable")[: MOST_CLASSES - 1])
    to = np.full(len(classes), len(kept))
    to[kept] = np.arange(len(kept))
    shown = np.zeros((len(kept) + 1,) * 2, np.int64)
    np.add.at(shown, (to[:, None], to[None, :]), counts)
    return [*(classes[k] for k in kept), _OTHERS], shown, to


def _rates(label: str, counts: np.ndarray, k: int) -> dict[str, Any]:
    found: dict[str, Any] = {"label": label, "rows": int(counts[k].sum()), "said": int(counts[:, k].sum())}
    for name, total in (("recall", found["rows"]), ("precision", found["said"])):
        one = wilson(float(counts[k, k]), total)
        ends = (None, None, None) if one is None else (one.value, one.low, one.high)
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    return found


def _rightness(counts: np.ndarray) -> str:
    n = int(counts.sum())
    right = wilson(float(np.trace(counts)), n)
    if right is None:
        return "There are no rows to count."
    most = counts.sum(axis=1).max() / n
    return (
        f"The model is right on {share_in_words(right)} of {n:,} rows; always predicting the most frequent class would "
        f"be right on {percent(most)}."
    )


def _commonest(task: Task, counts: np.ndarray) -> str:
    """Return a sentence on the most frequent mistake, and on its opposite between two classes."""
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return "The model made no mistake on these rows."
    i, j = np.unravel_index(int(wrong.argmax()), wrong.shape)
    rows = int(counts[i].sum())
    text = (
        f"The most frequent mistake: {wrong[i, j]:,} of {rows:,} rows with {task.target} = {task.classes[i]} are "
        "predicted as "
        f"{task.classes[j]} ({percent(wrong[i, j] / rows)})"
    )
    back, total = int(wrong[j, i]), int(counts[j].sum())
    if total:
        text += f"; in the other direction, {back:,} of {total:,} ({percent(back / total)})"
    return text + "."


def draw(cells: Rows = ()) -> Any:
    """Draw which class is taken for which: the share of each truth as a shade, the rows as numbers.

    Parameters
    ----------
    cells
        Rows of the view ``confusion``.
    """
    import altair as alt

    base = chart("cells", cells)
    x = alt.X("predicted:N", sort=alt.SortField("column"), title="predicted", axis=_names(orient="top"))
    y = alt.Y("truth:N", sort=alt.SortField("row"), title="truth", axis=_names())
    shade = alt.Opacity("share:Q", scale=alt.Scale(domain=_WHOLE, range=[0.08, 0.8]), legend=None)
    tooltip = [alt.Tooltip("truth:N"), alt.Tooltip("predicted:N", title="predicted"), alt.Tooltip("rows:Q", format=",")]
    tooltip.append(alt.Tooltip("share:Q", title="of its rows", format=".1%"))
    squares = base.mark_rect(cornerRadius=3, color=hue("datum.right", "hue_a", "hue_b"))
    drawn = [squares.encode(x=x, y=y, opacity=shade, tooltip=tooltip)]
    place = base.encode(x=x, y=y)
    drawn += halo(place, alt.Text("rows:Q", format=","), fontSize=12, fontWeight=600, dy=-6)
    drawn += halo(place, alt.Text("share:Q", format=".0%"), dy=9)
    return finished(drawn, (380, 280))


def _names(**more: Any) -> Any:
    import altair as alt

    return alt.Axis(ticks=False, domain=False, labelAngle=0, labelLimit=120, titleFontWeight="normal", **more)


VIEW = ViewDefinition(
    name="confusion",
    level=Level.MODEL,
    topic="Errors",
    question="Which mistakes does the model make?",
    summary="Return which classes a model confuses; two classes are separated at `threshold`.",
    options=(TRIAL, non_negative("threshold", 0.5, "Probability from which the positive class is predicted.")),
    kinds=CLASSES,
    compute=compute,
    out_of_fold=True,
    charts={"confusion": draw},
    concept=Concept(
        "confusion",
        "Confusion matrix",
        "Each row of the table is a true class, each column a predicted class. The diagonal is correct. Accuracy "
        "alone hides which mistakes happen: with rare classes, always predicting the common class can look good.",
    ),
)
