"""Column profiles: values, distribution and predictive power."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.profile import ColumnProfile, profile
from hitl_widget.data.task import understand
from hitl_widget.data.univariate import auc, ranks
from tests.tables import customers, prices, species


def profiled(table, target, **arguments):
    return {one.name: one for one in profile(understand(table, target, **arguments))}


def test_counts_are_of_all_rows() -> None:
    """Missing, distinct and bars add up to the rows of the table."""
    table = customers()
    for one in profiled(table, "Churn").values():
        spread = one.distribution
        assert sum(spread.counts) + spread.below + spread.above + spread.other + one.missing == len(table)
        assert one.missing_share == one.missing / len(table)
        assert len(spread.labels) == len(spread.counts)


@pytest.mark.parametrize(("table", "target"), [(customers(), "Churn"), (prices(), "price"), (species(), "species")])
def test_a_profile_is_json(table, target) -> None:
    """It comes back from JSON as it was."""
    for one in profile(understand(table, target)):
        assert ColumnProfile.from_json(json.loads(json.dumps(one.as_json()))) == one


def test_kinds_are_in_words() -> None:
    """What the cells are is said as people say it."""
    rows = 60
    table = pd.DataFrame(
        {
            "whole": np.arange(rows) % 7,
            "part": np.linspace(0, 1, rows),
            "flag": np.arange(rows) % 3 == 0,
            "word": list("abc") * 20,
            "day": pd.date_range("2024-01-01", periods=rows),
            "note": [f"the {i}th of some very different notes" for i in range(rows)],
            "y": [0, 1] * 30,
        }
    )
    kinds = {name: one.kind for name, one in profiled(table, "y").items()}
    assert kinds == {
        "whole": "whole numbers",
        "part": "decimal numbers",
        "flag": "true/false",
        "word": "categories",
        "day": "dates",
        "note": "text",
    }


def test_a_far_value_does_not_squeeze_the_others() -> None:
    """One number a million times greater is counted beyond the last bin."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": [1e6, *rng.normal(size=499)], "y": rng.integers(0, 2, 500)})
    spread = profiled(table, "y")["x"].distribution
    assert spread.above >= 1
    assert spread.edges[-1] < 10
    assert len(spread.counts) <= 20
    assert all(a < b for a, b in pairwise(spread.edges))


def test_bins_of_whole_numbers_hold_whole_numbers() -> None:
    """Each bin holds equally many numbers, so that even counts look even."""
    table = pd.DataFrame({"x": list(range(47)) * 20, "y": [0, 1] * 470})
    spread = profiled(table, "y")["x"].distribution
    assert spread.labels[:2] == ("0 to 2", "3 to 5")
    assert set(spread.counts[:-1]) == {60}


def test_the_commonest_categories_are_shown() -> None:
    """Eight categories by their rows, and the rest together."""
    values = [letter for i, letter in enumerate("abcdefghijkl") for _ in range(i + 5)]
    spread = profiled(pd.DataFrame({"x": values, "y": [0, 1] * 63}), "y")["x"].distribution
    assert spread.labels == tuple("lkjihgfe")
    assert spread.other == 5 + 6 + 7 + 8


@pytest.mark.parametrize(("days", "first"), [(10, "2020-01-01"), (300, "2020-01"), (3000, "2020"), (30000, "2020 to")])
def test_dates_are_counted_by_period(days, first) -> None:
    """Days, months, years or several years, at most 20 bars."""
    table = pd.DataFrame(
        {"d": pd.date_range("2020-01-01", periods=days // 2, freq="2D"), "y": np.arange(days // 2) % 2}
    )
    if len(table) < 10:
        table = pd.concat([table] * 4, ignore_index=True)
    spread = profiled(table, "y")["d"].distribution
    assert spread.kind == "dates"
    assert spread.labels[0].startswith(first)
    assert len(spread.labels) <= 20
    assert sum(spread.counts) == len(table)


def test_a_relation_is_measured_out_of_fold() -> None:
    """A column of names of single rows says nothing of rows it was not fitted on."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 400)
    table = pd.DataFrame(
        {"name": [f"n{i % 320}" for i in range(400)], "noise": rng.normal(size=400), "good": y, "y": y}
    )
    found = profiled(table, "y")
    assert found["good"].relation.strength == pytest.approx(1)
    assert found["name"].relation.strength < 0.2
    assert found["noise"].relation.strength < 0.2
    assert "ROC AUC 1.000 (constant prediction: 0.500)" in found["good"].relation.sentence


@pytest.mark.parametrize(
    ("metric", "label"),
    [("roc_auc", "ROC AUC"), ("accuracy", "ROC AUC"), ("neg_log_loss", "log loss"), ("neg_brier_score", "Brier score")],
)
def test_a_relation_speaks_the_metric(metric, label) -> None:
    """It is told in the task's metric, or where that sees no small differences in its usual one."""
    found = profiled(customers(), "Churn", metric=metric)["tenure"].relation
    assert found.metric == label
    assert found.sentence.startswith(f"On its own it reaches {label} ")
    assert 0 < found.strength < 1


@pytest.mark.parametrize("metric", ["rmse", "mae", "r2", "neg_mean_squared_error", "neg_median_absolute_error"])
def test_a_relation_to_numbers_is_better_than_the_constant(metric) -> None:
    """The area of a house tells its price; the town does not."""
    found = profiled(prices(), "price", metric=metric)
    assert found["area"].relation.strength > 0.3
    assert found["town"].relation.strength < 0.05


def test_a_column_that_is_not_used_has_no_relation() -> None:
    """An identifier is described, not measured."""
    one = profiled(customers(), "Churn")["customerID"]
    assert one.relation is None
    assert one.distinct == 600


def test_examples_are_few_and_short() -> None:
    """Long texts are cut, and line breaks do not break the table."""
    table = pd.DataFrame({"x": [f"line one {i}\nline two " + "z" * 90 for i in range(30)], "y": [0, 1] * 15})
    examples = profiled(table, "y")["x"].examples
    assert 1 <= len(examples) <= 4
    assert all(len(one) <= 40 and "\n" not in one for one in examples)


def test_a_sample_is_said_to_be_one() -> None:
    """Above 10,000 training rows the relation rests on a sample, and says so."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=20_000), "y": rng.integers(0, 2, 20_000)})
    found = profiled(table, "y")["x"].relation
    assert found.sample
    assert "random sample of 10,000 rows" in found.sentence


def test_it_is_quick() -> None:
    """Under a second of processor for 50,000 rows and 30 columns."""
    rng = np.random.default_rng(0)
    rows = 50_000
    table = {f"n{i}": rng.normal(size=rows) for i in range(17)}
    table |= {f"c{i}": rng.choice(list("abcdef"), rows) for i in range(12)}
    understood = understand({**table, "y": rng.integers(0, 2, rows)}, "y")
    begun = time.process_time()
    profile(understood)
    assert time.process_time() - begun < 1


def test_the_area_under_the_curve_is_scikit_learns() -> None:
    """Ties count half, as there."""
    from scipy.stats import rankdata
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(3)
    for _ in range(10):
        y, scores = rng.integers(0, 2, 50), rng.integers(0, 9, 50)
        assert auc(y == 1, scores) == pytest.approx(roc_auc_score(y, scores))
        assert ranks(scores) * 50 + 0.5 == pytest.approx(rankdata(scores))
