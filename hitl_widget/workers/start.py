"""The kernel's handles on the template process, of which there is one, and on the fork servers that it forks.

The template is started by a plain ``subprocess.Popen``: the ways of `multiprocessing` import the user's ``__main__``
again, which runs a script without an ``if __name__ == "__main__"`` guard a second time.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hitl_widget.learners.registry import LEARNERS, preloads
from hitl_widget.workers.failures import tail

__all__ = [
    "PRELOAD",
    "ForkServer",
    "Template",
    "changes",
    "environment",
    "new_fork_server",
    "search_path",
    "warm_template",
]

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
"""Modules that the template imports, those of the first models first. Only third-party libraries and this package, for
the user's own modules may change between two sessions. A module that starts a thread on import, as CatBoost does, must
not be here: forking would be unsafe."""

_BOOT = (
    "import json, sys; options = json.loads(sys.argv[1]); sys.path[:] = options['path']; "
    "from hitl_widget.workers.template import main; main(options)"
)
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # else importing pyarrow starts a thread, and forking is unsafe
    "MPLBACKEND": "Agg",  # a notebook's inline backend would import IPython into every worker
}
_IDLE_SECONDS = (600.0, 60.0)
_QUIT_SECONDS = 2.0
_KILL_SECONDS = 5.0


class Template:
    """A running template process, which imports the libraries and forks fork servers. Used under the lock of `_Kernel`.

    Parameters
    ----------
    preload
        Modules to import at once, in order; a missing one is skipped.
    idle
        Seconds after which it ends if no session comes, and if no session is left.
    death_signal
        Whether Linux shall kill it when the kernel ends.

    Raises
    ------
    OSError
        When the process cannot be started.
    """

    def __init__(
        self, preload: Iterable[str] = PRELOAD, *, idle: tuple[float, float] = _IDLE_SECONDS, death_signal: bool = True
    ) -> None:
        self._owner = os.getpid()
        self.environment = environment()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - open until nobody reads it
        weakref.finalize(self, self.log.close).atexit = False
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        options = {
            "control": theirs.fileno(),
            "parent": self._owner,
            "death_signal": death_signal,
            "preload": list(preload),
            "idle": idle,
            "path": search_path(),
        }
        try:
            self._process, self._attending = self._start(options)
        except OSError:
            self._control.close()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Return whether the process runs and was started by this process, not by the parent of a fork."""
        return self._owner == os.getpid() and self._attending.is_alive()

    def serve(self, preload: Iterable[str]) -> ForkServer:
        """Have it import the modules that it has not imported yet, and fork a fork server, which may be used at once.

        Raises
        ------
        OSError
            When it has ended.
        """
        control, theirs = socket.socketpair()
        leash, their_leash = socket.socketpair()
        try:
            _order(self._control, "serve", [theirs.fileno(), their_leash.fileno()], preload=list(preload))
        except OSError:
            control.close()
            leash.close()
            raise
        finally:
            theirs.close()
            their_leash.close()
        return ForkServer(self, control, leash)

    def close(self) -> None:
        """End the process, and its fork servers with it; safe to call twice."""
        if self.alive():
            with contextlib.suppress(OSError):
                _order(self._control, "quit")  # the end of file does not come while a fork of the kernel has the socket
        self._control.close()
        if self._owner == os.getpid():
            self._attending.join(_QUIT_SECONDS)
        if self.alive():
            self.kill()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._attending.join(_KILL_SECONDS)

    def _start(self, options: dict[str, Any]) -> tuple[subprocess.Popen[bytes], threading.Thread]:
        """Start the process in a thread that lives as long: for Linux, the death of that thread is the parent's."""
        started: queue.SimpleQueue[subprocess.Popen[bytes] | OSError] = queue.SimpleQueue()
        log, environment = self.log, self.environment

        def attend() -> None:
            try:
                process = subprocess.Popen(
                    [sys.executable, "-u", "-c", _BOOT, json.dumps(options)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(options["control"],),
                    start_new_session=True,
                    env=environment,
                )
            except OSError as error:
                started.put(error)
                return
            started.put(process)
            process.wait()

        thread = threading.Thread(target=attend, name="hitl-template", daemon=True)
        thread.start()
        process = started.get()
        if isinstance(process, OSError):
            raise process
        return process, thread


class ForkServer:
    """The fork server of a session, a source of workers. Owned by one thread at a time; made by `Template.serve`.

    Parameters
    ----------
    template
        The process that forks it.
    control
        Socket of the orders.
    leash
        Socket to the template: a byte comes from there after the fork, the end of file when the fork server is gone.
    """

    shared = True

    def __init__(self, template: Template, control: socket.socket, leash: socket.socket) -> None:
        self._template = template
        self._owner = os.getpid()
        self._folder: Path | None = None
        self._text = b""
        self._control, self._leash = control, leash
        self._control.setblocking(False)
        self._forked = self._gone = False

    def fileno(self) -> int:
        """Descriptor that is readable when there are `reports`."""
        return self._control.fileno()

    def prepare(self, folder: Path, context: str, preload: Iterable[str]) -> None:
        """Have it open the context; it reports ``ready`` or ``failed``."""
        self._folder = folder
        _order(
            self._control,
            "prepare",
            path=search_path(),
            cwd=str(Path.cwd()),
            environment=changes(self._template.environment, environment()),
            folder=str(folder),
            context=context,
            preload=list(preload),
        )

    def start_worker(self, worker: int, slot: int, memory_bytes: int) -> socket.socket:
        """Have it fork a worker with a number; the socket to it may be used at once."""
        ours, theirs = socket.socketpair()
        try:
            _order(self._control, "fork", [theirs.fileno()], worker=worker, slot=slot, memory=memory_bytes)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        return ours

    def end(self, worker: int) -> None:
        """Have it kill a worker; one that has ended already is ignored."""
        _order(self._control, "end", worker=worker)

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
        """Return the last lines that the template and the fork server, or the worker of a slot, wrote."""
        if slot is not None:
            return tail(self._folder / f"worker-{slot}.log") if self._folder else ""
        text = tail(self._folder / "fork-server.log") if self._folder else ""
        if self._template.log.closed:
            return text
        log = self._template.log.fileno()
        early = os.pread(log, 4000, max(0, os.fstat(log).st_size - 4000))
        return f"{early.decode(errors='replace')}{text}".strip()

    def close(self, seconds: float = 2.0) -> None:
        """End the process and its workers, and wait for it; safe to call twice."""
        if self._owner == os.getpid() and self._control.fileno() >= 0:
            with contextlib.suppress(OSError):
                _order(self._control, "quit")  # the end of file does not come while a fork of the kernel has the socket
            self._control.close()
            if not self._ends_within(seconds):  # it reaps its workers first
                self._pull()
        self._control.close()
        self._leash.close()

    def kill(self) -> None:
        """End the process at once, or the template when it has not even forked it."""
        if self._owner != os.getpid() or self._leash.fileno() < 0:
            return
        self._pull()
        if not self._forked and not self._gone:
            self._template.kill()

    def _pull(self) -> None:
        """Have the template kill the process, and wait for its end if it has been forked."""
        with contextlib.suppress(OSError):
            self._leash.send(b"k")
        if not self._ends_within(0.0) and self._forked:
            self._ends_within(_KILL_SECONDS)

    def _ends_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not self._gone:
            self._leash.settimeout(max(0.0, until - time.monotonic()))
            try:
                self._gone = not self._leash.recv(1)
                self._forked = True
            except (BlockingIOError, TimeoutError):
                break
            except OSError:
                self._gone = True
        return self._gone


class _Kernel:
    """The template of this process, and of the sessions in it."""

    def __init__(self) -> None:
        self.template: Template | None = None
        self._starting = threading.Lock()

    def warm(self, preload: Iterable[str]) -> None:
        with self._starting:
            self._started([name for name in preload if name in PRELOAD])

    def new_fork_server(self, preload: Iterable[str]) -> ForkServer:
        shared = [name for name in preload if name in PRELOAD]
        with self._starting:
            try:
                return self._started(shared).serve(shared)
            except OSError:  # it ended a moment ago, or cannot be started
                self._close()
                return self._started(shared).serve(shared)

    def close(self) -> None:
        with self._starting:
            self._close()

    def end(self) -> None:
        """Close it at exit, where nobody reads the log any more."""
        template = self.template
        self.close()
        if template is not None:
            template.log.close()

    def forget_lock(self) -> None:
        """In a fork of the kernel, another thread may have held the lock, and does not exist."""
        self._starting = threading.Lock()

    def _started(self, preload: Iterable[str]) -> Template:
        if self.template is None or not self.template.alive():
            self._close()
            self.template = Template(preload)
        return self.template

    def _close(self) -> None:
        template, self.template = self.template, None
        if template is not None:
            template.close()


_kernel = _Kernel()
weakref.finalize(_kernel, _kernel.end)  # at exit, after the executors, whose finalizers are younger
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_kernel.forget_lock)


def warm_template(preload: Iterable[str] = PRELOAD) -> None:
    """Start the template, unless it runs already; there is one per kernel, which all sessions share.

    Parameters
    ----------
    preload
        Modules to import, in order; those that are not in `PRELOAD` are left to the sessions.
    """
    _kernel.warm(preload)


def new_fork_server(preload: Iterable[str] = PRELOAD) -> ForkServer:
    """Return a fork server that is the caller's to close; the template is started if it does not run.

    Raises
    ------
    OSError
        When the template cannot be started.
    """
    return _kernel.new_fork_server(preload)


def search_path() -> list[str]:
    """The import path of this process, so that a worker finds the same modules."""
    return [str(Path(entry).absolute()) for entry in sys.path]


def environment() -> dict[str, str]:
    """Return the variables that a worker gets: those of this process, and single-threaded libraries."""
    return {**os.environ, **_ENVIRONMENT}


def changes(before: dict[str, str], now: dict[str, str]) -> dict[str, str | None]:
    """Return the variables that differ, None for one that is gone."""
    return {name: now.get(name) for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def _order(control: socket.socket, do: str, sockets: list[int] | None = None, **fields: Any) -> None:
    """Send an order without waiting; the process sees it when it next listens."""
    text = json.dumps({"do": do, **fields}).encode() + b"\n"
    sent = socket.send_fds(control, [text], sockets or [])
    if sent < len(text):  # a process that has not read its orders for so long is lost
        raise BlockingIOError("the process does not take orders")
