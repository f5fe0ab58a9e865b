"""View "Which way does each column push the prediction?": a dot for each row, by its SHAP value."""

from __future__ import annotations

from typing import Any

import numpy as np

from hitl_widget.charts.marks import AS_CHANGE, SWARM, change_tooltip, dots, names_down, value_along
from hitl_widget.charts.parts import Rows, chart, finished, zero_line
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.concepts import SHAP
from hitl_widget.explain.contributions import (
    about_subject,
    class_code,
    class_label,
    class_options,
    left_out_note,
    level_means,
    positions_of,
    predicted_quantity,
    sample_notes,
)
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import CLASS, TRIAL_OR_ENSEMBLE
from hitl_widget.explain.shape import direction
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import kind_of, numbers_of, shown

__all__ = ["VIEW", "beeswarm", "bent"]

_COLUMNS, _ROWS = 10, 120


def compute(source: ModelSource, *, of: str | None = None) -> View:
    """Return the view from as many rows as the step asks for."""
    return beeswarm(*source.attribution(), of)


def beeswarm(subject: Subject, values: Attribution, of: str | None = None) -> View:
    """Return a point for each row and column: its contribution, with the rank of the cell's value for the colour.

    Parameters
    ----------
    subject, values
        The models, and SHAP values of some of their rows; at most 120 rows and 10 columns are drawn.
    of
        One of more than two classes; by default the one that columns move most.
    """
    code = class_code(subject, values, of)
    whole = values.of(code)
    order = np.argsort(-whole.sizes().mean(axis=0), kind="stable")
    some = whole.beginning(_ROWS)
    dots: list[dict[str, Any]] = []
    for rank, i in enumerate(order[:_COLUMNS]):
        name, cells = values.columns[i], some.table.iloc[:, i]
        scaled, offsets = positions_of(cells), _offsets(some.values[:, i])
        dots += [
            {
                "column": name,
                "rank": rank,
                "shap": float(some.values[j, i]),
                "offset": float(offsets[j]),
                "scaled": None if np.isnan(scaled[j]) else float(scaled[j]),
                "value": shown(cells.iloc[j]),
                "row": int(some.rows[j]),
            }
            for j in range(len(some))
        ]
    pulls = [_pull(whole, int(i)) for i in order[:3] if whole.sizes()[:, i].mean() > 0]
    what = predicted_quantity(subject, class_label(subject, code))
    if not pulls:
        said: tuple[str, ...] = (f"No column pushes {what} up or down.",)
    else:
        said = (f"The strongest effects on {what}: {'; '.join(pulls)}.",)
    return VIEW.answer(
        said,
        {"beeswarm": dots},
        notes=(*sample_notes(subject, values), *left_out_note(len(order), _COLUMNS)),
        about=about_subject(subject, class_label(subject, code)),
        options=class_options(subject),
        partial=values.partial,
    )


def _pull(values: Attribution, i: int) -> str:
    """Return which values of a column push the prediction up and which push it down, in words."""
    name, cells, pulls = values.columns[i], values.table.iloc[:, i], values.values[:, i]
    if kind_of(cells) in ("number", "date"):
        x = numbers_of(cells)
        along = direction(x, pulls)
        turns = bent(x, pulls)
        if turns is not None:
            low, high = (shown(cells.iloc[place]) for place in turns)
            return f"{name} lowers it most near {low} and raises it most near {high}"
        if abs(along) > 0.4:
            first, second = ("raises", "lowers") if along > 0 else ("lowers", "raises")
            sort = "late" if kind_of(cells) == "date" else "high"
            other = "an early one" if sort == "late" else "a low one"
            return f"a {sort} {name} {first} it, {other} {second} it"
        return f"{name} pushes it both up and down"
    means = level_means(cells, pulls)
    if len(means) < 2:
        return f"{name} pushes it both up and down"
    return f"{name} = {means[0][0]} raises it most, {name} = {means[-1][0]} lowers it most"


_BINS, _LEAST_IN_BIN = 24, 3
_ENDS = 0.75
"""Share of the height of a curve that lies between its ends, from which on it counts as rising or falling."""


def bent(x: np.ndarray, pulls: np.ndarray) -> tuple[int, int] | None:
    """Return the rows of the least and the greatest contribution if these are not at the two ends of a column.

    Contributions are averaged over equal values, or over bins of equally many rows where there are many values.
    """
    known = np.flatnonzero(np.isfinite(x))
    order = known[np.argsort(x[known], kind="stable")]
    values, counts = np.unique(x[order], return_counts=True)
    edges = np.cumsum(counts)[:-1] if len(values) <= _BINS else np.linspace(0, len(order), 13).astype(int)[1:-1]
    bins = [one for one in np.split(order, edges) if len(one) >= _LEAST_IN_BIN]
    if len(bins) < 4:
        return None
    means = np.array([pulls[one].mean() for one in bins])
    height = float(np.ptp(means))
    if height <= float(pulls[known].std()) or abs(means[-1] - means[0]) >= _ENDS * height:
        return None
    low, high = (bins[int(pick(means))] for pick in (np.argmin, np.argmax))
    return int(low[len(low) // 2]), int(high[len(high) // 2])


def _offsets(pulls: np.ndarray, bins: int = 60) -> np.ndarray:
    """Return the offset of each point, from -0.45 to 0.45, so that dense places look dense."""
    span = float(np.ptp(pulls)) if len(pulls) else 0.0
    place = (
        np.zeros(len(pulls), np.int64) if span <= 0 else ((pulls - pulls.min()) / span * (bins - 1)).astype(np.int64)
    )
    out, seen = np.zeros(len(pulls)), dict.fromkeys(range(bins), 0)
    for j, one in enumerate(place):
        count = seen[int(one)]
        out[j] = (count + 1) // 2 * (1 if count % 2 else -1)
        seen[int(one)] = count + 1
    widest = float(np.abs(out).max(initial=0.0))
    return np.asarray(out * min(0.06, 0.45 / widest)) if widest else out


def draw(beeswarm: Rows = (), *, percent: bool = True) -> Any:
    """Draw every row's contribution by column, colored by the rank of its value.

    Parameters
    ----------
    beeswarm
        Rows of the dataset ``beeswarm``.
    percent
        Write contributions in percentage points; the dashboard sets the signal of this name.
    """
    import altair as alt

    base = chart("beeswarm", beeswarm)
    place: dict[str, Any] = {
        "x": value_along("shap", AS_CHANGE, padding=8),
        "y": names_down("column", "rank", padding=0.1),
        "yOffset": alt.YOffset("offset:Q", scale=alt.Scale(domain=[-0.5, 0.5])),
        "tooltip": [alt.Tooltip("column:N"), alt.Tooltip("value:N"), change_tooltip("shap")],
    }
    return finished([zero_line(), *dots(base, place, size=20)], percent=percent, step=SWARM)


VIEW = ViewDefinition(
    name="beeswarm",
    level=Level.MODEL,
    topic="Columns",
    question="Does each column raise or lower the prediction?",
    summary="Return in which direction each column pushes the prediction, row by row.",
    options=(TRIAL_OR_ENSEMBLE, CLASS),
    compute=compute,
    charts={"beeswarm": draw},
    concept=SHAP,
)
