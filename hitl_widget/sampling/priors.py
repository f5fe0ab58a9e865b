"""Beliefs as priors: their densities, draws and weights (πBO)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_widget.domain.belief import Belief, Strength
from hitl_widget.sampling.axes import Axes, Matrix

__all__ = ["Prior", "outdone", "weight_of"]

Flags = npt.NDArray[np.bool_]

FLOOR = 0.1
"""Share of the uniform density in each belief: it leads, and never forbids."""
INSIDE = 2.0
"""Standard deviations from the center that count as inside the bell."""
_NARROWEST = 0.005
LED = {Strength.HINT: 0.35, Strength.FAIR: 0.6, Strength.STRONG: 0.8}
"""Share of the first looks that are drawn from a belief."""
_TRIALS = {Strength.HINT: 4.0, Strength.FAIR: 8.0, Strength.STRONG: 16.0}


def weight_of(belief: Belief, trials: int) -> float:
    """Return the exponent of a belief after so many trials of the search since it was stated.

    ``1 / (1 + (n / t)^2)`` with t = 4, 8 or 16 trials for a hint, a fair and a strong belief: whole at first, half
    after t trials, and falling with the square afterwards, so that a wrong belief is outlived (πBO, Hvarfner et al.
    2022, decays as 1/n; DynaBO, arXiv 2511.02570, as 1/n²).
    """
    return 1.0 / (1.0 + (trials / _TRIALS[belief.strength]) ** 2)


@dataclass(frozen=True, slots=True)
class Bell:
    """A belief about one column, on its unit scale."""

    belief: Belief
    column: int
    centre: float
    spread: float
    likely: tuple[int, ...]
    choices: int

    def log_density(self, values: Matrix) -> Matrix:
        """Return the logarithm of the density relative to its peak: 0 there, never below the floor."""
        if self.choices:
            even = FLOOR / self.choices
            peak = even + (1 - FLOOR) / len(self.likely)
            ratio: Matrix = np.where(np.isin(values, self.likely), 0.0, math.log(even / peak))
            return ratio
        peak = 1 / (self.spread * math.sqrt(2 * math.pi) * self._mass())
        bell = np.exp(-0.5 * np.square((values - self.centre) / self.spread))
        found: Matrix = np.log(((1 - FLOOR) * peak * bell + FLOOR) / ((1 - FLOOR) * peak + FLOOR))
        return found

    def _mass(self) -> float:
        """Return how much of the bell lies in the range."""
        below, above = (math.erf((end - self.centre) / self.spread / math.sqrt(2)) for end in (0.0, 1.0))
        return max(0.5 * (above - below), 1e-3)

    def draw(self, rng: np.random.RandomState, count: int, scale: float) -> Matrix:
        """Draw values; a draw beyond the range is drawn again, and at last put at its end."""
        if self.choices:
            picked: Matrix = rng.choice(np.array(self.likely, float), size=count)
            return picked
        values = self.centre + scale * self.spread * rng.standard_normal((4, count))
        fits = (values >= 0) & (values <= 1)
        drawn: Matrix = np.clip(values[fits.argmax(axis=0), np.arange(count)], 0.0, 1.0)
        return drawn

    def draw_outside(self, rng: np.random.RandomState, count: int) -> Matrix:
        """Draw values evenly from outside the belief, which is never empty."""
        if self.choices:
            others = [place for place in range(self.choices) if place not in self.likely]
            picked: Matrix = rng.choice(np.array(others, float), size=count)
            return picked
        low = min(max(self.centre - INSIDE * self.spread, 0.0), 1.0)
        left = low + max(1.0 - (self.centre + INSIDE * self.spread), 0.0)
        values = rng.rand(count) * left
        return np.where(values < low, values, values - left + 1.0)

    def inside(self, values: Matrix) -> Flags:
        """Return which values lie inside the belief."""
        if self.choices:
            return np.isin(values, self.likely)
        return np.abs(values - self.centre) <= INSIDE * self.spread


class Prior:
    """The joint prior of the beliefs about one family; several multiply.

    Parameters
    ----------
    axes
        The columns; beliefs about anything else are left aside.
    beliefs
        What the person believes.
    """

    def __init__(self, axes: Axes, beliefs: Sequence[Belief]) -> None:
        self.axes = axes
        found = [_bell(axes, belief) for belief in beliefs if belief.about in axes.names]
        self.bells = [bell for bell in found if bell is not None]

    def __bool__(self) -> bool:
        return bool(self.bells)

    def only(self, bells: list[Bell]) -> Prior:
        """Return the prior of some of the beliefs."""
        part = Prior(self.axes, ())
        part.bells = bells
        return part

    @property
    def main(self) -> str:
        """The hyperparameter of the first belief."""
        return self.bells[0].belief.about

    @property
    def words(self) -> str:
        """The hyperparameters of the beliefs, in words."""
        labels = [self.axes.free[bell.column].label or bell.belief.about.split(".", 1)[-1] for bell in self.bells]
        return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"

    def log_density(self, units: Matrix, weights: Sequence[float]) -> Matrix:
        """Return the weighted sum of the log densities at unit rows, shape (n,); at most 0."""
        total = np.zeros(len(units))
        for bell, weight in zip(self.bells, weights, strict=True):
            total += weight * bell.log_density(units[:, bell.column])
        return total

    def draw(self, rng: np.random.RandomState, base: Matrix, scale: float = 1.0) -> Matrix:
        """Return unit rows with the believed columns drawn from the beliefs."""
        drawn = base.copy()
        for bell in self.bells:
            drawn[:, bell.column] = bell.draw(rng, len(base), scale)
        return drawn

    def centre(self, base: Matrix) -> Matrix:
        """Return unit rows with the believed columns at their likeliest value; a choice that is likely stays."""
        moved = base.copy()
        for bell in self.bells:
            if not bell.choices:
                moved[:, bell.column] = min(max(bell.centre, 0.0), 1.0)
            else:
                moved[:, bell.column] = np.where(
                    bell.inside(base[:, bell.column]), base[:, bell.column], float(bell.likely[0])
                )
        return moved

    def inside(self, units: Matrix) -> Flags:
        """Return which unit rows lie inside all beliefs."""
        flags = np.ones(len(units), bool)
        for bell in self.bells:
            flags &= bell.inside(units[:, bell.column])
        return flags


def _bell(axes: Axes, belief: Belief) -> Bell | None:
    """Return a belief on the unit scale of its column; None when nothing of it is left in today's range."""
    column = axes.names.index(belief.about)
    count = int(axes.choices[column])
    if count:
        places = axes.places(column, belief.likely)
        return Bell(belief, column, 0.0, 0.0, places, count) if 0 < len(places) < count else None
    if belief.around is None:
        return None
    centre = axes.unit_of(column, belief.around)
    ends = [axes.unit_of(column, end) for end in (belief.low, belief.high) if end is not None and end != belief.around]
    sides = [abs(end - centre) for end in ends if math.isfinite(end)]
    spread = max(sum(sides) / len(sides) if sides else 0.1, _NARROWEST)
    if not -INSIDE * spread <= centre <= 1 + INSIDE * spread:
        return None
    return Bell(belief, column, centre, spread, (), 0)


def outdone(inside: Flags, scores: Matrix) -> float:
    """Return the remaining weight of a belief given the evidence: 1 while it keeps up, 0 when it is outdone.

    The square of twice the one-sided p of Mann and Whitney's rank sum (at most 1) of the trials inside against those
    outside. A bell whose center is the worst of six trials keeps 2% of its weight, one whose center is among the
    better half keeps all of it.
    """
    n, m = int(inside.sum()), int((~inside).sum())
    if not n or not m:
        return 1.0
    wins = (scores[inside][:, None] > scores[~inside]).sum() + 0.5 * (scores[inside][:, None] == scores[~inside]).sum()
    z = (float(wins) - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return min(1.0, math.erfc(-z / math.sqrt(2))) ** 2
