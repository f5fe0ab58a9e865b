"""A worker that was started, not forked: it imports the libraries, waits until a session takes it, and serves.

It reads its options from standard input, connects to the kernel over the loopback interface and shows the secret that
it was given there. Standard input then is its leash: it ends when the kernel does. It makes one context, for one
session.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import pickle
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

from hitl_widget.workers.channel import read_message, write_message
from hitl_widget.workers.failures import describe, resolve
from hitl_widget.workers.loop import serve
from hitl_widget.workers.processes import kill_tree
from hitl_widget.workers.surroundings import die_with, enter, preload, write_to

__all__ = ["SECRET_BYTES", "main"]

SECRET_BYTES = 32
"""Length of each half of the secret: the worker shows the first to the kernel, which answers with the second."""


def main(options: dict[str, Any]) -> None:
    """Run a worker until its kernel is gone, and end the process.

    Parameters
    ----------
    options
        ``parent`` (process id), ``death_signal`` (bool), ``port`` (of the kernel's listener), ``secret`` (both halves,
        in hexadecimal digits), ``preload`` (names of modules).
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = 1
    try:
        if options["death_signal"]:
            die_with(options["parent"])
        _follow_kernel()
        for name in options["preload"]:
            preload(name)
        with _connected(options["port"], bytes.fromhex(options["secret"])) as sock:
            _serve(sock)
        status = 0
    except (EOFError, ConnectionError):  # the kernel does not need it any more
        status = 0
    except BaseException:  # noqa: BLE001 - the log is where the kernel looks for the reason
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)  # the libraries' exit handlers have nothing to save here


def _follow_kernel() -> None:
    """End this process and what it started at the end of file on standard input, which then is empty for the calls."""
    leash = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def follow() -> None:
        with contextlib.suppress(OSError):
            while os.read(leash, 1):
                pass
        kill_tree(os.getpid())
        os._exit(0)

    threading.Thread(target=follow, name="hitl-leash", daemon=True).start()


def _connected(port: int, secret: bytes) -> socket.socket:
    """Return a socket to the kernel, which has shown that it is the kernel."""
    sock = socket.create_connection(("127.0.0.1", port))
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(secret[:SECRET_BYTES])
        answer = read_message(sock)
        if not hmac.compare_digest(answer, secret[SECRET_BYTES:]):
            raise ConnectionRefusedError("the process at the other end is not the kernel")
    except BaseException:
        sock.close()
        raise
    return sock


def _serve(sock: socket.socket) -> None:
    order: dict[str, Any] = pickle.loads(read_message(sock))  # noqa: S301 - written by our own kernel
    folder = Path(order["folder"])
    enter(order["path"], order["cwd"], order["environment"])
    write_to(folder / f"worker-{order['slot']}.log", fresh=True)
    try:
        for name in order["preload"]:
            preload(name)
        context = resolve(order["context"])(folder)
    except BaseException as error:  # whatever it is, the person must read it
        write_message(sock, pickle.dumps(("failed", describe(error), traceback.format_exc())))
        raise
    serve(sock, context, order["memory"])
