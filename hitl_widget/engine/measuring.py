"""Which trials are to be measured further, and when. Plain bookkeeping of the controller's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.domain.vector import Vector
from hitl_widget.engine.measure import MeasureJob, MeasureResult

__all__ = ["Backlog", "failed_jobs", "measured_event_body"]

BATCH = 20
"""Trials measured in one call on their stored predictions."""


class Backlog:
    """Trials that lack a value of an objective, in the order in which they are measured.

    Cheap are those whose predictions or model are at hand; dear those whose model has to be fitted again, and these
    are measured only while nothing else wants the workers.

    Parameters
    ----------
    seed_of
        The seed of a trial's fits, by its number.
    """

    def __init__(self, seed_of: Callable[[int], int]) -> None:
        self._seed_of = seed_of
        self._objectives: tuple[Objective, ...] = ()
        self._cheap: deque[int] = deque()
        self._dear: deque[int] = deque()
        self._again: dict[int, int] = {}

    @property
    def model_names(self) -> tuple[str, ...]:
        """What is measured on the first fold's model, right after its fit."""
        return tuple(one.name for one in self._objectives if one.source is Source.MODEL)

    def __len__(self) -> int:
        return len(self._cheap) + len(self._dear)

    @property
    def cheap(self) -> int:
        """Trials that can be measured without a fit."""
        return len(self._cheap)

    @property
    def dear(self) -> int:
        """Trials whose model has to be fitted again."""
        return len(self._dear)

    def want(self, objectives: Iterable[Objective], trials: Iterable[Trial], leaders: Iterable[int]) -> None:
        """Look for what is missing after the objectives changed."""
        found = tuple(one for one in objectives if one.source in (Source.PREDICTIONS, Source.MODEL))
        if found == self._objectives and self._objectives:
            return
        self._objectives = found
        self._cheap.clear()
        self._dear.clear()
        at_hand = frozenset(leaders)
        for trial in trials:
            self.note(trial, at_hand=trial.number in at_hand)

    def note(self, trial: Trial, *, at_hand: bool) -> None:
        """Line a trial up if something of it is missing; `at_hand`: whether its model is kept."""
        missing = self.missing(trial)
        if not missing or trial.number in self._cheap or trial.number in self._dear:
            return
        fits = any(one.source is Source.MODEL for one in missing)
        others = any(one.source is Source.PREDICTIONS for one in missing)
        if others or at_hand:
            self._cheap.append(trial.number)
        if fits and not at_hand:
            self._dear.append(trial.number)

    def missing(self, trial: Trial) -> list[Objective]:
        """Return what was not measured of a complete trial, and did not fail either."""
        if trial.state is not TrialState.COMPLETE:
            return []
        known = trial.measures.keys() | trial.unmeasured.keys()
        return [one for one in self._objectives if one.name not in known]

    def take_cheap(self, trials: Vector[Trial], leaders: Iterable[int]) -> list[MeasureJob]:
        """Return jobs of the next batch, and forget them."""
        at_hand = frozenset(leaders)
        jobs: list[MeasureJob] = []
        while self._cheap and len(jobs) < BATCH:
            trial = trials[self._cheap.popleft()]
            missing = self.missing(trial)
            if trial.number not in at_hand:  # it may have fallen from the leaders since
                if any(one.source is Source.MODEL for one in missing) and trial.number not in self._dear:
                    self._dear.append(trial.number)
                missing = [one for one in missing if one.source is Source.PREDICTIONS]
            if missing:
                jobs.append(self._job(trial, missing))
        return jobs

    def take_dear(self, trials: Vector[Trial]) -> list[MeasureJob]:
        """Return the job of the next trial whose model has to be fitted again, the latest first."""
        while self._dear:
            trial = trials[self._dear.pop()]
            missing = [one for one in self.missing(trial) if one.source is Source.MODEL]
            if missing:
                return [self._job(trial, missing)]
        return []

    def _job(self, trial: Trial, missing: Iterable[Objective]) -> MeasureJob:
        first = next((fold.score for fold in trial.folds if fold.fold == 0), None)
        return MeasureJob(
            trial=trial.number,
            names=tuple(one.name for one in missing),
            predictions=None,
            config=dict(trial.config),
            hints=trial.hints,
            seed=self._seed_of(trial.number),
            score=first,
        )

    def put_back(self, jobs: Iterable[MeasureJob], trials: Vector[Trial], leaders: Iterable[int]) -> None:
        """Line up again what was broken off, three times at most."""
        at_hand = frozenset(leaders)
        for job in jobs:
            self._again[job.trial] = self._again.get(job.trial, 0) + 1
            if self._again[job.trial] <= 3:
                self.note(trials[job.trial], at_hand=job.trial in at_hand)


def measured_event_body(results: Iterable[MeasureResult]) -> tuple[Mapping[str, Any], ...]:
    """Return what `hitl_widget.domain.event.Measured` keeps, rounded to what can be told apart."""
    return tuple(
        {
            "number": one.trial,
            "values": {name: _rounded(value) for name, value in one.values.items()},
            "spreads": {name: _rounded(value, 3) for name, value in one.spreads.items()},
            "problems": dict(one.problems),
        }
        for one in results
    )


def _rounded(value: float, digits: int = 7) -> float:
    return float(f"{value:.{digits}g}")


def failed_jobs(jobs: Iterable[MeasureJob], message: str) -> list[MeasureResult]:
    """Return results that say why nothing was measured."""
    return [MeasureResult(job.trial, {}, {}, dict.fromkeys(job.names, message)) for job in jobs]
