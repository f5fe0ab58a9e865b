"""One objective for the search: the score, the learned preferences and the constraints in a single number."""

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
    """The scalar objective of a search that follows the user's preferences.

    Parameters
    ----------
    state
        The session's state.
    assessment
        The preferences learned from it.
    baselines
        Families that do not set the scale.

    Notes
    -----
    ``value = certainty * utility + (1 - certainty) * score``, both 0 at the worst and 1 at the best of the front, minus
    `SOFT` for each violated soft constraint. Trials that violate a hard constraint rank below all feasible trials, by
    the size of the violation, as constrained samplers rank them (Deb 2000). If an objective of a trial is unknown, for
    example because the trial was stopped early, its utility is the median of its family.
    """

    def __init__(self, state: SessionState, assessment: Assessment, baselines: frozenset[str] = frozenset()) -> None:
        preferences = state.preferences
        self._assessment = assessment
        self._weight = assessment.certainty if assessment.utility is not None else 0.0
        self._soft = [rule for rule in preferences.constraints if not rule.hard]
        self._hard = list(preferences.hard)
        self._known: dict[int, float] = {}
        self._unknown: dict[str, float] = {}
        self._limits: dict[str, float] = {}
        able = [
            trial
            for trial in state.trials
            if trial.state is TrialState.COMPLETE and trial.score is not None and trial.family not in baselines
            if not state.on_other_data(trial)
        ]
        self._low, self._span = _scale(able, state, assessment)
        self._utilities(able)
        kept = [self._free(trial) for trial in able if not self._breaks(trial)]
        self._floor = min(kept, default=0.0)
        self._limits = {rule.text: _size(rule, able) for rule in self._hard}
        self.noise = self._noise(state)

    def of_trial(self, trial: Trial) -> float | None:
        """Return the scalar value of a trial, greater is better; None without a score."""
        if trial.score is None or not math.isfinite(trial.score):
            return None
        fine, floor = self._breaks(trial), min(self._floor, 0.0)
        if fine:
            return floor - fine
        free = self._free(trial)
        below = floor - free
        return floor - 0.5 * below / (1.0 + below) if self._hard and below > 0 else free

    def _free(self, trial: Trial) -> float:
        """Return the value of a trial that satisfies the hard constraints."""
        assert trial.score is not None
        score = (trial.score - self._low) / self._span
        utility = self._utility(trial) if self._weight else 0.0
        fine = SOFT * sum(bool(rule.violation(trial)) for rule in self._soft)
        return self._weight * utility + (1 - self._weight) * score - fine

    def _utilities(self, trials: Sequence[Trial]) -> None:
        """Store the utilities of trials: known ones, and ones predicted from their objective values."""
        worth = self._assessment.worth
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
        """Return expected utilities, NaN where an objective is unknown."""
        if self._assessment.utility is None or not trials:
            return [math.nan] * len(trials)
        shown = [[one.shown(trial) for one in self._assessment.objectives] for trial in trials]
        found: list[float] = self._assessment.utility.predict(np.array(shown, float))[0].tolist()
        return found

    def _breaks(self, trial: Trial) -> float:
        """Return 0 for a trial that satisfies the hard constraints, else the size of the violation, at least 0.5."""
        total = 0.0
        for rule in self._hard:
            broken = rule.violation(trial)
            if broken is None:  # not measured: the trial was stopped, or its measurement is pending
                total += 0.5
            elif broken:
                usual = self._limits.get(rule.text, 1.0)
                total += 0.5 + broken / (broken + usual)
        return total

    def _noise(self, state: SessionState) -> float:
        """Return the uncertainty of a scalar value."""
        best = state.best_trial
        score = (best.std or 0.0) / self._span if best is not None else 0.0
        return max((1 - self._weight) * score + self._weight * 0.05, 1e-9)


def _scale(able: list[Trial], state: SessionState, assessment: Assessment) -> tuple[float, float]:
    """Return the score that maps to 0, and the span to the score that maps to 1."""
    front = set(assessment.front)
    scores = [trial.score or 0.0 for trial in able if not front or trial.number in front]
    if not scores:
        return 0.0, 1.0
    low, high = min(scores), max(scores)
    best = state.best_trial
    least = (best.std or 0.0) if best is not None else 0.0
    span = max(high - low, least, 1e-9 * max(abs(high), 1e-9))
    return high - span, span


def _size(rule: Constraint, able: Iterable[Trial]) -> float:
    """Return the typical size of a violation, so that violations of several constraints can be added."""
    found = [broken for trial in able if (broken := rule.violation(trial))]
    return float(np.median(found)) if found else 1.0
