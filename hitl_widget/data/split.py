"""Holdouts and folds in NumPy: stratified, shuffled, grouped, forward in time.

The kernel splits rows before scikit-learn is imported, which takes seconds; hence these functions. The tests compare
them with scikit-learn's splitters.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

__all__ = [
    "Fold",
    "each_row_once",
    "forward_folds",
    "forward_holdout",
    "grouped_fold_ids",
    "ids_to_folds",
    "shuffled_fold_ids",
    "stratified_fold_ids",
    "stratified_holdout",
    "without_shared_groups",
]

Fold = tuple[np.ndarray, np.ndarray]
"""Row positions for training and for validation, both ascending."""


def shuffled_fold_ids(n: int, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Return a fold number per row, shape (n,); sizes differ by at most one."""
    ids = np.arange(n) % folds
    rng.shuffle(ids)
    return ids


def stratified_fold_ids(codes: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Return a fold number per row so that each class is spread evenly.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        The class of each row.
    folds
        Number of folds.
    rng
        Source of the shuffle.

    Returns
    -------
    ndarray of int, shape (n,)
        Per class, and over all rows, fold sizes differ by at most one.
    """
    ids = np.empty(len(codes), np.int64)
    shuffled = rng.permutation(len(codes))
    by_class = shuffled[np.argsort(codes[shuffled], kind="stable")]
    ids[by_class] = np.arange(len(codes)) % folds
    return ids


def grouped_fold_ids(groups: np.ndarray, codes: np.ndarray | None, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Return a fold number per row so that no group straddles folds, with classes spread as evenly as groups allow.

    Greedy, largest groups first, like scikit-learn's ``StratifiedGroupKFold``: each group goes where the squared shares
    of classes (or of rows) grow least.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Group of each row, from 0.
    codes : ndarray of int, shape (n,), or None
        Class of each row; None for regression.
    folds
        Number of folds, at most the number of groups.
    rng
        Breaks ties between groups of equal size.
    """
    n_groups = int(groups.max()) + 1
    classes = np.zeros(len(groups), np.int64) if codes is None else codes
    counts = np.zeros((n_groups, int(classes.max()) + 1))
    np.add.at(counts, (groups, classes), 1.0)
    counts /= np.maximum(counts.sum(axis=0), 1.0)
    shares = counts / max(counts.shape[1], 1)
    order = rng.permutation(n_groups)
    order = order[np.argsort(-np.bincount(groups, minlength=n_groups)[order], kind="stable")]
    place = np.empty(n_groups, np.int64)
    if n_groups > 20_000:
        place[order] = np.arange(n_groups) % folds
        return np.asarray(place[groups])
    load = np.zeros((folds, counts.shape[1]))
    held = np.zeros(folds, np.int64)
    for i, group in enumerate(order):
        growth = ((2 * load + shares[group]) * shares[group]).sum(axis=1)
        left = n_groups - i
        empty = held == 0
        if left <= empty.sum():
            growth[~empty] = np.inf
        best = int(np.argmin(growth))
        load[best] += shares[group]
        held[best] += 1
        place[group] = best
    return np.asarray(place[groups])


def ids_to_folds(ids: np.ndarray, rows: np.ndarray) -> tuple[Fold, ...]:
    """Return (training rows, validation rows) per fold number."""
    return tuple((rows[ids != fold], rows[ids == fold]) for fold in range(int(ids.max()) + 1))


def each_row_once(rows: np.ndarray, predictions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each row once, with the mean of its predictions.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Positions; repeated folds name a row several times.
    predictions : ndarray of shape (n,) or (n, K)
        One prediction for each.

    Returns
    -------
    (rows, predictions)
        As given if no row occurs twice, else in ascending order.

    Examples
    --------
    >>> each_row_once(np.array([3, 1, 3]), np.array([0.2, 0.5, 0.4]))
    (array([1, 3]), array([0.5, 0.3]))
    """
    found, place, counts = np.unique(rows, return_inverse=True, return_counts=True)
    if len(found) == len(rows):
        return rows, predictions
    total = np.zeros((len(found), *predictions.shape[1:]))
    np.add.at(total, place, predictions)
    return found, total / counts.reshape(-1, *[1] * (predictions.ndim - 1))


def forward_folds(times: np.ndarray, rows: np.ndarray, folds: int) -> tuple[Fold, ...]:
    """Return folds that train on the past and validate on the following window, longest past first.

    The first half of the rows in time is only trained on; the second half is cut into `folds` windows (scikit-learn's
    ``TimeSeriesSplit(folds, test_size=n // (2 * folds))`` up to rounding). Rows of equal time stay on one side.

    Parameters
    ----------
    times : ndarray, shape (n,)
        The time of each row, as ranks or numbers.
    rows : ndarray of int, shape (n,)
        Row positions.
    folds
        Number of windows.
    """
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    n = len(rows)
    cuts = [_tie_start(ordered, n - round(n / 2 * (folds - i) / folds)) for i in range(folds)] + [n]
    made = []
    for start, stop in pairwise(cuts):
        if 0 < start < stop:
            made.append((np.sort(rows[order[:start]]), np.sort(rows[order[start:stop]])))
    return tuple(reversed(made))


def without_shared_groups(folds: tuple[Fold, ...], groups: np.ndarray, rng: np.random.Generator) -> tuple[Fold, ...]:
    """Return folds in which no group is on both sides.

    A group that is new in a window is validated there. Of the groups with rows before and in the window, each fold
    validates an equal share, whose earlier rows leave its training rows; the later rows of the others are not used.

    Parameters
    ----------
    folds
        Folds that run forward in time.
    groups : ndarray of int, shape (n,)
        The group of each row of the table.
    rng
        Draws the groups that a fold validates.
    """
    places = rng.permutation(int(groups.max()) + 1) % max(len(folds), 1)
    made = []
    for number, (train, valid) in enumerate(folds):
        shared = np.intersect1d(groups[train], groups[valid])
        tested = shared[places[shared] == number] if len(folds) > 1 else shared[: max(1, len(shared) // 5)]
        trained = np.setdiff1d(shared, tested)
        made.append((train[~np.isin(groups[train], tested)], valid[~np.isin(groups[valid], trained)]))
    return tuple(made)


def _tie_start(ordered: np.ndarray, at: int) -> int:
    """Move a cut to the nearest edge of a run of equal times."""
    if at <= 0 or at >= len(ordered):
        return at
    left = int(np.searchsorted(ordered, ordered[at], "left"))
    right = int(np.searchsorted(ordered, ordered[at], "right"))
    return left if (left > 0 and at - left <= right - at) or right == len(ordered) else right


def stratified_holdout(codes: np.ndarray, share: float, keep: int, rng: np.random.Generator) -> np.ndarray:
    """Return a mask of holdout rows: `share` of each class, leaving at least `keep` rows of each class."""
    mask = np.zeros(len(codes), bool)
    owed = 0.0
    for code in range(int(codes.max()) + 1):
        members = rng.permutation(np.flatnonzero(codes == code))
        owed += share * len(members)
        take = max(0, min(round(owed), len(members) - keep, int(np.ceil(share * len(members)))))
        owed -= take
        mask[members[:take]] = True
    return mask


def forward_holdout(times: np.ndarray, share: float) -> np.ndarray:
    """Return a mask of the last rows in time, about `share` of them; rows of equal time stay on one side."""
    order = np.argsort(times, kind="stable")
    cut = _tie_start(times[order], len(times) - round(share * len(times)))
    mask = np.zeros(len(times), bool)
    mask[order[cut:]] = True
    return mask
