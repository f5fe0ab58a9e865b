"""The labels of the search's rows against the predictions of models that were not fitted on them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.advise.result_view import LabelEvidence
from hitl_widget.data.task import Understood
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Kind
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.label_errors import LabelNoise, Suspects, label_noise, suspect_classes, suspect_numbers
from hitl_widget.session.results import out_of_fold
from hitl_widget.session.runtime import Runtime

__all__ = ["CheckedLabels", "check_labels", "judges_of", "refresh_evidence"]

_MODELS = 5
_EXAMPLES = 12


@dataclass(frozen=True, slots=True, eq=False)
class CheckedLabels:
    """Rows whose label a person has not judged yet, most suspicious first.

    Parameters
    ----------
    understood
        The task with the rows of the view.
    rows : ndarray of int, shape (m,)
        Their positions in the table.
    suspects
        The comparison, in the same order; `Suspects.rows` are places in `predicted`.
    predicted : ndarray of shape (n, ...)
        Mean of the out-of-fold predictions of the models.
    models
        Number of models.
    checked
        Number of rows that were compared, reviewed ones included.
    noise
        Contradictions where the models are surest; None for numbers.
    """

    understood: Understood
    rows: np.ndarray
    suspects: Suspects
    predicted: np.ndarray
    models: int
    checked: int
    noise: LabelNoise | None

    @property
    def proposed(self) -> np.ndarray:
        """Places of the suspicious rows in `rows`."""
        return np.flatnonzero(self.suspects.suspicious)

    def label(self, at: int) -> Any:
        """Return the label that a row has: a class or a number."""
        return self._label(self.understood.y[self.rows[at]])

    def suggested(self, at: int) -> Any:
        """Return the label that the models predict for a row."""
        return self._label(self.suspects.suggested[at])

    def _label(self, value: Any) -> Any:
        task = self.understood.task
        return float(value) if task.kind is Kind.REGRESSION else self.understood.classes[int(value)]

    def texts(self, at: int) -> tuple[str, str]:
        """Return the label that a row has and the one that the models predict, as text."""
        classes = self.understood.task.classes
        both = self.understood.y[self.rows[at]], self.suspects.suggested[at]
        one, other = (classes[int(value)] if classes else number(float(value)) for value in both)
        return one, other

    def why(self, at: int) -> str:
        """Return the reason for a proposal, in one sentence."""
        models, agreeing = self.models, int(self.suspects.agreeing[at])
        confidence = float(self.suspects.confidence[at])
        given, suggested = self.texts(at)
        of = f"{agreeing} of {plural(models, 'model')}" if models > 1 else "The model"
        if self.understood.task.kind is Kind.REGRESSION:
            verb = "find" if models > 1 else "finds"
            side = "high" if self.label(at) > self.suggested(at) else "low"
            return (
                f"{of} {verb} {given} far too {side}: about {suggested} is usual for such a row, and "
                f"{100 * confidence:.3g}% of rows are closer to their prediction."
            )
        verb = "predict" if models > 1 else "predicts"
        return f"{of} {verb} {suggested!r:.60}, with a mean probability of {confidence:.2f}, not {given!r:.60}."


def judges_of(runtime: Runtime, state: SessionState) -> tuple[int, ...]:
    """Return the trials whose predictions judge labels: the best of each family, best first, at most five."""
    baselines = runtime.words.baselines
    best = [number for family, number in state.family_best.items() if family not in baselines]
    best.sort(key=lambda number: -(state.trials[number].score or 0.0))
    return tuple(best[:_MODELS])


def check_labels(runtime: Runtime, state: SessionState) -> CheckedLabels:
    """Compare the labels of the rows of the search with out-of-fold predictions, and keep the evidence for warnings.

    Raises
    ------
    CommandError
        If no trial is complete yet.
    """
    judges = judges_of(runtime, state)
    each = [out_of_fold(runtime, number) for number in judges]
    if not each:
        raise CommandError("No trial is complete yet, so no label can be judged. Wait for one: session.wait(10).")
    understood, places, _ = each[0]
    y, predictions = understood.y[places], [one for _, _, one in each]
    if understood.task.kind is Kind.REGRESSION:
        found, noise = suspect_numbers(y, predictions), None
    else:
        classes = len(understood.task.classes)
        confirmed = np.isin(places, sorted(state.steering.reviewed))
        found = suspect_classes(y, predictions, classes)
        noise = label_noise(y, predictions, classes, confirmed)
    left = ~np.isin(places[found.rows], sorted(state.steering.reviewed))
    parts = (found.rows, found.suggested, found.confidence, found.agreeing, found.suspicious)
    found = Suspects(*(one[left] for one in parts))
    predicted = np.mean(predictions, axis=0)
    checked = CheckedLabels(understood, places[found.rows], found, predicted, len(judges), len(places), noise)
    runtime.known_warnings.keep_labels(state, _evidence(checked, judges))
    return checked


def refresh_evidence(runtime: Runtime, state: SessionState) -> None:
    """Check the labels again if other models judge them now.

    Nothing happens before a model is complete, for numbers, and while the session is being closed.
    """
    judges = judges_of(runtime, state)
    known = runtime.known_warnings.labels(state)
    if judges and runtime.task.kind is not Kind.REGRESSION and (known is None or known.judges != judges):
        with suppress(CommandError):  # closed meanwhile
            check_labels(runtime, state)


def _evidence(checked: CheckedLabels, judges: tuple[int, ...]) -> LabelEvidence:
    noise, proposed = checked.noise, checked.proposed
    if noise is None or not noise.is_likely:
        return LabelEvidence(judges, checked.checked)
    examples = tuple(
        (str(checked.rows[at]), *checked.texts(at), f"{checked.suspects.confidence[at]:.2f}")
        for at in proposed[:_EXAMPLES]
    )
    wrong = min(len(proposed), round(noise.share * checked.checked))
    return LabelEvidence(judges, checked.checked, wrong, noise.surest, noise.share, noise.in_half, examples)
