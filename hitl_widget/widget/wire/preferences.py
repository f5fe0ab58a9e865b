"""Objectives, constraints, answers, and what was learnt from them."""

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
    """Something that can be better or worse about a trial. Values are as people read them: an RMSE, not minus it."""

    name: str
    label: str
    direction: Literal["higher", "lower"]
    """Which values are better."""
    unit: str
    log: bool
    """People think in ratios: draw it on a logarithmic axis."""
    points: bool
    """Hundredths are read as points: 0.004 is "0.4 points"."""
    main: bool
    """The metric of the task; it is always there, first."""
    own: bool
    """Added by the person."""
    story: str
    """What it is, in one sentence."""
    goal: float | None
    """The weight that the person gave it, if any."""
    share: float | None
    """How much it counts, as learnt, 0 to 1; null before there is an answer or a goal."""
    low: float | None
    """80 % of the probability lie between low and high."""
    high: float | None
    measured: int
    """Trials with a value."""
    of: int
    """Complete trials."""
    waiting: int
    """Trials that are still to be measured."""
    problem: str
    """Why some could not be measured, or ""."""


class ConstraintInfo(TypedDict):
    text: str
    """As typed; `require` takes it, `relax` lets go of it."""
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
    """Trials of which it is not known (yet)."""
    sentence: str
    """How many trials keep it, in words."""


class AnswerInfo(TypedDict):
    first: int
    second: int
    answer: Literal["a", "b", "equal", "skip"]
    act: int | None
    """Number of the act: `undo` takes it."""
    sentence: str
    doubt: str
    """Why the other answers contradict it, or ""."""


class QuestionInfo(TypedDict):
    first: int
    """Shown as A, at the left."""
    second: int
    gain: float
    left: float
    sentence: str
    """Why this pair: what an answer is expected to teach."""


class TradeInfo(TypedDict):
    give: str
    take: str
    """Names of the objectives: what is given up for a gain in what."""
    known: bool
    confidence: float
    sentence: str


class ChallengeInfo(TypedDict):
    """The simplest model within the noise of the winner."""

    winner: int
    rival: int
    sentence: str
    lost: list[str]
    gained: list[str]


class GoalsInfo(TypedDict):
    weights: dict[str, float]
    strength: Literal["hint", "fair", "strong"]


class PreferencesInfo(TypedDict):
    """What good means, as far as it was said and learnt."""

    sentence: str
    """The leading sentence."""
    objectives: list[ObjectiveInfo]
    """Today's, the metric of the task first."""
    offered: list[ObjectiveInfo]
    """What else can be measured."""
    groups: list[str]
    """Columns that may hold groups of people, for "demographic_parity:column" and the audit."""
    constraints: list[ConstraintInfo]
    answers: list[AnswerInfo]
    """The last first."""
    question: QuestionInfo | None
    enough: str
    """Why there is no question: nothing to compare yet, or another answer would hardly change anything; or ""."""
    learnt: list[str]
    """What the answers say, in words, the most certain first."""
    trades: list[TradeInfo]
    certainty: float
    """How sure it is which of two models on the front is preferred, from 0, a toss-up, to 1: the mean of |2p - 1|."""
    preferred: int | None
    best: int | None
    challenge: ChallengeInfo | None
    front: list[int]
    """The Pareto front of today's objectives among the trials that count and keep the hard constraints."""
    broken: list[int]
    """Complete trials that break a hard constraint, or of which that is not known."""
    goals: GoalsInfo | None


class WorthInfo(TypedDict):
    """What each complete trial is expected to be worth to the person: 0 the worst of the front, 1 the best."""

    numbers: list[int]
    worth: list[float]
    spread: list[float]
    """One standard deviation."""


def preferences_version(state: SessionState) -> int:
    """Return a number that changes when `preferences_info` would say something else; in a running search by tenths."""
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

    def __init__(self, session: Runtime) -> None:
        self._session = session

    @request("preferences", beside=True)
    def preferences(self, state: SessionState) -> PreferencesInfo:
        """Return objectives, constraints, answers, and what was learnt from them."""
        return preferences_info(self._session, state)

    @request("worth", beside=True)
    def worth(self, state: SessionState) -> WorthInfo:
        """Return the expected utility of each complete trial."""
        return worth_info(self._session, state)


def preferences_info(session: Runtime, state: SessionState) -> PreferencesInfo:
    """Return what good means, as far as it was said and learnt."""
    task, words = session.task, session.words
    judged = session.preference_model.assess(state)
    complete = [trial for trial in state.trials if trial.state is TrialState.COMPLETE]
    counted = [trial for trial in complete if trial.family not in words.baselines]
    preferences = state.preferences
    return {
        "sentence": _lead(state, judged, words),
        "objectives": [_objective(one, state, judged, counted) for one in judged.objectives],
        "offered": [_offer(one, state, counted) for one in _others(task, state, judged.objectives)],
        "groups": sensitive_columns(task),
        "constraints": [_constraint(rule, state, task, words, counted) for rule in preferences.constraints],
        "answers": _answers(state, judged),
        "question": _question(judged, state),
        "enough": judged.enough,
        "learnt": [] if judged.summary is None else list(judged.summary.sentences),
        "trades": [] if judged.summary is None else [_trade(one) for one in judged.summary.trade_offs],
        "certainty": round(judged.certainty, 3),
        "preferred": state.chosen if preferences.guide else None,
        "best": state.best,
        "challenge": _challenge(state, judged.objectives, words),
        "front": list(judged.front),
        "broken": sorted(state.broken),
        "goals": _goals(state),
    }


def _lead(state: SessionState, judged: Assessment, words: Words) -> str:
    preferences = state.preferences
    labels = [one.label for one in judged.objectives]
    if not preferences.guide:
        listed = f"{', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else labels[0]
        return f"So far the search follows {labels[0]} alone. Tell it how {listed} weigh against each other."
    answers = plural(preferences.answers, "answer")
    goals = "your goals" if preferences.goals.weights else ""
    said = " and ".join(one for one in (answers if preferences.answers else "", goals) if one) or "your wishes"
    if state.chosen is None:
        return f"From {said}: no model keeps what it must."
    chosen = state.trials[state.chosen]
    same = " It is also the best by the metric." if state.chosen == state.best else ""
    return f"From {said}: you would take #{chosen.number}, {words.label(chosen)}.{same}"


def _objective(one: Objective, state: SessionState, judged: Assessment, complete: Sequence[Trial]) -> ObjectiveInfo:
    share = low = high = None
    if judged.summary is not None:
        found = next((weight for weight in judged.summary.weights if weight.name == one.name), None)
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
        label, what = "model", f"one of {', '.join(words.labels.get(name, name) for name in rule.families)}"
    else:
        objective = objective_named(rule.about, task, state.preferences.custom)
        label, what = objective.label, f"{rule.side} {value_with_unit(objective, rule.limit)}"
    sentence = f"{label[:1].upper()}{label[1:]} {'must' if rule.hard else 'should'} be {what}: "
    sentence += f"{kept} of {plural(len(found), 'model')} {'keeps' if kept == 1 else 'keep'} it"
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


def _answers(state: SessionState, judged: Assessment) -> list[AnswerInfo]:
    doubts = {one.position: contradiction(one) for one in judged.inconsistencies}
    acts = _acts_of_answers(state)
    found: list[AnswerInfo] = [
        {
            "first": one.first,
            "second": one.second,
            "answer": one.answer.value,
            "act": acts.get(one),
            "sentence": _said(one, state),
            "doubt": doubts.get(position, ""),
        }
        for position, one in enumerate(state.preferences.comparisons)
    ]
    return found[::-1]


def _acts_of_answers(state: SessionState) -> dict[Comparison, int]:
    """Return by answer the act that gave it, if that can be undone alone."""
    found = {}
    for act in state.acts:
        if act.kind == "answer" and not act.undone:
            added = [one for one in act.after.preferences.comparisons if one not in act.before.preferences.comparisons]
            found.update(dict.fromkeys(added, act.number))
    return found


def _said(one: Comparison, state: SessionState) -> str:
    if one.answer is Judgement.SKIP:
        return f"skipped #{one.first} and #{one.second}"
    if one.answer is Judgement.EQUAL:
        return f"#{one.first} about equal to #{one.second}"
    return f"#{one.preferred} rather than #{one.second if one.preferred == one.first else one.first}"


def _question(judged: Assessment, state: SessionState) -> QuestionInfo | None:
    one = judged.question
    if one is None:
        return None
    gain = one.gain / one.left if one.left > 0 else 0.0
    if state.preferences.answers == 0:
        sentence = "The first answers teach the most."
    elif gain >= 0.25:
        sentence = f"An answer would settle about {100 * gain:.0f} % of what is still open."
    else:
        sentence = "What is still open is little; an answer helps a bit."
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
    how = f"{gap} behind" if found.gap > 0 else "no worse than"
    return {
        "winner": found.winner,
        "rival": found.rival,
        "sentence": (
            f"#{rival.number}, {words.label(rival)}, is {how} #{found.winner} on the same folds"
            f"{f', within the noise of {noise}' if found.gap > 0 else ''}."
        ),
        "lost": list(found.lost),
        "gained": list(found.gained),
    }


def _goals(state: SessionState) -> GoalsInfo | None:
    goals = state.preferences.goals
    if not goals.weights:
        return None
    return {"weights": dict(goals.weights), "strength": goals.strength.value}


def worth_info(session: Runtime, state: SessionState) -> WorthInfo:
    """Return what each complete trial is expected to be worth to the person."""
    judged = session.preference_model.assess(state)
    if judged.summary is None:
        return {"numbers": [], "worth": [], "spread": []}
    known = [number for number, worth in judged.worth.items() if math.isfinite(worth)]
    return {
        "numbers": known,
        "worth": [round(judged.worth[number], 3) for number in known],
        "spread": [round(judged.spread[number], 3) for number in known],
    }
