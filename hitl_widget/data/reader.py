"""The first step of every pipeline: any table in, the canonical table out."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from hitl_widget.data.reading import Reading, canonical_table, learn_all, read_arrays, read_numbers, read_table
from hitl_widget.data.table import normalise, plain_columns, plain_numbers
from hitl_widget.data.unread import unread
from hitl_widget.domain.task import Column, Role

__all__ = ["TableReader"]


class TableReader(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Read a raw table by the roles of its columns.

    Parameters
    ----------
    columns
        The columns of the task, in the order of the table; ignored ones are left out.

    Attributes
    ----------
    feature_names_in_ : ndarray of str
        Columns of the table it was fitted on (those it reads, when fitted on less).
    readings_ : tuple of Reading
        How each of the `p` columns in use is read: known categories, format of dates.

    Examples
    --------
    >>> reader = TableReader((Column("size", Role.CATEGORICAL, ""), Column("id", Role.IGNORED, "")))
    >>> reader.fit_transform({"id": [1, 2], "size": ["S", "?"]})["size"].tolist()
    ['S', nan]
    """

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns

    def fit(self, X: Any, y: Any = None) -> Self:
        """Learn the categories and the formats of dates; X is any table of n rows."""
        table = normalise(X, strict=False)
        self._check(table)
        self.readings_: tuple[Reading, ...] = learn_all(self.columns, table)
        self._said: frozenset[str] = frozenset()
        names = [column.name for column in self.columns if column.name in table.columns]
        self._name(names)
        return self

    @classmethod
    def from_readings(cls, columns: tuple[Column, ...], readings: tuple[Reading, ...]) -> TableReader:
        """Return a fitted reader from what `learn_all` gave."""
        reader = cls(columns)
        reader.readings_ = readings
        reader._name([column.name for column in columns])
        return reader

    def transform(self, X: Any) -> pd.DataFrame:
        """Return the canonical table, shape (n, p); more columns are left out, strange cells become missing.

        Raises
        ------
        DataError
            When a column is missing; the message names it.
        """
        check_is_fitted(self)
        names = [reading.name for reading in self.readings_]
        if all(reading.role is Role.NUMERIC for reading in self.readings_):
            numbers = plain_numbers(X, names)
            if numbers is not None:
                return read_numbers(self.readings_, numbers)
        columns, rows = plain_columns(X, frozenset(names))
        found = read_arrays(self.readings_, columns)
        self._warn(columns, found)
        return canonical_table(found, rows)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns in use, shape (p,)."""
        check_is_fitted(self)
        return np.array([reading.name for reading in self.readings_], dtype=object)

    def _warn(self, columns: Mapping[str, Any], canonical: Mapping[str, Any]) -> None:
        """Warn once of each column that can hardly be read."""
        said: frozenset[str] = getattr(self, "_said", frozenset())
        silent = [reading for reading in self.readings_ if reading.name not in said]
        for name, sentence in unread(silent, columns, canonical):
            warnings.warn(sentence, stacklevel=3)
            self._said = said = said | {name}

    def _check(self, table: pd.DataFrame) -> None:
        used = [column for column in self.columns if column.role is not Role.IGNORED]
        read_table([Reading(column.name, column.role) for column in used], table.iloc[:0])

    def _name(self, names: list[str]) -> None:
        self.feature_names_in_ = np.array(names, dtype=object)
        self.n_features_in_ = len(names)
