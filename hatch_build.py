"""Build the dashboard (`js/`) into `hitl_widget/static/` when it is missing or made from other sources.

As a build hook of hatchling it runs before every wheel, sdist and editable install; `python hatch_build.py` does the
same by hand (`make build`). What the bundle was made from is kept beside it in `hitl_widget/static/build.json`: a hash
over the contents of the sources, so neither a checkout nor a copied tree with odd file times can package an old bundle.

A source distribution holds the built files, and a wheel made from one needs no Node.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
NODE_AT_LEAST = 20
BUNDLE = "widget.js"
# `wire.py` is a source too: the messages of the dashboard are generated from it.
OTHER_SOURCES = ("hitl_widget/widget/wire.py",)
NOT_SOURCES = frozenset({"node_modules", "build", "dist", "coverage", "__pycache__"})


class BuildError(RuntimeError):
    """The dashboard cannot be built; the message says what to do."""


class DashboardBuildHook(BuildHookInterface[Any]):
    """Hatchling's entry: an up-to-date bundle before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build when needed; called once for each of wheel, sdist and editable install."""
        build(Path(self.root))


def sources(root: Path) -> Iterator[Path]:
    """Files the bundle is made from, in a fixed order."""
    for folder, folders, files in os.walk(root / "js"):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))
    yield from (path for name in OTHER_SOURCES if (path := root / name).exists())


def digest(root: Path, paths: Iterator[Path]) -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        name = path.relative_to(root).as_posix()
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def outputs(static: Path) -> Iterator[Path]:
    """The built files, in a fixed order."""
    return (path for path in sorted(static.rglob("*")) if path.is_file() and path.name != "build.json")


def is_fresh(root: Path) -> bool:
    """True when the bundle is there, untouched, and made from the present sources."""
    static = root / "hitl_widget" / "static"
    record = static / "build.json"
    if not (static / BUNDLE).exists():
        return False
    if (root / "PKG-INFO").exists():  # an unpacked sdist: it was built when it was packed
        return True
    try:
        made = json.loads(record.read_text())
    except (OSError, ValueError):
        return False
    return bool(made == {"sources": digest(root, sources(root)), "outputs": digest(static, outputs(static))})


def build(root: Path = ROOT) -> bool:
    """Build the bundle when it is missing or stale; True when it was built."""
    if is_fresh(root):
        return False
    static = root / "hitl_widget" / "static"
    if not (root / "js" / "package.json").exists():
        raise BuildError(
            f"The dashboard is not built and its sources are not here ({root / 'js'}). "
            "Install from a wheel, or from a full checkout."
        )
    install_modules(root)
    before = digest(root, sources(root))
    shutil.rmtree(static, ignore_errors=True)
    npm(root, "run", "build")
    if not (static / BUNDLE).exists():
        raise BuildError(f"`npm run build` ended well but made no {static / BUNDLE}.")
    made = {"sources": before, "outputs": digest(static, outputs(static))}
    (static / "build.json").write_text(json.dumps(made, indent=1) + "\n")
    return True


def install_modules(root: Path = ROOT) -> bool:
    """Run `npm ci` when `js/node_modules` does not come from the present lock file; True when it ran."""
    lock = root / "js" / "package-lock.json"
    mark = root / "js" / "node_modules" / ".from-lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return False
    npm(root, "ci", "--no-audit", "--no-fund")
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(wanted)
    return True


def npm(root: Path, *arguments: str) -> None:
    """Run npm in `js/`."""
    node, command = shutil.which("node"), shutil.which("npm")
    if node is None or command is None:
        raise BuildError(
            f"Building the dashboard of hitl_widget needs Node.js {NODE_AT_LEAST} or newer with npm, "
            "and neither is on the PATH. "
            "Install Node.js, or install hitl_widget from a wheel, which needs none."
        )
    found = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(found.lstrip("v").split(".")[0]) < NODE_AT_LEAST:
        raise BuildError(
            f"Building the dashboard of hitl_widget needs Node.js {NODE_AT_LEAST} or newer; this is {found}."
        )
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    ran = subprocess.run([command, *arguments], cwd=root / "js", env=environment, check=False)
    if ran.returncode:
        raise BuildError(f"`npm {' '.join(arguments)}` failed in js/ with code {ran.returncode}; its words are above.")


def main(arguments: list[str]) -> int:
    """`python hatch_build.py [--modules | --check]`."""
    try:
        if arguments == ["--check"]:
            return 0 if is_fresh(ROOT) else 1
        if arguments == ["--modules"]:
            install_modules()
        elif not arguments:
            print("Built the dashboard." if build() else "The dashboard is up to date.")
        else:
            print(main.__doc__, file=sys.stderr)
            return 2
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
