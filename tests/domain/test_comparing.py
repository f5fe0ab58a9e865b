from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_widget.domain.comparing import compared, value_with_unit
from hitl_widget.domain.objective import Objective, Source, built_in

AUC = Objective("roc_auc", "ROC AUC", "higher", Source.SCORE, points=True)
RMSE = Objective("neg_root_mean_squared_error", "RMSE", "lower", Source.SCORE, sign=-1)
COST = Objective("cost", "cost", "lower", Source.PREDICTIONS, "€")


@pytest.mark.parametrize(
    ("objective", "a", "b", "better", "text"),
    [
        (AUC, 0.846, 0.843, "a", "0.003 better"),
        (AUC, 0.8, 0.9, "b", "0.1 worse"),
        (AUC, 0.8, 0.8, "equal", "equal"),
        (RMSE, 30.0, 33.0, "a", "9.1% better"),
        (RMSE, 33.0, 30.0, "b", "10% worse"),
        (RMSE, 1.0, 0.0, "b", "1.000 worse"),
        (COST, 2.5, 2.0, "b", "0.500 € worse"),
        (built_in("predict_ms"), 8.0, 2.0, "b", "4× slower"),
        (built_in("predict_ms"), 2.0, 25.0, "a", "12× faster"),
        (built_in("predict_ms"), 2.0, 2.2, "equal", "about equal"),
        (built_in("complexity"), 100.0, 100_000.0, "a", "1,000× simpler"),
        (built_in("size_mb"), 3.0, 1.0, "b", "3× larger"),
        (built_in("columns_used"), 7.0, 8.0, "a", "1 column fewer"),
        (built_in("columns_used"), 19.0, 7.0, "b", "12 columns more"),
        (built_in("predict_ms"), None, 2.0, "unknown", "not measured yet"),
        (built_in("predict_ms"), math.nan, 2.0, "unknown", "not measured yet"),
        (AUC, 0.8, math.inf, "unknown", "not measured yet"),
    ],
)
def test_a_difference_is_said_of_the_first(objective, a, b, better, text):
    """Ratios for times and sizes, units for scores, percent for errors, columns for columns."""
    assert tuple(compared(objective, a, b)) == (better, text)


def test_what_cannot_be_told_apart_is_level():
    """Below the resolution there is no difference, and at it there is one."""
    assert compared(AUC, 0.801, 0.8, 0.0011).better == "equal"
    assert compared(AUC, 0.801, 0.8, 0.0009).better == "a"


_values = st.floats(-1e6, 1e6)
_objectives = st.sampled_from([AUC, RMSE, COST, *(built_in(name) for name in ("predict_ms", "gap", "columns_used"))])


@given(_objectives, _values, _values)
def test_exchanging_the_two_exchanges_the_verdict(objective, a, b):
    """A is better than B exactly when B is worse than A, and turning the direction turns the verdict."""
    other = {"a": "b", "b": "a", "equal": "equal"}
    found = compared(objective, a, b).better
    assert compared(objective, b, a).better == other[found]
    turned = replace(objective, direction="higher" if objective.direction == "lower" else "lower")
    assert compared(turned, a, b).better == other[found]


@pytest.mark.parametrize(
    ("objective", "value", "spread", "text"),
    [
        (AUC, 0.8461, 0.0061, "0.846 ± 0.006 SD"),
        (built_in("predict_ms"), 3.21, None, "3.2 ms"),
        (built_in("predict_ms"), 502.4, None, "502 ms"),
        (built_in("predict_ms"), 1312.0, None, "1.3 s"),
        (built_in("predict_ms"), 0.000031, None, "0.000031 ms"),
        (built_in("complexity"), 12034.0, None, "12,034 learned values"),
        (built_in("complexity"), 369.0, None, "369 learned values"),
        (built_in("columns_used"), 1.0, None, "1 column"),
        (built_in("columns_used"), 12.0, None, "12 columns"),
        (built_in("fit_seconds"), 90.0, None, "1 min 30 s"),
        (COST, 2.5, None, "2.500 €"),
        (AUC, None, 0.1, "not measured yet"),
        (AUC, math.nan, None, "not measured yet"),
    ],
)
def test_a_value_stands_with_its_unit(objective, value, spread, text):
    """As many digits as mean something, then the unit."""
    assert value_with_unit(objective, value, spread) == text
