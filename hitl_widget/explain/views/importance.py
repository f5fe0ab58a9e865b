"""View "Which columns matter most?": the mean size of the SHAP values of each column."""

from __future__ import annotations

from typing import Any

import numpy as np

from hitl_widget.charts.marks import BARS, ROOM, names_down, share_tooltip, text_beside
from hitl_widget.charts.parts import Rows, chart, finished
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.concepts import SHAP
from hitl_widget.explain.contributions import (
    about_subject,
    amount_in_words,
    class_options,
    left_out_note,
    predicted_quantity,
    sample_notes,
)
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import CLASS, TRIAL_OR_ENSEMBLE
from hitl_widget.explain.phrases import listed
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "importance"]

_RESAMPLES = 200
_BARS = 20
_HARDLY = 0.01
_LINES = "Lines: 95% intervals, as the rows are a sample."
_CAUSE = "SHAP values describe the model, not cause and effect."
_URGENT_SECONDS = 2.0
"""The first bars are what people wait for, and CatBoost takes a second for them beside busy workers."""


def compute(source: ModelSource, *, of: str | None = None) -> View:
    """Return the view from as many rows as the step asks for."""
    return importance(*source.attribution(), of)


def importance(subject: Subject, values: Attribution, of: str | None = None, seed: int = 0) -> View:
    """Return the mean size of each column's contributions, with bootstrap intervals.

    Parameters
    ----------
    subject, values
        The models, and SHAP values of some of their rows.
    of
        One of more than two classes; by default the mean over classes.
    seed
        Seed of the bootstrap over rows.
    """
    sizes = values.of(subject.code(of)).sizes()
    mean = sizes.mean(axis=0)
    rng = np.random.default_rng([abs(seed), 13])
    weights = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), _RESAMPLES) / len(sizes)
    low, high = np.quantile(weights @ sizes, [0.025, 0.975], axis=0)
    whole = float(mean.sum()) or 1.0
    order = np.argsort(-mean, kind="stable")
    bars = [
        {
            "column": values.columns[i],
            "value": float(mean[i]),
            "low": float(min(low[i], mean[i])),
            "high": float(max(high[i], mean[i])),
            "share": float(mean[i]) / whole,
            "text": amount_in_words(values, float(mean[i]), short=True),
            "rank": place,
        }
        for place, i in enumerate(order[:_BARS])
    ]
    shares = [(values.columns[i], float(mean[i]) / whole) for i in order]
    return VIEW.answer(
        _importance_sentences(subject, values, shares, float(mean.max(initial=0.0)), of),
        {"importance": bars},
        notes=(*sample_notes(subject, values), _LINES, _CAUSE, *left_out_note(len(order), _BARS)),
        about=about_subject(subject, of),
        options=class_options(subject),
        partial=values.partial,
    )


def _importance_sentences(
    subject: Subject, values: Attribution, shares: list[tuple[str, float]], most: float, of: str | None
) -> tuple[str, ...]:
    what = predicted_quantity(subject, of)
    if most <= 0:
        return (f"No column matters: {subject.name} predicts the same for every row.",)
    deciding = [shares[0]]
    while len(deciding) < min(3, len(shares)) and sum(share for _, share in deciding) < 0.6:
        if shares[len(deciding)][1] < 0.05:
            break
        deciding.append(shares[len(deciding)])
    names, share = listed([name for name, _ in deciding]), sum(share for _, share in deciding)
    part = f"{100 * share:.0f}% of the total effect of all columns on {what}"
    if share < 0.4:
        first = f"No few columns dominate: together, {names} account for {part}."
    elif len(deciding) == 1:
        first = f"{names} matters most: it accounts for {part}."
    else:
        first = f"{names} matter most: together they account for {part}."
    second = f"On average, {shares[0][0]} moves {what} by {amount_in_words(values, most)}"
    slight = [name for name, one in shares if one < _HARDLY]
    if slight:
        more = f" and {len(slight) - 4} others" if len(slight) > 5 else ""
        some = f"{', '.join(slight[:4])}{more}" if more else listed(slight)
        second += f"; {some} hardly {'matter' if len(slight) > 1 else 'matters'}"
    return first, f"{second}."


def draw(importance: Rows = ()) -> Any:
    """Draw the mean size of contributions by column, with intervals.

    Parameters
    ----------
    importance
        Rows of the dataset ``importance``.

    Returns
    -------
    altair.LayerChart
    """
    import altair as alt

    base = chart("importance", importance)
    y = names_down("column", "rank")
    x = alt.X("value:Q", title=None, axis=None, scale=alt.Scale(zero=True, range=[0, alt.expr(f"width - {ROOM}")]))
    tooltip = [alt.Tooltip("column:N"), alt.Tooltip("text:N", title="moves by"), share_tooltip()]
    return finished(
        [
            base.mark_bar(color=alt.expr("machine"), height={"band": 0.62}, cornerRadiusEnd=2).encode(
                x=x, y=y, tooltip=tooltip
            ),
            *(
                base.mark_rule(color=alt.expr(colour), strokeWidth=width).encode(
                    x=alt.X("low:Q", axis=None), x2="high:Q", y=y
                )
                for colour, width in (("paper", 4), ("ink", 1.2))  # a halo, so that it reads on the bar
            ),
            text_beside(base, "high", axis=None).encode(y=y, text="text:N"),
        ],
        step=BARS,
    )


VIEW = ViewDefinition(
    name="importance",
    level=Level.MODEL,
    topic="Columns",
    question="Which columns matter most?",
    summary="Return how much each column moves the predictions: the mean size of its SHAP values.",
    options=(TRIAL_OR_ENSEMBLE, CLASS),
    compute=compute,
    charts={"shap_bar": draw},
    urgent_seconds=_URGENT_SECONDS,
    concept=SHAP,
    references="Lundberg & Lee 2017, *A unified approach to interpreting model predictions*.",
)
