from __future__ import annotations

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.trial import Author, Origin, TrialState
from hitl_widget.engine.budget import Stopwatch
from hitl_widget.engine.context import Context
from hitl_widget.engine.event_log import EventLog
from hitl_widget.engine.fits import Fits
from hitl_widget.engine.no_journal import NoJournal
from hitl_widget.engine.phases import Phases
from hitl_widget.errors import CommandError
from tests.doubles import HandClock

YOU = Provenance(Author.YOU, "click-1")


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def context(clock):
    watch = Stopwatch(clock)
    told = lambda _state, _batch: None  # noqa: E731
    return Context(EventLog(SessionState(), NoJournal(), clock, watch, told), None, watch, Fits())


def test_the_clock_runs_while_the_search_does(context, clock):
    """It stands still in a pause, and after nothing can run."""
    phases, spans = Phases(context), []
    for step in (phases.begin, phases.pause, phases.go_on):
        step(YOU)
        clock.time += 10
        spans.append((context.state.phase, context.watch.elapsed))
    phases.give_up("No worker starts.")
    clock.time += 10
    assert spans == [(Phase.RUNNING, 10.0), (Phase.PAUSED, 10.0), (Phase.RUNNING, 20.0)]
    assert (context.state.phase, context.watch.elapsed) == (Phase.FAILED, 20.0)


def test_the_budget_in_seconds_is_spent_on_the_search_s_clock(context, clock):
    """The sentence is what the record says."""
    phases = Phases(context)
    context.emit(ev.BudgetSet(30.0, None))
    phases.begin(YOU)
    clock.time += 29
    assert phases.spent is None
    clock.time += 1
    assert phases.spent == "The time budget is used up."


def test_the_budget_in_trials_is_spent_when_the_last_one_ended(context):
    """Not when it began."""
    phases = Phases(context)
    context.emit(ev.BudgetSet(None, 1))
    number = context.queue({"family": "line"}, MACHINE, Origin.START, "")
    context.emit(ev.TrialStarted(number))
    assert phases.spent is None
    context.emit(ev.TrialEnded(number, TrialState.STOPPED))
    assert phases.spent == "All 1 trials are done."


def test_a_trial_that_is_not_there_is_named_in_the_refusal(context):
    """With how many there are."""
    with pytest.raises(CommandError, match="no trial 3; the record has 0 trials"):
        context.trial(3)
