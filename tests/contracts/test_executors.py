"""The executors keep their contract, and what only one of them promises."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_widget.testing import ExecutorContract, IsolatingExecutorContract, Outcomes
from hitl_widget.testing.outcomes import failure_of
from hitl_widget.workers import start as worker_start
from hitl_widget.workers.contract import Call, FailureKind
from hitl_widget.workers.executors import PRELOAD, InProcessExecutor, ProcessExecutor
from hitl_widget.workers.processes import is_alive
from tests.contracts.start_failures import check_start_failure

HERE = str(Path(__file__).parent)
ROOT = str(Path(__file__).parents[2])
LIMIT = 256 * 2**20
LIGHT = ("numpy",)

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process find `executor_calls`, and the workers with it, as from a notebook's own folder."""
    monkeypatch.syspath_prepend(HERE)


def calls(name: str, *args: Any) -> Call:
    return Call(f"executor_calls:{name}", args)


def make(folder: Path, slots: int = 2, **options: Any) -> ProcessExecutor:
    options = {"context": "executor_calls:open_context", "preload": LIGHT, "memory_bytes": LIMIT} | options
    return ProcessExecutor(slots, folder=folder, **options)


def await_death(pids: list[int], seconds: float = 20.0) -> None:
    until = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        assert time.monotonic() < until, "processes are left"
        threading.Event().wait(0.01)


class TestInProcess(ExecutorContract):
    @pytest.fixture
    def executor(self) -> Iterator[InProcessExecutor]:
        import executor_calls

        executor = InProcessExecutor(executor_calls.open_context, slots=2)
        yield executor
        executor.close()

    def test_a_context_that_fails_fails_each_call(self, outcomes: Outcomes) -> None:
        """The error of the context is that of every call."""

        def context() -> None:
            raise FileNotFoundError("no table")

        executor = InProcessExecutor(context)
        executor.submit("a", calls("echo", 1), outcomes)
        executor.submit("b", calls("echo", 1), outcomes)
        for outcome in outcomes.take(2).values():
            assert "no table" in failure_of(outcome).message
        executor.close()


@needs_fork
class TestProcesses(IsolatingExecutorContract):
    @pytest.fixture
    def executor(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessExecutor]:
        executor = make(tmp_path_factory.mktemp("scratch"))
        yield executor
        executor.close()


@needs_fork
class TestForkServer:
    @pytest.fixture
    def outcomes(self) -> Outcomes:
        return Outcomes()

    @pytest.fixture
    def executor(self, tmp_path: Path) -> Iterator[ProcessExecutor]:
        executor = make(tmp_path)
        yield executor
        executor.close()

    def test_workers_are_told_what_they_need(self, executor: ProcessExecutor, outcomes: Outcomes) -> None:
        """They ignore interrupts, compute with one thread, have one thread, and import from where we do."""
        executor.submit("a", calls("environment"), outcomes)
        executor.submit("b", calls("context_is_shared"), outcomes)
        answers = outcomes.take(2)
        told = answers["a"].value
        assert told["interrupt"]
        assert told["omp"] == "1"
        assert HERE in told["path"]
        assert len(told["descriptors"]) <= 5, "standard streams, the socket, and the listing itself"
        assert answers["b"].value["threads"] == 1

    def test_the_context_is_opened_once_for_all_workers(self, executor: ProcessExecutor, outcomes: Outcomes,
                                                        tmp_path: Path) -> None:  # fmt: skip
        """It is opened in the fork server, with the folder, and a replaced worker does not open it again."""
        executor.submit("pid", calls("family"), outcomes)
        _, fork_server = outcomes.next().value
        executor.submit("dies", calls("exit_at_once", 1), outcomes)
        outcomes.next()
        for key in "abc":
            executor.submit(key, calls("context_is_shared"), outcomes)
        for outcome in outcomes.take(3).values():
            assert outcome.value["opened_by"] == fork_server
            assert outcome.value["folder"] == tmp_path

    def test_the_death_of_the_fork_server_is_survived(self, executor: ProcessExecutor, outcomes: Outcomes,
                                                  tmp_path: Path) -> None:  # fmt: skip
        """What runs is lost and explained, what waits runs in the workers of a new one."""
        for key in "ab":
            executor.submit(key, calls("begin_and_hang", str(tmp_path / key)), outcomes)
        pids = [int(_await(tmp_path / key)) for key in "ab"]
        executor.submit("waits", calls("family"), outcomes)
        fork_server = _parent_of(pids[0])
        os.kill(fork_server, signal.SIGKILL)
        answers = outcomes.take(3)
        for key in "ab":
            assert failure_of(answers[key]).kind is FailureKind.DIED
            assert "manages the workers" in failure_of(answers[key]).message
        assert answers["waits"].value[1] != fork_server
        await_death([fork_server, *pids])

    @pytest.mark.parametrize(
        ("context", "words"),
        [
            ("executor_calls:broken_context", "FileNotFoundError: no table in"),
            ("no_such_module:open_context", "No module named 'no_such_module'"),
            ("executor_calls:dying_context", "failed twice"),
        ],
    )
    def test_when_no_worker_can_start_every_call_is_told_why(self, tmp_path: Path, outcomes: Outcomes, context: str,
                                                             words: str) -> None:  # fmt: skip
        """Nothing hangs: calls before and after fail with the reason, and the log is in the detail."""
        detail = "the context fell over" if "dying" in context else words.split(":")[0]
        check_start_failure(make(tmp_path, context=context), calls("echo", 1), outcomes, words, detail)

    def test_a_missing_preload_is_left_out(self, tmp_path: Path, outcomes: Outcomes) -> None:
        """Preloading is a favour: an optional library that is not installed changes nothing."""
        executor = make(tmp_path, preload=("no_such_library", "numpy"))
        executor.submit("a", calls("echo", 1), outcomes)
        assert outcomes.next().value == 1
        executor.close()
        assert "no_such_library" in (tmp_path / "fork-server.log").read_text()

    @pytest.mark.slow
    def test_the_default_preload_is_safe_to_fork(self, tmp_path: Path, outcomes: Outcomes) -> None:
        """It starts no thread, Python does not warn of the fork, and LightGBM fits in the workers, with threads too."""
        executor = make(tmp_path, preload=PRELOAD, memory_bytes=2**30)
        executor.submit("context", calls("context_is_shared"), outcomes)
        for key, threads in {"a": 1, "b": 2, "c": 2}.items():
            executor.submit(key, calls("fit_lightgbm", threads), outcomes, seconds=60)
        answers = outcomes.take(4)
        executor.close()
        assert answers.pop("context").value["threads"] == 1
        assert all(outcome.value > 0.9 for outcome in answers.values())
        log = (tmp_path / "fork-server.log").read_text()
        assert "DeprecationWarning" not in log

    def test_several_executors_live_side_by_side(self, tmp_path: Path, outcomes: Outcomes) -> None:
        """Each has a fork server of its own; closing one leaves the others."""
        folders = [tmp_path / name for name in "abc"]
        executors = []
        for folder in folders:
            folder.mkdir()
            executors.append(make(folder, slots=1))
        for number, executor in enumerate(executors):
            executor.submit(str(number), calls("family"), outcomes)
        assert len({outcome.value[1] for outcome in outcomes.take(3).values()}) == 3
        executors[0].close()
        executors[1].submit("still", calls("echo", 1), outcomes)
        assert outcomes.next().value == 1
        for executor in executors:
            executor.close()

    @pytest.mark.slow
    def test_nothing_is_left_after_closing(self, tmp_path: Path, outcomes: Outcomes) -> None:
        """No descriptor, no thread, no process, no zombie, however many workers were replaced."""
        worker_start._kernel.close()
        before = _belongings()
        for _ in range(2):
            executor = make(tmp_path)
            executor.submit("pid", calls("family"), outcomes)
            pids = list(outcomes.next().value)
            for number in range(10):
                executor.submit(f"dies-{number}", calls("exit_at_once", 1), outcomes)
            outcomes.take(10)
            executor.submit("hangs", calls("begin_and_hang", str(tmp_path / "pid")), outcomes)
            pids.append(int(_await(tmp_path / "pid")))
            executor.submit("pid", calls("family"), outcomes)
            pids += outcomes.next().value
            assert len(_children_of(pids[1])) <= 2, "the fork server reaps its workers"
            executor.close()
            outcomes.next()
            assert not any(map(is_alive, pids))
            (tmp_path / "pid").unlink()
        worker_start._kernel.close()
        assert _belongings() == before

    def test_a_forgotten_executor_ends(self, tmp_path: Path, outcomes: Outcomes) -> None:
        """One that nobody refers to any more is closed by the garbage collector."""
        executor = make(tmp_path)
        executor.submit("pid", calls("family"), outcomes)
        pids = list(outcomes.next().value)
        gone = weakref.ref(executor)
        del executor
        gc.collect()
        assert gone() is None
        await_death(pids)

    def test_an_idle_executor_does_nothing(self, executor: ProcessExecutor, outcomes: Outcomes) -> None:
        """With no call running, its thread sleeps without a timeout."""
        executor.submit("a", calls("echo", 1), outcomes)
        outcomes.next()
        threading.Event().wait(0.4)  # past the last look at memory
        before = time.process_time()
        threading.Event().wait(1.0)
        assert time.process_time() - before < 0.1
        assert executor._supervisor._patience() is None

    def test_objects_of_notebook_classes_travel(self, executor: ProcessExecutor, outcomes: Outcomes) -> None:
        """A class defined in ``__main__`` reaches the worker by value, and comes back as the same class."""
        main = sys.modules["__main__"]
        exec("class Speaker:\n    def speak(self): return 'hello'", main.__dict__)
        try:
            executor.submit("a", calls("call_method", main.Speaker()), outcomes)
            back, said = outcomes.next().value
            assert said == "hello"
            assert type(back) is main.Speaker
        finally:
            del main.Speaker

    def test_the_default_limit_is_a_share_of_the_free_memory(self, tmp_path: Path) -> None:
        """With two slots, each gets about a third."""
        executor = make(tmp_path, memory_bytes=None)
        executor.close()
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        assert 2**28 <= executor.memory_bytes <= max(pages / 3, 2**28)

    def test_fewer_than_one_slot_is_refused(self, tmp_path: Path) -> None:
        """The rule and what came instead are in the message."""
        with pytest.raises(ValueError, match="at least one slot, not 0"):
            make(tmp_path, slots=0)
        with pytest.raises(ValueError, match="at least one slot, not 0"):
            InProcessExecutor(dict, slots=0)


SCRIPT = """
import json, os, queue, sys, tempfile
from pathlib import Path
sys.path.insert(0, {here!r})
{extra}
from hitl_widget.workers.contract import Call
from hitl_widget.workers import start
from hitl_widget.workers.executors import ProcessExecutor, warm
from hitl_widget.workers.processes import is_alive
{before}
outcomes = queue.Queue()
executor = ProcessExecutor(2, folder=Path({folder!r}), context="executor_calls:open_context", preload=("numpy",))
executor.submit("a", Call("executor_calls:family"), outcomes.put)
pid, fork_server = outcomes.get(timeout=60).value
template = start._kernel.template
for name in "bc":
    executor.submit(name, Call("executor_calls:begin_and_hang", ({folder!r} + "/" + name,)), outcomes.put)
for name in "bc":
    while not Path({folder!r}, name).exists() or not Path({folder!r}, name).read_text():
        pass
others = [int(Path({folder!r}, name).read_text()) for name in ("b", "c")]
print(json.dumps([template.pid, fork_server, *others]), flush=True)
{after}
"""


@needs_fork
@pytest.mark.slow
class TestScripts:
    @pytest.fixture(autouse=True)
    def ended(self) -> Iterator[None]:
        """End the scripts of a test that failed."""
        self.processes: list[subprocess.Popen[str]] = []
        yield
        for process in self.processes:
            process.kill()
            for stream in (process.stdin, process.stdout, process.stderr):
                assert stream is not None
                stream.close()
            process.wait()

    def start(self, folder: Path, after: str, before: str = "", extra: str = "") -> tuple[subprocess.Popen[str], Any]:
        """Run a script without a guard, in a process and group of its own, and read the pids it prints."""
        path = folder / "script.py"
        path.write_text(SCRIPT.format(here=HERE, folder=str(folder), after=after, before=before, extra=extra))
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": ROOT},
            start_new_session=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        return process, json.loads(line)

    @pytest.mark.parametrize("signals", [True, False], ids=["death-signal", "end-of-file"])
    def test_a_killed_kernel_leaves_no_process(self, tmp_path: Path, signals: bool) -> None:
        """After kill -9 of the parent, template, fork server and busy workers are gone; also without Linux's help."""
        extra = "" if signals else NO_DEATH_SIGNAL
        process, pids = self.start(tmp_path, "sys.stdin.read()", extra=extra)
        assert all(map(is_alive, pids))
        process.kill()
        process.communicate()
        await_death(pids)

    def test_a_killed_kernel_leaves_no_unused_template(self, tmp_path: Path) -> None:
        """One that no session needs any more ends as well."""
        process, pids = self.start(tmp_path, "executor.close(); print('closed', flush=True); sys.stdin.read()")
        assert process.stdout is not None
        assert process.stdout.readline() == "closed\n"
        assert [is_alive(pid) for pid in pids] == [True, False, False, False]
        process.kill()
        process.communicate()
        await_death(pids)

    def test_a_script_that_ends_leaves_no_process(self, tmp_path: Path) -> None:
        """Without `close`, the interpreter's exit ends the workers, silently; no guard is needed in the script."""
        process, pids = self.start(tmp_path, "", before="warm(('numpy',)); warm(('numpy',))")
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, "", "")
        assert not any(map(is_alive, pids))

    def test_an_interrupt_of_the_group_is_harmless(self, tmp_path: Path) -> None:
        """Ctrl-C, which reaches the whole process group, interrupts the script and no worker."""
        after = (
            "try:\n    print('ready', flush=True); sys.stdin.read()\n"
            "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
            "import executor_calls; print(sys.stdin.readline(), flush=True)"
        )
        process, pids = self.start(tmp_path, after)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert all(map(is_alive, pids))
        process.communicate("go\n", timeout=60)
        await_death(pids)

    def test_a_fork_of_the_kernel_does_not_end_the_workers(self, tmp_path: Path) -> None:
        """A child of the kernel that exits in the ordinary way leaves our workers alone."""
        after = (
            "import warnings; warnings.simplefilter('ignore')\n"
            "child = os.fork()\n"
            "if child == 0: sys.exit(0)\n"
            "assert os.waitpid(child, 0)[1] == 0\n"
            "executor.cancel('b'); outcomes.get(timeout=60)\n"
            "executor.submit('d', Call('executor_calls:echo', (4,)), outcomes.put)\n"
            "print(outcomes.get(timeout=60).value, flush=True)"
        )
        process, _ = self.start(tmp_path, after)
        out, err = process.communicate(timeout=60)
        assert (out, err) == ("4\n", "")

    def test_a_fork_of_the_kernel_starts_its_own_template(self, tmp_path: Path) -> None:
        """It has the handle of its parent's template and does not use it, nor end it."""
        after = (
            "import warnings; warnings.simplefilter('ignore')\n"
            "child = os.fork()\n"
            "second = ProcessExecutor(1, folder=executor._supervisor._folder, "
            "context='executor_calls:open_context', preload=('numpy',))\n"
            "second.submit('mine', Call('executor_calls:echo', (4,)), outcomes.put)\n"
            "assert outcomes.get(timeout=60).value == 4\n"
            "same = start._kernel.template is template\n"
            "second.close()\n"
            "if child == 0: sys.exit(same)\n"
            "print(same, os.waitpid(child, 0)[1], template.alive(), flush=True)"
        )
        process, _ = self.start(tmp_path, after)
        out, err = process.communicate(timeout=60)
        assert (out, err) == ("True 0 True\n", "")


NO_DEATH_SIGNAL = """
import threading
from hitl_widget.workers import start as worker_start
class Unsignalled(worker_start.Template):
    def __init__(self, preload=()):
        super().__init__(preload, death_signal=False)
worker_start.Template = Unsignalled
"""


def _await(path: Path) -> str:
    until = time.monotonic() + 60
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < until
        threading.Event().wait(0.005)
    return path.read_text()


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def _belongings() -> tuple[list[str], int, list[str]]:
    """Open descriptors, threads and children of this process."""
    gc.collect()
    descriptors = sorted(str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink())
    named = [name for name in descriptors if not name.startswith("/proc")]
    return named, threading.active_count(), _children_of(os.getpid())
