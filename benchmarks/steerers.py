"""Scripted people: what they know, how they steer, and Optuna, which they could use instead."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import optuna

from benchmarks.functions import Function
from hitl_widget.domain.belief import Belief, Strength
from hitl_widget.domain.space import Categorical, Config, Float, Int, Parameter, Space
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.sampler import TpeSampler
from hitl_widget.sampling.tpe import distribution_of
from tests.searches import Search


def noisy(function: Function, noise: float, seed: int) -> Callable[[Config], float]:
    """Return the score with noise of its own for each seed, the same for every rival."""
    rng = np.random.RandomState(seed + 77)
    scale = noise * function.regret(function.space.complete({"family": "f"}))
    return lambda config: function.score(config) + scale * float(rng.randn())


def ours(space: Space, score: Callable[[Config], float], seed: int) -> Search:
    """Return a search with our sampler, driven by events as the controller drives it."""
    return Search(TpeSampler(space, seed=seed), space, score, budget=100_000)


class Optuna:
    """Optuna's default study over the same space."""

    def __init__(self, score: Callable[[Config], float], seed: int) -> None:
        self.score = score
        sampler = optuna.samplers.TPESampler(seed=seed)
        self.study = optuna.create_study(direction="maximize", sampler=sampler)
        self.configs: list[dict[str, object]] = []

    def run(self, space: Space, trials: int) -> None:
        """Go on in a space, whatever it was before: the naive edit."""
        distributions = {one.name: distribution_of(one) for one in space}
        for _ in range(trials):
            trial = self.study.ask(distributions)
            config = {"family": "f", **trial.params}
            self.configs.append(config)
            self.study.tell(trial, self.score(config))


def best_within(function: Function, space: Space, configs: Sequence[Config]) -> float:
    """Return the lowest true regret among the configurations inside a space."""
    inside = space.contains()
    return min((function.regret(one) for one in configs if inside(one)), default=math.inf)


# -- what people do --------------------------------------------------------------------------------------------------


def boxed(function: Function, seed: int, *, narrow: bool) -> Space:
    """Return a part of the space, by number half as long on the scale of the search.

    Narrow: around the best configuration, off by up to a tenth of the range. Otherwise: a corner box that the best lies
    outside of in at least one hyperparameter, as when a person starts with too small ranges.
    """
    rng = np.random.RandomState(seed)
    axes = Axes(function.space, "f")
    best = axes.unit(np.array([axes.row(function.best)]))[0]
    while True:
        if narrow:
            low = np.clip(best - 0.25 + rng.uniform(-0.1, 0.1, len(best)), 0.0, 0.5)
        else:
            low = 0.5 * rng.randint(2, size=len(best))
        numeric = ~axes.categorical
        if narrow or ((best < low) | (best > low + 0.5))[numeric].any():
            break
    ends = [axes.natural(np.where(axes.categorical, best, edge)[None])[0] for edge in (low, low + 0.5)]
    changed: list[Parameter] = []
    for column, one in enumerate(axes.free):
        if isinstance(one, Categorical):
            changed.append(one)
            continue
        bounds = [float(end[column]) for end in ends]
        if isinstance(one, Int):
            changed.append(replace(one, low=round(bounds[0]), high=round(bounds[1])))
        else:
            changed.append(replace(one, low=bounds[0], high=bounds[1]))
    return Space(function.space.families, tuple(changed))


def beliefs_of(function: Function, seed: int, *, good: bool) -> tuple[Belief, ...]:
    """Return a bell on every number (σ a tenth of its range) and a likely choice on every other hyperparameter.

    Good: around the best configuration, off by a twentieth of the range to either side. Misleading: around the worst
    corner.
    """
    rng = np.random.RandomState(seed * 13 + 5)
    axes = Axes(function.space, "f")
    around = axes.unit(np.array([axes.row(function.best)]))[0] if good else worst_corner(function)
    found = []
    for column, one in enumerate(axes.free):
        if isinstance(one, Categorical):
            found.append(Belief(one.name, likely=(one.choices[int(around[column])],), strength=Strength.FAIR))
            continue
        off = 0.05 * rng.choice([-1, 1]) if good else 0.0
        centre = around[column] + (off if 0 <= around[column] + off <= 1 else -off)
        found.append(Belief(one.name, *(natural(one, centre + move) for move in (0.0, -0.1, 0.1))))
    return tuple(found)


def natural(one: Float | Int, unit: float) -> float:
    """Return a value on the scale of the search in the unit of the hyperparameter; it may lie outside the range."""
    if one.log:
        return math.exp(math.log(one.low) + unit * (math.log(one.high) - math.log(one.low)))
    return one.low + unit * (one.high - one.low)


def worst_corner(function: Function) -> np.ndarray:
    """Return the corner of the space with the lowest score, as a unit row."""
    axes = Axes(function.space, "f")
    corners = itertools.product(*(range(count) if count else (0.0, 1.0) for count in axes.choices))
    rows = (np.array(corner, float) for corner in corners)
    return min(rows, key=lambda row: function.score(axes.config(axes.natural(row[None])[0])))


def with_parameter(space: Space, parameter: Parameter) -> Space:
    """Return the space with one hyperparameter replaced."""
    return Space(space.families, tuple(parameter if one.name == parameter.name else one for one in space.parameters))


# -- figures ----------------------------------------------------------------------------------------------------------


def interval(statistic: Callable[[np.ndarray], float], seeds: int, draws: int = 500) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a statistic of seeds."""
    rng = np.random.RandomState(0)
    values = [statistic(rng.randint(seeds, size=seeds)) for _ in range(draws)]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def pooled(
    ratio: Callable[[dict[str, np.ndarray], object], float], cells: Sequence[dict[str, np.ndarray]], seeds: int
) -> tuple[float, float, float]:
    """Return the geometric mean of a ratio over settings, with its bootstrap interval over seeds."""

    def mean(at: object) -> float:
        return math.exp(statistics.fmean(math.log(max(ratio(cell, at), 1e-9)) for cell in cells))

    low, high = interval(mean, seeds)
    return mean(slice(None)), low, high


def with_noise(noise: float) -> str:
    """Return how a setting is named."""
    return f", noise {100 * noise:.0f} %" if noise else ""
