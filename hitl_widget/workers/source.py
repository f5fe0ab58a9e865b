"""Sources of workers: the contract between the supervisor and what starts a session's worker processes."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

__all__ = ["WorkerSource"]


class WorkerSource(Protocol):
    """Starts and ends the workers of one session. Owned by one thread at a time.

    Reports are dictionaries with ``what``:

    ============  ================  =================================================================
    what          fields            meaning
    ============  ================  =================================================================
    ready                           workers can be started
    failed        reason, detail    no worker can be started
    connected     worker, socket    the socket of a worker for which `start_worker` returned none
    ended         worker, status    a worker has ended; exit code, or minus the signal, or None
    ============  ================  =================================================================
    """

    @property
    def shared(self) -> bool:
        """Whether all workers come from one process and end with it."""
        ...

    def fileno(self) -> int:
        """Descriptor that is readable when there are `reports`."""
        ...

    def prepare(self, folder: Path, context: str, preload: Iterable[str]) -> None:
        """Take what all workers need; raises OSError when none can be started."""
        ...

    def start_worker(self, worker: int, slot: int, memory_bytes: int) -> socket.socket | None:
        """Start a worker with a number; the socket to it may be used at once, or comes with a report.

        Raises
        ------
        OSError
            When it cannot be started.
        """
        ...

    def end(self, worker: int) -> None:
        """Kill a worker and what it started; one that has ended already is ignored."""
        ...

    def reports(self) -> tuple[list[dict[str, Any]], bool]:
        """Return reports that have arrived, and whether the source still works."""
        ...

    def log(self, slot: int | None = None) -> str:
        """Return the last lines that the worker of a slot wrote, or what came before any worker."""
        ...

    def close(self, seconds: float = 2.0) -> None:
        """End all workers, and wait for that; safe to call twice."""
        ...

    def kill(self) -> None:
        """End all workers at once."""
        ...
