from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_widget.domain.commands import (
    Autonomy,
    Cancel,
    Pause,
    Propose,
    Resume,
    SetAutonomy,
    SetBudget,
    Start,
    Stop,
    as_json,
    command_from,
)
from hitl_widget.errors import CommandError

COMMANDS = [
    Start(),
    Pause(),
    Resume(),
    Stop(),
    SetBudget(60.0, None),
    SetBudget(None, 20),
    SetAutonomy(Autonomy.USER),
    Propose({"family": "lightgbm", "lightgbm.learning_rate": 0.05}, 3),
    Cancel(7),
]


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
def test_a_command_survives_json(command):
    """The JSON form reads back as the same command."""
    assert command_from(as_json(command)) == command


@pytest.mark.parametrize("command", COMMANDS, ids=repr)
def test_the_line_of_python_is_python(command):
    """What "copy as Python" gives can be compiled."""
    compile(command.python(), "<copied>", "exec")


def test_the_line_of_python_queues_the_same_configuration():
    """Running the copied line gives the configuration back, however odd its strings."""
    odd = {"family": 'a"b\\c\n<img onerror=…>', "x.y": 0.1, "x.z": None, "x.w": True}
    seen = {}

    class session:  # noqa: N801 - the name that people use
        @staticmethod
        def propose(config, parent=None):
            seen.update(config=config, parent=parent)

    exec(Propose(odd, 2).python(), {"session": session})
    assert seen == {"config": odd, "parent": 2}


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "pause",
        {},
        {"type": "format_disk"},
        {"type": ["pause"]},
        {"type": "pause", "now": True},
        {"type": "propose"},
        {"type": "propose", "config": "lightgbm"},
        {"type": "propose", "config": {1: 2}},
        {"type": "propose", "config": {"family": "x"}, "parent": True},
        {"type": "propose", "config": {"family": "x"}, "parent": 1.5},
        {"type": "set_budget", "seconds": -1},
        {"type": "set_budget", "seconds": float("inf")},
        {"type": "set_budget", "seconds": "60"},
        {"type": "set_budget", "trials": 0},
        {"type": "set_budget", "trials": 2.0},
        {"type": "set_autonomy", "level": "god"},
        {"type": "set_autonomy"},
        {"type": "cancel", "number": None},
    ],
    ids=repr,
)
def test_a_malformed_message_is_refused(data):
    """Nothing that a browser sends raises anything but CommandError."""
    with pytest.raises(CommandError):
        command_from(data)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.slow
@given(st.sampled_from(["propose", "cancel", "set_budget", "pause", "set_autonomy"]), st.dictionaries(st.text(), _json))
def test_any_json_is_a_command_or_refused(kind, rest):
    """Hypothesis finds no JSON that breaks the reader."""
    with contextlib.suppress(CommandError):
        assert as_json(command_from({**rest, "type": kind}))["type"] == kind
