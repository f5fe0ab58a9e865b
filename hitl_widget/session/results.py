"""The results of a session: models, predictions, audits and summaries."""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np

from hitl_widget.charts.theme import FAMILIES
from hitl_widget.data.split import each_row_once
from hitl_widget.data.task import Understood
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.delivery import DELIVERED, Delivery
from hitl_widget.domain.spelling import is_count
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.trial import TrialState
from hitl_widget.errors import CommandError
from hitl_widget.report.caution import caution
from hitl_widget.report.expectations import expectations, expected_result, model_notes
from hitl_widget.report.feasibility import none_feasible
from hitl_widget.report.headline import caveat, headline, leading
from hitl_widget.report.no_model import none_finished, why_no_model
from hitl_widget.report.success import goal_in_words, goal_result
from hitl_widget.report.words import duration, plural
from hitl_widget.session.runtime import Runtime
from hitl_widget.workers.contract import Call

if TYPE_CHECKING:
    from hitl_widget.explain.fairness import Audit

__all__ = [
    "audit",
    "best_model",
    "blend",
    "caution_now",
    "caution_within",
    "complete_trial",
    "family_colours",
    "out_of_fold",
    "refit",
    "summary",
    "summary_html",
    "trial_to_take",
    "truth_and_predictions",
    "warn_of_caution",
    "warn_of_constant",
]

SUMMARY_WAIT, MODEL_WAIT = 1.0, 10.0
"""Longest times in seconds that a summary and a method that returns a model wait for the warnings of the table."""
UNCHECKED = (
    "The table is still being checked for problems such as target leakage. session.warnings waits for the result."
)


def trial_to_take(state: SessionState, number: int | None, baselines: Collection[str] = ()) -> int:
    """Return the number of a trial; raise `CommandError` with the reason if there is none."""
    if number is not None:
        return number
    if not state.count(TrialState.COMPLETE) and state.phase in (Phase.FINISHED, Phase.FAILED):
        raise CommandError(f"The search ended without a model. {why_no_model(state, baselines)}")
    failed = [one.problem.message for one in state.trials if one.problem is not None]
    if not state.count(TrialState.COMPLETE) and failed:
        raise CommandError(
            f"No trial is complete yet, and {len(failed)} failed. The last one said: {failed[-1].rstrip('.')}. Fix the "
            "cause, or wait for another one: session.wait(10)."
        )
    if not state.count(TrialState.COMPLETE):
        raise CommandError("No trial is complete yet. Wait for the first one: session.wait(10).")
    if reason := none_feasible(state):
        raise CommandError(f"{reason} session.constraints lists them; session.relax() removes one.")
    raise CommandError("No finished trial counts: each was discarded or is outside the search space.")


def complete_trial(state: SessionState, number: Any) -> int:
    """Return the number of a complete trial; raise `CommandError` for another."""
    found = plain(number)
    if is_count(found) and found < len(state.trials) and state.trials[found].state is TrialState.COMPLETE:
        return int(found)
    raise CommandError(f"Only a complete trial has a model; got {number!r:.40}. See session.trials for the numbers.")


def blend(runtime: Runtime, members: tuple[tuple[int, float], ...], delivery: Delivery = DELIVERED) -> Any:
    """Return the weighted average of the delivered models of trials, fitted."""
    from hitl_widget.evaluation.context import open_context
    from hitl_widget.evaluation.fold_models import make_blend, member_of

    runtime.controller.ready.wait()
    if not runtime.close.alive:
        raise CommandError(f"This session is closed. Open it again with AutoMLSession.load({runtime.place!r}).")
    state = runtime.state
    chosen = [member_of(state, number, weight, runtime.seed) for number, weight in members]
    if delivery is not Delivery.AVERAGE:
        runtime.compute("refit", Call("hitl_widget.evaluation.fold_models:store_refits", (chosen, delivery)))
    return make_blend(open_context(runtime.folder), chosen, delivery)


def refit(runtime: Runtime, trial: int | None, rows: str) -> Any:
    """Return one model of a trial, fitted on all rows of the search or on all rows."""
    if rows not in (Delivery.ALL, Delivery.SEARCH):
        raise CommandError(f"rows must be 'all' or 'search' (without the holdout); got {rows!r:.100}.")
    state = runtime.state
    if trial is None:
        number = trial_to_take(state, state.chosen, runtime.words.baselines)
        warn_of_constant(runtime, state, number, stacklevel=4)
    else:
        number = complete_trial(state, trial)
    return blend(runtime, ((number, 1.0),), Delivery(rows))


def best_model(runtime: Runtime) -> Any:
    """Return the best model, fitted; warns, at the caller of the caller, if it is the constant prediction."""
    state = runtime.state
    number = trial_to_take(state, state.best, runtime.words.baselines)
    warn_of_constant(runtime, state, number, stacklevel=4)
    return blend(runtime, ((number, 1.0),))


def caution_now(runtime: Runtime) -> str:
    """Return the caution about the scores, or "", from the warnings that are known by now."""
    state = runtime.state
    return caution(runtime.words, state, runtime.known_warnings.open(state))


def caution_within(runtime: Runtime, seconds: float = SUMMARY_WAIT) -> str:
    """Return the caution about the scores, or ""; waits for the warnings of the table, but not longer than this.

    If they are not known by then, and no severe warning is open, the sentence says that they are being checked.
    """
    state = runtime.state
    best, data = state.best_trial, state.steering.data
    if best is None or best.family in runtime.words.baselines or runtime.controller.is_own_thread:
        return caution_now(runtime)
    found = runtime.survey.safeguards_within(seconds, data.columns(runtime.understood.task), data.metric)
    return caution_now(runtime) or (UNCHECKED if found is None else "")


def warn_of_caution(runtime: Runtime) -> None:
    """Warn, at the caller of the caller, if the scores may be misleading, or nobody knows it yet."""
    said = caution_within(runtime, MODEL_WAIT)
    if said and said != UNCHECKED:
        said += " session.warnings has the evidence; session.answer() answers a warning."
    if said:
        warnings.warn(said, stacklevel=3)


def warn_of_constant(runtime: Runtime, state: SessionState, number: int, stacklevel: int = 3) -> None:
    """Warn, by default at the caller of the caller, if a trial is the constant prediction."""
    words = runtime.words
    if state.trials[number].family not in words.baselines:
        return
    if none_finished(state, words.baselines):
        ended = state.phase in (Phase.FINISHED, Phase.FAILED)
        reason = why_no_model(state, words.baselines) if ended else "No model is complete yet. Wait: session.wait(10)."
        warnings.warn(
            f"{reason} Until then this is the constant prediction (trial {number}), which ignores all columns.",
            stacklevel=stacklevel,
        )
    elif leading(words, state) is None:
        warnings.warn(
            f"No finished model counts now, so this is the constant prediction (trial {number}). Continue the search "
            "with session.resume(), or undo the change that excluded the models with session.undo().",
            stacklevel=stacklevel,
        )
    else:
        warnings.warn(
            f"{headline(words, state)} So this is the constant prediction (trial {number}), which ignores all columns. "
            "session.leaderboard() lists the models; session.model(n) returns one of them.",
            stacklevel=stacklevel,
        )


def truth_and_predictions(runtime: Runtime, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return truth and out-of-fold predictions of a finished trial, row for row.

    Returns
    -------
    tuple of ndarray
        Codes of classes or numbers, shape (n,); and P(code 1), numbers, shape (n,), or probabilities, shape (n, K).
    """
    understood, rows, predictions = out_of_fold(runtime, number)
    return understood.y[rows], predictions


def out_of_fold(runtime: Runtime, number: int) -> tuple[Understood, np.ndarray, np.ndarray]:
    """Return the task with the rows of a trial's view, the rows that it predicted, and its predictions."""
    body = runtime.controller.stored(f"oof/{number}") if is_count(number) else None
    if body is None:
        raise CommandError(f"Trial {number!r:.40} has no out-of-fold predictions: only complete trials have them.")
    state = runtime.state
    understood = runtime.columns.rows.understood(state.view_of(state.trials[number]).choices)
    rows = np.concatenate([valid for _, valid in understood.folds])
    return understood, *each_row_once(rows, np.load(io.BytesIO(body), allow_pickle=False))


def audit(runtime: Runtime, column: str, trial: int | None) -> Audit:
    """Return an audit of a trial over the groups of a column; by default of the preferred trial."""
    from hitl_widget.data.groups import group_names, grouping_column, groups_of
    from hitl_widget.explain import fairness

    state = runtime.state
    baselines = runtime.words.baselines
    number = trial_to_take(state, state.chosen, baselines) if trial is None else plain(trial)
    known = {one.name: one for one in runtime.understood.task.columns}
    if not any(column == name for name in known):
        raise CommandError(f"There is no column {column!r:.100}. The table has {', '.join(known)[:300]}.")
    understood, rows, predictions = out_of_fold(runtime, number)
    codes, labels = groups_of(grouping_column(known[column], understood.table), rows)
    return fairness.audit(runtime.task, understood.y[rows], predictions, codes, group_names(column, labels))


def summary(runtime: Runtime) -> str:
    """Return the session in a few lines of text."""
    state, words = runtime.state, runtime.words
    success = runtime.success
    goal = goal_result(success, state)[1] or goal_in_words(success)
    expected = expected_result(words, state, runtime.expected)[1]
    holdout = state.holdout
    said = [] if holdout is None or not holdout.models else model_notes(words, holdout.models[0], holdout.rows)
    known = "" if expected else expectations(runtime.understood.task, runtime.expected)
    lines = [runtime.task.sentence(), headline(words, state), caution_within(runtime), caveat(words, state)]
    lines += [goal, known, expected, *said]
    done = (
        f"{plural(state.ended, 'trial')} in {duration(runtime.elapsed)}, {state.phase}. Journal: {runtime.shown_path}"
    )
    return "\n".join(line for line in [*lines, done] if line)


def summary_html(runtime: Runtime) -> str:
    """Return the session as HTML without scripts."""
    from hitl_widget.report import static

    colours = {family: FAMILIES.get(name, FAMILIES["base"]) for family, name in family_colours(runtime).items()}
    return static.summary_html(
        runtime.words, runtime.state, colours, runtime.elapsed, runtime.shown_path, caution_now(runtime)
    )


def family_colours(runtime: Runtime) -> dict[str, str]:
    """Return the name of each family's colour in the theme of charts."""
    return {family: runtime.family_facts(family)[2] for family in runtime.state.base.families}
