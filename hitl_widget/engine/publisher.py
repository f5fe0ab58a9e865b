"""The published state of a session, and its subscribers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from hitl_widget.domain import event as ev
from hitl_widget.domain.state import SessionState

__all__ = ["Publisher", "Subscriber"]

_log = logging.getLogger("hitl_widget")

Subscriber = Callable[[SessionState, Sequence[ev.Record]], None]


class Publisher:
    """Holds the last published state. Any thread may read and subscribe; the controller's thread publishes.

    Parameters
    ----------
    state
        The first state.
    """

    def __init__(self, state: SessionState) -> None:
        self.state = state
        self._subscribers: list[Subscriber] = []
        self._lock = threading.Lock()

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber(state, records)` after each batch of events; return a function that unsubscribes."""
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def tell(self, state: SessionState, records: Sequence[ev.Record]) -> None:
        """Publish a state with the events that led to it."""
        self.state = state
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            try:
                subscriber(state, records)
            except Exception:  # noqa: BLE001 - a subscriber's fault is not the search's
                _log.exception("A subscriber raised")
