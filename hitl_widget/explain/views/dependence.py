"""View "How does one column push the prediction?": the values of the column against their SHAP values."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.charts.marks import (
    AS_CHANGE,
    SWARM,
    change_tooltip,
    column_values,
    dots,
    names_down,
    value_across,
    value_along,
    value_tooltip,
)
from hitl_widget.charts.parts import Rows, chart, finished, zero_line
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.concepts import SHAP
from hitl_widget.explain.contributions import (
    about_subject,
    amount_in_words,
    class_code,
    class_label,
    class_options,
    level_means,
    positions_of,
    predicted_quantity,
    sample_notes,
    signed_in_words,
)
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import CLASS, COLUMN, TRIAL_OR_ENSEMBLE
from hitl_widget.explain.shape import curve_in_words
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import kind_of, numbers_of, place_in_words, shown

__all__ = ["VIEW", "dependence"]

_DOTS = 400
_LEVELS = 15


def compute(source: ModelSource, *, column: str | None = None, of: str | None = None) -> View:
    """Return the view of a column, by default the most important one."""
    subject, values = source.attribution()
    return dependence(subject, values, source.strongest_column() if column is None else column, of)


def dependence(subject: Subject, values: Attribution, column: str, of: str | None = None) -> View:
    """Return each row's value against its contribution, with the column that changes this relation most.

    Parameters
    ----------
    subject, values
        The models, and SHAP values of some of their rows.
    column
        Name of the column.
    of
        One of more than two classes; by default the one that columns move most.
    """
    code, i = class_code(subject, values, of), subject.place(column)
    mine = values.of(code)
    cells, pulls = mine.table.iloc[:, i], mine.values[:, i]
    kind = kind_of(cells)
    other, strength = _partner(mine, i)
    some = mine.beginning(_DOTS)
    x = numbers_of(cells)[: len(some)]
    tint = positions_of(some.table.iloc[:, other]) if other is not None else np.full(len(some), np.nan)
    names = _named(some.table.iloc[:, other]) if other is not None else ["all rows"] * len(some)
    grouped = "_groups" if np.isnan(tint).all() else ""
    dots = [
        {
            "x": None if kind in ("category", "text") or np.isnan(x[j]) else float(x[j]),
            "level": shown(cells.iloc[j]),
            "shap": float(some.values[j, i]),
            "scaled": None if np.isnan(tint[j]) else float(tint[j]),
            "other": names[j],
            "row": int(some.rows[j]),
        }
        for j in range(len(some))
    ]
    data, note = _levels_to_draw(dots) if kind in ("category", "text") else ({"dependence": dots}, ())
    sentences = [
        _dependence_sentence(values, column, cells, pulls, predicted_quantity(subject, class_label(subject, code)))
    ]
    if other is not None:
        with_ = values.columns[other]
        sentences.append(f"The effect of {column} varies most with {with_}.")
    return VIEW.answer(
        tuple(sentences),
        data,
        question=f"How much does {column} raise or lower each prediction?",
        charts=(("dependence_levels" if kind in ("category", "text") else "dependence") + grouped,),
        notes=(*sample_notes(subject, values), *note),
        about={
            **about_subject(subject, class_label(subject, code)),
            "column": column,
            "with": None if other is None else values.columns[other],
            "strength": strength,
            "kind": kind,
        },
        options={"column": subject.columns, **class_options(subject)},
        partial=values.partial,
    )


def _dependence_sentence(values: Attribution, column: str, cells: pd.Series[Any], pulls: np.ndarray, what: str) -> str:
    if not np.abs(pulls).max(initial=0.0) > 0:
        return f"{column} has no effect on {what}."
    if kind_of(cells) in ("number", "date"):
        x = numbers_of(cells)
        at, mean = _binned(x[np.isfinite(x)], pulls[np.isfinite(x)])
        told = curve_in_words(at, mean, place_in_words(cells, at))
        span = amount_in_words(values, float(np.ptp(mean))) if len(mean) else amount_in_words(values, 0.0)
        return f"As {column} grows, its contribution to {what} {told}; the lowest and the highest are {span} apart."
    means = level_means(cells, pulls)
    if len(means) < 2:
        return f"{column} has only one value in these rows."
    (high, most), (low, least) = means[0], means[-1]
    return (
        f"{column} = {high} has the most positive effect on {what} ({signed_in_words(values, most)} on average), and "
        f"{low} the most negative ({signed_in_words(values, least)})."
        if most > 0 > least
        else f"{column} = {high} goes with the highest contribution ({signed_in_words(values, most)}), {low} with the "
        f"lowest ({signed_in_words(values, least)})."
    )


def _levels_to_draw(dots: list[dict[str, Any]]) -> tuple[dict[str, list[dict[str, Any]]], tuple[str, ...]]:
    """Return dots of the most frequent levels and of the others as datasets, with a note if there are others.

    Among levels of equal frequency, those with the largest contributions come first.
    """
    sizes: dict[str, list[float]] = {}
    for dot in dots:
        sizes.setdefault(dot["level"], []).append(abs(dot["shap"]))
    order = sorted(sizes, key=lambda level: (-len(sizes[level]), -sum(sizes[level])))
    if len(order) <= _LEVELS:
        return {"dependence": dots}, ()
    drawn = set(order[:_LEVELS])
    data = {
        "dependence": [dot for dot in dots if dot["level"] in drawn],
        "rarer": [dot for dot in dots if dot["level"] not in drawn],
    }
    note = f"The chart shows the {_LEVELS} most frequent of {len(order)} values; the table `rarer` has the others."
    return data, (note,)


def _named(cells: pd.Series[Any], most: int = 5) -> list[str]:
    """Return cells as texts; for categories only the most frequent ones, and "others"."""
    texts = [shown(cell) for cell in cells]
    if kind_of(cells) in ("number", "date"):
        return texts
    commonest = set(pd.Series(texts).value_counts().index[:most])
    return [text if text in commonest else "others" for text in texts]


def _binned(x: np.ndarray, y: np.ndarray, bins: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return the median value and mean contribution of bins with about equally many rows."""
    if not len(x):
        return np.empty(0), np.empty(0)
    cuts = np.unique(np.quantile(x, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(cuts, x, side="right")
    found = [place == code for code in np.unique(place)]
    return np.array([np.median(x[one]) for one in found]), np.array([y[one].mean() for one in found])


def _partner(values: Attribution, i: int) -> tuple[int | None, float]:
    """Return the column that most explains why rows of like value get unlike contributions, and how much it explains.

    Rows are put in bins by the column's own value; within them the contribution's variance is divided among thirds, or
    levels, of each other column. What chance would explain is taken off.
    """
    pulls, cells = values.values[:, i], values.table.iloc[:, i]
    own = _grouped(cells, 10)
    _, own = np.unique(own, return_inverse=True)
    rest = pulls - (np.bincount(own, pulls) / np.maximum(np.bincount(own), 1))[own]
    total = float((rest**2).sum())
    if total <= 1e-12 * max(float((pulls**2).sum()), 1e-300) or len(pulls) < 30:
        return None, 0.0
    best, most = None, 0.1
    for j in range(len(values.columns)):
        if j == i:
            continue
        both = own * 100 + np.minimum(_grouped(values.table.iloc[:, j], 3), 99)
        _, cell = np.unique(both, return_inverse=True)
        counts = np.bincount(cell)
        within = float((rest**2).sum() - (np.bincount(cell, rest) ** 2 / counts).sum())
        free = len(rest) - len(counts)
        if free <= len(rest) // 3:
            continue
        explained = 1 - within / free / (total / (len(rest) - own.max() - 1))
        if explained > most:
            best, most = j, explained
    return best, float(most) if best is not None else 0.0


def _grouped(cells: pd.Series[Any], bins: int) -> np.ndarray:
    """Return a group for each cell: bins for numbers, the most frequent levels for others, one for missing cells."""
    if kind_of(cells) in ("number", "date"):
        x = numbers_of(cells)
        there = x[np.isfinite(x)]
        cuts = np.unique(np.quantile(there, np.linspace(0, 1, bins + 1)[1:-1])) if len(there) else np.empty(0)
        return np.where(np.isfinite(x), np.searchsorted(cuts, x, side="right"), bins)
    codes, _ = pd.factorize(cells)
    order = np.argsort(-np.bincount(codes + 1), kind="stable")[:8]
    return np.searchsorted(np.sort(order), codes + 1).astype(np.int64)


def draw(dependence: Rows = (), *, percent: bool = True, dates: bool = False, groups: bool = False) -> Any:
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
        "x": column_values(dates),
        "y": value_across("shap", AS_CHANGE),
        "tooltip": [*value_tooltip(), change_tooltip("shap")],
    }
    drawn = [zero_line(vertical=False), *dots(chart("dependence", dependence), place, size=26, groups=groups)]
    return finished(drawn, percent=percent, dates=dates)


def draw_levels(dependence: Rows = (), *, percent: bool = True, groups: bool = False) -> Any:
    """Draw the contributions of a column's categories; parameters as of `dependence`."""
    import altair as alt

    base = chart("dependence", dependence).transform_calculate(aside="(datum.row * 0.618034) % 1 - 0.5")
    place: dict[str, Any] = {
        "x": value_along("shap", AS_CHANGE, padding=8),
        "y": names_down("level", "shap", op="mean", order="descending", padding=0.1),
        "yOffset": alt.YOffset("aside:Q", scale=alt.Scale(domain=[-0.9, 0.9])),
        "tooltip": [*value_tooltip(), change_tooltip("shap")],
    }
    drawn = [zero_line(), *dots(base, place, size=20, groups=groups)]
    return finished(drawn, percent=percent, step=SWARM)


VIEW = ViewDefinition(
    name="dependence",
    level=Level.MODEL,
    topic="Columns",
    question="How much does one column raise or lower each prediction?",
    summary="Return how one column's values push the prediction, and which other column changes that most.",
    options=(COLUMN, TRIAL_OR_ENSEMBLE, CLASS),
    compute=compute,
    charts={
        "dependence": draw,
        "dependence_levels": draw_levels,
        "dependence_groups": partial(draw, groups=True),
        "dependence_levels_groups": partial(draw_levels, groups=True),
    },
    concept=SHAP,
)
