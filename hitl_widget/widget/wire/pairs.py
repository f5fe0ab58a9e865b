"""Two trials side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from hitl_widget.data.objectives import active
from hitl_widget.domain.comparing import Difference, compared, value_with_unit
from hitl_widget.domain.figures import name_in_words, value_in_words
from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import CommandError
from hitl_widget.report.words import Words
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.pictures import PictureKind, checked_numbers
from hitl_widget.widget.wire.trials import FactInfo

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = ["CardInfo", "DifferenceInfo", "PairInfo", "Pairs"]


class CardInfo(TypedDict):
    number: int
    label: str
    colour: str
    score: str
    """The metric with its uncertainty, such as "ROC AUC 0.846 ± 0.006 SD"."""
    facts: list[FactInfo]
    """Its objectives, in order."""
    settings: list[str]
    """Settings that differ from their defaults, in words, at most six."""


class DifferenceInfo(TypedDict):
    name: str
    label: str
    better: Literal["a", "b", "equal", "unknown"]
    """The one that is better by more than the noise."""
    text: str
    """A compared with B, in words: "0.003 better", "4× slower", "12 columns fewer"."""


class PairInfo(TypedDict):
    a: CardInfo
    b: CardInfo
    differences: list[DifferenceInfo]
    sentence: str
    """The pair in one sentence."""
    pictures: list[PictureKind]
    """The charts that are available for both."""


MOST_SETTINGS = 6


class Pairs:
    """Answers requests about two trials side by side."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @request("pair", beside=True)
    def pair(self, state: SessionState, numbers: list[int]) -> PairInfo:
        """Return two trials side by side, A and B."""
        found = checked_numbers(state, numbers, 2, 2)
        if len(found) < 2:
            raise CommandError(f"A pair must name two different trials; got {found[0]} twice.")
        return pair_info(self._runtime, state, *found)


def pair_info(runtime: Runtime, state: SessionState, first: int, second: int) -> PairInfo:
    """Return two trials side by side."""
    objectives = active(runtime.task, state.preferences)
    a, b = state.trials[first], state.trials[second]
    found = [(one, _difference(one, a, b)) for one in objectives]
    words = [said if said.better != "b" else _difference(one, b, a) for one, said in found]
    differences: list[DifferenceInfo] = [
        {"name": one.name, "label": one.title, "better": said.better, "text": way.text}  # type: ignore[typeddict-item]
        for (one, said), way in zip(found, words, strict=True)
    ]
    kinds: list[PictureKind] = ["residuals"] if not runtime.task.classes else ["roc", "calibration"]
    return {
        "a": _card(runtime, state, a, objectives),
        "b": _card(runtime, state, b, objectives),
        "differences": differences,
        "sentence": _pair_sentence(found, runtime.words, a, b),
        "pictures": kinds,
    }


def _difference(one: Objective, a: Trial, b: Trial) -> Difference:
    spreads = [s / math.sqrt(max(len(t.folds), 1)) for t in (a, b) if (s := _spread(one, t)) is not None]
    return compared(one, one.shown(a), one.shown(b), max(spreads, default=0.0))


def _spread(one: Objective, trial: Trial) -> float | None:
    return trial.std if one.source is Source.SCORE else trial.spreads.get(one.name)


def _card(runtime: Runtime, state: SessionState, trial: Trial, objectives: Sequence[Objective]) -> CardInfo:
    label, _, colour, _ = runtime.family_facts(trial.family)
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
        return "The two are tied in all your objectives."
    parts = [
        f"{letter} is better in {_listed(sides[side])}" for side, letter in (("a", "A"), ("b", "B")) if sides[side]
    ]
    return f"{', '.join(parts)}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
