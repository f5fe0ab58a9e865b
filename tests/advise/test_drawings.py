"""The drawings that rules share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.drawings import as_text, by_label, counted, parts_compared, rows_of_sets, table_of
from hitl_widget.advise.illustration import Illustration
from hitl_widget.data.task import understand
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.task import Role


@pytest.fixture(scope="module")
def view():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.integers(0, 5, 200), "b": rng.normal(size=200)})
    return DataView(understand(table.assign(y=[f"class {i % 9}" for i in range(200)]), "y"))


def test_many_classes_are_drawn_as_few(view):
    """The rarer ones stand together, and the shares of a value add up to 1."""
    drawn = by_label(view, ("even", "odd"), np.arange(200) % 2, "row").frame()
    assert drawn["part"].nunique() == 6
    assert "4 other classes" in set(drawn["part"])
    assert np.allclose(drawn.groupby("label")["share"].sum(), 1)


def test_marked_rows_have_a_bar_of_their_own():
    """It stands at the end where its value is."""
    values = np.concatenate([np.full(5, -9.0), np.arange(30.0)])
    drawn = counted(ColumnValues("x", Role.NUMERIC, values), values == -9, "exactly -9").frame()
    assert drawn.iloc[0].to_dict() == {"label": "exactly -9", "place": 0, "rows": 5, "marked": True}
    assert drawn["rows"].sum() == 35
    top = counted(ColumnValues("x", Role.NUMERIC, -values), values == -9, "exactly 9").frame()
    assert top.iloc[-1]["marked"]


def test_two_sets_of_rows_are_compared_by_share():
    """Sets of different size have the same scale."""
    column = ColumnValues("x", Role.CATEGORICAL, None, np.array([0, 0, 0, 1, 1, 1]), ("a", "b"))
    drawn = parts_compared(column, (("training rows", np.arange(4)), ("holdout", np.array([4, 5])))).frame()
    shares = drawn.set_index(["part", "label"])["share"]
    assert shares["training rows", "a"] == 0.75
    assert shares["holdout", "b"] == 1


def test_sets_of_rows_are_few_and_say_where_each_is_used(view):
    """Sets that several folds tear apart come first; the caption counts the others."""
    drawn = rows_of_sets(view, np.arange(200) // 4, "Rows of four.", ["a", "y", "b"], ("a",))
    assert drawn.caption == "Rows of four. 5 of 50 sets."
    assert drawn.header == ("used in", "a", "y", "b")
    assert len(drawn.cells) == 20
    assert {row[0].split()[0] for row in drawn.cells} <= {"fold", "holdout"}


def test_an_illustration_prints_its_caption_and_rows():
    """Two columns of one name stay two."""
    drawn = table_of("Two.", ("x", "x"), [(1.0, None)])
    assert drawn.cells == (("1", "–"),)
    assert str(drawn).startswith("Two.\n")
    assert drawn.draw() is None
    assert list(Illustration("One.", header=("x",), cells=(("a",),), sets=(1,)).frame()) == ["set", "x"]


def test_cells_are_written_as_people_write_them():
    """Whole numbers without a point, long texts cut, missing ones as a dash."""
    assert [as_text(one) for one in (3.0, 0.123456789, float("nan"), None, "x" * 80)] == [
        *("3", "0.123457", "–", "–"),
        "x" * 59 + "…",
    ]
