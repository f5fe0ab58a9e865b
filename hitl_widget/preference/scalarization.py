"""What a trial is worth to the search: the score, what the person prefers, and the constraints, in one number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.preference.assessment import SOFT, Assessment

__all__ = ["UtilityScalarization"]


class UtilityScalarization:
    """The objective of a search that follows the person.

    Parameters
    ----------
    state
        The session's state.
    judged
        What is known of the preferences in it.
    baselines
        Families that set no scale.

    Notes
    -----
    ``merit = certainty * utility + (1 - certainty) * score``, both 0 at the worst and 1 at the best of the front, minus
    `SOFT` for each soft constraint that is broken. Trials that break a hard constraint rank below all that keep them,
    by how much they break it, as constrained samplers rank them (Deb 2000). Where an objective of a trial is not known,
    such as of one that was stopped, the utility is taken as the median of its family.
    """

    def __init__(self, state: SessionState, judged: Assessment, baselines: frozenset[str] = frozenset()) -> None:
        preferences = state.preferences
        self._judged = judged
        self._weight = judged.certainty if judged.utility is not None else 0.0
        self._soft = [rule for rule in preferences.constraints if not rule.hard]
        self._hard = list(preferences.hard)
        self._known: dict[int, float] = {}
        self._unknown: dict[str, float] = {}
        self._limits: dict[str, float] = {}
        able = [
            trial
            for trial in state.trials
            if trial.state is TrialState.COMPLETE and trial.score is not None and trial.family not in baselines
        ]
        self._low, self._span = _scale(able, state, judged)
        self._utilities(able)
        kept = [self._free(trial) for trial in able if not self._breaks(trial)]
        self._floor = min(kept, default=0.0)
        self._limits = {rule.text: _size(rule, able) for rule in self._hard}
        self.noise = self._noise(state)

    def of_trial(self, trial: Trial) -> float | None:
        """Return what a trial is worth to the search, greater is better; None without a score."""
        if trial.score is None or not math.isfinite(trial.score):
            return None
        fine, floor = self._breaks(trial), min(self._floor, 0.0)
        if fine:
            return floor - fine
        free = self._free(trial)
        below = floor - free
        return floor - 0.5 * below / (1.0 + below) if self._hard and below > 0 else free

    def _free(self, trial: Trial) -> float:
        """Return the merit of a trial that keeps the hard constraints."""
        assert trial.score is not None
        score = (trial.score - self._low) / self._span
        utility = self._utility(trial) if self._weight else 0.0
        fine = SOFT * sum(bool(rule.violation(trial)) for rule in self._soft)
        return self._weight * utility + (1 - self._weight) * score - fine

    def _utilities(self, trials: Sequence[Trial]) -> None:
        """Take up the utilities of trials: those that are known, and those that follow from their values."""
        worth = self._judged.worth
        more = [trial for trial in trials if trial.number not in worth]
        found = {trial.number: worth[trial.number] for trial in trials if trial.number in worth}
        found |= dict(zip((trial.number for trial in more), self._predicted(more), strict=True))
        self._known = {number: one for number, one in found.items() if math.isfinite(one)}
        by_family: dict[str, list[float]] = {}
        for trial in trials:
            if trial.number in self._known:
                by_family.setdefault(trial.family, []).append(self._known[trial.number])
        self._unknown = {name: float(np.median(values)) for name, values in by_family.items()}
        self._usual = float(np.median(list(self._known.values()))) if self._known else 0.0

    def _utility(self, trial: Trial) -> float:
        if trial.number not in self._known:
            (found,) = self._predicted([trial])
            if not math.isfinite(found):
                return self._unknown.get(trial.family, self._usual)
            self._known[trial.number] = found
        return self._known[trial.number]

    def _predicted(self, trials: Sequence[Trial]) -> list[float]:
        """Return expected utilities, NaN where an objective is not known."""
        if self._judged.utility is None or not trials:
            return [math.nan] * len(trials)
        shown = [[one.shown(trial) for one in self._judged.objectives] for trial in trials]
        found: list[float] = self._judged.utility.predict(np.array(shown, float))[0].tolist()
        return found

    def _breaks(self, trial: Trial) -> float:
        """Return 0 for a trial that keeps the hard constraints, or by how much it breaks them, above a half."""
        total = 0.0
        for rule in self._hard:
            broken = rule.violation(trial)
            if broken is None:  # not measured: a stopped trial, or one whose turn comes
                total += 0.5
            elif broken:
                usual = self._limits.get(rule.text, 1.0)
                total += 0.5 + broken / (broken + usual)
        return total

    def _noise(self, state: SessionState) -> float:
        """Return by how much a merit is uncertain."""
        best = state.best_trial
        score = (best.std or 0.0) / self._span if best is not None else 0.0
        return max((1 - self._weight) * score + self._weight * 0.05, 1e-9)


def _scale(able: list[Trial], state: SessionState, judged: Assessment) -> tuple[float, float]:
    """Return the score that counts as 0 and the span to the one that counts as 1."""
    front = set(judged.front)
    scores = [trial.score or 0.0 for trial in able if not front or trial.number in front]
    if not scores:
        return 0.0, 1.0
    low, high = min(scores), max(scores)
    best = state.best_trial
    least = (best.std or 0.0) if best is not None else 0.0
    span = max(high - low, least, 1e-9 * max(abs(high), 1e-9))
    return high - span, span


def _size(rule: Constraint, able: Iterable[Trial]) -> float:
    """Return by how much a constraint is broken typically, so that violations of several can be added."""
    found = [broken for trial in able if (broken := rule.violation(trial))]
    return float(np.median(found)) if found else 1.0
