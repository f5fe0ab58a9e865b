"""The published state of a session, and its subscribers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from hitl_widget.domain import event as ev
from hitl_widget.domain.state import SessionState

__all__ = ["Publisher", "Subscriber", "Subscribers"]

_log = logging.getLogger("hitl_widget")

Subscriber = Callable[[SessionState, Sequence[ev.Record]], None]


class Subscribers:
    """Functions that hear of each change. Any thread may add and remove them."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[..., None]] = []
        self._lock = threading.Lock()

    def add(self, subscriber: Callable[..., None]) -> Callable[[], None]:
        """Add a function; return a function that removes it."""
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def tell(self, *news: object) -> None:
        """Call all of them; an error in one is logged and goes no further."""
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            try:
                subscriber(*news)
            except Exception:  # noqa: BLE001 - a subscriber's fault is not the search's
                _log.exception("A subscriber raised")


class Publisher:
    """Holds the last published state. Any thread may read and subscribe; the controller's thread publishes.

    Parameters
    ----------
    state
        The first state.
    """

    def __init__(self, state: SessionState) -> None:
        self.state = state
        self._subscribers = Subscribers()

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber(state, records)` after each batch of events; return a function that unsubscribes."""
        return self._subscribers.add(subscriber)

    def tell(self, state: SessionState, records: Sequence[ev.Record]) -> None:
        """Publish a state with the events that led to it."""
        self.state = state
        self._subscribers.tell(state, records)
