"""Prediction times are of the delivered model, and a held-up run does not count."""

from __future__ import annotations

import itertools
from functools import partial

import pytest

from hitl_widget.evaluation.fold_models import load_fold_pipeline, make_blend
from hitl_widget.evaluation.timing import least_by_turns, seconds_for_sample, seconds_of_pipeline, seconds_to_predict
from tests.evaluation.tables import drifting, finished, labelled, opened

LINEAR = {"family": "linear"}


@pytest.mark.parametrize("time", [None, "day"])
def test_one_fold_tells_the_time_of_the_delivered_model(tmp_path, time: str | None) -> None:
    """What a trial shows, measured on one fold, is what its delivered model takes: an average or one model."""
    table, target = (drifting(), "amount") if time else (labelled(), "good")
    ctx = opened(tmp_path, table, target, time=time)
    trial = finished(ctx, 0, LINEAR)
    pipeline = load_fold_pipeline(ctx, trial, 0)
    shown = seconds_of_pipeline(ctx, pipeline[1], pipeline[2], foreign=False)
    assert shown == pytest.approx(seconds_to_predict(ctx, make_blend(ctx, [trial]), foreign=False), rel=0.5)


class Clock:
    """A clock that only predicting moves: so much at the start and so much per row."""

    def __init__(self, start: float, each: float) -> None:
        self.now, self.start, self.each, self.asked = 0.0, start, each, []

    def __call__(self) -> float:
        return self.now

    def predict(self, rows: int) -> float:
        took = self.start + rows * self.each
        self.now += took
        self.asked.append(rows)
        return took


@pytest.mark.parametrize(
    ("start", "each", "asked"),
    [
        (0.005, 5e-6, [1, 1, 25, 1, 25] + [1000] * 7),
        (0.02, 3e-5, [1, 1, 25, 1, 25, 1000, 1000, 1000]),
        (0.08, 3e-5, [1, 1, 25, 1, 25, 1000]),
        (0.01, 6e-4, [1, 1, 25, 1, 25, 200]),
        (0.03, 3e-4, [1, 1, 25, 1, 25, 200, 1000]),
        (0.0, 6e-3, [1, 1, 25, 1, 25]),
        (0.0, 0.02, [1, 1, 25]),
    ],
)
def test_slow_models_are_timed_on_fewer_rows(start: float, each: float, asked: list[int]) -> None:
    """What a call costs and what a row costs are told apart, also for the slowest."""
    clock = Clock(start, each)
    assert seconds_for_sample(clock.predict, clock) == pytest.approx(start + 1000 * each)
    assert clock.asked == asked


@pytest.mark.parametrize("held_up", range(6))
def test_the_least_run_counts(held_up: int) -> None:
    """One run that is held up does not matter, whichever it is."""
    clock = Clock(0.004, 1e-6)
    pauses = itertools.chain([0] * held_up, [0.1], itertools.repeat(0))

    def predict(rows: int) -> float:
        pause = next(pauses)
        clock.now += pause
        return clock.predict(rows) + pause

    assert seconds_for_sample(predict, clock) == pytest.approx(0.005)


def test_a_busy_moment_does_not_make_a_model_look_slow() -> None:
    """Models take turns, so that seconds in which the machine is busy fall on one turn of each."""
    turns = {"fast": iter([0.009, 0.008, 0.004, 0.0041, 0.0041]), "slow": iter([0.041, 0.08, 0.041, 0.04])}
    asked = []

    def timed(name: str) -> float:
        asked.append(name)
        return next(turns[name])

    assert least_by_turns([partial(timed, "fast"), partial(timed, "slow")]) == [0.004, 0.04]
    assert asked == [*["fast", "slow"] * 4, "fast"]


def test_a_model_that_fails_has_no_time() -> None:
    """A custom model that fails on some rows costs its own prediction time only."""

    def fails() -> float:
        raise ValueError("three rows at least")

    assert least_by_turns([fails, lambda: 0.5]) == [None, 0.5]


def test_twelve_turns_are_enough() -> None:
    """Times that never agree end after twelve turns with the least."""
    times = iter([2.0**-i for i in range(20)])
    assert least_by_turns([lambda: next(times)]) == [2.0**-11]
