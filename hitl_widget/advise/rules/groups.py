"""Warnings about groups of rows that random folds tear apart."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.data_view import DataView, keep, listed, share, split_by
from hitl_widget.advise.drawings import USED_IN, rows_of_sets, shown_columns
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.names import words_of
from hitl_widget.advise.rule import data_warning
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity

__all__ = ["groups", "repeats"]


def _draw_groups(view: DataView, found: Safeguard) -> Illustration:
    """Show rows of a few groups side by side, with what does not change within them."""
    grouping = view.grouping
    assert grouping is not None
    return rows_of_sets(
        view,
        grouping.candidate.codes,
        f"Rows of one {grouping.candidate.words}.",
        shown_columns(view, found.columns, grouping.bound),
        (*found.columns, USED_IN),
    )


@data_warning(order=90, draw=_draw_groups)
def groups(view: DataView) -> Iterator[Safeguard]:
    """Find a column that names groups of rows, while folds are random."""
    found = view.grouping
    if found is None or not view.shuffled:
        return
    candidate, bound, alike = found.candidate, found.bound, found.alike
    known = candidate.codes[candidate.codes >= 0]
    size = len(known) / len(np.unique(known))
    target = view.task.target
    answers: tuple[Answer, ...] = (keep("Keep the folds, rows are independent"),)
    if candidate.whole:
        answers = (split_by(view.task.split, "groups", candidate.name, f"Group folds by {candidate.name}"), *answers)
    yield Safeguard(
        key=f"groups:{candidate.name}",
        rule="groups",
        severity=Severity.HIGH if alike >= 0.3 else Severity.MEDIUM,
        sentence=f"Several rows belong to one {candidate.words}, and random folds separate them.",
        evidence=(
            f"{len(np.unique(known)):,} groups of {size:.1f} rows on average; {listed(bound, 3)} "
            f"{'do' if len(bound) > 1 else 'does'} not change within a group, and {share(alike)} of the variance of "
            f"{target} lies between groups."
        ),
        remedy=(
            f"Group folds by {candidate.words} (groups=) if the model will be used on new groups: random folds "
            "inflate the scores."
        ),
        columns=(candidate.name,),
        answers=answers,
        numbers={"groups": len(np.unique(known)), "alike": alike, "bound": len(bound)},
    )


def _draw_repeats(view: DataView, found: Safeguard) -> Illustration:
    """Show the rows with the same identifier side by side."""
    return rows_of_sets(
        view,
        view.columns[found.columns[0]].distinct_codes,
        f"Rows of one set have the same {found.columns[0]}.",
        shown_columns(view, found.columns),
        (*found.columns, USED_IN),
    )


@data_warning(order=100, draw=_draw_repeats)
def repeats(view: DataView) -> Iterator[Safeguard]:
    """Find identifiers, by their name, of which some occur in several rows."""
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
            sentence=f"Some values of {column.name} occur in more than one row.",
            evidence=(
                f"{again:,} of {n:,} rows share their {column.name} with another row ({column.distinct:,} values)."
            ),
            remedy=f"Group folds by {column.name} (groups=) if these rows are the same case at different times.",
            columns=(column.name,),
            answers=(
                split_by(view.task.split, "groups", column.name, f"Group folds by {column.name}"),
                keep("Keep the folds, rows are independent"),
            ),
            numbers={"rows": again},
        )
