"""The tables that a session returns, made from its state. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitl_widget.data.objectives import main_objective, objective_named, wanted
from hitl_widget.domain.annotation import Annotation
from hitl_widget.domain.objective import Objective
from hitl_widget.domain.state import SessionState, spans
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.errors import CommandError
from hitl_widget.report.data_effects import effect_of_generation

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["beliefs_frame", "constraints_frame", "generations_frame", "leaderboard_frame", "trials_frame"]

_COLUMNS = (
    *("number", "state", "family", "score", "std", "seconds", "finished_at"),
    *("proposed_by", "generation", "config", "reason"),
)


def trials_frame(state: SessionState, task: Task) -> pd.DataFrame:
    """Return a row for each trial, with a column for each objective after those of every session.

    Trials that predict another target have no scores, because these are scores of something else.
    """
    import pandas as pd

    further = _measured_objectives(state, task)
    history = {trial.number for trial in state.trials if state.of_other_target(trial)}
    rows = [
        {
            "number": trial.number,
            "state": str(trial.state),
            "family": trial.family,
            "score": None if trial.number in history else trial.score,
            "std": None if trial.number in history else trial.std,
            "seconds": trial.seconds,
            "finished_at": trial.finished_at,
            "proposed_by": str(trial.author),
            "generation": trial.generation,
            "config": dict(trial.config),
            "reason": _reason(trial),
            **{one.name: _value(one, trial, trial.number in history) for one in further},
        }
        for trial in state.trials
    ]
    names = [one.name for one in further]
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, *names])
    if state.steering.annotations:
        written = [state.steering.annotations.get(trial.number, Annotation()) for trial in state.trials]
        frame["tags"] = pd.Series([one.tags for one in written], dtype=object)
        frame["note"] = [one.note for one in written]
    if state.preferences.hard:
        feasible = [
            trial.number not in state.broken
            if trial.state is TrialState.COMPLETE and trial.number not in state.pending
            else None
            for trial in state.trials
        ]
        frame["feasible"] = pd.array(feasible, dtype="boolean")
    if len(state.views) > 1:
        frame["earlier_data"] = [state.on_other_data(trial) for trial in state.trials]
    return frame.astype(dict.fromkeys(("score", "std", "seconds", "finished_at", *names), "float64"))


def _value(one: Objective, trial: Trial, history: bool) -> float | None:
    return None if history and not one.is_cost else one.value(trial)


def _reason(trial: Trial) -> str:
    """Return why a trial failed or was stopped, or why objectives could not be measured; "" if all went well."""
    if trial.problem is not None:
        return trial.problem.message
    return trial.reason or " ".join(trial.unmeasured.values())


def leaderboard_frame(state: SessionState, task: Task) -> pd.DataFrame:
    """Return the rows of the complete trials that count, best first; those that violate a hard constraint come last."""
    frame = trials_frame(state, task)
    complete = (one for one in state.trials if one.state is TrialState.COMPLETE and one.score is not None)
    counted = [one.number for one in complete if state.counts_as_evidence(one.number)]
    ordered = sorted(counted, key=lambda one: (one in state.broken, -(state.trials[one].score or 0.0), one))
    return frame.loc[ordered].drop(columns="earlier_data", errors="ignore").reset_index(drop=True)


def _measured_objectives(state: SessionState, task: Task) -> list[Objective]:
    """Return the objectives that have a column: the current ones, and all that were ever measured."""
    found = {one.name: one for one in (main_objective(task), *wanted(task, state.preferences))}
    for name in state.measured_names:
        if name not in found:
            try:
                found[name] = objective_named(name, task, state.preferences.custom)
            except CommandError:  # a person's objective, whose adding was undone
                continue
    return list(found.values())


def constraints_frame(state: SessionState) -> pd.DataFrame:
    """Return a row for each constraint, with the number of today's complete trials that satisfy and violate it."""
    import pandas as pd

    rows = []
    complete = [one for one in state.trials if one.state is TrialState.COMPLETE and not state.on_other_data(one)]
    for rule in state.preferences.constraints:
        found = [rule.violation(trial) for trial in complete]
        counts = (sum(one == 0 for one in found), sum(bool(one) for one in found), found.count(None))
        rows.append((rule.text, rule.hard, *counts))
    return pd.DataFrame(rows, columns=("constraint", "hard", "kept", "broken", "unknown"))


def beliefs_frame(state: SessionState) -> pd.DataFrame:
    """Return a row for each belief, with the verdict of the evidence."""
    import pandas as pd

    rows = []
    for one in state.steering.beliefs:
        said = state.verdicts.get(one.about)
        verdict = ("undecided", "Too early to say.") if said is None else (str(said.kind), said.sentence)
        rows.append((one.about, one.around, list(one.likely), str(one.strength), *verdict))
    return pd.DataFrame(rows, columns=("about", "around", "likely", "strength", "verdict", "sentence"))


def generations_frame(state: SessionState) -> pd.DataFrame:
    """Return a row for each search space so far, with the trials spent in it and the best score before and after.

    Of a data change, the scores are those of the same configuration before and after.
    """
    import pandas as pd

    columns = ("generation", "changed", "by", "trials", "best_before", "best_after", "act")
    rows = []
    for one, before, spent, after in spans(state):
        effect = effect_of_generation(state, one)
        scores = (before, after) if effect is None else (effect.before.score, effect.after.score)
        rows.append((one.number, one.title, str(one.author), spent, *scores, one.act))
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"best_before": "float64", "best_after": "float64", "act": "Int64"})
