"""Would a simpler model do as well? The simplest model that is statistically tied with the winner."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import fmean, variance

from hitl_widget.domain.comparing import compared
from hitl_widget.domain.objective import Objective, built_in
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial

__all__ = ["Challenge", "challenge_of", "within_noise"]

SIMPLER = 0.5
"""A rival has at most this share of the winner's complexity."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The simplest model that is statistically tied with the winner.

    Parameters
    ----------
    winner, rival
        Numbers of the trials.
    gap, noise
        Lead of the winner on the same folds, and its standard error; greater is better.
    lost, gained
        Sentences that say where the rival is worse and where it is better.
    """

    winner: int
    rival: int
    gap: float
    noise: float
    lost: tuple[str, ...]
    gained: tuple[str, ...]


def within_noise(winner: Trial, rival: Trial) -> tuple[float, float] | None:
    """Return the mean lead of one trial over another on the same folds, and its standard error.

    The folds share training rows, so their variance is corrected as by Nadeau & Bengio (2003): with k folds,
    ``s² (1/k + 1/(k - 1))``. None with fewer than two common folds.
    """
    theirs = {fold.fold: fold.score for fold in rival.folds}
    apart = [fold.score - theirs[fold.fold] for fold in winner.folds if fold.fold in theirs]
    if len(apart) < 2:
        return None
    k = len(apart)
    return fmean(apart), math.sqrt(variance(apart) * (1 / k + 1 / (k - 1)))


def challenge_of(state: SessionState, objectives: Sequence[Objective], baselines: Collection[str]) -> Challenge | None:
    """Return the simplest model statistically tied with the recommended one, if it is clearly simpler.

    Parameters
    ----------
    state
        The session's state.
    objectives
        The objectives to compare.
    baselines
        Baseline families, which are never rivals.
    """
    complexity = built_in("complexity")
    assert complexity is not None
    winner = None if state.chosen is None else state.trials[state.chosen]
    parts = None if winner is None else complexity.value(winner)
    if winner is None or parts is None:
        return None
    rivals: list[tuple[float, Trial, float, float]] = []
    best = [number for number in state.family_best.values() if state.may_lead(number)]
    for number in dict.fromkeys((*state.leaders, *best)):
        trial = state.trials[number]
        own = complexity.value(trial)
        if trial.family in baselines or own is None or own > SIMPLER * parts:
            continue
        lead = within_noise(winner, trial)
        if lead is not None and lead[0] <= lead[1]:
            rivals.append((own, trial, *lead))
    if not rivals:
        return None
    _, rival, gap, noise = min(rivals, key=lambda one: (one[0], one[1].number))
    lost, gained = [], []
    for one in {complexity.name: complexity, **{one.name: one for one in objectives}}.values():
        found = compared(one, one.shown(rival), one.shown(winner))
        if found.better == "a":
            gained.append(f"{one.label}: {found.text}")
        elif found.better == "b":
            lost.append(f"{one.label}: {found.text}")
    return Challenge(winner.number, rival.number, gap, noise, tuple(lost), tuple(gained))
