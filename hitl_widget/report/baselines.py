"""The baselines that every score is compared with. They stand still while the search goes on. Pure."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.report.words import Words

__all__ = ["NamedBaseline", "linear_baseline", "named_baselines"]

_EARLY = 100
"""The trials among which a baseline is looked for; starting configurations run first."""


class NamedBaseline(NamedTuple):
    """A baseline and its name.

    Parameters
    ----------
    trial
        Its trial.
    label
        Its name, such as "Linear model, default settings".
    phrase
        Its name within a sentence, such as "the linear model with default settings (#2)".
    """

    trial: Trial
    label: str
    phrase: str


def named_baselines(words: Words, state: SessionState) -> list[NamedBaseline]:
    """Return the constant prediction and the linear model with default settings, as far as they have scores."""
    numbers = [state.family_best[name] for name in sorted(words.baselines) if name in state.family_best]
    labels = [words.label(state.trials[number]) for number in numbers]
    found = [
        NamedBaseline(state.trials[number], label, f"the {label[:1].lower()}{label[1:]}")
        for number, label in zip(numbers, labels, strict=True)
    ]
    linear = linear_baseline(words, state)
    return [*found, linear] if linear is not None and "linear" not in words.baselines else found


def linear_baseline(words: Words, state: SessionState) -> NamedBaseline | None:
    """Return the first linear model with default settings; the best linear one if none has today's data."""
    best = state.family_best.get("linear")
    if best is None:
        return None
    usual = {one.name: one.default for one in state.base.of("linear")}
    for trial in islice(state.trials, _EARLY):
        plain = trial.family == "linear" and all(trial.config.get(key, one) == one for key, one in usual.items())
        if plain and trial.state is TrialState.COMPLETE and not state.on_other_data(trial):
            said = f"the linear model with default settings (#{trial.number})"
            return NamedBaseline(trial, f"{words.label(trial)}, default settings", said)
    label = words.label(state.trials[best])
    return NamedBaseline(state.trials[best], f"{label}, best so far", f"the best linear model (#{best})")
