"""Warnings about results: scores too good to be true, a holdout used again, the luck of the best of many."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import NormalDist

from hitl_widget.advise.data_view import keep, share
from hitl_widget.advise.drawings import table_of
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.result_view import ResultView
from hitl_widget.advise.rule import result_warning
from hitl_widget.domain import event as ev
from hitl_widget.domain.figures import number, plural, score_in_words
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.state import judged_today
from hitl_widget.domain.trial import Trial, TrialState

__all__ = ["apart_from_others", "at_once", "holdout_reused", "perfect", "winner"]

_LOOK = Answer("look", "Show the most important columns", None, "session.explain.importance()")
_PERFECT = 0.99


def _draw_families(view: ResultView, _found: Safeguard) -> Illustration:
    """List the best trial of each family and of the baselines, best first."""
    champions = [view.state.trials[number] for number in view.state.family_best.values()]
    ranked = sorted((one for one in champions if one.score is not None), key=lambda one: -(one.score or 0.0))
    metric = view.task.metric
    rows = [
        (view.family(one), f"#{one.number}", score_in_words(metric, one.score or 0.0, one.std), _spread(one))
        for one in ranked
    ]
    header = ("family", "best trial", metric.label, "SD over folds")
    return table_of("The best trial of each family, best first.", header, rows)


def _spread(trial: Trial) -> str:
    return number(trial.std, trial.std) if trial.std else ""


@result_warning(order=10, draw=_draw_families)
def perfect(view: ResultView) -> Iterator[Safeguard]:
    """Find a best score with hardly an error in it."""
    best = view.state.best_trial
    if best is None or best.score is None or best.family in view.baselines:
        return
    way = view.way(best.score)
    if way is None or way < _PERFECT:
        return
    metric = view.task.metric
    yield Safeguard(
        key="perfect",
        rule="perfect",
        severity=Severity.HIGH,
        sentence=f"The score of {view.label(best)} may be too good to be true.",
        evidence=(
            f"{view.label(best)} reaches {metric.label} {score_in_words(metric, best.score, best.std)}: "
            f"{share(min(way, 1.0))} of the way from the constant prediction to a perfect model."
        ),
        remedy="Look for a column that gives away the target, or for duplicate rows, before you use a model.",
        answers=(_LOOK, keep("Keep it, the task is that easy")),
        numbers={"way": way},
    )


_AT_ONCE = 0.9
_FIRST = 3


@result_warning(order=20, draw=_draw_families)
def at_once(view: ResultView) -> Iterator[Safeguard]:
    """Find a jump of the very first models from the constant guess to nearly no error."""
    counts = view.state.counts_as_evidence
    others = (one for one in view.state.trials if one.family not in view.baselines and one.score is not None)
    trials = [one for one in others if counts(one.number)]
    early = [one for one in trials[:_FIRST] if one.state is TrialState.COMPLETE]
    ways = [(view.way(one.score or 0.0), one) for one in early]
    known = [(way, one) for way, one in ways if way is not None]
    if len(known) < 2 or min(way for way, _ in known) < _AT_ONCE or max(way for way, _ in known) >= 1.5:
        return
    best = view.state.best_trial
    if best is not None and (view.way(best.score or 0.0) or 0.0) >= _PERFECT:
        return
    (least, _), (way, first) = (choose(known, key=lambda item: item[0]) for choose in (min, max))
    metric = view.task.metric
    yield Safeguard(
        key="at_once",
        rule="at_once",
        severity=Severity.MEDIUM,
        sentence=f"{view.label(first)}, one of the first models, is already far ahead of the baselines.",
        evidence=(
            f"The first {plural(len(known), 'model')} cover {share(least)} to {share(way)} of the way "
            f"from the constant prediction to a perfect model ({view.label(first)}: {metric.label} "
            f"{score_in_words(metric, first.score or 0.0, first.std)})."
        ),
        remedy=(
            "Check that the most important column is known before the prediction is made: it may give away the target."
        ),
        answers=(_LOOK, keep("Keep it, the task is that easy")),
        numbers={"way": way},
    )


_GAP = 0.4


@result_warning(order=30, draw=_draw_families)
def apart_from_others(view: ResultView) -> Iterator[Safeguard]:
    """Find one family far ahead of all others: it may remember rows, or read a column that others do not."""
    state = view.state
    champions = [state.trials[one] for name, one in state.family_best.items() if name not in view.baselines]
    ranked = sorted((one for one in champions if one.score is not None), key=lambda one: -(one.score or 0.0))
    if len(ranked) < 3 or view.constant is None:
        return
    first, second = ranked[0], ranked[1]
    one, two = view.way(first.score or 0.0), view.way(second.score or 0.0)
    if one is None or two is None or one < 0.5 or one - two < _GAP:
        return
    metric = view.task.metric
    yield Safeguard(
        key=f"apart_from_others:{first.family}",
        rule="apart_from_others",
        severity=Severity.MEDIUM,
        sentence=f"{view.family(first)} is far ahead of all other families.",
        evidence=(
            f"{view.family(first)} reaches {metric.label} {score_in_words(metric, first.score or 0.0, first.std)}, the "
            f"best of the others {score_in_words(metric, second.score or 0.0, second.std)}: {share(one)} against "
            f"{share(two)} of the way from the constant prediction to a perfect model."
        ),
        remedy=(
            "Check for duplicate rows and groups, and check which columns the model uses: it may have memorized rows."
        ),
        answers=(_LOOK, keep("Keep it, it suits the task")),
        numbers={"first": one, "second": two},
    )


_MANY_LOOKS = 3


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _draw_evaluations(view: ResultView, _found: Safeguard) -> Illustration:
    """List each evaluation of the holdout."""
    rows = [
        (
            f"{datetime.fromtimestamp(record.time):%Y-%m-%d %H:%M}",
            f"#{one.trial}",
            one.rows,
            *_metric_and_score(view, one),
        )
        for record in view.state.story
        if isinstance(one := record.event, ev.HoldoutMeasured) and judged_today(view.state, one.judged_by)
    ]
    header = ("time", "best trial then", "rows", "metric", "score")
    return table_of("Each evaluation of the holdout, first to last.", header, rows)


def _metric_and_score(view: ResultView, one: ev.HoldoutMeasured) -> tuple[str, str]:
    metric = metric_named(one.metric) if one.metric else view.task.metric
    return metric.label, score_in_words(metric, one.best)


@result_warning(order=40, name="looks", draw=_draw_evaluations)
def holdout_reused(view: ResultView) -> Iterator[Safeguard]:
    """Count how often the holdout was evaluated while the search went on."""
    measured = [
        record
        for record in view.state.story
        if isinstance(record.event, ev.HoldoutMeasured) and judged_today(view.state, record.event.judged_by)
    ]
    if not measured:
        return
    after = [
        record
        for record in view.state.story
        if record.seq > measured[0].seq
        and isinstance(record.event, ev.Resumed | ev.Started | ev.Steered | ev.BudgetSet)
    ]
    if len(measured) < 2 and not after:
        return
    rows = measured[-1].event.rows if isinstance(measured[-1].event, ev.HoldoutMeasured) else 0
    severity = Severity.HIGH if len(measured) > _MANY_LOOKS else Severity.MEDIUM if len(measured) > 1 else Severity.LOW
    yield Safeguard(
        key="looks",
        rule="looks",
        severity=severity,
        sentence=_after_the_holdout(after)
        if len(measured) == 1
        else f"The holdout was evaluated {_times(len(measured))}.",
        evidence=(
            f"The holdout has {rows:,} rows. The search was changed or resumed {_times(len(after))} after the first "
            "evaluation. Every "
            "choice made after seeing a holdout result makes later results look too good."
        ),
        remedy="Report the first evaluation, or evaluate on new rows.",
        answers=(
            keep("Mark as read: I will report the first score"),
            Answer("fresh", "Mark as read: I will test on new rows"),
        ),
        numbers={"looks": len(measured), "acts": len(after)},
    )


def _after_the_holdout(after: Sequence[ev.Record]) -> str:
    """Return what happened after the holdout was evaluated: the search continued, or only your choices changed."""
    if any(isinstance(record.event, ev.Resumed | ev.Started) for record in after):
        return "The search continued after the holdout was evaluated."
    return "You changed preferences or settings after the holdout was evaluated; no trial ran since."


_LEAST_TRIALS, _LEAST_LEVEL = 30, 10


def _draw_tied(view: ResultView, _found: Safeguard) -> Illustration:
    """List the best of the tied trials."""
    best = view.state.best_trial
    assert best is not None
    trials = [view.state.trials[number] for number in view.state.leaders[:_LISTED]]
    metric = view.task.metric
    rows = [
        (f"#{one.number}", view.family(one), score_in_words(metric, one.score or 0.0, one.std), _spread(one))
        for one in trials
    ]
    return table_of("The leading trials.", ("trial", "family", metric.label, "SD over folds"), rows)


_LISTED = 12


@result_warning(order=50, draw=_draw_tied)
def winner(view: ResultView) -> Iterator[Safeguard]:
    """Estimate by how much luck overstates the best of many trials that are tied."""
    state, best = view.state, view.state.best_trial
    if best is None or best.score is None or not best.std or len(best.folds) < 2:
        return
    error = best.std / math.sqrt(len(best.folds))
    scored = [one for one in state.models() if one.score is not None]
    near = [one for one in scored if best.score - (one.score or 0.0) <= error]
    if len(scored) < _LEAST_TRIALS or len(near) < _LEAST_LEVEL:
        return
    luck = _luck(near)
    metric = view.task.metric
    checked = " The holdout shows how much of it was luck." if view.task.holdout_rows else ""
    yield Safeguard(
        key="winner",
        rule="winner",
        severity=Severity.LOW,
        sentence=f"The best of {len(scored):,} trials is partly lucky: expect a slightly worse score on new data.",
        evidence=(
            f"{len(near):,} trials are statistically tied with the best ({metric.label} "
            f"{score_in_words(metric, best.score, error)} ± {number(error, error)} SE); choosing the best of so many "
            f"overstates the score by about {number(luck, luck)}.{checked}"
        ),
        remedy="Choose the simplest or the fastest of these models; none is known to be better.",
        answers=(keep("Mark as read"),),
        numbers={"near": len(near), "trials": len(scored), "luck": luck},
    )


def _luck(near: list[Trial]) -> float:
    """Return how far the greatest of trials lies above their mean by chance: differences between trials over folds.

    Trials share folds, so what counts is how a trial's folds scatter around those of the others.
    """
    by_fold: dict[int, list[float]] = {}
    for trial in near:
        for fold in trial.folds:
            by_fold.setdefault(fold.fold, []).append(fold.score)
    mean = {fold: sum(scores) / len(scores) for fold, scores in by_fold.items()}
    squares, free, folds = 0.0, 0, 1
    for trial in near:
        off = [fold.score - mean[fold.fold] for fold in trial.folds]
        if len(off) > 1:
            centre = sum(off) / len(off)
            squares += sum((one - centre) ** 2 for one in off)
            free += len(off) - 1
            folds = max(folds, len(off))
    noise = math.sqrt(squares / free / folds) if free else 0.0
    return noise * NormalDist().inv_cdf((len(near) - 0.375) / (len(near) + 0.25))
