"""Numbers as people write them: decimal and thousands marks, currencies, percent, parentheses and signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite, nan

__all__ = ["currency", "decimal_mark", "has_percent", "is_open", "parse_number"]

_CODES = "USD|EUR|GBP|CHF|JPY|CNY|INR|SEK|NOK|DKK|PLN|CZK|HUF|BRL|CAD|AUD|NZD|MXN|ZAR|TRY|KRW|SGD|HKD|RUB|ILS"
_CURRENCY = (
    rf"(?:(?:US|AU|CA|NZ|HK|A|C|R|S)?\$|[\u00a2-\u00a5\u20a0-\u20cf]|\b(?:{_CODES})\b|\bkr\b\.?|z\u0142|K\u010d|\bFt\b"
    r"|\bS?Fr\b\.?|\bRs\b\.?)"
)
_SHAPE = re.compile(
    rf"(?P<open>\()? ?(?P<before>[-+])? ?(?P<money>{_CURRENCY})? ?(?P<inner>\()? ?(?P<sign>[-+])? ?"
    r"(?P<core>\d(?:[\d.,' ]*\d)?[.,]?(?:[eE][-+]?\d+)?|[.,]\d+(?:[eE][-+]?\d+)?)(?P<dash>(?<=[.,])-{1,2})?"
    rf" ?(?P<after>-)? ?(?:%|(?P<unit>{_CURRENCY}))? ?(?P<last>-)? ?(?P<close>\))?"
)
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2013\u2012\u2010\u2011\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2019\u2018\u02bc\u2032", "'"),
    }
    | dict.fromkeys("\xa0\u2009\u202f\u2007\u2008\u2002\u2003\t", " ")
)
_SIMPLE = re.compile(r"-?\d+(?:\.\d+)?")
_OPEN = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_SPACES = re.compile(" {2,}")
_LONGEST = 100
_SAMPLE = 10_000
_EXPONENT = re.compile(r"[eE]")


def parse_number(text: str, decimal: str = ".") -> float:
    """Return the number that a text spells; NaN for other texts.

    Parameters
    ----------
    text
        A text, for example ``"-$1,234.50"``, ``"(3,14)"``, ``"1 234,5 €"`` or ``"12 %"`` (which is 12).
    decimal
        ``"."`` or ``","``: the decimal mark where a text alone does not tell, as in ``"3,459"``.

    Examples
    --------
    >>> [parse_number(text) for text in ("-$1,234.50", "(3,14)", "1.234,5 €", "3,459", "version 3")]
    [-1234.5, -3.14, 1234.5, 3459.0, nan]
    >>> parse_number("3,459", ",")
    3.459
    """
    found = _parts(text)
    if found is None:
        return nan
    negative, core = found
    number = _value(core, decimal)
    return (-number if negative else number) if isfinite(number) else nan


def decimal_mark(texts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the decimal mark of a column, and the marks that some text requires.

    Parameters
    ----------
    texts
        The distinct values of the column.

    Examples
    --------
    >>> decimal_mark(["3,459", "12,5", "7"])
    (',', (',',))
    >>> decimal_mark(["3,459"])
    ('.', ())
    """
    step = max(1, len(texts) // _SAMPLE)
    votes = _votes(texts[::step])
    if step > 1 and not any(votes.values()):
        votes = _votes(texts)
    return ("," if votes[","] > votes["."] else "."), tuple(mark for mark, count in votes.items() if count)


def _votes(texts: Sequence[str]) -> dict[str, int]:
    """Return how many texts require each decimal mark."""
    votes = {".": 0, ",": 0}
    for text in texts:
        if "," in text or "." in text:
            found = _parts(text)
            mark = None if found is None else _required(found[1])
            if mark is not None:
                votes[mark] += 1
    return votes


def is_open(text: str) -> bool:
    """Return whether a text alone does not tell its decimal mark, as ``"3,459"``."""
    found = _parts(text) if "," in text or "." in text else None
    return found is not None and _OPEN.fullmatch(found[1]) is not None


def currency(text: str) -> str | None:
    """Return the currency that a number is written with, if any."""
    match = _match(text)
    return (match["money"] or match["unit"]) if match else None


def has_percent(text: str) -> bool:
    """Return whether a text is a number of percent."""
    return "%" in text and _parts(text) is not None


def _match(text: str) -> re.Match[str] | None:
    if len(text) > _LONGEST:
        return None
    return _SHAPE.fullmatch(_SPACES.sub(" ", text.translate(_ALIKE).strip()))


def _parts(text: str) -> tuple[bool, str] | None:
    """Return the sign (True for negative) and the digits with their marks; None for other texts."""
    if len(text) <= _LONGEST and _SIMPLE.fullmatch(text):  # most numbers: far quicker than the whole pattern
        return text[0] == "-", text.removeprefix("-")
    match = _match(text)
    if match is None:
        return None
    opened = (match["open"] is not None) + (match["inner"] is not None)
    signs = [sign for sign in (match["before"], match["sign"], match["after"], match["last"]) if sign]
    if opened != (match["close"] is not None) or opened + len(signs) > 1:
        return None
    core = match["core"]
    if signs == ["+"] and (" " in core or "'" in core):
        return None  # a phone number
    return bool(opened) or signs == ["-"], core


def _value(core: str, decimal: str) -> float:
    """Return the number that digits with marks spell; NaN if the marks have no meaning."""
    mantissa, *exponent = _EXPONENT.split(core)
    mark = _required(core) or decimal
    whole, _, fraction = mantissa.partition(mark) if mark in mantissa else (mantissa, "", "")
    grouped = [other for other in " '.," if other != mark and other in whole]
    if len(grouped) > 1 or (grouped and (exponent or not _are_groups(whole, grouped[0]))) or not _are_digits(fraction):
        return nan
    for other in grouped:
        whole = whole.replace(other, "")
    return float(f"{whole or '0'}.{fraction or '0'}" + (f"e{exponent[0]}" if exponent else ""))


def _are_digits(text: str) -> bool:
    return not text or text.isdecimal()


def _required(core: str) -> str | None:
    """Return the only decimal mark under which digits with marks are a number; None if both or no mark is needed."""
    mantissa, *exponent = _EXPONENT.split(core)
    counts = {mark: mantissa.count(mark) for mark in ".,"}
    used = [mark for mark, count in counts.items() if count]
    if len(used) == 2:
        return max(used, key=mantissa.rfind)
    if not used:
        return None
    (mark,) = used
    if counts[mark] > 1:
        return "," if mark == "." else "."
    return None if not exponent and _OPEN.fullmatch(mantissa) else mark


def _are_groups(whole: str, mark: str) -> bool:
    """Return whether digits are grouped by thousands, or as in India by hundreds above them."""
    first, *groups = whole.split(mark)
    if not first.isdecimal() or first[0] == "0" or len(first) > 3 or not all(map(_grouped, groups)):
        return False
    lengths = {len(group) for group in groups[:-1]}
    return len(groups[-1]) == 3 and (lengths <= {3} or (lengths == {2} and len(first) <= 2))


def _grouped(group: str) -> bool:
    return group.isdecimal() and len(group) in (2, 3)
