"""Why no model satisfies the hard constraints, and which better model violates one. Pure."""

from __future__ import annotations

from collections.abc import Collection

from hitl_widget.domain.state import SessionState
from hitl_widget.report.trials import violations
from hitl_widget.report.words import Words, plural

__all__ = ["better_but_violating", "none_feasible"]


def none_feasible(state: SessionState, baselines: Collection[str] = ()) -> str:
    """Return a sentence if no model that counts is known to satisfy the hard constraints, or "".

    A model whose values are still being measured is not said to violate a constraint.
    """

    def is_model(number: int) -> bool:
        return state.trials[number].family not in baselines and state.counts_as_evidence(number)

    if any(map(is_model, state.leaders)):
        return ""
    pending = sum(map(is_model, state.pending))
    others = state.violator is not None and any(is_model(one) for one in state.broken if one not in state.pending)
    if not pending:
        return "No model satisfies all constraints." if others else ""
    rest = " Each of the other models violates one." if others else ""
    return f"The constraints are not measured yet for {plural(pending, 'model')}.{rest}"


def better_but_violating(words: Words, state: SessionState) -> str:
    """Return a sentence on the best model if it beats the leader but violates a hard constraint, or ""."""
    best = state.best_trial
    top = None if state.violator is None else state.trials[state.violator]
    if best is None or best.score is None or top is None or top.score is None or top.score <= best.score:
        return ""
    lead = words.difference(top.score, best.score)
    why = violations(words, state, top)
    return f"#{top.number} ({words.label(top)}) is {lead} better but violates a constraint: {why}."
