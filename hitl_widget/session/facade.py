"""`AutoMLSession`: one method for each act of the public API, a part for each subject."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.state import Phase
from hitl_widget.session import display
from hitl_widget.session.beliefs import BeliefMethods
from hitl_widget.session.data import DataMethods
from hitl_widget.session.models import ModelMethods
from hitl_widget.session.opening import DEFAULT_BUDGET, load_session, open_session
from hitl_widget.session.preferences import PreferenceMethods
from hitl_widget.session.record import RecordMethods
from hitl_widget.session.run import RunMethods
from hitl_widget.session.space import SpaceMethods
from hitl_widget.session.trials import TrialMethods
from hitl_widget.session.views import ViewMethods

__all__ = ["AutoMLSession", "warm_up"]


def warm_up() -> None:
    """Start a helper process that imports the libraries, so that the next session's first model comes at once.

    Importing `AutoMLSession` in a Jupyter kernel does this by itself, unless the environment variable
    ``HITL_WIDGET_WARM`` is ``0``.
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
    ModelMethods,
    ViewMethods,
    RecordMethods,
):
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
    sampler : str, optional
        Name of the sampler that proposes configurations: by default this package's TPE; other packages can add some.
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
            metric=metric,
            positive=positive,
            roles=roles,
            groups=groups,
            time=time,
            holdout=holdout,
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
        session = cls.__new__(cls)
        session._runtime = load_session(path)
        return session

    def show(self) -> None:
        """Show the dashboard under the cell, and start the search unless it is user-driven.

        Without Jupyter it prints the summary; `start()` and `wait()` run the search there.
        """
        display.show(self._runtime)
        state = self._runtime.state
        if state.phase is Phase.READY and state.autonomy is not Autonomy.USER:
            self.start()

    def close(self) -> None:
        """End the workers and let go of the journal; `load(path)` takes the session up again."""
        self._runtime.close()

    def __enter__(self) -> AutoMLSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = self._runtime.state
        return f"<AutoMLSession {self._runtime.understood.task.target!r}: {state.phase}, {state.ended} trials>"
