"""Warnings as a person meets them: what may make a score untrue, and their answer on record."""

from __future__ import annotations

import pytest

from hitl_widget import AutoMLSession, CommandError
from tests.tables import customers


@pytest.fixture(scope="module")
def leaky(tmp_path_factory):
    """A table with a copy of its target."""
    table = customers()
    table["left_on"] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    place = tmp_path_factory.mktemp("warnings") / "s.sqlite"
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=place) as session:
        yield session


def test_a_copy_of_the_target_is_the_first_warning(leaky):
    """It is grave, names the column and says what to do."""
    first = leaky.warnings[0]
    assert (str(first.severity), first.columns[0]) == ("high", "left_on")
    assert first.remedy
    assert first.answers


def test_an_answer_goes_on_record(leaky):
    """It stands in the state and in the journal, and survives a load."""
    first = leaky.warnings[0]
    leaky.answer(first, "It is known only afterwards; I will drop it.")
    assert leaky.state.warned[first.key].startswith("It is known only afterwards")
    assert first.key in leaky.journal["text"].str.cat(sep=" ")


def test_a_warning_that_is_not_there_cannot_be_answered(leaky):
    """Keys and answers are checked."""
    with pytest.raises(CommandError, match="There is no warning 'fate'"):
        leaky.answer("fate", "so be it")
    with pytest.raises(CommandError, match="An answer to a warning is a text"):
        leaky.answer(leaky.warnings[0], "  ")
