"""Holdout and folds of a task, by its split scheme."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data import split
from hitl_widget.data.cells import visible
from hitl_widget.data.dates import DATE
from hitl_widget.data.reading import learn, read
from hitl_widget.data.split import Fold
from hitl_widget.data.target import Target
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme
from hitl_widget.errors import DataError

__all__ = ["divide", "group_codes", "hold_out", "moments", "number_of_folds", "time_ranks", "with_holdout"]

FOLDS, FOLDS_LARGE, LARGE = 5, 3, 50_000


def group_codes(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return the group of each row as a number from 0, shape (n,); each missing cell is its own group."""
    codes, found = pd.factorize(table[column])
    if found.dtype.kind == "O":
        places, found = pd.factorize(pd.Index([visible(str(one)) for one in found], dtype=object))
        codes = np.append(places, -1)[codes]
    missing = codes < 0
    codes = codes.astype(np.int64)
    codes[missing] = len(found) + np.arange(int(missing.sum()))
    return codes


def moments(table: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Return the time of each row as dates or numbers, shape (n,)."""
    values = table[column]
    if values.dtype.kind not in "fibM":
        numeric = read(learn(Column(column, Role.NUMERIC, ""), values), values)
        dates = read(learn(Column(column, Role.DATE, ""), values), values)
        values = pd.Series(dates if np.isnat(dates).mean() < np.isnan(numeric).mean() else numeric)
    if values.nunique() < 2:
        raise DataError(f"time={column!r} needs at least two distinct times. Choose a column of dates or numbers.")
    return values


def time_ranks(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return the rank in time of each row, shape (n,); equal moments share a rank, missing ones come first."""
    codes, _ = pd.factorize(moments(table, column), sort=True)
    return codes.astype(np.int64)


def _seconds(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return the time of each row as a number, of dates in seconds, shape (n,)."""
    values = moments(table, column)
    if values.dtype.kind != "M":
        return values.to_numpy(np.float64)
    found = values.to_numpy(DATE).astype(np.int64) / 1e6
    found[values.isna().to_numpy()] = np.nan
    return found


def hold_out(
    division: Split, table: pd.DataFrame, y: np.ndarray, kind: Kind, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the training rows and the holdout rows; rows that a gap or groups keep out are in neither."""
    n = len(y)
    mask = np.zeros(n, bool)
    unused = np.zeros(n, bool)
    if share and division.time_column:
        mask = split.forward_holdout(time_ranks(table, division.time_column), share)
        if division.groups:
            codes = group_codes(table, division.groups)
            both = np.intersect1d(codes[mask], codes[~mask])
            chosen = _rng(seed, 1).permutation(both)[: max(1, round(share * len(both)))] if len(both) else both
            unused = np.isin(codes, chosen) & ~mask | np.isin(codes, np.setdiff1d(both, chosen)) & mask
            mask &= ~unused
        if division.gap:
            unused |= ~mask & _within_gap(table, division, mask)
            if n - mask.sum() - unused.sum() < 2:
                raise DataError(
                    f"gap={division.gap_in_words} leaves no rows before the holdout. Use a smaller gap= or holdout=."
                )
    elif share and division.group_column:
        mask = _grouped_holdout(group_codes(table, division.group_column), y, kind, share, seed, division.group_column)
    elif share and kind is Kind.REGRESSION:
        mask[_rng(seed, 1).permutation(n)[: round(share * n)]] = True
    elif share:
        mask = split.stratified_holdout(y, share, 2, _rng(seed, 1))
    _check_classes(y, kind, ~mask & ~unused, share > 0)
    return np.flatnonzero(~mask & ~unused), np.flatnonzero(mask)


def with_holdout(division: Split, table: pd.DataFrame, aim: Target, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the training rows and the holdout rows of a mask; rows with a group or a time too close are in neither."""
    unused = np.zeros(len(mask), bool)
    if division.group_column:
        codes = group_codes(table, division.group_column)
        unused = np.isin(codes, codes[mask]) & ~mask
    if division.gap and mask.any():
        unused |= ~mask & _within_gap(table, division, mask)
    if len(mask) - mask.sum() - unused.sum() < 2:
        raise DataError("holdout= and the rows too close to it take all rows. Hold out fewer rows or groups.")
    _check_classes(aim.y, aim.kind, ~mask & ~unused, True)
    return np.flatnonzero(~mask & ~unused), np.flatnonzero(mask)


def _within_gap(table: pd.DataFrame, division: Split, later: np.ndarray) -> np.ndarray:
    """Return a mask of the rows less than the gap before the first of the later ones, or after it."""
    seconds = _seconds(table, str(division.time_column))
    found: np.ndarray = seconds > np.nanmin(seconds[later]) - division.gap
    return found


def _check_classes(y: np.ndarray, kind: Kind, train: np.ndarray, held: bool) -> None:
    if kind is Kind.REGRESSION or len(np.unique(y[train])) == len(np.unique(y)):
        return
    raise DataError(
        "The holdout would take all rows of a class. Use a smaller holdout=, or 0 for none."
        if held
        else "A class has no rows left."
    )


def _grouped_holdout(groups: np.ndarray, y: np.ndarray, kind: Kind, share: float, seed: int, column: str) -> np.ndarray:
    """Return a mask of whole groups, about `share` of the rows."""
    parts = max(2, round(1 / share))
    n_groups = int(groups.max()) + 1
    if n_groups < 3:
        raise DataError(
            f"groups={column!r} has {plural(n_groups, 'group')}; folds and a holdout need at least 3. "
            "Use holdout=0 with 2 groups, or choose another column."
        )
    codes = None if kind is Kind.REGRESSION else y
    ids = split.grouped_fold_ids(groups, codes, min(parts, n_groups), _rng(seed, 1))
    sizes = np.array([abs(float(np.mean(ids == part)) - share) for part in range(int(ids.max()) + 1)])
    if codes is not None:
        k = int(codes.max()) + 1
        sizes += [10.0 * (len(np.unique(codes[ids != part])) < k) for part in range(len(sizes))]
    mask: np.ndarray = ids == int(np.argmin(sizes))
    return mask


def number_of_folds(
    division: Split, table: pd.DataFrame, aim: Target, train: np.ndarray, wanted: int | None
) -> tuple[int, str | None]:
    """Return the number of folds, and why it is smaller than requested."""
    usual = wanted or (FOLDS_LARGE if len(train) > LARGE else FOLDS)
    if division.scheme is SplitScheme.GROUPED:
        n_groups = len(np.unique(group_codes(table, str(division.column))[train]))
        if n_groups < 2:
            raise DataError(f"groups={division.column!r} leaves only one group for training; folds need at least 2.")
        why = f"{division.column} has {n_groups} groups in the training rows" if n_groups < usual else None
        return min(usual, n_groups), why
    if aim.kind is Kind.REGRESSION or division.scheme is SplitScheme.FORWARD:
        return usual, None
    counts = np.bincount(aim.y, minlength=len(aim.texts))
    if counts.min() < 2:
        rare = aim.texts[int(np.argmin(counts))]
        raise DataError(
            f"The class {rare!r} has 1 row, but each class needs at least 2: one for training, one for validation. "
            "Drop the row or merge the class with another one."
        )
    fewest = int(np.bincount(aim.y[train], minlength=len(aim.texts)).min())
    if fewest >= usual:
        return usual, None
    rare = aim.texts[int(np.argmin(np.bincount(aim.y[train], minlength=len(aim.texts))))]
    floor = 2 if aim.kind is Kind.BINARY else min(3, usual)
    return max(fewest, floor), f"the class {rare!r} has {plural(fewest, 'row')} in the training rows"


def divide(division: Split, table: pd.DataFrame, aim: Target, train: np.ndarray, seed: int) -> tuple[Fold, ...]:
    """Divide the training rows into the requested number of folds, or the largest smaller number that works.

    Calling it again with the resulting number of folds gives the same rows.
    """
    if division.scheme not in (SplitScheme.FORWARD, SplitScheme.GROUPED):
        return _repeated(division, division.parts, table, aim, train, seed)
    for number in range(division.parts, 0 if division.scheme is SplitScheme.FORWARD else 1, -1):
        made = _repeated(division, number, table, aim, train, seed)
        if len(made) == number * division.repeats and all(_tells_apart(aim, fold) for fold in made):
            return made
    if division.scheme is SplitScheme.FORWARD:
        raise _no_window(division, table, aim, train, seed)
    raise DataError(
        f"groups={division.column!r} puts all rows of a class in one group, so no fold can train on and validate it. "
        "Choose another column, or remove groups=."
    )


def _no_window(division: Split, table: pd.DataFrame, aim: Target, train: np.ndarray, seed: int) -> DataError:
    """Return the error that says why not even one window in time works."""
    name = f"time={division.column!r}"
    made = _divide(replace(division, gap=0, groups=None), 1, table, aim, train, _rng(seed, 2))
    if not made:
        return DataError(
            f"{name} has only one distinct time in the training rows, so no rows are left to validate on. Choose a "
            "finer time column, or holdout=0."
        )
    if _tells_apart(aim, made[0]):
        given = ["gap="] * bool(division.gap) + ["groups="] * bool(division.groups)
        changes = ["a smaller gap"] * bool(division.gap) + ["smaller groups"] * bool(division.groups)
        return DataError(
            f"{name} with {' and '.join(given)} leaves too few rows to train on or to validate. "
            f"Use {' or '.join([*changes, 'more rows'])}."
        )
    if aim.kind is Kind.REGRESSION:
        return DataError(f"{name} leaves {plural(len(made[0][0]), 'row')} to train on. Use more rows, or remove time=.")
    half = "later" if len(np.unique(aim.y[made[0][1]])) < 2 else "earlier"
    purpose = "score a model" if half == "later" else "train a model"
    return DataError(
        f"In the order of {division.column!r}, the {half} half of the training rows holds only one class, which cannot "
        f"{purpose}. Choose another time column, or remove time=."
    )


def _repeated(
    division: Split, number: int, table: pd.DataFrame, aim: Target, train: np.ndarray, seed: int
) -> tuple[Fold, ...]:
    rngs = [_rng(seed, 2), *(np.random.default_rng([abs(int(seed)), 2, i]) for i in range(1, division.repeats))]
    return tuple(fold for rng in rngs for fold in _divide(division, number, table, aim, train, rng))


def _divide(
    division: Split, number: int, table: pd.DataFrame, aim: Target, train: np.ndarray, rng: np.random.Generator
) -> tuple[Fold, ...]:
    codes = None if aim.kind is Kind.REGRESSION else aim.y[train]
    if division.scheme is SplitScheme.FORWARD:
        made = split.forward_folds(time_ranks(table, str(division.column))[train], train, number)
        if division.groups:
            made = split.without_shared_groups(made, group_codes(table, division.groups), rng)
        return _with_gap(division, table, made) if division.gap else made
    if division.scheme is SplitScheme.GROUPED:
        groups = np.unique(group_codes(table, str(division.column))[train], return_inverse=True)[1]
        ids = split.grouped_fold_ids(groups, codes, number, rng)
    elif codes is not None:
        ids = split.stratified_fold_ids(codes, number, rng)
    else:
        ids = split.shuffled_fold_ids(len(train), number, rng)
    return split.ids_to_folds(ids, train)


def _with_gap(division: Split, table: pd.DataFrame, folds: tuple[Fold, ...]) -> tuple[Fold, ...]:
    """Return the folds without the training rows in the gap before their validation rows."""
    seconds = _seconds(table, str(division.column))
    starts = [np.nanmin(seconds[valid]) - division.gap if len(valid) else -np.inf for _, valid in folds]
    return tuple((train[~(seconds[train] > start)], valid) for (train, valid), start in zip(folds, starts, strict=True))


def _tells_apart(aim: Target, fold: Fold) -> bool:
    """Return whether a fold is usable: at least two classes on both sides."""
    if aim.kind is Kind.REGRESSION:
        return len(fold[0]) > 1 and len(fold[1]) > 0
    trained, validated = len(np.unique(aim.y[fold[0]])), len(np.unique(aim.y[fold[1]]))
    return trained > 1 and validated > 1


def _rng(seed: int, use: int) -> np.random.Generator:
    return np.random.default_rng([abs(int(seed)), use])
