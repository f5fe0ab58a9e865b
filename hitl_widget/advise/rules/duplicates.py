"""Warnings about equal and nearly equal rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.data_view import DataView, drop_rows, keep, share
from hitl_widget.advise.drawings import USED_IN, rows_of_sets, shown_columns
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.rule import data_warning
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind

__all__ = ["contradictions", "duplicates", "near_twins"]

_SOME, _MANY = 0.01, 0.1


def _draw_duplicates(view: DataView, _found: Safeguard) -> Illustration:
    """Show identical rows side by side, with their target and the fold that validates them."""
    codes, sizes = view.twins
    return rows_of_sets(
        view,
        np.where(sizes[codes] > 1, codes, -1),
        "Rows of one set are equal in every column in use.",
        shown_columns(view, ()),
        (view.task.target, USED_IN),
    )


@data_warning(order=80, draw=_draw_duplicates)
def duplicates(view: DataView) -> Iterator[Safeguard]:
    """Find rows that have an equal row on the other side of a fold, or in the holdout."""
    codes, sizes = view.twins
    split = _across(view, codes)
    touched = float(split.mean())
    if touched < _SOME or split.sum() < 5:
        return
    twin = sizes[codes] > 1
    agree = _agreement(view, codes, twin)
    by_chance = _twins_by_chance(view)
    natural = len(view.used) > 1 and by_chance > 0.5 * float(twin.mean())
    severity = Severity.HIGH if touched >= _MANY and not natural else Severity.MEDIUM
    chance = (
        "; the columns have so few values that this many may be equal by chance"
        if natural
        else f"; {share(by_chance)} would be equal by chance"
        if len(view.used) > 1
        else ""
    )
    answers = (
        drop_rows("unique", "Keep one row of each", "duplicates"),
        keep("Keep them, they are different cases"),
    )
    yield Safeguard(
        key="duplicates",
        rule="duplicates",
        severity=Severity.LOW if natural and touched < _MANY else severity,
        sentence="Duplicate rows fall on both sides of the folds.",
        evidence=(
            f"{int(twin.sum()):,} of {len(codes):,} rows ({share(float(twin.mean()))}) are identical to another row "
            "in every "
            f"column in use; {int(split.sum()):,} of them have a copy in another fold or the holdout{chance}. {agree}"
        ),
        remedy="Keep one row of each set if they are copies of the same case: copies inflate the scores.",
        answers=answers,
        numbers={"rows": int(twin.sum()), "across": int(split.sum()), "chance": by_chance},
    )


def _across(view: DataView, codes: np.ndarray) -> np.ndarray:
    """Mask the rows that have an equal row in another fold or in the holdout."""
    parts = view.parts
    low = np.full(int(codes.max()) + 1, 10**6)
    high = np.full(int(codes.max()) + 1, -(10**6))
    np.minimum.at(low, codes, parts)
    np.maximum.at(high, codes, parts)
    return np.asarray(low[codes] != high[codes])


def _agreement(view: DataView, codes: np.ndarray, twin: np.ndarray) -> str:
    """Return how often equal rows have equal targets, in words."""
    both = np.unique(np.column_stack([codes[twin], np.unique(view.y, return_inverse=True)[1][twin]]), axis=0)
    groups, found = np.unique(both[:, 0], return_counts=True)
    same = float((found == 1).mean())
    return f"The target is the same in {share(same)} of the {plural(len(groups), 'set')} of identical rows."


def _twins_by_chance(view: DataView) -> float:
    """Return the share of rows with an equal one when every column is shuffled by itself."""
    rng = np.random.default_rng([abs(view.seed), 11])
    total = np.zeros(len(view.y), np.uint64)
    for one in view.hashes.values():
        total += rng.permutation(one)
    return _shared(total)


def _shared(hashes: np.ndarray) -> float:
    """Return the share of hashes that occur twice or more."""
    ordered = np.sort(hashes)
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        return 0.0
    return float((np.r_[same, False] | np.r_[False, same]).mean())


_LEAST_CONTRADICTIONS = 0.005


def _draw_contradictions(view: DataView, _found: Safeguard) -> Illustration:
    """Show equal rows with different targets."""
    codes, _ = view.twins
    least, most = (np.full(int(codes.max()) + 1, start, np.float64) for start in (np.inf, -np.inf))
    np.minimum.at(least, codes, view.y)
    np.maximum.at(most, codes, view.y)
    return rows_of_sets(
        view,
        np.where(least[codes] < most[codes], codes, -1),
        f"Rows of one set are equal in every column in use, and differ in {view.task.target}.",
        shown_columns(view, ()),
        (view.task.target,),
    )


@data_warning(order=140, draw=_draw_contradictions)
def contradictions(view: DataView) -> Iterator[Safeguard]:
    """Find equal rows with different targets: no model can get them right."""
    codes, sizes = view.twins
    twin = sizes[codes] > 1
    if twin.sum() < 10:
        return
    if view.task.kind is Kind.REGRESSION:
        means = np.bincount(codes, weights=view.y) / sizes
        off = np.abs(view.y - means[codes])[twin]
        wrong = int((off > 0.1 * view.y.std()).sum())
        limit = f"they differ from their common mean by {number(float(off.mean()))} on average"
    else:
        classes = len(view.task.classes)
        both, counts = np.unique(codes * classes + view.y, return_counts=True)
        most = np.zeros(len(sizes), np.int64)
        np.maximum.at(most, both // classes, counts)
        wrong = int((sizes - most).sum())
        limit = f"no model can be right on more than {share(1 - wrong / len(codes))} of the rows"
    if wrong < max(5, _LEAST_CONTRADICTIONS * len(codes)):
        return
    yield Safeguard(
        key="contradictions",
        rule="contradictions",
        severity=Severity.MEDIUM if wrong >= 0.05 * len(codes) else Severity.LOW,
        sentence=f"Identical rows have different values of {view.task.target}.",
        evidence=f"{wrong:,} of {len(codes):,} rows contradict an identical row; {limit}.",
        remedy="Look for wrong labels, or for a column that tells these rows apart.",
        answers=(keep("Keep them, the target varies by chance"),),
        numbers={"rows": wrong},
    )


_NEAR = 0.25


def _draw_near(view: DataView, found: Safeguard) -> Illustration:
    """Show rows that are equal in all columns but one."""
    name = found.key.partition(":")[2]
    inner = np.unique(view.row_hashes - view.hashes[name], return_inverse=True)[1]
    values = view.columns[name].distinct_codes
    several = np.full(int(inner.max()) + 1, -2)
    changes = np.zeros(len(several), bool)
    several[inner] = values
    np.logical_or.at(changes, inner, several[inner] != values)
    return rows_of_sets(
        view,
        np.where(changes[inner], inner, -1),
        f"Rows of one set are equal in every column in use but {name}.",
        shown_columns(view, (name,)),
        (name, USED_IN),
    )


@data_warning(order=110, draw=_draw_near)
def near_twins(view: DataView) -> Iterator[Safeguard]:
    """Find rows that are equal in all columns but one: one thing measured several times, without a name for it."""
    if not view.shuffled or len(view.used) < 4:
        return
    _, first = np.unique(view.row_hashes, return_index=True)
    rng = np.random.default_rng([abs(view.seed), 17])
    kept = {name: one[first] for name, one in view.hashes.items()}
    shuffled = {name: rng.permutation(one) for name, one in kept.items()}
    total, total_shuffled = np.zeros(len(first), np.uint64), np.zeros(len(first), np.uint64)
    for name in kept:
        total += kept[name]
        total_shuffled += shuffled[name]
    best = ("", 0.0, 0.0)
    for column in view.used:
        if column.distinct < 3:
            continue
        near = _shared(total - kept[column.name])
        if near > max(best[1], _NEAR):
            by_chance = _shared(total_shuffled - shuffled[column.name])
            if by_chance < near / 4:
                best = (column.name, near, by_chance)
    name, near, by_chance = best
    if not name:
        return
    yield Safeguard(
        key=f"near_twins:{name}",
        rule="near_twins",
        severity=Severity.MEDIUM,
        sentence=f"Many rows differ from another row only in {name}, and random folds separate them.",
        evidence=(
            f"{share(near)} of {len(first):,} distinct rows match another row in all {len(kept)} columns except "
            f"{name}; "
            f"{share(by_chance)} would be expected by chance."
        ),
        remedy=f"Group folds by case (groups=) if these are repeated measurements of {name}.",
        columns=(),
        answers=(keep("Keep the folds, they are different cases"),),
        numbers={"share": near, "chance": by_chance},
    )
