"""View "Is the model better than a simple one?": its lead over baselines, by a corrected test over the folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import stdev
from typing import Any

from hitl_widget.charts.parts import Rows, along, chart, finished, hue, name_axis, zero_line
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Task
from hitl_widget.errors import CommandError
from hitl_widget.explain.comparison import Comparison, Contender, compare, contenders, untried
from hitl_widget.explain.concepts import CORRECTED_TEST
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.phrases import capital, gap_in_words, listed, plain
from hitl_widget.explain.record import NO_TRIAL, Record
from hitl_widget.explain.view import Level, View
from hitl_widget.workers.contract import Call

__all__ = ["VIEW", "baselines"]


def compute(source: Record) -> View:
    """Return the view from the trials, and from the models that `prepare` measured."""
    state = source.state
    beside = {family: one for (family, view), one in source.measured.items() if view == state.view}
    chosen, others = contenders(state, source.labels, beside)
    if chosen is None:
        raise CommandError(NO_TRIAL)
    own = (
        Contender(one.name, dict(one.scores), "own", seconds=one.seconds, problem=one.problem)
        for one in state.baselines.values()
    )
    return baselines(source.task, chosen, (*others, *own))


def prepare(source: Record) -> Call | None:
    """Return the task that fits the usual models that the search did not try."""
    state = source.state
    missing = {
        family: config for family, config in untried(state).items() if (family, state.view) not in source.measured
    }
    if not missing or state.chosen is None:
        return None
    columns = state.view_of(state.trials[state.chosen])
    return Call("hitl_widget.explain.jobs:usual_models", (missing, state.view, columns, source.seed))


def baselines(
    task: Task, chosen: Contender, others: Sequence[Contender], *, about: Mapping[str, Any] | None = None
) -> View:
    """Return a comparison of a model with the usual models, and with the user's.

    Parameters
    ----------
    task
        The task.
    chosen
        The model.
    others
        The models to compare with, as `contenders` returns them, and the user's.
    about
        The model or trial that the view is of.

    Returns
    -------
    View
        ``models``, the best first: name, kind, trial, score and shown (as displayed), std, folds, seconds; and of
        the lead of the chosen one: gap, error, low, high (scores), better, decided, said.
    """
    metric = task.metric
    rows, said = [], []
    for one in (chosen, *others):
        found = (
            None
            if one is chosen
            else compare(chosen.scores, one.scores, metric, names=(chosen.name, one.name), folds=task.split.parts)
        )
        rows.append(_row(metric, one, found))
        if found is not None:
            said.append((one, found))
    rows.sort(key=lambda row: (row["score"] is None, -(row["score"] or 0.0)))
    missing = [f"{capital(one.name)}: {one.problem}" for one in others if one.problem]
    return VIEW.answer(_answer(metric, chosen, said), {"models": rows}, notes=(*missing, *_luck(said)), about=about)


def _row(metric: Metric, one: Contender, found: Comparison | None) -> dict[str, Any]:
    scores = list(one.scores.values())
    row: dict[str, Any] = {
        "name": one.name,
        "kind": one.kind,
        "trial": one.trial,
        "score": plain(one.score),
        "shown": None if one.score is None else metric.shown(one.score),
        "std": stdev(scores) if len(scores) > 1 else None,
        "folds": len(scores),
        "seconds": one.seconds,
        "said": one.problem,
    }
    names = ("gap", "error", "low", "high", "better", "decided")
    row |= {name: None if found is None else getattr(found, name) for name in names}
    return row | ({} if found is None else {"said": found.sentence})


def _answer(metric: Metric, chosen: Contender, said: Sequence[tuple[Contender, Comparison]]) -> tuple[str, ...]:
    """Return sentences on the strongest rival first, then on the others."""
    if not said:
        return (f"There is no model to compare {chosen.name} with yet.",)
    said = sorted(said, key=lambda item: item[1].gap)
    first = said[0][1].sentence
    beaten = [
        f"{one.name} by {gap_in_words(metric, found.gap, found.error)}" for one, found in said[1:] if found.low > 0
    ]
    level = [one.name for one, found in said[1:] if not found.decided]
    ahead = [one.name for one, found in said[1:] if found.high < 0]
    parts = []
    if beaten:
        parts.append(f"the model beats {listed(beaten)}")
    if level:
        parts.append(f"{'it' if beaten else 'the model'} is statistically tied with {listed(level)}")
    if ahead:
        parts.append(f"{listed(ahead)} {'is' if len(ahead) == 1 else 'are'} better")
    return (first, f"{capital('; '.join(parts))}.") if parts else (first,)


def _luck(said: Sequence[tuple[Contender, Comparison]]) -> tuple[str, ...]:
    if not said:
        return ()
    notes = ["The model was chosen on these folds, so its lead is slightly optimistic; the holdout is not used."]
    if min(found.folds for _, found in said) < 4:
        notes.append("With so few folds, only large differences are visible.")
    return tuple(notes)


def draw(models: Rows = ()) -> Any:
    """Draw the lead of the chosen model over each other one, with intervals and a line at zero.

    Parameters
    ----------
    models
        Rows of the view ``baselines``.
    """
    import altair as alt

    base = chart("models", models).transform_filter("isValid(datum.gap)")
    y = alt.Y("name:N", sort=alt.SortField("gap", order="ascending"), title=None, axis=name_axis(320))
    colour = hue("!datum.decided", "faint", "datum.gap > 0 ? machine : hue_b")
    tooltip = [alt.Tooltip("name:N"), alt.Tooltip("said:N", title="comparison")]
    drawn = [
        zero_line(),
        base.mark_rule(strokeWidth=3, opacity=0.4, color=colour).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=colour).encode(
            x=along(
                "gap:Q", "lead of the recommended model; below 0 the baseline is better", axis={"format": "+,.3~r"}
            ),
            y=y,
            tooltip=tooltip,
        ),
    ]
    return finished(drawn, (560, 180))


VIEW = ViewDefinition(
    name="baselines",
    level=Level.COMPARISON,
    question="Is the model better than a simple one?",
    summary="Return whether the recommended model beats simple ones, by a corrected test over the folds.",
    worker=False,
    compute=compute,
    charts={"models": draw},
    prepare=prepare,
    concept=CORRECTED_TEST,
)
