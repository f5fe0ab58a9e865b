"""Holdouts and folds have the properties of scikit-learn's splitters."""

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, TimeSeriesSplit

from hitl_widget.data import split


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_stratified_folds_are_as_even_as_scikit_learns(folds: int) -> None:
    """Rows per fold and per class in a fold differ by at most one, as with StratifiedKFold."""
    codes = rng().choice(4, 517, p=[0.6, 0.3, 0.08, 0.02])
    ids = split.stratified_fold_ids(codes, folds, rng())
    ours = np.array([np.bincount(codes[ids == fold], minlength=4) for fold in range(folds)])
    theirs = StratifiedKFold(folds, shuffle=True, random_state=0).split(codes, codes)
    counts = np.array([np.bincount(codes[valid], minlength=4) for _, valid in theirs])
    assert (np.ptp(ours, axis=0) <= 1).all()
    assert np.ptp(ours.sum(axis=1)) <= max(1, np.ptp(counts.sum(axis=1)))


@pytest.mark.parametrize("classes", [None, 2, 5])
def test_groups_never_straddle(classes: int | None) -> None:
    """Each group lies in one fold, no fold is empty, and classes are nearly as even as scikit-learn makes them."""
    groups = rng().integers(0, 40, 600)
    codes = None if classes is None else rng(1).integers(0, classes, 600)
    ids = split.grouped_fold_ids(groups, codes, 5, rng())
    assert all(len(np.unique(ids[groups == group])) == 1 for group in np.unique(groups))
    assert len(np.unique(ids)) == 5
    if codes is not None:
        ours = np.array([np.bincount(codes[ids == fold], minlength=classes) for fold in range(5)])
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=0).split(codes, codes, groups)
        theirs = np.array([np.bincount(codes[valid], minlength=classes) for _, valid in folds])
        assert ours.std(axis=0).mean() <= 2 * theirs.std(axis=0).mean() + 3


def test_as_many_groups_as_folds_fill_all_folds() -> None:
    """With three groups of very unequal sizes, three folds hold one each."""
    groups = np.repeat([0, 1, 2], [1000, 5, 1])
    ids = split.grouped_fold_ids(groups, None, 3, rng())
    assert sorted(len(np.unique(groups[ids == fold])) for fold in range(3)) == [1, 1, 1]


def test_forward_folds_are_scikit_learns() -> None:
    """Without ties, the windows are those of TimeSeriesSplit over the second half, the last first."""
    times = rng().permutation(200)
    made = split.forward_folds(times, np.arange(200), 5)
    order = np.argsort(times)
    theirs = list(TimeSeriesSplit(5, test_size=20).split(times))
    assert len(made) == 5
    for (train, valid), (past, window) in zip(made, reversed(theirs), strict=True):
        assert np.array_equal(train, np.sort(order[past]))
        assert np.array_equal(valid, np.sort(order[window]))


def test_one_moment_stays_on_one_side() -> None:
    """Training always ends strictly before validation begins, ties or not."""
    times = np.sort(rng().integers(0, 12, 300))
    made = split.forward_folds(times, np.arange(300), 5)
    assert made
    for train, valid in made:
        assert times[train].max() < times[valid].min()
    mask = split.forward_holdout(times, 0.2)
    assert times[~mask].max() < times[mask].min()


def test_a_holdout_keeps_shares_and_spares_rare_classes() -> None:
    """A stratified holdout takes its share of each class and leaves at least two rows of a rare one."""
    codes = np.repeat([0, 1, 2], [800, 197, 3])
    mask = split.stratified_holdout(codes, 0.2, 2, rng())
    assert abs(mask.sum() - 200) <= 2
    assert abs(mask[codes == 1].sum() - 39) <= 1
    assert (~mask[codes == 2]).sum() >= 2
