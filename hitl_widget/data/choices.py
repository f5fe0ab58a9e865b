"""Data choices: validation of changes, and the table as one view reads it."""

from __future__ import annotations

import contextlib
import pickle
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text
from hitl_widget.data.hints import near_or_all
from hitl_widget.data.reading import Reading, learn, read
from hitl_widget.data.roles import natural_role
from hitl_widget.data.row_changes import Rows
from hitl_widget.data.row_set import RowSet, RowStore, whole_table
from hitl_widget.data.scorers import check_scorable, checked_metric
from hitl_widget.data.task import Understood
from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.data_choices import AUTO, ENCODINGS, FILLINGS, DataChoices, Filling, Transform
from hitl_widget.domain.figures import listed, plural
from hitl_widget.domain.task import Column, Kind, Role, Task
from hitl_widget.errors import DataError, nothing_changes

__all__ = ["Columns", "raw_table", "read_by_transforms", "view_of_table"]

Codes = tuple[str | float, ...]

RAW = "columns.pkl"
"""File with the raw columns, for views that read them in another role."""

FILLING_WORDS = {
    "median": "median",
    "mean": "mean",
    "most_frequent": "most frequent value",
    "own_level": "separate category",
}
ENCODING_WORDS = {
    "one_hot": "one-hot encoded",
    "ordinal": "ordinal encoded",
    "target_mean": "target encoded",
    "frequency": "frequency encoded",
}
_LEAST_READ = 0.5


class Columns:
    """Validates and applies choices about the columns of a table. Thread-safe.

    Reading a column in another role is slow and happens once: `ready` does it outside the controller's thread.

    Parameters
    ----------
    understood
        The task with its table.
    folder
        The session's scratch folder, where the workers find the raw columns.
    seed
        Seed of the session.

    Attributes
    ----------
    rows : Rows
        The rows of the table, which can be changed, too.
    """

    def __init__(self, understood: Understood, folder: Path, seed: int = 0) -> None:
        self.rows = Rows(understood, folder, seed)
        self._task = understood.task
        self._table = whole_table(understood)
        self._folder = folder
        self._read: dict[tuple[str, Role, Codes], tuple[int, int]] = {}
        self._keeping = threading.Lock()

    def ready(self, before: DataChoices, change: ChangeData) -> None:
        """Do the slow part of a change in advance; `changed` reports errors."""
        with contextlib.suppress(DataError):
            self.changed(before, change)
            self.keep()

    def is_ready(self, before: DataChoices, change: ChangeData) -> bool:
        """Return whether a change is fast enough for a click."""
        try:
            wanted = self._wanted(before, change)
        except DataError:  # refused at once
            return True
        kept = (self._folder / RAW).exists()
        return kept and all(one in self._read for one in wanted if one[1] is not Role.IGNORED)

    def _wanted(self, before: DataChoices, change: ChangeData) -> list[tuple[str, Role, Codes]]:
        """Return the columns named by a change, with their role and codes after it."""
        found = []
        for name in dict.fromkeys((*change.roles, *change.missing)):
            column, today = self._column(name, before), self._today(name, before)
            role = change.roles.get(name, today.role)
            codes = change.missing.get(name, today.codes)
            found.append((name, column.role if role == AUTO else Role(role), codes))
        return found

    def changed(self, before: DataChoices, change: ChangeData) -> DataChoices:
        """Return the validated choices after a change.

        Raises
        ------
        DataError
            If a column or an option does not exist; the message lists those that do.
        """
        roles, filling, encoding = dict(before.roles), dict(before.filling), dict(before.encoding)
        for name, role, codes in self._wanted(before, change):
            column = self._column(name, before)
            if role is not Role.IGNORED:
                self._check_no_side_column(before, name)
            if role is column.role and not codes:
                roles.pop(name, None)
            else:
                roles[name] = self._as_wanted(column, role, codes)
        moved = replace(before, roles=roles)
        for name, way in change.filling.items():
            _put(filling, name, self._checked_filling(self._today(name, moved), way))
        for name, encoder in change.encoding.items():
            _put(encoding, name, _checked_way("encoded", self._today(name, moved), encoder, ENCODINGS))
        return self.settled(replace(moved, filling=filling, encoding=encoding))

    def _check_no_side_column(self, before: DataChoices, name: str) -> None:
        """Check that a column does not group or weight the rows."""
        task = before.scored(self._task)
        if name == task.split.group_column:
            raise DataError(
                f"{name!r} defines the groups of the folds, so it cannot be a feature. "
                "Group the folds by another column first: session.set_split(groups=…)."
            )
        if name == task.weights:
            raise DataError(
                f"{name!r} holds the weights of the rows, so it cannot be a feature. "
                "Use other weights first: session.set_weights(…)."
            )

    def settled(self, choices: DataChoices) -> DataChoices:
        """Return choices without settings that do not apply to a column's role, or to no column.

        Raises
        ------
        DataError
            If no column would be left.
        """
        known = {one.name for one in choices.columns(self._task)}
        choices = replace(
            choices,
            roles={name: one for name, one in choices.roles.items() if name in known},
            filling={name: one for name, one in choices.filling.items() if name in known},
            encoding={name: one for name, one in choices.encoding.items() if name in known},
        )
        today = {name: self._today(name, choices) for name in (*choices.filling, *choices.encoding)}
        filling = {name: way for name, way in choices.filling.items() if _suits(today[name], way, FILLINGS)}
        encoding = {name: way for name, way in choices.encoding.items() if _suits(today[name], way, ENCODINGS)}
        return self._checked(replace(choices, filling=filling, encoding=encoding))

    def with_metric(self, before: DataChoices, name: str) -> tuple[DataChoices, str]:
        """Return the choices with another metric, and the change in words.

        Raises
        ------
        DataError
            If there is no such metric, it does not suit the task, or models are scored by it already.
        """
        task = replace(before, metric="").scored(self._task)
        metric = task.metric if name == task.metric.scorer else checked_metric(name, task.kind)
        today = before.scored(self._task).metric
        if metric.scorer == today.scorer:
            raise DataError(f"Models are scored by {today.label} already. Name another metric.")
        if task.kind is Kind.REGRESSION and metric.code is None:
            now = self.rows.understood(before)
            check_scorable(metric, task.target, np.concatenate([now.y[now.train], now.y[now.holdout]]))
        title = f"scored models by {metric.label} instead of {today.label}"
        return replace(before, metric="" if metric.scorer == task.metric.scorer else metric.scorer), title

    def with_transform(self, before: DataChoices, transform: Transform) -> DataChoices:
        """Return choices with one more transform.

        Raises
        ------
        DataError
            If its name is taken, or it reads a column that is not in the table.
        """
        now = before.scored(self._task)
        taken = {column.name for column in now.columns} | {now.target}
        if transform.name in taken or any(one.name == transform.name for one in before.transforms):
            raise DataError(f"A column or transform named {transform.name!r} already exists. Choose another name.")
        for name in transform.columns:
            self._column(name, before)
        return replace(before, transforms=(*before.transforms, transform))

    def without_transform(self, before: DataChoices, name: str) -> DataChoices:
        """Return choices with one transform less.

        Raises
        ------
        DataError
            If there is no transform of this name.
        """
        left = tuple(one for one in before.transforms if one.name != name)
        if len(left) == len(before.transforms):
            known = ", ".join(one.name for one in before.transforms) or "none"
            raise DataError(f"There is no transform {name!r:.100}. Known transforms: {known}.")
        return self._checked(replace(before, transforms=left))

    def in_words(self, before: DataChoices, after: DataChoices) -> str:
        """Return a sentence about a change, for example ``"excluded row_id; age is categorical"``.

        Raises
        ------
        DataError
            If nothing changes.
        """
        if after == before:
            raise DataError(nothing_changes("the columns are already used this way"))
        was, now = ({one.name: one for one in them.columns(self._task)} for them in (before, after))
        moved = [name for name in now if now[name].role is not was[name].role]
        out = [name for name in moved if now[name].role is Role.IGNORED]
        back = [name for name in moved if was[name].role is Role.IGNORED]
        said = [f"excluded {listed(out, 4)}"] if out else []
        said += [f"included {listed(back, 4)}"] if back else []
        said += [f"{name} is {now[name].role}" for name in moved if name not in out and name not in back][:4]
        for name in now:
            if now[name].codes != was[name].codes:
                gone = ", ".join(map(cell_text, now[name].codes)) or "no value"
                said.append(f"{gone} in {name} treated as missing")
        for name in dict.fromkeys((*before.filling, *after.filling)):
            way = after.filling.get(name, AUTO)
            if way != before.filling.get(name, AUTO):
                said.append(f"missing values of {name} filled with {_filling_in_words(way)}")
        for name in dict.fromkeys((*before.encoding, *after.encoding)):
            encoder = after.encoding.get(name, AUTO)
            if encoder != before.encoding.get(name, AUTO):
                said.append(f"{name} {ENCODING_WORDS.get(encoder, 'encoded by default')}")
        return "; ".join(said[:6]) + (f" and {len(said) - 6} more" if len(said) > 6 else "")

    def keep(self) -> None:
        """Write the raw columns where the workers find them, once."""
        path = self._folder / RAW
        with self._keeping:
            if path.exists():
                return
            draft = path.with_suffix(".new")
            with draft.open("wb") as file:
                pickle.dump(self._table, file, protocol=5)
            draft.replace(path)

    def sample(self, columns: tuple[str, ...], choices: DataChoices, rows: np.ndarray) -> pd.DataFrame:
        """Return rows as a transform reads them.

        Parameters
        ----------
        columns
            The columns it reads.
        choices
            The current choices.
        rows : ndarray of int
            Positions.
        """
        known = {column.name: column for column in choices.columns(self._task)}
        read_as = {name: learn(_as_read(known[name], self._table[name]), self._table[name]) for name in columns}
        cells = {name: read(how, self._table[name].take(rows)) for name, how in read_as.items()}
        return pd.DataFrame({name: pd.Series(values, index=rows) for name, values in cells.items()})

    def _column(self, name: str, choices: DataChoices) -> Column:
        """Return a column of the current table in its first role."""
        task = choices.scored(self._task)
        found = next((one for one in task.columns if one.name == name), None)
        if found is not None:
            return found
        if name == task.target:
            raise DataError(f"{name!r} is the target. To predict another column: session.set_target(column).")
        hint = near_or_all(name, [one.name for one in task.columns])
        raise DataError(f"There is no column {name!r:.100} in the table.{hint}")

    def _today(self, name: str, choices: DataChoices) -> Column:
        return choices.roles.get(name) or self._column(name, choices)

    def _as_wanted(self, column: Column, role: Role, codes: Codes) -> Column:
        found = column if role is column.role else self._in_role(column, role)
        if not codes or role is Role.IGNORED:
            return replace(found, codes=codes)
        codes_said = ", ".join(map(cell_text, codes))
        if role is Role.DATE:
            raise DataError(
                f"{column.name!r} holds dates, and only numbers or texts can be marked as missing. Change its role "
                "first."
            )
        missing, distinct = self._counts(column.name, role, codes)
        if missing == found.missing:
            raise DataError(f"{column.name!r} has no cell with the value {codes_said}. Name values that occur in it.")
        if not distinct:
            raise DataError(f"Without {codes_said}, {column.name!r} has no values left. Exclude the column instead.")
        reason = f"{found.reason}; {codes_said} treated as missing"
        return replace(found, reason=reason, missing=missing, distinct=distinct, codes=codes)

    def _counts(self, name: str, role: Role, codes: Codes) -> tuple[int, int]:
        known = self._read.get((name, role, codes))
        if known is None:
            values = self._table[name]
            known = _counts(learn(Column(name, role, "", codes=codes), values), values)
            self._read[name, role, codes] = known
        return known

    def _in_role(self, column: Column, role: Role) -> Column:
        if role is Role.IGNORED:
            return replace(column, role=role, reason="excluded by you", given=True)
        values = self._table[column.name]
        missing, distinct = self._counts(column.name, role, ())
        if not distinct:
            raise DataError(f"No value of {column.name!r} can be read as {_WORD[role]}. Choose another role.")
        here = len(values) - missing
        before = len(values) - column.missing
        if here < _LEAST_READ * before:
            raise DataError(
                f"Only {here:,} of {before:,} values of {column.name!r} can be read as {_WORD[role]}; the others would "
                "become missing. Choose another role, or derive a column with session.add_transform."
            )
        lost = before - here
        more = f"; {plural(lost, 'value')} not readable as {_WORD[role]} treated as missing" if lost > 0 else ""
        return replace(column, role=role, reason=f"set by you{more}", missing=missing, distinct=distinct, given=True)

    def _checked_filling(self, column: Column, way: Filling) -> Filling:
        if isinstance(way, str):
            return _checked_way("filled", column, way, FILLINGS)
        if column.role is Role.NUMERIC and isinstance(way["value"], str):
            raise DataError(f"{column.name!r} holds numbers, so its filling value must be a number, for example 0.")
        if column.role not in (Role.NUMERIC, Role.CATEGORICAL):
            raise DataError(
                f"Only numeric and categorical columns can be filled, but {column.name!r} is {column.role}. "
                "Change its role first."
            )
        return dict(way)

    def _checked(self, choices: DataChoices) -> DataChoices:
        used = any(one.role is not Role.IGNORED for one in choices.columns(self._task))
        if not used and not choices.transforms:
            raise DataError("At least one column must stay in use; this change would exclude the last one.")
        return choices


_WORD = {Role.NUMERIC: "numbers", Role.CATEGORICAL: "categories", Role.DATE: "dates", Role.TEXT: "text"}


def _filling_in_words(way: Filling) -> str:
    if not isinstance(way, str):
        return str(way["value"])
    return FILLING_WORDS.get(way, "each model's default")


def _checked_way(done: str, column: Column, way: str, known: Mapping[Role, tuple[str, ...]]) -> str:
    if way in known[column.role]:
        return way
    ways = ", ".join(map(repr, known[column.role]))
    raise DataError(
        f"{column.name!r} is {column.role} and can be {done} with {ways}; got {way!r}. Change its role first."
    )


def _put(choices: dict[str, Any], name: str, way: Any) -> None:
    if way == AUTO:
        choices.pop(name, None)
    else:
        choices[name] = way


def _suits(column: Column, way: Any, known: Mapping[Role, tuple[str, ...]]) -> bool:
    """Return whether a filling or encoding applies to a column's role; an excluded column keeps its own."""
    if column.role is Role.IGNORED:
        return True
    if isinstance(way, str):
        return way in known[column.role]
    return column.role is Role.CATEGORICAL or (column.role is Role.NUMERIC and not isinstance(way["value"], str))


def _counts(how: Reading, values: pd.Series[Any]) -> tuple[int, int]:
    """Return the numbers of missing cells and distinct values of a column as read."""
    found = pd.Series(read(how, values))
    gone = found.isna() if how.role is not Role.TEXT else found == ""
    return int(gone.sum()), int(found[~gone].nunique())


def _as_read(column: Column, values: pd.Series[Any]) -> Column:
    """Return a column with the role in which a transform reads it."""
    return replace(column, role=natural_role(values)) if column.role is Role.IGNORED else column


def read_by_transforms(task: Task, choices: DataChoices) -> tuple[str, ...]:
    """Return the columns read only by transforms, in table order."""
    wanted = {name for one in choices.transforms for name in one.columns}
    return tuple(one.name for one in choices.columns(task) if one.role is Role.IGNORED and one.name in wanted)


def view_of_table(
    task: Task,
    table: pd.DataFrame,
    readings: tuple[Reading, ...],
    choices: DataChoices,
    folder: Path,
    rows: RowSet | None = None,
) -> tuple[pd.DataFrame, tuple[Reading, ...]]:
    """Return the canonical table under given choices and its reading rules; unchanged columns are not read again.

    Parameters
    ----------
    task
        The original task.
    table : DataFrame of shape (n, p)
        Its canonical table.
    readings
        Its reading rules.
    choices
        The choices.
    folder
        The scratch folder with the raw columns (see `Columns.keep`).
    rows
        Its rows. With added ones, all columns are read again, so that new categories count; else those that were a
        target whose labels were corrected.
    """
    corrected = {} if rows is None else rows.corrections
    again = rows is not None and bool(rows.added)
    before = {one.name: one for one in readings if not again and one.name not in corrected}
    extra = set(read_by_transforms(task, choices))
    raw: pd.DataFrame | None = None
    cells: dict[str, Any] = {}
    how: list[Reading] = []
    for column in choices.columns(task):
        if column.role is Role.IGNORED and column.name not in extra:
            continue
        known = before.get(column.name)
        if known is not None and known.role is column.role and known.codes == column.codes:
            cells[column.name] = table[column.name]
            how.append(known)
            continue
        if raw is None:
            raw = raw_table(folder, rows)
        wanted = learn(_as_read(column, raw[column.name]), raw[column.name])
        values = read(wanted, raw[column.name])
        plain = values.dtype == np.dtype(object)
        cells[column.name] = pd.Series(values, index=raw.index, dtype=object) if plain else values
        how.append(wanted)
    return pd.DataFrame(cells, index=table.index if raw is None else raw.index), tuple(how)


def raw_table(folder: Path, rows: RowSet | None = None) -> pd.DataFrame:
    """Return the raw columns that `Columns.keep` wrote, with the added rows and the corrected labels of a view."""
    found: pd.DataFrame = pickle.loads((folder / RAW).read_bytes())  # noqa: S301 - our own private scratch
    if rows is None:
        return found
    store = RowStore(folder)
    return store.with_corrections(store.table(found, rows.added), rows)
