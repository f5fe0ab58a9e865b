"""Trials: rows, changes of rows, and the details of one trial."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from hitl_widget.data.objectives import wanted
from hitl_widget.domain.commands import Propose
from hitl_widget.domain.comparing import value_with_unit
from hitl_widget.domain.credit import cause_of
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.space import Parameter, Space, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Split, Task
from hitl_widget.domain.trial import Author as By
from hitl_widget.domain.trial import Origin as How
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.errors import CommandError
from hitl_widget.report.compared import compared_trials
from hitl_widget.report.trials import kept_threshold, remedy, verdict, why_ignored
from hitl_widget.report.words import duration
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.shared import Author, Notice

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = [
    "ComparedSetting",
    "ComparedTrial",
    "FactInfo",
    "FoldInfo",
    "Origin",
    "ReceiptInfo",
    "Rows",
    "Setting",
    "State",
    "Suggestion",
    "TrialComparison",
    "TrialDetail",
    "TrialMark",
    "TrialRow",
    "Trials",
    "label_of",
    "trial_detail",
]

State = Literal["queued", "running", "complete", "stopped", "failed"]
Origin = Literal["baseline", "start", "sampler", "belief", "nudge", "own", "edit", "grid"]
"""The origin of a trial: baseline, starting configuration, sampler, belief, accepted nudge, the user's configuration,
the user's edit of another trial, grid."""
TrialRow = tuple[
    int,  # number
    State,
    str,  # family
    float | None,  # score (greater is better; multiply by metric.sign to show), over the folds done so far
    float | None,  # std: standard deviation over folds, null with fewer than two
    int,  # folds done
    float,  # seconds of work so far
    float | None,  # finished_at: seconds since the search started
    Author,
    Origin,
    int | None,  # parent: the trial it was edited from
    int,  # generation
    list[Value],  # values, in the order of FamilyInfo.parameters
    list[float | None],  # further objectives as people read them, in the order of Status.measured; [] for none yet
]
TrialMark = tuple[
    int,  # number
    State,
    float | None,  # score
    float | None,  # std
    int,  # folds done
    float,  # seconds
    float | None,  # finished_at
    list[float | None],  # further objectives
]
"""The changes of a trial whose row the browser has; fields as in `TrialRow`."""


class Suggestion(TypedDict):
    config: dict[str, Value]
    why: str


class ReceiptInfo(TypedDict):
    """The answer to a command that was carried out."""

    seq: int
    sentence: str
    """The effect, in one sentence."""
    act: int | None
    """Number of the act that it created or redid, for `undo`."""
    python: str
    """The equivalent line of Python."""
    outside: list[int] | None
    """The ended trials that an edit of the search space moved outside; null for other commands."""
    number: int | None
    """The trial that it queued, the first one of several."""
    numbers: list[int]
    """All trials that it queued."""
    suggestion: Suggestion | None


class Setting(TypedDict):
    name: str
    label: str
    value: Any
    default: bool
    """True if the value is the default of the space."""


class FoldInfo(TypedDict):
    fold: int
    """Its number, from 1; folds that run forward in time are numbered in time."""
    score: float
    seconds: float


class FactInfo(TypedDict):
    name: str
    label: str
    text: str
    """The value with its unit and uncertainty."""


class TrialDetail(TypedDict):
    number: int
    label: str
    story: str
    """The display name of the family."""
    why: str
    """Its author and the reason."""
    generation: str
    """The search space under which it was proposed, in words."""
    near: list[int]
    """The nearest good trials, if the search proposed it."""
    standing: str
    """The reason why it is gray: outside the current space, discarded, or violating a constraint; "" if it counts."""
    objectives: list[FactInfo]
    """The current objectives except the metric, each with its value or the reason why there is none."""
    verdict: str
    """Its result in words, with the uncertainty."""
    settings: list[Setting]
    fitted: list[Setting]
    """Values that the fit determined, such as the number of boosting rounds."""
    folds: list[FoldInfo]
    prepare_seconds: float
    fit_seconds: float
    predict_ms: float | None
    """Milliseconds to predict 1,000 rows of the raw table with the delivered model; null if not measured."""
    warnings: list[str]
    error: Notice | None
    traceback: str
    python: str


class ComparedTrial(TypedDict):
    number: int
    label: str
    """The display name of the family."""
    lead: str
    """How it compares with the best of the trials on the same folds; "" for the best itself."""
    folds: list[float | None]
    """Its scores, in the order of `TrialComparison.folds`; null where it was not scored."""


class ComparedSetting(TypedDict):
    name: str
    label: str
    values: list[Value]
    """The value of each trial."""
    has: list[bool]
    """Whether the family of each trial has this setting."""


class TrialComparison(TypedDict):
    trials: list[ComparedTrial]
    best: int | None
    """Position of the trial with the highest score."""
    folds: list[int]
    """Numbers of the folds, as of `FoldInfo`."""
    settings: list[ComparedSetting]
    """The settings that differ."""
    same: int
    """Number of settings with the same value in all trials."""
    python: str


class Rows:
    """Converts trials to rows, and keeps track of their columns.

    Parameters
    ----------
    runtime
        The runtime of the session; only read.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._base: Space | None = None
        self._names: dict[str, list[str]] = {}
        self._columns: dict[str, Objective] = {}
        self._preferences: Preferences | None = None
        self.know_families(runtime.state)
        self.know_objectives(runtime.state)

    @property
    def measured(self) -> list[str]:
        """Names of the further objectives in the rows."""
        return list(self._columns)

    def know_families(self, state: SessionState) -> bool:
        """Add new families; return whether there were any since the last call."""
        if state.base is self._base or state.base == self._base:
            return False
        self._base = base = state.base
        self._names = {name: [one.name for one in base.of(name)] for name in base.families}
        return True

    def know_objectives(self, state: SessionState) -> bool:
        """Add new objectives; return whether rows have more columns now."""
        if state.preferences is self._preferences:
            return False
        self._preferences = state.preferences
        before = len(self._columns)
        for one in wanted(self._runtime.task, state.preferences):
            if one.source is not Source.SCORE:
                self._columns.setdefault(one.name, one)
        return len(self._columns) > before

    def row(self, trial: Trial) -> TrialRow:
        """Return a trial as a row; one that predicts another target has no scores."""
        history = self._runtime.state.of_other_target(trial)
        return (
            trial.number,
            trial.state.value,
            trial.family,
            None if history else _rounded(trial.score, 7),
            None if history else _rounded(trial.std, 4),
            len(trial.folds),
            _rounded(trial.seconds, 3) or 0.0,
            _rounded(trial.finished_at, 5),
            trial.author.value,
            trial.origin.value,
            trial.parent,
            trial.generation,
            [_short(trial.config.get(name)) for name in self._names.get(trial.family, ())],
            self._further(trial, history),
        )

    def mark(self, trial: Trial) -> TrialMark:
        """Return the changes of a trial."""
        row = self.row(trial)
        return (row[0], row[1], row[3], row[4], row[5], row[6], row[7], row[13])

    def _further(self, trial: Trial, history: bool) -> list[float | None]:
        """Return the further objectives of a trial as displayed; empty until it is complete."""
        if trial.state is not TrialState.COMPLETE:
            return []
        return [None if history and not one.is_cost else _measure(one.shown(trial)) for one in self._columns.values()]


class Trials:
    """Answers requests about single trials."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @request("detail")
    def detail(self, state: SessionState, number: int) -> TrialDetail:
        """Return the details of one trial."""
        if not 0 <= number < len(state.trials):
            raise CommandError(f"There is no trial {number:.40g}; there are {plural(len(state.trials), 'trial')}.")
        return trial_detail(self._runtime, state, number)

    @request("compare")
    def compare(self, state: SessionState, numbers: list[int]) -> TrialComparison:
        """Return two to five trials side by side."""
        found = compared_trials(self._runtime.words, state, numbers)
        trials: list[ComparedTrial] = []
        for i, trial in enumerate(found.trials):
            folds = [found.score(i, fold) for fold in found.folds]
            label, _, _, _ = self._runtime.family_facts(trial.family)
            trials.append({"number": trial.number, "label": label, "lead": found.leads[i], "folds": folds})
        settings: list[ComparedSetting] = []
        for name, values in found.settings.items():
            has = [name in trial.config for trial in found.trials]
            label = label_of(state.base[name])
            settings.append({"name": name, "label": label, "values": list(values), "has": has})
        return {
            "trials": trials,
            "best": found.best,
            "folds": [self._runtime.task.split.number_of(fold) for fold in found.folds],
            "settings": settings,
            "same": found.same,
            "python": f"session.compare({', '.join(str(trial.number) for trial in found.trials)})",
        }


def trial_detail(runtime: Runtime, state: SessionState, number: int) -> TrialDetail:
    """Return the details of one trial."""
    trial, words = state.trials[number], runtime.words
    label, story, _, _ = runtime.family_facts(trial.family)
    problem, threshold = trial.problem, kept_threshold(words, state, trial)
    error: Notice | None = None
    if problem is not None:
        error = {"level": "error", "text": problem.message, "remedy": remedy(problem.kind)}
    return {
        "number": number,
        "label": label,
        "story": story,
        "why": _why(trial),
        "generation": _generation(state, trial),
        "near": list(trial.reasons.near),
        "standing": why_ignored(words, state, trial),
        "objectives": _objective_facts(state, trial, runtime.task),
        "verdict": verdict(words, state, trial),
        "settings": _settings(state, trial),
        "fitted": [_setting(name, value) for name, value in trial.hints.items()],
        "folds": [] if state.of_other_target(trial) else _folds(trial, runtime.task.split),
        "prepare_seconds": sum(fold.prepare_seconds for fold in trial.folds),
        "fit_seconds": sum(fold.fit_seconds for fold in trial.folds),
        "predict_ms": trial.measures.get("predict_ms"),
        "warnings": [threshold] * bool(threshold) + sorted({text for fold in trial.folds for text in fold.warnings}),
        "error": error,
        "traceback": problem.detail if problem else "",
        "python": Propose(trial.config).python(),
    }


def _why(trial: Trial) -> str:
    ended = "" if trial.finished_at is None else f" Ended {duration(trial.finished_at)} into the search."
    return f"{trial.why}{ended}"


def _generation(state: SessionState, trial: Trial) -> str:
    act = cause_of(state, trial)
    if act is not None:
        whose = "your" if act.author is By.YOU else "the search's own"
        return f"Proposed because of {whose} change “{act.title}”."
    if trial.origin is How.START and (agrees := _agreeing(state, trial)):
        return f"Its {agrees} equals your belief, but the search planned this trial before you stated it."
    opened = next((one for one in state.generations if one.number == trial.generation), None)
    if len(state.generations) < 2 or (opened is not None and opened.title):
        return ""
    return "Proposed before the search space was changed."


def _agreeing(state: SessionState, trial: Trial) -> str:
    """Return the name of a setting whose value is the one that the user believes in, or ""."""
    held = (one for one in state.steering.beliefs if one.around is not None)
    about = next((one.about for one in held if trial.config.get(one.about) == one.around), None)
    return "" if about is None else label_of(state.base[about])


def _objective_facts(state: SessionState, trial: Trial, task: Task) -> list[FactInfo]:
    """Return the further objectives of a trial, each with its value or the reason why there is none."""
    facts: list[FactInfo] = []
    history = state.of_other_target(trial)
    for one in wanted(task, state.preferences):
        if one.source is Source.SCORE or (history and not one.is_cost):
            continue
        text = trial.unmeasured.get(one.name) or value_with_unit(one, one.shown(trial), trial.spreads.get(one.name))
        text += " (estimate)" if one.estimated(trial) and one.value(trial) is not None else ""
        facts.append({"name": one.name, "label": one.title, "text": text})
    return facts


def _settings(state: SessionState, trial: Trial) -> list[Setting]:
    found: list[Setting] = []
    for one in state.base.of(trial.family):
        value = trial.config.get(one.name, one.default)
        found.append({"name": one.name, "label": label_of(one), "value": value, "default": value == one.default})
    return found


def label_of(parameter: Parameter) -> str:
    """Return the display name of a hyperparameter."""
    return parameter.label or parameter.name.split(".", 1)[-1].replace("_", " ")


def _folds(trial: Trial, split: Split) -> list[FoldInfo]:
    found: list[FoldInfo] = [
        {"fold": split.number_of(one.fold), "score": one.score, "seconds": one.seconds} for one in trial.folds
    ]
    return sorted(found, key=lambda one: one["fold"])


def _setting(name: str, value: Any) -> Setting:
    return {"name": name, "label": name.replace("_", " "), "value": value, "default": False}


def _rounded(value: float | None, digits: int) -> float | None:
    """Return a value rounded to a few significant digits, which saves bytes."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def _measure(value: float | None) -> float | None:
    """Return a value as `_rounded` does; counts stay whole, as other screens show them."""
    return value if value is not None and value.is_integer() else _rounded(value, 4)


def _short(value: Any) -> Any:
    return _rounded(value, 5) if isinstance(value, float) else value
