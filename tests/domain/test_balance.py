"""Balancing of classes as a hyperparameter of each family."""

from hitl_widget.domain.balance import balance_parameter, parameters_of_balance, with_balance
from hitl_widget.domain.space import Categorical, Float, Space

SPACE = Space(("dummy", "linear", "svm"), (Float("linear.C", 0.1, 10.0, 1.0), Float("svm.C", 0.1, 10.0, 1.0)))
ABLE = {"dummy": (), "linear": ("weights", "threshold"), "svm": ("threshold",)}


def test_each_family_gets_the_ways_that_it_can_do():
    """No balancing stays a choice and the default; families that can do nothing have no hyperparameter."""
    space = with_balance(SPACE, ["weights", "threshold"], ABLE)
    linear, svm = parameters_of_balance(space)
    assert (linear.name, linear.choices, linear.default) == ("linear.balance", (None, "weights", "threshold"), None)
    assert svm.choices == (None, "threshold")
    assert [one.name for one in space.of("linear")] == ["linear.balance", "linear.C"]


def test_earlier_configurations_stay_in_the_space():
    """A configuration from before has no balancing, and is outside once this is no choice."""
    before = {"family": "linear", "linear.C": 1.0}
    space = with_balance(SPACE, ["weights"], ABLE)
    assert before in space
    assert {**before, "linear.balance": None} in space
    assert {**before, "linear.balance": "weights"} in space
    assert {**before, "linear.balance": "threshold"} not in space
    assert {**before, "linear.balance": "weights"} not in SPACE
    only = balance_parameter("linear", ["weights"], ["weights"])
    assert isinstance(only, Categorical)
    fixed = Space(space.families, (*SPACE.parameters, Categorical(only.name, ("weights",), "weights", only.label)))
    assert before not in fixed


def test_no_way_leaves_no_choice():
    """Balancing can be stopped: what remains is no balancing."""
    space = with_balance(with_balance(SPACE, ["weights"], ABLE), [], ABLE)
    assert [one.choices for one in parameters_of_balance(space)] == [(None,), (None,)]


def test_a_hyperparameter_of_the_user_is_another_one():
    """A learner's own hyperparameter of this name has another label, and is left alone."""
    own = Space(("knn",), (Categorical("knn.balance", ("a", "b"), "a"),))
    assert parameters_of_balance(own) == ()
    assert with_balance(own, ["weights"], {"knn": ()}) == own
