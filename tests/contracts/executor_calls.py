"""Functions that the executor tests run in workers, by name."""

from __future__ import annotations

import ctypes
import importlib
import mmap
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np


def open_context(folder: Path | None = None) -> dict[str, Any]:
    return {"opened_by": os.getpid(), "folder": folder, "threads": count_threads(None)}


def broken_context(folder: Path) -> None:
    raise FileNotFoundError(f"no table in {folder.name}")


def dying_context(folder: Path) -> None:
    os.write(2, b"the context fell over\n")
    os._exit(7)


def context_is_shared(context: dict[str, Any]) -> dict[str, Any]:
    return context


def echo(context: Any, *args: Any) -> Any:
    return args[0] if len(args) == 1 else args


def pid(context: Any) -> int:
    return os.getpid()


def family(context: Any) -> tuple[int, int]:
    return os.getpid(), os.getppid()


def fail(context: Any, message: str) -> None:
    raise ValueError(message)


def leave(context: Any) -> None:
    sys.exit(3)


def touch(context: Any, path: str) -> None:
    Path(path).touch()


def meet(context: Any, mine: str, others: str, seconds: float = 30.0) -> str:
    """Say that it runs, and end when the other does: two of these end only when they run at the same time."""
    Path(mine).touch()
    return wait_for(context, others, seconds)


def wait_for(context: Any, path: str, seconds: float = 30.0) -> str:
    until = time.monotonic() + seconds
    while not Path(path).exists():
        if time.monotonic() > until:
            raise TimeoutError(path)
        time.sleep(0.002)
    return Path(path).name


def report_until(context: Any, path: str, report: Any) -> int:
    """Count aloud until a file appears."""
    number = 0
    while not Path(path).exists():
        number += 1
        report(number)
        time.sleep(0.0005)
    return number


def begin_and_hang(context: Any, path: str, seconds: float = 600.0) -> None:
    Path(path).write_text(str(os.getpid()))
    time.sleep(seconds)


def hang_in_c(context: Any, path: str) -> None:
    """Hold the interpreter's lock, where no Python signal handler runs."""
    Path(path).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(600)


def start_child_and_hang(context: Any, path: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(path).write_text(str(child.pid))
    time.sleep(600)


def exit_at_once(context: Any, status: int) -> None:
    os._exit(status)


def kill_self(context: Any, number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(600)


def segfault(context: Any) -> None:
    ctypes.string_at(0)


def kill_fork_server(context: Any) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)


def allocate(context: Any, count: int) -> int:
    return int(np.ones(count, dtype=np.uint8).sum())


def abort_for_memory(context: Any) -> None:
    """What a C++ library does that cannot allocate and does not catch it."""
    os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n")
    os.abort()


def grow_shared(context: Any, count: int) -> None:
    memory = mmap.mmap(-1, count)
    page = b"x" * 2**20
    for _ in range(count // len(page)):
        memory.write(page)
    time.sleep(600)


def keep_more(context: dict[str, Any], count: int) -> None:
    context.setdefault("kept", []).append(np.ones(count, dtype=np.uint8))


def report_and_wait(context: Any, mine: str, gate: str) -> str:
    Path(mine).write_text(str(os.getpid()))
    return wait_for(context, gate)


def close_descriptors(context: Any) -> None:
    os.closerange(0, 1000)
    time.sleep(600)


def array(context: Any, count: int) -> np.ndarray:
    return np.arange(count, dtype=np.float64)


def total(context: Any, values: np.ndarray) -> float:
    return float(values.sum())


def unpicklable(context: Any) -> Any:
    return threading.Lock()


class UnreadableHere:
    """Pickled without complaint, and raises where it is read."""

    def __reduce__(self) -> Any:
        return int, ("not a number",)


def unreadable(context: Any) -> Any:
    return UnreadableHere()


def pollute(context: Any) -> str:
    print("hello" * 1000)
    os.write(1, b"\x00\x01\x02" * 1000)
    os.write(2, b"noise\n" * 1000)
    warnings.warn("noise", stacklevel=1)
    return "clean"


def read_stdin(context: Any) -> str:
    return sys.stdin.read()


def environment(context: Any) -> dict[str, Any]:
    return {
        "interrupt": signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
        "omp": os.environ["OMP_NUM_THREADS"],
        "path": sys.path,
        "descriptors": [link.name for link in Path("/dev/fd").iterdir()],
        "start_method": multiprocessing.get_start_method(allow_none=True),
    }


def surroundings(context: Any, *names: str) -> list[str | None]:
    """The working folder and some variables, which C sees as well, since a child of the system's shell does."""
    seen = [subprocess.check_output(["/bin/sh", "-c", f"echo ${{{name}-unset}}"], text=True).strip() for name in names]
    assert [os.environ.get(name, "unset") for name in names] == seen
    return [str(Path.cwd()), *seen]


def imported(context: Any, name: str) -> Any:
    """The value of a module of the user's."""
    return importlib.import_module(name).VALUE


def count_threads(context: Any) -> int:
    return len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").exists() else 1


def call_method(context: Any, value: Any) -> Any:
    return value, value.speak()


def fit_lightgbm(context: Any, threads: int) -> float:
    from lightgbm import LGBMRegressor

    x = np.arange(4000, dtype=np.float64).reshape(1000, 4)
    model = LGBMRegressor(n_estimators=5, n_jobs=threads, verbose=-1).fit(x, x[:, 0])
    return float(np.corrcoef(np.asarray(model.predict(x)), x[:, 0])[0, 1])
