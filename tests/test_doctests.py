"""The examples in docstrings: each gives the result that stands below it."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def modules_with_examples() -> list[str]:
    """Modules whose docstrings hold examples."""
    files = sorted((ROOT / "hitl_widget").rglob("*.py"))
    parts = [path.relative_to(ROOT).with_suffix("").parts for path in files if "\n    >>> " in path.read_text()]
    return [".".join(one).removesuffix(".__init__") for one in parts]


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples_give_their_results(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who types an example sees what the docstring shows."""
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    module = importlib.import_module(name)
    examples = [one for one in doctest.DocTestFinder(exclude_empty=True).find(module) if one.examples]
    assert examples, "the examples are not in a docstring"
    for one in examples:
        runner.run(one, out=report.append)
    assert not report, "".join(report)
