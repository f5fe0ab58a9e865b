"""The surroundings of a worker: its parent, modules, folder, variables and log. Standard library only."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import signal
import sys
import time
from pathlib import Path

from hitl_widget.workers.failures import describe

__all__ = ["die_with", "enter", "note", "preload", "write_to"]

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the system (Linux) to kill this process when its parent ends."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def enter(path: list[str], cwd: str, environment: dict[str, str | None]) -> None:
    """Take over the kernel's import path, folder and variables; a variable that is None is removed."""
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    if "TZ" in environment and hasattr(time, "tzset"):
        time.tzset()
    sys.path[:] = path
    importlib.invalidate_caches()
    with contextlib.suppress(OSError):
        os.chdir(cwd)


def preload(name: str) -> None:
    """Import a module, unless it is imported; a missing one is reported by the code that needs it."""
    if name in sys.modules:
        return
    started = time.perf_counter()
    try:
        importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - a preload is a favour, not a condition
        note(f"preload {name}: {describe(error)}")
    else:
        note(f"preload {name}: {time.perf_counter() - started:.2f} s")


def note(text: str) -> None:
    """Write a line to the log of the process."""
    sys.stderr.write(f"{text}\n")


def write_to(path: Path, *, fresh: bool = False) -> None:
    """Let standard output and error go to a file; kept as they are when it cannot be opened."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if fresh else 0)
    with contextlib.suppress(OSError):
        log = os.open(path, flags, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
