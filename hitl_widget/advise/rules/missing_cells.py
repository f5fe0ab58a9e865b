"""Warnings about missing cells that follow the target."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.data_view import DataView, drop_or_keep, listed, share
from hitl_widget.advise.drawings import by_label
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.univariate import auc
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind

__all__ = ["missingness"]

_ABSENT = 0.6
_PURE = 0.97
_HALVES = 0.15
_LEAST_ROWS = 30


def _draw(view: DataView, found: Safeguard) -> Illustration:
    """Draw the target where the value is missing and where it is not."""
    name = found.columns[0]
    gone = view.columns[name].missing.astype(np.int64)
    return by_label(view, (f"{name} has a value", f"{name} is missing"), gone, name)


@data_warning(order=40, draw=_draw)
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
        yield Safeguard(
            key=f"missingness:{names[0]}",
            rule="missingness",
            severity=Severity.HIGH,
            sentence=f"Missing values in {listed(names, 3)} give away {target}.",
            evidence=f"{words}. The predictive power of the missing cells alone is {share(strength)}.",
            remedy=f"Drop {listed(names, 2)} if its values are recorded only after {target} is known.",
            columns=tuple(names),
            answers=drop_or_keep(*names),
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
    """Return which rows, filled or missing, are nearly all of one class, in words; "" where none are."""
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
                f"Of {rows:,} rows where the value is {verb}, {share(counts[top], rows)} have {view.task.target} = "
                f"{name}, compared with "
                f"{share(shares[top])} of all rows"
            )
    return ""


def _levels(view: DataView, gone: np.ndarray) -> str:
    """Return the target with and without a value, in words."""
    y = view.y[view.rows]
    if view.task.kind is Kind.REGRESSION:
        means = f"{y[gone].mean():.4g} on average where the value is missing and {y[~gone].mean():.4g} elsewhere"
        return f"{view.task.target} is {means}"
    top = 1 if view.task.kind is Kind.BINARY else int(np.argmax(np.bincount(y[gone], minlength=2)))
    there, here = (y[gone] == top).mean(), (y[~gone] == top).mean()
    return (
        f"{share(there)} of the rows without a value have {view.task.target} = {view.task.classes[top]}, and "
        f"{share(here)} of the others"
    )
