"""`session.best_model()`, `ensemble()`, `audit()`, …: models to take, and how good they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitl_widget.errors import CommandError
from hitl_widget.session.results import audit, best_model, blend, trial_to_take
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    from hitl_widget.explain.fairness import Audit
    from hitl_widget.explain.view import View

__all__ = ["ModelMethods"]


class ModelMethods(Part):
    """Methods that return fitted models, and measure how good they are."""

    def best_model(self) -> Any:
        """Return the best model, fitted: the average of its fold models, as it was scored.

        Warns where no model counts today, for example before any has read columns that were just changed: then it is
        the constant guess.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table.

        Raises
        ------
        CommandError
            While no trial is complete.
        """
        return best_model(self._runtime)

    def ensemble(self) -> Any:
        """Return the weighted average of the best models, fitted.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table; the best model alone while there is no ensemble.
        """
        members = self._runtime.state.ensemble
        return blend(self._runtime, members) if members else best_model(self._runtime)

    def preferred_model(self) -> Any:
        """Return the preferred model, fitted; as `best_model`.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table.

        Raises
        ------
        CommandError
            While no trial is complete that keeps the constraints.
        """
        state = self._runtime.state
        return blend(self._runtime, ((trial_to_take(state, state.chosen), 1.0),))

    def add_baseline(self, name: str, estimator: Any) -> View:
        """Measure a model of your own on the same folds, and hold it against the session's.

        Parameters
        ----------
        name
            What it is called; another one of this name is replaced.
        estimator
            A scikit-learn estimator for raw tables, not fitted; each fold fits a clone of it, beside the search. It
            gets the columns in use and the original labels.

        Returns
        -------
        View
            As `explain.baselines`.

        Raises
        ------
        CommandError
            When it could not be fitted or scored; the message says what to do.

        Examples
        --------
        >>> session.add_baseline("mine", make_pipeline(TableVectorizer(), Ridge()))     # doctest: +SKIP
        """
        from hitl_widget.session.explanations import measure_own

        found = measure_own(self._runtime, name, estimator)
        self._runtime.do(found)
        if found.problem:
            raise CommandError(found.problem)
        return self._runtime.explain.baselines()

    def audit(self, column: str, trial: int | None = None) -> Audit:
        """Return how a model treats the groups of a column: figures with intervals, and no verdict.

        Parameters
        ----------
        column
            Any column of the table, also one that no model looks at; numbers are cut into quarters.
        trial
            Number of a finished trial, by default the one to take.

        Returns
        -------
        Audit
            Prints as a sentence and a table; `frame()` gives the table. On out-of-fold predictions.

        Raises
        ------
        CommandError
            When there is no such column or trial.
        """
        return audit(self._runtime, column, trial)
