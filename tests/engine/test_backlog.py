from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest

from hitl_widget.domain.objective import Objective, Source
from hitl_widget.domain.trial import Author, Fold, Origin, Trial, TrialState
from hitl_widget.domain.vector import Vector
from hitl_widget.engine.backlog import BATCH, Backlog, failed_jobs, measured_event_body
from hitl_widget.evaluation.measures import MeasureResult

SLOPE = Objective("calibration", "calibration", "lower", Source.PREDICTIONS)
TIME = Objective("predict_ms", "prediction time", "lower", Source.MODEL)


def complete(number, **measures):
    trial = Trial(number, {"family": "line"}, Author.MACHINE, Origin.SAMPLER, None, "", 0)
    return replace(trial, state=TrialState.COMPLETE, score=0.7, folds=(Fold(0, 0.7),), measures=measures)


def recorded(*trials):
    """Trials as a state holds them."""
    return reduce(Vector.append, trials, Vector())


@pytest.fixture
def kept():
    """Numbers of the trials whose model is kept."""
    return set()


@pytest.fixture
def backlog(kept):
    return Backlog(lambda number: number, lambda number: number in kept)


def test_what_is_at_hand_goes_before_what_is_fitted_again(backlog, kept):
    """A stored prediction and a kept model are cheap; a model that was dropped is fitted again, the latest first."""
    trials = recorded(complete(0), complete(1), complete(2), complete(3, calibration=0.1, predict_ms=2.0))
    kept.add(1)
    backlog.want([SLOPE, TIME], trials)
    jobs = backlog.take_cheap(trials)
    assert [(job.trial, job.names) for job in jobs] == [
        (0, ("calibration",)),
        (1, ("calibration", "predict_ms")),
        (2, ("calibration",)),
    ]
    assert [job.trial for job in backlog.take_expensive(trials)] == [2]
    assert [job.trial for job in backlog.take_expensive(trials)] == [0]
    assert backlog.take_expensive(trials) == []


def test_a_model_that_is_dropped_meanwhile_is_fitted_again(backlog, kept):
    """It was cheap when it was lined up."""
    trials = recorded(complete(0))
    kept.add(0)
    backlog.want([TIME], trials)
    kept.clear()
    assert backlog.take_cheap(trials) == []
    assert [job.trial for job in backlog.take_expensive(trials)] == [0]


def test_a_call_holds_a_batch(backlog):
    """The others wait for the next one."""
    trials = recorded(*(complete(number) for number in range(BATCH + 5)))
    backlog.want([SLOPE], trials)
    assert (len(backlog.take_cheap(trials)), backlog.cheap) == (BATCH, 5)


def test_what_breaks_off_is_tried_three_times_more(backlog):
    """Alone, once a call of several was lost to a worker that died."""
    trials = recorded(complete(0), complete(1))
    backlog.want([SLOPE], trials)
    jobs = backlog.take_cheap(trials)
    backlog.put_back(jobs, trials, separately=True)
    for _ in range(3):
        first = backlog.take_cheap(trials)
        assert [job.trial for job in first] == [0]
        backlog.put_back(first, trials)
        backlog.put_back(backlog.take_cheap(trials), trials)
    assert backlog.take_cheap(trials) == []


def test_other_objectives_are_measured_of_every_trial(backlog):
    """The same ones again change nothing."""
    trials = recorded(complete(0))
    backlog.want([SLOPE], trials)
    backlog.take_cheap(trials)
    backlog.want([SLOPE], trials)
    assert backlog.cheap == 0
    backlog.want([SLOPE, TIME], trials)
    assert (backlog.cheap, backlog.expensive, backlog.model_names) == (1, 1, ("predict_ms",))


def test_a_measurement_is_recorded_rounded_and_a_failure_in_words(backlog):
    """Seven digits tell values apart, three tell spreads apart."""
    body = measured_event_body([MeasureResult(3, {"predict_ms": 1.23456789}, {"predict_ms": 0.123456}, {})])
    assert body == (
        {"number": 3, "values": {"predict_ms": 1.234568}, "spreads": {"predict_ms": 0.123}, "problems": {}},
    )
    trials = recorded(complete(0))
    backlog.want([SLOPE], trials)
    assert failed_jobs(backlog.take_cheap(trials), "It died.")[0].problems == {"calibration": "It died."}
