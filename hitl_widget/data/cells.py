"""Parsing of single cells: blanks, numbers and dates stored as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite, nan

import numpy as np
import pandas as pd

__all__ = ["BLANKS", "cell_text", "date_format", "is_blank", "parse_dates", "parse_numbers"]

BLANKS = frozenset({"", "?", "na", "n/a", "nan", "null", "<na>", "#n/a", "nat"})
"""Texts that stand for a missing cell in any column (lower case, stripped)."""

_NUMBER_BLANKS = BLANKS | {"none", "-", "--", ".", "missing", "unknown"}
_DIGITS = re.compile(r"\d")
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE_LIKE = re.compile(r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/., ]|[A-Za-z]{3,9} \d{1,2},? \d{4}|\d{4}-\d{2}$")
_DAYS = ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y", "%m/%d/%y", "%d/%m/%y")
_NAMED = ("%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%B %d, %Y", "%B %d %Y", "%d-%b-%y")
_FORMATS = ("ISO8601", *(day + time for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p") for day in _DAYS), *_NAMED)


def is_blank(text: str) -> bool:
    """Return whether a text stands for a missing cell."""
    return text.strip().lower() in BLANKS


def cell_text(value: object) -> str:
    """Return a cell as the text of a category: ``1``, ``1.0`` and ``"1"`` are one category."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def parse_numbers(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parse texts as numbers.

    Parameters
    ----------
    texts
        `n` texts, for example the distinct values of a column.

    Returns
    -------
    values : ndarray of shape (n,)
        The numbers; NaN for blanks and other texts.
    blank : ndarray of bool, shape (n,)
        Texts that stand for a missing cell.
    coded : ndarray of bool, shape (n,)
        Digits with a leading zero, as in postal codes.

    Examples
    --------
    >>> parse_numbers(["1,200", "?", "x"])[0].tolist()
    [1200.0, nan, nan]
    """
    values: list[float] = []
    blank = np.zeros(len(texts), bool)
    coded = np.zeros(len(texts), bool)
    for i, text in enumerate(map(str.strip, texts)):
        try:
            number = float(text)  # most are plain numbers: far quicker than the patterns
        except ValueError:
            number = nan
        if not isfinite(number) or "_" in text:
            blank[i] = text.lower() in _NUMBER_BLANKS
            number = nan if blank[i] else _number(text)
        elif text[0] == "0":
            coded[i] = len(text) > 1 and text.isdigit()
        values.append(number)
    return np.array(values, np.float64), blank, coded


def _number(text: str) -> float:
    """Return a number with a sign of currency, a percent sign or thousands separators; NaN for other texts."""
    text = text.lstrip("$€£").rstrip("%").strip()
    if _PLAIN.fullmatch(text):
        number = float(text)
    elif _THOUSANDS.fullmatch(text):
        number = float(text.replace(",", ""))
    else:
        return nan
    return number if isfinite(number) else nan


def date_format(texts: Sequence[str]) -> str | None:
    """Return the format in which at least 95 % of the texts are dates, or None.

    An ambiguous order of day and month (``1/2/2024``) is read month first, unless some text rules it out.
    """
    sample = [text.strip() for text in texts if not is_blank(text)]
    if not sample or sum(_DATE_LIKE.match(text) is not None for text in sample[:50]) < 0.9 * min(len(sample), 50):
        return None
    step = max(1, len(sample) // 500)
    probe = sample[::step]
    best, share = None, 0.95
    for form in _FORMATS:
        parsed = float(np.mean(~np.isnat(parse_dates(probe, form))))
        if parsed > share or (best is None and parsed >= share):
            best, share = form, parsed
        if parsed == 1.0:
            break
    return best


def parse_dates(texts: Sequence[str], form: str) -> np.ndarray:
    """Parse texts as datetime64[ns] (UTC, no zone) in one format; NaT where it does not match."""
    stripped = pd.Series([text.strip() for text in texts], dtype=object)
    times = pd.to_datetime(stripped, format=form, errors="coerce", utc=True)
    return times.dt.tz_localize(None).to_numpy("datetime64[ns]")
