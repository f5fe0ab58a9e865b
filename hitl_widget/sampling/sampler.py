"""Choose the next configuration: the family by expected gain per cost, its hyperparameters by its own search.

Each family has separate evidence, so that TPE's good trials are good trials *of that family*.
`study_of` gives the whole record as one conditional Optuna study.
"""

from __future__ import annotations

import logging
import math
import random
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution

from hitl_widget.domain.belief import Belief, Verdict
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.data_choices import ANY_VIEW
from hitl_widget.domain.space import FAMILY, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Origin, Trial, TrialState
from hitl_widget.learners.fitting import one_thread
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.contract import Proposal, Scalarization
from hitl_widget.sampling.evidence import Begun
from hitl_widget.sampling.family import FamilySearch
from hitl_widget.sampling.priors import FLOOR, weight_of
from hitl_widget.sampling.tpe import ParzenTpe, distribution_of
from hitl_widget.sampling.verdicts import on_families, unheard

__all__ = ["TpeSampler", "study_of"]

_EXPLORE = 0.1
_WORTH_SAYING = 0.1
_IN_WORK = (TrialState.QUEUED, TrialState.RUNNING)
_STATES = {
    TrialState.COMPLETE: optuna.trial.TrialState.COMPLETE,
    TrialState.STOPPED: optuna.trial.TrialState.PRUNED,
    TrialState.FAILED: optuna.trial.TrialState.FAIL,
}


class TpeSampler:
    """Proposes from today's conditional space: family first, then its hyperparameters.

    Parameters
    ----------
    space
        The search space until the first `read`.
    never
        Names of the families that are not proposed: baselines and those that are not installed.
    seed
        Makes the proposals repeatable for the same calls.
    labels
        Names of the families for the reasons.

    Notes
    -----
    A family's weight is ``exp(-gap / noise) / sqrt(cost)`` with `gap` its distance from the best score, `noise` the
    spread of the best trial over folds, and `cost` its mean seconds a trial, times what a belief about the families
    makes of it; one proposal in ten explores a family by cost alone. Where only trials count, cost is left out, so that
    the clock decides nothing. Hyperparameters: `FamilySearch`.
    """

    def __init__(
        self, space: Space, *, never: frozenset[str] = frozenset(), seed: int, labels: Mapping[str, str] | None = None
    ) -> None:
        self._never = never
        self._seed = seed
        self._labels = labels or {}
        self._random = random.Random(seed)
        self._tpes: dict[str, ParzenTpe] = {}
        self._searches: dict[str, FamilySearch] = {}
        self._discarded: frozenset[int] = frozenset()
        self._scalarization: Scalarization | None = None
        self._view = 0
        self._take(space, ())

    def read(self, state: SessionState, scalarization: Scalarization | None = None) -> None:
        """Read the steering of a state: space, beliefs and evidence, valued by the scalarization or the scores."""
        self._scalarization = scalarization
        self._discarded = state.steering.discarded
        self._view = state.view
        self._take(state.space, state.steering.beliefs)
        for trial in state.trials:
            self._note(trial, fits=trial.number not in state.outside)

    def _take(self, space: Space, beliefs: tuple[Belief, ...]) -> None:
        self._inside = space.contains()
        self._likely = next((one for one in beliefs if one.about == FAMILY), None)
        self._begun = Begun()
        before, self._searches = self._searches, {}
        for name in space.families:
            if name not in self._tpes:
                self._tpes[name] = ParzenTpe((self._seed * 1009 + zlib.crc32(name.encode())) % 2**32)
            self._searches[name] = FamilySearch(Axes(space, name), self._tpes[name], beliefs, self._begun)
            if name in before:
                self._searches[name].start_from(before[name])
        self._names = [name for name in space.families if name not in self._never] or list(space.families)

    def begin(self, trial: Trial) -> None:
        """Note that a trial runs, so that it repels further proposals."""
        self._note(trial, fits=self._fits(trial))

    def end(self, trial: Trial) -> None:
        """Note how a trial ended; a stopped one counts with the mean of the folds it finished."""
        self._note(trial, fits=self._fits(trial))

    def _fits(self, trial: Trial) -> bool:
        return self._inside(trial.config) and trial.view in (None, ANY_VIEW, self._view)

    def amend(self, trial: Trial) -> None:
        """Note that more was measured of an ended trial."""
        search = self._searches.get(trial.family)
        if search is not None and self._scalarization is not None:
            search.evidence.amend(trial.number, self._scalarization.of_trial(trial))

    def _note(self, trial: Trial, *, fits: bool) -> None:
        self._begun.note(trial)
        search = self._searches.get(trial.family)
        if search is None:
            return
        if self._scalarization is not None and trial.state not in _IN_WORK:
            trial = replace(trial, score=self._scalarization.of_trial(trial))
        counts = trial.number not in self._discarded
        if trial.state in _IN_WORK:
            search.evidence.begin(trial, counts=counts and fits)
        else:
            search.evidence.end(trial, counts=counts, fits=fits)

    def verdicts(self, state: SessionState) -> list[Verdict]:
        """Return the verdict on each belief."""
        with one_thread():
            return [self._verdict(belief, state) for belief in state.steering.beliefs]

    def _verdict(self, belief: Belief, state: SessionState) -> Verdict:
        if belief.about == FAMILY:
            evidence = {name: self._searches[name].evidence for name in self._names}
            return on_families(belief, evidence, self._labels, self._noise(state), state.scope)
        family = belief.about.split(".", 1)[0]
        search = self._searches.get(family)
        if search is None:
            return unheard(belief)
        return search.verdict(belief, self._labels.get(family, family), state.scope)

    def propose(self, state: SessionState) -> Proposal:
        """Return the next configuration and the reason for it."""
        name, reason, led = self._choose(state)
        waiting = [trial for trial in _in_work(state) if trial.family == name and self._inside(trial.config)]
        with one_thread():
            draft = self._searches[name].draw(waiting)
        reasons = draft.reasons
        if led > reasons.belief_share:
            reasons = replace(reasons, belief=FAMILY, belief_share=round(led, 3))
        origin = Origin.BELIEF if reasons.belief_share > 0.5 else Origin.SAMPLER
        return Proposal(draft.config, f"{reason}. Settings: {draft.how}.", origin, reasons)

    def _choose(self, state: SessionState) -> tuple[str, str, float]:
        """Return a family, why, and how much of that a belief about the families decided."""
        able = self._able()
        if self._random.random() < _EXPLORE:
            name = self._draw(able, [1 / math.sqrt(self._cost(name, state.timed)) for name in able])
            return name, f"Exploration (1 proposal in 10): {self._labels.get(name, name)}", 0.0
        weights = self._weights(state, able)
        led = [weight * self._likelihood(state, name) for weight, name in zip(weights, able, strict=True)]
        name = self._draw(able, led)
        at = able.index(name)
        share = led[at] / sum(led)
        by_belief = max(0.0, 1 - weights[at] / sum(weights) / share)
        label = self._labels.get(name, name)
        likely = ", which you believe likely," if by_belief > _WORTH_SAYING else ""
        if self._searches[name].evidence.best is None:
            return name, f"{label}{likely} has no score yet", by_belief
        aim = "expected score"
        if self._scalarization is not None:
            aim = "expected preference" if state.preferences.lead else "expected score and your constraints"
        cost = " per second" if state.timed else ""
        return name, f"{label}{likely} was chosen with probability {100 * share:.0f}% (by {aim}{cost})", by_belief

    def _able(self) -> list[str]:
        """Return the families worth a trial: those that work and have something left to try, where there are some."""
        evidence = {name: self._searches[name].evidence for name in self._names}
        able = [name for name in self._names if evidence[name].able] or self._names
        return [name for name in able if not evidence[name].exhausted] or able

    def _weights(self, state: SessionState, names: list[str]) -> list[float]:
        """Weigh families by expected score per cost; one without a score counts as tied with the best."""
        bests = {name: self._searches[name].evidence.best for name in names}
        top = max((best for best in bests.values() if best is not None), default=0.0)
        noise = self._noise(state)
        weights = []
        for name in names:
            own = bests[name]
            gap = 0.0 if own is None else top - own
            weights.append(math.exp(-min(gap / noise, 50.0)) / math.sqrt(self._cost(name, state.timed)))
        return weights

    def _noise(self, state: SessionState) -> float:
        """Return the uncertainty of a score: the standard deviation of the best trial over its folds."""
        if self._scalarization is not None:
            return self._scalarization.noise
        leader = state.best_trial
        if leader is not None and leader.std:
            return leader.std
        return max(0.01 * abs(leader.score or 0.0), 1e-12) if leader is not None else 1e-12

    def _likelihood(self, state: SessionState, name: str) -> float:
        """Return the factor of a belief about the families: 1 for a likely family, less for others, never 0."""
        if self._likely is None or name in self._likely.likely:
            return 1.0
        even = FLOOR / len(self._names)
        rest = even / (even + (1 - FLOOR) / max(len(self._likely.likely), 1))
        return float(rest ** weight_of(self._likely, state.started - self._likely.since))

    def _cost(self, name: str, timed: bool) -> float:
        cost = self._searches[name].evidence.cost
        return max(cost, 0.05) if timed and cost is not None else 1.0

    def _draw(self, names: list[str], weights: list[float]) -> str:
        return self._random.choices(names, weights)[0]


def _in_work(state: SessionState) -> Iterator[Trial]:
    """Yield the queued and running trials, mostly the latest ones."""
    left = state.count(*_IN_WORK)
    number = len(state.trials)
    while left and number:
        number -= 1
        trial = state.trials[number]
        if trial.state in _IN_WORK:
            left -= 1
            yield trial


def study_of(state: SessionState, space: Space, name: str) -> optuna.Study:
    """Return the record as one Optuna study over the conditional space.

    Parameters
    ----------
    state
        The session's state; trials that run or wait are left out.
    space
        Today's search space; trials outside it, and those measured on other columns, are left out.
    name
        Name of the study.

    Returns
    -------
    optuna.Study
        In memory, direction maximize; each trial carries its number here as the user attribute ``number``, its further
        objectives under their names, and the hard constraints as Optuna's own (above 0 is broken).
    """
    with _quiet():
        study = optuna.create_study(direction="maximize", study_name=name)
    families = CategoricalDistribution(space.families)
    own = {
        family: {FAMILY: families, **{one.name: distribution_of(one) for one in space.of(family)}}
        for family in space.families
    }
    inside = space.contains()
    study.add_trials(
        _frozen(trial, own[trial.family], state.preferences.hard)
        for trial in state.trials
        if trial.state in _STATES and inside(trial.config) and not state.on_other_data(trial)
    )
    return study


def _frozen(
    trial: Trial, distributions: dict[str, BaseDistribution], rules: tuple[Constraint, ...]
) -> optuna.trial.FrozenTrial:
    state = _STATES[trial.state]
    scored = trial.score is not None and state is not optuna.trial.TrialState.FAIL
    return optuna.trial.create_trial(
        state=state,
        value=trial.score if scored else None,
        params={name: value for name, value in trial.config.items() if name in distributions},
        distributions=distributions,
        intermediate_values={len(trial.folds): trial.score} if scored and trial.score is not None else {},
        user_attrs={
            "number": trial.number,
            "author": str(trial.author),
            "why": trial.why,
            **trial.measures,
        },
        constraints={rule.text: _violation(rule.violation(trial)) for rule in rules} or None,
    )


def _violation(violation: float | None) -> float:
    """Return a constraint as Optuna reads it: above 0 is violated; an unknown value counts as violated."""
    return 1.0 if violation is None else violation


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Optuna's message about each new study, then restore the log level."""
    logger = logging.getLogger("optuna")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
