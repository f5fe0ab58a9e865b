"""The bridge between a session and the browsers that show it.

Threads: the controller's thread and the kernel's handlers only put things on a queue. One publisher thread owns all
sending, so messages have an order, and neither the kernel nor the controller ever waits for a browser.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import ChangeData, Edit, command_from
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author
from hitl_widget.engine.plan import Receipt
from hitl_widget.errors import CommandError, HitlError
from hitl_widget.widget import wire
from hitl_widget.widget.data_view import DataDesk, column_info
from hitl_widget.widget.data_view import preview_info as data_preview
from hitl_widget.widget.look_view import audit_info, checked_numbers, picture_info, view_info, views_info
from hitl_widget.widget.preference_view import pair_info, preferences_info, worth_info
from hitl_widget.widget.view import View

if TYPE_CHECKING:
    from hitl_widget.session import AutoMLSession

__all__ = ["Bridge", "carry_out"]

_log = logging.getLogger("hitl_widget")
_PACE = 0.08
_GLANCE = 0.01
_FOLD_PACE = 0.5
_MOST_LOOKS = 200
_GIVEN_UP = "This explanation was given up."
_TRIAL_EVENTS = (ev.TrialQueued, ev.TrialStarted, ev.TrialRequeued, ev.FoldDone, ev.TrialEnded)


class Bridge:
    """Publishes one session.

    Pace: at most a dozen messages a second; folds alone, which only move a number, at most two; what answers a person
    goes at once.

    Parameters
    ----------
    session
        The session.
    send
        Sends one message to every browser; called on the publisher thread only.
    sent
        Called with the state after each push, on the same thread.
    """

    def __init__(
        self, session: AutoMLSession, send: Callable[[Any], None], sent: Callable[[SessionState], None]
    ) -> None:
        self._session = session
        self._send, self._sent = send, sent
        self._view = View(session)
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self.epoch = uuid.uuid4().hex[:8]
        self._lock = threading.Lock()
        self._fresh: set[int] = set()
        self._dirty: set[int] = set()
        self._state = session.state
        self._awake = False
        self._pace = _FOLD_PACE
        self._sent_seq = self._state.seq
        self._sent_status: dict[str, Any] = {}
        self._sent_steering: dict[str, Any] = {}
        self._steering_mark: tuple[Any, ...] = (None,) * 4
        self._widened = 0
        self._last = 0.0
        self._closed = False
        self._open_looks: dict[str, str] = {}
        self._looks = ThreadPoolExecutor(1, thread_name_prefix="hitl-looks")
        self._data = DataDesk(session, self._beside, lambda: self._queue.put(self._tell))
        self._unsubscribe = session.subscribe(self._heard)
        with self._lock:  # what was published before the subscription
            if session.state.seq > self._state.seq:
                self._state = session.state
                self._sent_seq = self._state.seq
            self._steered(self._state)  # what a browser gets by hello
            self._data.follow(self._state)
        self._thread = threading.Thread(target=self._run, name="hitl-publisher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send nothing more."""
        self._unsubscribe()
        self._looks.shutdown(wait=False, cancel_futures=True)
        self._queue.put(None)

    # -- other threads --------------------------------------------------------------------------------------------

    def _heard(self, state: SessionState, records: Sequence[ev.Record]) -> None:
        touched = {record.event.number for record in records if isinstance(record.event, _TRIAL_EVENTS)}
        touched |= {
            one["number"] for record in records if isinstance(record.event, ev.Measured) for one in record.event.trials
        }
        fresh = {record.event.number for record in records if isinstance(record.event, ev.TrialQueued)}
        pace = min(_pace_of(record.event) for record in records)
        with self._lock:
            self._state = state
            self._dirty |= touched
            self._fresh |= fresh
            self._pace = min(self._pace, pace)
            wake, self._awake = not self._awake, True
        if wake:
            self._queue.put(self._push)

    def receive(self, message: object) -> None:
        """Take a message from a browser: check its form, queue it, return.

        A command goes straight to the controller's queue: while a cell computes, each change of thread costs 5 ms.
        """
        if isinstance(message, Mapping) and message.get("type") == "command" and isinstance(message.get("id"), str):
            carry_out(self._session, message, lambda reply: self._queue.put(lambda: self._send(reply)))
        else:
            self._queue.put(lambda: self._answer(message))

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
            _log.exception("The bridge could not send")

    def _push(self) -> None:
        """Send what has changed; answers that came in meanwhile go first, and a mere fold waits for company."""
        while (wait := self._last + self._pace - time.monotonic()) > 0:
            self._serve_for(min(wait, _GLANCE))
            if self._closed:
                return
        self._last = time.monotonic()
        with self._lock:
            state, fresh, dirty = self._state, self._fresh, self._dirty
            self._fresh, self._dirty, self._awake, self._pace = set(), set(), False, _FOLD_PACE
        if state.seq == self._sent_seq:
            return
        self._data.follow(state)
        try:
            self._send(self._delta(state, fresh, dirty - fresh))
        finally:  # a message that failed leaves a gap, which the browser sees and asks for
            self._sent_seq = state.seq
        self._sent(state)

    def _tell(self) -> None:
        """Send what changed of the status without an event."""
        now = self._data.status()
        changed = {key: value for key, value in now.items() if self._sent_status.get(key) != value}
        self._sent_status |= changed
        if changed:
            seq = self._sent_seq
            self._send({"type": "delta", "epoch": self.epoch, "from": seq, "seq": seq, "status": changed})

    def _delta(self, state: SessionState, fresh: set[int], marked: set[int]) -> dict[str, Any]:
        status = self._status(state)
        changed = {key: value for key, value in status.items() if self._sent_status.get(key) != value}
        if _same_budget(self._sent_status.get("budget"), status["budget"]):
            changed.pop("budget", None)
        self._sent_status = status
        steered = self._steered(state)
        if self._view.know_objectives(state):  # every row has a column more
            marked = {trial.number for trial in state.trials} - fresh
            self._widened = state.seq
            self._sent_status["measured"] = changed["measured"] = self._status(state)["measured"]
        delta: dict[str, Any] = {"type": "delta", "epoch": self.epoch, "from": self._sent_seq, "seq": state.seq}
        if fresh:
            delta["rows"] = [self._view.row(state.trials[number]) for number in sorted(fresh)]
        if marked:
            delta["marks"] = [self._view.mark(state.trials[number]) for number in sorted(marked)]
        if changed:
            delta["status"] = changed
        if steered:
            delta["steering"] = steered
        if self._view.know(state):
            delta["families"] = self._view.families(state)
        return delta

    def _steered(self, state: SessionState) -> dict[str, Any]:
        """Return what changed of the steering; with each trial that is the weight of the beliefs at most."""
        mark = (state.steering, state.acts, state.verdicts, state.best)
        if any(one is not two for one, two in zip(mark, self._steering_mark, strict=True)):
            now: dict[str, Any] = dict(self._view.steering(state))
        else:
            now = {**self._sent_steering, "beliefs": self._view.beliefs(state)}
        self._steering_mark = mark
        before, self._sent_steering = self._sent_steering, now
        return {key: value for key, value in now.items() if before.get(key) != value}

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

    def _status(self, state: SessionState) -> dict[str, Any]:
        return {**self._view.status(state, self._session.elapsed, self._session.ticking), **self._data.status()}

    # -- answers ------------------------------------------------------------------------------------------------------

    def _answer(self, message: object) -> None:
        if not isinstance(message, Mapping) or not isinstance(message.get("id"), str):
            _log.warning("A browser sent a message without an id; it was ignored")
            return
        handlers = {
            "hello": self._hello,
            "code": self._code,
            "detail": self._detail,
            "preview": self._preview,
            "importance": self._importance,
            "story": self._story,
            "preferences": self._preferences,
            "worth": self._worth,
            "pair": self._pair,
            "picture": self._picture,
            "audit": self._audit,
            "views": self._views,
            "explain": self._explain,
            "stop_look": self._stop_look,
            "profile": self._profile,
            "column": self._column,
            "warnings": self._warnings,
        }
        handler = handlers.get(str(message.get("type")))
        if handler is None:
            self._refuse(
                message["id"], f"A request is hello, command, {', '.join(handlers)}; got {message.get('type')!r}."
            )
            return
        try:
            handler(message["id"], message)
        except HitlError as error:
            self._refuse(message["id"], str(error))
        except Exception as error:  # noqa: BLE001 - the browser is told, the bridge goes on
            _log.exception("A request failed")
            self._refuse(message["id"], f"The request failed: {error!r}.")

    def _hello(self, id_: str, message: Mapping[str, Any]) -> None:
        seq = message.get("seq")
        with self._lock:
            state = self._state
        if message.get("epoch") == self.epoch and isinstance(seq, int) and 0 <= seq <= state.seq:
            since = -1 if seq < self._widened else seq  # every row has a column more
            rows = [self._view.row(trial) for trial in state.trials if trial.seq > since]
            gap = {"type": "delta", "epoch": self.epoch, "from": seq, "seq": state.seq, "rows": rows}
            gap |= {"status": self._status(state), "steering": self._view.steering(state)}
            gap["families"] = self._view.families(state)
            self._reply(id_, gap)
            return
        snapshot: wire.Snapshot = {
            "type": "snapshot",
            "version": wire.VERSION,
            "epoch": self.epoch,
            "seq": state.seq,
            "session": self._view.session_info(),
            "status": self._status(state),  # type: ignore[typeddict-item]
            "steering": self._view.steering(state),
            "rows": [self._view.row(trial) for trial in state.trials],
        }
        self._reply(id_, snapshot)

    def _code(self, id_: str, message: Mapping[str, Any]) -> None:
        self._reply(id_, command_from(message.get("command")).python())

    def _detail(self, id_: str, message: Mapping[str, Any]) -> None:
        number = message.get("number")
        with self._lock:
            state = self._state
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(state.trials):
            self._refuse(id_, f"There is no trial {number!r}; the record has {len(state.trials)} trials.")
            return
        self._reply(id_, self._view.detail(state, number))

    def _preview(self, id_: str, message: Mapping[str, Any]) -> None:
        command = command_from(message.get("command"))
        if isinstance(command, ChangeData):
            self._later(id_, lambda state: data_preview(self._session, state, command))
            return
        if not isinstance(command, Edit):
            self._refuse(id_, "Only an edit of the search space and a change of the data have a preview.")
            return
        with self._lock:
            state = self._state
        self._reply(id_, self._view.preview(state, command))

    def _importance(self, id_: str, message: Mapping[str, Any]) -> None:
        with self._lock:
            state = self._state
        family = message.get("family")
        if family not in state.base.families:
            self._refuse(id_, f"There is no family {family!r}; there are {', '.join(state.base.families)}.")
            return
        self._reply(id_, self._view.importance(state, str(family)))

    def _story(self, id_: str, message: Mapping[str, Any]) -> None:
        after = message.get("seq")
        if isinstance(after, bool) or not isinstance(after, int):
            self._refuse(id_, f"The story is asked from a seq, a whole number; got {after!r}.")
            return
        with self._lock:
            state = self._state
        self._reply(id_, self._view.story(state, after))

    def _preferences(self, id_: str, _message: Mapping[str, Any]) -> None:
        self._later(id_, lambda state: preferences_info(self._session, state))

    def _worth(self, id_: str, _message: Mapping[str, Any]) -> None:
        self._later(id_, lambda state: worth_info(self._session, state))

    def _pair(self, id_: str, message: Mapping[str, Any]) -> None:
        def look(state: SessionState) -> Any:
            numbers = checked_numbers(state, message.get("numbers"), 2, 2)
            if len(numbers) < 2:
                raise CommandError(f"A pair is two trials; got {numbers[0]} twice.")
            return pair_info(self._session, state, *numbers)

        self._later(id_, look)

    def _picture(self, id_: str, message: Mapping[str, Any]) -> None:
        def look(state: SessionState) -> Any:
            numbers = checked_numbers(state, message.get("numbers"), 1, 2)
            return picture_info(self._session, numbers, message.get("kind"))

        self._later(id_, look)

    def _audit(self, id_: str, message: Mapping[str, Any]) -> None:
        def look(state: SessionState) -> Any:
            (number,) = checked_numbers(state, [message.get("number")], 1, 1)
            return audit_info(self._session, number, message.get("column"))

        self._later(id_, look)

    def _views(self, id_: str, _message: Mapping[str, Any]) -> None:
        self._later(id_, lambda _state: views_info(self._session))

    def _explain(self, id_: str, message: Mapping[str, Any]) -> None:
        """Ask a worker; what comes back is sent from the publisher's thread."""
        options, step = message.get("options") or {}, message.get("step", 0)
        if not isinstance(options, Mapping) or isinstance(step, bool) or not isinstance(step, int):
            self._refuse(id_, "A view is asked for with options by name and a step from 0.")
            return

        with self._lock:
            crowded = len(self._open_looks) >= _MOST_LOOKS
            if not crowded:
                self._open_looks[id_] = ""
        if crowded:
            self._refuse(id_, f"{_MOST_LOOKS} explanations are under way. Ask again when some are answered.")
            return

        def over(send: Callable[[], None]) -> None:
            with self._lock:
                self._open_looks.pop(id_, None)
            self._queue.put(send)

        def look(_state: SessionState) -> None:
            if not self._is_open(id_):
                self._queue.put(lambda: self._refuse(id_, _GIVEN_UP))
                return
            try:
                key = self._session.explain.ask(
                    str(message.get("view")),
                    options,
                    lambda view: over(lambda: self._reply(id_, view_info(view))),
                    lambda text: over(lambda: self._refuse(id_, text)),
                    step=max(0, min(step, 20)),
                )
            except BaseException:
                over(lambda: None)
                raise
            with self._lock:
                wanted = id_ in self._open_looks
                if wanted:
                    self._open_looks[id_] = key
            if not wanted:  # answered already, or given up while it was being asked
                self._session.cancel_look(key)

        self._later(id_, look, answers=False)

    def _is_open(self, id_: str) -> bool:
        with self._lock:
            return id_ in self._open_looks

    def _stop_look(self, id_: str, message: Mapping[str, Any]) -> None:
        with self._lock:
            key = self._open_looks.pop(str(message.get("look")), "")
        self._session.cancel_look(key)
        self._reply(id_, None)

    def _profile(self, id_: str, _message: Mapping[str, Any]) -> None:
        self._later(id_, self._data.profile)

    def _column(self, id_: str, message: Mapping[str, Any]) -> None:
        self._later(id_, lambda state: column_info(self._session, state, message.get("column")))

    def _warnings(self, id_: str, _message: Mapping[str, Any]) -> None:
        self._later(id_, self._data.warnings)

    def _beside(self, act: Callable[[], None]) -> None:
        """Run what nobody waits for beside the publisher."""
        with suppress(RuntimeError):  # closed meanwhile
            self._looks.submit(self._do, act)

    def _later(self, id_: str, look: Callable[[SessionState], Any], *, answers: bool = True) -> None:
        """Answer what takes tens of milliseconds beside the publisher, so that a click does not wait behind it."""

        def run() -> None:
            with self._lock:
                state = self._state
            try:
                found = look(state)
            except HitlError as error:
                text = str(error)
                self._queue.put(lambda: self._refuse(id_, text))
            except Exception as error:  # noqa: BLE001 - the browser is told, the bridge goes on
                _log.exception("A look failed")
                text = f"The request failed: {error!r:.300}."
                self._queue.put(lambda: self._refuse(id_, text))
            else:
                if answers:
                    self._queue.put(lambda: self._reply(id_, found))

        try:
            self._looks.submit(run)
        except RuntimeError:  # closed meanwhile
            self._refuse(id_, "This session is closed.")

    def _reply(self, id_: str, result: Any) -> None:
        self._send(_answered(id_, result))

    def _refuse(self, id_: str, text: str) -> None:
        self._send(_refused(id_, text))


def carry_out(session: AutoMLSession, message: Mapping[str, Any], answer: Callable[[wire.Reply], None]) -> None:
    """Hand a browser's command to the controller's queue; `answer` gets the reply, on this thread or the controller's.

    Parameters
    ----------
    session
        The session.
    message
        A request "command" with an id that is a string; what cannot be read is refused.
    answer
        Takes the reply.
    """
    id_ = message["id"]
    try:
        ticket = session.send(command_from(message.get("command")), Author.YOU, id_[:64])
    except Exception as error:  # noqa: BLE001 - what cannot be read is refused, the kernel's handler goes on
        answer(
            _refused(id_, str(error) if isinstance(error, HitlError) else f"This could not be read: {error!r:.300}.")
        )
        return

    def done(future: Future[Receipt]) -> None:
        error = future.exception()
        answer(_answered(id_, _receipt(future.result())) if error is None else _refused(id_, str(error)))

    ticket.add_done_callback(done)


def _answered(id_: str, result: Any) -> wire.Reply:
    return {"type": "reply", "id": id_, "ok": True, "result": result}


def _refused(id_: str, text: str) -> wire.Reply:
    return {"type": "reply", "id": id_, "ok": False, "error": {"message": text, "remedy": ""}}


def _receipt(receipt: Receipt) -> dict[str, Any]:
    suggestion = receipt.suggestion
    shown = None if suggestion is None else {"config": dict(suggestion.config), "why": suggestion.why}
    numbers = list(receipt.numbers)
    return {"seq": receipt.seq, "number": receipt.number, "numbers": numbers, "suggestion": shown}


def _pace_of(event: ev.Event) -> float:
    """Return the least time since the last message: none for what answers a person, most for a mere fold."""
    if isinstance(event, ev.FoldDone):
        return _FOLD_PACE
    return _PACE if isinstance(event, (*_TRIAL_EVENTS, ev.EnsembleChanged)) else 0.0


def _same_budget(before: Any, now: Any) -> bool:
    """Whether the browser, whose clock runs on by itself, can do without the new budget."""
    if before is None or not before["ticking"] or not now["ticking"]:
        return bool(before == now)
    return bool(before["seconds"] == now["seconds"] and before["trials"] == now["trials"])
