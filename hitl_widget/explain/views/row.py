"""View "Why this prediction?": the steps from the average prediction to that of one row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.charts.marks import BARS, names_down, text_beside
from hitl_widget.charts.parts import Rows, chart, finished
from hitl_widget.domain.figures import plural, value_in_words
from hitl_widget.errors import DataError
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.concepts import SHAP
from hitl_widget.explain.contributions import (
    about_subject,
    amount_in_words,
    class_label,
    class_options,
    signed_in_words,
)
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import CLASS, ROW, TRIAL_OR_ENSEMBLE
from hitl_widget.explain.phrases import listed
from hitl_widget.explain.row_figures import RowFigures, figures_of, row_to_show
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import shown

__all__ = ["VIEW", "explained_row"]

_STEPS = 8


def compute(source: ModelSource, *, row: int | None = None, of: str | None = None) -> View:
    """Return the view of a row, by default of the worst mistake."""
    from hitl_widget.explain.model import shap_values

    subject = source.subject()
    number = row_to_show(source) if row is None else row
    return explained_row(subject, shap_values(subject, np.array([number])), number, of, figures_of(source, number))


def explained_row(
    subject: Subject, values: Attribution, number: int, of: str | None = None, figures: RowFigures | None = None
) -> View:
    """Return the steps from the average prediction to that of one row, column by column.

    Parameters
    ----------
    subject
        The models.
    values
        SHAP values that include this row, or those of one row that is not in the table.
    number
        Position in the subject's table, -1 for a row that is not in the table.
    of
        One of more than two classes; by default the most likely one.
    figures
        The predictions of the row, where they are known.

    Raises
    ------
    DataError
        When the values do not include the row.
    """
    places = np.flatnonzero(values.rows == number)
    if not len(places):
        raise DataError(f"These SHAP values are of {plural(len(values), 'row')}; row {number} is not among them.")
    place = int(places[0])
    code = subject.code(of)
    if code is None and values.values.ndim == 3:
        code = int(values.prediction[place].argmax())
    mine = values.of(code)
    pulls, base, end = mine.values[place], float(mine.base[place]), float(mine.prediction[place])
    ranked = [(int(i), float(pulls[i])) for i in np.argsort(-np.abs(pulls), kind="stable")]
    cells = mine.table.iloc[place]
    first = [_step("start", "", "base", base, base, _say(subject, mine, base), 0)]
    between = _steps_of_columns(mine, base, end, ranked, cells)
    last = _step("prediction", "", "prediction", end, end, _say(subject, mine, end), 1 + len(between))
    told = _row_sentences(subject, mine, number, base, end, code, ranked, cells)
    return VIEW.answer(
        told if figures is None else (*told, figures.sentence(subject, code)),
        {"waterfall": [*first, *between, last], **({} if figures is None else figures.data())},
        question=f"Why this prediction for row {number}?" if number >= 0 else "Why this prediction?",
        notes=(*subject.notes, *_sampled_note(values)),
        about={
            **about_subject(subject, class_label(subject, code)),
            **({"row": number} if figures is None else figures.about(code)),
        },
        options=class_options(subject),
        partial=False,
    )


def _steps_of_columns(
    mine: Attribution, base: float, end: float, pulls: list[tuple[int, float]], cells: pd.Series[Any]
) -> list[dict[str, Any]]:
    """Return a step for each of the strongest columns, which come first, and one for all others."""
    strongest = pulls[:_STEPS] if len(pulls) > _STEPS + 1 else pulls
    steps: list[dict[str, Any]] = []
    at = base
    for column, pull in strongest:
        kind, text = "more" if pull >= 0 else "less", signed_in_words(mine, pull, short=True)
        name = mine.columns[column]
        steps.append(_step(name, shown(cells.iloc[column]), kind, at, at + pull, text, 1 + len(steps)))
        at += pull
    if len(strongest) < len(pulls):
        rest = end - at
        kind, text = "more" if rest >= 0 else "less", signed_in_words(mine, rest, short=True)
        label = plural(len(pulls) - len(strongest), "other column")
        steps.append(_step(label, "", kind, at, end, text, 1 + len(steps)))
    return steps


def _step(label: str, value: str, kind: str, start: float, end: float, text: str, order: int) -> dict[str, Any]:
    name = f"{label} = {value}" if value else label
    return {"label": name, "kind": kind, "start": start, "end": end, "text": text, "order": order}


def _row_sentences(
    subject: Subject,
    values: Attribution,
    number: int,
    base: float,
    end: float,
    code: int | None,
    pulls: list[tuple[int, float]],
    cells: pd.Series[Any],
) -> tuple[str, ...]:
    who, where = subject.name[:1].upper() + subject.name[1:], f"row {number}" if number >= 0 else "this row"
    first = f"{who} predicts {_predicted(subject, values, end, code)} for {where}; the average prediction is "
    first += f"{_say(subject, values, base)}."
    whole = sum(abs(size) for _, size in pulls)
    if not whole > 0:
        return first, "No column changes the prediction."
    told = [(i, size) for i, size in pulls[:4] if abs(size) >= 0.05 * whole][:3] or pulls[:1]
    verb = {True: "adds", False: "subtracts"}
    parts = [
        f"{values.columns[i]} = {shown(cells.iloc[i])} {verb[size > 0]} {amount_in_words(values, abs(size))}"
        for i, size in told
    ]
    return first, f"{listed(parts)}."


def _sampled_note(values: Attribution) -> tuple[str, ...]:
    if "sampling" not in values.how:
        return ()
    return ("SHAP values are estimated from a few random orders of the columns.",)


def _say(subject: Subject, values: Attribution, value: float) -> str:
    return f"{value_in_words(value)} (log-odds)" if values.scale == "log-odds" else subject.in_words(value)


def _predicted(subject: Subject, values: Attribution, value: float, code: int | None) -> str:
    return _say(subject, values, value) if values.scale == "log-odds" else subject.predicted(value, code)


def draw(waterfall: Rows = ()) -> Any:
    """Draw a row's way from base to prediction, a step for each column.

    Parameters
    ----------
    waterfall
        Rows of the dataset ``waterfall``.
    """
    import altair as alt

    base = chart("waterfall", waterfall).transform_calculate(
        right="max(datum.start, datum.end)",
        hue="datum.kind === 'more' ? hue_high : datum.kind === 'less' ? hue_low : ink",
        end_stop="datum.kind === 'base' || datum.kind === 'prediction'",
    )
    y = names_down("label", "order", limit=260)
    steps = base.transform_filter("!datum.end_stop").mark_bar(color=alt.expr("datum.hue"), height={"band": 0.62})
    stops = base.transform_filter("datum.end_stop").mark_tick(color=alt.expr("ink"), thickness=3, size=17)
    joints = base.transform_window(below="lead(label)", sort=[alt.SortField("order")]).transform_filter(
        "isValid(datum.below)"
    )
    x = alt.X("start:Q", title=None, axis=None, scale=alt.Scale(zero=False, nice=False, padding=60))
    return finished(
        [
            joints.mark_rule(color=alt.expr("faint"), strokeWidth=0.8, opacity=0.7).encode(
                x=alt.X("end:Q", axis=None), y=y, y2="below:N"
            ),
            steps.encode(x=x, x2="end:Q", y=y, tooltip=[alt.Tooltip("label:N"), alt.Tooltip("text:N")]),
            stops.encode(x=alt.X("end:Q", axis=None), y=y),
            text_beside(base, "right", axis=None).encode(y=y, text="text:N"),
        ],
        step=BARS,
    )


VIEW = ViewDefinition(
    name="row",
    level=Level.MODEL,
    topic="One row",
    question="Why this prediction?",
    summary="Return why one row is predicted as it is: the steps from the average to its prediction.",
    options=(ROW, TRIAL_OR_ENSEMBLE, CLASS),
    compute=compute,
    charts={"waterfall": draw},
    concept=SHAP,
)
