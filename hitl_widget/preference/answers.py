"""Likelihood of answers under a utility: Bradley–Terry with ties (Rao & Kupper 1967) and slips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.preference.prior import UtilitySamples, hats

__all__ = ["Evidence", "chances"]

Floats = NDArray[np.float64]


def chances(first: Floats, second: Floats, samples: UtilitySamples) -> Floats:
    """Return the probabilities of "a", "equal" and "b" for pairs, shape (3, pairs, samples).

    With losses x of A and y of B, steepness β, tie width δ and slips ε:
    P(a) = (1 - ε) σ(β (y - x - δ)) + ε/3, P(b) the same with x and y exchanged, P(equal) the rest.

    Parameters
    ----------
    first, second
        Losses of A and of B, shape (pairs, samples).
    samples
        Samples of utility functions.
    """
    apart = 0.5 * samples.decided * (second - first)
    margin = 0.5 * samples.decided * samples.tie
    a = 0.5 + 0.5 * np.tanh(apart - margin)
    b = 0.5 + 0.5 * np.tanh(-apart - margin)
    chosen = np.stack([a, np.maximum(1.0 - a - b, 0.0), b])
    found: Floats = (1.0 - samples.slip) * chosen + samples.slip / 3.0
    return found


@dataclass(frozen=True)
class Evidence:
    """Answers and the points they compare, in an order independent of presentation and time.

    Parameters
    ----------
    bases
        `hats` of the points, shape (objectives, points, knots).
    one, other
        Rows of the two points of each answer; `one` is the preferred point unless the answer is a tie.
    decided
        Number of answers that are not ties; they come first.
    source
        Per answer: its position among the given comparisons.
    mirrored
        Per answer: whether `one` was shown as B.
    """

    bases: Floats
    one: NDArray[np.intp]
    other: NDArray[np.intp]
    decided: int
    source: NDArray[np.intp]
    mirrored: NDArray[np.bool_]

    @classmethod
    def of(cls, comparisons: Sequence[Comparison], rows: Mapping[int, int], regrets: Floats) -> Evidence:
        """Collect the answers that were not skipped and whose trials are known.

        An objective that is missing for either trial of a pair counts as equal.

        Parameters
        ----------
        comparisons
            The answers.
        rows
            Row of each trial number in `regrets`.
        regrets
            Shape (candidates, objectives); NaN where a value is missing.
        """
        found = []
        for position, given in enumerate(comparisons):
            if given.answer is Judgement.SKIP or given.first not in rows or given.second not in rows:
                continue
            a, b = _filled(regrets[rows[given.first]], regrets[rows[given.second]])
            tie = given.answer is Judgement.EQUAL
            swapped = b < a if tie else given.answer is Judgement.B
            found.append((tie, *((b, a) if swapped else (a, b)), position, swapped))
        found.sort()
        points = np.array([point for _, a, b, *_ in found for point in (a, b)]).reshape(-1, regrets.shape[1])
        unique, where = np.unique(points, axis=0, return_inverse=True)
        one, other = where.reshape(-1, 2).T
        decided = sum(not tie for tie, *_ in found)
        source = np.array([position for *_, position, _ in found], dtype=np.intp)
        mirrored = np.array([swapped for *_, swapped in found], dtype=bool)
        return cls(hats(unique), one, other, decided, source, mirrored)

    def __len__(self) -> int:
        return len(self.source)

    def likelihood(self, samples: UtilitySamples) -> Floats:
        """Return the likelihood of each answer under each sample, shape (answers, samples)."""
        loss = samples.loss(self.bases)
        half = 0.5 * samples.decided
        apart = half * (loss[self.other] - loss[self.one])
        margin = half * samples.tie
        found: Floats = 0.5 + 0.5 * np.tanh(apart - margin)
        ties = found[self.decided :]
        ties[:] = np.maximum(0.5 - 0.5 * np.tanh(-apart[self.decided :] - margin) - ties, 0.0)
        found *= 1.0 - samples.slip
        found += samples.slip / 3.0
        return found


def _filled(a: Floats, b: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    unknown = ~(np.isfinite(a) & np.isfinite(b))
    neutral = 0.5
    return tuple(np.where(unknown, neutral, a).tolist()), tuple(np.where(unknown, neutral, b).tolist())
