"""`session.explain`: every view of models, the search and comparisons, by name."""

from __future__ import annotations

import itertools
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from hitl_widget.data.objectives import active
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.commands import AddBaseline
from hitl_widget.domain.figures import plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import TrialState
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.fold_models import TrialModel, member_of
from hitl_widget.explain.catalogue import ENTRIES, Entry
from hitl_widget.explain.jobs import Wish
from hitl_widget.explain.view import View
from hitl_widget.report.words import Words
from hitl_widget.workers.contract import Call, FailureKind, Outcome

if TYPE_CHECKING:
    from hitl_widget.explain.comparison import Contender
    from hitl_widget.explain.knowledge import Knowledge
    from hitl_widget.explain.sessions import Side

__all__ = ["Explain", "Explained", "measure_own"]

_KEPT = 200
_SECONDS = 300.0
_counter = itertools.count(1)


class Explained(Protocol):
    """What a session shows of itself to those who explain it."""

    @property
    def task(self) -> Task: ...  # noqa: D102 - as of `AutoMLSession`

    @property
    def state(self) -> SessionState: ...  # noqa: D102

    @property
    def words(self) -> Words: ...  # noqa: D102

    @property
    def seed(self) -> int: ...  # noqa: D102

    def look(self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None = None) -> None:  # noqa: D102
        ...

    def cancel_look(self, key: str) -> None: ...  # noqa: D102

    def predictions_file(self, number: int) -> str | None: ...  # noqa: D102

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def rows_key(self) -> str: ...  # noqa: D102

    def beside(self) -> Sequence[Explained]: ...  # noqa: D102


class Explain:
    """The views of one session, each an answer to a question.

    Views of models are computed in a worker beside the trials, on rows that the models were not fitted on; the search
    goes on meanwhile. Each returns a `View`, which prints as sentences; `frame()` gives its rows.

    Parameters
    ----------
    session
        The session.

    Examples
    --------
    >>> print(session.explain.importance())             # doctest: +SKIP
    >>> session.explain.row(17, trial=12).frame()       # doctest: +SKIP
    """

    def __init__(self, session: Explained) -> None:
        self._session = session
        self._known: OrderedDict[str, View] = OrderedDict()
        self._lock = threading.Lock()
        self._beside: dict[tuple[str, int], Contender] = {}
        self._surrogate: tuple[tuple[str, int, Steering], Knowledge] | None = None

    # -- models -------------------------------------------------------------------------------------------------------

    def importance(self, trial: int | str | None = None, *, of: str | None = None) -> View:
        """Which columns matter to a model: mean size of their SHAP values, with intervals.

        Parameters
        ----------
        trial
            Number of a finished trial, or ``"ensemble"``; by default the one to take.
        of
            One of more than two classes.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.

        References
        ----------
        Lundberg & Lee 2017, *A unified approach to interpreting model predictions*.
        """
        return self.view("importance", trial=trial, of=of)

    def beeswarm(self, trial: int | str | None = None, *, of: str | None = None) -> View:
        """Which way each column pushes, row by row.

        Parameters
        ----------
        trial
            As of `importance`.
        of
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("beeswarm", trial=trial, of=of)

    def dependence(self, column: str, trial: int | str | None = None, *, of: str | None = None) -> View:
        """What one column does, row by row, and what changes that most.

        Parameters
        ----------
        column
            The column.
        trial
            As of `importance`.
        of
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("dependence", trial=trial, column=column, of=of)

    def row(self, row: int, trial: int | str | None = None, *, of: str | None = None) -> View:
        """Why one row is predicted as it is: a waterfall from the average to its prediction.

        Parameters
        ----------
        row
            Position of the row in the table, without rows that lack the target.
        trial, of
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("row", trial=trial, row=row, of=of)

    def what_if(
        self, row: int, changes: Mapping[str, Any], trial: int | str | None = None, *, of: str | None = None
    ) -> View:
        """What a row would be predicted with other values, each alone and all together.

        Parameters
        ----------
        row
            As of `row`.
        changes
            New values by column.
        trial, of
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("what_if", trial=trial, row=row, changes=changes, of=of)

    def effect(
        self, column: str, trial: int | str | None = None, *, centred: bool = False, of: str | None = None
    ) -> View:
        """What happens on average, and for single rows, when one column changes (PDP and ICE).

        Parameters
        ----------
        column
            The column.
        trial
            As of `importance`.
        centred
            Draw the lines of single rows from a common start.
        of
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.

        References
        ----------
        Friedman 2001, *Greedy function approximation*; Goldstein et al. 2015, *Peeking inside the black box*.
        """
        return self.view("effect", trial=trial, column=column, centred=centred, of=of)

    def permutation(self, trial: int | str | None = None) -> View:
        """What the score loses on held-out folds when a column is shuffled.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("permutation", trial=trial)

    def confusion(self, trial: int | None = None, *, threshold: float = 0.5) -> View:
        """Which mistakes a classifier makes; two classes are decided at `threshold`.

        Parameters
        ----------
        trial
            As of `importance`.
        threshold
            From which probability on the positive class is said.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("confusion", trial=trial, threshold=threshold)

    def roc_pr(self, trial: int | None = None) -> View:
        """How well a classifier tells the classes apart, over all thresholds.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("roc_pr", trial=trial)

    def calibration(self, trial: int | None = None) -> View:
        """Whether predicted probabilities happen as often as they say.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("calibration", trial=trial)

    def residuals(self, trial: int | None = None) -> View:
        """How far off predicted numbers are, and where.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("residuals", trial=trial)

    def threshold(self, trial: int | None = None, *, false_alarm: float = 1.0, miss: float = 1.0) -> View:
        """Where to draw the line between two classes, given what each mistake costs.

        Parameters
        ----------
        trial
            As of `importance`.
        false_alarm
            Cost of a yes that is wrong.
        miss
            Cost of a no that is wrong.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("threshold", trial=trial, false_alarm=false_alarm, miss=miss)

    def slices(self, trial: int | None = None) -> View:
        """For which groups of rows the model errs most, beyond chance.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("slices", trial=trial)

    # -- how it learns ------------------------------------------------------------------------------------------------

    def learning_curve(self, trial: int | None = None) -> View:
        """Whether more rows or more modelling would help: the score over growing shares of the rows.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("learning_curve", trial=trial)

    def training_gap(self, trial: int | None = None) -> View:
        """How much better a model is on the rows that it was fitted on.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("training_gap", trial=trial)

    def rounds(self, trial: int | None = None, *, fold: int = 0) -> View:
        """How many rounds a booster took, and how its score grew with them.

        Parameters
        ----------
        trial
            As of `importance`.
        fold
            Number of the fold, from 0.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("rounds", trial=trial, fold=fold)

    def fold_spread(self, trial: int | None = None) -> View:
        """How much the score hangs on which rows were seen.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("fold_spread", trial=trial)

    def warnings(self, trial: int | None = None) -> View:
        """What the fit complained of, in plain words.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("warnings", trial=trial)

    def time_split(self, trial: int | None = None) -> View:
        """Where the time goes: preparation, fit, prediction.

        Parameters
        ----------
        trial
            As of `importance`.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("time_split", trial=trial)

    # -- the search ---------------------------------------------------------------------------------------------------

    def hyperparameters(self, family: str = "") -> View:
        """Which hyperparameters decide the score, and each further objective (PED-ANOVA).

        Parameters
        ----------
        family
            A family; by default the one with most to say.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("hyperparameters", family=family)

    def setting(self, parameter: str = "", *, family: str = "", around: str = "everything") -> View:
        """What one hyperparameter does to the score, with uncertainty where the search hardly looked.

        Parameters
        ----------
        parameter
            The hyperparameter; by default the one that decides most.
        family
            A family; by default the one with most to say.
        around
            Which others it is drawn among: ``"everything"``, or as the view's options say.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("setting", family=family, parameter=parameter, around=around)

    def interactions(self, family: str = "") -> View:
        """Whether the best value of one hyperparameter hangs on another.

        Parameters
        ----------
        family
            A family; by default the one with most to say.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("interactions", family=family)

    def ablation(self, family: str = "") -> View:
        """What made the best trial of a family better than its default, one hyperparameter at a time.

        Parameters
        ----------
        family
            A family; by default the one with most to say.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("ablation", family=family)

    def parallel(self, family: str = "") -> View:
        """Each trial as a line through its hyperparameters.

        Parameters
        ----------
        family
            A family; by default the one with most to say.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("parallel", family=family)

    def footprint(self, family: str = "") -> View:
        """Where the search has looked, and how good it was there.

        Parameters
        ----------
        family
            A family; by default the one with most to say.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("footprint", family=family)

    def pipelines(self) -> View:
        """How tables flow through preparations into families.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("pipelines")

    def course(self) -> View:
        """The score over time, with what each act of steering brought.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("course")

    def winner(self) -> View:
        """Why this one won: its lead against the noise.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("winner")

    def baselines(self) -> View:
        """Whether the model to take beats simple ones, by a corrected test over the folds.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("baselines")

    def sessions(self) -> View:
        """How the live sessions of this kernel compare.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.
        """
        return self.view("sessions")

    # -- how ----------------------------------------------------------------------------------------------------------

    def view(self, name: str, **options: Any) -> View:
        """Return a view by its name, complete.

        Parameters
        ----------
        name
            The view.
        **options
            Its options.

        Returns
        -------
        View
            Prints as sentences; `frame()` gives its rows.

        Raises
        ------
        CommandError
            When there is no such view, an option is not to be had, or the computation failed; the message says why.
        """
        for step in itertools.count():
            found = self._wait(name, options, step)
            if not found.partial:
                break
        return found

    def _wait(self, name: str, options: Mapping[str, Any], step: int) -> View:
        asked: Future[View] = Future()
        key = self.ask(name, options, asked.set_result, lambda text: _refuse(asked, text), step=step)
        try:
            return asked.result()
        except BaseException:
            self._session.cancel_look(key)
            raise

    def ask(
        self,
        name: str,
        options: Mapping[str, Any],
        done: Callable[[View], Any],
        refused: Callable[[str], Any],
        *,
        step: int = 0,
    ) -> str:
        """Ask for a view without waiting; returns a key with which `AutoMLSession.cancel_look` gives it up.

        Parameters
        ----------
        name, options
            The view and its options.
        done, refused
            Called once, one of them, from any thread: with the view, or with the reason in words.
        step
            0 for what can be said at once; a partial view is followed up with the next step.

        Returns
        -------
        str
            The key, or "" where the answer came at once.

        Raises
        ------
        CommandError
            When there is no such view, or an option is not to be had.
        """
        entry = _entry(name, self._session)
        options = _checked(entry, options, self._session)
        state = self._session.state
        if entry.name == "baselines":
            return self._against_the_usual(entry, state, step, done, refused)
        if not entry.works:
            done(self._quick(entry, options, state))
            return ""
        return self._in_worker(entry, options, state, step, done, refused)

    def _in_worker(
        self,
        entry: Entry,
        options: Mapping[str, Any],
        state: SessionState,
        step: int,
        done: Callable[[View], Any],
        refused: Callable[[str], Any],
    ) -> str:
        members, number = self._members(options.get("trial"), state)
        rest = {name: value for name, value in options.items() if name != "trial" and value is not None}
        known = json.dumps([entry.name, [(one.trial, one.weight) for one in members], rest, step], default=str)
        with self._lock:
            view = self._known.get(known)
        if view is not None:
            done(view)
            return ""
        file = None if number is None else self._session.predictions_file(number)
        trial = None if number is None else state.trials[number]
        wish = Wish(entry.name, tuple(members), file, rest, step, trial)
        key = f"look#{next(_counter)}"

        def receive(outcome: Outcome) -> None:
            if outcome.failure is None:
                done(self._remembered(known, lambda: outcome.value))
            elif outcome.failure.kind is FailureKind.CANCELLED:
                refused("This explanation was given up.")
            else:
                refused(_why(outcome.failure.message))

        self._session.look(key, Call("hitl_widget.explain.jobs:explain", (wish,)), receive, _SECONDS)
        return key

    def _against_the_usual(
        self, entry: Entry, state: SessionState, step: int, done: Callable[[View], Any], refused: Callable[[str], Any]
    ) -> str:
        """Answer with what was tried; the next step fits what everybody would try first and the search did not."""
        from hitl_widget.explain.comparison import untried

        session = self._session
        with self._lock:
            missing = {
                name: config for name, config in untried(state).items() if (name, state.view) not in self._beside
            }
        if not missing or step == 0 or state.chosen is None:
            found = self._quick(entry, {}, state)
            done(replace(found, partial=bool(missing)))
            return ""
        key = f"look#{next(_counter)}"

        def receive(outcome: Outcome) -> None:
            if outcome.failure is not None:
                cancelled = outcome.failure.kind is FailureKind.CANCELLED
                refused("This explanation was given up." if cancelled else _why(outcome.failure.message))
                return
            with self._lock:
                self._beside |= {(name, state.view): one for name, one in outcome.value.items()}
            done(self._quick(entry, {}, session.state))

        view = state.view_of(state.trials[state.chosen])
        session.look(
            key, Call("hitl_widget.explain.jobs:as_it_comes", (missing, view, session.seed)), receive, _SECONDS
        )
        return key

    def _members(self, trial: Any, state: SessionState) -> tuple[list[TrialModel], int | None]:
        seed = self._session.seed
        if trial == "ensemble":
            if not state.ensemble:
                raise CommandError("There is no ensemble yet; name a trial.")
            return [member_of(state, number, weight, seed) for number, weight in state.ensemble], None
        number = state.chosen if trial is None else trial
        if number is None:
            raise CommandError("No trial is complete yet. Wait for the first one: session.wait(10).")
        return [member_of(state, number, 1.0, seed)], number

    def _remembered(self, key: str, make: Callable[[], View]) -> View:
        with self._lock:
            known = self._known.get(key)
        found = make() if known is None else known
        with self._lock:
            self._known[key] = found
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _fitted(self, state: SessionState, family: str) -> Knowledge:
        """Return the surrogate of a family, fitted once for all views of the same evidence."""
        from hitl_widget.explain.knowledge import family_to_show, knowledge_of

        family = family or family_to_show(state)
        key = (family, state.ended, state.steering)
        with self._lock:
            if self._surrogate is None or self._surrogate[0] != key:
                self._surrogate = key, knowledge_of(state, family)
            return self._surrogate[1]

    def _quick(self, entry: Entry, options: Mapping[str, Any], state: SessionState) -> View:
        session = self._session
        metric, labels, family = session.task.metric, session.words.labels, options.get("family") or ""
        match entry.name:
            case "hyperparameters":
                from hitl_widget.explain.search_views import importance

                objectives = active(session.task, state.preferences)[1:]
                found = importance(state, family=family, objectives=objectives, metric=metric)
            case "setting":
                from hitl_widget.explain.effects import effects

                more = {name: options[name] for name in ("parameter", "around") if options.get(name)}
                found = effects(state, metric, family=family, known=self._fitted(state, family), **more)
            case "interactions":
                from hitl_widget.explain.search_views import interactions

                found = interactions(state, metric, family=family, known=self._fitted(state, family))
            case "ablation":
                from hitl_widget.explain.ablation import ablation

                found = ablation(state, metric, family=family, known=self._fitted(state, family))
            case "parallel":
                from hitl_widget.explain.search_maps import parallel

                found = parallel(state, metric, family=family)
            case "footprint":
                from hitl_widget.explain.search_maps import footprint

                found = footprint(state, metric, labels, family=family)
            case "pipelines":
                from hitl_widget.explain.search_maps import pipelines

                found = pipelines(state, metric, labels)
            case "course" | "winner":
                from hitl_widget.explain import search_history as search_course

                found = getattr(search_course, entry.name)(state, metric, labels)
            case "fold_spread" | "warnings" | "time_split":
                found = self._of_fit(entry.name, options, state)
            case "sessions":
                from hitl_widget.explain.sessions import sessions

                found = sessions([self._side(one) for one in session.beside()])
            case _:
                found = self._baselines(state)
        return replace(found, name=entry.name)

    def _of_fit(self, name: str, options: Mapping[str, Any], state: SessionState) -> View:
        from hitl_widget.explain.algorithm import fold_spread, time_split, warnings_in_words

        session = self._session
        _, number = self._members(options.get("trial"), state)
        if number is None:
            raise CommandError("This view is about one trial; name a finished one.")
        trial, labels = state.trials[number], session.words.labels
        if name == "warnings":
            return warnings_in_words(trial, labels)
        if name == "time_split":
            return time_split(trial, state, labels)
        return fold_spread(state, trial, session.task.metric, folds=session.task.split.folds)

    @staticmethod
    def _side(session: Explained) -> Side:
        from hitl_widget.explain.comparison import contenders
        from hitl_widget.explain.sessions import Side

        state, task = session.state, session.task
        best, _ = contenders(state, session.words.labels)
        holdout = state.holdout.best if state.holdout is not None else None
        return Side(session.name, task, best, state.ended, state.elapsed, session.rows_key, holdout)

    def _baselines(self, state: SessionState) -> View:
        from hitl_widget.explain.comparison import Contender, baselines, contenders

        with self._lock:
            beside = {name: one for (name, view), one in self._beside.items() if view == state.view}
        chosen, others = contenders(state, self._session.words.labels, beside)
        if chosen is None:
            raise CommandError("No trial is complete yet. Wait for the first one: session.wait(10).")
        own = (
            Contender(one.name, dict(one.scores), "own", seconds=one.seconds, problem=one.problem)
            for one in state.baselines.values()
        )
        return baselines(self._session.task, chosen, (*others, *own))


def measure_own(session: Explained, name: str, estimator: Any) -> AddBaseline:
    """Measure a model of the person's own on the folds, in a worker beside the trials; returns the command for it.

    Raises
    ------
    CommandError
        When it cannot be sent to a worker, or the worker was lost.
    """
    import cloudpickle

    checked = AddBaseline(name, ())
    try:
        code = cloudpickle.dumps(estimator)
    except Exception as error:
        raise CommandError(f"This estimator cannot be sent to a worker: {error!r:.300}.") from error
    asked: Future[Outcome] = Future()
    key = f"look#{next(_counter)}"
    session.look(key, Call("hitl_widget.explain.jobs:own_baseline", (name, code)), asked.set_result, 2 * _SECONDS)
    try:
        outcome = asked.result()
    except BaseException:
        session.cancel_look(key)
        raise
    if outcome.failure is not None:
        raise CommandError(_why(outcome.failure.message))
    scores, seconds, problem = outcome.value
    return replace(checked, scores=tuple(sorted(scores.items())), seconds=seconds, problem=problem)


def _refuse(asked: Future[View], text: str) -> None:
    asked.set_exception(CommandError(text))


def _why(message: str) -> str:
    """Return a worker's words about a call that was no fit."""
    text = message.replace("The fit failed with ", "It could not be explained: ")
    return text.replace("; only this trial is lost", "")


def _entry(name: object, session: Explained) -> Entry:
    entry = ENTRIES.get(str(name))
    if entry is None:
        raise CommandError(f"There is no view {name!r:.60}; there are {', '.join(ENTRIES)}.")
    if session.task.kind not in entry.kinds:
        raise CommandError(f"The view {name!r} is not for a {session.task.kind} task.")
    return entry


def _checked(entry: Entry, options: Mapping[str, Any], session: Explained) -> dict[str, Any]:
    """Return options that the view takes, each of the right kind; the browser is not to be trusted."""
    strange = [name for name, value in options.items() if name not in entry.takes and value is not None]
    if strange:
        listed = ", ".join(entry.takes) or "none"
        raise CommandError(f"The view {entry.name!r} takes {listed}; got {strange[0]!r:.60}.")
    given = {name: plain(value) for name, value in options.items() if value is not None}
    _check_trial(given.get("trial"), session.state)
    if "column" in given:
        _check_column(given["column"], given.get("trial"), session)
    for name in ("false_alarm", "miss", "threshold"):
        value = given.get(name, 0.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            raise CommandError(f"{name} is a number of 0 or more; got {value!r:.60}.")
    fold = given.get("fold", 0)
    if isinstance(fold, bool) or not isinstance(fold, int) or not 0 <= fold < session.task.split.folds:
        raise CommandError(f"Folds are numbered from 0 to {session.task.split.folds - 1}; got {fold!r:.60}.")
    row = given.get("row", 0)
    if isinstance(row, bool) or not isinstance(row, int) or not 0 <= row < session.task.rows:
        raise CommandError(f"Rows are numbered from 0 to {session.task.rows - 1:,}; got {row!r:.60}.")
    if not isinstance(given.get("changes", {}), Mapping):
        raise CommandError("Changes are values by column, such as {'age': 40}.")
    family = given.get("family", "")
    if family and family not in session.state.base.families:
        raise CommandError(f"There is no family {family!r:.60}; there are {', '.join(session.state.base.families)}.")
    return given


def _check_column(column: Any, trial: Any, session: Explained) -> None:
    """Refuse a column that no model reads; one measured on other columns may have read any of the table."""
    state, task = session.state, session.task
    other = isinstance(trial, int) and state.on_other_data(state.trials[trial])
    choices = state.view_of(state.trials[trial]).choices if other else state.steering.data
    names = [one.name for one in (task.columns if other else task.used)] + [one.name for one in choices.transforms]
    behind = {name for one in choices.transforms for name in one.columns}
    several = isinstance(column, str) and any(column.startswith(f"{one.name} ") for one in choices.transforms)
    if column not in (*names, *behind) and not several:
        raise CommandError(f"There is no column {column!r:.60} in use; there are {', '.join(names)[:300]}.")


def _check_trial(trial: Any, state: SessionState) -> None:
    if trial is None or trial == "ensemble":
        return
    if isinstance(trial, bool) or not isinstance(trial, int) or not 0 <= trial < len(state.trials):
        raise CommandError(f"There is no trial {trial!r:.60}; the record has {plural(len(state.trials), 'trial')}.")
    if state.trials[trial].state is not TrialState.COMPLETE:
        raise CommandError(f"Only finished trials can be explained; trial {trial} is {state.trials[trial].state}.")
