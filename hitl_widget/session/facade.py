"""`AutoMLSession`: the public API, one method for each act, put together from a part for each subject."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.state import Phase
from hitl_widget.session import display
from hitl_widget.session.beliefs import BeliefMethods
from hitl_widget.session.data import DataMethods
from hitl_widget.session.ending import close_and_say
from hitl_widget.session.labels import LabelMethods
from hitl_widget.session.models import ModelMethods
from hitl_widget.session.opening import DEFAULT_BUDGET, load_session, open_session
from hitl_widget.session.preferences import PreferenceMethods
from hitl_widget.session.record import RecordMethods
from hitl_widget.session.rows import RowMethods
from hitl_widget.session.run import RunMethods
from hitl_widget.session.runtime import live_runtime
from hitl_widget.session.space import SpaceMethods
from hitl_widget.session.trials import TrialMethods
from hitl_widget.session.views import ViewMethods

__all__ = ["AutoMLSession", "warm_up"]


def warm_up() -> None:
    """Start a helper process that imports the libraries, so that the next session starts faster.

    Importing `AutoMLSession` in a Jupyter kernel does this too, unless the environment variable ``HITL_WIDGET_WARM`` is
    ``0``.
    """
    from hitl_widget.workers.executors import warm

    warm()


class AutoMLSession(
    RunMethods,
    TrialMethods,
    SpaceMethods,
    BeliefMethods,
    PreferenceMethods,
    DataMethods,
    RowMethods,
    LabelMethods,
    ModelMethods,
    ViewMethods,
    RecordMethods,
):
    """A live search for models of one target, which you watch and steer.

    Parameters
    ----------
    data : table of shape (n_rows, n_columns)
        A table of pandas, polars, pyarrow or another library that narwhals supports.
    target : str
        Name of the column to predict.
    name : str, optional
        Name of the session in the dashboard, the sidebar and `named`; by default the target.
    metric : str, scorer or callable, optional
        Name of a scikit-learn scorer, a scorer made with `sklearn.metrics.make_scorer`, or a function
        ``(y, prediction)`` that returns one number, with `direction`. By default ROC AUC (binary), log loss
        (multiclass), RMSE (regression).
    direction : {"higher", "lower"}, optional
        Which values of a function given as `metric` are better.
    positive : optional
        The positive class of a binary target.
    roles : mapping of str to str, optional
        Roles of columns whose detected role is wrong: numeric, categorical, date, text or ignored.
    groups : str or array of shape (n_rows,), optional
        Column whose equal values stay in the same fold, or the values themselves.
    time : str or array of shape (n_rows,), optional
        Column that orders the rows, or the values themselves; folds then go forward in time.
    cv : int, splitter or list of (array, array), optional
        Number of folds, a splitter of scikit-learn, or your own folds as (training rows, validation rows): positions in
        `data`, or masks. By default 5 folds, 3 above 50,000 rows.
    repeats : int, default 1
        Number of times that the rows are shuffled and divided.
    gap : float or duration, optional
        With `time`, the least distance between training and validation rows, for example ``"7 days"``.
    holdout : float, array or table, optional
        Share of rows in the holdout, which is evaluated once at the end; 0 for none; or the rows themselves as
        positions, mask or a second table. By default 0.2, or with your own folds the rows that are in none of them.
    balance : str, list of str or True, optional
        How the search may balance the classes: "weights", "oversample", "undersample" or "threshold", inside the
        training folds. The models of each family are compared with and without; True allows all that change the metric.
    weights : str or array of shape (n_rows,), optional
        Column with the weights of the rows in fits and scores, or the weights themselves.
    monotone : mapping of str to {"+", "-"}, optional
        Numeric columns with which predictions (of two classes: the probability of the positive one) must rise or fall.
        Boosters and trees keep to it; models of other families are checked, and violations are said.
    between : (float or None, float or None), optional
        The smallest and the largest possible prediction of a number. Others are clipped, also in scores.
    expected : float, optional
        The score that you expect on the holdout. At the end, the result is compared with it.
    success : str, optional
        What the model must reach on the holdout, for example ``"ROC AUC at least 0.85"``, ``"RMSE at most 10"`` or
        ``"at least 0.8 recall at 5% false alarms"``. The result is shown against it at the end.
    budget : float or None, default 300
        Seconds of search. If only `max_trials` is given, there is no limit in seconds.
    max_trials : int, optional
        Maximum number of trials.
    workers : int, optional
        Processes that fit models; by default one per core.
    seed : int, default 0
        With one worker and a budget in trials, equal seeds give equal trials, unless a fold reaches its time limit.
    autonomy : {"cruise", "user", "autopilot"}
        Who decides what runs next; under "user" only the configurations that you queue.
    sampler : str, optional
        Name of the sampler that proposes configurations: by default this package's TPE; other packages can add some.
    journal : path or SQLAlchemy URL, optional
        Where the session is saved. By default a file in the user's data folder, see `path`.
    trial_seconds : float, optional
        Time limit of one trial, in seconds; by default 15% of the budget. If `max_trials` limits the search, or nothing
        does, a fold has a minute: then boosters, forests and networks keep the rounds done; others end after 5 minutes.
    trial_memory : int, optional
        Memory limit of one trial, in bytes; by default an equal share of the free memory.

    Raises
    ------
    DataError
        If the table or the target cannot be used; the message says what to do.

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
        name: str | None = None,
        metric: Any = None,
        direction: str | None = None,
        positive: Any = None,
        roles: Mapping[str, str] | None = None,
        groups: Any = None,
        time: Any = None,
        cv: Any = None,
        repeats: int = 1,
        gap: Any = None,
        holdout: Any = None,
        balance: Any = None,
        weights: Any = None,
        monotone: Mapping[str, str] | None = None,
        between: tuple[float | None, float | None] | None = None,
        expected: float | None = None,
        success: str | None = None,
        budget: float | None = DEFAULT_BUDGET,
        max_trials: int | None = None,
        workers: int | None = None,
        seed: int = 0,
        autonomy: str = "cruise",
        sampler: str | None = None,
        journal: str | os.PathLike[str] | None = None,
        trial_seconds: float | None = None,
        trial_memory: int | None = None,
    ) -> None:
        if hasattr(os, "fork"):
            warm_up()
        self._runtime = open_session(
            data,
            target,
            name=name,
            metric=metric,
            direction=direction,
            positive=positive,
            roles=roles,
            groups=groups,
            time=time,
            cv=cv,
            repeats=repeats,
            gap=gap,
            holdout=holdout,
            balance=balance,
            weights=weights,
            monotone=monotone,
            between=between,
            expected=expected,
            success=success,
            budget=budget,
            max_trials=max_trials,
            workers=workers,
            seed=seed,
            autonomy=autonomy,
            sampler=sampler,
            journal=journal,
            trial_seconds=trial_seconds,
            trial_memory=trial_memory,
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> AutoMLSession:
        """Return the session that a journal holds, also after its kernel died.

        Parameters
        ----------
        path
            Path or URL of the journal.

        Returns
        -------
        AutoMLSession
            Paused if it was running. Finished trials are kept; trials that were running are queued again. If the file
            is damaged, the session has what can be read, in a copy beside it, and a warning says so.

        Raises
        ------
        JournalError
            If there is no journal, or another session is writing to it.
        """
        session = cls.__new__(cls)
        session._runtime = load_session(path)
        return session

    @classmethod
    def named(cls, name: str) -> AutoMLSession:
        """Return a live session of this process by its name, for example one that no variable refers to.

        Parameters
        ----------
        name
            Name or id of the session. If several have this name, the one opened last is returned.

        Returns
        -------
        AutoMLSession
            The session.

        Raises
        ------
        CommandError
            If no live session has this name.

        Examples
        --------
        >>> AutoMLSession(df, "churn").show()                   # doctest: +SKIP
        >>> model = AutoMLSession.named("churn").best_model()   # doctest: +SKIP
        """
        session = cls.__new__(cls)
        session._runtime = live_runtime(name)
        return session

    @property
    def name(self) -> str:
        """Name of the session, which `named` takes; by default the target."""
        return self._runtime.name

    def show(self) -> None:
        """Show the dashboard below the cell, and start the search unless autonomy is "user".

        Outside notebooks it prints the summary instead; run the search there with `start()` and `wait()`.
        """
        display.show(self._runtime)
        state = self._runtime.state
        if state.phase is Phase.READY and state.autonomy is not Autonomy.USER:
            self.start()

    def close(self) -> None:
        """Stop the workers and close the journal; `load(path)` opens the session again."""
        self._runtime.close()

    def __enter__(self) -> AutoMLSession:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        close_and_say(self._runtime, error)

    def __repr__(self) -> str:
        state = self._runtime.state
        return f"<AutoMLSession {self._runtime.understood.task.target!r}: {state.phase}, {state.ended} trials>"
