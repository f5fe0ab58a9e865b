"""`session.objectives()`, `require()`, `prefer()`, …: objectives, constraints and preferences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from hitl_widget.data.objectives import active, main_objective, objective_named
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.errors import CommandError
from hitl_widget.preference.assessment import Assessment
from hitl_widget.preference.challenge import Challenge, challenge_of
from hitl_widget.report.answers import contradiction
from hitl_widget.session.frames import constraints_frame
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PreferenceMethods"]


class PreferenceMethods(Part):
    """Methods that set objectives, constraints and goals, and compare trials."""

    def objectives(self, *names: str) -> tuple[str, ...]:
        """Set the objectives besides the metric; without names, only return the current ones.

        Parameters
        ----------
        *names
            ``"predict_ms"`` (milliseconds to predict 1,000 rows), ``"fit_seconds"``, ``"size_mb"``,
            ``"columns_used"``, ``"complexity"``, ``"calibration"``, ``"stability"``, ``"gap"`` (to the score on the
            training rows), the name of a scikit-learn scorer, ``"demographic_parity:column"``,
            ``"equalised_odds:column"``, ``"worst_group:column"``, or one added with `add_objective`.

        Returns
        -------
        tuple of str
            The objectives, the metric first. Each has a column in `trials`.

        Raises
        ------
        CommandError
            If an objective is unknown or does not suit the task; then nothing changes.

        Notes
        -----
        Finished trials get their values from stored predictions or models. Trials whose models must be fitted again
        wait until no other trial runs.

        Examples
        --------
        >>> session.objectives("roc_auc", "predict_ms", "columns_used")   # doctest: +SKIP
        """
        runtime = self._runtime
        if names:
            command, state = cmd.SetObjectives(tuple(names)), runtime.state
            same = _canonical(names, runtime.task, state) == _active(runtime.task, state)
            if not (same and state.preferences.objectives):
                runtime.do(command)
        return _active(runtime.task, runtime.state)

    def add_objective(
        self, name: str, how: Any, *, direction: Literal["lower", "higher"] = "lower", unit: str = "", label: str = ""
    ) -> tuple[str, ...]:
        """Add your own objective: the costs of mistakes, or a function of truth and prediction.

        Parameters
        ----------
        name
            A short name: its column in `trials`.
        how
            A square matrix of costs, with a row for each true class and a column for each predicted class, in the order
            of ``session.task.classes`` (the positive class comes last); or ``function(y, prediction)`` that returns one
            number, or one for each row. With a matrix the class of least expected cost is predicted, with a function
            the most probable class.
        direction : {"lower", "higher"}
            Which values are better.
        unit, label
            Unit and name shown on screen.

        Returns
        -------
        tuple of str
            The objectives.

        Examples
        --------
        >>> session.add_objective("cost", [[0, 1], [5, 0]], unit="€ a row")            # doctest: +SKIP
        >>> session.add_objective("profit", profit_of, direction="higher")            # doctest: +SKIP
        """
        code, matrix = b"", ()
        if callable(how):
            import cloudpickle

            code = cloudpickle.dumps(how)
        else:
            matrix = _as_matrix(how)
        self._runtime.do(cmd.AddObjective(name, label, direction, unit, matrix, code))
        return self.objectives()

    def require(self, text: str, *, hard: bool = True) -> None:
        """Add a hard or soft constraint.

        Parameters
        ----------
        text
            ``"predict_ms < 5"``, ``"rmse <= 30"``, ``"gap < 0.05"``, ``"family in linear, decision_tree"``. A limit is
            in the unit of the objective as shown (an RMSE of 30). It replaces one on the same side of the same
            objective.
        hard
            If True, models that violate the constraint are never recommended, and the search avoids them. If False, a
            violation counts against a model.

        Raises
        ------
        CommandError
            If the text cannot be parsed, or the objective is unknown; then nothing changes.

        Examples
        --------
        >>> session.require("predict_ms < 5")                                # doctest: +SKIP
        >>> session.require("columns_used <= 10", hard=False)                # doctest: +SKIP
        """
        self._runtime.do(cmd.Require(text, hard))

    def relax(self, text: str) -> None:
        """Remove a constraint.

        Parameters
        ----------
        text
            The constraint, or the name of its objective.
        """
        self._runtime.do(cmd.Relax(text))

    @property
    def constraints(self) -> pd.DataFrame:
        """The constraints, each with the number of trials that satisfy it.

        Returns
        -------
        pandas.DataFrame
            Columns constraint, hard, and the numbers of complete trials: kept (satisfied), broken (violated), unknown.
        """
        return constraints_frame(self._runtime.state)

    def next_pair(self) -> tuple[int, int] | None:
        """Return the pair of trials whose comparison is most informative, or None if an answer would change little.

        Returns
        -------
        tuple of int or None
            Two trial numbers for `prefer`, never the same pair twice. `session.trials` has their objectives.

        References
        ----------
        Lin et al. 2022, *Preference Exploration for Efficient Bayesian Optimization with Multiple Outcomes* (EUBO).
        """
        question = self._assessment.question
        return None if question is None else (question.first, question.second)

    def prefer(self, a: int, b: int, answer: str) -> None:
        """Record which of two trials you prefer; it guides the search from the next proposal on.

        Parameters
        ----------
        a, b
            Numbers of complete trials. A new answer for the same pair replaces the old one.
        answer : {"a", "b", "equal", "skip"}
            The preferred trial; `undo` reverts an answer.

        Examples
        --------
        >>> a, b = session.next_pair()          # doctest: +SKIP
        >>> session.prefer(a, b, "a")           # doctest: +SKIP
        """
        self._runtime.do(cmd.Prefer(plain(a), plain(b), answer))  # type: ignore[arg-type]

    def set_goals(self, weights: Mapping[str, float] | None = None, *, strength: str = "fair") -> None:
        """Set how much each objective counts; your answers to pairs then refine it.

        Parameters
        ----------
        weights
            For each objective, the relative value of going from its worst to its best value among the candidates:
            ``{"roc_auc": 3, "predict_ms": 1}``. None to rely on answers alone.
        strength : {"hint", "fair", "strong"}
            How sure you are: the stronger, the more answers it takes to change the weights.
        """
        chosen = {} if weights is None else weights
        if isinstance(chosen, Mapping):
            chosen = {name: plain(value) for name, value in chosen.items()}
        self._runtime.do(cmd.SetGoals(chosen, strength))  # type: ignore[arg-type]

    @property
    def learnt(self) -> tuple[str, ...]:
        """Conclusions from your answers and goals, most certain first, and answers that contradict others."""
        found = self._assessment
        if found.summary is None:
            return ("Nothing learned yet: answer a pair, or set goals.",)
        open_ = (found.summary.unknown,) if found.summary.unknown else ()
        return (*found.summary.sentences, *open_, *(contradiction(one) for one in found.inconsistencies))

    def preferred_trial(self) -> int | None:
        """Return the number of the trial that suits your preferences best; without any, the best by the metric.

        It always satisfies the hard constraints.

        Returns
        -------
        int or None
            The number, or None if there is no such trial yet.
        """
        return self._runtime.state.chosen

    def challenge(self) -> Challenge | None:
        """Return the simplest model that is statistically tied with the preferred one, if it is clearly simpler.

        Returns
        -------
        Challenge or None
            The comparison, which prints as sentences; None if no tied model is clearly simpler.
        """
        runtime = self._runtime
        state = runtime.state
        return challenge_of(state, active(runtime.task, state.preferences), runtime.words.baselines)

    @property
    def _assessment(self) -> Assessment:
        return self._runtime.preference_model.assess(self._runtime.state)


def _active(task: Task, state: SessionState) -> tuple[str, ...]:
    return tuple(one.name for one in active(task, state.preferences))


def _canonical(names: Sequence[str], task: Task, state: SessionState) -> tuple[str, ...]:
    custom = state.preferences.custom
    found = (objective_named(name, task, custom).name for name in names)
    return tuple(dict.fromkeys((main_objective(task).name, *found)))


def _as_matrix(how: Any) -> Any:
    """Return a matrix of costs as tuples; cells are left for the command to check."""
    rows = how.tolist() if hasattr(how, "tolist") else getattr(how, "values", how)
    rows = rows.tolist() if hasattr(rows, "tolist") else rows
    if not isinstance(rows, list | tuple):
        raise CommandError("A custom objective needs either a cost matrix or a function of (y, prediction).")
    return tuple(tuple(plain(cost) for cost in row) if isinstance(row, list | tuple) else row for row in rows)
