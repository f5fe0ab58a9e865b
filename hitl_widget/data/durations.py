"""Durations that are stored as text, such as ``"2 days"``, ``"1h 30m"``, ``"27:15:00"`` and ``"PT5M"``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from math import nan

import numpy as np
import pandas as pd

from hitl_widget.data.cells import is_blank, parse_numbers

__all__ = [
    "CLOCKS",
    "DURATIONS",
    "are_durations",
    "clock_reading",
    "duration_text",
    "how_to_convert",
    "parse_durations",
    "seconds_in",
]

DURATIONS = "durations"
CLOCKS = "durations in minutes and seconds"
"""Forms of a column of durations; in the second one, two numbers with a colon are minutes and seconds."""

_LEAST = 0.95
_SECONDS = {
    "microsecond": 1e-6,
    "millisecond": 1e-3,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3600.0,
    "day": 86_400.0,
    "week": 604_800.0,
    "month": 2_629_746.0,
    "year": 31_556_952.0,
}
_SHORT = {
    **dict.fromkeys(("sec", "secs"), "second"),
    **dict.fromkeys(("min", "mins"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs"), "hour"),
    **dict.fromkeys(("wk", "wks"), "week"),
    **dict.fromkeys(("mo", "mos", "mth", "mths"), "month"),
    **dict.fromkeys(("yr", "yrs"), "year"),
    "ms": "millisecond",
    "us": "microsecond",
    "\u00b5s": "microsecond",
}
_LETTERS = {"d": "day", "m": "minute", "s": "second", "w": "week"}
"""Letters that stand for other things, too, so that they need a second unit beside them."""

_ONE = re.compile(r"(\d+(?:[.,]\d+)?|[.,]\d+)\s*([a-z\u00b5]+)\.?(?:\s*,\s*|\s+and\s+|\s*)", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,4}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?")
_DAYS = re.compile(r"(-?\d+) days?,? ([-+]?)(\d{1,2}:\d{2}:\d{2}(?:\.\d{1,9})?)", re.IGNORECASE)
_ISO = re.compile(
    r"P(?:(?P<year>[\d.]+)Y)?(?:(?P<month>[\d.]+)M)?(?:(?P<week>[\d.]+)W)?(?:(?P<day>[\d.]+)D)?"
    r"(?:T(?:(?P<hour>[\d.]+)H)?(?:(?P<minute>[\d.]+)M)?(?:(?P<second>[\d.]+)S)?)?",
    re.IGNORECASE,
)


def parse_durations(texts: Sequence[str], form: str = DURATIONS) -> np.ndarray:
    """Parse texts as durations, in seconds; NaN for other texts.

    A month is a twelfth of a year, and a year has 365.2425 days.

    Parameters
    ----------
    texts
        `n` texts.
    form
        `DURATIONS`, or `CLOCKS`.

    Examples
    --------
    >>> parse_durations(["2 days", "1h 30m", "-1 days +23:00:00", "27:15:00", "PT5M", "5 m"]).tolist()
    [172800.0, 5400.0, -3600.0, 98100.0, 300.0, nan]
    """
    return np.array([_seconds(text.strip(), form) for text in texts], np.float64)


def _seconds(text: str, form: str) -> float:
    if not text or not (text[-1].isalnum() or text[-1] == "."):
        return nan
    days = _DAYS.fullmatch(text)
    if days is not None:
        clock = _of_clock(days[3], form)
        return int(days[1]) * 86_400.0 + (-clock if days[2] == "-" else clock)
    sign, body = (-1.0, text[1:].lstrip()) if text[0] in "-\u2212" else (1.0, text.removeprefix("+"))
    if ":" in body:
        return sign * _of_clock(body, form)
    return sign * (_of_iso(body) if body[:1] in ("P", "p") else _of_units(body))


def _of_clock(text: str, form: str) -> float:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return nan
    first, second, third = (int(one or 0) for one in match.group(1, 2, 3))
    if second > 59 or third > 59:
        return nan
    if match[3] is None and form == CLOCKS:
        return 60.0 * first + second
    return 3600.0 * first + 60 * second + third + (float(f"0.{match[4]}") if match[4] else 0.0)


def _of_iso(text: str) -> float:
    match = _ISO.fullmatch(text)
    parts = {} if match is None else {unit: number for unit, number in match.groupdict().items() if number}
    try:
        return sum(float(number) * _SECONDS[unit] for unit, number in parts.items()) if parts else nan
    except ValueError:
        return nan


def _of_units(text: str) -> float:
    place, total, letters = 0, 0.0, []
    while place < len(text):
        match = _ONE.match(text, place)
        unit = None if match is None else _unit(match[2])
        if match is None or unit is None:
            return nan
        letters.append(match[2].lower() in _LETTERS)
        total += float(match[1].replace(",", ".")) * _SECONDS[unit]
        place = match.end()
    return nan if letters == [True] else total


def _unit(word: str) -> str | None:
    plain = word.lower()
    if plain in _SHORT or plain in _LETTERS:
        return _SHORT.get(plain) or _LETTERS[plain]
    singular = plain.removesuffix("s")
    return singular if singular in _SECONDS else None


def are_durations(texts: Sequence[str]) -> str | None:
    """Return the form of a column of which at least 95 % of the texts are durations, or None.

    Texts such as ``"11:30"`` may be times of day instead: ask `hitl_widget.data.dates.are_times` first.
    """
    present = [text for text in texts if not is_blank(text)]
    some = present[:: max(1, len(present) // 50)]
    if not some or np.isnan(parse_durations(some)).mean() > 0.2:
        return None
    if np.isnan(parse_durations(present)).mean() > 1 - _LEAST:
        return None
    short = [text for text in present if ":" in text and text.count(":") == 1]
    return CLOCKS if len(short) > 0.5 * len(present) else DURATIONS


def clock_reading(texts: Sequence[str]) -> str:
    """Return an example of a column in the form `CLOCKS`, with how it is read."""
    example = next(text for text in texts if ":" in text)
    minutes, seconds = example.strip().split(":")[:2]
    return f"{example.strip()!r} is read as {minutes} minutes and {seconds} seconds"


def duration_text(seconds: float) -> str:
    """Return a duration as pandas writes it, for example ``"0 days 01:30:00"``."""
    return str(pd.Timedelta(microseconds=round(float(seconds) * 1e6)))


def seconds_in(value: object) -> float:
    """Return a duration of any type, or its text, in seconds; a number is in seconds already. NaN for others."""
    if isinstance(value, str):
        found = parse_durations([value])[0]
        return float(found if np.isfinite(found) else parse_numbers([value])[0][0])
    try:
        if isinstance(value, dt.timedelta | np.timedelta64):
            return float(pd.Timedelta(value) / pd.Timedelta(seconds=1))
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return nan


def how_to_convert(texts: Sequence[str], column: str) -> str:
    """Return the Python expression that converts texts to durations, tried on all of them.

    Parameters
    ----------
    texts
        The distinct texts, nearly all of them durations.
    column
        The expression of the column, for example ``"table['w']"``.
    """
    seconds = parse_durations(texts)
    read = np.isfinite(seconds)
    values = pd.Series(list(texts), dtype=object)[read]
    lost = "" if read.all() else ", errors='coerce'"
    hours = bool((seconds[read] <= 24 * 3600).all())
    short = (f"{column} + ':00'", values + ":00") if hours else (f"'00:' + {column}", "00:" + values)
    for expression, tried in ((column, values), short):
        if not pd.to_timedelta(tried, errors="coerce").isna().any():
            return f"pandas.to_timedelta({expression}{lost})"
    return f"{column}.str.extract(r'([-\\d.,]+)')[0].str.replace(',', '.').astype(float)"
