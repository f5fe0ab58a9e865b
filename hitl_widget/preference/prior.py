"""Prior over utility functions, and the samples that represent it.

A utility turns regrets r_1 … r_d (0 the best of the front, 1 its worst) into one loss:

    g_j  = (1 - s_j) r_j^γ_j + s_j step(r_j; t_j)              a monotone curve per objective
    loss = (1 - c) Σ_j w_j g_j + c max_j(w_j g_j) / max_j w_j    linear to Chebyshev

This is the augmented weighted Chebyshev scalarization (Steuer & Choo 1983) over additive value functions (UTA:
Jacquet-Lagrèze & Siskos 1982): c near 0 is a linear utility, c near 1 depends on the worst objective only, and
s_j near 1 is a threshold at t_j. No utility increases when an objective gets worse.

Each parameter is a fixed function of a standard normal *latent*. The posterior sampler moves the latents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.preference import Axis, Goals

__all__ = ["COMMON", "PER_AXIS", "Draws", "Prior", "UtilitySamples", "hats"]

Floats = NDArray[np.float64]

# Latents per objective: weight, curvature, share and place of a step. Common latents: the mix of linear and Chebyshev,
# the steepness of the answers, the width of "about equal", the rate of slips.
PER_AXIS, COMMON = 4, 4
KNOTS = np.array([0, 0.01, 0.03, 0.07, 0.13, 0.2, 0.27, 0.34, 0.42, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
STEP_WIDTH = 0.04
# Spread of the log weights: 1.28 matches a uniform draw from the simplex; stronger goals narrow it.
SPREAD = 1.28
SPREAD_OF_GOALS = {Strength.HINT: 0.9, Strength.FAIR: 0.6, Strength.STRONG: 0.35}
# Goals have heavy tails (sinh(0.7 z) / 0.7 for z), so that answers can overrule a goal that is far off.
TAIL = 0.7
LEAST_GOAL = 0.02


def _sigmoid(x: Floats) -> Floats:
    return 0.5 + 0.5 * np.tanh(0.5 * x)


class Draws:
    """Random numbers that do not depend on the order of the objectives: each name has its own stream."""

    def __init__(self, axes: Sequence[Axis], seed: int) -> None:
        self._own = [np.random.default_rng([seed, crc32(axis.name.encode())]) for axis in axes]
        self.common = np.random.default_rng(seed)

    def normals(self, count: int) -> Floats:
        """Draw latents, shape (4 x objectives + 4, count)."""
        blocks = [stream.standard_normal((PER_AXIS, count)) for stream in self._own]
        return np.concatenate([*blocks, self.common.standard_normal((COMMON, count))])


@dataclass(frozen=True)
class Prior:
    """Prior over the log weights of the objectives.

    Parameters
    ----------
    centre, spread
        Shape (objectives,).
    goals
        Shape (objectives,): which objectives have a goal.
    """

    centre: Floats
    spread: Floats
    goals: NDArray[np.bool_]

    @classmethod
    def of(cls, axes: Sequence[Axis], goals: Goals) -> Prior:
        """Return the prior that the goals state; without goals it is uniform over weightings."""
        named = {axis.name: goals.weights[axis.name] for axis in axes if axis.name in goals.weights}
        mean = sum(named.values()) / len(named) if named else 0.0
        if mean <= 0:
            return cls(np.zeros(len(axes)), np.full(len(axes), SPREAD), np.zeros(len(axes), dtype=bool))
        shares = np.array([max(named.get(axis.name, mean) / mean, LEAST_GOAL) for axis in axes])
        sure = SPREAD_OF_GOALS[goals.strength]
        goals_set = np.array([axis.name in named for axis in axes])
        return cls(np.log(shares), np.where(goals_set, sure, SPREAD), goals_set)

    def log_weights(self, latents: Floats) -> Floats:
        """Return log weights, shape (objectives, samples), from latents of that shape."""
        tailed = np.where(self.goals[:, None], np.sinh(TAIL * latents) / TAIL, latents)
        found: Floats = self.centre[:, None] + self.spread[:, None] * tailed
        return found


@dataclass(frozen=True)
class UtilitySamples:
    """Samples of utility functions, stored as arrays.

    Parameters
    ----------
    weights
        Shape (objectives, samples), summing to 1 over the objectives.
    curves
        Shape (objectives, knots, samples): the curves at `KNOTS`, from 0 to 1.
    worst
        Shape (samples,): share c of the Chebyshev part.
    decided
        Shape (samples,): steepness of the answers, per unit of loss.
    tie
        Shape (samples,): losses closer than this are a tie.
    slip
        Shape (samples,): share of answers that are slips.
    """

    weights: Floats
    curves: Floats
    worst: Floats
    decided: Floats
    tie: Floats
    slip: Floats

    @classmethod
    def of(cls, latents: Floats, prior: Prior) -> UtilitySamples:
        """Convert latents to samples, shape (4 x objectives + 4, samples)."""
        size = len(prior.centre)
        own = latents[: PER_AXIS * size].reshape(size, PER_AXIS, -1)
        log_weights = prior.log_weights(own[:, 0])
        weights = np.exp(log_weights - log_weights.max(axis=0))
        mix, decided, tie, slip = latents[PER_AXIS * size :]
        return cls(
            weights / weights.sum(axis=0),
            _curves(np.exp(0.5 * own[:, 1]), _sigmoid(2.0 * own[:, 2] - 2.0), _sigmoid(1.7 * own[:, 3])),
            _sigmoid(3.0 * mix - 1.0),
            np.exp(np.log(30.0) + 0.8 * decided),
            np.exp(np.log(0.015) + 0.8 * tie),
            0.6 * _sigmoid(1.2 * slip - 1.4),
        )

    def loss(self, bases: Floats) -> Floats:
        """Return the losses of points, shape (points, samples), from their `hats`."""
        total: Floats = bases[0] @ (self.curves[0] * self.weights[0])
        weakest = total.copy()
        for base, curve, weight in zip(bases[1:], self.curves[1:], self.weights[1:], strict=True):
            term = base @ (curve * weight)
            total += term
            np.maximum(weakest, term, out=weakest)
        total *= 1.0 - self.worst
        weakest *= self.worst / self.weights.max(axis=0)
        total += weakest
        return total

    def take(self, which: NDArray[np.intp]) -> UtilitySamples:
        """Return a subset of the samples."""
        return UtilitySamples(
            self.weights[:, which],
            self.curves[..., which],
            self.worst[which],
            self.decided[which],
            self.tie[which],
            self.slip[which],
        )


def _curves(power: Floats, share: Floats, place: Floats) -> Floats:
    """Return curves at the knots, shape (objectives, knots, samples), from arrays of shape (objectives, samples)."""
    logs = np.log(np.maximum(KNOTS, 1e-12))[None, :, None]
    bend = np.exp(power[:, None, :] * logs)
    step = _sigmoid((KNOTS[None, :, None] - place[:, None, :]) / STEP_WIDTH)
    low, high = step[:, :1], step[:, -1:]
    step = (step - low) / (high - low)
    found: Floats = bend + share[:, None, :] * (step - bend)
    return found


def hats(regrets: Floats) -> Floats:
    """Return the weights of the knots for regrets, shape (objectives, points, knots).

    The value of a curve is the product of a row with the curve at the knots: linear between knots, and beyond the first
    and the last knot with the slope of the nearest segment, so the utility stays monotone beyond the best value.

    Parameters
    ----------
    regrets
        Shape (points, objectives), without NaN.
    """
    points = np.ascontiguousarray(regrets.T)
    right = np.clip(np.searchsorted(KNOTS, points, side="right"), 1, len(KNOTS) - 1)
    part = (points - KNOTS[right - 1]) / (KNOTS[right] - KNOTS[right - 1])
    bases = np.zeros((*points.shape, len(KNOTS)))
    np.put_along_axis(bases, right[..., None], part[..., None], axis=-1)
    np.put_along_axis(bases, right[..., None] - 1, 1.0 - part[..., None], axis=-1)
    return bases
