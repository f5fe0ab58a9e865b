"""Sentences made from the numbers. Pure: the same state always reads the same."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hitl_widget.data.objectives import objective_named
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.comparing import value_with_unit
from hitl_widget.domain.figures import difference, duration, number, plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import LEADERS, Phase, SessionState
from hitl_widget.domain.task import Column, Kind, Role, Task
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.errors import ConfigError

__all__ = ["Words", "duration", "number", "plural"]


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one session.

    Parameters
    ----------
    task
        What is learnt.
    labels
        Family names as people know them.
    baselines
        Families that count as baselines.
    """

    task: Task
    labels: Mapping[str, str]
    baselines: frozenset[str]

    @property
    def metric(self) -> Metric:
        """The metric of the task."""
        return self.task.metric

    def label(self, trial: Trial) -> str:
        """Name a trial's family."""
        return self.labels.get(trial.family, trial.family)

    def score(self, score: float, std: float | None = None) -> str:
        """Write a score as people read it."""
        return score_in_words(self.metric, score, std)

    def difference(self, better: float, worse: float) -> str:
        """Say by how much one score beats another."""
        return difference(self.metric, better, worse)

    def gain(self, before: float | None, after: float | None, noise: float | None) -> str:
        """Say what a stretch of the search brought to the best score, for a list: ``"+0.004"``, ``"±0"``, ``"–"``."""
        if before is None or after is None:
            return "–"
        change = self.metric.shown(after) - self.metric.shown(before)
        shown = number(abs(change), noise / 10 if noise else None)
        if not any(digit in "123456789" for digit in shown):
            return "±0"
        return f"{'+' if change > 0 else '−'}{shown}"

    # -- the lead -----------------------------------------------------------------------------------------------------

    def headline(self, state: SessionState) -> str:
        """Say what is sure now, in one sentence."""
        best = self.leading(state)
        if best is None or best.score is None:
            return self._waiting(state)
        shown = self.score(best.score, best.std)
        spread = f" ± {number(best.std, best.std)}" if best.std else ""
        if best.state is not TrialState.COMPLETE:
            done = plural(len(best.folds), "fold")
            return f"{self.label(best)} opens with {self.metric.label} {shown} after {done}."
        text = f"{self.label(best)} leads with {self.metric.label} {shown}{spread}"
        rival = self._rival(state, best)
        return f"{text}{rival}."

    def _waiting(self, state: SessionState) -> str:
        match state.phase:
            case Phase.READY:
                return f"Ready to search: {self.understood(state)}"
            case Phase.FAILED:
                return "The search could not run."
            case _ if self._set_aside(state) and state.broken:
                return "No finished model counts today: none of them keeps what it must."
            case _ if self._set_aside(state) and state.view != 0 and state.outside:
                return "No model has read today's columns yet; the best of each family is measured on them first."
            case _ if self._set_aside(state):
                return "No finished model counts today: each lies outside the search space or was discarded."
            case Phase.FINISHED | Phase.FINISHING:
                return "The search ended without a finished model."
            case Phase.PAUSED:
                return f"Paused before the first score. {self.understood(state)}"
            case Phase.RUNNING if state.autonomy is Autonomy.USER and not state.count(TrialState.RUNNING):
                return f"Nothing runs until you queue a configuration. {self.understood(state)}"
            case Phase.RUNNING:
                return f"{self.understood(state)} The first models are being fitted."

    def understood(self, state: SessionState) -> str:
        """Say in one sentence what is learnt, from the columns of today."""
        return state.steering.data.applied(self.task).sentence()

    def leading(self, state: SessionState) -> Trial | None:
        """Return the best complete trial, or before there is one the best first fold."""
        ranked = (state.trials[number] for number in state.leaders)
        model = next((trial for trial in ranked if trial.family not in self.baselines), None)
        if model is not None:
            return model
        if self._set_aside(state):
            return None
        early = [trial for trial in islice(state.trials, 50) if trial.score is not None]
        running = [t for t in early if t.family not in self.baselines and t.state is not TrialState.FAILED]
        return max(running, key=lambda trial: _known(trial.score), default=None)

    def _set_aside(self, state: SessionState) -> bool:
        """Say whether models were finished, and none of them counts today."""
        if any(state.trials[number].family not in self.baselines for number in state.leaders):
            return False
        aside = (state.trials[number] for number in (*state.outside, *state.steering.discarded, *state.broken))
        return any(one.state is TrialState.COMPLETE and one.family not in self.baselines for one in aside)

    def _rival(self, state: SessionState, best: Trial) -> str:
        linear = self._best_of(state, "linear")
        if linear is not None and linear.score is not None and best.family != "linear" and best.score is not None:
            if best.score - linear.score > (best.std or 0.0) / 10:
                return f", {self.difference(best.score, linear.score)} better than {self._simple(linear)}"
            if linear.score - best.score > (best.std or 0.0) / 10:  # it was taken out of the search
                return f", {self.difference(linear.score, best.score)} behind {self._simple(linear)}"
            return f", level with {self._simple(linear)}"
        constant = self._best_of(state, *self.baselines)
        if constant is None or constant.score is None or best.score is None:
            return ""
        guess = self.score(constant.score)
        if constant.score >= best.score:
            return f", which is no better than always guessing the same ({guess})"
        return f"; always guessing the same gives {guess}"

    def _simple(self, trial: Trial) -> str:
        return "linear regression" if self.task.kind is Kind.REGRESSION else "logistic regression"

    def _best_of(self, state: SessionState, *families: str) -> Trial | None:
        found = [state.trials[state.family_best[name]] for name in families if name in state.family_best]
        return max(found, key=lambda trial: _known(trial.score), default=None)

    def _complete(self, state: SessionState) -> list[Trial]:
        return [trial for trial in state.trials if trial.state is TrialState.COMPLETE]

    def aside(self, state: SessionState) -> str:
        """Say what is uncertain about the lead."""
        best = state.best_trial
        if best is None or best.score is None or best.std is None:
            return ""
        error = best.std / math.sqrt(max(len(best.folds), 1))
        close = (state.trials[number] for number in state.leaders[1:])
        near = sum(best.score - (trial.score or 0.0) < error for trial in close)
        if state.phase is Phase.FINISHED and state.holdout is not None:
            return self.holdout_sentence(state)
        if near == 0:
            return ""
        many = f"{near} others are" if near < LEADERS - 1 else f"{near} or more others are"
        which = "One other is" if near == 1 else many
        return f"{which} within the noise of it."

    def improving(self, state: SessionState) -> str:
        """Answer "Is it still improving?", and say what the last change of the space brought."""
        return self._recently(state) + self._steered(state)

    def _steered(self, state: SessionState) -> str:
        last, best = (state.generations or (None,))[-1], state.best_trial
        if last is None or last.best_score is None or best is None or best.score is None:
            return ""
        if best.generation < last.number:  # found before, and brought back
            return ""
        if best.score - last.best_score < (best.std or 0.0) / 10:
            return ""
        who = "Your" if last.author is Author.YOU else "The machine's"
        return f" {who} last change of the space brought {self.difference(best.score, last.best_score)}."

    def _recently(self, state: SessionState) -> str:
        complete = state.count(TrialState.COMPLETE)
        climbs = [one for one in state.climbs if state.trials[one[1]].family not in self.baselines]
        if complete < 4 or not climbs:
            return "Too early to say."
        window = min(10, complete - climbs[0][0])
        last, best = climbs[-1]
        earlier = [number for at, number in climbs if at <= complete - window]
        if last <= complete - window or not earlier:
            return f"Not in the last {plural(complete - last, 'finished trial')}."
        now, then = state.trials[best], state.trials[earlier[-1]].score or 0.0
        recent = plural(window, "finished trial")
        if (now.score or 0.0) - then < (now.std or 0.0) / 10:
            return f"Hardly: the last {recent} brought less than a tenth of the noise."
        return f"Yes: {self.difference(now.score or 0.0, then)} better in the last {recent}."

    def holdout_sentence(self, state: SessionState) -> str:
        """Say what the holdout gave."""
        holdout = state.holdout
        if holdout is None:
            return ""
        best = self.score(holdout.best)
        text = f"On {holdout.rows:,} rows kept aside and looked at once: {best}"
        then = state.trials[holdout.trial]
        if holdout.trial == state.chosen != state.best:
            rows = f"{holdout.rows:,} rows kept aside and looked at once"
            text = f"On {rows}, #{then.number}, {self.label(then)}, which you prefer: {best}"
        elif holdout.trial != state.best:
            text = f"The rows kept aside were looked at when #{then.number}, {self.label(then)}, led: {best}"
        if holdout.ensemble is not None:
            text += f", the ensemble {self.score(holdout.ensemble)}"
        return text + "."

    # -- one trial ----------------------------------------------------------------------------------------------------

    def verdict(self, state: SessionState, trial: Trial) -> str:
        """Say how a trial did."""
        match trial.state:
            case TrialState.QUEUED:
                return "It waits its turn."
            case TrialState.RUNNING:
                return f"{plural(len(trial.folds), 'fold')} done so far."
            case TrialState.FAILED:
                return trial.problem.message if trial.problem else "It failed."
            case TrialState.STOPPED:
                return trial.reason
            case TrialState.COMPLETE:
                return self._standing(state, trial)

    def _standing(self, state: SessionState, trial: Trial) -> str:
        best = state.best_trial
        if best is None or trial.score is None or best.score is None:
            return ""
        scores = [_known(one.score) for one in self._complete(state) if state.counts_as_evidence(one.number)]
        place = 1 + sum(score > trial.score for score in scores)
        if not state.counts_as_evidence(trial.number):
            return self._apart(trial.score, best)
        if trial.number == best.number:
            return f"The best of {plural(len(scores), 'finished trial')}."
        gap = self.difference(best.score, trial.score)
        noise = best.std or 0.0
        if best.score - trial.score < noise / math.sqrt(max(len(best.folds), 1)):
            return f"Number {place} of {len(scores)}: within the noise of the best."
        return f"Number {place} of {len(scores)}: the best is {gap} better."

    def _apart(self, score: float, best: Trial) -> str:
        """Say how a trial that does not count did beside the best that does."""
        noise = (best.std or 0.0) / math.sqrt(max(len(best.folds), 1))
        if best.score is None or abs(best.score - score) < noise:
            return "Within the noise of the best that counts."
        if score > best.score:
            return f"{self.difference(score, best.score)} better than the best that counts."
        return f"The best that counts is {self.difference(best.score, score)} better."

    def who(self, trial: Trial) -> str:
        """Say in a few words who thought of a trial."""
        if trial.origin is Origin.EDIT:
            return f"edited #{trial.parent}"
        return {
            Origin.BASELINE: "baseline",
            Origin.START: "starting point",
            Origin.SAMPLER: "search",
            Origin.BELIEF: "your belief",
            Origin.NUDGE: "a proposal",
            Origin.OWN: "your own",
            Origin.GRID: "a grid",
        }[trial.origin]

    def standing(self, state: SessionState, trial: Trial) -> str:
        """Say why a trial is grey, or ``""`` when it counts."""
        if trial.number in state.steering.discarded:
            return "You discarded it: it stays in the record and counts for nothing."
        if trial.number in state.outside:
            if state.on_other_data(trial):
                return "Measured on other columns than today's. It stays in the record and comes back with them."
            reason = self._outside(state, trial)
            return f"Outside today's search space: {reason}. It stays as evidence and comes back when the space allows."
        if trial.number in state.broken:
            return f"Against what a model must keep: {self._against(state, trial)}."
        return ""

    def _against(self, state: SessionState, trial: Trial) -> str:
        """Say which hard constraints a trial breaks."""
        reasons = []
        for rule in state.preferences.hard:
            broken = rule.violation(trial)
            if broken == 0:
                continue
            if rule.op == "in":
                reasons.append(f"{self.label(trial)} is none of the models that are allowed")
                continue
            objective = objective_named(rule.about, self.task, state.preferences.custom)
            limit = f"{rule.side} {value_with_unit(objective, rule.limit)}"
            shown = value_with_unit(objective, objective.shown(trial))
            is_ = "is not known yet" if broken is None else f"is {shown}"
            reasons.append(f"{objective.label} {is_}, and is to be {limit}")
        return "; ".join(reasons)

    def _outside(self, state: SessionState, trial: Trial) -> str:
        space = state.space
        if trial.family not in space.families:
            return f"{self.label(trial)} is excluded"
        reasons = []
        for one in space.of(trial.family):
            try:
                one.check(trial.config.get(one.name))
            except ConfigError:
                reasons.append(f"{one.label or one.name} {_plain(trial.config.get(one.name))}")
        return " and ".join(reasons) or "its settings are of another kind"

    def baseline_label(self, trial: Trial) -> str:
        """Name a baseline in the words of the task."""
        if trial.family == "linear":
            return self._simple(trial)
        return self.label(trial)

    def remedy(self, kind: str) -> str:
        """Say what to do about a failed trial."""
        return {
            "timeout": "Give trials more time with trial_seconds, or try cheaper settings.",
            "memory": "Give trials more memory with trial_memory, use fewer workers, or try smaller settings.",
            "died": "If it happens again with these settings, leave them out.",
        }.get(kind, "The traceback below says where; other settings go on.")

    # -- the task -----------------------------------------------------------------------------------------------------

    def chips(self) -> list[dict[str, Any]]:
        """Return what was understood about the table, as short facts with a detail."""
        task = self.task
        facts = [_chip(f"{task.rows:,} rows · {len(task.used)} columns in use", _list_columns(task.used))]
        facts += [_chip(f"{c.name} ignored", f"{c.name}: {c.reason}") for c in _few(task.columns_with(Role.IGNORED))]
        surprising = [c for c in task.used if c.missing or "text that" in c.reason or c.role in (Role.DATE, Role.TEXT)]
        facts += [_chip(f"{c.name}: {c.role}", f"{c.name}: {c.reason}") for c in _few(surprising)]
        facts += [_chip(task.split_in_words(), _split_detail(task))]
        if task.kind is not Kind.REGRESSION:
            detail = ", ".join(
                f"{name}: {count:,}" for name, count in zip(task.classes, task.class_counts, strict=True)
            )
            facts.append(_chip(f"{len(task.classes)} classes", detail))
        if task.holdout_rows:
            detail = "These rows are kept aside, and measured once when the search ends."
            facts.append(_chip(f"{task.holdout_rows:,} rows held out", detail))
        facts += [_chip(_shorten(note), note, "warn") for note in task.notes if not note.startswith("Not used:")]
        return facts


def _plain(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _known(score: float | None) -> float:
    return -math.inf if score is None else score


def _chip(text: str, detail: str, tone: str = "plain") -> dict[str, Any]:
    return {"text": text, "detail": detail, "tone": tone}


def _few(columns: Sequence[Column], most: int = 3) -> Sequence[Column]:
    return columns[:most]


def _list_columns(columns: Sequence[Column]) -> str:
    names = [f"{column.name} ({column.role})" for column in columns[:40]]
    more = len(columns) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _split_detail(task: Task) -> str:
    return f"Scores are means over {task.split_in_words()} on {task.train_rows:,} rows; ± is the spread over folds."


def _shorten(text: str, most: int = 48) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
