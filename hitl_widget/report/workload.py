"""What the workers do now: the running and the queued trials, and when they are expected to end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING

from hitl_widget.domain.fit import Fit
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Split
from hitl_widget.domain.trial import Trial, TrialState

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Job", "workload", "workload_frame"]

_RECENT = 300
"""Earlier trials whose times an expectation rests on."""


@dataclass(frozen=True, slots=True)
class Job:
    """A running or queued trial.

    Parameters
    ----------
    trial
        The trial.
    expected
        Median seconds from start to end of the earlier complete trials of its family; None if there is none.
    """

    trial: Trial
    expected: float | None


def workload(state: SessionState) -> list[Job]:
    """Return the running trials and then the queued ones, each in the order of their numbers."""
    trials = [trial for wanted in (TrialState.RUNNING, TrialState.QUEUED) for trial in _in_state(state, wanted)]
    usual = {family: _usual_seconds(state, family) for family in {trial.family for trial in trials}}
    return [Job(trial, usual[trial.family]) for trial in trials]


def workload_frame(state: SessionState, elapsed: float, fits: Sequence[Fit], split: Split) -> pd.DataFrame:
    """Return the workload as a table.

    Parameters
    ----------
    state
        The state of the session.
    elapsed
        Seconds on the search's clock.
    fits
        The fits in progress.
    split
        The division of the rows, which numbers the folds.
    """
    import pandas as pd

    progress: dict[int, str] = {}
    for fit in fits:
        progress.setdefault(fit.trial, fit.in_words(split.number_of(fit.fold), split.folds, elapsed))

    rows = [
        (
            job.trial.number,
            str(job.trial.state),
            job.trial.family,
            len(job.trial.folds),
            None if job.trial.started_at is None else max(0.0, elapsed - job.trial.started_at),
            job.expected,
            progress.get(job.trial.number, ""),
        )
        for job in workload(state)
    ]
    columns = ["number", "state", "family", "folds", "seconds", "expected", "progress"]
    return pd.DataFrame(rows, columns=columns).astype({"seconds": "float64", "expected": "float64"})


def _in_state(state: SessionState, wanted: TrialState) -> list[Trial]:
    found = (trial for trial in _latest(state) if trial.state is wanted)
    return list(islice(found, state.count(wanted)))[::-1]


def _usual_seconds(state: SessionState, family: str) -> float | None:
    spans = [
        trial.finished_at - trial.started_at
        for trial in islice(_latest(state), _RECENT)
        if trial.family == family
        and trial.state is TrialState.COMPLETE
        and trial.finished_at is not None
        and trial.started_at is not None
    ]
    return median(spans) if spans else None


def _latest(state: SessionState) -> Iterator[Trial]:
    """Yield the trials, latest first."""
    return (state.trials[number] for number in range(len(state.trials) - 1, -1, -1))
