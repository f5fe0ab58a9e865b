"""What the person is expected to prefer among the trials of a session: read from its state, kept until it changes."""

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
from hitl_widget.preference.inconsistencies import doubts
from hitl_widget.preference.pairs import next_question
from hitl_widget.preference.scalarization import UtilityScalarization
from hitl_widget.preference.summary import learnt
from hitl_widget.preference.utility import Utility, learn

__all__ = ["PreferenceModel"]

_GROWTH = 1.1
_FEW = 12
_MOST = 600
_PAIRED = 40


@dataclass(frozen=True, slots=True)
class _Key:
    """What a judgement depends on; while a search runs, a few more trials or values change little."""

    preferences: Preferences
    evidence: int
    complete: int
    measured: int

    @classmethod
    def of(cls, state: SessionState) -> _Key:
        """Return the key of a state."""
        complete = state.count(TrialState.COMPLETE) - len(state.broken)
        return cls(state.preferences, hash((state.outside, state.steering.discarded)), complete, state.measured)

    def still(self, now: _Key, *, exactly: bool) -> bool:
        """Say whether a judgement under this key will do for another one."""
        if (self.evidence, self.preferences) != (now.evidence, now.preferences):
            return False
        if exactly or now.complete < _FEW:
            return (self.complete, self.measured) == (now.complete, now.measured)
        return _about(self.complete, now.complete) and _about(self.measured, now.measured)


def _about(before: int, now: int) -> bool:
    return before <= now <= _GROWTH * before


class PreferenceModel:
    """Learns a utility from the answers and goals in a state, over the trials that have all objectives measured.

    Parameters
    ----------
    task
        What is learnt.
    baselines
        Families that nobody would take: they are no candidates.
    seed
        The same state gives the same judgement.

    Notes
    -----
    Thread-safe. A judgement is kept while the preferences are the same and, while the search runs, the trials and their
    values have grown by less than a tenth, so that learning costs little per trial. The search keeps its own: who looks
    when does not change what it does.
    """

    def __init__(self, task: Task, baselines: frozenset[str] = frozenset(), seed: int = 0) -> None:
        self._task = task
        self._baselines = baselines
        self._seed = seed
        self._looking, self._searching = threading.Lock(), threading.Lock()
        self._looked: tuple[_Key, Assessment] | None = None
        self._searched: tuple[_Key, Assessment] | None = None

    def judged(self, state: SessionState, *, fresh: bool = False) -> Assessment:
        """Return what is known of the preferences in a state, for those who look at it.

        Parameters
        ----------
        state
            The session's state.
        fresh
            Read all trials, also when only a few came since the last time.
        """
        with self._looking:
            key = _Key.of(state)
            for kept in (self._searched, self._looked):
                if kept is not None and kept[0].still(key, exactly=fresh or _rests(state)):
                    return kept[1]
            found = self._judge(state)
            self._looked = key, found
            return found

    def _for_search(self, state: SessionState) -> Assessment:
        with self._searching:
            key, kept = _Key.of(state), self._searched
            if kept is not None and kept[0].still(key, exactly=_rests(state)):
                return kept[1]
            found = self._judge(state)
            self._searched = key, found
            return found

    def learn(self, state: SessionState) -> LearntEvent | None:
        """Return what the answers and goals say, for the record; None where nothing was said."""
        if not state.preferences.guide:
            return None
        found = self._for_search(state)
        sentence = next(iter(found.said.sentences), "") if found.said is not None else found.enough
        return LearntEvent(state.preferences.answers, found.recommended, round(found.certainty, 3), sentence)

    def merits(self, state: SessionState) -> UtilityScalarization | None:
        """Return what trials are worth to the search, or None where only the metric counts."""
        preferences = state.preferences
        if not (preferences.guide or preferences.constraints):
            return None
        found = self._for_search(state)
        led = preferences.lead and found.utility is not None
        if not (led or preferences.constraints):
            return None
        return UtilityScalarization(state, found, self._baselines)

    def due(self, state: SessionState) -> bool:
        """Say whether the last judgement is out of date."""
        kept = self._searched
        return kept is None or not kept[0].still(_Key.of(state), exactly=_rests(state))

    def _judge(self, state: SessionState) -> Assessment:
        preferences = state.preferences
        objectives = tuple(active(self._task, preferences))
        rows = self._candidates(state, objectives)
        least = self._guess(state)
        among = {
            number
            for number, values in rows.items()
            if None not in values and self._may_be_taken(number, state) and (state.trials[number].score or 0.0) > least
        }
        if len(objectives) < 2 or len(among) < 2:
            enough = "Only one objective counts: add another one to compare models by."
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
        """Return the score of the constant guess: what does no better is fast and simple, and nobody wants it."""
        found = [state.trials[state.family_best[name]].score for name in self._baselines if name in state.family_best]
        return max((one for one in found if one is not None), default=-np.inf)

    def _may_be_taken(self, number: int, state: SessionState) -> bool:
        return state.may_lead(number) and state.trials[number].family not in self._baselines

    def _candidates(self, state: SessionState, objectives: tuple[Objective, ...]) -> dict[int, list[float | None]]:
        """Return the values of trials that have all, and of those that were compared, so that no answer is lost."""
        compared = {number for one in state.preferences.comparisons for number in one.pair}
        found = {}
        for trial in state.trials:
            if trial.state is not TrialState.COMPLETE:
                continue
            values = [one.shown(trial) for one in objectives]
            if trial.number in compared or (None not in values and trial.family not in self._baselines):
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
            objective.points,
        )


def _why_nothing(state: SessionState, baselines: frozenset[str]) -> str:
    models = [
        trial
        for trial in state.trials
        if trial.state is TrialState.COMPLETE
        and trial.family not in baselines
        and state.counts_as_evidence(trial.number)
    ]
    if len(models) < 2:
        return "There is nothing to compare yet: two finished models are needed."
    if sum(trial.number not in state.broken for trial in models) < 2:
        return "There is nothing to compare: fewer than two models keep what they must."
    asked = state.preferences.objectives or state.preferences.constraints
    if _rests(state) and not asked:  # a session of the time before anything but the score was measured
        return "Only the score of these models was measured. Say what else matters, and they are measured for that."
    return f"The {len(models)} finished models are still being measured; a pair comes as soon as two are."


def _rests(state: SessionState) -> bool:
    """Say whether there is time to read all trials."""
    return state.phase is not Phase.RUNNING


def _thinned(
    rows: Mapping[int, list[float | None]],
    objectives: tuple[Objective, ...],
    among: set[int],
    comparisons: tuple[Comparison, ...],
) -> Mapping[int, list[float]]:
    """Leave out, of very many trials, those that are neither compared nor near the best in anything."""
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
    """Return the standard error of the leaders' scores over their folds."""
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
    """Return what a utility says."""
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
        learnt(utility) if lead else None,
        doubts(utility),
        worth,
        spreads,
        _recommended(utility, worth, state, baselines) if state.preferences.guide else None,
        front,
    )


def _certainty(utility: Utility) -> float:
    """Return how far from a toss-up it is, on average, which of two trials on the front is preferred."""
    drawn = utility.drawn[utility.front]
    if len(drawn) < 2:
        return 1.0
    order = np.argsort(-drawn.mean(axis=1))[:_PAIRED]
    found = [abs(2 * np.mean(drawn[a] > drawn[b]) - 1) for a, b in combinations(order.tolist(), 2)]
    return float(np.mean(found))


def _why_enough(utility: Utility, front: tuple[int, ...]) -> str:
    if len(front) < 2:
        return "One model is best in everything you named, so there is nothing to trade."
    if utility.comparisons:
        return (
            "Another answer would hardly change anything: the recommendation is as good as known, or what is left "
            "cannot be told apart."
        )
    return "The models that are left hardly differ in what you named, so there is nothing to ask."


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
    """Return the best by the metric among the leaders that break the fewest soft constraints."""
    trials = (state.trials[number] for number in state.leaders)
    broken = {one.number: _broken(one, state.preferences.soft) for one in trials if one.family not in baselines}
    return min(broken, key=lambda number: broken[number], default=None)


def _broken(trial: Trial, rules: Sequence[Constraint]) -> int:
    """Return how many constraints a trial breaks; what is not known counts as kept."""
    return sum(bool(rule.violation(trial)) for rule in rules)
