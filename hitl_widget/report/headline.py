"""The headline of a session: the leading model, its lead, and the uncertainty. Pure."""

from __future__ import annotations

import math
from itertools import chain, islice

from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.state import LEADERS, Phase, SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.report.baselines import linear_baseline
from hitl_widget.report.feasibility import better_but_violating, none_feasible
from hitl_widget.report.holdout import holdout_sentence
from hitl_widget.report.no_model import why_no_model
from hitl_widget.report.words import Words, number, plural

__all__ = ["caveat", "constant_leads", "headline", "leading", "task_sentence"]

_EARLY = 50
"""The trials among which the best first fold is looked for."""


def headline(words: Words, state: SessionState) -> str:
    """Return one sentence: the leading model and its lead over a simple one."""
    best = leading(words, state)
    if best is None or best.score is None:
        return _waiting(words, state)
    leader = f"{words.label(best)} #{best.number}"
    shown = words.score(best.score, best.std)
    if best.state is not TrialState.COMPLETE:
        done = f"{len(best.folds)} of {plural(words.task.split.folds, 'fold')}"
        return f"{leader} starts with {words.metric.label} {shown} ({done})."
    spread = f" ± {number(best.std, best.std)} SD" if best.std else ""
    constant = constant_leads(words, state)
    if constant is not None and constant.score is not None:
        yet = "" if state.phase is Phase.FINISHED else " yet"
        return (
            f"No model beats the constant prediction{yet} ({words.metric.label} {words.score(constant.score)}). "
            f"{leader} comes closest with {shown}{spread}."
        )
    return f"{leader} leads with {words.metric.label} {shown}{spread}{_compared(words, state, best)}."


def caveat(words: Words, state: SessionState) -> str:
    """Return a sentence on the certainty of the lead: holdout scores at the end, until then the tied models."""
    best = state.best_trial
    if best is None or best.score is None or best.std is None:
        return ""
    if state.phase is Phase.FINISHED and state.holdout is not None:
        return holdout_sentence(words, state)
    error = best.std / math.sqrt(max(len(best.folds), 1))
    others = (state.trials[number] for number in state.leaders[1:])
    tied = sum(best.score - (trial.score or 0.0) < error for trial in others)
    violating = better_but_violating(words, state)
    if violating:
        return violating
    if tied == 0:
        return ""
    if tied == 1:
        return "1 other model is statistically tied with it."
    least = "At least " if tied >= LEADERS - 1 else ""
    return f"{least}{tied} other models are statistically tied with it."


def task_sentence(words: Words, state: SessionState) -> str:
    """Return one sentence on the task, with the current roles of the columns."""
    return state.steering.data.applied(words.task).sentence()


def leading(words: Words, state: SessionState) -> Trial | None:
    """Return the best complete trial, or before there is one the best first fold."""
    ranked = (state.trials[number] for number in state.leaders)
    model = next((trial for trial in ranked if trial.family not in words.baselines), None)
    if model is not None:
        return model
    if _none_counts(words, state):
        return None
    early = [trial for trial in islice(state.trials, _EARLY) if trial.score is not None]
    running = [t for t in early if t.family not in words.baselines and t.state is not TrialState.FAILED]
    return max(running, key=_score, default=None)


def constant_leads(words: Words, state: SessionState) -> Trial | None:
    """Return the constant prediction if it is the best trial that counts, else None."""
    best = state.best_trial
    return best if best is not None and best.family in words.baselines else None


def _none_counts(words: Words, state: SessionState) -> bool:
    """Return whether models were finished, and none of them counts now."""
    if any(state.trials[number].family not in words.baselines for number in state.leaders):
        return False
    numbers = chain(state.broken, state.outside, state.steering.discarded)
    aside = (state.trials[number] for number in numbers)
    return any(one.state is TrialState.COMPLETE and one.family not in words.baselines for one in aside)


def _waiting(words: Words, state: SessionState) -> str:
    task = task_sentence(words, state)
    match state.phase:
        case Phase.READY:
            return f"Ready to search: {task}"
        case Phase.FAILED:
            return f"The search ended without a model. {why_no_model(state, words.baselines)}"
        case _ if _none_counts(words, state) and (sentence := none_feasible(state, words.baselines)):
            return sentence
        case _ if state.awaiting:
            return f"Scoring the earlier models by {words.metric.label}."
        case _ if _none_counts(words, state) and state.view != 0 and state.outside:
            return "No model has been fitted on the current data yet; the best of each family is fitted first."
        case _ if _none_counts(words, state):
            return "No finished model counts: each is outside the search space or was discarded."
        case Phase.FINISHED | Phase.FINISHING:
            return f"The search ended without a model. {why_no_model(state, words.baselines)}"
        case Phase.PAUSED if state.failure is not None:
            return f"Paused after a failure: {state.failure.message} {task}"
        case Phase.PAUSED:
            return f"Paused before the first score. {task}"
        case Phase.RUNNING if state.autonomy is Autonomy.USER and not state.count(TrialState.RUNNING):
            return f"Nothing runs until you queue a configuration. {task}"
        case Phase.RUNNING:
            return f"{task} Fitting the first models."


def _compared(words: Words, state: SessionState, best: Trial) -> str:
    """Return the end of the headline: how the best compares with a linear model, or with the constant guess."""
    score = best.score or 0.0
    named = linear_baseline(words, state)
    if named is not None and named.trial.score is not None and best.family != "linear":
        linear, noise = named.trial.score, (best.std or 0.0) / 10
        if score - linear > noise:
            return f", {words.difference(score, linear)} better than {named.phrase}"
        if linear - score > noise:  # linear models were excluded
            return f", {words.difference(linear, score)} behind {named.phrase}"
        return f", level with {named.phrase}"
    constant = _best_of(state, *words.baselines)
    if constant is None or constant.score is None:
        return ""
    guess = words.score(constant.score, best.std)
    if constant.score >= score:
        return f", no better than the constant prediction ({guess})"
    return f"; the constant prediction scores {guess}"


def _best_of(state: SessionState, *families: str) -> Trial | None:
    found = [state.trials[state.family_best[name]] for name in families if name in state.family_best]
    return max(found, key=_score, default=None)


def _score(trial: Trial) -> float:
    return -math.inf if trial.score is None else trial.score
