"""Answers that contradict the other answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.preference.utility import Utility

__all__ = ["SURE", "Inconsistency", "inconsistencies"]

Floats = NDArray[np.float64]

SURE = 0.9
# One answer contradicts another if that one is so much likelier without it.
SPEAKS = 1.15


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """An answer that the other answers contradict.

    Parameters
    ----------
    position
        Its position among the comparisons.
    comparison
        The answer.
    otherwise
        The answer that the other answers predict for this pair.
    probability
        Probability of that answer, given the other answers.
    against
        Positions of the answers that contradict it most, strongest first, at most three.
    """

    position: int
    comparison: Comparison
    otherwise: Judgement
    probability: float
    against: tuple[int, ...] = ()


def inconsistencies(utility: Utility, sure: float = SURE) -> tuple[Inconsistency, ...]:
    """Return the answers that the other answers contradict, most certain first.

    Each answer is predicted from all others: the samples are weighted by the inverse of its likelihood
    (importance-sampling leave-one-out: Gelfand, Dey & Chang 1992). Slips keep these weights bounded.

    Parameters
    ----------
    utility
        The utility learned from all answers.
    sure
        Least probability at which an answer is reported. A few answers rarely reach it.
    """
    evidence = utility.evidence
    if len(evidence) < 2:
        return ()
    likely = evidence.likelihood(utility.samples)
    loss = utility.samples.loss(evidence.bases)
    ahead = np.where(evidence.mirrored[:, None], -1, 1) * (loss[evidence.other] - loss[evidence.one])
    found = []
    for row, position in enumerate(evidence.source.tolist()):
        without = 1.0 / likely[row]
        without /= without.sum()
        comparison = utility.comparisons[position]
        otherwise, probability = _contrary(comparison.answer, ahead[row], utility.samples.tie, without)
        if probability >= sure:
            against = _against(row, likely, without, evidence.source)
            found.append(Inconsistency(position, comparison, otherwise, probability, against))
    return tuple(sorted(found, key=lambda one: (-one.probability, one.position)))


def _contrary(answer: Judgement, ahead: Floats, tie: Floats, weights: Floats) -> tuple[Judgement, float]:
    """Return the likeliest opposite of an answer and its probability, from the lead of A over B.

    The opposite of a tie is a lead of more than twice the tie width.
    """
    margin = 2.0 * tie if answer is Judgement.EQUAL else 0.0
    chances = {Judgement.A: float(weights @ (ahead > margin)), Judgement.B: float(weights @ (-ahead > margin))}
    chances.pop(answer, None)
    likeliest = max(chances, key=lambda judgement: chances[judgement])
    return likeliest, chances[likeliest]


def _against(row: int, likely: Floats, without: Floats, source: NDArray[np.intp]) -> tuple[int, ...]:
    """Return the answers without which this one would be likelier, strongest first."""
    expected = float(without @ likely[row])
    apart = without / likely
    alone = (apart @ likely[row]) / apart.sum(axis=1) / expected
    alone[row] = 0.0
    strongest = np.argsort(-alone, kind="stable")[:3]
    return tuple(int(source[one]) for one in strongest if alone[one] >= SPEAKS)
