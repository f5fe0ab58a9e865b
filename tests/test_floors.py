"""The floors of the package: imports point only down.

====  ============================================  =================================================
   6  widget, testing                               the screen; suites and doubles for tests
   5  session                                       the facade
   4  advise, report                                what is said
   3  engine, explain                               what decides, what explains
   2  workers, evaluation, sampling, preference     what computes
      charts                                        how charts are drawn
   1  data, learners                                what is known of tables and models
   0  domain, errors, plugins                       values; the standard library only
====  ============================================  =================================================

A part may import the floors below its own, and nothing beside it but what `BESIDE` names. Every import counts: those in
functions and those for type checkers too. No two modules import each other, directly or through others.

A file over 500 lines says in its docstring that it is "long because …", a class with over 25 methods in its own
docstring that it has "many methods because …".
"""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS = {
    "domain": 0,
    "errors": 0,
    "plugins": 0,
    "data": 1,
    "learners": 1,
    "workers": 2,
    "evaluation": 2,
    "sampling": 2,
    "preference": 2,
    "charts": 2,
    "engine": 3,
    "explain": 3,
    "advise": 4,
    "report": 4,
    "session": 5,
    "widget": 6,
    "testing": 6,
}
BESIDE = {
    ("domain", "errors"),
    ("plugins", "errors"),
    ("learners", "data"),
}

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
MOST_LINES = 500
MOST_METHODS = 25


class Import(NamedTuple):
    """One imported name, as written in a file."""

    file: str
    line: int
    name: str
    late: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


def statements(tree: ast.Module, *, expressions: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """All statements of a file, each with whether a function holds it; with the expressions, if wanted."""
    blocks = (ast.stmt, ast.ExceptHandler, ast.match_case)
    pending: list[tuple[ast.AST, bool]] = [(tree, False)]
    while pending:
        node, late = pending.pop()
        yield node, late
        late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        children = ast.iter_child_nodes(node)
        pending += [(child, late) for child in children if expressions or isinstance(child, blocks)]


class Source:
    """A file of the package, read and parsed once."""

    def __init__(self, path: Path, root: Path = ROOT) -> None:
        self.file = path.relative_to(root).as_posix()
        self.named = self.file.partition("/")[2]
        """Its path inside the package."""
        self.module = self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.part = self.named.removesuffix(".py").partition("/")[0]
        """The part of the package that it belongs to: its first folder, or its own name."""
        text = path.read_text()
        self._expressions = "optuna" in text
        self.lines = text.count("\n")
        self.tree = ast.parse(text, filename=self.file)
        self.imports = list(self._imports())

    def _imports(self) -> Iterator[Import]:
        """All imports, relative ones resolved; ``from a import b`` counts as ``a.b``."""
        parts = self.file.removesuffix(".py").split("/")
        for node, late in statements(self.tree, expressions=self._expressions):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = [*parts[: -node.level], node.module or ""] if node.level else [node.module or ""]
                names = [".".join([*filter(None, base), alias.name]) for alias in node.names]
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "optuna":
                names = [f"optuna.{node.attr}"]
            else:
                continue
            yield from (Import(self.file, node.lineno, name, late) for name in names)


@functools.cache
def sources() -> tuple[Source, ...]:
    """All files of the package."""
    return tuple(Source(path) for path in sorted((ROOT / "hitl_widget").rglob("*.py")))


def inside() -> list[Source]:
    """All but the package's front door, which re-exports the public names."""
    return [one for one in sources() if one.named != "__init__.py"]


def test_every_part_has_a_floor() -> None:
    """A new part of the package is given its floor, and a part that is gone loses it."""
    assert {one.part for one in inside()} == set(FLOORS)


def test_imports_point_down() -> None:
    """No import points up, or sideways where that is forbidden."""
    wrong = []
    for source in inside():
        for found in source.imports:
            package, _, rest = found.name.partition(".")
            theirs = rest.partition(".")[0]
            if package != "hitl_widget" or theirs == source.part:
                continue
            if theirs not in FLOORS:
                wrong.append(f"{found}: import from where the name is defined")
            elif FLOORS[theirs] >= FLOORS[source.part] and (source.part, theirs) not in BESIDE:
                wrong.append(f"{found}: floor {FLOORS[theirs]} from floor {FLOORS[source.part]}")
    assert not wrong, "\n".join(wrong)


def circle(imported: Mapping[str, set[str]]) -> list[str]:
    """Return the modules of one import circle, each imported by the one after it; empty without any."""
    try:
        TopologicalSorter(imported).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def imported_modules(modules: tuple[Source, ...]) -> dict[str, set[str]]:
    """Map each module to those of the package whose names it imports."""
    known = {one.module for one in modules}

    def owner(name: str) -> str:
        """The module that a dotted name leads to."""
        while name and name not in known:
            name = name.rpartition(".")[0]
        return name

    return {one.module: {owner(found.name) for found in one.imports} - {"", one.module} for one in modules}


def test_no_imports_go_in_a_circle() -> None:
    """No module imports itself through others, not even late or for type checkers only."""
    found = circle(imported_modules(sources()))
    assert not found, "each is imported by the next: " + ", ".join(found)


def test_domain_needs_the_standard_library_only() -> None:
    """Floor 0 runs on a bare Python."""
    allowed = sys.stdlib_module_names | {"hitl_widget"}
    ground = [one for one in inside() if FLOORS.get(one.part) == 0]
    wrong = [str(found) for one in ground for found in one.imports if found.name.partition(".")[0] not in allowed]
    assert not wrong, "\n".join(wrong)


def test_a_library_has_one_owner() -> None:
    """Libraries that should stay exchangeable are imported in one place."""
    wrong = [
        f"{found}: only {' and '.join(owners)} may"
        for library, owners in OWNERS.items()
        for source in sources()
        for found in source.imports
        if f"{found.name}.".startswith(f"{library}.") and not source.named.startswith(owners)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_import_is_declared() -> None:
    """What the package imports is a dependency or an extra, not a guest of another package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(line for name in extras if name != "dev" for line in extras[name])]
    declared = {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower().replace("_", "-") for line in wanted}
    for_tests = {"pytest"}
    known = sys.stdlib_module_names | {"hitl_widget"}
    wrong = []
    for source in sources():
        for found in source.imports:
            top = found.name.partition(".")[0]
            if top in for_tests and source.part == "testing":
                continue
            if top not in known and DISTRIBUTIONS.get(top, top).lower().replace("_", "-") not in declared:
                wrong.append(str(found))
    assert not wrong, "not in pyproject.toml:\n" + "\n".join(wrong)


def too_large(source: Source) -> Iterator[str]:
    """Say which sizes of a file stand without a reason."""
    if source.lines > MOST_LINES and "long because" not in words(source.tree):
        yield f"{source.file} has {source.lines} lines: split it or say 'long because …'"
    for node, _ in statements(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        methods = sum(isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) for one in node.body)
        if methods > MOST_METHODS and "many methods because" not in words(node):
            yield f"{source.file}: {node.name} has {methods} methods: split it or say 'many methods because …'"


def words(node: ast.Module | ast.ClassDef) -> str:
    """Return a docstring in lower case and on one line."""
    return " ".join((ast.get_docstring(node) or "").lower().split())


def test_files_and_classes_stay_small() -> None:
    """A long file and a class of many methods say why they are one."""
    wrong = [line for one in sources() for line in too_large(one)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("statement", ["import hitl_widget", "from hitl_widget import AutoMLSession"])
def test_first_import_is_light(statement: str) -> None:
    """Nothing that takes seconds to import stands before the first screen."""
    code = f"import sys\n{statement}\nprint(*sorted({set(HEAVY)!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def written(folder: Path, name: str, text: str) -> Source:
    """Write a module of a package under a folder and read it."""
    file = folder / "hitl_widget" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return Source(file, folder)


def test_the_walk_sees_hidden_imports(tmp_path: Path) -> None:
    """Imports in functions, relative ones, and `optuna.samplers` as an attribute are seen."""
    text = "import optuna\nfrom ..widget import wire\ndef f():\n    from . import y\n    optuna.samplers.X()\n"
    assert {(found.name, found.late) for found in written(tmp_path, "engine/x.py", text).imports} == {
        ("optuna", False),
        ("hitl_widget.widget.wire", False),
        ("hitl_widget.engine.y", True),
        ("optuna.samplers", True),
    }


def test_the_walk_sees_circles_for_type_checkers(tmp_path: Path) -> None:
    """A circle is found through three modules, one of its imports late and one for type checkers only."""
    modules = (
        written(tmp_path, "a.py", "from hitl_widget.b import name\n"),
        written(tmp_path, "b.py", "def f():\n    import hitl_widget.c\n"),
        written(tmp_path, "c.py", "if TYPE_CHECKING:\n    from hitl_widget import a\n"),
    )
    assert set(circle(imported_modules(modules))) == {"hitl_widget.a", "hitl_widget.b", "hitl_widget.c"}
    assert circle(imported_modules(modules[:2])) == []


def test_the_walk_sees_sizes_without_a_reason(tmp_path: Path) -> None:
    """A long file and a wide class are named, once each, until their docstrings say why."""
    wide = "class Wide:\n    {}\n" + "".join(f"    def m{n}(self): ...\n" for n in range(MOST_METHODS + 1))
    silent = written(tmp_path, "a.py", '"""A file."""\n' + wide.format("x = 1") + "\n" * MOST_LINES)
    assert len(list(too_large(silent))) == 2
    why = '"""Long because\nit is."""\n' + wide.format('"""It has many methods because it must."""')
    assert list(too_large(written(tmp_path, "b.py", why + "\n" * MOST_LINES))) == []
