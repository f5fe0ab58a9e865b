"""View "How did the score improve?": the score over time, and the gain after each change of the search."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, across, along, chart, finished, hue
from hitl_widget.domain.figures import plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Act
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.evidence import fold_effects, score_of
from hitl_widget.explain.phrases import gap_in_words
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "course"]

MOST = 600
"""More trials are thinned for the chart; each new best one stays."""
_LEAST_AFTER = 5
_OFF = "sign > 0 ? 'triangle-down' : 'triangle-up'"
"""Shape of the trials that lie beyond the axis."""
_DATA = ("data", "rows", "target", "metric")
_SEARCHING = (*_DATA, "space", "learner", "belief", "discard", "undo", "objective", "constraint", "answer", "goal")


def compute(source: Record) -> View:
    """Return the view of the session."""
    return course(source.state, source.metric, source.labels)


def course(state: SessionState, metric: Metric, labels: Mapping[str, str]) -> View:
    """Return the score over time, and the gain after each act of steering.

    Parameters
    ----------
    state
        The session.
    metric
        The metric to display.
    labels
        Display names of families.

    Returns
    -------
    View
        ``trials``: number, order (among those that ran to the end), finished_at, family, score (as displayed),
        best (so far, on the same data), leads, own, past (0 for today's data, else the number of another view of the
        data). ``acts``: act, title, author, kind, elapsed, first (trials ended before it), complete
        (those of them that ran to the end), trials (until the next), best_before, best_after, gain, typical (change of
        the median trial against as many before it), undone.

    Notes
    -----
    The gain after an act is the gain until the next one. It is not an effect: a search gains most at its beginning,
    whatever is done.
    """
    ended = sorted((one for one in state.trials if one.finished_at is not None), key=lambda one: one.ended)
    complete = [one for one in ended if one.state is TrialState.COMPLETE and one.score is not None]
    complete = [one for one in complete if not state.of_other_target(one)]
    if not complete:
        return VIEW.answer(("No trial has a score yet.",))
    acts = _acts(state, ended)
    rows = [_act_row(metric, one) for one in acts]
    today = [one for one in complete if not state.on_other_data(one)]
    best = max(today or complete, key=lambda one: one.score or 0.0)
    first = (
        f"After {plural(len(ended), 'trial')}, the best score is {metric.label} "
        f"{score_in_words(metric, best.score or 0.0, best.std)}"
        f" ({labels.get(best.family, best.family)} #{best.number})."
    )
    notes = []
    if len(today) < len(complete):
        notes.append("The best score is for today's data. Gray lines show the best score before the data changed.")
    if rows:
        notes.append("The gain of a change is the gain until the next change; part of it would have happened anyway.")
    return VIEW.answer(
        (first, _brought(metric, acts, today, mean_error([fold.score for fold in best.folds], len(best.folds)) or 0.0)),
        {"trials": _points(state, metric, labels, complete), "acts": rows},
        notes=tuple(notes),
    )


def _points(
    state: SessionState, metric: Metric, labels: Mapping[str, str], complete: Sequence[Trial]
) -> list[dict[str, Any]]:
    """Return trials in the order in which they ended, thinned, with the best so far."""
    stride, found = max(1, -(-len(complete) // MOST)), []
    changed = any(map(state.on_other_data, complete))
    tops: dict[int, float] = {}
    for i, trial in enumerate(complete):
        score, past = trial.score or 0.0, 1 + (trial.view or 0) if state.on_other_data(trial) else 0
        counts = not changed or trial.origin is not Origin.BASELINE  # a baseline may count on all data
        leads = counts and score > tops.get(past, -math.inf)
        if leads:
            tops[past] = score
        best = tops.get(past) if counts else None
        if leads or i % stride == 0 or i == len(complete) - 1:
            found.append(
                {
                    "number": trial.number,
                    "order": i + 1,
                    "finished_at": trial.finished_at,
                    "family": labels.get(trial.family, trial.family),
                    "score": metric.shown(score),
                    "best": None if best is None else metric.shown(best),
                    "leads": leads and not past,
                    "own": trial.author is Author.YOU,
                    "past": past,
                }
            )
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    """An act with what happened between it and the next one; scores, greater is better."""

    act: Act
    before: int
    complete: int
    trials: int
    best_before: float | None
    best_after: float | None
    typical: float | None

    @property
    def gain(self) -> float | None:
        """By how much the best rose."""
        if self.best_before is None or self.best_after is None:
            return None
        return self.best_after - self.best_before


def _acts(state: SessionState, ended: Sequence[Trial]) -> list[_Span]:
    """Return the acts that move the search, each with the trials from the first one proposed under its generation.

    Acts that start no generation are matched by time: by trials that ended after them.
    """
    acts = [one for one in state.acts if one.kind in _SEARCHING]
    if not acts:
        return []
    opened = {one.act: one.number for one in state.generations if one.act is not None}
    clock = np.array([one.finished_at or 0.0 for one in ended])
    generations = np.maximum.accumulate(np.array([one.generation for one in ended] or [0]))
    effects = fold_effects(state)
    compares = [one.origin is not Origin.BASELINE and not state.on_other_data(one) for one in ended]
    scores = np.array(
        [
            score_of(one, effects) if counts and one.score is not None else math.nan
            for one, counts in zip(ended, compares, strict=True)
        ]
    )
    full = [
        one.score if counts and one.state is TrialState.COMPLETE and one.score is not None else -math.inf
        for one, counts in zip(ended, compares, strict=True)
    ]
    best = np.maximum.accumulate(np.array([-math.inf, *full]))
    done = np.cumsum([0, *(one.state is TrialState.COMPLETE and one.score is not None for one in ended)])
    places: list[int] = []
    for act in acts:
        generation = opened.get(act.number)
        if generation is None:
            place = int(np.searchsorted(clock, act.elapsed, side="right"))
        else:
            place = int(np.searchsorted(generations, generation))
        places.append(min(len(ended), max(place, places[-1] if places else 0)))
    return [
        _Span(
            act,
            start,
            int(done[start]),
            end - start,
            _known(best[start]),
            _known(best[end]),
            _typical(scores, start, end),
        )
        for act, start, end in zip(acts, places, [*places[1:], len(ended)], strict=True)
    ]


def _known(score: float) -> float | None:
    return float(score) if math.isfinite(score) else None


def _typical(scores: np.ndarray, start: int, end: int) -> float | None:
    """Return by how much the median trial after an act exceeds that of as many trials before it."""
    after = scores[start:end]
    after = after[np.isfinite(after)]
    before = scores[:start]
    before = before[np.isfinite(before)][-max(1, len(after)) :]
    if min(len(after), len(before)) < _LEAST_AFTER:
        return None
    return float(np.median(after) - np.median(before))


def _act_row(metric: Metric, span: _Span) -> dict[str, Any]:
    act = span.act

    def shown(score: float | None) -> float | None:
        return None if score is None else metric.shown(score)

    return {
        "act": act.number,
        "title": act.title,
        "author": str(act.author),
        "kind": act.kind,
        "elapsed": act.elapsed,
        "first": span.before,
        "complete": span.complete,
        "trials": span.trials,
        "best_before": shown(span.best_before),
        "best_after": shown(span.best_after),
        "gain": span.gain,
        "typical": span.typical,
        "undone": act.undone,
    }


def _brought(metric: Metric, spans: Sequence[_Span], today: Sequence[Trial], noise: float) -> str:
    """Return a sentence on the act with the largest gain after it, and on the typical trial.

    Gains below the standard error of the best score may be chance.
    """
    if not spans:
        return "Nobody has steered the search yet."
    gained = [one for one in spans if (one.gain or 0.0) > 0]
    if not gained and (data := [one.act for one in spans if one.act.kind in _DATA and not one.act.undone]):
        return _since(metric, data[-1], [one for one in today if one.origin is not Origin.BASELINE])
    if not gained:
        after = sum(one.trials for one in spans)
        what = f"{plural(after, 'trial')} since" if after else "no trial since"
        return f"No change has been followed by a new best score yet ({plural(len(spans), 'change')}, {what})."
    top = max(gained, key=lambda one: one.gain or 0.0)
    if (top.gain or 0.0) < noise:
        return (
            "No change has been followed by a clear gain: the largest, after "
            f"“{top.act.title}”, is {gap_in_words(metric, top.gain or 0.0)}, less than the standard error of the best "
            "score."
        )
    who = "your change" if top.act.author is Author.YOU else "a change by the search"
    said = (
        f"The largest gain followed “{top.act.title}” ({who}): the best "
        "score improved by "
        f"{gap_in_words(metric, top.gain or 0.0)} in {plural(top.trials, 'trial')}"
    )
    if top.typical is None:
        return said + "."
    way = "improved" if top.typical > 0 else "got worse"
    return f"{said}, and the typical trial {way} by {gap_in_words(metric, top.typical)}."


def _since(metric: Metric, act: Act, today: Sequence[Trial]) -> str:
    """Return a sentence on the best score since the data changed; earlier scores do not compare."""
    lead = f"Scores before “{act.title}” do not compare with today's."
    if not today:
        return f"{lead} No model has a score since."
    first, best = today[0], max(today, key=lambda one: one.score or 0.0)
    start = score_in_words(metric, first.score or 0.0)
    if first is best:
        return f"{lead} Since then, the first trial, #{first.number} ({start}), is still the best of {len(today):,}."
    end = score_in_words(metric, best.score or 0.0)
    if start == end:
        start, end = (f"{metric.shown(one.score or 0.0):.4f}" for one in (first, best))
    return f"{lead} Since then, the best score went from {start} to {end} in {plural(len(today), 'trial')}."


def draw(trials: Rows = (), acts: Rows = (), *, sign: int = 1) -> Any:
    """Draw the score of every trial in the order in which they ended, the best so far, and each act of steering.

    Parameters
    ----------
    trials, acts
        Rows of the view of this name.
    sign
        -1 where the lower of what people read is better.
    """
    import altair as alt

    base = (
        chart("trials", trials)
        .transform_joinaggregate(quarter="q1(score)", upper="q3(score)", top="max(best)", bottom="min(best)")
        .transform_calculate(
            floor="sign > 0 ? datum.quarter - 1.5 * (datum.top - datum.quarter)"
            " : datum.upper + 1.5 * (datum.upper - datum.bottom)"
        )
        .transform_calculate(
            y="sign > 0 ? max(datum.score, datum.floor) : min(datum.score, datum.floor)",
            best_y="sign > 0 ? max(datum.best, datum.floor) : min(datum.best, datum.floor)",
            off="sign > 0 ? datum.score < datum.floor : datum.score > datum.floor",
        )
    )
    x = along("order:Q", "finished trials", scale=alt.Scale(zero=False, nice=False, padding=10))
    y = across("y:Q", "score", scale=alt.Scale(zero=False, padding=10))
    tooltip = [alt.Tooltip("number:Q", title="trial"), alt.Tooltip("family:N"), alt.Tooltip("score:Q", format=".4~g")]
    marks = chart("acts", acts).transform_filter("!datum.undone")
    marks = marks.transform_window(place="row_number()", sort=[alt.SortField("act", order="descending")])
    who = hue("datum.author === 'you'", "you", "machine")
    line = marks.transform_calculate(at="datum.complete + 0.5").encode(x=alt.X("at:Q"))
    gained = marks.transform_filter("datum.gain > 0 && datum.place <= 4").transform_calculate(
        at="datum.complete + 0.5", text="datum.title + '  +' + format(datum.gain, '.2~g')"
    )

    def best(which: str, colour: str) -> Any:
        lines = base.transform_filter(f"isValid(datum.best) && {which}")
        steps = lines.mark_line(interpolate="step-after", strokeWidth=2, color=alt.expr(colour))
        return steps.encode(x=x, y=alt.Y("best_y:Q"), detail="past:N")

    drawn = [
        line.mark_rule(strokeDash=[3, 3], color=who).encode(
            tooltip=[alt.Tooltip("title:N"), alt.Tooltip("gain:Q", format="+.3~g"), alt.Tooltip("trials:Q")]
        ),
        base.transform_filter("!datum.off")
        .mark_point(filled=True, size=22, opacity=0.5, color=alt.expr("faint"))
        .encode(x=x, y=y, tooltip=tooltip),
        base.transform_filter("datum.off")
        .mark_point(filled=True, size=40, opacity=0.8, color=alt.expr("faint"), shape=alt.expr(_OFF))
        .encode(x=x, y=y, tooltip=tooltip),
        base.transform_filter("datum.own")
        .mark_point(size=70, strokeWidth=1.6, stroke=alt.expr("you"), fillOpacity=0)
        .encode(x=x, y=y, tooltip=tooltip),
        best("datum.past !== 0", "faint"),
        best("datum.past === 0", "ink"),
        gained.mark_text(
            baseline="bottom",
            fontSize=11,
            align=alt.expr("scale('x', datum.at) > width / 2 ? 'right' : 'left'"),
            dy=alt.expr("-3 - 14 * (datum.place - 1)"),
            limit=alt.expr("max(scale('x', datum.at), width - scale('x', datum.at))"),
            color=who,
        ).encode(x=alt.X("at:Q"), y=alt.value(0), text="text:N"),
    ]
    return finished(drawn, (640, 280), sign=sign)


VIEW = ViewDefinition(
    name="course",
    level=Level.SEARCH,
    question="How did the score improve?",
    summary="Return the score over time, and the gain after each change of the search.",
    worker=False,
    compute=compute,
    charts={"course": draw},
    concept=Concept(
        "steering",
        "Gain after a change",
        "The best score so far, and the moments at which you or the search itself changed the search space. Not "
        "all of the gain after a change came from it: the search would have improved without it as well.",
    ),
)
