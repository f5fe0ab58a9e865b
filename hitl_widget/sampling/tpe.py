"""Optuna's tree-structured Parzen estimator, asked directly with arrays of evidence."""

from __future__ import annotations

import math

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hitl_widget.domain.space import Categorical, Float, Int, Parameter
from hitl_widget.sampling.axes import Axes, Matrix

__all__ = ["ParzenTpe", "distribution_of"]

_MOST_GOOD = 25


class ParzenTpe(optuna.samplers.TPESampler):
    """Optuna's multivariate TPE with a constant liar, without a study.

    A study would have to be filled anew after each edit (0.5 s for 3,000 trials) and would keep trials that were asked
    for and never begun. Here the evidence is a matrix, so an edit costs what building the matrix costs, and an ask
    leaves nothing behind. The estimator (`_parzen_estimator_cls`, which Optuna names as the place to customize), its
    settings and the acquisition function are Optuna's own: without beliefs the first candidate is what ``study.ask``
    proposes from the same trials with the same seed, and a test holds that.

    Parameters
    ----------
    seed
        Makes the draws repeatable.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed)

    @property
    def rng(self) -> np.random.RandomState:
        """The one source of chance of a family."""
        generator: np.random.RandomState = self._rng.rng
        return generator

    def candidates(
        self, axes: Axes, rows: Matrix, scores: Matrix, running: Matrix, more: Matrix | None = None
    ) -> tuple[Matrix, Matrix]:
        """Draw candidates from the density of the good trials and weigh them.

        Parameters
        ----------
        axes
            The columns.
        rows, scores
            Ended trials in the order of their numbers, shape (n, d) and (n,); greater is better, ``-inf`` for failed.
        running
            Running trials, shape (m, d): they count among the bad ones (constant liar).
        more
            Further candidates to weigh along, shape (k, d).

        Returns
        -------
        candidates, acquisition
            Shape (c, d) and (c,); the acquisition is ``log l - log g`` of Bergstra et al. 2011.
        """
        split = np.argsort(-scores, kind="stable")
        good = min(math.ceil(0.1 * np.isfinite(scores).sum()), _MOST_GOOD)
        bad = np.concatenate([rows[np.sort(split[good:])], running])
        space = {one.name: distribution_of(one) for one in axes.free}
        below, above = self._estimator(space, rows[np.sort(split[:good])]), self._estimator(space, bad)
        drawn = below.sample(self.rng, self._n_ei_candidates)
        found = axes.snapped(np.column_stack([drawn[name] for name in axes.names]))
        if more is not None:
            found = np.concatenate([found, more])
        samples = {name: found[:, column] for column, name in enumerate(axes.names)}
        return found, np.asarray(self._compute_acquisition_func(samples, below, above), float)

    def _estimator(
        self, space: dict[str, BaseDistribution], rows: Matrix
    ) -> optuna.samplers._tpe.parzen_estimator._ParzenEstimator:
        observations = {name: rows[:, column] for column, name in enumerate(space)}
        return self._parzen_estimator_cls(observations, space, self._parzen_estimator_parameters)


def distribution_of(parameter: Parameter) -> BaseDistribution:
    """Return Optuna's distribution for a hyperparameter."""
    match parameter:
        case Float():
            return FloatDistribution(parameter.low, parameter.high, log=parameter.log)
        case Int():
            return IntDistribution(parameter.low, parameter.high, log=parameter.log)
        case Categorical():
            return CategoricalDistribution(parameter.choices)
