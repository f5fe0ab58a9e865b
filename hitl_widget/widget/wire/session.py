"""The session: its constant facts, and its status, which changes with every trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from hitl_widget.domain import delivery
from hitl_widget.domain.state import Phase as SearchPhase
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.success import Success
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.report.baselines import named_baselines
from hitl_widget.report.expectations import expectations, expected_result, model_notes
from hitl_widget.report.facts import decided
from hitl_widget.report.headline import caveat, headline, leading
from hitl_widget.report.holdout import (
    evaluations,
    holdout_gap,
    holdout_rival,
    holdout_sentence,
    not_offered,
    offered_label,
)
from hitl_widget.report.success import goal_of_model, goal_result
from hitl_widget.report.words import Words
from hitl_widget.report.workload import workload
from hitl_widget.session.runtime import started_in_words
from hitl_widget.widget.kernel import user_variables
from hitl_widget.widget.wire.code import Variable, variable_info
from hitl_widget.widget.wire.preferences import preferences_version
from hitl_widget.widget.wire.shared import Notice, is_temporary
from hitl_widget.widget.wire.space import FamilyInfo, NudgeInfo, family_infos, nudge_info
from hitl_widget.widget.wire.warnings import DataStatus

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = [
    "Baseline",
    "Best",
    "Budget",
    "Counts",
    "Ensemble",
    "EnsembleMember",
    "FitInfo",
    "Holdout",
    "Job",
    "MetricInfo",
    "OfferedModel",
    "Phase",
    "SessionInfo",
    "Status",
    "fits_info",
    "session_info",
    "status_info",
]

MOST_JOBS = 50

Phase = Literal["ready", "running", "paused", "finishing", "finished", "failed"]
"""ready: not started yet. finishing: the holdout is being evaluated. failed: the search cannot continue."""


class MetricInfo(TypedDict):
    scorer: str
    label: str
    sign: int
    of_target: bool


class SessionInfo(TypedDict):
    id: str
    name: str
    """Name of the session, by default its target."""
    started: str
    """When the session was first opened, in local time: "14:03", or "29 Nov 14:03" on another day."""
    variable: Variable
    target: str
    kind: Literal["binary", "multiclass", "regression"]
    metric: MetricInfo
    sentence: str
    split: str
    folds: int
    families: list[FamilyInfo]
    workers: int
    journal: str
    rows: int
    holdout_rows: int
    classes: list[str]
    """Labels of the classes, in order; empty for regression."""
    goal: str
    """The success criterion, in words; "" without one."""
    expectations: str
    """The expected score, directions of columns and limits of predictions, in a sentence; "" without any."""
    decided: list[str]
    """What was decided about the table and its rows without being asked for: "left out customerID"."""
    temporary: bool
    """True if the journal is in the temporary folder of the system, which may be emptied."""


class Counts(TypedDict):
    queued: int
    running: int
    complete: int
    stopped: int
    failed: int


class Budget(TypedDict):
    seconds: float | None
    trials: int | None
    used_seconds: float
    ticking: bool
    """True while the budget's clock runs: the browser adds the time since the message arrived."""


class Best(TypedDict):
    number: int
    family: str
    score: float
    std: float | None
    predict_ms: float | None
    """Milliseconds to predict 1,000 rows of the raw table with the delivered model; null if not measured."""


class Job(TypedDict):
    """A running trial, or one that is queued."""

    number: int
    family: str
    folds: int
    """Folds done."""
    started: float | None
    """Seconds on the search's clock when it started; null while it is queued."""
    expected: float | None
    """Seconds that earlier trials of its family took from start to end; null if none has ended."""


class FitInfo(TypedDict):
    """A fit in progress: one fold of a running trial."""

    trial: int
    fold: int
    """Its number, as of `FoldInfo`."""
    started: float
    """Seconds on the search's clock when it was handed to a worker."""
    rounds: int | None
    """Boosting rounds done; null for models without rounds, and before the first report."""
    most: int | None
    """The most rounds that there will be."""
    choosing: bool
    """True while the number of rounds is being chosen by early stopping."""


class Baseline(TypedDict):
    number: int
    label: str
    score: float
    std: float | None


class EnsembleMember(TypedDict):
    number: int
    weight: float


class Ensemble(TypedDict):
    score: float
    members: list[EnsembleMember]


ExpectedOutcome = Literal["as_expected", "better", "worse"]
GoalOutcome = Literal["reached", "likely", "unlikely", "missed"]


class GoalResult(TypedDict):
    """The recommended model against the success criterion."""

    outcome: GoalOutcome
    """Likely and unlikely if the 95% interval includes the bound."""
    sentence: str


class GoalValue(TypedDict):
    """A model's value of the success criterion on the holdout."""

    outcome: GoalOutcome
    value: str
    interval: str
    """The 95% interval; "" without one."""


class ExpectedResult(TypedDict):
    """The recommended model against the expected score."""

    outcome: ExpectedOutcome
    """As expected if the 95% interval includes the expected score."""
    sentence: str


class OfferedModel(TypedDict):
    name: Literal["best", "preferred", "ensemble", "simpler"]
    label: str
    number: int | None
    """The trial; null for the ensemble."""
    cv: float | None
    """Cross-validated score."""
    std: float | None
    score: float
    """Score on the holdout."""
    low: float | None
    high: float | None
    predict_ms: float | None
    """Milliseconds to predict 1,000 rows of the raw table with the delivered model."""
    size_mb: float | None
    goal: GoalValue | None
    """Null without a success criterion."""
    notes: list[str]
    """Clipped predictions, and expected directions that the model violates."""
    python: str
    """The expression that returns the model."""


class Holdout(TypedDict):
    rows: int
    best: float
    ensemble: float | None
    sentence: str
    gap: str
    """By how much the score is below the cross-validated one, and why; empty if it is not."""
    far: bool
    """True if it is well below, beyond noise."""
    rival: str
    """The offered model that scores better on the holdout than the recommended one; empty if none does."""
    newer: str
    """The trial that is recommended now, if the holdout was evaluated before; empty if it was among the models."""
    evaluated: str
    """How often the holdout was evaluated: "once", or "by 2 metrics"."""
    delivered: str
    """How the models are fitted."""
    goal: GoalResult | None
    """The success criterion against the recommended model, in a sentence; null without a criterion or a value."""
    expected: ExpectedResult | None
    """The expected score against the recommended model; null without one, and by another metric."""
    models: list[OfferedModel]
    """Each offered model of today's data, the recommended one first."""


class Status(DataStatus):
    phase: Phase
    headline: str
    """The main finding, made from the numbers."""
    aside: str
    """The uncertainty of the main finding, shown in gray after the headline."""
    improving: str
    """The answer to "Is the search still improving?"."""
    counts: Counts
    """All trials, as the budget counts them."""
    today: Counts
    """The trials of today's data."""
    budget: Budget
    best: Best | None
    baselines: list[Baseline]
    ensemble: Ensemble | None
    holdout: Holdout | None
    notices: list[Notice]
    autonomy: Literal["user", "cruise", "autopilot"]
    granted: int
    """Remaining proposals of a requested batch, while the user drives."""
    jobs: list[Job]
    """The running trials, then the queued ones, at most 50."""
    fits: list[FitInfo]
    """The fits in progress, oldest first."""
    nudges: list[NudgeInfo]
    """At most two."""
    history_version: int
    """Rises with each line of the history, which `history` returns."""
    measured: list[str]
    """Names of the further objectives in the rows; the list only grows."""
    preferred: Best | None
    """The trial with the highest expected utility, once there are answers or goals; may be the best by the metric."""
    preferences_version: int
    """Rises when the response to `preferences` changes."""


def session_info(runtime: Runtime) -> SessionInfo:
    """Return the constant facts of the session."""
    task = runtime.task
    metric = task.metric
    return {
        "id": runtime.id,
        "name": runtime.name,
        "started": started_in_words(runtime.created),
        "variable": variable_info(runtime, user_variables()),
        "target": task.target,
        "kind": task.kind.value,
        "metric": {
            "scorer": metric.scorer,
            "label": metric.label,
            "sign": metric.sign,
            "of_target": metric.of_target,
        },
        "sentence": task.sentence(),
        "split": task.split_in_words(),
        "folds": task.split.folds,
        "families": family_infos(runtime, runtime.state.base),
        "workers": runtime.workers,
        "journal": runtime.shown_path,
        "rows": task.rows,
        "holdout_rows": task.holdout_rows,
        "classes": list(task.classes),
        "goal": "" if runtime.success is None else runtime.success.in_words(),
        "expectations": expectations(runtime.understood.task, runtime.expected),
        "decided": decided(task),
        "temporary": is_temporary(runtime.place),
    }


def status_info(runtime: Runtime, state: SessionState, measured: list[str], data: DataStatus) -> Status:
    """Return the status of the session.

    The work does not grow with the trials, except after a data change: then it passes over them in search of paired
    results.

    Parameters
    ----------
    runtime
        The runtime of the session.
    state
        Its state.
    measured
        Names of the further objectives in the rows.
    data
        The status of warnings and columns.
    """
    words = runtime.words
    return {
        "phase": state.phase.value,
        "headline": headline(words, state),
        "aside": caveat(words, state),
        "improving": runtime.improvement.sentence(state),
        "counts": _counts(state, today=False),
        "today": _counts(state, today=True),
        "budget": {
            "seconds": state.budget_seconds,
            "trials": state.budget_trials,
            "used_seconds": round(runtime.elapsed, 2),
            "ticking": runtime.ticking,
        },
        "best": None if state.best_trial is None else _standing(state.best_trial),
        "baselines": _baselines(state, words),
        "ensemble": _ensemble(state),
        "holdout": _holdout(state, words, runtime, "" if data["warnings"] is None else data["warnings"]["caution"]),
        "notices": _notices(words, state),
        "autonomy": state.autonomy.value,
        "granted": state.granted,
        "jobs": _jobs(state),
        "fits": fits_info(runtime),
        "nudges": [nudge_info(one) for one in state.nudges],
        "history_version": len(state.story),
        "measured": measured,
        "preferred": _preferred(state),
        "preferences_version": preferences_version(state),
        **data,
    }


def _counts(state: SessionState, *, today: bool) -> Counts:
    return {one.value: state.count(one, today=today) for one in TrialState}  # type: ignore[return-value]


def _preferred(state: SessionState) -> Best | None:
    if not state.preferences.guide or state.chosen is None:
        return None
    return _standing(state.trials[state.chosen])


def _standing(trial: Trial) -> Best | None:
    if trial.score is None:
        return None
    return {
        "number": trial.number,
        "family": trial.family,
        "score": trial.score,
        "std": trial.std,
        "predict_ms": trial.measures.get("predict_ms"),
    }


def _baselines(state: SessionState, words: Words) -> list[Baseline]:
    return [
        {"number": trial.number, "label": label, "score": trial.score, "std": trial.std}
        for trial, label, _ in named_baselines(words, state)
        if trial.score is not None
    ]


def _jobs(state: SessionState) -> list[Job]:
    return [
        {
            "number": one.trial.number,
            "family": one.trial.family,
            "folds": len(one.trial.folds),
            "started": one.trial.started_at,
            "expected": None if one.expected is None else round(one.expected, 1),
        }
        for one in workload(state)[:MOST_JOBS]
    ]


def fits_info(runtime: Runtime) -> list[FitInfo]:
    """Return the fits in progress."""
    split = runtime.task.split
    return [
        {
            "trial": one.trial,
            "fold": split.number_of(one.fold),
            "started": round(one.started, 2),
            "rounds": None if one.rounds is None else one.rounds.done,
            "most": None if one.rounds is None else one.rounds.most,
            "choosing": one.rounds is not None and one.rounds.choosing,
        }
        for one in runtime.fits.now
    ]


def _ensemble(state: SessionState) -> Ensemble | None:
    if state.ensemble_score is None:
        return None
    members: list[EnsembleMember] = [{"number": n, "weight": round(w, 4)} for n, w in state.ensemble]
    return {"score": state.ensemble_score, "members": members}


def _holdout(state: SessionState, words: Words, runtime: Runtime, caution: str) -> Holdout | None:
    found, success = state.holdout, runtime.success
    if found is None:
        return None
    rows = words.task.train_rows
    outcome, goal = goal_result(success, state)
    gap, far = holdout_gap(words, state)
    compared, expected = expected_result(words, state, runtime.expected)
    return {
        "rows": found.rows,
        "best": found.best,
        "ensemble": found.ensemble,
        "sentence": holdout_sentence(words, state, caution),
        "gap": gap,
        "far": far,
        "rival": holdout_rival(words, state),
        "newer": not_offered(words, state),
        "evaluated": evaluations(state),
        "delivered": f"Each model is refitted on the {rows:,} rows used for the search, without the holdout.",
        "goal": None if outcome is None else {"outcome": outcome, "sentence": goal},
        "expected": None if compared is None else {"outcome": compared, "sentence": expected},
        "models": [_offered(state, words, success, one) for one in found.models if _of_today(state, one)],
    }


def _of_today(state: SessionState, model: delivery.OfferedModel) -> bool:
    return not any(state.on_other_data(state.trials[number]) for number, _ in model.members)


def _offered(state: SessionState, words: Words, success: Success | None, model: delivery.OfferedModel) -> OfferedModel:
    number = None if model.name == "ensemble" else model.members[0][0]
    trial = None if number is None else state.trials[number]
    blended = state.blended if state.ensemble else None
    goal = goal_of_model(success, model)
    return {
        "name": model.name,  # type: ignore[typeddict-item]
        "label": offered_label(words, state, model),
        "number": number,
        "cv": trial.score if trial is not None else state.ensemble_score,
        "std": trial.std if trial is not None else None if blended is None else blended.std,
        "score": model.score,
        "low": model.low,
        "high": model.high,
        "predict_ms": model.predict_ms,
        "size_mb": model.size_mb,
        "goal": None if goal is None else {"outcome": goal[0], "value": goal[1], "interval": goal[2]},
        "notes": [] if state.holdout is None else model_notes(words, model, state.holdout.rows),
        "python": "session.ensemble()" if number is None else f"session.model({number})",
    }


def _notices(words: Words, state: SessionState) -> list[Notice]:
    failure = state.failure if state.phase is SearchPhase.FAILED else None
    if failure is not None and leading(words, state) is not None:  # else the headline gives the reason
        return [{"level": "error", "text": failure.message, "remedy": failure.remedy}]
    if state.holdout_problem:
        text = f"The holdout could not be evaluated. {state.holdout_problem}"
        return [{"level": "warn", "text": text, "remedy": "Load the session again with a larger trial_memory=."}]
    return []
