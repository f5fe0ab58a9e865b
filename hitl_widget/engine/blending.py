"""The ensemble, kept up to date in the background. Owned by the controller's thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import islice

from hitl_widget.domain import event as ev
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.context import Context
from hitl_widget.engine.measuring import LIMIT
from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.workers.contract import Call, Outcome

__all__ = ["Blending"]

_log = logging.getLogger("hitl_widget")

_CANDIDATES = 30


class Blending:
    """Computes the ensemble again after the leaders changed, at limited intervals.

    Parameters
    ----------
    context
        State, log, plan and clock.
    pool
        The workers.
    artifacts
        Files of trials.
    ended
        Called after each call, with True if the ensemble is up to date.
    """

    def __init__(self, context: Context, pool: WorkerPool, artifacts: Artifacts, ended: Callable[[bool], None]) -> None:
        self._context = context
        self._pool = pool
        self._artifacts = artifacts
        self._ended = ended
        self._running = ""
        self._due = 0.0
        self._stale = False

    def outdate(self) -> None:
        """Mark the ensemble as out of date."""
        self._stale = True

    def completed(self, trial: Trial) -> None:
        """Handle a trial that is complete."""
        if trial.family not in self._context.plan.baselines and trial.number in self._candidates():
            self._stale = True

    @property
    def possible(self) -> bool:
        """Return whether there are several models to blend and the user allows an ensemble."""
        return not self._context.state.preferences.one_model and len(self._candidates()) > 1

    def start_if_due(self) -> bool:
        """Start a call if the ensemble is out of date and one is due; return whether one was started."""
        if not self._stale or self._running or not self.possible or not self._is_time:
            return False
        self.start()
        return True

    def start_at_rest(self) -> bool:
        """Start a call if there is no ensemble by the current metric yet; return whether one was started."""
        state = self._context.state
        wanted = state.phase is Phase.FINISHED and state.blended is None and bool(state.ensembles)
        if not wanted or not self._stale or self._running or not self.possible:
            return False
        self.start()
        return True

    @property
    def is_running(self) -> bool:
        """Return whether a call is running."""
        return bool(self._running)

    @property
    def _is_time(self) -> bool:
        state = self._context.state
        return self._context.watch.elapsed >= self._due if state.timed else state.count(TrialState.COMPLETE) % 10 == 0

    def start(self) -> None:
        """Start a call."""
        self._stale = False
        found = {number: self._artifacts.predictions_of(number) for number in self._candidates()}
        files = {number: path for number, path in found.items() if path is not None}
        call = Call("hitl_widget.evaluation.ensemble:greedy", (files, self._context.state.current_view))
        self._running = self._pool.begin("ensemble", call, LIMIT, self._receive)

    def halt(self) -> None:
        """Cancel the running call; the ensemble is computed again later."""
        self._stale = self._stale or bool(self._running)
        self._pool.cancel(self._running)
        self._running = ""

    def _candidates(self) -> list[int]:
        state, baselines = self._context.state, self._context.plan.baselines
        return list(islice((one for one in state.leaders if state.trials[one].family not in baselines), _CANDIDATES))

    def _receive(self, outcome: Outcome) -> None:
        self._running = ""
        if outcome.failure is not None:
            _log.warning("The ensemble failed: %s", outcome.failure.message)
        elif outcome.value is not None:
            members, score, std = outcome.value
            self._context.emit(ev.EnsembleChanged(tuple((int(n), float(w)) for n, w in members), score, std))
            self._due = self._context.watch.elapsed + max(1.0, 20 * outcome.seconds)
            self._stale = self._stale or (bool(members) and not self._context.state.ensemble)
        self._ended(outcome.failure is not None or not self._stale)
