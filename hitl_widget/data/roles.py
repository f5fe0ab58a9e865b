"""Column roles: how each column enters the models, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text, is_blank
from hitl_widget.data.dates import ANY, are_day_numbers, are_times, date_form, parse_dates, parse_times
from hitl_widget.data.durations import CLOCKS, are_durations, clock_reading, parse_durations
from hitl_widget.data.hints import near_or_all
from hitl_widget.data.number_texts import NumberTexts
from hitl_widget.data.table import column_name
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Column, Role
from hitl_widget.errors import DataError

__all__ = ["checked_roles", "natural_role", "role_and_texts", "role_of", "roles_as_dict"]

_ID_NAME = re.compile(r"(^|[^a-z])(id|ids|uuid|guid|key|index|number|no|nr|num)$|[a-z](ID|Id|Key|No|Nr)$|^(PID|pid)$")
_EXACT = 2**53


def roles_as_dict(roles: Any) -> dict[Any, Any]:
    """Return the roles given by the user as a dictionary, or raise DataError."""
    if roles is None:
        return {}
    try:
        return dict(roles)
    except (TypeError, ValueError):
        raise DataError(
            f'roles= must be a dictionary such as {{"age": "numeric"}}; got {roles!r:.60}. Give each column its role.'
        ) from None


def checked_roles(roles: Mapping[Any, Any] | None, columns: list[str], target: str) -> dict[str, Role]:
    """Return the roles given by the user, validated.

    Raises
    ------
    DataError
        For an unknown column, an unknown role, or a role for the target.
    """
    given: dict[str, Role] = {}
    for name, role in roles_as_dict(roles).items():
        name = column_name(name)
        if name == target:
            raise DataError(
                f"roles= sets the roles of feature columns, but {name!r} is the target. Remove it from roles=."
            )
        if name not in columns:
            hint = near_or_all(name, columns)
            raise DataError(f"roles= names the column {name!r}, which is not in the table.{hint}")
        try:
            given[name] = Role(str(role).lower())
        except ValueError:
            listed = ", ".join(repr(str(known)) for known in Role)
            raise DataError(f"A role must be one of {listed}; got {role!r} for {name!r}.") from None
    return given


def role_of(name: str, values: pd.Series[Any], given: Role | None = None) -> Column:
    """Return the role of a column and the reason for it.

    Parameters
    ----------
    name
        Name of the column.
    values : Series of shape (n,)
        Plain values (see `hitl_widget.data.table.normalise`).
    given
        The role given by the user, if any.
    """
    return role_and_texts(name, values, given)[0]


def role_and_texts(name: str, values: pd.Series[Any], given: Role | None = None) -> tuple[Column, NumberTexts | None]:
    """Return the role of a column, and its texts read as numbers if the role depends on them.

    Parameters
    ----------
    name, values, given
        As of `role_of`.
    """
    texts = None
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fib":
        column = _of_numbers(name, values.to_numpy())
    elif values.dtype.kind == "M":
        column = _of_dates(name, values)
    else:
        column, texts = _of_texts(name, values)
    if given is not None:
        column = Column(name, given, "set by you", column.missing, column.distinct, given=True)
    return column, texts


def _of_numbers(name: str, values: np.ndarray) -> Column:
    if values.dtype == bool:
        distinct = len(np.unique(values))
        if distinct == 1:
            return Column(name, Role.IGNORED, f"the same value, {values[0]}, in every row", 0, 1)
        return Column(name, Role.CATEGORICAL, "true/false", 0, distinct)
    numbers = values.astype(np.float64)
    if values.dtype.kind == "i" and len(values) and max(-int(values.min()), int(values.max())) > _EXACT:
        distinct = len(np.unique(values))
        if distinct > len(np.unique(numbers)):
            return _of_long_codes(name, distinct, len(values))
    if are_day_numbers(numbers):
        return _day_numbers(name, numbers)
    infinite = int(np.isinf(numbers).sum())
    return _numeric(
        name, numbers, f"; {infinite:,} infinite value{'s' * (infinite > 1)} treated as missing" if infinite else ""
    )


def _of_long_codes(name: str, distinct: int, rows: int) -> Column:
    """Return the role of whole numbers that float64 cannot tell apart: they are codes, not quantities."""
    if rows >= 20 and distinct >= 0.9 * rows:
        reason = f"an identifier: whole numbers too long to be quantities, {distinct:,} distinct in {rows:,} rows"
        return Column(name, Role.IGNORED, reason, 0, distinct)
    return Column(
        name, Role.CATEGORICAL, f"whole numbers too long to be quantities, {distinct:,} distinct", 0, distinct
    )


def _numeric(name: str, numbers: np.ndarray, more: str = "", how: str = "") -> Column:
    """Return the role of a column of numbers: empty, constant, identifier or numeric."""
    here = numbers[np.isfinite(numbers)]
    missing = len(numbers) - len(here)
    distinct = len(np.unique(here))
    if not len(here):
        return Column(name, Role.IGNORED, "no value in any row", missing, 0)
    if distinct == 1 and not missing:
        return Column(name, Role.IGNORED, f"the same value, {cell_text(here[0])}, in every row", missing, 1)
    whole = bool((here == np.round(here)).all())
    if whole and len(here) >= 20 and distinct >= 0.9 * len(here):
        with np.errstate(over="ignore"):
            steps = np.diff(here)
        if distinct == len(here) and bool((steps == steps[0]).all()):
            return Column(name, Role.IGNORED, "a row counter: it carries no information", missing, distinct)
        if _ID_NAME.search(name):
            return Column(
                name, Role.IGNORED, "an identifier, judging by its name and distinct values", missing, distinct
            )
    how = how or (f"whole numbers, {distinct:,} distinct" if whole and distinct <= 1000 else "numbers")
    return Column(name, Role.NUMERIC, how + more, missing, distinct)


def _day_numbers(name: str, numbers: np.ndarray) -> Column:
    here = numbers[np.isfinite(numbers)]
    missing = len(numbers) - len(here)
    return Column(name, Role.DATE, "dates as whole numbers (YYYYMMDD)", missing, len(np.unique(here)))


def natural_role(values: pd.Series[Any]) -> Role:
    """Return the role suggested by a column's values alone, whether they are of use or not.

    Parameters
    ----------
    values : Series of shape (n,)
        Plain values (see `hitl_widget.data.table.normalise`).
    """
    found = role_of("", values).role
    if found is not Role.IGNORED:
        return found
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "fi":
        return Role.NUMERIC
    if values.dtype.kind == "M":
        return Role.DATE
    if values.dtype.kind != "O" or isinstance(values.dtype, pd.CategoricalDtype):
        return Role.CATEGORICAL
    codes, raw = pd.factorize(values)
    texts = [cell_text(value) for value in raw]
    if not all(map(is_blank, texts)):
        if _as_numbers("", NumberTexts.of_distinct(codes, texts)):
            return Role.NUMERIC
        if any(found("", codes, texts) for found in (_as_times, _as_durations)):
            return Role.NUMERIC
        if _as_dates("", codes, texts):
            return Role.DATE
    return Role.CATEGORICAL


def _of_dates(name: str, values: pd.Series[Any]) -> Column:
    missing, distinct = int(values.isna().sum()), int(values.nunique())
    if distinct == 0:
        return Column(name, Role.IGNORED, "no value in any row", missing, 0)
    if distinct == 1 and not missing:
        return Column(name, Role.IGNORED, "the same date in every row", missing, 1)
    return Column(name, Role.DATE, "dates", missing, distinct)


def _of_texts(name: str, values: pd.Series[Any]) -> tuple[Column, NumberTexts | None]:
    """Return the role of a column of categories or text, and its distinct texts as numbers if these decide it."""
    category = isinstance(values.dtype, pd.CategoricalDtype)
    if category:
        codes, raw = np.asarray(values.cat.codes), list(values.cat.categories)
    else:
        codes, found = pd.factorize(values)
        raw = list(found)
    texts = [cell_text(value) for value in raw]
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    blank = np.array([is_blank(text) for text in texts], bool)
    blanks = int(counts[blank].sum()) if len(texts) else 0
    missing = int((codes < 0).sum()) + blanks
    real = [text for text, gone, count in zip(texts, blank, counts, strict=True) if not gone and count]
    here = len(codes) - missing
    if not here:
        return Column(name, Role.IGNORED, "no value in any row", missing, 0), None
    if len(set(real)) == 1 and not missing:
        return Column(name, Role.IGNORED, f"the same value, {real[0]!r}, in every row", missing, 1), None
    if category and values.cat.categories.dtype == bool:
        return Column(name, Role.CATEGORICAL, "true/false", missing, len(real)), None
    if category:
        return Column(name, Role.CATEGORICAL, f"a category column with {len(real):,} levels", missing, len(real)), None
    numbers = NumberTexts.of_distinct(codes, texts)
    column = (
        _as_numbers(name, numbers)
        or _as_times(name, codes, texts, missing)
        or _as_durations(name, codes, texts, missing)
        or _as_dates(name, codes, texts, missing)
        or _as_words(name, real, here, missing, f"; {blanks:,} blank cells treated as missing" if blanks else "")
    )
    return column, numbers


def _as_numbers(name: str, found: NumberTexts) -> Column | None:
    """Return a numeric column if nearly all texts are numbers, else None."""
    if not found.are_numeric():
        return None
    gone, stray = int(found.counts[found.blank].sum()), found.stray
    if are_day_numbers(found.numbers):
        return _day_numbers(name, found.rows)
    more = f"; {gone:,} blank cells treated as missing" if gone else ""
    more += f"; {stray:,} other texts treated as missing" if stray else ""
    how = "numbers stored as text" + (" with a decimal comma" if found.decimal == "," else "")
    return _numeric(name, found.rows, more, how)


def _as_times(name: str, codes: np.ndarray, texts: list[str], missing: int = 0) -> Column | None:
    """Return a numeric column if nearly all texts are times of day, else None."""
    if not are_times(texts):
        return None
    hours = np.append(parse_times(texts), np.nan)[codes]
    stray = int(np.isnan(hours).sum()) - missing
    more = f"; {_others(stray)}" if stray else ""
    return _numeric(name, hours, more, "times of day, in hours since midnight")


def _as_durations(name: str, codes: np.ndarray, texts: list[str], missing: int = 0) -> Column | None:
    """Return a numeric column if nearly all texts are durations, else None."""
    form = are_durations(texts)
    if form is None:
        return None
    seconds = np.append(parse_durations(texts, form), np.nan)[codes]
    stray = int(np.isnan(seconds).sum()) - missing
    how = "durations stored as text, in seconds"
    if form == CLOCKS:
        how += f"; {clock_reading(texts)}"
    return _numeric(name, seconds, f"; {_others(stray)}" if stray else "", how)


def _as_dates(name: str, codes: np.ndarray, texts: list[str], missing: int = 0) -> Column | None:
    """Return a column of dates if nearly all texts are dates, else None."""
    form = date_form(texts)
    if form is None:
        return None
    times = np.append(parse_dates(texts, form).times, np.datetime64("NaT", "us"))[codes]
    stray = int(np.isnat(times).sum()) - missing
    how = "dates stored as text" + ("" if form == ANY else f" ({form})") + (f"; {_others(stray)}" if stray else "")
    return Column(name, Role.DATE, how, missing + stray, len(np.unique(times[~np.isnat(times)])))


def _others(stray: int) -> str:
    return f"{plural(stray, 'other text')} treated as missing"


def _as_words(name: str, texts: list[str], here: int, missing: int, more: str) -> Column:
    """Distinguish free text, identifiers and categories by repetition and number of words."""
    distinct = len(set(texts))
    sample = texts[:: max(1, len(texts) // 1000)]
    words = float(np.mean([len(text.split()) for text in sample]))
    if distinct >= 20 and ((distinct > 0.5 * here and words >= 2) or (distinct >= 100 and words >= 6)):
        return Column(name, Role.TEXT, f"free text, {words:.0f} words on average{more}", missing, distinct)
    mostly_once = here >= 20 and distinct >= (0.9 if _ID_NAME.search(name) else 0.95) * here
    if mostly_once:
        reason = f"an identifier: {distinct:,} distinct values in {here:,} rows"
        return Column(name, Role.IGNORED, reason, missing, distinct)
    many = "many categories" if distinct > 30 else "categories"
    return Column(name, Role.CATEGORICAL, f"{many}, {distinct:,} distinct values{more}", missing, distinct)
