"""Spawned workers keep the contract of executors, also without POSIX, and leave nothing behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_widget.errors import ConfigError
from hitl_widget.testing import IsolatingExecutorContract, Outcomes
from hitl_widget.testing.outcomes import PATIENCE
from hitl_widget.workers import spawn
from hitl_widget.workers.contract import Call
from hitl_widget.workers.executors import ProcessExecutor, StartMethod, start_method, warm
from hitl_widget.workers.processes import is_alive
from hitl_widget.workers.spawned import SECRET_BYTES
from tests.contracts.start_failures import check_start_failure

HERE = str(Path(__file__).parent)
ROOT = Path(__file__).parents[2]
WITHOUT_POSIX = str(ROOT / "tests" / "without_posix")
LIMIT = 256 * 2**20
LIGHT = ("numpy",)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process find `executor_calls`, and the workers with it."""
    monkeypatch.syspath_prepend(HERE)


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


@pytest.fixture
def executor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessExecutor]:
    executor = make(tmp_path_factory.mktemp("scratch"))
    yield executor
    executor.close()


@pytest.fixture
def pool() -> Iterator[spawn.Pool]:
    """A pool of the test's own."""
    made = spawn.Pool()
    yield made
    made.close()


def make(folder: Path, slots: int = 2, **options: Any) -> ProcessExecutor:
    options = {"context": "executor_calls:open_context", "preload": LIGHT, "memory_bytes": LIMIT} | options
    return ProcessExecutor(slots, folder=folder, method=StartMethod.SPAWN, **options)


def calls(name: str, *args: Any) -> Call:
    return Call(f"executor_calls:{name}", args)


def await_true(found: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < until
        threading.Event().wait(0.01)


def serves(executor: ProcessExecutor) -> bool:
    """True unless the executor is closed."""
    outcomes = Outcomes()
    try:
        executor.submit("serves", calls("echo", 1), outcomes)
    except RuntimeError:
        return False
    assert outcomes.next().value == 1
    return True


@pytest.fixture(scope="class")
def current() -> Iterator[list[ProcessExecutor]]:
    """The executor that the tests of a class share, if one is open."""
    found: list[ProcessExecutor] = []
    yield found
    for executor in found:
        executor.close()


@pytest.mark.slow
class TestSpawned(IsolatingExecutorContract):
    @pytest.fixture
    def executor(
        self, current: list[ProcessExecutor], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
    ) -> Iterator[ProcessExecutor]:
        """An executor that serves until a test closes it or fails: most tests find running workers, some a new one."""
        failed = request.session.testsfailed
        if not current:
            current.append(make(tmp_path_factory.mktemp("scratch")))
        yield current[0]
        if request.session.testsfailed > failed or not serves(current[0]):
            current.pop().close()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system lacks POSIX anyway")
class TestWithoutPosix:
    def run(self, *command: str) -> str:
        """Return what a command prints where hitl_widget and its workers find only what Windows has."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([WITHOUT_POSIX, str(ROOT)])}
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, env=environment, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def test_the_contract_holds(self) -> None:
        """Processes are ended one by one, and memory is limited by reading it."""
        this = Path(__file__).relative_to(ROOT).as_posix()
        said = self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", f"{this}::TestSpawned")
        assert " passed" in said

    def test_a_search_runs(self, tmp_path: Path) -> None:
        """A session is opened, searched, locked against others, closed and loaded; the model predicts."""
        (tmp_path / "script.py").write_text(SEARCH)
        said = json.loads(self.run("-W", "error", str(tmp_path / "script.py"), str(tmp_path)).splitlines()[-1])
        assert said == {"method": "spawn", "trials": 5, "refused": True, "loaded": 5, "predicted": 3}


SEARCH = """
import json, os, sys
assert not any(hasattr(os, name) for name in ("fork", "killpg", "nice", "setpgid"))
from pathlib import Path
from hitl_widget import AutoMLSession, JournalError
from hitl_widget.workers.executors import start_method
from tests.tables import customers
path = Path(sys.argv[1]) / "session.sqlite"
session = AutoMLSession(customers(300), "Churn", max_trials=5, workers=2, journal=path).start()
session.wait(300)
model = session.best_model()
said = {"method": start_method(), "trials": len(session.leaderboard()), "refused": False}
try:
    AutoMLSession.load(path)
except JournalError as error:
    said["refused"] = "Another session is using" in str(error)
session.close()
again = AutoMLSession.load(path)
said |= {"loaded": len(again.leaderboard()), "predicted": len(model.predict(customers(3)))}
again.close()
print(json.dumps(said))
"""


class TestStartMethod:
    @pytest.mark.parametrize("method", list(StartMethod))
    def test_the_variable_decides(self, monkeypatch: pytest.MonkeyPatch, method: StartMethod) -> None:
        """Its case and blanks around it do not matter."""
        monkeypatch.setenv("HITL_WIDGET_EXECUTOR", f" {method.upper()}")
        assert start_method() is method

    def test_the_system_decides_without_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Linux forks, macOS and Windows spawn."""
        monkeypatch.delenv("HITL_WIDGET_EXECUTOR", raising=False)
        assert start_method() == ("fork" if sys.platform == "linux" else "spawn")

    def test_another_value_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The message names the values, and unsetting the variable helps."""
        monkeypatch.setenv("HITL_WIDGET_EXECUTOR", "process")
        with pytest.raises(ConfigError, match="must be fork, spawn or threads; it is 'process'"):
            start_method()


class TestPool:
    def test_a_session_takes_processes_that_are_ready(self, tmp_path: Path, outcomes: Outcomes) -> None:
        """`warm_pool` starts them, the workers are these, and one more is made ready to take a place."""
        spawn._kernel.close()
        spawn.warm_pool(2, LIGHT)
        pool = spawn._kernel.pool()
        ready = {process.secret for process in pool._waiting}
        await_true(lambda: all(process.socket for process in pool._waiting))
        executor = make(tmp_path)
        executor.submit("a", calls("echo", 1), outcomes)
        outcomes.next()
        await_true(lambda: pool.waiting == 1)
        assert not ready & {process.secret for process in pool._waiting}
        executor.close()

    def test_a_killed_worker_is_replaced_by_one_that_is_ready(self, executor: ProcessExecutor, outcomes: Outcomes,
                                                             tmp_path: Path) -> None:  # fmt: skip
        """The next worker has imported the libraries before the first was killed."""
        executor.submit("a", calls("echo", 1), outcomes)
        outcomes.next()
        pool = spawn._kernel.pool()
        await_true(lambda: pool.waiting == 1 and pool._waiting[0].socket)
        ready = pool._waiting[0]
        executor.submit("dies", calls("exit_at_once", 1), outcomes)
        outcomes.next()
        await_true(lambda: ready.hear is not None)

    def test_processes_end_when_no_session_comes_or_is_left(self) -> None:
        """An idle kernel holds no process."""
        pool = spawn.Pool(idle=(0.05, 0.05))
        pool.warm(2, ())
        await_true(lambda: not pool._all)
        pool.open(())
        pool.warm(1, ())
        process = pool._waiting[0]
        await_true(lambda: process.socket)
        pool.leave()
        await_true(lambda: process.ended)
        pool.close()
        assert not pool.folder.exists()

    def test_a_process_that_ended_while_it_waited_is_not_given_out(self, pool: spawn.Pool) -> None:
        """The pool starts another in its place."""
        pool.warm(1, ())
        (gone,) = pool._waiting
        gone.kill()
        await_true(lambda: gone.ended)
        heard: list[str] = []
        taken = pool.take({"environment": {}}, lambda what, _item: heard.append(what))
        assert taken is not gone
        taken.kill()
        await_true(lambda: heard[-1:] == ["ended"])

    def test_a_stranger_is_told_nothing(self, pool: spawn.Pool) -> None:
        """A connection without the secret is closed without a byte, and the processes still connect."""
        with socket.create_connection(("127.0.0.1", pool.port)) as stranger:
            stranger.sendall(b"x" * SECRET_BYTES)
            assert stranger.recv(1) == b""
        pool.warm(1, ())
        await_true(lambda: pool._waiting[0].socket)

    def test_a_worker_listens_only_to_its_kernel(self) -> None:
        """A process that has taken the port of the kernel cannot answer with the secret, and is sent nothing more."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            options = {
                "parent": os.getpid(),
                "death_signal": False,
                "port": listener.getsockname()[1],
                "secret": bytes(2 * SECRET_BYTES).hex(),
                "preload": [],
                "path": sys.path,
            }
            command = [sys.executable, "-c", spawn._BOOT]
            with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
                assert process.stdin is not None
                process.stdin.write(json.dumps(options).encode() + b"\n")
                process.stdin.flush()
                connection, _ = listener.accept()
                with connection:
                    assert connection.recv(SECRET_BYTES) == bytes(SECRET_BYTES)
                    connection.sendall((SECRET_BYTES).to_bytes(8, "big") + b"x" * SECRET_BYTES)
                    assert connection.recv(1) == b""
                assert process.wait(20) == 0

    def test_closing_leaves_nothing(self, tmp_path: Path, outcomes: Outcomes) -> None:
        """No thread and no process."""
        spawn._kernel.close()
        before = threading.active_count()
        executor = make(tmp_path)
        executor.submit("a", calls("pid"), outcomes)
        pid = outcomes.next().value
        executor.close()
        assert not is_alive(pid)
        spawn._kernel.close()
        assert threading.active_count() == before

    def test_warming_follows_the_start_method(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With spawned workers, one process for each core is made ready."""
        spawn._kernel.close()
        monkeypatch.setenv("HITL_WIDGET_EXECUTOR", "spawn")
        monkeypatch.setenv("HITL_WIDGET_WARM", "0")
        warm(LIGHT)
        assert spawn._kernel.pool().waiting == len(os.sched_getaffinity(0))
        spawn._kernel.close()


class TestSession:
    @pytest.mark.parametrize(
        ("context", "words"),
        [
            ("executor_calls:broken_context", "FileNotFoundError: no table in"),
            ("no_such_module:open_context", "No module named 'no_such_module'"),
            ("executor_calls:dying_context", "ended before it was ready, twice"),
        ],
    )
    def test_when_no_worker_can_start_every_call_is_told_why(self, tmp_path: Path, outcomes: Outcomes, context: str,
                                                             words: str) -> None:  # fmt: skip
        """Nothing hangs: calls before and after fail with the reason, and the log is in the detail."""
        detail = "the context fell over" if "dying" in context else words.split(":")[0]
        check_start_failure(make(tmp_path, context=context), calls("echo", 1), outcomes, words, detail)

    def test_it_has_its_own_surroundings(self, tmp_path: Path, outcomes: Outcomes, monkeypatch: Any) -> None:
        """The folder, the import path and the variables of the moment, whatever the pool was started with."""
        spawn._kernel.close()
        monkeypatch.setenv("HITL_BEFORE", "here")
        monkeypatch.delenv("HITL_AFTER", raising=False)
        spawn.warm_pool(1, LIGHT)
        monkeypatch.delenv("HITL_BEFORE")
        monkeypatch.setenv("HITL_AFTER", "there")
        (tmp_path / "a_users_module.py").write_text("VALUE = 5")
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(str(tmp_path))
        executor = make(tmp_path, slots=1)
        executor.submit("seen", calls("surroundings", "HITL_BEFORE", "HITL_AFTER"), outcomes)
        executor.submit("imported", calls("imported", "a_users_module"), outcomes)
        found = outcomes.take(2)
        executor.close()
        assert found["seen"].value == [str(tmp_path), "unset", "there"]
        assert found["imported"].value == 5

    @pytest.mark.slow
    @pytest.mark.parametrize("signals", [True, False], ids=["death-signal", "end-of-file"])
    def test_a_killed_kernel_leaves_no_process(self, tmp_path: Path, signals: bool) -> None:
        """After kill -9 of the kernel, busy workers and those that wait are gone; also without Linux's help."""
        (tmp_path / "script.py").write_text(KERNEL)
        command = [sys.executable, str(tmp_path / "script.py"), HERE, str(tmp_path), "1" if signals else ""]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as kernel:
            assert kernel.stdout is not None
            pids = json.loads(kernel.stdout.readline())
            assert len(pids) == 3
            assert all(map(is_alive, pids))
            kernel.kill()
        await_true(lambda: not any(map(is_alive, pids)))

    @pytest.mark.slow
    def test_a_script_that_ends_leaves_no_process(self, tmp_path: Path) -> None:
        """Without `close`, the interpreter's exit ends the workers, silently; no guard is needed in the script."""
        (tmp_path / "script.py").write_text(KERNEL)
        command = [sys.executable, "-W", "error", str(tmp_path / "script.py"), HERE, str(tmp_path), "1"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, input="", capture_output=True, text=True, env=environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert not any(map(is_alive, json.loads(done.stdout)))


KERNEL = """
import json, queue, sys, time
from pathlib import Path
here, folder, signals = sys.argv[1:]
sys.path.insert(0, here)
from hitl_widget.workers import spawn
from hitl_widget.workers.contract import Call
from hitl_widget.workers.executors import ProcessExecutor, StartMethod
spawn._kernel._pool = pool = spawn.Pool(death_signal=bool(signals))
outcomes = queue.Queue()
executor = ProcessExecutor(2, folder=Path(folder), context="executor_calls:open_context", preload=("numpy",),
                           method=StartMethod.SPAWN)
paths = [Path(folder, name) for name in "ab"]
for path in paths:
    executor.submit(path.name, Call("executor_calls:begin_and_hang", (str(path),)), outcomes.put)
until = time.monotonic() + 60
while not all(path.exists() and path.read_text() for path in paths) or not pool.waiting:
    assert time.monotonic() < until
while not pool._waiting[0].socket:
    assert time.monotonic() < until
print(json.dumps([*(int(path.read_text()) for path in paths), pool._waiting[0]._process.pid]), flush=True)
sys.stdin.read()
"""
