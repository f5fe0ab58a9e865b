"""Parts of other packages: found by their entry points, and left out with a warning where they cannot be used."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from hitl_widget.errors import ConfigError
from hitl_widget.plugins import PluginWarning, Registry, loaded_once

GROUP = "hitl_widget.test_parts"


def checked(name: str, given: object) -> str:
    if not isinstance(given, str):
        raise ConfigError(f"A part is a text; got {given!r}")
    return given


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that installs a package: entry points of a group, and the source of its module."""

    def make(points: str, source: str, group: str = GROUP) -> None:
        about = tmp_path / "extra_parts-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-parts\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[{group}]\n{points}\n")
        (tmp_path / "extra_parts.py").write_text(source)
        monkeypatch.delitem(__import__("sys").modules, "extra_parts", raising=False)
        monkeypatch.syspath_prepend(str(tmp_path))

    return make


def test_parts_come_by_name(install) -> None:
    """Built-in ones first, then those of the entry points."""
    install("mine = extra_parts:mine", "mine = 'my part'")
    parts = Registry(GROUP, {"ours": "our part"}, checked)
    assert parts["ours"] == "our part"
    assert dict(parts) == {"ours": "our part", "mine": "my part"}
    assert "other" not in parts


def test_what_is_built_in_needs_no_entry_points(install) -> None:
    """A name that is built in loads nothing of other packages."""
    install("mine = extra_parts:mine", "raise RuntimeError('loaded')")
    parts = Registry(GROUP, {"ours": "our part"}, checked)
    parts.find()
    assert parts["ours"] == "our part"
    assert dict(parts.known) == {"ours": "our part"}


@pytest.mark.parametrize(
    ("points", "source", "words"),
    [
        ("mine = extra_parts:mine", "import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("mine = extra_parts:absent", "", "AttributeError"),
        ("mine = extra_parts:mine", "mine = 3", "A part is a text; got 3"),
        ("ours = extra_parts:mine", "mine = 'other'", "The name 'ours' is taken"),
    ],
)
def test_a_part_that_cannot_be_used_is_left_out(install, points: str, source: str, words: str) -> None:
    """One warning with its name, its package, the reason and what to do; the others stay."""
    install(points, source)
    parts = Registry(GROUP, {"ours": "our part"}, checked)
    with pytest.warns(PluginWarning) as caught:
        assert dict(parts) == {"ours": "our part"}
    (sentence,) = [str(one.message) for one in caught]
    assert sentence.startswith(f"{GROUP}: '{points.split()[0]}' of the package extra-parts was left out.")
    assert words in sentence
    assert sentence.endswith("Update or uninstall extra-parts to stop this warning.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(parts) == 1


def test_modules_that_register_themselves_are_imported_once(install, capsys) -> None:
    """As those of `hitl_widget.rules`."""
    group = "hitl_widget.test_modules"
    install("mine = extra_parts", "print('imported')", group)
    loaded_once(group)
    loaded_once(group)
    assert capsys.readouterr().out == "imported\n"
