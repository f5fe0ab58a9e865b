"""View "Which session found the best model?": the live sessions of this process, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import stdev
from typing import Any

from hitl_widget.charts.parts import Rows, along, chart, finished, name_axis
from hitl_widget.domain import t_distribution
from hitl_widget.domain.figures import duration, plural, score_in_words
from hitl_widget.domain.task import Task
from hitl_widget.explain.comparison import Contender, compare, contenders, mean_error
from hitl_widget.explain.concepts import CORRECTED_TEST
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.phrases import capital, gap_in_words, plain
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "Side", "sessions"]

_SURE = 0.975


def compute(source: Record) -> View:
    """Return the view of all live sessions."""
    return sessions([_side(one) for one in source.beside()])


def _side(record: Record) -> Side:
    state = record.state
    best, _ = contenders(state, record.labels)
    holdout = state.holdout.best if state.holdout is not None else None
    return Side(record.name, record.task, best, state.ended, state.elapsed, record.rows_key, holdout)


@dataclass(frozen=True, slots=True)
class Side:
    """A session beside others.

    Parameters
    ----------
    name
        Display name.
    task
        Its task.
    best
        Its model; None while it has none.
    trials
        Trials that ended.
    seconds
        Seconds of its search.
    rows
        Tells the rows of its folds apart: equal for sessions on the same rows in the same folds.
    holdout
        Score on the holdout, where it was measured.
    """

    name: str
    task: Task
    best: Contender | None
    trials: int
    seconds: float
    rows: str = ""
    holdout: float | None = None


def sessions(sides: Sequence[Side]) -> View:
    """Return the best score of each session, its cost, and whether the lead is more than noise.

    Parameters
    ----------
    sides
        Two sessions or more.

    Returns
    -------
    View
        ``sessions``, the best first among those of one target and metric: name, target, metric, model, score, shown,
        std, trials, seconds, holdout, comparable (same target and metric as the first), paired (same folds), said.
    """
    held = [one for one in sides if one.best is not None and one.best.scores]
    first = held[0] if held else None
    alike = [one for one in held if first is not None and _alike(one, first)]
    alike.sort(key=lambda one: -(one.best.score or 0.0) if one.best is not None else 0.0)
    order = [*alike, *(one for one in sides if one not in alike)]
    said = {id(low): _apart(high, low) for high, low in pairwise(alike)}
    rows = [_side_row(one, one in alike, said.get(id(one)), alike[0] if alike else one) for one in order]
    notes = []
    if len(alike) < len(held):
        notes.append("Sessions with another target or metric are shown but not compared.")
    if any(one.rows != alike[0].rows or not one.rows for one in alike[1:]):
        notes.append("Sessions with other folds are compared without pairing, which only shows large differences.")
    return VIEW.answer(_between_sessions(alike), {"sessions": rows}, notes=tuple(notes))


def _alike(one: Side, other: Side) -> bool:
    return (one.task.target, one.task.metric.scorer) == (other.task.target, other.task.metric.scorer)


def _apart(high: Side, low: Side) -> str:
    """Compare the best models of two sessions, paired where the folds are the same."""
    assert high.best is not None
    assert low.best is not None
    metric, names = high.task.metric, (high.name, low.name)
    if high.rows and high.rows == low.rows:
        found = compare(high.best.scores, low.best.scores, metric, names=names, folds=high.task.split.parts)
        if found is not None:
            return found.sentence
    gap = (high.best.score or 0.0) - (low.best.score or 0.0)
    errors = [_own_error(one) for one in (high, low)]
    if None in errors:
        return f"{capital(names[0])} is ahead of {names[1]} by {gap_in_words(metric, gap)}, on one fold only."
    error = math.hypot(*(one for one in errors if one is not None))
    df = min(len(high.best.scores), len(low.best.scores)) - 1
    size = gap_in_words(metric, gap, error)
    if gap > t_distribution.quantile(_SURE, df) * error:
        return f"{capital(names[0])} is better than {names[1]} by {size}."
    return f"{capital(names[0])} and {names[1]} are statistically tied: {names[0]} is ahead by {size}."


def _own_error(side: Side) -> float | None:
    assert side.best is not None
    return mean_error(list(side.best.scores.values()), side.task.split.parts)


def _side_row(one: Side, alike: bool, said: str | None, first: Side) -> dict[str, Any]:
    best, metric = one.best, one.task.metric
    score = None if best is None else plain(best.score)
    scores = [] if best is None else list(best.scores.values())
    return {
        "name": one.name,
        "target": one.task.target,
        "metric": metric.label,
        "model": "" if best is None else best.name,
        "score": score,
        "shown": None if score is None else metric.shown(score),
        "std": stdev(scores) if len(scores) > 1 else None,
        "trials": one.trials,
        "seconds": one.seconds,
        "holdout": None if one.holdout is None else metric.shown(one.holdout),
        "comparable": alike,
        "paired": alike and bool(one.rows) and one.rows == first.rows,
        "said": said or "",
    }


def _between_sessions(alike: Sequence[Side]) -> tuple[str, ...]:
    if len(alike) < 2:
        return ("Comparing sessions needs two sessions with a model for the same target and metric.",)
    best, second = alike[0], alike[1]
    assert best.best is not None
    score = score_in_words(best.task.metric, best.best.score or 0.0)
    return (
        _apart(best, second),
        (
            f"{capital(best.name)} reached {best.task.metric.label} {score} with {best.best.name}, after "
            f"{plural(best.trials, 'trial')} in {duration(best.seconds)}; {second.name} took "
            f"{plural(second.trials, 'trial')} in {duration(second.seconds)}."
        ),
    )


def draw(sessions: Rows = ()) -> Any:
    """Draw the best score of each session with its spread over folds.

    Parameters
    ----------
    sessions
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("sessions", sessions).transform_filter("isValid(datum.shown) && datum.comparable")
    base = base.transform_calculate(low="datum.shown - (datum.std || 0)", high="datum.shown + (datum.std || 0)")
    y = alt.Y("name:N", sort=alt.SortField("score", order="descending"), title=None, axis=name_axis(320))
    x = along("shown:Q", "best score ± SD over folds", scale=alt.Scale(zero=False, padding=12))
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("model:N"),
        alt.Tooltip("trials:Q", format=","),
        alt.Tooltip("said:N", title="comparison"),
    ]
    drawn = [
        base.mark_rule(strokeWidth=3, opacity=0.4, color=alt.expr("hue_a")).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=alt.expr("hue_a")).encode(x=x, y=y, tooltip=tooltip),
    ]
    return finished(drawn, (560, 160))


VIEW = ViewDefinition(
    name="sessions",
    level=Level.COMPARISON,
    question="Which session found the best model?",
    summary="Return a comparison of the live sessions of this kernel.",
    worker=False,
    compute=compute,
    charts={"sessions": draw},
    concept=CORRECTED_TEST,
)
