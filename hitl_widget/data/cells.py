"""Parsing of single cells: blanks and numbers stored as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite, nan

import numpy as np

from hitl_widget.data.numbers import parse_number

__all__ = ["BLANKS", "cell_text", "is_blank", "parse_numbers"]

BLANKS = frozenset({"", "?", "na", "n/a", "nan", "null", "<na>", "#n/a", "nat"})
"""Texts that stand for a missing cell in any column (lower case, stripped)."""

_NUMBER_BLANKS = BLANKS | {"none", "-", "--", ".", "missing", "unknown"}
_DIGITS = re.compile(r"\d")
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")


def is_blank(text: str) -> bool:
    """Return whether a text stands for a missing cell."""
    return text.strip().lower() in BLANKS


def cell_text(value: object) -> str:
    """Return a cell as the text of a category: ``1``, ``1.0`` and ``"1"`` are one category."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def parse_numbers(texts: Sequence[str], decimal: str | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parse texts as numbers.

    Parameters
    ----------
    texts
        `n` texts, for example the distinct values of a column.
    decimal
        The column's decimal mark, ``"."`` or ``","`` (see `hitl_widget.data.numbers`). None reads only the spellings of
        earlier versions, for the models saved by them.

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
    >>> parse_numbers(["1,200", "(5 %)"], ",")[0].tolist()
    [1.2, -5.0]
    """
    values: list[float] = []
    blank = np.zeros(len(texts), bool)
    coded = np.zeros(len(texts), bool)
    comma = decimal == ","
    for i, text in enumerate(map(str.strip, texts)):
        try:
            number = float(text)  # most are plain numbers: far quicker than the patterns
        except ValueError:
            number = nan
        if not isfinite(number) or "_" in text:
            blank[i] = text.lower() in _NUMBER_BLANKS
            number = nan if blank[i] else _number(text) if decimal is None else parse_number(text, decimal)
        elif comma and "." in text:
            number = parse_number(text, ",")
        elif text[0] == "0":
            coded[i] = len(text) > 1 and text.isdigit()
        values.append(number)
    return np.array(values, np.float64), blank, coded


def _number(text: str) -> float:
    """Return a number with a sign of currency, a percent sign or thousands separators, as earlier versions did."""
    text = text.lstrip("$€£").rstrip("%").strip()
    if _PLAIN.fullmatch(text):
        number = float(text)
    elif _THOUSANDS.fullmatch(text):
        number = float(text.replace(",", ""))
    else:
        return nan
    return number if isfinite(number) else nan
