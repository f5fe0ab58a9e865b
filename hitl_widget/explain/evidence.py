"""The trials of one family as numbers: one column for each hyperparameter that was ever varied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from hitl_widget.domain.figures import name_in_words, value_in_words
from hitl_widget.domain.space import Categorical, Config, Int, Parameter, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState

__all__ = [
    "LEAST_TRIALS",
    "SCORED",
    "Axis",
    "Evidence",
    "axes_of",
    "behind_complete",
    "evidence_of",
    "fold_effects",
    "score_of",
]

Matrix: TypeAlias = npt.NDArray[np.float64]

LEAST_TRIALS = 12
"""Fewer trials with a score say nothing about hyperparameters."""

SCORED = (TrialState.COMPLETE, TrialState.STOPPED)
_FOR_FOLDS = 400


@dataclass(frozen=True, slots=True)
class Axis:
    """One hyperparameter as a column.

    Parameters
    ----------
    parameter
        The hyperparameter, as it is today.
    levels
        Its choices and whatever else was tried; empty for numbers.
    low, high
        Ends of the column for numbers: today's range, the default, and every value that was tried.
    log
        True for a logarithmic scale.
    """

    parameter: Parameter
    levels: tuple[Value, ...]
    low: float = 0.0
    high: float = 1.0
    log: bool = False

    @property
    def name(self) -> str:
        """Its name in configurations."""
        return self.parameter.name

    @property
    def label(self) -> str:
        """Its name in plain words."""
        return name_in_words(self.parameter)

    @property
    def whole(self) -> bool:
        """True if all values are whole numbers."""
        return isinstance(self.parameter, Int)

    def place(self, value: Value) -> float:
        """Return the index of a choice, or where a number lies between the ends, from 0 to 1."""
        if self.levels:
            return float(next(i for i, one in enumerate(self.levels) if type(one) is type(value) and one == value))
        assert isinstance(value, int | float)
        return float(self._scaled(np.array([value], np.float64))[0])

    def places(self, values: Sequence[Value]) -> Matrix:
        """Return the places of many values."""
        if self.levels:
            index = {(type(one), one): float(i) for i, one in enumerate(self.levels)}
            return np.array([index[type(value), value] for value in values])
        return self._scaled(np.array(values, np.float64))

    def _scaled(self, values: Matrix) -> Matrix:
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        scaled: Matrix = ((np.log(values) if self.log else values) - low) / ((high - low) or 1.0)
        return scaled

    def value(self, place: float) -> Value:
        """Return the value at a place."""
        if self.levels:
            return self.levels[int(place)]
        if self.log:
            number = math.exp(math.log(self.low) + place * (math.log(self.high) - math.log(self.low)))
        else:
            number = self.low + place * (self.high - self.low)
        return round(number) if self.whole else float(number)

    def text(self, place: float) -> str:
        """Write the value at a place."""
        return value_in_words(self.value(place))


@dataclass(frozen=True, eq=False)
class Evidence:
    """Measured trials of one family, from all generations.

    Parameters
    ----------
    family
        Its name.
    axes
        Hyperparameters that were varied; d of them.
    fixed
        Those that never were.
    trials
        The n trials with a score that were not discarded.
    units : ndarray of shape (n, d)
        Places, as of `Axis.place`.
    scores : ndarray of shape (n,)
        Greater is better; of a trial that was stopped after some folds, as if it had been scored on all.
    failed
        Trials without a score.
    """

    family: str
    axes: tuple[Axis, ...]
    fixed: tuple[Parameter, ...]
    trials: tuple[Trial, ...]
    units: Matrix
    scores: Matrix
    failed: int

    @cached_property
    def levels(self) -> npt.NDArray[np.int64]:
        """Number of choices of each column, 0 for numbers; shape (d,)."""
        return np.array([len(one.levels) for one in self.axes], np.int64)

    @cached_property
    def complete(self) -> npt.NDArray[np.bool_]:
        """Mask of the trials that were scored on all folds, shape (n,)."""
        return np.array([one.state is TrialState.COMPLETE for one in self.trials], bool)

    @cached_property
    def floor(self) -> float:
        """Scores below this are simply bad: one and a half times as far below the quarter as the best is above it."""
        quarter, best = float(np.quantile(self.scores, 0.25)), float(self.scores.max())
        return quarter - 1.5 * (best - quarter)

    def row(self, config: Config) -> Matrix:
        """Return the places of a configuration, shape (d,)."""
        return np.array([one.place(config.get(one.name, one.parameter.default)) for one in self.axes])


def evidence_of(state: SessionState, family: str, effects: dict[int, float] | None = None) -> Evidence:
    """Return the evidence of one family.

    Parameters
    ----------
    state
        The session. Every scored trial of the family on today's columns that was not discarded counts, wherever today's
        space ends.
    family
        Its name.
    effects
        As `fold_effects` gives them, where they are known already.
    """
    own = [one for one in state.trials if one.family == family and state.informs(one)]
    trials = tuple(one for one in own if one.score is not None and one.state in SCORED)
    if effects is None:
        effects = fold_effects(state)
    today = {one.name: one for one in (*state.base.of(family), *state.space.of(family))}
    defaults = {one.name: one.default for one in state.base.of(family)}
    axes, fixed, units = axes_of(tuple(today.values()), trials, defaults)
    scores = np.array([score_of(one, effects) for one in trials], np.float64)
    failed = sum(one.state is TrialState.FAILED for one in own)
    return Evidence(family, axes, fixed, trials, units, scores, failed)


def axes_of(
    parameters: Sequence[Parameter], trials: Sequence[Trial], defaults: Mapping[str, Value] | None = None
) -> tuple[tuple[Axis, ...], tuple[Parameter, ...], Matrix]:
    """Return the hyperparameters that were varied as columns, those that were not, and the places of the trials.

    Parameters
    ----------
    parameters
        The hyperparameters as they are today.
    trials
        n trials of one family.
    defaults
        Defaults that the columns span too, by name; else those of the parameters.

    Returns
    -------
    axes : tuple of Axis
        d columns.
    fixed : tuple of Parameter
    units : ndarray of shape (n, d)
    """
    axes, fixed, columns = [], [], []
    for one in parameters:
        values = [trial.config.get(one.name, one.default) for trial in trials]
        if len(set(zip(map(type, values), values, strict=True))) < 2:
            fixed.append(one)
            continue
        axis = _axis(one, values, (defaults or {}).get(one.name, one.default))
        axes.append(axis)
        columns.append(axis.places(values))
    units = np.column_stack(columns) if columns else np.zeros((len(trials), 0))
    return tuple(axes), tuple(fixed), units


def behind_complete(scores: Matrix, complete: npt.NDArray[np.bool_]) -> Matrix:
    """Return scores in which no trial that was stopped early is better than the worst complete one."""
    worst = scores[complete].min() if complete.any() else scores.min()
    found: Matrix = np.where(complete, scores, np.minimum(scores, worst))
    return found


def _axis(parameter: Parameter, values: Sequence[Value], default: Value) -> Axis:
    kinds = set(map(type, values)) | {type(default)}
    if isinstance(parameter, Categorical) or not kinds <= {int, float}:
        choices = parameter.choices if isinstance(parameter, Categorical) else ()
        return Axis(parameter, tuple({(type(one), one): one for one in (*choices, default, *values)}.values()))
    numbers = [float(one) for one in (*set(values), default) if isinstance(one, int | float)]
    low, high = min(parameter.low, *numbers), max(parameter.high, *numbers)
    return Axis(parameter, (), low, high, parameter.log and low > 0)


def fold_effects(state: SessionState) -> dict[int, float]:
    """Return by how much each fold is easier than the others, from trials that were scored on all of them."""
    complete = [one for one in state.trials if one.state is TrialState.COMPLETE and len(one.folds) > 1]
    sums: dict[int, list[float]] = {}
    for trial in complete[:: max(1, len(complete) // _FOR_FOLDS)]:
        for fold in trial.folds:
            sums.setdefault(fold.fold, []).append(fold.score - (trial.score or 0.0))
    return {fold: float(np.median(apart)) for fold, apart in sums.items()}


def score_of(trial: Trial, effects: dict[int, float]) -> float:
    """Return a trial's score; of one that was stopped, freed of how easy its folds were."""
    if trial.state is TrialState.COMPLETE or not trial.folds:
        return float(trial.score or 0.0)
    return sum(fold.score - effects.get(fold.fold, 0.0) for fold in trial.folds) / len(trial.folds)
