"""The target: what kind of task it sets, its classes and the positive one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text, date_format, is_blank, parse_numbers
from hitl_widget.data.scorers import family_of
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError

__all__ = ["Target", "looks_like_classes", "understand_target"]

_NAMES_OF_CLASSES = ("class", "label", "category", "type", "species", "segment", "cluster")
_NEGATIVE = frozenset("no n false f 0 -1 negative neg none <=50k ham normal other".split())
_POSITIVE = frozenset("yes y true t 1 positive pos >50k spam".split())


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What was understood of a target.

    Parameters
    ----------
    kind
        Binary, multiclass or regression.
    y : ndarray of shape (n,)
        Codes of classes, or numbers.
    classes : ndarray
        Original labels in the order of the codes; empty for regression.
    texts
        The labels as text.
    positive
        The positive label as text, or None.
    notes
        Sentences for the person.
    """

    kind: Kind
    y: np.ndarray
    classes: np.ndarray
    texts: tuple[str, ...]
    positive: str | None
    notes: tuple[str, ...]


def looks_like_classes(values: np.ndarray, name: str = "") -> bool:
    """Judge whether whole numbers are names of classes rather than amounts.

    They are classes when there are two to four distinct values; or when there are at most 20, each with ten rows on
    average, and either the column's name says so ("class", "label", "type") or the counts do not look like those of a
    score: scores and counts rise to one peak, fall again and end in thin tails (rarest value under 5 % of the rows).

    Parameters
    ----------
    values : ndarray of shape (n,)
        The numbers, without missing ones.
    name
        Name of the column.

    Examples
    --------
    >>> looks_like_classes(np.repeat([3, 4, 5, 6, 7, 8, 9], [30, 216, 2138, 2836, 1079, 193, 5]))
    False
    >>> looks_like_classes(np.repeat([1, 2, 3, 4, 5, 7], [1533, 703, 1358, 626, 707, 1508]))
    True
    """
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) <= 2:
        return True
    if not np.all(distinct == np.round(distinct)) or len(distinct) > 20 or len(values) < 10 * len(distinct):
        return False
    if len(distinct) <= 4 or any(word in name.lower() for word in _NAMES_OF_CLASSES):
        return True
    peak = int(np.argmax(counts))
    steps = np.diff(counts)
    against = -steps[:peak][steps[:peak] < 0].sum() + steps[peak:][steps[peak:] > 0].sum()
    like_a_score = against <= 0.05 * len(values) and counts.min() < 0.05 * len(values)
    return not like_a_score


def understand_target(
    name: str, values: pd.Series[Any], *, metric: str | None, positive: object = None, mixed: bool = False
) -> Target:
    """Return kind, codes and classes of a target without missing cells.

    Parameters
    ----------
    name
        Name of the column.
    values : Series of shape (n,)
        Plain values (see `hitl_widget.data.table.normalise`).
    metric
        Scorer named by the person: one for classes or numbers decides the kind where both are possible.
    positive
        The positive class, as a label or as its text.
    mixed
        True when the column held numbers beside texts.

    Raises
    ------
    DataError
        When the target cannot be learnt: dates, one value, infinities, mixed kinds, unknown positive class.
    """
    wish = None if metric is None else family_of(metric)
    if values.dtype.kind == "M":
        raise DataError(f"The target {name!r} holds dates; turn it into a number first, such as days since a start.")
    numbers, notes = _as_numbers(name, values, metric, mixed)
    if values.nunique() < 2:
        raise DataError(
            f"The target {name!r} has one value only, {cell_text(values.iloc[0])!r}; a model needs two to tell apart."
        )
    if numbers is None or (wish != "numbers" and looks_like_classes(numbers, name)) or wish == "classes":
        return _classes(name, values, positive, notes)
    if positive is not None:
        raise DataError(f"positive= names a class, but {name!r} holds numbers; leave it out or choose a class metric.")
    return Target(Kind.REGRESSION, numbers, np.array([]), (), None, tuple(notes))


def _as_numbers(
    name: str, values: pd.Series[Any], metric: str | None, mixed: bool
) -> tuple[np.ndarray | None, list[str]]:
    """Return the target as numbers where it reads as such, else None."""
    wish = None if metric is None else family_of(metric)
    if values.dtype.kind in "fi" and isinstance(values.dtype, np.dtype):
        numbers = values.to_numpy(np.float64)
        if np.isinf(numbers).any():
            raise DataError(
                f"The target {name!r} holds {int(np.isinf(numbers).sum())} infinite value(s); "
                "drop these rows or replace the values."
            )
        return numbers, []
    if values.dtype == bool and wish == "numbers":
        return values.to_numpy(np.float64), []
    if values.dtype.kind != "O" or isinstance(values.dtype, pd.CategoricalDtype):
        if wish == "numbers":
            raise DataError(
                f"The target {name!r} holds classes, but metric={metric!r} measures numbers; "
                "choose one for classes, such as 'roc_auc'."
            )
        return None, []
    texts = [str(value) for value in values]
    parsed, _, _ = parse_numbers(texts)
    readable = np.isfinite(parsed)
    if readable.all() and (wish == "numbers" or (wish is None and not looks_like_classes(parsed, name))):
        return parsed, [f"{name} is text that reads as numbers."]
    if mixed and not readable.all():
        raise DataError(
            f"The target {name!r} mixes numbers and text, such as {texts[int(np.argmin(readable))]!r}; "
            "make its values of one kind."
        )
    if wish == "numbers":
        odd = texts[int(np.argmin(readable))]
        raise DataError(
            f"The target {name!r} holds text such as {odd!r}, but metric={metric!r} measures numbers; "
            "choose one for classes, such as 'roc_auc'."
        )
    distinct = len(set(texts))
    if distinct > max(20, len(texts) // 2):
        what = "dates" if date_format(texts[:200]) else "different texts"
        raise DataError(
            f"The target {name!r} holds {distinct:,} {what} in {len(texts):,} rows, too many to be classes; "
            "choose another target or group its values."
        )
    return None, []


def _classes(name: str, values: pd.Series[Any], positive: object, notes: list[str]) -> Target:
    raw = np.asarray(values)
    if raw.dtype == object:
        raw = np.array([str(value) for value in raw], object)
    labels, y = np.unique(raw, return_inverse=True)
    texts = [cell_text(label) for label in labels]
    if len(labels) > 2:
        if positive is not None:
            raise DataError(f"positive= is for two classes; {name!r} has {len(labels)}. Leave it out.")
        return Target(Kind.MULTICLASS, y.astype(np.int64), labels, tuple(texts), None, tuple(notes))
    counts = np.bincount(y, minlength=2)
    chosen, why = _positive(name, labels, texts, counts, positive)
    if chosen == 0:
        labels, texts, y = labels[::-1].copy(), texts[::-1], 1 - y
    if why:
        notes = [*notes, f"The positive class is {texts[1]!r}: {why}. Set positive= to change it."]
    return Target(Kind.BINARY, y.astype(np.int64), labels, tuple(texts), texts[1], tuple(notes))


def _positive(
    name: str, labels: np.ndarray, texts: list[str], counts: np.ndarray, given: object
) -> tuple[int, str | None]:
    """Return the code of the positive class, and why when the person did not say."""
    if given is not None:
        wanted = cell_text(given)
        if wanted not in texts:
            raise DataError(f"positive= takes a value of {name!r}, {texts[0]!r} or {texts[1]!r}; got {given!r}.")
        return texts.index(wanted), None
    if labels.dtype == bool or texts == ["0", "1"]:
        return 1, None
    lower = [text.lower() for text in texts]
    for code in (0, 1):
        other = lower[1 - code]
        known = lower[code] in _POSITIVE and (other in _NEGATIVE or len(lower[code]) > 1)
        ends = lower[code].endswith("positive") and other.endswith("negative")
        if known or ends:
            return code, None if lower[code] in {"yes", "true", "1"} else "its name says so"
    if counts[0] == counts[1]:
        return 1, "both are as frequent, and it is the last"
    return int(np.argmin(counts)), "it is the rarer one"


def is_missing(values: pd.Series[Any]) -> np.ndarray:
    """Return a mask of missing target cells, shape (n,); blank texts and ``?`` count as missing."""
    missing: np.ndarray = values.isna().to_numpy(copy=True)
    if values.dtype.kind == "O" and not isinstance(values.dtype, pd.CategoricalDtype):
        missing |= np.array([isinstance(value, str) and is_blank(value) for value in values], bool)
    return missing
