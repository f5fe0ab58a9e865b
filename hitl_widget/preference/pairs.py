"""Choice of the next pair to ask about."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from hitl_widget.domain.preference import Question, asked
from hitl_widget.preference.answers import chances
from hitl_widget.preference.utility import Utility

__all__ = ["ENOUGH", "next_question", "value_of_answer"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

# Below this expected loss, another answer would hardly change the recommendation.
ENOUGH = 0.01
# Number of candidates of the front that are paired: those most likely to be best come first.
CONSIDERED = 40


def next_question(
    utility: Utility, never: Collection[tuple[int, int]] = (), enough: float = ENOUGH, considered: int = CONSIDERED
) -> Question | None:
    """Return the most informative pair, or None if another answer would hardly change the recommendation.

    The pair has the greatest expected utility of the best option (EUBO: Lin et al. 2022): of all pairs, the one whose
    better member is expected to be worth most. Where answers have little noise this is also the pair that improves the
    recommendation most (Astudillo et al. 2023). Candidates come from the Pareto front. No pair is asked twice in either
    order, nor a pair whose members are indistinguishable in every objective.

    Parameters
    ----------
    utility
        The learned utility. Its comparisons count as asked, skipped ones included.
    never
        Further pairs not to ask about, such as those on the screen, lower number first.
    enough
        Expected loss of the recommendation, from 0 to 1, below which no pair is returned; 0 never stops early.
    considered
        Maximum number of candidates that are paired.

    Returns
    -------
    The question with its expected gain, or None. A is the trial that was measured first.
    """
    left = utility.left()
    if left < enough:
        return None
    rows = _promising(utility, considered)
    done = asked(utility.comparisons) | set(never)
    first, second = np.triu_indices(len(rows), 1)
    apart = _told_apart(utility, rows[first], rows[second])
    open_ = [
        place
        for place, (a, b) in enumerate(zip(rows[first].tolist(), rows[second].tolist(), strict=True))
        if apart[place] and _pair(utility, a, b) not in done
    ]
    if not open_:
        return None
    first, second = rows[first[open_]], rows[second[open_]]
    worth = np.maximum(utility.drawn[first], utility.drawn[second]).mean(axis=1)
    best = int(np.argmax(worth))
    gain = value_of_answer(utility, rows, first[best : best + 1], second[best : best + 1])
    return Question(*_pair(utility, int(first[best]), int(second[best])), gain=float(gain[0]), left=left)


def value_of_answer(utility: Utility, rows: Rows, first: Rows, second: Rows) -> Floats:
    """Return the expected gain in utility of the recommendation from one answer, shape (pairs,).

    Parameters
    ----------
    utility
        The learned utility.
    rows
        The candidates that can be recommended.
    first, second
        Candidates of each pair, shape (pairs,).
    """
    drawn = utility.drawn[rows]
    likely = chances(utility.lost[first], utility.lost[second], utility.samples)
    afterwards = likely.reshape(-1, drawn.shape[1]) @ drawn.T / drawn.shape[1]
    found: Floats = afterwards.max(axis=1).reshape(3, -1).sum(axis=0) - drawn.mean(axis=1).max()
    return np.maximum(found, 0.0)


def _promising(utility: Utility, count: int) -> Rows:
    """Return the candidates of the front most likely to be best, then those of high and uncertain utility."""
    rows = np.flatnonzero(utility.front)
    if len(rows) <= count:
        return rows
    drawn = utility.drawn[rows]
    best = np.bincount(drawn.argmax(axis=0), minlength=len(rows)) / drawn.shape[1]
    order = np.argsort(-(10.0 * best + drawn.mean(axis=1) + drawn.std(axis=1)), kind="stable")
    return np.sort(rows[order[:count]])


def _told_apart(utility: Utility, first: Rows, second: Rows) -> NDArray[np.bool_]:
    """Return which pairs differ in some objective by more than its resolution, shape (pairs,)."""
    least = np.array([np.log1p(axis.resolution) if axis.log else axis.resolution for axis in utility.axes])
    regrets = utility.scale.regrets(utility.values)
    differences = np.abs(regrets[first] - regrets[second]) * utility.scale.span
    found: NDArray[np.bool_] = np.any((differences > 0) & (differences >= 0.999 * least), axis=1)
    return found


def _pair(utility: Utility, a: int, b: int) -> tuple[int, int]:
    one, other = utility.numbers[a], utility.numbers[b]
    return min(one, other), max(one, other)
