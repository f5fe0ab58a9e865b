"""The utility of objective values, learned from pairwise comparisons."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hitl_widget.domain.preference import NO_GOALS, Axis, Comparison, Goals
from hitl_widget.preference.answers import Evidence, chances
from hitl_widget.preference.front import pareto_front
from hitl_widget.preference.posterior import posterior
from hitl_widget.preference.prior import Draws, Prior, UtilitySamples, hats
from hitl_widget.preference.scale import Scale

__all__ = ["Utility", "learn"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Utility:
    """Posterior over utility functions, given the answers.

    Made by `learn`. Under each sample, utilities run from 0 (the worst candidate of the Pareto front) to 1 (the best).

    Parameters
    ----------
    axes
        The objectives, in the order of the columns.
    numbers, values
        The candidates in ascending order, and their objective values, shape (candidates, objectives).
    eligible, front
        Masks, shape (candidates,): candidates that may be asked about and recommended, and their Pareto front.
    comparisons
        The answers that it was learned from.
    scale, samples, evidence
        The scale that turns values into regrets, the posterior samples, and the answers in the likelihood.
    """

    axes: tuple[Axis, ...]
    numbers: tuple[int, ...]
    values: Floats
    eligible: NDArray[np.bool_]
    front: NDArray[np.bool_]
    comparisons: tuple[Comparison, ...]
    scale: Scale
    samples: UtilitySamples
    evidence: Evidence

    @cached_property
    def _ends(self) -> tuple[Floats, Floats]:
        """Losses of the worst and the best candidate of the front, each of shape (samples,)."""
        losses = self.lost[self.front] if self.front.any() else np.array([[1.0], [0.0]])
        worst, best = losses.max(axis=0), losses.min(axis=0)
        return np.where(worst - best > 1e-9, worst, best + 1.0), best

    @cached_property
    def lost(self) -> Floats:
        """Losses of the candidates under each sample, shape (candidates, samples); NaN where a value is missing."""
        return self.losses(self.values)

    @cached_property
    def drawn(self) -> Floats:
        """Utilities of the candidates under each sample, shape (candidates, samples); NaN where a value is missing."""
        return self._utilities(self.lost)

    def losses(self, values: ArrayLike) -> Floats:
        """Return losses under each sample, shape (rows, samples); NaN where a value is missing."""
        regrets = self.scale.regrets(values)
        missing = np.isnan(regrets)
        found = self.samples.loss(hats(np.where(missing, 0.0, regrets)))
        found[missing.any(axis=1)] = np.nan
        return found

    def draws(self, values: ArrayLike) -> Floats:
        """Return utilities under each sample, shape (rows, samples); NaN where a value is missing."""
        return self._utilities(self.losses(values))

    def _utilities(self, losses: Floats) -> Floats:
        worst, best = self._ends
        found: Floats = (worst - losses) / (worst - best)
        return found

    def predict(self, values: ArrayLike) -> tuple[Floats, Floats]:
        """Return expected utility and its standard deviation, each of shape (rows,); NaN where a value is missing.

        Better values never have a lower expected utility, even beyond the best observed value.

        Parameters
        ----------
        values
            Shape (rows, objectives), in the units of the objectives.
        """
        found = self.draws(values)
        return found.mean(axis=1), found.std(axis=1)

    def chance(self, first: int, second: int) -> float:
        """Return the probability that the user prefers the first trial to the second."""
        a, b = (self.drawn[self.numbers.index(number)] for number in (first, second))
        return float(np.mean((a > b) + 0.5 * (a == b)))

    def answer_chances(self, first: int, second: int) -> dict[str, float]:
        """Return the probabilities of the answers "a", "equal" and "b", slips included."""
        rows = [self.numbers.index(number) for number in (first, second)]
        losses = self.lost[rows]
        found = chances(losses[:1], losses[1:], self.samples).mean(axis=(1, 2))
        return dict(zip(("a", "equal", "b"), found.tolist(), strict=True))

    def ranking(self) -> tuple[int, ...]:
        """Return the numbers of the eligible candidates with known values, highest expected utility first."""
        expected = self.drawn.mean(axis=1)
        order = sorted(range(len(expected)), key=lambda row: (-expected[row], self.numbers[row]))
        return tuple(self.numbers[row] for row in order if self.eligible[row] and np.isfinite(expected[row]))

    def recommendation(self) -> int | None:
        """Return the number of the candidate with the highest expected utility, or None without candidates."""
        return next(iter(self.ranking()), None)

    def left(self) -> float:
        """Return the expected distance from the recommendation to the best candidate, from 0 to 1.

        This is the expected value of perfect information: the most that further answers could gain.
        """
        if not self.front.any():
            return 0.0
        drawn = self.drawn[self.front]
        return float(drawn.max(axis=0).mean() - drawn.mean(axis=1).max())


def learn(
    axes: Sequence[Axis],
    numbers: Sequence[int],
    values: ArrayLike,
    comparisons: Sequence[Comparison] = (),
    goals: Goals = NO_GOALS,
    among: Collection[int] | None = None,
    seed: int = 0,
) -> Utility:
    """Learn a utility from pairwise comparisons.

    The result does not depend on the order of the answers, of A and B, of the candidates or of the objectives, nor on
    the units of the objectives. To undo an answer, learn without it.

    Parameters
    ----------
    axes
        The objectives, in the order of the columns.
    numbers, values
        Trial numbers of the candidates, and their objective values, shape (candidates, objectives), NaN for missing.
        Answers about other trials are ignored.
    comparisons
        The answers; several answers to the same pair all count.
    goals
        Weights that the user gave to objectives.
    among
        Trials that may be asked about and recommended, such as the feasible ones; None for all. Answers
        about other trials still count.
    seed
        The same arguments give the same utility.

    Raises
    ------
    ValueError
        If there is no objective, or the shape of `values` does not match `numbers` and `axes`.

    Examples
    --------
    >>> axes = [Axis("auc"), Axis("ms", "lower", log=True)]
    >>> utility = learn(axes, [0, 1, 2], [[0.90, 64.0], [0.88, 8.0], [0.70, 1.0]], [Comparison(1, 0, "a")])
    >>> utility.chance(1, 0) > 0.8
    True
    """
    table = np.asarray(values, dtype=float).reshape(-1, len(axes)) if axes else np.empty((0, 0))
    if not axes or len(table) != len(numbers):
        raise ValueError(
            f"{len(axes)} objectives and {len(numbers)} candidates do not fit values of {np.shape(values)}"
        )
    order = np.argsort(numbers, kind="stable")
    numbers, table = [numbers[row] for row in order], table[order]
    eligible = np.array([among is None or number in among for number in numbers], dtype=bool)
    front = pareto_front(np.where(eligible[:, None], table, np.nan), axes)
    scale = Scale.of(table, axes, front)
    rows = {number: row for row, number in enumerate(numbers)}
    evidence = Evidence.of(comparisons, rows, scale.regrets(table))
    prior = Prior.of(axes, goals)
    latents = posterior(lambda z: _log_likelihood(z, prior, evidence), Draws(axes, seed))
    return Utility(
        axes=tuple(axes),
        numbers=tuple(numbers),
        values=table,
        eligible=eligible,
        front=front,
        comparisons=tuple(comparisons),
        scale=scale,
        samples=UtilitySamples.of(latents, prior),
        evidence=evidence,
    )


def _log_likelihood(latents: Floats, prior: Prior, evidence: Evidence) -> Floats:
    if not len(evidence):
        return np.zeros(latents.shape[1])
    found: Floats = np.log(evidence.likelihood(UtilitySamples.of(latents, prior))).sum(axis=0)
    return found
