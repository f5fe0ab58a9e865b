"""The evidence on one family inside today's space."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable

import numpy as np

from hitl_widget.domain.trial import Origin, Trial, TrialState
from hitl_widget.sampling.axes import Axes, Matrix

__all__ = ["Begun", "Evidence"]

ENOUGH = 10
_GIVE_UP = 3


class Begun:
    """The numbers of all trials that were begun: a belief is as old as the trials begun since, not as those queued."""

    def __init__(self) -> None:
        self._numbers: list[int] = []

    def note(self, trial: Trial) -> None:
        """Note a trial, unless it is queued or was canceled before it began."""
        waited = trial.state is TrialState.QUEUED or (trial.state is TrialState.STOPPED and not trial.folds)
        if not waited:
            _insert(self._numbers, trial.number)

    def first_after(self, started: int) -> float:
        """Return the number of the first trial begun after so many; infinite when there is none yet."""
        return self._numbers[started] if started < len(self._numbers) else math.inf


class Evidence:
    """The trials of one family that count, as rows of `Axes`, in the order of their numbers.

    Where hyperparameters are fixed and few trials have exactly the fixed values, trials that differ in those only are
    *borrowed*: fixing a value does not make the results at other values worthless.

    Parameters
    ----------
    axes
        The columns.
    begun
        Trials begun in all families.
    """

    def __init__(self, axes: Axes, begun: Begun | None = None) -> None:
        self.axes = axes
        self._all_begun = begun or Begun()
        self.best: float | None = None
        self.ended = 0
        self.failed = 0
        self._seconds: list[float] = []
        self._exact: dict[int, tuple[tuple[float, ...], float]] = {}
        self._near: dict[int, tuple[tuple[float, ...], float]] = {}
        self._running: dict[int, tuple[float, ...]] = {}
        self._complete: dict[int, float] = {}
        self._begun: list[int] = []
        self._arrays: tuple[list[int], Matrix, Matrix] | None = None

    @property
    def able(self) -> bool:
        """True while the family has a complete trial or few failures."""
        return self.best is not None or self.failed < _GIVE_UP

    @property
    def exhausted(self) -> bool:
        """True when every configuration was tried."""
        size = self.axes.size
        return size <= len(self._exact) + len(self._running) and size <= len(self.tried)

    @property
    def tried(self) -> set[tuple[float, ...]]:
        """The rows that were tried or are running."""
        return {row for row, _ in self._exact.values()} | set(self._running.values())

    @property
    def cost(self) -> float | None:
        """Mean seconds of a trial, those outside today's space too; None before the first."""
        return sum(self._seconds) / len(self._seconds) if self._seconds else None

    def begun_since(self, started: int) -> int:
        """Return how many trials of the search in this family came after so many trials of any kind."""
        return len(self._begun) - bisect_left(self._begun, self._all_begun.first_after(started))

    def begin(self, trial: Trial, *, counts: bool) -> None:
        """Note that a trial is queued or runs, so that it repels proposals."""
        self._note(trial)
        row = self.axes.row(trial.config) if counts else None
        if row is not None:
            self._running[trial.number] = row

    def end(self, trial: Trial, *, counts: bool, fits: bool) -> None:
        """Note how a trial ended.

        Parameters
        ----------
        trial
            The trial; a stopped one counts with the mean of the folds it did, a failed one below all others.
        counts
            Whether it was not discarded.
        fits
            Whether it lies in today's space with its fixed values too.
        """
        self._note(trial)
        self._running.pop(trial.number, None)
        self._seconds.append(trial.seconds)
        failed = trial.state is TrialState.FAILED
        if not counts or (trial.score is None and not failed):
            return
        row = self.axes.row(trial.config)
        if row is None:
            return
        score = -np.inf if failed or trial.score is None or not np.isfinite(trial.score) else trial.score
        if not fits:
            self._near[trial.number] = (row, score)
        else:
            self._exact[trial.number] = (row, score)
            self.ended += 1
            self.failed += failed
            if trial.state is TrialState.COMPLETE and score > -np.inf:
                self._complete[trial.number] = score
                self.best = score if self.best is None else max(self.best, score)
        self._arrays = None

    def amend(self, number: int, score: float | None) -> None:
        """Replace the value of an ended trial."""
        value = -math.inf if score is None or not math.isfinite(score) else score
        for known in (self._exact, self._near):
            if number in known:
                row, before = known[number]
                known[number] = row, (before if before == -math.inf else value)
        if number in self._complete:
            self._complete[number] = value
            self.best = max(self._complete.values())
        self._arrays = None

    def arrays(self) -> tuple[list[int], Matrix, Matrix]:
        """Return numbers, rows of shape (n, d) and scores of shape (n,) of the ended trials; failed ones at -inf."""
        if self._arrays is None:
            known = self._exact if len(self._exact) >= ENOUGH else {**self._near, **self._exact}
            numbers = sorted(known)
            rows = np.array([known[number][0] for number in numbers], float).reshape(len(numbers), len(self.axes.free))
            scores = np.array([known[number][1] for number in numbers], float)
            self._arrays = numbers, rows, scores
        return self._arrays

    def exact(self) -> tuple[list[int], Matrix, Matrix]:
        """Return the same without borrowed trials: only those of today's space and data."""
        numbers, rows, scores = self.arrays()
        own = [place for place, number in enumerate(numbers) if number in self._exact]
        return [numbers[place] for place in own], rows[own], scores[own]

    def running(self, extra: Iterable[Trial] = ()) -> Matrix:
        """Return the rows of running trials and of `extra` ones, shape (m, d)."""
        rows = dict(self._running)
        for trial in extra:
            row = self.axes.row(trial.config)
            if row is not None:
                rows.setdefault(trial.number, row)
        return np.array([rows[number] for number in sorted(rows)], float).reshape(len(rows), len(self.axes.free))

    def _note(self, trial: Trial) -> None:
        """Count a trial that the sampler proposed; trials of people and starting configurations do not age a belief."""
        if trial.state is not TrialState.QUEUED and trial.origin in (Origin.SAMPLER, Origin.BELIEF):
            _insert(self._begun, trial.number)


def _insert(numbers: list[int], number: int) -> None:
    """Put a number into a sorted list, once."""
    place = bisect_left(numbers, number)
    if place == len(numbers) or numbers[place] != number:
        numbers.insert(place, number)
