from __future__ import annotations

import pytest

from hitl_widget.domain.state import SessionState
from hitl_widget.engine.retention import Retention


class Context:
    """A state that is moved by hand."""

    def __init__(self, leaders, trials=10):
        self.state = SessionState(leaders=leaders, trials=list(range(trials)))


class Files:
    """Remembers whose files were dropped."""

    def __init__(self):
        self.dropped = []

    def drop(self, number):
        self.dropped.append(number)


class Backlog:
    """Awaits more of some trials."""

    def __init__(self, awaited=()):
        self.awaited = awaited

    def missing(self, trial):
        return [trial] if trial in self.awaited else []


@pytest.fixture
def files():
    return Files()


def test_a_trial_that_loses_the_lead_loses_its_models(files):
    """And one that never led, as soon as it ended."""
    context = Context((2, 0))
    retention = Retention(context, files, Backlog())
    retention.ended(1, (0,))
    context.state = SessionState(leaders=(3,), trials=context.state.trials)
    retention.ended(3, (2, 0))
    assert files.dropped[0] == 1
    assert set(files.dropped[1:]) == {0, 2}


def test_a_trial_that_may_yet_lead_keeps_its_models(files):
    """Its constraints are still to be measured on them."""
    context = Context((2,))
    retention = Retention(context, files, Backlog(awaited=(1,)))
    retention.ended(1, (2,))
    assert files.dropped == []
    retention.measured([1])
    assert files.dropped == [1]


def test_an_act_that_can_be_undone_costs_no_models(files):
    """Those that it puts out of the lead are spared, and lead again after undo."""
    context = Context((2, 0))
    retention = Retention(context, files, Backlog())
    retention.steered()
    context.state = SessionState(leaders=(5,), trials=context.state.trials)
    assert retention.leaders_moved
    retention.steered()
    retention.measured([0, 2])
    assert files.dropped == []
    assert not retention.leaders_moved
