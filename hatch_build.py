"""Build what `js/` holds when it is missing or made from other sources.

That is the dashboard in `hitl_widget/static/` and the extension of JupyterLab in `hitl_widget/labextension/`. As a
build hook of hatchling it runs before every wheel, sdist and editable install; `python hatch_build.py` does the same by
hand (`make build`), and links the extension into the virtual environment that it runs in, as `jupyter labextension
develop` does. A wheel installs it at that place. What the files were made from is kept in
`hitl_widget/static/build.json`: a hash over the contents of the sources, so neither a checkout nor a copied tree with
odd file times can package old ones.

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
BUNDLE = Path("hitl_widget", "static", "widget.js")
EXTENSION = Path("hitl_widget", "labextension", "package.json")
RECORD = Path("hitl_widget", "static", "build.json")
INSTALLED = "share/jupyter/labextensions/hitl_widget"
# The messages of the dashboard are generated from these.
OTHER_SOURCES = (
    "hitl_widget/domain/commands",
    "hitl_widget/widget/publisher.py",
    "hitl_widget/widget/requests.py",
    "hitl_widget/widget/wire",
)
NOT_SOURCES = frozenset({"node_modules", "build", "dist", "coverage", "__pycache__"})


class BuildError(RuntimeError):
    """The dashboard cannot be built; the message says what to do."""


class DashboardBuildHook(BuildHookInterface[Any]):
    """Hatchling's entry: an up-to-date bundle before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build when needed; called once for each of wheel, sdist and editable install."""
        build(Path(self.root))
        if self.target_name == "wheel" and version == "standard":
            build_data["shared_data"][str(EXTENSION.parent)] = INSTALLED
        if self.target_name == "sdist":
            # By name: a walk that met it first through the link of a virtual environment would leave it out here.
            build_data["force_include"][str(EXTENSION.parent)] = EXTENSION.parent.as_posix()


def sources(root: Path) -> Iterator[Path]:
    """Files the bundle is made from, in a fixed order."""
    for folder, folders, files in os.walk(root / "js"):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))
    for name in OTHER_SOURCES:
        path = root / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []


def digest(root: Path, paths: Iterator[Path]) -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        name = path.relative_to(root).as_posix()
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def outputs(root: Path) -> Iterator[Path]:
    """The built files, in a fixed order."""
    for folder in (BUNDLE.parent, EXTENSION.parent):
        yield from (path for path in sorted((root / folder).rglob("*")) if path.is_file() and path != root / RECORD)


def is_fresh(root: Path) -> bool:
    """True when what is built is there, untouched, and made from the present sources."""
    if not all((root / one).exists() for one in (BUNDLE, EXTENSION)):
        return False
    if (root / "PKG-INFO").exists():  # an unpacked sdist: it was built when it was packed
        return True
    try:
        made = json.loads((root / RECORD).read_text())
    except (OSError, ValueError):
        return False
    return bool(made == {"sources": digest(root, sources(root)), "outputs": digest(root, outputs(root))})


def build(root: Path = ROOT) -> bool:
    """Build when something is missing or stale; True when it was built."""
    if is_fresh(root):
        return False
    if not (root / "js" / "package.json").exists():
        raise BuildError(
            f"The dashboard is not built and its sources are not here ({root / 'js'}). "
            "Install from a wheel, or from a full checkout."
        )
    install_modules(root)
    before = digest(root, sources(root))
    for made in (BUNDLE, EXTENSION):
        shutil.rmtree(root / made.parent, ignore_errors=True)
    npm(root, "run", "build")
    for made in (BUNDLE, EXTENSION):
        if not (root / made).exists():
            raise BuildError(f"`npm run build` ended well but made no {root / made}.")
    record = {"sources": before, "outputs": digest(root, outputs(root))}
    (root / RECORD).write_text(json.dumps(record, indent=1) + "\n")
    return True


def link(root: Path, prefix: Path) -> bool:
    """Link the extension to where JupyterLab of this environment looks for it; True when that was needed."""
    place, extension = prefix / INSTALLED, (root / EXTENSION).parent
    if place.is_symlink() and place.resolve() == extension.resolve():
        return False
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        raise BuildError(
            f"{place} was installed from a wheel: `pip uninstall hitl_widget` first, then the one built here is used."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(extension, target_is_directory=True)
    except OSError as error:
        raise BuildError(f"{place} cannot be linked to {extension}: {error.strerror}.") from error
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
            if sys.prefix != sys.base_prefix and link(ROOT, Path(sys.prefix)):
                print(f"Linked the extension of JupyterLab into {sys.prefix}.")
        else:
            print(main.__doc__, file=sys.stderr)
            return 2
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
