"""Why no model satisfies the hard constraints, and which better model violates one. Pure."""

from __future__ import annotations

from collections.abc import Collection

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial
from hitl_widget.report.trials import violations
from hitl_widget.report.words import Words, plural

__all__ = ["better_but_violating", "is_pending", "none_feasible"]


def none_feasible(state: SessionState, baselines: Collection[str] = ()) -> str:
    """Return a sentence if no model that counts is known to satisfy the hard constraints, or "".

    A model whose values are still being measured is not said to violate a constraint.
    """
    models = state.models(baselines)
    if not models or any(one.number not in state.broken for one in models):
        return ""
    pending = sum(is_pending(state, one) for one in models)
    if not pending:
        return "No model satisfies all constraints."
    others = len(models) - pending
    rest = f" {plural(others, 'other model')} {'violates' if others == 1 else 'violate'} one." if others else ""
    return f"The constraints are not measured yet for {plural(pending, 'model')}.{rest}"


def better_but_violating(words: Words, state: SessionState) -> str:
    """Return a sentence on the best model if it beats the leader but violates a hard constraint, or ""."""
    best = state.best_trial
    if best is None or best.score is None:
        return ""
    broken = (state.trials[number] for number in state.broken)
    better = (one for one in broken if one.score is not None and one.score > best.score)
    violating = (one for one in better if state.counts_as_evidence(one.number) and not is_pending(state, one))
    top = max(violating, key=lambda one: one.score or 0.0, default=None)
    if top is None or top.score is None:
        return ""
    lead = words.difference(top.score, best.score)
    why = violations(words, state, top)
    return f"#{top.number} ({words.label(top)}) is {lead} better but violates a constraint: {why}."


def is_pending(state: SessionState, trial: Trial) -> bool:
    """Return whether a trial may satisfy the hard constraints once its values are measured."""
    found = [(rule, rule.violation(trial)) for rule in state.preferences.hard]
    unknown = [rule for rule, size in found if size is None]
    return (
        bool(unknown) and not any(size for _, size in found) and not any(r.about in trial.unmeasured for r in unknown)
    )
