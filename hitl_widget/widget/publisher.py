"""Publishes a session to the pages that show it.

Threads: the controller's thread and the kernel's handlers only put things on a queue. One publisher thread owns all
sending, so messages have an order, and neither the kernel nor the controller ever waits for a page.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import command_from
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author
from hitl_widget.errors import HitlError
from hitl_widget.widget.requests import Requests, answered, refused, request
from hitl_widget.widget.wire import VERSION
from hitl_widget.widget.wire.code import Code
from hitl_widget.widget.wire.data import Data
from hitl_widget.widget.wire.division import Division
from hitl_widget.widget.wire.envelope import Delta, SetChange, Snapshot
from hitl_widget.widget.wire.explanations import Explanations
from hitl_widget.widget.wire.journal import Journal
from hitl_widget.widget.wire.labels import Labels
from hitl_widget.widget.wire.pairs import Pairs
from hitl_widget.widget.wire.pictures import Pictures
from hitl_widget.widget.wire.preferences import PreferencesPanel
from hitl_widget.widget.wire.session import Status, fits_info, session_info, status_info
from hitl_widget.widget.wire.shared import Reply
from hitl_widget.widget.wire.space import SearchSpace, beliefs_info, broken_today, family_infos, steering_info
from hitl_widget.widget.wire.trials import ReceiptInfo, Rows, Suggestion, Trials
from hitl_widget.widget.wire.warnings import Warnings

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["PANELS", "Publisher", "carry_out"]

_log = logging.getLogger("hitl_widget")
_PACE = 0.08
_GLANCE = 0.01
_FOLD_PACE = 0.5
_TRIAL_EVENTS = (ev.TrialQueued, ev.TrialStarted, ev.TrialRequeued, ev.FoldDone, ev.TrialEnded)

PANELS = (Trials, SearchSpace, Journal, Code, PreferencesPanel, Pairs, Pictures, Explanations, Division, Labels)
"""Classes that answer the requests of a panel; each takes the session. `Data` and `Warnings` take more."""


class Publisher:
    """Publishes one session.

    Rate: at most a dozen messages a second, two if only folds finish or fits advance; answers to the user go at once.

    Parameters
    ----------
    runtime
        The runtime of the session.
    send
        Sends one message to every page; called on the publisher thread only.
    sent
        Called with the state after each push, on the same thread.
    """

    def __init__(self, runtime: Runtime, send: Callable[[Any], None], sent: Callable[[SessionState], None]) -> None:
        self._runtime = runtime
        self._send, self._sent = send, sent
        self._rows = Rows(runtime)
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.epoch = uuid.uuid4().hex[:8]
        self._lock = threading.Lock()
        self._fresh: set[int] = set()
        self._dirty: set[int] = set()
        self._state = runtime.state
        self._awake = False
        self._pace = _FOLD_PACE
        self._judged_by = self._state.steering.data.judged_by
        self._sent_seq = self._state.seq
        self._sent_status: dict[str, Any] = {}
        self._sent_steering: dict[str, Any] = {}
        self._steering_mark: tuple[Any, ...] = (None,) * 5
        self._sent_broken: set[int] = set()
        self._widened = 0
        self._last = 0.0
        self._closed = False
        self._warnings = Warnings(runtime, lambda act: self._requests.run(act), lambda: self._queue.put(self._tell))
        panels = [panel(runtime) for panel in PANELS]
        self._requests = Requests(
            [self, *panels, Data(runtime, self._warnings.ask), self._warnings], self._now, self._queue.put, self._send
        )
        self._unsubscribe = runtime.subscribe(self._heard)
        self._unsubscribe_fits = runtime.fits.subscribe(self._wake)
        with self._lock:  # what was published before the subscription
            if runtime.state.seq > self._state.seq:
                self._state = runtime.state
                self._sent_seq = self._state.seq
            self._steered(self._state, ())  # what a page gets by hello
            self._warnings.follow(self._state)
        self._thread = threading.Thread(target=self._run, name="hitl-publisher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send nothing more."""
        self._unsubscribe()
        self._unsubscribe_fits()
        self._requests.close()
        self._queue.put(None)

    # -- other threads --------------------------------------------------------------------------------------------

    def receive(self, message: object) -> None:
        """Take a message from a page: check its form, queue it, return.

        A command goes straight to the controller's queue: while a cell computes, each change of thread costs 5 ms.
        """
        if isinstance(message, Mapping) and message.get("type") == "command" and isinstance(message.get("id"), str):
            carry_out(self._runtime, message, lambda reply: self._queue.put(lambda: self._send(reply)))
        else:
            self._queue.put(lambda: self._requests.answer(message))

    def _heard(self, state: SessionState, records: Sequence[ev.Record]) -> None:
        touched = {record.event.number for record in records if isinstance(record.event, _TRIAL_EVENTS)}
        touched |= {
            one["number"] for record in records if isinstance(record.event, ev.Measured) for one in record.event.trials
        }
        touched |= {
            number
            for record in records
            if isinstance(record.event, ev.HoldoutMeasured)
            for model in record.event.models
            for number, _ in model.members
        }
        touched |= {
            number for record in records if isinstance(record.event, ev.Rescored) for number, _ in record.event.trials
        }
        fresh = {record.event.number for record in records if isinstance(record.event, ev.TrialQueued)}
        pace = min(_pace_of(record.event) for record in records)
        with self._lock:
            self._state = state
            self._dirty |= touched
            self._fresh |= fresh
            self._pace = min(self._pace, pace)
        self._wake()

    def _wake(self) -> None:
        """Have the changes pushed at the next time that the pace allows."""
        with self._lock:
            wake, self._awake = not self._awake, True
        if wake:
            self._queue.put(self._push)

    def _now(self) -> SessionState:
        with self._lock:
            return self._state

    # -- the publisher thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closed:
            act = self._queue.get()
            if act is None:
                return
            self._do(act)

    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:  # noqa: BLE001 - one bad message must not end the publisher
            _log.exception("The dashboard could not be updated")

    def _push(self) -> None:
        """Send the changes; pending answers go first, and a single fold waits for other changes."""
        while (wait := self._last + self._pace - time.monotonic()) > 0:
            self._serve_for(min(wait, _GLANCE))
            if self._closed:
                return
        self._last = time.monotonic()
        with self._lock:
            state, fresh, dirty = self._state, self._fresh, self._dirty
            self._fresh, self._dirty, self._awake, self._pace = set(), set(), False, _FOLD_PACE
        if state.seq == self._sent_seq:
            self._tell()
            return
        self._warnings.follow(state)
        if state.steering.data.judged_by != self._judged_by:  # every score changes: pages ask for everything
            self._judged_by, self.epoch = state.steering.data.judged_by, uuid.uuid4().hex[:8]
        try:
            self._send(self._delta(state, fresh, dirty - fresh))
        finally:  # a message that failed leaves a gap, which the page sees and asks for
            self._sent_seq = state.seq
        self._sent(state)

    def _serve_for(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                act = self._queue.get(timeout=left)
            except queue.Empty:
                return
            if act is None:
                self._closed = True
                return
            self._do(act)

    def _tell(self) -> None:
        """Send changes of the status that no event caused."""
        now = {**self._warnings.status(), "fits": fits_info(self._runtime)}
        changed = {key: value for key, value in now.items() if self._sent_status.get(key) != value}
        self._sent_status |= changed
        if changed:
            seq = self._sent_seq
            self._send({"type": "delta", "epoch": self.epoch, "from": seq, "seq": seq, "status": changed})

    def _delta(self, state: SessionState, fresh: set[int], marked: set[int]) -> Delta:
        status: dict[str, Any] = dict(self._status(state))
        changed = {key: value for key, value in status.items() if self._sent_status.get(key) != value}
        if _same_budget(self._sent_status.get("budget"), status["budget"]):
            changed.pop("budget", None)
        self._sent_status = status
        steered, broken = self._steered(state, fresh | marked)
        if self._rows.know_objectives(state):  # every row has a column more
            marked = {trial.number for trial in state.trials} - fresh
            self._widened = state.seq
            self._sent_status["measured"] = changed["measured"] = self._rows.measured
        delta: Delta = {"type": "delta", "epoch": self.epoch, "from": self._sent_seq, "seq": state.seq}
        if fresh:
            delta["rows"] = [self._rows.row(state.trials[number]) for number in sorted(fresh)]
        if marked:
            delta["marks"] = [self._rows.mark(state.trials[number]) for number in sorted(marked)]
        if changed:
            delta["status"] = changed
        if steered:
            delta["steering"] = steered
        if broken["added"] or broken["removed"]:
            delta["broken"] = broken
        if self._rows.know_families(state):
            delta["families"] = family_infos(self._runtime, state.base)
        return delta

    def _status(self, state: SessionState) -> Status:
        return status_info(self._runtime, state, self._rows.measured, self._warnings.status())

    def _steered(self, state: SessionState, touched: Collection[int]) -> tuple[dict[str, Any], SetChange]:
        """Return the changes of the steering, and of the trials that violate a constraint.

        A trial changes at most the weights of the beliefs, and whether it violates a constraint itself.
        """
        mark = (state.steering, state.acts, state.verdicts, state.best, state.outside)
        if any(one is not two for one, two in zip(mark, self._steering_mark, strict=True)):
            now: dict[str, Any] = dict(steering_info(state, self._runtime.words))
            broken = self._broken_changes(set(now.pop("broken")), self._sent_broken)
        else:
            now = {**self._sent_steering, "beliefs": beliefs_info(state)}
            broken = self._broken_changes(broken_today(state, touched), self._sent_broken.intersection(touched))
        self._steering_mark = mark
        before, self._sent_steering = self._sent_steering, now
        return {key: value for key, value in now.items() if before.get(key) != value}, broken

    def _broken_changes(self, now: set[int], before: set[int]) -> SetChange:
        """Return the change from the trials that violated a constraint to those that do now, and remember it."""
        added, removed = now - before, before - now
        self._sent_broken |= added
        self._sent_broken -= removed
        return {"added": sorted(added), "removed": sorted(removed)}

    @request("hello", seconds=6)
    def hello(self, state: SessionState, epoch: str | None = None, seq: int | None = None) -> Snapshot | Delta:
        """Return the whole session, or what changed since `seq`."""
        status, steering = self._status(state), steering_info(state, self._runtime.words)
        if epoch == self.epoch and seq is not None and 0 <= seq <= state.seq:
            since = -1 if seq < self._widened else seq  # every row has a column more
            return {
                "type": "delta",
                "epoch": self.epoch,
                "from": seq,
                "seq": state.seq,
                "rows": [self._rows.row(trial) for trial in state.trials if trial.seq > since],
                "status": dict(status),
                "steering": dict(steering),
                "families": family_infos(self._runtime, state.base),
            }
        return {
            "type": "snapshot",
            "version": VERSION,
            "epoch": self.epoch,
            "seq": state.seq,
            "session": session_info(self._runtime),
            "status": status,
            "steering": steering,
            "rows": [self._rows.row(trial) for trial in state.trials],
        }


def carry_out(runtime: Runtime, message: Mapping[str, Any], answer: Callable[[Reply], None]) -> None:
    """Send a page's command to the controller; `answer` gets the reply, on this thread or the controller's.

    Parameters
    ----------
    runtime
        The runtime of the session.
    message
        A request "command" with a string id; an invalid one is refused.
    answer
        Takes the reply.
    """
    id_ = message["id"]
    try:
        ticket = runtime.send(command_from(message.get("command")), Author.YOU, id_[:64])
    except Exception as error:  # noqa: BLE001 - what cannot be read is refused, the kernel's handler goes on
        answer(
            refused(id_, str(error) if isinstance(error, HitlError) else f"This command is invalid: {error!r:.300}.")
        )
        return

    def done(future: Future[Receipt]) -> None:
        error = future.exception()
        answer(answered(id_, _receipt(future.result())) if error is None else refused(id_, str(error)))

    ticket.add_done_callback(done)


def _receipt(receipt: Receipt) -> ReceiptInfo:
    suggestion = receipt.suggestion
    shown: Suggestion | None = (
        None if suggestion is None else {"config": dict(suggestion.config), "why": suggestion.why}
    )
    return {
        "seq": receipt.seq,
        "sentence": receipt.sentence,
        "act": receipt.act,
        "python": receipt.python,
        "outside": None if receipt.outside is None else list(receipt.outside.outside),
        "number": receipt.number,
        "numbers": list(receipt.numbers),
        "suggestion": shown,
    }


def _pace_of(event: ev.Event) -> float:
    """Return the minimum time since the last message: none for answers, the longest for a single fold."""
    if isinstance(event, ev.FoldDone):
        return _FOLD_PACE
    return _PACE if isinstance(event, (*_TRIAL_EVENTS, ev.EnsembleChanged)) else 0.0


def _same_budget(before: Any, now: Any) -> bool:
    """Return whether the page can do without the new budget, because its own clock keeps running."""
    if before is None or not before["ticking"] or not now["ticking"]:
        return bool(before == now)
    return bool(before["seconds"] == now["seconds"] and before["trials"] == now["trials"])
