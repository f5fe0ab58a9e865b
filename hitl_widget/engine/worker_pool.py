"""The workers of a search: made when they are needed, released when it rests. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable

from hitl_widget.workers.contract import Call, Executor, Outcome

__all__ = ["Receive", "WorkerPool"]

Receive = Callable[[Outcome], None]


class WorkerPool:
    """Submits calls and hands each outcome to the part that submitted the call.

    Parameters
    ----------
    make_executor
        Makes the workers: at once, and again after they were released.
    deliver
        Takes outcomes from the executor's threads and brings them to `receive` on the controller's thread.
    """

    def __init__(self, make_executor: Callable[[], Executor], deliver: Receive) -> None:
        self._make_executor = make_executor
        self._deliver = deliver
        self._made: Executor | None = make_executor()
        self._open: dict[str, Receive] = {}
        self._count = 0
        self._releasing = False

    @property
    def _executor(self) -> Executor:
        if self._made is None:
            self._made = self._make_executor()
        return self._made

    @property
    def slots(self) -> int:
        """Calls that can run at once."""
        return self._executor.slots

    @property
    def busy(self) -> int:
        """Calls that were submitted and have not ended."""
        return len(self._open)

    def submit(self, key: str, call: Call, seconds: float | None, receive: Receive) -> None:
        """Run a call of the search; `receive` gets its outcome on the controller's thread."""
        self._open[key] = receive
        self._executor.submit(key, call, self._deliver, seconds=seconds)

    def begin(self, kind: str, call: Call, seconds: float | None, receive: Receive) -> str:
        """Submit a call under a key of its own and return the key."""
        self._count += 1
        key = f"{kind}#{self._count}"
        self.submit(key, call, seconds, receive)
        return key

    def cancel(self, key: str) -> None:
        """End a call; nobody receives its outcome."""
        if self._open.pop(key, None) is not None:
            self._executor.cancel(key)

    def receive(self, outcome: Outcome) -> None:
        """Hand an outcome to whoever waits for it; one that was cancelled has no receiver."""
        receive = self._open.pop(outcome.key, None)
        if receive is not None:
            receive(outcome)

    def run_background(self, key: str, call: Call, done: Receive, seconds: float | None) -> None:
        """Run a background call, at a lower priority than the search; `done` gets its outcome on any thread."""
        self._executor.submit(key, call, done, seconds=seconds, background=True)

    def cancel_background(self, key: str) -> None:
        """End a background call; an unknown key is ignored."""
        if self._made is not None:
            self._made.cancel(key)

    def release(self) -> None:
        """End the workers as soon as they are idle and the search rests."""
        self._releasing = True

    def close_if_released(self, *, resting: bool) -> None:
        """End the workers when that was asked and nothing runs."""
        if self._releasing and not self._open:
            self._releasing = False
            if resting:
                self.close()

    def close(self) -> None:
        """End the workers; the next call makes new ones."""
        if self._made is not None:
            self._made.close()
            self._made = None
