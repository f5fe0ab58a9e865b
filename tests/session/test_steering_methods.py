"""The lines of Python that the dashboard offers, and wrong arguments."""

from __future__ import annotations

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.preview import preview
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.errors import CommandError, HitlError
from hitl_widget.report.words import Words
from hitl_widget.sampling.contract import Proposal
from hitl_widget.session.beliefs import BeliefMethods
from hitl_widget.session.record import RecordMethods
from hitl_widget.session.run import RunMethods
from hitl_widget.session.space import SpaceMethods
from hitl_widget.session.trials import TrialMethods
from tests.doubles import TASK

SPACE = Space(
    ("line", "tree"),
    (
        Float("line.x", 0.0, 1.0, 0.5, legal_high=9.0),
        Int("tree.depth", 1, 8, 3),
        Categorical("tree.kind", ("a", 1, True), "a", legal=("a", 1, True, None)),
    ),
)


class Runtime:
    """A session's runtime without a search: keeps the commands that it would carry out."""

    words = Words(TASK, {}, frozenset())
    state = SessionState(steering=Steering(SPACE), base=SPACE)

    def __init__(self):
        self.sent = []

    def do(self, command):
        self.sent.append(command)
        outside = preview(self.state, command) if isinstance(command, cmd.Edit) else None
        return Receipt("Done.", (0,), suggestion=Proposal({}, ""), outside=outside)


class Session(BeliefMethods, RecordMethods, RunMethods, SpaceMethods, TrialMethods):
    """The methods that steer."""

    def __init__(self):
        self._runtime = Runtime()
        self.sent = self._runtime.sent


@pytest.mark.parametrize(
    "command",
    [
        cmd.Edit({"line.x": [1 / 3, 0.9]}),
        cmd.Edit({"line.x": {"low": 0.1, "high": 0.2}, "tree.kind": [1, "a"]}, exclude=["tree"]),
        cmd.Edit({"line.x": {"fix": 0.1 + 0.2}}),
        cmd.Edit({"line.x": {"fix": 0.5}}, running="cancel"),
        cmd.Edit({"tree.kind": {"remove": [1]}}, running="cancel"),
        cmd.Edit({"tree.kind": {"add": [None]}}),
        cmd.Edit(exclude=["tree"]),
        cmd.Edit(exclude=["tree"], running="cancel"),
        cmd.Propose({"family": "line", "line.x": 0.12345678901234567}),
        cmd.Propose({"family": 'a\0\u2028\ud800\x1b\\n"'}, 3),
        cmd.Grid({"family": "line"}, "line.x", (0.1, 2 / 3)),
        cmd.Believe("line.x", around=2 / 3, spread=1 / 3, strength="strong"),
        cmd.Believe("tree.kind", likely=("a", True)),
        cmd.Withdraw("line.x"),
        cmd.AnswerNudge("widen:line.x:low"),
        cmd.AnswerNudge("widen:line.x:low", "do\0it"),
        cmd.AnswerNudge("k", "later"),
        cmd.AnswerNudge("k", "never"),
        cmd.Note("two\nlines\0"),
        cmd.SetBudget(60.5, None),
        cmd.SetBudget(None, 20),
        cmd.SetAutonomy(cmd.Autonomy.USER),
        cmd.Batch(3),
        cmd.Cancel(1),
        cmd.Discard(1),
        cmd.Restore(1),
        cmd.Suggest(),
        cmd.Undo(),
        cmd.Undo(2),
        cmd.Redo(),
        cmd.Pause(),
        cmd.Resume(),
        cmd.Stop(),
    ],
    ids=repr,
)
def test_the_line_of_python_sends_the_same_command(command):
    """The line sends the command of the click, with every digit."""
    session = Session()
    exec(command.python(), {"session": session})
    assert [cmd.as_json(one) for one in session.sent] == [cmd.as_json(command)]


def test_include_and_cancel_have_their_own_line():
    """Cancelling also ends trials that were outside before, so the short form would do less."""
    command = cmd.Edit(include=["tree"], running="cancel")
    assert command.python() == 'session.edit({}, include=["tree"], running="cancel")'


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.propose("line"),
        lambda s: s.propose(None),
        lambda s: s.edit("line"),
        lambda s: s.edit(["line.x"]),
        lambda s: s.edit(exclude=5),
        lambda s: s.preview({"line.x": 1}, include=None),
        lambda s: s.grid("3", "line.x", [1]),
        lambda s: s.grid(True, "line.x", [1]),
        lambda s: s.grid(0, "line.x", [1]),
        lambda s: s.grid({"family": "line"}, "line.x", 5),
        lambda s: s.widen("line.x", low="far"),
        lambda s: s.widen("line.x", high=0.5),
        lambda s: s.believe("line.x", around=10**400),
        lambda s: s.accept(5),
    ],
)
def test_wrong_arguments_are_refused_in_a_sentence(act):
    """Wrong arguments raise an error of this package, never a bare Python error."""
    with pytest.raises(HitlError, match=r"\.$"):
        act(Session())


def test_a_grid_from_a_trial_names_the_trial():
    """The number of no trial is refused before a command is sent."""
    session = Session()
    with pytest.raises(CommandError, match="There is no trial 7; the record has 0 trials"):
        session.grid(7, "line.x", [0.1])
    assert session.sent == []
