"""What a worker does: read a call, run it, answer. POSIX only; imports the standard library only, as it comes first."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import resource
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hitl_widget.engine.ports import Failure, FailureKind
from hitl_widget.engine.worker_channel import dumps, read_message, write_message
from hitl_widget.engine.worker_words import failed, private_bytes, resolve

__all__ = ["serve"]

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
        What a call may allocate beyond what the process began with.
    """
    faulthandler.enable()
    base = _data_bytes()
    _limit(base, memory_bytes)
    write_message(sock, pickle.dumps(("ready", os.getpid(), private_bytes(os.getpid()))))
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            answer, exhausted = _answer(sock, context, memory_bytes)
            leaves = exhausted or _data_bytes() - base > memory_bytes // 2
            write_message(sock, answer)
            if leaves:
                return  # a fresh worker has its whole allowance again
            _trim_log()


def _answer(sock: socket.socket, context: Any, memory_bytes: int) -> tuple[bytes, bool]:
    """Read one call and run it; the answer's bytes, and whether memory ran out."""
    try:
        payload = read_message(sock)
    except MemoryError as error:
        return _failure(failed(error, memory_bytes=memory_bytes), 0.0)
    started = time.perf_counter()
    doing = "The fit failed with"
    try:
        function, args = pickle.loads(payload)  # noqa: S301 - written by our own kernel
        del payload
        value = resolve(function)(context, *args)
        seconds = time.perf_counter() - started
        doing = "The result of the fit cannot be sent back:"
        return dumps(("value", seconds, value)), False
    except BaseException as error:  # noqa: BLE001 - sys.exit in a call costs that call, not the worker
        seconds = time.perf_counter() - started
        with _room_to_speak():
            return _failure(failed(error, doing=doing, memory_bytes=memory_bytes), seconds)


def _failure(failure: Failure, seconds: float) -> tuple[bytes, bool]:
    exhausted = failure.kind is FailureKind.MEMORY
    return pickle.dumps(("failure", seconds, failure)), exhausted


def _data_bytes() -> int:
    """Private memory this process has asked for, as RLIMIT_DATA counts it; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[5]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


def _limit(base: int, memory_bytes: int) -> None:
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if not base:
        return
    with contextlib.suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        limit = base + memory_bytes + _SLACK
        resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))


@contextlib.contextmanager
def _room_to_speak() -> Iterator[None]:
    """Lift the memory limit while an error, whose traceback still holds the large arrays, is put into words."""
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
