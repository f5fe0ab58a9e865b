"""What the folds of a trial tell of its algorithm: their spread, its warnings, and where the time went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

import numpy as np

from hitl_widget.domain.figures import duration, number, plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.evidence import fold_effects
from hitl_widget.explain.phrases import listed, percent
from hitl_widget.explain.view import Level, View

__all__ = ["fold_spread", "time_split", "warnings_in_words"]

_ODD = 2.5


def fold_spread(state: SessionState, trial: Trial, metric: Metric, *, folds: int | None = None) -> View:
    """Show how much the score hangs on which rows were seen, and whether an odd fold is odd for every trial.

    Parameters
    ----------
    state
        The session, for how hard each fold is for other trials.
    trial
        The trial.
    metric
        What people read.
    folds
        Folds of the whole division.

    Returns
    -------
    View
        ``folds``: fold (from 1), score and usual (as people read it: usual is the mean of the trial, moved by how easy
        the fold is), rows, seconds.
    """
    question = "How much does the score hang on the rows?"
    about = {"trial": trial.number, "family": trial.family}
    if not trial.folds:
        return View("fold_spread", Level.ALGORITHM, question, ("No fold of it was scored.",), about=about)
    scores = {one.fold: one.score for one in trial.folds}
    mean = fmean(scores.values())
    effects = fold_effects(state)
    here = fmean(effects.get(fold, 0.0) for fold in scores)
    rows = [
        {
            "fold": one.fold + 1,
            "score": metric.shown(one.score),
            "usual": metric.shown(mean + effects.get(one.fold, 0.0) - here),
            "rows": one.rows,
            "seconds": one.seconds,
        }
        for one in sorted(trial.folds, key=lambda one: one.fold)
    ]
    return View(
        "fold_spread",
        Level.ALGORITHM,
        question,
        _spread_words(metric, scores, effects, folds or len(scores)),
        {"folds": rows},
        ("fold_spread",),
        ("Few folds tell little of their spread.",) if len(scores) < 4 else (),
        "cross_validation",
        about,
    )


def _spread_words(
    metric: Metric, scores: Mapping[int, float], effects: Mapping[int, float], folds: int
) -> tuple[str, ...]:
    values = list(scores.values())
    if len(values) < 2:
        return (f"One fold gave {score_in_words(metric, values[0])}; how much others would differ is not known.",)
    mean, spread, error = fmean(values), stdev(values), mean_error(values, folds)
    low, high = sorted((metric.shown(min(values)), metric.shown(max(values))))
    first = (
        f"Over {plural(len(values), 'fold')} {metric.label} goes from {number(low, spread)} to "
        f"{number(high, spread)}; the "
        f"mean of {score_in_words(metric, mean, error)} is known to ± {number(error or 0.0, error)}."
    )
    worst = min(scores, key=lambda fold: scores[fold])
    ease = effects.get(worst, 0.0)
    below = scores[worst] - mean
    if below == 0:
        return (first,)
    if effects and ease < 0.5 * below:
        second = f"Fold {worst + 1} is the hardest, and it is for nearly every trial: that is the rows, not this model."
    else:
        others = [value for fold, value in scores.items() if fold != worst]
        odd = len(others) > 1 and below < -_ODD * stdev(others)
        second = (
            f"Fold {worst + 1} is far below the others, though not hard for other trials: look at its rows."
            if odd
            else f"No fold stands out; fold {worst + 1} is the lowest."
        )
    return first, second


@dataclass(frozen=True, slots=True)
class _Advice:
    """What a warning means, and what helps."""

    means: str
    helps: str


_ADVICE = {
    "Stopped before it settled.": _Advice(
        "the fit ran out of passes before its answer stopped changing", "a stronger penalty or more passes usually help"
    ),
    "Columns nearly repeat each other.": _Advice(
        "single coefficients mean little, predictions suffer seldom", "leave one of such columns out, or penalise more"
    ),
    "Numbers grew too large or too small on the way.": _Advice(
        "its scores may be worse than they need be", "a smaller learning rate or a stronger penalty usually helps"
    ),
    "Some columns have few distinct values.": _Advice("quantiles repeat, which does no harm", "nothing is to be done"),
    "Some categories were not seen in training.": _Advice(
        "rare categories stand in some folds only and are read as unknown", "nothing is to be done, or join rare ones"
    ),
    "A class has very few rows.": _Advice(
        "what is said of that class rests on a handful of rows", "more rows of it help most"
    ),
    "Took longer than its share of the budget.": _Advice(
        "the fit was cut short or came late", "a longer budget or a smaller model gives it time"
    ),
}


def warnings_in_words(trial: Trial, labels: Mapping[str, str] | None = None) -> View:
    """Say what the libraries complained of, what that means and what helps.

    Parameters
    ----------
    trial
        The trial.
    labels
        Names of families as people know them.

    Returns
    -------
    View
        ``warnings``: warning, folds (how many said so), of (folds), means, helps.
    """
    counts: dict[str, int] = {}
    for fold in trial.folds:
        for said in dict.fromkeys(fold.warnings):
            counts[said] = counts.get(said, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    rows: list[dict[str, Any]] = []
    for said, count in ranked:
        advice = _ADVICE.get(said)
        means, helps = (advice.means, advice.helps) if advice is not None else ("", "")
        rows.append({"warning": said, "folds": count, "of": len(trial.folds), "means": means, "helps": helps})
    name = (labels or {}).get(trial.family, trial.family)
    if trial.state is TrialState.FAILED and trial.problem is not None:
        sentences: tuple[str, ...] = (f"It failed: {trial.problem.message}",)
    elif not rows:
        sentences = (f"{name} fitted {plural(len(trial.folds), 'fold')} without a complaint.",)
    else:
        top = rows[0]
        first = f"On {top['folds']} of {plural(top['of'], 'fold')} it says: “{top['warning']}”"
        advice = _ADVICE.get(str(top["warning"]))
        sentences = (f"{first} That is, {advice.means}; {advice.helps}." if advice is not None else first,)
        if len(rows) > 1:
            others = [f"“{row['warning']}”" for row in rows[1:]]
            sentences += (f"It also says: {listed(others)}",)
    return View(
        "warnings",
        Level.ALGORITHM,
        "Did the fit go well?",
        sentences,
        {"warnings": rows},
        (),
        (),
        "convergence",
        {"trial": trial.number, "family": trial.family},
    )


_PARTS = (("preparing", "prepare_seconds"), ("fitting", "fit_seconds"), ("predicting", "predict_seconds"))


def time_split(trial: Trial, state: SessionState, labels: Mapping[str, str]) -> View:
    """Show where the time of a trial went, beside the usual trial of other families.

    Parameters
    ----------
    trial
        The trial.
    state
        The session.
    labels
        Names of families as people know them.

    Returns
    -------
    View
        ``times``: name ("trial 7", or a family: its median), of ("trial" or "family"), part, seconds a fold, order.
    """
    question = "Where does the time go?"
    about = {"trial": trial.number, "family": trial.family}
    if not trial.folds:
        return View("time_split", Level.ALGORITHM, question, ("No fold of it was measured.",), about=about)
    mine = {part: fmean(getattr(fold, name) for fold in trial.folds) for part, name in _PARTS}
    usual = _usual_times(state)
    rows = _time_rows(f"trial {trial.number}", "trial", mine)
    for family, times in sorted(usual.items(), key=lambda item: sum(item[1].values())):
        rows += _time_rows(labels.get(family, family), "family", times)
    total = sum(mine.values())
    whole = sum(fold.seconds for fold in trial.folds)
    order = sorted(mine.items(), key=lambda item: -item[1])
    shares = [f"{percent(value / total)} {part}" for part, value in order] if total > 0 else []
    first = (
        f"Its {plural(len(trial.folds), 'fold')} took {duration(whole)} on one core: {listed(shares)}."
        if shares
        else ("It took no time that could be measured.")
    )
    return View(
        "time_split",
        Level.ALGORITHM,
        question,
        (first, *_time_words(trial, usual, labels, total)),
        {"times": rows},
        ("time_split",),
        ("Preparations are shared: the trial that needs one first pays for it.",),
        "time",
        about,
    )


def _usual_times(state: SessionState) -> dict[str, dict[str, float]]:
    """Return the median seconds a fold of each part, by family."""
    held: dict[str, list[Trial]] = {}
    for trial in state.trials:
        if trial.state is TrialState.COMPLETE and trial.folds:
            held.setdefault(trial.family, []).append(trial)
    return {
        family: {
            part: float(np.median([getattr(fold, name) for one in trials[-100:] for fold in one.folds]))
            for part, name in _PARTS
        }
        for family, trials in held.items()
    }


def _time_rows(name: str, of: str, times: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        {"name": name, "of": of, "part": part, "seconds": value, "order": i}
        for i, (part, value) in enumerate(times.items())
    ]


def _time_words(
    trial: Trial, usual: Mapping[str, Mapping[str, float]], labels: Mapping[str, str], total: float
) -> tuple[str, ...]:
    own = usual.get(trial.family)
    others = {family: sum(times.values()) for family, times in usual.items() if family != trial.family}
    if own is None or total <= 0:
        return ()
    ratio = total / max(sum(own.values()), 1e-9)
    label = labels.get(trial.family, trial.family)
    how = (
        f"{ratio:.1f} times as long as"
        if ratio > 1.3
        else f"{percent(ratio)} of"
        if ratio < 0.77
        else "about as long as"
    )
    said = f"That is {how} the usual {label}"
    if not others:
        return (said + ".",)
    fast = min(others, key=lambda family: others[family])
    slow = max(others, key=lambda family: others[family])
    if fast == slow:
        return (f"{said}; a fold of {labels.get(fast, fast)} takes {duration(others[fast])}.",)
    return (
        (
            f"{said}; of the other families, a fold takes from {duration(others[fast])} ({labels.get(fast, fast)}) to "
            f"{duration(others[slow])} ({labels.get(slow, slow)})."
        ),
    )
