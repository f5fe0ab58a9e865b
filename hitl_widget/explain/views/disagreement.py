"""View "Where do two models disagree?": the rows that models predict differently, and the curve of each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hitl_widget.charts.parts import Rows, across, along, chart, diagonal, finished, hues_of
from hitl_widget.domain.data_choices import NO_CHOICES
from hitl_widget.domain.figures import number, plural, value_in_words
from hitl_widget.domain.space import FAMILY
from hitl_widget.domain.task import Kind, Task
from hitl_widget.explain.comparison import MOST_COMPARED
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.intervals import decided
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIALS
from hitl_widget.explain.phrases import listed, percent
from hitl_widget.explain.pictures import descending, roc_points
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.view import Rows as ViewRows
from hitl_widget.explain.wording import shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VIEW", "Compared", "disagreement"]

_ROWS, _COLUMNS = 10, 4
"""Rows and columns of the table."""
_POINTS = 120
"""Most points of a curve."""
_RARE = 0.1
"""Share of positives below which precision and recall tell more than the ROC curve."""
_FOUND = 0.8
"""Share of the positives to find, for the sentence on the curves."""
_MOST_ERRORS = 0.95
"""Share of the errors that is drawn: the largest ones would stretch the axis."""


class Compared(NamedTuple):
    """A model with its out-of-fold predictions.

    Parameters
    ----------
    trial
        Number of the trial.
    name
        Family and number, such as "LightGBM #12".
    predictions : ndarray of shape (n,) or (n, K)
        P(code 1), probabilities of classes, or numbers.
    """

    trial: int
    name: str
    predictions: np.ndarray


def compute(source: ModelSource, *, trials: Sequence[int] = ()) -> View:
    """Return the view; a later step adds the columns, in order of importance to the first model."""
    del trials  # the members of the request
    context, members = source.context, source.request.members
    names = [f"{context.learner(one.config.get(FAMILY)).label} #{one.trial}" for one in members]
    rows, y, found = source.out_of_fold_of_each()
    models = [Compared(one.trial, name, p) for one, name, p in zip(members, names, found, strict=True) if p is not None]
    notes = [
        f"{name} has no stored predictions. Run its configuration again to compare it."
        for name, p in zip(names, found, strict=True)
        if p is None
    ]
    read = [NO_CHOICES if one.view is None else one.view.choices.of_models for one in members]
    if any(one != read[0] for one in read):
        notes.append("The models were fitted on different columns; the rows and folds are the same.")
    about = {"trials": [one.trial for one in members]}
    if len(models) < 2:
        return VIEW.answer(tuple(notes), about=about)
    if source.request.step == 0:
        return disagreement(context.task, rows, y, models, notes=notes, about=about, partial=True)
    first = next(one for one in members if one.trial == models[0].trial)
    alone = ModelSource(context.of(first.view), replace(source.request, members=(first,), step=0))
    columns = alone.columns_by_size()[:_COLUMNS]
    table = alone.context.table
    notes.append(f"Columns are in order of importance to {models[0].name}.")
    return disagreement(context.task, rows, y, models, table=table, columns=columns, notes=notes, about=about)


def disagreement(
    task: Task,
    rows: np.ndarray,
    y: np.ndarray,
    models: Sequence[Compared],
    *,
    table: pd.DataFrame | None = None,
    columns: Sequence[str] = (),
    notes: Sequence[str] = (),
    about: Mapping[str, Any] | None = None,
    partial: bool = False,
) -> View:
    """Return the rows on which models disagree, and the curve of each model.

    Two classifiers disagree on a row if they predict different classes. Two regressors disagree if their predictions
    differ by more than a typical error, the median absolute error of all models.

    Parameters
    ----------
    task
        The task.
    rows : ndarray of int, shape (n,)
        Position of each row in the table.
    y : ndarray of shape (n,)
        Codes of classes, or numbers.
    models
        Two or more models with predictions of these rows.
    table, columns
        The table and the columns to show beside the predictions.
    notes, about, partial
        As of `View`.

    Returns
    -------
    View
        ``rows``: the ten rows with the largest difference, of those that the models disagree on, or of all rows if
        there are none: row, actual, the prediction of each model under its name (P(positive class), the class with its
        probability, or a number), right (the models that are right, or the closest one), and the columns. ``models``:
        trial, model, right (number of rows of the disagreement). ``disagree``: rows, share, of (all rows), typical
        (error; None for classes). ``curves``: model, x, y, order; of several classes the mean ROC curve.
    """
    apart, differ, right, typical = _compared(task, y, models)
    hits = [int((differ & one).sum()) for one in right]
    missed = int((differ & ~right.any(axis=0)).sum())
    kind, curves, words = _curves(task, y, models)
    among = np.flatnonzero(differ) if differ.any() else np.arange(len(y))
    places = among[np.argsort(-apart[among], kind="stable")[:_ROWS]]
    named = {column: _key(column, models) for column in columns}
    data: dict[str, ViewRows] = {
        "rows": [
            {**_row(task, int(rows[i]), y[i], i, models, right[:, i]), **_cells(table, int(rows[i]), named)}
            for i in places
        ],
        "models": [{"trial": m.trial, "model": m.name, "right": n} for m, n in zip(models, hits, strict=True)],
        "disagree": [
            {"rows": int(differ.sum()), "share": float(differ.mean()), "of": len(y), "typical": typical},
        ],
        "curves": curves,
    }
    if typical is not None:
        notes = [*notes, "A typical error is the median absolute error of the compared models."]
    positive = {"positive": str(task.positive or task.classes[-1])} if task.kind is Kind.BINARY else {}
    return VIEW.answer(
        (_rows_words(models, hits, int(differ.sum()), missed, len(y), typical), *words),
        data,
        charts=(kind,) if curves else (),
        notes=tuple(notes),
        about={**(about or {}), **positive, "columns": list(named.values())},
        partial=partial,
    )


def _compared(
    task: Task, y: np.ndarray, models: Sequence[Compared]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float | None]:
    """Return for each row the largest difference, whether models disagree, and which are right; the typical error."""
    p = np.stack([np.asarray(one.predictions, np.float64) for one in models])
    if task.kind is Kind.REGRESSION:
        errors = np.abs(p - y)
        typical = float(np.median(errors))
        apart = np.ptp(p, axis=0)
        return apart, apart > typical, errors == errors.min(axis=0), typical
    labels = np.stack([decided(one) for one in p])
    if p.ndim == 2:
        apart = np.ptp(p, axis=0)
    else:  # total variation, of the two that differ most
        apart = np.max([np.abs(a - b).sum(axis=1) / 2 for a, b in combinations(p, 2)], axis=0)
    return apart, (labels != labels[0]).any(axis=0), labels == y, None


def _rows_words(
    models: Sequence[Compared], hits: Sequence[int], count: int, missed: int, of: int, typical: float | None
) -> str:
    """Return a sentence on how many rows the models disagree on, and who is right there."""
    names = listed([one.name for one in models], most=MOST_COMPARED)
    error = "" if typical is None else f"than a typical error ({value_in_words(typical)})"
    if count == 0:
        same = f"differ by no more {error}" if error else "predict the same class"
        return f"{names} {same} on all {plural(of, 'row')}."
    apart = f"differ by more {error}" if error else "disagree"
    is_right = "is right" if typical is None else "is closer" if len(models) == 2 else "is closest"
    parts = [
        f"{models[0].name} {is_right} on {hits[0]:,}",
        *(f"{m.name} on {n:,}" for m, n in zip(models[1:], hits[1:], strict=True)),
    ]
    wrong = f"; {'both' if len(models) == 2 else 'all'} are wrong on {missed:,}" if missed else ""
    return f"{names} {apart} on {count:,} of {plural(of, 'row')} ({percent(count / of)}): {', '.join(parts)}{wrong}."


def _key(column: str, models: Sequence[Compared]) -> str:
    """Return the name of a column in the rows; one that is taken gets an addition."""
    taken = {"row", "actual", "right", *(one.name for one in models)}
    return f"{column} (column)" if column in taken else column


def _row(
    task: Task, row: int, truth: float, place: int, models: Sequence[Compared], right: np.ndarray
) -> dict[str, Any]:
    """Return the truth and the predictions of a row."""
    actual = float(truth) if task.kind is Kind.REGRESSION else task.classes[int(truth)]
    found: dict[str, Any] = {"row": row, "actual": actual}
    for one in models:
        p = np.asarray(one.predictions[place], np.float64)
        found[one.name] = float(p) if p.ndim == 0 else f"{task.classes[int(p.argmax())]} {percent(float(p.max()))}"
    return {**found, "right": [one.name for one, good in zip(models, right, strict=True) if good]}


def _cells(table: pd.DataFrame | None, row: int, named: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of a row in words, under the names that they get."""
    return {} if table is None else {key: shown(table[column].iloc[row]) for column, key in named.items()}


def _curves(task: Task, y: np.ndarray, models: Sequence[Compared]) -> tuple[str, list[dict[str, Any]], tuple[str, ...]]:
    """Return the chart of the curves, their points, and a sentence on them; nothing where there are none."""
    if task.kind is Kind.REGRESSION:
        return _error_curves(y, models)
    if len(np.unique(y)) < 2:
        return "", [], ()
    return _mean_roc(y, models) if task.kind is Kind.MULTICLASS else _binary_curves(task, y == 1, models)


def _error_curves(y: np.ndarray, models: Sequence[Compared]) -> tuple[str, list[dict[str, Any]], tuple[str, ...]]:
    points: list[dict[str, Any]] = []
    parts = []
    shares = np.linspace(0.0, _MOST_ERRORS, _POINTS)
    for i, one in enumerate(models):
        errors = np.abs(np.asarray(one.predictions, np.float64) - y)
        points += _line(one.name, np.quantile(errors, shares), shares)
        half, most = (value_in_words(float(value)) for value in np.quantile(errors, [0.5, 0.9]))
        if i == 0:
            parts.append(f"{one.name} is within {half} of the true value on half of the rows, within {most} on 9 of 10")
        else:
            parts.append(f"{one.name} within {half} and {most}")
    return "compared_errors", points, (f"{'; '.join(parts)}.",)


def _mean_roc(y: np.ndarray, models: Sequence[Compared]) -> tuple[str, list[dict[str, Any]], tuple[str, ...]]:
    points: list[dict[str, Any]] = []
    areas = []
    for one in models:
        found = roc_points(y, np.asarray(one.predictions, np.float64), _POINTS)
        assert found is not None  # there are several classes
        points += _line(one.name, found.false_positive_rate, found.true_positive_rate)
        areas.append(f"{number(found.area)} for {one.name}")
    said = f"The ROC AUC, averaged over each class against the rest, is {listed(areas, MOST_COMPARED)}."
    return "compared_roc", points, (said,)


def _binary_curves(
    task: Task, positive: np.ndarray, models: Sequence[Compared]
) -> tuple[str, list[dict[str, Any]], tuple[str, ...]]:
    """Return ROC curves; where positives are rare, or precision is the metric, curves of precision and recall."""
    rare = task.metric.scorer == "average_precision" or positive.mean() < _RARE
    points: list[dict[str, Any]] = []
    parts = []
    for i, one in enumerate(models):
        order, ends = descending(np.asarray(one.predictions, np.float64))
        hits, flagged = np.cumsum(positive[order])[ends], ends + 1
        recall = hits / hits[-1]
        if rare:
            points += _line(one.name, recall, hits / flagged)
        else:
            points += _line(one.name, np.r_[0.0, (flagged - hits) / (~positive).sum()], np.r_[0.0, recall])
        least = flagged[np.searchsorted(hits, _FOUND * hits[-1] - 1e-9)]
        parts.append(f"{one.name} {'must flag ' if i == 0 else ''}{least:,}")
    said = (
        f"To find {percent(_FOUND)} of the rows with {task.target} = {task.positive or task.classes[-1]}, "
        f"{listed(parts, MOST_COMPARED)} of {plural(len(positive), 'row')}."
    )
    return "compared_pr" if rare else "compared_roc", points, (said,)


def _line(name: str, x: Any, y: Any) -> list[dict[str, Any]]:
    """Return the points of a curve, thinned."""
    kept = np.unique(np.linspace(0, len(x) - 1, _POINTS).astype(int)) if len(x) > _POINTS else range(len(x))
    return [{"model": name, "x": float(x[i]), "y": float(y[i]), "order": order} for order, i in enumerate(kept)]


def _draw(curves: Rows, x: Any, y: Any, *under: Any) -> Any:
    """Draw a line for each model."""
    import altair as alt

    lines = chart("curves", curves).mark_line(strokeWidth=2, strokeJoin="round", opacity=0.9)
    tooltip = [alt.Tooltip("model:N", title=" ")]
    return finished([*under, lines.encode(x=x, y=y, order="order:Q", color=hues_of("model"), tooltip=tooltip)])


def draw_roc(curves: Rows = ()) -> Any:
    """Draw true against false positive rates of each model; parameter: rows of the view of this name."""
    x = along("x:Q", "false positive rate", axis={"format": ".0%"})
    return _draw(curves, x, across("y:Q", "true positive rate", axis={"format": ".0%"}), diagonal())


def draw_pr(curves: Rows = ()) -> Any:
    """Draw precision against recall of each model; parameter: rows of the view of this name."""
    x = along("x:Q", "recall", axis={"format": ".0%"})
    return _draw(curves, x, across("y:Q", "precision", axis={"format": ".0%"}))


def draw_errors(curves: Rows = ()) -> Any:
    """Draw the share of rows whose error is at most so large; parameter: rows of the view of this name."""
    return _draw(curves, along("x:Q", "error at most"), across("y:Q", "share of rows", axis={"format": ".0%"}))


VIEW = ViewDefinition(
    name="disagreement",
    level=Level.COMPARISON,
    question="Where do two models disagree?",
    summary="Return the rows on which two to five models disagree, who is right there, and the curve of each model.",
    options=(TRIALS,),
    compute=compute,
    out_of_fold=True,
    charts={"compared_roc": draw_roc, "compared_pr": draw_pr, "compared_errors": draw_errors},
    concept=Concept(
        "disagreement",
        "Disagreement",
        "Two models with the same score need not make the same mistakes. Where they disagree, one of them is wrong: "
        "if one is right much more often there, it knows something that the other misses. If each is right about "
        "half of the time, an ensemble of both may beat them.",
    ),
)
