"""AutoMLSession: the facade. Every method is a command or a look at the state."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time as clock_time
import uuid
import warnings
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hitl_widget.advise.advisor import RuleAdvisor
from hitl_widget.charts.theme import FAMILIES
from hitl_widget.data.choices import Columns
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import Understood, understand
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import checked_limit, checked_seed, checked_workers, plain
from hitl_widget.domain.event import Opened, Record
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.space import Space
from hitl_widget.domain.spelling import is_count
from hitl_widget.domain.state import Phase, SessionState, spans
from hitl_widget.domain.task import Column, Kind, Role, Task
from hitl_widget.domain.trial import Author, Trial, TrialState
from hitl_widget.engine.assemble import (
    keep_trusted,
    keep_trusted_objectives,
    keep_trusted_transforms,
    new_executor,
    new_journal,
    new_sampler,
    possible_configs,
)
from hitl_widget.engine.controller import Controller, Subscriber
from hitl_widget.engine.places import checked_place, default_place, scratch_folder
from hitl_widget.engine.plan import Plan, Receipt
from hitl_widget.engine.ports import Journal
from hitl_widget.errors import CommandError, DataError, JournalError
from hitl_widget.evaluation.user_code import family_available
from hitl_widget.learners.custom import facts_of, make_learner
from hitl_widget.learners.registry import LEARNERS, space_for, starting_configs
from hitl_widget.preference.model import PreferenceModel
from hitl_widget.report.history import frame_of, told
from hitl_widget.report.words import Words, duration
from hitl_widget.session.data import Preparing
from hitl_widget.session.preferences import Preferring
from hitl_widget.session.steering import Acts
from hitl_widget.session.survey import Survey
from hitl_widget.workers.contract import Call, Outcome

if TYPE_CHECKING:
    import numpy as np
    import optuna
    import pandas as pd

    from hitl_widget.explain.fairness import Audit
    from hitl_widget.explain.view import View
    from hitl_widget.report.profile import TableProfile
    from hitl_widget.session.charts import Charts
    from hitl_widget.session.explanations import Explain

__all__ = ["AutoMLSession", "warm_up"]

_LIVE: weakref.WeakSet[AutoMLSession] = weakref.WeakSet()
_WATCHERS: list[Callable[[AutoMLSession], None]] = []
_CONSTANT = "dummy"
_BUDGET = 300.0
_COLUMNS = (
    *("number", "state", "family", "score", "std", "seconds", "finished_at"),
    *("proposed_by", "generation", "config"),
)
_ENDED = (Phase.FINISHED, Phase.FAILED)


def warm_up() -> None:
    """Start a helper process that imports the libraries, so that the next session's first model comes at once.

    Importing `AutoMLSession` in a Jupyter kernel does this by itself, unless the environment variable
    ``HITL_WIDGET_WARM`` is ``0``.
    """
    from hitl_widget.workers.executors import warm

    warm()


def watch_sessions(watcher: Callable[[AutoMLSession], None]) -> None:
    """Call ``watcher(session)`` for each session of this process: those that live, and each one when it is made."""
    for session in list(_LIVE):
        watcher(session)
    _WATCHERS.append(watcher)


class _SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return clock_time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return clock_time.monotonic()


class AutoMLSession(Acts, Preferring, Preparing):
    """A live search for models of one target, that a person watches and steers.

    Parameters
    ----------
    data : table of shape (n_rows, n_columns)
        Of pandas, polars, pyarrow or another library that narwhals knows.
    target : str
        Name of the column to predict.
    metric : str, optional
        Name of a scikit-learn scorer. By default ROC AUC (binary), log loss (multiclass), RMSE (regression).
    positive : optional
        The positive class of a binary target.
    roles : mapping of str to str, optional
        Roles of columns where the guess is wrong: numeric, categorical, date, text or ignored.
    groups : str or array of shape (n_rows,), optional
        Column whose equal values stay in one fold, or the values themselves.
    time : str or array of shape (n_rows,), optional
        Column that orders the rows, or the values themselves; folds then go forward in time.
    holdout : float, default 0.2
        Share of rows kept aside and measured once at the end; 0 for none.
    budget : float or None, default 300
        Seconds of search. With `max_trials` given and `budget` left alone, only trials count.
    max_trials : int, optional
        Number of trials.
    workers : int, optional
        Processes that fit models; by default one per core.
    seed : int, default 0
        With one worker and a budget in trials, the same seed gives the same trials.
    autonomy : {"cruise", "user", "autopilot"}
        Who takes the next step; under "user" only what is queued runs.
    journal : path or SQLAlchemy URL, optional
        Where the session is kept. By default a file in the user's data folder; `path` tells.
    trial_seconds : float, optional
        Longest wall time of one trial; by default 15 % of the budget.
    trial_memory : int, optional
        Most memory of one trial, in bytes; by default its share of what is free.

    Raises
    ------
    DataError
        When the table or the target cannot be used; the message says what to do.

    Examples
    --------
    >>> session = AutoMLSession(df, "churn")       # doctest: +SKIP
    >>> session.show()                             # doctest: +SKIP
    """

    def __init__(
        self,
        data: Any,
        target: str,
        *,
        metric: str | None = None,
        positive: Any = None,
        roles: Mapping[str, str] | None = None,
        groups: Any = None,
        time: Any = None,
        holdout: float = 0.2,
        budget: float | None = _BUDGET,
        max_trials: int | None = None,
        workers: int | None = None,
        seed: int = 0,
        autonomy: str = "cruise",
        journal: str | os.PathLike[str] | None = None,
        trial_seconds: float | None = None,
        trial_memory: int | None = None,
    ) -> None:
        _start_helper()
        if max_trials is not None and budget is _BUDGET:
            budget = None
        arguments: dict[str, Any] = {
            "target": target,
            "metric": metric,
            "positive": positive,
            "roles": dict(roles) if roles else None,
            "groups": groups,
            "time": time,
            "holdout": holdout,
            "seed": seed,
        }
        budget, max_trials, seed = plain(budget), plain(max_trials), plain(seed)
        arguments["seed"] = checked_seed(seed)
        limits = {
            "workers": checked_workers(plain(workers)),
            "trial_seconds": checked_limit("trial_seconds", plain(trial_seconds)),
            "trial_memory": checked_limit("trial_memory", plain(trial_memory)),
        }
        cmd.SetBudget(budget, max_trials)
        level = cmd.SetAutonomy(autonomy)  # type: ignore[arg-type]
        table = normalise(data)
        for argument in ("groups", "time"):
            given = arguments[argument]
            table, arguments[argument] = _as_column(table, given, argument)
            if not (given is None or isinstance(given, str | int)):
                arguments["roles"] = {**(arguments["roles"] or {}), arguments[argument]: "ignored"}
        understood = understand(table, **arguments)
        self._set_up(
            understood,
            table,
            {"arguments": arguments, "limits": limits, "id": uuid.uuid4().hex[:12], "created": clock_time.time()},
            place=journal if journal is not None else default_place(target),
            budget=(budget, max_trials),
            autonomy=level.level,
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> AutoMLSession:
        """Take up a session from its journal, also after its kernel died.

        Parameters
        ----------
        path
            Path or URL of the journal.

        Returns
        -------
        AutoMLSession
            Paused, when it was running: every finished trial is there, and those that ran are queued again.

        Raises
        ------
        JournalError
            When there is no journal, or another session is writing it.
        """
        from hitl_widget.engine.journal import SqlJournal

        journal = SqlJournal(path, create=False)
        try:
            records = journal.read()
            body = journal.get("table")
        except BaseException:
            journal.close()
            raise
        if not records or not isinstance(records[0].event, Opened) or body is None:
            journal.close()
            raise JournalError(f"The journal {journal.place} is empty: its session ended before it began.")
        try:
            settings = _checked_settings(records[0].event.settings, journal.place)
            table = unpack(body)
            understood = understand(table, **settings["arguments"])
            session = cls.__new__(cls)
            session._set_up(understood, table, settings, place=path, records=records, journal=journal)
        except BaseException:
            journal.close()
            raise
        return session

    def _set_up(
        self,
        understood: Understood,
        table: pd.DataFrame,
        settings: dict[str, Any],
        *,
        place: str | os.PathLike[str],
        budget: tuple[float | None, int | None] = (None, None),
        autonomy: cmd.Autonomy = cmd.Autonomy.CRUISE,
        records: Sequence[Record] = (),
        journal: Journal | None = None,
    ) -> None:
        task, limits, seed = understood.task, settings["limits"], settings["arguments"]["seed"]
        self._task = task
        self._settings = settings
        self._place = where = checked_place(place, new=journal is None)
        self._folder = scratch_folder()
        space = _space_of(records) or space_for(task)
        labels = {name: LEARNERS[name].label for name in space.families if name in LEARNERS}
        baselines = frozenset({_CONSTANT})
        self._words = Words(task, labels, baselines)
        plan = Plan(
            settings=settings,
            space=space,
            starts=tuple(possible_configs(space, starting_configs(task))),
            baselines=baselines,
            constant=_CONSTANT,
            labels=labels,
            folds=task.split.folds,
            seed=seed,
            budget_seconds=budget[0],
            budget_trials=budget[1],
            autonomy=autonomy,
            trial_seconds=limits["trial_seconds"],
            holdout_rows=task.holdout_rows,
            folder=self._folder,
            task=task,
            blobs=lambda: {"table": pack(table)},
        )
        self.table_columns = columns = Columns(understood, self._folder)
        self.tastes = PreferenceModel(task, baselines, seed)
        self._controller = controller = Controller(
            plan,
            journal=lambda: journal or new_journal(where),
            executor=lambda: new_executor(understood, plan.folder, seed, limits),
            sampler=lambda: new_sampler(plan, controller.now, before=len(records)),
            advisor=lambda: RuleAdvisor(task, labels, baselines, limits["workers"]),
            tastes=self.tastes,
            tables=columns,
            clock=_SystemClock(),
            records=records,
        )
        self._understood = understood
        self._own_learners(labels, journal)
        self.widget: Any = None
        self._explain: Explain | None = None
        self.survey = Survey(self, understood, settings["arguments"])
        if len(self.state.views) > 1:
            columns.keep()
        self._finalizer = weakref.finalize(self, _tidy, self._controller, self._folder, os.getpid())
        self._controller.open()
        _LIVE.add(self)
        for watcher in _WATCHERS:
            watcher(self)

    def _own_learners(self, labels: dict[str, str], journal: Journal | None) -> None:
        """Take up the learners that were added in an earlier life, as far as they are this person's."""
        learners = self.state.learners
        labels.update(learners)
        if journal is not None:
            acts = (act.after.preferences.custom for act in self.state.acts)  # what was undone may be done again
            custom = {name: one for them in (*acts, self.state.preferences.custom) for name, one in them.items()}
            for sentence in (
                *keep_trusted(self._folder, journal, learners),
                *keep_trusted_objectives(self._folder, journal, custom),
                *keep_trusted_transforms(
                    self._folder, journal, {one.name for data in self.state.views for one in data.transforms}
                ),
            ):
                warnings.warn(sentence, stacklevel=4)

    # -- acts -----------------------------------------------------------------------------------------------------

    def start(self) -> AutoMLSession:
        """Begin the search; it runs in the background.

        Returns
        -------
        AutoMLSession
            The session itself.
        """
        self._do(cmd.Start())
        return self

    def add_learner(
        self,
        name: str,
        estimator: Any,
        space: Mapping[str, Any] | None = None,
        *,
        label: str | None = None,
        recipe: str = "dense",
    ) -> None:
        """Add a family of your own to the search, also in the middle of a run.

        Parameters
        ----------
        name
            A short word: the family's name in configurations.
        estimator
            A scikit-learn estimator, or a class or function that makes one; also one defined in the notebook.
        space
            Its hyperparameters: ``{"n_neighbors": (1, 50), "C": (1e-3, 10.0, "log"), "weights": ["uniform",
            "distance"], "p": 2}``; without any it is tried as it is.
        label
            The name that people read.
        recipe : {"dense", "native"}
            What it reads: numbers on one scale with none missing, or codes of categories with missing cells.

        Raises
        ------
        ConfigError
            When the estimator does not suit the task, or a parameter is not one of its own; the message says what to
            do.

        Examples
        --------
        >>> session.add_learner("knn", KNeighborsClassifier(), {"n_neighbors": (1, 50)})   # doctest: +SKIP
        """
        lost = {one for one in self.state.learners if not family_available(self._folder, one)}
        taken = set(self.state.base.families) - lost
        made = make_learner(name, estimator, space or {}, self._task, label, recipe, taken=taken)
        cast("dict[str, str]", self._words.labels)[name] = made[0]
        self._do(cmd.AddLearner(name, *made))

    def add_baseline(self, name: str, estimator: Any) -> View:
        """Measure a model of your own on the same folds, and hold it against the session's.

        Parameters
        ----------
        name
            What it is called; another one of this name is replaced.
        estimator
            A scikit-learn estimator for raw tables, not fitted; each fold fits a clone of it, beside the search. It
            gets the columns in use and the original labels.

        Returns
        -------
        View
            As `explain.baselines`.

        Raises
        ------
        CommandError
            When it could not be fitted or scored; the message says what to do.

        Examples
        --------
        >>> session.add_baseline("mine", make_pipeline(TableVectorizer(), Ridge()))     # doctest: +SKIP
        """
        from hitl_widget.session.explanations import measure_own

        found = measure_own(self, name, estimator)
        self._do(found)
        if found.problem:
            raise CommandError(found.problem)
        return self.explain.baselines()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the search has ended.

        Parameters
        ----------
        timeout
            Seconds to wait at most; None for no limit.

        Returns
        -------
        bool
            True when it ended, False when the time ran out.
        """
        ended = threading.Event()

        def watch(state: SessionState, _records: Sequence[Record]) -> None:
            if state.phase in _ENDED or not self._controller.alive:
                ended.set()

        stop = self._controller.subscribe(watch)
        try:
            if self.state.phase in _ENDED or not self._controller.alive:
                return True
            if self.state.phase is Phase.READY:
                raise CommandError("The search has not been started, so it will not end. Call session.start() first.")
            return ended.wait(timeout) and self.state.phase in _ENDED
        finally:
            stop()

    def wait_ready(self, timeout: float | None = None) -> bool:
        """Wait until the workers and the record are set up; acts before that wait in line.

        Parameters
        ----------
        timeout
            Seconds to wait at most; None for no limit.

        Returns
        -------
        bool
            False when the time ran out.
        """
        return self._controller.ready.wait(timeout)

    def close(self) -> None:
        """End the workers and let go of the journal; `load(path)` takes the session up again."""
        self._finalizer()

    def release(self) -> None:
        """Let the worker processes go while the search rests; they come back when it goes on."""
        self._controller.release()

    def __enter__(self) -> AutoMLSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _needed(self) -> frozenset[str]:
        return self._words.baselines

    @property
    def _labels(self) -> Mapping[str, str]:
        return self._words.labels

    def _do(self, command: cmd.Command) -> Receipt:
        if self._controller.is_own_thread:
            raise CommandError(
                "A subscriber cannot wait for the search that called it: use session.send(command, author)."
            )
        return self._controller.send(command, Author.YOU).result()

    # -- looks ----------------------------------------------------------------------------------------------------

    @property
    def task(self) -> Task:
        """What was understood about the table, with the columns as they enter the models today."""
        return self.state.steering.data.applied(self._task)

    @property
    def state(self) -> SessionState:
        """The state of the session: frozen, and the same in every thread."""
        return self._controller.state

    @property
    def path(self) -> str:
        """Where the journal is: what `load` takes."""
        return self._place

    @property
    def shown_path(self) -> str:
        """The path as it may be shown: without the password of a URL."""
        if "://" not in self._place:
            return self._place
        from sqlalchemy.engine import make_url

        return make_url(self._place).render_as_string(hide_password=True)

    @property
    def beliefs(self) -> pd.DataFrame:
        """What you believe and what the evidence says to it.

        Returns
        -------
        pandas.DataFrame
            Columns about, around, likely, strength, verdict, sentence.
        """
        import pandas as pd

        state, rows = self.state, []
        for one in state.steering.beliefs:
            said = state.verdicts.get(one.about)
            verdict = ("undecided", "Too early to say.") if said is None else (str(said.kind), said.sentence)
            rows.append((one.about, one.around, list(one.likely), str(one.strength), *verdict))
        return pd.DataFrame(rows, columns=("about", "around", "likely", "strength", "verdict", "sentence"))

    @property
    def generations(self) -> pd.DataFrame:
        """The search spaces so far: what changed, by whom, best before and after, trials spent.

        Returns
        -------
        pandas.DataFrame
            Columns generation, changed, by, trials, best_before, best_after, act.
        """
        import pandas as pd

        columns = ("generation", "changed", "by", "trials", "best_before", "best_after", "act")
        rows = [
            (one.number, one.title, str(one.author), spent, one.best_score, after, one.act)
            for one, spent, after in spans(self.state)
        ]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype({"best_before": "float64", "best_after": "float64", "act": "Int64"})

    @property
    def journal(self) -> pd.DataFrame:
        """The story of the session: what you and the machine did, oldest first.

        Returns
        -------
        pandas.DataFrame
            Columns seq, time, elapsed (seconds on the search's clock), author, kind, text, detail, act (number that
            `undo` takes), undone, trial.
        """
        frame: pd.DataFrame = frame_of(told(self.state, self._words))
        return frame

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
        import pandas as pd

        state = self.state
        further = self._measured_objectives(state)
        rows = [
            {
                "number": trial.number,
                "state": str(trial.state),
                "family": trial.family,
                "score": trial.score,
                "std": trial.std,
                "seconds": trial.seconds,
                "finished_at": trial.finished_at,
                "proposed_by": str(trial.author),
                "generation": trial.generation,
                "config": dict(trial.config),
                **{one.name: one.value(trial) for one in further},
            }
            for trial in state.trials
        ]
        names = [one.name for one in further]
        frame = pd.DataFrame(rows, columns=[*_COLUMNS, *names])
        if state.preferences.hard:
            kept = [
                trial.number not in state.broken if trial.state is TrialState.COMPLETE else None
                for trial in state.trials
            ]
            frame["feasible"] = pd.array(kept, dtype="boolean")
        return frame.astype(dict.fromkeys(("score", "std", "seconds", "finished_at", *names), "float64"))

    @property
    def study(self) -> optuna.Study:
        """The finished trials as an Optuna study in memory, for Optuna's own functions and plots."""
        from hitl_widget.sampling.sampler import study_of

        return study_of(self.state, self.space, self._task.target)

    @property
    def charts(self) -> Charts:
        """Charts of this session for a cell or a file: ``session.charts.progress()``."""
        from hitl_widget.session.charts import Charts

        compared = self._words.baselines | {"linear"}
        return Charts(
            lambda: self.state,
            self._task.metric,
            self._words.labels,
            self._colours(),
            frozenset(compared),
            self.explain.view,
            self._task.kind is not Kind.REGRESSION,
            [column.name for column in self._task.columns_with(Role.DATE)],
        )

    def best_model(self) -> Any:
        """Return the best model, fitted: the average of its fold models, as it was scored.

        Warns where no model counts today, for example before any has read columns that were just changed: then it is
        the constant guess.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table.

        Raises
        ------
        CommandError
            While no trial is complete.
        """
        state = self.state
        number = self._there(state.best)
        if self._words.leading(state) is None:
            warnings.warn(
                f"No finished model counts today, so this is the constant guess, trial {number}. Let the search run on "
                "with session.resume(), or take back what set the models aside with session.undo().",
                stacklevel=2,
            )
        return self._blend(((number, 1.0),))

    def ensemble(self) -> Any:
        """Return the weighted average of the best models, fitted.

        Returns
        -------
        BlendClassifier or BlendRegressor
            A scikit-learn estimator that takes the raw table; the best model alone while there is no ensemble.
        """
        members = self.state.ensemble
        return self._blend(members) if members else self.best_model()

    def _blend(self, members: tuple[tuple[int, float], ...]) -> Any:
        from hitl_widget.evaluation.context import open_context
        from hitl_widget.evaluation.fold_models import make_blend, member_of

        self.wait_ready()
        if not self._finalizer.alive:
            raise CommandError(f"This session is closed. AutoMLSession.load({self.path!r}) takes it up again.")
        state = self.state
        chosen = [member_of(state, number, weight, self.seed) for number, weight in members]
        return make_blend(open_context(self._folder), chosen)

    def truth_and_predictions(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return truth and out-of-fold predictions of a finished trial, row for row.

        Parameters
        ----------
        number
            The trial.

        Returns
        -------
        tuple of ndarray
            Codes of classes or numbers, shape (n,); and P(code 1), numbers, shape (n,), or probabilities, shape (n, K).
        """
        rows, predictions = self._out_of_fold(number)
        return self._understood.y[rows], predictions

    def _out_of_fold(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        import io

        import numpy as np

        body = self._controller.stored(f"oof/{number}") if is_count(number) else None
        if body is None:
            raise CommandError(
                f"There are no out-of-fold predictions of trial {number!r:.40}: only finished trials have them."
            )
        rows = np.concatenate([valid for _, valid in self._understood.folds])
        return rows, np.load(io.BytesIO(body), allow_pickle=False)

    def audit(self, column: str, trial: int | None = None) -> Audit:
        """Return how a model treats the groups of a column: figures with intervals, and no verdict.

        Parameters
        ----------
        column
            Any column of the table, also one that no model looks at; numbers are cut into quarters.
        trial
            Number of a finished trial, by default the one to take.

        Returns
        -------
        Audit
            Prints as a sentence and a table; `frame()` gives the table. On out-of-fold predictions.

        Raises
        ------
        CommandError
            When there is no such column or trial.
        """
        from hitl_widget.data.groups import grouping_column, groups_of
        from hitl_widget.explain.fairness import audit

        number = self._there(self.state.chosen) if trial is None else plain(trial)
        known = {one.name: one for one in self._task.columns}
        if not any(column == name for name in known):
            raise CommandError(f"There is no column {column!r:.100} in the table; there are {', '.join(known)[:300]}.")
        rows, predictions = self._out_of_fold(number)
        codes, labels = groups_of(grouping_column(known[column], self._understood.table), rows)
        return audit(self._task, self._understood.y[rows], predictions, codes, labels)

    @property
    def warnings(self) -> tuple[Safeguard, ...]:
        """What may make the scores untrue: leaks, groups, time, hidden missing cells, many looks; the gravest first.

        Those on the data are worked out at the first look, in about a second for 50,000 rows, and anew when a column
        has another role; each has its evidence, what to do, and answers; `answer` puts yours on record. `state.warned`
        holds the answers that were given.
        """
        from hitl_widget.advise.safeguards import with_results

        state = self.state
        found = self.survey.safeguards(self._columns_of(state))
        return with_results(found, state, self._task, self._words.baselines, self._words.labels)

    @property
    def profile(self) -> TableProfile:
        """The columns at a glance: role, missing cells, distinct values, how they are spread, what each says alone.

        It shows itself in a cell; ``session.profile["age"]`` is one column, ``session.profile.frame()`` a table. Worked
        out at the first look, then only for columns whose role has changed.
        """
        from hitl_widget.data.profile import target_distribution
        from hitl_widget.report.profile import TableProfile

        columns = self._columns_of(self.state)
        task = replace(self._task, columns=columns)
        return TableProfile(task, self.survey.profiles(columns), target_distribution(self._understood))

    def answer(self, warning: str | Safeguard, answer: str) -> None:
        """Answer a warning, by one of its answers or in words of your own; it goes on record.

        Parameters
        ----------
        warning
            The warning or its key.
        answer
            What you say to it.

        Raises
        ------
        CommandError
            When there is no such warning.
        """
        key = warning.key if isinstance(warning, Safeguard) else warning
        known = [one.key for one in self.warnings]
        if key not in known:
            raise CommandError(f"There is no warning {key!r:.100}; there are {', '.join(known) or 'none'}.")
        self._do(cmd.AnswerWarning(key, answer))

    @property
    def explain(self) -> Explain:
        """Explanations of models, of the search and of comparisons: ``session.explain.importance()``."""
        if self._explain is None:
            from hitl_widget.session.explanations import Explain

            self._explain = Explain(self)
        return self._explain

    def summary(self) -> str:
        """Return the session in a few sentences.

        Returns
        -------
        str
            Some lines of text.
        """
        state = self.state
        lines = [self.task.sentence(), self._words.headline(state), self._words.aside(state)]
        done = f"{state.ended} trials in {duration(self._controller.elapsed)}, {state.phase}. Kept in {self.shown_path}"
        return "\n".join(line for line in [*lines, done] if line)

    def __repr__(self) -> str:
        state = self.state
        return f"<AutoMLSession {self._task.target!r}: {state.phase}, {state.ended} trials>"

    # -- for the floors above -------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """The session's id, kept over restarts."""
        return str(self._settings["id"])

    @property
    def workers(self) -> int:
        """Processes that fit models."""
        return int(self._settings["limits"]["workers"])

    @property
    def words(self) -> Words:
        """The sentences of this session."""
        return self._words

    @property
    def alive(self) -> bool:
        """Whether the session takes commands: it was not closed."""
        return self._controller.alive

    @property
    def elapsed(self) -> float:
        """Seconds on the search's clock."""
        return self._controller.elapsed

    @property
    def ticking(self) -> bool:
        """Whether the search's clock runs."""
        return self._controller.ticking

    def send(self, command: cmd.Command, author: Author, cause: str = "") -> Future[Receipt]:
        """Hand in a command without waiting for it.

        Parameters
        ----------
        command
            The command.
        author
            Who acts.
        cause
            Why, for the journal.

        Returns
        -------
        concurrent.futures.Future
            Holds the receipt, or the error.
        """
        if isinstance(command, cmd.ChangeData) and not self._is_ready(command):
            return self._send_once_ready(command, author, cause, self._controller.send)
        return self._controller.send(command, author, cause)

    def look(self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None = None) -> None:
        """Run a call in a worker beside the trials.

        Parameters
        ----------
        key
            Names it for `cancel_look`.
        call
            What to run.
        done
            Receives the outcome, on any thread.
        seconds
            Longest wall time; None for no limit.
        """
        self.wait_ready()
        self._controller.look(key, call, done, seconds)

    def cancel_look(self, key: str) -> None:
        """Give up what `look` began; an unknown key is ignored.

        Parameters
        ----------
        key
            What `look` was given.
        """
        if key:
            self._controller.cancel_look(key)

    @property
    def name(self) -> str:
        """What the session is called beside others: its target, and when it began."""
        begun = clock_time.strftime("%H:%M", clock_time.localtime(self._settings["created"]))
        return f"{self._task.target}, begun {begun}"

    @property
    def rows_key(self) -> str:
        """Tells the rows of the folds apart: equal for sessions on the same rows in the same folds."""
        import hashlib

        found = hashlib.sha256(self._understood.y.tobytes())
        for train, valid in self._understood.folds:
            found.update(train.tobytes() + valid.tobytes())
        return found.hexdigest()[:16]

    def beside(self) -> list[AutoMLSession]:
        """Return the live sessions of this process, this one first.

        Returns
        -------
        list of AutoMLSession
            This session and the others.
        """
        others = [one for one in list(_LIVE) if one is not self and one._controller.alive]
        return [self, *sorted(others, key=lambda one: float(one._settings["created"]))]

    @property
    def seed(self) -> int:
        """Seed of the session."""
        return int(self._settings["arguments"]["seed"])

    @property
    def understood(self) -> Understood:
        """The task with its table, as first understood."""
        return self._understood

    def _columns_of(self, state: SessionState) -> tuple[Column, ...]:
        return state.steering.data.columns(self._task)

    def table_file(self) -> str | None:
        """Return a file with the table as the journal keeps it, for a look; None once the session is closed.

        Returns
        -------
        str | None
            Path of the file.
        """
        self.wait_ready()
        path = self._folder / "looks" / "table"
        if path.exists():
            return str(path)
        body = self._controller.stored("table") if self._finalizer.alive else None
        if body is None:
            return None
        path.parent.mkdir(exist_ok=True)
        draft = path.with_suffix(f".{uuid.uuid4().hex[:8]}")
        draft.write_bytes(body)
        draft.replace(path)
        return str(path)

    def predictions_file(self, number: int) -> str | None:
        """Return a file with the out-of-fold predictions of a trial, for a look; None without any.

        Parameters
        ----------
        number
            The trial.

        Returns
        -------
        str or None
            Path of the file, or None.
        """
        body = self._controller.stored(f"oof/{number}")
        if body is None:
            return None
        path = self._folder / "looks" / f"{number}.npy"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            draft = path.with_suffix(f".{uuid.uuid4().hex[:8]}")
            draft.write_bytes(body)
            draft.replace(path)
        return str(path)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call ``subscriber(state, records)`` on the controller's thread after each batch of events.

        Parameters
        ----------
        subscriber
            Called with the state and the new records.

        Returns
        -------
        callable
            Call it to end the subscription.
        """
        return self._controller.subscribe(subscriber)

    def family_facts(self, name: str) -> tuple[str, str, str, bool]:
        """Return a family's label, story, colour and whether it is a baseline.

        Parameters
        ----------
        name
            The family.

        Returns
        -------
        tuple
            Label, story, colour, and whether it is a baseline.
        """
        learner = LEARNERS.get(name)
        if learner is not None:
            return learner.label, learner.story, learner.colour, learner.baseline
        return facts_of(name, self._words.labels.get(name, ""))

    def summary_html(self) -> str:
        """Return the session as HTML without scripts, for a saved notebook.

        Returns
        -------
        str
            HTML with inline styles; every name and value is escaped.
        """
        from hitl_widget.report.static import summary_html

        colours = {family: FAMILIES.get(name, FAMILIES["base"]) for family, name in self._colours().items()}
        return summary_html(self._words, self.state, colours, self.elapsed, self.shown_path)

    def _colours(self) -> dict[str, str]:
        return {name: self.family_facts(name)[2] for name in self.state.base.families}

    def python_of(self, trial: Trial) -> str:
        """Return the line of Python that queues a trial's configuration again.

        Parameters
        ----------
        trial
            The trial.

        Returns
        -------
        str
            A line of Python.
        """
        return cmd.Propose(trial.config).python()

    # -- the dashboard --------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Show the dashboard under the cell, and start the search unless it is user-driven.

        Without Jupyter it prints the summary; `start()` and `wait()` run the search there.
        """
        from hitl_widget.widget.show import show

        show(self)
        if self.state.phase is Phase.READY and self.state.autonomy is not cmd.Autonomy.USER:
            self.start()


def _start_helper() -> None:
    if hasattr(os, "fork"):
        warm_up()


def _space_of(records: Sequence[Record]) -> Space | None:
    from hitl_widget.domain.event import GenerationOpened

    spaces = (one.event.space for one in records if isinstance(one.event, GenerationOpened))
    first = next(spaces, None)
    return None if first is None else Space.from_json(first)


def _tidy(controller: Controller, folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child that ends must not take its parent's session along
        controller.close()
        shutil.rmtree(folder, ignore_errors=True)


def _as_column(table: pd.DataFrame, given: Any, name: str) -> tuple[pd.DataFrame, str | None]:
    """Put values that were given beside the table into it, so that the journal holds them too."""
    if given is None or isinstance(given, str | int):
        return table, None if given is None else str(given)
    if len(given) != len(table):
        raise DataError(f"{name}= has {len(given):,} values and the table {len(table):,} rows; give one per row.")
    while name in table.columns:
        name += "_"
    column = normalise({name: list(given)})[name]
    return table.assign(**{name: column.to_numpy()}), name


def _checked_settings(settings: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Check what a journal says of itself before it is trusted: it may come from elsewhere."""
    kinds = {"arguments": Mapping, "limits": Mapping, "id": str}
    if any(not isinstance(settings.get(key), kind) for key, kind in kinds.items()) or not settings["id"].isalnum():
        raise JournalError(f"The journal {place} does not say what its session was; it cannot be taken up.")
    return dict(settings)


def _prefetch() -> None:
    """Import, beside the person's first cells, what the first dashboard needs."""
    import hitl_widget.engine.journal
    import hitl_widget.sampling.sampler
    import hitl_widget.widget.widget  # noqa: F401


def _meet_kernel() -> None:
    from hitl_widget.widget.lab import connect

    connect()
    if os.environ.get("HITL_WIDGET_WARM") != "0":
        _start_helper()
        threading.Thread(target=_prefetch, name="hitl-prefetch", daemon=True).start()


if "ipykernel" in sys.modules:
    _meet_kernel()
