"""The workers of a search, started when needed and released when it rests. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hitl_widget.engine.orders import Report
from hitl_widget.workers.contract import Call, Executor, Outcome

__all__ = ["Hear", "Receive", "WorkerPool"]

Receive = Callable[[Outcome], None]
Hear = Callable[[Any], None]


class WorkerPool:
    """Submits calls and hands each outcome and report to the part that submitted the call.

    Parameters
    ----------
    make_executor
        Returns the executor; called initially, and again after a release.
    deliver
        Passes outcomes and reports from the executor's threads to `receive` and `hear` on the controller's thread.
    """

    def __init__(self, make_executor: Callable[[], Executor], deliver: Callable[[Outcome | Report], None]) -> None:
        self._make_executor = make_executor
        self._deliver = deliver
        self._made: Executor | None = make_executor()
        self._open: dict[str, tuple[Receive, Hear | None]] = {}
        self._count = 0
        self._releasing = False

    @property
    def _executor(self) -> Executor:
        if self._made is None:
            self._made = self._make_executor()
        return self._made

    @property
    def slots(self) -> int:
        """Number of calls that can run in parallel."""
        return self._executor.slots

    @property
    def busy(self) -> int:
        """Number of submitted calls that have not ended."""
        return len(self._open)

    def submit(self, key: str, call: Call, seconds: float | None, receive: Receive, hear: Hear | None = None) -> None:
        """Run a call of the search; `receive` gets its outcome on the controller's thread, `hear` its reports."""
        self._open[key] = receive, hear
        heard = None if hear is None else lambda value: self._deliver(Report(key, value))
        self._executor.submit(key, call, self._deliver, seconds=seconds, heard=heard)

    def begin(self, kind: str, call: Call, seconds: float | None, receive: Receive) -> str:
        """Submit a call under a new key, and return the key."""
        self._count += 1
        key = f"{kind}#{self._count}"
        self.submit(key, call, seconds, receive)
        return key

    def cancel(self, key: str) -> None:
        """Cancel a call; its outcome is discarded."""
        if self._open.pop(key, None) is not None:
            self._executor.cancel(key)

    def receive(self, outcome: Outcome) -> None:
        """Pass an outcome to its receiver; a canceled call has none."""
        receive, _ = self._open.pop(outcome.key, (None, None))
        if receive is not None:
            receive(outcome)

    def hear(self, report: Report) -> None:
        """Pass a report to its listener; a call that has ended or was canceled has none."""
        _, hear = self._open.get(report.key, (None, None))
        if hear is not None:
            hear(report.value)

    def run_background(self, key: str, call: Call, done: Receive, seconds: float | None) -> None:
        """Run a background call, at a lower priority than the search; `done` gets its outcome on any thread."""
        self._executor.submit(key, call, done, seconds=seconds, background=True)

    def cancel_background(self, key: str) -> None:
        """Cancel a background call; an unknown key is ignored."""
        if self._made is not None:
            self._made.cancel(key)

    def release(self) -> None:
        """End the workers as soon as they are idle and the search rests."""
        self._releasing = True

    def close_if_released(self, *, resting: bool) -> None:
        """End the workers if that was requested and nothing runs."""
        if self._releasing and not self._open:
            self._releasing = False
            if resting:
                self.close()

    def close(self) -> None:
        """End the workers; the next call starts new ones."""
        if self._made is not None:
            self._made.close()
            self._made = None
