"""`session.set_role()`, `fill()`, `add_transform()`, `warnings`, …: the columns of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hitl_widget.data.hints import near_or_all
from hitl_widget.data.roles import natural_role
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.data_choices import AUTO, Filling
from hitl_widget.domain.data_preview import DataPreview, preview_data
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.task import Role
from hitl_widget.errors import CommandError
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    from hitl_widget.advise.illustration import Illustration
    from hitl_widget.data.target_rates import TargetRates
    from hitl_widget.report.profile import TableProfile

__all__ = ["DataMethods"]


class DataMethods(Part):
    """Methods that change how columns are used, profile them, and answer warnings."""

    def set_role(self, column: str, role: str) -> None:
        """Change how models use a column, also while the search runs.

        Earlier trials stay in the record but do not count until you undo the change; the best of each family is fitted
        again first. Folds and holdout do not change.

        Parameters
        ----------
        column
            A column of the table.
        role : {"numeric", "categorical", "date", "text", "ignored", "auto"}
            The role; "auto" is the detected one.

        Raises
        ------
        DataError
            If there is no such column, or its values do not fit the role.

        Examples
        --------
        >>> session.set_role("postcode", "categorical")        # doctest: +SKIP
        """
        self.change_data(roles={column: role})

    def set_metric(self, metric: str) -> None:
        """Score models by another metric, also while the search runs.

        Stored predictions of complete trials are scored again at once; trials that were stopped early stay with the
        earlier metric and do not count. The search goes on by the new metric, and `undo` returns to the earlier one.

        Parameters
        ----------
        metric
            Name of a scikit-learn scorer that suits the task, as for `AutoMLSession`.

        Raises
        ------
        DataError
            If there is no such metric, or it does not suit the task.

        Examples
        --------
        >>> session.set_metric("average_precision")        # doctest: +SKIP
        """
        self._runtime.do(cmd.SetMetric(str(metric)))

    def drop(self, *columns: str) -> None:
        """Exclude columns from the models, also while the search runs; earlier trials as in `set_role`.

        Parameters
        ----------
        *columns
            Columns of the table.

        Raises
        ------
        DataError
            If there is no such column, or no column would remain.
        """
        self.change_data(roles=dict.fromkeys(columns, str(Role.IGNORED)))

    def use(self, *columns: str) -> None:
        """Use excluded columns again, in their detected role.

        Parameters
        ----------
        *columns
            Columns of the table.

        Raises
        ------
        DataError
            If there is no such column.
        """
        first = {one.name: one.role for one in self._runtime.understood.task.columns}
        roles = {}
        for name in columns:
            ignored = first.get(name) is Role.IGNORED
            roles[name] = str(natural_role(self._runtime.understood.table[name])) if ignored else AUTO
        self.change_data(roles=roles)

    def fill(self, column: str, how: str | None = None, *, value: Any = None) -> None:
        """Choose how all models impute missing values of a column, fitted on the training rows of each fold.

        Parameters
        ----------
        column
            A numeric or categorical column.
        how : {"median", "mean", "most_frequent", "own_level", "auto"}, optional
            The strategy: "median" and "mean" are for numbers, "own_level" (missing is a category) is for categories;
            "auto" leaves it to each model.
        value : number or str, optional
            A constant instead of a strategy.

        Raises
        ------
        CommandError
            If neither or both are given.
        DataError
            If the strategy does not suit the column.
        """
        if (how is None) == (value is None):
            raise CommandError('Give either a strategy, such as "median", or value=.')
        self.change_data(filling={column: how if how is not None else {"value": plain(value)}})

    def set_missing(self, column: str, *values: str | float) -> None:
        """Set which values of a column stand for a missing value, such as -999 or ``"unknown"``.

        Parameters
        ----------
        column
            A numeric, categorical or text column.
        *values
            The values; none to use all values again.

        Raises
        ------
        DataError
            If the column has no such value, or no other value.

        Examples
        --------
        >>> session.set_missing("visits", -999)        # doctest: +SKIP
        """
        self.change_data(missing={column: values})

    def encode(self, column: str, how: str) -> None:
        """Choose how all models encode a categorical column, fitted on the training rows of each fold.

        Parameters
        ----------
        column
            A categorical column.
        how : {"one_hot", "ordinal", "target_mean", "frequency", "auto"}
            A column per category; a number by the order of the categories (numbers first, then texts alphabetically);
            the mean of the target, cross-fitted; the share of rows; or "auto" to leave it to each model.

        Raises
        ------
        DataError
            If the column is not categorical.
        """
        self.change_data(encoding={column: how})

    def change_data(
        self,
        roles: Mapping[str, str] | None = None,
        filling: Mapping[str, Filling] | None = None,
        encoding: Mapping[str, str] | None = None,
        missing: Mapping[str, Sequence[str | float]] | None = None,
        *,
        running: cmd.Running = "finish",
    ) -> None:
        """Change several columns at once.

        Parameters
        ----------
        roles, filling, encoding
            By column, as `set_role`, `fill` (``{"value": x}`` for a value) and `encode` take them.
        missing
            By column, the values that stand for a missing value.
        running : {"finish", "cancel"}
            Whether running trials, which use the columns as they were, finish or are canceled.

        Raises
        ------
        CommandError, DataError
            If one of the changes is not possible; then nothing changes.
        """
        change = _change(roles, filling, encoding, missing, running)
        self._runtime.do(change)

    def preview_data(
        self,
        roles: Mapping[str, str] | None = None,
        filling: Mapping[str, Filling] | None = None,
        encoding: Mapping[str, str] | None = None,
        missing: Mapping[str, Sequence[str | float]] | None = None,
    ) -> DataPreview:
        """Return what a change of the columns would do to earlier trials, without doing it.

        Parameters
        ----------
        roles, filling, encoding, missing
            As `change_data` takes them.

        Returns
        -------
        DataPreview
            The numbers of trials that still count, no longer count, or count again; `sentence()` says it in words.
        """
        change, state = _change(roles, filling, encoding, missing), self._runtime.state
        after = self._runtime.columns.changed(state.steering.data, change)
        return preview_data(state, after, self._runtime.workers)

    def add_transform(self, name: str, transform: Callable[[Any], Any] | Any, columns: Sequence[str] | str) -> None:
        """Add columns computed by your own transform, also while the search runs.

        Parameters
        ----------
        name
            Name of the new column; if there are several, the prefix of their names.
        transform
            A function that takes a pandas table and returns a value, or several, for each row; or an unfitted
            scikit-learn transformer, which is fitted on the training rows of each fold. Both get missing values unless
            `fill` imputes them.
        columns
            The columns that it reads; they may be ignored ones.

        Raises
        ------
        ConfigError
            If it fails on rows of the table, or a function's result for a row depends on the other rows.
        DataError
            If there is no such column, or the name is taken.

        Examples
        --------
        >>> share = lambda table: table["rooms"] / table["people"]
        >>> session.add_transform("rooms each", share, ["rooms", "people"])        # doctest: +SKIP
        """
        from hitl_widget.learners.own_transform import checked_transform, name_of

        runtime = self._runtime
        names = (columns,) if isinstance(columns, str) else tuple(str(one) for one in columns)
        if not names:
            raise CommandError("A transform reads at least one column. Name the columns that it needs.")
        known = {one.name for one in runtime.understood.task.columns}
        if all(one in known for one in names):
            rows = runtime.preparation.some_rows(names, runtime.state.steering.data)
            code = checked_transform(name, transform, *rows)
        else:
            code = b""  # the command says which column is wrong
        runtime.columns.keep()
        runtime.do(cmd.AddTransform(name, names, name_of(transform), code))

    def remove_transform(self, name: str) -> None:
        """Remove a transform that you added.

        Parameters
        ----------
        name
            Its name.

        Raises
        ------
        DataError
            If there is no such transform.
        """
        self._runtime.do(cmd.RemoveTransform(name))

    @property
    def profile(self) -> TableProfile:
        """A profile of each column: role, missing values, distinct values, distribution, predictive power alone.

        It displays as a table; ``session.profile["age"]`` is one column, ``session.profile.frame()`` a data frame. It
        is computed on first use, and again for columns whose role changed.
        """
        from hitl_widget.data.profile import target_distribution
        from hitl_widget.report.profile import TableProfile

        runtime = self._runtime
        columns = runtime.state.steering.data.columns(runtime.understood.task)
        task = replace(runtime.understood.task, columns=columns)
        return TableProfile(task, runtime.survey.profiles(columns), target_distribution(runtime.understood))

    def target_by(self, column: str, *, of: str | None = None) -> TargetRates:
        """Return the target by the values of one column, on the rows of the search, never on the holdout.

        Parameters
        ----------
        column
            Name of the column.
        of
            The class whose share of rows is given; by default the positive class, or the most frequent one of several.

        Returns
        -------
        TargetRates
            Prints as a sentence and a table; ``frame()`` returns the share or the mean per value, with its number of
            rows and its 95% interval.

        Raises
        ------
        CommandError
            If there is no such column.
        DataError
            If the target has no such class.
        """
        from hitl_widget.data.target_rates import target_rates

        runtime = self._runtime
        columns = {one.name: one for one in runtime.state.steering.data.columns(runtime.understood.task)}
        if column not in columns:
            raise CommandError(f"There is no column {column!r:.100}.{near_or_all(column, columns)}")
        return target_rates(runtime.understood, columns[column], of)

    @property
    def warnings(self) -> tuple[Safeguard, ...]:
        """Problems that may bias the scores, such as target leakage or hidden missing values; most severe first.

        Each has its evidence, a remedy and possible answers, see `answer`. Warnings on the data are computed on first
        use, in about a second for 50,000 rows, and again when a role changes. `state.warned` has the answers given.
        """
        from hitl_widget.session.label_check import refresh_evidence

        runtime = self._runtime
        state = runtime.state
        data = state.steering.data
        found = runtime.survey.safeguards(data.columns(runtime.understood.task), data.metric)
        refresh_evidence(runtime, state)
        return runtime.known_warnings.with_results(found, state)

    def illustrate(self, warning: str | Safeguard) -> Illustration:
        """Return what a warning is about: rows, counts or a column against the target.

        Parameters
        ----------
        warning
            The warning or its key.

        Returns
        -------
        Illustration
            Prints as a caption and a table; ``frame()`` returns the rows, ``draw()`` the Altair chart, if it is one.

        Raises
        ------
        CommandError
            If there is no such warning, or its rule draws nothing.

        Examples
        --------
        >>> session.illustrate("duplicates")        # doctest: +SKIP
        """
        from hitl_widget.session.illustrations import illustrate

        return illustrate(self._runtime, self._known_key(warning))

    def _known_key(self, warning: str | Safeguard) -> str:
        key = warning.key if isinstance(warning, Safeguard) else warning
        known = [one.key for one in self.warnings]
        if key not in known:
            raise CommandError(f"There is no warning {key!r:.100}; there are {', '.join(known) or 'none'}.")
        return key

    def answer(self, warning: str | Safeguard, answer: str) -> str:
        """Answer a warning by one of its answers, which is carried out, or in your own words, which are recorded.

        Parameters
        ----------
        warning
            The warning or its key.
        answer
            Id or label of one of its answers, or a reason in your own words.

        Returns
        -------
        str
            What was done. If you have to run a line of Python yourself, the sentence has that line and the warning
            stays open.

        Raises
        ------
        CommandError
            If there is no such warning.
        """
        return self._runtime.do(cmd.AnswerWarning(self._known_key(warning), answer)).sentence


def _change(
    roles: Mapping[str, str] | None,
    filling: Mapping[str, Filling] | None,
    encoding: Mapping[str, str] | None,
    missing: Mapping[str, Sequence[str | float]] | None,
    running: cmd.Running = "finish",
) -> cmd.ChangeData:
    codes = {name: tuple(plain(one) for one in values) for name, values in (missing or {}).items()}
    return cmd.ChangeData(roles or {}, filling or {}, encoding or {}, running, codes)
