"""`session.objectives()`, `require()`, `prefer()`, …: which models are good."""

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
from hitl_widget.session.frames import constraints_frame
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PreferenceMethods", "doubt_in_words"]


class PreferenceMethods(Part):
    """Methods that set objectives, constraints and goals, and answer comparisons."""

    def objectives(self, *names: str) -> tuple[str, ...]:
        """Say what matters beside the metric; without names, only return what is looked at now.

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
            The objectives from now on, the metric of the task first. Each has its column in `trials`.

        Raises
        ------
        CommandError
            When one is unknown or does not suit the task; then nothing changes.

        Notes
        -----
        Trials that ended before are measured on their stored predictions, or on the models that are kept; those whose
        model would have to be fitted again wait until nothing else runs.

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
        """Add an objective of your own: costs of each kind of mistake, or a function of truth and prediction.

        Parameters
        ----------
        name
            A short word: its column in `trials`.
        how
            A square matrix of costs, a row for each true class and a column for each predicted one, in the order of
            ``session.task.classes`` (of two classes the positive one is the last); or ``function(y, prediction)`` that
            returns one number, or one for each row. Decisions are those of least expected cost under a matrix, the
            likeliest class for a function.
        direction : {"lower", "higher"}
            Which values are better.
        unit, label
            What people read.

        Returns
        -------
        tuple of str
            The objectives from now on.

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
        """Say what a model must keep, or should.

        Parameters
        ----------
        text
            ``"predict_ms < 5"``, ``"rmse <= 30"``, ``"gap < 0.05"``, ``"family in linear, decision_tree"``. A limit is
            in the values that people read (an RMSE of 30). It replaces one on the same side of the same objective.
        hard
            True: what breaks it is never recommended and teaches the search to stay away. False: it costs.

        Raises
        ------
        CommandError
            When the text cannot be read, or the objective is unknown; then nothing changes.

        Examples
        --------
        >>> session.require("predict_ms < 5")                                # doctest: +SKIP
        >>> session.require("columns_used <= 10", hard=False)                # doctest: +SKIP
        """
        self._runtime.do(cmd.Require(text, hard))

    def relax(self, text: str) -> None:
        """Let go of a constraint, named by its text or by what it is about.

        Parameters
        ----------
        text
            The constraint, or what it is about.
        """
        self._runtime.do(cmd.Relax(text))

    @property
    def constraints(self) -> pd.DataFrame:
        """What a model must or should keep, and how many trials do.

        Returns
        -------
        pandas.DataFrame
            Columns constraint, hard, kept, broken, unknown (numbers of complete trials).
        """
        return constraints_frame(self._runtime.state)

    def next_pair(self) -> tuple[int, int] | None:
        """Return the pair of trials whose comparison teaches most, or None when another answer would change little.

        Returns
        -------
        tuple of int or None
            Two trial numbers for `prefer`; no pair comes twice. `session.trials` has their objectives.

        References
        ----------
        Lin et al. 2022, *Preference Exploration for Efficient Bayesian Optimization with Multiple Outcomes* (EUBO).
        """
        question = self._assessment.question
        return None if question is None else (question.first, question.second)

    def prefer(self, a: int, b: int, answer: str) -> None:
        """Say which of two trials you prefer; the search follows from its next proposal on.

        Parameters
        ----------
        a, b
            Numbers of complete trials. Answering the same pair again replaces the answer.
        answer : {"a", "b", "equal", "skip"}
            The preferred one. `undo` takes an answer back.

        Examples
        --------
        >>> a, b = session.next_pair()          # doctest: +SKIP
        >>> session.prefer(a, b, "a")           # doctest: +SKIP
        """
        self._runtime.do(cmd.Prefer(plain(a), plain(b), answer))  # type: ignore[arg-type]

    def set_goals(self, weights: Mapping[str, float] | None = None, *, strength: str = "fair") -> None:
        """Say directly how much each objective counts; answers to pairs then correct it.

        Parameters
        ----------
        weights
            By objective, what going from its worst to its best value among the candidates is worth, against the
            others: ``{"roc_auc": 3, "predict_ms": 1}``. None to let the answers alone decide.
        strength : {"hint", "fair", "strong"}
            How many answers it takes to correct you.
        """
        chosen = {} if weights is None else weights
        if isinstance(chosen, Mapping):
            chosen = {name: plain(value) for name, value in chosen.items()}
        self._runtime.do(cmd.SetGoals(chosen, strength))  # type: ignore[arg-type]

    @property
    def learnt(self) -> tuple[str, ...]:
        """What your answers and goals say, in words, the most certain first; with what the answers contradict."""
        found = self._assessment
        if found.summary is None:
            return ("Nothing yet: answer a pair, or set goals.",)
        return (*found.summary.sentences, *(doubt_in_words(one) for one in found.inconsistencies))

    def preferred_trial(self) -> int | None:
        """Return the number of the trial to take: what you prefer, or the best by the metric while you said nothing.

        Hard constraints are always kept. None while no trial is complete.

        Returns
        -------
        int or None
            The number, or None.
        """
        return self._runtime.state.chosen

    def challenge(self) -> Challenge | None:
        """Return the simplest model within the noise of the preferred one, or None where none is clearly simpler.

        Returns
        -------
        Challenge or None
            A comparison that prints as sentences, or None.
        """
        runtime = self._runtime
        state = runtime.state
        return challenge_of(state, active(runtime.task, state.preferences), runtime.words.baselines)

    @property
    def _assessment(self) -> Assessment:
        return self._runtime.preference_model.assess(self._runtime.state)


def doubt_in_words(doubt: Any) -> str:
    """Say gently which answer the others contradict."""
    one = doubt.comparison
    other = {"a": f"#{one.first} better", "b": f"#{one.second} better"}.get(str(doubt.otherwise), "them about equal")
    return (
        f"Your answer to #{one.first} and #{one.second} does not go with the others, which would make "
        f"{other} ({doubt.probability:.0%} sure). A slip, or is something else at play?"
    )


def _active(task: Task, state: SessionState) -> tuple[str, ...]:
    return tuple(one.name for one in active(task, state.preferences))


def _canonical(names: Sequence[str], task: Task, state: SessionState) -> tuple[str, ...]:
    custom = state.preferences.custom
    found = (objective_named(name, task, custom).name for name in names)
    return tuple(dict.fromkeys((main_objective(task).name, *found)))


def _as_matrix(how: Any) -> Any:
    """Return a table of costs as tuples; what is none is left for the command to refuse."""
    rows = how.tolist() if hasattr(how, "tolist") else getattr(how, "values", how)
    rows = rows.tolist() if hasattr(rows, "tolist") else rows
    if not isinstance(rows, list | tuple):
        raise CommandError("An objective of your own is a matrix of costs or a function of (y, prediction).")
    return tuple(tuple(plain(cost) for cost in row) if isinstance(row, list | tuple) else row for row in rows)
