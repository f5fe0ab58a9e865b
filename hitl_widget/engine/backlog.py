"""The backlog of trials with missing measurements. Used on the controller's thread only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.domain.vector import Vector
from hitl_widget.evaluation.measures import MeasureJob, MeasureResult

__all__ = ["BATCH", "Backlog", "failed_jobs", "measured_event_body"]

BATCH = 20
"""Number of trials measured in one call on their stored predictions."""


class Backlog:
    """Trials that lack a value of an objective, in the order in which they are measured.

    A trial is cheap if its predictions or its model are stored. It is expensive if its model must be fitted again;
    expensive trials are measured only while the workers are idle.

    Parameters
    ----------
    seed_of
        The seed of a trial's fits, by its number.
    at_hand
        Returns whether the model of a trial is stored, by its number; never after a load.
    view_of
        The view of the data that a trial reads.
    is_history
        Returns whether a trial predicts another target, so that it is not measured further.
    """

    def __init__(
        self,
        seed_of: Callable[[int], int],
        at_hand: Callable[[int], bool],
        view_of: Callable[[Trial], DataView | None] = lambda trial: None,
        is_history: Callable[[Trial], bool] = lambda trial: False,
    ) -> None:
        self._seed_of = seed_of
        self._view_of = view_of
        self._is_history = is_history
        self._at_hand = at_hand
        self._objectives: tuple[Objective, ...] = ()
        self._cheap: dict[int, None] = {}
        self._expensive: dict[int, None] = {}
        self._again: dict[int, int] = {}
        self._separate: set[int] = set()

    @property
    def model_names(self) -> tuple[str, ...]:
        """The objectives that are measured on the first fold's model, right after its fit."""
        return tuple(one.name for one in self._objectives if one.source is Source.MODEL)

    @property
    def cheap(self) -> int:
        """Number of trials that can be measured without a fit."""
        return len(self._cheap)

    @property
    def expensive(self) -> int:
        """Number of trials whose model must be fitted again."""
        return len(self._expensive)

    def want(self, objectives: Iterable[Objective], trials: Iterable[Trial]) -> None:
        """Find missing measurements after the objectives changed."""
        found = tuple(one for one in objectives if one.source in (Source.PREDICTIONS, Source.MODEL))
        if found == self._objectives and self._objectives:
            return
        self._objectives = found
        self._cheap.clear()
        self._expensive.clear()
        for trial in trials:
            self.note(trial)

    def note(self, trial: Trial) -> None:
        """Queue a trial if it has missing measurements."""
        missing = self.missing(trial)
        if not missing:
            return
        fits = any(one.source is Source.MODEL for one in missing)
        at_hand = fits and self._at_hand(trial.number)
        if at_hand or any(one.source is Source.PREDICTIONS for one in missing):
            self._cheap.setdefault(trial.number)
        if fits and not at_hand:
            self._expensive.setdefault(trial.number)

    def missing(self, trial: Trial) -> list[Objective]:
        """Return the objectives of a complete trial that were neither measured nor failed."""
        if trial.state is not TrialState.COMPLETE or self._is_history(trial):
            return []
        known = trial.measures.keys() | trial.unmeasured.keys()
        return [one for one in self._objectives if one.name not in known]

    def take_cheap(self, trials: Vector[Trial]) -> list[MeasureJob]:
        """Remove and return the jobs of the next batch."""
        jobs: list[MeasureJob] = []
        while self._cheap and len(jobs) < BATCH:
            number = next(iter(self._cheap))
            if number in self._separate and jobs:
                break
            del self._cheap[number]
            missing = self.missing(trials[number])
            if any(one.source is Source.MODEL for one in missing) and not self._at_hand(number):  # deleted since
                self._expensive.setdefault(number)
                missing = [one for one in missing if one.source is Source.PREDICTIONS]
            if missing:
                jobs.append(self._job(trials[number], missing))
            if number in self._separate:
                break
        return jobs

    def take_expensive(self, trials: Vector[Trial]) -> list[MeasureJob]:
        """Remove and return the job of the next trial whose model must be fitted again, latest trial first."""
        while self._expensive:
            number, _ = self._expensive.popitem()
            missing = [one for one in self.missing(trials[number]) if one.source is Source.MODEL]
            if missing:
                return [self._job(trials[number], missing)]
        return []

    def _job(self, trial: Trial, missing: Iterable[Objective]) -> MeasureJob:
        return MeasureJob(
            trial=trial.number,
            names=tuple(one.name for one in missing),
            predictions=None,
            config=dict(trial.config),
            hints=trial.hints,
            seed=self._seed_of(trial.number),
            scores=tuple(one.score for one in sorted(trial.folds, key=lambda one: one.fold)),
            view=self._view_of(trial),
        )

    def put_back(self, jobs: Iterable[MeasureJob], trials: Vector[Trial], *, separately: bool = False) -> None:
        """Queue interrupted jobs again, at most three times; with `separately`, each in a separate call from now on."""
        for job in jobs:
            self._again[job.trial] = self._again.get(job.trial, 0) + 1
            if separately:
                self._separate.add(job.trial)
            if self._again[job.trial] <= 3:
                self.note(trials[job.trial])


def measured_event_body(results: Iterable[MeasureResult]) -> tuple[Mapping[str, Any], ...]:
    """Return the fields of `hitl_widget.domain.event.Measured`, rounded to significant digits."""
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
    """Return results with the reason why nothing was measured."""
    return [MeasureResult(job.trial, {}, {}, dict.fromkeys(job.names, message)) for job in jobs]
