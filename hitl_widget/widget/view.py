"""The state of a session in the form of the wire messages. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hitl_widget.data.objectives import wanted
from hitl_widget.domain.commands import Edit
from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.space import Categorical, Int, Parameter, Space
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.trial import Author, Trial, TrialState
from hitl_widget.report.history import told
from hitl_widget.report.words import duration
from hitl_widget.widget import wire
from hitl_widget.widget.preference_view import objective_facts, wishes_version
from hitl_widget.widget.steering_view import (
    ImportanceCache,
    beliefs_info,
    nudge_info,
    preview_info,
    steering_info,
    story_row,
)

if TYPE_CHECKING:
    from hitl_widget.session import AutoMLSession

__all__ = ["View"]


class View:
    """Turns the state of one session into messages.

    Parameters
    ----------
    session
        The session; only looked at.
    """

    def __init__(self, session: AutoMLSession) -> None:
        self._session = session
        self._words = session.words
        self._importances = ImportanceCache()
        self._base: Space | None = None
        self._names: dict[str, list[str]] = {}
        self._columns: dict[str, Objective] = {}
        self._preferences: Preferences | None = None
        self.know(session.state)
        self.know_objectives(session.state)

    def know(self, state: SessionState) -> bool:
        """Take up families that were added; returns whether there are any since the last time."""
        if state.base is self._base or state.base == self._base:
            return False
        self._base = base = state.base
        self._names = {name: [one.name for one in base.of(name)] for name in base.families}
        return True

    def families(self, state: SessionState) -> list[wire.FamilyInfo]:
        """Return every family with its hyperparameters as first given."""
        return [self._family(name, state.base) for name in state.base.families]

    # -- once ---------------------------------------------------------------------------------------------------------

    def session_info(self) -> wire.SessionInfo:
        """Return what stays the same."""
        session, task = self._session, self._session.task
        metric = task.metric
        return {
            "id": session.id,
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
            "chips": self._words.chips(),  # type: ignore[typeddict-item]
            "families": self.families(session.state),
            "workers": session.workers,
            "journal": session.shown_path,
            "rows": task.rows,
            "holdout_rows": task.holdout_rows,
            "classes": list(task.classes),
        }

    def _family(self, name: str, base: Space) -> wire.FamilyInfo:
        label, story, colour, _ = self._session.family_facts(name)
        parameters = [_parameter(one) for one in base.of(name)]
        return {
            "name": name,
            "label": label,
            "story": story,
            "colour": colour,
            "baseline": name in self._words.baselines,
            "parameters": parameters,
        }

    # -- again and again ----------------------------------------------------------------------------------------------

    def row(self, trial: Trial) -> wire.TrialRow:
        """Return a trial as a row."""
        return (
            trial.number,
            trial.state.value,
            trial.family,
            _rounded(trial.score, 7),
            _rounded(trial.std, 4),
            len(trial.folds),
            _rounded(trial.seconds, 3) or 0.0,
            _rounded(trial.finished_at, 5),
            trial.author.value,
            trial.origin.value,
            trial.parent,
            trial.generation,
            [_short(trial.config.get(name)) for name in self._names.get(trial.family, ())],
            self._further(trial),
        )

    def mark(self, trial: Trial) -> wire.TrialMark:
        """Return what changes of a trial."""
        row = self.row(trial)
        return (row[0], row[1], row[3], row[4], row[5], row[6], row[7], row[13])

    def _further(self, trial: Trial) -> list[float | None]:
        """Return the further objectives of a trial, as people read them; none while it is not complete."""
        if trial.state is not TrialState.COMPLETE:
            return []
        return [_rounded(one.shown(trial), 4) for one in self._columns.values()]

    def know_objectives(self, state: SessionState) -> bool:
        """Take up objectives that are new; returns whether rows have more columns now."""
        if state.preferences is self._preferences:
            return False
        self._preferences = state.preferences
        before = len(self._columns)
        for one in wanted(self._session.task, state.preferences):
            if one.source is not Source.SCORE:
                self._columns.setdefault(one.name, one)
        return len(self._columns) > before

    def rows(self, state: SessionState, numbers: Iterable[int]) -> list[wire.TrialRow]:
        """Return the rows of these trials."""
        return [self.row(state.trials[number]) for number in sorted(numbers)]

    def status(self, state: SessionState, elapsed: float, ticking: bool) -> wire.Status:
        """Return what changes with every trial, in O(1)."""
        return {
            "phase": state.phase.value,
            "headline": self._words.headline(state),
            "aside": self._words.aside(state),
            "improving": self._words.improving(state),
            "counts": {
                "queued": state.count(TrialState.QUEUED),
                "running": state.count(TrialState.RUNNING),
                "complete": state.count(TrialState.COMPLETE),
                "stopped": state.count(TrialState.STOPPED),
                "failed": state.count(TrialState.FAILED),
            },
            "budget": {
                "seconds": state.budget_seconds,
                "trials": state.budget_trials,
                "used_seconds": round(elapsed, 2),
                "ticking": ticking,
            },
            "best": self._best(state),
            "baselines": self._baselines(state),
            "ensemble": self._ensemble(state),
            "holdout": self._holdout(state),
            "notices": self._notices(state),
            "autonomy": state.autonomy.value,
            "granted": state.granted,
            "nudges": [nudge_info(one) for one in state.nudges],
            "story": len(state.story),
            "measured": list(self._columns),
            "preferred": self._preferred(state),
            "wishes": wishes_version(state),
            "warnings": None,  # the bridge knows these three
            "warned": 0,
            "data": 0,
        }

    def steering(self, state: SessionState) -> wire.Steering:
        """Return where the search looks."""
        return steering_info(state, self._words)

    def beliefs(self, state: SessionState) -> list[wire.BeliefInfo]:
        """Return what is believed; the weights fall with every trial."""
        return beliefs_info(state)

    def _best(self, state: SessionState) -> wire.Best | None:
        return None if state.best_trial is None else _standing(state.best_trial)

    def _preferred(self, state: SessionState) -> wire.Best | None:
        if not state.preferences.guide or state.chosen is None:
            return None
        return _standing(state.trials[state.chosen])

    def _baselines(self, state: SessionState) -> list[wire.Baseline]:
        shown: list[wire.Baseline] = []
        for name in (*sorted(self._words.baselines), "linear"):
            number = state.family_best.get(name)
            if number is not None:
                trial = state.trials[number]
                assert trial.score is not None
                label = self._words.baseline_label(trial)
                shown.append({"number": number, "label": label, "score": trial.score, "std": trial.std})
        return shown

    def _ensemble(self, state: SessionState) -> wire.Ensemble | None:
        if state.ensemble_score is None:
            return None
        members: list[wire.EnsembleMember] = [{"number": n, "weight": round(w, 4)} for n, w in state.ensemble]
        return {"score": state.ensemble_score, "members": members}

    def _holdout(self, state: SessionState) -> wire.Holdout | None:
        found = state.holdout
        if found is None:
            return None
        sentence = self._words.holdout_sentence(state)
        return {"rows": found.rows, "best": found.best, "ensemble": found.ensemble, "sentence": sentence}

    def _notices(self, state: SessionState) -> list[wire.Notice]:
        if state.phase is Phase.FAILED and state.failure is not None:
            return [{"level": "error", "text": state.failure.message, "remedy": state.failure.remedy}]
        if state.holdout_problem:
            text = f"The rows kept aside could not be measured. {state.holdout_problem}"
            return [
                {"level": "warn", "text": text, "remedy": "Give trials more memory with trial_memory, and load again."}
            ]
        return []

    # -- on demand ----------------------------------------------------------------------------------------------------

    def detail(self, state: SessionState, number: int) -> wire.TrialDetail:
        """Return everything about one trial."""
        trial = state.trials[number]
        label, story, _, _ = self._session.family_facts(trial.family)
        sizes = [fold.model_bytes for fold in trial.folds if fold.model_bytes]
        rows = sum(fold.rows for fold in trial.folds)
        predict = sum(fold.predict_seconds for fold in trial.folds)
        problem = trial.problem
        error: wire.Notice | None = None
        if problem is not None:
            error = {"level": "error", "text": problem.message, "remedy": self._words.remedy(problem.kind)}
        return {
            "number": number,
            "label": label,
            "story": story,
            "why": self._why(trial),
            "generation": self._generation(state, trial),
            "near": list(trial.reasons.near),
            "standing": self._words.standing(state, trial),
            "objectives": objective_facts(state, trial, self._session.task),
            "verdict": self._words.verdict(state, trial),
            "settings": self._settings(trial),
            "fitted": [_setting(name, value) for name, value in trial.hints.items()],
            "folds": [{"fold": f.fold, "score": f.score, "seconds": f.seconds} for f in _in_order(trial)],
            "prepare_seconds": sum(fold.prepare_seconds for fold in trial.folds),
            "fit_seconds": sum(fold.fit_seconds for fold in trial.folds),
            "predict_ms": 1e6 * predict / rows if rows else None,
            "model_bytes": sum(sizes) if sizes else None,
            "warnings": sorted({text for fold in trial.folds for text in fold.warnings}),
            "error": error,
            "traceback": problem.detail if problem else "",
            "python": self._session.python_of(trial),
        }

    def _why(self, trial: Trial) -> str:
        ended = "" if trial.finished_at is None else f" Ended {duration(trial.finished_at)} into the search."
        return f"{trial.why}{ended}"

    def _generation(self, state: SessionState, trial: Trial) -> str:
        if len(state.generations) < 2:
            return ""
        opened = next((one for one in state.generations if one.number == trial.generation), None)
        if opened is None or not opened.title:
            return "Under the search space as first given."
        who = "you" if opened.author is Author.YOU else "the machine"
        return f"Under space {opened.number}, after {who} changed: {opened.title}."

    def preview(self, state: SessionState, edit: Edit) -> wire.SpacePreview:
        """Return what an edit would do."""
        answer: wire.SpacePreview = preview_info(state, edit, self._words.baselines, self._words.labels)
        return answer

    def importance(self, state: SessionState, family: str) -> wire.ImportanceInfo:
        """Return what decides the score within a family."""
        return self._importances.of(state, family)

    def story(self, state: SessionState, after: int) -> list[wire.StoryRow]:
        """Return the lines of the story after a seq."""
        return [story_row(line) for line in told(state, self._words, after)]

    def _settings(self, trial: Trial) -> list[wire.Setting]:
        found: list[wire.Setting] = []
        for one in self._session.state.base.of(trial.family):
            value = trial.config.get(one.name, one.default)
            found.append({"name": one.name, "label": _label(one), "value": value, "default": value == one.default})
        return found


def _standing(trial: Trial) -> wire.Best | None:
    if trial.score is None:
        return None
    return {"number": trial.number, "family": trial.family, "score": trial.score, "std": trial.std}


def _in_order(trial: Trial) -> list[Any]:
    return sorted(trial.folds, key=lambda fold: fold.fold)


def _setting(name: str, value: Any) -> wire.Setting:
    return {"name": name, "label": name.replace("_", " "), "value": value, "default": False}


def _label(parameter: Parameter) -> str:
    return parameter.label or parameter.name.split(".", 1)[-1].replace("_", " ")


def _parameter(one: Parameter) -> wire.ParameterInfo:
    if isinstance(one, Categorical):
        return {
            "name": one.name,
            "label": _label(one),
            "kind": "categorical",
            "low": None,
            "high": None,
            "log": False,
            "choices": list(one.choices),
            "default": one.default,
            "legal_low": None,
            "legal_high": None,
            "legal": list(dict.fromkeys((*one.legal, *one.choices))),
        }
    return {
        "name": one.name,
        "label": _label(one),
        "kind": "int" if isinstance(one, Int) else "float",
        "low": one.low,
        "high": one.high,
        "log": one.log,
        "choices": None,
        "default": one.default,
        "legal_low": _finite(one.legal_low),
        "legal_high": _finite(one.legal_high),
        "legal": None,
    }


def _finite(bound: float) -> float | None:
    return bound if math.isfinite(bound) else None


def _rounded(value: float | None, digits: int) -> float | None:
    """Round to significant digits: what people can tell apart, in few bytes."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def _short(value: Any) -> Any:
    return _rounded(value, 5) if isinstance(value, float) else value
