"""Executors: calls in threads of this process, or each in a separate process."""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from hitl_widget.domain.arguments import checked_workers
from hitl_widget.errors import ConfigError
from hitl_widget.workers import failures as words
from hitl_widget.workers.channel import dumps
from hitl_widget.workers.contract import Call, Outcome
from hitl_widget.workers.processes import available_memory
from hitl_widget.workers.reports import Reporter
from hitl_widget.workers.slots import Unit, finish, tell
from hitl_widget.workers.spawn import new_spawner, warm_pool
from hitl_widget.workers.start import PRELOAD, new_fork_server, warm_template
from hitl_widget.workers.supervisor import NewSource, Supervisor

__all__ = ["PRELOAD", "InProcessExecutor", "ProcessExecutor", "StartMethod", "start_method", "warm"]

_LEAST_MEMORY = 256 * 2**20
_VARIABLE = "HITL_WIDGET_EXECUTOR"


class StartMethod(StrEnum):
    """How the workers of a session come to be."""

    FORK = "fork"
    SPAWN = "spawn"
    THREADS = "threads"


def start_method() -> StartMethod:
    """Return how workers are started on this system, or as the variable ``HITL_WIDGET_EXECUTOR`` says.

    Workers are forked on Linux, where that is fast and shares the table. They are spawned on Windows, which cannot
    fork, and on macOS, where a forked process may crash in the system's libraries. They are threads where no process
    can be started, as in a browser.

    Raises
    ------
    ConfigError
        If the variable has another value, or names a method that this system does not have.
    """
    chosen = os.environ.get(_VARIABLE, "").strip().lower()
    if not chosen:
        return _default()
    if chosen not in list(StartMethod):
        raise ConfigError(f"{_VARIABLE} must be fork, spawn or threads; it is {chosen!r}. Correct it, or unset it.")
    if chosen == StartMethod.FORK and not hasattr(os, "fork"):
        raise ConfigError(f"{_VARIABLE} is fork, but this system cannot fork. Set it to spawn, or unset it.")
    return StartMethod(chosen)


def _default() -> StartMethod:
    if not sys.executable or sys.platform in ("emscripten", "wasi"):
        return StartMethod.THREADS
    return StartMethod.FORK if hasattr(os, "fork") and sys.platform != "darwin" else StartMethod.SPAWN


def warm(preload: Iterable[str] = PRELOAD) -> None:
    """Start processes ahead of the first session, so that the libraries are imported by the time a table is there.

    All sessions of this kernel share them. Nothing happens where they run already.

    Parameters
    ----------
    preload
        Modules to import, in order; those that are not in `PRELOAD` are left to the sessions.
    """
    method = start_method()
    if method is StartMethod.FORK:
        warm_template(preload)
    elif method is StartMethod.SPAWN:
        warm_pool(checked_workers(None), preload)


class ProcessExecutor:
    """Runs each call in one of `slots` worker processes; a call that crashes costs only itself.

    With the method ``fork``, the workers are forked from a fork server (see `hitl_widget.workers.fork_server`), which
    opens the context once for all of them. It is itself forked from the template of the kernel (see
    `hitl_widget.workers.template`), which has imported the libraries. With ``spawn``, each worker is a process of the
    kernel's pool (see `hitl_widget.workers.spawn`), which has imported the libraries and opens the context for itself.
    `warm` starts these processes ahead of time. The constructor returns at once, and calls wait for the first worker.
    One thread of this process supervises and calls `done`.

    A worker whose call exceeds its time or memory, or is canceled, is killed with all processes that it started, and
    another takes its place: forked in about 10 ms, or taken from the pool. When the fork server or the template dies,
    another is started, and the calls running at that moment are lost. When no worker can be started, every call fails
    with the reason.

    Parameters
    ----------
    slots
        Number of workers.
    folder
        Folder with what `context` needs, complete by now; it also gets ``fork-server.log`` and a log for each slot.
    context
        ``"module:function"``, called as ``function(folder)`` once, in the fork server, or in each spawned worker. It
        must start no thread (and no OpenMP region), for threads do not survive a fork.
    preload
        Modules that are imported before the context is opened; missing ones are skipped. Those in `PRELOAD` are
        imported ahead of the session, the others for it.
    memory_bytes
        What one call may allocate beyond the context; by default an equal share of the free memory, where the kernel
        counts as one more worker. Enforced at the allocation on Linux. Elsewhere the memory of the workers is read
        several times a second, so that a short peak may go unnoticed.
    background
        Workers for background tasks, beside those for trials.
    method
        ``fork`` or ``spawn``; by default that of `start_method`.

    Raises
    ------
    ValueError
        For fewer than one slot.

    Notes
    -----
    Results are unpickled in the supervising thread, so a result of a class whose module is not yet imported here holds
    up the others for as long as that import takes.
    """

    def __init__(
        self,
        slots: int,
        *,
        folder: Path,
        context: str = "hitl_widget.evaluation.context:open_context",
        preload: tuple[str, ...] = PRELOAD,
        memory_bytes: int | None = None,
        background: int = 1,
        method: StartMethod | None = None,
    ) -> None:
        _check_slots(slots)
        if memory_bytes is None:
            memory_bytes = max(available_memory() // (slots + 1), _LEAST_MEMORY)
        self._slots = slots
        self.memory_bytes = memory_bytes
        new_source: NewSource = new_spawner if (method or start_method()) == StartMethod.SPAWN else new_fork_server
        self._supervisor = Supervisor(
            new_source, slots, Path(folder).absolute(), context, tuple(preload), memory_bytes, background
        )
        self._closer = weakref.finalize(self, self._supervisor.stop)  # also at exit

    @property
    def slots(self) -> int:
        """Number of calls that run at the same time."""
        return self._slots

    def submit(
        self,
        key: str,
        call: Call,
        done: Callable[[Outcome], None],
        *,
        seconds: float | None = None,
        background: bool = False,
        heard: Callable[[Any], None] | None = None,
    ) -> None:
        """Run a call on the next free worker.

        Parameters
        ----------
        key
            Name of the call, unique among those waiting and running.
        call
            Function and arguments; pickled here and now.
        done
            Receives the outcome, in the supervising thread.
        seconds
            Limit of its wall time.
        background
            Run it on a worker for background tasks.
        heard
            Receives what the call reports while it runs, in the supervising thread.

        Raises
        ------
        RuntimeError
            When the executor is closed.
        ValueError
            When the key is in use.
        """
        unit = Unit(key, done, seconds, background=background, heard=heard)
        try:
            unit.payload = dumps((call.function, call.args, heard is not None))
        except Exception as error:  # noqa: BLE001 - any class may refuse to be pickled in its own way
            unit.refused = words.failed(error, doing="The arguments of the fit cannot be sent to a worker:")
        self._supervisor.submit(unit)

    def cancel(self, key: str) -> None:
        """End a waiting or running call with ``CANCELLED``; an unknown key is ignored."""
        self._supervisor.cancel(key)

    def close(self) -> None:
        """Cancel all calls, end all processes; returns when they are gone (some 20 ms, at most 5 s)."""
        self._supervisor.stop()
        self._closer.detach()


class InProcessExecutor:
    """Runs calls in `slots` threads of this process: for tests, and for systems without processes.

    It cannot isolate: `seconds` is not enforced, a call that kills its process kills this one, and there is no memory
    limit. A running call that is canceled is reported as such at once; its thread stays taken until the call returns,
    and what it returns is thrown away.

    Parameters
    ----------
    context
        Makes the first argument of every function; called once, in the first thread that needs it.
    slots
        Number of threads.

    Raises
    ------
    ValueError
        For fewer than one slot.
    """

    def __init__(self, context: Callable[[], Any], slots: int = 1) -> None:
        _check_slots(slots)
        self._slots = slots
        self._pool = _Pool(context, slots)
        self._background = _Pool(context, 1)
        self._closer = weakref.finalize(self, _stop_all, self._pool, self._background)

    @property
    def slots(self) -> int:
        """Number of calls that run at the same time."""
        return self._slots

    def submit(
        self,
        key: str,
        call: Call,
        done: Callable[[Outcome], None],
        *,
        seconds: float | None = None,
        background: bool = False,
        heard: Callable[[Any], None] | None = None,
    ) -> None:
        """Run a call on the next free thread; `seconds` is ignored. Raises as `ProcessExecutor.submit` does."""
        (self._background if background else self._pool).submit(Unit(key, done, seconds, heard=heard), call)

    def cancel(self, key: str) -> None:
        """End a waiting or running call with ``CANCELLED``; an unknown key is ignored."""
        self._pool.cancel(key)
        self._background.cancel(key)

    def close(self) -> None:
        """Cancel all calls; returns when the outcomes are delivered. A running call ends in its own time, unheard."""
        self._pool.stop()
        self._background.stop()
        self._closer.detach()


class _Pool:
    """The threads of an `InProcessExecutor`, and one more that delivers outcomes."""

    def __init__(self, context: Callable[[], Any], slots: int) -> None:
        self._make_context = context
        self._context: tuple[Any] | None = None
        self._opening = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Unit, Call]] = deque()
        self._active: dict[str, Unit] = {}
        self._stopping = False
        self._deliveries: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._deliverer = threading.Thread(target=self._deliver, name="hitl-outcomes", daemon=True)
        self._deliverer.start()
        self._threads = [
            threading.Thread(target=self._work, args=(index,), name=f"hitl-slot-{index}", daemon=True)
            for index in range(slots)
        ]
        self._busy: set[threading.Thread] = set()
        for thread in self._threads:
            thread.start()

    def submit(self, unit: Unit, call: Call) -> None:
        with self._changed:
            if self._stopping:
                raise RuntimeError("The executor is closed: it takes no more calls.")
            if unit.key in self._active:
                raise ValueError(f"A call with the key {unit.key!r} is waiting or running; a key is free when it ends.")
            self._active[unit.key] = unit
            self._waiting.append((unit, call))
            self._changed.notify()

    def cancel(self, key: str) -> None:
        with self._changed:
            unit = self._active.get(key)
        if unit is not None:
            self._report(unit, Outcome(key, failure=words.cancelled()))

    def stop(self) -> None:
        with self._changed:
            if not self._stopping:
                self._stopping = True
                for unit in list(self._active.values()):
                    self._report(unit, Outcome(unit.key, failure=words.cancelled()))
                self._waiting.clear()
                self._deliveries.put(None)
            self._changed.notify_all()
            idle = [thread for thread in self._threads if thread not in self._busy]
        for thread in (self._deliverer, *idle):
            if threading.current_thread() is not thread:
                thread.join(5.0)

    def _report(self, unit: Unit, outcome: Outcome) -> None:
        """Queue an outcome unless the unit has one: whoever takes it from `_active` is the first."""
        with self._changed:
            if self._active.get(unit.key) is unit:
                del self._active[unit.key]
                self._deliveries.put(partial(finish, unit, outcome))

    def _hear(self, unit: Unit, report: Any) -> None:
        """Queue a report of a unit that has no outcome yet."""
        with self._changed:
            if self._active.get(unit.key) is unit:
                self._deliveries.put(partial(tell, unit, report))

    def _deliver(self) -> None:
        while (deliver := self._deliveries.get()) is not None:
            deliver()

    def _work(self, index: int) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if self._stopping:
                    return
                unit, call = self._waiting.popleft()
                if self._active.get(unit.key) is not unit:  # cancelled while it waited
                    continue
                self._busy.add(threading.current_thread())
            outcome = self._run(unit, call, index)
            with self._changed:
                self._busy.discard(threading.current_thread())
                self._report(unit, outcome)

    def _run(self, unit: Unit, call: Call, index: int) -> Outcome:
        started = time.perf_counter()
        reporter = Reporter(partial(self._hear, unit))
        more = {} if unit.heard is None else {"report": reporter}
        try:
            value = words.resolve(call.function)(self._opened(), *call.args, **more)
        except BaseException as error:  # noqa: BLE001 - sys.exit in a call costs that call, not the thread
            return Outcome(unit.key, failure=words.failed(error), seconds=time.perf_counter() - started, slot=index)
        finally:
            reporter.close()
        return Outcome(unit.key, value, seconds=time.perf_counter() - started, slot=index)

    def _opened(self) -> Any:
        with self._opening:
            if self._context is None:
                self._context = (self._make_context(),)
            return self._context[0]


def _stop_all(*pools: _Pool) -> None:
    for pool in pools:
        pool.stop()


def _check_slots(slots: int) -> None:
    if slots < 1:
        raise ValueError(f"An executor needs at least one slot, not {slots}.")
