"""The log of a session: events are written to the journal, folded into the state, then published."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from hitl_widget.domain import event as ev
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.state import SessionState
from hitl_widget.engine.budget import Stopwatch
from hitl_widget.engine.ports import Clock, Journal

__all__ = ["FOLD_WAIT", "EventLog"]

_log = logging.getLogger("hitl_widget")

FOLD_WAIT = 0.15
"""Seconds that events of folds may wait for others, to be written together."""


class EventLog:
    """The event log of a session. Owned by the controller's thread.

    Parameters
    ----------
    state
        The state before the first event.
    journal
        The journal, which stores events.
    clock, watch
        The source of the time, and the search's clock.
    publish
        Called with the state and the events after each batch is written.
    """

    def __init__(
        self,
        state: SessionState,
        journal: Journal,
        clock: Clock,
        watch: Stopwatch,
        publish: Callable[[SessionState, Sequence[ev.Record]], None],
    ) -> None:
        self.state = state
        self._journal = journal
        self._clock, self._watch = clock, watch
        self._publish = publish
        self._pending: list[ev.Record] = []
        self._held_since: float | None = None

    @property
    def is_pending(self) -> bool:
        """True if events wait to be written."""
        return bool(self._pending)

    def emit(self, event: ev.Event, by: Provenance = MACHINE) -> int:
        """Add an event to the current batch, and return its number."""
        elapsed = round(self._watch.elapsed, 4)
        record = ev.Record(self.state.seq + 1, self._clock.now(), elapsed, by.author, by.cause, event)
        self._pending.append(record)
        self.state = reduce(self.state, record)
        return record.seq

    def commit(self) -> None:
        """Write the current batch, then publish it."""
        self._held_since = None
        if self._pending:
            batch, self._pending = self._pending, []
            self._journal.append(batch)
            self._publish(self.state, batch)

    def commit_when_due(self, *, busy: bool) -> None:
        """Commit, but let events of folds wait briefly for others: an interrupted trial restarts anyway."""
        if self._pending and all(isinstance(record.event, ev.FoldDone) for record in self._pending):
            now = self._clock.monotonic()
            self._held_since = self._held_since or now
            if busy and now - self._held_since < FOLD_WAIT:
                return
        self.commit()

    def commit_last(self) -> None:
        """Try to write the batch after a failure, and publish it in any case."""
        batch, self._pending = self._pending, []
        try:
            self._journal.append(batch)
        except Exception:  # noqa: BLE001 - the first failure is already reported; this is the second
            _log.exception("The journal could not be written")
        self._publish(self.state, batch)
