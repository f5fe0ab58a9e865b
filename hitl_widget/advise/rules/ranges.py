"""Rules about ranges: widen where the best trials crowd a bound, fix what does not matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from hitl_widget.advise.evidence import FamilyRecord
from hitl_widget.advise.rule import nudge
from hitl_widget.advise.scale import beyond, chance_of, place_of
from hitl_widget.advise.view import Found, View, answer, asked, edited, in_trials, whose
from hitl_widget.domain.commands import Edit
from hitl_widget.domain.edit import remaining
from hitl_widget.domain.figures import name_in_words, trials_in_words, value_in_words
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.space import Categorical, Float, Int, Parameter, Value, same
from hitl_widget.domain.trial import Trial

__all__ = ["fix", "widen"]

Side = Literal["low", "high"]
_OF_BEST = 5
_AT_LEAST = 3
_EDGE = 0.05
_BY_LUCK = 0.01
_SEEN = 8
_NEAR_LEADER = 3.0
_LITTLE = 0.02


@nudge(order=20, reopens=True)
def widen(view: View) -> Iterator[Found]:
    """Offer to widen a range when several of a family's best trials are at its bound."""
    if view.best is None:
        return
    for family in view.searched:
        top, record = view.top(family, _OF_BEST), view.record(family)
        if len(top) < _OF_BEST or record.complete < _SEEN or view.behind(top[0])[0] > _NEAR_LEADER * view.noise:
            continue
        shares = view.shares(family)
        for one in view.free(family):
            if not isinstance(one, Categorical) and shares.get(one.name, 1.0) >= _LITTLE:
                yield from _at_bound(view, family, one, top)


def _at_bound(view: View, family: str, parameter: Float | Int, top: Sequence[Trial]) -> Iterator[Found]:
    given = view.state.base[parameter.name].default
    for side in _SIDES:
        places = [(trial, place_of(parameter, trial.config[parameter.name])) for trial in top]
        near = [
            trial
            for trial, place in places
            if (place <= _EDGE if side == "low" else place >= 1 - _EDGE) and trial.config[parameter.name] != given
        ]
        bound = beyond(parameter, side)
        luck = chance_of(len(near), len(top), _edge_share(parameter))
        if len(near) < _AT_LEAST or luck > _BY_LUCK or bound is None:
            continue
        if not _looked_beyond(view.record(family), parameter, side, bound):
            yield _widening(view, family, parameter, side, bound, near)


_SIDES: tuple[Side, Side] = ("low", "high")


def _edge_share(parameter: Float | Int) -> float:
    """Return the part of the scale that counts as an edge; one whole number may be much of it."""
    if isinstance(parameter, Float):
        return _EDGE
    first = place_of(parameter, parameter.low + 1) if parameter.log else 1 / (parameter.high - parameter.low + 1)
    return max(_EDGE, min(first, 1.0))


def _looked_beyond(record: FamilyRecord, parameter: Float | Int, side: Side, bound: float) -> bool:
    """Return whether an earlier space reached beyond the bound and found nothing there."""
    ends = (bound, parameter.low) if side == "low" else (parameter.high, bound)
    edge = parameter.low if side == "low" else parameter.high
    return record.tried(parameter.name, *ends) - record.tried(parameter.name, edge, edge) >= _AT_LEAST


def _widening(
    view: View, family: str, parameter: Float | Int, side: Side, bound: float, near: Sequence[Trial]
) -> Found:
    label, name = view.label(family), name_in_words(parameter)
    now = parameter.low if side == "low" else parameter.high
    edit = Edit({parameter.name: {side: bound}})
    space = edited(view, edit)
    grows = remaining(parameter, space[parameter.name]) - 1 if space is not None else 0.0
    where = "below" if side == "low" else "above"
    edge = "lower" if side == "low" else "upper"
    shown = value_in_words(now)
    low, high = (bound, parameter.high) if side == "low" else (parameter.low, bound)
    values = " to ".join(value_in_words(one) for one in (low, high))
    named = trials_in_words([trial.number for trial in near])
    nudge = Nudge(
        key=f"widen:{parameter.name}:{side}",
        rule="widen",
        question=asked(f"Let {whose(label, name)} go {where} {shown}?", f"Let {name} go {where} {shown}?"),
        evidence=f"{_of_best(near)} {label} trials ({named}) have their {name} at the {edge} bound, {shown}.",
        effect=f"The range becomes {values}, {_percent(grows)} wider; no trial is lost.",
        worth=_worth_of_widening(view, near),
        answers=(answer("widen", "Widen the range", edit, f'session.widen("{parameter.name}", {side}={bound!r})'),),
        auto=True,
    )
    return Found(nudge, tuple(trial.number for trial in near))


def _of_best(near: Sequence[Trial]) -> str:
    return f"All {_OF_BEST} best" if len(near) == _OF_BEST else f"{len(near)} of the {_OF_BEST} best"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _worth_of_widening(view: View, near: Sequence[Trial]) -> float:
    """Judge by how many crowd there and how far the family lies behind; the gain beyond a bound is not known."""
    gap, _ = view.behind(min(near, key=lambda trial: -(trial.score or 0.0)))
    return max(0.05, 0.1 * len(near) - gap / view.spread)


# -- fix --------------------------------------------------------------------------------------------------------------

_ENOUGH = 40


@nudge(order=70)
def fix(view: View) -> Iterator[Found]:
    """Offer to fix the hyperparameter of a family that matters least, at its best value.

    Where two matter equally little, the one goes first whose fixing sets fewer trials aside.
    """
    if view.best is None:
        return
    for family in view.searched:
        champion, record = view.champion(family), view.record(family)
        if champion is None or len(record.scored) < _ENOUGH:
            continue
        if view.behind(champion)[0] > _NEAR_LEADER * view.noise:
            continue
        shares = view.shares(family)
        idle = [one for one in view.free(family) if one.name in shares and shares[one.name] < _LITTLE]
        if idle and len(idle) < len(view.free(family)):
            least = min(idle, key=lambda one: (isinstance(one, Float), shares[one.name]))
            yield _fixing(view, family, least, shares[least.name], champion)


def _fixing(view: View, family: str, parameter: Parameter, share: float, champion: Trial) -> Found:
    label, name = view.label(family), name_in_words(parameter)
    value = champion.config[parameter.name]
    state, record = view.state, view.record(family)
    counted = [number for number in record.numbers if number not in state.outside]
    lost = [number for number in counted if not same(state.trials[number].config.get(parameter.name), value)]
    members = {number for number, _ in state.ensemble}
    edit = Edit({parameter.name: {"fix": value}})
    verb, shown, has = _in_words(value)
    nudge = Nudge(
        key=f"fix:{parameter.name}",
        rule="fix",
        question=asked(f"{verb} {whose(label, name)}{shown}?", f"{verb} {name}{shown}?"),
        evidence=(
            f"Over {len(record.scored)} {label} trials{state.scope}, {_tiny(share)} of the score depends on {name}; "
            f"the best trial, #{champion.number}, has {has}."
        ),
        effect=f"The search spends its trials on the other settings. {in_trials(len(lost), len(counted))}.",
        worth=0.25 * view.pace() * min(view.left or 20.0, 20.0) / max(len(view.free(family)), 1),
        answers=(answer("fix", "Fix the setting", edit),),
        auto=not members & set(lost),
    )
    return Found(nudge, tuple(record.scored))


def _in_words(value: Value) -> tuple[str, str, str]:
    """Return the verb, what follows the name, and what the best has."""
    text = value_in_words(value)
    if isinstance(value, bool):
        return "Keep", f" {text}", f"it {text}"
    return ("Fix", f": {text}", text) if isinstance(value, str) else ("Fix", f" at {text}", f"it at {text}")


def _tiny(share: float) -> str:
    return "less than 1%" if share < 0.01 else f"{100 * share:.0f}%"
