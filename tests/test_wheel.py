"""The wheel: made from the sdist without Node, installed without Node, and able to run a session."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Bytes. The dashboard is in it twice, for the widget and for JupyterLab's tabs.
LARGEST_WHEEL = 3_000_000
EXTENSION = "share/jupyter/labextensions/hitl_widget"

SESSION = """
import shutil
import numpy as np
import pandas as pd
import hitl_widget
from hitl_widget import AutoMLSession

if __name__ == "__main__":
    assert shutil.which("node") is None and shutil.which("npm") is None
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=300), "b": random.choice(["x", "y"], 300)})
    table["target"] = np.where(table.a + (table.b == "x") + random.normal(size=300) > 0.5, "yes", "no")
    session = AutoMLSession(table, "target", max_trials=3, budget=60, workers=1)
    session.start()
    assert session.wait(timeout=90)
    assert (session.trials["state"] == "complete").sum() >= 1
    session.best_model().predict(table.drop(columns="target"))
    print(hitl_widget.__file__, len(session.trials))
"""


@pytest.fixture(scope="module")
def without_node(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose PATH has no Node, and nothing else either."""
    kept = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return {**kept, "PATH": str(tmp_path_factory.mktemp("empty"))}


BUILD = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run([*BUILD, str(folder), "--sdist", str(ROOT)], dict(os.environ))
    (packed,) = folder.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / packed.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(sdist: Path, without_node: dict[str, str]) -> Path:
    """The wheel, built from the unpacked sdist where there is no Node."""
    run([*BUILD, str(sdist.parent), "--wheel", str(sdist)], without_node)
    (wheel,) = sdist.parent.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel in it; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-qq", "--no-index", "--no-deps"]
    run([*pip, str(wheel)], dict(os.environ))
    (site,) = folder.glob("lib/python*/site-packages")
    # A plain line: the checkout's own editable install is not followed from here.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def run(command: list[str], environment: dict[str, str], cwd: Path | None = None) -> str:
    """Run a command, give what it printed, and show all of it when it fails."""
    ran = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.mark.slow
def test_sdist_holds_what_it_is_made_of(sdist: Path) -> None:
    """Who has the sdist has the tests, the sources of the documentation and the benchmarks; not what is built."""
    for name in ("docs/conf.py", "docs/howto/index.md", "docs/images/dashboard-light.png", "benchmarks/RESULTS.md"):
        assert (sdist / name).is_file(), name
    for name in ("README.md", "LICENSE", "Makefile", "tests/test_docs.py", "example_notebooks/01_quickstart.ipynb"):
        assert (sdist / name).is_file(), name
    assert not (sdist / "docs" / "_build").exists()
    assert not list(sdist.glob("docs/tutorials/0*.md")), "they are made of the notebooks"
    assert not list(sdist.rglob("node_modules"))


@pytest.mark.slow
def test_wheel_holds_the_dashboard(wheel: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The built dashboard is inside, and nothing that does not belong there."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "hitl_widget/static/widget.js" in names
    info = wheel_info(names)
    tops = {"hitl_widget", info, info.replace(".dist-info", ".data")}
    assert not [name for name in names if name.split("/")[0] not in tops]
    assert not [name for name in names if name.startswith("hitl_widget/labextension")]
    assert not [name for name in names if "node_modules" in name or name.endswith((".ts", ".tsx", ".pyc", ".map"))]
    with capsys.disabled():
        print(f" [{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB]", end="")
    assert wheel.stat().st_size <= LARGEST_WHEEL


@pytest.mark.slow
def test_wheel_and_sdist_hold_the_extension(wheel: Path) -> None:
    """All that was built for JupyterLab goes into both: entry, bundles, settings and the note for uninstalling."""
    built = ROOT / "hitl_widget" / "labextension"
    files = {path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()}
    assert {"package.json", "install.json", "schemas/hitl_widget/plugin.json"} < files
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    data = wheel_info(names).replace(".dist-info", f".data/data/{EXTENSION}/")
    assert {name.removeprefix(data) for name in names if name.startswith(data)} == files
    (sdist,) = wheel.parent.glob("*.tar.gz")
    inside = f"{sdist.name.removesuffix('.tar.gz')}/hitl_widget/labextension/"
    with tarfile.open(sdist) as archive:
        assert {name.removeprefix(inside) for name in archive.getnames() if name.startswith(inside)} >= files


def wheel_info(names: list[str]) -> str:
    """The name of the wheel's metadata folder."""
    return next(name.split("/")[0] for name in names if ".dist-info/" in name)


@pytest.mark.slow
def test_import_without_node(installed: Path, without_node: dict[str, str], tmp_path: Path) -> None:
    """The installed package is imported from its own place, with its dashboard beside it."""
    where = run(
        [str(installed), "-c", "import hitl_widget; print(hitl_widget.__file__)"], without_node, tmp_path
    ).strip()
    size = (Path(where).parent / "static" / "widget.js").stat().st_size
    assert Path(where).is_relative_to(installed.parent.parent)
    assert 0 < size < 1_500_000


@pytest.mark.slow
def test_the_extension_is_where_jupyterlab_looks(installed: Path) -> None:
    """After `pip install` the extension, its entry and its settings are among JupyterLab's."""
    folder = installed.parent.parent / EXTENSION
    about = json.loads((folder / "package.json").read_text())
    entry = (folder / about["jupyterlab"]["_build"]["load"]).read_text()
    (bundle,) = re.findall(r"sidebar-\w+\.js", entry)
    assert (folder / "static" / bundle).exists()
    assert about["name"] == "hitl_widget"
    assert json.loads((folder / "install.json").read_text())["packageManager"] == "python"
    assert json.loads((folder / "schemas" / "hitl_widget" / "plugin.json").read_text())["type"] == "object"


@pytest.mark.slow
def test_session_in_a_plain_script(installed: Path, without_node: dict[str, str], tmp_path: Path) -> None:
    """A session runs in a script, without Jupyter and without Node."""
    script = tmp_path / "script.py"
    script.write_text(SESSION)
    where, trials = run([str(installed), str(script)], without_node, tmp_path).split()
    assert Path(where).is_relative_to(installed.parent.parent)
    assert int(trials) >= 3


class TestBuildHook:
    """The hook that builds the dashboard before anything is packed."""

    @pytest.fixture
    def hook(self):
        spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        (tmp_path / "js" / "src").mkdir(parents=True)
        (tmp_path / "js" / "package.json").write_text('{"scripts": {"build": "node build.mjs"}}')
        lock = '{"name": "x", "lockfileVersion": 3, "requires": true, "packages": {"": {}}}'
        (tmp_path / "js" / "package-lock.json").write_text(lock)
        (tmp_path / "js" / "src" / "a.ts").write_text("1")
        (tmp_path / "js" / "build.mjs").write_text(
            "import { cpSync, mkdirSync } from 'node:fs';\n"
            "for (const name of ['static', 'labextension']) mkdirSync(`../hitl_widget/${name}`, { recursive: true });\n"
            "cpSync('src/a.ts', '../hitl_widget/static/widget.js');\n"
            "cpSync('src/a.ts', '../hitl_widget/labextension/package.json');\n"
        )
        return tmp_path

    def test_no_node_is_said_in_one_sentence(self, hook, root: Path, tmp_path: Path, monkeypatch) -> None:
        """Without Node the build ends with what is needed and the way around it."""
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(hook.BuildError, match=r"needs Node\.js 20 or newer.*install hitl_widget from a wheel"):
            hook.build(root)

    @pytest.mark.slow
    @pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
    def test_builds_when_missing_or_stale_only(self, hook, root: Path) -> None:
        """A changed source, whatever its time, and a changed bundle are built anew; nothing else is."""
        bundle = root / "hitl_widget" / "static" / "widget.js"
        assert hook.build(root)
        assert bundle.read_text() == "1"
        assert not hook.build(root)
        source = root / "js" / "src" / "a.ts"
        source.write_text("2")
        os.utime(source, (0, 0))
        assert hook.build(root)
        assert bundle.read_text() == "2"
        for built in (bundle, root / "hitl_widget" / "labextension" / "package.json"):
            built.write_text("tampered")
            assert hook.build(root)
            assert built.read_text() == "2"

    def test_an_sdist_is_never_built(self, hook, root: Path) -> None:
        """An unpacked sdist has its bundle, and keeps it."""
        for made in ("static/widget.js", "labextension/package.json"):
            path = root / "hitl_widget" / made
            path.parent.mkdir(parents=True)
            path.write_text("packed")
        (root / "PKG-INFO").write_text("")
        assert not hook.build(root)

    def test_the_extension_is_linked_once(self, hook, root: Path, tmp_path: Path) -> None:
        """A link is made and moved; what a wheel has installed is not touched."""
        prefix = tmp_path / "venv"
        place = prefix / "share" / "jupyter" / "labextensions" / "hitl_widget"
        assert hook.link(root, prefix)
        assert place.readlink() == root / "hitl_widget" / "labextension"
        assert not hook.link(root, prefix)
        assert hook.link(tmp_path / "elsewhere", prefix)
        assert place.readlink() == tmp_path / "elsewhere" / "hitl_widget" / "labextension"
        place.unlink()
        place.mkdir()
        with pytest.raises(hook.BuildError, match="installed from a wheel"):
            hook.link(root, prefix)
