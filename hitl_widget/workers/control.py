"""The loop of a process that forks others: orders come on a socket, children are reaped, and it ends with its parent.

POSIX only; imports the standard library only, and starts no thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
from collections import deque
from collections.abc import Iterable
from typing import Any

from hitl_widget.workers.surroundings import preload

__all__ = ["ControlLoop", "kill_group", "reap", "settle_blas"]

_PARENT_CHECK_SECONDS = 2.0
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class ControlLoop:
    """Obeys orders and reaps children until the parent process or the other end of the socket is gone.

    An order is a JSON line, ``{"do": name, ...}``, with descriptors attached where it needs them. The method
    ``_do_<name>`` of the subclass carries it out.

    Parameters
    ----------
    control
        Socket of the orders, and of the reports that go back.
    parent
        Process id of the parent.
    death_signal
        Whether Linux shall kill the forked processes when this one ends.
    """

    def __init__(self, control: socket.socket, parent: int, *, death_signal: bool) -> None:
        self._control = control
        self._parent = parent
        self._pid = os.getpid()
        self._death_signal = death_signal
        self._text = b""
        self._sockets: deque[int] = deque()
        self._selector = selectors.DefaultSelector()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def run(self) -> None:
        """Obey orders and reap children until the kernel hangs up."""
        while os.getppid() == self._parent and not self._idle():
            for key, _ in self._selector.select(_PARENT_CHECK_SECONDS):
                if key.fileobj is self._woken:
                    self._drain_wakeups()
                    self._reap()
                elif key.fileobj is self._control:
                    if not self._listen():
                        return
                else:
                    key.data()

    def preload(self, names: Iterable[str]) -> None:
        """Import modules for all children; skip a missing one, which is reported by the code that needs it."""
        for name in names:
            if os.getppid() != self._parent:
                os._exit(0)
            preload(name)

    def _idle(self) -> bool:
        """Return whether the process is no longer needed."""
        return False

    def _reap(self) -> None:
        """Take note of children that have ended."""
        raise NotImplementedError

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

    def _do_quit(self) -> None:
        sys.exit(0)

    def _next_socket(self) -> socket.socket:
        return socket.socket(fileno=self._sockets.popleft())

    def _report(self, what: str, **fields: Any) -> None:
        with contextlib.suppress(ConnectionError):
            self._control.sendall(json.dumps({"what": what, **fields}).encode() + b"\n")

    def _drain_wakeups(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._woken.recv(4096):
                pass

    def _leave(self) -> None:
        """In a forked child: give up the signals and descriptors of this loop."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for inherited in (self._control, self._woken, self._waker, self._selector):
            inherited.close()
        for waiting in self._sockets:
            os.close(waiting)


def kill_group(pid: int) -> None:
    """Kill a process group, and its first process in case that has not made its group yet."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def reap(pid: int) -> int | None:
    """Return the exit code (or minus the signal) of a child that has ended, and kill its group; None while it runs."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    if not found:
        return None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)  # what the child started itself
    return os.waitstatus_to_exitcode(status)


def settle_blas() -> None:
    """Let OpenBLAS take its work buffers here: in a worker near its memory limit it would ask for them for ever.

    It takes two, one when it is loaded and one for this product. A fork frees the first, so this comes before each.
    """
    numpy, blas = sys.modules.get("numpy"), sys.modules.get("scipy.linalg.blas")
    if numpy is not None:
        square = numpy.ones((128, 128))
        numpy.dot(square, square)
        if blas is not None:
            blas.dgemm(1.0, square, square)
