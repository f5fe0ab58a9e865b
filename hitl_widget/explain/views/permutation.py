"""View "How much does the score depend on each column?": the loss in score when the column is shuffled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hitl_widget.charts.marks import BARS, ROOM, names_down, text_beside, value_axis
from hitl_widget.charts.parts import Rows, chart, finished, zero_line
from hitl_widget.domain.figures import number, plural
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL_OR_ENSEMBLE
from hitl_widget.explain.permutation import Losses, permutation_losses
from hitl_widget.explain.phrases import listed
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "permutation"]

_BARS = 20


def compute(source: ModelSource) -> View:
    """Return the view after as many repeats as the step asks for."""
    subject = source.fold_models()
    return permutation(subject, source.followed("permutation", lambda: permutation_losses(subject)))


def permutation(subject: Subject, losses: Losses) -> View:
    """Return the drop in score for each shuffled column.

    Parameters
    ----------
    subject, losses
        The models, and what `permutation_losses` yielded.
    """
    metric, mean, spread = subject.task.metric, losses.mean, losses.spread
    p = losses.columns
    order = np.argsort(-mean[:p], kind="stable")
    partners = {i: [subject.columns[j] for j in group if j != i] for group in losses.groups for i in group}
    bars = [
        {
            "column": losses.names[i],
            "value": float(mean[i]),
            "low": float(mean[i] - spread[i]),
            "high": float(mean[i] + spread[i]),
            "matters": bool(losses.matters[i]),
            "with": ", ".join(partners.get(int(i), [])),
            "text": number(float(mean[i]), float(spread[i]) or None),
            "rank": place,
        }
        for place, i in enumerate(order[:_BARS])
    ]
    together = [
        {
            "columns": losses.names[p + g],
            "value": float(mean[p + g]),
            "alone": float(mean[list(group)].sum()),
        }
        for g, group in enumerate(losses.groups)
    ]
    notes = [_rows_note(subject, losses), *_together_notes(subject, losses)]
    if p > _BARS:
        notes.append(f"Only the first {_BARS} of {p} columns are drawn.")
    return VIEW.answer(
        _sentences(subject, losses, [int(i) for i in order]),
        {"permutation": bars, "together": together},
        question=f"How much does {metric.label} depend on each column?",
        notes=tuple(notes),
        about={**subject.about, "model": subject.name},
        partial=losses.partial,
    )


def _sentences(subject: Subject, losses: Losses, order: Sequence[int]) -> tuple[str, ...]:
    metric, mean = subject.task.metric, losses.mean
    standing = [i for i in order if losses.matters[i]]
    if not standing:
        return (f"No single column matters: shuffling any one changes {metric.label} by no more than chance does.",)
    worse = "falls" if metric.sign > 0 else "rises"
    before = number(metric.shown(float(losses.scores.mean())))
    first, *others = standing
    text = (
        f"The model relies most on {losses.names[first]}: when it is shuffled, {metric.label} {worse} by "
        f"{number(float(mean[first]))}, from {before} on {_rows_in_words(losses)}"
    )
    if others:
        text += f"; next {'come' if len(others) > 1 else 'comes'} " + listed(
            [f"{losses.names[i]} ({number(float(mean[i]))})" for i in others[:2]]
        )
    slight = [losses.names[i] for i in order if not losses.matters[i]]
    if not slight:
        return (f"{text}.", "Every column adds information that no other column has.")
    some = listed(slight) if len(slight) <= 4 else f"{', '.join(slight[:3])} and {len(slight) - 3} others"
    return f"{text}.", f"Shuffling {some} changes the score by no more than chance does."


def _together_notes(subject: Subject, losses: Losses) -> list[str]:
    notes, mean, p = [], losses.mean, losses.columns
    for g, group in enumerate(losses.groups):
        names = [subject.columns[i] for i in group]
        both = "both" if len(names) == 2 else "all of them"
        jointly, alone = float(mean[p + g]), float(mean[list(group)].sum())
        cost = (
            f"Shuffled together, they cost {number(jointly)}; one by one, {number(max(alone, 0.0))} in total."
            if jointly > 0
            else "Shuffled together, they do not make the score worse either."
        )
        notes.append(
            f"{names[0]} is correlated with {listed(names[1:])}: shuffling only one hides the information "
            f"that {both} share. {cost}"
        )
    return notes


def _rows_note(subject: Subject, losses: Losses) -> str:
    folds, repeats = losses.drops.shape[:2]
    times = "once" if repeats == 1 else f"{repeats} times"
    where = f", in {plural(folds, 'fold')}" if folds > 1 else ""
    return (
        f"Based on {_rows_in_words(losses)} that the models were not fitted on{where}; each column shuffled {times}. "
        "Lines: one standard deviation."
    )


def _rows_in_words(losses: Losses) -> str:
    return plural(losses.rows, "row") if losses.rows == losses.whole else f"{losses.rows:,} of {losses.whole:,} rows"


def draw(permutation: Rows = ()) -> Any:
    """Draw the loss in score when a column is shuffled, with its spread; hollow if it is within the noise.

    Parameters
    ----------
    permutation
        Rows of the dataset ``permutation``.
    """
    import altair as alt

    base = chart("permutation", permutation)
    y = names_down("column", "rank")
    hue = alt.expr("datum.matters ? machine : faint")
    x = alt.X("value:Q", title=None, axis=value_axis(), scale=alt.Scale(padding=ROOM))
    tooltip = [alt.Tooltip("column:N"), alt.Tooltip("text:N", title="worth"), alt.Tooltip("with:N", title="goes with")]
    return finished(
        [
            zero_line(),
            base.mark_rule(color=hue, strokeWidth=1.6).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
            base.mark_point(size=70, color=hue, fill=alt.expr("datum.matters ? machine : paper"), opacity=1).encode(
                x=x, y=y, tooltip=tooltip
            ),
            text_beside(base, "high").encode(y=y, text="text:N"),
        ],
        step=BARS,
    )


VIEW = ViewDefinition(
    name="permutation",
    level=Level.MODEL,
    topic="Columns",
    question="How much does the score depend on each column?",
    summary="Return how much the score on held-out rows drops when a column is shuffled.",
    options=(TRIAL_OR_ENSEMBLE,),
    compute=compute,
    out_of_fold=True,
    charts={"permutation": draw},
    concept=Concept(
        "permutation_importance",
        "Permutation importance",
        "Shuffle one column among rows that the model has not seen, and measure how much worse the score gets. A large "
        "loss means that the model relies on the column. When two columns carry the same information, shuffling "
        "one does little harm because the other one replaces it, so a small loss does not prove that a column is "
        "useless.",
    ),
)
