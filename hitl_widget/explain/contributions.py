"""Notes, labels and figures that the views of SHAP values share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.domain.figures import value_in_words
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.wording import numbers_of, points, sampled, shown

__all__ = [
    "about_subject",
    "amount_in_words",
    "class_code",
    "class_label",
    "class_options",
    "left_out_note",
    "level_means",
    "positions_of",
    "predicted_quantity",
    "sample_notes",
    "signed_in_words",
]


def sample_notes(subject: Subject, values: Attribution) -> tuple[str, ...]:
    """Return notes on the model and the rows behind a view, and on how their SHAP values were computed."""
    notes = [sampled(len(values), values.whole), *subject.notes]
    if "sampling" in values.how:
        notes.append("SHAP values are estimated from a few random orders of the columns.")
    return tuple(notes)


def left_out_note(count: int, most: int) -> tuple[str, ...]:
    """Return a note when not all columns are drawn."""
    return (f"Only the first {most} of {count} columns are drawn.",) if count > most else ()


def class_options(subject: Subject) -> Mapping[str, Any]:
    """Return the option of classes if there are more than two."""
    return {"of": subject.answers} if subject.answers else {}


def about_subject(subject: Subject, of: str | None) -> Mapping[str, Any]:
    """Return the model and class that a view is of."""
    return {**subject.about, "model": subject.name, **({"of": of} if of is not None else {})}


def class_code(subject: Subject, values: Attribution, of: str | None) -> int | None:
    """Return the code of a class, by default of the one that columns move most; None without classes."""
    code = subject.code(of)
    return values.strongest() if code is None else code


def class_label(subject: Subject, code: int | None) -> str | None:
    """Return the name of a class."""
    return None if code is None else subject.labels[code]


def predicted_quantity(subject: Subject, of: str | None) -> str:
    """Return the quantity that columns move: "the predicted price", "the predicted probability that churn = yes"."""
    if subject.regression:
        return f"the predicted {subject.task.target}"
    if subject.answers:
        return (
            f"the predicted probability that {subject.task.target} = {of}"
            if of is not None
            else "the predicted probabilities of the classes"
        )
    return (
        f"the predicted probability that {subject.task.target} = {subject.labels[1]}"
        if len(subject.labels) > 1
        else "the predicted probability"
    )


def amount_in_words(values: Attribution, size: float, *, short: bool = False) -> str:
    """Return the size of a contribution with its unit, for probabilities as `points` writes it."""
    if values.scale == "probability":
        return points(abs(size), short=short)
    return value_in_words(abs(size)) + (" (log-odds)" if values.scale == "log-odds" else "")


def signed_in_words(values: Attribution, size: float, *, short: bool = False) -> str:
    """Return a contribution with its sign and unit."""
    return f"{'+' if size >= 0 else '−'}{amount_in_words(values, size, short=short)}"


def positions_of(cells: pd.Series[Any]) -> np.ndarray:
    """Return the rank of each number among the others, from 0 to 1; NaN for values without an order."""
    x = numbers_of(cells)
    there = np.isfinite(x)
    out = np.full(len(x), np.nan)
    if there.any():
        levels, place = np.unique(x[there], return_inverse=True)
        mean = np.cumsum(np.bincount(place)) - (np.bincount(place) + 1) / 2
        out[there] = mean[place] / max(1, there.sum() - 1) if len(levels) > 1 else 0.5
    return out


def level_means(cells: pd.Series[Any], pulls: np.ndarray, least: int = 3) -> list[tuple[str, float]]:
    """Return levels with at least three rows and their mean contribution, the highest first."""
    texts = np.array([shown(cell) for cell in cells], object)
    means = [
        (level, float(pulls[texts == level].mean())) for level in np.unique(texts) if (texts == level).sum() >= least
    ]
    return sorted(means, key=lambda item: -item[1])
