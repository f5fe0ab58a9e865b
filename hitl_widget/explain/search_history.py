"""How the search went: the score over time with what each act brought, and why this one won."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.domain.figures import plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Act
from hitl_widget.domain.trial import Author, Trial, TrialState
from hitl_widget.explain.comparison import Comparison, compare, contender_of
from hitl_widget.explain.evidence import fold_effects, score_of
from hitl_widget.explain.phrases import capital, gap_in_words, listed
from hitl_widget.explain.view import Level, View

__all__ = ["course", "winner"]

MOST = 600
"""More trials are thinned for the chart; each new best one stays."""

_RIVALS = 12
_LEAST_AFTER = 5
_SEARCHING = ("space", "learner", "belief", "discard", "undo", "objective", "constraint", "answer", "goal")


def course(state: SessionState, metric: Metric, labels: Mapping[str, str]) -> View:
    """Draw the score over time, with what each act of steering brought.

    Parameters
    ----------
    state
        The session.
    metric
        What people read.
    labels
        Names of families as people know them.

    Returns
    -------
    View
        ``trials``: number, order (among those that ran to the end), finished_at, family, score (as people read it),
        best (so far), leads, own. ``acts``: act, title, author, kind, elapsed, first (trials ended before it), complete
        (those of them that ran to the end), trials (until the next), best_before, best_after, gain, typical (change of
        the median trial against as many before it), undone.

    Notes
    -----
    What an act brought is what happened between it and the next one. What would have happened without it nobody knows:
    a search gains most at its beginning, whatever is done.
    """
    ended = sorted((one for one in state.trials if one.finished_at is not None), key=lambda one: one.seq)
    complete = [one for one in ended if one.state is TrialState.COMPLETE and one.score is not None]
    question = "How did the search go, and what did each act bring?"
    if not complete:
        return View("course", Level.SEARCH, question, ("No trial has a score yet.",))
    acts = _acts(state, ended)
    rows = [_act_row(metric, one) for one in acts]
    today = [one for one in complete if not state.on_other_data(one)]
    best = max(today or complete, key=lambda one: one.score or 0.0)
    first = (
        f"After {plural(len(ended), 'trial')} the best has {metric.label} "
        f"{score_in_words(metric, best.score or 0.0, best.std)}"
        f" ({labels.get(best.family, best.family)}, found as number {complete.index(best) + 1:,} of "
        f"{len(complete):,} that ran to the end)."
    )
    notes = []
    if len(today) < len(complete):
        notes.append("The best is that of today's columns; trials on other columns are in the picture.")
    if rows:
        notes.append(
            "An act's gain is what came between it and the next act; what would have come anyway is not known."
        )
    return View(
        "course",
        Level.SEARCH,
        question,
        (first, _brought(metric, acts)),
        {"trials": _points(state, metric, labels, complete), "acts": rows},
        ("course",),
        tuple(notes),
        "steering",
    )


def _points(
    state: SessionState, metric: Metric, labels: Mapping[str, str], complete: Sequence[Trial]
) -> list[dict[str, Any]]:
    """Return trials in the order in which they ended, thinned, with the best so far."""
    stride, best, found = max(1, -(-len(complete) // MOST)), -math.inf, []
    for i, trial in enumerate(complete):
        score = trial.score or 0.0
        leads = score > best and not state.on_other_data(trial)
        best = score if leads else best
        if leads or i % stride == 0 or i == len(complete) - 1:
            found.append(
                {
                    "number": trial.number,
                    "order": i + 1,
                    "finished_at": trial.finished_at,
                    "family": labels.get(trial.family, trial.family),
                    "score": metric.shown(score),
                    "best": metric.shown(best) if math.isfinite(best) else None,
                    "leads": leads,
                    "own": trial.author is Author.YOU,
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

    Acts without a generation of their own are told by the clock: by trials that ended after them.
    """
    acts = [one for one in state.acts if one.kind in _SEARCHING]
    if not acts:
        return []
    opened = {one.act: one.number for one in state.generations if one.act is not None}
    clock = np.array([one.finished_at or 0.0 for one in ended])
    generations = np.maximum.accumulate(np.array([one.generation for one in ended] or [0]))
    effects = fold_effects(state)
    scores = np.array([math.nan if one.score is None else score_of(one, effects) for one in ended])
    full = [
        one.score
        if one.state is TrialState.COMPLETE and one.score is not None and not state.on_other_data(one)
        else -math.inf
        for one in ended
    ]
    best = np.maximum.accumulate(np.array([-math.inf, *full]))
    done = np.cumsum([0, *(math.isfinite(one) for one in full)])
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


def _brought(metric: Metric, spans: Sequence[_Span]) -> str:
    """Say which act was followed by the greatest rise of the best, and what became of the usual trial."""
    if not spans:
        return "Nobody has steered yet, so all of it is the search's own."
    gained = [one for one in spans if (one.gain or 0.0) > 0]
    if not gained:
        after = sum(one.trials for one in spans)
        what = f"its {plural(after, 'trial')}" if after else "no trial yet"
        return f"No act was followed by a new best so far ({plural(len(spans), 'act')}, {what})."
    top = max(gained, key=lambda one: one.gain or 0.0)
    who = "yours" if top.act.author is Author.YOU else "the machine's"
    said = (
        f"Of {plural(len(spans), 'act')}, “{top.act.title}” ({who}) was followed by most: the best rose by "
        f"{gap_in_words(metric, top.gain or 0.0)} in {plural(top.trials, 'trial')}"
    )
    if top.typical is None:
        return said + "."
    way = "rose" if top.typical > 0 else "fell"
    return f"{said}, and the usual trial {way} by {gap_in_words(metric, top.typical)}."


def winner(state: SessionState, metric: Metric, labels: Mapping[str, str], *, folds: int | None = None) -> View:
    """Say why this one won: by how much it beats the next, and whether that is more than noise.

    Parameters
    ----------
    state, metric, labels
        As of `course`.
    folds
        Folds of the whole division, for the corrected error.

    Returns
    -------
    View
        ``rivals``, the winner first, then the next ones and the best of each other family: trial, family, score (as
        people read it), gap, error, low, high, level (the interval of the lead holds zero), chosen.
    """
    question = "Why did this one win?"
    if state.chosen is None:
        return View("winner", Level.SEARCH, question, ("No trial has won yet.",))
    best = state.trials[state.chosen]
    ranked = [number for number in state.leaders if number != best.number]
    families = [number for number in state.family_best.values() if state.may_lead(number) and number != best.number]
    order = list(dict.fromkeys((*ranked[:_RIVALS], *families)))
    order.sort(key=lambda number: -(state.trials[number].score or 0.0))
    pairs = [(state.trials[number], _lead(best, state.trials[number], metric, folds)) for number in order]
    rows = [_rival(metric, labels, best, None, True)]
    rows += [_rival(metric, labels, trial, found, False) for trial, found in pairs]
    name = f"{labels.get(best.family, best.family)} (trial {best.number})"
    if not pairs:
        said: tuple[str, ...] = (f"{name} is the only one that counts so far.",)
    else:
        said = (_beats(metric, labels, name, *pairs[0]), _against_families(metric, labels, best, pairs))
    notes = []
    if state.best != best.number:
        notes.append("It was chosen by your preferences, not by the score alone.")
    if len(state.leaders) > 1:
        tried = state.count(TrialState.COMPLETE, TrialState.STOPPED)
        notes.append(
            f"The best of {tried:,} is partly luck: on new rows expect a little less. The holdout tells, once."
        )
    return View(
        "winner",
        Level.SEARCH,
        question,
        said,
        {"rivals": rows},
        ("winner",),
        tuple(notes),
        "corrected_test",
        {"trial": best.number, "family": best.family},
    )


def _lead(best: Trial, other: Trial, metric: Metric, folds: int | None) -> Comparison | None:
    return compare(contender_of(best).scores, contender_of(other).scores, metric, folds=folds)


def _rival(
    metric: Metric, labels: Mapping[str, str], trial: Trial, found: Comparison | None, chosen: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "trial": trial.number,
        "family": labels.get(trial.family, trial.family),
        "score": None if trial.score is None else metric.shown(trial.score),
        "chosen": chosen,
        "level": False if found is None else not found.decided,
    }
    return row | {name: None if found is None else getattr(found, name) for name in ("gap", "error", "low", "high")}


def _beats(metric: Metric, labels: Mapping[str, str], name: str, other: Trial, found: Comparison | None) -> str:
    next_one = f"the next (trial {other.number}, {labels.get(other.family, other.family)})"
    if found is None:
        return f"{name} stands before {next_one}; one fold cannot tell by how much more than noise."
    lead, noise = gap_in_words(metric, found.gap), gap_in_words(metric, found.error)
    if found.gap <= 0:
        return f"{name} scores {lead} less than {next_one}; something else decided."
    if found.error == 0:
        return f"{name} beats {next_one} by {lead}, alike on every fold."
    if found.gap < found.error:
        return f"{name} beats {next_one} by {lead}, less than the noise of {noise}: either could have won."
    if not found.decided:
        return f"{name} beats {next_one} by {lead}, with a noise of {noise}: likely better, not surely."
    return f"{name} beats {next_one} by {lead}, much more than the noise of {noise}."


def _against_families(
    metric: Metric, labels: Mapping[str, str], best: Trial, pairs: Sequence[tuple[Trial, Comparison | None]]
) -> str:
    """Say how many are level with it, and which families are clearly behind."""
    level = [trial for trial, found in pairs if found is not None and not found.decided]
    behind: dict[str, str] = {}
    for trial, found in pairs:
        if trial.family != best.family and found is not None and found.low > 0 and trial.family not in behind:
            same = [one for one in level if one.family == trial.family]
            if not same:
                behind[trial.family] = (
                    f"{labels.get(trial.family, trial.family)} (by {gap_in_words(metric, found.gap)})"
                )
    count = len(level)
    first = (
        f"{count or 'none'} of the {len(pairs)} nearest and best of other families "
        f"{'is' if count == 1 else 'are'} level with it"
    )
    return capital(
        f"{first}; clearly behind {'is' if len(behind) == 1 else 'are'} {listed(list(behind.values()))}."
        if behind
        else f"{first}."
    )
