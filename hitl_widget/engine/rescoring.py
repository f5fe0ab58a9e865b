"""Scores of earlier trials by a new metric. Owned by the controller's thread."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from functools import partial

from hitl_widget.domain import event as ev
from hitl_widget.domain.state import Phase
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.context import Context
from hitl_widget.engine.measuring import LIMIT
from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.workers.contract import Call, FailureKind, Outcome

__all__ = ["Rescoring"]

_BATCH = 30
"""Trials of one call: the best ones are ranked by the new metric after a few tenths of a second."""

_PHASES = (Phase.RUNNING, Phase.PAUSED, Phase.FINISHED)

_log = logging.getLogger("hitl_widget")


class Rescoring:
    """Scores trials by the current metric that were fitted on the current columns under another one.

    Parameters
    ----------
    context
        State, log, plan and clock.
    pool
        The workers, among which the trials are divided.
    artifacts
        Predictions of trials.
    ended
        Called after the last call.
    """

    def __init__(self, context: Context, pool: WorkerPool, artifacts: Artifacts, ended: Callable[[], None]) -> None:
        self._context = context
        self._pool = pool
        self._artifacts = artifacts
        self._ended = ended
        self._running: dict[str, int] = {}
        self._left: deque[int] = deque()
        self._stale = True

    def outdate(self) -> None:
        """Look for trials to score when there is time."""
        self._stale = True

    @property
    def busy(self) -> bool:
        """Return whether trials are being scored."""
        return bool(self._running)

    @property
    def has_work(self) -> bool:
        """Return whether trials may have to be scored, and the session may compute."""
        return self._stale and not self._running and self._context.state.phase in _PHASES

    def start(self) -> bool:
        """Start the calls if there are trials to score, best ones first; return whether some were started."""
        if not self._stale or self._running:
            return False
        self._stale = False
        wanted = sorted(self._context.state.awaiting, key=lambda one: -(one.score or 0.0))
        self._left = deque(one.number for one in wanted)
        for _ in range(self._pool.slots if wanted else 0):
            self._begin()
        return bool(self._running)

    def halt(self) -> None:
        """Cancel the running calls; the trials are scored later."""
        for key in self._running:
            self._pool.cancel(key)
        self._running.clear()
        self._left.clear()
        self._stale = True

    def _begin(self) -> None:
        """Start a call for the next trials whose predictions are stored."""
        view = self._context.state.current_view
        files: list[tuple[int, str]] = []
        lost: list[int] = []
        while self._left and len(files) < _BATCH:
            number = self._left.popleft()
            file = self._artifacts.predictions_of(number)
            if file is None:
                lost.append(number)
            else:
                files.append((number, file))
        if lost:
            self._context.emit(ev.Rescored(view.number, tuple((number, ()) for number in lost)))
        if files:
            call = Call("hitl_widget.evaluation.rescoring:rescore", (files, view))
            numbers = [number for number, _ in files]
            self._running[self._pool.begin("rescore", call, LIMIT, partial(self._receive, numbers))] = view.number

    def _receive(self, numbers: list[int], outcome: Outcome) -> None:
        view = self._running.pop(outcome.key, None)
        if view is None:
            return
        if outcome.failure is not None:
            if outcome.failure.kind is not FailureKind.CANCELLED:
                _log.warning("Trials could not be scored by the new metric: %s", outcome.failure.message)
                self._context.emit(ev.Rescored(view, tuple((number, ()) for number in numbers)))
        else:
            self._context.emit(ev.Rescored(view, tuple(outcome.value)))
        if self._context.state.view != view:  # it changed again meanwhile
            self._left.clear()
            self._stale = True
        self._begin()
        if not self._running:
            self._ended()
