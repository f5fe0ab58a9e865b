"""The sessions of a kernel share one template process; each sees its own folder, modules and variables."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_widget.testing import Outcomes
from hitl_widget.testing.outcomes import PATIENCE, failure_of
from hitl_widget.workers import start as worker_start
from hitl_widget.workers.contract import Call, FailureKind
from hitl_widget.workers.executors import ProcessExecutor, warm
from hitl_widget.workers.processes import is_alive
from hitl_widget.workers.start import Template

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the parents of processes")

HERE = str(Path(__file__).parent)
LIGHT = ("numpy",)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process find `executor_calls`, and the workers with it."""
    monkeypatch.syspath_prepend(HERE)


@pytest.fixture(autouse=True)
def no_template() -> Iterator[None]:
    """Each test starts the template that it needs, and leaves none of its kind to others."""
    worker_start._kernel.close()
    yield
    worker_start._kernel.close()


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


class Sessions:
    """Makes executors, and closes them."""

    def __init__(self, folder: Path, outcomes: Outcomes) -> None:
        self._folder, self._outcomes = folder, outcomes
        self.executors: list[ProcessExecutor] = []

    def new(self, preload: tuple[str, ...] = LIGHT) -> tuple[ProcessExecutor, int]:
        """Return an executor with one slot, and the process id of its fork server."""
        folder = self._folder / f"session-{len(self.executors)}"
        folder.mkdir()
        executor = ProcessExecutor(1, folder=folder, context="executor_calls:open_context", preload=preload)
        self.executors.append(executor)
        return executor, self.ask(executor, "family")[1]

    def ask(self, executor: ProcessExecutor, name: str, *args: Any) -> Any:
        """Return what a call returns."""
        executor.submit("asked", Call(f"executor_calls:{name}", args), self._outcomes)
        outcome = self._outcomes.next()
        assert outcome.failure is None, outcome.failure
        return outcome.value


@pytest.fixture
def sessions(tmp_path: Path, outcomes: Outcomes) -> Iterator[Sessions]:
    made = Sessions(tmp_path, outcomes)
    yield made
    for executor in made.executors:
        executor.close()


def template() -> Template:
    """The template of this process."""
    found = worker_start._kernel.template
    assert found is not None
    return found


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def await_true(found: Any) -> None:
    until = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < until
        threading.Event().wait(0.005)


def hang(executor: ProcessExecutor, outcomes: Outcomes, path: Path) -> int:
    """Start a call that does not end, and return the process id of its worker."""
    executor.submit(path.name, Call("executor_calls:begin_and_hang", (str(path),)), outcomes)
    await_true(lambda: path.exists() and path.read_text())
    return int(path.read_text())


def test_the_fork_servers_of_all_sessions_come_from_it(sessions: Sessions) -> None:
    """There is one, which `warm` starts; each session has its own fork server, and the template has one thread."""
    warm(LIGHT)
    started = template()
    warm(LIGHT)
    _, one = sessions.new()
    _, two = sessions.new()
    assert template() is started
    assert one != two
    assert parent_of(one) == parent_of(two) == started.pid
    assert len(list(Path(f"/proc/{started.pid}/task").iterdir())) == 1
    assert len({os.getsid(pid) for pid in (os.getpid(), started.pid, one, two)}) == 4


def test_it_outlives_the_thread_that_asked_for_it(sessions: Sessions) -> None:
    """For Linux, the death of a thread is that of a parent; the template is started by a thread that stays."""
    thread = threading.Thread(target=warm, args=(LIGHT,))
    thread.start()
    thread.join()
    _, fork_server = sessions.new()
    assert parent_of(fork_server) == template().pid
    sessions.executors[0].close()  # ends the thread that supervised it
    _, fork_server = sessions.new()
    assert parent_of(fork_server) == template().pid


def test_each_session_sees_its_own_surroundings(sessions: Sessions, tmp_path: Path, monkeypatch: Any) -> None:
    """The folder, the import path and the variables of the moment, whatever the template was started with."""
    folders = tmp_path / "one", tmp_path / "two"
    for value, folder in enumerate(folders):
        folder.mkdir()
        (folder / "a_users_module.py").write_text(f"VALUE = {value}")
    monkeypatch.setenv("HITL_BEFORE", "here")
    monkeypatch.delenv("HITL_AFTER", raising=False)
    warm(LIGHT)
    monkeypatch.chdir(folders[0])
    with monkeypatch.context() as first:
        first.syspath_prepend(str(folders[0]))
        one, _ = sessions.new()
        assert sessions.ask(one, "imported", "a_users_module") == 0
    monkeypatch.chdir(folders[1])
    monkeypatch.delenv("HITL_BEFORE")
    monkeypatch.setenv("HITL_AFTER", "now")
    monkeypatch.syspath_prepend(str(folders[1]))
    two, _ = sessions.new()
    assert sessions.ask(two, "imported", "a_users_module") == 1
    names = ("HITL_BEFORE", "HITL_AFTER", "OMP_NUM_THREADS")
    assert sessions.ask(two, "surroundings", *names) == [str(folders[1]), "unset", "now", "1"]
    assert sessions.ask(one, "surroundings", *names) == [str(folders[0]), "here", "unset", "1"]


def test_a_module_of_the_user_is_never_stale(sessions: Sessions, tmp_path: Path, monkeypatch: Any) -> None:
    """A module to preload that is not a library of ours is imported by each session anew."""
    module = tmp_path / "edited_between_sessions.py"
    monkeypatch.syspath_prepend(str(tmp_path))
    for text in ("VALUE = 'before'", "VALUE = 'and after'"):
        module.write_text(text)
        executor, _ = sessions.new((*LIGHT, module.stem))
        assert sessions.ask(executor, "imported", module.stem) == text.split("'")[1]
    log = (tmp_path / "session-1" / "fork-server.log").read_text()
    assert f"preload {module.stem}" in log
    assert "preload numpy" not in log


@pytest.mark.slow
def test_it_imports_what_a_later_session_needs(sessions: Sessions, tmp_path: Path) -> None:
    """Once, in the template: no session imports a library by itself."""
    sessions.new()
    started = template()
    for number in (1, 2):
        executor, _ = sessions.new((*LIGHT, "sklearn.tree"))
        assert template() is started
        assert "preload" not in (tmp_path / f"session-{number}" / "fork-server.log").read_text()
        assert executor._supervisor._source is not None
        assert executor._supervisor._source.log().count("preload sklearn.tree: ") == 1


def test_a_killed_template_is_replaced(sessions: Sessions, outcomes: Outcomes, tmp_path: Path) -> None:
    """The running call of each session is lost and explained; both go on with the fork servers of another template."""
    executors = [sessions.new() for _ in range(2)]
    workers = [hang(executor, outcomes, tmp_path / str(pid)) for executor, pid in executors]
    killed = template()
    os.kill(killed.pid, signal.SIGKILL)
    for outcome in outcomes.take(2).values():
        assert failure_of(outcome).kind is FailureKind.DIED
        assert "manages the workers" in failure_of(outcome).message
    servers = [sessions.ask(executor, "family")[1] for executor, _ in executors]
    assert template() is not killed
    assert [parent_of(pid) for pid in servers] == [template().pid] * 2
    await_true(lambda: not any(map(is_alive, (*workers, *(pid for _, pid in executors)))))


def test_a_killed_fork_server_costs_only_its_session(sessions: Sessions, outcomes: Outcomes, tmp_path: Path) -> None:
    """Another one comes from the same template, and the call of the other session goes on."""
    (one, killed), (two, _) = sessions.new(), sessions.new()
    lost, kept = hang(one, outcomes, tmp_path / "lost"), hang(two, outcomes, tmp_path / "kept")
    os.kill(killed, signal.SIGKILL)
    outcome = outcomes.next()
    assert outcome.key == "lost"
    assert "manages the workers" in failure_of(outcome).message
    assert parent_of(sessions.ask(one, "family")[1]) == template().pid
    await_true(lambda: not is_alive(lost))
    assert is_alive(kept)


def test_it_ends_when_no_session_is_left_and_is_started_again(sessions: Sessions) -> None:
    """An idle kernel holds no process; the next session waits for the imports once more."""
    worker_start._kernel.template = first = Template(LIGHT, idle=(60.0, 0.0))
    one, _ = sessions.new()
    two, _ = sessions.new()
    one.close()
    assert sessions.ask(two, "echo", 1) == 1
    assert first.alive()
    two.close()
    await_true(lambda: not first.alive())
    assert not is_alive(first.pid)
    _, fork_server = sessions.new()
    assert parent_of(fork_server) == template().pid != first.pid


def test_it_ends_when_no_session_comes() -> None:
    """One that was started ahead of time, for a session that nobody opened."""
    started = Template(LIGHT, idle=(0.0, 60.0))
    await_true(lambda: not started.alive())
    started.close()
    assert not is_alive(started.pid)


def test_an_executor_closed_at_once_leaves_no_fork_server(sessions: Sessions, tmp_path: Path) -> None:
    """The template, which was still importing, does not fork for a session that has gone."""
    executor = ProcessExecutor(1, folder=tmp_path, context="executor_calls:open_context", preload=(*LIGHT, "pandas"))
    await_true(lambda: executor._supervisor._source is not None)
    began = time.monotonic()
    executor.close()
    assert time.monotonic() - began < 1.0, "it does not wait for the imports"
    _, fork_server = sessions.new()
    children = Path(f"/proc/{template().pid}/task/{template().pid}/children")
    assert children.read_text().split() == [str(fork_server)]


def test_a_template_that_does_not_answer_is_replaced(sessions: Sessions) -> None:
    """A fork server that was never forked takes the template with it when it is given up."""
    warm(LIGHT)
    stuck = template()
    os.kill(stuck.pid, signal.SIGSTOP)
    lost = worker_start.new_fork_server(LIGHT)
    lost.kill()
    lost.close(0.0)
    assert not stuck.alive()
    sessions.new()
    assert template() is not stuck
