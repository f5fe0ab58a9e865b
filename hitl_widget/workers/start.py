"""The kernel's handle on a fork server, and the one started ahead of time for a quick first model.

A fork server is started by a plain ``subprocess.Popen``: the ways of `multiprocessing` import the user's ``__main__``
again, which runs a script without an ``if __name__ == "__main__"`` guard a second time.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hitl_widget.learners.registry import LEARNERS, preloads
from hitl_widget.workers.failures import tail

__all__ = ["PRELOAD", "ForkServer", "take", "warm"]

PRELOAD: tuple[str, ...] = (
    "numpy",
    "pandas",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.compose",
    "sklearn.impute",
    "sklearn.metrics",
    "sklearn.model_selection",
    "hitl_widget.evaluation.fold",
    "hitl_widget.learners.fitting",
    "hitl_widget.learners.recipes",
    "hitl_widget.learners.scoring",
    *preloads(LEARNERS.built_in.values()),
)
"""Modules that a fork server imports ahead of time, those of the first models first. A module that starts a thread on
import, as CatBoost does, must not be here: forking would be unsafe."""

_BOOT = (
    "import json, sys; options = json.loads(sys.argv[1]); sys.path[:] = options['path']; "
    "from hitl_widget.workers.fork_server import main; main(options)"
)
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # else importing pyarrow starts a thread, and forking is unsafe
    "MPLBACKEND": "Agg",  # a notebook's inline backend would import IPython into every worker
}


class ForkServer:
    """A running fork server process. Owned by one thread at a time.

    Parameters
    ----------
    preload
        Modules to import at once, in order; a missing one is skipped.
    death_signal
        Whether Linux shall kill the process when *the calling thread* ends: right for the main thread and for a thread
        that closes the fork server itself, and the default for the former only.

    Raises
    ------
    OSError
        When the process cannot be started.
    """

    def __init__(self, preload: Iterable[str] = PRELOAD, *, death_signal: bool | None = None) -> None:
        if death_signal is None:
            death_signal = threading.current_thread() is threading.main_thread()
        self._owner = os.getpid()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `close`
        self._folder: Path | None = None
        self._text = b""
        self._control, theirs = socket.socketpair()
        options = {
            "control": theirs.fileno(),
            "parent": self._owner,
            "death_signal": death_signal,
            "preload": list(preload),
            "path": search_path(),
        }
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-u", "-c", _BOOT, json.dumps(options)],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env={**os.environ, **_ENVIRONMENT},
            )
        except OSError:
            self._control.close()
            self._log.close()
            raise
        finally:
            theirs.close()
        self._control.setblocking(False)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Return whether the process runs and was started by this process, not by the parent of a fork."""
        return self._owner == os.getpid() and self._process.poll() is None

    def fileno(self) -> int:
        """Descriptor that is readable when there are `reports`."""
        return self._control.fileno()

    def prepare(self, folder: Path, context: str, preload: Iterable[str]) -> None:
        """Have it open the context; it reports ``ready`` or ``failed``."""
        self._folder = folder
        self._order(
            "prepare",
            path=search_path(),
            cwd=str(Path.cwd()),
            folder=str(folder),
            context=context,
            preload=list(preload),
        )

    def fork(self, worker: int, slot: int, memory_bytes: int) -> socket.socket:
        """Have it fork a worker with a number; the socket to it may be used at once."""
        ours, theirs = socket.socketpair()
        try:
            self._order("fork", [theirs.fileno()], worker=worker, slot=slot, memory=memory_bytes)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    def end(self, worker: int) -> None:
        """Have it kill a worker; one that has ended already is ignored."""
        self._order("end", worker=worker)

    def reports(self) -> tuple[list[dict[str, Any]], bool]:
        """Reports that have arrived, and whether the process still listens."""
        lines: list[bytes] = []
        listens = True
        try:
            while text := self._control.recv(65536):
                *more, self._text = (self._text + text).split(b"\n")
                lines += more
            listens = False
        except BlockingIOError:
            pass
        except OSError:
            listens = False
        return [json.loads(line) for line in lines], listens

    def log(self, slot: int | None = None) -> str:
        """Return the last lines that the fork server, or the worker of a slot, wrote."""
        if slot is not None:
            return tail(self._folder / f"worker-{slot}.log") if self._folder else ""
        text = tail(self._folder / "fork-server.log") if self._folder else ""
        if self._log.closed:
            return text
        early = os.pread(self._log.fileno(), 4000, max(0, os.fstat(self._log.fileno()).st_size - 4000))
        return f"{early.decode(errors='replace')}{text}".strip()

    def close(self, seconds: float = 2.0) -> None:
        """End the process and its workers, and wait for it; safe to call twice."""
        if self._owner == os.getpid() and self._control.fileno() >= 0:
            with contextlib.suppress(OSError):
                self._order("quit")  # the end of file does not come while a fork of the kernel keeps the socket
        self._control.close()
        self._log.close()
        if self._owner != os.getpid() or self._process.returncode is not None:
            return
        try:
            self._process.wait(seconds)  # it reaps its workers first
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def _order(self, do: str, sockets: list[int] | None = None, **fields: Any) -> None:
        text = json.dumps({"do": do, **fields}).encode() + b"\n"
        sent = socket.send_fds(self._control, [text], sockets or [])
        if sent < len(text):  # a fork server that has not read its orders for so long is lost
            raise BlockingIOError("the fork server does not take orders")


def search_path() -> list[str]:
    """The import path of this process, so that a worker finds the same modules."""
    return [str(Path(entry).absolute()) for entry in sys.path]


_parked: ForkServer | None = None
_parking = threading.Lock()


def warm(preload: Iterable[str] = PRELOAD) -> None:
    """Start a fork server ahead of its session, so that the libraries are imported by the time a table is there.

    One is kept per kernel; the next process executor takes it. Nothing happens where one is parked already, and on
    systems that cannot fork.

    Parameters
    ----------
    preload
        Modules to import, in order.
    """
    global _parked
    if not hasattr(os, "fork"):
        return
    with _parking:
        if _parked is None or not _parked.alive():
            _discard()
            _parked = ForkServer(preload)


def take(preload: Iterable[str] = PRELOAD) -> ForkServer:
    """The parked fork server, or a new one when none is parked; it is the caller's to close."""
    global _parked
    with _parking:
        server, _parked = _parked, None
    if server is not None:
        if server.alive():
            return server
        server.close(0.0)
    return ForkServer(preload, death_signal=True)


@atexit.register
def _discard() -> None:
    global _parked
    server, _parked = _parked, None
    if server is not None:
        server.close(0.0)
