"""Make a Python on Linux lack for hitl_widget what Windows lacks. With this folder on PYTHONPATH, it runs at the start.

Modules are hidden from hitl_widget alone: on Linux, asyncio and others need them. It alone finds `msvcrt`, a stand-in
that locks a file as the real one does. A pair of sockets is made of TCP, as on Windows.
"""

from __future__ import annotations

import builtins
import os
import signal
import socket
import time
import types

MODULES = {"fcntl", "grp", "pwd", "resource", "termios"}
ATTRIBUTES = {
    os: "fork forkpty killpg getpgid setpgid getsid setsid nice pread setpriority getpriority register_at_fork "
    "sched_getaffinity sched_setscheduler sched_param",
    signal: "SIGBUS SIGCHLD SIGUSR1 setitimer",
    socket: "AF_UNIX send_fds recv_fds MSG_CMSG_CLOEXEC",
    time: "tzset",
}

import fcntl  # noqa: E402
import multiprocessing.util  # noqa: E402, F401 - uses some of these as it is loaded
import random  # noqa: E402, F401

import psutil  # noqa: E402, F401

for module, names in ATTRIBUTES.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)

standard_import = builtins.__import__


def windows_import(name, variables=None, local=None, fromlist=(), level=0):
    importer = (variables or {}).get("__name__", "")
    if name in MODULES and importer.startswith("hitl_widget"):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    if name == "msvcrt" and importer.startswith("hitl_widget"):
        return msvcrt
    return standard_import(name, variables, local, fromlist, level)


builtins.__import__ = windows_import


def locking(descriptor, mode, _count):
    """Lock or unlock a file; raise OSError where another handle has it."""
    fcntl.flock(descriptor, {0: fcntl.LOCK_UN, 2: fcntl.LOCK_EX | fcntl.LOCK_NB}[mode])


def socketpair():
    """Return two connected TCP sockets."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname())
        other, _ = listener.accept()
    return one, other


socket.socketpair = socketpair
msvcrt = types.ModuleType("msvcrt")
msvcrt.locking, msvcrt.LK_UNLCK, msvcrt.LK_NBLCK = locking, 0, 2
