"""Source of a model's views, in a worker: the fold models of a trial and its out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import numpy as np

from hitl_widget.domain.trial import Trial
from hitl_widget.errors import ConfigError
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.subject import Subject

__all__ = ["ModelSource", "OutOfFold", "ViewRequest"]

_T = TypeVar("_T")

_SUBJECTS = 3
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
        The trial, or the members of an ensemble with their weights.
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
    """

    view: str
    compute: str
    members: tuple[TrialModel, ...]
    predictions: str | None = None
    trial: Trial | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    step: int = 0
    urgent_seconds: float = 0.5


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
        """The fold models of the one trial.

        Raises
        ------
        ConfigError
            For an ensemble.
        """
        if len(self.request.members) != 1:
            raise ConfigError(_ONE_TRIAL)
        return self.request.members[0]

    def subject(self) -> Subject:
        """Return the models to explain; the last few are cached."""
        known: dict[Any, Subject] = self.context.shared.setdefault("subjects", {})
        if self.key not in known:
            known[self.key] = Subject.of_trials(self.context, self.request.members)
            while len(known) > _SUBJECTS:
                oldest = next(iter(known))
                del known[oldest]
                self.context.shared.get("progressions", {}).pop(("attribution", oldest), None)
        return known[self.key]

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
        return OutOfFold(rows, self.context.y[rows], np.load(self.request.predictions, allow_pickle=False))

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
