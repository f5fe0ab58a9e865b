"""Samples from the posterior over utilities: annealed importance sampling with elliptical slice moves.

All latents are standard normal a priori, as elliptical slice sampling (Murray, Adams & MacKay 2010) requires;
it has no step size to tune. The likelihood is tempered (sequential Monte Carlo: Del Moral, Doucet & Jasra
2006), so several explanations of the same answers survive. All samples move at once, as columns of one array.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hitl_widget.preference.prior import Draws

__all__ = ["posterior"]

Floats = NDArray[np.float64]
Score = Callable[[Floats], Floats]

FRESH = 1024
KEPT = 256
MOVES = 2
MOVES_AT_LAST = 5
SHRINKS = 6
# A latent takes part in a move if a standard normal draw is below this: about one in six, so moves are long.
MOVED = -1.0
EFFECTIVE = 0.3


def posterior(score: Score, draws: Draws) -> Floats:
    """Return latents drawn from the posterior, shape (latents, `KEPT`).

    Parameters
    ----------
    score
        Log likelihood of latents, shape (latents, n) -> (n,).
    draws
        The random numbers; the same numbers give the same samples.
    """
    latents = draws.normals(FRESH)
    logs = score(latents)
    heat = 0.0
    while True:
        step = _step(logs, 1.0 - heat, KEPT)
        chosen = _resampled(step * logs, KEPT, draws)
        latents, logs = latents[:, chosen], logs[chosen]
        heat += step
        last = heat >= 1.0
        for _ in range(MOVES_AT_LAST if last else MOVES):
            latents, logs = _moved(latents, logs, heat, score, draws)
        if last:
            return latents


def _step(logs: Floats, rest: float, kept: int) -> float:
    """Return the largest tempering step that keeps the effective sample size."""
    enough = EFFECTIVE * kept

    def effective(step: float) -> float:
        weights = np.exp(step * (logs - logs.max()))
        return float(weights.sum() ** 2 / (weights**2).sum())

    if effective(rest) >= enough:
        return rest
    low, high = 0.0, rest
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= enough else (low, middle)
    return max(low, 1e-3 * rest)


def _resampled(logs: Floats, count: int, draws: Draws) -> NDArray[np.intp]:
    """Return `count` indices in proportion to the weights (systematic resampling)."""
    weights = np.exp(logs - logs.max())
    ladder = np.cumsum(weights) / weights.sum()
    places = (np.arange(count) + draws.common.random()) / count
    return np.minimum(np.searchsorted(ladder, places), len(logs) - 1)


def _moved(latents: Floats, logs: Floats, heat: float, score: Score, draws: Draws) -> tuple[Floats, Floats]:
    """Move a random subset of each column's latents along an ellipse, to a point on its slice."""
    count = int(latents.shape[1])
    other = draws.normals(count)
    part = draws.normals(count) < MOVED
    bar = heat * logs + np.log(draws.common.random(count))
    angle: Floats = draws.common.random(count) * 2 * np.pi
    low, high = angle - 2 * np.pi, angle.copy()
    latents, logs = latents.copy(), logs.copy()
    open_ = np.arange(count)
    for _ in range(SHRINKS):
        turn = angle[open_]
        here = latents[:, open_]
        tried = np.where(part[:, open_], here * np.cos(turn) + other[:, open_] * np.sin(turn), here)
        found = score(tried)
        inside = heat * found > bar[open_]
        done = open_[inside]
        latents[:, done], logs[done] = tried[:, inside], found[inside]
        open_ = open_[~inside]
        if not len(open_):
            break
        missed = angle[open_]
        low[open_] = np.where(missed < 0, missed, low[open_])
        high[open_] = np.where(missed >= 0, missed, high[open_])
        angle[open_] = low[open_] + draws.common.random(len(open_)) * (high[open_] - low[open_])
    return latents, logs
