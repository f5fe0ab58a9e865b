"""The failure when no worker can start, the same for all executors of processes."""

from __future__ import annotations

from hitl_widget.testing import Outcomes
from hitl_widget.testing.outcomes import failure_of
from hitl_widget.workers.contract import Call, FailureKind
from hitl_widget.workers.executors import ProcessExecutor

__all__ = ["check_start_failure"]


def check_start_failure(executor: ProcessExecutor, call: Call, outcomes: Outcomes, words: str, detail: str) -> None:
    """Calls before and after fail with the same reason, and the log is in the detail."""
    executor.submit("before", call, outcomes)
    first = failure_of(outcomes.next())
    executor.submit("after", call, outcomes)
    second = failure_of(outcomes.next())
    executor.close()
    assert first == second
    assert first.kind is FailureKind.DIED
    assert first.message.startswith("The worker processes cannot be started")
    assert words in first.message
    assert detail in first.detail
