"""Cells, shares and samples in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.dates import DATE
from hitl_widget.domain.figures import plural, value_in_words

__all__ = ["kind_of", "numbers_of", "place_in_words", "points", "sampled", "shown"]


def points(share: float, *, short: bool = False) -> str:
    """Write a difference of shares in percentage points; with `short` as "pp", at the marks of a chart.

    Examples
    --------
    >>> points(0.21), points(0.01), points(0.004, short=True)
    ('21 percentage points', '1 percentage point', '0.4 pp')
    """
    size = 100 * share
    whole = 9.5 if short else 0.95
    text = f"{size:.0f}" if size >= whole else f"{size:.1f}" if size >= 0.05 else "0"
    unit = "pp" if short else "percentage point" if text == "1" else "percentage points"
    return f"{text} {unit}"


def kind_of(values: pd.Series[Any]) -> str:
    """Return the kind of a column's values: "number", "category", "date" or "text"."""
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype) or dtype.kind == "b":
        return "category"
    if dtype.kind == "M":
        return "date"
    if dtype.kind in "fiu":
        return "number"
    return "text" if values.nunique() > max(30, len(values) // 20) else "category"


def shown(value: Any) -> str:
    """Return a cell as text.

    Examples
    --------
    >>> shown(None), shown(float("nan")), shown(36.0), shown(pd.Timestamp("2024-05-01")), shown("yes")
    ('missing', 'missing', '36', '2024-05-01', 'yes')
    """
    if value is None or value is pd.NaT or (isinstance(value, float | np.floating) and np.isnan(value)):
        return "missing"
    if isinstance(value, pd.Timestamp | np.datetime64):
        stamp = pd.Timestamp(value)
        return str(stamp.date()) if stamp == stamp.normalize() else str(stamp)
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | float | np.number):
        number = float(value)
        return f"{number:,.0f}" if number.is_integer() and abs(number) < 1e15 else value_in_words(number)
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def sampled(count: int, whole: int) -> str:
    """Return the note on the number of rows behind a view."""
    return (
        f"Based on {plural(count, 'row')}."
        if count >= whole
        else f"Based on {count:,} of {whole:,} rows, drawn at random."
    )


def numbers_of(cells: pd.Series[Any]) -> np.ndarray:
    """Return cells as numbers: dates as days, categories and texts as NaN."""
    kind = kind_of(cells)
    if kind == "date":
        days = cells.to_numpy(DATE).view(np.int64) / 86_400e6
        return np.where(cells.isna().to_numpy(), np.nan, days)
    if kind != "number":
        return np.full(len(cells), np.nan)
    return cells.to_numpy(np.float64, na_value=np.nan)


def place_in_words(cells: pd.Series[Any], among: np.ndarray) -> Callable[[float], str]:
    """Return a function that writes a number of a column, as `numbers_of` returns it, to three digits of its range."""
    span = float(np.ptp(among)) if len(among) else 0.0
    digits = max(0, int(2 - np.floor(np.log10(span)))) if span > 0 else 6
    dates = kind_of(cells) == "date"

    def write(value: float) -> str:
        return str(np.datetime64(round(value), "D")) if dates else shown(round(float(value), digits))

    return write
