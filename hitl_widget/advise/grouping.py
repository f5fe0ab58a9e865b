"""The column that names groups of rows: a person with many visits, a mouse with many measurements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hitl_widget.advise.names import words_of
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.task import Role

__all__ = ["Candidate", "Grouping", "find_grouping"]

_OWNER = frozenset(
    "id ids uid subject subjects patient person customer user client member household family group batch session site "
    "store school hospital doctor device machine animal mouse account number no nr num key uuid ticket owner".split()
)
_LEAST_GROUPS = 10
_ROWS_FOR_GROUPS = 5000
_BOUND = 0.02
_ALIKE = 0.1


class Rows(Protocol):
    """The rows of a table, as `hitl_widget.advise.data_view.DataView` holds them."""

    seed: int
    y: np.ndarray

    @property
    def columns(self) -> Mapping[str, ColumnValues]:
        """Every column."""
        ...

    @property
    def used(self) -> tuple[ColumnValues, ...]:
        """The columns that the models read."""
        ...

    def number_of(self, rows: np.ndarray) -> np.ndarray:
        """Return the target of some rows as numbers."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A column that may name what rows belong to.

    Parameters
    ----------
    name
        The column.
    codes : ndarray of int, shape (n,)
        The group of each row, -1 where missing.
    words
        What it is called: the column, or its first part.
    named
        Whether its name says that it names cases.
    whole
        Whether the column itself holds the groups, and not a part of its text.
    """

    name: str
    codes: np.ndarray
    words: str
    named: bool
    whole: bool


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A column whose values group the rows.

    Parameters
    ----------
    candidate
        The column.
    bound
        Columns that do not change within one group.
    alike
        Intraclass correlation of the target.
    """

    candidate: Candidate
    bound: tuple[str, ...]
    alike: float


def find_grouping(view: Rows) -> Grouping | None:
    """Return the column that names groups, the one that binds most columns; None where there is none.

    A column names groups where other columns do not change within one value (they would among random rows) and the
    target is alike within one value too. One such column is enough where the name says so, else it takes two.
    """
    found = []
    for candidate in _candidates(view):
        alike = _likeness(view, candidate.codes)
        if alike < _ALIKE:
            continue
        bound = _bound(view, candidate)
        if len(bound) >= (1 if candidate.named else 2):
            found.append(Grouping(candidate, tuple(bound), alike))
    return max(found, key=lambda one: (len(one.bound), one.alike), default=None)


def _candidates(view: Rows) -> Iterator[Candidate]:
    n = len(view.y)
    for column in view.columns.values():
        named = bool(set(words_of(column.name)) & _OWNER) or "#" in column.name
        codes = column.distinct_codes
        if column.numbers is not None:
            known = column.numbers[~column.missing]
            whole = not column.dates and bool((known == np.round(known)).all())
            if whole and (named or _stands_together(codes, column.distinct)) and _repeats(codes, n):
                yield Candidate(column.name, codes, column.name, named, True)
        elif _repeats(codes, n):
            yield Candidate(column.name, codes, column.name, named, True)
        elif column.distinct > 0.5 * n and column.role is not Role.TEXT:
            first = _first_parts(column)
            if first is not None and _repeats(first, n):
                yield Candidate(column.name, first, f"first part of {column.name}", True, False)


def _stands_together(codes: np.ndarray, distinct: int) -> bool:
    """Return whether rows of one value are neighbors in the file."""
    return 1 + int((codes[1:] != codes[:-1]).sum()) <= 1.1 * distinct


def _repeats(codes: np.ndarray, n: int) -> bool:
    """Return whether there are many values, most of them in several rows and none in a large share."""
    counts = np.bincount(codes[codes >= 0])
    counts = counts[counts > 0]
    if len(counts) < _LEAST_GROUPS or counts.sum() < 0.5 * n or counts.max() > 0.2 * n:
        return False
    return bool(counts[counts > 1].sum() >= 0.4 * n)


def _first_parts(column: ColumnValues) -> np.ndarray | None:
    """Return a code per part before the last separator; None where there is none."""
    parts = [re.split(r"[_\-/:. ](?=[^_\-/:. ]*$)", text)[0] for text in column.levels]
    if sum(part != text for part, text in zip(parts, column.levels, strict=True)) < 0.9 * len(parts):
        return None
    place = {part: i for i, part in enumerate(dict.fromkeys(parts))}
    to = np.array([*(place[part] for part in parts), -1], np.int64)
    assert column.codes is not None
    return np.asarray(to[column.codes])


def _bound(view: Rows, candidate: Candidate) -> list[str]:
    """Return the columns that stay the same within one group, though they would not within random rows."""
    rng = np.random.default_rng([abs(view.seed), 13])
    codes = candidate.codes
    counts = np.bincount(codes[codes >= 0])
    several = np.flatnonzero(counts > 1)
    chosen = rng.permutation(several)
    chosen = chosen[: max(1, int(np.searchsorted(np.cumsum(counts[chosen]), _ROWS_FOR_GROUPS)))]
    inside = np.zeros(len(counts) + 1, bool)
    inside[chosen] = True
    rows = np.flatnonzero(inside[codes])
    group, mixed = codes[rows], rng.permutation(codes[rows])
    most = len(rows) - len(chosen)
    found = []
    for column in view.used:
        values = column.distinct_codes[rows]
        if column.name == candidate.name or most <= 0 or len(np.unique(values)) < 2:
            continue
        width = int(values.max()) + 2
        changes = (len(np.unique(group * width + values + 1)) - len(chosen)) / most
        by_chance = (len(np.unique(mixed * width + values + 1)) - len(chosen)) / most
        if changes <= _BOUND and by_chance >= max(0.05, 10 * changes):
            found.append(column.name)
    return found


def _likeness(view: Rows, codes: np.ndarray) -> float:
    """Return the intraclass correlation of the target within groups (one-way, Fisher), 0 where there is none."""
    known = np.flatnonzero(codes >= 0)
    group = np.unique(codes[known], return_inverse=True)[1]
    values = view.number_of(known)
    counts = np.bincount(group).astype(np.float64)
    k, n = len(counts), len(group)
    if n <= k or k < 2:
        return 0.0
    means = np.bincount(group, weights=values) / counts
    within = float(((values - means[group]) ** 2).sum() / (n - k))
    between = float((counts * (means - values.mean()) ** 2).sum() / (k - 1))
    size = (n - float((counts**2).sum()) / n) / (k - 1)
    return max(0.0, (between - within) / max(between + (size - 1) * within, 1e-300))
