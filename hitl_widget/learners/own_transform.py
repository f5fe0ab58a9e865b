"""Custom transforms: checked on some rows, and as bytes for the workers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.errors import ConfigError, DataError
from hitl_widget.learners.columns import as_category, made_columns
from hitl_widget.learners.packing import pack, unpack

__all__ = ["checked_transform", "name_of", "pack_transform", "try_transform", "unpack_transform"]

_LETTERS = 60


def checked_transform(name: Any, what: Any, rows: pd.DataFrame, y: np.ndarray) -> bytes:
    """Try a transform on some rows and return it as bytes for the workers.

    Parameters
    ----------
    name
        Its name, a short text.
    what
        A function of a table, or a scikit-learn transformer.
    rows : DataFrame of shape (n, k)
        The columns that it reads.
    y : ndarray of shape (n,)
        Their targets.

    Raises
    ------
    ConfigError
        When it cannot be used; the message says why and what to do.
    """
    if not isinstance(name, str) or not name.strip() or len(name) > _LETTERS:
        raise ConfigError(f"A transform needs a name of at most {_LETTERS} characters; got {name!r:.100}.")
    transformer = hasattr(what, "fit") and hasattr(what, "transform") and not isinstance(what, type)
    if not transformer and (isinstance(what, type) or not callable(what)):
        raise ConfigError(
            "A transform must be a function of a table, or an unfitted transformer instance with fit and transform; "
            f"got {what!r:.100}."
        )
    try_transform(name, what, rows, y)
    return pack_transform(what)


def try_transform(name: str, what: Any, rows: pd.DataFrame, y: np.ndarray) -> None:
    """Try a transform on some rows; as `checked_transform`, which gives the parameters and raises the same."""
    transformer = hasattr(what, "fit")
    whole = _tried(name, what, rows, y)
    for part in [] if transformer else _parts(len(rows)):
        made = _tried(name, what, rows.iloc[part], y[part])
        if list(made.columns) != list(whole.columns):
            raise ConfigError(
                f"The function {name!r} returns different columns for {_rows(len(part))} than for all rows. Write a "
                "transformer with fit and transform, such as OneHotEncoder: it keeps the columns of its training rows."
            )
        if not _same(whole.iloc[part], made):
            raise ConfigError(
                f"The function {name!r} changes the values of a row when other rows change, so it would learn "
                "from validation rows. Write a transformer with fit and transform: it is fitted on training "
                "rows only."
            )


def _parts(rows: int) -> list[np.ndarray]:
    """Return the places of some of the rows: half of them, and a few alone, as a model that is delivered gets them."""
    return [np.arange(max(1, rows // 2)), *(np.array([at]) for at in sorted({rows // 4, rows // 2, rows - 1}))]


def _rows(count: int) -> str:
    return "one row" if count == 1 else f"{count:,} rows"


def _tried(name: str, what: Any, rows: pd.DataFrame, y: np.ndarray) -> pd.DataFrame:
    try:
        return made_columns(name, rows, what, y)
    except DataError as error:
        raise ConfigError(f"{error}{_hint(what, rows)}") from error
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        raise ConfigError(
            f"The transform {name!r} fails on {_rows(len(rows))} of the table: {type(error).__name__}: {reason}. "
            "It gets a table of the columns that it reads: numbers, categories, dates or text, with missing cells."
            f"{_hint(what, rows)}"
        ) from error


def _hint(what: Any, rows: pd.DataFrame) -> str:
    """Return a hint for transformers of texts, which take a table's column names for texts."""
    if not hasattr(what, "fit") or rows.shape[1] != 1 or rows.iloc[:, 0].dtype.kind == "f":
        return ""
    return (
        " One that wants a list of texts, such as TfidfVectorizer, goes behind a step that takes the column out: "
        "make_pipeline(FunctionTransformer(lambda table: table.iloc[:, 0]), TfidfVectorizer())."
    )


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    for name in one.columns:
        a, b = one[name], other[name]
        if isinstance(a.dtype, pd.CategoricalDtype) or isinstance(b.dtype, pd.CategoricalDtype):
            a, b = as_category(a), as_category(b)
        if a.dtype.kind == "f" and b.dtype.kind == "f":
            if not np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True):
                return False
        elif a.astype(str).tolist() != b.astype(str).tolist():
            return False
    return True


def pack_transform(what: Any) -> bytes:
    """Return a transform as bytes; definitions of the notebook are included by value.

    Raises
    ------
    ConfigError
        When it cannot be pickled, or holds too much.
    """
    return pack(name_of(what), {"transform": what}, "inside")


def unpack_transform(name: str, code: bytes) -> Any:
    """Return the transform of `pack_transform`. It runs code: only for bytes that were written here.

    Raises
    ------
    ConfigError
        If a dependency is missing.
    """
    try:
        return unpack(code)["transform"]
    except Exception as error:
        raise ConfigError(
            f"The transform {name!r} cannot be loaded: {type(error).__name__}: {error}. Add it again with "
            f"session.add_transform({name!r}, …)."
        ) from error


def name_of(what: Any) -> str:
    """Return the name of a function or of a transformer's class."""
    return str(getattr(what, "__name__", type(what).__name__))
