"""Which configuration next: the family by gain per cost, its hyperparameters by Optuna's TPE.

Each family has an Optuna study of its own, so that the good half of the evidence is the good half *of that family*.
`study_of` gives the whole record as one conditional Optuna study.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from hitl_widget.domain.space import FAMILY, Categorical, Float, Int, Parameter, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.engine.ports import Proposal

__all__ = ["TpeSampler", "study_of"]

_STARTUP = 6
_EXPLORE = 0.1
_GIVE_UP = 3
_STATES = {
    TrialState.COMPLETE: optuna.trial.TrialState.COMPLETE,
    TrialState.STOPPED: optuna.trial.TrialState.PRUNED,
    TrialState.FAILED: optuna.trial.TrialState.FAIL,
}


@dataclass(slots=True)
class _Family:
    """The evidence on one family."""

    study: optuna.Study
    distributions: dict[str, BaseDistribution]
    best: float | None = None
    ended: int = 0
    failed: int = 0
    seconds: float = 0.0
    count: int = 0
    numbers: dict[int, int] = field(default_factory=dict)

    @property
    def able(self) -> bool:
        """Whether it ever worked, or has not failed too often yet."""
        return self.best is not None or self.failed < _GIVE_UP


class TpeSampler:
    """Proposes from one conditional space: family first, then TPE within the family.

    Parameters
    ----------
    space
        The search space.
    families
        Names of the families to propose from (baselines are left out).
    seed
        Makes the proposals repeatable for the same evidence.
    labels
        Names of the families for the reasons.

    Notes
    -----
    A family's weight is ``exp(-gap / noise) / sqrt(cost)`` with `gap` its distance from the best score, `noise` the
    spread of the best trial over folds, and `cost` its mean seconds a trial; one proposal in ten explores a family by
    cost alone. Where only trials count, cost is left out, so that the clock decides nothing. Hyperparameters: Bergstra
    et al. 2011, multivariate TPE with a constant liar for running trials.
    """

    def __init__(
        self, space: Space, families: Iterable[str], *, seed: int, labels: Mapping[str, str] | None = None
    ) -> None:
        self._space = space
        self._labels = labels or {}
        self._random = random.Random(seed)
        self._families: dict[str, _Family] = {}
        self._names = [name for name in space.families if name in set(families)]
        for index, name in enumerate(space.families):
            sampler = optuna.samplers.TPESampler(
                multivariate=True, constant_liar=True, n_startup_trials=_STARTUP, seed=seed * 1009 + index
            )
            with _quiet():
                study = optuna.create_study(direction="maximize", sampler=sampler)
            self._families[name] = _Family(study, {one.name: distribution_of(one) for one in space.of(name)})

    def propose(self, state: SessionState) -> Proposal:
        """Return the next configuration and the reason for it."""
        name, reason = self._choose(state)
        family = self._families[name]
        asked = family.study.ask(family.distributions)
        family.count += 1
        config = self._space.complete({FAMILY: name, **asked.params})
        how = (
            "a random look at its settings"
            if family.ended < _STARTUP
            else f"settings near its good trials, away from its bad ones ({family.ended} seen)"
        )
        return Proposal(config, f"{reason}; {how}.", (name, asked.number))

    def begin(self, trial: Trial, proposal: Proposal | None = None) -> None:
        """Register a trial as running, so that it repels further proposals."""
        family = self._families[trial.family]
        if proposal is not None:
            family.numbers[trial.number] = proposal.token[1]
            return
        family.study.add_trial(
            optuna.trial.create_trial(
                params=_params(trial), distributions=family.distributions, state=optuna.trial.TrialState.RUNNING
            )
        )
        family.numbers[trial.number] = family.count
        family.count += 1

    def end(self, trial: Trial) -> None:
        """Tell how a trial ended; a stopped one counts with the mean of the folds it did."""
        family = self._families[trial.family]
        number = family.numbers.pop(trial.number, None)
        if number is None:
            return
        family.ended += 1
        family.seconds += trial.seconds
        if trial.score is None or trial.state is TrialState.FAILED:
            family.failed += trial.state is TrialState.FAILED
            family.study.tell(number, state=optuna.trial.TrialState.FAIL)
            return
        if trial.state is TrialState.COMPLETE:
            family.best = trial.score if family.best is None else max(family.best, trial.score)
        family.study.tell(number, trial.score)

    def _choose(self, state: SessionState) -> tuple[str, str]:
        able = [name for name in self._names if self._families[name].able] or self._names
        if self._random.random() < _EXPLORE:
            name = self._draw(able, [1 / math.sqrt(self._cost(name, state.timed)) for name in able])
            return name, f"One proposal in ten looks beyond the leaders: {self._labels.get(name, name)}"
        weights = self._weights(state, able)
        name = self._draw(able, weights)
        label = self._labels.get(name, name)
        if self._families[name].best is None:
            return name, f"{label} has no score yet"
        share = 100 * weights[able.index(name)] / sum(weights)
        return name, f"{label}, drawn with {share:.0f} % by what it promises{' for its cost' if state.timed else ''}"

    def _weights(self, state: SessionState, names: list[str]) -> list[float]:
        """Weigh families by promise per cost; one without a score counts as level with the best."""
        scores = [best for name in names if (best := self._families[name].best) is not None]
        top = max(scores, default=0.0)
        leader = state.best_trial
        noise = leader.std if leader is not None and leader.std else max(abs(top) * 0.01, 1e-12)
        weights = []
        for name in names:
            own = self._families[name].best
            gap = 0.0 if own is None else top - own
            weights.append(math.exp(-min(gap / noise, 50.0)) / math.sqrt(self._cost(name, state.timed)))
        return weights

    def _cost(self, name: str, timed: bool) -> float:
        family = self._families[name]
        if not timed:
            return 1.0
        return max(family.seconds / family.ended, 0.05) if family.ended else 1.0

    def _draw(self, names: list[str], weights: list[float]) -> str:
        return self._random.choices(names, weights)[0]


def distribution_of(parameter: Parameter) -> BaseDistribution:
    """Return Optuna's distribution for a hyperparameter."""
    match parameter:
        case Float():
            return FloatDistribution(parameter.low, parameter.high, log=parameter.log)
        case Int():
            return IntDistribution(parameter.low, parameter.high, log=parameter.log)
        case Categorical():
            return CategoricalDistribution(parameter.choices)


def study_of(state: SessionState, space: Space, name: str) -> optuna.Study:
    """Return the record as one Optuna study over the conditional space.

    Parameters
    ----------
    state
        The session's state; trials that run or wait are left out.
    space
        Today's search space; trials outside it are left out.
    name
        Name of the study.

    Returns
    -------
    optuna.Study
        In memory, direction maximize; each trial carries its number here as the user attribute ``number``.
    """
    with _quiet():
        study = optuna.create_study(direction="maximize", study_name=name)
    families = CategoricalDistribution(space.families)
    for trial in state.trials:
        if trial.state in _STATES and trial.config in space:
            distributions = {FAMILY: families, **{one.name: distribution_of(one) for one in space.of(trial.family)}}
            study.add_trial(_frozen(trial, distributions))
    return study


def _params(trial: Trial) -> dict[str, Any]:
    return {name: value for name, value in trial.config.items() if name != FAMILY}


def _frozen(trial: Trial, distributions: dict[str, BaseDistribution]) -> optuna.trial.FrozenTrial:
    state = _STATES[trial.state]
    scored = trial.score is not None and state is not optuna.trial.TrialState.FAIL
    return optuna.trial.create_trial(
        state=state,
        value=trial.score if scored else None,
        params={name: value for name, value in trial.config.items() if name in distributions},
        distributions=distributions,
        intermediate_values={len(trial.folds): trial.score} if scored and trial.score is not None else {},
        user_attrs={"number": trial.number, "author": str(trial.author), "why": trial.why},
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna from announcing each study, without touching the person's own log level for good."""
    logger = logging.getLogger("optuna")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
