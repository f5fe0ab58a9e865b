"""Processes on every system: whether one lives, how it ends, and the memory that it uses.

Standard library only on Linux; `psutil` elsewhere. Both the kernel and the workers import it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

__all__ = ["available_memory", "is_alive", "kill_descendants", "kill_tree", "private_bytes"]

_PROC = Path("/proc")


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and is not reaped yet does not."""
    if not _PROC.joinpath("self", "stat").exists():
        return _is_alive_by_psutil(pid)
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


def _is_alive_by_psutil(pid: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
    except psutil.Error:  # of another user
        return True


def kill_tree(pid: int) -> None:
    """Kill a process that leads a process group, and what it started; also what is left when it has ended.

    Where there are no process groups, its descendants are killed, which are known as long as it lives.
    """
    if not hasattr(os, "killpg"):
        kill_descendants(pid)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def kill_descendants(pid: int) -> None:
    """Kill a process and its descendants. It is suspended first, so that it starts no more while they are found."""
    import psutil

    with contextlib.suppress(psutil.Error):
        parent = psutil.Process(pid)
        if pid != os.getpid():
            with contextlib.suppress(psutil.Error):
                parent.suspend()
        for one in (*parent.children(recursive=True), parent):
            with contextlib.suppress(psutil.Error):
                one.kill()


def private_bytes(pid: int) -> int:
    """Return the bytes in memory that a process does not map from files; 0 where the system does not tell."""
    try:
        lines = _PROC.joinpath(str(pid), "status").read_bytes().splitlines()
    except OSError:
        return 0 if _PROC.joinpath("self", "status").exists() else _private_by_psutil(pid)
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith((b"RssAnon:", b"RssShmem:")))


def _private_by_psutil(pid: int) -> int:
    """Return private bytes on Windows, the unique set size on macOS."""
    import psutil

    try:
        process = psutil.Process(pid)
        private = getattr(process.memory_info(), "private", None)
        return int(process.memory_full_info().uss if private is None else private)
    except psutil.Error:
        return 0


def available_memory() -> int:
    """Return the bytes that new work may use on this machine and in this container."""
    return max(min(_available(), default=0) or _available_by_psutil(), 0)


def _available() -> Iterator[int]:
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024
    for most, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        if (limit := _read(most).strip()).isdigit() and (now := _read(used).strip()).isdigit():
            yield int(limit) - int(now)


def _available_by_psutil() -> int:
    """Return what the system says, or 4 GB on a Linux that hides it."""
    try:
        import psutil
    except ImportError:
        return 4 * 2**30
    return int(psutil.virtual_memory().available)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
