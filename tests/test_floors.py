"""The floors of the package: imports point only down.

====  ============================================  =================================================
   6  widget, testing                               the screen; suites and doubles for tests
   5  session                                       the facade
   4  charts, advise, report                        what is shown and said
   3  engine, explain                               what decides, what explains
   2  workers, evaluation, sampling, preference     what computes
   1  data, learners                                what is known of tables and models
   0  domain, errors                                values; the standard library only
====  ============================================  =================================================

A part may import the floors below its own, and nothing beside it but what `BESIDE` names. Every import counts: those in
functions and those for type checkers too.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hitl_widget"

FLOORS = {
    "domain": 0,
    "errors": 0,
    "data": 1,
    "learners": 1,
    "workers": 2,
    "evaluation": 2,
    "sampling": 2,
    "preference": 2,
    "engine": 3,
    "explain": 3,
    "charts": 4,
    "advise": 4,
    "report": 4,
    "session": 5,
    "widget": 6,
    "testing": 6,
}
BESIDE = {
    ("domain", "errors"),
    ("learners", "data"),
}
# `show()` is where a session meets the screen: a late import, inside a function.
LATE_AND_UP = {("hitl_widget/session/facade.py", "widget")}

# Who alone may import a library; a folder ends with "/".
OWNERS = {
    "anywidget": ("widget/",),
    "traitlets": ("widget/",),
    "IPython": ("widget/",),
    "ipywidgets": ("widget/",),
    "comm": ("widget/",),
    "ipykernel": ("widget/",),
    "optuna.samplers": ("sampling/tpe.py",),
    "optuna.storages": ("sampling/sampler.py", "engine/storage.py"),
    "shap": ("explain/model.py",),
}
# Seconds each: the first screen must not wait for them.
HEAVY = ("altair", "catboost", "lightgbm", "scipy", "shap", "skrub", "sklearn", "xgboost")
DISTRIBUTIONS = {"IPython": "ipython", "sklearn": "scikit-learn", "vl_convert": "vl-convert-python"}


class Import(NamedTuple):
    """One imported name, as written in a file."""

    file: str
    line: int
    name: str
    late: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def imports(path: Path) -> Iterator[Import]:
    """All imports of a file, relative ones resolved; ``from a import b`` counts as ``a.b``."""
    file = path.relative_to(ROOT).as_posix()
    tree = ast.parse(path.read_text(), filename=file)
    late = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }
    parts = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*parts[: -node.level], node.module or ""] if node.level else [node.module or ""]
            names = [".".join([*filter(None, base), alias.name]) for alias in node.names]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "optuna":
            names = [f"optuna.{node.attr}"]
        else:
            continue
        yield from (Import(file, node.lineno, name, id(node) in late) for name in names)


FILES = sorted(path for path in PACKAGE.rglob("*.py"))
INSIDE = [path for path in FILES if path != PACKAGE / "__init__.py"]


def part(path: Path) -> str:
    """The part of the package a file belongs to: its first folder, or its own name."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", INSIDE, ids=named)
def test_imports_point_down(path: Path) -> None:
    """No import points up, or sideways where that is forbidden."""
    mine = part(path)
    assert mine in FLOORS, f"say in {Path(__file__).name} on which floor {mine} stands"
    wrong = []
    for found in imports(path):
        package, _, rest = found.name.partition(".")
        if package != "hitl_widget":
            continue
        theirs = rest.partition(".")[0]
        if theirs == mine or (found.late and (found.file, theirs) in LATE_AND_UP):
            continue
        if theirs not in FLOORS:
            wrong.append(f"{found}: import from where the name is defined")
        elif FLOORS[theirs] >= FLOORS[mine] and (mine, theirs) not in BESIDE:
            wrong.append(f"{found}: floor {FLOORS[theirs]} from floor {FLOORS[mine]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", [p for p in INSIDE if FLOORS.get(part(p)) == 0], ids=named)
def test_domain_needs_the_standard_library_only(path: Path) -> None:
    """Floor 0 runs on a bare Python."""
    allowed = sys.stdlib_module_names | {"hitl_widget"}
    wrong = [str(found) for found in imports(path) if found.name.partition(".")[0] not in allowed]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_has_one_owner(library: str) -> None:
    """Libraries that should stay exchangeable are imported in one place."""
    wrong = [
        str(found)
        for path in FILES
        for found in imports(path)
        if f"{found.name}.".startswith(f"{library}.") and not named(path).startswith(OWNERS[library])
    ]
    assert not wrong, f"only {' and '.join(OWNERS[library])} may:\n" + "\n".join(wrong)


def test_every_import_is_declared() -> None:
    """What the package imports is a dependency or an extra, not a guest of another package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(line for name in extras if name != "dev" for line in extras[name])]
    declared = {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower().replace("_", "-") for line in wanted}
    for_tests = {"pytest"}
    known = sys.stdlib_module_names | {"hitl_widget"}
    wrong = []
    for path in FILES:
        for found in imports(path):
            top = found.name.partition(".")[0]
            if top in for_tests and part(path) == "testing":
                continue
            if top not in known and DISTRIBUTIONS.get(top, top).lower().replace("_", "-") not in declared:
                wrong.append(str(found))
    assert not wrong, "not in pyproject.toml:\n" + "\n".join(wrong)


@pytest.mark.parametrize("statement", ["import hitl_widget", "from hitl_widget import AutoMLSession"])
def test_first_import_is_light(statement: str) -> None:
    """Nothing that takes seconds to import stands before the first screen."""
    code = f"import sys\n{statement}\nprint(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def test_the_walk_sees_hidden_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports in functions, relative ones, and `optuna.samplers` as an attribute are seen."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    file = tmp_path / "hitl_widget" / "engine" / "x.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "import optuna\nfrom ..widget import wire\ndef f():\n    from . import y\n    optuna.samplers.X()\n"
    )
    seen = {(found.name, found.late) for found in imports(file)}
    assert seen == {
        ("optuna", False),
        ("hitl_widget.widget.wire", False),
        ("hitl_widget.engine.y", True),
        ("optuna.samplers", True),
    }
