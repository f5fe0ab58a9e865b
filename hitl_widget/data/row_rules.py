"""Rules that name rows: duplicates, comparisons such as ``age > 100``, outliers of a column."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text
from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.reading import learn, read
from hitl_widget.data.target import is_missing
from hitl_widget.data.task import Understood
from hitl_widget.domain.task import Column, Kind, Role
from hitl_widget.errors import DataError

__all__ = ["duplicate_rows", "row_hashes", "rows_of_rule"]

FENCE = 3.0
"""Outliers lie so many interquartile ranges outside the quartiles (Tukey's outer fences)."""

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_TERM = re.compile(r"(?P<name>`[^`]+`|.+?)\s*(?P<sign>>=|<=|==|!=|>|<|=)\s*(?P<value>.+)", re.DOTALL)
_HOW = 'such as "duplicates", "age > 100", "age is missing" or "outliers in age"'


def row_hashes(table: pd.DataFrame, y: np.ndarray) -> np.ndarray:
    """Return a number for each row, shape (n,): equal rows with equal targets have the same one."""
    hashes = pd.util.hash_pandas_object(table, index=False).to_numpy(np.uint64)
    return np.asarray(hashes * np.uint64(1_000_003) + pd.util.hash_array(np.asarray(y)))


def duplicate_rows(understood: Understood, names: Sequence[str], left: np.ndarray) -> np.ndarray:
    """Return a mask of the rows that repeat another one in the given columns and the target.

    One row of each set is not among them: the first one of the holdout, if there is one, otherwise the first.

    Parameters
    ----------
    understood
        The task with its table.
    names
        Columns to compare.
    left : ndarray of bool, shape (n,)
        The rows that were not dropped before.
    """
    hashes = row_hashes(understood.table[list(names)], understood.y)
    places = np.flatnonzero(left)
    held = np.isin(places, understood.holdout)
    order = np.concatenate([places[held], places[~held]])
    mask = np.zeros(len(understood.y), bool)
    mask[order[pd.Series(hashes[order]).duplicated().to_numpy()]] = True
    return mask


def rows_of_rule(rule: str, understood: Understood) -> np.ndarray:
    """Return a mask of the rows that a rule names, shape (n,).

    Parameters
    ----------
    rule
        Comparisons of a column or the target with a value, ``"age is missing"``, or ``"outliers in age"``, joined by
        ``and`` or ``or``; ``and`` binds first. A name with other signs stands in backticks. Outliers lie more than
        three interquartile ranges outside the quartiles of the rows of the search, and only rows of the search are
        outliers: new data will have such rows, so the holdout must have them, too.
    understood
        The task with its table.

    Raises
    ------
    DataError
        If the rule cannot be read, or names no column.

    Examples
    --------
    >>> from hitl_widget.data.task import understand
    >>> task = understand({"age": [20, 130] * 10, "y": ["no", "yes"] * 10}, "y")
    >>> int(rows_of_rule("age > 100", task).sum())
    10
    """
    whole = np.zeros(len(understood.y), bool)
    for part in _split_at("or", rule.strip()):
        some = np.ones(len(understood.y), bool)
        for term in _split_at("and", part):
            some &= _term(term.strip(), understood)
        whole |= some
    return whole


def _split_at(word: str, text: str) -> list[str]:
    """Return the parts of a text between a word, except where it stands in quotes or backticks."""
    parts = [""]
    for piece in re.findall(rf"`[^`]*`|'[^']*'|\"[^\"]*\"|\s+{word}\s+|.", text, re.IGNORECASE | re.DOTALL):
        if len(piece) > 1 and piece.strip().lower() == word:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _term(term: str, understood: Understood) -> np.ndarray:
    if found := re.fullmatch(r"(.+?)\s+is\s+missing", term, re.IGNORECASE):
        return is_missing(_values(found[1], understood))
    if found := re.fullmatch(r"outliers\s+in\s+(.+)", term, re.IGNORECASE):
        return _outliers(found[1], understood)
    found = _TERM.fullmatch(term)
    if found is None:
        raise DataError(f"The rule {term!r:.100} cannot be read. Use a rule {_HOW}.")
    values, compare = _values(found["name"], understood), _COMPARISONS[found["sign"]]
    return _compared(values, compare, found["sign"], found["value"].strip(), found["name"])


def _values(given: str, understood: Understood) -> pd.Series[Any]:
    """Return the plain values of a column or of the target."""
    name = given.strip().strip("`").strip()
    if name in understood.table.columns:
        return understood.table[name]
    task = understood.task
    if name == task.target:
        numbers = task.kind is Kind.REGRESSION
        return pd.Series(understood.y if numbers else np.asarray(task.classes, object)[understood.y])
    hint = did_you_mean(name, [*understood.table.columns, task.target])
    raise DataError(f"There is no column {name!r:.100} in the table.{hint}")


def _compared(
    values: pd.Series[Any], compare: Callable[[Any, Any], Any], sign: str, value: str, name: str
) -> np.ndarray:
    text = value.strip("\"'")
    quoted = value != text
    if not quoted and text.lower() in ("nan", "nat", "<na>"):
        raise DataError(f'{text} equals nothing. For rows without a value, write "{name} is missing".')
    if values.dtype.kind == "M":
        try:
            moment = pd.Timestamp(text)
        except ValueError as error:
            raise DataError(f"{name!r} holds dates, so it needs a date such as 2024-01-31; got {text!r}.") from error
        if moment.tz is not None:  # plain tables hold times in UTC
            moment = moment.tz_convert("UTC").tz_localize(None)
        return np.asarray(compare(values, moment), bool)
    try:
        number = float(text.replace("_", ""))
    except ValueError:
        number = float("nan")
    if np.isfinite(number) and not quoted:
        numbers = np.asarray(_numbers(values), np.float64)
        found = np.asarray(compare(numbers, number), bool)
        return found & np.isfinite(numbers)
    if sign not in ("==", "!=", "="):
        raise DataError(f"{name!r} can only be compared with a number by {sign}; got {value!r}. Use == or !=.")
    texts = np.array([None if pd.isna(one) else cell_text(one) for one in values], object)
    return np.asarray(np.asarray(compare(texts, text), bool) & ~is_missing(values))


def _numbers(values: pd.Series[Any]) -> Any:
    return read(learn(Column("", Role.NUMERIC, ""), values), values)


def _outliers(name: str, understood: Understood) -> np.ndarray:
    numbers = np.asarray(_numbers(_values(name, understood)), np.float64)
    known = numbers[understood.train]
    known = known[np.isfinite(known)]
    if not len(known):
        raise DataError(f"{name!r} holds no numbers, so it has no outliers. Name a column of numbers.")
    low, high = np.quantile(known, [0.25, 0.75])
    fence = FENCE * (high - low)
    mask = np.zeros(len(numbers), bool)
    mask[understood.train] = True
    with np.errstate(invalid="ignore"):
        return np.asarray(mask & ((numbers < low - fence) | (numbers > high + fence)))
