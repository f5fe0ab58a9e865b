"""Types of columns before the table was made plain, as far as a person must know them later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["NESTED", "Origins", "known_origins", "origin_of", "with_origins"]

Origins = dict[str, dict[str, Any]]
"""Column -> ``{"zone": name}`` of dates with a time zone, ``{"duration": True}`` of durations, ``{"nested": "list",
"cells": 3}`` of cells that hold a list, another container or a complex number, and are read as missing."""

NESTED = (list, dict, set, tuple, np.ndarray, complex)
"""Types of cells that are no value."""

_KEY = "hitl_widget_origins"


def known_origins(table: Any) -> Origins:
    """Return the origins that a plain table carries; a table of another kind carries none."""
    found = table.attrs.get(_KEY, {}) if isinstance(table, pd.DataFrame) else {}
    return {str(name): dict(one) for name, one in found.items()}


def with_origins(table: pd.DataFrame, origins: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Return the table, which carries the origins of its columns from now on."""
    kept = {name: dict(one) for name, one in origins.items() if one and name in table.columns}
    if kept:
        table.attrs[_KEY] = kept
    return table


def origin_of(column: pd.Series[Any]) -> dict[str, Any]:
    """Return the origin of a raw column; empty for most types."""
    dtype = column.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        return _of_zones({str(dtype.tz)})
    if dtype.kind == "m":
        return {"duration": True}
    if dtype.kind == "c":
        return {"nested": "complex number", "cells": int(column.notna().sum())}
    if dtype != np.dtype(object):
        return {}
    found = pd.api.types.infer_dtype(column, skipna=True)
    if found in ("timedelta", "timedelta64"):
        return {"duration": True}
    if found in ("datetime", "datetime64"):
        return _of_zones({str(one.tzinfo) for one in column if isinstance(one, dt.datetime) and one.tzinfo is not None})
    nested = [one for one in column if isinstance(one, NESTED)] if found.startswith(("mixed", "complex")) else []
    return {"nested": _kind(nested[0]), "cells": len(nested)} if nested else {}


def _kind(value: Any) -> str:
    return {"dict": "dictionary", "ndarray": "array", "complex": "complex number"}.get(
        name := type(value).__name__, name
    )


def _of_zones(zones: set[str]) -> dict[str, Any]:
    """Return the origin of dates in these zones; those in UTC are shown as they are."""
    zones -= {"UTC", "Etc/UTC", "GMT", "UTC+00:00"}
    return {"zone": " and ".join(sorted(zones)[:3])} if zones else {}
