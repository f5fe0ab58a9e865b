"""Source of the views of the search: the state of a session, read in the calling thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import CommandError
from hitl_widget.explain.knowledge import Knowledge

__all__ = ["NO_TRIAL", "Record"]

NO_TRIAL = "No trial is complete yet. Wait for the first one: session.wait(10)."


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of one session.

    Parameters
    ----------
    name
        Name of the session.
    state, task
        Its state and its task.
    labels
        Display names of families.
    number
        The requested trial, or the recommended one; None while there is none.
    seed
        Seed of the session.
    rows_key
        Equal for sessions with the same rows in the same folds.
    measured
        What the task of the view's `prepare` returned.
    knowledge
        Returns the evidence and surrogate of a family, cached between views.
    beside
        Returns the records of all live sessions of this process.
    """

    name: str
    state: SessionState
    task: Task
    labels: Mapping[str, str]
    number: int | None = None
    seed: int = 0
    rows_key: str = ""
    measured: Mapping[Any, Any]
    knowledge: Callable[[str], Knowledge]
    beside: Callable[[], Sequence[Record]]

    @property
    def metric(self) -> Metric:
        """The metric of the task."""
        return self.task.metric

    @property
    def trial(self) -> Trial:
        """The trial that was asked for.

        Raises
        ------
        CommandError
            While no trial is complete.
        """
        if self.number is None:
            raise CommandError(NO_TRIAL)
        return self.state.trials[self.number]
