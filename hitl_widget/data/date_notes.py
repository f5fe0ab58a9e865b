"""Notes on dates: what was assumed, what could not be read, and what is shown differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.dates import date_order, parse_dates
from hitl_widget.data.durations import CLOCKS, DURATIONS, clock_reading
from hitl_widget.data.origins import known_origins
from hitl_widget.data.reading import Reading, form_of, learn, read
from hitl_widget.data.rows import moments
from hitl_widget.data.target import is_missing
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Column, Role

__all__ = ["notes_on_dates"]

_EARLY, _LATE = np.datetime64("1678-01-01", "us"), np.datetime64("2262-01-01", "us")


def notes_on_dates(columns: Iterable[Column], table: pd.DataFrame, time: str | None) -> list[str]:
    """Return the notes on the columns of dates and on the time column.

    Parameters
    ----------
    columns
        The columns of the task.
    table : DataFrame of shape (n, p)
        The plain table.
    time
        The column that orders the rows in time.
    """
    origins = known_origins(table)
    notes: list[str] = []
    for column in columns:
        values = table[column.name]
        if column.role is Role.NUMERIC:
            notes += _on_durations(column, values, known=bool(origins.get(column.name, {}).get("duration")))
        ordered = column.name == time and column.role is Role.IGNORED and moments(table, time).dtype.kind == "M"
        if column.role is not Role.DATE and not ordered:
            continue
        zone = origins.get(column.name, {}).get("zone")
        if zone and values.dtype.kind == "M":
            notes.append(
                f"{column.name} has the time zone {zone} and is read in UTC: models and charts show its hours in UTC."
            )
        reading = learn(Column(column.name, Role.DATE, ""), values)
        notes += _on_day_numbers(column)
        if values.dtype.kind == "O":
            notes += _on_texts(column, values, reading)
        notes += _on_far_years(column.name, read(reading, values))
    return notes


def _on_durations(column: Column, values: pd.Series[Any], known: bool) -> Iterator[str]:
    """Yield the notes on durations, which may be stored as text."""
    form = None
    if not known and values.dtype.kind == "O" and not isinstance(values.dtype, pd.CategoricalDtype):
        form = form_of(column.role, values.values)
    if known or form in (DURATIONS, CLOCKS):
        yield f"{column.name} holds durations, which are read in seconds."
    if form == CLOCKS:
        example = clock_reading(values.dropna().tolist())
        yield (
            f"No value of {column.name} shows its unit: {example}. If they are hours and minutes, convert "
            f"them first: pandas.to_timedelta(table[{column.name!r}] + ':00')."
        )


def _on_day_numbers(column: Column) -> Iterator[str]:
    """Yield the note on dates that are written as whole numbers."""
    if "YYYYMMDD" in column.reason:
        yield (
            f"{column.name} holds dates as whole numbers (year, month and day). If they are other numbers, use "
            f'roles={{"{column.name}": "numeric"}}.'
        )


def _on_texts(column: Column, values: pd.Series[Any], reading: Reading) -> Iterator[str]:
    """Yield the notes on dates stored as text."""
    name = column.name
    present = values[~is_missing(values)]
    counts = present.value_counts(sort=False)
    texts, rows = [str(text) for text in counts.index], counts.to_numpy()
    order = date_order(texts)
    if order is None:
        return
    found = parse_dates(texts, order.form)
    if order.open:
        example = texts[int(np.argmax(found.ambiguous))]
        other, how = _other_order(order.form)
        yield (
            f"{name} holds dates such as {example!r}, and no value shows the order of day, month and year. They are "
            f"read {order.form}. If they are {other}, convert them first: pandas.to_datetime(table[{name!r}]{how})."
        )
    if found.against.any():
        some = int(rows[found.against].sum())
        example = texts[int(np.argmax(found.against))]
        verb = "does" if some == 1 else "do"
        yield (
            f"{name} is read {order.form}, but {plural(some, 'value')} such as {example!r} {verb} not fit this order, "
            "so they are read in another one. Check whether the column mixes two orders."
        )
    if found.zoned.any():
        yield f"{name} holds times with a time zone, which are read in UTC: models and charts show its hours in UTC."
    lost = np.isnat(read(reading, np.array(texts, object)))
    if lost.any() and not column.given:
        some, example = int(rows[lost].sum()), texts[int(np.argmax(lost))]
        verb = "is no date and is" if some == 1 else "are no dates and are"
        yield f"{plural(some, 'value')} of {name}, such as {example!r:.60}, {verb} treated as missing."


def _other_order(form: str) -> tuple[str, str]:
    """Return the order that is likely, too, and the argument with which pandas reads it."""
    return ("month first", "") if form.startswith("day") else ("day first", ", dayfirst=True")


def _on_far_years(name: str, dates: np.ndarray) -> Iterator[str]:
    """Yield a note on dates so far away that they may stand for no date."""
    far = ~np.isnat(dates) & ((dates < _EARLY) | (dates >= _LATE))
    if far.any():
        values, counts = np.unique(dates[far].astype("datetime64[D]"), return_counts=True)
        example = str(values[int(np.argmax(counts))])
        some = plural(int(far.sum()), "date")
        yield (
            f"{name} holds {some} before 1678 or after 2261, such as {example}. They are read as they are. "
            "If they mean that there is no date, replace them with missing values."
        )
