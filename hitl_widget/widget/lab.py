"""The kernel's side of the sidebar: the live sessions, and the messages of their dashboards.

One comm of this process serves all sidebars of all pages. It is made here and never announced with `comm_open`, which
front ends without the sidebar would answer with an error: pages find it by asking the kernel for the comms of this
target, or from the first message on it. See `docs/decisions/0013-jupyterlab-extension.md`.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

from hitl_widget.domain import event as ev
from hitl_widget.engine.recent import recent_journals
from hitl_widget.widget.kernel import answer_on_own_subshell, kernel_shell, quicken, running_cell
from hitl_widget.widget.pack import packed
from hitl_widget.widget.wire import VERSION

if TYPE_CHECKING:
    from hitl_widget.domain.state import SessionState
    from hitl_widget.session.runtime import Runtime
    from hitl_widget.widget.publisher import Publisher
    from hitl_widget.widget.wire.shared import Reply
    from hitl_widget.widget.wire.sidebar import SessionHead, Sessions

__all__ = ["TARGET", "Sidebar", "connect", "shown_in"]

TARGET: Literal["hitl_widget.sidebar"] = "hitl_widget.sidebar"

_log = logging.getLogger("hitl_widget")
_PACE = 0.25
_MOST_WARNINGS = 3
_ENOUGH_TRIALS = 2
"""Trials that end before the table is checked for warnings, so that the first score comes first."""
_MOST_RECENT = 12
_TRIAL_EVENTS = (ev.TrialQueued, ev.TrialStarted, ev.TrialRequeued, ev.TrialEnded, ev.EnsembleChanged)


Send = Callable[[Any, "list[bytes] | None"], None]


class _Followed:
    """A live session; held weakly until a dashboard of it is open, which keeps it like an output in the notebook."""

    def __init__(self, runtime: Runtime, cell: str | None, gone: Callable[[object], None]) -> None:
        self.runtime = weakref.ref(runtime, gone)
        self.cell = cell
        self.publisher: Publisher | None = None
        self.watched = False
        self.looked_at: object = None
        """Columns and metric whose warnings were requested."""


class Sidebar:
    """Publishes the heads of all live sessions, and carries the messages of their dashboards.

    Threads: `receive` (the kernel's handlers) and the sessions' subscriptions only queue; one thread sends the heads,
    a dozen messages a second at most, but answers at once. Slow work runs on a separate thread.

    Parameters
    ----------
    send
        Sends content and buffers to every page; called from several threads.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._followed: dict[str, _Followed] = {}
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[Callable[[], None] | float | None] = queue.SimpleQueue()
        self._asked = False
        self._looks = ThreadPoolExecutor(1, thread_name_prefix="hitl-sidebar-looks")
        self._thread = threading.Thread(target=self._run, name="hitl-sidebar", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop sending."""
        self._looks.shutdown(wait=False, cancel_futures=True)
        self._queue.put(None)
        for one in self._all():
            if one.publisher is not None:
                one.publisher.close()

    # -- other threads --------------------------------------------------------------------------------------------

    def follow(self, runtime: Runtime) -> None:
        """List a session until it is closed or garbage collected."""
        one = _Followed(runtime, running_cell(kernel_shell()), lambda _ref: self._queue.put(0.0))
        with self._lock:
            self._followed[runtime.id] = one
        runtime.subscribe(self._heard)
        self._queue.put(0.0)

    def shown_in(self, runtime: Runtime, cell: str | None) -> None:
        """Remember the cell that shows a session."""
        with self._lock:
            one = self._followed.get(runtime.id)
        if one is not None and cell is not None:
            one.cell = cell
            self._queue.put(0.0)

    def receive(self, message: object) -> None:
        """Take a message from a page: check its form, queue it, return. A command goes straight to its session."""
        if not isinstance(message, Mapping):
            return
        if message.get("type") == "of":
            self._pass_on(message.get("session"), message.get("message"))
        else:
            self._queue.put(lambda: self._answer(message))

    def _heard(self, _state: SessionState, records: Sequence[ev.Record]) -> None:
        kinds = [one.event for one in records if not isinstance(one.event, ev.FoldDone)]
        if kinds:
            self._queue.put(_PACE if all(isinstance(kind, _TRIAL_EVENTS) for kind in kinds) else 0.0)

    def _pass_on(self, id_: object, message: object) -> None:
        """Hand a message to a session's publisher."""
        if not isinstance(message, Mapping) or not isinstance(id_, str):
            return
        with self._lock:
            one = self._followed.get(id_)
        runtime = None if one is None else one.runtime()
        if one is None or runtime is None:
            text = "This session no longer exists in this kernel."
            self._queue.put(lambda: self._forward(id_, _refusal(message.get("id"), text)))
        elif message.get("type") == "leave":
            one.watched = False
        elif message.get("type") == "command" and isinstance(message.get("id"), str):
            from hitl_widget.widget.publisher import carry_out

            carry_out(runtime, message, lambda reply: self._queue.put(lambda: self._forward(id_, reply)))
        else:
            self._queue.put(lambda: self._publisher_of(id_, one, runtime, message))

    # -- the sidebar's thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        """Process the queue; a number requests the heads, that many seconds after the last time."""
        due, last = math.inf, -math.inf
        while True:
            try:
                act = self._queue.get(timeout=None if due == math.inf else max(0.0, due - time.monotonic()))
                if act is None:
                    return
                if isinstance(act, float):
                    due = min(due, last + act)
                else:
                    self._do(act)
            except queue.Empty:
                pass
            if due <= time.monotonic():
                due, last = math.inf, time.monotonic()
                self._do(self._push)

    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:  # noqa: BLE001 - one bad message must not end the sidebar
            _log.exception("The sidebar could not send")

    def _push(self) -> None:
        self._send(self._sessions() if self._asked else {"type": "here", "target": TARGET}, None)

    def _answer(self, message: Mapping[str, Any]) -> None:
        id_ = message.get("id")
        if not isinstance(id_, str):
            _log.warning("The sidebar sent a message without an id; it was ignored")
        elif message.get("type") == "list":
            self._asked = True
            self._send(_reply(id_, self._sessions()), None)
        elif message.get("type") == "recent":
            self._looks.submit(self._recent, id_)
        else:
            self._send(_refusal(id_, f"A request must be list, recent or of; got {message.get('type')!r:.60}."), None)

    def _recent(self, id_: str) -> None:
        try:
            found = recent_journals(_MOST_RECENT)
        except Exception as error:  # noqa: BLE001 - the page is told, the sidebar goes on
            self._send(_refusal(id_, f"The sessions on disk could not be listed: {error!r:.200}."), None)
        else:
            live = {one.place for one in self._sessions_alive()}
            self._send(_reply(id_, [one.as_json() for one in found if one.journal not in live]), None)

    def _publisher_of(self, id_: str, one: _Followed, runtime: Runtime, message: Mapping[str, Any]) -> None:
        if one.publisher is None:
            from hitl_widget.widget.publisher import Publisher

            def send(answer: Any) -> None:
                if one.watched or answer.get("type") != "delta":
                    self._forward(id_, answer)

            one.publisher = Publisher(runtime, send, lambda _state: None)
        one.watched = one.watched or message.get("type") == "hello"
        one.publisher.receive(message)

    def _forward(self, id_: str, message: Any) -> None:
        content, buffers = packed(message)
        self._send({"type": "of", "session": id_, "message": content}, buffers)

    # -- what is sent ---------------------------------------------------------------------------------------------

    def _all(self) -> list[_Followed]:
        with self._lock:
            return list(self._followed.values())

    def _sessions_alive(self) -> list[Runtime]:
        found = []
        for one in self._all():
            runtime = one.runtime()
            if runtime is not None and runtime.alive:
                found.append(runtime)
            else:
                self._drop(one)
        return found

    def _drop(self, one: _Followed) -> None:
        with self._lock:
            self._followed = {key: kept for key, kept in self._followed.items() if kept is not one}
        if one.publisher is not None:
            one.publisher.close()

    def _sessions(self) -> Sessions:
        heads = [self._head(runtime) for runtime in self._sessions_alive()]
        return {"type": "sessions", "target": TARGET, "version": VERSION, "sessions": heads}

    def _head(self, runtime: Runtime) -> SessionHead:
        from hitl_widget.session.results import caution_now
        from hitl_widget.widget.wire.session import session_info, status_info
        from hitl_widget.widget.wire.trials import Rows
        from hitl_widget.widget.wire.warnings import open_warnings

        state, task = runtime.state, runtime.task
        one = self._followed[runtime.id]
        self._look_for_warnings(one, runtime, state)
        info = session_info(runtime)
        best, warnings = state.best, open_warnings(runtime, state)
        return {
            "id": runtime.id,
            "name": info["name"],
            "started": info["started"],
            "target": task.target,
            "kind": info["kind"],
            "metric": info["metric"],
            "sentence": info["sentence"],
            "status": status_info(
                runtime, state, Rows(runtime).measured, {"warnings": None, "warnings_version": 0, "data_version": 0}
            ),
            "best": "" if best is None else runtime.family_facts(state.trials[best].family)[0],
            "caution": caution_now(runtime),
            "warnings": warnings[:_MOST_WARNINGS],
            "more_warnings": max(0, len(warnings) - _MOST_WARNINGS),
            "journal": runtime.shown_path,
            "cell": one.cell,
        }

    def _look_for_warnings(self, one: _Followed, runtime: Runtime, state: SessionState) -> None:
        """Request a check of the table, once for each set of roles."""
        from hitl_widget.widget.wire.data import columns_of

        columns = columns_of(runtime, state)
        looked_at = columns, state.steering.data.metric
        if state.ended >= _ENOUGH_TRIALS and one.looked_at != looked_at:
            one.looked_at = looked_at
            metric = state.steering.data.metric
            self._looks.submit(runtime.survey.ask_safeguards, columns, lambda: self._queue.put(0.0), metric)


def _reply(id_: str, result: Any) -> Reply:
    return {"type": "reply", "id": id_, "ok": True, "result": result}


def _refusal(id_: object, text: str) -> Reply:
    return {"type": "reply", "id": str(id_), "ok": False, "error": {"message": text, "remedy": ""}}


_sidebar: Sidebar | None = None


def connect() -> None:
    """Serve the sidebars of this kernel, if this process is one. Idempotent."""
    global _sidebar
    if _sidebar is not None or kernel_shell() is None:
        return
    import comm

    from hitl_widget.session.runtime import watch_sessions

    channel = comm.create_comm(target_name=TARGET, primary=False)
    comm.get_comm_manager().register_comm(channel)
    answer_on_own_subshell(channel)
    quicken()
    _sidebar = sidebar = Sidebar(lambda data, buffers: channel.send(data, buffers=buffers))
    channel.on_msg(lambda message: sidebar.receive(message["content"]["data"]))
    watch_sessions(sidebar.follow)


def shown_in(runtime: Runtime, cell: str | None) -> None:
    """Tell the sidebar which cell shows a session."""
    if _sidebar is not None:
        _sidebar.shown_in(runtime, cell)
