"""Warnings about columns that are made from the target, or define it together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from hitl_widget.advise.data_view import DataView, drop_or_keep, listed, share
from hitl_widget.advise.drawings import as_text, by_label, column_against_target
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.rule import data_warning
from hitl_widget.advise.rules.leaks import PERFECT
from hitl_widget.data.univariate import ColumnValues, ranks
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind, Role

__all__ = ["aggregate", "shifted", "together"]

_EXACT = 0.995
_FEW_VALUES = 12
_CANDIDATES = 12


def _draw_together(view: DataView, found: Safeguard) -> Illustration:
    """Draw the target for each combination of the columns."""
    joint = pd.Series("", index=range(len(view.y)))
    for name in found.columns:
        joint = joint.str.cat(view.table[name].reset_index(drop=True).map(as_text), sep=", " if joint[0] else "")
    codes, labels = pd.factorize(joint)
    return by_label(view, [str(one) for one in labels], codes, " and ".join(found.columns))


@data_warning(order=50, draw=_draw_together)
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
        sentence=f"{listed(names)} together determine {target}.",
        evidence=(
            f"Their {cells} combinations determine the class of {share(pure)} of {len(view.rows):,} rows "
            f"({len(view.task.classes)} classes)."
        ),
        remedy=f"Drop them, or one of them, if {target} is computed from them.",
        columns=tuple(names),
        answers=drop_or_keep(*names),
        numbers={"pure": pure, "cells": cells},
    )


_SAME = 0.02


def _draw_aggregate(view: DataView, found: Safeguard) -> Illustration:
    """Draw each value of the column against the mean of the target over its rows."""
    column = view.columns[found.columns[0]]
    assert column.numbers is not None
    known = ~column.missing
    codes, counts = _groups(column, known)
    values = np.bincount(codes, weights=column.numbers[known]) / counts
    aims = [(view.y == code).astype(np.float64) for code in range(len(view.task.classes))] or [
        view.y.astype(np.float64)
    ]
    means = [np.bincount(codes, weights=aim[known]) / counts for aim in aims]
    place = int(np.argmin([np.average((mean - values) ** 2, weights=counts) for mean in means]))
    up = f"share of {view.task.classes[place]}" if view.task.classes else f"mean of {view.task.target}"
    data = tuple({"x": float(x), "y": float(y)} for x, y in list(zip(values, means[place], strict=True))[:_MOST_POINTS])
    caption = f"Each point is a value of {column.name}: the value across, the {up} over its rows up."
    return Illustration(caption, "points", data, column.name, up)


_MOST_POINTS = 600


@data_warning(order=60, draw=_draw_aggregate)
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
                    sentence=f"{column.name} is an average of {target} that includes the row itself.",
                    evidence=(
                        f"For each of its {len(counts):,} values, the mean of {of} over the rows with that value "
                        f"differs from it by {off:.2g} on average; the target's standard deviation is {spread:.2g}."
                    ),
                    remedy=f"Drop {column.name}, or compute the average without the row to predict.",
                    columns=(column.name,),
                    answers=drop_or_keep(column.name),
                    numbers={"off": off, "spread": spread, "values": len(counts)},
                )
                break


def _groups(column: ColumnValues, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    _, codes, counts = np.unique(column.distinct_codes[known], return_inverse=True, return_counts=True)
    return codes, counts


_STEPS = (1, -1, 2, -2)
_LEAST_SHIFTED = 0.98


def _draw_shifted(view: DataView, found: Safeguard) -> Illustration:
    """Draw the column against the target of the row that it contains."""
    step = int(found.numbers["step"])
    drawn = column_against_target(view, view.columns[found.columns[0]], np.roll(view.y, step))
    where = f"{plural(abs(step), 'row')} {'earlier' if step > 0 else 'later'}"
    return replace(drawn, caption=f"{drawn.caption} The target is taken from {where}.")


@data_warning(order=70, draw=_draw_shifted)
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
            where = f"{plural(abs(step), 'row')} {'earlier' if step > 0 else 'later'}"
            yield Safeguard(
                key=f"shifted:{column.name}",
                rule="shifted",
                severity=Severity.HIGH,
                sentence=f"{column.name} contains the value of {target} from {where}.",
                evidence=f"Shifted by {plural(abs(step), 'row')}, the two columns agree to {share(same)}.",
                remedy=(
                    f"Open a session with time= if that value is known when {target} is predicted, so that no fold "
                    f"learns from later rows; otherwise drop {column.name}."
                ),
                columns=(column.name,),
                answers=drop_or_keep(column.name),
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
