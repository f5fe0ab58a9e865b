"""Answers that do not go with the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.preference.utility import Utility

__all__ = ["SURE", "Inconsistency", "doubts"]

Floats = NDArray[np.float64]

SURE = 0.9
# An answer speaks against another when that one is so much likelier without it.
SPEAKS = 1.15


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """An answer that the others contradict.

    Parameters
    ----------
    position
        Its position among the comparisons.
    comparison
        The answer.
    otherwise
        What the other answers say of this pair.
    probability
        How likely that is, by the other answers alone.
    against
        Positions of the answers that speak most against it, the strongest first, at most three.
    """

    position: int
    comparison: Comparison
    otherwise: Judgement
    probability: float
    against: tuple[int, ...] = ()


def doubts(utility: Utility, sure: float = SURE) -> tuple[Inconsistency, ...]:
    """Return the answers that the others contradict, the surest first.

    Each answer is predicted from all others. They are left out one at a time by weighing the tastes with the inverse of
    its likelihood (importance-sampling leave-one-out: Gelfand, Dey & Chang 1992); slips keep these weights bounded.

    Parameters
    ----------
    utility
        What was learnt from all answers.
    sure
        From which probability an answer is pointed out. Few answers rarely contradict each other that surely.
    """
    evidence = utility.evidence
    if len(evidence) < 2:
        return ()
    likely = evidence.likelihood(utility.tastes)
    loss = utility.tastes.loss(evidence.bases)
    ahead = np.where(evidence.mirrored[:, None], -1, 1) * (loss[evidence.other] - loss[evidence.one])
    found = []
    for row, position in enumerate(evidence.source.tolist()):
        without = 1.0 / likely[row]
        without /= without.sum()
        comparison = utility.comparisons[position]
        otherwise, probability = _contrary(comparison.answer, ahead[row], utility.tastes.tie, without)
        if probability >= sure:
            against = _against(row, likely, without, evidence.source)
            found.append(Inconsistency(position, comparison, otherwise, probability, against))
    return tuple(sorted(found, key=lambda doubt: (-doubt.probability, doubt.position)))


def _contrary(answer: Judgement, ahead: Floats, tie: Floats, weights: Floats) -> tuple[Judgement, float]:
    """Return the likeliest contrary of an answer, by how far A is ahead of B.

    The contrary of a tie is a lead of more than twice what counts as one.
    """
    margin = 2.0 * tie if answer is Judgement.EQUAL else 0.0
    chances = {Judgement.A: float(weights @ (ahead > margin)), Judgement.B: float(weights @ (-ahead > margin))}
    chances.pop(answer, None)
    likeliest = max(chances, key=lambda judgement: chances[judgement])
    return likeliest, chances[likeliest]


def _against(row: int, likely: Floats, without: Floats, source: NDArray[np.intp]) -> tuple[int, ...]:
    """Return the answers without which this one would be likelier, the strongest first."""
    expected = float(without @ likely[row])
    apart = without / likely
    alone = (apart @ likely[row]) / apart.sum(axis=1) / expected
    alone[row] = 0.0
    strongest = np.argsort(-alone, kind="stable")[:3]
    return tuple(int(source[one]) for one in strongest if alone[one] >= SPEAKS)
