"""`session.trials`, `propose()`, `suggest()`, `discard()`, …: single trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.figures import plural
from hitl_widget.domain.space import Value
from hitl_widget.domain.spelling import is_count
from hitl_widget.errors import CommandError
from hitl_widget.report.compared import compared_frame, compared_trials
from hitl_widget.report.workload import workload_frame
from hitl_widget.sampling.contract import Proposal
from hitl_widget.session.frames import leaderboard_frame, trials_frame
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TrialMethods"]


class TrialMethods(Part):
    """Methods that list, queue, cancel and discard trials."""

    @property
    def trials(self) -> pd.DataFrame:
        """All trials as a table, in the order of their numbers.

        Returns
        -------
        pandas.DataFrame
            Columns number, state, family, score (greater is better), std, seconds, finished_at (seconds since the
            start), proposed_by, generation, config (dict), reason (why it failed or was stopped, or why objectives
            could not be measured; else empty); then a column for each objective, by its name (of scores, greater is
            better). With annotations also `tags` (tuple) and `note`.
            With hard constraints also `feasible`: whether the trial satisfies them, missing until that is measured.
            After a data change also `earlier_data`: whether the trial was measured on other data than today's, so that
            its score does not compare.
        """
        return trials_frame(self._runtime.state, self._runtime.task)

    def leaderboard(self) -> pd.DataFrame:
        """Return the complete trials that count today, best score first.

        Returns
        -------
        pandas.DataFrame
            The columns of `trials`, without trials that were discarded, that lie outside the search space, or that were
            measured on other data. Trials that violate a hard constraint come last, with `feasible` False.
        """
        return leaderboard_frame(self._runtime.state, self._runtime.task)

    @property
    def workload(self) -> pd.DataFrame:
        """The running trials and then the queued ones.

        Returns
        -------
        pandas.DataFrame
            Columns number, state, family, folds (done), seconds (since the start; missing while queued), expected
            (median seconds from start to end of the earlier trials of the family; missing if there is none), progress
            (how far the fold is that has run longest, such as "fold 2 of 5, round 180 of 500, 12 s"; else empty).
        """
        runtime = self._runtime
        return workload_frame(runtime.state, runtime.elapsed, runtime.fits.now, runtime.task.split)

    def compare(self, *numbers: int) -> pd.DataFrame:
        """Return two to five trials side by side.

        Parameters
        ----------
        *numbers
            Numbers of the trials.

        Returns
        -------
        pandas.DataFrame
            A column for each trial. The rows are the family, the score in the units of the metric, its standard
            deviation over folds, the score of each fold, and each setting that differs (None where the family does
            not have the setting).

        Raises
        ------
        CommandError
            If fewer than two or more than five trials are given, or if one does not exist.

        See Also
        --------
        Explain.disagreement : The rows on which the models disagree, and their curves.

        Examples
        --------
        >>> session.compare(3, 7)                                # doctest: +SKIP
        >>> print(session.explain.disagreement([3, 7]))          # doctest: +SKIP
        """
        found = compared_trials(self._runtime.words, self._runtime.state, [plain(one) for one in numbers])
        return compared_frame(found, self._runtime.words)

    def propose(self, config: Mapping[str, Value], *, parent: int | None = None) -> int:
        """Queue your own configuration; it runs before those of the search.

        Parameters
        ----------
        config
            ``{"family": "lightgbm", "lightgbm.learning_rate": 0.05}``; hyperparameters left out get their default.
        parent
            Number of the trial that the configuration was edited from.

        Returns
        -------
        int
            The number of the new trial.

        Raises
        ------
        ConfigError
            If a value is outside the search space.
        """
        number = self._runtime.do(cmd.Propose(_plain(config), plain(parent))).number
        assert number is not None
        return number

    def grid(self, base: int | Mapping[str, Value], parameter: str, values: Sequence[Value]) -> tuple[int, ...]:
        """Queue one configuration several times, each with another value of one hyperparameter.

        Parameters
        ----------
        base
            A trial's number, or a configuration.
        parameter
            Name of the hyperparameter, such as ``"lightgbm.learning_rate"``.
        values
            Its values, at most 200.

        Returns
        -------
        tuple of int
            The numbers of the new trials.

        Raises
        ------
        ConfigError
            If one of the configurations is outside the search space; then none is queued.

        Examples
        --------
        >>> session.grid(12, "lightgbm.num_leaves", [8, 16, 32, 64])   # doctest: +SKIP
        """
        several = _several(values)
        if isinstance(base, Mapping):
            return self._runtime.do(cmd.Grid(_plain(base), parameter, several)).numbers
        parent, trials = plain(base), self._runtime.state.trials
        if not is_count(parent):
            raise CommandError(f"A grid starts from a trial's number or a configuration; got {base!r}.")
        if not 0 <= parent < len(trials):
            raise CommandError(f"There is no trial {parent}; the record has {plural(len(trials), 'trial')}.")
        return self._runtime.do(cmd.Grid(trials[parent].config, parameter, several, parent)).numbers

    def batch(self, count: int = 5) -> None:
        """Run some trials that the search proposes, under autonomy "user".

        Parameters
        ----------
        count
            Number of trials.
        """
        self._runtime.do(cmd.Batch(plain(count)))

    def suggest(self) -> Proposal:
        """Return the configuration that the search would try next, without running it.

        Returns
        -------
        Proposal
            Has `config` and `why`; ``session.propose(suggestion.config)`` queues it.
        """
        suggestion = self._runtime.do(cmd.Suggest()).suggestion
        assert suggestion is not None
        return suggestion

    def cancel(self, number: int) -> None:
        """End a running trial at once, or cancel a queued one; it stays in the record, and the search goes on.

        Parameters
        ----------
        number
            Number of the trial.
        """
        self._runtime.do(cmd.Cancel(plain(number)))

    def annotate(self, number: int, *, tags: Sequence[str] = (), note: str = "") -> None:
        """Write tags and a note on a trial, in place of the earlier ones; `undo` reverts this.

        Parameters
        ----------
        number
            Number of the trial.
        tags
            At most 10 short texts. `trials` has them in its column `tags`.
        note
            A text, which `trials` has in its column `note`.

        Examples
        --------
        >>> session.annotate(12, tags=["candidate"], note="Fast enough for the app.")   # doctest: +SKIP
        """
        self._runtime.do(cmd.Annotate(plain(number), _several(tags) if not isinstance(tags, str) else (tags,), note))

    def discard(self, number: int) -> None:
        """Have the search ignore a trial; it stays in the record, and `undo` or `restore` reverts this.

        Parameters
        ----------
        number
            Number of the trial.
        """
        self._runtime.do(cmd.Discard(plain(number)))

    def restore(self, number: int) -> None:
        """Have the search use a discarded trial again.

        Parameters
        ----------
        number
            Number of the trial.
        """
        self._runtime.do(cmd.Restore(plain(number)))


def _plain(config: Any) -> Any:
    """Return a configuration with Python's numbers; anything else is left for the command to refuse."""
    return {name: plain(value) for name, value in config.items()} if isinstance(config, Mapping) else config


def _several(values: Any) -> Any:
    """Return values as a tuple; anything else is left for the command to refuse."""
    return tuple(map(plain, values)) if isinstance(values, Iterable) else values
