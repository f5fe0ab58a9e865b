"""The fork server: a process that imports the libraries and the table once, then forks a worker per request.

It runs apart from the kernel (own session, no interrupt reaches it) and never starts a thread, so that forking is safe.
It ends with the kernel: by the parent-death signal on Linux, everywhere by the end of file on its control socket.

Orders come as JSON lines, a ``fork`` with the worker's socket attached; reports go back the same way:

========  =================================================  ==============================================
order     fields                                             report
========  =================================================  ==============================================
prepare   path, cwd, folder, context, preload                ``ready``, or ``failed`` (reason, detail), then exit
fork      worker, slot, memory                               none: the worker itself says that it is ready
end       worker                                             ``ended`` (worker, status), also when it ended itself
quit                                                         none
========  =================================================  ==============================================
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections import deque
from pathlib import Path
from typing import Any

from hitl_widget.workers.failures import describe, resolve
from hitl_widget.workers.loop import serve

__all__ = ["main"]

_PARENT_CHECK_SECONDS = 2.0
_PR_SET_PDEATHSIG = 1
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def main(options: dict[str, Any]) -> None:
    """Run a fork server until its kernel is gone.

    Parameters
    ----------
    options
        ``control`` (descriptor of the socket), ``parent`` (process id), ``death_signal`` (bool), ``preload`` (names).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if options["death_signal"]:
        _die_with(options["parent"])
    os.set_inheritable(options["control"], False)
    server = _Server(socket.socket(fileno=options["control"]), options["parent"], options["death_signal"])
    gc.disable()  # importing makes objects that stay
    try:
        server.preload(options["preload"])
        gc.freeze()
        gc.enable()
        server.run()
    except Exception:  # noqa: BLE001 - the log is where the kernel looks for the reason
        traceback.print_exc()
    finally:
        server.end_all()
        sys.stderr.flush()
        os._exit(0)  # the libraries' exit handlers have nothing to save here


def _die_with(parent: int) -> None:
    """Ask the system (Linux) to kill this process when its parent ends."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


class _Server:
    def __init__(self, control: socket.socket, parent: int, death_signal: bool) -> None:
        self._control = control
        self._parent = parent
        self._pid = os.getpid()
        self._death_signal = death_signal
        self._text = b""
        self._sockets: deque[int] = deque()
        self._pids: dict[int, int] = {}
        self._context: Any = None
        self._folder = Path()
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def preload(self, names: list[str]) -> None:
        """Import modules for all workers; one that is missing is left to whoever needs it."""
        for name in names:
            if os.getppid() != self._parent:
                os._exit(0)
            if name in sys.modules:
                continue
            started = time.perf_counter()
            try:
                importlib.import_module(name)
            except Exception as error:  # noqa: BLE001 - a preload is a favour, not a condition
                _note(f"preload {name}: {describe(error)}")
            else:
                _note(f"preload {name}: {time.perf_counter() - started:.2f} s")

    def run(self) -> None:
        """Obey orders and reap workers until the kernel hangs up."""
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        while os.getppid() == self._parent:
            for key, _ in self._selector.select(_PARENT_CHECK_SECONDS):
                if key.fileobj is self._woken:
                    self._reap()
                elif not self._listen():
                    return

    def end_all(self) -> None:
        """Kill and reap every worker."""
        for pid in self._pids.values():
            _kill(pid)
        for pid in self._pids.values():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def _listen(self) -> bool:
        try:
            text, sockets, _, _ = socket.recv_fds(self._control, 65536, 64, _CLOSE_ON_EXEC)
        except ConnectionError:
            return False
        self._sockets.extend(sockets)
        *lines, self._text = (self._text + text).split(b"\n")
        for line in lines:
            order = json.loads(line)
            getattr(self, f"_do_{order.pop('do')}")(**order)
        return bool(text)

    def _report(self, what: str, **fields: Any) -> None:
        with contextlib.suppress(ConnectionError):
            self._control.sendall(json.dumps({"what": what, **fields}).encode() + b"\n")

    def _do_prepare(self, path: list[str], cwd: str, folder: str, context: str, preload: list[str]) -> None:
        sys.path[:] = path
        importlib.invalidate_caches()
        self._folder = Path(folder)
        try:
            with contextlib.suppress(OSError):
                os.chdir(cwd)
            _write_to(self._folder / "fork-server.log")
            self.preload(preload)
            self._context = resolve(context)(self._folder)
            _settle_blas()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the person must read it
            traceback.print_exc()
            self._report("failed", reason=describe(error), detail=traceback.format_exc())
            sys.exit(1)
        gc.freeze()  # so that the collector of a worker does not copy the shared pages
        self._report("ready")

    def _do_fork(self, worker: int, slot: int, memory: int) -> None:
        sock = socket.socket(fileno=self._sockets.popleft())
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            pid = os.fork()
        except OSError as error:
            sock.close()
            _note(f"fork: {describe(error)}")
            self._report("ended", worker=worker, status=None)
            return
        if pid == 0:
            self._become_worker(sock, slot, memory)
        sock.close()
        self._pids[worker] = pid

    def _do_end(self, worker: int) -> None:
        if pid := self._pids.get(worker):
            _kill(pid)

    def _do_quit(self) -> None:
        sys.exit(0)

    def _become_worker(self, sock: socket.socket, slot: int, memory: int) -> None:
        """Leave the fork server's life behind, serve, and never return."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            if self._death_signal:
                _die_with(self._pid)
            for inherited in (self._control, self._woken, self._waker, self._selector):
                inherited.close()
            _write_to(self._folder / f"worker-{slot}.log", fresh=True)
            serve(sock, self._context, memory)
            status = 0
        except BaseException:  # noqa: BLE001 - nothing may unwind into the fork server's frames
            traceback.print_exc()
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass
        for worker, pid in list(self._pids.items()):
            with contextlib.suppress(ChildProcessError):
                found, status = os.waitpid(pid, os.WNOHANG)
                if found:
                    del self._pids[worker]
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(pid, signal.SIGKILL)  # what the worker started itself
                    self._report("ended", worker=worker, status=os.waitstatus_to_exitcode(status))


def _settle_blas() -> None:
    """Let OpenBLAS take its work buffers here: in a worker near its memory limit it would ask for them for ever."""
    numpy, blas = sys.modules.get("numpy"), sys.modules.get("scipy.linalg.blas")
    if numpy is not None:
        square = numpy.ones((128, 128))
        numpy.dot(square, square)
        if blas is not None:
            blas.dgemm(1.0, square, square)


def _kill(pid: int) -> None:
    """Kill a worker's process group, and the worker in case it has not made its group yet."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _note(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _write_to(path: Path, *, fresh: bool = False) -> None:
    """Let standard output and error go to a file; kept as they are when it cannot be opened."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | (os.O_TRUNC if fresh else 0)
    with contextlib.suppress(OSError):
        log = os.open(path, flags, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
