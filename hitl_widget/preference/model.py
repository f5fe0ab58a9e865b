"""The preference model of a session: learned from its state and cached until the state changes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hitl_widget.data.objectives import active
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.event import Learnt as LearntEvent
from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.preference import Axis, Comparison, Preferences
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.learners.fitting import one_thread
from hitl_widget.preference.assessment import SOFT, Assessment
from hitl_widget.preference.front import non_dominated
from hitl_widget.preference.inconsistencies import inconsistencies
from hitl_widget.preference.pairs import next_question
from hitl_widget.preference.scalarization import UtilityScalarization
from hitl_widget.preference.summary import summarize
from hitl_widget.preference.utility import Utility, learn

__all__ = ["PreferenceModel"]

_GROWTH = 1.1
_FEW = 12
_MOST = 600
_PAIRED = 40


@dataclass(frozen=True, slots=True)
class _Key:
    """Cache key of an assessment; while a search runs, a few more trials or values change little."""

    preferences: Preferences
    evidence: int
    complete: int
    measured: int

    @classmethod
    def of(cls, state: SessionState) -> _Key:
        """Return the key of a state."""
        complete = state.count(TrialState.COMPLETE) - len(state.broken)
        return cls(
            state.preferences,
            hash((state.outside, state.steering.discarded, state.data_version)),
            complete,
            state.measured,
        )

    def still(self, now: _Key, *, exactly: bool) -> bool:
        """Return whether an assessment under this key is good enough for another key."""
        if (self.evidence, self.preferences) != (now.evidence, now.preferences):
            return False
        if exactly or now.complete < _FEW:
            return (self.complete, self.measured) == (now.complete, now.measured)
        return _about(self.complete, now.complete) and _about(self.measured, now.measured)


def _about(before: int, now: int) -> bool:
    return before <= now <= _GROWTH * before


class PreferenceModel:
    """Learns a utility from the answers and goals in a state, over the trials with all objectives measured.

    Parameters
    ----------
    task
        The prediction task.
    baselines
        Baseline families, which are not candidates.
    seed
        Random seed; the same state and seed give the same assessment.

    Notes
    -----
    Thread-safe. An assessment is cached while the preferences are unchanged and, during a search, until the trials or
    their values have grown by a tenth, so that learning costs little per trial. The search has its own cache, so an
    assessment made for display never changes the search.
    """

    def __init__(self, task: Task, baselines: frozenset[str] = frozenset(), seed: int = 0) -> None:
        self._task = task
        self._baselines = baselines
        self._seed = seed
        self._looking, self._searching = threading.Lock(), threading.Lock()
        self._looked: tuple[_Key, Assessment] | None = None
        self._searched: tuple[_Key, Assessment] | None = None

    def assess(self, state: SessionState, *, fresh: bool = False) -> Assessment:
        """Return the preferences learned from a state, for display.

        Parameters
        ----------
        state
            The session's state.
        fresh
            Include all trials, even if only a few finished since the last assessment.
        """
        with self._looking:
            key = _Key.of(state)
            for kept in (self._searched, self._looked):
                if kept is not None and kept[0].still(key, exactly=fresh or _rests(state)):
                    return kept[1]
            found = self._assess(state)
            self._looked = key, found
            return found

    def _for_search(self, state: SessionState) -> Assessment:
        with self._searching:
            key, kept = _Key.of(state), self._searched
            if kept is not None and kept[0].still(key, exactly=_rests(state)):
                return kept[1]
            found = self._assess(state)
            self._searched = key, found
            return found

    def learn(self, state: SessionState) -> LearntEvent | None:
        """Return the learned preferences as an event; None without answers and goals."""
        if not state.preferences.guide:
            return None
        found = self._for_search(state)
        summary = found.summary
        sentence = found.enough if summary is None else next(iter(summary.sentences), summary.unknown)
        return LearntEvent(state.preferences.answers, found.recommended, round(found.certainty, 3), sentence)

    def scalarization(self, state: SessionState) -> UtilityScalarization | None:
        """Return the scalar objective of the search, or None if only the metric counts."""
        preferences = state.preferences
        if not (preferences.guide or preferences.constraints):
            return None
        found = self._for_search(state)
        led = preferences.lead and found.utility is not None
        if not (led or preferences.constraints):
            return None
        return UtilityScalarization(state, found, self._baselines)

    def due(self, state: SessionState) -> bool:
        """Return whether the last assessment is out of date."""
        kept = self._searched
        return kept is None or not kept[0].still(_Key.of(state), exactly=_rests(state))

    def _assess(self, state: SessionState) -> Assessment:
        preferences = state.preferences
        objectives = tuple(active(state.steering.data.scored(self._task), preferences))
        rows = self._candidates(state, objectives)
        least = self._guess(state)
        among = {
            number
            for number, values in rows.items()
            if None not in values and self._may_be_taken(number, state) and (state.trials[number].score or 0.0) > least
        }
        if len(objectives) < 2 or len(among) < 2:
            enough = "There is only one objective. Add another one to compare models."
            kept = _least_broken(state, self._baselines) if preferences.soft else None
            return Assessment(
                objectives,
                enough=enough if len(objectives) < 2 else _why_nothing(state, self._baselines),
                recommended=kept,
            )
        few = _thinned(rows, objectives, among, preferences.comparisons)
        axes = [self._axis(one, state) for one in objectives]
        with one_thread():
            utility = learn(
                *(axes, list(few), list(few.values()), preferences.comparisons, preferences.goals),
                among=among,
                seed=self._seed,
            )
            return _read(objectives, utility, state, self._baselines)

    def _guess(self, state: SessionState) -> float:
        """Return the score of the constant prediction; models that do no better are not candidates."""
        found = [state.trials[state.family_best[name]].score for name in self._baselines if name in state.family_best]
        return max((one for one in found if one is not None), default=-np.inf)

    def _may_be_taken(self, number: int, state: SessionState) -> bool:
        return state.may_lead(number) and state.trials[number].family not in self._baselines

    def _candidates(self, state: SessionState, objectives: tuple[Objective, ...]) -> dict[int, list[float | None]]:
        """Return the objective values of complete candidates, and of all compared trials so that no answer is lost."""
        compared = {number for one in state.preferences.comparisons for number in one.pair}
        found = {}
        for trial in state.trials:
            if trial.state is not TrialState.COMPLETE:
                continue
            values = [one.shown(trial) for one in objectives]
            model = trial.family not in self._baselines and not state.on_other_data(trial)
            if trial.number in compared or (model and None not in values):
                found[trial.number] = values
        return found

    def _axis(self, objective: Objective, state: SessionState) -> Axis:
        resolution = objective.resolution
        if not resolution and objective.source is Source.SCORE:
            resolution = _standard_error(state)
        elif not resolution:
            resolution = _spread_error(objective, state)
        return Axis(
            objective.name,
            objective.direction,
            objective.log,
            resolution,
            objective.label,
            objective.unit,
        )


def _why_nothing(state: SessionState, baselines: frozenset[str]) -> str:
    models = state.models(baselines)
    if len(models) < 2:
        return "No models to compare yet: a comparison needs two finished models."
    if sum(trial.number not in state.broken for trial in models) < 2:
        return "No models to compare: fewer than two satisfy all hard constraints."
    asked = state.preferences.objectives or state.preferences.constraints
    if _rests(state) and not asked:  # a session from a version that measured only the score
        return "Only the score of these models was measured. Add an objective to measure it for them."
    return f"Measuring the {len(models)} finished models; the first pair appears when two are done."


def _rests(state: SessionState) -> bool:
    """Return whether there is time to include all trials."""
    return state.phase is not Phase.RUNNING


def _thinned(
    rows: Mapping[int, list[float | None]],
    objectives: tuple[Objective, ...],
    among: set[int],
    comparisons: tuple[Comparison, ...],
) -> Mapping[int, list[float]]:
    """Thin out very many trials: keep those compared, on the front, or near the best in an objective."""
    known = {number: [np.nan if one is None else float(one) for one in values] for number, values in rows.items()}
    if len(known) <= _MOST:
        return known
    numbers = np.array(list(known))
    table = np.array(list(known.values())) * [1 if one.direction == "higher" else -1 for one in objectives]
    masked = np.where(np.isin(numbers, list(among))[:, None], table, np.nan)
    keep = non_dominated(masked)
    ranks = np.argsort(np.argsort(-table, axis=0), axis=0).min(axis=1)
    keep |= ranks < _MOST // (2 * len(objectives))
    keep |= np.isin(numbers, [number for one in comparisons for number in one.pair])
    return {number: known[number] for number in numbers[keep].tolist()}


def _standard_error(state: SessionState) -> float:
    """Return the median standard error of the leaders' scores over their folds."""
    errors = []
    for number in state.leaders[:10]:
        trial = state.trials[number]
        if trial.std is not None:
            errors.append(trial.std / len(trial.folds) ** 0.5)
    return float(np.median(errors)) if errors else 0.0


def _spread_error(objective: Objective, state: SessionState) -> float:
    spreads = [state.trials[number].spreads.get(objective.name) for number in state.leaders[:10]]
    known = [one for one in spreads if one]
    return float(np.median(known)) / max(len(state.trials[state.leaders[0]].folds), 1) ** 0.5 if known else 0.0


def _read(
    objectives: tuple[Objective, ...], utility: Utility, state: SessionState, baselines: frozenset[str]
) -> Assessment:
    """Return the assessment that follows from a utility."""
    expected, spread = utility.predict(utility.values)
    worth = {number: float(one) for number, one in zip(utility.numbers, expected, strict=True)}
    spreads = {number: float(one) for number, one in zip(utility.numbers, spread, strict=True)}
    lead = state.preferences.lead
    question = next_question(utility)
    front = tuple(number for number, on in zip(utility.numbers, utility.front, strict=True) if on)
    return Assessment(
        objectives,
        utility,
        _certainty(utility) if lead else 0.0,
        question,
        "" if question is not None else _why_enough(utility, front),
        summarize(utility) if lead else None,
        inconsistencies(utility),
        worth,
        spreads,
        _recommended(utility, worth, state, baselines) if state.preferences.guide else None,
        front,
    )


def _certainty(utility: Utility) -> float:
    """Return the mean certainty about which of two trials on the front is preferred, from 0 (toss-up) to 1."""
    drawn = utility.drawn[utility.front]
    if len(drawn) < 2:
        return 1.0
    order = np.argsort(-drawn.mean(axis=1))[:_PAIRED]
    found = [abs(2 * np.mean(drawn[a] > drawn[b]) - 1) for a, b in combinations(order.tolist(), 2)]
    return float(np.mean(found))


def _why_enough(utility: Utility, front: tuple[int, ...]) -> str:
    if len(front) < 2:
        return "One model is best in every objective, so there is no trade-off to decide."
    if utility.comparisons:
        return (
            "Another answer would hardly change the recommendation: it is already clear, or the remaining models are "
            "statistically tied."
        )
    return "The remaining models hardly differ in your objectives, so there is nothing to ask."


def _recommended(
    utility: Utility, worth: Mapping[int, float], state: SessionState, baselines: frozenset[str]
) -> int | None:
    soft = state.preferences.soft
    if not soft:
        return utility.recommendation()
    if not state.preferences.lead:
        return _least_broken(state, baselines)
    fined = {n: worth[n] - SOFT * _broken(state.trials[n], soft) for n in utility.ranking()}
    return max(fined, key=lambda number: (fined[number], -number), default=None)


def _least_broken(state: SessionState, baselines: frozenset[str]) -> int | None:
    """Return the best by the metric among the leaders that violate the fewest soft constraints."""
    trials = (state.trials[number] for number in state.leaders)
    broken = {one.number: _broken(one, state.preferences.soft) for one in trials if one.family not in baselines}
    return min(broken, key=lambda number: broken[number], default=None)


def _broken(trial: Trial, rules: Sequence[Constraint]) -> int:
    """Return how many constraints a trial violates; unknown values count as satisfied."""
    return sum(bool(rule.violation(trial)) for rule in rules)
