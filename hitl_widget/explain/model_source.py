"""Source of a model's views, in a worker: the delivered model of a trial and its out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np

from hitl_widget.data.split import each_row_once
from hitl_widget.domain.delivery import DELIVERED, Delivery
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import ConfigError
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.wording import kind_of

__all__ = ["ModelSource", "OutOfFold", "ViewRequest"]

_T = TypeVar("_T")

_SUBJECTS = 3
_FIRST_ROWS = 100
_ONE_TRIAL = "This view is about one trial; give the number of a finished one."


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """A view requested from a worker.

    Parameters
    ----------
    view
        Name of the view.
    compute
        Its computation, as ``"module:function"``.
    members
        The trial, the members of an ensemble with their weights, or the trials of a comparison.
    predictions
        File of out-of-fold predictions of the trial; None for several members.
    trial
        The trial in the record; None for several members.
    options
        Options of the view, without the trial.
    step
        0 for what can be answered at once; each further step rests on more rows.
    urgent_seconds
        Seconds for which the first answer competes with trials for a core.
    each
        For a comparison, the file of out-of-fold predictions of each member; None for one without.
    """

    view: str
    compute: str
    members: tuple[TrialModel, ...]
    predictions: str | None = None
    trial: Trial | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    step: int = 0
    urgent_seconds: float = 0.5
    each: tuple[str | None, ...] = ()


class OutOfFold(NamedTuple):
    """Predictions of rows by models that were not fitted on them.

    Parameters
    ----------
    rows : ndarray of int, shape (n,)
        Positions in the table.
    y : ndarray of shape (n,)
        The truth: codes of classes, or numbers.
    predictions : ndarray of shape (n,) or (n, K)
        P(code 1), probabilities of classes, or numbers.
    """

    rows: np.ndarray
    y: np.ndarray
    predictions: np.ndarray


@dataclass(frozen=True, slots=True)
class ModelSource:
    """The models of one request.

    Parameters
    ----------
    context
        The task in this worker, on the columns that the models read.
    request
        The request.
    """

    context: Context
    request: ViewRequest

    @property
    def key(self) -> tuple[tuple[int, float], ...]:
        """The models: trials and their weights."""
        return tuple((one.trial, one.weight) for one in self.request.members)

    @property
    def about(self) -> dict[str, Any]:
        """Trial that the views are of."""
        members = self.request.members
        return {"trial": members[0].trial} if len(members) == 1 else {}

    @property
    def model(self) -> TrialModel:
        """The one trial.

        Raises
        ------
        ConfigError
            For an ensemble.
        """
        if len(self.request.members) != 1:
            raise ConfigError(_ONE_TRIAL)
        return self.request.members[0]

    def subject(self) -> Subject:
        """Return the delivered model, for views of what it says; the last few are cached."""
        return self._subject(DELIVERED)

    def fold_models(self) -> Subject:
        """Return the models of the folds, for views of errors; each was not fitted on the rows of its fold."""
        return self._subject(Delivery.AVERAGE)

    def _subject(self, delivery: Delivery) -> Subject:
        known: dict[Any, Subject] = self.context.shared.setdefault("subjects", {})
        key = (self.key, delivery)
        if key not in known:
            known[key] = Subject.of_trials(self.context, self.request.members, delivery=delivery)
            while len(known) > _SUBJECTS:
                oldest = next(iter(known))
                del known[oldest]
                self.context.shared.get("progressions", {}).pop(("attribution", oldest[0]), None)
        return known[key]

    def attribution(self) -> tuple[Subject, Attribution]:
        """Return the subject, and SHAP values of as many rows as the step asks for."""
        from hitl_widget.explain.model import progressive

        subject = self.subject()
        return subject, self.followed("attribution", lambda: progressive(subject))

    def out_of_fold(self) -> OutOfFold:
        """Return the out-of-fold predictions of the trial.

        Raises
        ------
        ConfigError
            For an ensemble.
        """
        if self.request.predictions is None:
            raise ConfigError(_ONE_TRIAL)
        rows = np.concatenate([valid for _, valid in self.context.folds])
        rows, predictions = each_row_once(rows, np.load(self.request.predictions, allow_pickle=False))
        return OutOfFold(rows, self.context.y[rows], predictions)

    def out_of_fold_of_each(self) -> tuple[np.ndarray, np.ndarray, list[np.ndarray | None]]:
        """Return positions of rows, their truth, and the predictions of each member; None for those without.

        All trials of a session are scored on the same rows.
        """
        scored = np.concatenate([valid for _, valid in self.context.folds])
        rows, _ = each_row_once(scored, np.zeros(len(scored)))
        found: list[np.ndarray | None] = []
        for file in self.request.each:
            predictions = np.empty(0) if file is None else np.load(file, allow_pickle=False)
            found.append(each_row_once(scored, predictions)[1] if len(predictions) == len(scored) else None)
        return rows, self.context.y[rows], found

    def out_of_fold_of(self, row: int) -> np.ndarray | None:
        """Return the out-of-fold prediction of one row, of the shape of one prediction; None if it has none."""
        if self.request.predictions is not None:
            found = self.out_of_fold()
            places = np.flatnonzero(found.rows == row)
            return np.asarray(found.predictions[places[0]], np.float64) if len(places) else None
        models = self.fold_models()
        ((_, parts),) = models.judges(np.array([row]))
        return models.predict(models.row(row), parts)[0] if parts else None

    def columns_by_size(self) -> list[str]:
        """Return the columns, those that move predictions most first, by the first rows."""
        subject, values = self.attribution()
        sizes = values.beginning(_FIRST_ROWS).sizes().mean(axis=0)
        return [str(subject.columns[i]) for i in np.argsort(-sizes, kind="stable")]

    def strongest_column(self) -> str:
        """Return the column that moves predictions most, other than free text."""
        names, table = self.columns_by_size(), self.subject().table
        return next((name for name in names if kind_of(table[name]) != "text"), names[0])

    def followed(self, kind: str, begin: Callable[[], Iterator[_T]]) -> _T:
        """Return the result of a stepwise computation at the step of this request.

        It continues from the last request. One computation of each kind is cached, of attributions as many as
        there are subjects.

        Parameters
        ----------
        kind
            Name of the computation.
        begin
            Starts it.
        """
        known: dict[Any, tuple[Iterator[_T], list[_T]]] = self.context.shared.setdefault("progressions", {})
        key = (kind, self.key)
        if key not in known:
            if kind != "attribution":
                for other in [one for one in known if one[0] == kind]:
                    del known[other]
            known[key] = (begin(), [])
        more, done = known[key]
        while len(done) <= self.request.step:
            found = next(more, None)
            if found is None:
                break
            done.append(found)
        return done[min(self.request.step, len(done) - 1)]
