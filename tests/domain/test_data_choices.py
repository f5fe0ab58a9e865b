from __future__ import annotations

import json

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.data_choices import NO_CHOICES, DataChoices, Transform
from hitl_widget.domain.steering import Act, Steering, undoing
from hitl_widget.domain.task import Column, Role
from hitl_widget.domain.trial import Author
from hitl_widget.errors import CommandError
from tests.doubles import TASK

LEFT_OUT = Column("town", Role.IGNORED, "excluded by you", 2, 3, given=True)


def test_choices_survive_the_journal():
    """What a journal keeps gives the same choices, so that views keep their numbers."""
    choices = DataChoices(
        {"town": LEFT_OUT},
        {"age": {"value": 3}, "pay": "median"},
        {"job": "ordinal"},
        (Transform("r", ("a", "b"), "f"),),
    )
    assert DataChoices.from_json(json.loads(json.dumps(choices.as_json()))) == choices
    assert DataChoices.from_json(NO_CHOICES.as_json()) == NO_CHOICES
    assert not choices.applied(TASK).used
    assert NO_CHOICES.applied(TASK) is TASK


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "changes nothing"),
        ({"roles": {"a": "words"}}, "'auto', 'numeric'"),
        ({"roles": {3: "numeric"}}, "must be a dict by column"),
        ({"roles": ["a"]}, "must be a dict by column"),
        ({"filling": {"a": "guess"}}, "'median'"),
        ({"filling": {"a": {"value": None}}}, "a number or a"),
        ({"filling": {"a": {"value": float("inf")}}}, "a number or a"),
        ({"filling": {"a": {"other": 1}}}, "a number or a"),
        ({"encoding": {"a": ["one_hot"]}}, "'one_hot'"),
        ({"missing": {"a": [None]}}, "a number or a text"),
        ({"missing": {"a": 3}}, "must be a list"),
        ({"missing": {"a": list(range(21))}}, "At most 20 values"),
        ({"roles": {"a": "numeric"}, "running": "stop"}, '"finish"'),
    ],
)
def test_what_is_no_change_is_refused(given, told):
    """Each form that a browser could send is checked, with the rule in the sentence."""
    with pytest.raises(CommandError, match="(?s).*" + told.replace("(", r"\(")):
        cmd.command_from({"type": "change_data", **given})


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (cmd.ChangeData({"a": "ignored", "b": "ignored"}), 'session.drop("a", "b")'),
        (cmd.ChangeData({"a": "text"}), 'session.set_role("a", "text")'),
        (cmd.ChangeData(filling={"a": "median"}), 'session.fill("a", "median")'),
        (cmd.ChangeData(filling={"a": {"value": "x"}}), 'session.fill("a", value="x")'),
        (cmd.ChangeData(encoding={"a": "ordinal"}), 'session.encode("a", "ordinal")'),
        (cmd.ChangeData(missing={"a": [-9, "x"]}), 'session.set_missing("a", -9, "x")'),
        (
            cmd.ChangeData({"a": "auto"}, {"b": "mean"}, running="cancel"),
            'session.change_data(roles={"a": "auto"}, filling={"b": "mean"}, running="cancel")',
        ),
        (cmd.AddTransform("r", ["a"], "log", b"..."), 'session.add_transform("r", log, ["a"])'),
        (cmd.RemoveTransform("r"), 'session.remove_transform("r")'),
    ],
)
def test_each_act_is_a_line_of_python(command, line):
    """A click can be read as code; the record holds no code of transforms."""
    assert command.python() == line
    assert "..." not in json.dumps(cmd.as_json(command))


def test_reviews_of_an_earlier_act_are_taken_back_alone():
    """Rows that were reviewed before or since stay reviewed."""
    before, after = Steering(reviewed=frozenset({1})), Steering(reviewed=frozenset({1, 2, 3}))
    act = Act(1, 1, 0.0, Author.YOU, "labels", "confirmed the label of 2 rows", "", before, after)
    assert undoing(act, Steering(reviewed=frozenset({1, 2, 3, 4}))) == Steering(reviewed=frozenset({1, 4}))


def test_an_earlier_act_on_the_data_is_taken_back_alone():
    """What was changed of other columns since then stays; the same column changed again stands in the way."""
    one = Steering(data=DataChoices(roles={"town": LEFT_OUT}))
    act = Act(1, 1, 0.0, Author.YOU, "data", "left out town", "", Steering(), one)
    later = Steering(data=DataChoices({"town": LEFT_OUT}, {"age": "mean"}))
    assert undoing(act, later) == Steering(data=DataChoices({}, {"age": "mean"}))
    other = Steering(data=DataChoices({"town": Column("town", Role.TEXT, "set by you", given=True)}))
    assert undoing(act, other) == "town"
