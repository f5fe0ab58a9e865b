"""`session.space`, `edit()`, `exclude()`, `add_learner()`, …: the search space."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hitl_widget.data.balance import checked_balance
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.edit import Change
from hitl_widget.domain.preview import Preview, preview
from hitl_widget.domain.space import Categorical, Space, Value
from hitl_widget.domain.spelling import is_number
from hitl_widget.errors import ConfigError
from hitl_widget.evaluation.user_code import UserCode
from hitl_widget.learners.custom import make_learner
from hitl_widget.session.frames import generations_frame
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SpaceMethods"]


class SpaceMethods(Part):
    """Methods that show and change the search space."""

    @property
    def space(self) -> Space:
        """The current search space."""
        return self._runtime.state.space

    def preview(
        self,
        changes: Mapping[str, Change] | None = None,
        *,
        include: str | Sequence[str] = (),
        exclude: str | Sequence[str] = (),
    ) -> Preview:
        """Return what an edit would do, without doing it.

        Parameters
        ----------
        changes, include, exclude
            As in `edit`.

        Returns
        -------
        Preview
            The trials that would fall outside, the part of the space that would remain, and whether the best trial
            would be lost; prints as sentences.
        """
        return preview(
            self._runtime.state,
            _edit(changes, include, exclude),
            self._runtime.words.baselines,
            self._runtime.words.labels,
        )

    def edit(
        self,
        changes: Mapping[str, Change] | None = None,
        *,
        include: str | Sequence[str] = (),
        exclude: str | Sequence[str] = (),
        running: cmd.Running = "finish",
    ) -> Preview:
        """Change the search space, also while the search runs; all results are kept.

        Parameters
        ----------
        changes
            By hyperparameter: ``(low, high)``; a value, to fix it; a list of choices; a dict with some of ``low``,
            ``high``, ``log``, ``choices``, ``add``, ``remove``, ``fix``; or None to restore the original range.
        include, exclude
            Families to add or remove.
        running : {"finish", "cancel"}
            Whether running trials that fall outside finish or are canceled.

        Returns
        -------
        Preview
            What the edit did; prints as sentences.

        Raises
        ------
        ConfigError
            If a name is unknown, a range is empty, or the estimator does not accept a value; then nothing changes.

        Examples
        --------
        >>> session.edit({"lightgbm.learning_rate": (0.01, 0.1)}, exclude="svm")   # doctest: +SKIP
        """
        found = self._runtime.do(_edit(changes, include, exclude, running)).outside
        assert found is not None
        return found

    def exclude(self, name: str, *more: Value, running: cmd.Running = "finish") -> Preview:
        """Remove families, or choices of a hyperparameter, from the search space.

        Parameters
        ----------
        name
            A family, or a hyperparameter.
        *more
            More families, or the choices to remove.
        running
            As in `edit`.

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
        """Add families, or choices of a hyperparameter, to the search space; see `exclude`.

        Parameters
        ----------
        name
            A family, or a hyperparameter.
        *more
            More families, or the choices to add.

        Returns
        -------
        Preview
            What the edit did.
        """
        if self._is_parameter(name):
            return self.edit({name: {"add": [plain(one) for one in more]}})
        return self.edit(include=(name, *map(str, more)))

    def fix(self, name: str, value: Value, *, running: cmd.Running = "finish") -> Preview:
        """Fix a hyperparameter to one value.

        Parameters
        ----------
        name
            The hyperparameter.
        value
            Its value.
        running
            As in `edit`.

        Returns
        -------
        Preview
            What the edit did.
        """
        return self.edit({name: {"fix": plain(value)}}, running=running)

    def widen(
        self, name: str, *, low: float | None = None, high: float | None = None, add: Sequence[Value] = ()
    ) -> Preview:
        """Widen the range of a hyperparameter, if you like beyond its original range.

        Parameters
        ----------
        name
            The hyperparameter.
        low, high
            New bounds, at or beyond the current ones.
        add
            Choices to add to a categorical hyperparameter.

        Returns
        -------
        Preview
            What the edit did.

        Raises
        ------
        ConfigError
            If a bound would narrow the range, or the estimator does not accept it.
        """
        self._check_widens(name, plain(low), plain(high))
        change: dict[str, Any] = {"low": plain(low), "high": plain(high), "add": [plain(one) for one in add]}
        return self.edit({name: {key: value for key, value in change.items() if value is not None and value != []}})

    def _check_widens(self, name: str, low: Any, high: Any) -> None:
        if not self._is_parameter(name):
            return
        now = self._runtime.state.space[name]
        if isinstance(now, Categorical):
            return
        if is_number(low) and low > now.low:
            raise ConfigError(f"{low:g} would narrow {name}, which starts at {now.low:g}. Narrow it with session.edit.")
        if is_number(high) and high < now.high:
            raise ConfigError(f"{high:g} would narrow {name}, which ends at {now.high:g}. Narrow it with session.edit.")

    def _is_parameter(self, name: str) -> bool:
        return any(one.name == name for one in self._runtime.state.space.parameters)

    def set_balance(self, ways: str | Sequence[str] | bool | None, *more: str) -> None:
        """Choose how the search may balance the classes, also while it runs.

        Each family gets the hyperparameter *class balance* with these ways, and without balancing. The best
        configurations so far are tried with each way first.

        Parameters
        ----------
        ways : {"weights", "oversample", "undersample", "threshold"}, list of these, bool or None
            Class weights; repeating rows of the smaller classes; leaving out rows of the larger ones; a tuned
            threshold. All happen inside the training rows of each fold. True for all that can change the metric; None
            or False stops balancing.
        *more
            More ways.

        Raises
        ------
        DataError
            If the target is numeric, or the metric reads no threshold.

        Examples
        --------
        >>> session.set_balance("weights", "threshold")         # doctest: +SKIP
        """
        if isinstance(ways, bool) or ways is None:
            task = self._runtime.task
            given = checked_balance(ways, task.kind, task.metric)
        else:
            given = (ways,) if isinstance(ways, str) else tuple(ways)
        self._runtime.do(cmd.SetBalance((*given, *more)))

    def add_learner(
        self,
        name: str,
        estimator: Any,
        space: Mapping[str, Any] | None = None,
        *,
        label: str | None = None,
        recipe: str = "dense",
    ) -> None:
        """Add your own learner to the search as a family, also while the search runs.

        Parameters
        ----------
        name
            A short name for configurations, such as "knn".
        estimator
            A scikit-learn estimator, or a class or function that returns one; it may be defined in the notebook.
        space
            Its hyperparameters: ``{"n_neighbors": (1, 50), "C": (1e-3, 10.0, "log"), "weights": ["uniform",
            "distance"], "p": 2}``; without any, it is tried once with its defaults.
        label
            Name shown on screen.
        recipe : {"dense", "native"}
            Its input: "dense" for scaled numbers without missing values, "native" for category codes and missing
            values.

        Raises
        ------
        ConfigError
            If the estimator does not suit the task, or has no such hyperparameter; the message says what to do.

        Examples
        --------
        >>> session.add_learner("knn", KNeighborsClassifier(), {"n_neighbors": (1, 50)})   # doctest: +SKIP
        """
        runtime = self._runtime
        lost = {one for one in runtime.state.learners if not UserCode(runtime.folder).has_family(one)}
        taken = {*runtime.state.base.families, *runtime.state.learners} - lost
        made = make_learner(name, estimator, space or {}, runtime.understood.task, label, recipe, taken=taken)
        runtime.do(cmd.AddLearner(name, *made))

    @property
    def generations(self) -> pd.DataFrame:
        """The search spaces so far: what changed, who changed it, trials run, and the best score before and after.

        Returns
        -------
        pandas.DataFrame
            Columns generation, changed, by, trials, best_before, best_after, act.
        """
        return generations_frame(self._runtime.state)


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
    if isinstance(names, str):
        return (names,)
    return tuple(map(plain, names)) if isinstance(names, Iterable) else names
