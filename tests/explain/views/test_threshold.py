"""The threshold of least cost, and what it is worth on rows that did not choose it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from hitl_widget.errors import DataError
from hitl_widget.explain.views.threshold import threshold
from tests.preference.states import BINARY, NUMBERS


def true(n: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that come true."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 2, n)
    return (rng.random(n) < p).astype(int), p


def cost(y: np.ndarray, p: np.ndarray, cut: float, alarm: float, miss: float) -> float:
    said = p >= cut
    return 100 * float(np.mean(alarm * (said & (y == 0)) + miss * (~said & (y == 1))))


@pytest.mark.parametrize(("alarm", "miss"), [(1, 1), (1, 5), (3, 1)])
def test_no_other_threshold_is_cheaper_and_the_interval_holds_the_true_one(alarm: float, miss: float) -> None:
    """Where probabilities come true, the cheapest place is the share of a false alarm in both costs."""
    y, p = true()
    view = threshold(BINARY, y, p, false_alarm=alarm, miss=miss)
    best, present = view.data["marks"]
    assert best["cost"] == pytest.approx(min(cost(y, p, cut, alarm, miss) for cut in [*np.unique(p), 2]))
    assert best["cost"] == pytest.approx(cost(y, p, best["threshold"], alarm, miss))
    assert present["cost"] == pytest.approx(cost(y, p, 0.5, alarm, miss))
    assert best["low"] <= alarm / (alarm + miss) <= best["high"]
    for row in view.data["costs"][::10]:
        assert row["cost"] == pytest.approx(cost(y, p, row["threshold"], alarm, miss))
        assert row["low"] <= row["cost"] <= row["high"]


def test_a_threshold_that_is_the_present_one_is_said_once() -> None:
    """With 0.496 and 0.502 as the only probabilities, the cheapest threshold reads 0.50, as the present one does."""
    y, p = np.repeat([0, 1], 50), np.repeat([0.496, 0.502], 50)
    view = threshold(BINARY, y, p)
    assert [one["name"] for one in view.data["marks"]] == ["best"]
    assert view.sentences[0].startswith("Keep the threshold at 0.50: on these rows, none is cheaper (")
    assert view.sentences[1].startswith("At 0.50 the model finds 50 of the 50 rows")
    assert " ".join(view.sentences).count("false positives") == 1


def test_equal_costs_and_true_probabilities_leave_it_where_it_is() -> None:
    said = threshold(BINARY, *true()).sentences[0]
    assert said.startswith("Keep the threshold at 0.50 (")


@pytest.mark.parametrize("miss", [1, 8])
def test_thresholds_have_two_decimals(miss: int) -> None:
    said = " ".join(threshold(BINARY, *true(), miss=miss).sentences)
    assert "0.50" in said
    assert not re.search(r"0\.5\b", said)


def test_a_dear_miss_moves_it_down_and_a_dear_alarm_up() -> None:
    for alarm, miss, below in ((1, 8, True), (8, 1, False)):
        view = threshold(BINARY, *true(), false_alarm=alarm, miss=miss)
        assert (view.data["marks"][0]["threshold"] < 0.5) is below
        assert "% less" in view.sentences[0]
        assert len(view.notes) == 1  # that errors are out-of-fold


def test_what_it_saves_is_not_flattered() -> None:
    """On noise the best threshold of the rows saves something, and on other rows nothing."""
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 60), rng.random(60)
    view = threshold(BINARY, y, p)
    best, present = view.data["marks"]
    assert best["cost"] < present["cost"]
    assert "does not reliably save anything" in view.sentences[0]


def test_bent_probabilities_are_noticed() -> None:
    y, p = true()
    assert (
        "With well-calibrated probabilities, 0.17 would be the best threshold"
        in threshold(BINARY, y, p**3, miss=5).notes[0]
    )


def test_never_and_always_are_thresholds_too() -> None:
    y, p = true(200)
    assert threshold(BINARY, y, p, miss=0).data["marks"][0]["threshold"] == 1.0
    free = threshold(BINARY, y, p, false_alarm=0).data["marks"][0]
    assert (free["cost"], free["threshold"] <= p[y == 1].min()) == (0.0, True)
    assert threshold(BINARY, np.array([0, 1]), np.array([0.5, 0.5])).sentences


@pytest.mark.parametrize("costs", [{"miss": -1}, {"miss": 0, "false_alarm": 0}, {"miss": float("nan")}])
def test_costs_that_are_none_are_refused(costs: dict[str, float]) -> None:
    with pytest.raises(DataError, match="Costs are numbers of 0 or more"):
        threshold(BINARY, *true(50), **costs)


def test_numbers_have_no_threshold() -> None:
    with pytest.raises(DataError, match="two classes"):
        threshold(NUMBERS, np.zeros(3), np.zeros(3))
