"""What the workers do now."""

from __future__ import annotations

from hitl_widget.domain import event as ev
from hitl_widget.domain.fit import Fit, Rounds
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Fold, Origin, TrialState
from hitl_widget.report.workload import workload, workload_frame
from tests.report.sessions import TASK


def state_at(*events):
    """The state after events, each with the second at which it happened."""
    state = SessionState()
    for seq, (elapsed, event) in enumerate(events, 1):
        state = reduce(state, ev.Record(seq, 0.0, elapsed, Author.MACHINE, "", event))
    return state


def queued(number):
    return ev.TrialQueued(number, {"family": "lightgbm"}, Author.MACHINE, Origin.SAMPLER, None, "", 0)


STATE = state_at(
    (0.0, queued(0)),
    (1.0, ev.TrialStarted(0)),
    (8.0, ev.FoldDone(0, Fold(0, 0.8))),
    (9.0, ev.TrialEnded(0, TrialState.COMPLETE)),
    (9.0, queued(1)),
    (9.5, ev.TrialStarted(1)),
    (9.6, queued(2)),
    (11.0, ev.FoldDone(1, Fold(0, 0.8))),
)


def test_running_trials_come_before_queued_ones_with_the_time_that_their_family_took():
    """The expectation is the time from start to end of earlier trials of the family."""
    jobs = workload(STATE)
    assert [(job.trial.number, job.trial.state, job.expected) for job in jobs] == [
        (1, TrialState.RUNNING, 8.0),
        (2, TrialState.QUEUED, 8.0),
    ]
    assert workload(state_at((0.0, queued(0))))[0].expected is None


def test_the_table_says_for_how_long_a_trial_runs():
    """A queued trial has no time yet."""
    frame = workload_frame(STATE, 12.5, (), TASK.split)
    assert list(frame["seconds"].fillna(-1)) == [3.0, -1.0]
    assert list(frame["folds"]) == [1, 0]
    assert list(frame["progress"]) == ["", ""]
    assert workload_frame(SessionState(), 1.0, (), TASK.split).empty


def test_the_table_says_how_far_the_longest_running_fold_is():
    """A trial may have several folds in the workers."""
    fits = (Fit(1, 1, 9.5, Rounds(30, 143)), Fit(1, 2, 10.0))
    frame = workload_frame(STATE, 12.5, fits, TASK.split)
    assert list(frame["progress"]) == ["fold 2 of 5, round 30 of 143, 3.0 s", ""]
