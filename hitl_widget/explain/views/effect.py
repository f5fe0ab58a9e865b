"""View "How does the prediction change with one column?": partial dependence, with the lines of single rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.charts.marks import (
    AS_PREDICTION,
    BARS,
    column_values,
    names_down,
    prediction_tooltip,
    value_across,
    value_along,
    value_tooltip,
)
from hitl_widget.charts.parts import Rows, chart, finished
from hitl_widget.explain.concepts import PARTIAL_DEPENDENCE
from hitl_widget.explain.definition import Option, ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import CLASS, COLUMN, TRIAL_OR_ENSEMBLE, unchecked
from hitl_widget.explain.partial_dependence import GRID, LINES, ROWS, Curve, curve
from hitl_widget.explain.shape import curve_in_words
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import kind_of, numbers_of, place_in_words, sampled, shown

__all__ = ["VIEW", "effect"]


def compute(source: ModelSource, *, column: str | None = None, centred: bool = False, of: str | None = None) -> View:
    """Return the view of a column, by default the one that matters most."""
    chosen = source.strongest_column() if column is None else column
    return effect(source.subject(), chosen, of=of, centred=bool(centred))


CENTRED = Option(
    "centred",
    bool,
    "True to draw the lines of single rows from a common start.",
    unchecked,
    default=False,
    keyword=True,
)


def effect(
    subject: Subject,
    column: str,
    *,
    of: str | None = None,
    centred: bool = False,
    grid: int = GRID,
    rows: int = ROWS,
    lines: int = LINES,
    seed: int = 0,
) -> View:
    """Return the predictions as one column changes, on average and for single rows.

    Parameters
    ----------
    subject, column
        The models, and the column.
    of
        One of more than two classes; by default the one that moves most.
    centred
        True to start all lines at 0, which shows where rows differ.
    grid, rows, seed
        As of `curve`.
    lines
        Maximum number of lines of single rows.
    """
    found = curve(subject, column, grid=grid, rows=rows, seed=seed)
    code, answers = subject.code(of), found.lines
    if answers.ndim == 3:
        code = int(np.ptp(found.mean, axis=0).argmax()) if code is None else code
        answers = answers[:, :, code]
    label = None if code is None else subject.labels[code]
    sentences = _sentences(subject, found, answers, label)
    drawn = answers - answers[:, :1] if centred else answers
    places = _places(found, drawn)
    singles = [
        {"row": int(found.rows[j]), "x": places[k]["x"], "level": places[k]["level"], "value": float(one), "order": k}
        for j in range(min(lines, len(drawn)))
        for k, one in enumerate(drawn[j])
    ]
    about = {**subject.about, "model": subject.name, "column": column, "kind": found.kind, "centred": centred}
    return VIEW.answer(
        sentences,
        {"effect": places, "lines": singles},
        question=f"How does the average prediction vary with {column}?",
        charts=("effect_levels" if found.kind == "category" else "effect",),
        notes=_notes(found, subject),
        about=about if label is None else {**about, "of": label},
        options=_options(subject),
    )


def _places(found: Curve, answers: np.ndarray) -> list[dict[str, Any]]:
    """Return a record for each value of the grid."""
    x, few, mean = numbers_of(found.grid), found.few, answers.mean(axis=0)
    low, high = np.quantile(answers, [0.1, 0.9], axis=0)
    return [
        {
            "x": None if found.kind == "category" else float(x[k]),
            "level": shown(found.grid.iloc[k]),
            "value": float(mean[k]),
            "low": float(low[k]),
            "high": float(high[k]),
            "rows": int(found.near[k]),
            "few": bool(few[k]),
            "order": k,
        }
        for k in range(len(mean))
    ]


def _options(subject: Subject) -> Mapping[str, Any]:
    choices = [name for name in subject.columns if kind_of(subject.table[name]) != "text"]
    return {"column": choices, "centred": (False, True), **({"of": subject.answers} if subject.answers else {})}


def _sentences(subject: Subject, found: Curve, answers: np.ndarray, label: str | None) -> tuple[str, ...]:
    what, mean = _what(subject, label), answers.mean(axis=0)
    height = float(np.ptp(mean))
    if height <= _least(subject):
        apart = float(np.ptp(answers, axis=1).mean())
        first = f"Changing {found.column} alone hardly moves {what}: by at most {subject.amount(height)} on average"
        if apart > 3 * _least(subject):
            return (f"{first}; single rows move by {subject.amount(apart)}, some up, some down.",)
        return (f"{first}.",)
    if found.kind == "category":
        high, low = int(mean.argmax()), int(mean.argmin())
        first = (
            f"With {found.column} = {shown(found.grid.iloc[high])} {what} is highest on average "
            f"({subject.in_words(float(mean[high]))}), with {shown(found.grid.iloc[low])} lowest "
            f"({subject.in_words(float(mean[low]))})."
        )
    else:
        x = numbers_of(found.grid)
        told = curve_in_words(x, mean, place_in_words(found.grid, x))
        first = (
            f"As {found.column} grows, {what} {told}, on average between {subject.in_words(float(mean.min()))} and "
            f"{subject.in_words(float(mean.max()))}."
        )
    return (first, *_crossing(subject, answers))


def _crossing(subject: Subject, answers: np.ndarray) -> tuple[str, ...]:
    """Return a sentence when single rows behave otherwise than their mean."""
    own = answers - answers.mean(axis=1, keepdims=True)
    mean = own.mean(axis=0)
    along = own @ mean / float(mean @ mean)
    against = float((along < -0.25).mean())
    if against >= 0.1:
        return (f"For {100 * against:.0f}% of the rows the effect is the opposite: it depends on other columns.",)
    apart = float(np.sqrt(((own - mean) ** 2).mean()))
    if apart > max(float(np.sqrt((mean**2).mean())), _least(subject)):
        return ("The effect differs between rows: it depends on other columns.",)
    return ()


def _least(subject: Subject) -> float:
    """Return the largest negligible change: a percentage point, or 2% of the target's standard deviation."""
    return 0.02 * float(np.std(subject.y)) if subject.regression else 0.01


def _what(subject: Subject, label: str | None) -> str:
    if subject.regression:
        return f"the predicted {subject.task.target}"
    label = label if label is not None else subject.labels[1] if len(subject.labels) > 1 else "the positive class"
    return f"the predicted probability that {subject.task.target} = {label}"


def _notes(found: Curve, subject: Subject) -> tuple[str, ...]:
    notes = [sampled(len(found.rows), found.whole), *subject.notes]
    few = np.flatnonzero(found.few)
    if len(few) and found.kind == "category":
        where = ", ".join(shown(found.grid.iloc[k]) for k in few[:4])
        notes.append(f"Few rows have {where}: the model is uncertain there.")
    elif len(few):
        notes.append("Hollow points have few rows near them: the model is uncertain there.")
    left = int(subject.table.iloc[subject.rows][found.column].nunique()) - len(found.grid)
    if found.kind == "category" and left > 0:
        notes.append(f"{left} rarer categories are not drawn.")
    notes.append("Other columns stay unchanged, which can create unrealistic rows.")
    return tuple(notes)


def draw(effect: Rows = (), lines: Rows = (), *, percent: bool = True, dates: bool = False) -> Any:
    """Draw predictions as a column changes: single rows thin, their mean thick, hollow where rows are few.

    Parameters
    ----------
    effect, lines
        Rows of the datasets of these names.
    percent, dates
        As of `dependence`.
    """
    import altair as alt

    base = chart("effect", effect)
    x, y = column_values(dates), value_across("value", AS_PREDICTION)
    single = chart("lines", lines).mark_line(strokeWidth=0.8, opacity=0.35, color=alt.expr("faint"))
    tooltip = [*value_tooltip(), prediction_tooltip("value"), alt.Tooltip("rows:Q", title="rows near", format=",")]
    return finished(
        [
            single.encode(x=x, y=y, detail="row:N", order="order:Q"),
            base.mark_line(strokeWidth=2.5, color=alt.expr("machine"), strokeJoin="round").encode(
                x=x, y=y, order="order:Q"
            ),
            base.mark_point(
                size=34, opacity=1, color=alt.expr("machine"), fill=alt.expr("datum.few ? paper : machine")
            ).encode(x=x, y=y, tooltip=tooltip),
        ],
        percent=percent,
        dates=dates,
    )


def draw_levels(effect: Rows = (), lines: Rows = (), *, percent: bool = True) -> Any:
    """Draw predictions for each category: the mean, and the range of eight of ten rows; parameters as of `effect`."""
    import altair as alt

    base = chart("effect", effect)
    y = names_down("level", "value", order="descending")
    single = chart("lines", lines).mark_tick(color=alt.expr("faint"), opacity=0.3, thickness=1, size=12)
    tooltip = [alt.Tooltip("level:N"), prediction_tooltip("value"), alt.Tooltip("rows:Q", format=",")]
    return finished(
        [
            single.encode(
                x=value_along("value", AS_PREDICTION, padding=8),
                y=names_down("level", "value", op="mean", order="descending"),
            ),
            base.mark_rule(strokeWidth=1.6, color=alt.expr("machine")).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
            base.mark_point(
                size=80, opacity=1, color=alt.expr("machine"), fill=alt.expr("datum.few ? paper : machine")
            ).encode(x=value_along("value", AS_PREDICTION, padding=8), y=y, tooltip=tooltip),
        ],
        percent=percent,
        step=BARS,
    )


VIEW = ViewDefinition(
    name="effect",
    level=Level.MODEL,
    topic="Columns",
    question="How does the average prediction vary with one column?",
    summary="Return what happens to predictions, on average and for single rows, as one column changes (PDP and ICE).",
    options=(COLUMN, TRIAL_OR_ENSEMBLE, CENTRED, CLASS),
    compute=compute,
    charts={"effect": draw, "effect_levels": draw_levels},
    concept=PARTIAL_DEPENDENCE,
    references="Friedman 2001, *Greedy function approximation*; Goldstein et al. 2015, *Peeking inside the black box*.",
)
