"""What a person can import: named in `__all__`, found late, and described."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
import re
import textwrap
from functools import cache
from pathlib import Path

import pytest

import hitl_widget
from hitl_widget.session.runtime import Part

PACKAGE = Path(hitl_widget.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def public_names(path: Path) -> list[str] | None:
    """The names of `__all__` as written, or None where it is not a plain list of strings."""
    for node in parsed(path).body:
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


GROUPS = {
    "Open, show and close": "load named name show close",
    "Run the search": "start pause resume stop set_budget autonomy wait wait_ready release",
    "Trials": "trials leaderboard workload compare propose grid batch suggest cancel annotate discard restore",
    "Search space": "space preview edit exclude include fix widen set_balance add_learner generations",
    "Beliefs and suggestions": "believe withdraw beliefs nudges accept dismiss",
    "Objectives, constraints and preferences": (
        "objectives add_objective require relax constraints next_pair prefer set_goals learnt preferred_trial challenge"
    ),
    "Data": (
        "set_role drop use fill set_metric set_missing encode change_data preview_data add_transform remove_transform"
        " profile target_by warnings illustrate answer"
    ),
    "Rows": (
        "set_split preview_split set_weights set_target preview_target drop_rows add_rows relabel suspect_labels"
        " to_label"
    ),
    "Models": "best_model ensemble preferred_model model refit add_baseline audit",
    "Explanations, charts and the Optuna study": "explain charts study",
    "State and journal": "state task journal journal_markdown note undo redo path summary summary_html",
}
"""The public attributes of a session, by the headings of the reference."""


def test_a_session_offers_its_public_names_and_nothing_else() -> None:
    """Tab completion lists what the reference documents: a new name is a decision, written down here."""
    offered = {name for name in dir(hitl_widget.AutoMLSession) if not name.startswith("_")}
    assert offered == set(" ".join(GROUPS.values()).split())


def test_a_session_keeps_its_runtime_and_nothing_else(tmp_path: Path) -> None:
    """What the screen needs of a session is reached through its runtime, not on the person's object."""
    table = {"x": [i / 7 % 1 for i in range(60)], "y": ["no", "yes"] * 30}
    with hitl_widget.AutoMLSession(table, "y", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        assert list(vars(session)) == ["_runtime"]


def test_the_reference_lists_every_name_in_its_group() -> None:
    """The page of the session has the groups and names of `GROUPS`, in this order, each as what it is."""
    page = (PACKAGE.parent / "docs" / "reference" / "session.rst").read_text()
    written: dict[str, list[str]] = {}
    for heading, entries in re.findall(r"^([^\n.].*)\n-+\n\n((?:\.\. auto.*\n)+)", page, re.MULTILINE):
        written[heading] = re.findall(r"AutoMLSession\.(\w+)", entries)
    assert written == {heading: names.split() for heading, names in GROUPS.items()}
    for kind, name in re.findall(r"\.\. auto(\w+):: AutoMLSession\.(\w+)", page):
        is_property = isinstance(inspect.getattr_static(hitl_widget.AutoMLSession, name), property)
        assert kind == ("property" if is_property else "method"), name


def test_a_part_of_the_session_does_not_use_another_part() -> None:
    """Each subject acts through the runtime and its own methods, so that it can be read alone."""
    parts = [one for one in hitl_widget.AutoMLSession.__mro__[1:] if one not in (Part, object)]
    assert len(parts) == len(GROUPS)  # the facade opens sessions; rows and suspect labels are two parts
    for part in parts:
        used = {
            node.attr
            for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(part))))
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
        }
        assert used <= {"_runtime", *vars(part)}, part.__name__


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_module_names_its_public_names(path: Path) -> None:
    """A module says in `__all__` what others may use, and defines all of it."""
    written = public_names(path)
    assert written is not None, "no literal __all__"
    tree = parsed(path)
    defined: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined.update(alias.asname or alias.name for alias in node.names)
        else:
            defined.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    assert set(written) <= defined, f"in __all__ but not defined: {set(written) - defined}"
