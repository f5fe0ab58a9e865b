"""Workers without `os.fork`: a pool of processes that have imported the libraries and wait for a session.

There is one pool for each kernel. A session takes a process for each of its workers and never gives it back, since it
has then the session's modules and table. While a session is open, the pool has at least one process ready, which takes
the place of a worker that was killed.

Processes are started by a plain ``subprocess.Popen``: the ways of `multiprocessing` import the user's ``__main__``
again. Each connects to a listener on the loopback interface, as the kernels of Jupyter do, since no other kind of
socket exists on every system. Nothing is read from a connection that does not know the secret of its process.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import pickle
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from hitl_widget.workers.channel import write_message
from hitl_widget.workers.failures import tail
from hitl_widget.workers.processes import kill_tree
from hitl_widget.workers.spawned import SECRET_BYTES
from hitl_widget.workers.start import PRELOAD, changes, environment, search_path

__all__ = ["Pool", "Spawner", "new_spawner", "warm_pool"]

_BOOT = (
    "import json, sys; options = json.loads(sys.stdin.buffer.readline()); sys.path[:] = options['path']; "
    "from hitl_widget.workers.spawned import main; main(options)"
)
_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_HANDSHAKE_SECONDS = 2.0
_KILL_SECONDS = 5.0
_IDLE_SECONDS = (600.0, 60.0)

Hear = Callable[[str, Any], None]


class _Process:
    """A process of the pool. Its state is guarded by the pool's lock; a thread attends it as long as it runs.

    Parameters
    ----------
    pool
        Hears when it has ended.
    number
        Names its log.
    preload
        Modules that it imports.
    """

    def __init__(self, pool: Pool, number: int, preload: Iterable[str]) -> None:
        self._pool = pool
        self.secret = secrets.token_bytes(2 * SECRET_BYTES)
        self.environment = environment()
        self.log = pool.folder / f"{number}.log"
        self.socket: socket.socket | None = None
        self.order: dict[str, Any] | None = None
        self.hear: Hear | None = None
        self.ended = False
        self.status: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        options = {
            "parent": os.getpid(),
            "death_signal": pool.death_signal,
            "port": pool.port,
            "secret": self.secret.hex(),
            "preload": list(preload),
            "path": search_path(),
        }
        self._thread = threading.Thread(target=self._attend, args=(options,), name="hitl-worker", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """Kill it and what it started."""
        with self._pool.lock:
            self._killed = True
            process = self._process
        if process is not None and process.poll() is None:
            kill_tree(process.pid)

    def wait(self, seconds: float) -> None:
        """Wait until it has ended."""
        if threading.current_thread() is not self._thread:
            self._thread.join(seconds)

    def text(self) -> str:
        """Return the last lines that it wrote before a session took it."""
        return tail(self.log)

    def _attend(self, options: dict[str, Any]) -> None:
        """Start it and wait for its end, in a thread that lives as long: for Linux, this thread is its parent."""
        try:
            with self.log.open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-u", "-c", _BOOT],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    creationflags=_FLAGS,
                    env=self.environment,
                )
        except OSError as error:
            with contextlib.suppress(OSError):
                self.log.write_text(str(error), encoding="utf-8")
            self._pool.process_ended(self, None)
            return
        with process:
            with self._pool.lock:
                self._process = process
                killed = self._killed
            assert process.stdin is not None
            with contextlib.suppress(OSError):
                process.stdin.write(json.dumps(options).encode() + b"\n")
                process.stdin.flush()  # and stays open: its end is the kernel's
            if killed:
                kill_tree(process.pid)
            status = process.wait()
            kill_tree(process.pid)  # what it started itself
        self._pool.process_ended(self, status)


class Pool:
    """The processes of a kernel that wait for a session, and the listener that they connect to.

    Parameters
    ----------
    idle
        Seconds after which they end if no session comes, and if no session is left.
    death_signal
        Whether Linux shall kill them when the kernel ends, even those that hold the interpreter's lock.

    Raises
    ------
    OSError
        When there is no loopback interface, or no folder for the logs.
    """

    def __init__(self, idle: tuple[float, float] = _IDLE_SECONDS, *, death_signal: bool = True) -> None:
        self.owner = os.getpid()
        self.death_signal = death_signal and sys.platform == "linux"
        self.lock = threading.RLock()
        self._first_idle, self._idle = idle
        self._numbers = 0
        self._sessions = 0
        self._preload: tuple[str, ...] = ()
        self._all: set[_Process] = set()
        self._waiting: deque[_Process] = deque()
        self._timer: threading.Timer | None = None
        self.closed = False
        # Named like the scratch folder of a session, so that it is deleted even if this process is killed.
        self.folder = Path(tempfile.mkdtemp(prefix=f"hitl_widget_{os.getpid()}_"))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name="hitl-pool", daemon=True)
        self._acceptor.start()

    @property
    def waiting(self) -> int:
        """Number of processes that no session has taken."""
        with self.lock:
            return len(self._waiting)

    def warm(self, count: int, preload: tuple[str, ...]) -> None:
        """Have processes ready; they end after some minutes if no session takes them."""
        with self.lock:
            self._preload = preload
            while len(self._waiting) < count:
                self._waiting.append(self._new())
            if not self._sessions:
                self._end_waiting_after(self._first_idle)

    def open(self, preload: tuple[str, ...]) -> None:
        """Take note of a session."""
        with self.lock:
            self._sessions += 1
            self._preload = preload
            self._end_waiting_after(None)

    def leave(self) -> None:
        """Take note of the end of a session."""
        with self.lock:
            self._sessions -= 1
            if not self._sessions and not self.closed:
                self._end_waiting_after(self._idle)

    def take(self, order: dict[str, Any], hear: Hear) -> _Process:
        """Return a process for a worker; `hear` is told when it is ``connected`` and when it has ``ended``.

        Parameters
        ----------
        order
            What the process does for the session, without its variables.
        hear
            Called from any thread, with the socket or the exit status.

        Raises
        ------
        OSError
            When the pool is closed.
        """
        with self.lock:
            if self.closed:
                raise BrokenPipeError("the pool of workers is closed")
            ready = next((one for one in self._waiting if one.socket is not None), None)
            process = ready or (self._waiting[0] if self._waiting else self._new())
            if process in self._waiting:
                self._waiting.remove(process)
            order["environment"] = changes(process.environment, order["environment"])
            process.order, process.hear = order, hear
            self._hand_over(process)
        return process

    def process_ended(self, process: _Process, status: int | None) -> None:
        """Take note of the end of a process."""
        with self.lock:
            process.ended, process.status = True, status
            self._all.discard(process)
            if process in self._waiting:
                self._waiting.remove(process)
            hear, process.hear = process.hear, None
            if process.socket is not None:
                process.socket.close()
        if hear is not None:
            hear("ended", status)

    def close(self) -> None:
        """End all processes and the listener; safe to call twice."""
        if self.owner != os.getpid():
            self._listener.close()
            return
        with self.lock:
            already, self.closed = self.closed, True
            self._end_waiting_after(None)
            processes = list(self._all)
        for process in processes:
            process.kill()
        for process in processes:
            process.wait(_KILL_SECONDS)
        if not already:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), _HANDSHAKE_SECONDS).close()  # wakes the acceptor
            self._acceptor.join(_KILL_SECONDS)
            self._listener.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _new(self) -> _Process:
        self._numbers += 1
        process = _Process(self, self._numbers, self._preload)
        self._all.add(process)
        return process

    def _accept(self) -> None:
        while not self.closed:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._greet(sock)

    def _greet(self, sock: socket.socket) -> None:
        """Find whose connection this is, by its secret."""
        sock.settimeout(_HANDSHAKE_SECONDS)
        shown = bytearray()
        with contextlib.suppress(OSError):
            while len(shown) < SECRET_BYTES and (part := sock.recv(SECRET_BYTES - len(shown))):
                shown += part
        with self.lock:
            known = [one for one in self._all if one.socket is None]
            process = next((one for one in known if hmac.compare_digest(one.secret[:SECRET_BYTES], shown)), None)
            if process is None or self.closed:
                sock.close()
                return
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                write_message(sock, process.secret[SECRET_BYTES:])
            except OSError:
                sock.close()
                return
            process.socket = sock
            if process.hear is not None:
                self._hand_over(process)

    def _hand_over(self, process: _Process) -> None:
        """Give a process its order, and its socket to the session, when both are there; then have one more ready."""
        sock, hear = process.socket, process.hear
        if sock is None or hear is None:
            return
        with contextlib.suppress(OSError):  # it has ended, which is reported
            write_message(sock, pickle.dumps(process.order))
        process.socket = None
        process.order = None
        hear("connected", sock)
        starting = any(one.order is not None for one in self._all)
        if self._sessions and not starting and not self._waiting:
            self._waiting.append(self._new())

    def _end_waiting_after(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None:
            self._timer = threading.Timer(seconds, self._end_waiting)
            self._timer.daemon = True
            self._timer.start()

    def _end_waiting(self) -> None:
        with self.lock:
            if self._sessions:
                return
            processes = list(self._waiting)
        for process in processes:
            process.kill()


class Spawner:
    """The workers of a session, taken from the pool: a source of workers. Owned by one thread at a time.

    Parameters
    ----------
    pool
        The pool of this kernel.
    preload
        Modules that the pool's processes import.
    """

    shared = False

    def __init__(self, pool: Pool, preload: tuple[str, ...]) -> None:
        self._pool = pool
        self._reports: deque[dict[str, Any]] = deque()
        self._processes: dict[int, _Process] = {}
        self._last: _Process | None = None
        self._folder: Path | None = None
        self._order: dict[str, Any] = {}
        self._open = True
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        pool.open(preload)

    def fileno(self) -> int:
        """Descriptor that is readable when there are `reports`."""
        return self._woken.fileno()

    def prepare(self, folder: Path, context: str, preload: Iterable[str]) -> None:
        """Take what all workers need: each opens the context."""
        self._folder = folder
        self._order = {
            "folder": str(folder),
            "context": context,
            "preload": list(preload),
            "path": search_path(),
            "cwd": str(Path.cwd()),
        }
        self._report("ready")

    def start_worker(self, worker: int, slot: int, memory_bytes: int) -> None:
        """Take a process from the pool; its socket comes with a report."""
        order = {**self._order, "environment": environment(), "slot": slot, "memory": memory_bytes}
        if self._folder is not None:
            with contextlib.suppress(OSError):  # Windows: the process before it is still ending
                self._log_of(slot).unlink()
        self._last = self._processes[worker] = self._pool.take(order, partial(self._hear, worker))

    def end(self, worker: int) -> None:
        """Kill a worker and what it started; one that has ended already is ignored."""
        process = self._processes.get(worker)
        if process is not None:
            process.kill()

    def reports(self) -> tuple[list[dict[str, Any]], bool]:
        """Return reports that have arrived, and that this source still works."""
        with contextlib.suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass
        found = []
        with contextlib.suppress(IndexError):
            while True:
                found.append(self._reports.popleft())
        for report in found:
            if report["what"] == "ended":
                self._processes.pop(report["worker"], None)
        return found, True

    def log(self, slot: int | None = None) -> str:
        """Return the last lines that the worker of a slot wrote, or what one wrote before it had a slot."""
        if self._folder is not None and slot is not None and self._log_of(slot).exists():
            return tail(self._log_of(slot))
        return self._last.text() if self._last else ""

    def close(self, seconds: float = 2.0) -> None:
        """End all workers, and wait for that; safe to call twice."""
        self.kill()
        until = time.monotonic() + max(seconds, _KILL_SECONDS)
        for process in list(self._processes.values()):
            process.wait(max(0.0, until - time.monotonic()))
        if not self._open:
            return
        self._open = False
        self._pool.leave()
        for report in self.reports()[0]:
            if report["what"] == "connected":
                report["socket"].close()
        self._woken.close()
        self._waker.close()

    def kill(self) -> None:
        """End all workers at once."""
        if self._pool.owner == os.getpid():
            for process in list(self._processes.values()):
                process.kill()

    def _log_of(self, slot: int) -> Path:
        assert self._folder is not None
        return self._folder / f"worker-{slot}.log"

    def _hear(self, worker: int, what: str, item: Any) -> None:
        if what == "connected":
            self._report(what, worker=worker, socket=item)
        else:
            self._report(what, worker=worker, status=item)

    def _report(self, what: str, **fields: Any) -> None:
        self._reports.append({"what": what, **fields})
        with contextlib.suppress(OSError):  # full: it wakes anyway; closed: nobody is there
            self._waker.send(b"w")


class _Kernel:
    """The pool of this process."""

    def __init__(self) -> None:
        self._pool: Pool | None = None
        self._making = threading.Lock()

    def pool(self) -> Pool:
        with self._making:
            if self._pool is None or self._pool.closed or self._pool.owner != os.getpid():
                self._pool = Pool()
            return self._pool

    def close(self) -> None:
        with self._making:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def forget_lock(self) -> None:
        """In a fork of the kernel, another thread may have held the lock, and does not exist."""
        self._making = threading.Lock()


_kernel = _Kernel()
weakref.finalize(_kernel, _kernel.close)  # at exit, after the executors, whose finalizers are younger
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_kernel.forget_lock)


def warm_pool(count: int, preload: Iterable[str] = PRELOAD) -> None:
    """Have processes ready ahead of the first session, so that the libraries are imported by the time a table is there.

    Parameters
    ----------
    count
        How many.
    preload
        Modules to import, in order; those that are not in `PRELOAD` are left to the sessions.
    """
    _kernel.pool().warm(count, _shared(preload))


def new_spawner(preload: Iterable[str] = PRELOAD) -> Spawner:
    """Return a source of workers that is the caller's to close; raises OSError where there is no loopback interface."""
    return Spawner(_kernel.pool(), _shared(preload))


def _shared(preload: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that all sessions may share; the others may change between two sessions."""
    return tuple(name for name in preload if name in PRELOAD)
