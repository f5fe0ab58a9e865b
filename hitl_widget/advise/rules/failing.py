"""A nudge about failures: avoid the settings that failing trials share, or exclude their family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hitl_widget.advise.rule import nudge
from hitl_widget.advise.scale import round_between
from hitl_widget.advise.view import Found, View, answer, asked, edited, whose
from hitl_widget.domain.commands import Edit
from hitl_widget.domain.figures import name_in_words, plural, value_in_words
from hitl_widget.domain.nudge import Answer, Nudge
from hitl_widget.domain.space import Categorical, Float, Int, Parameter, Value, same
from hitl_widget.domain.trial import Trial

__all__ = ["limit"]

_FAILING = 3
_SAMPLE = 300
_CAUSES = {
    "timeout": "ran out of time",
    "memory": "ran out of memory",
    "died": "crashed their worker process",
    "error": "failed with the same error",
}


@dataclass(frozen=True, slots=True)
class _Cut:
    """A change of one hyperparameter that would have kept failing trials out."""

    parameter: Parameter
    change: dict[str, Value | list[Value]]
    where: str
    lost: int


@nudge(order=10, uses_metric=False, reopens=True)
def limit(view: View) -> Iterator[Found]:
    """Offer a bound that avoids trials which fail for one cause, or else to exclude their family."""
    for family in view.searched:
        record = view.record(family)
        failing = _same_cause(record.recent)
        if len(failing) < _FAILING:
            continue
        cut = _cut(view, family, failing)
        if cut is not None:
            yield _limiting(view, family, failing, cut)
        elif _exclusion(view, family):
            yield _excluding(view, family, failing)


def _same_cause(recent: Sequence[Trial]) -> list[Trial]:
    """Return those of the last trials that failed for the cause that is most frequent among them."""
    causes: dict[tuple[str, str], list[Trial]] = {}
    for trial in recent:
        if trial.problem is not None:
            words = trial.problem.message[:40] if trial.problem.kind == "error" else ""
            causes.setdefault((trial.problem.kind, words), []).append(trial)
    return max(causes.values(), key=len, default=[])


def _cut(view: View, family: str, failing: Sequence[Trial]) -> _Cut | None:
    """Return the change that keeps all the failing trials out, the family's best in, and costs few working ones."""
    state = view.state
    working = [state.trials[number] for number in view.record(family).scored[-_SAMPLE:]]
    working = [trial for trial in working if trial.number not in state.outside]
    champion = view.champion(family)
    if len(working) < _FAILING:
        return None
    found = []
    for one in view.free(family):
        cuts = _choices_cut(one, failing) if isinstance(one, Categorical) else _bound_cuts(one, failing, working)
        for change, where in cuts:
            space = edited(view, Edit({one.name: change}))
            if space is None:
                continue
            inside = space.contains()
            lost = sum(not inside(trial.config) for trial in working)
            safe = champion is None or inside(champion.config)
            if safe and lost <= len(working) / 5 and not any(inside(trial.config) for trial in failing):
                found.append(_Cut(one, change, where, lost))
    return min(found, key=lambda cut: cut.lost, default=None)


def _choices_cut(parameter: Categorical, failing: Sequence[Trial]) -> list[tuple[dict[str, Value | list[Value]], str]]:
    values = [trial.config[parameter.name] for trial in failing]
    if not all(same(value, values[0]) for value in values):
        return []
    return [({"remove": [values[0]]}, value_in_words(values[0]))]


def _bound_cuts(
    parameter: Float | Int, failing: Sequence[Trial], working: Sequence[Trial]
) -> list[tuple[dict[str, Value | list[Value]], str]]:
    bad = [_number(trial, parameter) for trial in failing]
    good = [_number(trial, parameter) for trial in working]
    cuts: list[tuple[dict[str, Value | list[Value]], str]] = []
    below = [value for value in good if value < min(bad)]
    above = [value for value in good if value > max(bad)]
    if below:
        bound = _between(parameter, max(below), min(bad))
        cuts.append(({"high": bound}, f"above {value_in_words(bound)}"))
    if above:
        bound = _between(parameter, min(above), max(bad))
        cuts.append(({"low": bound}, f"below {value_in_words(bound)}"))
    return cuts


def _number(trial: Trial, parameter: Parameter) -> float:
    value = trial.config[parameter.name]
    assert isinstance(value, int | float)
    return value


def _between(parameter: Float | Int, works: float, fails: float) -> float | int:
    """Return a plain number from the last value that works up to, but not reaching, the first that fails."""
    if isinstance(parameter, Int):
        return int(works)
    step = 0.05 * (fails - works)
    low, high = sorted((works, fails - step))
    return round_between(works, low, high)


def _exclusion(view: View, family: str) -> tuple[Answer, ...]:
    """Return the answer that excludes a family; none where it is the last one, or nearly as good as the best."""
    others = [name for name in view.searched if name != family]
    champion = view.champion(family)
    leads = champion is not None and view.best is not None and view.behind(champion)[0] <= view.spread
    if leads or not others:
        return ()
    return (answer("exclude", f"Exclude {view.label(family)}", Edit(exclude=(family,))),)


def _limiting(view: View, family: str, failing: Sequence[Trial], cut: _Cut) -> Found:
    label, name = view.label(family), name_in_words(cut.parameter)
    edit = Edit({cut.parameter.name: cut.change})
    counted = len([one for one in view.record(family).scored[-_SAMPLE:] if one not in view.state.outside])
    kept = f"{counted - cut.lost} of the {plural(counted, 'trial')} that worked still count as evidence"
    question, shared = _cut_in_words(label, name, cut)
    nudge = Nudge(
        key=f"limit:{cut.parameter.name}",
        rule="limit",
        question=question,
        evidence=f"{_failed(view, family, failing)}, all with {shared}.",
        effect=f"The search no longer tries such settings; {kept}.",
        worth=_worth_of_failing(view, family, failing),
        answers=(answer("limit", "Limit the range", edit), *_exclusion(view, family)),
        auto=True,
    )
    return Found(nudge, tuple(trial.number for trial in failing))


def _cut_in_words(label: str, name: str, cut: _Cut) -> tuple[str, str]:
    """Return the question, and what the failing trials share."""
    removed = cut.change.get("remove")
    if not isinstance(removed, list):
        went = f"from going {cut.where}?"
        return asked(f"Keep {whose(label, name)} {went}", f"Keep {name} {went}"), f"{name} {cut.where}"
    if isinstance(removed[0], bool):
        kept = value_in_words(not removed[0])
        return asked(f"Keep {whose(label, name)} {kept}?", f"Keep {name} {kept}?"), f"{name} {cut.where}"
    return asked(f'Remove "{cut.where}" for {label}?', f'Remove "{cut.where}"?'), f"{name}: {cut.where}"


def _excluding(view: View, family: str, failing: Sequence[Trial]) -> Found:
    label, record = view.label(family), view.record(family)
    nudge = Nudge(
        key=f"limit:{family}",
        rule="limit",
        question=asked(f"Exclude {label}?", "Exclude this family?"),
        evidence=f"{_failed(view, family, failing)}, and no single setting separates them from the trials that worked.",
        effect=f"The search spends no more time on {label}; its {plural(record.ended, 'trial')} stay in the record.",
        worth=_worth_of_failing(view, family, failing),
        answers=_exclusion(view, family),
        auto=True,
    )
    return Found(nudge, tuple(trial.number for trial in failing))


def _failed(view: View, family: str, failing: Sequence[Trial]) -> str:
    problem = failing[0].problem
    assert problem is not None
    cause = _CAUSES.get(problem.kind, "failed")
    recent = view.record(family).recent
    return f"{len(failing)} of the last {plural(len(recent), 'trial')} of {view.label(family)} {cause}"


def _worth_of_failing(view: View, family: str, failing: Sequence[Trial]) -> float:
    """Count what the trials that would be wasted could bring elsewhere."""
    record = view.record(family)
    all_ended = sum(one.ended for one in view.records.values())
    share = record.ended / max(all_ended, 1) * len(failing) / max(len(record.recent), 1)
    return 0.3 + share * view.pace() * min(view.left or 50.0, 50.0)
