from __future__ import annotations

import pytest

from hitl_widget.workers.reports import PACE, Reporter


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_call_reports_twice_a_second_and_not_at_its_start(clock: Clock) -> None:
    """What comes in between is dropped, so that a thousand short calls report nothing."""
    sent: list[int] = []
    report = Reporter(sent.append, clock)
    for number in range(1000):
        report(number)
        clock.time += PACE / 128
    assert sent == [128, 256, 384, 512, 640, 768, 896]


def test_a_call_that_has_ended_reports_nothing(clock: Clock) -> None:
    """A thread that it left behind is not heard."""
    sent: list[int] = []
    report = Reporter(sent.append, clock)
    clock.time += 1
    report(1)
    report.close()
    clock.time += 1
    report(2)
    assert sent == [1]
