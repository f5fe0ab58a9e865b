"""The holdout at the end of a search: every model that is offered, once. Owned by the controller's thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from hitl_widget.domain import event as ev
from hitl_widget.domain.delivery import DELIVERED, OfferedModel
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.engine.context import Context
from hitl_widget.engine.measuring import LIMIT
from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.evaluation.fold_models import TrialModel, member_of
from hitl_widget.preference.challenge import challenge_of
from hitl_widget.workers.contract import Call, Outcome

__all__ = ["Holdout", "offers"]

_log = logging.getLogger("hitl_widget")

Members = tuple[tuple[int, float], ...]


def offers(state: SessionState, baselines: frozenset[str]) -> dict[str, Members]:
    """Return the models that a session offers, the recommended trial first, by the names of `OfferedModel`.

    Parameters
    ----------
    state
        The session's state.
    baselines
        Baseline families, which are never offered as the simpler model.
    """
    if state.chosen is None:
        return {}
    found: dict[str, Members] = {}
    if state.chosen != state.best:
        found["preferred"] = ((state.chosen, 1.0),)
    if state.best is not None:
        found["best"] = ((state.best, 1.0),)
    if state.ensemble:
        found["ensemble"] = state.ensemble
    rival = challenge_of(state, (), baselines)
    if rival is not None and rival.rival not in (state.best, state.chosen):
        found["simpler"] = ((rival.rival, 1.0),)
    return found


class Holdout:
    """Fits the offered models on all rows of the search, on all workers, and evaluates them on the holdout, once.

    Parameters
    ----------
    context
        State, log, plan and clock.
    pool
        The workers.
    ended
        Called after the call.
    seen
        Returns how many rows of the holdout trials have used.
    """

    def __init__(
        self, context: Context, pool: WorkerPool, ended: Callable[[], None], seen: Callable[[], int] = lambda: 0
    ) -> None:
        self._context = context
        self._pool = pool
        self._ended = ended
        self._running: set[str] = set()
        self._seen = seen
        self._judged_by = ("", "")
        self._offers: dict[str, list[TrialModel]] = {}

    def start(self) -> bool:
        """Start the evaluation unless it was done or there is no model; return whether it was started."""
        state, plan = self._context.state, self._context.plan
        if not self._context.holdout_rows or state.holdout is not None or state.chosen is None or self._running:
            return False
        self._judged_by = state.steering.data.judged_by
        self._offers = {name: self._members(weights) for name, weights in offers(state, plan.baselines).items()}
        trials = {one.trial: one for members in self._offers.values() for one in members}
        for member in trials.values():
            call = Call("hitl_widget.evaluation.fold_models:store_refits", ([member], DELIVERED))
            self._begin("refit", call, self._refitted)
        return True

    def steered(self) -> None:
        """Cancel the evaluation by a metric or on rows that are no longer the current ones."""
        if self._judged_by != self._context.state.steering.data.judged_by:
            self.halt()

    @property
    def is_wanted_again(self) -> bool:
        """Return whether the holdout was evaluated by other metrics or with other rows alone."""
        state = self._context.state
        by_others = state.phase is Phase.FINISHED and state.holdout is None and bool(state.holdouts)
        return by_others and not self._running and not state.holdout_problem

    def halt(self) -> None:
        """Cancel the running calls."""
        for key in self._running:
            self._pool.cancel(key)
        self._running.clear()

    def _begin(self, kind: str, call: Call, receive: Callable[[Outcome], None]) -> None:
        def received(outcome: Outcome) -> None:
            self._running.discard(outcome.key)
            receive(outcome)

        self._running.add(self._pool.begin(kind, call, LIMIT, received))

    def _refitted(self, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self.halt()
            self._receive(outcome)
        elif not self._running:
            call = Call(
                "hitl_widget.evaluation.holdout:measure_holdout",
                (self._offers, self._context.success, self._context.state.current_view),
            )
            self._begin("holdout", call, self._receive)

    def _members(self, weights: Sequence[tuple[int, float]]) -> list[TrialModel]:
        return [member_of(self._context.state, number, weight, self._context.plan.seed) for number, weight in weights]

    def _receive(self, outcome: Outcome) -> None:
        if outcome.failure is not None:
            _log.warning("The holdout failed: %s", outcome.failure.message)
            self._context.emit(ev.HoldoutFailed(outcome.failure.message))
        elif outcome.value:
            models: tuple[OfferedModel, ...] = outcome.value
            blended = next((one.score for one in models if one.name == "ensemble"), None)
            first, rows = models[0], self._context.holdout_rows
            trial, seen = first.members[0][0], self._seen()
            self._context.emit(
                ev.HoldoutMeasured(trial, first.score, blended, rows, models, *self._judged_by, seen=seen)
            )
        self._ended()
