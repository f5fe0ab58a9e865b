"""Racing: which trials are so far behind that their remaining folds are not worth running."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

__all__ = ["MARGIN", "behind"]

MARGIN = 0.25


def behind(
    scores: Mapping[int, float], best: Mapping[int, float], constant: Mapping[int, float], margin: float = MARGIN
) -> float | None:
    """Return how far a trial lies behind the best, when that is clearly too far.

    Parameters
    ----------
    scores
        Score per fold of the trial, greater is better.
    best
        Score per fold of the best trial.
    constant
        Score per fold of the constant predictor.
    margin
        Share of the distance between best and constant that a trial may lie behind.

    Returns
    -------
    float or None
        The gap on the folds that both have, or None while the trial stays in the race.

    Notes
    -----
    Racing by gap, not by ratio, and forgivingly: aggressive early stopping loses on most tables (arXiv 2405.03389).

    Examples
    --------
    >>> behind({0: 0.60}, {0: 0.85, 1: 0.84}, {0: 0.5, 1: 0.5})
    0.25
    >>> behind({0: 0.80}, {0: 0.85}, {0: 0.5}) is None
    True
    """
    common = scores.keys() & best.keys() & constant.keys()
    if not common:
        return None
    leader = fmean(best[fold] for fold in common)
    gap = leader - fmean(scores[fold] for fold in common)
    span = leader - fmean(constant[fold] for fold in common)
    return gap if span > 0 and gap > margin * span else None
