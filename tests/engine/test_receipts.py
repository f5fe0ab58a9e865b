"""Receipts and dispatch: every command has a handler, and says what it did."""

from __future__ import annotations

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.preference import Judgement
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.handlers import answers, beliefs, data, lifecycle, notes, preferences, rows, space, trials, undo
from tests.doubles import TASK, Stage

HANDLERS = {
    cmd.Subject.LIFECYCLE: lifecycle.LifecycleHandler,
    cmd.Subject.TRIALS: trials.TrialHandler,
    cmd.Subject.SPACE: space.SpaceHandler,
    cmd.Subject.BELIEFS: beliefs.BeliefHandler,
    cmd.Subject.DATA: data.DataHandler,
    cmd.Subject.ROWS: rows.RowHandler,
    cmd.Subject.PREFERENCES: preferences.PreferenceHandler,
    cmd.Subject.UNDO: undo.UndoHandler,
    cmd.Subject.ANSWERS: answers.AnswerHandler,
    cmd.Subject.NOTES: notes.NoteHandler,
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """A search at rest with some trials."""
    one = Stage(tmp_path_factory.mktemp("receipts"), task=TASK, budget_trials=4)
    one.do(cmd.Start())
    one.until(lambda s: s.count(TrialState.COMPLETE) >= 4 and s.phase == "finished")
    one.do(cmd.SetBudget(None, 4))
    yield one
    one.close()


@pytest.mark.parametrize("name", cmd.COMMANDS)
def test_every_command_has_one_handler(name):
    """The one of its subject."""
    kind = cmd.COMMANDS[name]
    assert [subject for subject, one in HANDLERS.items() if kind in one.handled] == [kind.spec.subject]


ACTS = [
    cmd.Edit({"line.x": (0.1, 0.9)}),
    cmd.Believe("line.x", around=0.5),
    cmd.Withdraw("line.x"),
    cmd.Discard(3),
    cmd.Restore(3),
    cmd.AddLearner("mine", "Mine", ()),
    cmd.SetObjectives(("predict_ms",)),
    cmd.Require("predict_ms < 50"),
    cmd.Relax("predict_ms"),
    cmd.Prefer(1, 2, Judgement.A),
    cmd.SetGoals({"roc_auc": 1.0}),
]


def test_the_receipt_of_an_act_names_it_and_undo_takes_it(stage):
    """Each act has a sentence, a number and a line of Python, and comes back by its number."""
    for number, command in enumerate(ACTS, 1):
        assert type(command).spec.undoable
        receipt = stage.do(command)
        state = stage.controller.state
        assert (receipt.act, state.acts[-1].number) == (number, number)
        title = state.acts[-1].title
        assert receipt.sentence == f"{title[:1].upper()}{title[1:]}."
        assert receipt.python == command.python()
        assert receipt.seq == state.seq
    last = len(ACTS)
    assert stage.do(cmd.Undo()).act is None
    assert stage.do(cmd.Redo()).act == last
    assert stage.do(cmd.Undo(1)).act == last + 1


@pytest.mark.parametrize(
    "command",
    [cmd.SetBudget(None, 9), cmd.SetAutonomy(cmd.Autonomy.CRUISE), cmd.Note("x"), cmd.Suggest(), cmd.Stop()],
    ids=repr,
)
def test_what_is_no_act_has_none_to_undo(stage, command):
    """It says what it did all the same."""
    receipt = stage.do(command)
    assert receipt.act is None
    assert receipt.sentence.endswith(".")
    assert not type(command).spec.undoable


def test_an_edit_says_what_fell_outside_when_it_was_applied(tmp_path):
    """Not what would have fallen outside when it was sent: a trial that ended in between is counted."""
    stage = Stage(tmp_path, budget_trials=None)
    try:
        stage.do(cmd.Start())
        stage.until(lambda s: s.ended > 10)
        stage.executor.hold()
        edit = stage.controller.send(cmd.Edit({"line.x": (0.0, 0.01)}))
        stage.executor.release()
        outside = edit.result(10).outside
        then = stage.controller.state.acts[-1]
        assert set(outside.outside) <= stage.controller.state.outside
        before = [one for one in stage.records if one.seq < then.seq]
        assert outside.of == sum(type(one.event).__name__ == "TrialEnded" for one in before)
    finally:
        stage.close()
