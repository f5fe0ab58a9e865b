from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.errors import ConfigError

SPACE = Space(
    ("tree", "dummy"),
    (
        Float("tree.rate", 0.01, 1.0, 0.1, log=True, legal_low=0.0),
        Int("tree.depth", 1, 8, 3),
        Categorical("tree.weights", (None, "balanced", True, 1), None),
    ),
)


def test_complete_fills_in_defaults_in_the_order_of_the_space():
    """What a configuration leaves out takes its default."""
    assert SPACE.complete({"tree.depth": 5, "family": "tree"}) == {
        "family": "tree",
        "tree.rate": 0.1,
        "tree.depth": 5,
        "tree.weights": None,
    }


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "needs a family, one of tree, dummy"),
        ({"family": "knn"}, "got 'knn'"),
        ({"family": "tree", "tree.leaves": 1}, "has no hyperparameter 'tree.leaves'"),
        ({"family": "dummy", "tree.depth": 1}, "hyperparameters: none"),
        ({"family": "tree", "tree.rate": 2}, "between 0.01 and 1"),
        ({"family": "tree", "tree.rate": float("nan")}, "must be a number"),
        ({"family": "tree", "tree.rate": True}, "must be a number"),
        ({"family": "tree", "tree.depth": 2.5}, "whole number"),
        ({"family": "tree", "tree.depth": "3"}, "whole number"),
        ({"family": "tree", "tree.weights": "none"}, "one of None, 'balanced'"),
        ({"family": ["tree"]}, "got \\['tree'\\]"),
    ],
)
def test_a_wrong_configuration_is_refused_with_the_rule(config, said):
    """The message says the rule and what came instead."""
    with pytest.raises(ConfigError, match=said):
        SPACE.complete(config)


def test_a_choice_keeps_its_type():
    """True and 1 are different choices."""
    assert SPACE.complete({"family": "tree", "tree.weights": True})["tree.weights"] is True
    assert SPACE.complete({"family": "tree", "tree.weights": 1})["tree.weights"] == 1


@given(st.floats(allow_nan=True), st.one_of(st.integers(), st.floats(allow_nan=True, allow_infinity=True)))
def test_complete_gives_a_member_or_refuses(rate, depth):
    """Whatever numbers come, the result lies in the space or a ConfigError is raised."""
    try:
        config = SPACE.complete({"family": "tree", "tree.rate": rate, "tree.depth": depth})
    except ConfigError:
        return
    assert config in SPACE


def test_a_space_survives_json():
    """The JSON form reads back as the same space, infinite bounds included."""
    assert Space.from_json(json.loads(json.dumps(SPACE.as_json(), allow_nan=False))) == SPACE
