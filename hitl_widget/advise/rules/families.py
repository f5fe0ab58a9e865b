"""Rules about families: drop what is dominated, explore what promises and was hardly tried, look at what is simple."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import fmean

from hitl_widget.advise.rule import nudge
from hitl_widget.advise.scale import place_of, round_between, value_at
from hitl_widget.advise.view import Found, View, answer, asked, edited, whose
from hitl_widget.domain.commands import Edit, Grid, Propose
from hitl_widget.domain.figures import name_in_words, plural, value_in_words
from hitl_widget.domain.nudge import Answer, Nudge
from hitl_widget.domain.space import FAMILY, Categorical, Float, Int, Value, same
from hitl_widget.domain.trial import Trial, TrialState

__all__ = ["drop", "explore_family", "explore_region", "simple"]

_TRIED = 8
_SURE = 4.0


@nudge(order=40)
def drop(view: View) -> Iterator[Found]:
    """Offer to drop a family that stays behind by more than chance explains after enough trials."""
    best = view.best
    if best is None or len(view.searched) < 2:
        return
    members = {view.state.trials[number].family for number, weight in view.state.ensemble if weight > 0}
    for family in view.searched:
        record = view.record(family)
        if len(record.scored) < _TRIED or family == best.family or family in members:
            continue
        champion = view.champion(family) if record.complete else _furthest(view, family)
        if champion is None or edited(view, Edit(exclude=(family,))) is None:
            continue
        gap, error = view.behind(champion)
        if gap > _SURE * error and gap > _climbed(view, family):
            yield _dropping(view, family, champion, gap)


def _furthest(view: View, family: str) -> Trial | None:
    """Return the best of the trials that all lost the race, by the folds that they did."""
    stopped = [view.state.trials[number] for number in view.record(family).scored[-50:]]
    stopped = [trial for trial in stopped if trial.state is TrialState.STOPPED]
    return min(stopped, key=lambda trial: view.behind(trial)[0], default=None)


def _climbed(view: View, family: str) -> float:
    """Return what the family's later trials gained over its first ones: what it may still have to give."""
    record = view.record(family)
    if not record.top:
        return 0.0
    half = set(record.scored[: len(record.scored) // 2])
    early = next((-score for score, number in record.top if number in half), -math.inf)
    return -record.top[0][0] - early


def _dropping(view: View, family: str, champion: Trial, gap: float) -> Found:
    best, record, label, scope = view.best, view.record(family), view.label(family), view.state.scope
    assert best is not None
    share = len(record.scored) / max(sum(len(one.scored) for one in view.records.values()), 1)
    shared = {fold.fold for fold in champion.folds} & {fold.fold for fold in best.folds}
    leading = fmean(fold.score for fold in best.folds if fold.fold in shared)
    behind = view.difference(leading, leading - gap)
    if champion.state is TrialState.COMPLETE:
        evidence = (
            f"The best of {len(record.scored)} {label} trials{scope}, #{champion.number} at {view.score(champion)}, "
            f"is {behind} behind {view.label(best.family)} #{best.number}: more than chance explains."
        )
    else:
        evidence = (
            f"All {len(record.scored)} {label} trials{scope} were stopped after the first folds, the closest, "
            f"#{champion.number}, {behind} behind {view.label(best.family)} #{best.number}."
        )
    nudge = Nudge(
        key=f"drop:{family}",
        rule="drop",
        question=asked(f"Drop {label} from the search?", f"Drop {label}?"),
        evidence=evidence,
        effect=f"The other families get its time; its {plural(record.ended, 'trial')} stay in the record.",
        worth=0.05 + share * view.pace() * min(view.left or 50.0, 50.0),
        answers=(answer("drop", f"Drop {label}", Edit(exclude=(family,))),),
        auto=True,
    )
    return Found(nudge, tuple(record.scored))


# -- explore ----------------------------------------------------------------------------------------------------------

_HARDLY = 5
_SETTLED = 25
_LATE = 30
_GRID = (0.125, 0.375, 0.625, 0.875)
_PART = 0.25
_SCORED = 15
_MATTERS = 0.05


@nudge(order=50)
def explore_family(view: View) -> Iterator[Found]:
    """Offer more trials of a family that is tied with the best after a few, or was never tried."""
    best = view.best
    ended = sum(one.ended for one in view.records.values())
    if best is None or ended < _SETTLED:
        return
    for family in view.searched:
        record, champion = view.record(family), view.champion(family)
        if record.waiting or family == best.family:
            continue
        if champion is None:
            if not record.ended and ended >= _LATE and _affordable(view, family, 1):
                yield _first_look(view, family)
            continue
        neglected = record.ended < min(_HARDLY, ended / len(view.searched) / 2)
        if neglected and view.level(champion) and _affordable(view, family, len(_GRID)):
            yield from _closer_look(view, family, champion, view.behind(champion)[0])


def _affordable(view: View, family: str, trials: int) -> bool:
    """Return whether some trials of the family cost at most a quarter of the remaining budget."""
    left = view.left
    if left is None:
        return True
    own, mean = view.record(family).mean_seconds, view.mean_seconds
    dear = own / mean if own and mean and view.state.timed else 1.0
    return trials * max(dear, 1.0) <= left / 4


def _first_look(view: View, family: str) -> Found:
    label = view.label(family)
    config = view.state.space.complete({FAMILY: family})
    ended = sum(one.ended for one in view.records.values())
    nudge = Nudge(
        key=f"explore:{family}",
        rule="explore",
        question=asked(f"Try {label} once?"),
        evidence=f"None of the {plural(ended, 'trial')}{view.state.scope or ' so far'} used {label}.",
        effect="Its default configuration runs next, as one trial.",
        worth=0.2,
        answers=(answer("try", f"Try {label}", Propose(config)),),
        auto=True,
    )
    return Found(nudge)


def _closer_look(view: View, family: str, champion: Trial, gap: float) -> Iterator[Found]:
    numeric = [one for one in view.free(family) if not isinstance(one, Categorical)]
    if not numeric:
        return
    parameter, label, best = numeric[0], view.label(family), view.best
    values = _values(parameter, 0.0, 1.0, champion.config[parameter.name])
    if not values or best is None:
        return
    ended = view.record(family).ended
    tried = {1: "once", 2: "twice"}.get(ended, f"{ended} times")
    shown = ", ".join(value_in_words(one) for one in values)
    nudge = Nudge(
        key=f"explore:{family}",
        rule="explore",
        question=asked(f"Try more settings of {label}?"),
        evidence=(
            f"{label} was tried {tried}{view.state.scope} and reached {view.score(champion)} (#{champion.number}), "
            f"statistically tied with the best trial, #{best.number} at {view.score(best, spread=True)}."
        ),
        effect=f"{plural(len(values), 'trial')} run next: #{champion.number} with {name_in_words(parameter)} {shown}.",
        worth=0.4 * (1 - max(gap, 0.0) / (view.noise + view.spread)),
        answers=(
            answer(
                "explore",
                f"Run {plural(len(values), 'trial')}",
                Grid(champion.config, parameter.name, values, champion.number),
            ),
        ),
        auto=True,
    )
    yield Found(nudge, (champion.number,))


@nudge(order=60)
def explore_region(view: View) -> Iterator[Found]:
    """Offer trials around a good one of the leading family that is alone in its part of a range."""
    best = view.best
    if best is None or best.family not in view.searched:
        return
    family, record = best.family, view.record(best.family)
    inside = [trial for trial in view.top(family, 3) if view.level(trial)]
    if len(record.scored) < _SCORED or not _affordable(view, family, len(_GRID)):
        return
    shares = view.shares(family)
    for one in view.free(family):
        if isinstance(one, Categorical) or shares.get(one.name, 1.0) < _MATTERS:
            continue
        for trial in inside:
            low, high = _part_of(one, trial)
            values = _values(one, low, high, trial.config[one.name])
            near = record.tried(one.name, *sorted((value_at(one, low), value_at(one, high))))
            if len(values) >= 3 and near <= max(2, 0.05 * len(record.scored)):
                yield _around(view, trial, one, values, near)
                return


def _part_of(parameter: Float | Int, trial: Trial) -> tuple[float, float]:
    """Return the quarter of the range, on its scale, that a trial lies in."""
    place = min(max(place_of(parameter, trial.config[parameter.name]), 0.0), 1.0 - 1e-9)
    low = math.floor(place / _PART) * _PART
    return low, low + _PART


def _values(parameter: Float | Int, low: float, high: float, known: Value) -> tuple[Value, ...]:
    """Return plain values spread over a part of the range, but for what is known already."""
    found: list[Value] = []
    width = (high - low) / len(_GRID)
    for share in _GRID:
        place = low + share * (high - low)
        value = value_at(parameter, place)
        if isinstance(parameter, Int):
            plain: Value = min(max(round(value), parameter.low), parameter.high)
        else:
            ends = value_at(parameter, place - width / 2), value_at(parameter, place + width / 2)
            plain = round_between(value, max(ends[0], parameter.low), min(ends[1], parameter.high))
        near = abs(place_of(parameter, plain) - place_of(parameter, known)) < width / 4
        if not near and not any(same(plain, one) for one in found):
            found.append(plain)
    return tuple(found)


def _run(trial: Trial, parameter: Float | Int, values: Sequence[Value]) -> Answer:
    """Return the answer that runs a trial again with other values of a hyperparameter."""
    grid = Grid(trial.config, parameter.name, tuple(values), trial.number)
    return answer("explore", f"Run {plural(len(values), 'trial')}", grid)


def _around(view: View, trial: Trial, parameter: Float | Int, values: Sequence[Value], near: int) -> Found:
    label, name = view.label(trial.family), name_in_words(parameter)
    value = value_in_words(trial.config[parameter.name])
    shown = ", ".join(value_in_words(one) for one in values)
    only = "is the only one" if near <= 1 else f"is one of only {near}"
    nudge = Nudge(
        key=f"explore:{parameter.name}:{value}",
        rule="explore",
        question=asked(f"Search around {whose(label, name)} {value}?", f"Search around {name} {value}?"),
        evidence=(
            f"#{trial.number}, among the best with {view.score(trial)}, {only} of "
            f"{len(view.record(trial.family).scored)} {label} trials{view.state.scope} with {name} near {value}."
        ),
        effect=f"{plural(len(values), 'trial')} run next: #{trial.number} with {name} {shown}.",
        worth=0.25,
        answers=(
            answer(
                "explore",
                f"Run {plural(len(values), 'trial')}",
                Grid(trial.config, parameter.name, tuple(values), trial.number),
            ),
        ),
        auto=True,
    )
    return Found(nudge, (trial.number,))


# -- simple -----------------------------------------------------------------------------------------------------------


_SEVERAL = 15


@nudge(order=100)
def simple(view: View) -> Iterator[Found]:
    """Point at a readable model that is tied with the best."""
    best = view.best
    ended = sum(one.complete for one in view.records.values())
    if best is None or best.family in view.setting.simple or ended < _SEVERAL:
        return
    for family in view.setting.simple:
        trial = next((one for one in view.top(family, most=10) if view.state.may_lead(one.number)), None)
        if trial is None or not view.level(trial):
            continue
        label, leader = view.label(family), view.label(best.family)
        nudge = Nudge(
            key=f"simple:{family}",
            rule="simple",
            question=asked(f"Is the {label.removesuffix(' model')} model good enough?", f"Is {label} good enough?"),
            evidence=(
                f"{label} (#{trial.number}) reaches {view.score(trial)}, and the best trial, {leader} "
                f"(#{best.number}), reaches {view.score(best, spread=True)}: they are statistically tied."
            ),
            effect=f"Opens trial #{trial.number}: an interpretable model is easier to check and to explain.",
            worth=0.15,
            answers=(answer("look", f"Open trial #{trial.number}", None, f"session.trials.loc[{trial.number}]"),),
            trial=trial.number,
        )
        yield Found(nudge, (trial.number,))
        return
