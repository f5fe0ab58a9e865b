"""Long work stands back, short work does not."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from hitl_widget.explain.priority import at_falling_priority, at_idle_priority

linux = pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux only")


def priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_what_is_found_and_what_goes_wrong_come_out():
    """The value, or the error itself, as without it."""
    assert at_falling_priority(lambda: 3) == 3
    with pytest.raises(KeyError, match="gone"):
        at_falling_priority(lambda: {}["gone"])


@linux
def test_long_work_stands_back_and_the_caller_does_not():
    """Short work keeps the priority of its process; long work goes to the lowest, and the next call starts anew."""
    before = priority()
    if before == 19:
        pytest.skip("nothing is lower than this process already")
    assert at_falling_priority(priority, 20.0) == before

    def long() -> int:
        while (now := priority()) == before:
            threading.Event().wait(0.005)
        return now

    assert at_falling_priority(long, 0.0) == 19
    assert priority() == before
    assert at_falling_priority(priority, 20.0) == before


@linux
def test_what_makes_an_answer_better_takes_what_is_left():
    """It runs as an idle task; the caller does not, and errors come out as they are."""

    def policy() -> int:
        return os.sched_getscheduler(threading.get_native_id())

    def late() -> int:
        while (now := policy()) == before:
            threading.Event().wait(0.005)
        return now

    before = policy()
    assert at_idle_priority(late) == os.SCHED_IDLE
    assert policy() == before
    with pytest.raises(KeyError, match="gone"):
        at_idle_priority(lambda: {}["gone"])
