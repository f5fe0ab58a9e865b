"""Every public name has a docstring in numpydoc's form: what goes in, what comes out, what is raised."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from numpydoc.validate import validate

import hitl_widget
from hitl_widget.explain.view import View
from hitl_widget.session.charts import Charts
from hitl_widget.session.explanations import Explain

CLASSES = (hitl_widget.AutoMLSession, Explain, View, Charts)
"""Those of which a person holds an object."""

LEFT_TO_OTHERS = {
    "GL01": "the summary begins on the line of the quotes, as ruff's D212 wants it",
    "GL02": "likewise",
    "GL03": "likewise",
    "ES01": "a summary that says all needs no second one",
    "EX01": "examples stand where they help; the guides' code runs in tests/test_docs.py",
    "SA01": "names are linked in the text",
    "SS05": "a property or a view is no act",
    "SS06": "likewise",
    "PR04": "types stand in the signature, where mypy checks them",
    "PR09": "ruff checks sentences",
    "RT03": "likewise",
    "RT04": "likewise",
    "RT05": "likewise",
    "YD01": "context managers yield nothing to a person",
}
"""Codes that are not asked for, and why."""


def path_of(value: Any) -> str:
    """The full name by which numpydoc finds it."""
    return f"{value.__module__}.{value.__qualname__}"


def public() -> list[str]:
    """What can be imported, and the public attributes of what it gives."""
    names = [getattr(hitl_widget, name) for name in hitl_widget.__all__ if not name.startswith("__")]
    found = {path_of(value) for value in (*names, *CLASSES)}
    for one in CLASSES:
        for name, value in inspect.getmembers(one):
            if not name.startswith("_") and (callable(value) or isinstance(value, property)):
                found.add(f"{path_of(one)}.{name}")
    return sorted(found)


@pytest.mark.parametrize("name", public())
def test_has_a_valid_docstring(name: str) -> None:
    """numpydoc has nothing against it, but for what is left to others."""
    errors = [(code, text) for code, text in validate(name)["errors"] if code not in LEFT_TO_OTHERS]
    assert not errors


def test_the_check_would_notice() -> None:
    """A function whose parameters are not described does not pass."""
    codes = {code for code, _ in validate("inspect.getmembers")["errors"]}
    assert "PR01" in codes - set(LEFT_TO_OTHERS)
