"""The loop of a worker: read a call, run it, answer. Imports the standard library only."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import socket
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from hitl_widget.workers.channel import dumps, read_message, write_message
from hitl_widget.workers.contract import FailureKind
from hitl_widget.workers.failures import failed, resolve
from hitl_widget.workers.processes import private_bytes
from hitl_widget.workers.reports import Reporter

__all__ = ["serve"]

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

_YIELDING = 10  # a click and the dashboard come before a fit, which takes all that they leave
_LOG_LIMIT = 4 * 2**20
_SLACK = 32 * 2**20  # allocator arenas and thread stacks that no model asked for


def serve(sock: socket.socket, context: Any, memory_bytes: int) -> None:
    """Answer calls until the kernel hangs up.

    Parameters
    ----------
    sock
        Blocking stream socket to the kernel.
    context
        First argument of every function.
    memory_bytes
        Bytes that a call may allocate beyond the initial size of the process.
    """
    faulthandler.enable()
    _yield()
    base = _held_bytes()
    limited = _limit(_data_bytes(), memory_bytes)
    write_message(sock, pickle.dumps(("ready", os.getpid(), private_bytes(os.getpid()), limited)))
    worker = _Worker(context, base, memory_bytes)
    with contextlib.suppress(EOFError, ConnectionError):
        while not worker.leaves:
            write_message(sock, worker.answer(sock))
            _trim_log()


class _Worker:
    """Runs calls one after another, and knows when another worker should take its place.

    Parameters
    ----------
    context
        First argument of every function.
    base
        Bytes of memory it began with.
    memory_bytes
        What a call may allocate beyond them.
    """

    def __init__(self, context: Any, base: int, memory_bytes: int) -> None:
        self._context = context
        self._base = base
        self._memory = memory_bytes
        self.leaves = False

    def answer(self, sock: socket.socket) -> bytes:
        """Read one call, run it, and return the answer: kind, seconds, value or failure, whether this worker leaves."""
        doing, started = "The fit failed with", time.perf_counter()
        try:
            payload = read_message(sock)
        except MemoryError as error:
            return self._failure(error, doing, started)
        started = time.perf_counter()
        reporter = Reporter(partial(_report, sock))
        try:
            function, args, reports = pickle.loads(payload)  # noqa: S301 - written by our own kernel
            del payload
            value = resolve(function)(self._context, *args, **({"report": reporter} if reports else {}))
            seconds = time.perf_counter() - started
            doing = "The result of the fit cannot be sent back:"
            self.leaves = _held_bytes() - self._base > self._memory // 2  # it keeps what a later call would need
            return dumps(("value", seconds, value, self.leaves))
        except BaseException as error:  # noqa: BLE001 - sys.exit in a call costs that call, not the worker
            return self._failure(error, doing, started)
        finally:
            reporter.close()

    def _failure(self, error: BaseException, doing: str, started: float) -> bytes:
        seconds = time.perf_counter() - started
        with _room_to_speak():
            failure = failed(error, doing=doing, memory_bytes=self._memory)
            self.leaves = failure.kind is FailureKind.MEMORY
            return pickle.dumps(("failure", seconds, failure, self.leaves))


def _report(sock: socket.socket, value: Any) -> None:
    """Send a report; that the kernel is gone is for the answer to find out."""
    with contextlib.suppress(OSError):
        write_message(sock, pickle.dumps(("report", value)))


def _yield() -> None:
    """Lower the priority of this process."""
    if hasattr(os, "nice"):
        os.nice(_YIELDING)
        return
    import psutil

    psutil.Process().nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", _YIELDING))


def _data_bytes() -> int:
    """Private memory this process has asked for, as RLIMIT_DATA counts it; 0 where the system does not tell."""
    if resource is None:
        return 0
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[5]) * int(resource.getpagesize())
    except (OSError, IndexError, ValueError):
        return 0


def _held_bytes() -> int:
    """Private memory of this process."""
    return _data_bytes() or private_bytes(os.getpid())


def _limit(base: int, memory_bytes: int) -> bool:
    """Have the system refuse memory beyond a limit; return whether it does."""
    if resource is None:
        return False
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if not base:
        return False
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        limit = base + memory_bytes + _SLACK
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))
        return True
    return False


@contextlib.contextmanager
def _room_to_speak() -> Iterator[None]:
    """Lift the memory limit while an error, whose traceback still holds the large arrays, is put into words."""
    if resource is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _trim_log() -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        if os.fstat(2).st_size > _LOG_LIMIT:
            os.ftruncate(2, 0)
