"""Where a model errs most, beyond chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hitl_widget.errors import DataError
from hitl_widget.explain.view import View
from hitl_widget.explain.views.slices import VIEW, _tail, slices
from tests.preference.states import BINARY, NUMBERS
from tests.tables import EVIL


def table(n: int = 2000, seed: int = 0, noise: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns = {"town": pd.Categorical(rng.choice(["rome", "oslo", "bern"], n)), "age": rng.integers(18, 80, n) * 1.0}
    return pd.DataFrame({**columns, **{f"n{i}": rng.normal(size=n) for i in range(noise)}})


def answers(bad: np.ndarray, share: float = 0.1, more: float = 0.5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are wrong for a share of the rows, and for more of the bad ones."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, len(bad))
    wrong = rng.random(len(bad)) < np.where(bad, more, share)
    return y, np.where(wrong, 1 - y, y).astype(float)


def test_a_bad_group_of_one_column_is_found_alone() -> None:
    data = table()
    view = slices(BINARY, *answers(data["town"] == "oslo"), data)
    first = view.data["slices"][0]
    assert (first["label"], first["second_column"], first["certain"]) == ("town is oslo", None, True)
    rows = int((data["town"] == "oslo").sum())
    assert view.sentences[0].startswith("The model errs more than usual where town is oslo: ")
    assert f"of {rows:,} rows are predicted incorrectly (95% interval" in view.sentences[0]
    assert sum(row["certain"] for row in view.data["slices"]) == 1


def test_a_bad_group_of_two_columns_is_found_as_a_pair() -> None:
    data = table(3000)
    bad = (data["town"] == "oslo") & (data["age"] > 64)
    view = slices(BINARY, *answers(bad), data)
    worst = max((row for row in view.data["slices"] if row["certain"]), key=lambda row: row["low"])
    assert {worst["column"], worst["second_column"]} == {"town", "age"}
    assert "town is oslo and age > " in view.sentences[0]
    assert "town is oslo and" not in slices(BINARY, *answers(bad), data, pairs=False).sentences[0]


def axis_title(view: View) -> str:
    spec = VIEW.draw(view).to_dict()
    return next(title for one in spec["layer"] if (title := one["encoding"]["x"].get("title")))


def test_the_axis_names_the_error_and_its_unit() -> None:
    """Shares of rows for classes; for numbers the mean absolute error."""
    data = table()
    y, p = answers(data["town"] == "oslo")
    assert axis_title(slices(BINARY, y, p, data)) == "share of the group's rows predicted incorrectly"
    assert "positive rows in the group that are missed" in axis_title(slices(BINARY, y, p, data, errors="misses"))
    assert axis_title(slices(BINARY, y, p, data, errors="false alarms")).endswith("predicted positive")
    numbers = slices(NUMBERS, np.where(data["town"] == "bern", 9.0, 1.0), np.zeros(len(data)), data)
    assert axis_title(numbers) == "mean absolute error in the group, in units of the target"


def test_chance_is_seldom_taken_for_a_group() -> None:
    """Of thirty tables where all rows err alike, about one or two may show a group."""
    found = 0
    for seed in range(30):
        data = table(600, seed)
        found += not slices(BINARY, *answers(np.zeros(600, bool), seed=seed), data).sentences[0].startswith("No group")
    assert found <= 4


def test_numbers_are_judged_by_the_size_of_errors() -> None:
    rng = np.random.default_rng(0)
    data = table()
    p = rng.normal(100, 10, len(data))
    y = p + rng.standard_t(3, len(data)) * np.where(data["town"] == "bern", 6, 2)
    view = slices(NUMBERS, y, p, data)
    assert view.sentences[0].startswith("Errors are larger than usual where town is bern: the mean absolute error is ")
    row = view.data["slices"][0]
    assert row["error"] == pytest.approx(np.abs(y - p)[data["town"] == "bern"].mean())
    assert row["low"] < row["error"] < row["high"]
    assert slices(NUMBERS, p + rng.normal(size=len(p)), p, data).sentences[0].startswith("No group")


def test_misses_and_false_alarms_are_looked_for_apart() -> None:
    data = table()
    y, p = answers(data["town"] == "oslo")
    p = np.where((data["town"] == "oslo") & (y == 0), 0.0, p)  # in Oslo it only misses
    misses = slices(BINARY, y, p, data, errors="misses")
    assert misses.sentences[0].startswith("The model errs more than usual where town is oslo: ")
    assert misses.data["slices"][0]["rows"] == int(((data["town"] == "oslo") & (y == 1)).sum())
    assert "oslo" not in slices(BINARY, y, p, data, errors="false alarms").sentences[0]


def test_small_tables_and_strange_names_are_no_trouble() -> None:
    data = pd.DataFrame({EVIL: pd.Categorical(["a", "b"] * 10)})
    said = slices(BINARY, *answers(np.zeros(20, bool)), data).sentences[0]
    assert said == "There are no groups of at least 30 rows to compare."
    data = pd.DataFrame({EVIL: pd.Categorical(["a", "b"] * 100)})
    assert EVIL in slices(BINARY, *answers(data[EVIL] == "a"), data).sentences[0]
    assert slices(BINARY, np.zeros(100, int), np.zeros(100), table(100)).sentences[0].startswith("No group")


def test_a_wrong_question_is_answered_by_what_can_be_asked() -> None:
    data = table(100)
    with pytest.raises(DataError, match="no column 'nope'"):
        slices(BINARY, *answers(np.zeros(100, bool)), data, columns=["nope"])
    with pytest.raises(DataError, match="errors= takes"):
        slices(BINARY, *answers(np.zeros(100, bool)), data, errors="typos")


def test_the_chance_of_so_many_is_that_of_scipy() -> None:
    from scipy.stats import hypergeom

    for n, bad, drawn, hits in ((100, 20, 30, 10), (5000, 700, 400, 90), (50, 10, 45, 9), (60, 60, 30, 30)):
        assert _tail(n, bad, drawn, hits) == pytest.approx(hypergeom.sf(hits - 1, n, bad, drawn), rel=1e-6)
