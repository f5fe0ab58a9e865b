"""The supervising thread of the workers: it hands out calls, enforces limits and replaces dead workers."""

from __future__ import annotations

import itertools
import logging
import math
import os
import pickle
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from hitl_widget.workers import failures as words
from hitl_widget.workers.channel import Channel
from hitl_widget.workers.contract import Failure, Outcome
from hitl_widget.workers.processes import private_bytes
from hitl_widget.workers.slots import Slot, State, Unit, finish, tell
from hitl_widget.workers.source import WorkerSource

__all__ = ["Supervisor"]

_WATCH_SECONDS, _WATCH_UNLIMITED_SECONDS = 0.25, 0.05
_WATCH_SLACK = 64 * 2**20  # an allocation that fails is the gentler way, so it comes first
_START_SECONDS = 120.0
_MOST_MISFORTUNES = 2
_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

NewSource = Callable[[tuple[str, ...]], WorkerSource]

_log = logging.getLogger(__name__)


class Supervisor:
    """Owns the source of workers, the slots and the waiting calls; its thread alone touches them.

    Other threads leave messages through `submit`, `cancel` and `stop`, without a lock. It holds no reference to the
    executor, so that a forgotten one can be collected, which stops it.

    It has many methods because messages, deaths and deadlines reach one selector loop and change the same slots; parts
    of it would need a second owner of these.

    Parameters
    ----------
    new_source
        Returns a source that has, or imports, some modules; raises OSError when it cannot.
    slots
        Number of workers.
    folder
        Where the context and the logs are.
    context
        ``"module:function"``, called with `folder`.
    preload
        Modules to import before the context is opened.
    memory_bytes
        What each call may allocate.
    background
        Workers for background tasks, beside those for trials.
    """

    def __init__(
        self,
        new_source: NewSource,
        slots: int,
        folder: Path,
        context: str,
        preload: tuple[str, ...],
        memory_bytes: int,
        background: int = 0,
    ) -> None:
        self._new_source = new_source
        self._folder, self._context, self._preload, self._memory = folder, context, preload, memory_bytes
        self._owner = os.getpid()
        self._active: dict[str, Unit] = {}
        self._inbox: deque[tuple[str, Any]] = deque()
        self._waiting: dict[bool, deque[Unit]] = {False: deque(), True: deque()}
        self._slots = [Slot(index, background=index >= slots) for index in range(slots + background)]
        self._by_worker: dict[int, Slot] = {}
        self._numbers = itertools.count(1)
        self._source: WorkerSource | None = None
        self._ready = False
        self._start_by = math.inf
        self._misfortunes = 0
        self._broken: Failure | None = None
        self._next_watch = math.inf
        self._stopping = self._ended = False
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._run, name="hitl-workers", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit) -> None:
        """Take on a unit; its outcome is delivered whatever happens."""
        if self._stopping:
            raise RuntimeError("The executor is closed: it takes no more calls.")
        if self._active.setdefault(unit.key, unit) is not unit:
            raise ValueError(f"A call with the key {unit.key!r} is waiting or running; a key is free when it ends.")
        self._post("submit", unit)
        if self._ended:  # stopped in between, and nobody reads the inbox any more
            self._empty_inbox()

    def cancel(self, key: str) -> None:
        """End the unit with a key, if there is one."""
        self._post("cancel", key)

    def stop(self, seconds: float = 5.0) -> None:
        """Cancel all, end the processes, and wait for that unless called from the supervising thread itself."""
        if os.getpid() != self._owner:  # a fork of the kernel does not own the workers
            return
        self._stopping = True
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def _post(self, what: str, item: Any) -> None:
        self._inbox.append((what, item))
        self._wake()

    def _wake(self) -> None:
        with suppress(OSError):  # full: it wakes anyway; closed: nobody is there
            self._waker.send(b"w")

    # The thread

    def _run(self) -> None:
        try:
            self._selector.register(self._woken, _READ, self._drain_wakeups)
            self._open_source()
            while not self._stopping:
                for key, mask in self._selector.select(self._patience()):
                    key.data(mask)
                self._read_inbox()
                self._enforce(time.monotonic())
                self._assign()
        except Exception:  # noqa: BLE001 - the units must get their outcomes whatever happened
            _log.exception("the supervisor of the workers failed")
        finally:
            self._end()

    def _patience(self) -> float | None:
        until = min(self._start_by, self._next_watch, *(slot.deadline for slot in self._slots))
        return None if until == math.inf else max(0.0, until - time.monotonic())

    def _drain_wakeups(self, _mask: int) -> None:
        with suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass

    def _read_inbox(self) -> None:
        while self._inbox:
            what, item = self._inbox.popleft()
            if what == "cancel":
                self._cancel(item)
            elif refused := item.refused or self._broken:
                self._finish(item, failure=refused)
            else:
                self._waiting[item.background].append(item)

    def _cancel(self, key: str) -> None:
        unit = self._active.get(key)
        if unit is None:
            return
        slot = next((slot for slot in self._slots if slot.unit is unit), None)
        if slot is None:
            self._finish(unit, failure=words.cancelled())  # `_assign` steps over it
        else:
            self._replace(slot, words.cancelled())

    def _finish(
        self, unit: Unit, value: Any = None, failure: Failure | None = None, *, seconds: float = 0.0, slot: int = 0
    ) -> None:
        self._active.pop(unit.key, None)
        finish(unit, Outcome(unit.key, value, failure, seconds, slot))

    def _end(self) -> None:
        self._stopping = self._ended = True
        for slot in self._slots:
            if slot.unit is not None:
                seconds = time.monotonic() - slot.started
                self._finish(slot.unit, failure=words.cancelled(), seconds=seconds, slot=slot.index)
            self._clear(slot)
        for unit in (*self._waiting[False], *self._waiting[True]):
            self._finish(unit, failure=words.cancelled())
        self._empty_inbox()
        self._selector.close()
        if self._source is not None:
            self._source.close(2.0 if self._ready else 0.0)
            self._source = None  # it holds the log of the template
        self._woken.close()
        self._waker.close()

    def _empty_inbox(self) -> None:
        with suppress(IndexError):
            while True:
                what, item = self._inbox.popleft()
                if what == "submit":
                    self._finish(item, failure=words.cancelled())

    # The source of workers

    def _open_source(self) -> None:
        try:
            self._source = self._new_source(self._preload)
            self._source.prepare(self._folder, self._context, self._preload)
        except OSError as error:
            self._give_up(words.describe(error))
            return
        self._ready = False
        self._start_by = time.monotonic() + _START_SECONDS
        self._selector.register(self._source, _READ, self._hear_source)

    def _hear_source(self, _mask: int) -> None:
        if self._source is None:
            return
        reports, listens = self._source.reports()
        for report in reports:
            if report["what"] == "ended":
                self._worker_ended(report["worker"], report["status"])
            elif report["what"] == "ready":
                self._ready, self._start_by = True, math.inf
                for slot in self._slots:
                    if not slot.background:
                        self._start(slot)
            elif report["what"] == "connected":
                self._worker_connected(report["worker"], report["socket"])
            elif report["what"] == "failed":
                self._give_up(report["reason"], report["detail"])
        if not listens:
            self._lose_source("it ended")

    def _lose_source(self, reason: str) -> None:
        """Explain the units that are lost with the source, and open another one."""
        if self._source is None:
            return
        log = self._source.log()
        self._drop_source()
        for slot in self._slots:
            if slot.unit is not None and slot.channel is not None:
                self._read(slot, slot.channel.drain())  # an answer that came just before
            unit, seconds = slot.unit, time.monotonic() - slot.started
            self._clear(slot)
            if unit is not None:
                self._finish(unit, failure=words.orphaned(log), seconds=seconds, slot=slot.index)
        self._misfortunes += 1
        if self._misfortunes >= _MOST_MISFORTUNES:
            self._give_up(f"the process that starts them failed twice: {reason}", log)
        else:
            self._open_source()

    def _drop_source(self) -> None:
        if self._source is not None:
            with suppress(KeyError, ValueError):
                self._selector.unregister(self._source)
            self._source.kill()
            self._source.close()
        self._source, self._ready, self._start_by = None, False, math.inf
        self._by_worker.clear()

    def _give_up(self, reason: str, detail: str = "") -> None:
        """Fail what waits and whatever comes: workers cannot be had."""
        log = self._source.log() if self._source is not None else ""
        self._broken = words.cannot_start(reason, f"{detail}\n{log}".strip())
        self._drop_source()
        for slot in self._slots:
            if slot.unit is not None:
                self._finish(slot.unit, failure=self._broken, slot=slot.index)
            self._clear(slot)
        for line in self._waiting.values():
            while line:
                self._finish(line.popleft(), failure=self._broken)

    # The slots

    def _start(self, slot: Slot) -> None:
        if self._source is None or not self._ready or slot.state is not State.EMPTY:
            return
        slot.worker = next(self._numbers)
        try:
            sock = self._source.start_worker(slot.worker, slot.index, self._memory)
        except OSError as error:
            self._lose_source(words.describe(error))
            return
        self._by_worker[slot.worker] = slot
        slot.state, slot.deadline = State.STARTING, time.monotonic() + _START_SECONDS
        if sock is not None:
            self._connect(slot, sock)

    def _worker_connected(self, worker: int, sock: socket.socket) -> None:
        slot = self._by_worker.get(worker)
        if slot is None:  # ended by us
            sock.close()
        else:
            self._connect(slot, sock)

    def _connect(self, slot: Slot, sock: socket.socket) -> None:
        slot.channel = Channel(sock)
        self._selector.register(slot.channel, _READ, partial(self._hear_worker, slot, slot.channel))

    def _clear(self, slot: Slot) -> None:
        """Leave a slot without a worker and without a unit."""
        self._hang_up(slot)
        self._by_worker.pop(slot.worker, None)
        slot.state, slot.unit, slot.deadline, slot.pid = State.EMPTY, None, math.inf, 0
        slot.limited, slot.refused = True, ()

    def _hang_up(self, slot: Slot) -> None:
        if slot.channel is not None:
            self._selector.unregister(slot.channel)
            slot.channel.close()
            slot.channel = None

    def _end_worker(self, worker: int) -> None:
        if self._source is not None:
            try:
                self._source.end(worker)
            except OSError as error:
                self._lose_source(words.describe(error))

    def _replace(self, slot: Slot, failure: Failure | None = None) -> None:
        """Kill a slot's worker, give its unit a failure, and start the next."""
        unit, worker, seconds = slot.unit, slot.worker, time.monotonic() - slot.started
        self._clear(slot)
        self._end_worker(worker)
        self._start(slot)
        if unit is not None:
            self._finish(unit, failure=failure, seconds=seconds, slot=slot.index)

    def _assign(self) -> None:
        for background, waiting in self._waiting.items():
            self._assign_from(waiting, [slot for slot in self._slots if slot.background is background])

    def _assign_from(self, waiting: deque[Unit], slots: list[Slot]) -> None:
        while waiting and self._ready:
            if waiting[0].over:
                waiting.popleft()
                continue
            slot = next((slot for slot in slots if slot.state is State.IDLE), None)
            if slot is None or slot.channel is None:
                break
            unit = waiting.popleft()
            slot.unit, slot.state, slot.peak, slot.started = unit, State.BUSY, 0, time.monotonic()
            slot.deadline = math.inf if unit.seconds is None else slot.started + unit.seconds
            self._next_watch = min(self._next_watch, slot.started + self._watch_seconds)
            if not slot.channel.send(unit.payload):
                callback = partial(self._hear_worker, slot, slot.channel)
                self._selector.modify(slot.channel, _READ | _WRITE, callback)
            unit.payload = b""
        if waiting and self._ready:
            for slot in slots:
                if slot.state is State.EMPTY:
                    self._start(slot)

    def _hear_worker(self, slot: Slot, channel: Channel, mask: int) -> None:
        if slot.channel is not channel:  # replaced while this event was on its way
            return
        if mask & _WRITE and channel.flush():
            self._selector.modify(channel, _READ, partial(self._hear_worker, slot, channel))
        if mask & _READ:
            try:
                messages, is_open = channel.receive()
            except MemoryError as error:  # of this process: the value does not fit
                self._replace(slot, words.failed(error))
                return
            self._read(slot, messages)
            if not is_open and slot.channel is channel:
                self._hang_up(slot)
                slot.state, slot.deadline = State.LOST, math.inf
                self._end_worker(slot.worker)

    def _read(self, slot: Slot, messages: list[bytearray]) -> None:
        for message in messages:
            try:
                what, *rest = pickle.loads(message)  # noqa: S301 - written by our own worker
            except Exception as error:  # noqa: BLE001 - a class of the user's may fail in any way
                doing = "The result of the fit cannot be read by the notebook:"
                what, rest = "failure", [time.monotonic() - slot.started, words.failed(error, doing=doing), True]
            if what == "ready":
                slot.state, slot.deadline = State.IDLE, math.inf
                slot.pid, slot.base, slot.limited = rest
                self._misfortunes = 0
                continue
            if what == "failed":
                slot.refused = tuple(rest)
                continue
            if what == "report":
                if slot.unit is not None:
                    tell(slot.unit, *rest)
                continue
            seconds, result, leaves = rest
            unit, slot.unit = slot.unit, None
            slot.state, slot.deadline = State.IDLE, math.inf
            if leaves:  # so that the next call has its whole memory again
                self._replace(slot)
            self._assign()
            if unit is not None:
                value, failure = (result, None) if what == "value" else (None, result)
                self._finish(unit, value, failure, seconds=seconds, slot=slot.index)

    def _worker_ended(self, worker: int, status: int | None) -> None:
        slot = self._by_worker.get(worker)
        if slot is None:
            return  # ended by us
        if slot.channel is not None:
            self._read(slot, slot.channel.drain())
        log = self._source.log(slot.index) if self._source is not None else ""
        unit, seconds, started = slot.unit, time.monotonic() - slot.started, slot.pid != 0
        refused = slot.refused
        self._clear(slot)
        if unit is not None:
            self._start(slot)
            failure = words.died(status, log, slot.peak, self._memory)
            self._finish(unit, failure=failure, seconds=seconds, slot=slot.index)
        elif not started:
            self._start_again(slot, *refused or ("a worker ended before it was ready, twice", log))

    def _start_again(self, slot: Slot, reason: str, detail: str) -> None:
        """Start another worker for one that never was ready, unless this happens repeatedly."""
        self._misfortunes += 1
        if self._misfortunes >= _MOST_MISFORTUNES:
            self._give_up(reason, detail)
        else:
            self._start(slot)

    def _enforce(self, now: float) -> None:
        if now >= self._start_by:
            self._lose_source(f"it was not ready after {_START_SECONDS:g} s")
        for slot in self._slots:
            if now < slot.deadline:
                continue
            if slot.unit is not None and slot.unit.seconds is not None:
                self._replace(slot, words.timed_out(slot.unit.seconds))
            elif slot.state is State.STARTING:
                self._lose_starting(slot)
        if now >= self._next_watch:
            self._watch_memory()
            busy = any(slot.state is State.BUSY for slot in self._slots)
            self._next_watch = now + self._watch_seconds if busy else math.inf

    @property
    def _watch_seconds(self) -> float:
        """Time between two looks at the memory: short where no limit of the system stops an allocation."""
        return _WATCH_SECONDS if all(slot.limited for slot in self._slots) else _WATCH_UNLIMITED_SECONDS

    def _lose_starting(self, slot: Slot) -> None:
        """Give up on a worker that is late, and on the process that it should have come from."""
        reason = f"a worker was not ready after {_START_SECONDS:g} s"
        if self._source is None or self._source.shared:
            self._lose_source(reason)
            return
        log, worker = self._source.log(slot.index), slot.worker
        self._clear(slot)
        self._end_worker(worker)
        self._start_again(slot, reason, log)

    def _watch_memory(self) -> None:
        for slot in self._slots:
            if slot.state is State.BUSY:
                slot.peak = max(slot.peak, private_bytes(slot.pid) - slot.base)
                if slot.peak > self._memory + _WATCH_SLACK:
                    self._replace(slot, words.too_much_memory(self._memory))
