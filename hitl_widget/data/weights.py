"""Weights of rows: read from a column or an array, and checked for each fold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.division import Divided
from hitl_widget.data.reading import learn, read
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Column, Kind, Role
from hitl_widget.errors import DataError

__all__ = ["are_equal", "checked_weights", "read_weights"]


def are_equal(weights: np.ndarray | None) -> bool:
    """Return whether weights, shape (n,), have no effect because all are the same number above 0."""
    return weights is not None and len(weights) > 0 and not np.ptp(weights) and bool(weights[0] > 0)


def read_weights(given: Any, name: str, places: np.ndarray | None = None, rows: int | None = None) -> np.ndarray:
    """Return weights as numbers, shape (n,).

    Parameters
    ----------
    given
        A plain column, or one value per row of the given table.
    name
        The name of the column or the argument, for errors.
    places : ndarray of int, shape (n,), optional
        The rows of the given table that have a target; default all.
    rows
        Number of rows of the given table.

    Raises
    ------
    DataError
        If a weight is missing, negative, a date or no finite number.
    """
    try:
        column = given if isinstance(given, pd.Series) else pd.Series(np.asarray(given).tolist())
    except (TypeError, ValueError) as error:
        raise DataError(f"The weights must be a column or one number per row; got {type(given).__name__}.") from error
    if rows is not None and len(column) != rows:
        raise DataError(
            f"The weights have {plural(len(column), 'value')}, but the table has {rows:,} rows. Give one per row."
        )
    if places is not None:
        column = column.iloc[places]
    column = column.reset_index(drop=True)
    if column.dtype.kind in "mM":
        raise DataError(f"{name!r} holds dates or durations, which are no weights. Name a column of numbers.")
    if column.dtype.kind in "fiub" and not isinstance(column.dtype, pd.CategoricalDtype):
        found = column.to_numpy(np.float64)
    else:
        found = np.asarray(read(learn(Column(name, Role.NUMERIC, ""), column), column), np.float64)
    for wrong, words, remedy in (
        (~np.isfinite(found), "missing or no number", "Fill them, for example with 0 to leave these rows out"),
        (found < 0, "negative", "Weights must be 0 or more"),
    ):
        if wrong.any():
            n, row = int(wrong.sum()), int(np.argmax(wrong))
            where = "" if name == "weights" else f" in {name!r}"
            place = f"in row {row}" if n == 1 else f"the first in row {row}"
            raise DataError(f"{plural(n, 'weight')}{where} {'is' if n == 1 else 'are'} {words}, {place}. {remedy}.")
    return found


def checked_weights(weights: np.ndarray, y: np.ndarray, divided: Divided, kind: Kind) -> None:
    """Check that each fold and the holdout have rows that count; raises DataError otherwise.

    Parameters
    ----------
    weights, y : ndarray of shape (n,)
        Weights and targets.
    divided
        The division of the rows.
    kind
        Of the task: for classes, two of them need rows that count.
    """
    parts = [(f"The rows that fold {i + 1} trains on", train) for i, (train, _) in enumerate(divided.folds)]
    parts += [(f"The rows that fold {i + 1} validates on", valid) for i, (_, valid) in enumerate(divided.folds)]
    parts += [("The rows of the holdout", divided.holdout)] if len(divided.holdout) else []
    for what, rows in parts:
        counting = rows[weights[rows] > 0]
        if not len(counting):
            raise DataError(f"{what} all have the weight 0. Give some of them a weight above 0, or use fewer folds.")
        if kind is not Kind.REGRESSION and len(np.unique(y[counting])) < 2 <= len(np.unique(y[rows])):
            raise DataError(
                f"{what} have weights above 0 in one class only. Give rows of another class a weight above 0."
            )
