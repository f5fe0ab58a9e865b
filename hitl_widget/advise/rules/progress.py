"""Rules about the progress of the search: stop or widen a flat one, cut if the budget is short, question beliefs."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hitl_widget.advise.rule import nudge
from hitl_widget.advise.scale import beyond, place_of
from hitl_widget.advise.view import Found, View, answer, asked, edited
from hitl_widget.domain.belief import Belief, Strength, VerdictKind
from hitl_widget.domain.commands import Autonomy, Believe, Edit, SetBudget, Stop, Withdraw
from hitl_widget.domain.figures import duration, name_in_words, plural
from hitl_widget.domain.nudge import Answer, Nudge
from hitl_widget.domain.space import FAMILY, Categorical, Float, Int, Parameter

__all__ = ["belief", "budget", "flat"]

_FLAT = 25
_SPARE = 10
_OF_NOISE = 0.1


@nudge(order=90)
def flat(view: View) -> Iterator[Found]:
    """Offer to stop, or to widen the search, when many trials brought no improvement."""
    best, state, left = view.best, view.state, view.left
    if best is None or state.autonomy is Autonomy.USER or (left is not None and left < _SPARE):
        return
    complete = sum(one.complete for one in view.records.values())
    since = complete - _last_climb(view)
    if since < max(_FLAT, complete / 3):
        return
    saved = ""
    if state.timed and state.budget_seconds is not None:
        saved = f" {duration(state.budget_seconds - view.elapsed)} early"
    elif left is not None:
        saved = f" {plural(round(left), 'trial')} early"
    measured = ", and the holdout is evaluated" if view.setting.task.holdout_rows else ""
    nudge = Nudge(
        key="flat",
        rule="flat",
        question="Stop the search here?",
        evidence=(
            f"The last {since} complete trials improved the best score by less than a tenth of its SD over folds; "
            "the best trial is still "
            f"{view.label(best.family)} #{best.number} at {view.score(best, spread=True)}."
        ),
        effect=f"The search ends{saved}{measured}; you can extend the budget later.",
        worth=0.1 + 0.1 * min(since / max(complete, 1), 1.0),
        answers=(answer("stop", "Stop the search", Stop()), *_more_room(view)),
    )
    yield Found(nudge, (best.number,))


def _last_climb(view: View) -> int:
    """Return how many trials were complete when the best last rose by more than a tenth of its spread."""
    trials, best = view.state.trials, view.best
    assert best is not None
    level = (best.score or 0.0) - _OF_NOISE * view.spread
    last = 0
    for at, number in reversed(view.state.climbs):
        if (trials[number].score or 0.0) < level:
            break
        last = at
    return last


def _more_room(view: View) -> Iterator[Answer]:
    """Offer more room for the hyperparameter of the leading family that matters most."""
    best = view.best
    if best is None or best.family not in view.searched:
        return
    shares = view.shares(best.family)
    free = [one for one in view.free(best.family) if not isinstance(one, Categorical)]
    for one in sorted(free, key=lambda one: -shares.get(one.name, 0.0)):
        bounds = {side: beyond(one, side) for side in ("low", "high")}
        wish = {side: bound for side, bound in bounds.items() if bound is not None}
        edit = Edit({one.name: wish}) if wish else None
        if edit is not None and edited(view, edit) is not None:
            python = ", ".join(f"{side}={bound!r}" for side, bound in wish.items())
            yield answer("widen", f"Widen {name_in_words(one)}", edit, f'session.widen("{one.name}", {python})')
            return


# -- budget -----------------------------------------------------------------------------------------------------------

_FEW = 5
_SHORT = 15
_SLOW = 2.0


@nudge(order=80, uses_metric=False)
def budget(view: View) -> Iterator[Found]:
    """Offer to exclude the slowest family or to raise the budget when it is too short."""
    state, left, mean = view.state, view.left, view.mean_seconds
    if left is None or mean is None or state.autonomy is Autonomy.USER:
        return
    ended = sum(one.ended for one in view.records.values())
    untried = [name for name in view.searched if not view.record(name).ended and not view.record(name).waiting]
    if ended < 3 or not (left < len(untried) or (left < _FEW and ended + left < _SHORT)):
        return
    answers = (*_cutting(view), answer("raise", "Raise the budget", _raised(view, len(untried))))
    names = ", ".join(view.label(name) for name in untried[:3]) + (" and others" if len(untried) > 3 else "")
    waits = f", and {names} {'has' if len(untried) == 1 else 'have'} not been tried yet" if untried else ""
    each = f" at {duration(mean)} each" if state.budget_trials is None else ""
    nudge = Nudge(
        key="budget",
        rule="budget",
        question="Exclude a family, or raise the budget?" if len(answers) > 1 else "Raise the budget?",
        evidence=f"After {plural(ended, 'trial')}, the budget allows for {_some(left)}{each}{waits}.",
        effect=_what_first(view, answers[0]),
        worth=0.5,
        answers=answers,
    )
    yield Found(nudge)


def _some(left: float) -> str:
    count = math.floor(left)
    return f"about {plural(count, 'more trial')}" if count else "less than 1 more trial"


def _cutting(view: View) -> Iterator[Answer]:
    """Offer to leave out the slowest family, where time counts and that family is slow and does not lead."""
    best = view.best
    if view.state.budget_trials is not None:
        return
    costs = {name: view.record(name).mean_seconds for name in view.searched}
    known = {name: cost for name, cost in costs.items() if cost is not None}
    others = [cost for name, cost in known.items() if best is None or name != best.family]
    slowest = max(known, key=lambda name: known[name], default=None)
    if slowest is None or len(others) < 2 or (best is not None and slowest == best.family):
        return
    rest = [cost for name, cost in known.items() if name != slowest]
    edit = Edit(exclude=(slowest,))
    if known[slowest] >= _SLOW * sum(rest) / len(rest) and edited(view, edit) is not None:
        yield answer("cut", f"Exclude {view.label(slowest)}", edit)


def _raised(view: View, untried: int) -> SetBudget:
    state, more = view.state, untried + 10
    if state.budget_trials is not None:
        return SetBudget(state.budget_seconds, state.budget_trials + more)
    needed = more * (view.mean_seconds or 1.0) / max(view.setting.workers, 1)
    seconds = (state.budget_seconds or 0.0) + needed
    step = 60 if seconds > 120 else 10
    return SetBudget(float(step * math.ceil(seconds / step)), None)


def _what_first(view: View, first: Answer) -> str:
    if first.id == "cut":
        slowest = str((first.command or {})["exclude"][0])
        cost = duration(view.record(slowest).mean_seconds or 0.0)
        return (
            f"{view.label(slowest)} takes {cost} per trial, more than any other family; without it, more trials fit "
            "into the budget."
        )
    command = first.command or {}
    if view.state.budget_trials is not None:
        return f"The search continues up to {command['trials']} trials."
    return f"The search continues up to {duration(float(command['seconds'] or 0.0))}."


# -- beliefs ----------------------------------------------------------------------------------------------------------

_WEAKER = {Strength.STRONG: Strength.FAIR, Strength.FAIR: Strength.HINT}


@nudge(order=30, uses_metric=False)
def belief(view: View) -> Iterator[Found]:
    """Ask whether to keep, soften or withdraw a belief that the evidence contradicts."""
    for one in view.state.steering.beliefs:
        verdict = view.state.verdicts.get(one.about)
        if verdict is None or verdict.kind is not VerdictKind.CONTRADICTED:
            continue
        name, answers = _about(view, one), _belief_answers(view, one)
        softer = answers[0].id == "soften"
        effect = (
            "The belief becomes weaker, so the evidence outweighs it sooner."
            if softer
            else "The search follows the evidence alone; its trials stay in the record."
        )
        nudge = Nudge(
            key=f"belief:{one.about}:{one.since}",
            rule="belief",
            question=asked(
                f"Soften your belief about {name}?" if softer else f"Withdraw your belief about {name}?",
                "Soften your belief?" if softer else "Withdraw your belief?",
            ),
            evidence=verdict.sentence,
            effect=effect,
            worth=0.3 + max(0.0, verdict.confidence - 0.5),
            answers=answers,
        )
        yield Found(nudge)


def _belief_answers(view: View, one: Belief) -> tuple[Answer, ...]:
    withdraw = answer("withdraw", "Withdraw the belief", Withdraw(one.about))
    keep = answer("keep", "Keep the belief")
    weaker = _WEAKER.get(one.strength)
    if weaker is None:
        return withdraw, keep
    spread = _spread(view, one)
    said = Believe(one.about, one.around, spread, one.likely, weaker)
    return answer("soften", "Soften the belief", said), withdraw, keep


def _parameter(view: View, about: str) -> Parameter | None:
    return next((one for one in view.state.space.parameters if one.name == about), None)


def _spread(view: View, one: Belief) -> float:
    """Return the width of a bell as the share of today's range that `Believe` takes."""
    parameter = _parameter(view, one.about)
    if not isinstance(parameter, Float | Int) or one.low is None or one.high is None:
        return 0.1
    width = (place_of(parameter, one.high) - place_of(parameter, one.low)) / 2
    return min(max(round(width, 3), 0.001), 1.0)


def _about(view: View, one: Belief) -> str:
    if one.about == FAMILY:
        return "the families"
    parameter = _parameter(view, one.about)
    return f"the {name_in_words(parameter)}" if parameter is not None else one.about
