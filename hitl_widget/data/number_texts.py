"""Columns of text that hold numbers: whether they are numeric, and what was assumed in reading them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text, parse_numbers
from hitl_widget.data.numbers import currency, decimal_mark, has_percent, is_open, parse_number
from hitl_widget.domain.figures import plural

__all__ = ["NumberTexts"]

_STRAYS = 0.01
_MOST_STRAYS = 0.1
_FEW = 8
_MANY = 20
_LEAST_NUMBERS = 0.25
_PLAIN = re.compile(r"-?\d+\.?\d*")
_LIMIT = re.compile("[<>\u2264\u2265~]=? ?(.+)")


@dataclass(frozen=True, slots=True, eq=False)
class NumberTexts:
    """The distinct texts of a column, read as numbers.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Position of each row's text; -1 is missing.
    texts
        The distinct texts.
    counts : ndarray of int
        Rows of each text.
    numbers : ndarray of float64
        Each text as a number; NaN for other texts.
    blank : ndarray of bool
        Texts that stand for a missing cell.
    coded : ndarray of bool
        Digits with a leading zero, as in postal codes.
    decimal
        The decimal mark.
    required
        The decimal marks that some text requires.
    """

    codes: np.ndarray
    texts: Sequence[str]
    counts: np.ndarray
    numbers: np.ndarray
    blank: np.ndarray
    coded: np.ndarray
    decimal: str
    required: tuple[str, ...]

    @classmethod
    def of(cls, values: pd.Series[Any]) -> Self:
        """Return the texts of a plain column, shape (n,)."""
        codes, found = pd.factorize(values)
        return cls.of_distinct(codes, [cell_text(value) for value in found])

    @classmethod
    def of_distinct(cls, codes: np.ndarray, texts: Sequence[str]) -> Self:
        """Return the texts of a column, given a position per row."""
        counts = np.bincount(codes[codes >= 0], minlength=len(texts))
        decimal, required = decimal_mark(texts)
        numbers, blank, coded = parse_numbers(texts, decimal)
        return cls(codes, texts, counts, numbers, blank, coded, decimal, required)

    @property
    def read(self) -> int:
        """Number of rows that hold a number."""
        return int(self.counts[np.isfinite(self.numbers)].sum())

    @property
    def strays(self) -> np.ndarray:
        """Mask of the texts that are neither numbers nor blank."""
        return np.asarray(~np.isfinite(self.numbers) & ~self.blank & (self.counts > 0))

    @property
    def stray(self) -> int:
        """Number of rows that hold such a text."""
        return int(self.counts[self.strays].sum())

    @property
    def rows(self) -> np.ndarray:
        """The column as numbers, shape (n,)."""
        return np.asarray(np.append(self.numbers, np.nan)[self.codes])

    @property
    def stray_rows(self) -> np.ndarray:
        """Mask of the rows that hold another text, shape (n,)."""
        return np.asarray(np.append(self.strays, False)[self.codes])

    @property
    def blank_rows(self) -> np.ndarray:
        """Mask of the rows whose text stands for a missing cell, shape (n,)."""
        return np.asarray(np.append(self.blank, False)[self.codes])

    def are_numeric(self) -> bool:
        """Return whether the column is numeric.

        Nearly all texts are numbers; or nine in ten are, they are not codes of a few categories, and the others are a
        few marks, such as "N/D" or "<5".
        """
        if not self.read or self.coded.sum() > 0.5 * len(self.texts) or self._are_codes():
            return False
        if self.stray <= _STRAYS * self.read:
            return True
        if self.stray > _MOST_STRAYS * (self.read + self.stray):
            return False
        if not self.are_amounts():
            return False
        marks = [text for text, stray in zip(self.texts, self.strays, strict=True) if stray]
        return sum(not _is_limit(text) for text in marks) <= _FEW

    def are_amounts(self) -> bool:
        """Return whether the numbers are more than a few, or not whole: not the codes of categories."""
        here = np.unique(self.numbers[np.isfinite(self.numbers)])
        return len(here) > _MANY or bool((here != np.round(here)).any())

    def _are_codes(self) -> bool:
        """Return whether the texts are long digits in one pattern with spaces, as phone numbers are."""
        spaced = [text for text in self.texts if " " in text and text.replace(" ", "").isdecimal()]
        lengths = {len(text.replace(" ", "")) for text in spaced}
        return len(spaced) > 0.5 * len(self.texts) and len(spaced) >= _MANY and len(lengths) == 1 and max(lengths) >= 9

    def notes(self, name: str, *, lost: bool) -> list[str]:
        """Return sentences on a numeric column: what was assumed and, if `lost`, which cells are missing."""
        here = [text for text, number in zip(self.texts, self.numbers, strict=True) if np.isfinite(number)]
        odd = [text for text in here if not _PLAIN.fullmatch(text)]
        money = sorted({found for text in odd if (found := currency(text))})
        percent = sum(map(has_percent, odd))
        said = [self._mark(name, here), self._lost(name) if lost else None]
        if len(money) > 1:
            said.append(f"{name} holds amounts in {' and '.join(money[:4])}; they are compared without conversion.")
        if 0 < percent < len(here):
            said.append(f"{name} holds numbers with and without a percent sign; 5% is read as 5.")
        return [one for one in said if one]

    def _mark(self, name: str, here: list[str]) -> str | None:
        """Return a sentence on a decimal mark that was assumed."""
        if len(self.required) == 1:
            return None
        example = next(filter(is_open, here), None)
        if example is None:
            return None
        mark = "," if "," in example else "."
        if self.required:
            read = f"it is read with a decimal {'point' if self.decimal == '.' else 'comma'}"
            cause = f"{name} mixes decimal points and decimal commas, so {example!r} has two meanings"
        else:
            both = [cell_text(parse_number(example, decimal)) for decimal in ".,"]
            what = "thousands separator" if mark == "," else "decimal point"
            read = f"it is read as {both[0]}, with a {what}"
            cause = f"No value of {name} tells whether {example!r} is {both[0]} or {both[1]}"
        meant = "." if (mark == ",") == (self.decimal == ".") else ""
        remedy = f"df[{name!r}] = df[{name!r}].str.replace({mark!r}, {meant!r}, regex=False)"
        return f"{cause}; {read}. If this is wrong, use {remedy}."

    def _lost(self, name: str) -> str | None:
        if not self.stray:
            return None
        return f'{self.lost(name)}; roles={{"{name}": "categorical"}} keeps the texts as categories.'

    def lost(self, name: str) -> str:
        """Return the words on cells that are missing for their text."""
        cells, verb = plural(self.stray, "cell"), "is" if self.stray == 1 else "are"
        return f"{name}: {cells} with text instead of a number, such as {self._examples()}, {verb} treated as missing"

    def _examples(self) -> str:
        """Return the most frequent texts that are no numbers."""
        order = np.argsort(-self.counts, kind="stable")
        return " and ".join([repr(self.texts[i][:40]) for i in order if self.strays[i]][:2])

    def mixture(self, name: str, role: str) -> list[str]:
        """Return a sentence on a column of numbers and other texts that is not numeric."""
        if not self.stray or self.read < _LEAST_NUMBERS * (self.read + self.stray):
            return []
        sentence = (
            f"{name} mixes {self.read:,} numbers and {self.stray:,} texts and is read as {role}; "
            f'roles={{"{name}": "numeric"}} treats the texts as missing.'
        )
        return [sentence]


def _is_limit(text: str) -> bool:
    match = _LIMIT.fullmatch(text)
    return match is not None and bool(np.isfinite(parse_number(match[1])))
