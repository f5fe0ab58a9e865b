"""Objectives, constraints, answers, and the conclusions from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from hitl_widget.data.objectives import group_kinds, objective_named, offered, sensitive_columns
from hitl_widget.domain.comparing import value_with_unit
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import TrialState
from hitl_widget.preference.assessment import Assessment
from hitl_widget.preference.challenge import challenge_of
from hitl_widget.report.answers import contradiction
from hitl_widget.report.feasibility import none_feasible
from hitl_widget.report.words import Words
from hitl_widget.widget.requests import request

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

from hitl_widget.domain.trial import Trial

__all__ = [
    "AnswerInfo",
    "ChallengeInfo",
    "ConstraintInfo",
    "GoalsInfo",
    "ObjectiveInfo",
    "PreferencesInfo",
    "PreferencesPanel",
    "QuestionInfo",
    "TradeInfo",
    "WorthInfo",
    "preferences_version",
]


class ObjectiveInfo(TypedDict):
    """An objective of the trials. Values are as displayed: an RMSE, not its negative."""

    name: str
    label: str
    direction: Literal["higher", "lower"]
    """The better direction."""
    unit: str
    log: bool
    """True if ratios matter: draw it on a logarithmic axis."""
    points: bool
    """True if the values lie between 0 and 1, so that they have as many decimals as a score."""
    main: bool
    """True for the metric of the task, which always comes first."""
    own: bool
    """True for a custom objective."""
    story: str
    """Its description, in one sentence."""
    goal: float | None
    """The weight that the user set, if any."""
    share: float | None
    """The learned weight, 0 to 1; null before there is an answer or a goal."""
    low: float | None
    """The 80% credible interval of the weight, with `high`."""
    high: float | None
    measured: int
    """Number of these models with a value."""
    of: int
    """Number of complete models of today's data."""
    waiting: int
    """Number of trials that are still to be measured."""
    problem: str
    """The reason why some could not be measured, or ""."""


class ConstraintInfo(TypedDict):
    text: str
    """As typed; `require` adds it, `relax` removes it."""
    about: str
    """Name of an objective, or "family"."""
    label: str
    op: Literal["<", "<=", ">", ">=", "in"]
    limit: float | None
    families: list[str]
    hard: bool
    kept: int
    broken: int
    unknown: int
    """Trials with an unknown value."""
    sentence: str
    """The number of trials that satisfy it, in words."""


class AnswerInfo(TypedDict):
    first: int
    second: int
    answer: Literal["a", "b", "equal", "skip"]
    act: int | None
    """Number of the act, for `undo`."""
    sentence: str
    doubt: str
    """How the other answers contradict it, or ""."""


class QuestionInfo(TypedDict):
    first: int
    """Shown as A, on the left."""
    second: int
    gain: float
    left: float
    sentence: str
    """The reason to ask this pair: the expected gain from an answer."""


class TradeInfo(TypedDict):
    give: str
    take: str
    """Names of the objectives: the one given up, and the one gained."""
    known: bool
    confidence: float
    sentence: str


class ChallengeInfo(TypedDict):
    """The simplest model that is statistically tied with the winner."""

    winner: int
    rival: int
    sentence: str
    lost: list[str]
    gained: list[str]


class GoalsInfo(TypedDict):
    weights: dict[str, float]
    strength: Literal["hint", "fair", "strong"]


class PreferencesInfo(TypedDict):
    """The user's preferences, as stated and as learned."""

    sentence: str
    """The leading sentence."""
    objectives: list[ObjectiveInfo]
    """The current objectives, the metric of the task first."""
    offered: list[ObjectiveInfo]
    """Other objectives that can be added."""
    groups: list[str]
    """Columns that may hold groups of people, for "demographic_parity:column" and the audit."""
    constraints: list[ConstraintInfo]
    answers: list[AnswerInfo]
    """The latest first."""
    question: QuestionInfo | None
    enough: str
    """The reason for having no question: nothing to compare yet, or answers would hardly change anything; or ""."""
    learnt: list[str]
    """The conclusions from the answers, in words, most certain first."""
    trades: list[TradeInfo]
    certainty: float
    """Certainty about which of two models on the front is preferred, from 0 to 1: the mean of |2p - 1|."""
    preferred: int | None
    best: int | None
    challenge: ChallengeInfo | None
    front: list[int]
    """The Pareto front of the current objectives among the trials that count and satisfy the hard constraints."""
    broken: int
    """Number of complete trials that violate a hard constraint, or may because a value is not known."""
    goals: GoalsInfo | None


class WorthInfo(TypedDict):
    """The expected utility of each complete trial: 0 for the worst of the front, 1 for the best."""

    numbers: list[int]
    worth: list[float]
    spread: list[float]
    """One standard deviation."""


def preferences_version(state: SessionState) -> int:
    """Return a number that changes when `preferences_info` changes; in a running search, less often."""
    rests = state.phase is not Phase.RUNNING
    counts = (state.count(TrialState.COMPLETE), state.measured, len(state.broken))
    grown = counts if rests else tuple(map(_by_tenths, counts))
    learnt = state.learnt
    said = () if learnt is None else (learnt.answers, round(1000 * learnt.certainty), learnt.recommended or 0)
    return hash((len(state.acts), state.done, rests, grown, said)) % 2**31


def _by_tenths(count: int) -> int:
    return count if count < 12 else 12 + round(math.log(count / 12) / math.log(1.1))


class PreferencesPanel:
    """Answers requests about preferences."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @request("preferences", beside=True)
    def preferences(self, state: SessionState) -> PreferencesInfo:
        """Return objectives, constraints, answers, and the conclusions from them."""
        return preferences_info(self._runtime, state)

    @request("worth", beside=True)
    def worth(self, state: SessionState) -> WorthInfo:
        """Return the expected utility of each complete trial."""
        return worth_info(self._runtime, state)


def preferences_info(runtime: Runtime, state: SessionState) -> PreferencesInfo:
    """Return the user's preferences, as stated and as learned."""
    task, words = runtime.task, runtime.words
    assessment = runtime.preference_model.assess(state)
    today = [one for one in state.trials if one.state is TrialState.COMPLETE and not state.on_other_data(one)]
    counted = [trial for trial in today if trial.family not in words.baselines]
    preferences = state.preferences
    return {
        "sentence": _lead(state, assessment, words),
        "objectives": [_objective(one, state, assessment, counted) for one in assessment.objectives],
        "offered": [_offer(one, state, counted) for one in _others(task, state, assessment.objectives)],
        "groups": sensitive_columns(task),
        "constraints": [_constraint(rule, state, task, words, counted) for rule in preferences.constraints],
        "answers": _answers(state, assessment),
        "question": _question(assessment, state),
        "enough": assessment.enough,
        "learnt": [] if assessment.summary is None else list(assessment.summary.sentences),
        "trades": [] if assessment.summary is None else [_trade(one) for one in assessment.summary.trade_offs],
        "certainty": round(assessment.certainty, 3),
        "preferred": state.chosen if preferences.guide else None,
        "best": state.best,
        "challenge": _challenge(state, assessment.objectives, words),
        "front": list(assessment.front),
        "broken": sum(one.number in state.broken for one in today),
        "goals": _goals(state),
    }


def _lead(state: SessionState, assessment: Assessment, words: Words) -> str:
    preferences = state.preferences
    labels = [one.label for one in assessment.objectives]
    if not preferences.guide:
        if len(labels) == 1:
            return f"The search optimizes {labels[0]} only."
        *others, last = labels[1:]
        rest = f"{', '.join(others)} and {last} matter" if others else f"{last} matters"
        return (
            f"So far, models are ranked by {labels[0]} only: the search does not know how much {rest} to you. Compare "
            "pairs of models or set goals."
        )
    answers = f"your {plural(preferences.answers, 'answer')}"
    goals = "your goals" if preferences.goals.weights else ""
    said = " and ".join(one for one in (answers if preferences.answers else "", goals) if one) or "your preferences"
    if state.chosen is None:
        return none_feasible(state, words.baselines) or "No model is recommended yet."
    chosen = state.trials[state.chosen]
    same = " It also has the best score." if state.chosen == state.best else ""
    return f"Recommended by {said}: {words.label(chosen)} #{chosen.number}.{same}"


def _objective(one: Objective, state: SessionState, assessment: Assessment, complete: Sequence[Trial]) -> ObjectiveInfo:
    share = low = high = None
    if assessment.summary is not None:
        found = next((weight for weight in assessment.summary.weights if weight.name == one.name), None)
        if found is not None:
            share, low, high = (round(value, 3) for value in (found.share, found.low, found.high))
    known = sum(one.value(trial) is not None for trial in complete)
    problems = [trial.unmeasured[one.name] for trial in complete if one.name in trial.unmeasured]
    return {
        "name": one.name,
        "label": one.label,
        "direction": "higher" if one.direction == "higher" else "lower",
        "unit": one.unit,
        "log": one.log,
        "points": one.points,
        "main": one.source is Source.SCORE,
        "own": one.name in state.preferences.custom,
        "story": one.story,
        "goal": state.preferences.goals.weights.get(one.name),
        "share": share,
        "low": low,
        "high": high,
        "measured": known,
        "of": len(complete),
        "waiting": max(0, len(complete) - known - len(problems)),
        "problem": problems[-1] if problems else "",
    }


def _others(task: Task, state: SessionState, today: Iterable[Objective]) -> list[Objective]:
    names = {one.name for one in today}
    custom = state.preferences.custom
    columns = sensitive_columns(task)[:1]  # the page knows the others
    by_group = [objective_named(f"{kind}:{one}", task, custom) for kind in group_kinds(task) for one in columns]
    return [one for one in (*offered(task, custom), *by_group) if one.name not in names]


def _offer(one: Objective, state: SessionState, complete: Sequence[Trial]) -> ObjectiveInfo:
    return _objective(one, state, Assessment(()), complete)


def _constraint(
    rule: Constraint, state: SessionState, task: Task, words: Words, complete: Sequence[Trial]
) -> ConstraintInfo:
    found = [rule.violation(trial) for trial in complete]
    kept, unknown = sum(one == 0 for one in found), found.count(None)
    broken = len(found) - kept - unknown
    if rule.op == "in":
        label, what = "model", f"is one of {', '.join(words.labels.get(name, name) for name in rule.families)}"
    else:
        objective = objective_named(rule.about, task, state.preferences.custom)
        label, what = objective.label, f"{rule.side} {value_with_unit(objective, rule.limit)}"
    sentence = f"{'Hard' if rule.hard else 'Soft'} constraint: {label} {what}; satisfied by "
    sentence += f"{kept} of {plural(len(found), 'model')}"
    sentence += f", {unknown} not measured yet." if unknown else "."
    return {
        "text": rule.text,
        "about": rule.about,
        "label": label,
        "op": rule.op,  # type: ignore[typeddict-item]
        "limit": None if rule.op == "in" else rule.limit,
        "families": list(rule.families),
        "hard": rule.hard,
        "kept": kept,
        "broken": broken,
        "unknown": unknown,
        "sentence": sentence,
    }


def _answers(state: SessionState, assessment: Assessment) -> list[AnswerInfo]:
    contradictions = {one.position: contradiction(one) for one in assessment.inconsistencies}
    acts = _acts_of_answers(state)
    found: list[AnswerInfo] = [
        {
            "first": one.first,
            "second": one.second,
            "answer": one.answer.value,
            "act": acts.get(one),
            "sentence": _said(one, state),
            "doubt": contradictions.get(position, ""),
        }
        for position, one in enumerate(state.preferences.comparisons)
    ]
    return found[::-1]


def _acts_of_answers(state: SessionState) -> dict[Comparison, int]:
    """Return the act of each answer that can be undone on its own."""
    found = {}
    for act in state.acts:
        if act.kind == "answer" and not act.undone:
            added = [one for one in act.after.preferences.comparisons if one not in act.before.preferences.comparisons]
            found.update(dict.fromkeys(added, act.number))
    return found


def _said(one: Comparison, state: SessionState) -> str:
    if one.answer is Judgement.SKIP:
        return f"Skipped #{one.first} and #{one.second}"
    if one.answer is Judgement.EQUAL:
        return f"#{one.first} and #{one.second} about equal"
    return f"#{one.preferred} preferred to #{one.second if one.preferred == one.first else one.first}"


def _question(assessment: Assessment, state: SessionState) -> QuestionInfo | None:
    one = assessment.question
    if one is None:
        return None
    gain = one.gain / one.left if one.left > 0 else 0.0
    if state.preferences.answers == 0:
        sentence = "The first answers are the most informative."
    elif gain >= 0.25:
        sentence = f"An answer would resolve about {100 * gain:.0f}% of the remaining uncertainty."
    else:
        sentence = "Little uncertainty remains; an answer would help slightly."
    return {
        "first": one.first,
        "second": one.second,
        "gain": round(one.gain, 4),
        "left": round(one.left, 4),
        "sentence": sentence,
    }


def _trade(one: Any) -> TradeInfo:
    return {
        "give": one.give,
        "take": one.take,
        "known": one.known,
        "confidence": round(one.confidence, 2),
        "sentence": one.sentence,
    }


def _challenge(state: SessionState, objectives: Sequence[Objective], words: Words) -> ChallengeInfo | None:
    found = challenge_of(state, objectives, words.baselines)
    if found is None:
        return None
    rival = state.trials[found.rival]
    score = state.trials[found.winner].score or 0.0
    gap, noise = (words.difference(score, score - one) for one in (found.gap, found.noise))
    winner = state.trials[found.winner]
    worse = f"{gap} worse" if found.gap > 0 else "no worse"
    return {
        "winner": found.winner,
        "rival": found.rival,
        "sentence": (
            f"{words.label(rival)} #{rival.number} scores {worse} in {words.metric.label} than {words.label(winner)} "
            f"#{winner.number} on the same folds{f' (SE {noise}): statistically tied' if found.gap > 0 else ''}."
        ),
        "lost": list(found.lost),
        "gained": list(found.gained),
    }


def _goals(state: SessionState) -> GoalsInfo | None:
    goals = state.preferences.goals
    if not goals.weights:
        return None
    return {"weights": dict(goals.weights), "strength": goals.strength.value}


def worth_info(runtime: Runtime, state: SessionState) -> WorthInfo:
    """Return the expected utility of each complete trial."""
    assessment = runtime.preference_model.assess(state)
    if assessment.summary is None:
        return {"numbers": [], "worth": [], "spread": []}
    known = [
        number
        for number, worth in assessment.worth.items()
        if math.isfinite(worth) and not state.on_other_data(state.trials[number])
    ]
    return {
        "numbers": known,
        "worth": [round(assessment.worth[number], 3) for number in known],
        "spread": [round(assessment.spread[number], 3) for number in known],
    }
