"""Rows as people give them to a model: a table, an array, one row as a Series or a dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.table import column_name
from hitl_widget.domain.figures import plural
from hitl_widget.errors import DataError

__all__ = ["as_table"]


def as_table(X: Any, names: Sequence[str]) -> Any:
    """Return rows as a table with named columns; tables with names are returned as they are.

    Parameters
    ----------
    X
        A table; one row as a Series or a dictionary of scalars; an array, a list of rows or an unnamed table with the
        columns of the training table in their order.
    names
        Columns of the training table.

    Raises
    ------
    DataError
        If an array has another number of columns.

    Examples
    --------
    >>> as_table({"size": 3, "kind": "a"}, ["size", "kind"]).shape
    (1, 2)
    >>> as_table([[3, "a"], [4, "b"]], ["size", "kind"]).columns.tolist()
    ['size', 'kind']
    """
    if isinstance(X, pd.DataFrame):
        labels: pd.Index[Any] = X.columns
        unnamed = labels.dtype.kind == "i" and labels.equals(pd.RangeIndex(len(labels)))
        if unnamed and not set(map(column_name, labels)) & set(names):
            return X.set_axis(_checked(names, X.shape[1]), axis=1)
        return X if X.columns.is_unique else _without_strangers(X, names)
    if isinstance(X, pd.Series):
        return X.to_frame().T if set(map(column_name, X.index)) & set(names) else X
    if isinstance(X, Mapping):
        scalars = bool(X) and all(map(pd.api.types.is_scalar, X.values()))
        return pd.DataFrame([dict(X)]) if scalars else X
    if isinstance(X, list) and X and isinstance(X[0], list | tuple | np.ndarray):
        rows = pd.DataFrame([list(row) for row in X])
        return rows.set_axis(_checked(names, rows.shape[1]), axis=1)
    if isinstance(X, np.ndarray) and not X.dtype.names:
        return _of_array(np.asarray(X), names)
    return X


def _of_array(values: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    if values.ndim != 2:
        raise DataError(
            f"An array of rows must have 2 dimensions; got {plural(values.ndim, 'dimension')}. For one row, use "
            "X.reshape(1, -1)."
        )
    return pd.DataFrame(values, columns=_checked(names, values.shape[1]))


def _checked(names: Sequence[str], columns: int) -> list[str]:
    if columns != len(names):
        listed = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
        raise DataError(
            f"Rows without names of columns need the {plural(len(names), 'column')} of the training table in their "
            f"order ({listed}); got {plural(columns, 'column')}. Name yours: pd.DataFrame(X, columns=[...])."
        )
    return list(names)


def _without_strangers(X: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Leave out columns that the model does not know, whose names may occur twice."""
    return X.loc[:, [column_name(label) in names for label in X.columns]]
