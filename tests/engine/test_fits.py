"""A long fit is limited without a budget, says how far it is, and can be ended while the search goes on."""

from __future__ import annotations

import threading

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import Autonomy, Cancel, Propose, Start
from hitl_widget.domain.fit import Fit, Rounds
from hitl_widget.domain.trial import Author, TrialState
from hitl_widget.engine.fits import Fits
from tests.doubles import FormulaExecutor, Stage
from tests.engine.searches import journal_of


@pytest.fixture
def one(tmp_path):
    """A search that the user drives, with one trial whose first fold is in a worker that is held."""
    stage = Stage(tmp_path, executor=FormulaExecutor(hold=True), autonomy=Autonomy.USER, budget_trials=None)
    stage.do(Start())
    stage.do(Propose({"family": "line", "line.x": 0.4}))
    stage.until(runs(0))
    yield stage
    stage.executor.release()
    stage.close()


def runs(number):
    return lambda state: state.trials[number].state is TrialState.RUNNING


def report(stage, key, *rounds):
    """Report the rounds of a call as its worker does, and wait until the controller has taken note."""
    noted = threading.Event()
    end = stage.controller.fits.subscribe(noted.set)
    stage.executor.heard[key](rounds)
    assert noted.wait(10)
    end()


def test_the_limits_of_a_fold_hold_without_a_budget(one):
    """Neither a budget nor a limit of a trial is given: a booster stops after a minute, any fit is ended after five."""
    ((_, call, seconds),) = one.executor.submitted
    (unit,) = call.args
    assert (unit.max_seconds, seconds) == (60.0, 300.0)


def test_a_fit_reports_its_rounds(one):
    """They are read beside the state, leave no event behind, and end with the fold."""
    one.clock.time += 12
    before = len(one.records)
    report(one, "0:0", 180, 500, True)
    assert one.controller.fits.now == (Fit(0, 0, 0.0, Rounds(180, 500, choosing=True)),)
    assert len(one.records) == before
    one.executor.release()
    one.until(lambda s: s.trials[0].state is TrialState.COMPLETE)
    assert one.controller.fits.now == ()


def test_a_report_that_comes_late_is_ignored(one):
    """The fold that it speaks of has ended."""
    late = one.executor.heard["0:0"]
    one.do(Cancel(0))
    late((3, 500, False))
    one.do(Propose({"family": "line", "line.x": 0.5}))
    one.until(runs(1))
    assert [fit.trial for fit in one.controller.fits.now] == [1]
    assert one.controller.fits.now[0].rounds is None


def test_ending_a_trial_ends_its_fit_and_says_why(one):
    """The worker is free for the next trial; the trial and the history say who ended it and how far it was."""
    one.clock.time += 42
    report(one, "0:0", 180, 500, True)
    one.do(Propose({"family": "tree"}))
    receipt = one.do(Cancel(0))
    assert (receipt.sentence, receipt.python) == ("Ended trial 0.", "session.cancel(0)")
    state = one.until(runs(1))
    assert state.trials[0].state is TrialState.STOPPED
    assert state.trials[0].reason == "You ended it 42 s into its first fold, at round 180 of up to 500."
    assert [fit.trial for fit in one.controller.fits.now] == [1]
    (told,) = [record for record in state.story if isinstance(record.event, ev.TrialEnded)]
    assert (told.author, told.event.number) == (Author.YOU, 0)
    one.executor.release()
    one.until(lambda s: s.trials[1].state is TrialState.COMPLETE)
    one.close()
    (kept,) = [record.event for record in journal_of(one) if getattr(record.event, "asked", False)]
    assert kept.reason == state.trials[0].reason


def test_a_trial_that_was_ended_can_run_again(one):
    """The same configuration is a new trial, which says where it comes from."""
    one.do(Cancel(0))
    config = dict(one.controller.state.trials[0].config)
    number = one.do(Propose(config, parent=0)).number
    assert one.controller.state.trials[number].why == "You ran #0 again, which had been stopped."


def test_a_queued_trial_is_canceled_before_it_runs(one):
    """It has no fold that could be ended."""
    number = one.do(Propose({"family": "tree"})).number
    assert one.do(Cancel(number)).sentence == f"Canceled trial {number}."
    assert one.controller.state.trials[number].reason == "You canceled it before it ran."


def test_fits_of_one_trial_end_together():
    """Its folds may run at the same time."""
    fits = Fits()
    for trial, fold in ((0, 0), (1, 1), (1, 2)):
        fits.begin(trial, fold, 1.0)
    assert [fit.fold for fit in fits.of(1)] == [1, 2]
    fits.end(1, 2)
    fits.advance(1, 2, Rounds(1, 2))
    assert [(fit.trial, fit.fold) for fit in fits.now] == [(0, 0), (1, 1)]
    fits.end(1)
    assert [fit.trial for fit in fits.now] == [0]
