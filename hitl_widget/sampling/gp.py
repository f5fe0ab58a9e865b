"""A Gaussian process over the evidence of one family: what a configuration would score, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from hitl_widget.sampling.axes import Matrix

__all__ = ["Surrogate", "log_improvement"]

MOST = 150
_STEPS = 30
_CLIMBERS = 90
_FEW_STEPS = 10
_LENGTH = 0.5
_NOISE = 1e-2
_ROOT5 = math.sqrt(5.0)


class Surrogate:
    """Gaussian process with a Matérn-5/2 kernel and one length scale a hyperparameter.

    Scores are standardized and bent: what lies below the median by much counts as bad, not as how bad, so that a few
    hopeless trials do not flatten the picture of the good ones. Length scales, signal and noise are the most probable
    under log-normal priors, found by gradient steps (Rprop) that start from those of the last fit.

    Parameters
    ----------
    categorical
        Which columns are choices, shape (d,); two different choices are 1 apart.

    Notes
    -----
    Rasmussen & Williams 2006, chapters 2 and 5; priors in the manner of Hvarfner et al. 2024 (arXiv 2402.02229), whose
    length scales grow with the root of the number of dimensions. Above `MOST` trials it sees the best ones, those
    nearest to the best, and the latest.
    """

    def __init__(self, categorical: np.ndarray) -> None:
        self._categorical = categorical
        d = len(categorical)
        self._prior = np.array([*[math.log(_LENGTH) + 0.5 * math.log(max(d, 1))] * d, 0.0, math.log(_NOISE)])
        self._width = np.array([*[1.0] * d, 1.0, 2.0])
        self._theta = self._prior.copy()
        self._fitted_at = 0
        self._warm = False

    def fit(self, units: Matrix, scores: Matrix) -> None:
        """Take up evidence.

        Parameters
        ----------
        units
            Unit rows, shape (n, d), n at least 2.
        scores
            Finite scores, shape (n,), greater is better.
        """
        chosen = np.arange(len(units))
        if len(units) > MOST:
            far = self._apart(units, units[[np.argmax(scores)]]).sum(axis=2)[:, 0]
            chosen = _subset(scores, np.argsort(far, kind="stable"))
        self._units = units[chosen]
        self._bend(scores, chosen)
        if self._fitted_at == 0 or abs(len(units) - self._fitted_at) >= max(1, len(units) // 20):
            self._climb(_FEW_STEPS if self._warm else _STEPS)
            self._fitted_at, self._warm = len(units), True
        self._condition()

    def start_from(self, other: Surrogate, columns: Sequence[tuple[int, int]]) -> None:
        """Begin where another fit ended: columns of this and of the other that are the same hyperparameter."""
        if other._warm:
            self._theta[-2:] = other._theta[-2:]
            for mine, theirs in columns:
                self._theta[mine] = other._theta[theirs]
            self._warm = True

    def _bend(self, scores: Matrix, chosen: np.ndarray) -> None:
        middle = float(np.median(scores))
        spread = float(np.max(scores) - middle) or float(np.std(scores)) or 1.0
        low = np.minimum(scores[chosen] - middle, 0.0) / spread
        bent = np.maximum(scores[chosen] - middle, 0.0) / spread - np.log1p(-low)
        self._shift, self._scale = float(bent.mean()), float(bent.std()) or 1.0
        self._y = (bent - self._shift) / self._scale

    @property
    def top(self) -> float:
        """Highest posterior mean among the trials: the incumbent, free of noise."""
        return float(self.predict(self._units)[0].max())

    def predict(self, units: Matrix) -> tuple[Matrix, Matrix]:
        """Return posterior mean and standard deviation at unit rows, each of shape (m,), in standardized scores."""
        cross = self._between(units, self._units)
        mean = cross @ self._alpha
        half = np.linalg.solve(self._chol, cross.T)
        variance = math.exp(self._theta[-2]) - np.square(half).sum(axis=0)
        return mean, np.sqrt(np.maximum(variance, 1e-12))

    def sample(self, units: Matrix, rng: np.random.RandomState, count: int) -> Matrix:
        """Draw functions that agree with the evidence; returns their values at unit rows, shape (m, count)."""
        cross, own = self._between(units, self._units), self._between(units, units)
        half = np.linalg.solve(self._chol, cross.T)
        roots, sides = np.linalg.eigh(own - half.T @ half)
        drawn = (sides * np.sqrt(np.maximum(roots, 0.0))) @ rng.standard_normal((len(units), count))
        values: Matrix = (cross @ self._alpha)[:, None] + drawn
        return values

    def imagine(self, units: Matrix) -> None:
        """Add running trials at their expected scores (kriging believer), so that they repel proposals."""
        if len(units):
            self._y = np.append(self._y, self.predict(units)[0])
            self._units = np.concatenate([self._units, units])
            self._condition()

    def _apart(self, one: Matrix, other: Matrix) -> Matrix:
        apart = one[:, None, :] - other[None, :, :]
        apart[:, :, self._categorical] = apart[:, :, self._categorical] != 0
        squares: Matrix = np.square(apart)
        return squares

    def _between(self, one: Matrix, other: Matrix) -> Matrix:
        """Return the kernel between unit rows, without the gaps of each column."""
        scales = np.exp(-self._theta[:-2])
        a, b = ((rows * scales)[:, ~self._categorical] for rows in (one, other))
        squares = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1) - 2 * a @ b.T
        for column in np.flatnonzero(self._categorical):
            squares += (one[:, column, None] != other[:, column]) * scales[column] ** 2
        return self._kernel(squares)[0]

    def _kernel(self, squares: Matrix) -> tuple[Matrix, Matrix]:
        """Return the kernel of squared distances, and the factor of each column's gap in its derivative."""
        r = np.sqrt(np.maximum(squares, 0.0)) * _ROOT5
        decay = math.exp(self._theta[-2]) * np.exp(-r)
        return (1 + r + r * r / 3) * decay, (5 / 3) * (1 + r) * decay

    def _condition(self) -> None:
        kernel = self._between(self._units, self._units)
        kernel.flat[:: len(kernel) + 1] += math.exp(self._theta[-1]) + 1e-8 * math.exp(self._theta[-2])
        self._chol = np.linalg.cholesky(kernel)
        self._alpha = np.linalg.solve(self._chol.T, np.linalg.solve(self._chol, self._y))

    def _climb(self, steps: int) -> None:
        """Climb the log posterior of the hyperparameters with Rprop (Riedmiller & Braun 1993)."""
        some = slice(None, None, math.ceil(len(self._y) / _CLIMBERS))
        gaps, y = self._apart(self._units[some], self._units[some]), self._y[some]
        stride = np.full(len(self._theta), 0.2)
        last = np.zeros(len(self._theta))
        best, best_value = self._theta.copy(), -math.inf
        for _ in range(steps):
            value, slope = self._posterior(gaps, y)
            if value > best_value:
                best, best_value = self._theta.copy(), value
            agree = slope * last
            stride = np.clip(np.where(agree > 0, stride * 1.3, np.where(agree < 0, stride * 0.5, stride)), 1e-3, 1.0)
            last = np.where(agree < 0, 0.0, slope)
            self._theta = np.clip(self._theta + np.sign(last) * stride, self._prior - 5, self._prior + 5)
        value, _ = self._posterior(gaps, y)
        if value < best_value:
            self._theta = best

    def _posterior(self, gaps: Matrix, y: Matrix) -> tuple[float, Matrix]:
        kernel, slope = self._kernel(gaps @ np.exp(-2 * self._theta[:-2]))
        n = len(kernel)
        noise = math.exp(self._theta[-1])
        signal = kernel.copy()
        kernel.flat[:: n + 1] += noise + 1e-8 * math.exp(self._theta[-2])
        chol = np.linalg.cholesky(kernel)
        inverse = np.linalg.inv(kernel)
        alpha = inverse @ y
        value = -0.5 * float(y @ alpha) - float(np.log(np.diag(chol)).sum())
        outer = np.outer(alpha, alpha) - inverse
        weights = (outer * slope).ravel()
        by_length = 0.5 * (weights @ gaps.reshape(n * n, -1)) * np.exp(-2 * self._theta[:-2])
        by_signal = 0.5 * float((outer * signal).sum())
        by_noise = 0.5 * noise * float(np.trace(outer))
        off = (self._theta - self._prior) / self._width
        gradient = np.array([*by_length, by_signal, by_noise]) - off / self._width
        return value - 0.5 * float(np.square(off).sum()), gradient


def _subset(scores: Matrix, order: np.ndarray) -> np.ndarray:
    """Return indices of the best third, of the latest third, and then of the nearest to the best, in this order."""
    third = MOST // 3
    best = np.argsort(-scores, kind="stable")[:third]
    chosen = np.union1d(best, np.arange(len(scores) - third, len(scores)))
    more = order[~np.isin(order, chosen)][: MOST - len(chosen)]
    return np.sort(np.concatenate([chosen, more]))


def log_improvement(mean: Matrix, deviation: Matrix, top: float) -> Matrix:
    """Return the logarithm of the expected improvement over `top`, exact far below it as well.

    Ament et al. 2023 (arXiv 2310.20708): the logarithm keeps apart what would all round to zero.
    """
    z = (mean - top) / deviation
    density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in z])
    inner = np.maximum(density + z * below, 1e-300)
    far = -0.5 * z * z - 0.5 * math.log(2 * math.pi) - 2 * np.log(np.maximum(np.abs(z), 1.0))
    found: Matrix = np.log(deviation) + np.where(z < -6, far, np.log(inner))
    return found
