"""What a person can import: named in `__all__`, found late, and described."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
from pathlib import Path

import pytest

import hitl_widget

PACKAGE = Path(hitl_widget.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


def public_names(path: Path) -> list[str] | None:
    """The names of `__all__` as written, or None where it is not a plain list of strings."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            try:
                return list(ast.literal_eval(node.value))
            except ValueError:
                return None
    return None


def test_all_is_explicit() -> None:
    """`__all__` is a literal, so that readers and tools see it without running anything."""
    written = public_names(PACKAGE / "__init__.py")
    assert written is not None
    assert written == hitl_widget.__all__
    assert len(set(written)) == len(written)
    assert "AutoMLSession" in written


@pytest.mark.parametrize("name", hitl_widget.__all__)
def test_every_name_resolves_and_is_described(name: str) -> None:
    """Each public name is there, also when it is imported late, and classes and functions have a docstring."""
    value = getattr(hitl_widget, name)
    if inspect.isclass(value) or inspect.isroutine(value):
        assert inspect.getdoc(value), f"{name} has no docstring"


def test_dir_lists_the_public_names() -> None:
    """Completion offers the public names, before any of them was used."""
    assert set(hitl_widget.__all__) <= set(dir(hitl_widget))


def test_unknown_name() -> None:
    """A name that is not there is an AttributeError, as for every module."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = hitl_widget.no_such_name


def test_version_is_that_of_the_package() -> None:
    """`__version__` and the installed metadata agree."""
    assert hitl_widget.__version__ == importlib.metadata.version("hitl_widget")


def test_every_public_method_is_described() -> None:
    """Each public attribute that the session's class defines says what it does."""
    members = vars(hitl_widget.AutoMLSession).items()
    undescribed = [
        name
        for name, value in members
        if not name.startswith("_")
        and (callable(value) or isinstance(value, property | classmethod | staticmethod))
        and not inspect.getdoc(value)
    ]
    assert not undescribed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_names_its_public_names(path: Path) -> None:
    """A module says in `__all__` what others may use, and defines all of it."""
    written = public_names(path)
    assert written is not None, "no literal __all__"
    tree = ast.parse(path.read_text())
    defined: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined.update(alias.asname or alias.name for alias in node.names)
        else:
            defined.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    assert set(written) <= defined, f"in __all__ but not defined: {set(written) - defined}"
