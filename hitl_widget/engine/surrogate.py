"""A Gaussian process over the evidence of one family: what a configuration would score, and how sure that is."""

from __future__ import annotations

import math

import numpy as np

from hitl_widget.engine.axes import Matrix

__all__ = ["Surrogate", "log_improvement"]

MOST = 150
_STEPS = 40
_FEW_STEPS = 12
_ROOT5 = math.sqrt(5.0)


class Surrogate:
    """Gaussian process with a Matérn-5/2 kernel and one length scale a hyperparameter.

    Scores are standardised and bent: what lies below the median by much counts as bad, not as how bad, so that a few
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
        self._prior = np.array([*[math.log(0.5) + 0.5 * math.log(max(d, 1))] * d, 0.0, math.log(1e-3)])
        self._width = np.array([*[1.0] * d, 1.0, 2.0])
        self._theta = self._prior.copy()
        self._fitted_at = 0

    def fit(self, units: Matrix, scores: Matrix) -> None:
        """Take up evidence.

        Parameters
        ----------
        units
            Unit rows, shape (n, d), n at least 2.
        scores
            Finite scores, shape (n,), greater is better.
        """
        chosen = _subset(units, scores, self._apart) if len(units) > MOST else np.arange(len(units))
        self._units = units[chosen]
        self._bend(scores, chosen)
        self._gaps = self._apart(self._units, self._units)
        if self._fitted_at == 0 or abs(len(units) - self._fitted_at) >= max(1, len(units) // 20):
            self._climb(_STEPS if self._fitted_at == 0 else _FEW_STEPS)
            self._fitted_at = len(units)
        self._condition()

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
        """Return posterior mean and standard deviation at unit rows, each of shape (m,), in standardised scores."""
        cross, _ = self._kernel(self._apart(units, self._units))
        mean = cross @ self._alpha
        half = np.linalg.solve(self._chol, cross.T)
        variance = math.exp(self._theta[-2]) - np.square(half).sum(axis=0)
        return mean, np.sqrt(np.maximum(variance, 1e-12))

    def sample(self, units: Matrix, rng: np.random.RandomState, count: int) -> Matrix:
        """Draw functions that agree with the evidence; returns their values at unit rows, shape (m, count)."""
        cross, _ = self._kernel(self._apart(units, self._units))
        own, _ = self._kernel(self._apart(units, units))
        half = np.linalg.solve(self._chol, cross.T)
        roots, sides = np.linalg.eigh(own - half.T @ half)
        drawn = (sides * np.sqrt(np.maximum(roots, 0.0))) @ rng.standard_normal((len(units), count))
        values: Matrix = (cross @ self._alpha)[:, None] + drawn
        return values

    def imagine(self, units: Matrix) -> None:
        """Add trials in work at the scores that are expected of them (kriging believer), so that they repel."""
        if len(units):
            self._y = np.append(self._y, self.predict(units)[0])
            self._units = np.concatenate([self._units, units])
            self._gaps = self._apart(self._units, self._units)
            self._condition()

    def _apart(self, one: Matrix, other: Matrix) -> Matrix:
        apart = one[:, None, :] - other[None, :, :]
        apart[:, :, self._categorical] = apart[:, :, self._categorical] != 0
        squares: Matrix = np.square(apart)
        return squares

    def _kernel(self, gaps: Matrix) -> tuple[Matrix, Matrix]:
        """Return the kernel, and its derivative by a length scale but for the factor of that column's gap."""
        r = np.sqrt(np.maximum(gaps @ np.exp(-2 * self._theta[:-2]), 0.0)) * _ROOT5
        decay = math.exp(self._theta[-2]) * np.exp(-r)
        return (1 + r + r * r / 3) * decay, (5 / 3) * (1 + r) * decay

    def _condition(self) -> None:
        kernel, _ = self._kernel(self._gaps)
        kernel.flat[:: len(kernel) + 1] += math.exp(self._theta[-1]) + 1e-8
        self._chol = np.linalg.cholesky(kernel)
        self._alpha = np.linalg.solve(self._chol.T, np.linalg.solve(self._chol, self._y))

    def _climb(self, steps: int) -> None:
        """Climb the log posterior of the hyperparameters with Rprop (Riedmiller & Braun 1993)."""
        stride = np.full(len(self._theta), 0.2)
        last = np.zeros(len(self._theta))
        best, best_value = self._theta.copy(), -math.inf
        for _ in range(steps):
            value, slope = self._posterior()
            if value > best_value:
                best, best_value = self._theta.copy(), value
            agree = slope * last
            stride = np.clip(np.where(agree > 0, stride * 1.3, np.where(agree < 0, stride * 0.5, stride)), 1e-3, 1.0)
            last = np.where(agree < 0, 0.0, slope)
            self._theta = np.clip(self._theta + np.sign(last) * stride, self._prior - 5, self._prior + 5)
        value, _ = self._posterior()
        if value < best_value:
            self._theta = best

    def _posterior(self) -> tuple[float, Matrix]:
        kernel, slope = self._kernel(self._gaps)
        n = len(kernel)
        noise = math.exp(self._theta[-1])
        signal = kernel.copy()
        kernel.flat[:: n + 1] += noise + 1e-8
        chol = np.linalg.cholesky(kernel)
        inverse = np.linalg.inv(kernel)
        alpha = inverse @ self._y
        value = -0.5 * float(self._y @ alpha) - float(np.log(np.diag(chol)).sum())
        outer = np.outer(alpha, alpha) - inverse
        weights = (outer * slope).ravel()
        by_length = 0.5 * (weights @ self._gaps.reshape(n * n, -1)) * np.exp(-2 * self._theta[:-2])
        by_signal = 0.5 * float((outer * signal).sum())
        by_noise = 0.5 * noise * float(np.trace(outer))
        off = (self._theta - self._prior) / self._width
        gradient = np.array([*by_length, by_signal, by_noise]) - off / self._width
        return value - 0.5 * float(np.square(off).sum()), gradient


def _subset(units: Matrix, scores: Matrix, apart: object) -> np.ndarray:
    """Return indices of the best third, of those nearest to the best one, and of the latest."""
    third = MOST // 3
    order = np.argsort(-scores, kind="stable")
    chosen = set(order[:third].tolist()) | set(range(len(units) - third, len(units)))
    near = np.argsort(apart(units, units[order[:1]]).sum(axis=2)[:, 0], kind="stable")  # type: ignore[operator]
    for one in near.tolist():
        if len(chosen) == MOST:
            break
        chosen.add(one)
    return np.array(sorted(chosen))


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
