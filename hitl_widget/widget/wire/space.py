"""Families, the search space, and its steering."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypedDict

from hitl_widget.domain.belief import Belief, VerdictKind
from hitl_widget.domain.commands import Edit
from hitl_widget.domain.credit import Change, changes
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.preview import preview
from hitl_widget.domain.space import FAMILY, Categorical, Int, Parameter, Space, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Act
from hitl_widget.domain.trial import Author as By
from hitl_widget.errors import CommandError
from hitl_widget.report.data_effects import effect_in_words, effect_of, signed_change
from hitl_widget.report.facts import task_facts
from hitl_widget.report.improvement import gain
from hitl_widget.report.words import Words
from hitl_widget.sampling.priors import weight_of
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.shared import Author, Chip
from hitl_widget.widget.wire.trials import label_of

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = [
    "ActInfo",
    "AnnotationInfo",
    "BeliefInfo",
    "ChangeCounts",
    "FamilyInfo",
    "ImportanceInfo",
    "NudgeAnswer",
    "NudgeInfo",
    "ParameterInfo",
    "RangeInfo",
    "SearchSpace",
    "SpacePreview",
    "Steering",
    "beliefs_info",
    "family_infos",
    "nudge_info",
    "steering_info",
]


class ParameterInfo(TypedDict):
    """A hyperparameter; original in `FamilyInfo`, current in `Steering.space`."""

    name: str
    label: str
    kind: Literal["float", "int", "categorical"]
    low: float | None
    high: float | None
    log: bool
    choices: list[Value] | None
    default: Value
    legal_low: float | None
    """Smallest value that the estimator accepts; null without a limit."""
    legal_high: float | None
    legal: list[Value] | None
    """All choices that the estimator accepts."""


class FamilyInfo(TypedDict):
    name: str
    label: str
    story: str
    colour: str
    baseline: bool
    """True for the constant prediction, which every score is compared with: it cannot be excluded."""
    parameters: list[ParameterInfo]


class RangeInfo(TypedDict):
    """The values of one hyperparameter that are searched now."""

    name: str
    low: float | None
    high: float | None
    log: bool
    choices: list[Value] | None
    given: bool
    """True if it is unchanged from the original."""


class BeliefInfo(TypedDict):
    about: str
    """A hyperparameter, or "family"."""
    label: str
    around: float | None
    low: float | None
    """One standard deviation below and above the center."""
    high: float | None
    likely: list[Value]
    strength: Literal["hint", "fair", "strong"]
    verdict: Literal["undecided", "supported", "contradicted"]
    sentence: str
    """The reason, with numbers."""
    weight: float
    """Its current weight in the search, falling from 1 to 0."""


class ActInfo(TypedDict):
    number: int
    author: Author
    kind: Literal[
        "space",
        "learner",
        "belief",
        "discard",
        "annotate",
        "objective",
        "constraint",
        "answer",
        "goal",
        "data",
        "metric",
        "rows",
        "labels",
        "target",
        "undo",
    ]
    title: str
    why: str
    effect: str
    """The measured effect of a data change, in words; "" for other acts."""
    change: bool
    """True if it counts as a change of the search; a note and undoing do not."""
    first: int
    """Trials started before it; 0 unless it is a change."""
    gain: str
    """What its own trials added to the best score, as text: "+0.004"; of a data change, that of the same
    configuration; "" for nothing."""
    tone: Literal["better", "worse", "none"]
    """Whether that is better; "none" also for a leak that was removed, where the lower score is the honest one."""
    elapsed: float
    undone: bool


class NudgeAnswer(TypedDict):
    id: str
    label: str
    python: str


class NudgeInfo(TypedDict):
    key: str
    question: str
    evidence: str
    effect: str
    answers: list[NudgeAnswer]
    """The first one is recommended; "Not now" and "Never" are always possible."""
    trial: int | None
    """The trial that it is about."""


class ChangeCounts(TypedDict):
    you: int
    machine: int


class AnnotationInfo(TypedDict):
    number: int
    tags: list[str]
    note: str


class Steering(TypedDict):
    sentence: str
    """The task with today's data, in one sentence."""
    chips: list[Chip]
    """Facts about today's data."""
    families: list[str]
    """Families in the current space."""
    ranges: list[RangeInfo]
    """All hyperparameters, including those of excluded families."""
    outside: list[int]
    """Trials outside the current space: gray, still used as evidence."""
    discarded: list[int]
    annotations: list[AnnotationInfo]
    """The tags and notes of trials."""
    broken: list[int]
    """Trials of today's data that violate a hard constraint, or may because a value is not measured yet."""
    other_data: list[list[int]]
    """Trials measured on other data than today's, a list for each of these views; all are outside."""
    beliefs: list[BeliefInfo]
    acts: list[ActInfo]
    """The acts so far, latest first, at most 50."""
    changes: ChangeCounts
    """Number of changes so far by their author, also beyond those listed."""
    generation: int
    """Number of the current search space."""
    undo: str | None
    """The act that `undo` would revert, in words."""
    redo: str | None


class SpacePreview(TypedDict):
    """The preview of an edit."""

    title: str
    """The change in words."""
    python: str
    sentences: list[str]
    outside: int
    """Trials that it would move outside."""
    back: int
    """Trials that it would move back inside."""
    outside_after: list[int]
    """All trials that would be outside."""
    of: int
    remains: float | None
    """The share of the changed ranges that remains, on the scale of the search; above 1 if widened."""
    best_lost: bool
    best_after: int | None
    running_outside: int
    """Running trials that would be outside: they finish or are canceled, as requested."""


class ImportanceInfo(TypedDict):
    family: str
    trials: int
    shares: dict[str, float]
    """The importance of each hyperparameter, as a share of 1; empty while there are too few trials."""
    sentence: str


MOST_LISTED = 50
NO_GAIN: tuple[str, Literal["better", "worse", "none"]] = ("", "none")


class SearchSpace:
    """Answers requests about the search space."""

    def __init__(self, runtime: Runtime) -> None:
        self._words = runtime.words
        self._importances: dict[str, tuple[int, SessionState, ImportanceInfo]] = {}

    @request("preview_edit")
    def preview_edit(self, state: SessionState, command: Edit) -> SpacePreview:
        """Return the preview of an edit; nothing is applied."""
        return preview_info(state, command, self._words)

    @request("importance")
    def importance(self, state: SessionState, family: str) -> ImportanceInfo:
        """Return the importance of each hyperparameter of a family, updated whenever a tenth more trials have ended."""
        if family not in state.base.families:
            raise CommandError(f"There is no family {family!r:.60}; there are {', '.join(state.base.families)}.")
        ended, before, found = self._importances.get(family, (-1, state, None))
        same = (before.steering.discarded, before.data_version) == (state.steering.discarded, state.data_version)
        if found is not None and same and state.ended <= 1.1 * ended + 1:
            return found
        answer = _importance_info(state, family)
        self._importances[family] = (state.ended, state, answer)
        return answer


def _importance_info(state: SessionState, family: str) -> ImportanceInfo:
    from hitl_widget.explain.importances import importances, sentence

    shares = importances(state, family)
    own = (one for one in state.trials if one.family == family and not state.on_other_data(one))
    scored = sum(one.score is not None for one in own)
    return {
        "family": family,
        "trials": scored,
        "shares": {name: round(share, 3) for name, share in shares.items()},
        "sentence": sentence(shares, state.base.of(family), scored),
    }


def steering_info(state: SessionState, words: Words) -> Steering:
    """Return the current steering of the search, and its history."""
    task, made = state.steering.data.applied(words.task), changes(state)
    known = {one.act.number: one for one in made}
    return {
        "sentence": task.sentence(),
        "chips": task_facts(task),  # type: ignore[typeddict-item]
        "families": list(state.space.families),
        "ranges": [_range(one, state) for one in state.space.parameters],
        "outside": sorted(state.outside),
        "discarded": sorted(state.steering.discarded),
        "annotations": [
            {"number": number, "tags": list(one.tags), "note": one.note}
            for number, one in sorted(state.steering.annotations.items())
        ],
        "broken": sorted(broken_today(state, state.broken)),
        "other_data": state.by_other_view(),
        "beliefs": beliefs_info(state),
        "acts": [_act(one, known.get(one.number), state, words) for one in reversed(state.acts[-MOST_LISTED:])],
        "changes": {
            "you": sum(one.act.author is By.YOU for one in made),
            "machine": sum(one.act.author is By.MACHINE for one in made),
        },
        "generation": state.generation,
        "undo": state.acts[state.done[-1] - 1].title if state.done else None,
        "redo": state.acts[state.undone[-1] - 1].title if state.undone else None,
    }


def broken_today(state: SessionState, numbers: Iterable[int]) -> set[int]:
    """Return those of these trials that have today's data and violate a hard constraint, or may."""
    return {one for one in numbers if one in state.broken and not state.on_other_data(state.trials[one])}


def beliefs_info(state: SessionState) -> list[BeliefInfo]:
    """Return a belief with its verdict and its current weight."""
    return [_belief(one, state) for one in state.steering.beliefs]


def _range(now: Parameter, state: SessionState) -> RangeInfo:
    given = now == state.base[now.name]
    if isinstance(now, Categorical):
        choices = list(now.choices)
        return {"name": now.name, "low": None, "high": None, "log": False, "choices": choices, "given": given}
    return {"name": now.name, "low": now.low, "high": now.high, "log": now.log, "choices": None, "given": given}


def _belief(belief: Belief, state: SessionState) -> BeliefInfo:
    said = state.verdicts.get(belief.about)
    return {
        "about": belief.about,
        "label": _label(belief.about, state),
        "around": belief.around,
        "low": belief.low,
        "high": belief.high,
        "likely": list(belief.likely),
        "strength": belief.strength.value,
        "verdict": (said.kind if said else VerdictKind.UNDECIDED).value,
        "sentence": said.sentence if said else "Undecided: too few trials have ended since you stated the belief.",
        "weight": round(weight_of(belief, max(0, state.started - belief.since)), 2),
    }


def _label(about: str, state: SessionState) -> str:
    if about == FAMILY:
        return "likely models"
    try:
        return state.base[about].label or about
    except KeyError:
        return about


def _act(act: Act, change: Change | None, state: SessionState, words: Words) -> ActInfo:
    shown, tone = NO_GAIN if change is None else _gain(state, words, change)
    return {
        "number": act.number,
        "author": act.author.value,
        "kind": act.kind,  # type: ignore[typeddict-item]
        "title": act.title,
        "why": act.why,
        "effect": effect_in_words(words, state, act),
        "change": change is not None,
        "first": 0 if change is None else change.first,
        "gain": shown,
        "tone": tone,
        "elapsed": act.elapsed,
        "undone": act.undone,
    }


def _gain(state: SessionState, words: Words, change: Change) -> tuple[str, Literal["better", "worse", "none"]]:
    """Return what a change brought as text, and whether it is better."""
    act, best = change.act, state.best_trial
    effect = None if act.undone else effect_of(state, act)
    if effect is not None:
        clear = abs(effect.change) > effect.error and not (act.leaks and effect.change < 0)
        return signed_change(words, effect), "none" if not clear else "better" if effect.change > 0 else "worse"
    if change.gain <= 0:
        return NO_GAIN
    shown = gain(words, 0.0, change.gain, None if best is None else best.std)
    return shown, "better" if any(digit in "123456789" for digit in shown) else "none"


def nudge_info(nudge: Nudge) -> NudgeInfo:
    """Return a nudge as the page shows it."""
    return {
        "key": nudge.key,
        "question": nudge.question,
        "evidence": nudge.evidence,
        "effect": nudge.effect,
        "answers": [{"id": one.id, "label": one.label, "python": one.python} for one in nudge.answers],
        "trial": nudge.trial,
    }


def preview_info(state: SessionState, edit: Edit, words: Words) -> SpacePreview:
    """Return the preview of an edit."""
    found = preview(state, edit, words.baselines, words.labels)
    return {
        "title": found.title,
        "python": edit.python(),
        "sentences": list(found.sentences),
        "outside": len(found.outside),
        "back": len(found.back),
        "outside_after": list(found.outside_after),
        "of": found.of,
        "remains": None if found.remains is None or math.isinf(found.remains) else found.remains,
        "best_lost": found.best_lost,
        "best_after": found.best_after,
        "running_outside": len(found.running_outside),
    }


def family_infos(runtime: Runtime, base: Space) -> list[FamilyInfo]:
    """Return all families with their original hyperparameters."""
    return [_family(runtime, name, base) for name in base.families]


def _family(runtime: Runtime, name: str, base: Space) -> FamilyInfo:
    label, story, colour, _ = runtime.family_facts(name)
    return {
        "name": name,
        "label": label,
        "story": story,
        "colour": colour,
        "baseline": name in runtime.words.baselines,
        "parameters": [_parameter(one) for one in base.of(name)],
    }


def _parameter(one: Parameter) -> ParameterInfo:
    if isinstance(one, Categorical):
        return {
            "name": one.name,
            "label": label_of(one),
            "kind": "categorical",
            "low": None,
            "high": None,
            "log": False,
            "choices": list(one.choices),
            "default": one.default,
            "legal_low": None,
            "legal_high": None,
            "legal": list(dict.fromkeys((*one.legal, *one.choices))),
        }
    return {
        "name": one.name,
        "label": label_of(one),
        "kind": "int" if isinstance(one, Int) else "float",
        "low": one.low,
        "high": one.high,
        "log": one.log,
        "choices": None,
        "default": one.default,
        "legal_low": _finite(one.legal_low),
        "legal_high": _finite(one.legal_high),
        "legal": None,
    }


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None
