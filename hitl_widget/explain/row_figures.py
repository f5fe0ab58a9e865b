"""The two predictions of one row, the same in every view of it, and the rows that are worth a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.domain.figures import value_in_words
from hitl_widget.domain.task import Kind
from hitl_widget.explain.model_source import ModelSource, OutOfFold
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Rows

__all__ = ["RowFigures", "figures_of", "picks_of", "row_to_show"]


@dataclass(frozen=True, slots=True, eq=False)
class RowFigures:
    """Predictions of one row of the table.

    Parameters
    ----------
    row
        Its position.
    delivered : ndarray
        Prediction of the delivered model: a number, P(code 1), or a probability for each of several classes.
    out_of_fold : ndarray or None
        Prediction of the models that were not fitted on the row, on which measured errors rest; None if it has none.
    picks
        Rows that are worth a look: pick, row and a sentence on each.
    """

    row: int
    delivered: np.ndarray
    out_of_fold: np.ndarray | None = None
    picks: Rows = ()

    def about(self, code: int | None) -> dict[str, Any]:
        """Return both figures for `View.about`, of one class where there are several."""
        return {"row": self.row, "prediction": _of(self.delivered, code), "out_of_fold": _of(self.out_of_fold, code)}

    def data(self) -> dict[str, Rows]:
        """Return the rows that are worth a look as a dataset."""
        return {"rows": self.picks} if self.picks else {}

    def sentence(self, subject: Subject, code: int | None) -> str:
        """Return the out-of-fold prediction and the truth in words; without one, the reason."""
        if self.row not in set(subject.rows.tolist()):
            return f"Row {self.row} is in the holdout: its true {subject.task.target} is not shown."
        truth = subject.y[self.row]
        said = value_in_words(float(truth)) if subject.regression else subject.labels[int(truth)]
        told = f"in the table, {subject.task.target} is {said}"
        other = _of(self.out_of_fold, code)
        if other is None:
            return f"Row {self.row} is among the earliest rows, on which every model was fitted; {told}."
        return f"Fitted without row {self.row}, the prediction is {subject.predicted(other, code)}; {told}."


def _of(prediction: np.ndarray | None, code: int | None) -> float | None:
    if prediction is None:
        return None
    return float(prediction if prediction.ndim == 0 or code is None else prediction[code])


def figures_of(source: ModelSource, row: int) -> RowFigures:
    """Return the predictions of a row."""
    subject = source.subject()
    delivered = np.asarray(subject.predict(subject.row(row))[0], np.float64)
    other = source.out_of_fold_of(row)
    return RowFigures(row, delivered, None if other is None else np.asarray(other), picks_of(source))


def row_to_show(source: ModelSource) -> int:
    """Return the row of a view for which no row was named: the worst mistake, where predictions are known."""
    picks = picks_of(source)
    return int(picks[0]["row"]) if picks else int(source.subject().rows[0])


def picks_of(source: ModelSource) -> Sequence[dict[str, Any]]:
    """Return the worst mistake, a borderline row and a typical one, by out-of-fold predictions; none for ensembles."""
    if source.request.predictions is None:
        return ()
    subject, found = source.subject(), source.out_of_fold()
    y, p = np.asarray(found.y), np.asarray(found.predictions, np.float64)
    if subject.regression:
        missed, doubt = np.abs(y - p), None
    elif p.ndim == 1:
        missed, doubt = np.abs(y - p), np.abs(p - 0.5)
    else:
        missed, ranked = 1 - p[np.arange(len(y)), y.astype(np.int64)], np.sort(p, axis=1)
        doubt = ranked[:, -1] - ranked[:, -2]
    places = {"worst mistake": int(missed.argmax())}
    if doubt is not None:
        places["borderline"] = int(doubt.argmin())
    places["typical"] = int(np.abs(missed - np.median(missed)).argmin())
    return tuple(
        {"pick": pick, "row": int(found.rows[i]), "words": _words(subject, found, i)} for pick, i in places.items()
    )


def _words(subject: Subject, found: OutOfFold, place: int) -> str:
    """Return prediction and truth of a row: "predicted 1.2%, Churn is Yes"."""
    p, truth = np.asarray(found.predictions[place], np.float64), found.y[place]
    if subject.regression:
        return f"predicted {value_in_words(float(p))}, {subject.task.target} is {value_in_words(float(truth))}"
    label = subject.labels[int(truth)]
    code = 1 if subject.task.kind is Kind.BINARY else int(p.argmax())
    share = float(p if p.ndim == 0 else p[code])
    return f"{subject.labels[code]} predicted with {subject.in_words(share)}, {subject.task.target} is {label}"
