"""What a person says of good and bad, as methods of a session: objectives, constraints, answers, goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from hitl_widget.data.objectives import active, main_objective, objective_named, wanted
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.objective import Objective
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.plan import Receipt
from hitl_widget.errors import CommandError
from hitl_widget.preference.assessment import Assessment
from hitl_widget.preference.challenge import Challenge, challenge_of
from hitl_widget.preference.model import PreferenceModel
from hitl_widget.report.words import Words

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Preferring"]


class Preferring:
    """The acts and looks of a session that are about what good means."""

    tastes: PreferenceModel

    @property
    def state(self) -> SessionState:
        """The state of the session."""
        raise NotImplementedError

    @property
    def task(self) -> Task:
        """What was understood about the table."""
        raise NotImplementedError

    @property
    def words(self) -> Words:
        """The sentences of this session."""
        raise NotImplementedError

    def _do(self, command: cmd.Command) -> Receipt:
        raise NotImplementedError

    def _blend(self, members: tuple[tuple[int, float], ...]) -> Any:
        raise NotImplementedError

    # -- objectives and constraints -----------------------------------------------------------------------------------

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
        if names:
            found = tuple(one.name for one in active(self.task, self.state.preferences))
            command = cmd.SetObjectives(tuple(names))
            if _canonical(names, self.task, self.state) != found or not self.state.preferences.objectives:
                self._do(command)
        return tuple(one.name for one in active(self.task, self.state.preferences))

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
        self._do(cmd.AddObjective(name, label, direction, unit, matrix, code))
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
        self._do(cmd.Require(text, hard))

    def relax(self, text: str) -> None:
        """Let go of a constraint, named by its text or by what it is about.

        Parameters
        ----------
        text
            The constraint, or what it is about.
        """
        self._do(cmd.Relax(text))

    @property
    def constraints(self) -> pd.DataFrame:
        """What a model must or should keep, and how many trials do.

        Returns
        -------
        pandas.DataFrame
            Columns constraint, hard, kept, broken, unknown (numbers of complete trials).
        """
        import pandas as pd

        state, rows = self.state, []
        complete = [trial for trial in state.trials if trial.state is TrialState.COMPLETE]
        for rule in state.preferences.constraints:
            found = [rule.violation(trial) for trial in complete]
            counts = (sum(one == 0 for one in found), sum(bool(one) for one in found), found.count(None))
            rows.append((rule.text, rule.hard, *counts))
        return pd.DataFrame(rows, columns=("constraint", "hard", "kept", "broken", "unknown"))

    # -- answers and goals --------------------------------------------------------------------------------------------

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
        question = self._judged.question
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
        self._do(cmd.Prefer(plain(a), plain(b), answer))  # type: ignore[arg-type]

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
        self._do(cmd.SetGoals(chosen, strength))  # type: ignore[arg-type]

    @property
    def learnt(self) -> tuple[str, ...]:
        """What your answers and goals say, in words, the most certain first; with what the answers contradict."""
        judged = self._judged
        if judged.summary is None:
            return ("Nothing yet: answer a pair, or set goals.",)
        return (*judged.summary.sentences, *(doubt_in_words(one) for one in judged.inconsistencies))

    def preferred_trial(self) -> int | None:
        """Return the number of the trial to take: what you prefer, or the best by the metric while you said nothing.

        Hard constraints are always kept. None while no trial is complete.

        Returns
        -------
        int or None
            The number, or None.
        """
        return self.state.chosen

    def preferred_model(self) -> Any:
        """Return the preferred model, fitted; as `best_model`.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table.

        Raises
        ------
        CommandError
            While no trial is complete that keeps the constraints.
        """
        return self._blend(((self._there(self.state.chosen), 1.0),))

    def _there(self, number: int | None) -> int:
        """Return the trial to take, or say why there is none."""
        if number is not None:
            return number
        if not self.state.count(TrialState.COMPLETE):
            raise CommandError("No trial is complete yet. Wait for the first one: session.wait(10).")
        if self.state.broken:
            raise CommandError("No finished trial keeps what it must; session.constraints says how many keep what.")
        raise CommandError("No finished trial counts: each was discarded or lies outside today's search space.")

    def challenge(self) -> Challenge | None:
        """Return the simplest model within the noise of the preferred one, or None where none is clearly simpler.

        Returns
        -------
        Challenge or None
            A comparison that prints as sentences, or None.
        """
        return challenge_of(self.state, active(self.task, self.state.preferences), self.words.baselines)

    @property
    def _judged(self) -> Assessment:
        return self.tastes.assess(self.state)

    def _measured_objectives(self, state: SessionState) -> list[Objective]:
        """Return the objectives that have a column in `trials`: today's, and all that were ever measured."""
        found = {one.name: one for one in (main_objective(self.task), *wanted(self.task, state.preferences))}
        for name in state.measured_names:
            if name not in found:
                try:
                    found[name] = objective_named(name, self.task, state.preferences.custom)
                except CommandError:  # an objective of the person's own whose adding was undone
                    continue
        return list(found.values())


def doubt_in_words(doubt: Any) -> str:
    """Say gently which answer the others contradict."""
    one = doubt.comparison
    other = {"a": f"#{one.first} better", "b": f"#{one.second} better"}.get(str(doubt.otherwise), "them about equal")
    return (
        f"Your answer to #{one.first} and #{one.second} does not go with the others, which would make "
        f"{other} ({doubt.probability:.0%} sure). A slip, or is something else at play?"
    )


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
