"""Warnings about groups of rows that random folds tear apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.data_view import DataView, keep, listed, share, take_apart
from hitl_widget.advise.names import words_of
from hitl_widget.advise.rule import data_warning
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity

__all__ = ["groups", "repeats"]


@data_warning(order=90)
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


@data_warning(order=100)
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
