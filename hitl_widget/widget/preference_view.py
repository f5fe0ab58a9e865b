"""What a person prefers, and what was learnt of it, in the form of the wire messages. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from hitl_widget.data.objectives import active, objective_named, offered, sensitive_columns, wanted
from hitl_widget.domain.comparing import Difference, compared, value_with_unit
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.figures import name_in_words, plural, value_in_words
from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.preference.assessment import Assessment
from hitl_widget.preference.challenge import challenge_of
from hitl_widget.report.words import Words
from hitl_widget.session.preferences import doubt_in_words
from hitl_widget.widget import wire

if TYPE_CHECKING:
    from hitl_widget.session import AutoMLSession

__all__ = ["objective_facts", "pair_info", "preferences_info", "wishes_version", "worth_info"]

MOST_SETTINGS = 6


def wishes_version(state: SessionState) -> int:
    """Return a number that changes when `preferences_info` would say something else; in a running search by tenths."""
    rests = state.phase is not Phase.RUNNING
    counts = (state.count(TrialState.COMPLETE), state.measured, len(state.broken))
    grown = counts if rests else tuple(map(_by_tenths, counts))
    learnt = state.learnt
    said = () if learnt is None else (learnt.answers, round(1000 * learnt.certainty), learnt.recommended or 0)
    return hash((len(state.acts), state.done, rests, grown, said)) % 2**31


def _by_tenths(count: int) -> int:
    return count if count < 12 else 12 + round(math.log(count / 12) / math.log(1.1))


def preferences_info(session: AutoMLSession, state: SessionState) -> wire.PreferencesInfo:
    """Return what good means, as far as it was said and learnt."""
    task, words = session.task, session.words
    judged = session.tastes.assess(state)
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


def _objective(
    one: Objective, state: SessionState, judged: Assessment, complete: Sequence[Trial]
) -> wire.ObjectiveInfo:
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
    return [one for one in offered(task, state.preferences.custom) if one.name not in names]


def _offer(one: Objective, state: SessionState, complete: Sequence[Trial]) -> wire.ObjectiveInfo:
    return _objective(one, state, Assessment(()), complete)


def _constraint(
    rule: Constraint, state: SessionState, task: Task, words: Words, complete: Sequence[Trial]
) -> wire.ConstraintInfo:
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


def _answers(state: SessionState, judged: Assessment) -> list[wire.AnswerInfo]:
    doubts = {one.position: doubt_in_words(one) for one in judged.inconsistencies}
    acts = _acts_of_answers(state)
    found: list[wire.AnswerInfo] = [
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


def _question(judged: Assessment, state: SessionState) -> wire.QuestionInfo | None:
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


def _trade(one: Any) -> wire.TradeInfo:
    return {
        "give": one.give,
        "take": one.take,
        "known": one.known,
        "confidence": round(one.confidence, 2),
        "sentence": one.sentence,
    }


def _challenge(state: SessionState, objectives: Sequence[Objective], words: Words) -> wire.ChallengeInfo | None:
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


def _goals(state: SessionState) -> wire.GoalsInfo | None:
    goals = state.preferences.goals
    if not goals.weights:
        return None
    return {"weights": dict(goals.weights), "strength": goals.strength.value}


def worth_info(session: AutoMLSession, state: SessionState) -> wire.WorthInfo:
    """Return what each complete trial is expected to be worth to the person."""
    judged = session.tastes.assess(state)
    if judged.summary is None:
        return {"numbers": [], "worth": [], "spread": []}
    known = [number for number, worth in judged.worth.items() if math.isfinite(worth)]
    return {
        "numbers": known,
        "worth": [round(judged.worth[number], 3) for number in known],
        "spread": [round(judged.spread[number], 3) for number in known],
    }


def objective_facts(state: SessionState, trial: Trial, task: Task) -> list[wire.FactInfo]:
    """Return the further objectives of a trial with their values, or why there is none."""
    facts: list[wire.FactInfo] = []
    for one in wanted(task, state.preferences):
        if one.source is Source.SCORE:
            continue
        text = trial.unmeasured.get(one.name) or value_with_unit(one, one.shown(trial), trial.spreads.get(one.name))
        facts.append({"name": one.name, "label": one.label, "text": text})
    return facts


def pair_info(session: AutoMLSession, state: SessionState, first: int, second: int) -> wire.PairInfo:
    """Return two trials side by side."""
    objectives = active(session.task, state.preferences)
    a, b = state.trials[first], state.trials[second]
    found = [(one, _difference(one, a, b)) for one in objectives]
    differences: list[wire.DifferenceInfo] = [
        {"name": one.name, "label": one.label, "better": said.better, "text": said.text}  # type: ignore[typeddict-item]
        for one, said in found
    ]
    kinds: list[Any] = ["residuals"] if not session.task.classes else ["roc", "calibration"]
    return {
        "a": _card(session, state, a, objectives),
        "b": _card(session, state, b, objectives),
        "differences": differences,
        "sentence": _pair_sentence(found, session.words, a, b),
        "pictures": kinds,
    }


def _difference(one: Objective, a: Trial, b: Trial) -> Difference:
    spreads = [s / math.sqrt(max(len(t.folds), 1)) for t in (a, b) if (s := _spread(one, t)) is not None]
    return compared(one, one.shown(a), one.shown(b), max(spreads, default=0.0))


def _spread(one: Objective, trial: Trial) -> float | None:
    return trial.std if one.source is Source.SCORE else trial.spreads.get(one.name)


def _card(session: AutoMLSession, state: SessionState, trial: Trial, objectives: Sequence[Objective]) -> wire.CardInfo:
    label, _, colour, _ = session.family_facts(trial.family)
    main = objectives[0]
    return {
        "number": trial.number,
        "label": label,
        "colour": colour,
        "score": f"{main.label} {value_with_unit(main, main.shown(trial), trial.std)}",
        "facts": [
            {
                "name": one.name,
                "label": one.label,
                "text": trial.unmeasured.get(one.name) or value_with_unit(one, one.shown(trial), _spread(one, trial)),
            }
            for one in objectives
        ],
        "settings": _settings(state, trial),
    }


def _settings(state: SessionState, trial: Trial) -> list[str]:
    found = []
    for one in state.base.of(trial.family):
        value = trial.config.get(one.name, one.default)
        if value != one.default:
            found.append(f"{name_in_words(one)} {value_in_words(value)}")
    return found[:MOST_SETTINGS]


def _pair_sentence(found: Sequence[tuple[Objective, Difference]], words: Words, a: Trial, b: Trial) -> str:
    sides = {side: [one.label for one, said in found if said.better == side] for side in ("a", "b")}
    if not sides["a"] and not sides["b"]:
        return "The two cannot be told apart in what you named."
    parts = [
        f"{letter} is better in {_listed(sides[side])}" for side, letter in (("a", "A"), ("b", "B")) if sides[side]
    ]
    return f"{', '.join(parts)}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
