"""Column profiles: values, distribution, and the predictive power of each column on its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text
from hitl_widget.data.dates import from_seconds
from hitl_widget.data.skill import skill, skill_metric
from hitl_widget.data.univariate import (
    ColumnValues,
    cells_of,
    column_values,
    fit_univariate,
    local_folds,
    sampled,
    targets,
)
from hitl_widget.domain.figures import number
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Column, Role, Task

if TYPE_CHECKING:
    from hitl_widget.data.split import Fold
    from hitl_widget.data.task import Understood

__all__ = [
    "MISSING",
    "OTHERS",
    "ColumnProfile",
    "Distribution",
    "Relation",
    "bars_by_row",
    "profile",
    "target_distribution",
]

_log = logging.getLogger(__name__)

OTHERS, MISSING = "all others", "missing"

BINS = 20
CATEGORIES = 8
_EXAMPLES = 4
_LETTERS = 40
_TAIL = 0.01


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of a column's values over all rows.

    Parameters
    ----------
    kind
        ``"numbers"``, ``"categories"``, ``"dates"``, ``"lengths"`` (letters of texts) or ``"none"``.
    labels
        A label per bar.
    counts
        Rows per bar.
    edges
        Ends of the bins (numbers and lengths), one more than bars; empty otherwise.
    below, above
        Rows outside the first and the last bin, so that extreme values do not squeeze the others.
    other
        Rows of the categories that are not shown.
    """

    kind: str
    labels: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()
    below: int = 0
    above: int = 0
    other: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """Predictive power of one column on its own, on training rows outside the fit.

    Parameters
    ----------
    strength
        0 for no better than the constant prediction, 1 for perfect, in the given metric.
    metric
        Display name of the metric.
    value, constant
        Displayed scores: of the column on its own, and of the constant prediction.
    rows
        Number of training rows used.
    sample
        True if these are a sample.
    sentence
        The result as a sentence.
    """

    strength: float
    metric: str
    value: float
    constant: float
    rows: int
    sample: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Profile of one column.

    Parameters
    ----------
    name, role, reason
        As in the task.
    kind
        The type of its values in words ("whole numbers").
    missing, missing_share
        Missing cells after reading.
    distinct
        Distinct values after reading.
    examples
        A few of its values, shortened; most common first for categories.
    distribution
        The distribution of its values.
    relation
        Its predictive power on its own; None for an unused column.
    """

    name: str
    role: str
    reason: str
    kind: str
    missing: int
    missing_share: float
    distinct: int
    examples: tuple[str, ...]
    distribution: Distribution
    relation: Relation | None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form: plain numbers, texts and lists."""
        found = asdict(self)
        found["examples"] = list(self.examples)
        for key in ("labels", "counts", "edges"):
            found["distribution"][key] = list(found["distribution"][key])
        return found

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ColumnProfile:
        """Read a profile from its JSON form."""
        spread: dict[str, Any] = dict(data["distribution"])
        spread |= {key: tuple(spread[key]) for key in ("labels", "counts", "edges")}
        relation = None if data["relation"] is None else Relation(**data["relation"])
        own = {"examples": tuple(data["examples"]), "distribution": Distribution(**spread), "relation": relation}
        return cls(**{**data, **own})


def profile(understood: Understood, seed: int = 0) -> tuple[ColumnProfile, ...]:
    """Return a profile of each column, in the order of the table.

    Counts and distributions cover all rows. Predictive power is measured on at most 10,000 training rows, with the
    task's own folds: groups stay together, and time runs forward.

    Parameters
    ----------
    understood
        The task with its table (`hitl_widget.data.task.understand`).
    seed
        Seed of the sample.

    Examples
    --------
    >>> from hitl_widget.data.task import understand
    >>> (one,) = profile(understand({"x": [0, 1] * 30, "y": ["no", "yes"] * 30}, "y"))
    >>> one.kind, one.distribution.counts, one.relation.sentence
    ('whole numbers', (30, 30), 'On its own it reaches ROC AUC 1.000 (constant prediction: 0.500).')
    """
    task, table = understood.task, understood.table
    rows = sampled(understood.train, seed=seed)
    relations = _Relations(task, understood.y, rows, understood.folds, len(rows) < len(understood.train))
    return tuple(_of_one(column, table, relations) for column in task.columns)


def _of_one(column: Column, table: pd.DataFrame, relations: _Relations) -> ColumnProfile:
    """Return the profile of a column; one that cannot be described has no distribution, and the others have theirs."""
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return _of_column(column, table, relations)
    except Exception:  # noqa: BLE001 - a fault of one column is that column's alone
        _log.exception("Column %r could not be described.", column.name)
        share = column.missing / max(len(table), 1)
        known = (column.missing, share, column.distinct)
        reason = f"{column.reason}; its values could not be described"
        return ColumnProfile(column.name, str(column.role), reason, "other", *known, (), Distribution("none"), None)


def target_distribution(understood: Understood) -> Distribution:
    """Return the distribution of the target over all rows: its classes in order, or its numbers.

    Examples
    --------
    >>> from hitl_widget.data.task import understand
    >>> target_distribution(understand({"x": [0, 1] * 20, "y": ["no", "no", "no", "yes"] * 10}, "y")).counts
    (30, 10)
    """
    task = understood.task
    if not task.classes:
        return _histogram(np.asarray(understood.y, np.float64))
    order = range(len(task.classes))
    if len(task.classes) > BINS:
        order = sorted(order, key=lambda code: -task.class_counts[code])[:BINS]  # type: ignore[assignment]
    shown = [int(one) for one in order]
    counts = tuple(task.class_counts[code] for code in shown)
    labels = tuple(_short(task.classes[code]) for code in shown)
    return Distribution("categories", labels, counts, other=sum(task.class_counts) - sum(counts))


class _Relations:
    """Measures the predictive power of columns on the same rows."""

    def __init__(self, task: Task, y: np.ndarray, rows: np.ndarray, folds: Sequence[Fold], sample: bool) -> None:
        self._task, self._rows, self._sample = task, rows, sample
        self._metric: Metric = skill_metric(task.kind, task.metric)
        self._aims = targets(task.kind, y[rows], len(task.classes))
        self._folds = local_folds(rows, folds, len(y))
        self._constant = np.broadcast_to(self._aims.mean(axis=0), self._aims.shape)

    def relation(self, column: ColumnValues) -> Relation:
        """Return the predictive power of one column on its own."""
        found = fit_univariate(self._task.kind, *cells_of(column, self._rows), self._aims, self._folds)
        seen = found.covered
        strength, score, base = skill(
            self._metric, self._aims[seen], found.predicted[seen], self._constant[seen], found.fold[seen]
        )
        value, constant = self._metric.shown(score), self._metric.shown(base)
        subject = "Its length on its own" if column.role is Role.TEXT else "On its own it"
        sampled_ = f"; random sample of {len(self._rows):,} rows" if self._sample else ""
        sentence = (
            f"{subject} reaches {self._metric.label} {number(value)} "
            f"(constant prediction: {number(constant)}{sampled_})."
        )
        return Relation(strength, self._metric.label, value, constant, len(self._rows), self._sample, sentence)


def _of_column(column: Column, table: pd.DataFrame, relations: _Relations) -> ColumnProfile:
    found = column_values(column, table[column.name])
    known = int((~found.missing).sum())
    missing = len(table) - known
    return ColumnProfile(
        column.name,
        str(column.role),
        column.reason,
        _kind(found, table[column.name]),
        missing,
        missing / max(len(table), 1),
        column.distinct,
        _examples(found),
        _distribution(found) if known else Distribution("none"),
        None if column.role is Role.IGNORED else relations.relation(found),
    )


def _kind(column: ColumnValues, values: pd.Series[Any]) -> str:
    """Return the type of the values in words."""
    if column.dates:
        return "dates"
    if column.numbers is not None:
        known = column.numbers[~column.missing]
        return "whole numbers" if (known == np.round(known)).all() else "decimal numbers"
    if column.role is Role.TEXT:
        return "text"
    return "true/false" if values.dtype == bool else "categories"


def _examples(column: ColumnValues) -> tuple[str, ...]:
    """Return a few values: the most common categories, or numbers and dates from low to high."""
    if column.numbers is not None:
        known = np.sort(column.numbers[~column.missing])
        if not len(known):
            return ()
        places = np.unique(np.linspace(0, len(known) - 1, _EXAMPLES).round().astype(int))
        chosen = np.unique(known[places])
        return tuple(_moment(one) if column.dates else _written(one) for one in chosen)
    assert column.codes is not None
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    common = np.argsort(-counts, kind="stable")[:_EXAMPLES]
    return tuple(_short(column.levels[i]) for i in common if counts[i])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LETTERS else line[: _LETTERS - 1].rstrip() + "…"


def _written(value: float) -> str:
    return cell_text(value) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.4g}"


def _moment(seconds: float, form: str = "%Y-%m-%d") -> str:
    return f"{pd.Timestamp(from_seconds(np.array([seconds]))[0]):{form}}"


def _distribution(column: ColumnValues) -> Distribution:
    if column.dates:
        assert column.numbers is not None
        return _periods(column.numbers[~column.missing])[0]
    if column.numbers is not None:
        return _histogram(column.numbers[~column.missing])
    assert column.codes is not None
    if column.role is Role.TEXT:
        lengths = np.array([*map(len, column.levels)], np.float64)
        return _histogram(lengths[column.codes[column.codes >= 0]], "lengths")
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    order = np.argsort(-counts, kind="stable")[:CATEGORIES]
    shown = [int(i) for i in order if counts[i]]
    labels = tuple(_short(column.levels[i]) for i in shown)
    top = tuple(int(counts[i]) for i in shown)
    return Distribution("categories", labels, top, other=int(counts.sum()) - sum(top))


def bars_by_row(column: ColumnValues) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the labels of a column's bars, of other categories and of missing cells, and the bar of each row.

    Returns
    -------
    tuple
        The labels, and an ndarray of int of shape (n,): -1 for values outside the histogram.
    """
    bars = np.full(len(column.missing), -1, np.int64)
    known = ~column.missing
    spread = _distribution(column) if known.any() else Distribution("none")
    count = len(spread.labels)
    if spread.kind == "categories":
        assert column.codes is not None
        order = np.argsort(-np.bincount(column.codes[known], minlength=len(column.levels)), kind="stable")[:count]
        place = np.full(len(column.levels), count)
        place[order] = np.arange(count)
        bars[known] = place[column.codes[known]]
    elif spread.kind == "dates":
        assert column.numbers is not None
        bars[known] = _periods(column.numbers[known])[1]
    elif count:
        values = column.numbers
        if values is None:
            assert column.codes is not None
            values = np.array([*map(len, column.levels)], np.float64)[column.codes]
        if spread.edges:
            found = np.searchsorted(spread.edges, values[known], side="right") - 1
            found[values[known] == spread.edges[-1]] = count - 1
            bars[known] = np.where((found >= 0) & (found < count), found, -1)
        else:
            bars[known] = np.unique(values[known], return_inverse=True)[1]
    bars[~known] = count + 1
    return (*spread.labels, OTHERS, MISSING), bars


def _histogram(numbers: np.ndarray, kind: str = "numbers") -> Distribution:
    """Count numbers in at most 20 bins between robust limits; a few distinct values get one bar each."""
    distinct, counts = np.unique(numbers, return_counts=True)
    if len(distinct) <= BINS:
        labels = tuple(_written(one) for one in distinct)
        return Distribution(kind, labels, tuple(int(one) for one in counts))
    low, high = _ends(numbers, float(distinct[0]), float(distinct[-1]))
    small = high - low < 2**50 and max(abs(low), abs(high)) < 2**52  # else edges between whole numbers coincide
    bins, whole = BINS, small and bool((distinct == np.round(distinct)).all())
    if whole:  # each bin covers equally many whole numbers
        step = max(1, int(np.ceil((high - low + 1) / BINS)))
        bins = int(np.ceil((high - low + 1) / step))
        edges = low - 0.5 + step * np.arange(bins + 1)
    else:
        edges = np.linspace(low, high, bins + 1)
    found = np.histogram(numbers, edges)[0]
    below, above = int((numbers < edges[0]).sum()), int((numbers > edges[-1]).sum())
    ends = zip(edges[:-1] + 0.5 * whole, edges[1:] - 0.5 * whole, strict=True)
    labels = tuple(_written(a) if a == b else f"{_written(a)} to {_written(b)}" for a, b in ends)
    return Distribution(
        kind, labels, tuple(int(one) for one in found), tuple(float(one) for one in edges), below, above
    )


def _ends(numbers: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Return the range to show: all of it, or less if 1% of the rows would squeeze the others."""
    inner_low, inner_high = (float(one) for one in np.quantile(numbers, [_TAIL, 1 - _TAIL]))
    width = inner_high - inner_low
    if width <= 0:
        return low, high
    return (inner_low if inner_low - low > width / 2 else low), (inner_high if high - inner_high > width / 2 else high)


def _periods(seconds: np.ndarray) -> tuple[Distribution, np.ndarray]:
    """Count dates by day, month, year or several years, in at most 20 bars; also return the bar of each date."""
    moments = from_seconds(seconds)
    for unit, form in (("D", "%Y-%m-%d"), ("M", "%Y-%m"), ("Y", "%Y")):
        found = np.asarray(moments.astype(f"datetime64[{unit}]").astype(np.int64))
        if found.max() - found.min() < BINS:
            steps = np.arange(found.min(), found.max() + 1)
            labels = tuple(f"{pd.Timestamp(one):{form}}" for one in steps.astype(f"datetime64[{unit}]"))
            bars = found - found.min()
            return Distribution("dates", labels, tuple(int(one) for one in np.bincount(bars))), bars
    width = int(np.ceil((found.max() - found.min() + 1) / BINS))
    bars = (found - found.min()) // width
    counts = np.bincount(bars)
    first = [1970 + int(found.min()) + width * i for i in range(len(counts))]
    labels = tuple(f"{one} to {one + width - 1}" for one in first)
    return Distribution("dates", labels, tuple(int(one) for one in counts)), bars
