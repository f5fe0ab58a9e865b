"""`session.trials`, `propose()`, `suggest()`, `discard()`, …: single trials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.space import Value
from hitl_widget.domain.spelling import is_count
from hitl_widget.errors import CommandError
from hitl_widget.sampling.contract import Proposal
from hitl_widget.session.frames import trials_frame
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TrialMethods"]


class TrialMethods(Part):
    """Methods that list trials, queue them, and take them out of the evidence."""

    @property
    def trials(self) -> pd.DataFrame:
        """All trials as a table, in the order of their numbers.

        Returns
        -------
        pandas.DataFrame
            Columns number, state, family, score (greater is better), std, seconds, finished_at (seconds since the
            start), proposed_by, generation, config (dict); then one for each objective under its name (a score greater
            is better), and with constraints `feasible`: whether the hard ones are kept, unknown of
            trials that are not complete.
        """
        return trials_frame(self._runtime.state, self._runtime.task)

    def propose(self, config: Mapping[str, Value], *, parent: int | None = None) -> int:
        """Queue a configuration of your own; it runs before the machine's.

        Parameters
        ----------
        config
            ``{"family": "lightgbm", "lightgbm.learning_rate": 0.05}``; what is left out takes its default.
        parent
            The trial that it was edited from.

        Returns
        -------
        int
            The number of the new trial.

        Raises
        ------
        ConfigError
            When a value lies outside the search space.
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
            When one of the configurations lies outside the search space; then none is queued.

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
            raise CommandError(f"There is no trial {parent}; the record has {len(trials)} trials.")
        return self._runtime.do(cmd.Grid(trials[parent].config, parameter, several, parent)).numbers

    def batch(self, count: int = 5) -> None:
        """Let the machine propose and run so many trials, while you drive.

        Parameters
        ----------
        count
            How many.
        """
        self._runtime.do(cmd.Batch(plain(count)))

    def suggest(self) -> Proposal:
        """Ask what the machine would try next, and why; nothing runs.

        Returns
        -------
        Proposal
            With `config` and `why`; ``session.propose(suggestion.config)`` runs it, changed or not.
        """
        suggestion = self._runtime.do(cmd.Suggest()).suggestion
        assert suggestion is not None
        return suggestion

    def cancel(self, number: int) -> None:
        """End one queued or running trial; its record stays.

        Parameters
        ----------
        number
            The trial.
        """
        self._runtime.do(cmd.Cancel(plain(number)))

    def discard(self, number: int) -> None:
        """Take a trial out of the evidence; it stays in the record, and `undo` or `restore` brings it back.

        Parameters
        ----------
        number
            The trial.
        """
        self._runtime.do(cmd.Discard(plain(number)))

    def restore(self, number: int) -> None:
        """Bring a discarded trial back into the evidence.

        Parameters
        ----------
        number
            The trial.
        """
        self._runtime.do(cmd.Restore(plain(number)))


def _plain(config: Any) -> Any:
    """Return a configuration with Python's numbers; what is none is left for the command to refuse."""
    return {name: plain(value) for name, value in config.items()} if isinstance(config, Mapping) else config


def _several(values: Any) -> Any:
    """Return values as a tuple; what is none is left for the command to refuse."""
    return tuple(map(plain, values)) if isinstance(values, Iterable) else values
