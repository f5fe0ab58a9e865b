"""From a table and a target to a supervised task: the first step of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.balance import checked_balance
from hitl_widget.data.cells import cell_text
from hitl_widget.data.date_notes import notes_on_dates
from hitl_widget.data.division import Divided, checked_division, divide_rows
from hitl_widget.data.expectations import checked_between, checked_monotone
from hitl_widget.data.hints import near_or_all
from hitl_widget.data.number_texts import NumberTexts
from hitl_widget.data.origins import known_origins
from hitl_widget.data.reading import learn, read
from hitl_widget.data.roles import checked_roles, role_and_texts
from hitl_widget.data.rows import group_codes, moments, time_ranks
from hitl_widget.data.scorers import check_scorable, checked_metric
from hitl_widget.data.split import Fold
from hitl_widget.data.table import column_name, normalise
from hitl_widget.data.target import (
    Target,
    holds_durations,
    in_seconds,
    is_missing,
    missing_targets,
    notes_on_missing,
    understand_target,
)
from hitl_widget.data.weights import are_equal, checked_weights, read_weights
from hitl_widget.domain.figures import listed, plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Column, Kind, Role, SplitScheme, Task
from hitl_widget.errors import DataError

__all__ = ["OF_GROUPS", "OF_WEIGHTS", "Understood", "group_codes", "target_skewed", "time_ranks", "understand"]

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
    divided
        The division of its rows.
    weights : ndarray of shape (n,) or None
        Weights of the rows; None if all count the same.
    kept : ndarray of bool or None
        The rows of the given table that have a target; None if all have.
    dropped : ndarray of int or None
        Positions of rows that were dropped or have no target; they are in no part of the division.
    unlabeled : DataFrame of shape (u, p) or None
        The rows of the given table that have no target, with the columns of `table`; None if all have one.
    targets : Series of shape (n,) or None
        The plain column of the target, which is not in `table`.
    about_target
        Those notes of the task that speak of the first target.
    """

    task: Task
    table: pd.DataFrame
    y: np.ndarray
    classes: np.ndarray
    divided: Divided
    weights: np.ndarray | None = None
    kept: np.ndarray | None = None
    dropped: np.ndarray | None = None
    unlabeled: pd.DataFrame | None = None
    targets: pd.Series[Any] | None = None
    about_target: tuple[str, ...] = ()

    def without_dropped(self) -> Understood:
        """Return the task without the dropped rows; the others are numbered anew."""
        if self.dropped is None or not len(self.dropped):
            return self
        left = np.ones(len(self.y), bool)
        left[self.dropped] = False
        return replace(
            self,
            table=self.table.loc[left].reset_index(drop=True),
            y=self.y[left],
            divided=self.divided.placed(np.cumsum(left) - 1),
            weights=None if self.weights is None else self.weights[left],
            dropped=None,
            targets=None,
        )

    @property
    def train(self) -> np.ndarray:
        """Positions of the rows of the search, ascending, shape (m,)."""
        return self.divided.train

    @property
    def holdout(self) -> np.ndarray:
        """Positions of the rows of the holdout, ascending, shape (h,)."""
        return self.divided.holdout

    @property
    def folds(self) -> tuple[Fold, ...]:
        """Positions of the training and the validation rows of each fold, ascending."""
        return self.divided.folds


def understand(
    data: Any,
    target: object,
    *,
    metric: str | Metric | Mapping[str, Any] | None = None,
    positive: object = None,
    roles: Mapping[Any, Any] | None = None,
    groups: Any = None,
    time: Any = None,
    cv: Any = None,
    repeats: int = 1,
    gap: Any = None,
    holdout: Any = None,
    weights: Any = None,
    seed: int = 0,
    divided: Divided | None = None,
    clean_target: bool = True,
    balance: Any = None,
    monotone: Any = None,
    between: Any = None,
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
        regression. Or the user's own metric, also as the journal holds it.
    positive
        The positive of two classes. Default: the one whose name suggests it ("yes", "true", 1), else the rarer one.
    roles
        ``{"column": "numeric" | "categorical" | "date" | "text" | "ignored"}`` for columns with a wrong role.
    groups
        Name of a column (or one value per row): rows of one group stay in one fold. The column is not a feature.
    time
        Name of a column (or one value per row): folds run forward in time and the holdout is the last rows. A column
        of the table stays a feature; values passed separately do not become one.
    cv
        Number of folds, a splitter of scikit-learn, or a list of (training rows, validation rows), as positions in the
        table or masks. Default: 5, or 3 above 50,000 training rows; fewer if classes or groups are rare. A splitter
        divides the rows outside the holdout; with `time`, it gets them in their order in time.
    repeats
        Number of times that the rows are shuffled and divided.
    gap
        Least distance in time between training and validation rows: a number in the unit of the time column, or a
        duration such as ``"7 days"`` for dates. Rows in the gap are not used in that fold.
    holdout
        Share of rows in the holdout, from 0 (none) to 0.5; or a mask or the positions of its rows. Default: 0.2; with
        a list of folds, the rows that are in none of them.
    weights
        Name of a column (or one value per row): the weights of the rows in fits and scores. The column is not a
        feature.
    seed
        Seed of all shuffles.
    divided
        The division of the rows, if it was made before; then the other arguments on rows are not used.
    clean_target
        False for the journals of earlier versions: labels with other spaces are other classes, and the target is a
        number in fewer spellings.
    balance
        Ways to balance classes that the search tries, see `hitl_widget.data.balance.checked_balance`.
    monotone, between
        Directions of columns and limits of predictions, see `hitl_widget.data.expectations`.

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
    table = normalise(data, strict=False)
    name = _target_name(target)
    _check_shape(table, name)
    own = set(table.columns)
    groups_name, time_name = _side_column(table, groups, "groups", name), _side_column(table, time, "time", name)
    weights_name = _side_column(table, weights, "weights", name)
    asked = None
    if divided is None:
        asked = checked_division(
            table, groups=groups_name, time=time_name, cv=cv, repeats=repeats, gap=gap, holdout=holdout
        )
    metric = Metric.from_json(metric) if isinstance(metric, Mapping) else metric
    whole = table
    kept, table, targets, aim = _aim(table, name, metric, positive, clean_target)
    fit = checked_metric(metric, aim.kind)
    if isinstance(metric, Metric):
        fit = replace(fit, labels=tuple(aim.classes.tolist()))
    reasons = {groups_name: OF_GROUPS, weights_name: OF_WEIGHTS}
    columns, spelled = _columns(table, name, checked_roles(roles, list(table.columns), name), reasons, own)
    if asked is not None:
        divided = divide_rows(asked.taken(kept), table, aim, seed)
    assert divided is not None
    dropped = int((~kept).sum())
    about = (*notes_on_missing(name, dropped), *aim.notes)
    notes = _notes(about, columns, spelled, table, divided, time_name)
    durations = holds_durations(table, name)
    task = _task(name, aim, fit, columns, divided, table, dropped, notes, durations)
    task = replace(
        task,
        balance=checked_balance(balance, task.kind, task.metric),
        monotone=checked_monotone(monotone, columns, task.kind),
        between=checked_between(between, task.kind, name, aim.y),
    )
    given = None if kept.all() else kept
    unlabeled = None if given is None else whole.loc[~kept, list(table.columns)].reset_index(drop=True)
    found = Understood(
        task, table, aim.y, aim.classes, divided, None, given, None, unlabeled, targets=targets, about_target=about
    )
    if weights_name is None:
        return found
    values = read_weights(table[weights_name], weights_name)
    checked_weights(values, aim.y, divided, aim.kind)
    idle = (f"All weights in {weights_name} are equal, so they have no effect.",) if are_equal(values) else ()
    return replace(found, task=replace(task, weights=weights_name, notes=(*task.notes, *idle)), weights=values)


OF_GROUPS = "defines the groups that stay together in one fold"
OF_WEIGHTS = "holds the weights of the rows"


def _aim(
    table: pd.DataFrame, name: str, metric: str | Metric | None, positive: object, clean: bool
) -> tuple[np.ndarray, pd.DataFrame, pd.Series[Any], Target]:
    """Return a mask of the rows with a target, the features of these rows, their target, and what it means."""
    missing, lost = missing_targets(name, table[name], metric, clean)
    nested = known_origins(table).get(name, {}).get("nested")
    if nested:
        raise DataError(f"The target {name!r} holds a {nested} in a cell. Each target must be one number or label.")
    table, values = _with_target(table, name, missing)
    durations = holds_durations(table, name)
    aim = understand_target(name, values, metric=metric, positive=positive, clean=clean, durations=durations)
    aim = in_seconds(name, replace(aim, notes=(*lost, *aim.notes)), durations)
    return ~missing, table, values, aim


def _columns(
    table: pd.DataFrame, name: str, given: Mapping[str, Role], reasons: Mapping[str | None, str], own: set[str]
) -> tuple[tuple[Column, ...], list[str]]:
    """Return the columns with their roles, and notes on numbers in texts; raises DataError if no feature is left."""
    read = [_column(column, table, given, reasons, own) for column in table.columns]
    columns = tuple(column for column, _ in read)
    if all(column.role is Role.IGNORED for column in columns):
        nested = next((one for one in columns if one.reason.startswith("each cell holds a ")), None)
        if nested is not None:
            raise DataError(
                f"No feature is left to predict {name!r}: in {nested.name!r}, {nested.reason}. Expand it into columns "
                "of numbers, texts or dates."
            )
        raise DataError(
            f"No feature is left to predict {name!r}: all {len(columns)} other columns are empty, constant or an "
            'identifier. Add columns, or set a role with roles={"column": "numeric"}.'
        )
    return columns, [note for _, notes in read for note in notes]


def _target_name(target: object) -> str:
    """Return the name of the target; raises DataError for values instead of a name."""
    if isinstance(target, list | np.ndarray | pd.Series | pd.DataFrame | pd.Index) or hasattr(target, "__array__"):
        one = target[0] if isinstance(target, list) and len(target) == 1 else None
        remedy = (
            f"Use target={one!r}."
            if isinstance(one, str)
            else ("Add the values to the table: table = table.assign(target=values), then target='target'.")
        )
        raise DataError(f"target= must be the name of one column; got a {type(target).__name__}. {remedy}")
    return column_name(target)


def _check_shape(table: pd.DataFrame, name: str) -> None:
    if name not in table.columns:
        raise DataError(f"The table has no target column {name!r}.{near_or_all(name, table.columns)}")
    if not len(table):
        raise DataError("The table has columns but no rows. Check the file or the filter that produced it.")
    if len(table) == 1:
        raise DataError(f"The table has 1 row; at least {FEWEST_ROWS} are needed. Add rows.")
    if table.shape[1] == 1:
        raise DataError(f"The table holds only the target {name!r}. Add feature columns.")


def names_column(table: pd.DataFrame, given: Any) -> bool:
    """Return whether `groups=`, `time=` or `weights=` is the label of a column rather than one value per row."""
    return pd.api.types.is_scalar(given) or (isinstance(given, tuple) and column_name(given) in table.columns)


def _side_column(table: pd.DataFrame, given: Any, argument: str, target: str) -> str | None:
    """Return the name of the groups or time column; values passed directly are added to the table."""
    if given is None:
        return None
    if names_column(table, given):
        name = column_name(given)
        if name == target:
            raise DataError(f"{argument}= names the target {name!r}. Choose another column.")
        if name not in table.columns:
            hint = near_or_all(name, table.columns)
            raise DataError(f"{argument}= names the column {name!r}, which is not in the table.{hint}")
        return name
    name = argument
    while name in table.columns:
        name += "_"
    extra = normalise({name: list(given)})
    if len(extra) != len(table):
        found = plural(len(extra), "value")
        raise DataError(f"{argument}= must be a column name or one value per row ({len(table):,}); got {found}.")
    table[name] = extra[name].array
    return name


def _with_target(table: pd.DataFrame, name: str, missing: np.ndarray) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Separate the target and drop rows without one."""
    dropped = int(missing.sum())
    if dropped == len(table):
        raise DataError(f"The target {name!r} is missing in every row. Choose another target.")
    if dropped:
        table = table.loc[~missing].reset_index(drop=True)
    if len(table) < FEWEST_ROWS:
        raise DataError(f"At least {FEWEST_ROWS} rows with a target are needed; the table has {len(table)}. Add rows.")
    values = table[name]
    if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.categories.dtype == bool:
        values = values.astype(bool)
    return table.drop(columns=name), values


def _column(
    name: str, table: pd.DataFrame, given: Mapping[str, Role], reasons: Mapping[str | None, str], own: set[str]
) -> tuple[Column, list[str]]:
    """Return a column with its role, and notes on the numbers in its texts, which are parsed once."""
    column, texts = role_and_texts(name, table[name], given.get(name))
    nested = known_origins(table).get(name, {}).get("nested")
    if nested and not column.distinct:
        return replace(column, role=Role.IGNORED, reason=f"each cell holds a {nested}"), []
    if name not in reasons and name in own:
        return column, _of_numbers(column, table[name], texts)
    reason = reasons.get(name, "passed separately from the table")
    return Column(name, Role.IGNORED, reason, column.missing, column.distinct), []


def _notes(
    about: Sequence[str],
    columns: tuple[Column, ...],
    spelled: list[str],
    table: pd.DataFrame,
    divided: Divided,
    time: str | None,
) -> tuple[str, ...]:
    """Return notes on how the table was read and its rows divided, after those about the target."""
    notes = [*about]
    notes += _of_nested(table)
    infinite = [c.name for c in columns if "infinite" in c.reason]
    if infinite:
        notes.append(
            f"Infinite values are treated as missing in {listed(infinite)}; replace them if they carry meaning."
        )
    notes += spelled
    notes += divided.notes
    ignored = [c.name for c in columns if c.role is Role.IGNORED and not c.given]
    if ignored:
        notes.append(f"Left out: {listed(ignored)}.")
    notes += _of_given_roles(columns, table)
    notes += notes_on_dates(columns, table, time)
    if time:
        notes += _without_time(table, time, divided)
    return tuple(notes)


def _of_nested(table: pd.DataFrame) -> list[str]:
    """Return notes on columns with lists or the like in their cells."""
    return [
        f"{name}: {plural(origin['cells'], 'cell')} with a {origin['nested']} treated as missing. "
        "To use them, expand them into columns of numbers, texts or dates."
        for name, origin in known_origins(table).items()
        if "nested" in origin and name in table.columns
    ]


def _of_numbers(column: Column, values: pd.Series[Any], texts: NumberTexts | None) -> list[str]:
    """Return notes on a column of text that holds numbers; `texts` are those of its values, if known."""
    if column.role in (Role.DATE, Role.IGNORED) or values.dtype != object:
        return []
    found = texts or NumberTexts.of(values)
    if column.role is Role.NUMERIC:  # else times of day
        return found.notes(column.name, lost=not column.given) if column.given or found.are_numeric() else []
    return [] if column.given else found.mixture(column.name, column.role)


def _of_given_roles(columns: tuple[Column, ...], table: pd.DataFrame) -> list[str]:
    """Return notes on cells that a given role makes missing."""
    notes = []
    for column in columns:
        if not column.given or column.role not in (Role.NUMERIC, Role.DATE) or column.name not in table.columns:
            continue
        values = table[column.name]
        here = ~is_missing(values)
        lost = int((pd.isna(read(learn(column, values), values)) & here).sum())
        what = "numbers" if column.role is Role.NUMERIC else "dates"
        if lost and lost == here.sum():
            example = cell_text(values[here].iloc[0])
            notes.append(
                f"No value of {column.name} can be read as {what}, for example {example!r}, so the column is empty. "
                f'Use roles={{"{column.name}": "categorical"}}.'
            )
        elif lost:
            verb = "is" if lost == 1 else "are"
            notes.append(
                f"{plural(lost, 'value')} of {column.name} cannot be read as {what} and {verb} missing, "
                f"because you set the role to {column.role}."
            )
    return notes


def _without_time(table: pd.DataFrame, time: str, divided: Divided) -> list[str]:
    """Return a note on rows without a time, which come first."""
    lost = int(moments(table, time).isna().sum())
    if not lost or divided.split.scheme is not SplitScheme.FORWARD:
        return []
    verb = "row has" if lost == 1 else "rows have"
    return [f"{lost:,} {verb} no value of {time}: used for training only, as if before all others."]


def _task(
    name: str,
    aim: Target,
    metric: Any,
    columns: tuple[Column, ...],
    divided: Divided,
    table: pd.DataFrame,
    dropped: int,
    notes: tuple[str, ...],
    durations: bool,
) -> Task:
    regression = aim.kind is Kind.REGRESSION
    y = aim.y[divided.train]
    if regression and float(np.std(y)) == 0.0:
        raise DataError(f"The target {name!r} has only one value in the training rows. Add rows.")
    if regression:
        check_scorable(metric, name, aim.y)
    return Task(
        target=name,
        kind=aim.kind,
        metric=metric,
        columns=columns,
        split=divided.split,
        rows=len(table),
        holdout_rows=len(divided.holdout),
        dropped_rows=dropped,
        classes=aim.texts,
        class_counts=tuple(int(c) for c in np.bincount(aim.y, minlength=len(aim.texts))) if not regression else (),
        positive=aim.positive,
        notes=notes,
        target_offset=float(np.mean(y)) if regression else 0.0,
        target_scale=float(np.std(y)) if regression else 1.0,
        target_skewed=regression and target_skewed(y),
        unused_rows=len(table) - len(divided.train) - len(divided.holdout),
        durations=durations,
    )


def target_skewed(y: np.ndarray) -> bool:
    """Return whether a target is non-negative, has a skewness above 1, and a much smaller one after a logarithm."""

    def skew(values: np.ndarray) -> float:
        centred = values - values.mean()
        return float((centred**3).mean() / (centred**2).mean() ** 1.5)

    if y.min() < 0:
        return False
    plain = skew(y)
    return plain > 1 and abs(skew(np.log1p(y))) < 0.5 * plain
