"""Reports of running calls: how far a call is, at most twice a second. Imports the standard library only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

__all__ = ["PACE", "Reporter"]

PACE = 0.5
"""Least seconds between two reports of a call, and before its first one."""


class Reporter:
    """Passes on how far a call is.

    A call may report as often as it likes: a report that comes too early is dropped, which costs a look at the clock.

    Parameters
    ----------
    send
        Sends a report.
    clock
        Returns seconds.
    """

    def __init__(self, send: Callable[[Any], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._clock = clock
        self._next = clock() + PACE
        self._lock = threading.Lock()
        self._closed = False

    def __call__(self, value: Any) -> None:
        """Report a value, which should be small."""
        now = self._clock()
        if now < self._next:
            return
        with self._lock:  # a call may have threads of its own
            if not self._closed and now >= self._next:
                self._next = now + PACE
                self._send(value)

    def close(self) -> None:
        """Send nothing more: the outcome of the call follows."""
        with self._lock:
            self._closed = True
