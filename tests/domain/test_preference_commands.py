from __future__ import annotations

import json
import math

import pytest

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.commands import (
    AddObjective,
    Prefer,
    Relax,
    Require,
    SetGoals,
    SetObjectives,
    as_json,
    command_from,
)
from hitl_widget.domain.preference import Judgement
from hitl_widget.errors import CommandError

ODD = 'a"b\\c\n<img onerror=…>'

COMMANDS = [
    SetObjectives(("roc_auc", f"worst_group:{ODD}")),
    AddObjective("cost", matrix=((0, 1), (5, 0))),
    AddObjective("profit", ODD, "higher", "€", ((0.0, -1.5), (1e-9, 0.0))),
    Require("predict_ms < 5"),
    Require(f"worst_group:{ODD[:-1]} >= 0.5", hard=False),
    Relax(ODD),
    Prefer(3, 7, Judgement.A),
    Prefer(0, 10**30, Judgement.SKIP),
    SetGoals({"roc_auc": 3.0, ODD: 0}),
    SetGoals({"roc_auc": 0.5}, Strength.STRONG),
    SetGoals(),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: type(one).__name__)
def test_a_command_survives_json(command):
    """What a browser sends or a journal keeps reads back as the same command."""
    assert command_from(json.loads(json.dumps(as_json(command), allow_nan=False))) == command


class Session:
    """What a copied line of Python is run on."""

    def __init__(self):
        self.said = []

    def objectives(self, *names):
        self.said.append(SetObjectives(names))

    def add_objective(self, name, how, *, direction="lower", unit="", label=""):
        self.said.append(AddObjective(name, label, direction, unit, how))

    def require(self, text, *, hard=True):
        self.said.append(Require(text, hard))

    def relax(self, text):
        self.said.append(Relax(text))

    def prefer(self, a, b, answer):
        self.said.append(Prefer(a, b, answer))

    def set_goals(self, weights=None, *, strength="fair"):
        self.said.append(SetGoals(weights or {}, strength))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: type(one).__name__)
def test_the_line_of_python_does_the_same(command):
    """However odd its texts, the copied line runs and gives the command back."""
    session = Session()
    exec(command.python(), {"session": session})
    assert session.said == [command]


def test_no_further_objective_has_a_line_of_python_too():
    """Without names `session.objectives` only looks, so the metric is named."""
    assert SetObjectives(()).python() == 'session.objectives("score")'


def test_code_is_named_and_not_written_out():
    """A function has no JSON form, and its line of Python names it as a function."""
    command = AddObjective("profit", code=b"pickle")
    assert "code" not in as_json(command)
    assert command.python() == 'session.add_objective("profit", function)'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"type": "set_objectives", "names": "predict_ms"}, "must be a list; got 'predict_ms'"),
        ({"type": "set_objectives", "names": [5]}, "at most 30 names"),
        ({"type": "set_objectives", "names": ["x" * 201]}, "at most 30 names"),
        ({"type": "set_objectives", "names": ["x"] * 31}, "at most 30 names"),
        ({"type": "set_objectives", "names": [" "]}, "at most 30 names"),
        ({"type": "set_objectives", "name": ["x"]}, "does not take 'name'"),
        ({"type": "add_objective"}, "is incomplete"),
        ({"type": "add_objective", "name": "../x", "matrix": [[0]]}, "a short name such as 'profit'; got '../x'"),
        ({"type": "add_objective", "name": "a b", "matrix": [[0]]}, "a short name"),
        ({"type": "add_objective", "name": "x" * 61, "matrix": [[0]]}, "a short name"),
        ({"type": "add_objective", "name": None, "matrix": [[0]]}, "a short name"),
        ({"type": "add_objective", "name": "score", "matrix": [[0]]}, "a column of session.trials"),
        ({"type": "add_objective", "name": "cost"}, "a cost matrix or a function"),
        ({"type": "add_objective", "name": "cost", "matrix": 5}, "must be a list; got 5"),
        ({"type": "add_objective", "name": "cost", "matrix": [5]}, "must be a list; got 5"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0, 1]]}, "must be square"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0, 1], [2]]}, "must be square"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0, "1"], [1, 0]]}, "must be square"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0, True], [1, 0]]}, "must be square"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0, math.inf], [1, 0]]}, "must be square"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0, 10**400], [1, 0]]}, "must be square"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0] * 51] * 51}, "must be square"),
        ({"type": "add_objective", "name": "cost", "code": "print()"}, "can only be set from Python"),
        ({"type": "add_objective", "name": "cost", "code": [1]}, "can only be set from Python"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0]], "direction": "up"}, "got 'up'"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0]], "direction": []}, "got \\[\\]"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0]], "label": 5}, "must be texts"),
        ({"type": "add_objective", "name": "cost", "matrix": [[0]], "unit": "x" * 61}, "must be texts"),
        ({"type": "require"}, "is incomplete"),
        ({"type": "require", "text": 5}, "must be a string"),
        ({"type": "require", "text": "fast"}, "cannot be parsed"),
        ({"type": "require", "text": "predict_ms < 5", "hard": "yes"}, "got 'yes'"),
        ({"type": "require", "text": "predict_ms < 5", "hard": 1}, "True or False; got 1"),
        ({"type": "relax", "text": ""}, "got ''"),
        ({"type": "relax", "text": ["predict_ms"]}, "got \\['predict_ms'\\]"),
        ({"type": "prefer", "first": 1, "second": 2}, "is incomplete"),
        ({"type": "prefer", "first": 1, "second": 1, "answer": "a"}, "got 1, 1"),
        ({"type": "prefer", "first": "1", "second": 2, "answer": "a"}, "two different trials; got '1', 2"),
        ({"type": "prefer", "first": True, "second": 2, "answer": "a"}, "got True"),
        ({"type": "prefer", "first": 1.5, "second": 2, "answer": "a"}, "got 1.5"),
        ({"type": "prefer", "first": 1, "second": 2, "answer": "first"}, "a, b, equal, skip; got 'first'"),
        ({"type": "prefer", "first": 1, "second": 2, "answer": ["a"]}, "got \\['a'\\]"),
        ({"type": "set_goals", "weights": [1, 2]}, "Goals must be a dict"),
        ({"type": "set_goals", "weights": {1: 2}}, "Goals must be a dict"),
        ({"type": "set_goals", "weights": {f"x{i}": 1 for i in range(31)}}, "Goals must be a dict"),
        ({"type": "set_goals", "weights": {"x": -1}}, "check 'x'"),
        ({"type": "set_goals", "weights": {"x": math.nan}}, "check 'x'"),
        ({"type": "set_goals", "weights": {"x": 10**400}}, "check 'x'"),
        ({"type": "set_goals", "weights": {"x": "3"}}, "check 'x'"),
        ({"type": "set_goals", "weights": {"x": True}}, "check 'x'"),
        ({"type": "set_goals", "weights": {"x": 0, "y": 0.0}}, "must be above 0"),
        ({"type": "set_goals", "weights": {"x": 1}, "strength": "firm"}, "hint, fair, strong; got 'firm'"),
        ({"type": "set_goals", "weights": {"x": 1}, "strength": {}}, "got {}"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(body, said):
    """Whatever comes, the answer is one sentence of bounded length that says what was wanted."""
    with pytest.raises(CommandError, match=said) as refusal:
        command_from(body)
    assert len(str(refusal.value)) < 700
