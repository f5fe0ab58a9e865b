"""The contract of executors whose calls run in processes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from hitl_widget.testing.executor import ExecutorContract
from hitl_widget.testing.outcomes import PATIENCE, Outcomes, failure_of
from hitl_widget.workers.contract import Executor, FailureKind
from hitl_widget.workers.processes import is_alive

__all__ = ["IsolatingExecutorContract"]


_DEATHS_BY_SIGNAL: tuple[tuple[str, tuple[int, ...], str], ...] = (
    ()
    if sys.platform == "win32"
    else (
        ("kill_self", (signal.SIGKILL,), "was killed by the system (signal 9), possibly for lack of memory"),
        ("kill_self", (signal.SIGTERM,), "SIGTERM"),
    )
)


class IsolatingExecutorContract(ExecutorContract):
    """The further promises of an executor with processes. The limit of memory of `executor` is 256 MB."""

    def begin(self, executor: Executor, outcomes: Outcomes, path: Path, name: str = "begin_and_hang",
              *, seconds: float | None = None) -> int:  # fmt: skip
        """Start a call that hangs, and return the process id it writes to a file."""
        executor.submit("hangs", self.call(name, str(path)), outcomes, seconds=seconds)
        return int(self.await_file(path))

    def await_death(self, pid: int) -> None:
        """Wait until a process is gone (a zombie that nobody reaps is gone)."""
        for _ in range(int(PATIENCE / 0.005)):
            if not is_alive(pid):
                return
            threading.Event().wait(0.005)
        raise TimeoutError(f"process {pid} is still there")

    def assert_both_slots_serve(self, executor: Executor, outcomes: Outcomes, folder: Path) -> None:
        """Run two calls that need each other."""
        one, two = str(folder / "meet-1"), str(folder / "meet-2")
        executor.submit("meet-1", self.call("meet", one, two), outcomes)
        executor.submit("meet-2", self.call("meet", two, one), outcomes)
        assert all(outcome.failure is None for outcome in outcomes.take(2).values())

    @pytest.mark.parametrize("hang", ["begin_and_hang", "hang_in_c"])
    def test_a_hang_ends_at_its_limit(self, executor: Executor, outcomes: Outcomes, tmp_path: Path, hang: str) -> None:
        """A call past its seconds is killed, even one that holds the interpreter's lock; its slot is back."""
        pid = self.begin(executor, outcomes, tmp_path / "pid", hang, seconds=0.5)
        outcome = outcomes.next()
        failure = failure_of(outcome)
        assert failure.kind is FailureKind.TIMEOUT
        assert failure.message == "The fit took longer than its limit of 0.5 s and was ended; only this trial is lost."
        assert 0.4 < outcome.seconds < 10
        self.await_death(pid)
        self.assert_both_slots_serve(executor, outcomes, tmp_path)

    def test_the_limit_counts_from_the_start_of_the_call(self, executor: Executor, outcomes: Outcomes,
                                                         tmp_path: Path) -> None:  # fmt: skip
        """Time spent waiting for a slot is not held against a call."""
        gate = self.occupy(executor, outcomes, tmp_path)
        executor.submit("waits", self.call("echo", 1), outcomes, seconds=0.3)
        threading.Event().wait(0.6)
        gate.touch()
        assert outcomes.take(3)["waits"].failure is None

    def test_what_a_call_started_ends_with_it(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """Processes that a fit made for itself do not outlive it."""
        child = self.begin(executor, outcomes, tmp_path / "pid", "start_child_and_hang")
        executor.cancel("hangs")
        assert failure_of(outcomes.next()).kind is FailureKind.CANCELLED
        self.await_death(child)

    def test_a_cancelled_call_leaves_no_process(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """The worker of a canceled call is gone, and its slot is back."""
        pid = self.begin(executor, outcomes, tmp_path / "pid")
        executor.cancel("hangs")
        assert failure_of(outcomes.next()).kind is FailureKind.CANCELLED
        self.await_death(pid)
        self.assert_both_slots_serve(executor, outcomes, tmp_path)

    def test_allocating_past_the_limit_is_explained(self, executor: Executor, outcomes: Outcomes,
                                                    tmp_path: Path) -> None:  # fmt: skip
        """A call within its memory succeeds, one past it fails with the limit in words, and its slot is back."""
        executor.submit("within", self.call("allocate", 100 * 2**20), outcomes)
        assert outcomes.next().value == 100 * 2**20
        executor.submit("past", self.call("allocate", 600 * 2**20), outcomes)
        failure = failure_of(outcomes.next())
        assert failure.kind is FailureKind.MEMORY
        assert "needed more memory than its limit of 256 MB" in failure.message
        self.assert_both_slots_serve(executor, outcomes, tmp_path)

    def test_memory_that_the_system_does_not_limit_is_watched(self, executor: Executor, outcomes: Outcomes) -> None:
        """Shared memory, which no resource limit counts, is seen and ended."""
        executor.submit("past", self.call("grow_shared", 600 * 2**20), outcomes)
        assert failure_of(outcomes.next()).kind is FailureKind.MEMORY

    def test_an_abort_for_memory_is_explained_as_memory(self, executor: Executor, outcomes: Outcomes) -> None:
        """A C++ library that aborts with bad_alloc has run out of memory."""
        executor.submit("a", self.call("abort_for_memory"), outcomes)
        assert failure_of(outcomes.next()).kind is FailureKind.MEMORY

    def test_memory_that_calls_keep_is_given_back(self, executor: Executor, outcomes: Outcomes) -> None:
        """Calls that each leave something behind in their process do not starve the later ones."""
        for number in range(12):
            executor.submit(str(number), self.call("keep_more", 60 * 2**20), outcomes)
        assert all(outcome.failure is None for outcome in outcomes.take(12).values())

    @pytest.mark.parametrize(
        ("name", "args", "words"),
        [
            ("exit_at_once", (3,), "exit status 3"),
            ("exit_at_once", (0,), "exit status 0"),
            *_DEATHS_BY_SIGNAL,
            ("segfault", (), "a fault in compiled code"),
            ("close_descriptors", (), "process"),
        ],
    )
    def test_a_death_costs_only_its_call(self, executor: Executor, outcomes: Outcomes, tmp_path: Path, name: str,
                                         args: tuple[int, ...], words: str) -> None:  # fmt: skip
        """However a process ends, the neighbor finishes, what waits runs, and the slot is back."""
        gate = tmp_path / "gate"
        executor.submit("neighbour", self.call("meet", str(tmp_path / "neighbour"), str(gate)), outcomes)
        executor.submit("dies", self.call(name, *args), outcomes)
        executor.submit("waits", self.call("echo", 1), outcomes)
        answers = outcomes.take(2)
        failure = failure_of(answers["dies"])
        assert failure.kind is FailureKind.DIED
        assert words in failure.message
        assert answers["waits"].value == 1
        gate.touch()
        assert outcomes.next().value == "gate"
        self.assert_both_slots_serve(executor, outcomes, tmp_path)

    def test_a_crash_shows_where_it_happened(self, executor: Executor, outcomes: Outcomes) -> None:
        """The detail of a crash in compiled code holds the Python frames."""
        executor.submit("a", self.call("segfault"), outcomes)
        assert "in segfault" in failure_of(outcomes.next()).detail

    @pytest.mark.skipif(not hasattr(os, "killpg"), reason="this system has no process groups")
    def test_interrupts_do_not_reach_a_call(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """SIGINT, to a worker and to its whole group, changes nothing."""
        gate = tmp_path / "gate"
        path = tmp_path / "pid"
        executor.submit("a", self.call("report_and_wait", str(path), str(gate)), outcomes)
        pid = int(self.await_file(path))
        os.kill(pid, signal.SIGINT)
        os.killpg(os.getpgid(pid), signal.SIGINT)
        gate.touch()
        assert outcomes.next().value == "gate"

    @pytest.mark.parametrize("name", ["unpicklable", "unreadable"])
    def test_a_result_that_cannot_travel_is_an_error(self, executor: Executor, outcomes: Outcomes, name: str) -> None:
        """A result that cannot be pickled, or not be read here, is explained and costs only its call."""
        executor.submit("a", self.call(name), outcomes)
        failure = failure_of(outcomes.next())
        assert failure.kind is FailureKind.ERROR
        assert failure.message.startswith("The result of the fit cannot be")
        executor.submit("b", self.call("echo", 1), outcomes)
        assert outcomes.next().value == 1

    def test_arguments_that_cannot_travel_are_an_error(self, executor: Executor, outcomes: Outcomes) -> None:
        """They are explained through the outcome, as every failure is."""
        executor.submit("a", self.call("echo", threading.Lock()), outcomes)
        failure = failure_of(outcomes.next())
        assert failure.kind is FailureKind.ERROR
        assert failure.message.startswith("The arguments of the fit cannot be sent")

    def test_what_a_call_prints_does_not_disturb(self, executor: Executor, outcomes: Outcomes,
                                                 capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
        """Output of a call reaches neither the messages nor the notebook, and there is nothing to read from."""
        executor.submit("a", self.call("pollute"), outcomes)
        executor.submit("b", self.call("read_stdin"), outcomes)
        answers = outcomes.take(2)
        assert (answers["a"].value, answers["b"].value) == ("clean", "")
        assert capfd.readouterr() == ("", "")

    def test_closing_ends_every_process(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """Running workers are gone when `close` returns."""
        pid = self.begin(executor, outcomes, tmp_path / "pid")
        executor.close()
        assert failure_of(outcomes.next()).kind is FailureKind.CANCELLED
        assert not is_alive(pid)
