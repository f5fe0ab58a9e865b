"""The fork server of a session: it opens the table once, then forks a worker per request.

It is forked from the template (see `hitl_widget.workers.template`), which has imported the libraries. It runs apart
from the kernel (own session) and never starts a thread, so that forking is safe. It ends with the kernel, at the end of
file on its control socket, and with the template, its parent.

Orders come as JSON lines, a ``fork`` with the worker's socket attached; reports go back the same way:

========  =====================================================  ==============================================
order     fields                                                 report
========  =====================================================  ==============================================
prepare   path, cwd, environment, folder, context, preload       ``ready``, or ``failed`` (reason, detail), then exit
fork      worker, slot, memory                                   none: the worker itself says that it is ready
end       worker                                                 ``ended`` (worker, status), also when it ended itself
quit                                                             none
========  =====================================================  ==============================================
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

from hitl_widget.workers.control import ControlLoop, kill_group, reap, settle_blas
from hitl_widget.workers.failures import describe, resolve
from hitl_widget.workers.loop import serve
from hitl_widget.workers.surroundings import die_with, enter, note, write_to

__all__ = ["run"]


def run(control: socket.socket, parent: int, *, death_signal: bool) -> None:
    """Serve a session in this process, which was forked for it, and end it.

    Parameters
    ----------
    control
        Socket of the orders.
    parent
        Process id of the template.
    death_signal
        Whether Linux shall kill this process when the template ends.
    """
    if death_signal:
        die_with(parent)
    server = _Server(control, parent, death_signal=death_signal)
    try:
        server.run()
    except Exception:  # noqa: BLE001 - the log is where the kernel looks for the reason
        traceback.print_exc()
    finally:
        server.end_all()
        sys.stderr.flush()
        os._exit(0)  # the libraries' exit handlers have nothing to save here


class _Server(ControlLoop):
    def __init__(self, control: socket.socket, parent: int, *, death_signal: bool) -> None:
        super().__init__(control, parent, death_signal=death_signal)
        self._pids: dict[int, int] = {}
        self._context: Any = None
        self._folder = Path()

    def end_all(self) -> None:
        """Kill and reap every worker."""
        for pid in self._pids.values():
            kill_group(pid)
        for pid in self._pids.values():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def _do_prepare(
        self,
        path: list[str],
        cwd: str,
        environment: dict[str, str | None],
        folder: str,
        context: str,
        preload: list[str],
    ) -> None:
        self._folder = Path(folder)
        try:
            enter(path, cwd, environment)
            write_to(self._folder / "fork-server.log")
            self.preload(preload)
            self._context = resolve(context)(self._folder)
            settle_blas()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the person must read it
            traceback.print_exc()
            self._report("failed", reason=describe(error), detail=traceback.format_exc())
            sys.exit(1)
        gc.freeze()  # so that the collector of a worker does not copy the shared pages
        self._report("ready")

    def _do_fork(self, worker: int, slot: int, memory: int) -> None:
        sock = self._next_socket()
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            pid = os.fork()
        except OSError as error:
            sock.close()
            note(f"fork: {describe(error)}")
            self._report("ended", worker=worker, status=None)
            return
        if pid == 0:
            self._become_worker(sock, slot, memory)
        sock.close()
        self._pids[worker] = pid

    def _do_end(self, worker: int) -> None:
        if pid := self._pids.get(worker):
            kill_group(pid)

    def _become_worker(self, sock: socket.socket, slot: int, memory: int) -> None:
        """Leave the fork server's life behind, serve, and never return."""
        status = 1
        try:
            self._leave()
            os.setpgid(0, 0)
            if self._death_signal:
                die_with(self._pid)
            write_to(self._folder / f"worker-{slot}.log", fresh=True)
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
        for worker, pid in list(self._pids.items()):
            if (status := reap(pid)) is not None:
                del self._pids[worker]
                self._report("ended", worker=worker, status=status)
