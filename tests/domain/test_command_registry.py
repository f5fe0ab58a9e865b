from __future__ import annotations

import doctest
import inspect
from dataclasses import FrozenInstanceError

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.commands.registry import COMMANDS, Subject, command, json_fields, json_types
from hitl_widget.errors import CommandError


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_can_be_imported_by_its_class(name):
    """Every registered command is a public name of `hitl_widget.domain.commands`."""
    assert getattr(cmd, COMMANDS[name].__name__) is COMMANDS[name]
    assert COMMANDS[name].__name__ in cmd.__all__


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_described_and_typed(name):
    """The generated page types and the reference need a docstring and a type for each field."""
    cls = COMMANDS[name]
    assert inspect.getdoc(cls)
    assert list(json_types(cls)) == [one.name for one in json_fields(cls)]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_its_line_of_python(name):
    """The reference shows the example in the docstring of a command, and the example is true."""
    cls = COMMANDS[name]
    shown = doctest.DocTestParser().get_doctest(cls.__doc__, vars(cmd), name, None, 0)
    assert shown.examples or cls().python()
    assert doctest.DocTestRunner(verbose=False).run(shown).failed == 0


@pytest.mark.parametrize("name", [name for name, cls in COMMANDS.items() if not cls.spec.page])
def test_a_command_with_code_cannot_come_from_a_page(name):
    """The refusal names the commands that a page may send, and this one is not among them."""
    with pytest.raises(CommandError, match="must be one of") as refusal:
        cmd.command_from({"type": name})
    assert name not in str(refusal.value).split(";")[0]


def test_a_field_from_python_only_is_in_no_json():
    """Neither the record nor a page has the code of an objective."""
    assert "code" not in [one.name for one in json_fields(cmd.AddObjective)]
    assert "code" not in cmd.as_json(cmd.AddLearner("mine", "Mine", (), b"pickle"))
    with pytest.raises(CommandError, match="can only be set from Python"):
        cmd.command_from({"type": "add_objective", "name": "cost", "code": "print()"})


def test_a_command_is_frozen():
    """A command that waits in a queue cannot change."""
    with pytest.raises(FrozenInstanceError):
        cmd.Cancel(1).number = 2


def test_two_commands_cannot_have_one_name():
    """A name that is taken fails where it is written, not where it is read."""
    with pytest.raises(ValueError, match="two commands 'pause'"):

        @command("pause", subject=Subject.LIFECYCLE)
        class Break(cmd.Command):
            def python(self):
                return ""

    assert COMMANDS["pause"] is cmd.Pause
