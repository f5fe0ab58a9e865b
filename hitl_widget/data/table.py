"""Tables of any library as plain pandas tables, and as bytes."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import zipfile
import zlib
from collections.abc import Container, Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import all_escaped, escaped
from hitl_widget.data.dates import DATE, plain_dates, seconds_of
from hitl_widget.data.origins import NESTED, known_origins, origin_of, with_origins
from hitl_widget.domain.figures import plural
from hitl_widget.errors import DataError

__all__ = [
    "column_name",
    "normalise",
    "pack",
    "plain_columns",
    "plain_numbers",
    "unpack",
]

_TRIED = 256
"""Values of a column that tell whether compressing it saves space."""


def normalise(data: Any, *, strict: bool = True) -> pd.DataFrame:
    """Return a pandas table with plain columns and text names.

    Parameters
    ----------
    data
        A pandas table, any eager table or lazy frame known to narwhals (polars, pyarrow, ...), a 2-d array, or a
        dictionary of columns; `n` rows, `p` columns.
    strict
        If false, a cell that holds a list, a dictionary or a complex number is missing; `known_origins` counts them.

    Returns
    -------
    pandas.DataFrame
        `n` rows with a fresh index from 0. Each column is float64, int64, bool, datetime64[us] (UTC, no zone),
        category (also for booleans with missing cells), or object holding ``str`` and ``None`` only.

    Raises
    ------
    DataError
        If it is not a table, two columns share a name, or a cell holds a list or a dictionary.

    Examples
    --------
    >>> normalise({"a": [1, 2], "b": ["x", None]}).dtypes.astype(str).to_dict()
    {'a': 'int64', 'b': 'object'}
    """
    columns, rows = _named_columns(data)
    plain = {name: _without_types(_plain(name, column, strict)) for name, column in columns.items()}
    known = known_origins(data)
    origins = {name: origin_of(column) or known.get(name, {}) for name, column in columns.items()}
    return with_origins(_frame(plain, rows), origins)


def plain_columns(data: Any, names: Container[str]) -> tuple[dict[str, Any], int]:
    """Return the plain values of some columns and the number of rows; odd cells become missing.

    Parameters
    ----------
    data
        A table, as `normalise` takes it.
    names
        The columns; those that the table lacks are left out.

    Returns
    -------
    columns : dict of arrays of shape (n,)
        As in `normalise`, except that durations keep their type, and text is an array of objects or of pandas' own
        strings, in which any missing value of pandas stands for a missing cell.
    rows : int
        `n`.
    """
    columns, rows = _named_columns(data)
    return {name: _plain(name, column, False) for name, column in columns.items() if name in names}, rows


def plain_numbers(data: Any, names: Sequence[str]) -> np.ndarray | None:
    """Return columns as float64 of shape (n, p), or None unless all of them hold numbers of NumPy's types.

    Parameters
    ----------
    data
        A table, as `normalise` takes it.
    names
        The `p` columns.
    """
    if not isinstance(data, pd.DataFrame):
        return None
    labels = data.columns.tolist()
    if labels != list(names):
        if len(set(map(_name, labels))) < len(labels) or not set(labels).issuperset(names):
            return None
        data = data[list(names)]
    if any(not isinstance(dtype, np.dtype) or dtype.kind not in "fiub" for dtype in data.dtypes):
        return None
    numbers: np.ndarray = data.to_numpy(np.float64, copy=True)
    return numbers


def _named_columns(data: Any) -> tuple[dict[str, pd.Series[Any]], int]:
    """Return the columns of any kind of table by name, and the number of rows."""
    names, columns = _columns_of(data)
    named = dict(zip(names, columns, strict=True))
    if len(named) < len(names):
        raise DataError(_doubled(data, names))
    return named, len(columns[0]) if columns else 0


def _doubled(data: Any, names: list[str]) -> str:
    """Return the sentence on columns of one name, with a line of Python for this kind of table."""
    first = min(name for name in names if names.count(name) > 1)
    said = f"Column names must be unique; {first!r} occurs {names.count(first)} times."
    if not isinstance(data, pd.DataFrame):
        free = [f"{name}_{at}" if names.count(name) > 1 else name for at, name in enumerate(names)]
        return f"{said} Rename the columns, for example table = table.rename_columns({free!r})."
    labels = [label for label in data.columns.unique() if _name(label) == first]
    if len(labels) > 1:
        listed = " and ".join(map(repr, labels))
        return (
            f"{said[:-1]} as text: {listed}. Rename them, for example df.columns = "
            "[f'{at}: {label}' for at, label in enumerate(df.columns)]."
        )
    return f"{said} Rename or drop the duplicates, for example df = df.loc[:, ~df.columns.duplicated()]."


def _without_types(values: Any) -> Any:
    """Return durations in seconds, and text as objects in which None stands for a missing cell; others as they are."""
    if values.dtype.kind == "m":
        return seconds_of(values)
    if not (_is_object(values) or isinstance(values.dtype, pd.StringDtype)):
        return values
    texts = np.array(values, dtype=object)
    here = ~pd.isna(values)
    texts[~here] = None
    found = texts[here].tolist()
    kept = all_escaped(found)
    if kept is not found:
        texts[here] = kept
    return texts


def _frame(columns: Mapping[str, Any], rows: int) -> pd.DataFrame:
    """Assemble columns unchanged: pandas would convert object arrays of text to its own string type."""
    index = pd.RangeIndex(rows)
    kept = {
        name: pd.Series(values, index=index, dtype=object) if _is_object(values) else values
        for name, values in columns.items()
    }
    return pd.DataFrame(kept, index=index)


def _is_object(values: Any) -> bool:
    return isinstance(values, np.ndarray) and values.dtype.kind == "O"


def _columns_of(data: Any) -> tuple[list[str], list[pd.Series[Any]]]:
    """Return the names and the columns of any kind of table."""
    if isinstance(data, pd.DataFrame):
        return [_name(label) for label in data.columns], [column for _, column in data.items()]
    if isinstance(data, pd.Series):
        return [_name(data.name)], [data]
    if isinstance(data, np.ndarray):
        data = np.asarray(data)  # a matrix has no columns of one dimension
        if data.dtype.names:
            return list(data.dtype.names), [pd.Series(data[name]) for name in data.dtype.names]
        if data.ndim != 2:
            raise DataError(f"A table must be a 2-d array; got {plural(data.ndim, 'dimension')}. Reshape it.")
        return [str(i) for i in range(data.shape[1])], [pd.Series(data[:, i]) for i in range(data.shape[1])]
    if isinstance(data, Mapping):
        try:
            return _columns_of(pd.DataFrame(dict(data)))
        except UnicodeEncodeError:  # a lone surrogate, which the strings of pandas cannot hold
            return _columns_of({_name(label): _with_escapes(values) for label, values in data.items()})
        except ValueError as error:
            raise DataError(
                f"The columns do not form a table: {error}. Give every column the same number of values."
            ) from error
    if isinstance(data, list):
        return _columns_of(pd.DataFrame(data))
    return _columns_by_narwhals(data)


def _with_escapes(values: Any) -> Any:
    if isinstance(values, str):
        return escaped(values)
    if isinstance(values, list | tuple) or (isinstance(values, np.ndarray) and values.dtype.kind in "OU"):
        return [escaped(one) if isinstance(one, str) else one for one in values]
    return values


def _columns_by_narwhals(data: Any) -> tuple[list[str], list[pd.Series[Any]]]:
    import narwhals as nw

    names = list(getattr(data, "column_names", ()))
    if len(set(names)) < len(names):  # Arrow allows it
        raise DataError(_doubled(data, names))
    try:
        frame: Any = nw.from_native(data)
    except TypeError as error:
        raise DataError(
            f"The data must be a table (pandas, polars, pyarrow, a 2-d array); got {type(data).__name__}. "
            f"{_how_to_read(data)}"
        ) from error
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    columns = []
    for name in frame.columns:
        column = frame[name]
        numeric = column.dtype.is_numeric() and not isinstance(column.dtype, nw.Decimal)
        columns.append(pd.Series(column.to_numpy() if numeric else np.array([*column.to_list(), None], object)[:-1]))
    return [_name(name) for name in frame.columns], columns


_READERS = {".parquet": "parquet", ".xlsx": "excel", ".xls": "excel", ".json": "json", ".feather": "feather"}


def _how_to_read(data: Any) -> str:
    """Return what to do with an object that is no table."""
    if not isinstance(data, str | os.PathLike):
        return "Give one, for example pandas.read_csv('file.csv')."
    path = str(os.fspath(data))
    reader = _READERS.get(Path(path).suffix.lower(), "csv")
    return f"Read the file first: pandas.read_{reader}({path!r:.200})."


def column_name(label: object) -> str:
    """Return the name of a column in the plain table, from its label in the given one."""
    return _name(label)


def _name(label: object) -> str:
    return escaped(" / ".join(map(str, label)) if isinstance(label, tuple) else str(label))


def _plain(name: str, column: pd.Series[Any], strict: bool) -> Any:
    """Return the values of one column in a plain type; the missing cells of text are any of pandas' missing values."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _plain_category(column)
    if isinstance(dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return plain_dates(column)
    if isinstance(dtype, pd.PeriodDtype):
        return _dates_of_periods(column)
    if isinstance(dtype, pd.StringDtype):
        return column.array
    kind = dtype.kind
    if kind == "b":
        if isinstance(dtype, np.dtype):
            return column.to_numpy(bool)
        gone = column.isna().to_numpy()
        return _booleans(column.to_numpy(bool, na_value=False), gone) if gone.any() else column.to_numpy(bool)
    if kind in "iu":
        if column.isna().any() or (kind == "u" and len(column) and int(column.max()) > np.iinfo(np.int64).max):
            return column.to_numpy(np.float64, na_value=np.nan)
        return column.to_numpy(np.int64)
    if kind == "f":
        return column.to_numpy(np.float64, na_value=np.nan)
    if kind == "M":
        return plain_dates(column)
    if kind == "m":
        return column.to_numpy()
    if kind == "c":
        if not strict:
            return np.full(len(column), np.nan)
        raise DataError(f"Column {name!r} holds complex numbers. Split it into real and imaginary parts.")
    return _plain_objects(name, column if dtype == np.dtype(object) else column.astype(object), strict)


def _plain_category(column: pd.Series[Any]) -> pd.Categorical:
    """Return a category column with plain levels: numbers stay numbers, everything else becomes text."""
    values = column.array
    levels = values.categories
    if levels.dtype.kind not in "iufb":
        levels = pd.Index([escaped(_as_str(level)) for level in levels], dtype=object)
    codes = np.asarray(values.codes)
    if not levels.is_unique:
        codes_of, levels = pd.factorize(levels)
        codes = np.where(codes < 0, -1, codes_of[codes])
    return pd.Categorical.from_codes(codes, categories=levels, ordered=bool(values.ordered))


def _booleans(values: np.ndarray, missing: np.ndarray) -> pd.Categorical:
    """Return booleans of which some are missing."""
    levels: Any = pd.Index([False, True])
    return pd.Categorical.from_codes(np.where(missing, -1, values), categories=levels)


def _texts(column: pd.Series[Any]) -> np.ndarray:
    values: np.ndarray = column.to_numpy(dtype=object).copy()
    values[column.isna().to_numpy()] = None
    return values


def _plain_objects(name: str, column: pd.Series[Any], strict: bool) -> Any:
    """Convert a column of Python objects to the plain type that all its cells share, or to text."""
    found = pd.api.types.infer_dtype(column, skipna=True)
    if found == "string":
        return column.to_numpy(object)
    values = _texts(column)
    found = pd.api.types.infer_dtype(values, skipna=True)
    if found.startswith(("mixed", "complex")) and not _only_scalars(column):
        values = _scalars(name, column, strict)
        found = pd.api.types.infer_dtype(values, skipna=True)
    series = pd.Series(values, dtype=object)
    missing = series.isna().to_numpy()
    if found == "string":
        return values
    if found == "empty" or missing.all():
        return np.full(len(values), np.nan)
    if found == "boolean":
        truths = np.where(missing, False, values).astype(bool)
        return _booleans(truths, missing) if missing.any() else truths
    if found.startswith("mixed") and all(isinstance(one, Real) for one in values[~missing]):  # such as fractions
        found = "floating"
    if found in ("integer", "floating", "mixed-integer-float", "decimal"):
        try:
            numbers = np.array([np.nan if gone else float(v) for v, gone in zip(values, missing, strict=True)])
        except (OverflowError, ValueError):
            return np.array([None if gone else _as_str(v) for v, gone in zip(values, missing, strict=True)], object)
        whole = found == "integer" and not missing.any() and bool((np.abs(numbers) < 2**53).all())
        return numbers.astype(np.int64) if whole else numbers
    if found in ("datetime", "datetime64", "date"):
        days = [np.datetime64("NaT", "us") if gone else _date(v) for v, gone in zip(values, missing, strict=True)]
        return np.array(days, DATE)
    if found in ("timedelta", "timedelta64"):
        return pd.to_timedelta(series).to_numpy()
    return np.array([None if gone else _as_str(v) for v, gone in zip(values, missing, strict=True)], object)


def _dates_of_periods(column: pd.Series[Any]) -> np.ndarray:
    """Return the start of each period; the years that nanoseconds do not hold go through days."""
    try:
        return plain_dates(column.dt.to_timestamp())
    except (ValueError, OverflowError):
        days = column.dt.asfreq("D", how="start").astype("int64").to_numpy()
        return np.where(column.isna(), np.datetime64("NaT", "us"), days.astype("datetime64[D]").astype(DATE))


def _date(value: Any) -> np.datetime64:
    """Return a date of any type, in UTC without a zone; NaT for a date that no calendar day stands for."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        try:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        except (OverflowError, ValueError):
            return np.datetime64("NaT", "us")
    return np.datetime64(value, "us")


def _only_scalars(column: pd.Series[Any]) -> bool:
    return not any(isinstance(value, NESTED) for value in column)


def _scalars(name: str, column: pd.Series[Any], strict: bool) -> np.ndarray:
    if strict:
        odd = next(v for v in column if isinstance(v, NESTED))
        raise DataError(
            f"Column {name!r} holds a {type(odd).__name__} in a cell; each cell must be one number, text or date. "
            "Drop the column or expand it into several."
        )
    kept = [None if isinstance(v, NESTED) else v for v in column]
    return _texts(pd.Series(kept, dtype=object))


def _as_str(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def pack(df: pd.DataFrame) -> bytes:
    """Return a table as bytes: a zip of plain arrays, without pickles.

    Parameters
    ----------
    df
        A table; it is normalized first (see `normalise`).

    Returns
    -------
    bytes
        An ``.npz`` archive. Text is stored once per distinct value (UTF-8 and offsets), with a code per row.

    Examples
    --------
    >>> unpack(pack(pd.DataFrame({"a": [1.5, None]})))["a"].tolist()
    [1.5, nan]
    """
    plain = normalise(df)
    arrays: dict[str, np.ndarray] = {}
    columns = [_pack_column(f"c{i}", plain.iloc[:, i].values, arrays) for i in range(plain.shape[1])]
    head = {"rows": len(plain), "names": list(plain.columns), "columns": columns, "origins": known_origins(plain)}
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compresslevel=1) as archive:
        for key, array in arrays.items():
            archive.compression = zipfile.ZIP_DEFLATED if _shrinks(array) else zipfile.ZIP_STORED
            with archive.open(key + ".npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _shrinks(array: np.ndarray) -> bool:
    """Return whether an array is worth compressing, by its first values: measured numbers with all digits are not."""
    some = np.ascontiguousarray(array[:_TRIED]).tobytes()
    return len(zlib.compress(some, 1)) < 0.9 * len(some)


def _pack_column(key: str, values: Any, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """Store the arrays of one column under keys that start with `key`; return how to read them."""
    if isinstance(values, pd.Categorical):
        arrays[key] = np.asarray(values.codes, np.int32)
        levels = _pack_column(key + "_levels", values.categories.to_numpy(), arrays)
        return {"kind": "category", "ordered": bool(values.ordered), "levels": levels}
    dtype = values.dtype
    if dtype.kind in "fib":
        arrays[key] = np.asarray(values)
        return {"kind": "plain"}
    if dtype.kind == "M":
        arrays[key] = plain_dates(values).view(np.int64)
        return {"kind": "date", "unit": "us"}
    codes, uniques = pd.factorize(np.asarray(values, object))
    encoded = [str(text).encode("utf-8", "surrogatepass") for text in uniques]
    arrays[key] = codes.astype(np.int32)
    arrays[key + "_at"] = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    arrays[key + "_utf8"] = np.frombuffer(b"".join(encoded), np.uint8)
    return {"kind": "text"}


def unpack(data: bytes) -> pd.DataFrame:
    """Return the table stored by `pack`; never runs code from the bytes.

    Raises
    ------
    ValueError
        If the bytes were not made by `pack`.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        arrays = {key: archive[key] for key in archive.files}
    head = json.loads(arrays["head"].tobytes())
    columns = {
        name: _unpack_column(f"c{i}", how, arrays)
        for i, (name, how) in enumerate(zip(head["names"], head["columns"], strict=True))
    }
    return with_origins(_frame(columns, head["rows"]), head.get("origins", {}))


def _index(levels: np.ndarray) -> pd.Index[Any]:
    found: pd.Index[Any] = pd.Index(levels, dtype=levels.dtype)
    return found


def _unpack_column(key: str, how: dict[str, Any], arrays: dict[str, np.ndarray]) -> Any:
    values = arrays[key]
    if how["kind"] == "plain":
        return values
    if how["kind"] == "date":
        return values.view(f"datetime64[{how.get('unit', 'ns')}]").astype(DATE)
    if how["kind"] == "category":
        levels = _index(_unpack_column(key + "_levels", how["levels"], arrays))
        return pd.Categorical.from_codes(values, categories=levels, ordered=how["ordered"])
    at, raw = arrays[key + "_at"], arrays[key + "_utf8"].tobytes()
    parts = (raw[at[i] : at[i + 1]] for i in range(len(at) - 1))
    texts = np.array([*(part.decode("utf-8", "surrogatepass") for part in parts), None], object)
    return texts[values]
