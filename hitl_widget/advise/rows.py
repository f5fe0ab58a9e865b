"""Rules on rows that know each other: copies, contradictions, groups, the order of the file, time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.chance import apart, neighbours_alike
from hitl_widget.advise.data_view import DataView, keep, listed, share, take_apart
from hitl_widget.advise.names import words_of
from hitl_widget.data.univariate import ColumnValues, cells_of, ranks
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind, Role, SplitScheme

__all__ = ["contradictions", "duplicates", "groups", "near_twins", "order", "repeats", "time"]

# -- equal rows -------------------------------------------------------------------------------------------------------

_SOME, _MANY = 0.01, 0.1


def duplicates(view: DataView) -> Iterator[Safeguard]:
    """Find rows to check on that have an equal row among those to learn from."""
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
        "; its columns have so few values that this many may be equal by chance"
        if natural
        else f"; of independent columns {share(by_chance)} would be"
        if len(view.used) > 1
        else ""
    )
    answers = (
        Answer("unique", "Keep one of each", {"type": "drop_duplicates"}, "data = data.drop_duplicates()"),
        keep("They are different cases: keep them"),
    )
    yield Safeguard(
        key="duplicates",
        rule="duplicates",
        severity=Severity.LOW if natural and touched < _MANY else severity,
        sentence="Rows are checked on whose copy was learnt from.",
        evidence=(
            f"{int(twin.sum()):,} of {len(codes):,} rows ({share(float(twin.mean()))}) equal another in every column "
            f"used, {int(split.sum()):,} of them with a copy in another fold or the holdout{chance}. {agree}"
        ),
        remedy="Keep one row of each if they are copies of one case; scores are too good otherwise.",
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
    """Say how often equal rows have equal targets."""
    both = np.unique(np.column_stack([codes[twin], np.unique(view.y, return_inverse=True)[1][twin]]), axis=0)
    groups, found = np.unique(both[:, 0], return_counts=True)
    same = float((found == 1).mean())
    return f"The target is the same throughout in {share(same)} of {plural(len(groups), 'such set')}."


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


def contradictions(view: DataView) -> Iterator[Safeguard]:
    """Find equal rows with different targets: what no model can get right."""
    codes, sizes = view.twins
    twin = sizes[codes] > 1
    if twin.sum() < 10:
        return
    if view.task.kind is Kind.REGRESSION:
        means = np.bincount(codes, weights=view.y) / sizes
        off = np.abs(view.y - means[codes])[twin]
        wrong = int((off > 0.1 * view.y.std()).sum())
        limit = f"they are off from their common mean by {number(float(off.mean()))} on average"
    else:
        classes = len(view.task.classes)
        both, counts = np.unique(codes * classes + view.y, return_counts=True)
        most = np.zeros(len(sizes), np.int64)
        np.maximum.at(most, both // classes, counts)
        wrong = int((sizes - most).sum())
        limit = f"no model can tell more than {share(1 - wrong / len(codes))} of all rows apart"
    if wrong < max(5, _LEAST_CONTRADICTIONS * len(codes)):
        return
    yield Safeguard(
        key="contradictions",
        rule="contradictions",
        severity=Severity.MEDIUM if wrong >= 0.05 * len(codes) else Severity.LOW,
        sentence=f"Rows that are equal in every column have another {view.task.target}.",
        evidence=f"{wrong:,} of {len(codes):,} rows contradict an equal row; {limit}.",
        remedy="Look for wrong labels or for a column that would tell these rows apart.",
        answers=(keep("That is how it is: keep them"), Answer("look", "Show them")),
        numbers={"rows": wrong},
    )


# -- groups -----------------------------------------------------------------------------------------------------------


def groups(view: DataView) -> Iterator[Safeguard]:
    """Find a column that names what several rows belong to, while rows go into folds at random."""
    found = view.grouping
    if found is None or not view.shuffled:
        return
    candidate, bound, alike = found.candidate, found.bound, found.alike
    known = candidate.codes[candidate.codes >= 0]
    size = len(known) / len(np.unique(known))
    target = view.task.target
    answers: tuple[Answer, ...] = (keep("Rows are independent: keep the folds"),)
    if candidate.whole:
        answers = (take_apart(target, "groups", candidate.name, f"Keep each {candidate.name} in one fold"), *answers)
    yield Safeguard(
        key=f"groups:{candidate.name}",
        rule="groups",
        severity=Severity.HIGH if alike >= 0.3 else Severity.MEDIUM,
        sentence=f"Several rows belong to one {candidate.words}, and folds tear them apart.",
        evidence=(
            f"{len(np.unique(known)):,} values with {size:.1f} rows each; within one {listed(bound, 3)} "
            f"{'do' if len(bound) > 1 else 'does'} not change, and {share(alike)} of how {target} varies lies between "
            "them."
        ),
        remedy=(
            f"If new cases are new ones of {candidate.words}, keep each in one fold (groups=); scores are too good "
            "otherwise."
        ),
        columns=(candidate.name,),
        answers=answers,
        numbers={"groups": len(np.unique(known)), "alike": alike, "bound": len(bound)},
    )


def repeats(view: DataView) -> Iterator[Safeguard]:
    """Find identifiers by name of which some stand in several rows."""
    if not view.shuffled:
        return
    n = len(view.y)
    for column in view.columns.values():
        words = words_of(column.name)
        if not words or words[-1] not in {"id", "ids", "uid", "uuid", "number", "no", "nr", "key"} or column.dates:
            continue
        codes = column.distinct_codes
        counts = np.bincount(codes[codes >= 0])
        again = int(counts[counts > 1].sum())
        if not 0.5 * n <= column.distinct < n or not 0.01 * n <= again <= 0.5 * n or column.missing.mean() > 0.1:
            continue
        yield Safeguard(
            key=f"repeats:{column.name}",
            rule="repeats",
            severity=Severity.MEDIUM,
            sentence=f"Some of {column.name} stand in more than one row.",
            evidence=f"{again:,} of {n:,} rows share their {column.name} with another ({column.distinct:,} values).",
            remedy="If these are the same case at another time, keep each in one fold (groups=).",
            columns=(column.name,),
            answers=(
                take_apart(view.task.target, "groups", column.name, f"Keep each {column.name} in one fold"),
                keep("Rows are independent: keep the folds"),
            ),
            numbers={"rows": again},
        )


_NEAR = 0.25


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
        sentence=f"Many rows differ from another in {name} only, and folds tear them apart.",
        evidence=(
            f"{share(near)} of {len(first):,} different rows have one that is equal in all of {len(kept)} columns but "
            f"{name}; of independent columns {share(by_chance)} would."
        ),
        remedy="If these are one case measured several times, give a group per case (groups=): all columns but this.",
        columns=(),
        answers=(Answer("look", "Show them"), keep("They are different cases: keep the folds")),
        numbers={"share": near, "chance": by_chance},
    )


# -- order and time ---------------------------------------------------------------------------------------------------

_ALIKE_NEXT, _SURE = 0.1, 6.0
_BY_PLACE = 0.15


def order(view: DataView) -> Iterator[Safeguard]:
    """Find targets that follow the order of the file."""
    if not view.shuffled:
        return
    values = view.number_of(np.arange(len(view.y)))
    alike, sure = neighbours_alike(values)
    place = ColumnValues("", Role.NUMERIC, np.arange(len(view.y), dtype=np.float64))
    by_place = view.univariate(*cells_of(place, view.rows)).strength
    if not (alike >= _ALIKE_NEXT and sure >= _SURE) and by_place < max(_BY_PLACE, 4 / np.sqrt(len(view.rows))):
        return
    counters = [column.name for column in view.used if _counts_rows(column)]
    target = view.task.target
    ordered = _in_order(view, values)
    also = f" {listed(counters, 2)} counts the rows, and so tells {target}." if counters else ""
    yield Safeguard(
        key="order",
        rule="order",
        severity=Severity.MEDIUM if not ordered else Severity.HIGH if counters else Severity.LOW,
        sentence=f"The file is sorted by {target}."
        if ordered
        else f"Rows that stand together have a similar {target}.",
        evidence=(
            f"Neighbouring rows are alike by {alike:.2f} (0 is chance, 1 is equal), and the place in the file alone "
            f"tells {share(by_place)} of what there is to tell.{also}"
        ),
        remedy=(
            "Folds are shuffled, so a sorted file does no harm by itself; leave out what counts the rows."
            if ordered
            else "If the order is that of time or of place, random folds flatter: name the time (time=) or groups."
        ),
        columns=tuple(counters),
        answers=(keep("The order means nothing: keep the folds"),),
        numbers={"alike": alike, "place": by_place},
    )


def _in_order(view: DataView, values: np.ndarray) -> bool:
    """Say whether rows are sorted by the target: classes in blocks, numbers along the file."""
    if view.task.kind is Kind.REGRESSION:
        return _along(values)
    return int((values[1:] != values[:-1]).sum()) < 2 * len(view.task.classes)


def _counts_rows(column: ColumnValues) -> bool:
    if column.numbers is None or column.dates or column.distinct < 20 or column.missing.any():
        return False
    return column.distinct >= 0.9 * len(column.numbers) and _rising(column.numbers) >= 0.99


def _rising(numbers: np.ndarray) -> float:
    """Return the share of steps from row to row that all go up, or all go down; equal values go either way."""
    steps = np.diff(numbers[np.isfinite(numbers)])
    return float(max((steps >= 0).mean(), (steps <= 0).mean())) if len(steps) else 0.0


_TIME_WORDS = frozenset("date time timestamp datetime year yr day week month quarter".split())
_NOT_OF_THE_ROW = frozenset("birth born dob built blt founded remod model opened made".split())
_DRIFT = 0.1


def time(view: DataView) -> Iterator[Safeguard]:
    """Find a time along which the target or the columns drift, while folds are random."""
    if view.task.split.scheme is SplitScheme.FORWARD:
        return
    dated = [column for column in view.columns.values() if _is_time(column)]
    found = []
    for column in dated:
        own = view.univariate(*cells_of(column, view.rows)).strength
        drifting = _drifting(view, column)
        tells = own >= max(0.03, 4 / np.sqrt(len(view.rows)))
        if tells or len(drifting) >= max(2, 0.2 * len(view.used)):
            certain = column.dates + _along(_known(column))
            found.append((certain, -column.missing.mean(), own, column, drifting))
    if not found:
        return
    certain, _, own, column, drifting = max(found, key=lambda item: item[:3])
    target, name = view.task.target, column.name
    changes = f"; {listed(drifting, 3)} {'differ' if len(drifting) > 1 else 'differs'} between early and late rows"
    yield Safeguard(
        key=f"time:{name}",
        rule="time",
        severity=Severity.MEDIUM if certain else Severity.LOW,
        sentence=f"{target} or the columns change along {name}, and folds are made at random.",
        evidence=f"{name} alone tells {share(own)} of what there is to tell{changes if drifting else ''}.",
        remedy=f"If the model will predict later rows, let folds go forward in time (time={name!r}).",
        columns=(name,),
        answers=(
            take_apart(target, "time", name, f"Let folds go forward in {name}"),
            keep("It will predict rows of the same time: keep the folds"),
        ),
        numbers={"strength": own, "drifting": len(drifting)},
    )


def _along(numbers: np.ndarray) -> bool:
    """Say whether numbers go along with the order of the rows, but for a few steps back."""
    known = np.isfinite(numbers)
    if known.sum() < 10 or np.ptp(numbers[known]) == 0:
        return False
    return abs(float(np.corrcoef(ranks(numbers[known]), np.flatnonzero(known))[0, 1])) >= 0.95


def _known(column: ColumnValues) -> np.ndarray:
    assert column.numbers is not None
    return column.numbers


def _is_time(column: ColumnValues) -> bool:
    words = set(words_of(column.name))
    if column.numbers is None or column.missing.mean() > 0.5 or words & _NOT_OF_THE_ROW or column.distinct < 3:
        return False
    if column.dates:
        return True
    if column.role is Role.IGNORED:
        return False
    if _along(column.numbers) and column.distinct >= 20 and words & _TIME_WORDS:
        return True
    known = column.numbers[~column.missing]
    years = bool(((known > 1900) & (known < 2100)).all()) or bool(
        (known == np.round(known)).all() and known.min() >= 60
    )
    return bool(words & {"year", "yr"}) and years


def _drifting(view: DataView, column: ColumnValues) -> list[str]:
    """Return the columns of numbers that differ between the first and the last third of the rows in time."""
    when = _known(column)[view.rows]
    known = np.isfinite(when)
    if known.sum() < 60:
        return []
    low, high = np.quantile(when[known], [1 / 3, 2 / 3])
    early, late = view.rows[known & (when <= low)], view.rows[known & (when > high)]
    if min(len(early), len(late)) < 30:
        return []
    found = []
    for other in view.used:
        if other.name == column.name or other.dates or other.numbers is None:
            continue
        first, last = other.numbers[early], other.numbers[late]
        gap, chance = apart(first[np.isfinite(first)], last[np.isfinite(last)])
        if gap >= _DRIFT and chance < 1e-4 / len(view.used):
            found.append(other.name)
    return found
