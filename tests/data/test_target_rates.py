"""The target by the values of a column: the rates of scikit-learn's users, on the rows of the search alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.profile import profile
from hitl_widget.data.target_rates import target_rates
from hitl_widget.data.task import understand
from hitl_widget.domain.intervals import mean_interval, wilson
from hitl_widget.errors import DataError


def table(n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    plan = rng.choice(list("abcdefghijk"), n, p=[0.4, 0.2, *[0.4 / 9] * 9])
    age = rng.normal(50, 12, n)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")
    left = rng.random(n) < np.where(plan == "a", 0.6, 0.2)
    return pd.DataFrame(
        {
            "plan": np.where(rng.random(n) < 0.1, None, plan),
            "age": age,
            "day": day,
            "few": rng.integers(0, 4, n),
            "left": np.where(left, "yes", "no"),
            "paid": age * 2 + rng.normal(size=n),
            "kind": rng.choice(["x", "y", "z"], n, p=[0.2, 0.5, 0.3]),
        }
    )


def asked(target: str, column: str, **options):
    data = table()
    found = understand(data.drop(columns=[one for one in ("left", "paid", "kind") if one != target]), target)
    return data, found, target_rates(found, next(one for one in found.task.columns if one.name == column), **options)


def test_the_rate_of_each_category_is_that_of_its_rows_in_the_search() -> None:
    """Rows of the holdout are not counted; the interval is Wilson's."""
    data, found, rates = asked("left", "plan")
    search = data.iloc[found.train]
    assert rates.of == "yes"
    assert rates.labels[-2:] == ("all others", "missing")
    for label, rows, one in zip(rates.labels[:-2], rates.rows, rates.bars, strict=False):
        mine = search[search["plan"] == label]
        assert rows == len(mine)
        assert one == wilson(float((mine["left"] == "yes").sum()), len(mine))
    assert rates.rows[-1] == search["plan"].isna().sum()
    assert sum(rates.rows) == len(search)
    assert rates.overall == pytest.approx((search["left"] == "yes").mean())
    assert rates.sentence().startswith("The share of rows with left = yes is highest for a (")


@pytest.mark.parametrize("column", ["plan", "age", "day", "few"])
def test_bars_are_those_of_the_distribution(column: str) -> None:
    """Each row is counted in the bar that is drawn for it."""
    _, found, rates = asked("left", column)
    everything = understand(table().drop(columns=["paid", "kind"]), "left", holdout=0)
    whole = target_rates(everything, next(one for one in everything.task.columns if one.name == column))
    (drawn,) = [one.distribution for one in profile(everything) if one.name == column]
    assert whole.labels[: len(drawn.labels)] == drawn.labels
    assert whole.rows[: len(drawn.counts)] == drawn.counts
    assert sum(rates.rows) <= len(found.train)


def test_the_mean_of_a_number_has_students_interval() -> None:
    data, found, rates = asked("paid", "few")
    search = data.iloc[found.train]
    assert (rates.of, rates.what) == ("", "mean of paid")
    for label, one in zip(rates.labels, rates.bars, strict=True):
        paid = search.loc[search["few"] == int(label), "paid"]
        assert one is not None
        expected = mean_interval(float(paid.mean()), float(paid.std()), len(paid))
        assert (one.value, one.low, one.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert list(rates.frame().columns) == ["few", "rows", "mean", "low", "high"]
    assert "hardly changes with few" in rates.sentence()


def test_of_several_classes_the_most_frequent_or_the_named_one_is_counted() -> None:
    assert asked("kind", "plan")[2].of == "y"
    assert asked("kind", "plan", of="z")[2].of == "z"
    with pytest.raises(DataError, match="kind has no class 'zz'"):
        asked("kind", "plan", of="zz")
    with pytest.raises(DataError, match="paid is a number"):
        asked("paid", "plan", of="z")
