"""A column makes groups: categories, ranges of numbers and dates, and the missing."""

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.groups import MOST_GROUPS, grouping_column, groups_of
from hitl_widget.data.reading import Reading, read
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Column, Role


def named(values, rows=None) -> list[str]:
    codes, labels = groups_of(pd.Series(values), rows)
    return [labels[code] for code in codes]


def test_categories_stay_as_they_are() -> None:
    """Texts, truth values and few numbers keep their names, numbers in order of value."""
    assert named(["b", "a", " b"]) == ["b", "a", "b"]
    assert named([True, False]) == ["True", "False"]
    codes, labels = groups_of(pd.Series([10.0, 2.0, 10.0]))
    assert labels == ("2", "10")
    assert codes.tolist() == [1, 0, 1]


def test_missing_is_a_group_of_its_own() -> None:
    """Whatever way a cell is missing; a category that is called so too stays apart."""
    assert named(["a", None, "?", "b"]) == ["a", "missing", "missing", "b"]
    assert named([1.0, np.nan]) == ["1", "missing"]
    assert named([*np.arange(20.0), np.nan])[-1] == "missing"
    assert named(["missing", None]) == ["missing", "missing (none of these)"]
    assert named(pd.Series([None, None], dtype=object)) == ["missing", "missing"]


def test_the_rarest_categories_are_together() -> None:
    """Twelve keep their name, by number of rows."""
    values = [f"c{i:02d}" for i in range(15) for _ in range(20 - i)]
    found = named(values)
    assert set(found) == {f"c{i:02d}" for i in range(MOST_GROUPS)} | {"other"}
    assert found.count("other") == sum(20 - i for i in range(MOST_GROUPS, 15))


def test_equally_rare_categories_are_chosen_by_name() -> None:
    """The order of the rows and the dtype make no difference."""
    values = [f"c{i:02d}" for i in range(20)]
    back = groups_of(pd.Series(values[::-1]))
    assert back[1] == (*values[:MOST_GROUPS], "other")
    assert np.array_equal(groups_of(pd.Series(values[::-1], dtype="category"))[0], back[0])


def test_many_numbers_become_quartile_ranges() -> None:
    """A range includes its upper end; the four are about equally many."""
    values = np.arange(1, 101)
    codes, labels = groups_of(pd.Series(values))
    assert labels == ("up to 25", "over 25, up to 50", "over 50, up to 75", "over 75")
    assert np.bincount(codes).tolist() == [25, 25, 25, 25]
    assert codes[24] == 0
    assert codes[25] == 1
    assert groups_of(pd.Series(values / 1000))[1][0] == "up to 0.025"
    close = groups_of(pd.Series(1 + np.arange(100) / 1e6))[1]
    assert len(set(close)) == 4


def test_heavy_ties_make_fewer_ranges() -> None:
    """Nine tenths of zeros are one range, and no range is empty."""
    codes, labels = groups_of(pd.Series([0] * 90 + list(range(1, 11))))
    assert labels == ("up to 0", "over 0")
    assert np.bincount(codes).tolist() == [90, 10]


def test_dates_become_ranges() -> None:
    codes, labels = groups_of(pd.Series(pd.date_range("2024-01-01", periods=8, freq="D")))
    assert labels[:2] == ("up to 2024-01-02", "over 2024-01-02, up to 2024-01-04")
    assert labels[2:] == ("over 2024-01-04, up to 2024-01-06", "over 2024-01-06")
    assert np.bincount(codes).tolist() == [2, 2, 2, 2]


def test_groups_do_not_depend_on_the_rows_asked_for() -> None:
    """A row keeps its group when others are left out."""
    column = pd.Series(np.arange(100.0))
    rows = np.array([99, 0, 60])
    codes, labels = groups_of(column, rows)
    assert codes.tolist() == groups_of(column)[0][rows].tolist() == [3, 0, 2]
    assert len(labels) == 4


def test_canonical_and_plain_columns_give_the_same_groups() -> None:
    """The kernel, which has the plain table, and a worker, which has the canonical one, agree."""
    table = pd.DataFrame({"age": [str(i) for i in range(40)], "town": list("ab?c") * 10, "y": [0, 1] * 20})
    understood = understand(table, "y", roles={"town": "categorical", "age": "numeric"})
    for column in understood.task.columns:
        canonical = pd.Series(read(Reading(column.name, column.role, ("a", "b", "c")), understood.table[column.name]))
        there, here = groups_of(canonical), groups_of(grouping_column(column, understood.table))
        assert there[1] == here[1]
        assert np.array_equal(there[0], here[0])
    assert here[1] == ("a", "b", "c", "missing")


@pytest.mark.parametrize("values", [["x", "y"], [1, 2]])
def test_an_ignored_column_is_taken_as_it_is(values) -> None:
    table = pd.DataFrame({"s": values})
    assert grouping_column(Column("s", Role.IGNORED, ""), table).equals(table["s"])
