"""Outcomes of an executor, awaited by a test."""

from __future__ import annotations

import queue
import threading

from hitl_widget.workers.contract import Failure, Outcome

__all__ = ["PATIENCE", "Outcomes", "failure_of"]

PATIENCE = 60.0
"""Seconds for which a test waits for an outcome."""


class Outcomes:
    """Gathers what an executor delivers, and lets a test await it."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[Outcome, threading.Thread]] = queue.Queue()

    def __call__(self, outcome: Outcome) -> None:
        """Take an outcome: this is the `done` of a submission."""
        self._queue.put((outcome, threading.current_thread()))

    def next(self) -> Outcome:
        """Return the next outcome, waiting for it."""
        return self._queue.get(timeout=PATIENCE)[0]

    def next_thread(self) -> threading.Thread:
        """Return the thread that delivered the next outcome."""
        return self._queue.get(timeout=PATIENCE)[1]

    def take(self, count: int) -> dict[str, Outcome]:
        """Return the next outcomes by key."""
        outcomes = [self.next() for _ in range(count)]
        by_key = {outcome.key: outcome for outcome in outcomes}
        assert len(by_key) == count, "done was called twice for a key"
        return by_key

    def is_empty(self) -> bool:
        """Return whether nothing more has been delivered."""
        return self._queue.empty()


def failure_of(outcome: Outcome) -> Failure:
    """Return the failure of an outcome that must have one."""
    assert outcome.failure is not None, f"a value came back: {outcome.value!r}"
    assert outcome.value is None
    return outcome.failure
