"""Warnings about single columns that give away the target."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.data_view import DataView, drop_or_keep, share
from hitl_widget.advise.drawings import against_target
from hitl_widget.advise.names import words_of
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind

__all__ = ["copy", "late", "outshines"]

PERFECT = 0.95
"""Predictive power from which a column is taken for a copy of the target."""


@data_warning(order=10, draw=against_target)
def copy(view: DataView) -> Iterator[Safeguard]:
    """Find columns that predict the target almost perfectly: copies, recodes, transforms, noisy copies."""
    target = view.task.target
    for name, strength in view.strongest():
        if strength < PERFECT:
            return
        if _by_its_gaps(view, name):
            continue
        others = view.others(name)
        exact = _determines(view, view.columns[name])
        how = f"each of its {exact:,} values occurs with one class only" if exact else "almost without error"
        yield Safeguard(
            key=f"copy:{name}",
            rule="copy",
            severity=Severity.HIGH,
            sentence=f"{name} predicts {target} almost perfectly: it may be a copy of the target.",
            evidence=(
                f"On its own, {name} reaches {view.in_words(name)}: {how}. Its predictive power is {share(strength)}, "
                f"compared with {share(others)} for all other columns together."
            ),
            remedy=f"Drop {name} if it is known only after {target}: otherwise no score will hold in production.",
            columns=(name,),
            answers=drop_or_keep(name),
            numbers={"strength": strength, "others": others},
        )


def _by_its_gaps(view: DataView, name: str) -> bool:
    """Return whether a column is strong by its missing cells, which have a separate rule."""
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


@data_warning(order=20, draw=against_target)
def outshines(view: DataView) -> Iterator[Safeguard]:
    """Find columns with most of the predictive power, or far more than all others together.

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
            sentence=f"{name} predicts {target} far better than all other columns together."
            if far
            else f"{name} alone has most of the predictive power for {target}.",
            evidence=(
                f"On its own, {name} reaches {view.in_words(name)}: predictive power {share(strength)}, compared with "
                f"{share(others)} for the other {plural(len(view.used) - 1, 'column')} together."
            ),
            remedy=f"Check that {name} is known before {target}; drop it if not.",
            columns=(name,),
            answers=drop_or_keep(name),
            numbers={"strength": strength, "others": others},
        )


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


@data_warning(order=30, draw=against_target)
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
        hint = f"“{alike[0]}”, like the name of the target" if alike else f"“{after[0]}”"
        yield Safeguard(
            key=f"late:{name}",
            rule="late",
            severity=Severity.MEDIUM,
            sentence=f"{name} may be known only after {target}.",
            evidence=(
                f"Its name contains {hint}, and on its own it reaches {view.in_words(name)}: the "
                f"{_nth(place + 1)}strongest of {plural(len(view.used), 'column')}."
            ),
            remedy=f"Find out when {name} is recorded; drop it if it is recorded after {target}.",
            columns=(name,),
            answers=drop_or_keep(name),
            numbers={"strength": strength, "place": place + 1},
        )


def _nth(place: int) -> str:
    return {1: "", 2: "second ", 3: "third "}.get(place, f"{place}th ")
