"""The small rules of the engine: racing, limits, schedule, ensemble selection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hitl_widget.engine.budget import Stopwatch, fold_limits
from hitl_widget.engine.race import behind
from hitl_widget.engine.schedule import Schedule
from hitl_widget.evaluation.ensemble import select


class HandClock:
    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    def monotonic(self):
        return self.time


def test_a_trial_is_compared_on_the_folds_that_both_have():
    """An easy first fold does not make a bad trial look good."""
    best, constant = {0: 0.95, 1: 0.75}, {0: 0.5, 1: 0.5}
    assert behind({0: 0.80}, best, constant) == pytest.approx(0.15)
    assert behind({0: 0.90}, best, constant) is None
    assert behind({2: 0.1}, best, constant) is None


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_nobody_is_stopped_for_being_better_or_while_nothing_beats_a_constant(score, best, constant):
    """Racing stops only trials worse than the best, once the best beats the constant."""
    gap = behind({0: score}, {0: best}, {0: constant})
    if score >= best or best <= constant:
        assert gap is None


def test_the_clock_stands_still_while_paused():
    """Only the time between start and stop counts."""
    clock = HandClock()
    watch = Stopwatch(clock, 5.0)
    clock.time = 10.0
    assert watch.elapsed == 5.0
    watch.start()
    clock.time = 12.5
    watch.start()
    assert watch.elapsed == 7.5
    watch.stop()
    clock.time = 100.0
    assert watch.elapsed == 7.5
    assert not watch.ticking


@given(st.none() | st.floats(1, 1e5), st.integers(2, 10), st.none() | st.floats(0.2, 1e4))
def test_the_hard_limit_lies_above_the_soft_one(budget, folds, given_limit):
    """A learner gets the time to stop itself before its process is ended, also without a budget in seconds."""
    soft, hard = fold_limits(budget, folds, given_limit)
    assert hard > 0
    assert 0 < soft <= hard


def test_the_schedule_starts_the_other_folds_after_promotion_only():
    """One fold first; after promotion all others, oldest trial first."""
    schedule = Schedule()
    schedule.begin(0, 3)
    schedule.begin(1, 3)
    assert schedule.next() is None
    schedule.active[1].promoted = True
    assert (schedule.next().key, schedule.next().key) == ("1:1", "1:2")
    schedule.active[0].promoted = True
    assert schedule.next().key == "0:1"
    schedule.end(0)
    assert schedule.next() is None
    assert sum(trial.started for trial in schedule.active.values()) == 3


@given(arrays(float, st.tuples(st.integers(1, 6), st.just(5)), elements=st.floats(-5, 5)))
def test_an_ensemble_is_never_worse_than_its_best_member(predictions):
    """Selection starts from the best single model, so it can only gain; weights sum to one."""
    truth = np.array([1.0, 0.0, -1.0, 2.0, 0.5])

    def score(mean):
        return -float(np.square(mean - truth).mean())

    weights, best = select(list(predictions), score)
    assert best >= max(score(one) for one in predictions) - 1e-12
    assert sum(weight for _, weight in weights) == pytest.approx(1.0)
    assert score(sum(weight * predictions[index] for index, weight in weights)) == pytest.approx(best)
