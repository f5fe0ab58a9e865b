"""Names that only POSIX has stay in the modules of the fork server, or have another way beside them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hitl_widget"
FORKING = {"workers/control.py", "workers/fork_server.py", "workers/start.py", "workers/template.py"}
"""Modules that run only where workers are forked; they can be imported everywhere."""

MODULES = {"fcntl", "grp", "pwd", "pty", "resource", "termios", "tty"}
NAMES = {
    "os": "fork forkpty killpg getpgid setpgid getsid setsid getuid geteuid nice pread register_at_fork waitid "
    "sched_getaffinity sched_setscheduler setpriority WNOHANG set_blocking mkfifo",
    "signal": "SIGALRM SIGBUS SIGCHLD SIGHUP SIGKILL SIGSTOP SIGUSR1 SIGUSR2 alarm setitimer pthread_kill",
    "socket": "AF_UNIX send_fds recv_fds MSG_CMSG_CLOEXEC",
    "time": "tzset",
}
ALLOWED = {
    "domain/arguments.py": {"os.sched_getaffinity"},  # asks whether it is there
    "evaluation/files.py": {"fcntl"},  # has another way
    "evaluation/trust.py": {"os.getuid"},  # behind os.name
    "explain/priority.py": {"os.sched_setscheduler", "os.setpriority"},  # on Linux alone
    "testing/isolation.py": {"os.getpgid", "os.killpg", "signal.SIGKILL"},  # in tests that are skipped elsewhere
    "workers/loop.py": {"os.nice", "resource"},  # has another way
    "workers/processes.py": {"os.killpg", "signal.SIGKILL"},  # has another way
    "workers/spawn.py": {"os.register_at_fork"},  # asks whether it is there
    "workers/surroundings.py": {"signal.SIGKILL", "time.tzset"},  # on Linux alone; asks whether it is there
}


@cache
def nodes(path: Path) -> list[ast.AST]:
    """All nodes of a file's syntax tree."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def posix_names(path: Path) -> Iterator[str]:
    """The modules and names that only POSIX has, as a file uses them."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.ImportFrom) and node.module in NAMES:
            yield from (f"{node.module}.{one.name}" for one in node.names if one.name in NAMES[node.module].split())
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in NAMES:
            yield from (f"{node.value.id}.{name}" for name in NAMES[node.value.id].split() if name == node.attr)


def test_posix_names_stay_where_there_is_another_way() -> None:
    """A file that needs one is listed with its reason, and no reason outlives its use."""
    found = {
        file: set(posix_names(path))
        for path in sorted(PACKAGE.rglob("*.py"))
        if (file := path.relative_to(PACKAGE).as_posix()) not in FORKING
    }
    assert {file: names for file, names in found.items() if names} == ALLOWED


def test_a_process_is_never_asked_for_by_a_signal() -> None:
    """`os.kill(pid, 0)` asks on POSIX whether a process lives, and interrupts it on Windows."""
    for path in PACKAGE.rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.kill":
                assert ast.unparse(node.args[1]) != "0", path


@pytest.mark.parametrize("call", ["read_text", "write_text"])
def test_text_files_name_their_encoding(call: str) -> None:
    """Windows would use that of its language."""
    for path in (one for one in PACKAGE.rglob("*.py") if "testing" not in one.parts):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == call:
                assert any(word.arg == "encoding" for word in node.keywords), f"{path}:{node.lineno}"
