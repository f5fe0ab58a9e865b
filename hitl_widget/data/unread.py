"""Columns that a model could read in training, and cannot read in the table it is to predict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text, is_blank, parse_numbers
from hitl_widget.data.dates import ANY, order_of, parse_dates
from hitl_widget.data.reading import Reading
from hitl_widget.domain.task import Role

__all__ = ["unread"]

_NEARLY_ALL = 0.9
_FEWEST_UNKNOWN = 10  # rows with a category that does not occur in training
_SAMPLE = 50


def unread(
    readings: Iterable[Reading], columns: Mapping[str, Any], canonical: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the name of each column that could hardly be read or is read by an assumption, and a sentence.

    Parameters
    ----------
    readings
        Reading rules of the columns.
    columns
        Their plain values, each of shape (n,).
    canonical
        Their canonical values, each of shape (n,).
    """
    for reading in readings:
        if reading.role is Role.TEXT or reading.unread:
            continue
        raw = columns[reading.name]
        gone = np.asarray(pd.isna(canonical[reading.name]))
        sentence = None
        if len(gone) and np.count_nonzero(gone) >= _NEARLY_ALL * len(gone):
            sentence = _hardly_read(reading, raw, gone)
        elif reading.role is Role.DATE and raw.dtype.kind not in "Mfiub":
            sentence = _other_order(reading, raw)
        if sentence:
            yield reading.name, sentence


def _hardly_read(reading: Reading, raw: Any, missing: np.ndarray) -> str | None:
    """Return the sentence on a column of which nearly all present cells were not read, or None."""
    if reading.role is Role.NUMERIC and raw.dtype.kind in "Mmfiub":
        return None  # infinities and codes of missing values
    if not (missing & pd.notna(raw)).any():
        return None
    cells = pd.Series(raw)
    texts = cells.map(cell_text, na_action="ignore")
    gone = {cell_text(one) for one in reading.codes}
    blank = {text for text in texts.dropna().unique() if is_blank(text) or text in gone}
    if reading.role is Role.NUMERIC:
        distinct = [str(text) for text in texts.dropna().unique()]
        blank |= {text for text, one in zip(distinct, parse_numbers(distinct)[1], strict=True) if one}
    present = (cells.notna() & ~texts.isin(blank)).to_numpy()
    lost = present & missing
    if not lost.any() or lost.sum() < _NEARLY_ALL * present.sum():
        return None
    example = str(texts[int(np.argmax(lost))])
    count = f"{int(lost.sum()):,} of {int(present.sum()):,} values of {reading.name!r}"
    if reading.role is Role.CATEGORICAL:
        if lost.sum() < _FEWEST_UNKNOWN or not reading.levels:
            return None
        known = ", ".join(map(repr, reading.levels[:3])) + (", …" if len(reading.levels) > 3 else "")
        return (
            f"{count} do not occur in training, such as {example!r:.60}, so the model treats them as missing. "
            f"Check the spelling; training had {known}."
        )
    kind = "numbers" if reading.role is Role.NUMERIC else "dates"
    return (
        f"{count} cannot be read as {kind}, such as {example!r:.60}, so the model treats them as missing. "
        f"Give {kind} in this column, as in training."
    )


def _other_order(reading: Reading, raw: Any) -> str | None:
    """Return the sentence on dates whose order of day and month differs from training or is not known from it."""
    texts = [str(text) for text in pd.unique(raw)[:_SAMPLE] if isinstance(text, str)]
    texts = [text for text in texts if any(mark in text.strip()[1:3] for mark in "/-.")]
    if not texts:
        return None
    order = order_of(reading.form)
    found = parse_dates(texts, order)
    doubted = found.ambiguous if order == ANY else found.against
    if not doubted.any():
        return None
    at = int(np.argmax(doubted))
    if order != ANY:
        return (
            f"{reading.name!r} holds dates such as {texts[at]!r} in another order than in training ({order}). "
            "Dates that fit both orders may be read wrongly: convert the column to dates before you predict."
        )
    return (
        f"Training does not show the order of day and month in {reading.name!r}: {texts[at]!r} is read as "
        f"{found.times[at].astype('datetime64[D]')}. Convert the column to dates before you predict."
    )
