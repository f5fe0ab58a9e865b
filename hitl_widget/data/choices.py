"""Choices of the columns: what a change makes of them, and the table as a view reads it."""

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
from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.reading import Reading, learn, read
from hitl_widget.data.task import Understood
from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.data_choices import AUTO, ENCODINGS, FILLINGS, DataChoices, Filling, Transform
from hitl_widget.domain.task import Column, Role, SplitScheme, Task
from hitl_widget.errors import DataError

__all__ = ["Columns", "natural_role", "read_by_transforms", "view_of_table"]

Codes = tuple[str | float, ...]

RAW = "columns.pkl"
"""File with the columns as they came, for views that read them in another role."""

FILLING_WORDS = {
    "median": "their median",
    "mean": "their mean",
    "most_frequent": "the most frequent value",
    "own_level": "a level of its own",
}
ENCODING_WORDS = {
    "one_hot": "a column per level",
    "ordinal": "a number in the order of the levels",
    "target_mean": "the mean of the target",
    "frequency": "how frequent a level is",
}
_LEAST_READ = 0.5


class Columns:
    """The columns of a table, where choices about them are checked and made. Thread-safe.

    What takes long, reading a column in another role, is done once: `ready` does it beside the controller's thread.

    Parameters
    ----------
    understood
        The task with its table.
    folder
        The session's scratch folder, where the workers find the columns as they came.
    """

    def __init__(self, understood: Understood, folder: Path) -> None:
        self._task = understood.task
        self._table = understood.table
        self._folder = folder
        self._read: dict[tuple[str, Role, Codes], tuple[int, int]] = {}
        self._keeping = threading.Lock()

    def ready(self, before: DataChoices, change: ChangeData) -> None:
        """Do what takes long of a change ahead of it; what is wrong with the change is said by `changed`."""
        with contextlib.suppress(DataError):
            self.changed(before, change)
            self.keep()

    def is_ready(self, before: DataChoices, change: ChangeData) -> bool:
        """Say whether a change takes no longer than a click may."""
        try:
            wanted = self._wanted(before, change)
        except DataError:  # refused at once
            return True
        kept = (self._folder / RAW).exists()
        return kept and all(one in self._read for one in wanted if one[1] is not Role.IGNORED)

    def _wanted(self, before: DataChoices, change: ChangeData) -> list[tuple[str, Role, Codes]]:
        """Return the columns that a change names, with their role and codes after it."""
        found = []
        for name in dict.fromkeys((*change.roles, *change.missing)):
            column, today = self._column(name), self._today(name, before.roles)
            role = change.roles.get(name, today.role)
            codes = change.missing.get(name, today.codes)
            found.append((name, column.role if role == AUTO else Role(role), codes))
        return found

    def changed(self, before: DataChoices, change: ChangeData) -> DataChoices:
        """Return choices after a change, all of it checked.

        Raises
        ------
        DataError
            When a column or what is wanted of it does not exist; the message says what does.
        """
        roles, filling, encoding = dict(before.roles), dict(before.filling), dict(before.encoding)
        for name, role, codes in self._wanted(before, change):
            column = self._column(name)
            if role is column.role and not codes:
                roles.pop(name, None)
            else:
                roles[name] = self._as_wanted(column, role, codes)
        for name, way in change.filling.items():
            _put(filling, name, self._checked_filling(self._today(name, roles), way))
        for name, encoder in change.encoding.items():
            _put(encoding, name, _checked_way("encoded", self._today(name, roles), encoder, ENCODINGS))
        return self.settled(DataChoices(roles, filling, encoding, before.transforms))

    def settled(self, choices: DataChoices) -> DataChoices:
        """Return choices without the ways that do not go with a column's role.

        Raises
        ------
        DataError
            When no column would be left.
        """
        today = {name: self._today(name, choices.roles) for name in (*choices.filling, *choices.encoding)}
        filling = {name: way for name, way in choices.filling.items() if _suits(today[name], way, FILLINGS)}
        encoding = {name: way for name, way in choices.encoding.items() if _suits(today[name], way, ENCODINGS)}
        return self._checked(replace(choices, filling=filling, encoding=encoding))

    def with_transform(self, before: DataChoices, transform: Transform) -> DataChoices:
        """Return choices with a transform more.

        Raises
        ------
        DataError
            When its name is taken, or it reads a column that the table does not have.
        """
        taken = {column.name for column in self._task.columns} | {self._task.target}
        if transform.name in taken or any(one.name == transform.name for one in before.transforms):
            raise DataError(f"There is a column or a transform {transform.name!r} already; give yours another name.")
        for name in transform.columns:
            self._column(name)
        return replace(before, transforms=(*before.transforms, transform))

    def without_transform(self, before: DataChoices, name: str) -> DataChoices:
        """Return choices with a transform less.

        Raises
        ------
        DataError
            When there is none of this name.
        """
        left = tuple(one for one in before.transforms if one.name != name)
        if len(left) == len(before.transforms):
            known = ", ".join(one.name for one in before.transforms) or "none"
            raise DataError(f"There is no transform {name!r:.100}; there are: {known}.")
        return self._checked(replace(before, transforms=left))

    def in_words(self, before: DataChoices, after: DataChoices) -> str:
        """Say what changed, for example ``"left out row_id; age is categorical"``."""
        was, now = ({one.name: one for one in them.columns(self._task)} for them in (before, after))
        moved = [name for name in now if now[name].role is not was[name].role]
        out = [name for name in moved if now[name].role is Role.IGNORED]
        back = [name for name in moved if was[name].role is Role.IGNORED]
        said = [f"left out {_listed(out)}"] if out else []
        said += [f"brought back {_listed(back)}"] if back else []
        said += [f"{name} is {now[name].role}" for name in moved if name not in out and name not in back][:4]
        for name in now:
            if now[name].codes != was[name].codes:
                listed = ", ".join(map(cell_text, now[name].codes)) or "no value"
                said.append(f"{listed} in {name} counts as missing")
        for name in dict.fromkeys((*before.filling, *after.filling)):
            way = after.filling.get(name, AUTO)
            if way != before.filling.get(name, AUTO):
                said.append(f"missing cells of {name}: {_filling_in_words(way)}")
        for name in dict.fromkeys((*before.encoding, *after.encoding)):
            encoder = after.encoding.get(name, AUTO)
            if encoder != before.encoding.get(name, AUTO):
                said.append(f"{name} as {ENCODING_WORDS.get(encoder, 'each model reads it')}")
        return "; ".join(said[:6]) + (f" and {len(said) - 6} more" if len(said) > 6 else "")

    def keep(self) -> None:
        """Put the columns as they came where the workers find them, once."""
        path = self._folder / RAW
        with self._keeping:
            if path.exists():
                return
            draft = path.with_suffix(".new")
            with draft.open("wb") as file:
                pickle.dump(self._table, file, protocol=5)
            draft.replace(path)

    def sample(self, columns: tuple[str, ...], choices: DataChoices, rows: np.ndarray) -> pd.DataFrame:
        """Return some rows as a transform reads them.

        Parameters
        ----------
        columns
            What it reads.
        choices
            The roles of today.
        rows : ndarray of int
            Positions.
        """
        known = {column.name: column for column in choices.columns(self._task)}
        read_as = {name: learn(_as_read(known[name], self._table[name]), self._table[name]) for name in columns}
        cells = {name: read(how, self._table[name].take(rows)) for name, how in read_as.items()}
        return pd.DataFrame({name: pd.Series(values, index=rows) for name, values in cells.items()})

    def _column(self, name: str) -> Column:
        found = next((one for one in self._task.columns if one.name == name), None)
        if found is not None:
            return found
        if name == self._task.target:
            raise DataError(f"{name!r} is the target; another target is another task: open a new session for it.")
        hint = did_you_mean(name, [one.name for one in self._task.columns])
        raise DataError(f"There is no column {name!r:.100} in the table.{hint}")

    def _today(self, name: str, roles: Mapping[str, Column]) -> Column:
        return roles.get(name) or self._column(name)

    def _as_wanted(self, column: Column, role: Role, codes: Codes) -> Column:
        found = column if role is column.role else self._in_role(column, role)
        if not codes or role is Role.IGNORED:
            return replace(found, codes=codes)
        listed = ", ".join(map(cell_text, codes))
        if role is Role.DATE:
            raise DataError(f"{column.name!r} holds dates; values that stand for missing cells are numbers or texts.")
        missing, distinct = self._counts(column.name, role, codes)
        if missing == found.missing:
            raise DataError(f"No cell of {column.name!r} is {listed}; name values that the column holds.")
        if not distinct:
            raise DataError(f"Without {listed} no cell of {column.name!r} has a value; leave the column out instead.")
        reason = f"{found.reason}; {listed} counts as missing"
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
            return replace(column, role=role, reason="left out by you", given=True)
        split = self._task.split
        if split.scheme is SplitScheme.GROUPED and split.column == column.name:
            raise DataError(
                f"{column.name!r} names the groups that stay together in one fold, so no model may read it. "
                "Groups of another kind are another task: open a new session with groups=."
            )
        values = self._table[column.name]
        missing, distinct = self._counts(column.name, role, ())
        if not distinct:
            raise DataError(f"No cell of {column.name!r} reads as {_WORD[role]}; it stays {column.role}.")
        here = len(values) - missing
        before = len(values) - column.missing
        if here < _LEAST_READ * before:
            raise DataError(
                f"Only {here:,} of the {before:,} values of {column.name!r} read as {_WORD[role]}; the others would be "
                "missing. Choose another role, or make a column of it with session.add_transform."
            )
        lost = before - here
        more = f"; {lost:,} cells that do not read as {_WORD[role]} become missing" if lost > 0 else ""
        return replace(column, role=role, reason=f"set by you{more}", missing=missing, distinct=distinct, given=True)

    def _checked_filling(self, column: Column, way: Filling) -> Filling:
        if isinstance(way, str):
            return _checked_way("filled", column, way, FILLINGS)
        if column.role is Role.NUMERIC and isinstance(way["value"], str):
            raise DataError(f"{column.name!r} holds numbers; its missing cells become a number, for example 0.")
        if column.role not in (Role.NUMERIC, Role.CATEGORICAL):
            raise DataError(
                f"Missing cells are filled in columns of numbers and of categories; {column.name!r} is {column.role}. "
                "Set its role first."
            )
        return dict(way)

    def _checked(self, choices: DataChoices) -> DataChoices:
        used = any(one.role is not Role.IGNORED for one in choices.columns(self._task))
        if not used and not choices.transforms:
            raise DataError("This would leave no column to learn from; at least one must be in use.")
        return choices


_WORD = {Role.NUMERIC: "numbers", Role.CATEGORICAL: "categories", Role.DATE: "dates", Role.TEXT: "text"}


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _filling_in_words(way: Filling) -> str:
    if not isinstance(way, str):
        return str(way["value"])
    return FILLING_WORDS.get(way, "each model's own way")


def _checked_way(done: str, column: Column, way: str, known: Mapping[Role, tuple[str, ...]]) -> str:
    if way in known[column.role]:
        return way
    listed = ", ".join(repr(one) for one in known[column.role])
    raise DataError(f"{column.name!r} is {column.role} and can be {done} by {listed}; got {way!r}. Set its role first.")


def _put(choices: dict[str, Any], name: str, way: Any) -> None:
    if way == AUTO:
        choices.pop(name, None)
    else:
        choices[name] = way


def _suits(column: Column, way: Any, known: Mapping[Role, tuple[str, ...]]) -> bool:
    """Say whether a way goes with a column's role of today; a column that is left out keeps its ways for its return."""
    if column.role is Role.IGNORED:
        return True
    if isinstance(way, str):
        return way in known[column.role]
    return column.role is Role.CATEGORICAL or (column.role is Role.NUMERIC and not isinstance(way["value"], str))


def _counts(how: Reading, values: pd.Series[Any]) -> tuple[int, int]:
    """Return missing cells and distinct values of a column as it is read."""
    found = pd.Series(read(how, values))
    gone = found.isna() if how.role is not Role.TEXT else found == ""
    return int(gone.sum()), int(found[~gone].nunique())


def natural_role(values: pd.Series[Any]) -> Role:
    """Return the role that the values of a column have whatever they are good for.

    Parameters
    ----------
    values : Series of shape (n,)
        Plain values (see `hitl_widget.data.table.normalise`).
    """
    from hitl_widget.data.cells import date_format, parse_numbers

    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fiu":
        return Role.NUMERIC
    if values.dtype.kind == "M":
        return Role.DATE
    if values.dtype == object:
        texts = [str(value) for value in values.dropna().unique()[:1000]]
        if texts and np.isfinite(parse_numbers(texts)[0]).mean() > _LEAST_READ:
            return Role.NUMERIC
        if texts and date_format(texts):
            return Role.DATE
    return Role.CATEGORICAL


def _as_read(column: Column, values: pd.Series[Any]) -> Column:
    """Return a column with the role in which a transform reads it."""
    return replace(column, role=natural_role(values)) if column.role is Role.IGNORED else column


def read_by_transforms(task: Task, choices: DataChoices) -> tuple[str, ...]:
    """Return the columns that only transforms read, in the order of the table."""
    wanted = {name for one in choices.transforms for name in one.columns}
    return tuple(one.name for one in choices.columns(task) if one.role is Role.IGNORED and one.name in wanted)


def view_of_table(
    task: Task, table: pd.DataFrame, readings: tuple[Reading, ...], choices: DataChoices, folder: Path
) -> tuple[pd.DataFrame, tuple[Reading, ...]]:
    """Return the canonical table by some choices, and how it is read; what did not change is not read again.

    Parameters
    ----------
    task
        The task as it was understood.
    table : DataFrame of shape (n, p)
        Its canonical table.
    readings
        How that was read.
    choices
        What was chosen.
    folder
        The scratch folder, where `Columns.keep` put the columns as they came.
    """
    before = {one.name: one for one in readings}
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
            raw = pickle.loads((folder / RAW).read_bytes())  # noqa: S301 - our own private scratch
        wanted = learn(_as_read(column, raw[column.name]), raw[column.name])
        values = read(wanted, raw[column.name])
        plain = values.dtype == np.dtype(object)
        cells[column.name] = pd.Series(values, index=table.index, dtype=object) if plain else values
        how.append(wanted)
    return pd.DataFrame(cells, index=table.index), tuple(how)
