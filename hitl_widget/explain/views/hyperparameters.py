"""View "Which hyperparameters matter most?": their share in what makes a trial good, by PED-ANOVA."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, along, chart, finished, name_axis
from hitl_widget.data.objectives import active
from hitl_widget.domain.figures import value_in_words
from hitl_widget.domain.objective import Metric, Objective
from hitl_widget.domain.state import SessionState
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.evidence import LEAST_TRIALS, behind_complete, evidence_of
from hitl_widget.explain.importances import sentence
from hitl_widget.explain.knowledge import about_family, early, family_to_show
from hitl_widget.explain.options import MODEL_FAMILY
from hitl_widget.explain.ped_anova import ped_anova
from hitl_widget.explain.phrases import capital, listed, percent
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "hyperparameters"]


def compute(source: Record, *, family: str = "") -> View:
    """Return the view of a family."""
    objectives = active(source.task, source.state.preferences)[1:]
    return hyperparameters(source.state, family=family, objectives=objectives, metric=source.metric)


def hyperparameters(
    state: SessionState, *, family: str = "", objectives: Sequence[Objective] = (), metric: Metric | None = None
) -> View:
    """Return the share of each hyperparameter in what makes a trial good, by the score and by each further objective.

    Parameters
    ----------
    state
        The session; all generations count.
    family
        The family, default that of the recommended model.
    objectives
        Further objectives, each from the complete trials with a value.
    metric
        The metric, for its name.

    Returns
    -------
    View
        ``importance``: objective, objective_label, parameter, label, share, trials, position (by the
        score).
    """
    family = family or family_to_show(state)
    evidence = evidence_of(state, family)
    about, options = about_family(state, family)
    if len(evidence.trials) < LEAST_TRIALS or not evidence.axes:
        return early(VIEW, evidence, about, options)
    rows, others = [], []
    labels = {axis.name: axis.label for axis in evidence.axes}
    found = ped_anova(evidence.axes, evidence.units, behind_complete(evidence.scores, evidence.complete))
    name = metric.label if metric is not None else "score"
    rows += _importance_rows("score", name, found, labels, len(evidence.trials), list(found))
    for objective in objectives:
        values = [objective.value(trial) for trial in evidence.trials]
        some = np.array([value is not None for value in values], bool)
        if int(some.sum()) < LEAST_TRIALS:
            continue
        sign = -1.0 if objective.direction == "lower" and objective.sign > 0 else 1.0
        good = sign * np.array([value for value in values if value is not None], np.float64)
        if np.ptp(good) == 0:
            continue
        theirs = ped_anova(evidence.axes, evidence.units[some], good)
        rows += _importance_rows(objective.name, objective.label, theirs, labels, int(some.sum()), list(found))
        first = next(iter(theirs))
        others.append(f"{objective.label} depends most on {labels[first]} ({percent(theirs[first])})")
    said = [sentence(found, [axis.parameter for axis in evidence.axes], len(evidence.trials))]
    if others:
        said.append(f"{capital(listed(others))}.")
    notes = [
        (
            "Shares tell what distinguishes the best tenth of the trials, not how much the score changes; "
            "`setting` shows that."
        )
    ]
    if evidence.fixed:
        notes.append(f"Never varied: {listed([value_in_words(one.name.split('.', 1)[-1]) for one in evidence.fixed])}.")
    return VIEW.answer(tuple(said), {"importance": rows}, notes=tuple(notes), about=about, options=options)


def _importance_rows(
    name: str, title: str, shares: Mapping[str, float], labels: Mapping[str, str], trials: int, order: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {
            "objective": name,
            "objective_label": title,
            "parameter": parameter,
            "label": labels[parameter],
            "share": share,
            "trials": trials,
            "position": order.index(parameter),
        }
        for parameter, share in shares.items()
    ]


def draw(importance: Rows = ()) -> Any:
    """Draw the share of each hyperparameter in what decides the score; other objectives as points on the same line.

    Parameters
    ----------
    importance
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("importance", importance)
    order = alt.EncodingSortField("position", op="min", order="ascending")
    y = alt.Y("label:N", sort=order, title=None, axis=name_axis())
    x = along("share:Q", "importance", axis={"format": ".0%"})
    tooltip = [
        alt.Tooltip("objective_label:N", title="by"),
        alt.Tooltip("label:N"),
        alt.Tooltip("share:Q", format=".0%"),
    ]
    shapes = alt.Shape("objective_label:N", legend=alt.Legend(title=None, orient="bottom"))
    bars = base.transform_filter("datum.objective === 'score'").mark_bar(
        cornerRadius=2, color=alt.expr("hue_a"), opacity=0.85, height=alt.RelativeBandSize(0.6)
    )
    dots = base.transform_filter("datum.objective !== 'score'").mark_point(
        size=50, strokeWidth=1.8, color=alt.expr("hue_b"), filled=False
    )
    drawn = [bars.encode(x=x, y=y, tooltip=tooltip), dots.encode(x=x, y=y, shape=shapes, tooltip=tooltip)]
    return finished(drawn, (460, 240))


VIEW = ViewDefinition(
    name="hyperparameters",
    level=Level.SEARCH,
    question="Which hyperparameters matter most?",
    summary="Return how much each hyperparameter decides the score, and each further objective (PED-ANOVA).",
    options=(MODEL_FAMILY,),
    worker=False,
    compute=compute,
    charts={"importance": draw},
    concept=Concept(
        "hyperparameter_importance",
        "Hyperparameter importance",
        "PED-ANOVA compares where the good trials lie with where all trials lie, one hyperparameter at a time. A "
        "hyperparameter on which the good trials agree, and the others do not, is important. The result holds for "
        "the region that was searched, not for all possible values.",
    ),
)
