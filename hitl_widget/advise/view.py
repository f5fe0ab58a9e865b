"""A session as nudges see it, and the words that nudges share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev

from hitl_widget.advise.evidence import FamilyRecord
from hitl_widget.domain.commands import Command, Edit, as_json
from hitl_widget.domain.edit import changed, is_fixed
from hitl_widget.domain.figures import difference, number, plural, score_in_words
from hitl_widget.domain.nudge import Answer, Nudge
from hitl_widget.domain.space import Parameter, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import CommandError, ConfigError

__all__ = ["Found", "Setting", "View", "answer", "asked", "edited", "in_trials", "whose"]

MOST_LETTERS = 60
_NO_RECORD = FamilyRecord()


@dataclass(frozen=True, slots=True)
class Found:
    """A nudge and the numbers of the trials that speak for it."""

    nudge: Nudge
    trials: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """The facts that stay the same through a session.

    Parameters
    ----------
    task
        The task.
    labels
        Family names as people know them.
    baselines
        Baseline families, which every score is compared with; they are never dropped.
    workers
        Trials that run at the same time.
    simple
        Families whose models a person can read, the simplest first.
    """

    task: Task
    labels: Mapping[str, str]
    baselines: frozenset[str]
    workers: int
    simple: tuple[str, ...] = ("linear", "tree")


@dataclass(frozen=True, slots=True)
class View:
    """A state, and facts derived from it.

    Parameters
    ----------
    state
        The session.
    elapsed
        Second on the search's clock.
    setting
        What stays the same.
    records
        What ended, per family.
    shares
        Importances of a family's hyperparameters, possibly some trials old; empty while there are too few.
    """

    state: SessionState
    elapsed: float
    setting: Setting
    records: Mapping[str, FamilyRecord]
    shares: Callable[[str], Mapping[str, float]]

    # -- the evidence -------------------------------------------------------------------------------------------------

    @property
    def best(self) -> Trial | None:
        """The leader, once it has a spread over folds."""
        best = self.state.best_trial
        return best if best is not None and best.std is not None and best.score is not None else None

    @property
    def spread(self) -> float:
        """Standard deviation of the leader over folds; the unit of worth."""
        best = self.best
        floor = 1e-9 * max(1.0, abs(best.score or 0.0)) if best else 1e-9
        return max(best.std or 0.0, floor) if best else floor

    @property
    def noise(self) -> float:
        """Standard error of the leader's score."""
        return self.spread / math.sqrt(max(self.setting.task.split.folds, 1))

    @property
    def searched(self) -> tuple[str, ...]:
        """The families in today's space but the baselines."""
        return tuple(name for name in self.state.space.families if name not in self.setting.baselines)

    def record(self, family: str) -> FamilyRecord:
        """Return what ended of a family."""
        return self.records.get(family, _NO_RECORD)

    def top(self, family: str, most: int) -> list[Trial]:
        """Return the best complete trials of a family inside today's space, best first."""
        inside = (number for _, number in self.record(family).top if number not in self.state.outside)
        return [self.state.trials[number] for number, _ in zip(inside, range(most), strict=False)]

    def champion(self, family: str) -> Trial | None:
        """Return the best complete trial of a family inside today's space."""
        return next(iter(self.top(family, 1)), None)

    def free(self, family: str) -> tuple[Parameter, ...]:
        """Return the hyperparameters of a family that are still searched."""
        return tuple(one for one in self.state.space.of(family) if not is_fixed(one))

    def behind(self, trial: Trial) -> tuple[float, float]:
        """Return how far a trial lies behind the leader, and the standard error of that, paired over folds.

        The error is taken as no less than 0.3 of the leader's own: few folds agree by luck.
        """
        best = self.best
        assert best is not None
        theirs = {fold.fold: fold.score for fold in trial.folds}
        gaps = [fold.score - theirs[fold.fold] for fold in best.folds if fold.fold in theirs]
        if not gaps:
            return math.inf, math.inf
        error = stdev(gaps) / math.sqrt(len(gaps)) if len(gaps) > 1 else self.noise
        return fmean(gaps), max(error, 0.3 * self.noise)

    def level(self, trial: Trial) -> bool:
        """Return whether a trial is tied with the best: within its standard error, and twice the paired one."""
        gap, error = self.behind(trial)
        return gap <= min(self.noise, 2 * error)

    # -- what is left -------------------------------------------------------------------------------------------------

    @property
    def mean_seconds(self) -> float | None:
        """Mean work of a scored trial, over all families but the constant guess and its like."""
        own = [one for name, one in self.records.items() if name not in self.setting.baselines and one.scored]
        count = sum(len(one.scored) for one in own)
        return sum(one.seconds for one in own) / count if count else None

    @property
    def left(self) -> float | None:
        """Trials that the budget still allows for; None without a budget."""
        state = self.state
        limits: list[float] = []
        if state.budget_trials is not None:
            limits.append(max(0, state.budget_trials - state.started))
        if state.budget_seconds is not None and self.mean_seconds:
            seconds = max(0.0, state.budget_seconds - self.elapsed)
            limits.append(seconds * self.setting.workers / self.mean_seconds)
        return min(limits, default=None)

    def pace(self, window: int = 20) -> float:
        """Return what a trial brings at present, in standard deviations of the leader; never nothing."""
        complete = sum(one.complete for one in self.records.values())
        best, state = self.best, self.state
        since = [number for at, number in state.climbs if at <= complete - window]
        if best is None or not since:
            return 0.02
        gain = (best.score or 0.0) - (state.trials[since[-1]].score or 0.0)
        return min(max(gain / self.spread / window, 0.002), 0.1)

    # -- words --------------------------------------------------------------------------------------------------------

    def label(self, family: str) -> str:
        """Name a family."""
        return self.setting.labels.get(family, family)

    def score(self, trial: Trial, *, spread: bool = False) -> str:
        """Write a trial's score, with its standard deviation over the folds where that is wanted."""
        shown = score_in_words(self.setting.task.metric, trial.score or 0.0, trial.std)
        return f"{shown} ± {number(trial.std, trial.std)} SD" if spread and trial.std else shown

    def difference(self, better: float, worse: float) -> str:
        """Return the difference between two scores, in words."""
        return difference(self.setting.task.metric, better, worse)

    def lost_by(self, space: Space, families: tuple[str, ...]) -> list[int]:
        """Return the numbers of the trials of these families that count today and lie outside another space."""
        inside = space.contains()
        trials, outside = self.state.trials, self.state.outside
        numbers = (number for family in families for number in self.record(family).numbers if number not in outside)
        return [number for number in numbers if not inside(trials[number].config)]


def asked(*wordings: str) -> str:
    """Return the first wording that has at most 60 letters, else the last one cut off."""
    short = next((one for one in wordings if len(one) <= MOST_LETTERS), None)
    return short or wordings[-1][: MOST_LETTERS - 2].rstrip() + "…?"


def whose(label: str, name: str) -> str:
    """Return a setting with its family; some are named by what they decide ("how numbers are scaled")."""
    return f"{name} for {label}" if name.startswith("how ") else f"{label}'s {name}"


def answer(name: str, label: str, command: Command | None = None, python: str | None = None) -> Answer:
    """Make an answer; its line of Python is the command's own where none is given."""
    if command is None:
        return Answer(name, label, None, python or "")
    return Answer(name, label, as_json(command), python or command.python())


def in_trials(lost: int, of: int) -> str:
    """Return the effect of an edit on the record, in words."""
    if not lost:
        return "No trial falls outside"
    verb = "falls" if lost == 1 else "fall"
    grey = "turns" if lost == 1 else "turn"
    return (
        f"{lost:,} of {plural(of, 'trial')} {verb} outside and {grey} gray; undo brings "
        f"{'it' if lost == 1 else 'them'} back"
    )


def edited(view: View, edit: Edit) -> Space | None:
    """Return the space after an edit, or None where it would be refused."""
    state = view.state
    try:
        return changed(state.space, state.base, edit.changes, edit.include, edit.exclude, view.setting.baselines)
    except (CommandError, ConfigError):
        return None
