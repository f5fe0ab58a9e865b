"""Groups of rows by one column: categories, or four ranges of numbers or dates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text, is_blank
from hitl_widget.data.dates import DATE
from hitl_widget.data.reading import learn, read
from hitl_widget.domain.task import Column, Role

__all__ = ["FEW_NUMBERS", "LEAST_CASES", "LEAST_ROWS", "MOST_GROUPS", "group_names", "grouping_column", "groups_of"]

MOST_GROUPS = 12
"""Maximum number of named categories; rarer ones are merged."""

FEW_NUMBERS = 8
"""Numbers with at most this many distinct values are categories."""

LEAST_ROWS = 30
"""Groups with fewer rows are not compared."""

LEAST_CASES = 5
"""Rates over fewer positives or negatives are not compared."""


def grouping_column(column: Column, table: pd.DataFrame) -> pd.Series[Any]:
    """Return the values of a column to group by, whether it enters the models or not.

    Parameters
    ----------
    column
        The column; if it enters the models, it is read as they read it.
    table
        The plain table (`hitl_widget.data.task.Understood`).
    """
    values = table[column.name]
    if column.role is not Role.IGNORED:
        values = pd.Series(read(learn(column, values), values), index=values.index)
    return values


def groups_of(table_column: pd.Series[Any], rows: np.ndarray | None = None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the group of each row and the groups' names.

    The groups come from the whole column, so they do not depend on the chosen rows.

    Parameters
    ----------
    table_column : Series of shape (n,)
        As `grouping_column` gives it.
    rows : ndarray of int, shape (m,), optional
        Row positions, default all.

    Returns
    -------
    codes : ndarray of int, shape (m,)
        Positions in `labels`; a group may have no row among the chosen ones.
    labels : tuple of str
        At most 12 categories by number of rows, in their own order, and ``"other"`` for the rest; or ranges between
        quartiles for numbers of more than 8 distinct values and for dates; then ``"missing"`` where cells are.

    Examples
    --------
    >>> groups_of(pd.Series(["b", "a", None, "b"]))
    (array([1, 0, 2, 1]), ('a', 'b', 'missing'))
    """
    kind = table_column.dtype.kind if isinstance(table_column.dtype, np.dtype) else "O"
    values = table_column
    if kind == "M" or (kind in "fiu" and values.nunique() > FEW_NUMBERS):
        codes, labels = _ranges(values)
    else:
        codes, labels = _categories(values)
    if (codes < 0).any():
        labels.append(_unused("missing", labels))
        codes = np.where(codes < 0, len(labels) - 1, codes)
    codes = codes.astype(np.int64)
    return (codes if rows is None else codes[rows]), tuple(labels)


def group_names(column: str, labels: Sequence[str]) -> tuple[str, ...]:
    """Return the names of groups as a sentence needs them: numbers, yes and no stand with the name of their column.

    Examples
    --------
    >>> group_names("SeniorCitizen", ("0", "1", "missing")), group_names("city", ("Bonn", "Ulm"))
    (('SeniorCitizen = 0', 'SeniorCitizen = 1', 'missing'), ('Bonn', 'Ulm'))
    """
    own = [one for one in labels if one not in _NO_VALUE]
    if not own or not all(one.lower() in _BARE or _is_number(one) for one in own):
        return tuple(labels)
    return tuple(one if one in _NO_VALUE else f"{column} = {one}" for one in labels)


_NO_VALUE = frozenset({"other", "missing"})
_BARE = frozenset({"yes", "no", "true", "false"})


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _categories(values: pd.Series[Any]) -> tuple[np.ndarray, list[str]]:
    """Return a code per row, -1 where missing, and labels: the most frequent categories in their order."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, distinct = np.asarray(values.cat.codes, np.int64), list(values.cat.categories)
    else:
        found, unique = pd.factorize(values)
        codes, distinct = found.astype(np.int64), list(unique)
    texts = [None if isinstance(one, str) and is_blank(one) else cell_text(one) for one in distinct]
    names = list(dict.fromkeys(text for text in texts if text is not None))
    place = {name: i for i, name in enumerate(names)}
    codes = np.array([*(-1 if text is None else place[text] for text in texts), -1], np.int64)[codes]
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    present = sorted((int(i) for i in np.flatnonzero(counts)), key=lambda i: _order(names[i]))
    kept = sorted(sorted(present, key=lambda i: -counts[i])[:MOST_GROUPS], key=lambda i: _order(names[i]))
    labels = [names[i] for i in kept]
    to = np.full(len(names) + 1, len(kept), np.int64)
    to[kept] = np.arange(len(kept))
    to[-1] = -1
    codes = to[codes]
    if (codes == len(kept)).any():
        labels.append(_unused("other", labels))
    return codes, labels


def _ranges(values: pd.Series[Any]) -> tuple[np.ndarray, list[str]]:
    """Return a code per row, -1 where missing, and the ranges between quartiles; a range includes its upper end."""
    dates = values.dtype.kind == "M"
    numbers = values.to_numpy(DATE).astype(np.int64) if dates else values.to_numpy(np.float64)
    known = ~np.asarray(values.isna()) & np.isfinite(numbers)
    if not known.any():
        return np.full(len(values), -1, np.int64), []
    cuts = np.unique(np.quantile(numbers[known], [0.25, 0.5, 0.75], method="inverted_cdf"))
    cuts = cuts[cuts < numbers[known].max()]
    codes = np.where(known, np.searchsorted(cuts, numbers, side="left"), -1)
    if dates:
        texts = [str(np.datetime64(int(cut), "us").astype("datetime64[D]")) for cut in cuts]
    else:
        texts = _written(cuts)
    if not texts:
        return codes, ["all values"]
    middle = [f"over {low}, up to {high}" for low, high in pairwise(texts)]
    return codes, [f"up to {texts[0]}", *middle, f"over {texts[-1]}"]


def _written(cuts: np.ndarray) -> list[str]:
    """Write numbers with as few digits as distinguish them."""
    if all(float(cut).is_integer() and abs(cut) < 1e15 for cut in cuts):
        return [f"{int(cut):,}" for cut in cuts]
    for digits in range(3, 17):
        texts = [f"{cut:.{digits}g}" for cut in cuts]
        if len(set(texts)) == len(texts):
            return texts
    return [repr(float(cut)) for cut in cuts]  # pragma: no cover


def _order(text: str) -> tuple[bool, float, str]:
    """Order categories: numbers by value, then texts."""
    try:
        return (False, float(text), text)
    except ValueError:
        return (True, 0.0, text)


def _unused(name: str, labels: Sequence[str]) -> str:
    while name in labels:
        name += " (none of these)"
    return name
