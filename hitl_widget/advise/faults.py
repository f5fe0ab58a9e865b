"""Rules on faults of a table: rare classes, capped numbers, hidden missing codes, columns that say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hitl_widget.advise.chance import apart, apart_by_counts
from hitl_widget.advise.data_view import DataView, drop, keep, listed, share
from hitl_widget.advise.names import words_of
from hitl_widget.data.cells import cell_text
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.figures import plural
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind, Role

__all__ = ["capped", "codes", "constant", "differ", "identifiers", "imbalance", "recodes", "tiny_classes", "unknowns"]

# -- the target -------------------------------------------------------------------------------------------------------

_RARE, _VERY_RARE = 0.1, 0.03


def imbalance(view: DataView) -> Iterator[Safeguard]:
    """Say that a class is rare, and what the search does about it."""
    counts = view.task.class_counts
    if not counts:
        return
    rare = int(np.argmin(counts))
    part = counts[rare] / sum(counts)
    if part >= min(_RARE, 0.5 / len(counts)):
        return
    metric = view.task.metric
    blind = metric.scorer == "accuracy"
    most = max(counts) / sum(counts)
    done = (
        f"Accuracy is {share(most)} for a model that never says {view.task.classes[rare]}: choose another metric"
        if blind
        else f"Every fold has its share of each class and {metric.label} is what counts; no row is weighted or repeated"
    )
    advice = "roc_auc" if len(counts) == 2 else "balanced_accuracy"
    change = Answer(
        "metric",
        f"Use {advice} instead",
        {"type": "set_metric", "metric": advice},
        f"AutoMLSession(data, {view.task.target!r}, metric={advice!r})",
    )
    yield Safeguard(
        key="imbalance",
        rule="imbalance",
        severity=Severity.HIGH if blind else Severity.MEDIUM if part < _VERY_RARE else Severity.LOW,
        sentence=f"{view.task.classes[rare]} is rare: {share(part)} of the rows.",
        evidence=f"{counts[rare]:,} of {sum(counts):,} rows are {view.task.classes[rare]}. {done}.",
        remedy="Look at how many of the rare class are found, not at the share that is right.",
        answers=((change, keep("Keep the metric")) if blind else (keep("Understood"),)),
        numbers={"share": part, "rows": counts[rare]},
    )


_TINY, _FEW = 10, 30


def tiny_classes(view: DataView) -> Iterator[Safeguard]:
    """Find classes of too few rows to learn and to check."""
    if not view.task.classes:
        return
    counts = np.bincount(view.y[view.train], minlength=len(view.task.classes))
    small = [i for i in np.argsort(counts, kind="stable") if counts[i] < _FEW]
    if not small:
        return
    names = [view.task.classes[i] for i in small]
    each = max(1, int(counts[small[0]]) // max(view.task.split.folds, 1))
    yield Safeguard(
        key="tiny_classes",
        rule="tiny_classes",
        severity=Severity.HIGH if counts[small[0]] < _TINY else Severity.MEDIUM,
        sentence=f"{listed(names, 3)} {'have' if len(names) > 1 else 'has'} too few rows to learn from and to check.",
        evidence=f"{names[0]} has {plural(int(counts[small[0]]), 'row')} to train on, about {each} in each fold.",
        remedy="Gather more of them, merge them with a class that is like them, or do not rely on them.",
        answers=(keep("Keep the classes"), Answer("merge", "I will merge them")),
        numbers={"rows": int(counts[small[0]]), "classes": len(small)},
    )


_CAP_SHARE = 0.01


def capped(view: DataView) -> Iterator[Safeguard]:
    """Find a target that stands still at its greatest or least value."""
    if view.task.kind is not Kind.REGRESSION:
        return
    values, counts = np.unique(view.y, return_counts=True)
    if len(values) < 30:
        return
    for side, at, beside in (("most", -1, counts[-21:-1]), ("least", 0, counts[1:21])):
        rows = int(counts[at])
        if rows < max(10, _CAP_SHARE * len(view.y)) or rows < 5 * beside.max() or (at == 0 and values[0] == 0):
            continue
        value = cell_text(values[at])
        yield Safeguard(
            key=f"capped:{side}",
            rule="capped",
            severity=Severity.MEDIUM,
            sentence=f"{view.task.target} looks cut off at {value}.",
            evidence=(
                f"{rows:,} rows ({share(rows, len(view.y))}) have exactly {value}, its {'greatest' if at else 'least'} "
                f"value; of the 20 values beside it none has more than {int(beside.max()):,}."
            ),
            remedy="The true values lie beyond: leave these rows out, or do not trust predictions near the limit.",
            answers=(keep("It is a true limit: keep them"), Answer("rows", "I will leave these rows out")),
            numbers={"value": float(values[at]), "rows": rows},
        )


# -- train and holdout ------------------------------------------------------------------------------------------------

_SURE, _GAP = 0.01, 0.05


def differ(view: DataView) -> Iterator[Safeguard]:
    """Find columns, or a target, that differ between the rows to learn from and those kept aside."""
    if len(view.holdout) < 30:
        return
    found = []
    for column in (*view.used, _target(view)):
        if column.role is Role.TEXT or column.distinct < 2:
            continue
        gap, chance = _gap(column, view.rows, view.holdout)
        if gap >= _GAP and chance < _SURE / (len(view.used) + 1):
            found.append((gap, chance, column.name))
    if not found:
        return
    found.sort(reverse=True)
    gap, chance, first = found[0]
    names = [name for _, _, name in found]
    expected = not view.shuffled
    how = f"folds and holdout are made by {view.task.split.column}" if expected else "the rows were drawn at random"
    yield Safeguard(
        key="differ",
        rule="differ",
        severity=Severity.LOW if expected and gap < 0.2 else Severity.MEDIUM,
        sentence=f"The rows kept aside differ from those to learn from in {listed(names, 3)}.",
        evidence=(
            f"{plural(len(names), 'column')} of {len(view.used) + 1}; {first} differs most, by {share(gap)} of rows; "
            + (
                f"{how}, so this is what new rows will be like."
                if expected
                else f"chance does this {_odds(chance)}, although {how}."
            )
        ),
        remedy="Expect another score on the holdout; look at what changed before you trust either.",
        columns=tuple(name for name in names if name != view.task.target),
        answers=(keep("Understood"),),
        numbers={"gap": gap, "columns": len(names)},
    )


def _odds(chance: float) -> str:
    return f"once in {1 / chance:,.0f}" if chance > 1e-6 else "less than once in a million"


def _target(view: DataView) -> ColumnValues:
    if view.task.kind is Kind.REGRESSION:
        return ColumnValues(view.task.target, Role.NUMERIC, view.y.astype(np.float64))
    return ColumnValues(view.task.target, Role.CATEGORICAL, None, view.y, view.task.classes)


def _gap(column: ColumnValues, first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    if column.numbers is not None:
        one, two = column.numbers[first], column.numbers[second]
        return apart(one[np.isfinite(one)], two[np.isfinite(two)])
    codes, width = column.distinct_codes + 1, len(column.levels) + 1
    if width > 0.2 * len(second):
        return 0.0, 1.0
    return apart_by_counts(np.bincount(codes[first], minlength=width), np.bincount(codes[second], minlength=width))


# -- hidden missing codes ---------------------------------------------------------------------------------------------

_UNKNOWN = frozenset(
    "unknown unk missing none/unknown undefined undetermined unspecified unavailable n.a. n.a -- - . * ??? nil void "
    "#ref! #value! (blank) blank".split()
) | {"not available", "not known", "not specified", "not reported", "not recorded", "not applicable", "no data"}
_LEAST = 3


def unknowns(view: DataView) -> Iterator[Safeguard]:
    """Find categories that are words for "not known"; all columns with one of them are named together."""
    found: list[tuple[str, str, int]] = []
    for column in view.used:
        if column.codes is None or column.role is Role.TEXT:
            continue
        counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
        for level, count in zip(column.levels, counts, strict=True):
            if level.lower() in _UNKNOWN and count >= _LEAST:
                found.append((column.name, level, int(count)))
    if not found:
        return
    names = list(dict.fromkeys(name for name, _, _ in found))
    shown = "; ".join(f"{name}: “{level}” in {plural(count, 'row')}" for name, level, count in found[:4])
    values = {name: [level for other, level, _ in found if other == name] for name in names}
    yield Safeguard(
        key="unknowns",
        rule="unknowns",
        severity=Severity.LOW,
        sentence=f"{listed(names, 3)} {'have' if len(names) > 1 else 'has'} a category that means “not known”.",
        evidence=f"{shown}{' and more' if len(found) > 4 else ''}.",
        remedy="As a category of its own it can be learnt from; make it missing if it says nothing.",
        columns=tuple(names),
        answers=(keep("Keep it as a category"), _missing(values)),
        numbers={"columns": len(names), "rows": sum(count for _, _, count in found)},
    )


def _missing(values: dict[str, list[str]] | dict[str, list[float]]) -> Answer:
    command = ChangeData(missing={name: tuple(them) for name, them in values.items()})
    form = {"type": "change_data", "missing": {name: list(them) for name, them in values.items()}}
    return Answer("missing", "Make it missing", form, command.python())


_CODES = (-1.0, -8.0, -9.0, -88.0, -99.0, -999.0, -9999.0, 9.0, 88.0, 99.0, 888.0, 999.0, 9999.0, 99999.0, 999999.0)


def codes(view: DataView) -> Iterator[Safeguard]:
    """Find numbers that stand for missing cells: -9, 999 and their like, and zeros that cannot be."""
    for column in view.used:
        if column.numbers is None or column.dates or column.role is not Role.NUMERIC:
            continue
        known = column.numbers[~column.missing]
        values, counts = np.unique(known, return_counts=True)
        if len(values) < 4:
            continue
        found = _code_at(values, counts, len(values) - 1) or _code_at(values, counts, 0)
        why = "apart from all others, and is a usual code" if found else ""
        if found is None and values[0] == 0 and _impossible_zero(values, counts) and not _means_none(view, column):
            found, why = (0.0, int(counts[0])), "the least, with a gap above it that no other values show"
        if found is None:
            continue
        value, rows = found
        rest = known[known != value]
        text = cell_text(value)
        yield Safeguard(
            key=f"codes:{column.name}:{text}",
            rule="codes",
            severity=Severity.MEDIUM if rows >= 0.01 * len(known) else Severity.LOW,
            sentence=f"{text} in {column.name} may stand for a missing value.",
            evidence=(
                f"{plural(rows, 'row')} ({share(rows, len(known))}) {'have' if rows > 1 else 'has'} {text}, {why}; the "
                f"others go from {_short(rest.min())} to {_short(rest.max())}."
            ),
            remedy=(
                "If it means “not known”, make it missing; models would take it for a "
                f"{'small' if value <= 0 else 'great'} number."
            ),
            columns=(column.name,),
            answers=(_missing({column.name: [value]}), keep(f"{text} is a true value: keep it")),
            numbers={"value": value, "rows": rows},
        )


def _short(value: float) -> str:
    return cell_text(float(value)) if float(value).is_integer() and abs(value) < 1e7 else f"{value:.3g}"


def _code_at(values: np.ndarray, counts: np.ndarray, at: int) -> tuple[float, int] | None:
    """Return a usual code that stands at an end, far from the others and more than once."""
    value, rows = float(values[at]), int(counts[at])
    if value not in _CODES or rows < _LEAST or rows < 0.002 * counts.sum():
        return None
    rest = values[1:] if at == 0 else values[:-1]
    width = float(rest[-1] - rest[0])
    gap = float(values[1] - value if at == 0 else value - values[-2])
    if value < 0:
        return (value, rows) if rest[0] >= 0 and (value < -1 or rows >= 0.01 * counts.sum()) else None
    return (value, rows) if gap >= max(0.5 * width, 2.0) else None


_MOST_ZEROS = 0.5
_TIMES_STEP = 5.0


def _impossible_zero(values: np.ndarray, counts: np.ndarray) -> bool:
    """Say whether zeros stand apart from the numbers above: a gap of many of their steps, and more than beside it."""
    rows, rest = int(counts[0]), values[1:]
    if rows < _LEAST or rows > _MOST_ZEROS * counts.sum() or len(rest) < 15 or rest[-1] == 1:  # shares from 0 to 1
        return False
    step = float(np.median(np.diff(rest[:11])))
    middle = float(np.median(np.repeat(rest, counts[1:])))
    gap = float(rest[0])
    crowd = rows > 3 * np.median(counts[1:11])
    return (
        gap >= _TIMES_STEP * step
        and gap >= 0.05 * middle
        and crowd
        and (gap >= 0.3 * middle or rows >= 0.01 * counts.sum())
    )


_NONE_MEANT = frozenset(
    "count number amount gain loss balance charge charges paid price fare fee cost income tax rent".split()
)


def _means_none(view: DataView, column: ColumnValues) -> bool:
    """Say whether zero means "none of it": another column says so too, by its category or its missing cells."""
    if set(words_of(column.name)) & _NONE_MEANT:
        return True
    assert column.numbers is not None
    zero = (column.numbers[view.rows] == 0).astype(np.int64)
    total = int(zero.sum())
    for other in view.used:
        if other.name == column.name or other.role is Role.TEXT:
            continue
        if other.numbers is not None:
            said = np.where(other.missing[view.rows], 1, 0)
            if other.distinct <= 12:
                said = other.distinct_codes[view.rows] + 1
        else:
            said = other.distinct_codes[view.rows] + 1
        width = int(said.max()) + 1
        if width < 2 or width > 60:
            continue
        counts = np.bincount(said * 2 + zero, minlength=2 * width).reshape(width, 2)
        wrong = int(counts.min(axis=1).sum())
        if wrong <= 0.1 * min(total, len(zero) - total):
            return True
    return False


# -- columns that say nothing, or what another says -------------------------------------------------------------------

_NEARLY = 0.99


def constant(view: DataView) -> Iterator[Safeguard]:
    """Find columns with one value in all rows, or in nearly all."""
    same, nearly = [], []
    for column in view.columns.values():
        counts = np.bincount(column.distinct_codes + 1)
        known = int(counts[1:].sum())
        if column.distinct <= 1 and (column.role is Role.IGNORED or known == len(view.y)):
            same.append(column.name)
        elif column.role is not Role.IGNORED and counts.max() >= _NEARLY * len(view.y):
            nearly.append((column.name, len(view.y) - int(counts.max())))
    if same:
        yield Safeguard(
            key="constant",
            rule="constant",
            severity=Severity.LOW,
            sentence=f"{listed(same, 3)} {'say' if len(same) > 1 else 'says'} nothing: one value in all rows, or none.",
            evidence=f"{plural(len(same), 'column')} of {len(view.columns)}.",
            remedy="They are left out already; check whether they should hold something.",
            columns=tuple(same),
            answers=(keep("Understood"),),
            numbers={"columns": len(same)},
        )
    if nearly:
        names = [name for name, _ in nearly]
        yield Safeguard(
            key="nearly_constant",
            rule="constant",
            severity=Severity.LOW,
            sentence=f"{listed(names, 3)} {'have' if len(names) > 1 else 'has'} one value in nearly every row.",
            evidence=f"{nearly[0][0]} is different in {plural(nearly[0][1], 'row')} of {len(view.y):,} only.",
            remedy="They cost time and can hardly help; leave them out unless the few rows matter.",
            columns=tuple(names),
            answers=(drop(*names), keep("The few rows matter: keep them")),
            numbers={"columns": len(names), "rows": nearly[0][1]},
        )


_TELLS = 0.3


def identifiers(view: DataView) -> Iterator[Safeguard]:
    """Find columns in use that are different in nearly every row, as names and numbers of cases are."""
    n = len(view.y)
    given = {column.name for column in view.task.columns if column.given}
    for column in view.used:
        if column.role in (Role.TEXT, Role.DATE) or column.name in given:
            continue
        known = int((~column.missing).sum())
        if known < 0.5 * n or column.distinct < 20:
            continue
        if column.numbers is None:
            like = column.distinct >= 0.6 * known
        else:
            here = column.numbers[~column.missing]
            whole = bool((here == np.round(here)).all())
            like = whole and column.distinct >= 0.98 * known and float(np.ptp(here)) <= 20 * known
        if not like:
            continue
        strength = view.univariate_models[column.name].strength
        tells = strength >= _TELLS
        told = f" It tells {share(strength)} of what there is to tell about {view.task.target}." if tells else ""
        yield Safeguard(
            key=f"identifiers:{column.name}",
            rule="identifiers",
            severity=Severity.MEDIUM if tells else Severity.LOW,
            sentence=f"{column.name} looks like a name or number of single cases, and models use it.",
            evidence=f"{column.distinct:,} different values in {known:,} rows.{told}",
            remedy="What is learnt of single cases is of no use for new ones: leave it out.",
            columns=(column.name,),
            answers=(drop(column.name), keep("It means something for new cases: keep it")),
            numbers={"distinct": column.distinct, "strength": strength},
        )


def recodes(view: DataView) -> Iterator[Safeguard]:
    """Find columns in use that say the same in other words: one value for one value, in every row."""
    most = min(200, len(view.y) // 4)  # where hardly a value repeats, any two columns would fit
    few = [column for column in view.used if column.role is not Role.TEXT and 2 <= column.distinct <= most]
    seen: dict[bytes, list[ColumnValues]] = {}
    for column in few:
        inner = column.distinct_codes[view.rows]
        _, first, codes = np.unique(inner, return_index=True, return_inverse=True)
        by_first = np.argsort(np.argsort(first))[codes]
        seen.setdefault(by_first.astype(np.int32).tobytes(), []).append(column)
    for alike in seen.values():
        if len(alike) < 2 or not _one_to_one(alike):
            continue
        names = [column.name for column in alike]
        yield Safeguard(
            key=f"recodes:{names[0]}",
            rule="recodes",
            severity=Severity.LOW,
            sentence=f"{listed(names)} say the same in other words.",
            evidence=f"Each of {alike[0].distinct:,} values of one goes with one of the other in {len(view.y):,} rows.",
            remedy="Nothing is gained by both, and importance is shared between them: leave one out.",
            columns=tuple(names),
            answers=(drop(*names[1:]), keep("Keep both")),
            numbers={"values": alike[0].distinct},
        )


def _one_to_one(columns: Sequence[ColumnValues]) -> bool:
    first = columns[0]
    for other in columns[1:]:
        width = int(other.distinct_codes.max()) + 2
        both = len(np.unique((first.distinct_codes + 1) * width + other.distinct_codes + 1))
        if not both == len(np.unique(first.distinct_codes)) == len(np.unique(other.distinct_codes)):
            return False
    return True
