"""From a table and a target to a supervised task: the first step of a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.roles import checked_roles, role_of
from hitl_widget.data.rows import divide, group_codes, hold_out, number_of_folds, time_ranks
from hitl_widget.data.scorers import check_scorable, checked_metric
from hitl_widget.data.split import Fold
from hitl_widget.data.table import Mixed, normalise_with_mixed
from hitl_widget.data.target import Target, is_missing, understand_target
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.errors import DataError

__all__ = ["Understood", "folds_for", "group_codes", "rows_for", "time_ranks", "understand"]

FEWEST_ROWS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Understood:
    """A task with its table and its rows.

    Parameters
    ----------
    task
        The task.
    table : DataFrame of shape (n, p)
        The plain table: all columns but the target, rows with a target, in the original order.
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
    """Return the supervised task that a table and a target define.

    Parameters
    ----------
    data
        A table (see `hitl_widget.data.table.normalise`).
    target
        Name of the column to predict.
    metric
        Name of a scikit-learn scorer, or a short name such as ``"rmse"``. Default: ROC AUC for two classes, log loss
        for more, RMSE for numbers. For a target of whole numbers, the metric decides between classification and
    positive
        The positive of two classes. Default: the one whose name suggests it ("yes", "true", 1), else the rarer one.
    roles
        ``{"column": "numeric" | "categorical" | "date" | "text" | "ignored"}`` for columns with a wrong role.
    groups
        Name of a column (or one value per row): rows of one group stay in one fold. The column is not a feature.
    time
        Name of a column (or one value per row): folds run forward in time and the holdout is the last rows. A column
        of the table stays a feature; values passed separately do not become one.
    holdout
        Share of rows in the holdout, from 0 (none) to 0.5.
    seed
        Seed of all shuffles.
    folds
        Number of folds. Default: 5, or 3 above 50,000 training rows; fewer if classes or groups are rare.

    Returns
    -------
    Understood

    Raises
    ------
    DataError
        If the table or the target is unusable; the message says why and what to do.

    Examples
    --------
    >>> table = {"x": [0, 1] * 20, "y": ["no", "yes"] * 20}
    >>> understand(table, "y").task.kind
    <Kind.BINARY: 'binary'>
    """
    table, mixed = normalise_with_mixed(data)
    name = str(target)
    _check_shape(table, name)
    own = set(table.columns)
    groups_name, time_name = _side_column(table, groups, "groups", name), _side_column(table, time, "time", name)
    if groups_name and time_name:
        raise DataError("groups= and time= cannot be combined. Choose the one that matches how the model will be used.")
    table, values, dropped = _with_target(table, name)
    aim = understand_target(name, values, metric=metric, positive=positive, mixed=name in mixed)
    fit = checked_metric(metric, aim.kind)
    given = checked_roles(roles, list(table.columns), name)
    columns = tuple(_column(column, table, given, groups_name, own) for column in table.columns)
    if all(column.role is Role.IGNORED for column in columns):
        raise DataError(
            f"No feature is left to predict {name!r}: all {len(columns)} other columns are empty, constant or an "
            'identifier. Add columns, or set a role with roles={"column": "numeric"}.'
        )
    scheme = SplitScheme.GROUPED if groups_name else SplitScheme.FORWARD if time_name else _plain_scheme(aim.kind)
    draft = Split(scheme, 1, groups_name or time_name)
    share = _checked_holdout(holdout, len(table))
    kept, aside = hold_out(draft, table, aim.y, aim.kind, share, seed)
    number, why = number_of_folds(draft, table, aim, kept, folds)
    made = divide(Split(scheme, number, draft.column), table, aim, kept, seed)
    notes = _notes(name, dropped, aim, columns, mixed, Split(scheme, number, draft.column), len(made), why)
    task = _task(name, aim, fit, columns, Split(scheme, len(made), draft.column), table, kept, aside, dropped, notes)
    return Understood(task, table, aim.y, aim.classes, kept, aside, made)


def folds_for(task: Task, table: pd.DataFrame, y: np.ndarray, train: np.ndarray, seed: int) -> tuple[Fold, ...]:
    """Return the folds of a task: the same rows as from `understand` with the same seed."""
    aim = Target(task.kind, y, np.array([]), task.classes, task.positive, ())
    return divide(task.split, table, aim, train, seed)


def rows_for(
    task: Task, table: pd.DataFrame, y: np.ndarray, holdout: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the training and holdout rows of a task, for the same holdout share and seed."""
    return hold_out(task.split, table, y, task.kind, holdout, seed)


def _check_shape(table: pd.DataFrame, name: str) -> None:
    if name not in table.columns:
        listed = ", ".join(repr(column) for column in list(table.columns)[:8])
        more = ", ..." if table.shape[1] > 8 else ""
        hint = did_you_mean(name, table.columns).strip() or f"It has {listed or 'no columns'}{more}."
        raise DataError(f"The table has no target column {name!r}. {hint}")
    if not len(table):
        raise DataError("The table has columns but no rows. Check the file or the filter that produced it.")
    if len(table) == 1:
        raise DataError(f"The table has 1 row; at least {FEWEST_ROWS} are needed. Add rows.")
    if table.shape[1] == 1:
        raise DataError(f"The table holds only the target {name!r}. Add feature columns.")


def _side_column(table: pd.DataFrame, given: Any, argument: str, target: str) -> str | None:
    """Return the name of the groups or time column; values passed directly are added to the table."""
    if given is None:
        return None
    if isinstance(given, str | int):
        name = str(given)
        if name == target:
            raise DataError(f"{argument}= names the target {name!r}. Choose another column.")
        if name not in table.columns:
            hint = did_you_mean(name, table.columns)
            raise DataError(f"{argument}= names the column {name!r}, which is not in the table.{hint}")
        return name
    name = argument
    while name in table.columns:
        name += "_"
    extra, _ = normalise_with_mixed({name: list(given)})
    if len(extra) != len(table):
        raise DataError(
            f"{argument}= must be a column name or one value per row ({len(table):,}); got {len(extra):,} values."
        )
    table[name] = extra[name].array
    return name


def _with_target(table: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.Series[Any], int]:
    """Separate the target and drop rows without one."""
    missing = is_missing(table[name])
    dropped = int(missing.sum())
    if dropped == len(table):
        raise DataError(f"The target {name!r} is missing in every row. Choose another target.")
    if dropped:
        table = table.loc[~missing].reset_index(drop=True)
    if len(table) < FEWEST_ROWS:
        raise DataError(f"At least {FEWEST_ROWS} rows with a target are needed; the table has {len(table)}. Add rows.")
    return table.drop(columns=name), table[name], dropped


def _column(name: str, table: pd.DataFrame, given: Mapping[str, Role], groups: str | None, own: set[str]) -> Column:
    column = role_of(name, table[name], given.get(name))
    if name != groups and name in own:
        return column
    reason = (
        "defines the groups that stay together in one fold" if name == groups else "passed separately from the table"
    )
    return Column(name, Role.IGNORED, reason, column.missing, column.distinct)


def _plain_scheme(kind: Kind) -> SplitScheme:
    return SplitScheme.KFOLD if kind is Kind.REGRESSION else SplitScheme.STRATIFIED


def _checked_holdout(holdout: object, rows: int) -> float:
    if not isinstance(holdout, int | float) or isinstance(holdout, bool) or not 0 <= float(holdout) <= 0.5:
        raise DataError(f"holdout= must be a share of the rows from 0 to 0.5, for example 0.2; got {holdout!r}.")
    share = float(holdout)
    if share and round(share * rows) < 1:
        raise DataError(
            f"holdout={share:g} of {rows:,} rows is less than one row. Use a larger share, or 0 for no holdout."
        )
    return share


def _notes(
    name: str,
    dropped: int,
    aim: Target,
    columns: tuple[Column, ...],
    mixed: Mixed,
    plan: Split,
    made: int,
    fewer: str | None,
) -> tuple[str, ...]:
    """Return notes on how the table was read; `made` of the planned folds are usable."""
    notes = []
    planned = plan.folds
    if dropped:
        notes.append(f"{dropped:,} row{'s' * (dropped > 1)} without a value of {name} left out.")
    notes += aim.notes
    infinite = [c.name for c in columns if "infinite" in c.reason]
    if infinite:
        notes.append(
            f"Infinite values are treated as missing in {_listed(infinite)}; replace them if they carry meaning."
        )
    for column in columns:
        if column.name in mixed and column.role in (Role.CATEGORICAL, Role.TEXT):
            numbers, texts = mixed[column.name]
            notes.append(
                f"{column.name} mixes {numbers:,} numbers and {texts:,} texts and is read as {column.role}; "
                f'roles={{"{column.name}": "numeric"}} treats the texts as missing.'
            )
    if plan.scheme is SplitScheme.FORWARD:
        notes.append(f"Folds run forward in time by {plan.column}; the holdout is the last rows.")
    if fewer:
        notes.append(f"Only {planned} folds: {fewer}.")
    if made < planned:
        notes.append(f"{made} folds instead of {planned}, so that each fold has every class it needs.")
    ignored = [c.name for c in columns if c.role is Role.IGNORED and not c.given]
    if ignored:
        notes.append(f"Ignored columns: {_listed(ignored)}.")
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
        raise DataError(f"The target {name!r} has only one value in the training rows. Add rows.")
    if regression:
        check_scorable(metric, name, aim.y)
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
    """Return whether a target is non-negative, has a skewness above 1, and a much smaller one after a logarithm."""

    def skew(values: np.ndarray) -> float:
        centred = values - values.mean()
        return float((centred**3).mean() / (centred**2).mean() ** 1.5)

    if y.min() < 0:
        return False
    plain = skew(y)
    return plain > 1 and abs(skew(np.log1p(y))) < 0.5 * plain
