"""The distribution of the tests over processes."""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

import pytest
from xdist.remote import Producer

from tests.conftest import SPREAD, pytest_xdist_make_scheduler, scope_of


def test_the_tests_of_a_file_stay_together() -> None:
    """All tests of a file form one unit, methods and parameters included; a spread test is a unit of its own."""
    together = ("tests/a.py::test_x", "tests/a.py::test_x[b::c]", "tests/a.py::TestY::test_z")
    assert {scope_of(one) for one in together} == {"tests/a.py"}
    assert scope_of(f"tests/a.py::{SPREAD[0]}[one]") != scope_of(f"tests/a.py::{SPREAD[0]}[two]")


def test_xdist_distributes_these_units(pytestconfig: pytest.Config) -> None:
    """`--dist loadfile` uses the scheduling of the tests, other distributions stay as they are."""
    pytestconfig = copy.copy(pytestconfig)
    pytestconfig.option = argparse.Namespace(**vars(pytestconfig.option) | {"dist": "loadfile", "tx": ["2*popen"]})
    made = pytest_xdist_make_scheduler(pytestconfig, Producer("tests"))
    assert made is not None
    assert made._split_scope("tests/a.py::test_x") == "tests/a.py"
    pytestconfig.option.dist = "load"
    assert pytest_xdist_make_scheduler(pytestconfig, Producer("tests")) is None


def test_spread_tests_exist() -> None:
    """Each name in `SPREAD` is the name of one test."""
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [text.count(f"\ndef {name}(") for name in SPREAD] == [1] * len(SPREAD)
