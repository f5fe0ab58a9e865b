"""Find Chromium, or install it from the system's packages: `python tests/ui/browser.py [--install]`."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
# Chromium tries to reach its maker at every start; tests stay on this machine.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
)


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome, or None. `PLAYWRIGHT_CHROMIUM` names one that goes first."""
    if named := os.environ.get("PLAYWRIGHT_CHROMIUM"):
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) or next((p for p in ELSEWHERE if Path(p).exists()), None)


def install() -> int:
    """Install Chromium with the system's package manager and say so."""
    if path := find_chromium():
        print(f"Browser for the tests: {path}")
        return 0
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    if shutil.which("apt-get"):
        print("No Chromium found: installing it from the system's packages (apt-get install chromium).", flush=True)
        quiet: dict[str, Any] = {
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            "stdout": subprocess.DEVNULL,
            "check": False,
        }
        wanted = ["chromium", "fonts-dejavu-core", "fonts-liberation"]
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *wanted]):
            ran = subprocess.run([*as_root, "apt-get", *command], **quiet)
            if ran.returncode:
                print(f"error: `apt-get {command[0]}` failed. Install Chromium by hand.", file=sys.stderr)
                return 1
        if find_chromium():
            return 0
    hint = "sudo dnf install chromium" if shutil.which("dnf") else "install the package chromium"
    if platform.system() == "Darwin":
        hint = "brew install --cask google-chrome"
    print(
        f"error: no Chromium for the browser tests: {hint}, or set PLAYWRIGHT_CHROMIUM to its path.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    if "--install" in sys.argv[1:]:
        sys.exit(install())
    print(find_chromium() or "none")
