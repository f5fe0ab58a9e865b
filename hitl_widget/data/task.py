"""From a table and a target to a task: the first thing a session does, in words and in arrays."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data import split
from hitl_widget.data.reading import Reading, read
from hitl_widget.data.roles import checked_roles, role_of
from hitl_widget.data.scorers import checked_metric
from hitl_widget.data.table import Mixed, normalise_with_mixed
from hitl_widget.data.target import Target, is_missing, understand_target
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.errors import DataError

__all__ = ["Understood", "folds_for", "group_codes", "rows_for", "time_ranks", "understand"]

FEWEST_ROWS = 10
FOLDS, FOLDS_LARGE, LARGE = 5, 3, 50_000
Fold = split.Fold


@dataclass(frozen=True, slots=True, eq=False)
class Understood:
    """A task with its table and its rows.

    Parameters
    ----------
    task
        What was understood.
    table : DataFrame of shape (n, p)
        The plain table: all columns but the target, only rows with a target, in the original order.
    y : ndarray of shape (n,)
        Codes of classes in the order of `task.classes` (binary: 1 is the positive class), or float64 numbers.
    classes : ndarray
        Original labels in the order of `task.classes`; empty for regression.
    train, holdout : ndarray of int
        Row positions, ascending.
    folds : tuple of (train rows, validation rows)
        Row positions in `table`.
    """

    task: Task
    table: pd.DataFrame
    y: np.ndarray
    classes: np.ndarray
    train: np.ndarray
    holdout: np.ndarray
    folds: tuple[Fold, ...]


def understand(
    data: Any,
    target: object,
    *,
    metric: str | None = None,
    positive: object = None,
    roles: Mapping[Any, Any] | None = None,
    groups: Any = None,
    time: Any = None,
    holdout: float = 0.2,
    seed: int = 0,
    folds: int | None = None,
) -> Understood:
    """Understand a table and a target as a supervised task.

    Parameters
    ----------
    data
        A table (see `hitl_widget.data.table.normalise`).
    target
        Name of the column to predict.
    metric
        Name of a scikit-learn scorer, or a short name such as ``"rmse"``. Default: ROC AUC for two classes, log loss
        for more, RMSE for numbers. A metric for classes makes classes of whole numbers, one for numbers keeps them.
    positive
        The positive of two classes. Default: the one whose name says so ("yes", "true", 1), else the rarer one.
    roles
        ``{"column": "numeric" | "categorical" | "date" | "text" | "ignored"}`` for columns read wrongly.
    groups
        Name of a column (or one value per row): rows of one group stay in one fold. The column is no feature.
    time
        Name of a column (or one value per row): folds go forward in time and the holdout is the last rows. The column
        stays a feature, in the role its values have.
    holdout
        Share of rows kept aside and measured once, from 0 (none) to 0.5.
    seed
        Seed of all shuffles.
    folds
        Number of folds. Default: 5, and 3 above 50,000 training rows; fewer when classes or groups are few.

    Returns
    -------
    Understood

    Raises
    ------
    DataError
        One sentence about what cannot be used, and what to do.

    Examples
    --------
    >>> table = {"x": range(40), "y": ["no", "yes"] * 20}
    >>> understand(table, "y").task.kind
    <Kind.BINARY: 'binary'>
    """
    table, mixed = normalise_with_mixed(data)
    name = str(target)
    _check_shape(table, name)
    groups_name, time_name = _side_column(table, groups, "groups", name), _side_column(table, time, "time", name)
    if groups_name and time_name:
        raise DataError("groups= and time= exclude each other; give the one that matters when the model is used.")
    table, values, dropped = _with_target(table, name)
    aim = understand_target(name, values, metric=metric, positive=positive, mixed=name in mixed)
    fit = checked_metric(metric, aim.kind)
    given = checked_roles(roles, list(table.columns), name)
    columns = tuple(_column(column, table, given, groups_name) for column in table.columns)
    if all(column.role is Role.IGNORED for column in columns):
        raise DataError(
            f"No column is left to learn {name!r} from: each of the {len(columns)} others is empty, constant or an "
            'identifier. Add columns, or set a role with roles={"column": "numeric"}.'
        )
    scheme = SplitScheme.GROUPED if groups_name else SplitScheme.FORWARD if time_name else _plain_scheme(aim.kind)
    draft = Split(scheme, 1, groups_name or time_name)
    share = _checked_holdout(holdout, len(table))
    kept, aside = _rows(draft, table, aim.y, aim.kind, share, seed)
    number, why = _number_of_folds(draft, table, aim, kept, folds)
    made = _folds(Split(scheme, number, draft.column), table, aim, kept, seed)
    notes = _notes(name, dropped, aim, table, columns, mixed, why, len(made), number)
    task = _task(name, aim, fit, columns, Split(scheme, len(made), draft.column), table, kept, aside, dropped, notes)
    return Understood(task, table, aim.y, aim.classes, kept, aside, made)


def folds_for(task: Task, table: pd.DataFrame, y: np.ndarray, train: np.ndarray, seed: int) -> tuple[Fold, ...]:
    """Return the folds of a task again: the same rows as `understand` gave for the same seed."""
    aim = Target(task.kind, y, np.array([]), task.classes, task.positive, ())
    return _folds(task.split, table, aim, train, seed)


def rows_for(task: Task, table: pd.DataFrame, y: np.ndarray, holdout: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the training and the holdout rows of a task again, for the same holdout share and seed."""
    return _rows(task.split, table, y, task.kind, holdout, seed)


def group_codes(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return the group of each row as a number from 0, shape (n,); each missing cell is a group of its own."""
    codes, found = pd.factorize(table[column])
    missing = codes < 0
    codes = codes.astype(np.int64)
    codes[missing] = len(found) + np.arange(int(missing.sum()))
    return codes


def time_ranks(table: pd.DataFrame, column: str) -> np.ndarray:
    """Return the rank in time of each row, shape (n,); equal moments share a rank, missing ones come first."""
    values = table[column]
    if values.dtype.kind not in "fibM":
        numeric = read(Reading(column, Role.NUMERIC), values)
        dates = read(Reading(column, Role.DATE), values)
        values = pd.Series(dates if np.isnat(dates).mean() < np.isnan(numeric).mean() else numeric)
    if values.nunique() < 2:
        raise DataError(f"time={column!r} needs moments that differ; the column has none. Name a date or a number.")
    codes, _ = pd.factorize(values, sort=True)
    return codes.astype(np.int64)


def _check_shape(table: pd.DataFrame, name: str) -> None:
    if name not in table.columns:
        near = difflib.get_close_matches(name, list(table.columns), 3, 0.6)
        lower = [column for column in table.columns if column.lower() == name.lower()]
        near = lower or near
        listed = ", ".join(repr(column) for column in list(table.columns)[:8])
        more = ", ..." if table.shape[1] > 8 else ""
        hint = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"It has {listed or 'no columns'}{more}."
        raise DataError(f"The table has no column {name!r} to predict. {hint}")
    if not len(table):
        raise DataError("The table is empty: it has columns but no rows. Check the file or the filter that made it.")
    if len(table) == 1:
        raise DataError(f"The table has one row; learning needs at least {FEWEST_ROWS}. Add rows.")
    if table.shape[1] == 1:
        raise DataError(f"The table holds the target {name!r} only; add columns to learn it from.")


def _side_column(table: pd.DataFrame, given: Any, argument: str, target: str) -> str | None:
    """Return the name of the groups or time column; values given directly are added to the table."""
    if given is None:
        return None
    if isinstance(given, str | int):
        name = str(given)
        if name == target:
            raise DataError(f"{argument}= names the target {name!r}; name another column.")
        if name not in table.columns:
            near = difflib.get_close_matches(name, list(table.columns), 3, 0.6)
            hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise DataError(f"{argument}= names the column {name!r}, which the table does not have.{hint}")
        return name
    name = argument
    while name in table.columns:
        name += "_"
    extra, _ = normalise_with_mixed({name: list(given)})
    if len(extra) != len(table):
        raise DataError(f"{argument}= takes a column name or one value per row ({len(table):,}); got {len(extra):,}.")
    table[name] = extra[name].array
    return name


def _with_target(table: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.Series[Any], int]:
    """Split off the target and drop the rows without one."""
    missing = is_missing(table[name])
    dropped = int(missing.sum())
    if dropped == len(table):
        raise DataError(f"The target {name!r} has no value in any row; choose another target.")
    if dropped:
        table = table.loc[~missing].reset_index(drop=True)
    if len(table) < FEWEST_ROWS:
        raise DataError(f"Learning needs at least {FEWEST_ROWS} rows with a target; the table has {len(table)}. Add rows.")
    return table.drop(columns=name), table[name], dropped


def _column(name: str, table: pd.DataFrame, given: Mapping[str, Role], groups: str | None) -> Column:
    column = role_of(name, table[name], given.get(name))
    if name != groups:
        return column
    reason = "names the groups that stay together in one fold"
    return Column(name, Role.IGNORED, reason, column.missing, column.distinct)


def _plain_scheme(kind: Kind) -> SplitScheme:
    return SplitScheme.KFOLD if kind is Kind.REGRESSION else SplitScheme.STRATIFIED


def _checked_holdout(holdout: object, rows: int) -> float:
    number = isinstance(holdout, int | float) and not isinstance(holdout, bool)
    if not number or not 0 <= float(holdout) <= 0.5:  # type: ignore[arg-type]
        raise DataError(f"holdout= is a share of the rows from 0 to 0.5, for example 0.2; got {holdout!r}.")
    share = float(holdout)  # type: ignore[arg-type]
    if share and round(share * rows) < 1:
        raise DataError(f"holdout={share:g} of {rows:,} rows keeps no row aside; use 0.2, or 0 for no holdout.")
    return share


def _rng(seed: int, use: int) -> np.random.Generator:
    return np.random.default_rng([abs(int(seed)), use])


def _rows(
    division: Split, table: pd.DataFrame, y: np.ndarray, kind: Kind, share: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows for training and the rows kept aside."""
    n = len(y)
    mask = np.zeros(n, bool)
    if share and division.scheme is SplitScheme.FORWARD:
        mask = split.forward_holdout(time_ranks(table, str(division.column)), share)
    elif share and division.scheme is SplitScheme.GROUPED:
        mask = _grouped_holdout(group_codes(table, str(division.column)), y, kind, share, seed, str(division.column))
    elif share and kind is Kind.REGRESSION:
        mask[_rng(seed, 1).permutation(n)[: round(share * n)]] = True
    elif share:
        mask = split.stratified_holdout(y, share, 2, _rng(seed, 1))
    if kind is not Kind.REGRESSION and len(np.unique(y[~mask])) < len(np.unique(y)):
        raise DataError(
            "The holdout takes all rows of a class; use a smaller holdout=, or 0 for none."
            if share
            else "A class has no rows left."
        )
    return np.flatnonzero(~mask), np.flatnonzero(mask)


def _grouped_holdout(
    groups: np.ndarray, y: np.ndarray, kind: Kind, share: float, seed: int, column: str
) -> np.ndarray:
    """Return a mask of whole groups, about `share` of the rows."""
    parts = max(2, round(1 / share))
    n_groups = int(groups.max()) + 1
    if n_groups < 3:
        raise DataError(
            f"groups={column!r} has {n_groups} group(s); folds and a holdout need at least 3. "
            "Use holdout=0 with 2 groups, or another column."
        )
    codes = None if kind is Kind.REGRESSION else y
    ids = split.grouped_fold_ids(groups, codes, min(parts, n_groups), _rng(seed, 1))
    sizes = np.array([abs(float(np.mean(ids == part)) - share) for part in range(int(ids.max()) + 1)])
    if codes is not None:
        k = int(codes.max()) + 1
        sizes += [10.0 * (len(np.unique(codes[ids != part])) < k) for part in range(len(sizes))]
    mask: np.ndarray = ids == int(np.argmin(sizes))
    return mask


def _number_of_folds(
    division: Split, table: pd.DataFrame, aim: Target, train: np.ndarray, wish: int | None
) -> tuple[int, str | None]:
    """Return how many folds, and why fewer than usual."""
    if wish is not None and (not isinstance(wish, int) or isinstance(wish, bool) or wish < 2):
        raise DataError(f"folds= is a whole number from 2; got {wish!r}.")
    usual = wish or (FOLDS_LARGE if len(train) > LARGE else FOLDS)
    if division.scheme is SplitScheme.GROUPED:
        n_groups = len(np.unique(group_codes(table, str(division.column))[train]))
        if n_groups < 2:
            raise DataError(f"groups={division.column!r} leaves one group to train on; folds need at least 2.")
        why = f"{division.column} has {n_groups} groups to train on" if n_groups < usual else None
        return min(usual, n_groups), why
    if aim.kind is Kind.REGRESSION or division.scheme is SplitScheme.FORWARD:
        return usual, None
    counts = np.bincount(aim.y, minlength=len(aim.texts))
    if counts.min() < 2:
        rare = aim.texts[int(np.argmin(counts))]
        raise DataError(
            f"The class {rare!r} has 1 row; a class needs at least 2, one to learn from and one to check. "
            "Drop the row or merge it with another class."
        )
    fewest = int(np.bincount(aim.y[train], minlength=len(aim.texts)).min())
    if fewest >= usual:
        return usual, None
    rare = aim.texts[int(np.argmin(np.bincount(aim.y[train], minlength=len(aim.texts))))]
    floor = 2 if aim.kind is Kind.BINARY else min(3, usual)
    return max(fewest, floor), f"the class {rare!r} has {fewest} rows to train on"


def _folds(division: Split, table: pd.DataFrame, aim: Target, train: np.ndarray, seed: int) -> tuple[Fold, ...]:
    """Divide the training rows."""
    rng, y = _rng(seed, 2), aim.y[train]
    codes = None if aim.kind is Kind.REGRESSION else y
    if division.scheme is SplitScheme.FORWARD:
        made = split.forward_folds(time_ranks(table, str(division.column))[train], train, division.folds)
        made = tuple(fold for fold in made if _tells_apart(aim, fold))
        if not made:
            raise DataError(f"time={division.column!r} leaves no window to check on; use more rows or no time=.")
        return made
    if division.scheme is SplitScheme.GROUPED:
        groups = np.unique(group_codes(table, str(division.column))[train], return_inverse=True)[1]
        for number in range(division.folds, 1, -1):
            made = split.ids_to_folds(split.grouped_fold_ids(groups, codes, number, rng), train)
            if all(_tells_apart(aim, fold) for fold in made):
                return made
        raise DataError(
            f"groups={division.column!r} puts all rows of a class in one group, so no fold can learn and check it; "
            "use another column, or none."
        )
    if codes is not None:
        return split.ids_to_folds(split.stratified_fold_ids(codes, division.folds, rng), train)
    return split.ids_to_folds(split.shuffled_fold_ids(len(train), division.folds, rng), train)


def _tells_apart(aim: Target, fold: Fold) -> bool:
    """Say whether a fold can be learnt and scored: both of two classes on both sides, two of more in training."""
    if aim.kind is Kind.REGRESSION:
        return len(fold[0]) > 1 and len(fold[1]) > 0
    learnt, checked = len(np.unique(aim.y[fold[0]])), len(np.unique(aim.y[fold[1]]))
    return learnt == 2 and checked == 2 if aim.kind is Kind.BINARY else learnt > 1


def _notes(
    name: str,
    dropped: int,
    aim: Target,
    table: pd.DataFrame,
    columns: tuple[Column, ...],
    mixed: Mixed,
    fewer: str | None,
    made: int,
    planned: int,
) -> tuple[str, ...]:
    """Say what was done to the table."""
    notes = []
    if dropped:
        notes.append(f"{dropped:,} row{'s' * (dropped > 1)} without a value of {name} left out.")
    notes += aim.notes
    infinite = [c.name for c in columns if "infinite" in c.reason]
    if infinite:
        notes.append(f"Infinite values become missing in {_listed(infinite)}; replace them if they mean something.")
    for column in columns:
        if column.name in mixed and column.role in (Role.CATEGORICAL, Role.TEXT):
            numbers, texts = mixed[column.name]
            notes.append(
                f"{column.name} mixes {numbers:,} numbers and {texts:,} texts, read as {column.role}; "
                f'roles={{"{column.name}": "numeric"}} makes the texts missing.'
            )
    if fewer:
        notes.append(f"{planned} folds only: {fewer}.")
    if made < planned:
        notes.append(f"{made} folds instead of {planned}, so that each can be learnt and checked.")
    ignored = [c.name for c in columns if c.role is Role.IGNORED and not c.given]
    if ignored:
        notes.append(f"Not used: {_listed(ignored)}.")
    return tuple(notes)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _task(
    name: str,
    aim: Target,
    metric: Any,
    columns: tuple[Column, ...],
    division: Split,
    table: pd.DataFrame,
    train: np.ndarray,
    aside: np.ndarray,
    dropped: int,
    notes: tuple[str, ...],
) -> Task:
    regression = aim.kind is Kind.REGRESSION
    y = aim.y[train]
    if regression and float(np.std(y)) == 0.0:
        raise DataError(f"The target {name!r} has one value in the rows to learn from; use more rows.")
    if re.search("log_error|deviance", metric.scorer) and float(aim.y.min()) < 0:
        raise DataError(f"metric={metric.scorer!r} needs a target of 0 or more; {name!r} goes down to {aim.y.min():g}.")
    return Task(
        target=name,
        kind=aim.kind,
        metric=metric,
        columns=columns,
        split=division,
        rows=len(table),
        holdout_rows=len(aside),
        dropped_rows=dropped,
        classes=aim.texts,
        class_counts=tuple(int(c) for c in np.bincount(aim.y, minlength=len(aim.texts))) if not regression else (),
        positive=aim.positive,
        notes=notes,
        target_offset=float(np.mean(y)) if regression else 0.0,
        target_scale=float(np.std(y)) if regression else 1.0,
        target_skewed=regression and _skewed(y),
    )


def _skewed(y: np.ndarray) -> bool:
    """Say whether a target is never negative, skewed above 1 and much less so after a logarithm."""

    def skew(values: np.ndarray) -> float:
        centred = values - values.mean()
        return float((centred**3).mean() / (centred**2).mean() ** 1.5)

    if y.min() < 0:
        return False
    plain = skew(y)
    return plain > 1 and abs(skew(np.log1p(y))) < 0.5 * plain
