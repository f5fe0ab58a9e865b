"""The contract of executors."""

from __future__ import annotations

import logging
import queue
import threading
from logging.handlers import QueueHandler
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hitl_widget.testing.outcomes import PATIENCE, Outcomes, failure_of
from hitl_widget.workers.contract import Call, Executor, FailureKind, Outcome

__all__ = ["ExecutorContract"]


class ExecutorSuite:
    """The fixtures and helpers of the suites of executors."""

    calls = "executor_calls"

    @pytest.fixture
    def executor(self) -> Executor:
        """Return an executor with two slots; its fixture closes it."""
        raise NotImplementedError

    @pytest.fixture
    def outcomes(self) -> Outcomes:
        """Return a receiver of outcomes."""
        return Outcomes()

    def call(self, name: str, *args: Any) -> Call:
        """Return a call of a function of the tests."""
        return Call(f"{self.calls}:{name}", args)

    def await_file(self, path: Path) -> str:
        """Wait until a running call has written a file."""
        waiting = threading.Event()
        for _ in range(int(PATIENCE / 0.005)):
            if path.exists() and (text := path.read_text()):
                return text
            waiting.wait(0.005)
        raise TimeoutError(path)

    def occupy(self, executor: Executor, outcomes: Outcomes, folder: Path) -> Path:
        """Fill both slots; the calls end when the file that is returned appears."""
        gate = folder / "gate"
        for slot in range(2):
            mine = folder / f"busy-{slot}"
            executor.submit(f"busy-{slot}", self.call("meet", str(mine), str(gate)), outcomes)
            self.await_sign(mine)
        return gate

    def await_sign(self, path: Path) -> None:
        """Wait until a running call has made a file."""
        while not path.exists():
            threading.Event().wait(0.005)


class ValuesContract(ExecutorSuite):
    """Values and errors come back, each to its call."""

    def test_a_value_comes_back_under_its_key(self, executor: Executor, outcomes: Outcomes) -> None:
        """What the function returns is the outcome's value, with its wall time and its slot."""
        executor.submit("a", self.call("echo", {"x": [1, 2.5, None]}), outcomes)
        outcome = outcomes.next()
        assert (outcome.key, outcome.value, outcome.failure) == ("a", {"x": [1, 2.5, None]}, None)
        assert 0 <= outcome.seconds < 10
        assert outcome.slot in range(executor.slots)

    def test_none_is_a_value(self, executor: Executor, outcomes: Outcomes) -> None:
        """A function that returns nothing has succeeded."""
        executor.submit("a", self.call("echo", None), outcomes)
        outcome = outcomes.next()
        assert outcome.value is None
        assert outcome.failure is None

    def test_the_context_is_the_first_argument(self, executor: Executor, outcomes: Outcomes) -> None:
        """Every call receives the context, which is opened at most once for each slot."""
        for number in range(10):
            executor.submit(str(number), self.call("context_is_shared"), outcomes)
        opened = [outcome.value["opened_by"] for outcome in outcomes.take(10).values()]
        assert 1 <= len(set(opened)) <= executor.slots

    def test_large_arrays_travel_both_ways(self, executor: Executor, outcomes: Outcomes) -> None:
        """Tens of megabytes go in and come out unchanged, while small calls pass."""
        count = 3_000_000
        executor.submit("in", self.call("total", np.ones(count)), outcomes)
        executor.submit("out", self.call("array", count), outcomes)
        executor.submit("small", self.call("echo", 1), outcomes)
        answers = outcomes.take(3)
        assert answers["in"].value == count
        np.testing.assert_array_equal(answers["out"].value, np.arange(count, dtype=np.float64))

    def test_many_quick_calls_all_come_back(self, executor: Executor, outcomes: Outcomes) -> None:
        """Five hundred calls give five hundred outcomes, each once."""
        for number in range(500):
            executor.submit(str(number), self.call("echo", number), outcomes)
        answers = outcomes.take(500)
        assert all(answers[str(number)].value == number for number in range(500))
        assert outcomes.is_empty()

    def test_outcomes_come_from_a_thread_of_the_executor(self, executor: Executor, outcomes: Outcomes) -> None:
        """`done` is never called from within `submit`."""
        executor.submit("a", self.call("echo", 1), outcomes)
        assert outcomes.next_thread() is not threading.current_thread()

    # Reports

    def test_reports_come_in_order_before_the_outcome(
        self, executor: Executor, outcomes: Outcomes, tmp_path: Path
    ) -> None:
        """At most two a second arrive from a call that reports all the time, none after it; errors in `heard` pass."""
        heard: queue.SimpleQueue[int] = queue.SimpleQueue()

        def hear(value: int) -> None:
            heard.put(value)
            raise RuntimeError("a bug in the listener")

        gate = tmp_path / "gate"
        executor.submit("a", self.call("report_until", str(gate)), outcomes, heard=hear)
        first, second = heard.get(timeout=PATIENCE), heard.get(timeout=PATIENCE)
        assert 0 < first < second
        gate.touch()
        outcome = outcomes.next()
        late = heard.qsize()
        assert 2 + late <= 2 * outcome.seconds
        assert outcome.value >= second
        executor.submit("b", self.call("echo", 1), outcomes)
        outcomes.next()
        assert heard.qsize() == late

    # Looks

    def test_a_background_task_does_not_wait_for_busy_slots(
        self, executor: Executor, outcomes: Outcomes, tmp_path: Path
    ) -> None:
        """While both slots are taken a background task runs, and any other call waits."""
        gate = self.occupy(executor, outcomes, tmp_path)
        executor.submit("waits", self.call("echo", 1), outcomes)
        executor.submit("task", self.call("echo", 2), outcomes, background=True)
        first = outcomes.next()
        assert (first.key, first.value) == ("task", 2)
        gate.write_text("go")
        assert set(outcomes.take(3)) == {"busy-0", "busy-1", "waits"}

    def test_a_background_task_keeps_no_call_waiting(
        self, executor: Executor, outcomes: Outcomes, tmp_path: Path
    ) -> None:
        """While a background task runs, both slots are free."""
        mine, gate = tmp_path / "task", tmp_path / "gate"
        executor.submit("task", self.call("meet", str(mine), str(gate)), outcomes, background=True)
        self.await_sign(mine)
        executor.submit("a", self.call("echo", 1), outcomes)
        executor.submit("b", self.call("echo", 2), outcomes)
        assert set(outcomes.take(2)) == {"a", "b"}
        gate.write_text("go")
        assert outcomes.next().key == "task"

    def test_a_background_task_can_be_cancelled(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """It ends with a failure that says so; the next one runs."""
        mine = tmp_path / "task"
        executor.submit("task", self.call("meet", str(mine), str(tmp_path / "gate")), outcomes, background=True)
        self.await_sign(mine)
        executor.cancel("task")
        assert failure_of(outcomes.next()).kind is FailureKind.CANCELLED
        (tmp_path / "gate").write_text("go")
        executor.submit("next", self.call("echo", 3), outcomes, background=True)
        assert outcomes.next().value == 3

    # Errors

    def test_an_error_costs_only_its_call(self, executor: Executor, outcomes: Outcomes) -> None:
        """An exception is explained in a sentence, with its traceback; the next call runs."""
        executor.submit("bad", self.call("fail", "no such column"), outcomes)
        failure = failure_of(outcomes.next())
        assert failure.kind is FailureKind.ERROR
        assert failure.message == "The fit failed with ValueError: no such column; only this trial is lost."
        assert "in fail" in failure.detail
        executor.submit("good", self.call("echo", 1), outcomes)
        assert outcomes.next().value == 1

    def test_leaving_the_interpreter_is_an_error(self, executor: Executor, outcomes: Outcomes) -> None:
        """`sys.exit` in a call ends neither the slot nor the program."""
        executor.submit("a", self.call("leave"), outcomes)
        assert failure_of(outcomes.next()).kind is FailureKind.ERROR

    def test_a_function_that_is_not_there_is_an_error(self, executor: Executor, outcomes: Outcomes) -> None:
        """A call of an unknown module or name fails in words."""
        executor.submit("module", Call("no_such_module:f"), outcomes)
        executor.submit("name", self.call("no_such_name"), outcomes)
        answers = outcomes.take(2)
        assert "no_such_module" in failure_of(answers["module"]).message
        assert "no_such_name" in failure_of(answers["name"]).message

    def test_an_error_in_done_harms_nobody(self, executor: Executor, outcomes: Outcomes) -> None:
        """A callback that raises is logged, and the executor goes on."""
        log: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        handler = QueueHandler(log)
        logging.getLogger().addHandler(handler)

        def raises(outcome: Outcome) -> None:
            raise RuntimeError("a bug in the callback")

        try:
            executor.submit("a", self.call("echo", 1), raises)
            executor.submit("b", self.call("echo", 2), outcomes)
            assert outcomes.next().value == 2
            assert "a bug in the callback" in log.get(timeout=PATIENCE).getMessage()
        finally:
            logging.getLogger().removeHandler(handler)


class SlotsContract(ExecutorSuite):
    """Calls share slots in order; they can be canceled, and the executor closed."""

    # Order

    def test_all_slots_run_at_the_same_time(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """Two calls that wait for each other both end."""
        one, two = str(tmp_path / "one"), str(tmp_path / "two")
        executor.submit("1", self.call("meet", one, two), outcomes)
        executor.submit("2", self.call("meet", two, one), outcomes)
        answers = outcomes.take(2)
        assert {outcome.slot for outcome in answers.values()} == {0, 1}
        assert all(outcome.failure is None for outcome in answers.values())

    def test_no_more_calls_run_than_slots(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """A third call starts only when one of two has ended."""
        gate = self.occupy(executor, outcomes, tmp_path)
        executor.submit("third", self.call("touch", str(tmp_path / "third")), outcomes)
        assert not (tmp_path / "third").exists()
        gate.touch()
        outcomes.take(3)
        assert (tmp_path / "third").exists()

    def test_waiting_calls_start_in_order(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """With one slot taken for good, the other runs what waits in the order it came."""
        gate = tmp_path / "gate"
        executor.submit("busy", self.call("meet", str(tmp_path / "busy"), str(gate)), outcomes)
        for number in range(20):
            executor.submit(str(number), self.call("echo", number), outcomes)
        assert [outcomes.next().value for _ in range(20)] == list(range(20))
        gate.touch()
        assert outcomes.next().key == "busy"

    def test_a_key_in_use_is_refused(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """Two live calls cannot share a key; it is free again in the callback of the first."""
        gate = self.occupy(executor, outcomes, tmp_path)
        with pytest.raises(ValueError, match="'busy-0' is waiting or running"):
            executor.submit("busy-0", self.call("echo", 1), outcomes)
        gate.touch()
        outcomes.take(2)
        executor.submit("busy-0", self.call("echo", 1), lambda first: executor.submit(first.key, self.call("echo", 2),
                                                                                      outcomes))  # fmt: skip
        assert outcomes.next().value == 2

    # Cancelling

    def test_a_waiting_call_can_be_cancelled(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """It never runs, its outcome comes at once, and those behind it are not disturbed."""
        gate = self.occupy(executor, outcomes, tmp_path)
        executor.submit("waits", self.call("touch", str(tmp_path / "ran")), outcomes)
        executor.submit("behind", self.call("echo", 1), outcomes)
        executor.cancel("waits")
        outcome = outcomes.next()
        assert outcome.key == "waits"
        assert failure_of(outcome).kind is FailureKind.CANCELLED
        gate.touch()
        assert outcomes.take(3)["behind"].value == 1
        assert not (tmp_path / "ran").exists()

    def test_a_running_call_can_be_cancelled(self, executor: Executor, outcomes: Outcomes, tmp_path: Path) -> None:
        """Its outcome comes at once and only once; the neighbor goes on."""
        gate = self.occupy(executor, outcomes, tmp_path)
        executor.cancel("busy-0")
        outcome = outcomes.next()
        assert outcome.key == "busy-0"
        assert failure_of(outcome).kind is FailureKind.CANCELLED
        gate.touch()
        assert outcomes.next().key == "busy-1"
        executor.submit("next", self.call("echo", 1), outcomes)
        assert outcomes.next().key == "next"

    def test_cancelling_what_is_not_there_is_ignored(self, executor: Executor, outcomes: Outcomes) -> None:
        """An unknown key, and one that has ended, change nothing."""
        executor.cancel("never")
        executor.submit("a", self.call("echo", 1), outcomes)
        outcomes.next()
        executor.cancel("a")
        executor.submit("b", self.call("echo", 2), outcomes)
        assert outcomes.next().value == 2
        assert outcomes.is_empty()

    # Closing

    def test_closing_cancels_what_runs_and_what_waits(self, executor: Executor, outcomes: Outcomes,
                                                      tmp_path: Path) -> None:  # fmt: skip
        """Every submitted call has its outcome when `close` returns."""
        gate = self.occupy(executor, outcomes, tmp_path)
        executor.submit("waits", self.call("echo", 1), outcomes)
        executor.close()
        answers = outcomes.take(3)
        gate.touch()
        assert {failure_of(outcome).kind for outcome in answers.values()} == {FailureKind.CANCELLED}

    def test_closing_twice_is_safe(self, executor: Executor) -> None:
        """The second time, and from another thread, nothing happens."""
        executor.close()
        executor.close()
        other = threading.Thread(target=executor.close)
        other.start()
        other.join(PATIENCE)
        assert not other.is_alive()

    def test_a_closed_executor_takes_no_calls(self, executor: Executor, outcomes: Outcomes) -> None:
        """`submit` says that it is closed; `cancel` stays harmless."""
        executor.close()
        with pytest.raises(RuntimeError, match="closed"):
            executor.submit("a", self.call("echo", 1), outcomes)
        executor.cancel("a")

    def test_it_can_be_closed_from_a_callback(self, executor: Executor) -> None:
        """`close` in `done` does not wait for its own thread."""
        closed = threading.Event()

        def close(outcome: Outcome) -> None:
            executor.close()
            closed.set()

        executor.submit("a", self.call("echo", 1), close)
        assert closed.wait(PATIENCE)

    def test_any_thread_may_submit(self, executor: Executor, outcomes: Outcomes) -> None:
        """Calls from many threads at once are all answered."""

        def submit(name: int) -> None:
            for number in range(25):
                executor.submit(f"{name}-{number}", self.call("echo", number), outcomes)

        threads = [threading.Thread(target=submit, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert len(outcomes.take(200)) == 200


class ExecutorContract(ValuesContract, SlotsContract):
    """The promises of every executor. Override the fixture `executor` with one of two slots.

    The functions it calls live in a module that executor and tests can import, `calls`; its context is
    ``open_context``.
    """
