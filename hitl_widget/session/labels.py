"""`session.suspect_labels()`: rows whose label is probably wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hitl_widget.domain.arguments import plain
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.spelling import is_count
from hitl_widget.domain.task import Kind
from hitl_widget.errors import CommandError
from hitl_widget.session.results import out_of_fold
from hitl_widget.session.runtime import Part, Runtime

if TYPE_CHECKING:
    import pandas as pd

    from hitl_widget.data.task import Understood
    from hitl_widget.evaluation.label_errors import Suspects

__all__ = ["LabelMethods"]

_MODELS = 5


class LabelMethods(Part):
    """Methods that find wrong labels."""

    def suspect_labels(self, n: int = 20) -> pd.DataFrame:
        """Return the rows whose label is probably wrong, most probable first.

        The best model of each family, up to five, predicts each row by folds that were not fitted on it. Classes are
        compared by confident learning, numbers by their residual against the spread of the residuals at similar
        predictions. Rows of the holdout are not judged.

        Parameters
        ----------
        n
            Greatest number of rows.

        Returns
        -------
        pandas.DataFrame
            One row per suspect, with the columns ``row`` (its number, as explanations use it), ``label``,
            ``suggested`` (the label that the models predict), ``confidence`` (their mean probability of it; for
            numbers, the share of rows with a relatively smaller residual) and ``why``.

        Raises
        ------
        CommandError
            If no trial is complete yet.

        Examples
        --------
        >>> suspects = session.suspect_labels(50)                            # doctest: +SKIP
        >>> session.relabel(dict(zip(suspects.row, suspects.suggested)))     # doctest: +SKIP
        """
        count = plain(n)
        if not is_count(count) or count < 1:
            raise CommandError(f"n must be a whole number of at least 1; got {n!r:.100}.")
        return _frame(self._runtime, count)


def _frame(runtime: Runtime, n: int) -> pd.DataFrame:
    import pandas as pd

    understood, rows, predictions = _predicted(runtime)
    kind = understood.task.kind
    found = _suspects(understood, rows, predictions)
    chosen = np.flatnonzero(found.suspicious)[:n]
    places = rows[found.rows[chosen]]
    given, suggested = understood.y[places], found.suggested[chosen]
    if kind is not Kind.REGRESSION:
        given, suggested = understood.classes[given], understood.classes[suggested]
    why = [
        _why(kind, len(predictions), int(found.agreeing[at]), label, one, float(found.confidence[at]))
        for at, label, one in zip(chosen, given, suggested, strict=True)
    ]
    confidence = np.round(found.confidence[chosen], 3)
    return pd.DataFrame({"row": places, "label": given, "suggested": suggested, "confidence": confidence, "why": why})


def _predicted(runtime: Runtime) -> tuple[Understood, np.ndarray, list[np.ndarray]]:
    """Return the task, the rows of the search that were predicted, and the predictions of the best of each family."""
    state, baselines = runtime.state, runtime.words.baselines
    best = [number for family, number in state.family_best.items() if family not in baselines]
    best.sort(key=lambda number: -(state.trials[number].score or 0.0))
    each = [out_of_fold(runtime, number) for number in best[:_MODELS]]
    if not each:
        raise CommandError("No trial is complete yet, so no label can be judged. Wait for one: session.wait(10).")
    understood, rows, _ = each[0]
    return understood, rows, [one for _, _, one in each]


def _suspects(understood: Understood, rows: np.ndarray, predictions: list[np.ndarray]) -> Suspects:
    from hitl_widget.evaluation.label_errors import suspect_classes, suspect_numbers

    if understood.task.kind is Kind.REGRESSION:
        return suspect_numbers(understood.y[rows], predictions)
    return suspect_classes(understood.y[rows], predictions, len(understood.task.classes))


def _why(kind: Kind, models: int, agreeing: int, label: Any, suggested: Any, confidence: float) -> str:
    """Return the reason in one sentence."""
    of = f"{agreeing} of {plural(models, 'model')}" if models > 1 else "The model"
    if kind is Kind.REGRESSION:
        verb = "find" if models > 1 else "finds"
        side = "high" if label > suggested else "low"
        return (
            f"{of} {verb} {number(float(label))} far too {side}: about {number(float(suggested))} is usual for such a "
            f"row, and {100 * confidence:.3g}% of rows are closer to their prediction."
        )
    verb = "predict" if models > 1 else "predicts"
    return f"{of} {verb} {str(suggested)!r:.60}, with a mean probability of {confidence:.2f}, not {str(label)!r:.60}."
