"""Prediction time: what the person gets takes this long, from rows of the raw table to predictions.

Another process on the machine slows a model down for seconds at a time. The models that are offered therefore take
turns, and a figure holds when three turns agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.evaluation.context import SAMPLE, Context

__all__ = ["least_by_turns", "seconds_for_sample", "seconds_of_pipeline", "seconds_to_predict"]

MOST_SECONDS, REPEATS = 0.25, 7
FEW, SOME = 25, 200
TURNS, AGREE, ALIKE = 12, 3, 1.05


def seconds_of_pipeline(context: Context, prepare: Any, model: Any, *, foreign: bool) -> float:
    """Return the seconds to predict 1,000 raw rows with the pipeline of one fold, reading included.

    The delivered model is fitted with the same configuration on more rows, so it takes about as long.

    Parameters
    ----------
    context
        The task.
    prepare
        The fitted preparation of the fold.
    model
        The fitted model of the fold.
    foreign
        True for custom code, which is measured in wall time.
    """
    from hitl_widget.data.reader import TableReader
    from hitl_widget.learners.scoring import predictions_of

    reader = TableReader.from_readings(context.task.columns, context.readings)
    table, clock = _raw(context), _clock(foreign=foreign)

    def seconds(rows: int) -> float:
        begun = clock()
        predictions_of(model, prepare.transform(reader.transform(table.iloc[:rows])), context.task)
        return _passed(begun, clock())

    return seconds_for_sample(seconds, lambda: clock()[1])


def seconds_to_predict(context: Context, model: Any, *, foreign: bool) -> float:
    """Return the seconds that a delivered model takes to predict 1,000 rows of the raw table.

    Parameters
    ----------
    context
        The task.
    model
        The fitted estimator of raw tables.
    foreign
        True for custom code, which is measured in wall time.
    """
    table, clock = _raw(context), _clock(foreign=foreign)

    def seconds(rows: int) -> float:
        begun = clock()
        model.predict(table.iloc[:rows])
        return _passed(begun, clock())

    return seconds_for_sample(seconds, lambda: clock()[1])


def least_by_turns(measures: Sequence[Callable[[], float]]) -> list[float | None]:
    """Return the least of several measurements of each thing, which take turns; None for what raises an exception.

    Each is measured until its three least values differ by at most 5 %, twelve times at most.

    Parameters
    ----------
    measures
        Measures one thing and returns, for example, seconds.
    """
    found: list[list[float]] = [[] for _ in measures]
    left = list(range(len(measures)))
    for _ in range(TURNS):
        for one in tuple(left):
            try:
                found[one].append(measures[one]())
            except Exception:  # noqa: BLE001 - a custom model that fails on other rows
                found[one].clear()
                left.remove(one)
                continue
            least = sorted(found[one])[:AGREE]
            if len(least) == AGREE and least[-1] <= ALIKE * least[0]:
                left.remove(one)
    return [min(values, default=None) for values in found]


def _raw(context: Context) -> pd.DataFrame:
    """Return 1,000 rows of the raw table, the same ones in each call."""
    if "raw rows" not in context.shared:
        rows = context.raw_sample
        context.shared["raw rows"] = rows.iloc[np.resize(np.arange(len(rows)), SAMPLE)].reset_index(drop=True)
    found: pd.DataFrame = context.shared["raw rows"]
    return found


def _clock(*, foreign: bool) -> Callable[[], tuple[float, float]]:
    """Return a clock of wall time and processor time.

    A busy machine makes no model look slow in processor time; a custom model may wait for other resources, so for it
    both are wall time, as on Windows, which counts processor time in steps of 16 ms.
    """
    if foreign or time.get_clock_info("process_time").resolution > 1e-4:
        return lambda: (time.perf_counter(), time.perf_counter())
    return lambda: (time.perf_counter(), time.process_time())


def _passed(begun: tuple[float, float], ended: tuple[float, float]) -> float:
    return min(ended[0] - begun[0], ended[1] - begun[1])


def seconds_for_sample(seconds: Callable[[int], float], clock: Callable[[], float] = time.process_time) -> float:
    """Return the seconds to predict 1,000 rows: the least of seven runs after a warm-up.

    The least is what the work takes; everything above it is the machine. There are fewer runs where they would take
    more than a quarter of a second together. Where one run would, the time is reckoned from 1, 25 and perhaps 200
    rows, which separates what a call costs from what a row costs.

    Parameters
    ----------
    seconds
        Predicts so many rows and returns the seconds.
    clock
        The time that the quarter of a second is counted in.
    """
    seconds(1)  # warms up
    end = clock() + MOST_SECONDS
    fixed, short = seconds(1), seconds(FEW)
    if clock() < end:
        fixed, short = min(fixed, seconds(1)), min(short, seconds(FEW))
    reckoned = _reckoned(1, fixed, FEW, short)
    if reckoned(SAMPLE) > MOST_SECONDS:  # a run that was held up may look so: measure more rows before giving up
        if reckoned(SOME) > 4 * MOST_SECONDS:
            return reckoned(SAMPLE)
        reckoned = _reckoned(FEW, short, SOME, seconds(SOME))
        if reckoned(SAMPLE) > 2 * MOST_SECONDS:
            return reckoned(SAMPLE)
    times = [seconds(SAMPLE)]
    while len(times) < REPEATS and clock() + times[-1] <= end:
        times.append(seconds(SAMPLE))
    return min(times)


def _reckoned(few: int, short: float, more: int, long: float) -> Callable[[int], float]:
    """Return the seconds by rows, on the line through two measurements."""
    each = max(long - short, 0.0) / (more - few)
    return lambda rows: long + each * (rows - more)
