"""Warnings of a session, and their answers."""

from __future__ import annotations

import pandas as pd
import pytest

from hitl_widget import AutoMLSession, CommandError
from hitl_widget.domain.event import Steered, WarningAnswered
from hitl_widget.domain.task import Role
from hitl_widget.domain.trial import Author
from hitl_widget.session.runtime import runtime_of
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
    """It is severe, names the column and has a remedy."""
    first = leaky.warnings[0]
    assert (str(first.severity), first.columns[0]) == ("high", "left_on")
    assert first.remedy
    assert first.answers


def test_an_answer_is_carried_out(tmp_path):
    """The column is left out and the answer recorded, in one batch; undo brings the column and the warning back."""
    table = customers(300)
    table["left_on"] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        first = session.warnings[0]
        batches = []
        runtime_of(session).subscribe(lambda _state, records: batches.append([one.event for one in records]))
        session.answer(first.key, "drop")
        assert [type(event) for event in batches[-1]] == [Steered, WarningAnswered]
        assert next(one for one in session.task.columns if one.name == "left_on").role is Role.IGNORED
        act = session.state.acts[-1]
        assert (act.author, act.why) == (Author.YOU, first.evidence)
        assert session.state.warned[first.key] == first.answers[0].label
        session.undo()
        assert first.key in [one.key for one in session.warnings]


def test_an_answer_that_python_alone_can_carry_out_says_its_line(tmp_path):
    """Nothing is recorded, so the warning stays open."""
    table = pd.concat([customers(200)] * 2, ignore_index=True).drop(columns="customerID")
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        assert "data = data.drop_duplicates()" in session.answer("duplicates", "unique")
        assert "duplicates" not in session.state.warned


def test_an_answer_is_recorded(leaky):
    """It is in the state and in the journal, and the caller hears so."""
    first = leaky.warnings[0]
    said = leaky.answer(first, "It is known only afterwards; I will drop it.")
    assert said == "The answer is saved in the journal."
    assert leaky.state.warned[first.key].startswith("It is known only afterwards")
    assert first.key in leaky.journal["text"].str.cat(sep=" ")


def test_a_warning_that_is_not_there_cannot_be_answered(leaky):
    """Keys and answers are checked."""
    with pytest.raises(CommandError, match="There is no warning 'fate'"):
        leaky.answer("fate", "so be it")
    with pytest.raises(CommandError, match="An answer to a warning must be a text"):
        leaky.answer(leaky.warnings[0], "  ")
