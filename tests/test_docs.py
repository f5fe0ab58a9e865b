"""The documentation: it builds without a warning, its code runs, and it says what the dashboard says."""

from __future__ import annotations

import contextlib
import hashlib
import html
import inspect
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from hitl_widget import AutoMLSession
from hitl_widget.domain.commands import COMMANDS
from hitl_widget.domain.objective import BUILT_IN
from hitl_widget.domain.terms import TERMS
from hitl_widget.explain.registry import VIEWS, concepts
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.session.charts import Charts
from hitl_widget.session.explanations import Explain

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
KEPT = sorted((DOCS / "outputs").glob("*.json"))
DEPLOY = DOCS / "howto" / "deploy.md"
GUIDES = sorted(path for path in (DOCS / "howto").glob("*.md") if "```python" in path.read_text() and path != DEPLOY)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


def text_of(path: Path) -> str:
    """The words of a page, without its tags, on one line."""
    page = re.sub(r"<(script|style).*?</\1>", " ", path.read_text(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))


def plain(text: str) -> str:
    """A sentence as a page sets it, with typographic apostrophes, and without quotes."""
    return re.sub('["“”]', "", text.replace("'", "’"))


@pytest.mark.slow
def test_the_glossary_says_what_the_dashboard_says(site: Path) -> None:
    """Each tooltip, concept behind a card and story of a family or objective is in the glossary, word for word."""
    page = plain(text_of(site / "glossary.html"))
    said = {one.title: one.text for one in concepts().values()} | {one.label: one.story for one in LEARNERS.values()}
    said |= {word: term.text for word, term in TERMS.items()} | {one.label: one.story for one in BUILT_IN.values()}
    missing = [title for title, text in said.items() if plain(title) not in page or plain(text) not in page]
    assert not missing


@pytest.mark.slow
def test_every_view_and_tutorial_has_its_place(site: Path) -> None:
    """The table of views names them all with their questions, and each notebook is a page."""
    page = text_of(site / "reference" / "views.html")
    assert not [one.name for one in VIEWS.values() if one.name not in page or one.question not in page]
    for notebook in (ROOT / "example_notebooks").glob("*.ipynb"):
        assert (site / "tutorials" / f"{notebook.stem}.html").exists()


@pytest.mark.slow
def test_every_command_is_in_the_reference(site: Path) -> None:
    """The table of commands has a row for each, with its effect."""
    page = plain(text_of(site / "reference" / "commands.html"))
    effects = {name: (inspect.getdoc(cls) or "").splitlines()[0] for name, cls in COMMANDS.items()}
    assert not [name for name, effect in effects.items() if name not in page or plain(effect) not in page]


@pytest.mark.slow
def test_the_pages_load_nothing_from_elsewhere(site: Path) -> None:
    """Scripts, styles and pictures come from the pages' own folder: the documentation reads without the network."""
    tag = re.compile(r"<(?:script|link|img)\b[^>]*\b(?:src|href)=\"(https?:)?//[^\"]*\"[^>]*>")
    loaded = [found.group() for path in site.rglob("*.html") for found in tag.finditer(path.read_text())]
    assert not loaded


@pytest.mark.slow
def test_every_name_is_in_the_reference(site: Path) -> None:
    """Each public method of a session, and each error, has its entry."""
    page = (site / "reference" / "session.html").read_text()
    names = [name for name in dir(AutoMLSession) if not name.startswith("_")]
    entries = {one.rsplit(".", 1)[-1] for one in re.findall(r'id="(hitl_widget\.[\w.]+)"', page)}
    assert set(names) <= entries


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.stem)
def test_outputs_are_those_of_their_cells(kept: Path) -> None:
    """What stands below a tutorial's code came from that code, names no folder of a machine, and has its pictures."""
    notebook = json.loads((ROOT / "example_notebooks" / f"{kept.stem}.ipynb").read_text())
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    for cell, output in json.loads(kept.read_text()).items():
        digest = hashlib.sha256(sources[cell].encode()).hexdigest()[:12]
        assert output["of"] == digest, f"run python docs/outputs.py {kept.stem}"
        assert not re.search(r"/(tmp|home|root|Users|work)/", output["text"])
        assert (kept.parent / f"{cell}.svg").exists() == output["picture"]


def members() -> pd.DataFrame:
    """The table of the guides."""
    return pd.read_csv(ROOT / "example_notebooks" / "memberships.csv").sample(500, random_state=0)


@pytest.fixture(scope="session")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The journal of a finished search, which runs once in each process."""
    place = tmp_path_factory.mktemp("searched") / "session.sqlite"
    with AutoMLSession(members(), "left", max_trials=8, seed=0, journal=place) as session:
        few = ("dummy", "linear", "tree", "lightgbm", "svm", "mlp")
        session.edit(exclude=[name for name in session.space.families if name not in few])
        assert session.start().wait(600)
    return place


@pytest.fixture
def names(searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What a reader of a guide has: tables, and a session with some models that goes on."""
    monkeypatch.chdir(tmp_path)
    for table in (ROOT / "example_notebooks").glob("*.csv"):
        shutil.copy(table, tmp_path)
    session = AutoMLSession.load(shutil.copy(searched, tmp_path))
    found = {"session": session, "df": members(), "AutoMLSession": AutoMLSession}
    try:
        yield found
    finally:
        session.close()
        found["session"].close()


def code_of(path: Path) -> list[str]:
    """The Python blocks of a page."""
    return re.findall(r"```python\n(.*?)```", path.read_text(), flags=re.DOTALL)


def shorter(block: str) -> str:
    """Return a block whose new searches end after three trials, and one that goes on after one more."""
    block = re.sub(r"max_trials=\d+", "max_trials=3", block)
    return re.sub(r"set_budget\(trials=\d+\)", "set_budget(trials=len(session.trials) + 1)", block)


def run_code(path: Path, names: dict[str, Any]) -> None:
    """Run the Python blocks of a page, one after the other."""
    for block in map(shorter, code_of(path)):
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(block, str(path), "exec"), names)


@pytest.mark.slow
@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_the_code_of_a_guide_runs(path: Path, names: dict[str, Any]) -> None:
    """The code of a guide runs as it stands but for the lengths of its searches, block after block."""
    run_code(path, names)


@pytest.mark.slow
def test_the_code_of_the_readme_runs(names: dict[str, Any]) -> None:
    """The code of the README runs block after block, on one running session with finished trials."""
    from skrub import TableVectorizer  # late, with Matplotlib: quick runs need neither

    session = names["session"]
    names["my_pipeline"] = make_pipeline(TableVectorizer(), DecisionTreeClassifier(max_depth=3))
    for block in code_of(ROOT / "README.md"):
        session.set_budget(trials=len(session.trials) + 2)
        session.resume()
        if set(session.leaderboard().family) <= {"dummy"}:  # the last block changed the data
            assert session.wait(300)
        code = re.sub(r"^session = AutoMLSession.*\n", "", block, flags=re.MULTILINE)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, "README block", "exec"), names)


NAMES = sorted([ROOT / "README.md", *DOCS.glob("*.md"), *(DOCS / "howto").glob("*.md")])
PARTS = {"explain": Explain, "charts": Charts}


@pytest.mark.parametrize("path", NAMES, ids=lambda path: path.stem)
def test_a_page_names_what_exists(path: Path) -> None:
    """Each method that a page names with `session.` exists, but for that of the package in the guide on extensions."""
    text = path.read_text()
    named = set(re.findall(r"\bsession\.(?:(explain|charts)\.)?(\w+)", text))
    named |= {("", name) for name in re.findall(r"\bAutoMLSession\.(\w+)", text)}
    missing = {name for part, name in named if not hasattr(PARTS.get(part, AutoMLSession), name)}
    assert missing <= ({"time_spent"} if path.stem == "extend" else set())


def needs(name: str) -> set[str]:
    """The names of the installed packages that a package needs, without its extras."""
    try:
        lines = requires(name) or ()
    except PackageNotFoundError:  # for another system
        return set()
    return {re.split(r"[^\w-]", one)[0].lower() for one in lines if "extra ==" not in one}


SERVER = """
import importlib.abc
import sys

missing = set(sys.argv[1:])


class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Missing())
import json
from pathlib import Path

import joblib

model = joblib.load("model.joblib")
rows = json.loads(Path("check.json").read_text())
assert abs(model.predict_proba(rows) - joblib.load("expected.joblib")).max() < 1e-6
print(*sorted(missing))
"""


@pytest.mark.slow
def test_a_server_needs_only_the_packages_of_the_guide(names: dict[str, Any], tmp_path: Path) -> None:
    """A saved model loads and predicts where no other package can be imported."""
    run_code(DEPLOY, names)
    pinned = {line.split("==")[0] for line in (tmp_path / "requirements.txt").read_text().splitlines()}
    installed = {"hitl_widget"} | pinned
    while more := set().union(*map(needs, installed - {"hitl_widget"})) - installed:
        installed |= more
    modules = [
        name for name, owners in packages_distributions().items() if not installed & {one.lower() for one in owners}
    ]
    command = [sys.executable, "-c", SERVER, *modules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"optuna", "IPython", "skrub", "pyarrow"} <= set(done.stdout.split())
