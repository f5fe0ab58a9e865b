"""A decorator is all that a function needs to become a rule."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from hitl_widget.advise import rule, rules
from hitl_widget.advise.rule import DATA, NUDGES, RESULTS, data_warning, nudge, result_warning
from hitl_widget.errors import ConfigError


@pytest.fixture(autouse=True)
def registries():
    """Leave the registries as they were."""
    rules.nudge_rules()
    before = [dict(one) for one in (NUDGES, DATA, RESULTS)]
    yield
    for one, known in zip((NUDGES, DATA, RESULTS), before, strict=True):
        one.clear()
        one.update(known)


@pytest.mark.parametrize(
    ("decorator", "registered"),
    [(nudge, rules.nudge_rules), (data_warning, rules.data_rules), (result_warning, rules.result_rules)],
)
def test_a_decorated_function_is_asked(decorator, registered) -> None:
    """Each decorator registers its rule, in its place, and the rule still runs as a function."""

    @decorator(order=15)
    def mine(view):
        yield view

    names = [one.name for one in registered()]
    assert names.index("mine") == 1
    assert list(mine("seen")) == ["seen"]


def test_a_name_that_is_taken_is_refused() -> None:
    """The error names the file of the other rule; a notebook's cell that runs twice is no clash."""

    def again():
        @nudge(name="mine")
        def first(view):
            yield from ()

        return first

    again()
    assert again() in rules.nudge_rules()
    with pytest.raises(ConfigError, match=r"hitl_widget\.advise\.rules\.ranges\.widen"):

        @nudge(name="widen")
        def other(view):
            yield from ()


def test_every_rule_in_the_folder_has_its_decorator() -> None:
    """What a module of rules offers in `__all__` is registered."""
    offered = set()
    for module in pkgutil.iter_modules(rules.__path__):
        there = importlib.import_module(f"hitl_widget.advise.rules.{module.name}")
        offered |= {getattr(there, name) for name in there.__all__}
    registered = {*rules.nudge_rules(), *rules.data_rules(), *rules.result_rules()}
    assert offered == registered
    assert all(isinstance(one, rule.Rule) for one in offered)
    assert len(registered) == 40
