"""Predicted scores of untried configurations: a curve for each hyperparameter, a surface for some pairs."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hitl_widget.learners.fitting import one_thread

__all__ = ["Surrogate", "spread_weights"]

Matrix: TypeAlias = npt.NDArray[np.float64]

PAIRS = 6
_KNOTS, _LENGTH = 9, 0.25
_PAIR_KNOTS, _PAIR_LENGTH = 4, 0.5
_STEPS = 15
_LEAST = 0.05
_POINTS = 600
_WIDE = 100.0


class Surrogate:
    """An additive Gaussian model with interactions.

    The score is a constant, plus a smooth curve of each hyperparameter, plus smooth surfaces of the few pairs that
    explain most of what the curves leave over, plus noise. Curves and surfaces are zero on average over the space, so
    that a curve *is* the effect of its hyperparameter when all others are drawn evenly. How much each may move, and the
    noise, are those under which the scores are most probable.

    Parameters
    ----------
    levels
        Number of choices of each column, 0 for numbers; shape (d,).

    Notes
    -----
    Why not the engine's Gaussian process: it keeps the 150 trials that matter to the next proposal, most of them good,
    bends the scores, and its effects would have to be drawn. This one sees all trials, takes less than 100 ms for
    5,000, gives effects, interactions and their uncertainty in closed form, and goes back to "not known" where nobody
    looked. What it cannot show is an interaction of three. What it misses, measured on trials as if each had been left
    out and evenly over the space, widens every interval. Curves are Gaussian processes on nine knots (four by four for
    pairs), that is, linear in their values there, so that the model is one Bayesian linear regression (MacKay 1992:
    scales by fixed-point steps on the evidence; functional ANOVA: Hooker 2007).

    The search sampled the good regions more. A regression holds the other hyperparameters equal, which averages over
    trials do not; and each trial weighs as the root of the share of the space that lies nearest to it, so that a crowd
    around the best does not outvote the few elsewhere.
    """

    def __init__(self, levels: npt.NDArray[np.int64]) -> None:
        self._levels = levels
        self._main = [_Basis(int(one), _KNOTS, _LENGTH) for one in levels]
        self._coarse = [_Basis(int(one), _PAIR_KNOTS, _PAIR_LENGTH) for one in levels]
        self.pairs: tuple[tuple[int, int], ...] = ()

    def fit(self, units: Matrix, scores: Matrix, weights: Matrix | None = None) -> Surrogate:
        """Take up evidence.

        Parameters
        ----------
        units
            Places, shape (n, d): 0 to 1 for numbers, the index of a choice.
        scores
            Shape (n,), greater is better.
        weights
            Shape (n,), as `spread_weights` gives them; default all alike.
        """
        with one_thread():  # small matrices: threads would wait for each other
            return self._fit(units, scores, np.ones(len(scores)) if weights is None else weights / weights.mean())

    def _fit(self, units: Matrix, scores: Matrix, w: Matrix) -> Surrogate:
        self._centre, self._scale = float(np.average(scores, weights=w)), float(scores.std()) or 1.0
        y = (scores - self._centre) / self._scale
        main = self._features(units)
        self._solve(main, y, w)
        if len(self._levels) > 1 and len(y) >= 20:
            left = y - main @ self._coef
            self.pairs = self._screened(units, left, w)
            main = self._features(units)
            self._solve(main, y, w)
        self._misfit = self._missed(main, y, w)
        return self

    def _missed(self, X: Matrix, y: Matrix, w: Matrix) -> float:
        """Return the variance that curves and surfaces miss of trials that they were not fitted to, over the space."""
        some = slice(None, None, max(1, len(y) // 1000))
        X, y, w = X[some], y[some], w[some]
        pull = np.minimum(w * np.einsum("ij,ij->i", X @ self._cover, X) / self._noise, 0.9)
        left = (y - X @ self._coef) / (1 - pull)
        return max(0.0, float(np.average(np.square(left), weights=np.square(w))) - self._noise)

    def _features(self, units: Matrix) -> Matrix:
        parts = [np.ones((len(units), 1)), *(one(units[:, j]) for j, one in enumerate(self._main))]
        coarse = {j: self._coarse[j](units[:, j]) for j in {j for pair in self.pairs for j in pair}}
        parts += [_product(coarse[j], coarse[k]) for j, k in self.pairs]
        sizes = [part.shape[1] for part in parts]
        self._place = np.repeat(np.arange(len(sizes)), sizes)
        return np.concatenate(parts, axis=1)

    def _screened(self, units: Matrix, left: Matrix, w: Matrix) -> tuple[tuple[int, int], ...]:
        """Return the pairs whose products go best with what the curves leave over, computed on at most 1,500 trials."""
        some = slice(None, None, max(1, len(left) // 1500))
        coarse = [one(units[some, j]) for j, one in enumerate(self._coarse)]
        left, w = left[some], w[some]
        found = []
        for j, k in combinations(range(len(coarse)), 2):
            z = _product(coarse[j], coarse[k])
            z = z - np.average(z, axis=0, weights=w)
            power = np.square((z * (w * left)[:, None]).sum(axis=0)).sum()
            found.append((power / max(float((np.square(z) * w[:, None]).sum()), 1e-9), (j, k)))
        found.sort(reverse=True)
        return tuple(sorted(pair for _, pair in found[:PAIRS]))

    def _solve(self, X: Matrix, y: Matrix, w: Matrix) -> None:
        """Find scales, noise and coefficients by fixed-point steps on the evidence."""
        gram, right, n = (X * w[:, None]).T @ X, X.T @ (w * y), float(w.sum()) ** 2 / float(np.square(w).sum())
        shrink = n / len(y)
        gram, right, total = gram * shrink, right * shrink, float((w * y * y).sum()) * shrink
        groups = int(self._place.max()) + 1
        sizes = np.bincount(self._place, minlength=groups)
        scales = np.r_[_WIDE, np.full(groups - 1, 0.3)]
        noise = 0.5
        for _ in range(_STEPS):
            precision = gram / noise
            precision.flat[:: len(gram) + 1] += 1 / scales[self._place]
            cover = np.linalg.inv(precision)
            coef = cover @ right / noise
            known = sizes - np.bincount(self._place, np.diag(cover), groups) / scales
            power = np.bincount(self._place, np.square(coef), groups)
            scales = np.maximum(power / np.maximum(known, 0.05), _LEAST**2)
            scales[0] = _WIDE
            error = total - 2 * float(coef @ right) + float(coef @ gram @ coef)
            noise = max(error, 1e-6 * n) / max(n - float(known.sum()), 0.1 * n)
        self._coef, self._cover, self._noise = coef, cover, noise

    @property
    def noise(self) -> float:
        """Standard deviation of a score around the mean of its configuration."""
        return math.sqrt(self._noise) * self._scale

    def predict(self, units: Matrix) -> tuple[Matrix, Matrix]:
        """Return mean and standard deviation of what configurations score without noise, each of shape (m,)."""
        return self._read(self._features(units), self._misfit)

    def _read(self, X: Matrix, misfit: float) -> tuple[Matrix, Matrix]:
        spread = np.sqrt(np.maximum(np.einsum("ij,ij->i", X @ self._cover, X), 0.0) + misfit)
        return self._centre + self._scale * (X @ self._coef), self._scale * spread

    def effect(self, column: int, places: Matrix) -> tuple[Matrix, Matrix]:
        """Return the score at positions of one column, averaged over the others, and its standard deviation.

        The misfit of the model counts half: half of it is assumed to cancel out.
        """
        X = np.zeros((len(places), len(self._coef)))
        X[:, 0] = 1.0
        X[:, self._place == column + 1] = self._main[column](places)
        return self._read(X, self._misfit / 4)

    def between(self, column: int, one: float, other: float) -> tuple[float, float]:
        """Return by how much the effect at one place exceeds that at another, and its standard deviation."""
        apart = np.diff(self._main[column](np.array([other, one])), axis=0)[0]
        mine = self._place == column + 1
        variance = float(apart @ self._cover[np.ix_(mine, mine)] @ apart)
        return self._scale * float(apart @ self._coef[mine]), self._scale * math.sqrt(
            max(variance, 0.0) + self._misfit / 2
        )

    def lead(self, one: Matrix, other: Matrix) -> tuple[float, float]:
        """Return by how much a configuration would score better than another, and its standard deviation."""
        X = self._features(np.vstack([one, other]))
        apart = X[0] - X[1]
        variance = max(float(apart @ self._cover @ apart), 0.0) + (2 * self._misfit if apart.any() else 0.0)
        return self._scale * float(apart @ self._coef), self._scale * math.sqrt(variance)

    def variances(self) -> tuple[Matrix, dict[tuple[int, int], tuple[float, bool]]]:
        """Return how much the score varies by each column alone, shape (d,), and by each pair beyond that.

        A pair's second value says whether it is more than noise would make: its coefficients are further from zero than
        three deviations of chance.
        """
        grids = [one.grid for one in self._main]
        alone = [
            float(np.var(b(g) @ self._coef[self._place == j + 1]))
            for j, (b, g) in enumerate(zip(self._main, grids, strict=True))
        ]
        both = {}
        for place, (j, k) in enumerate(self.pairs, len(self._main) + 1):
            mine = self._place == place
            surface = self.surface(j, k, grids[j], grids[k])[0]
            coef, cover = self._coef[mine], self._cover[np.ix_(mine, mine)]
            far = float(coef @ np.linalg.solve(cover + 1e-9 * np.eye(len(coef)), coef))
            sure = far > len(coef) + 3 * math.sqrt(2 * len(coef))
            both[j, k] = float(np.var(surface)), sure
        return self._scale**2 * np.array(alone), {pair: (self._scale**2 * v, sure) for pair, (v, sure) in both.items()}

    def surface(self, j: int, k: int, ours: Matrix, theirs: Matrix) -> tuple[Matrix, Matrix]:
        """Return the interaction of a pair in standard deviations of the scores, shape (a, b), and the pair's score.

        The second is the score at each pair of positions, averaged over the other hyperparameters.
        """
        a, b = (grid.ravel() for grid in np.meshgrid(ours, theirs, indexing="ij"))
        pure = np.zeros(len(a))
        if (j, k) in self.pairs:
            mine = self._place == len(self._main) + 1 + self.pairs.index((j, k))
            pure = _product(self._coarse[j](a), self._coarse[k](b)) @ self._coef[mine]
        whole = self._coef[0] + pure
        for column, places in ((j, a), (k, b)):
            whole = whole + self._main[column](places) @ self._coef[self._place == column + 1]
        shape = len(ours), len(theirs)
        return pure.reshape(shape), (self._centre + self._scale * whole).reshape(shape)


class _Basis:
    """Features of one column, zero on average over its range; independent standard normal coefficients make a curve."""

    def __init__(self, levels: int, knots: int, length: float) -> None:
        self._levels = levels
        mean: Any
        self._root: Any
        if levels:
            self._root = np.eye(levels)
            mean = np.full(levels, 1 / levels)
            self.grid = np.arange(levels, dtype=np.float64)
        else:
            at = np.linspace(0, 1, knots)
            kernel = np.exp(-0.5 * np.square((at[:, None] - at) / length))
            self._root = np.linalg.cholesky(kernel + 1e-4 * np.eye(knots))
            mean = np.r_[0.5, np.ones(knots - 2), 0.5] / (knots - 1)
            self.grid = np.linspace(0, 1, 25)
        self._mean = mean @ self._root

    def __call__(self, places: Matrix) -> Matrix:
        found: Matrix = self._hats(places) @ self._root - self._mean
        return found

    def _hats(self, places: Matrix) -> Matrix:
        """Return shares of the two knots around each place, or a 1 for each choice."""
        rows = np.arange(len(places))
        if self._levels:
            found = np.zeros((len(places), self._levels))
            found[rows, places.astype(int)] = 1.0
            return found
        knots = len(self._root)
        scaled = np.clip(places, 0.0, 1.0) * (knots - 1)
        left = np.minimum(scaled.astype(int), knots - 2)
        found = np.zeros((len(places), knots))
        found[rows, left], found[rows, left + 1] = 1 - (scaled - left), scaled - left
        return found


def _product(one: Matrix, other: Matrix) -> Matrix:
    """Return all products of two sets of features, row by row."""
    found: Matrix = (one[:, :, None] * other[:, None, :]).reshape(len(one), -1)
    return found


def spread_weights(units: Matrix, levels: npt.NDArray[np.int64], seed: int = 0) -> Matrix:
    """Return a weight for each trial: the root of the share of the space that lies nearest to it, 1 on average.

    Parameters
    ----------
    units
        Places, shape (n, d).
    levels
        Number of choices of each column, 0 for numbers.
    seed
        Seed of the 600 points that measure the space.
    """
    n = len(units)
    if not n or not len(levels):
        return np.ones(n)
    rng = np.random.default_rng([abs(seed), 21])
    points = rng.random((_POINTS, len(levels)))
    points[:, levels > 0] = np.floor(points[:, levels > 0] * levels[levels > 0])
    ours, theirs = embedded(units, levels), embedded(points, levels)
    near = (theirs @ ours.T * -2 + np.square(ours).sum(axis=1)).argmin(axis=1)
    counts = np.bincount(near, minlength=n)
    weights: Matrix = np.sqrt(counts + 0.25 * counts.mean())
    return weights / float(weights.mean())


def embedded(units: Matrix, levels: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return rows whose distances are those of configurations: two choices are 1 apart, as the ends of a range."""
    parts = []
    for j, count in enumerate(levels):
        if count:
            parts.append(np.eye(int(count))[units[:, j].astype(int)] / math.sqrt(2))
        else:
            parts.append(units[:, [j]])
    return np.concatenate(parts, axis=1).astype(np.float32)
