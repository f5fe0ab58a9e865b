"""`session.best_model()`, `ensemble()`, `audit()`, …: fitted models, baselines and audits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitl_widget.domain.delivery import DELIVERED, Delivery
from hitl_widget.errors import CommandError
from hitl_widget.session.results import (
    audit,
    best_model,
    blend,
    complete_trial,
    refit,
    trial_to_take,
    warn_of_caution,
    warn_of_constant,
)
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    from hitl_widget.explain.fairness import Audit
    from hitl_widget.explain.view import View

__all__ = ["ModelMethods"]


class ModelMethods(Part):
    """Methods that return fitted models, compare them with your own, and audit them."""

    def best_model(self) -> Any:
        """Return the best model, fitted on the rows of the search.

        It is one model, fitted again on all rows of the search, that is all rows but the holdout. Where rounds are
        found by early stopping, they are found again.

        Warns and returns the constant prediction while no model beats it, or none counts, for example right after
        columns were changed. Warns, as all methods that return a model do, while a severe warning has no answer, and
        if the table is still being checked for warnings after 10 seconds.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table.

        Raises
        ------
        CommandError
            If no trial is complete yet.
        """
        warn_of_caution(self._runtime)
        return best_model(self._runtime)

    def model(self, trial: int, *, average: bool = False) -> Any:
        """Return the model of a trial, fitted as in `best_model`, or the average of its fold models.

        Parameters
        ----------
        trial
            Number of a complete trial.
        average
            True for the average of the models that were fitted in cross-validation, one per fold. It needs no new fit,
            but takes as many times longer to predict.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table.

        Raises
        ------
        CommandError
            If the trial is not complete.
        """
        warn_of_caution(self._runtime)
        member = complete_trial(self._runtime.state, trial), 1.0
        return blend(self._runtime, (member,), Delivery.AVERAGE if average else DELIVERED)

    def refit(self, trial: int | None = None, rows: str = "all") -> Any:
        """Return one model of a trial, fitted again on all rows, or on all rows of the search.

        Parameters
        ----------
        trial
            Number of a complete trial; by default the recommended one.
        rows
            ``"all"`` for all rows with a target, so that no score measures this model; ``"search"`` for all rows but
            the holdout.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table. Where rounds are found by early stopping, they are
            found again for these rows.

        Raises
        ------
        CommandError
            If there is no such trial, or the fit fails.

        Examples
        --------
        >>> model = session.refit()                                          # doctest: +SKIP
        >>> session.refit(12, rows="search").predict(table)                  # doctest: +SKIP
        """
        warn_of_caution(self._runtime)
        return refit(self._runtime, trial, rows)

    def ensemble(self) -> Any:
        """Return the weighted average of the best models, each fitted as in `best_model`.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table; the best model if there is no ensemble yet.
        """
        warn_of_caution(self._runtime)
        members = self._runtime.state.ensemble
        return blend(self._runtime, members) if members else best_model(self._runtime)

    def preferred_model(self) -> Any:
        """Return the model of the preferred trial, fitted as in `best_model`.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table.

        Raises
        ------
        CommandError
            If no complete trial satisfies the hard constraints.
        """
        warn_of_caution(self._runtime)
        state = self._runtime.state
        number = trial_to_take(state, state.chosen, self._runtime.words.baselines)
        warn_of_constant(self._runtime, state, number)
        return blend(self._runtime, ((number, 1.0),))

    def add_baseline(self, name: str, estimator: Any) -> View:
        """Score your own model on the same folds, and compare it with the best model.

        Parameters
        ----------
        name
            Its name; it replaces a baseline of the same name.
        estimator
            An unfitted scikit-learn estimator for raw tables. A clone is fitted on each fold, in the background, on the
            columns in use and the original labels.

        Returns
        -------
        View
            The comparison, as from `explain.baselines`.

        Raises
        ------
        CommandError
            If the model could not be fitted or scored; the message says what to do.

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
        """Return how well a model does for each group of a column, with confidence intervals.

        Parameters
        ----------
        column
            Any column of the table, also an ignored one; numbers are split at their quartiles.
        trial
            Number of a finished trial; by default the preferred one.

        Returns
        -------
        Audit
            Computed on out-of-fold predictions. Prints as a sentence and a table; `frame()` returns the table.

        Raises
        ------
        CommandError
            If there is no such column or trial.
        """
        return audit(self._runtime, column, trial)
