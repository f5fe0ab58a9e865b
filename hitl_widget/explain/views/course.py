"""View "How did the score improve?": the score over time, and what each change of the search brought."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hitl_widget.charts.parts import Rows, across, along, chart, finished, hue
from hitl_widget.domain.credit import Change, changes, proposing, queued_by_you, same_settings
from hitl_widget.domain.figures import plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Act
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.phrases import gap_in_words
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "course"]

MOST = 600
"""More trials are thinned for the chart; each new best one stays."""
_OFF = "sign > 0 ? 'triangle-down' : 'triangle-up'"
"""Shape of the trials that lie beyond the axis."""
_DATA = ("data", "rows", "target", "metric")


def compute(source: Record) -> View:
    """Return the view of the session."""
    return course(source.state, source.metric, source.labels)


def course(state: SessionState, metric: Metric, labels: Mapping[str, str]) -> View:
    """Return the score over time, and what each change brought.

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
        data). ``acts``: act, title, author, kind, elapsed, first (trials started before it), complete (trials that ran
        to the end before it), trials (proposed because of it), gain (sum of the improvements of the best score by
        these), undone.

    Notes
    -----
    `hitl_widget.domain.credit` decides which trials a change is credited with.
    """
    ended = sorted((one for one in state.trials if one.finished_at is not None), key=lambda one: one.ended)
    complete = [one for one in ended if one.state is TrialState.COMPLETE and one.score is not None]
    complete = [one for one in complete if not state.of_other_target(one)]
    if not complete:
        return VIEW.answer(("No trial has a score yet.",))
    made = changes(state)
    rows = [_act_row(one, complete) for one in made]
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
    if any(proposing(one.act) for one in made):
        notes.append(
            "A change is credited with the new best scores of the trials that were proposed because of it: in a range "
            "that it changed, or led by a belief. The search might have found them without it."
        )
    noise = mean_error([fold.score for fold in best.folds], len(best.folds)) or 0.0
    return VIEW.answer(
        (first, *_brought(metric, state, made, today or complete, noise)),
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


def _act_row(change: Change, complete: Sequence[Trial]) -> dict[str, Any]:
    act = change.act
    return {
        "act": act.number,
        "title": act.title,
        "author": str(act.author),
        "kind": act.kind,
        "elapsed": act.elapsed,
        "first": change.first,
        "complete": _ended_before(act, change.first, complete),
        "trials": len(change.trials),
        "gain": change.gain,
        "undone": act.undone,
    }


def _ended_before(act: Act, first: int, complete: Sequence[Trial]) -> int:
    """Return how many trials had run to the end before an act; trials that began after it do not count."""
    return sum(one.number < first and (one.finished_at or 0.0) <= act.elapsed for one in complete)


def _brought(
    metric: Metric, state: SessionState, made: Sequence[Change], today: Sequence[Trial], noise: float
) -> list[str]:
    """Return what the changes added to the best score, and what came of the trials that the user queued."""
    own = [one for one in queued_by_you(state) if one in today]
    own_said = [_of_trials(metric, state, own, today)] if own else []
    if not made:
        return own_said or ["Nobody has steered the search yet."]
    gained = [one for one in made if one.gain > 0]
    if not gained and (data := [one.act for one in made if one.act.kind in _DATA and not one.act.undone]):
        said = _since(metric, data[-1], [one for one in today if one.origin is not Origin.BASELINE])
        return [said, *own_said]
    if not gained:
        return [_no_gain(metric, state, made, today), *own_said]
    top = max(gained, key=lambda one: one.gain)
    said = f"The largest gain came from {_whose(top.act)} “{top.act.title}”: {_trials_in_words(top.trials)} proposed "
    said += f"because of it improved the best score by {gap_in_words(metric, top.gain)}"
    if top.gain < noise:
        said += ", less than the standard error of the best score"
    return [f"{said}.", *own_said]


def _no_gain(metric: Metric, state: SessionState, made: Sequence[Change], today: Sequence[Trial]) -> str:
    """Return that no new best score came from a change, and what its best trial reached."""
    who = {one.act.author for one in made}
    whose = "Your" if who == {Author.YOU} else "The search's" if who == {Author.MACHINE} else "The"
    many = len(made) > 1
    lead = (
        f"{whose} {f'{len(made)} changes' if many else 'change'} brought no gain: no new best score came from a trial "
        f"that was proposed because of {'them' if many else 'it'}"
    )
    tried = {one.number: (one, change.act) for change in made for one in change.trials if one in today}
    if not tried:
        return f"{lead}."
    top, act = max(tried.values(), key=lambda pair: pair[0].score or 0.0)
    said = _compared(metric, state, top, today)
    return f"{lead}. #{top.number}, proposed because of “{act.title}”, {said}."


def _of_trials(metric: Metric, state: SessionState, own: Sequence[Trial], today: Sequence[Trial]) -> str:
    """Return what the best of the trials that the user queued reached."""
    top = max(own, key=lambda one: one.score or 0.0)
    said = _compared(metric, state, top, today)
    if len(own) == 1:
        return f"#{top.number}, which you queued, {said}."
    return f"The best of the {len(own)} trials that you queued, #{top.number}, {said}."


def _compared(metric: Metric, state: SessionState, trial: Trial, today: Sequence[Trial]) -> str:
    best = max(today, key=lambda one: (one.score or 0.0, -one.number))
    own, top = (_exact(metric, one) for one in (trial, best))
    if trial is best:
        return f"is the best, with {own}"
    again, alike = same_settings(state, trial), trial.score == best.score
    if again is not None and alike:
        return f"repeated the settings of #{again.number} and scored the same, {own}; the best is #{best.number}"
    if again is not None:
        return f"repeated the settings of #{again.number} and scored {own}; the best is #{best.number} with {top}"
    if alike:
        return f"scored the same as #{best.number}, the best: {own}"
    return f"scored {own}; the best is #{best.number} with {top}"


def _exact(metric: Metric, trial: Trial) -> str:
    """Write a score with four decimals, or two from ten on, as lists of trials show it."""
    value = metric.shown(trial.score or 0.0)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{2 if abs(value) >= 10 else 4}f}"


def _whose(act: Act) -> str:
    return "your change" if act.author is Author.YOU else "the search's change"


def _trials_in_words(trials: Sequence[Trial]) -> str:
    return "the trial" if len(trials) == 1 else f"the {len(trials)} trials"


def _since(metric: Metric, act: Act, today: Sequence[Trial]) -> str:
    """Return a sentence on the best score since the data changed; earlier scores do not compare."""
    lead = f"Scores from before “{act.title}” are not comparable with later ones."
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
    summary="Return the score over time, and what each change of the search brought.",
    worker=False,
    compute=compute,
    charts={"course": draw},
    concept=Concept(
        "steering",
        "Gain from a change",
        "The best score so far, and the moments at which you or the search itself changed the search. A change is "
        "credited with a new best score only if the trial that reached it was proposed because of the change.",
    ),
)
