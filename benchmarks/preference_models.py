"""Other models of a utility and other ways to choose a pair, for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.domain.preference import Comparison, Judgement, asked
from hitl_widget.preference.answers import chances
from hitl_widget.preference.front import pareto_front
from hitl_widget.preference.pairs import value_of_answer
from hitl_widget.preference.scale import Scale
from hitl_widget.preference.utility import Utility

DRAWS = 256


def _open_pairs(utility: Any, most: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the pairs of the front that were not asked, of the most promising candidates."""
    rows = np.flatnonzero(utility.front)
    drawn = utility.drawn[rows]
    best = np.bincount(drawn.argmax(axis=0), minlength=len(rows)) / drawn.shape[1]
    rows = np.sort(rows[np.argsort(-(10 * best + drawn.mean(axis=1) + drawn.std(axis=1)), kind="stable")[:most]])
    first, second = (rows[one] for one in np.triu_indices(len(rows), 1))
    done = asked(tuple(utility.comparisons))
    keep = [pair not in done for pair in zip(first.tolist(), second.tolist(), strict=True)]
    return first[keep], second[keep]


def _picked(first: np.ndarray, second: np.ndarray, worth: np.ndarray) -> tuple[int, int] | None:
    return (int(first[worth.argmax()]), int(second[worth.argmax()])) if len(first) else None


def by_information(utility: Utility, _rng: np.random.Generator) -> tuple[int, int] | None:
    """BALD: the answer with the most information about the utility."""
    first, second = _open_pairs(utility)
    likely = chances(utility.lost[first], utility.lost[second], utility.samples)
    mean = likely.mean(axis=2)
    worth = (likely * np.log(likely)).sum(axis=0).mean(axis=1) - (mean * np.log(mean)).sum(axis=0)
    return _picked(first, second, worth)


def by_value(utility: Utility, rng: np.random.Generator) -> tuple[int, int] | None:
    """The answer that improves the recommendation most; by information where none does."""
    first, second = _open_pairs(utility)
    worth = value_of_answer(utility, np.unique([first, second]), first, second) if len(first) else np.zeros(0)
    return _picked(first, second, worth) if len(worth) and worth.max() > 1e-6 else by_information(utility, rng)


def by_best(utility: Any, _rng: np.random.Generator) -> tuple[int, int] | None:
    """EUBO, for any model with draws."""
    first, second = _open_pairs(utility)
    return _picked(first, second, np.maximum(utility.drawn[first], utility.drawn[second]).mean(axis=1))


def at_random(utility: Any, rng: np.random.Generator) -> tuple[int, int] | None:
    """A pair of the front that was not asked."""
    rows, done = np.flatnonzero(utility.front), asked(tuple(utility.comparisons))
    for _ in range(1000):
        first, second = sorted(rng.choice(rows, 2, replace=False).tolist())
        if (first, second) not in done:
            return first, second
    return None


@dataclass
class Gaussian:
    """A Gaussian process over regrets with logistic answers; what `by_best` and `trace` need of it."""

    front: np.ndarray
    comparisons: list[Comparison]
    mean: np.ndarray
    drawn: np.ndarray

    def recommendation(self) -> int:
        return int(np.flatnonzero(self.front)[self.mean[self.front].argmax()])


def process(axes: Any, _numbers: Any, values: Any, comparisons: Any, seed: int = 0) -> Gaussian:
    """A GP with a squared exponential kernel, by Laplace's method (Chu & Ghahramani 2005); its scales by evidence."""
    return _fitted(axes, values, comparisons, seed, [(k, s) for k in (0.3, 0.6, 1.2) for s in (3.0, 10.0)])


def straight(axes: Any, _numbers: Any, values: Any, comparisons: Any, seed: int = 0) -> Gaussian:
    """Bradley–Terry with a linear utility and a normal prior; its scale by evidence."""
    return _fitted(axes, values, comparisons, seed, [(0.0, s) for s in (3.0, 10.0, 30.0)])


def _fitted(axes: Any, values: Any, comparisons: Any, seed: int, tried: list[tuple[float, float]]) -> Gaussian:
    x = Scale.of(values, axes).regrets(values)
    wins = [(one.first, one.second, 1.0) for one in comparisons if one.answer is Judgement.A]
    wins += [(one.second, one.first, 1.0) for one in comparisons if one.answer is Judgement.B]
    ties = [(one.first, one.second) for one in comparisons if one.answer is Judgement.EQUAL]
    wins += [(*pair, 0.5) for a, b in ties for pair in ((a, b), (b, a))]
    mean, cov, _ = max((_laplace(_kernel(x, *how), wins) for how in tried), key=lambda one: one[2])
    root = np.linalg.cholesky(cov + 1e-6 * np.eye(len(x)) * cov.diagonal().max())
    drawn = mean[:, None] + root @ np.random.default_rng(seed).standard_normal((len(x), DRAWS))
    return Gaussian(pareto_front(values, axes), list(comparisons), mean, drawn)


def _kernel(x: np.ndarray, length: float, scale: float) -> np.ndarray:
    if not length:
        return scale**2 * (x @ x.T) + 1e-6 * np.eye(len(x))
    apart = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    return scale**2 * np.exp(-0.5 * apart / length**2) + 1e-6 * scale**2 * np.eye(len(x))


def _laplace(kernel: np.ndarray, wins: list[tuple[int, int, float]]) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean, covariance and evidence of a GP whose differences are seen through a logistic function."""
    count = len(wins)
    if not count:
        return np.zeros(len(kernel)), kernel, 0.0
    over, under = (np.array([win[k] for win in wins]) for k in (0, 1))
    weight = np.array([win[2] for win in wins])
    cross = kernel[:, over] - kernel[:, under]
    inner = cross[over] - cross[under]
    alpha = np.zeros(count)
    for _ in range(30):
        apart = inner @ alpha
        p = 1 / (1 + np.exp(-apart))
        curve = weight * p * (1 - p) + 1e-9
        step = np.linalg.solve(np.eye(count) + curve[:, None] * inner, curve * apart + weight * (1 - p)) - alpha
        alpha += step if np.abs(step).max() < 1 else step / np.abs(step).max()
        if np.abs(step).max() < 1e-6:
            break
    apart = inner @ alpha
    p = 1 / (1 + np.exp(-apart))
    curve = weight * p * (1 - p) + 1e-9
    cov = kernel - cross @ np.linalg.solve(np.diag(1 / curve) + inner, cross.T)
    _, logdet = np.linalg.slogdet(np.eye(count) + curve[:, None] * inner)
    evidence = float((weight * np.log(p)).sum() - 0.5 * alpha @ apart - 0.5 * logdet)
    return cross @ alpha, (cov + cov.T) / 2, evidence
