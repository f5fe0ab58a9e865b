"""The review of labels: rows whose label the models contradict, one of them with similar rows, and the preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np

from hitl_widget.advise.drawings import as_text
from hitl_widget.data.similar import Similarity
from hitl_widget.data.univariate import column_values
from hitl_widget.domain.commands.rows import Relabel
from hitl_widget.domain.figures import number, plural, value_in_words
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Column, Kind
from hitl_widget.errors import CommandError
from hitl_widget.session.label_check import CheckedLabels, check_labels
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.data import DataPreview, columns_of
from hitl_widget.widget.wire.division import row_preview

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["AlikeRow", "LabelShare", "LabeledRow", "Labels", "LabelsInfo", "RowCell", "SuspectInfo"]

_MOST = 200
_CELLS = 12
_ALIKE = 4
_COMPARED = 30
_SHARES = 4
_LEAST_WEIGHT = 0.02


class LabelShare(TypedDict):
    label: str
    share: float
    """Mean out-of-fold probability."""


class SuspectInfo(TypedDict):
    row: int
    label: str
    """The label in the table."""
    suggested: str
    """The label that the models predict."""
    value: str | float
    """That label as `relabel` takes it."""
    own: str | float
    """The label in the table as `relabel` takes it."""
    shares: list[LabelShare]
    """The most probable classes; [] for numbers."""
    why: str


class LabelsInfo(TypedDict):
    """The rows whose label is to be reviewed."""

    sentence: str
    suspects: list[SuspectInfo]
    """Most suspicious first, at most 200."""
    classes: list[str]
    """The classes; [] for numbers."""
    python: str


class RowCell(TypedDict):
    name: str
    text: str


class AlikeRow(TypedDict):
    row: int
    label: str
    cells: list[str]
    """Its cells in the columns of `LabeledRow.cells`."""


class LabeledRow(TypedDict):
    """One row, and those of the search that are most similar to it."""

    row: int
    cells: list[RowCell]
    """The most predictive columns first, at most 12."""
    alike: list[AlikeRow]
    sentence: str
    """The labels of the similar rows, in words."""


class Labels:
    """Answers requests about labels that may be wrong.

    Parameters
    ----------
    runtime
        The runtime of the session; only read.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: tuple[object, Similarity] | None = None

    @request("labels", beside=True, seconds=120)
    def labels(self, state: SessionState) -> LabelsInfo:
        """Compare the labels with out-of-fold predictions, and return the rows to review."""
        found = check_labels(self._runtime, state)
        chosen = found.proposed
        return {
            "sentence": _in_words(found, len(state.steering.reviewed)),
            "suspects": [_suspect(found, int(at)) for at in chosen[:_MOST]],
            "classes": list(found.understood.task.classes),
            "python": f"session.suspect_labels({min(len(chosen), _MOST) or 20})",
        }

    @request("labeled_row", beside=True)
    def labeled_row(self, state: SessionState, row: int) -> LabeledRow:
        """Return the cells of a row, and the rows of the search that are most similar to it."""
        understood = self._runtime.columns.rows.understood(state.steering.data)
        if not 0 <= row < len(understood.y):
            raise CommandError(f"There is no row {row}; the rows are numbered from 0 to {len(understood.y) - 1:,}.")
        columns = self._by_strength(state)
        alike = self._similarity(state, columns).nearest(row, understood.train, _ALIKE)
        names = [one.name for one, _ in columns[:_CELLS]]

        def cells(place: int) -> list[str]:
            return [as_text(understood.table[name].iloc[place]) for name in names]

        classes = understood.task.classes
        labels = [classes[int(understood.y[i])] if classes else number(float(understood.y[i])) for i in alike]
        more = len(columns) - len(names)
        return {
            "row": row,
            "cells": [{"name": name, "text": text} for name, text in zip(names, cells(row), strict=True)],
            "alike": [
                {"row": int(i), "label": label, "cells": cells(int(i))} for i, label in zip(alike, labels, strict=True)
            ],
            "sentence": _of_alike(understood.y[alike], labels, bool(classes))
            + (f" {plural(more, 'more column')} {'is' if more == 1 else 'are'} not shown." if more else ""),
        }

    @request("preview_relabel", beside=True)
    def preview_relabel(self, state: SessionState, command: Relabel) -> DataPreview:
        """Return what corrected and confirmed labels would do; nothing is applied."""
        return row_preview(self._runtime, state, command)

    def _by_strength(self, state: SessionState) -> list[tuple[Column, float]]:
        """Return the columns in use with their predictive power, the greatest first, as far as it is known."""
        columns = columns_of(self._runtime, state)
        used = state.steering.data.applied(self._runtime.understood.task).used
        known = self._runtime.survey.profiles_now(columns)
        relations = {name: one.relation for name, one in known.items()}
        found = [(one, 0.0 if (it := relations.get(one.name)) is None else it.strength) for one in used]
        return sorted(found, key=lambda item: -item[1])

    def _similarity(self, state: SessionState, columns: list[tuple[Column, float]]) -> Similarity:
        key = (state.steering.data, tuple(columns))
        if self._known is None or self._known[0] != key:
            table = self._runtime.columns.rows.understood(state.steering.data).table
            chosen = columns[:_COMPARED]
            values = [column_values(one, table[one.name]) for one, _ in chosen]
            self._known = key, Similarity(values, [_LEAST_WEIGHT + weight for _, weight in chosen])
        return self._known[1]


def _suspect(found: CheckedLabels, at: int) -> SuspectInfo:
    label, suggested = found.texts(at)
    numbers = found.understood.task.kind is Kind.REGRESSION
    return {
        "row": int(found.rows[at]),
        "label": label,
        "suggested": suggested,
        "value": float(f"{found.suggested(at):.6g}") if numbers else suggested,
        "own": found.label(at) if numbers else label,
        "shares": [] if numbers else _shares(found, at),
        "why": found.why(at),
    }


def _shares(found: CheckedLabels, at: int) -> list[LabelShare]:
    """Return the most probable classes of a row, and the class that it has."""
    p = np.atleast_1d(found.predicted[found.suspects.rows[at]])
    p = np.array([1 - p[0], p[0]]) if len(p) == 1 else p
    own = int(found.understood.y[found.rows[at]])
    codes = [int(code) for code in np.argsort(-p, kind="stable")[:_SHARES]]
    codes = codes if own in codes else [*codes[:-1], own]
    return [{"label": found.understood.task.classes[code], "share": round(float(p[code]), 4)} for code in codes]


def _in_words(found: CheckedLabels, reviewed: int) -> str:
    """Return how many labels are contradicted, and whether many of them are probably wrong."""
    suspects, checked = len(found.proposed), f"{found.checked:,} labels"
    if not suspects:
        said = f"No label to review: models that were not fitted on a row contradict none of {checked} clearly."
    else:
        verb = "is" if suspects == 1 else "are"
        said = f"{suspects:,} of {checked} {verb} contradicted by models that were not fitted on the row."
        if found.noise is None:
            said += " Outliers of the target look the same, so check each against its source."
        elif found.noise.is_likely:
            said += " The models are sure in many of these rows, so many labels are probably wrong."
        else:
            said += " Most are where the models are less sure, so many of these labels are probably right."
    if reviewed:
        said += f" {plural(reviewed, 'reviewed row')} {'is' if reviewed == 1 else 'are'} not proposed again."
    return said


def _of_alike(y: np.ndarray, labels: list[str], classes: bool) -> str:
    if not len(y):
        return ""
    rows = plural(len(labels), "most similar row")
    if not classes:
        low, high = (value_in_words(float(one)) for one in (y.min(), y.max()))
        return f"The {rows} lie between {low} and {high}."
    counts = sorted({one: labels.count(one) for one in labels}.items(), key=lambda item: -item[1])
    said = ", ".join(f"{count} {'has' if count == 1 else 'have'} {label!r:.60}" for label, count in counts)
    return f"Of the {rows}, {said}."
