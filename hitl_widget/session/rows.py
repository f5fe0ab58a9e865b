"""`session.set_split()`, `set_weights()`, `set_target()`, `drop_rows()`, …: how rows are judged, and which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.data_preview import DataPreview
from hitl_widget.errors import CommandError
from hitl_widget.session.runtime import Part

__all__ = ["RowMethods"]


class RowMethods(Part):
    """Methods that change the folds, weights, labels, target and number of the rows.

    Each change opens a new view of the data: earlier trials stay in the record but do not count until you undo it, and
    the best configuration of each family is fitted again first.
    """

    def set_split(
        self,
        *,
        cv: Any = None,
        repeats: int = 1,
        groups: str | None = None,
        time: str | None = None,
        gap: Any = None,
        holdout: Any = None,
    ) -> None:
        """Divide the rows of the search into other folds, also while the search runs.

        The arguments describe the whole division, as those of `AutoMLSession` do: groups, times and gaps that you leave
        out no longer apply. The holdout stays the same rows unless you give a new one. If trials have used rows of a
        new holdout, they are no longer unseen, and every sentence on the holdout says so.

        Parameters
        ----------
        cv : int, splitter or list of (array, array), optional
            Number of folds, a splitter of scikit-learn, or your own folds; by default 5, or 3 above 50,000 rows.
        repeats
            Number of times that the rows are shuffled and divided.
        groups, time
            Columns whose equal values stay in one fold; and that orders the rows, so that folds go forward in time.
        gap
            With `time`, the least distance between training and validation rows, for example ``"7 days"``.
        holdout : float or array, optional
            Share of a new holdout, or its rows as a mask or as positions.

        Raises
        ------
        DataError
            If the rows cannot be divided like this.

        Examples
        --------
        >>> session.set_split(groups="patient")        # doctest: +SKIP
        """
        self._runtime.do(_split(cv, repeats, groups, time, gap, holdout))

    def preview_split(
        self,
        *,
        cv: Any = None,
        repeats: int = 1,
        groups: str | None = None,
        time: str | None = None,
        gap: Any = None,
        holdout: Any = None,
    ) -> DataPreview:
        """Return what another division of the rows would do to earlier trials, without doing it.

        Parameters
        ----------
        cv, repeats, groups, time, gap, holdout
            As `set_split` takes them.

        Returns
        -------
        DataPreview
            The numbers of trials that no longer count, or count again; `sentence()` says it in words.
        """
        return self._runtime.preview_rows(_split(cv, repeats, groups, time, gap, holdout))

    def set_weights(self, weights: Any) -> None:
        """Weight the rows in fits and scores, also while the search runs.

        Metrics and models that take no weights ignore them; a trial of such a model has a warning. Ensemble, holdout
        and permutation importances use the weights, too.

        Parameters
        ----------
        weights : str, array of shape (n_rows,) or None
            A column, which then is no feature, or one number of 0 or more per row of the table; None for equal weights.

        Raises
        ------
        DataError
            If a weight is missing or negative, or all rows of a fold have the weight 0.

        Examples
        --------
        >>> session.set_weights("exposure")        # doctest: +SKIP
        """
        if weights is None or isinstance(weights, str):
            self._runtime.do(cmd.SetWeights(weights))
        else:
            self._runtime.do(cmd.SetWeights(None, weights))

    def set_target(self, column: str, *, metric: str | None = None, positive: Any = None) -> None:
        """Predict another column, also while the search runs; `undo` returns exactly.

        Classes may become numbers and the reverse. The former target becomes a column, and all warnings are checked
        again, since it may give away the new target. The holdout stays the same rows; rows without a value of the new
        target leave. Earlier trials stay in the record, but their scores are of another target and are not compared.

        Objectives and limits on costs stay. Those on scores and your own measures are set aside, as are answers to
        pairs of models, directions of columns, limits of predictions and `success`.

        Parameters
        ----------
        column
            A column of the table, also an excluded one.
        metric
            Name of a scikit-learn scorer. By default ROC AUC (two classes), log loss (more classes), RMSE (numbers).
            For a column of whole numbers, the metric decides between classes and numbers.
        positive
            The positive of two classes.

        Raises
        ------
        DataError
            If the column cannot be predicted, or groups, orders or weights the rows, or a transform reads it.

        Examples
        --------
        >>> session.set_target("fare")        # doctest: +SKIP
        >>> session.set_target("class", metric="f1_macro")        # doctest: +SKIP
        """
        self._runtime.do(cmd.SetTarget(str(column), metric, plain(positive)))

    def preview_target(self, column: str, *, metric: str | None = None, positive: Any = None) -> DataPreview:
        """Return what another target would do to earlier trials, without changing it.

        Parameters
        ----------
        column, metric, positive
            As `set_target` takes them.

        Returns
        -------
        DataPreview
            The numbers of trials that no longer count, or count again; `sentence()` says it in words.
        """
        return self._runtime.preview_rows(cmd.SetTarget(str(column), metric, plain(positive)))

    def drop_rows(self, rows: Any) -> None:
        """Drop rows, also while the search runs; `undo` brings them back.

        Parameters
        ----------
        rows : str or array
            ``"duplicates"`` keeps one row of each set of equal rows; a rule such as ``"age > 100"``,
            ``"age is missing"`` or ``"outliers in age"`` (more than three interquartile ranges outside the quartiles);
            rules can be joined by ``and`` and ``or``. Or a mask of the rows of the table, or row numbers as
            explanations show them. Rules and masks apply to the holdout, too, except for outliers: new data will have
            them, so the holdout keeps them.

        Raises
        ------
        DataError
            If no row matches, or too few rows are left.

        Examples
        --------
        >>> session.drop_rows("duplicates")        # doctest: +SKIP
        >>> session.drop_rows("age > 100 or age < 0")        # doctest: +SKIP
        """
        self._runtime.do(cmd.DropRows(rows) if isinstance(rows, str) else cmd.DropRows("", rows))

    def add_rows(self, data: Any) -> None:
        """Add rows to the search, also while it runs; the holdout stays the same.

        The rows of the search are divided again by the same rule. Rows without a target are left out, and so are rows
        of groups that the holdout has, and copies of its rows.

        Parameters
        ----------
        data : table of shape (n_new_rows, n_columns)
            A table with all columns of the first one, with the same types.

        Raises
        ------
        DataError
            If a column is missing, has another type, or the target has another class.

        Examples
        --------
        >>> session.add_rows(todays_orders)        # doctest: +SKIP
        """
        self._runtime.do(cmd.AddRows(data))

    def relabel(self, labels: Mapping[int, Any]) -> None:
        """Correct, confirm or add the target of some rows, also while the search runs.

        Rows that had no target, such as those of `to_label`, join the search: they train and validate by the same rule
        as the others, never in the holdout. All these rows count as reviewed: `suspect_labels` does not propose them
        again. If all labels are those that the rows have already, nothing is fitted again.

        Parameters
        ----------
        labels : mapping of int to label
            Row number, as explanations show it, and the right value of the target.

        Raises
        ------
        DataError
            If there is no such row or class, or these labels were confirmed before.

        Examples
        --------
        >>> session.relabel({12: "yes", 40: "no"})        # doctest: +SKIP
        """
        if not isinstance(labels, Mapping):
            raise CommandError(f'Labels must be a dict by row, such as {{12: "yes"}}; got {type(labels).__name__}.')
        self._runtime.do(cmd.Relabel(tuple(map(plain, labels)), tuple(map(plain, labels.values()))))


def _split(cv: Any, repeats: Any, groups: Any, time: Any, gap: Any, holdout: Any) -> cmd.SetSplit:
    cv, repeats, gap, holdout = plain(cv), plain(repeats), plain(gap), plain(holdout)
    given: dict[str, Any] = {}
    if cv is not None and not isinstance(cv, int):
        given["cv"], cv = cv, None
    if holdout is not None and not isinstance(holdout, int | float):
        if hasattr(holdout, "columns"):
            raise CommandError(
                "A running session takes no second table as holdout. Add the rows with session.add_rows(), or open a "
                "new session with holdout=."
            )
        given["holdout"], holdout = holdout, None
    if gap is not None and not isinstance(gap, int | float | str):
        gap = str(gap)
    return cmd.SetSplit(cv, repeats, groups, time, gap, holdout, given)
