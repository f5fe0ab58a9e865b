"""The distribution of the tests over processes."""

from __future__ import annotations

import argparse
import copy
import re
from pathlib import Path

import pytest
from xdist.remote import Producer

from tests.conftest import LOOKING, SPREAD, pytest_xdist_make_scheduler, scope_of


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


def test_browser_tests_share_the_finished_search_in_one_process() -> None:
    """`LOOKING` has all tests that use the finished search; each other browser test is a unit of its own."""
    found = {
        f"tests/ui/{path.name}::{name}"
        for path in (Path(__file__).parent / "ui").glob("test_*.py")
        for name in re.findall(r"\ndef (test_\w+)\([^)]*\bfinished\b", path.read_text())
    }
    assert found == set(LOOKING)
    assert len({scope_of(one) for one in LOOKING}) == 1
    others = ("tests/ui/a.py::test_x[one]", "tests/ui/a.py::test_x[two]")
    assert {scope_of(one) for one in others} == set(others)
