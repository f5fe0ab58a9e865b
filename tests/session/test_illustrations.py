"""What a warning is about: drawn for Python and for the page alike."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession, CommandError
from hitl_widget.domain.commands import AnswerWarning
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.trial import Author
from hitl_widget.session.illustrations import illustrate, is_drawn
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.wire.warnings import IllustrationInfo, Warnings
from tests.tables import customers

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """A session on a table with a copy of its target, codes for missing values, and duplicate rows."""
    table = customers(300).drop(columns="customerID")
    table[EVIL] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    table["visits"] = np.where(np.arange(300) % 15 == 0, -999, np.arange(300) % 11)
    table = pd.concat([table, table[:60]], ignore_index=True)
    place = tmp_path_factory.mktemp("faulty") / "s.sqlite"
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=place) as session:
        yield session


def test_a_copy_is_drawn_against_the_target(faulty):
    """Each value of the column has the shares of the classes; names are data."""
    drawn = faulty.illustrate(f"copy:{EVIL}")
    assert (drawn.chart, drawn.across) == ("shares", EVIL)
    frame = drawn.frame()
    assert set(frame["label"]) == {"2024", "never"}
    assert frame["share"].tolist() == [1.0, 1.0]
    (layer,) = drawn.draw().to_dict()["layer"]
    assert EVIL not in json.dumps(layer["encoding"])


def test_duplicates_are_shown_side_by_side(faulty):
    """Rows of one set agree in every column in use; the fold that validates each is named."""
    found = next(one for one in faulty.warnings if one.key == "duplicates")
    drawn = faulty.illustrate(found)
    assert drawn.header[:2] == ("used in", "Churn")
    for _, rows in drawn.frame().groupby("set"):
        assert len(rows) > 1
        assert all(rows[name].nunique() == 1 for name in drawn.header if name not in drawn.marked)


def test_the_page_gets_what_python_gets(faulty):
    """The response has the keys of its message and can be sent as JSON."""
    wire = Warnings(runtime_of(faulty), lambda run: run(), lambda: None)
    for one in faulty.warnings:
        sent = wire.illustration(faulty.state, one.key)
        assert set(sent) == set(IllustrationInfo.__annotations__)
        assert json.loads(json.dumps(sent)) == sent
        assert sent["caption"] == faulty.illustrate(one.key).caption
    assert all(one["drawn"] for one in wire.warnings(faulty.state)["open"])


def test_a_warning_that_is_not_there_is_not_drawn(faulty):
    """The error lists the warnings; a rule of another package need not draw."""
    with pytest.raises(CommandError, match="There is no warning 'fate'"):
        faulty.illustrate("fate")
    with pytest.raises(CommandError, match="There is no warning 'fate'"):
        illustrate(runtime_of(faulty), "fate")
    assert not is_drawn(Safeguard("own", "own", Severity.LOW, "It is odd.", "1 of 2.", "Look."))


def test_each_answer_acts_the_same_from_a_click_and_from_python(faulty):
    """The page sends the label, Python takes the id, and the line of Python does the same; undo takes each back."""
    runtime = runtime_of(faulty)
    before = faulty.state.steering.data
    acting = [(one, answer) for one in faulty.warnings for answer in one.answers if answer.command is not None]
    assert {answer.id for _, answer in acting} >= {"drop", "missing"}
    ways = (
        lambda warning, answer: runtime.send(AnswerWarning(warning.key, answer.label), Author.YOU).result(),
        lambda warning, answer: faulty.answer(warning, answer.id),
        lambda _warning, answer: exec(answer.python, {"session": faulty}),
    )
    for warning, answer in acting:
        after = []
        for way in ways:
            way(warning, answer)
            after.append(faulty.state.steering.data)
            assert after[-1] != before
            faulty.undo()
            assert faulty.state.steering.data == before
        assert after[0] == after[1] == after[2]
