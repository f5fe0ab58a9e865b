"""Answers to warnings: the controller carries out what an answer says, and records it, or does neither."""

from __future__ import annotations

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.trial import Author
from hitl_widget.engine.ports import NoWarnings
from hitl_widget.errors import CommandError, ConfigError
from tests.doubles import Stage

NARROW = Answer("narrow", "Narrow it", cmd.as_json(cmd.Edit({"line.x": (0.2, 0.8)})), "session.edit(…)")
WRONG = Answer("wrong", "Break it", cmd.as_json(cmd.Edit({"line.z": (0, 1)})), "session.edit(…)")
SPLIT = Answer("split", "Split by patient", None, "AutoMLSession(data, 'y', groups='patient')")
KEEP = Answer("keep", "Keep it, it is known in time")
WARNING = Safeguard(
    *("copy:x", "copy", Severity.HIGH, "x may be a copy of y.", "It reaches 1.000 alone.", "Narrow it."),
    answers=(NARROW, WRONG, SPLIT, KEEP),
)


class OneWarning(NoWarnings):
    """Knows `WARNING`."""

    def find(self, _state, key):
        return WARNING if key == WARNING.key else None


@pytest.fixture
def stage(tmp_path):
    one = Stage(tmp_path, known_warnings=OneWarning())
    yield one
    one.close()


def answer(stage, said, **kwargs):
    return stage.do(cmd.AnswerWarning("copy:x", said), **kwargs)


@pytest.mark.parametrize("said", ["narrow", "Narrow it"], ids=["id", "label"])
@pytest.mark.parametrize("author", Author)
def test_an_answer_is_an_act_and_its_record(stage, said, author):
    """By its id or its label, from a person or from the machine: the same act with the evidence, and one record."""
    receipt = answer(stage, said, author=author, cause="click-1")
    act, told = stage.records[-2:]
    assert (type(act.event), told.event) == (ev.Steered, ev.WarningAnswered("copy:x", "Narrow it"))
    assert {(one.author, one.cause) for one in (act, told)} == {(author, "click-1")}
    assert stage.controller.state.acts[-1].why == WARNING.evidence
    assert (receipt.act, receipt.seq) == (1, told.seq)
    assert receipt.outside.remains == pytest.approx(0.6)
    assert receipt.python == f'session.answer("copy:x", "{said}")'


def test_an_answer_whose_command_is_refused_is_not_recorded(stage):
    """The warning stays open, and the record says what was refused."""
    with pytest.raises(ConfigError, match=r"line\.z"):
        answer(stage, "wrong")
    assert isinstance(stage.records[-1].event, ev.Rejected)
    assert stage.controller.state.warned == {}
    assert stage.controller.state.acts == ()


def test_an_answer_that_only_python_can_carry_out_leaves_the_warning_open(stage):
    """The receipt holds the line of Python, and nothing is recorded."""
    stage.controller.ready.wait(5)
    before = stage.controller.state.seq
    receipt = answer(stage, "split")
    assert receipt.python == SPLIT.python
    assert stage.controller.state.seq == before


@pytest.mark.parametrize(("said", "kept"), [("keep", KEEP.label), ("  It is fine.  ", "It is fine.")])
def test_a_reason_is_recorded(stage, said, kept):
    """An answer without a command, and one in a person's words, change nothing but the record."""
    assert answer(stage, said).sentence
    assert stage.controller.state.warned == {"copy:x": kept}
    assert stage.controller.state.acts == ()


def test_a_warning_that_does_not_hold_cannot_be_answered(stage):
    """The refusal says where to look."""
    with pytest.raises(CommandError, match=r"no warning 'fate'; session\.warnings"):
        stage.do(cmd.AnswerWarning("fate", "keep"))
