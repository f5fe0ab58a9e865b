"""The registry of views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

import pytest

from hitl_widget.errors import ConfigError
from hitl_widget.explain import registry
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.registry import VIEWS, compute_path, concepts
from hitl_widget.explain.view import Level, View


def compute(_source: Any) -> View:
    return TOY.answer(("42.",))


TOY = ViewDefinition(
    name="toy",
    level=Level.MODEL,
    question="What is the answer?",
    summary="Return the answer.",
    compute=compute,
)


@pytest.mark.parametrize("view", VIEWS.built_in.values(), ids=VIEWS.built_in)
def test_a_view_declares_everything(view: ViewDefinition) -> None:
    """Its question asks, its docstring says what is returned, its options and its concept are explained."""
    assert view.question.endswith("?")
    assert view.summary.startswith("Return ")
    assert view.summary.endswith(".")
    assert all(option.doc.endswith(".") for option in view.options)
    assert view.concept is not None
    assert concepts()[view.concept.name] == view.concept


def test_names_of_charts_are_used_once() -> None:
    """The dashboard finds a chart by its name alone."""
    names = [name for view in VIEWS.built_in.values() for name in view.charts]
    assert len(names) == len(set(names))


def test_a_worker_imports_the_computation() -> None:
    """Views of any importable module can be computed in a worker; those of a notebook can not."""
    assert compute_path(TOY) == "tests.explain.test_registry:compute"
    with pytest.raises(ConfigError, match="declare worker=False"):
        compute_path(replace(TOY, compute=lambda source: None))


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("toy", None, "names a ViewDefinition called 'toy'"),
        ("other", {}, "names a ViewDefinition called 'other'"),
        ("ask", {"name": "ask"}, "is a Python identifier other than"),
        ("my view", {"name": "my view"}, "is a Python identifier other than"),
        ("toy", {"compute": lambda source: None}, "declare worker=False"),
    ],
)
def test_a_wrong_entry_point_is_refused(name: str, changes: Mapping[str, Any] | None, message: str) -> None:
    """The error says what an entry point must name."""
    given = object() if changes is None else replace(TOY, **changes)
    with pytest.raises(ConfigError, match=message):
        registry._checked(name, given)


def test_questions_of_one_topic_stand_together() -> None:
    """An index lists them under headings, each heading once."""
    headings = [one.heading for one in VIEWS.built_in.values()]
    assert [heading for heading, _ in groupby(headings)] == [
        "Columns",
        "One row",
        "Errors",
        "Training",
        "Data",
        "Comparison",
        "Search",
    ]
