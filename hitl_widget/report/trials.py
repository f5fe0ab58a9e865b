"""Single trials in words: how one did, who proposed it, why it does not count, what to do when it failed. Pure."""

from __future__ import annotations

import math

from hitl_widget.data.objectives import objective_named
from hitl_widget.data.scorers import decides
from hitl_widget.domain.balance import tunes_threshold
from hitl_widget.domain.comparing import value_with_unit
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Origin, Trial, TrialState
from hitl_widget.errors import ConfigError
from hitl_widget.report.words import Words, plural

__all__ = ["kept_threshold", "origin_in_words", "remedy", "verdict", "violations", "why_ignored"]

_ORIGINS = {
    Origin.BASELINE: "Baseline",
    Origin.START: "Starting point",
    Origin.SAMPLER: "Search",
    Origin.BELIEF: "Your belief",
    Origin.NUDGE: "Suggestion",
    Origin.OWN: "You",
    Origin.EDIT: "You",
    Origin.GRID: "You",
}

_REMEDIES = {
    "timeout": "Raise trial_seconds, or try cheaper hyperparameters.",
    "memory": "Raise trial_memory, use fewer workers, or try a smaller model.",
    "died": "If it happens again with these hyperparameters, exclude them.",
}


def verdict(words: Words, state: SessionState, trial: Trial) -> str:
    """Return how a trial did."""
    match trial.state:
        case TrialState.QUEUED:
            return "Waiting to run."
        case TrialState.RUNNING:
            return f"{len(trial.folds)} of {plural(words.task.split.folds, 'fold')} done."
        case TrialState.FAILED:
            return trial.problem.message if trial.problem else "The trial failed."
        case TrialState.STOPPED:
            return trial.reason
        case TrialState.COMPLETE:
            return _ranked(words, state, trial)


def _ranked(words: Words, state: SessionState, trial: Trial) -> str:
    best = state.best_trial
    if trial.score is not None and state.on_other_data(trial):
        rivals = [one.score for one in state.trials if one.view == trial.view and one.state is TrialState.COMPLETE]
        better = sum(score > trial.score for score in rivals if score is not None)
        return f"Rank {1 + better} of {len(rivals)} before the data changed. Its score does not compare with today's."
    if best is None or trial.score is None or best.score is None:
        return ""
    if not state.counts_as_evidence(trial.number):
        return _beside_the_best(words, trial.score, best)
    complete = (one for one in state.trials if one.state is TrialState.COMPLETE)
    scores = [one.score for one in complete if one.score is not None and state.counts_as_evidence(one.number)]
    if trial.number == best.number:
        return f"Best of {plural(len(scores), 'finished trial')}."
    if trial.score == best.score:
        return f"Same score as the best of {plural(len(scores), 'finished trial')}, #{best.number}."
    place = f"Rank {1 + sum(score > trial.score for score in scores)} of {len(scores)}"
    if best.score - trial.score <= _standard_error(best):
        return f"{place}: statistically tied with the best."
    return f"{place}: the best is {words.difference(best.score, trial.score)} better."


def _beside_the_best(words: Words, score: float, best: Trial) -> str:
    """Return how a trial that does not count compares with the best that does."""
    if best.score is None or abs(best.score - score) <= _standard_error(best):
        return "Statistically tied with the best trial that counts."
    if score > best.score:
        return f"{words.difference(score, best.score)} better than the best trial that counts."
    return f"The best trial that counts is {words.difference(best.score, score)} better."


def _standard_error(trial: Trial) -> float:
    return (trial.std or 0.0) / math.sqrt(max(len(trial.folds), 1))


def origin_in_words(trial: Trial) -> str:
    """Return where a trial's configuration comes from, for example "Search" or "You, edited from #3"."""
    words = _ORIGINS[trial.origin]
    if trial.parent is None:
        return words
    if trial.origin is Origin.START:
        return f"Based on #{trial.parent}"
    return words + {Origin.EDIT: f", edited from #{trial.parent}", Origin.GRID: f", grid around #{trial.parent}"}.get(
        trial.origin, ""
    )


def remedy(kind: str) -> str:
    """Return what to do about a failed trial."""
    return _REMEDIES.get(kind, "The traceback below shows where. Other trials continue.")


def why_ignored(words: Words, state: SessionState, trial: Trial) -> str:
    """Return why a trial is gray, or "" when it counts."""
    if trial.number in state.steering.discarded:
        return "Discarded: it stays in the record, but the search ignores it."
    if trial.number in state.outside:
        if state.of_other_target(trial):
            target = state.view_of(trial).choices.scored(words.given).target
            return f"Predicts {target}: it stays in the record and counts again when that is the target again."
        if state.on_other_data(trial):
            return "Measured on other columns: it stays in the record and counts again when those columns are back."
        reason = _outside(words, state, trial)
        return (
            f"Outside the search space: {reason}. It stays in the record and counts again when the space includes it."
        )
    if trial.number in state.broken:
        known = any(rule.violation(trial) for rule in state.preferences.hard)
        said = "Violates a constraint" if known else "Constraint not measured yet"
        return f"{said}: {violations(words, state, trial)}."
    return ""


def kept_threshold(words: Words, state: SessionState, trial: Trial) -> str:
    """Return that a trial is scored with a threshold that was tuned for another metric, or ""."""
    if trial.view == trial.fitted_view or trial.view is None or trial.fitted_view is None:
        return ""
    if not tunes_threshold(trial.config, trial.family):
        return ""
    now, then = (state.views[one].scored(words.given).metric for one in (trial.view, trial.fitted_view))
    if now == then or not decides(now):
        return ""
    return (
        f"Its threshold was tuned for {then.label}, so it may score higher by {now.label} with another one. "
        f"Run it again to tune the threshold for {now.label}."
    )


def violations(words: Words, state: SessionState, trial: Trial) -> str:
    """Return the hard constraints that a trial violates, or may violate, with its values."""
    reasons = []
    for rule in state.preferences.hard:
        broken = rule.violation(trial)
        if broken == 0:
            continue
        if rule.op == "in":
            reasons.append(f"{words.label(trial)} is not among the allowed models")
            continue
        objective = objective_named(rule.about, words.task, state.preferences.custom)
        limit = f"{rule.side} {value_with_unit(objective, rule.limit)}"
        value = "not measured yet" if broken is None else value_with_unit(objective, objective.shown(trial))
        reasons.append(f"{objective.label} is {value}; the constraint is {limit}")
    return "; ".join(reasons)


def _outside(words: Words, state: SessionState, trial: Trial) -> str:
    space = state.space
    if trial.family not in space.families:
        return f"{words.label(trial)} is excluded"
    reasons = []
    for one in space.of(trial.family):
        try:
            one.check(trial.config.get(one.name))
        except ConfigError:
            reasons.append(f"{one.label or one.name} {_plain(trial.config.get(one.name))}")
    return " and ".join(reasons) or "its hyperparameters are of another kind"


def _plain(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
