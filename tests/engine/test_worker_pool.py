from __future__ import annotations

import pytest

from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.workers.contract import Call, Outcome

CALL = Call("some:function", ())


class Executor:
    """Keeps what it is told."""

    slots = 2

    def __init__(self):
        self.submitted, self.cancelled, self.closed, self.heard = [], [], False, None

    def submit(self, key, call, done, *, seconds=None, background=False, heard=None):
        self.submitted.append((key, background))
        self.heard = heard

    def cancel(self, key):
        self.cancelled.append(key)

    def close(self):
        self.closed = True


@pytest.fixture
def made():
    return []


@pytest.fixture
def delivered():
    return []


@pytest.fixture
def pool(made, delivered):
    def make():
        made.append(Executor())
        return made[-1]

    return WorkerPool(make, delivered.append)


def test_an_outcome_goes_to_whoever_submitted_the_call(pool):
    """Each once; an outcome under a key that nobody waits for is ignored."""
    got = []
    pool.submit("7:0", CALL, None, got.append)
    key = pool.begin("measure", CALL, None, got.append)
    assert pool.busy == 2
    for one in (key, key, "7:0", "strange"):
        pool.receive(Outcome(one, 1))
    assert [one.key for one in got] == [key, "7:0"]
    assert pool.busy == 0


def test_a_cancelled_call_has_no_receiver(pool, made):
    """Its late outcome reaches nobody, and a call that has ended is not cancelled."""
    got = []
    pool.submit("7:0", CALL, None, got.append)
    pool.cancel("7:0")
    pool.cancel("7:0")
    pool.receive(Outcome("7:0", 1))
    assert (got, made[0].cancelled, pool.busy) == ([], ["7:0"], 0)


def test_reports_go_to_whoever_listens_while_the_call_runs(pool, made, delivered):
    """They take the way of outcomes; a call without a listener, and one that has ended, is not heard."""
    heard = []
    pool.submit("7:0", CALL, None, lambda outcome: None, heard.append)
    made[0].heard((1, 9))
    pool.hear(delivered[0])
    pool.receive(Outcome("7:0", 1))
    pool.hear(delivered[0])
    assert heard == [(1, 9)]
    pool.submit("7:1", CALL, None, lambda outcome: None)
    assert made[0].heard is None


def test_workers_are_released_when_idle_and_made_again(pool, made):
    """Not while a call runs, and not when the search goes on."""
    pool.submit("7:0", CALL, None, lambda outcome: None)
    pool.release()
    pool.close_if_released(resting=True)
    assert not made[0].closed
    pool.receive(Outcome("7:0", 1))
    pool.close_if_released(resting=True)
    assert made[0].closed
    pool.run_background("look#1", CALL, lambda outcome: None, None)
    assert (len(made), made[1].submitted) == (2, [("look#1", True)])
    pool.release()
    pool.close_if_released(resting=False)
    pool.close_if_released(resting=True)
    assert not made[1].closed
