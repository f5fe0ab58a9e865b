"""Parsing of single cells: blanks and numbers stored as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from math import isfinite, nan

import numpy as np

from hitl_widget.data.numbers import parse_number

__all__ = ["BLANKS", "all_escaped", "cell_text", "escaped", "is_blank", "parse_numbers", "visible"]

BLANKS = frozenset({"", "?", "na", "n/a", "nan", "null", "<na>", "#n/a", "nat"})
"""Texts that stand for a missing cell in any column (lower case, stripped)."""

_NUMBER_BLANKS = BLANKS | {"none", "-", "--", ".", "missing", "unknown"}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
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
    return escaped(str(value).strip())


def escaped(text: str) -> str:
    """Return a text in which lone surrogates, which no file can hold, are escaped."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def all_escaped(texts: list[str]) -> list[str]:
    """Return texts with `escaped` applied to each."""
    whole = "".join(texts)  # most have none: one look for all
    if whole.isascii():
        return texts
    try:
        whole.encode("utf-8")
    except UnicodeEncodeError:
        return list(map(escaped, texts))
    return texts


def visible(text: str) -> str:
    r"""Return a text as a person sees it: single spaces, none around it, no invisible characters.

    Examples
    --------
    >>> visible(" New\xa0 York\u200b ")
    'New York'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return " ".join(text.split())


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
