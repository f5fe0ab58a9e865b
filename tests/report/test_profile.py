"""The profile of a table in a cell: text, safe HTML, and a data frame."""

from __future__ import annotations

import pytest

from hitl_widget import AutoMLSession
from hitl_widget.data.profile import Distribution, profile, target_distribution
from hitl_widget.data.task import understand
from hitl_widget.report.profile import TableProfile, table_in_words
from tests.tables import EVIL, customers, prices


@pytest.fixture(scope="module")
def table():
    understood = understand(customers(), "Churn")
    return TableProfile(understood.task, profile(understood), target_distribution(understood))


def test_it_is_a_sequence_with_names(table):
    """Columns are found by position, slice and name."""
    assert len(table) == 6
    assert [one.name for one in table] == list(table.frame()["name"])
    assert table["tenure"] is table[1]
    assert table[1:3] == (table[1], table[2])
    with pytest.raises(KeyError):
        table["nothing"]


def test_the_text_has_a_line_a_column(table):
    """A sentence first, then a line for each column."""
    lines = str(table).splitlines()
    assert lines[0] == table_in_words(understand(customers(), "Churn").task)
    line = next(one for one in lines if one.startswith("Contract"))
    assert line.split()[1:3] == ["categorical", "3"]


def test_names_are_escaped(table):
    """A column whose name is HTML is shown as text."""
    html = table._repr_html_()
    assert EVIL not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_many_columns_are_cut_with_the_rest_said():
    """There are thirty lines, and the number of further columns."""
    wide = {f"x{i}": range(40) for i in range(45)} | {"y": ["no", "yes"] * 20}
    understood = understand(wide, "y", roles={f"x{i}": "numeric" for i in range(45)})
    shown = TableProfile(understood.task, profile(understood), target_distribution(understood))
    assert "15 more columns: profile.frame() has all of them." in str(shown)
    assert shown._repr_html_().count("<tr") == 31


def test_a_target_of_many_classes_shows_the_most_frequent():
    """There are twenty bars, and the number of rows of other classes."""
    labels = [f"c{i:02}" for i in range(26) for _ in range(10 + i)]
    understood = understand({"x": [i % 50 for i in range(len(labels))], "y": labels}, "y")
    found = target_distribution(understood)
    assert len(found.counts) == 20
    assert found.labels[0] == "c25"
    assert sum(found.counts) + found.other == len(labels)


def test_a_number_as_target_has_bins():
    """All rows are in bins, or counted as below or above them."""
    found = target_distribution(understand(prices(), "price"))
    assert found.kind == "numbers"
    assert sum(found.counts) + found.below + found.above == 400


def test_an_empty_column_has_no_bars():
    """An empty column has the text "no values"."""
    understood = understand({"x": [*range(20)] * 2, "e": [None] * 40, "y": ["no", "yes"] * 20}, "y")
    shown = TableProfile(understood.task, profile(understood), Distribution("none"))
    assert shown["e"].distribution.counts == ()
    assert "no values" in shown._repr_html_()


def test_a_session_has_its_profile_also_when_closed(tmp_path):
    """It follows the current roles, and profiles are computed once."""
    with AutoMLSession(customers(), "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        before = session.profile
        assert before["tenure"].role == "numeric"
        session.drop("tenure")
        after = session.profile
        assert (after["tenure"].role, after["tenure"].relation) == ("ignored", None)
        assert after["Contract"] is before["Contract"]
    assert session.profile["Contract"] is before["Contract"]
