"""A trial: one configuration, who proposed it and why, and its results."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import fmean, stdev
from typing import TypeVar

from hitl_widget.domain.space import FAMILY, Value

__all__ = ["NO_REASONS", "Author", "Fold", "Origin", "Problem", "Reasons", "Trial", "TrialState", "mean_and_std"]

_T = TypeVar("_T")


class TrialState(StrEnum):
    """State of a trial."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


class Author(StrEnum):
    """The author of an act."""

    YOU = "you"
    MACHINE = "machine"


class Origin(StrEnum):
    """The origin of a trial."""

    BASELINE = "baseline"
    START = "start"
    SAMPLER = "sampler"
    BELIEF = "belief"
    NUDGE = "nudge"
    OWN = "own"
    EDIT = "edit"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Fold:
    """Result of one fold.

    Parameters
    ----------
    fold
        Index from 0.
    score
        Greater is better.
    prepare_seconds, fit_seconds, predict_seconds
        Wall time in the worker, in seconds.
    rows
        Number of predicted rows.
    hints
        Values found by the fit that later folds reuse, such as the number of boosting rounds.
    warnings
        Warnings of the fit, in plain words.
    model_bytes
        Size of the fitted pipeline on disk: its preparation and its model.
    measures
        Further objectives measured on its model, by name.
    """

    fold: int
    score: float
    prepare_seconds: float = 0.0
    fit_seconds: float = 0.0
    predict_seconds: float = 0.0
    rows: int = 0
    hints: Mapping[str, Value] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    model_bytes: int | None = None
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Wall time of the fold."""
        return self.prepare_seconds + self.fit_seconds + self.predict_seconds


@dataclass(frozen=True, slots=True)
class Problem:
    """Reason for the failure of a trial.

    Parameters
    ----------
    kind
        ``error``, ``timeout``, ``memory`` or ``died``.
    message
        The message, in plain words.
    detail
        Traceback or signal.
    """

    kind: str
    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Reasons why the search proposed a configuration, as values.

    Parameters
    ----------
    mode
        ``"explore"`` (little is known there), ``"exploit"`` (near good trials) or ``""`` (neither).
    near
        The nearest good trials, nearest first, at most three.
    belief
        Subject of the belief that led to it, or ``""``.
    belief_share
        Share of the choice due to the belief, from 0 to 1.
    """

    mode: str = ""
    near: tuple[int, ...] = ()
    belief: str = ""
    belief_share: float = 0.0


NO_REASONS = Reasons()


_OF_METRIC = frozenset({"gap"})
"""Objectives in units of the metric, which are measured again when it changes."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One configuration and its results.

    Parameters
    ----------
    number
        Position in the record, from 0.
    config
        The complete configuration, family first.
    author, origin, parent, why
        Who proposed it, the kind of proposal, the trial it was edited from, and the reason in words.
    generation
        The generation of the search space under which it was proposed.
    state
        Its state.
    folds
        Results of the folds, in order of completion.
    score, std
        Mean over the finished folds, greater is better; standard deviation with two folds or more.
    seconds
        Computing time over all folds, in seconds.
    finished_at
        Seconds on the search's clock when it ended.
    reason
        The reason why it was stopped.
    problem
        The reason why it failed.
    seq
        Number of the last event that changed it.
    reasons
        Reasons why the search proposed it, as values.
    measures, spreads
        Further objectives by name, and their standard deviations if known.
    unmeasured
        Objectives that could not be measured, with the reason.
    ended
        Number of the event that ended it; 0 until then.
    view
        Number of its view of the data; None before it starts.
    started_at
        Seconds on the search's clock when its first fold began.
    other_scores
        Score by fold under other metrics, by the number of the view; empty where the metric has no value.
    fitted_view
        Number of the view that it was fitted on, whose metric a tuned threshold is for; `view` follows the metric.
    """

    number: int
    config: Mapping[str, Value]
    author: Author
    origin: Origin
    parent: int | None = None
    why: str = ""
    generation: int = 0
    state: TrialState = TrialState.QUEUED
    folds: tuple[Fold, ...] = ()
    score: float | None = None
    std: float | None = None
    seconds: float = 0.0
    finished_at: float | None = None
    reason: str = ""
    problem: Problem | None = None
    seq: int = 0
    reasons: Reasons = NO_REASONS
    measures: Mapping[str, float] = field(default_factory=dict)
    spreads: Mapping[str, float] = field(default_factory=dict)
    unmeasured: Mapping[str, str] = field(default_factory=dict)
    ended: int = 0
    view: int | None = None
    started_at: float | None = None
    other_scores: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    fitted_view: int | None = None

    @property
    def family(self) -> str:
        """Name of the learner family."""
        return str(self.config[FAMILY])

    def scored_on(self, view: int) -> Trial:
        """Return the trial with its scores under the metric of another view of the same columns, which are known."""
        assert self.view is not None
        scores = self.other_scores[view]
        others = {one: known for one, known in self.other_scores.items() if one != view}
        others[self.view] = {fold.fold: fold.score for fold in self.folds}
        folds = tuple(replace(fold, score=scores[fold.fold]) for fold in self.folds)
        score, std = mean_and_std([fold.score for fold in folds])
        after = replace(self, folds=folds, score=score, std=std, view=view, other_scores=others)
        return replace(
            after,
            measures=_without(self.measures, _OF_METRIC),
            spreads=_without(self.spreads, _OF_METRIC),
            unmeasured=_without(self.unmeasured, _OF_METRIC),
        )

    @property
    def hints(self) -> dict[str, Value]:
        """Values that the first fold found for the others."""
        return {name: value for fold in reversed(self.folds) for name, value in fold.hints.items()}


def _without(known: Mapping[str, _T], names: Collection[str]) -> dict[str, _T]:
    return {name: value for name, value in known.items() if name not in names}


def mean_and_std(scores: list[float]) -> tuple[float | None, float | None]:
    """Return mean and standard deviation of fold scores; None if there are too few.

    Examples
    --------
    >>> mean_and_std([0.25, 0.5, 0.75])
    (0.5, 0.25)
    >>> mean_and_std([])
    (None, None)
    """
    if not scores:
        return None, None
    return fmean(scores), stdev(scores) if len(scores) > 1 else None
