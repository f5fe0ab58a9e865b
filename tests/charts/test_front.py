"""The front chart: one definition for notebooks and files."""

from __future__ import annotations

import math
from typing import Any

import pytest

from hitl_widget.charts.front import front
from hitl_widget.domain.objective import Objective, Source

SCORE = Objective("roc_auc", "ROC AUC", "higher", Source.SCORE)
SPEED = Objective("predict_ms", "prediction time", "lower", Source.MODEL, "ms", log=True)


def records() -> list[dict[str, Any]]:
    values = [(1.0, 0.80, True), (2.0, 0.86, True), (3.0, 0.84, False), (9.0, 0.90, True), (math.nan, 0.99, False)]
    return [{"number": n, "x": x, "y": y, "family": "lightgbm", "front": best} for n, (x, y, best) in enumerate(values)]


def test_the_front_is_a_staircase_between_its_trials() -> None:
    """Between two trials of the front the worse value of both is sure, so the line goes right before it goes up."""
    chart = front(records(), SPEED, SCORE).to_dict()
    corners = [(row["x"], row["y"]) for row in chart["layer"][2]["data"]["values"]]
    assert corners == [(1.0, 0.80), (2.0, 0.80), (2.0, 0.86), (9.0, 0.86), (9.0, 0.90)]


def test_trials_without_both_values_are_left_out() -> None:
    """A trial that lacks a value of one objective is not drawn."""
    chart = front(records(), SPEED, SCORE).to_dict()
    assert [row["number"] for row in chart["layer"][0]["data"]["values"]] == [0, 1, 2, 3]


def test_axes_say_unit_and_direction() -> None:
    """Each axis names its objective, the unit and which values are better; times are on a log scale."""
    encoding = front(records(), SPEED, SCORE).to_dict()["layer"][0]["encoding"]
    assert encoding["x"]["title"] == "prediction time [ms] (lower is better)"
    assert encoding["y"]["title"] == "ROC AUC (higher is better)"
    assert [encoding[axis]["scale"]["type"] for axis in "xy"] == ["log", "linear"]


def test_it_is_drawn_without_a_browser() -> None:
    """The chart renders to SVG with a mark for each trial and the axis titles."""
    vl_convert = pytest.importorskip("vl_convert")
    assert "prediction time [ms]" in vl_convert.vegalite_to_svg(front(records(), SPEED, SCORE).to_dict())
