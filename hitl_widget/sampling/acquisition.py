"""Candidates of the greatest expected improvement under the surrogate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hitl_widget.sampling.axes import Axes, Matrix
from hitl_widget.sampling.gp import Surrogate, log_improvement

__all__ = ["Improvement"]

_UNIFORM = 200
_LEADERS = 5
_SCALES = (0.05, 0.02, 0.005)


class Improvement:
    """Searches one family for the greatest expected improvement: at random, around the best, then ever closer.

    Parameters
    ----------
    axes
        The columns.
    """

    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.model = Surrogate(axes.categorical)

    def start_from(self, other: Improvement) -> None:
        """Begin where the search of the same family ended before an edit."""
        theirs = {name: column for column, name in enumerate(other.axes.names)}
        pairs = [(column, theirs[name]) for column, name in enumerate(self.axes.names) if name in theirs]
        self.model.start_from(other.model, pairs)

    def candidates(
        self,
        rng: np.random.RandomState,
        units: Matrix,
        scores: Matrix,
        running: Matrix,
        more: Matrix | None,
        add: Callable[[Matrix], Matrix],
    ) -> tuple[Matrix, Matrix, Matrix]:
        """Return candidates and their acquisition values.

        Parameters
        ----------
        rng
            Source of chance.
        units, scores
            Ended trials, unit rows of shape (n, d) and scores of shape (n,), ``-inf`` for failed ones; these count
            like the worst that was measured.
        running
            Rows of the running trials, shape (m, d).
        more
            Further candidates, rows of shape (k, d).
        add
            Returns the term that beliefs add for unit rows.

        Returns
        -------
        candidates, worth, added
            Rows of shape (c, d); the logarithm of their expected improvement and the added term, each of shape (c,).
        """
        axes, model = self.axes, self.model
        finite = np.isfinite(scores)
        scores = np.where(finite, scores, scores[finite].min())
        model.fit(units, scores)
        top = model.top
        model.imagine(axes.unit(running))
        best = units[np.argsort(-scores, kind="stable")[:_LEADERS]]
        starts = [
            axes.unit(axes.uniform(rng, _UNIFORM)),
            self.around(rng, best, 40, 0.1),
            self.around(rng, best, 20, 0.02),
        ]
        found = np.concatenate(starts if more is None else [*starts, axes.unit(more)])
        worth, extra = log_improvement(*model.predict(found), top), add(found)
        for scale in _SCALES:
            leaders = found[np.argsort(-(worth + extra), kind="stable")[:4]]
            closer = self.around(rng, leaders, 12, scale)
            found = np.concatenate([found, closer])
            worth = np.concatenate([worth, log_improvement(*model.predict(closer), top)])
            extra = np.concatenate([extra, add(closer)])
        return axes.natural(found), worth, extra

    def around(self, rng: np.random.RandomState, centres: Matrix, count: int, scale: float) -> Matrix:
        """Perturb unit rows: some hyperparameters of each, choices now and then, rounded to real configurations."""
        axes = self.axes
        base = np.repeat(centres, count, axis=0)
        moved = rng.rand(*base.shape) < max(0.5, 2 / base.shape[1])
        found = np.clip(base + moved * scale * rng.standard_normal(base.shape), 0.0, 1.0)
        for column in np.flatnonzero(axes.categorical):
            other = rng.randint(axes.choices[column], size=len(base))
            found[:, column] = np.where(rng.rand(len(base)) < 0.15, other, base[:, column])
        return axes.unit(axes.natural(found))
