"""Simulated people: a hidden utility over objective values, and answers to pairs by it.

A person sees every objective from 0, the worst on the Pareto front, to 1, the best (logarithms where the objective is
logarithmic), and has weights from a uniform draw of the simplex:

* linear: the weighted sum
* Chebyshev: minus the greatest weighted shortfall
* threshold: seven tenths for passing limits in one to d - 1 objectives, each between 0.2 and 0.8; the rest linear
* product: the weighted geometric mean (Cobb–Douglas), which our model cannot represent
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.fronts import Candidates
from hitl_widget.domain.preference import Judgement
from hitl_widget.preference.front import pareto_front

KINDS = ("linear", "chebyshev", "threshold", "product")
# What is perceived of a difference, and which difference is about equal, as shares of the utility's range on the front.
BLUR, TIE = 0.02, 0.02


@dataclass
class Person:
    """A hidden utility of all candidates, from 0, the worst of the front, to 1, the best."""

    utility: np.ndarray
    front: np.ndarray
    rng: np.random.Generator
    wrong: float = 0.0

    @classmethod
    def of(cls, kind: str, candidates: Candidates, seed: int, wrong: float = 0.0) -> Person:
        front = pareto_front(candidates.values, candidates.axes)
        found = utility_of(kind, cls.seen(candidates), np.random.default_rng([99, KINDS.index(kind), seed]))
        low, high = found[front].min(), found[front].max()
        return cls((found - low) / (high - low), front, np.random.default_rng([98, KINDS.index(kind), seed]), wrong)

    @staticmethod
    def seen(candidates: Candidates) -> np.ndarray:
        """Return all candidates as a person sees them: 0 the worst of the front, 1 the best, in each objective."""
        values, axes = candidates.values, candidates.axes
        log = np.array([axis.log for axis in axes])
        plain = np.where(log, np.log(np.where(log, values, 1.0)), values) * np.array([axis.sign for axis in axes])
        front = plain[pareto_front(values, axes)]
        low, high = front.min(axis=0), front.max(axis=0)
        return (plain - low) / np.where(high > low, high - low, 1.0)

    def answer(self, first: int, second: int) -> Judgement:
        """Return the better one; with probability `wrong` the opposite, or either if they are about equal."""
        apart = self.utility[first] - self.utility[second] + BLUR * self.rng.standard_normal()
        slips, coin = self.rng.random() < self.wrong, self.rng.random() < 0.5
        if abs(apart) < TIE:
            return (Judgement.A if coin else Judgement.B) if slips else Judgement.EQUAL
        return Judgement.A if (apart > 0) != slips else Judgement.B

    def share(self, chosen: int | None) -> float:
        """True utility of a candidate: 1 for the best of the front, 0 for the mean of the front (a random pick)."""
        zero = float(self.utility[self.front].mean())
        return float((0.0 if chosen is None else self.utility[chosen]) - zero) / (1.0 - zero)


def utility_of(kind: str, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the utility of what is seen, shape (rows, objectives); the same `rng` draws the same person."""
    size = x.shape[1]
    weights = rng.dirichlet(np.ones(size))
    if kind == "linear":
        return x @ weights
    if kind == "chebyshev":
        return -np.max(weights * (1.0 - x), axis=1)
    if kind == "product":
        return np.exp(np.log(np.maximum(x, 0.0) + 0.05) @ weights)
    limited = rng.permutation(size)[: rng.integers(1, max(2, size))]
    limits = rng.uniform(0.2, 0.8, size)
    return 0.3 * (x @ weights) + 0.7 * np.mean(x[:, limited] >= limits[limited], axis=1)
