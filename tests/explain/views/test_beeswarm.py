"""Which way a column pushes, in words."""

from __future__ import annotations

import numpy as np

from hitl_widget.explain.views.beeswarm import bent


def test_a_column_whose_effect_turns_names_its_turning_points() -> None:
    """Demand by hour is lowest at night and highest in the afternoon: no high hour raises it."""
    hour = np.tile(np.arange(24.0), 20)
    pulls = np.cos((hour - 17) / 24 * 2 * np.pi) + np.random.default_rng(0).normal(0, 0.1, len(hour))
    low, high = bent(hour, pulls)
    assert abs(hour[low] - 5) <= 1
    assert abs(hour[high] - 17) <= 1


def test_a_column_that_rises_or_falls_has_no_turning_points() -> None:
    """Neither a straight nor a steep curve, nor noise at its ends."""
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 100, 400)
    for pulls in (x, -x, 1 / (1 + np.exp(-(x - 50) / 5)), x + rng.normal(0, 5, 400)):
        assert bent(x, pulls) is None


def test_few_values_have_no_shape() -> None:
    """A flag pushes one way or the other."""
    assert bent(np.array([0.0, 1.0] * 30), np.array([1.0, -1.0] * 30)) is None
    assert bent(np.full(30, np.nan), np.zeros(30)) is None
