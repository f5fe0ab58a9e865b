"""Rows whose label is probably wrong, from out-of-fold predictions.

For classes, confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset
Labels", JAIR 70, 2021): the probability of a class counts against the mean probability of that class in the rows that
have its label, so that rare classes and overconfident models are judged fairly. For numbers, the residual counts
against the spread of the residuals at similar predictions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["LabelNoise", "Suspects", "label_noise", "suspect_classes", "suspect_numbers"]

_BINS = 10
_FEWEST_IN_BIN = 30
_LEAST_Z = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Suspects:
    """Rows by how probably their label is wrong, most probable first.

    Parameters
    ----------
    rows : ndarray of int, shape (m,)
        Positions in the arrays that were given.
    suggested : ndarray of shape (m,)
        The label that the models give: a code, or a number.
    confidence : ndarray of float, shape (m,)
        Mean probability of that label; for numbers, the share of rows with a relatively smaller residual.
    agreeing : ndarray of int, shape (m,)
        Number of models that give this label; for numbers, that err in the same direction by at least 3 spreads.
    suspicious : ndarray of bool, shape (m,)
        True if the evidence contradicts the label; the other rows follow by how close they come.
    """

    rows: np.ndarray
    suggested: np.ndarray
    confidence: np.ndarray
    agreeing: np.ndarray
    suspicious: np.ndarray


def suspect_classes(y: np.ndarray, predictions: Sequence[np.ndarray], classes: int) -> Suspects:
    """Return rows by how probably their class is wrong.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Codes of the classes.
    predictions
        One array of out-of-fold probabilities for each model: of code 1, shape (n,), or of all classes, shape (n, k).
    classes
        Number of classes, k.

    Examples
    --------
    >>> y = np.array([0] * 10 + [1] * 10 + [0])
    >>> found = suspect_classes(y, [np.array([0.1] * 10 + [0.9] * 11)], 2)
    >>> int(found.rows[0]), int(found.suggested[0]), int(found.suspicious.sum())
    (20, 1, 1)
    """
    each = [_of_all_classes(one) for one in predictions]
    probability = np.mean(each, axis=0)
    usual = np.array([probability[y == code, code].mean() if (y == code).any() else 1.0 for code in range(classes)])
    against = probability - usual
    rows = np.arange(len(y))
    given = against[rows, y]
    others = against.copy()
    others[rows, y] = -np.inf
    suggested = others.argmax(axis=1)
    gap = others[rows, suggested] - given
    agreeing = np.sum([one.argmax(axis=1) == suggested for one in each], axis=0)
    confident = (others[rows, suggested] >= 0) & (given < 0)
    suspicious = confident | ((probability.argmax(axis=1) != y) & (gap > 0))
    order = np.lexsort((-gap, ~suspicious))
    return Suspects(order, suggested[order], probability[order, suggested[order]], agreeing[order], suspicious[order])


def _of_all_classes(probability: np.ndarray) -> np.ndarray:
    found = np.asarray(probability, np.float64)
    return np.column_stack([1 - found, found]) if found.ndim == 1 else found


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """Contradicted labels in the tenth of the rows where models are surest, against those in the surest half.

    Parameters
    ----------
    surest
        Number of rows in the surest tenth.
    share, in_half
        Share of contradicted labels in the surest tenth and in the surest half.
    is_likely
        True if wrong labels explain this better than errors of the models.
    """

    surest: int
    share: float
    in_half: float
    is_likely: bool


def label_noise(
    y: np.ndarray, predictions: Sequence[np.ndarray], classes: int, confirmed: np.ndarray | None = None
) -> LabelNoise:
    """Return whether some labels are likely wrong.

    The errors of models become rare where they are surest. Wrong labels do not: they are as frequent there as
    elsewhere. Models that are fitted on wrong labels expect them, so their probabilities alone do not tell the two
    apart. Neither does anything where the outcome itself is uncertain, as in most tables on people's choices: nothing
    is likely there unless the models avoid half of the errors of the constant prediction.

    Parameters
    ----------
    y, predictions, classes
        As of `suspect_classes`.
    confirmed : ndarray of bool, shape (n,), or None
        Labels that a person has confirmed; they count as right.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> p = rng.uniform(size=2000)
    >>> y = (p > 0.5).astype(int)
    >>> label_noise(y, [p], 2).is_likely
    False
    >>> label_noise(np.where(rng.uniform(size=2000) < 0.05, 1 - y, y), [p], 2).is_likely
    True
    """
    probability = np.mean([_of_all_classes(one) for one in predictions], axis=0)
    found = probability.argmax(axis=1)
    wrong = found != y
    order = np.argsort(-probability[np.arange(len(y)), found], kind="stable")
    counted = wrong if confirmed is None else wrong & ~confirmed
    surest = max(1, len(y) // 10)
    share, in_half = float(counted[order[:surest]].mean()), float(counted[order[: 5 * surest]].mean())
    constant = 1 - np.bincount(y, minlength=classes).max() / len(y)
    skilled = wrong.mean() <= _SKILLED * constant
    least = share - _SPREADS * np.sqrt(share * (1 - share) / surest)
    likely = skilled and least >= _LEAST_SHARE and share >= _FLAT * in_half
    return LabelNoise(surest, share, in_half, bool(likely))


_LEAST_SHARE, _SPREADS = 0.002, 2.0
_FLAT, _SKILLED = 0.5, 0.5


def suspect_numbers(y: np.ndarray, predictions: Sequence[np.ndarray]) -> Suspects:
    """Return rows by how probably their number is wrong.

    Parameters
    ----------
    y : ndarray of float, shape (n,)
        The target.
    predictions
        One array of out-of-fold predictions for each model, shape (n,).

    Examples
    --------
    >>> x = np.linspace(0, 10, 101)
    >>> found = suspect_numbers(np.where(x == 5, 50.0, x + np.sin(9 * x)), [x])
    >>> int(found.rows[0]), float(found.suggested[0])
    (50, 5.0)
    """
    middle = np.mean(predictions, axis=0)
    spread = _spread(middle, y - middle)
    size = np.abs(y - middle) / spread
    agreeing = np.sum(
        [(np.sign(y - one) == np.sign(y - middle)) & (np.abs(y - one) >= _LEAST_Z * spread) for one in predictions],
        axis=0,
    )
    order = np.argsort(-size, kind="stable")
    share = np.empty(len(y))
    share[order] = 1 - (np.arange(len(y)) + 1) / len(y)
    return Suspects(order, middle[order], share[order], agreeing[order], size[order] >= _LEAST_Z)


def _spread(predicted: np.ndarray, residual: np.ndarray) -> np.ndarray:
    """Return the robust standard deviation of the residuals at similar predictions, shape (n,)."""
    bins = int(np.clip(len(predicted) // _FEWEST_IN_BIN, 1, _BINS))
    edges = np.quantile(predicted, np.linspace(0, 1, bins + 1)[1:-1])
    place = np.searchsorted(edges, predicted)
    whole = _robust(residual)
    each = np.array([_robust(residual[place == one]) if (place == one).any() else whole for one in range(bins)])
    least = max(0.1 * whole, float(np.finfo(float).tiny))
    return np.asarray(np.maximum(each, least)[place])


def _robust(residual: np.ndarray) -> float:
    return float(1.4826 * np.median(np.abs(residual - np.median(residual))))
