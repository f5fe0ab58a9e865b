"""Failures of calls: the sentences for each kind.

Standard library only: both the kernel and the workers import it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from hitl_widget.workers.contract import Failure, FailureKind

__all__ = [
    "cancelled",
    "cannot_start",
    "describe",
    "died",
    "failed",
    "orphaned",
    "resolve",
    "tail",
    "timed_out",
    "too_much_memory",
]

_ONLY = "only this trial is lost."
_NO_MEMORY = ("bad_alloc", "bad allocation", "MemoryError", "Cannot allocate memory", "Out of memory", "out of memory")
_SIGNALS = {
    "SIGABRT": "its own library, possibly for lack of memory",
    "SIGBUS": "a fault in compiled code (bus error)",
    "SIGFPE": "a fault in compiled code (arithmetic)",
    "SIGILL": "a fault in compiled code (illegal instruction)",
    "SIGSEGV": "a fault in compiled code (segmentation fault)",
}
_KILLED = 9
_WINDOWS_FAULTS = {
    0xC0000005: "a fault in compiled code (access violation)",
    0xC000001D: "a fault in compiled code (illegal instruction)",
    0xC0000094: "a fault in compiled code (arithmetic)",
    0xC00000FD: "a fault in compiled code (stack overflow)",
    0xC0000374: "a fault in compiled code (damaged heap)",
    0xC0000409: "its own library, possibly for lack of memory",
}
"""Exit statuses that Windows gives to a process that crashed."""


@lru_cache(maxsize=256)
def resolve(path: str) -> Callable[..., Any]:
    """Find a function by its ``"package.module:name"``."""
    module, _, name = path.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    function: Callable[..., Any] = found
    return function


def failed(error: BaseException, *, doing: str = "The fit failed with", memory_bytes: int | None = None) -> Failure:
    """A call that raised.

    Parameters
    ----------
    error
        What it raised.
    doing
        The words before the error.
    memory_bytes
        The limit to name when memory ran out.
    """
    detail = "".join(traceback.format_exception(error, limit=-40))
    if _memory_exhausted(error):
        return too_much_memory(memory_bytes, detail)
    return Failure(FailureKind.ERROR, f"{doing} {describe(error)}; {_ONLY}", detail)


def describe(error: BaseException) -> str:
    """An exception in one line: its type, and its message where it has one."""
    text = " ".join(str(error).split()).rstrip(".")
    text = text if len(text) <= 300 else text[:299] + "…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _memory_exhausted(error: BaseException | None) -> bool:
    """Return whether an exception reports exhausted memory, also one raised by a C++ library."""
    while error is not None:
        if isinstance(error, MemoryError) or "bad_alloc" in str(error) or "bad allocation" in str(error):
            return True
        error = error.__cause__
    return False


def cancelled() -> Failure:
    """A call that somebody ended."""
    return Failure(FailureKind.CANCELLED, "The fit was canceled before it had a result.")


def timed_out(seconds: float) -> Failure:
    """A call that ran past its time."""
    return Failure(FailureKind.TIMEOUT, f"The fit took longer than its limit of {seconds:g} s and was ended; {_ONLY}")


def too_much_memory(memory_bytes: int | None, detail: str = "") -> Failure:
    """A call that allocated past its limit."""
    than = "there was" if memory_bytes is None else f"its limit of {_size(memory_bytes)}"
    return Failure(FailureKind.MEMORY, f"The fit needed more memory than {than} and was ended; {_ONLY}", detail)


def died(status: int | None, log: str, peak: int, memory_bytes: int) -> Failure:
    """A call whose process ended under it.

    Parameters
    ----------
    status
        Exit code, or minus the signal; None where unknown.
    log
        What the worker last wrote.
    peak
        Most private bytes seen in use by the call.
    memory_bytes
        Its limit.
    """
    if status is None:
        return Failure(FailureKind.DIED, f"The fit's process ended for an unknown reason; {_ONLY}", log)
    detail = f"exit status {status}" if status >= 0 else f"signal {-status} ({_signal_name(-status)})"
    detail = f"{detail}\n{log}".rstrip()
    if any(words in log for words in _NO_MEMORY) or (status == -_KILLED and peak > 0.8 * memory_bytes):
        return too_much_memory(memory_bytes, detail)
    if status in _WINDOWS_FAULTS:
        how = f"was ended by {_WINDOWS_FAULTS[status]} (exit status {status:#x})"
    elif status >= 0:
        return Failure(FailureKind.DIED, f"The fit ended its own process (exit status {status}); {_ONLY}", detail)
    elif status == -_KILLED:
        how = "was killed by the system (signal 9), possibly for lack of memory"
    else:
        name = _signal_name(-status)
        how = f"was ended by {_SIGNALS.get(name, 'a signal')} ({name})"
    return Failure(FailureKind.DIED, f"The fit's process {how}; {_ONLY}", detail)


def _signal_name(number: int) -> str:
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def orphaned(log: str) -> Failure:
    """A call that was lost with the fork server."""
    message = "The process that manages the workers ended; only the trials running at that moment are lost."
    return Failure(FailureKind.DIED, message, log)


def cannot_start(reason: str, log: str) -> Failure:
    """No worker comes up, so no call can run."""
    reason = " ".join(reason.split()).rstrip(".") or "see the detail"
    message = f"The worker processes cannot be started ({reason}); no trial can run until that is fixed."
    return Failure(FailureKind.DIED, message, log)


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count / 2**20:.0f} MB"


def tail(path: Path, most: int = 4000) -> str:
    """Return the end of a log, empty where there is none.

    The list of extension modules that Python writes after the frames of a crash is left out: with the libraries of a
    session it is longer than `most`.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 8 * most))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(line for line in lines if not line.startswith("Extension modules: ")).strip()[-most:]
