"""Prepares changes of the data before the controller gets them: reads columns in new roles, tries transforms."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pandas as pd

from hitl_widget.data.choices import Columns
from hitl_widget.domain.commands import ChangeData, RowCommand
from hitl_widget.domain.data_choices import DataChoices, Transform
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.state import SessionState
from hitl_widget.errors import ConfigError, DataError
from hitl_widget.evaluation.user_code import CodeKind, UserCode

__all__ = ["Preparation"]

_TRIED = 400


class Preparation:
    """Does the slow part of a change of the data, on the caller's thread or on its own.

    Parameters
    ----------
    columns
        The columns and rows of the table, and the choices made about them.
    folder
        The session's scratch folder, which holds the person's transforms.
    """

    def __init__(self, columns: Columns, folder: Path) -> None:
        self._columns, self._folder = columns, folder

    def is_ready(self, state: SessionState, change: ChangeData | RowCommand) -> bool:
        """Return whether a change needs no preparation."""
        choices = state.steering.data
        if isinstance(change, RowCommand):
            return self._columns.rows.is_ready(state, change)
        return self._columns.is_ready(choices, change) and not choices.transforms

    def prepare(self, state: SessionState, change: ChangeData | RowCommand) -> None:
        """Read columns in their new roles, and try the transforms that read them; work out a change of the rows.

        Raises
        ------
        DataError
            If a transform would fail, or the rows cannot be changed so.
        """
        if isinstance(change, RowCommand):
            self._columns.rows.prepare(state, change)
            self._columns.keep()
            return
        before = state.steering.data
        self._columns.ready(before, change)
        try:
            after = self._columns.changed(before, change)
        except DataError:
            return  # the command says what is wrong
        moved = {*change.roles, *change.filling, *change.missing}
        for one in after.transforms:
            if moved & set(one.columns) and UserCode(self._folder).has(CodeKind.TRANSFORM, one.name):
                self._try(one, after)

    def prepare_and_send(
        self, state: SessionState, change: ChangeData | RowCommand, send: Callable[[], Future[Receipt]]
    ) -> Future[Receipt]:
        """Prepare a change on a thread of its own, then send it; the future holds the receipt, or the error."""
        receipt: Future[Receipt] = Future()

        def settle(done: Future[Receipt]) -> None:
            error = done.exception()
            if error is not None:
                receipt.set_exception(error)
            else:
                receipt.set_result(done.result())

        def run() -> None:
            try:
                self.prepare(state, change)
                send().add_done_callback(settle)
            except Exception as error:  # noqa: BLE001 - the caller waits for an answer
                receipt.set_exception(error)

        threading.Thread(target=run, name="hitl-columns", daemon=True).start()
        return receipt

    def some_rows(self, names: tuple[str, ...], choices: DataChoices) -> tuple[pd.DataFrame, np.ndarray]:
        """Return some training rows as a transform reads them, and their targets."""
        from hitl_widget.learners.columns import ColumnChoices

        understood = self._columns.rows.understood(choices)
        known = understood.train[understood.train < len(self._columns.rows.first.y)]
        rows = np.sort(np.random.default_rng(0).permutation(known)[:_TRIED])
        filled = ColumnChoices(filling=choices.filling).fit_transform(self._columns.sample(names, choices, rows))
        return filled.reset_index(drop=True), understood.y[rows]

    def _try(self, transform: Transform, choices: DataChoices) -> None:
        from hitl_widget.learners.own_transform import try_transform

        function = UserCode(self._folder).transform(transform.name)
        try:
            try_transform(transform.name, function, *self.some_rows(transform.columns, choices))
        except ConfigError as error:
            raise DataError(
                f"With this change your transform {transform.name!r} fails. {error} "
                f"Remove it first: session.remove_transform({transform.name!r})."
            ) from error
