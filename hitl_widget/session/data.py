"""`session.set_role()`, `fill()`, `add_transform()`, `warnings`, …: the columns of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hitl_widget.data.choices import natural_role
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.data_choices import AUTO, Filling
from hitl_widget.domain.data_preview import DataPreview, preview_data
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.task import Role
from hitl_widget.errors import CommandError
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    from hitl_widget.report.profile import TableProfile

__all__ = ["DataMethods"]


class DataMethods(Part):
    """Methods that change columns while the search runs, and show what is in them."""

    def set_role(self, column: str, role: str) -> None:
        """Change how a column enters the models, also while the search runs.

        Trials that were measured before stay in the record and stand aside (grey) until `undo`; the best of each family
        is measured anew. Folds and holdout stay as they are.

        Parameters
        ----------
        column
            A column of the table.
        role : {"numeric", "categorical", "date", "text", "ignored", "auto"}
            The role; "auto" is the one that was understood at the beginning.

        Raises
        ------
        DataError
            When there is no such column, or its values do not read so.

        Examples
        --------
        >>> session.set_role("postcode", "categorical")        # doctest: +SKIP
        """
        self.change_data(roles={column: role})

    def drop(self, *columns: str) -> None:
        """Leave columns out of the models, also while the search runs; see `set_role` for what becomes of trials.

        Parameters
        ----------
        *columns
            Columns of the table.

        Raises
        ------
        DataError
            When there is no such column, or none would be left.
        """
        self.change_data(roles=dict.fromkeys(columns, str(Role.IGNORED)))

    def use(self, *columns: str) -> None:
        """Bring columns back that were left out, in the role that was understood or that their values have.

        Parameters
        ----------
        *columns
            Columns of the table.

        Raises
        ------
        DataError
            When there is no such column.
        """
        first = {one.name: one.role for one in self._runtime.understood.task.columns}
        roles = {}
        for name in columns:
            ignored = first.get(name) is Role.IGNORED
            roles[name] = str(natural_role(self._runtime.understood.table[name])) if ignored else AUTO
        self.change_data(roles=roles)

    def fill(self, column: str, how: str | None = None, *, value: Any = None) -> None:
        """Choose how missing cells of a column are filled, for all models; learnt on the training rows of each fold.

        Parameters
        ----------
        column
            A column of numbers or categories.
        how : {"median", "mean", "most_frequent", "own_level", "auto"}, optional
            The way: the first three of these for numbers, the third and fourth for categories; "auto" leaves it to each
            model.
        value : number or str, optional
            In place of a way, what each missing cell becomes.

        Raises
        ------
        CommandError
            When neither or both are given.
        DataError
            When the way does not suit the column.
        """
        if (how is None) == (value is None):
            raise CommandError('Give either a way, such as "median", or value=.')
        self.change_data(filling={column: how if how is not None else {"value": plain(value)}})

    def set_missing(self, column: str, *values: str | float) -> None:
        """Say which values of a column stand for a missing cell, such as -999 or ``"unknown"``.

        Parameters
        ----------
        column
            A column of numbers, categories or text.
        *values
            The values; none of them to have all values count again.

        Raises
        ------
        DataError
            When the column holds no such value, or nothing else.

        Examples
        --------
        >>> session.set_missing("visits", -999)        # doctest: +SKIP
        """
        self.change_data(missing={column: values})

    def encode(self, column: str, how: str) -> None:
        """Choose how a category becomes numbers, for all models; learnt on the training rows of each fold.

        Parameters
        ----------
        column
            A column of categories.
        how : {"one_hot", "ordinal", "target_mean", "frequency", "auto"}
            A column per level; a number in the order of the levels (numbers by value, then texts by the alphabet); the
            mean of the target, cross-fitted; the share of rows; "auto" leaves it to each model.

        Raises
        ------
        DataError
            When the column is none of categories.
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
        """Change several columns in one act.

        Parameters
        ----------
        roles, filling, encoding
            By column, as `set_role`, `fill` (``{"value": x}`` for a value) and `encode` take them.
        missing
            By column, the values that stand for a missing cell.
        running : {"finish", "cancel"}
            What becomes of the trials in work, which read the columns as they were.

        Raises
        ------
        CommandError, DataError
            When something of it cannot be done; then nothing of it is.
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
        """Say what a change of the data would do to the record, without doing it.

        Parameters
        ----------
        roles, filling, encoding, missing
            As `change_data` takes them.

        Returns
        -------
        DataPreview
            How many trials go on counting, stand aside or come back; `sentence()` says it.
        """
        change, state = _change(roles, filling, encoding, missing), self._runtime.state
        return preview_data(state, self._runtime.columns.changed(state.steering.data, change))

    def add_transform(self, name: str, transform: Callable[[Any], Any] | Any, columns: Sequence[str] | str) -> None:
        """Add columns of your own making, also while the search runs.

        Parameters
        ----------
        name
            What the new column is called; several are called by it and their own names.
        transform
            A function that takes a table (pandas) and gives a value or a row of values for each row; or a scikit-learn
            transformer, not fitted, which is fitted on the training rows of each fold only. Both get missing cells as
            they are, or as `fill` filled them.
        columns
            The columns of the table that it reads; also ones that no model looks at.

        Raises
        ------
        ConfigError
            When it fails on some rows of the table, or a function gives a row other values beside other rows.
        DataError
            When there is no such column, or the name is taken.

        Examples
        --------
        >>> share = lambda table: table["rooms"] / table["people"]
        >>> session.add_transform("rooms each", share, ["rooms", "people"])        # doctest: +SKIP
        """
        from hitl_widget.learners.own_transform import checked_transform, name_of

        runtime = self._runtime
        names = (columns,) if isinstance(columns, str) else tuple(str(one) for one in columns)
        if not names:
            raise CommandError("A transform reads at least one column; name those that it needs.")
        known = {one.name for one in runtime.understood.task.columns}
        if all(one in known for one in names):
            rows = runtime.preparation.some_rows(names, runtime.state.steering.data)
            code = checked_transform(name, transform, *rows)
        else:
            code = b""  # the command says which column is wrong
        runtime.columns.keep()
        runtime.do(cmd.AddTransform(name, names, name_of(transform), code))

    def remove_transform(self, name: str) -> None:
        """Remove a transform of your own.

        Parameters
        ----------
        name
            As it was added.

        Raises
        ------
        DataError
            When there is none of this name.
        """
        self._runtime.do(cmd.RemoveTransform(name))

    @property
    def profile(self) -> TableProfile:
        """The columns at a glance: role, missing cells, distinct values, how they are spread, what each says alone.

        It shows itself in a cell; ``session.profile["age"]`` is one column, ``session.profile.frame()`` a table. Worked
        out at the first look, then only for columns whose role has changed.
        """
        from hitl_widget.data.profile import target_distribution
        from hitl_widget.report.profile import TableProfile

        runtime = self._runtime
        columns = runtime.state.steering.data.columns(runtime.understood.task)
        task = replace(runtime.understood.task, columns=columns)
        return TableProfile(task, runtime.survey.profiles(columns), target_distribution(runtime.understood))

    @property
    def warnings(self) -> tuple[Safeguard, ...]:
        """What may make the scores untrue: leaks, groups, time, hidden missing cells, many looks; the gravest first.

        Those on the data are worked out at the first look, in about a second for 50,000 rows, and anew when a column
        has another role; each has its evidence, what to do, and answers; `answer` puts yours on record. `state.warned`
        holds the answers that were given.
        """
        from hitl_widget.advise.safeguards import with_results

        runtime = self._runtime
        state, words = runtime.state, runtime.words
        found = runtime.survey.safeguards(state.steering.data.columns(runtime.understood.task))
        return with_results(found, state, runtime.understood.task, words.baselines, words.labels)

    def answer(self, warning: str | Safeguard, answer: str) -> str:
        """Answer a warning by one of its answers, which is carried out, or in your own words, which are recorded.

        Parameters
        ----------
        warning
            The warning or its key.
        answer
            The id or the label of an answer, or a text.

        Returns
        -------
        str
            What happened, in a sentence. An answer that only Python can carry out leaves the warning open; the sentence
            then holds its line of Python.

        Raises
        ------
        CommandError
            When there is no such warning.
        """
        key = warning.key if isinstance(warning, Safeguard) else warning
        known = [one.key for one in self.warnings]
        if key not in known:
            raise CommandError(f"There is no warning {key!r:.100}; there are {', '.join(known) or 'none'}.")
        return self._runtime.do(cmd.AnswerWarning(key, answer)).sentence


def _change(
    roles: Mapping[str, str] | None,
    filling: Mapping[str, Filling] | None,
    encoding: Mapping[str, str] | None,
    missing: Mapping[str, Sequence[str | float]] | None,
    running: cmd.Running = "finish",
) -> cmd.ChangeData:
    codes = {name: tuple(plain(one) for one in values) for name, values in (missing or {}).items()}
    return cmd.ChangeData(roles or {}, filling or {}, encoding or {}, running, codes)
