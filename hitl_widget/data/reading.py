"""From raw columns to canonical columns, given a role and its known values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import all_escaped, cell_text, escaped, is_blank, parse_numbers
from hitl_widget.data.dates import (
    ANY,
    DATE,
    TIMES,
    are_times,
    date_order,
    from_seconds,
    parse_dates,
    parse_times,
    plain_dates,
    seconds_of,
)
from hitl_widget.data.durations import CLOCKS, DURATIONS, are_durations, parse_durations
from hitl_widget.data.numbers import decimal_mark
from hitl_widget.data.origins import known_origins
from hitl_widget.domain.figures import listed, plural
from hitl_widget.domain.task import Column, Role
from hitl_widget.errors import DataError

__all__ = [
    "Reading",
    "canonical_table",
    "form_of",
    "learn",
    "learn_all",
    "read",
    "read_arrays",
    "read_numbers",
    "read_table",
]


TRUTHS = (("true", "false"), ("t", "f"), ("1", "0"), ("yes", "no"), ("y", "n"))
"""The names of true and false in lower case."""

_FLAGS = {word: float(1 - place) for pair in TRUTHS for place, word in enumerate(pair)} | {"1.0": 1.0, "0.0": 0.0}

_MIDNIGHT = " 00:00:00"
_DAY = re.compile(rf"\d{{4}}-\d\d-\d\d(?:{_MIDNIGHT})?")

_PROBE = 100  # values of a column that show whether it can be read


@dataclass(frozen=True, slots=True)
class Reading:
    """Rules for reading one column.

    Parameters
    ----------
    name
        Column name.
    role
        Numeric, categorical, date or text.
    levels
        Known categories as text (categorical only).
    form
        Order of day, month and year of dates written as text, unit of dates written as numbers, times of day, or
        durations; or None.
    codes
        Values that stand for a missing cell.
    flags
        True if the numbers are 0 and 1 only: then true and false are read as 1 and 0.
    decimal
        Decimal mark of numbers written as text; None in the models of earlier versions, which read fewer spellings.
    unread
        True if most values could not be read in training.
    """

    name: str
    role: Role
    levels: tuple[str, ...] = ()
    form: str | None = None
    codes: tuple[str | float, ...] = ()
    flags: bool = False
    decimal: str | None = None
    unread: bool = False

    def __setstate__(self, state: Sequence[Any]) -> None:
        """Restore a saved instance; fields that were added since then have their defaults."""
        for place, field in enumerate(fields(self)):
            object.__setattr__(self, field.name, state[place] if place < len(state) else field.default)


def learn(column: Column, values: pd.Series[Any]) -> Reading:
    """Return the reading rules of a column, from the plain values of a table (shape (n,))."""
    reading = _learn(column, values)
    if reading.role not in (Role.NUMERIC, Role.DATE) or values.dtype.kind in "fiubM":
        return reading
    some = [text for text in _distinct(values.values)[1] if not is_blank(text)]
    some = some[:: max(1, len(some) // _PROBE)]
    if not some:
        return reading
    missing = np.isnan if reading.role is Role.NUMERIC else np.isnat
    lost = missing(read(reading, np.array(some, object))).mean()
    return replace(reading, unread=bool(lost > 0.5))


def _learn(column: Column, values: pd.Series[Any]) -> Reading:
    if column.role is Role.CATEGORICAL:
        _, texts = _texts(values.values, column.codes)
        levels = tuple(_in_order({text for text in texts if text is not None}))
        return Reading(column.name, column.role, levels, codes=column.codes)
    if column.role is Role.NUMERIC:
        form, (flags, decimal) = form_of(column.role, values.values), _how_numbers(values.values)
        return Reading(column.name, column.role, form=form, codes=column.codes, flags=flags, decimal=decimal)
    return Reading(column.name, column.role, form=form_of(column.role, values.values), codes=column.codes)


def form_of(role: Role, values: Any) -> str | None:
    """Return how the dates, times of day or durations of a column are written, or None if they are none of them."""
    if role not in (Role.NUMERIC, Role.DATE):
        return None
    if values.dtype.kind == "M":
        return ANY if role is Role.DATE else None
    if values.dtype.kind in "fiub" and isinstance(values.dtype, np.dtype):
        return _unit(values.astype(np.float64)) if role is Role.DATE else None
    texts = _distinct(values)[1]
    if role is Role.NUMERIC:
        return TIMES if are_times(texts) else are_durations(texts)
    return _form_of_texts(texts)


def learn_all(columns: Iterable[Column], table: pd.DataFrame) -> tuple[Reading, ...]:
    """Return the reading rules of each column that enters the models."""
    durations = {name for name, origin in known_origins(table).items() if "duration" in origin}
    used = [column for column in columns if column.role is not Role.IGNORED]
    return tuple(_durations(learn(one, table[one.name]), one.name in durations) for one in used)


def _durations(reading: Reading, known: bool) -> Reading:
    """Return the rules of a column of durations, which are read from text, too."""
    return replace(reading, form=DURATIONS) if known and reading.role is Role.NUMERIC else reading


def read_table(readings: Iterable[Reading], table: pd.DataFrame) -> pd.DataFrame:
    """Return the canonical form of a plain table.

    Parameters
    ----------
    readings
        Reading rules of `p` columns.
    table
        `n` rows, as `normalise` makes them, with at least these columns.

    Returns
    -------
    pandas.DataFrame of shape (n, p)
        float64, category (known levels), datetime64[us] and text (object, "" for missing).

    Raises
    ------
    DataError
        If columns are missing; the message names them.
    """
    readings = tuple(readings)
    columns = {one.name: table[one.name].values for one in readings if one.name in table.columns}
    frame = canonical_table(read_arrays(readings, columns), len(table))
    frame.index = table.index
    return frame


def read_arrays(readings: Iterable[Reading], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the canonical values of plain columns by name, as `read_table` does.

    Parameters
    ----------
    readings
        Reading rules of the columns.
    columns
        Their plain values (see `hitl_widget.data.table.plain_columns`), each of shape (n,).

    Raises
    ------
    DataError
        If columns are missing; the message names them.
    """
    readings = tuple(readings)
    gone = [reading.name for reading in readings if reading.name not in columns]
    if gone:
        names = listed(map(repr, gone), 8)
        raise DataError(
            f"The table lacks {plural(len(gone), 'column')} that the model needs: {names}. Add the missing columns."
        )
    return {one.name: read(one, columns[one.name]) for one in readings}


def canonical_table(found: Mapping[str, Any], rows: int) -> pd.DataFrame:
    """Return canonical values, each of shape (rows,), as a table."""
    index = pd.RangeIndex(rows)
    kept = {
        name: pd.Series(values, index=index, dtype=object) if values.dtype == np.dtype(object) else values
        for name, values in found.items()
    }
    frame = pd.DataFrame(kept, index=index)
    if kept:
        frame.columns = _labels(tuple(kept))
    return frame


def read_numbers(readings: Sequence[Reading], numbers: np.ndarray) -> pd.DataFrame:
    """Return the canonical form of a table of numbers, as `read_table` does; `numbers` are those of `plain_numbers`."""
    numbers[np.isinf(numbers)] = np.nan
    for place, reading in enumerate(readings):
        _drop_codes(numbers[:, place], reading.codes)
    return pd.DataFrame(numbers, columns=_labels(tuple(reading.name for reading in readings)), copy=False)


@lru_cache(maxsize=64)
def _labels(names: tuple[str, ...]) -> pd.Index[Any]:
    """Return the labels of columns; tables that share them share the hash table that finds a column by its name."""
    return pd.Index(names)


def read(reading: Reading, values: Any) -> Any:
    """Return the canonical values of one column (a plain array or Series); cells that do not fit become missing."""
    if isinstance(values, pd.Series):
        values = values.values
    if values.dtype.kind == "m":
        values = seconds_of(values) / (3600 if reading.form == TIMES else 1)
    match reading.role:
        case Role.NUMERIC:
            in_words = reading.form in (TIMES, DURATIONS, CLOCKS)
            numbers = _spans(values, reading) if in_words else _numbers(values, reading)
            _drop_codes(numbers, reading.codes)
            return numbers
        case Role.CATEGORICAL:
            codes, texts = _texts(values, reading.codes)
            known, dtype = _category(reading.levels)
            places = np.array([*(known.get(text, -1) for text in texts), -1], np.int32)
            return pd.Categorical.from_codes(places[codes], dtype=dtype)
        case Role.DATE:
            return _dates(values, reading.form)
        case _:
            codes, texts = _texts(values, reading.codes)
            return np.array([*("" if text is None else text for text in texts), ""], object)[codes]


@lru_cache(maxsize=1024)
def _category(levels: tuple[str, ...]) -> tuple[Mapping[str | None, int], pd.CategoricalDtype]:
    """Return the place of each level and the type of a column of them, which are costly to make for each table.

    If the levels are true and false, other spellings of them have the same place.
    """
    places: dict[str | None, int] = {}
    for true, false in TRUTHS:
        if {level.lower() for level in levels} <= {true, false} and len(levels) <= 2:
            for place, level in enumerate(levels):
                words = [pair[level.lower() == false] for pair in (*TRUTHS, ("1.0", "0.0"))]
                places |= {form: place for word in words for form in (word, word.capitalize(), word.upper())}
    for place, level in enumerate(levels):  # a column of dates alone has another type than dates among texts
        if _DAY.fullmatch(level):
            places[f"{level[:10]}{_MIDNIGHT}"] = places[level[:10]] = place
    places |= {escaped(level): place for place, level in enumerate(levels)}
    return places, pd.CategoricalDtype(pd.Index(levels, dtype=object))


def _texts(values: Any, gone: tuple[str | float, ...] = ()) -> tuple[np.ndarray, list[str | None]]:
    """Return a code per row (-1 is missing) and the text of each code; blanks and missing-value codes are None."""
    codes, distinct = _distinct(values)
    missing = {cell_text(one) for one in gone}
    return codes, [None if is_blank(text) or text in missing else text for text in distinct]


def _distinct(values: Any) -> tuple[np.ndarray, list[str]]:
    """Return a code per row (-1 is missing) and the text of each code."""
    if isinstance(values.dtype, pd.StringDtype) and values.dtype.storage == "pyarrow":
        return _distinct_in_arrow(values)
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = np.asarray(values.codes), values.categories
    else:
        codes, found = pd.factorize(values)
    if found.dtype.kind == "O":
        return codes, all_escaped(list(map(str.strip, found.tolist())))
    texts = [cell_text(value) for value in (pd.DatetimeIndex(found) if found.dtype.kind == "M" else found)]
    if found.dtype.kind == "M" and all(text.endswith(_MIDNIGHT) for text in texts):
        texts = [text.removesuffix(_MIDNIGHT) for text in texts]
    return codes, texts


def _distinct_in_arrow(values: Any) -> tuple[np.ndarray, list[str]]:
    """Return what `_distinct` does, of pandas' strings in Arrow's memory: twice as fast as `pandas.factorize`."""
    encoded = values.__arrow_array__().combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1) if encoded.null_count else encoded.indices
    return codes.to_numpy(), list(map(str.strip, encoded.dictionary.to_pylist()))


def _in_order(levels: set[str]) -> list[str]:
    """Sort levels: numbers by value first, then texts."""

    def key(text: str) -> tuple[bool, float, str]:
        try:
            return (False, float(text), text)
        except ValueError:
            return (True, 0.0, text)

    return sorted(levels, key=key)


def _drop_codes(numbers: np.ndarray, gone: tuple[str | float, ...]) -> None:
    """Set numbers that stand for a missing cell to NaN, in place."""
    if gone:
        numbers[np.isin(numbers, parse_numbers([cell_text(one) for one in gone])[0])] = np.nan


def _how_numbers(values: Any) -> tuple[bool, str]:
    """Return whether numbers are 0 and 1 (or true and false) only, and the decimal mark of those written as text."""
    decimal = "."
    if values.dtype.kind == "M":
        return False, decimal
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fibu":
        numbers = np.asarray(values, np.float64)
        numbers = numbers[~np.isnan(numbers)]
    else:
        texts = [text for text in _distinct(values)[1] if not is_blank(text)]
        decimal, _ = decimal_mark(texts)
        numbers = np.array([_truth(text) for text in texts])
    return len(numbers) > 0 and bool(((numbers == 0) | (numbers == 1)).all()), decimal


def _truth(text: str) -> float:
    """Return 1 for true, 0 for false, and NaN for other texts."""
    return _FLAGS.get(text.lower(), np.nan)


def _numbers(values: Any, reading: Reading) -> np.ndarray:
    if values.dtype.kind in "fibu" and isinstance(values.dtype, np.dtype):
        numbers: np.ndarray = np.array(values, np.float64)
        numbers[np.isinf(numbers)] = np.nan
        return numbers
    if values.dtype.kind == "M":
        moments = plain_dates(values)
        seconds = moments.view(np.int64) / 1e6
        seconds[np.isnat(moments)] = np.nan
        return np.asarray(seconds, np.float64)
    codes, texts = _distinct(values)
    numbers = parse_numbers(texts, reading.decimal)[0]
    if reading.flags or _are_booleans(values):
        numbers = np.where(np.isnan(numbers), [_truth(text) for text in texts], numbers)
    return np.asarray(np.append(numbers, np.nan)[codes])


def _are_booleans(values: Any) -> bool:
    """Return whether values are booleans of which some are missing (see `hitl_widget.data.table.normalise`)."""
    return isinstance(values.dtype, pd.CategoricalDtype) and values.categories.dtype == bool


def _spans(values: Any, reading: Reading) -> np.ndarray:
    """Return times of day as hours since midnight, durations as seconds; numbers are in these units already."""
    if values.dtype.kind == "M" and reading.form == TIMES:
        moments = plain_dates(values)
        hours = (moments - moments.astype("datetime64[D]")).astype(np.int64) / 3.6e9
        hours[np.isnat(moments)] = np.nan
        return np.asarray(hours)
    if values.dtype.kind in "fiubM" and isinstance(values.dtype, np.dtype):
        return _numbers(values, reading)
    codes, texts = _distinct(values)
    if reading.form == TIMES:
        spans = parse_times(texts)
        longer = np.isnan(spans)  # as pandas writes a duration since midnight
        spans[longer] = parse_durations([text for text, one in zip(texts, longer, strict=True) if one]) / 3600
    else:
        spans = parse_durations(texts, str(reading.form))
    other = np.isnan(spans)
    spans[other] = parse_numbers([text for text, one in zip(texts, other, strict=True) if one], reading.decimal)[0]
    return np.asarray(np.append(spans, np.nan)[codes])


def _dates(values: Any, form: str | None) -> np.ndarray:
    if values.dtype.kind == "M":
        return plain_dates(values)
    if values.dtype.kind == "b":  # no dates, as beside missing cells
        return np.full(len(values), "NaT", DATE)
    if values.dtype.kind in "fiu" and isinstance(values.dtype, np.dtype):
        numbers = np.asarray(values, np.float64)
        return _dates_from_numbers(numbers, form if form in _UNITS else _unit(numbers))
    codes, texts = _distinct(values)
    times = _dates_from_texts(texts, form or _form_of_texts(texts))
    return np.asarray(np.append(times, np.datetime64("NaT", "us"))[codes])


def _form_of_texts(texts: list[str]) -> str | None:
    """Return the order of day, month and year in texts, or the unit of dates written as numbers."""
    order = date_order(texts)
    if order is not None:
        return order.form
    numbers = parse_numbers(texts)[0]
    return _unit(numbers) if np.isfinite(numbers).any() else None


def _dates_from_texts(texts: list[str], form: str | None) -> np.ndarray:
    """Return dates written in an order of day, month and year, as numbers in a unit, or with eight digits."""
    times = parse_dates(texts, None if form in _UNITS else form).times
    other = np.flatnonzero(np.isnat(times))
    if form in _UNITS:
        times[other] = _dates_from_numbers(parse_numbers([texts[i] for i in other])[0], str(form))
    else:
        eight = np.array([i for i in other if len(texts[i]) == 8 and texts[i].isdigit()], np.intp)
        times[eight] = _dates_from_numbers(parse_numbers([texts[i] for i in eight])[0], _DIGITS)
    return times


_YEARS, _DIGITS = "years", "YYYYMMDD"
_UNITS = {_YEARS: 0.0, _DIGITS: 0.0, "seconds": 1.0, "milliseconds": 1e-3, "microseconds": 1e-6, "nanoseconds": 1e-9}


def _unit(numbers: np.ndarray) -> str:
    """Return the unit of dates written as numbers, judging by their size: years, YYYYMMDD, or seconds since 1970."""
    with np.errstate(invalid="ignore"):
        size = float(np.nanmedian(np.abs(numbers[np.isfinite(numbers)]))) if np.isfinite(numbers).any() else 0.0
    if size < 3000 or 1.6e7 < size < 2.2e7:
        return _YEARS if size < 3000 else _DIGITS
    return next(unit for unit, most in zip(list(_UNITS)[2:], (1e11, 1e14, 1e17, np.inf), strict=True) if size < most)


def _dates_from_numbers(numbers: np.ndarray, unit: str) -> np.ndarray:
    """Return dates written as numbers."""
    if unit not in (_YEARS, _DIGITS):
        return from_seconds(numbers * _UNITS[unit])
    whole = np.isfinite(numbers) & (np.abs(numbers) < 1e9)
    digits = np.where(whole, numbers, 0.0).astype(np.int64)
    if unit == _YEARS:
        digits = digits * 10_000 + 101
    return parse_dates(
        [f"{one // 10_000:04d}-{one // 100 % 100:02d}-{one % 100:02d}" if one > 0 else "" for one in digits]
    ).times
