"""What a person does in Python: each method is one command, the same that a click sends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.edit import Change
from hitl_widget.domain.nudge import LATER, NEVER, Nudge
from hitl_widget.domain.preview import Preview, preview
from hitl_widget.domain.space import Categorical, Space, Value
from hitl_widget.domain.spelling import is_count, is_number
from hitl_widget.domain.state import SessionState
from hitl_widget.engine.plan import Receipt
from hitl_widget.errors import CommandError, ConfigError
from hitl_widget.sampling.contract import Proposal

__all__ = ["Acts"]


class Acts:
    """The acts of a session."""

    @property
    def state(self) -> SessionState:
        """The state of the session: frozen, and the same in every thread."""
        raise NotImplementedError

    @property
    def space(self) -> Space:
        """Today's search space."""
        return self.state.space

    def _do(self, command: cmd.Command) -> Receipt:
        raise NotImplementedError

    # -- the run ------------------------------------------------------------------------------------------------------

    def pause(self) -> None:
        """Start no further fold; those that run finish. The budget's clock stands still."""
        self._do(cmd.Pause())

    def resume(self) -> None:
        """Go on after a pause, or after the end once the budget was raised."""
        self._do(cmd.Resume())

    def stop(self) -> None:
        """End the search; everything measured stays, and the holdout is looked at once."""
        self._do(cmd.Stop())

    def set_budget(self, seconds: float | None = None, trials: int | None = None) -> None:
        """Set the limits of the search, also while it runs.

        Parameters
        ----------
        seconds
            Seconds of search in all, those already spent included; None for no limit in time.
        trials
            Trials in all; None for no limit in trials.
        """
        self._do(cmd.SetBudget(plain(seconds), plain(trials)))

    @property
    def autonomy(self) -> str:
        """Who takes the next step: "user", "cruise" or "autopilot"; set it at any time."""
        return str(self.state.autonomy)

    @autonomy.setter
    def autonomy(self, level: str) -> None:
        self._do(cmd.command_from({"type": "set_autonomy", "level": level}))

    def note(self, text: str) -> None:
        """Write something into the journal of the session.

        Parameters
        ----------
        text
            What to write.
        """
        self._do(cmd.Note(text))

    # -- trials -------------------------------------------------------------------------------------------------------

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
        number = self._do(cmd.Propose(_plain(config), plain(parent))).number
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
            return self._do(cmd.Grid(_plain(base), parameter, several)).numbers
        parent, trials = plain(base), self.state.trials
        if not is_count(parent):
            raise CommandError(f"A grid starts from a trial's number or a configuration; got {base!r}.")
        if not 0 <= parent < len(trials):
            raise CommandError(f"There is no trial {parent}; the record has {len(trials)} trials.")
        return self._do(cmd.Grid(trials[parent].config, parameter, several, parent)).numbers

    def batch(self, count: int = 5) -> None:
        """Let the machine propose and run so many trials, while you drive.

        Parameters
        ----------
        count
            How many.
        """
        self._do(cmd.Batch(plain(count)))

    def suggest(self) -> Proposal:
        """Ask what the machine would try next, and why; nothing runs.

        Returns
        -------
        Proposal
            With `config` and `why`; ``session.propose(suggestion.config)`` runs it, changed or not.
        """
        suggestion = self._do(cmd.Suggest()).suggestion
        assert suggestion is not None
        return suggestion

    def cancel(self, number: int) -> None:
        """End one queued or running trial; its record stays.

        Parameters
        ----------
        number
            The trial.
        """
        self._do(cmd.Cancel(plain(number)))

    def discard(self, number: int) -> None:
        """Take a trial out of the evidence; it stays in the record, and `undo` or `restore` brings it back.

        Parameters
        ----------
        number
            The trial.
        """
        self._do(cmd.Discard(plain(number)))

    def restore(self, number: int) -> None:
        """Bring a discarded trial back into the evidence.

        Parameters
        ----------
        number
            The trial.
        """
        self._do(cmd.Restore(plain(number)))

    # -- the search space ---------------------------------------------------------------------------------------------

    def preview(
        self,
        changes: Mapping[str, Change] | None = None,
        *,
        include: str | Sequence[str] = (),
        exclude: str | Sequence[str] = (),
    ) -> Preview:
        """Say what an edit would do, without doing it.

        Parameters
        ----------
        changes, include, exclude
            As of `edit`.

        Returns
        -------
        Preview
            How many trials fall outside, what part of the space remains, whether the best is lost; prints as sentences.
        """
        return preview(self.state, _edit(changes, include, exclude), self._needed, self._labels)

    def edit(
        self,
        changes: Mapping[str, Change] | None = None,
        *,
        include: str | Sequence[str] = (),
        exclude: str | Sequence[str] = (),
        running: cmd.Running = "finish",
    ) -> Preview:
        """Change the search space of the running study; nothing that was measured is lost.

        Parameters
        ----------
        changes
            By hyperparameter: ``(low, high)``; a value, to fix it; a list of choices; a dict with some of ``low``,
            ``high``, ``log``, ``choices``, ``add``, ``remove``, ``fix``; or None for as it was first given.
        include, exclude
            Families.
        running
            Whether trials in work that fall outside ``"finish"`` or are to ``"cancel"``.

        Returns
        -------
        Preview
            What the edit did; prints as sentences.

        Raises
        ------
        ConfigError
            When a name is unknown, or a range is empty or goes beyond what the estimator accepts; then nothing changes.

        Examples
        --------
        >>> session.edit({"lightgbm.learning_rate": (0.01, 0.1)}, exclude="svm")   # doctest: +SKIP
        """
        command = _edit(changes, include, exclude, running)
        found = preview(self.state, command, self._needed, self._labels)
        self._do(command)
        return found

    def exclude(self, name: str, *more: Value, running: cmd.Running = "finish") -> Preview:
        """Take families, or choices of a hyperparameter, out of the search space.

        Parameters
        ----------
        name
            A family, or a hyperparameter.
        *more
            Further families, or the choices to take out.
        running
            As of `edit`.

        Returns
        -------
        Preview
            What the edit did.

        Examples
        --------
        >>> session.exclude("svm", "mlp")                       # doctest: +SKIP
        >>> session.exclude("lightgbm.extra_trees", True)       # doctest: +SKIP
        """
        if self._is_parameter(name):
            return self.edit({name: {"remove": [plain(one) for one in more]}}, running=running)
        return self.edit(exclude=(name, *map(str, more)), running=running)

    def include(self, name: str, *more: Value) -> Preview:
        """Bring families, or choices of a hyperparameter, into the search space; see `exclude`.

        Parameters
        ----------
        name
            A family, or a hyperparameter.
        *more
            Further families, or the choices to take in.

        Returns
        -------
        Preview
            What the edit did.
        """
        if self._is_parameter(name):
            return self.edit({name: {"add": [plain(one) for one in more]}})
        return self.edit(include=(name, *map(str, more)))

    def fix(self, name: str, value: Value, *, running: cmd.Running = "finish") -> Preview:
        """Fix a hyperparameter to one value; `running` as of `edit`.

        Parameters
        ----------
        name
            The hyperparameter.
        value
            Its value from now on.
        running
            As of `edit`.

        Returns
        -------
        Preview
            What the edit did.
        """
        return self.edit({name: {"fix": plain(value)}}, running=running)

    def widen(
        self, name: str, *, low: float | None = None, high: float | None = None, add: Sequence[Value] = ()
    ) -> Preview:
        """Widen the range of a hyperparameter, also beyond the first one, within what the estimator accepts.

        Parameters
        ----------
        name
            The hyperparameter.
        low, high
            New bounds, each at or beyond today's.
        add
            Choices to add, for a categorical one.

        Returns
        -------
        Preview
            What the edit did.

        Raises
        ------
        ConfigError
            When a bound would narrow the range, or the estimator does not accept it.
        """
        self._check_widens(name, plain(low), plain(high))
        wish: dict[str, Any] = {"low": plain(low), "high": plain(high), "add": [plain(one) for one in add]}
        return self.edit({name: {key: value for key, value in wish.items() if value is not None and value != []}})

    def _check_widens(self, name: str, low: Any, high: Any) -> None:
        if not self._is_parameter(name):
            return
        now = self.space[name]
        if isinstance(now, Categorical):
            return
        if is_number(low) and low > now.low:
            raise ConfigError(f"{low:g} would narrow {name}, which starts at {now.low:g}; session.edit narrows.")
        if is_number(high) and high < now.high:
            raise ConfigError(f"{high:g} would narrow {name}, which ends at {now.high:g}; session.edit narrows.")

    def _is_parameter(self, name: str) -> bool:
        return any(one.name == name for one in self.space.parameters)

    @property
    def _needed(self) -> frozenset[str]:
        raise NotImplementedError

    @property
    def _labels(self) -> Mapping[str, str]:
        raise NotImplementedError

    def undo(self, act: int | None = None) -> None:
        """Take back the last change of the steering, or the one of this number (`session.journal` has them).

        Parameters
        ----------
        act
            Number of an act; the last one by default.
        """
        self._do(cmd.Undo(plain(act)))

    def redo(self) -> None:
        """Do again what was undone last."""
        self._do(cmd.Redo())

    # -- beliefs ------------------------------------------------------------------------------------------------------

    def believe(
        self,
        about: str,
        around: float | None = None,
        *,
        likely: Any = None,
        strength: str = "fair",
        spread: float = 0.1,
    ) -> None:
        """Tell the search what you believe; it leads at first, never forbids, and gives way to the evidence.

        Parameters
        ----------
        about
            A hyperparameter, or ``"family"``. An earlier belief about the same thing is replaced.
        around
            The value that a numeric hyperparameter lies around: the centre of a bell.
        likely
            The likely choices, or families.
        strength : {"hint", "fair", "strong"}
            How sure you are.
        spread
            Standard deviation of the bell, as a share of the range on the scale of the search.

        References
        ----------
        Hvarfner et al. 2022, *πBO: Augmenting Acquisition Functions with User Beliefs for Bayesian Optimization*.

        Examples
        --------
        >>> session.believe("lightgbm.learning_rate", around=0.05, strength="strong")   # doctest: +SKIP
        >>> session.believe("family", likely=["lightgbm", "catboost"])                 # doctest: +SKIP
        """
        several = () if likely is None else tuple(likely) if isinstance(likely, list | tuple | set) else (likely,)
        command = {"about": about, "around": plain(around), "likely": tuple(map(plain, several))}
        self._do(cmd.Believe(**command, spread=plain(spread), strength=strength))  # type: ignore[arg-type]

    def withdraw(self, about: str) -> None:
        """Take a belief back.

        Parameters
        ----------
        about
            What the belief is about.
        """
        self._do(cmd.Withdraw(about))

    # -- the machine's proposals --------------------------------------------------------------------------------------

    @property
    def nudges(self) -> tuple[Nudge, ...]:
        """What the machine proposes now, the greatest worth first."""
        return self.state.nudges

    def accept(self, nudge: str | Nudge, answer: str = "accept") -> tuple[int, ...]:
        """Take up a proposal of the machine.

        Parameters
        ----------
        nudge
            The proposal or its key.
        answer
            Which of its answers; the first by default.

        Returns
        -------
        tuple of int
            The trials that it queued, if any.
        """
        return self._do(cmd.AnswerNudge(_key(nudge), answer)).numbers

    def dismiss(self, nudge: str | Nudge, *, never: bool = False) -> None:
        """Put a proposal of the machine off, or decline it for good.

        Parameters
        ----------
        nudge
            The proposal or its key.
        never
            True to hear no more of it.
        """
        self._do(cmd.AnswerNudge(_key(nudge), NEVER if never else LATER))


def _key(nudge: str | Nudge) -> str:
    return nudge.key if isinstance(nudge, Nudge) else nudge


def _plain(config: Any) -> Any:
    """Return a configuration with Python's numbers; what is none is left for the command to refuse."""
    return {name: plain(value) for name, value in config.items()} if isinstance(config, Mapping) else config


def _edit(
    changes: Mapping[str, Change] | None,
    include: str | Sequence[str],
    exclude: str | Sequence[str],
    running: cmd.Running = "finish",
) -> cmd.Edit:
    return cmd.Edit({} if changes is None else _plain_change(changes), _names(include), _names(exclude), running)


def _plain_change(change: Change) -> Change:
    if isinstance(change, Mapping):
        return {key: _plain_change(one) for key, one in change.items()}
    if isinstance(change, tuple | list):
        return [plain(one) for one in change]
    return plain(change)


def _names(names: Any) -> Any:
    return (names,) if isinstance(names, str) else _several(names)


def _several(values: Any) -> Any:
    """Return values as a tuple; what is none is left for the command to refuse."""
    return tuple(map(plain, values)) if isinstance(values, Iterable) else values
