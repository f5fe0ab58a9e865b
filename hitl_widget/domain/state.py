"""The state of a session: a frozen value that `hitl_widget.domain.reducer` folds from events, shared without locks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest

from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.data_choices import ANY_VIEW, NO_CHOICES, DataChoices, DataView
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.space import Space
from hitl_widget.domain.steering import Act, Generation, Steering
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.domain.vector import Vector

__all__ = ["LEADERS", "OfTarget", "Phase", "SessionState", "judged_today", "spans"]


LEADERS = 50


class Phase(StrEnum):
    """The phase of the search."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHING = "finishing"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OfTarget:
    """What belongs to a target and waits while another one is predicted.

    Parameters
    ----------
    base
        The original space of its task, with the learners that were added.
    warned
        The answers to warnings, by key.
    baselines
        The user's own models, by name.
    """

    base: Space
    warned: Mapping[str, str] = field(default_factory=dict)
    baselines: Mapping[str, ev.BaselineMeasured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything that follows from the events so far.

    Parameters
    ----------
    seq
        Number of the last event.
    phase, reason
        The phase of the search, and the reason why it ended.
    elapsed
        Seconds on the search's clock at the last event.
    budget_seconds, budget_trials
        Limits; None for none.
    autonomy
        The autonomy level.
    generation
        Number of the current generation of the search space.
    trials
        All trials by number.
    counts
        Trials per state, in the order of `TrialState`.
    past_counts
        Those of them that were measured on another view of the data.
    leaders
        Numbers of the best complete trials that satisfy the hard constraints, best first, at most `LEADERS`.
    family_best
        Number of the best complete trial of each family.
    climbs
        Each improvement of the best by a trial that still counts: complete trials of today's data at that time, and its
        number.
    ensemble, ensemble_score
        Trial numbers with weights, and the score of their weighted average; empty while one of them does not count.
    blended
        The last measured ensemble, even if some members no longer count.
    started
        Number of started trials, each counted once, for a budget in trials.
    holdout
        Result of the holdout evaluation.
    holdout_problem
        The reason why the holdout could not be evaluated, or "".
    failure
        The reason why no worker can run.
    steering
        The current steering: space, beliefs, preferences, data choices and discarded trials.
    base
        The original space, with the learners that were added since.
    learners
        Labels of custom learners, by name.
    outside
        Trials whose configuration lies outside the current space, or that were measured on another view of the data;
        they are kept and can count again.
    views
        The views of the data so far, by number.
    view
        Number of the current view.
    acts
        Every change of the steering, in order.
    done, undone
        Numbers of the acts that `undo` and `redo` apply to, the next one last.
    generations
        The search spaces so far.
    granted
        Number of requested proposals still to come, while the user drives.
    nudges
        The current nudges, most valuable first.
    answered
        By key of a nudge, the last answer and the number of trials ended when it was given.
    verdicts
        The verdict on each belief, by its subject.
    broken
        Complete trials that violate a hard constraint, or may violate one because a value is not known yet.
    pending
        Those of them that satisfy the hard constraints as far as is known, with values still to be measured.
    violator
        Number of the best counting trial that violates a hard constraint and is not pending.
    learnt
        The last conclusions of the preference model; None without answers or goals.
    warned
        The user's answers to warnings, by key.
    baselines
        The user's own models to compare with, by name.
    measured_names
        Every objective that was measured on a model or on predictions, in the order of the first value.
    measured
        How many values were measured, or found not to be measurable, after their trials ended.
    rescorings
        How often trials were scored by another metric.
    holdouts
        The holdout by other metrics or with other rows, by `DataChoices.judged_by`.
    ensembles
        The ensemble by other metrics or with other rows, by the number of the view.
    targets
        What waits with other targets, by `DataChoices.target_name`.
    story
        The records of the history: acts of the user and the search, and each new best trial.
    """

    seq: int = 0
    phase: Phase = Phase.READY
    reason: str = ""
    elapsed: float = 0.0
    budget_seconds: float | None = None
    budget_trials: int | None = None
    autonomy: Autonomy = Autonomy.CRUISE
    generation: int = 0
    trials: Vector[Trial] = field(default_factory=Vector)
    counts: tuple[int, ...] = (0,) * len(TrialState)
    past_counts: tuple[int, ...] = (0,) * len(TrialState)
    leaders: tuple[int, ...] = ()
    family_best: Mapping[str, int] = field(default_factory=dict)
    climbs: tuple[tuple[int, int], ...] = ()
    ensemble: tuple[tuple[int, float], ...] = ()
    ensemble_score: float | None = None
    blended: ev.EnsembleChanged | None = None
    started: int = 0
    holdout: ev.HoldoutMeasured | None = None
    holdout_problem: str = ""
    failure: ev.Failed | None = None
    steering: Steering = field(default_factory=Steering)
    base: Space = field(default_factory=lambda: Space((), ()))
    learners: Mapping[str, str] = field(default_factory=dict)
    outside: frozenset[int] = frozenset()
    views: tuple[DataChoices, ...] = (NO_CHOICES,)
    view: int = 0
    acts: tuple[Act, ...] = ()
    done: tuple[int, ...] = ()
    undone: tuple[int, ...] = ()
    generations: tuple[Generation, ...] = ()
    granted: int = 0
    nudges: tuple[Nudge, ...] = ()
    answered: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    broken: frozenset[int] = frozenset()
    pending: frozenset[int] = frozenset()
    violator: int | None = None
    learnt: ev.Learnt | None = None
    measured_names: tuple[str, ...] = ()
    baselines: Mapping[str, ev.BaselineMeasured] = field(default_factory=dict)
    warned: Mapping[str, str] = field(default_factory=dict)
    measured: int = 0
    rescorings: int = 0
    holdouts: Mapping[tuple[str, str], ev.HoldoutMeasured] = field(default_factory=dict)
    ensembles: Mapping[int, ev.EnsembleChanged] = field(default_factory=dict)
    targets: Mapping[str, OfTarget] = field(default_factory=dict)
    story: Vector[ev.Record] = field(default_factory=Vector)

    @property
    def space(self) -> Space:
        """The current search space."""
        return self.steering.space

    @property
    def preferences(self) -> Preferences:
        """The user's preferences."""
        return self.steering.preferences

    @property
    def data_version(self) -> tuple[int, int]:
        """Changes whenever other trials count, or count with other scores: after a change of the data or the metric."""
        return self.view, self.rescorings

    @property
    def current_view(self) -> DataView:
        """The current view of the data."""
        return DataView(self.view, self.views[self.view])

    def view_of(self, trial: Trial) -> DataView:
        """Return the view of the data that a trial reads; the current one before it starts."""
        if trial.view == ANY_VIEW:  # reads no column, but belongs to the current metric and rows
            judged_by = self.views[self.view].judged_by
            number = next(i for i, one in enumerate(self.views) if one.judged_by == judged_by)
        else:
            number = self.view if trial.view is None else trial.view
        return DataView(number, self.views[number])

    def on_other_data(self, trial: Trial) -> bool:
        """Return whether a trial was measured on a view of the data other than the current one."""
        return trial.view not in (None, ANY_VIEW, self.view)

    def of_other_target(self, trial: Trial) -> bool:
        """Return whether a trial predicts another target than the current one, so that its scores mean nothing here."""
        if not self.targets or trial.view in (None, ANY_VIEW, self.view):
            return False
        return self.views[trial.view].target_name != self.views[self.view].target_name

    def awaits_scores(self, trial: Trial) -> bool:
        """Return whether a complete trial differs from today's in the metric alone, which it was not scored by yet."""
        return self._awaits(trial, self._sibling_views)

    @property
    def awaiting(self) -> list[Trial]:
        """The trials of which `awaits_scores` is true."""
        views = self._sibling_views
        return [one for one in self.trials if self._awaits(one, views)] if views else []

    def _awaits(self, trial: Trial, views: Collection[int]) -> bool:
        return trial.view in views and trial.state is TrialState.COMPLETE and self.view not in trial.other_scores

    @property
    def _sibling_views(self) -> frozenset[int]:
        """The other views of the current columns and rows."""
        current = self.views[self.view].of_models
        found = (i for i, one in enumerate(self.views) if i != self.view and one.of_models == current)
        return frozenset(found)

    def by_other_view(self) -> list[list[int]]:
        """Return the numbers of the trials that were measured on other data, a list for each of these views."""
        found: dict[int | None, list[int]] = {}
        if len(self.views) > 1:
            for trial in self.trials:
                if self.on_other_data(trial):
                    found.setdefault(trial.view, []).append(trial.number)
        return list(found.values())

    @property
    def scope(self) -> str:
        """Words for the trials that compare today, to follow a count of trials; "" while all do."""
        return " on the current data" if any(self.past_counts) else ""

    def repeated(self, trial: Trial) -> Trial | None:
        """Return the trial whose configuration this one evaluates again on other data, or None."""
        former = None if trial.parent is None else self.trials[trial.parent]
        return former if former is not None and former.view != trial.view and former.config == trial.config else None

    def informs(self, trial: Trial) -> bool:
        """Return whether a trial read the current data and was not discarded, inside or outside the current space."""
        return trial.number not in self.steering.discarded and not self.on_other_data(trial)

    def counts_as_evidence(self, number: int) -> bool:
        """Return whether a trial lies in the current space and was not discarded."""
        return number not in self.outside and number not in self.steering.discarded

    def models(self, baselines: Collection[str] = ()) -> list[Trial]:
        """Return the complete trials that count as evidence and are no baselines."""
        return [
            trial
            for trial in self.trials
            if trial.state is TrialState.COMPLETE
            and trial.family not in baselines
            and self.counts_as_evidence(trial.number)
        ]

    def may_lead(self, number: int) -> bool:
        """Return whether a trial counts and satisfies the hard constraints."""
        return self.counts_as_evidence(number) and number not in self.broken

    @property
    def chosen(self) -> int | None:
        """Number of the recommended trial: the preferred one, or else the best by the metric."""
        wanted = self.learnt.recommended if self.learnt is not None and self.preferences.guide else None
        return wanted if wanted is not None and self.may_lead(wanted) else self.best

    def act(self, number: int) -> Act | None:
        """Return an act by its number."""
        return self.acts[number - 1] if 0 < number <= len(self.acts) else None

    def count(self, *states: TrialState, today: bool = False) -> int:
        """Return the number of trials in these states; with `today`, without those measured on other data."""
        order = list(TrialState)
        found = sum(self.counts[order.index(state)] for state in states)
        return found - today * sum(self.past_counts[order.index(state)] for state in states)

    @property
    def timed(self) -> bool:
        """True if decisions may depend on the clock; False for a budget in trials alone, which must be repeatable."""
        return self.budget_trials is None and self.budget_seconds is not None

    @property
    def ended(self) -> int:
        """Number of trials that ended, in any state."""
        return self.count(TrialState.COMPLETE, TrialState.STOPPED, TrialState.FAILED)

    @property
    def best(self) -> int | None:
        """Number of the best complete trial."""
        return self.leaders[0] if self.leaders else None

    @property
    def best_trial(self) -> Trial | None:
        """The best complete trial."""
        return None if self.best is None else self.trials[self.best]


def judged_today(state: SessionState, judged_by: tuple[str, str]) -> bool:
    """Return whether a metric and rows, as of `DataChoices.judged_by`, are of today's target."""
    target = state.views[state.view].target_name
    return any(one.judged_by == judged_by and one.target_name == target for one in state.views)


def spans(state: SessionState) -> Iterator[tuple[Generation, float | None, int, float | None]]:
    """Yield each generation with the best score before it, the trials started in it, and the best score at its end.

    After a data change there is no score before it that compares. Scores of another target than today's are None.
    """
    view, target = None, state.views[state.view].target_name
    for this, then in zip_longest(state.generations, state.generations[1:]):
        before, view = this.best_score if this.view == view else None, this.view
        if then is None:
            best = state.best_trial
            yield this, before, state.started - this.started, None if best is None else best.score
        elif state.views[this.view].target_name != target:
            yield this, None, then.started - this.started, None
        else:
            yield this, before, then.started - this.started, then.best_score
