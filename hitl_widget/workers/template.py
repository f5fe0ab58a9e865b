"""The template process: it imports the libraries once for a kernel, and forks the fork server of each session.

It holds no table and no module of the user's: only third-party libraries and hitl_widget itself are imported here, so
that code which changes between two sessions is never stale. It runs apart from the kernel (own session, no interrupt
reaches it) and never starts a thread, so that forking is safe. It ends with the kernel: by the parent-death signal on
Linux, everywhere by the end of file on its control socket. It also ends when no session has needed it for a while.

Its orders (see `hitl_widget.workers.control`):

=======  =============  ================================================================================
order    fields         carried out
=======  =============  ================================================================================
serve    preload        imports what is missing, and forks a fork server with the first socket attached
quit
=======  =============  ================================================================================

The second socket of ``serve`` is the *leash* of the fork server. The template sends one byte on it after the fork and
closes it when it has reaped the fork server. A byte from the kernel kills the fork server.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from functools import partial
from typing import Any

from hitl_widget.workers import fork_server
from hitl_widget.workers.control import ControlLoop, kill_group, reap, settle_blas
from hitl_widget.workers.failures import describe
from hitl_widget.workers.surroundings import die_with, note

__all__ = ["main"]


def main(options: dict[str, Any]) -> None:
    """Run a template until its kernel is gone, or nobody has needed it for a while.

    Parameters
    ----------
    options
        ``control`` (descriptor of the socket), ``parent`` (process id), ``death_signal`` (bool), ``preload`` (names),
        ``idle`` (seconds to wait for the first session, and for another one after the last has ended).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if options["death_signal"]:
        die_with(options["parent"])
    os.set_inheritable(options["control"], False)
    control = socket.socket(fileno=options["control"])
    template = _Template(control, options["parent"], options["idle"], death_signal=options["death_signal"])
    try:
        template.load(options["preload"])
        template.run()
    except Exception:  # noqa: BLE001 - the log is where the kernel looks for the reason
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)  # the libraries' exit handlers have nothing to save here


class _Template(ControlLoop):
    def __init__(self, control: socket.socket, parent: int, idle: tuple[float, float], *, death_signal: bool) -> None:
        super().__init__(control, parent, death_signal=death_signal)
        self._leashes: dict[int, socket.socket] = {}
        first, self._idle_seconds = idle
        self._idle_from = time.monotonic() + first

    def load(self, names: list[str]) -> None:
        """Import modules that all sessions share."""
        gc.disable()  # importing makes objects that stay
        self.preload(names)
        settle_blas()
        gc.freeze()
        gc.enable()

    def _idle(self) -> bool:
        return not self._leashes and time.monotonic() >= self._idle_from

    def _do_serve(self, preload: list[str]) -> None:
        control, leash = self._next_socket(), self._next_socket()
        leash.setblocking(False)
        with control:
            self.load(preload)
            pid = None if _is_pulled(leash) else self._fork(control, leash)
        if pid is None:
            leash.close()
            return
        self._leashes[pid] = leash
        self._selector.register(leash, selectors.EVENT_READ, partial(self._pull, pid))

    def _fork(self, control: socket.socket, leash: socket.socket) -> int | None:
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            pid = os.fork()
        except OSError as error:
            note(f"fork: {describe(error)}")
            return None
        if pid == 0:
            leash.close()
            self._become_fork_server(control)
        with contextlib.suppress(OSError):
            leash.send(b"f")  # before our end of `control` is closed, so that its end of file comes later
        return pid

    def _become_fork_server(self, control: socket.socket) -> None:
        """Give up the role of template, serve a session, and never return."""
        try:
            self._leave()
            for leash in self._leashes.values():
                leash.close()
            os.setsid()
            fork_server.run(control, self._pid, death_signal=self._death_signal)
        except BaseException:  # noqa: BLE001 - nothing may unwind into the template's frames
            traceback.print_exc()
        finally:
            os._exit(1)

    def _pull(self, pid: int) -> None:
        """Kill a fork server at the kernel's request; when the kernel is gone, it ends its workers and then itself."""
        self._selector.unregister(self._leashes[pid])
        with contextlib.suppress(ConnectionError):
            if self._leashes[pid].recv(1):
                kill_group(pid)

    def _reap(self) -> None:
        for pid, leash in list(self._leashes.items()):
            if reap(pid) is not None:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(leash)
                leash.close()
                del self._leashes[pid]
                self._idle_from = time.monotonic() + self._idle_seconds


def _is_pulled(leash: socket.socket) -> bool:
    """Return whether the kernel no longer wants the fork server."""
    try:
        leash.recv(1)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True
