"""Dates and times of day that are stored as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import is_blank

__all__ = [
    "ANY",
    "DATE",
    "TIMES",
    "Dates",
    "Order",
    "are_day_numbers",
    "are_times",
    "date_form",
    "date_order",
    "from_seconds",
    "order_of",
    "parse_dates",
    "parse_times",
    "plain_dates",
    "seconds_of",
]

DATE = np.dtype("datetime64[us]")
"""Type of every date: it holds the years 1 to 9999, which nanoseconds do not."""

ANY, DAY, MONTH, YEAR = "ISO8601", "day first", "month first", "year first"
DOTS = "month first, also with dots"
TIMES = "times of day"
_LEAST = 0.95  # share of texts that must be dates
_FEWEST_DAYS = 10
_LONGEST = 80  # letters of a date

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_MARKS = {"/": 0, "-": 1, ".": 2}
_MONTH_FIRST = {ANY: "/", YEAR: "/", DAY: "", MONTH: "/-", DOTS: "/-."}  # marks of dates that start with the month
_NAMES = (
    "jan(?:uary)? feb(?:ruary)? mar(?:ch)? apr(?:il)? may june? july? aug(?:ust)? sept?(?:ember)? oct(?:ober)? "
    "nov(?:ember)? dec(?:ember)?"
)
_NAME = rf"(?P<name>{_NAMES.replace(' ', '|')})\.?"
_MONTHS = {name: i for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_TIME = (
    r"(?P<h>\d{1,2})(?::(?P<min>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?"
)
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0}
_ZONES |= {"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420}
_ZONE = (
    r"(?:\s*(?P<zone>(?:utc|gmt)?\s?(?P<sign>[-+\u2212])(?P<zh>\d{1,2})(?::?(?P<zm>\d{2}))?|z|utc?|gmt|[ecmp][sd]t)"
    r"(?:\s?\[[\w/+-]+\]|\s?\([\w ]+\))?)?"
)
_REST = rf"(?:(?P<between>t|,?\s+(?:at\s+)?|:){_TIME}{_ZONE})?"
_SHAPES = [
    re.compile(shape, re.IGNORECASE | re.ASCII)
    for shape in (
        rf"{_WEEKDAY}(?P<y>\d{{4}})(?P<mark>[-/.])(?P<m>\d{{1,2}})(?P=mark)(?P<d>\d{{1,2}}){_REST}",
        rf"{_WEEKDAY}(?P<a>\d{{1,2}})(?P<mark>[-/.])\s?(?P<b>\d{{1,2}})(?P=mark)\s?(?P<c>\d{{4}}|\d{{2}}){_REST}",
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.?(?:\s+of\b)?[-/\s]*{_NAME},?[-/\s]*'?(?P<y>\d{{4}}|\d{{2}}){_REST}",
        rf"{_WEEKDAY}{_NAME}[-\s]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|[-\s]+)(?P<y>\d{{4}}){_REST}",
        rf"{_WEEKDAY}{_NAME}\s+(?P<d>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<y>\d{{4}})",
        rf"(?P<y>\d{{4}})[-/\s]{_NAME}[-/\s](?P<d>\d{{1,2}}){_REST}",
        r"(?P<y>\d{4})[-/](?P<m>\d{2})",
        r"(?P<y>\d{4})\s?[-/]?\s?q(?P<q>\d)",
        r"(?:q(?P<q>\d)|(?P<q2>\d)q)\s?[-/]?\s?(?P<y>\d{4})",
        r"(?P<y>\d{4})-?w(?P<w>\d{2})(?:-?(?P<wd>\d))?",
        rf"{_NAME},?[-/\s]*(?P<y>\d{{4}})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})t(?P<h>\d{2})(?::?(?P<min>\d{2})(?::?(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
        + _ZONE,
    )
]
_TIME_ALONE = re.compile(_TIME, re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Dates:
    """Dates that were read from `n` texts.

    Parameters
    ----------
    times : ndarray of datetime64[us], shape (n,)
        In UTC, without a zone; NaT for other texts.
    ambiguous : ndarray of bool, shape (n,)
        Dates that another order of day, month and year makes a different date.
    against : ndarray of bool, shape (n,)
        Dates that are possible only in another order than the given one, in which they were read.
    zoned : ndarray of bool, shape (n,)
        Dates that name a zone.
    """

    times: np.ndarray
    ambiguous: np.ndarray
    against: np.ndarray
    zoned: np.ndarray


@dataclass(frozen=True, slots=True)
class Order:
    """Order of day, month and year in a column, decided from all of its values.

    Parameters
    ----------
    form
        ``"day first"``, ``"month first"`` or ``"year first"``; ``"ISO8601"`` if no date depends on it.
    open
        True if no value decides it, so that it was assumed.
    share
        Share of the texts that are dates.
    """

    form: str
    open: bool
    share: float


def plain_dates(values: Any) -> np.ndarray:
    """Return dates of any unit, an array or a Series without a zone, as datetime64[us]; other years are missing."""
    found = np.asarray(values)
    if np.datetime_data(found.dtype)[0] in ("ns", "us"):
        return found.astype(DATE)
    low, high = np.datetime64("0001-01-01", "s"), np.datetime64("9999-12-31T23:59:59", "s")
    with np.errstate(invalid="ignore"):
        return np.where((found >= low) & (found <= high), found, np.array("NaT", found.dtype)).astype(DATE)


def from_seconds(seconds: np.ndarray) -> np.ndarray:
    """Return seconds since 1970 as datetime64[us]; NaT where they are missing or outside the years 1 to 9999."""
    right = (seconds >= -62_135_596_800) & (seconds < 253_402_300_800)
    found = np.round(np.where(right, seconds, 0.0) * 1e6).astype(np.int64).view(DATE)
    found[~right] = np.datetime64("NaT", "us")
    return found


def seconds_of(durations: Any) -> np.ndarray:
    """Return timedeltas of any unit, an array or a Series, as seconds; NaN where they are missing."""
    found = np.asarray(durations)
    unit = np.datetime_data(found.dtype)[0]
    whole = found if unit == "ns" else found.astype("timedelta64[us]")
    seconds = whole.astype(np.int64) / (1e9 if unit == "ns" else 1e6)
    seconds[np.isnat(found)] = np.nan
    return np.asarray(seconds, np.float64)


def parse_dates(texts: Sequence[str], form: str | None = ANY) -> Dates:
    """Parse texts as dates in any of the known forms.

    Parameters
    ----------
    texts
        `n` texts.
    form
        Order of day, month and year where it matters, as in `Order`. Without one, dates with slashes are read month
        first, and dates with dots or dashes day first.

    Examples
    --------
    >>> parse_dates(["2/1/24", "2024-02-01", "1 Feb 2024 11:00 PM"]).times.astype("datetime64[h]").astype(str).tolist()
    ['2024-02-01T00', '2024-02-01T00', '2024-02-01T23']
    """
    return _Parts(texts).dates(order_of(form))


def date_order(texts: Sequence[str]) -> Order | None:
    """Return the order of day, month and year in the texts of a column, or None if none of them is a date."""
    present = [text for text in texts if not is_blank(text)]
    if not present:
        return None
    found = _Parts(present)
    if not len(found.places):
        return None
    form, assumed = found.order()
    share = float(np.mean(~np.isnat(found.dates(form).times)))
    return Order(form, assumed, share) if share else None


def date_form(texts: Sequence[str]) -> str | None:
    """Return the order of at least 95 % dates, or None; a quick look at some texts comes first."""
    present = [text for text in texts if not is_blank(text)]
    some = present[:: max(1, len(present) // 50)]
    for looked_at, least in ((some, 0.8), (present, _LEAST)):
        order = date_order(looked_at)
        if order is None or order.share < least:
            return None
    assert order is not None
    return order.form


def order_of(form: str | None) -> str:
    """Return the order that a form means; earlier versions kept formats such as ``"%d/%m/%Y"``."""
    if form is None or "%" not in form:
        return form if form in _MONTH_FIRST else ANY
    day, month = form.find("%d"), max(form.find("%m"), form.find("%b"), form.find("%B"))
    return ANY if form.startswith("%Y") else DAY if day < month else MONTH


class _Parts:
    """The numbers that texts hold: a row of year, month and day (or three of open order), time and zone per date."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        places, rows = [np.empty(0, np.intp)], [np.empty((0, 7), np.int64)]
        for some, numbers, words in _fields(texts, _SHAPES):
            time, right = _microseconds(numbers, words, len(some))
            three, kind = _three(numbers, words)
            columns = (*three, kind, time, *_offset(numbers, words))
            found = np.column_stack([np.broadcast_to(np.asarray(one, np.int64), len(some)) for one in columns])
            places.append(some[right])
            rows.append(found[right])
        self.places, self.table = np.concatenate(places), np.concatenate(rows)

    def order(self) -> tuple[str, bool]:
        """Return the order in which most dates are possible, and whether it is assumed."""
        a, b, c, kind = self.table[:, :4].T
        some = kind > 0
        if not some.any():
            return ANY, False
        a, b, c, short = a[some], b[some], c[some], kind[some] % 10 == 2
        in_order = {DAY: _days(c, b, a, short), MONTH: _days(c, a, b, short), YEAR: _days(a, b, c, short)}
        possible = {form: int((~np.isnat(days)).sum()) for form, days in in_order.items()}
        if short.all() and possible[YEAR] > max(possible[DAY], possible[MONTH]):
            return YEAR, False
        if possible[DAY] != possible[MONTH]:
            form = DAY if possible[DAY] > possible[MONTH] else MONTH
        else:
            form = MONTH if np.mean(kind[some] // 10 == _MARKS["/"]) > 0.5 else DAY
        rival = bool(short.all()) and possible[YEAR] == possible[form]
        if rival and 3 * len(np.unique(a)) < len(np.unique(c)):  # years vary less than days
            return YEAR, True
        differ = (in_order[DAY] != in_order[MONTH]) & ~(np.isnat(in_order[DAY]) & np.isnat(in_order[MONTH]))
        dots = kind[some] // 10 == _MARKS["."]
        if form == MONTH and (~np.isnat(in_order[MONTH]))[dots].sum() > (~np.isnat(in_order[DAY]))[dots].sum():
            return DOTS, False
        tied = possible[DAY] == possible[MONTH] and bool(differ.any())
        rival &= len(np.unique(a)) <= 3 * len(np.unique(c))  # the other way round, the year is last
        return form, bool(possible[form]) and (tied or rival)

    def dates(self, form: str) -> Dates:
        """Return the dates in an order."""
        a, b, c, kind, time, offset, zoned = self.table.T
        mark, short = kind // 10, kind % 10 == 2
        month_first = np.isin(mark, [_MARKS[one] for one in _MONTH_FIRST[form]])
        turned = kind > 0
        day, month = np.where(month_first, b, a), np.where(month_first, a, b)
        as_it_stands, swapped = _days(a, b, c, short), _days(c, day, month, short)
        plain = np.where(turned, _days(c, month, day, short), as_it_stands)
        if form == YEAR:
            swapped = np.where(short, plain, swapped)
            plain = np.where(short, as_it_stands, plain)
        other = np.where(turned, swapped, np.datetime64("NaT", "D"))
        against = np.isnat(plain) & ~np.isnat(other)
        ambiguous = ~np.isnat(plain) & ~np.isnat(other) & (plain != other) & (kind > 0)
        found = np.where(against, other, plain).astype(DATE) + time.astype("timedelta64[us]")
        found = found - offset.astype("timedelta64[m]")
        whole = Dates(np.full(self.size, "NaT", DATE), *(np.zeros(self.size, bool) for _ in range(3)))
        whole.times[self.places] = found
        whole.ambiguous[self.places] = ambiguous
        whole.against[self.places] = against
        whole.zoned[self.places] = zoned > 0
        return whole


_Numbers = dict[str, np.ndarray]
_Words = dict[str, str]


def _fields(texts: Sequence[str], shapes: Sequence[re.Pattern[str]]) -> Iterator[tuple[np.ndarray, _Numbers, _Words]]:
    """Yield the places of texts of one shape, the numbers of its digits, and its words.

    Texts that differ in their digits alone are matched once: a column has few shapes and many dates.
    """
    stripped = np.array([text.strip()[:_LONGEST] for text in texts] or [""], np.str_)
    codes = np.ascontiguousarray(stripped).view(np.uint32).reshape(len(stripped), -1)
    digits = (codes >= ord("0")) & (codes <= ord("9"))
    masked = np.where(digits, np.uint32(ord("0")), codes).view(stripped.dtype).ravel()
    which, masks = pd.factorize(masked.astype(object))
    order = np.argsort(which, kind="stable")
    for some, mask in zip(
        np.split(order, np.cumsum(np.bincount(which, minlength=len(masks)))[:-1]), masks, strict=True
    ):
        match = next(filter(None, (shape.fullmatch(mask) for shape in shapes)), None)
        if match is None:
            continue
        numbers: _Numbers = {}
        words: _Words = {}
        for name, text in match.groupdict().items():
            if text and text.isdigit():
                low, high = match.span(name)
                numbers[name] = (codes[some, low:high].astype(np.int64) - ord("0")) @ 10 ** np.arange(high - low)[::-1]
                words[name] = text
            elif text:
                words[name] = text.lower()
        yield some, numbers, words


def _three(numbers: _Numbers, words: _Words) -> tuple[tuple[Any, Any, Any], int]:
    """Return three numbers and their kind.

    The kind is 0 for year, month, day in this order; 1 for an open order of day and month, 2 if its
    year has two digits; plus 10 times the place of the mark in `_MARKS`.
    """
    if "a" in numbers:
        kind = (1 if len(words["c"]) == 4 else 2) + 10 * _MARKS[words["mark"]]
        return (numbers["a"], numbers["b"], numbers["c"]), kind
    if "w" in numbers:
        return _of_week(numbers["y"], numbers["w"], numbers.get("wd", np.int64(1))), 0
    quarter = numbers.get("q", numbers.get("q2"))
    if quarter is not None:
        return (numbers["y"], 3 * quarter - 2, 1), 0
    month = _MONTHS[words["name"][:3]] if "name" in words else numbers["m"]
    year = numbers["y"] if len(words["y"]) == 4 else _full_year(numbers["y"])
    return (year, month, numbers.get("d", 1)), 0


def _of_week(year: np.ndarray, week: np.ndarray, weekday: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return year, month and day of a day in a week of ISO 8601; month 0 where there is no such day."""
    fourth = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) + 3  # it lies in week 1
    monday = fourth - (fourth + 3) % 7 + 7 * (week - 1)
    days = (monday + weekday - 1).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    thursday = (monday + 3).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    right = (week >= 1) & (thursday == year) & (weekday >= 1) & (weekday <= 7)
    month = np.where(right, months.astype(np.int64) % 12 + 1, 0)
    return months.astype("datetime64[Y]").astype(np.int64) + 1970, month, (days - months).astype(np.int64) + 1


def _offset(numbers: _Numbers, words: _Words) -> tuple[Any, bool]:
    """Return the minutes that a zone is ahead of UTC, and whether a zone is named."""
    if "sign" in words:
        minutes = 60 * numbers["zh"] + numbers.get("zm", 0)
        return (minutes if words["sign"] == "+" else -minutes), True
    return _ZONES[words.get("zone", "z")], "zone" in words


def _microseconds(numbers: _Numbers, words: _Words, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the time since midnight, 0 without one, and a mask of the times that there are, each of shape (size,)."""
    nought = np.zeros(size, np.int64)
    if "h" not in numbers:
        return nought, nought == 0
    hour, minute, second = (numbers.get(name, nought) for name in ("h", "min", "s"))
    right = (minute <= 59) & (second <= 59) & (hour <= 24) & ~((hour == 24) & ((minute > 0) | (second > 0)))
    if "half" in words:
        hour = np.where(hour <= 12, hour % 12 + 12 * (words["half"] == "p"), hour)
    elif "min" not in numbers and words.get("between", "t") != "t":
        right &= False
    fraction = numbers.get("f", nought)
    digits = len(words.get("f", ""))
    fraction = fraction * 10 ** (6 - digits) if digits <= 6 else fraction // 10 ** (digits - 6)
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction, right


def _full_year(year: np.ndarray) -> np.ndarray:
    """Return years of two digits as 1969 to 2068."""
    return year + np.where(year > 68, 1900, 2000)


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray, short: np.ndarray) -> np.ndarray:
    """Return calendar days as datetime64[D]; NaT where there is no such day."""
    year = np.where(short, _full_year(year), year)
    right = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(right, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(right, day - 1, 0).astype("timedelta64[D]")
    right &= days.astype("datetime64[M]") == months
    return np.where(right, days, np.datetime64("NaT", "D"))


def are_day_numbers(numbers: np.ndarray) -> bool:
    """Return whether numbers are dates as year, month and day in eight digits, such as 20240501.

    Each is a date from 1900 to 2100, and there are at least ten: other numbers in this range are hardly ever all dates.
    """
    distinct = np.unique(numbers[np.isfinite(numbers)])
    if len(distinct) < _FEWEST_DAYS or distinct[0] < 19_000_101 or distinct[-1] > 21_001_231:
        return False
    if not (distinct == np.round(distinct)).all():
        return False
    whole = distinct.astype(np.int64)
    days = _days(whole // 10_000, whole // 100 % 100, whole % 100, np.zeros(len(whole), bool))
    return not np.isnat(days).any()


def parse_times(texts: Sequence[str]) -> np.ndarray:
    """Parse texts as times of day, in hours since midnight; NaN for other texts.

    Examples
    --------
    >>> parse_times(["11:30", "2:15:00 pm", "noon"]).tolist()
    [11.5, 14.25, nan]
    """
    found = np.full(len(texts), np.nan)
    for some, numbers, words in _fields(texts, [_TIME_ALONE]):
        time, right = _microseconds(numbers, {"between": " ", **words}, len(some))
        found[some[right]] = time[right] / 3.6e9
    return found


def are_times(texts: Sequence[str]) -> bool:
    """Return whether at least 95 % of the texts are times of day."""
    present = [text for text in texts if not is_blank(text)]
    some = present[:: max(1, len(present) // 50)]
    if not some or np.isnan(parse_times(some)).mean() > 0.2:
        return False
    return bool(np.mean(~np.isnan(parse_times(present))) >= _LEAST)
