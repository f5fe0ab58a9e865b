"""What a person does to the data in Python: roles, missing cells, encodings, transforms. Each method is one command."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.choices import Columns, natural_role
from hitl_widget.data.task import Understood
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.data_choices import AUTO, DataChoices, Filling, Transform
from hitl_widget.domain.data_preview import DataPreview, preview_data
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Role
from hitl_widget.domain.trial import Author
from hitl_widget.engine.plan import Receipt
from hitl_widget.errors import CommandError, ConfigError, DataError
from hitl_widget.evaluation.user_code import has_transform, transform_in

__all__ = ["Preparing"]

_TRIED = 400


class Preparing:
    """The acts on the data of a session: each is one command, undone by `undo`, on record in the journal."""

    table_columns: Columns
    _understood: Understood
    _folder: Path

    @property
    def state(self) -> SessionState:
        """The state of the session: frozen, and the same in every thread."""
        raise NotImplementedError

    def _do(self, command: cmd.Command) -> Receipt:
        raise NotImplementedError

    def set_role(self, column: str, role: str) -> None:
        """Change how a column enters the models, also while the search runs.

        Trials that were measured before stay in the record and stand aside (grey) until `undo`; the best of each family
        is measured anew. Folds and holdout stay as they are.

        Parameters
        ----------
        column
            A column of the table.
        role : {"numeric", "categorical", "date", "text", "ignored", "auto"}
            The role; "auto" is the one that was understood at the beginning.

        Raises
        ------
        DataError
            When there is no such column, or its values do not read so.

        Examples
        --------
        >>> session.set_role("postcode", "categorical")        # doctest: +SKIP
        """
        self.change_data(roles={column: role})

    def drop(self, *columns: str) -> None:
        """Leave columns out of the models, also while the search runs; see `set_role` for what becomes of trials.

        Parameters
        ----------
        *columns
            Columns of the table.

        Raises
        ------
        DataError
            When there is no such column, or none would be left.
        """
        self.change_data(roles=dict.fromkeys(columns, str(Role.IGNORED)))

    def use(self, *columns: str) -> None:
        """Bring columns back that were left out, in the role that was understood or that their values have.

        Parameters
        ----------
        *columns
            Columns of the table.

        Raises
        ------
        DataError
            When there is no such column.
        """
        first = {one.name: one.role for one in self._understood.task.columns}
        roles = {}
        for name in columns:
            ignored = first.get(name) is Role.IGNORED
            roles[name] = str(natural_role(self._understood.table[name])) if ignored else AUTO
        self.change_data(roles=roles)

    def fill(self, column: str, how: str | None = None, *, value: Any = None) -> None:
        """Choose how missing cells of a column are filled, for all models; learnt on the training rows of each fold.

        Parameters
        ----------
        column
            A column of numbers or categories.
        how : {"median", "mean", "most_frequent", "own_level", "auto"}, optional
            The way: the first three of these for numbers, the third and fourth for categories; "auto" leaves it to each
            model.
        value : number or str, optional
            In place of a way, what each missing cell becomes.

        Raises
        ------
        CommandError
            When neither or both are given.
        DataError
            When the way does not suit the column.
        """
        if (how is None) == (value is None):
            raise CommandError('Give either a way, such as "median", or value=.')
        self.change_data(filling={column: how if how is not None else {"value": plain(value)}})

    def set_missing(self, column: str, *values: str | float) -> None:
        """Say which values of a column stand for a missing cell, such as -999 or ``"unknown"``.

        Parameters
        ----------
        column
            A column of numbers, categories or text.
        *values
            The values; none of them to have all values count again.

        Raises
        ------
        DataError
            When the column holds no such value, or nothing else.

        Examples
        --------
        >>> session.set_missing("visits", -999)        # doctest: +SKIP
        """
        self.change_data(missing={column: values})

    def encode(self, column: str, how: str) -> None:
        """Choose how a category becomes numbers, for all models; learnt on the training rows of each fold.

        Parameters
        ----------
        column
            A column of categories.
        how : {"one_hot", "ordinal", "target_mean", "frequency", "auto"}
            A column per level; a number in the order of the levels (numbers by value, then texts by the alphabet); the
            mean of the target, cross-fitted; the share of rows; "auto" leaves it to each model.

        Raises
        ------
        DataError
            When the column is none of categories.
        """
        self.change_data(encoding={column: how})

    def change_data(
        self,
        roles: Mapping[str, str] | None = None,
        filling: Mapping[str, Filling] | None = None,
        encoding: Mapping[str, str] | None = None,
        missing: Mapping[str, Sequence[str | float]] | None = None,
        *,
        running: cmd.Running = "finish",
    ) -> None:
        """Change several columns in one act.

        Parameters
        ----------
        roles, filling, encoding
            By column, as `set_role`, `fill` (``{"value": x}`` for a value) and `encode` take them.
        missing
            By column, the values that stand for a missing cell.
        running : {"finish", "cancel"}
            What becomes of the trials in work, which read the columns as they were.

        Raises
        ------
        CommandError, DataError
            When something of it cannot be done; then nothing of it is.
        """
        change = _change(roles, filling, encoding, missing, running)
        self._make_ready(change)
        self._do(change)

    def preview_data(
        self,
        roles: Mapping[str, str] | None = None,
        filling: Mapping[str, Filling] | None = None,
        encoding: Mapping[str, str] | None = None,
        missing: Mapping[str, Sequence[str | float]] | None = None,
    ) -> DataPreview:
        """Say what a change of the data would do to the record, without doing it.

        Parameters
        ----------
        roles, filling, encoding, missing
            As `change_data` takes them.

        Returns
        -------
        DataPreview
            How many trials go on counting, stand aside or come back; `sentence()` says it.
        """
        change, state = _change(roles, filling, encoding, missing), self.state
        return preview_data(state, self.table_columns.changed(state.steering.data, change))

    def add_transform(self, name: str, transform: Callable[[Any], Any] | Any, columns: Sequence[str] | str) -> None:
        """Add columns of your own making, also while the search runs.

        Parameters
        ----------
        name
            What the new column is called; several are called by it and their own names.
        transform
            A function that takes a table (pandas) and gives a value or a row of values for each row; or a scikit-learn
            transformer, not fitted, which is fitted on the training rows of each fold only. Both get missing cells as
            they are, or as `fill` filled them.
        columns
            The columns of the table that it reads; also ones that no model looks at.

        Raises
        ------
        ConfigError
            When it fails on some rows of the table, or a function gives a row other values beside other rows.
        DataError
            When there is no such column, or the name is taken.

        Examples
        --------
        >>> share = lambda table: table["rooms"] / table["people"]
        >>> session.add_transform("rooms each", share, ["rooms", "people"])        # doctest: +SKIP
        """
        from hitl_widget.learners.own_transform import checked_transform, name_of

        names = (columns,) if isinstance(columns, str) else tuple(str(one) for one in columns)
        if not names:
            raise CommandError("A transform reads at least one column; name those that it needs.")
        known = {one.name for one in self._understood.task.columns}
        if all(one in known for one in names):
            code = checked_transform(name, transform, *self._some_rows(names, self.state.steering.data))
        else:
            code = b""  # the command says which column is wrong
        self.table_columns.keep()
        self._do(cmd.AddTransform(name, names, name_of(transform), code))

    def remove_transform(self, name: str) -> None:
        """Remove a transform of your own.

        Parameters
        ----------
        name
            As it was added.

        Raises
        ------
        DataError
            When there is none of this name.
        """
        self._do(cmd.RemoveTransform(name))

    def _some_rows(self, names: tuple[str, ...], choices: DataChoices) -> tuple[pd.DataFrame, np.ndarray]:
        """Return some training rows as a transform reads them, and their targets."""
        from hitl_widget.learners.columns import ColumnChoices

        rows = np.sort(np.random.default_rng(0).permutation(self._understood.train)[:_TRIED])
        filled = ColumnChoices(filling=choices.filling).fit_transform(self.table_columns.sample(names, choices, rows))
        return filled.reset_index(drop=True), self._understood.y[rows]

    def _is_ready(self, change: cmd.ChangeData) -> bool:
        """Say whether a change takes no longer than a click may."""
        return self.table_columns.is_ready(self.state.steering.data, change) and not self.state.steering.data.transforms

    def _make_ready(self, change: cmd.ChangeData) -> None:
        """Read columns in their new roles, and try the transforms that read them so.

        Raises
        ------
        DataError
            When a transform would fail.
        """
        before = self.state.steering.data
        self.table_columns.ready(before, change)
        try:
            after = self.table_columns.changed(before, change)
        except DataError:
            return  # the command says what is wrong
        moved = {*change.roles, *change.filling, *change.missing}
        for one in after.transforms:
            if moved & set(one.columns) and has_transform(self._folder, one.name):
                self._try_again(one, after)

    def _try_again(self, transform: Transform, choices: DataChoices) -> None:
        from hitl_widget.learners.own_transform import try_transform

        what = transform_in(self._folder, transform.name)
        try:
            try_transform(transform.name, what, *self._some_rows(transform.columns, choices))
        except ConfigError as error:
            raise DataError(
                f"With this change a transform of yours cannot read its columns. {error} "
                f"Remove it first: session.remove_transform({transform.name!r})."
            ) from error

    def _send_once_ready(
        self, change: cmd.ChangeData, author: Author, cause: str, send: Callable[..., Future[Receipt]]
    ) -> Future[Receipt]:
        """Read columns in their new roles beside the search, then hand the change in."""
        receipt: Future[Receipt] = Future()

        def settle(done: Future[Receipt]) -> None:
            error = done.exception()
            if error is not None:
                receipt.set_exception(error)
            else:
                receipt.set_result(done.result())

        def run() -> None:
            try:
                self._make_ready(change)
                send(change, author, cause).add_done_callback(settle)
            except Exception as error:  # noqa: BLE001 - whoever asked waits for an answer
                receipt.set_exception(error)

        threading.Thread(target=run, name="hitl-columns", daemon=True).start()
        return receipt


def _change(
    roles: Mapping[str, str] | None,
    filling: Mapping[str, Filling] | None,
    encoding: Mapping[str, str] | None,
    missing: Mapping[str, Sequence[str | float]] | None,
    running: cmd.Running = "finish",
) -> cmd.ChangeData:
    codes = {name: tuple(plain(one) for one in values) for name, values in (missing or {}).items()}
    return cmd.ChangeData(roles or {}, filling or {}, encoding or {}, running, codes)
