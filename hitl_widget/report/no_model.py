"""Why a search ended without a model, and what to do. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import TrialState
from hitl_widget.report.words import duration, plural

__all__ = ["none_finished", "why_no_model"]


def none_finished(state: SessionState, baselines: Collection[str] = ()) -> bool:
    """Return whether no model but baselines was ever finished."""
    return not any(one.state is TrialState.COMPLETE and one.family not in baselines for one in state.trials)


def why_no_model(state: SessionState, baselines: Collection[str] = ()) -> str:
    """Return the reason why an ended search has no model, with the next step."""
    if state.failure is not None:
        return f"{state.failure.message} {state.failure.remedy}"
    models = [one for one in state.trials if one.family not in baselines and one.state is not TrialState.QUEUED]
    problems = [one.problem.message for one in models if one.state is TrialState.FAILED and one.problem is not None]
    if problems:
        (message, count), *_ = Counter(problems).most_common(1)
        many = f"All {len(problems)} trials failed" if len(problems) > 1 else "The only trial failed"
        if len(problems) < len(models):
            many = f"{len(problems)} of {plural(len(models), 'trial')} failed and none finished"
        often = "" if len(problems) == 1 else f" ({count} of them)" if count < len(problems) else " (each of them)"
        return f"{many}: {message.rstrip('.')}{often}. Fix the cause, then call session.resume()."
    if state.reason.startswith("You stopped"):
        return "You stopped the search before a model finished. session.resume() continues it."
    if state.budget_seconds is not None:
        limit = duration(state.budget_seconds)
        return f"No model finished within the budget of {limit}. Raise it with session.set_budget() to continue."
    ended = state.reason or "The search ended."
    return f"{ended} No model finished. Raise the budget with session.set_budget() to continue."
