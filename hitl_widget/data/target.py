"""The target: kind of task, classes and positive class."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text, is_blank, parse_numbers, visible
from hitl_widget.data.dates import are_times, date_form, parse_times
from hitl_widget.data.durations import are_durations, duration_text, how_to_convert, parse_durations, seconds_in
from hitl_widget.data.number_texts import NumberTexts
from hitl_widget.data.origins import known_origins
from hitl_widget.data.scorers import family_of
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError

__all__ = [
    "Target",
    "holds_durations",
    "in_seconds",
    "looks_like_classes",
    "missing_targets",
    "notes_on_missing",
    "target_like",
    "understand_target",
]

_NAMES_OF_CLASSES = ("class", "label", "category", "type", "species", "segment", "cluster")
_NEGATIVE = frozenset("no n false f 0 -1 negative neg none <=50k ham normal other".split())
_POSITIVE = frozenset("yes y true t 1 positive pos >50k spam".split())


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A target as read from the table.

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
        Sentences for the user.
    """

    kind: Kind
    y: np.ndarray
    classes: np.ndarray
    texts: tuple[str, ...]
    positive: str | None
    notes: tuple[str, ...]


def looks_like_classes(values: np.ndarray, name: str = "") -> bool:
    """Return whether whole numbers are class labels rather than quantities.

    They are classes if there are two to four distinct values; or at most 20 with ten rows each on average, and either
    the column's name says so ("class", "label", "type") or the counts do not look like those of a score. Counts of a
    score rise to one peak, fall again and end in thin tails (rarest value under 5% of the rows).

    Parameters
    ----------
    values : ndarray of shape (n,)
        The numbers, without missing values.
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
    name: str,
    values: pd.Series[Any],
    *,
    metric: str | Metric | None,
    positive: object = None,
    clean: bool = True,
    durations: bool = False,
) -> Target:
    """Return kind, codes and classes of a target without missing cells.

    Parameters
    ----------
    name
        Name of the column.
    values : Series of shape (n,)
        Plain values (see `hitl_widget.data.table.normalise`).
    metric
        Scorer given by the user: its name decides between classification and regression if both are possible.
    positive
        The positive class, as a label or as its text.
    clean
        Read labels that look alike as one, and numbers in all spellings.
    durations
        True if the values are seconds of durations: then labels are durations.

    Raises
    ------
    DataError
        If the target is unusable: dates, durations or times as text, one value, infinities, mixed types, unknown
        positive class.
    """
    family = None if metric is None else family_of(metric)
    if values.dtype.kind == "M":
        raise DataError(
            f"The target {name!r} holds dates. Convert it to a number first, such as days since a start date."
        )
    values, alike = _alike(name, values) if clean else (values, [])
    numbers, notes = _as_numbers(name, values, metric, clean)
    notes = [*alike, *notes]
    if values.nunique() < 2:
        raise DataError(
            f"The target {name!r} has only one value, {cell_text(values.iloc[0])!r}. A model needs at least two."
        )
    if numbers is not None and family == "classes" and _are_amounts(numbers, name):
        raise DataError(
            f"The target {name!r} holds {len(np.unique(numbers)):,} different numbers, but metric={metric!r} is for "
            "classes. Use a metric for numbers, such as metric='rmse'."
        )
    if numbers is None or (family != "numbers" and looks_like_classes(numbers, name)) or family == "classes":
        return _classes(name, values, positive, notes, durations)
    if positive is not None:
        raise DataError(
            f"positive= names a class, but {name!r} holds numbers. Remove it, or choose a classification metric."
        )
    return Target(Kind.REGRESSION, numbers, np.array([]), (), None, tuple(notes))


def _alike(name: str, values: pd.Series[Any]) -> tuple[pd.Series[Any], list[str]]:
    """Return texts in which labels that look alike are one label, and a note on them; other values as they are."""
    if values.dtype.kind != "O":
        return values, []
    codes, found = pd.factorize(values)
    if not all(isinstance(one, str) for one in found):
        return values, []
    seen = [_label(text) for text in found]
    if len(set(seen)) == len(seen):
        return values, []
    counts = np.bincount(codes)
    changed = [i for i, (text, label) in enumerate(zip(found, seen, strict=True)) if text != label]
    first = max(changed, key=lambda i: int(counts[i]))
    rows = int(counts[changed].sum())
    verb = "is" if rows == 1 else "are"
    note = (
        f"{name}: {plural(rows, 'cell')} such as {found[first]!r} {verb} read as {seen[first]!r}: "
        "labels that differ only in spaces, invisible characters or a trailing .0 are one class."
    )
    return pd.Series(np.array(seen, object)[codes], index=values.index, dtype=object), [note]


def _label(text: str) -> str:
    seen = visible(text)
    return seen.removesuffix(".0") if _WHOLE.fullmatch(seen) else seen


_WHOLE = re.compile(r"-?[1-9]\d*\.0|0\.0")


def _are_amounts(numbers: np.ndarray, name: str) -> bool:
    """Return whether numbers cannot be classes: some occur once only, and they do not look like classes."""
    counts = np.unique(numbers, return_counts=True)[1]
    return bool(counts.min() < 2 and len(counts) > _MOST_CLASSES and not looks_like_classes(numbers, name))


_MOST_CLASSES = 20


def _as_numbers(
    name: str, values: pd.Series[Any], metric: str | Metric | None, clean: bool
) -> tuple[np.ndarray | None, list[str]]:
    """Return the target as numbers if it parses as such, else None."""
    family = None if metric is None else family_of(metric)
    if values.dtype.kind in "fi" and isinstance(values.dtype, np.dtype):
        numbers = values.to_numpy(np.float64)
        if np.isinf(numbers).any():
            raise DataError(
                f"The target {name!r} holds {plural(int(np.isinf(numbers).sum()), 'infinite value')}. "
                "Drop these rows or replace the values."
            )
        return numbers, []
    if values.dtype == bool and family == "numbers":
        return values.to_numpy(np.float64), []
    if values.dtype.kind != "O" or isinstance(values.dtype, pd.CategoricalDtype):
        if family == "numbers":
            raise DataError(
                f"The target {name!r} holds classes, but metric={metric!r} is for regression. "
                "Choose a classification metric, such as 'roc_auc'."
            )
        return None, []
    texts = [str(value) for value in values]
    spelled = NumberTexts.of(values)
    parsed = spelled.rows if clean else parse_numbers(texts)[0]
    readable = np.isfinite(parsed)
    if readable.all() and (family == "numbers" or (family is None and not looks_like_classes(parsed, name))):
        return parsed, [f"{name} holds numbers stored as text.", *spelled.notes(name, lost=False)]
    if family != "classes":
        _refuse_spans(name, texts, always=family == "numbers")
    if not readable.all() and family != "classes" and spelled.read >= spelled.stray and spelled.are_amounts():
        raise DataError(
            f"The target {name!r} mixes numbers and text, such as {texts[int(np.argmin(readable))]!r}. "
            "Convert all values to one type."
        )
    if family == "numbers":
        odd = texts[int(np.argmin(readable))]
        raise DataError(
            f"The target {name!r} holds text such as {odd!r}, but metric={metric!r} is for regression. "
            "Choose a classification metric, such as 'roc_auc'."
        )
    distinct = len(set(texts))
    if distinct > max(20, len(texts) // 2):
        what = "dates" if date_form(texts[:200]) else "different texts"
        raise DataError(
            f"The target {name!r} holds {distinct:,} {what} in {len(texts):,} rows, too many for classes. "
            "Choose another target or group its values."
        )
    return None, []


def _refuse_spans(name: str, texts: list[str], *, always: bool) -> None:
    """Raise DataError if texts are durations or times of day that are quantities, not classes."""
    distinct = sorted({text for text in texts if not is_blank(text)})
    clocks = are_times(distinct)
    if not clocks and are_durations(distinct) is None:
        return
    seconds = parse_durations(distinct)
    if np.isnan(seconds).any():
        hours = parse_times(distinct)
        seconds = np.where(np.isnan(hours), seconds, 3600 * hours)
    where = dict(zip(distinct, seconds, strict=True))
    if not always and looks_like_classes(np.array([where[text] for text in texts]), name):
        return
    what, column = "times of day" if clocks else "durations", f"table[{name!r}]"
    how = how_to_convert(distinct, column)
    if np.isnan(parse_durations(distinct)).mean() > 0.5:  # such as "2:15 pm"
        how = f"pandas.to_datetime({column}, format='mixed') - pandas.Timestamp('today').normalize()"
    raise DataError(
        f"The target {name!r} holds {what} as text, such as {distinct[0]!r}. Convert them first: {column} = {how}."
    )


def _classes(name: str, values: pd.Series[Any], positive: object, notes: list[str], durations: bool = False) -> Target:
    raw = np.asarray(values)
    if raw.dtype == object:
        raw = np.array([str(value) for value in raw], object)
    labels, y = np.unique(raw, return_inverse=True)
    texts = [duration_text(label) if durations else cell_text(label) for label in labels]
    if durations:
        labels = np.round(labels.astype(np.float64) * 1e6).astype("timedelta64[us]")
    if len(labels) > 2:
        if positive is not None:
            raise DataError(f"positive= applies to two classes, but {name!r} has {len(labels)}. Remove it.")
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
    """Return the code of the positive class, and the reason if the user did not choose it."""
    if given is not None:
        wanted = _named(given, texts)
        if wanted not in texts:
            raise DataError(f"positive= must be a value of {name!r}, {texts[0]!r} or {texts[1]!r}; got {given!r}.")
        return texts.index(wanted), None
    if labels.dtype == bool or texts == ["0", "1"]:
        return 1, None
    lower = [text.lower() for text in texts]
    for code in (0, 1):
        other = lower[1 - code]
        known = lower[code] in _POSITIVE and (other in _NEGATIVE or len(lower[code]) > 1)
        ends = lower[code].endswith("positive") and other.endswith("negative")
        if known or ends:
            return code, None if lower[code] in {"yes", "true", "1"} else "its name suggests it"
    if counts[0] == counts[1]:
        return 1, "both classes are equally frequent, and it sorts last"
    return int(np.argmin(counts)), "it is the rarer class"


def _named(given: object, texts: list[str]) -> str:
    """Return the label that a value names: as a text, or as the same duration."""
    wanted = cell_text(given)
    if wanted in texts:
        return wanted
    seconds = seconds_in(given)
    equal = [text for text, one in zip(texts, parse_durations(texts), strict=True) if one == seconds]
    return equal[0] if len(equal) == 1 else wanted


def holds_durations(table: pd.DataFrame, name: str) -> bool:
    """Return whether a column of a plain table held durations, which are seconds there."""
    return "duration" in known_origins(table).get(name, {})


def in_seconds(name: str, aim: Target, durations: bool) -> Target:
    """Return a target with a note on the unit if it holds durations, which are learned in seconds."""
    if not durations or aim.kind is not Kind.REGRESSION:
        return aim
    note = f"{name} holds durations: errors and charts are in seconds, and the models you get predict durations."
    return replace(aim, notes=(*aim.notes, note))


def notes_on_missing(name: str, rows: int) -> list[str]:
    """Return a note on rows without a target."""
    if not rows:
        return []
    return [f"{plural(rows, 'row')} without a value of {name} left out. session.to_label() says which to label first."]


def missing_targets(
    name: str, values: pd.Series[Any], metric: str | Metric | None, clean: bool
) -> tuple[np.ndarray, list[str]]:
    """Return a mask of the rows without a target, and notes on the texts among numbers that are taken for missing.

    Parameters
    ----------
    name
        Name of the column.
    values : Series of shape (n,)
        Plain values (see `hitl_widget.data.table.normalise`).
    metric
        The metric given by the user: one for classes makes each text a class.
    clean
        False takes no text for missing.
    """
    missing = is_missing(values)
    if not clean:
        return missing, []
    text = values.dtype.kind == "O" and not isinstance(values.dtype, pd.CategoricalDtype)
    if not text or (metric is not None and family_of(metric) == "classes"):
        return missing, []
    found = NumberTexts.of(values)
    if not found.are_amounts() or not found.are_numeric():
        return missing, []
    missing |= found.blank_rows
    if not found.stray:
        return missing, []
    note = f"{found.lost(name)}. To keep these rows, replace the texts with numbers."
    return missing | found.stray_rows, [note]


def target_like(name: str, values: pd.Series[Any], like: Target) -> tuple[np.ndarray, np.ndarray]:
    """Return further values of a target as codes or numbers, without the missing ones.

    Parameters
    ----------
    name
        Name of the target.
    values : Series of shape (m,)
        Plain values.
    like
        The target as it was understood.

    Returns
    -------
    y : ndarray
        Codes of classes, or numbers, of the values that are there.
    missing : ndarray of bool, shape (m,)
        The values that are missing.

    Raises
    ------
    DataError
        If a value is another class, or no number.
    """
    missing = is_missing(values)
    left = values[~missing]
    if like.kind is Kind.REGRESSION:
        if left.dtype.kind in "fiub" and not isinstance(left.dtype, pd.CategoricalDtype):
            numbers = left.to_numpy(np.float64)
        else:
            numbers = parse_numbers([str(one) for one in left])[0]
        if not np.isfinite(numbers).all():
            wrong = left.iloc[int(np.argmin(np.isfinite(numbers)))]
            raise DataError(f"The target {name!r} holds numbers; got {cell_text(wrong)!r}. Give a number.")
        return numbers, missing
    codes = {_label(text): code for code, text in enumerate(like.texts)}
    texts = [_label(cell_text(one)) for one in left]
    strange = next((text for text in texts if text not in codes), None)
    if strange is not None:
        listed = ", ".join(map(repr, like.texts[:8])) + (", …" if len(like.texts) > 8 else "")
        raise DataError(
            f"{strange!r} is no class of {name!r}; its classes are {listed}. To predict other classes, open a new "
            "session."
        )
    return np.array([codes[text] for text in texts], np.int64), missing


def is_missing(values: pd.Series[Any]) -> np.ndarray:
    """Return a mask of missing target cells, shape (n,); blank texts and ``?`` count as missing."""
    missing: np.ndarray = values.isna().to_numpy(copy=True)
    if values.dtype.kind == "O" and not isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = pd.factorize(values)
        blank = [isinstance(value, str) and is_blank(visible(value)) for value in found]
        missing |= np.array([*blank, True], bool)[codes]
    return missing
