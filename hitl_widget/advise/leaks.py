"""Rules on columns that know too much of the target: copies, late values, missing cells, means of the target itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from hitl_widget.advise.data_view import DataView, drop, keep, listed, share
from hitl_widget.advise.names import words_of
from hitl_widget.data.univariate import ColumnValues, auc, ranks
from hitl_widget.domain.figures import plural
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind, Role

__all__ = ["aggregate", "copy", "late", "missingness", "outshines", "shifted", "together"]

PERFECT = 0.95
"""From this strength on a column is taken for the target in another dress."""

_EXACT = 0.995
_KNOWN = "It is known in time: keep it"


def _answers(view: DataView, *names: str) -> tuple[Answer, ...]:
    return drop(*names), keep(_KNOWN)


# -- one column that says nearly everything ---------------------------------------------------------------------------


def copy(view: DataView) -> Iterator[Safeguard]:
    """Find columns that tell the target almost without error: copies, recodes, transforms, noisy copies."""
    target = view.task.target
    for name, strength in view.strongest():
        if strength < PERFECT:
            return
        if _by_its_gaps(view, name):
            continue
        others = view.others(name)
        exact = _determines(view, view.columns[name])
        how = f"each of its {exact:,} values goes with one class only" if exact else "nearly free of error"
        yield Safeguard(
            key=f"copy:{name}",
            rule="copy",
            severity=Severity.HIGH,
            sentence=f"{name} tells {target} almost exactly, as a copy of it would.",
            evidence=(
                f"Alone it gives {view.in_words(name)}, {how}; it tells {share(strength)} of what there is to tell, "
                f"all other columns together {share(others)}."
            ),
            remedy=f"If {name} is only known once {target} is, leave it out: no score would hold in use.",
            columns=(name,),
            answers=_answers(view, name),
            numbers={"strength": strength, "others": others},
        )


def _by_its_gaps(view: DataView, name: str) -> bool:
    """Say whether a strong column is strong by its missing cells: the rule on these speaks of it."""
    gone = view.missingness_models.get(name)
    return gone is not None and gone.strength >= 0.9 * view.univariate_models[name].strength


def _determines(view: DataView, column: ColumnValues) -> int:
    """Return the number of values of a column that determines the class without exception; 0 where it does not."""
    if view.task.kind is Kind.REGRESSION or column.distinct > min(100, len(view.y) // 5):
        return 0
    both = (column.distinct_codes + 1) * len(view.task.classes) + view.y
    values = len(np.unique(column.distinct_codes))
    return values if len(np.unique(both)) == values else 0


_OUTSHINES, _MOST = 0.75, 0.8
_ERROR_LEFT = 0.4


def outshines(view: DataView) -> Iterator[Safeguard]:
    """Find columns that say most of what there is to tell, or far more than all others together, short of everything.

    Columns of numbers that predict a number well are common (weight and price), so these must outshine the others.
    """
    target = view.task.target
    if len(view.used) < 2:
        return
    for name, strength in view.strongest():
        if strength >= PERFECT or _by_its_gaps(view, name):
            continue
        if strength < _OUTSHINES:
            return
        grouping = view.grouping  # what names cases predicts by remembering them: no measure of the others
        others = view.others(name, () if grouping is None else (grouping.candidate.name,))
        far = 1 - strength <= _ERROR_LEFT * (1 - others)
        if not far and (strength < _MOST or view.task.kind is Kind.REGRESSION):
            continue
        yield Safeguard(
            key=f"outshines:{name}",
            rule="outshines",
            severity=Severity.MEDIUM,
            sentence=f"{name} says far more of {target} than all other columns together."
            if far
            else f"{name} alone says most of what there is to say of {target}.",
            evidence=(
                f"Alone it gives {view.in_words(name)}: {share(strength)} of what there is to tell; the other "
                f"{plural(len(view.used) - 1, 'column')} together {share(others)}."
            ),
            remedy=f"Make sure that {name} is known before {target} is; if not, leave it out.",
            columns=(name,),
            answers=_answers(view, name),
            numbers={"strength": strength, "others": others},
        )


# -- known only after the event ---------------------------------------------------------------------------------------

_AFTER = frozenset(
    "after outcome result results final end ended ending duration elapsed closed cancelled canceled resolved "
    "resolution refund refunded discharge discharged died death survived alive released custody event followup "
    "future post predicted prediction probability prob decile score actual label lesion".split()
)
_PLAIN_WORDS = frozenset(
    "is has was in of the to no id number total class type code value name level two years".split()
)
_LATE_STRENGTH = 0.35
_SURELY = 0.6
_FIRST = 3


def late(view: DataView) -> Iterator[Safeguard]:
    """Find strong columns whose name says that they are known after the event, or is that of the target."""
    target = view.task.target
    own = {word for word in words_of(target) if len(word) >= 4} - _PLAIN_WORDS
    said = {one.columns[0] for one in outshines(view)}
    for place, (name, strength) in enumerate(view.strongest()):
        words = set(words_of(name))
        after, alike = sorted(words & _AFTER), sorted(words & own)
        strong = strength >= (_LATE_STRENGTH if place < _FIRST else _SURELY)
        if strength >= PERFECT or name in said or not ((after and strong) or (alike and strength >= _SURELY)):
            continue
        hint = f"the target's own name, “{alike[0]}”" if alike else f"“{after[0]}”"
        yield Safeguard(
            key=f"late:{name}",
            rule="late",
            severity=Severity.MEDIUM,
            sentence=f"{name} may be known only after {target} is.",
            evidence=(
                f"Its name holds {hint}, and alone it gives {view.in_words(name)}: the "
                f"{_nth(place + 1)}strongest of {plural(len(view.used), 'column')}."
            ),
            remedy=f"Ask when {name} is written down; if that is after {target} happens, leave it out.",
            columns=(name,),
            answers=_answers(view, name),
            numbers={"strength": strength, "place": place + 1},
        )


def _nth(place: int) -> str:
    return {1: "", 2: "second ", 3: "third "}.get(place, f"{place}th ")


# -- what is missing tells --------------------------------------------------------------------------------------------

_ABSENT = 0.6
_PURE = 0.97
_HALVES = 0.15
_LEAST_ROWS = 30


def missingness(view: DataView) -> Iterator[Safeguard]:
    """Find columns whose missing cells follow the target; columns with one pattern are named together."""
    told: dict[bytes, list[str]] = {}
    why: dict[bytes, tuple[float, str]] = {}
    for name, found in view.missingness_models.items():
        gone = view.columns[name].missing[view.rows]
        words = _follows(view, gone)
        strength = max(found.strength, _by_class(view, gone))
        if strength < _ABSENT and not words:
            continue
        pattern = np.packbits(gone).tobytes()
        told.setdefault(pattern, []).append(name)
        why.setdefault(pattern, (found.strength, words or _levels(view, gone)))
    target = view.task.target
    for pattern, names in told.items():
        strength, words = why[pattern]
        have = "have" if len(names) > 1 else "has"
        yield Safeguard(
            key=f"missingness:{names[0]}",
            rule="missingness",
            severity=Severity.HIGH,
            sentence=f"Whether {listed(names, 3)} {have} a value tells {target}.",
            evidence=f"{words}; that alone tells {share(strength)} of what there is to tell.",
            remedy=f"Cells that are filled because of {target} are known too late: leave {listed(names, 2)} out.",
            columns=tuple(names),
            answers=_answers(view, *names),
            numbers={"strength": strength},
        )


def _by_class(view: DataView, gone: np.ndarray) -> float:
    """Return how well the class tells whether a cell is missing (Gini coefficient), for more than two classes.

    Of many classes one bit cannot tell each, however closely it follows them.
    """
    if view.task.kind is not Kind.MULTICLASS:
        return 0.0
    if min(gone.sum(), (~gone).sum()) < max(_LEAST_ROWS, _HALVES * len(gone)):
        return 0.0
    y = view.y[view.rows]
    shares = np.bincount(y, weights=gone) / np.maximum(np.bincount(y), 1)
    return 2 * auc(gone, shares[y]) - 1


def _follows(view: DataView, gone: np.ndarray) -> str:
    """Say which side is nearly of one class where another would be expected often; "" where none is."""
    if view.task.kind is Kind.REGRESSION:
        return ""
    y = view.y[view.rows]
    shares = np.bincount(y, minlength=len(view.task.classes)) / len(y)
    for side, verb in ((~gone, "filled"), (gone, "missing")):
        rows = int(side.sum())
        if rows < max(_LEAST_ROWS, 0.01 * len(y)):
            continue
        counts = np.bincount(y[side], minlength=len(shares))
        top = int(np.argmax(counts))
        pure = counts[top] / rows
        if pure >= _PURE and 1 - pure <= 0.15 * (1 - shares[top]) and rows * (1 - shares[top]) >= 15:
            name = view.task.classes[top]
            return (
                f"Of {rows:,} rows where it is {verb}, {share(counts[top], rows)} are {name}; of all rows "
                f"{share(shares[top])}"
            )
    return ""


def _levels(view: DataView, gone: np.ndarray) -> str:
    """Say what the target is with and without a value."""
    y = view.y[view.rows]
    if view.task.kind is Kind.REGRESSION:
        means = f"{y[gone].mean():.4g} on average where it is missing, {y[~gone].mean():.4g} elsewhere"
        return f"{view.task.target} is {means}"
    top = 1 if view.task.kind is Kind.BINARY else int(np.argmax(np.bincount(y[gone], minlength=2)))
    there, here = (y[gone] == top).mean(), (y[~gone] == top).mean()
    return f"{share(there)} of the rows where it is missing are {view.task.classes[top]}, {share(here)} of the others"


# -- several columns that define it -----------------------------------------------------------------------------------

_FEW_VALUES = 12
_CANDIDATES = 12


def together(view: DataView) -> Iterator[Safeguard]:
    """Find two or three columns of few values that define the class between them."""
    if view.task.kind is Kind.REGRESSION:
        return
    classes = len(view.task.classes)
    strong = [name for name, strength in view.strongest() if 0.1 < strength < PERFECT and view.cells[name][1] <= 13]
    names = [name for name in strong if view.columns[name].distinct <= _FEW_VALUES][:_CANDIDATES]
    y = view.y[view.rows]
    for size in (2, 3):
        for chosen in combinations(names, size):
            joint = _joint(view, chosen)
            cells = int(joint.max()) + 1
            if cells > 2 * classes or len(y) < 20 * cells:
                continue
            counts = np.bincount(joint * classes + y, minlength=cells * classes).reshape(cells, classes)
            pure = counts.max(axis=1).sum() / len(y)
            if pure < _EXACT or (pure - counts.sum(axis=0).max() / len(y)) < 0.1:
                continue
            yield _defined(view, chosen, cells, float(pure))
            return


def _joint(view: DataView, names: Sequence[str]) -> np.ndarray:
    joint = np.zeros(len(view.rows), np.int64)
    for name in names:
        cells, count = view.cells[name]
        joint = joint * count + cells
    return np.asarray(np.unique(joint, return_inverse=True)[1])


def _defined(view: DataView, names: Sequence[str], cells: int, pure: float) -> Safeguard:
    target = view.task.target
    return Safeguard(
        key=f"together:{'+'.join(names)}",
        rule="together",
        severity=Severity.HIGH,
        sentence=f"{listed(names)} together define {target}.",
        evidence=(
            f"Their {cells} combinations tell the class of {share(pure)} of {len(view.rows):,} rows, with "
            f"{len(view.task.classes)} classes."
        ),
        remedy=f"If {target} is made from them there is nothing to learn: leave them out, or one of them.",
        columns=tuple(names),
        answers=_answers(view, *names),
        numbers={"pure": pure, "cells": cells},
    )


# -- made from the target ---------------------------------------------------------------------------------------------

_SAME = 0.02


def aggregate(view: DataView) -> Iterator[Safeguard]:
    """Find numbers that are the mean of the target over rows that hold the row itself."""
    n, target = len(view.y), view.task.target
    classes = view.task.classes
    aims = [(view.y == code).astype(np.float64) for code in range(len(classes))] or [view.y.astype(np.float64)]
    for column in view.used:
        if column.numbers is None or column.role is not Role.NUMERIC or not column.distinct >= 5:
            continue
        known = ~column.missing
        codes, counts = _groups(column, known)
        rows = int(known.sum())
        if len(counts) > 0.7 * rows or rows < 0.5 * n:
            continue
        values = np.bincount(codes, weights=column.numbers[known]) / counts
        for place, aim in enumerate(aims):
            means = np.bincount(codes, weights=aim[known]) / counts
            spread = float(aim.std())
            off = float(np.sqrt(np.average((means - values) ** 2, weights=counts)))
            moved = float(np.sqrt(np.average((means - aim.mean()) ** 2, weights=counts)))
            if spread > 0 and off <= _SAME * spread and moved >= 10 * off and moved >= 0.1 * spread:
                of = f"the share of {classes[place]}" if classes else target
                yield Safeguard(
                    key=f"aggregate:{column.name}",
                    rule="aggregate",
                    severity=Severity.HIGH,
                    sentence=f"{column.name} is the mean of {target} over groups that hold the row itself.",
                    evidence=(
                        f"For each of its {len(counts):,} values the mean of {of} over the rows with that value is the "
                        f"value itself, to {off:.2g} on average, where the target spreads by {spread:.2g}."
                    ),
                    remedy="Leave it out, or make it from other rows than those that are predicted.",
                    columns=(column.name,),
                    answers=_answers(view, column.name),
                    numbers={"off": off, "spread": spread, "values": len(counts)},
                )
                break


def _groups(column: ColumnValues, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, codes, counts = np.unique(column.distinct_codes[known], return_inverse=True, return_counts=True)
    return codes, counts


_STEPS = (1, -1, 2, -2)
_LEAST_SHIFTED = 0.98


def shifted(view: DataView) -> Iterator[Safeguard]:
    """Find columns that are the target of the row before or after."""
    target = view.task.target
    for column in view.used:
        if column.role in (Role.TEXT, Role.DATE):
            continue
        for step in _STEPS:
            same = _same_moved(view, column, step)
            if same < _LEAST_SHIFTED or _same_moved(view, column, 0) >= same - 0.005:
                continue
            where = f"{plural(abs(step), 'row')} {'before' if step > 0 else 'after'}"
            yield Safeguard(
                key=f"shifted:{column.name}",
                rule="shifted",
                severity=Severity.HIGH,
                sentence=f"{column.name} is {target} of {where}.",
                evidence=f"Moved by {plural(abs(step), 'row')} the two agree to {share(same)}.",
                remedy=(
                    f"If that value is known when {target} is predicted, say which column is the time (time=), so that "
                    "no fold learns from later rows; if it is not, leave the column out."
                ),
                columns=(column.name,),
                answers=_answers(view, column.name),
                numbers={"step": step, "same": same},
            )
            break


def _same_moved(view: DataView, column: ColumnValues, step: int) -> float:
    """Return how far a column agrees with the target moved by some rows: 0 for chance, 1 for always."""
    n = len(view.y)
    here = slice(max(step, 0), n + min(step, 0))
    there = slice(max(-step, 0), n - max(step, 0))
    y, known = view.y[there], ~column.missing[here]
    if known.mean() < 0.9:
        return 0.0
    y = y[known]
    if view.task.kind is Kind.REGRESSION:
        if column.numbers is None:
            return 0.0
        return abs(float(np.corrcoef(ranks(y), ranks(column.numbers[here][known]))[0, 1])) if np.ptp(y) else 0.0
    classes = len(view.task.classes)
    codes = column.distinct_codes[here][known]
    if not 2 <= column.distinct <= 2 * classes:
        return 0.0
    counts = np.bincount(codes * classes + y, minlength=(int(codes.max()) + 1) * classes).reshape(-1, classes)
    chance = counts.sum(axis=0).max() / len(y)
    return float((counts.max(axis=1).sum() / len(y) - chance) / max(1 - chance, 1e-9))
