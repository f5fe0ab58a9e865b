"""Racing: detection of trials so far behind that their remaining folds are not worth running."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Trial

__all__ = ["MARGIN", "behind", "gap_to_best"]

MARGIN = 0.25


def behind(
    scores: Mapping[int, float], best: Mapping[int, float], constant: Mapping[int, float], margin: float = MARGIN
) -> float | None:
    """Return the gap of a trial to the best if it is clearly too large, else None.

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
        The gap on their common folds, or None while the trial stays in the race.

    Notes
    -----
    Racing by gap rather than by ratio, with a wide margin: aggressive early stopping loses on most tables
    (arXiv 2405.03389).

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


def gap_to_best(state: SessionState, trial: Trial, constant: str) -> float | None:
    """Return the gap of a trial to the best if it is too large to continue, else None.

    Parameters
    ----------
    state
        The session.
    trial
        A running trial; one that the user queued always continues.
    constant
        Name of the family that predicts a constant.
    """
    best = state.best_trial
    known = state.family_best.get(constant)
    floor = None if known is None else state.trials[known]
    if state.on_other_data(trial):  # it began before the data or the metric changed
        return None
    if trial.author is Author.YOU or best is None or floor is None or trial.number == floor.number:
        return None
    return behind(_by_fold(trial), _by_fold(best), _by_fold(floor))


def _by_fold(trial: Trial) -> dict[int, float]:
    return {fold.fold: fold.score for fold in trial.folds}
