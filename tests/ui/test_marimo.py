"""The dashboard in marimo, a notebook without IPython: the same widget, in a real browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.dashboard import Dashboard
from tests.ui.lab import SCREENSHOTS

pytest.importorskip("marimo")

NOTEBOOK = """
import marimo

app = marimo.App(width="medium")


@app.cell
def _():
    import numpy as np
    import pandas as pd

    from hitl_widget import AutoMLSession

    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=500), "b": random.normal(size=500)})
    table["y"] = np.where(table.a + table.b * random.normal(size=500) > 0, "yes", "no")
    session = AutoMLSession(table, "y", budget=600, workers=1)
    session.show()
    return


if __name__ == "__main__":
    app.run()
"""


@pytest.fixture(params=["run", "edit"])
def address(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A marimo server with the notebook, as an app and in its editor."""
    (tmp_path / "nb.py").write_text(NOTEBOOK)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-m", "marimo", request.param, "nb.py", "--headless", "--no-token", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=tmp_path,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": root, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server, tmp_path / "log")
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


def test_a_session_is_shown_and_steered(address: str, browser: Browser, request: pytest.FixtureRequest) -> None:
    """Models arrive, a click pauses the search, and nothing is said in the console."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    if "edit" in request.node.name:
        expect(page.locator(".cm-editor").first).to_be_visible()
        page.keyboard.press("ControlOrMeta+Shift+r")  # run what has not run
    dashboard = Dashboard(page.locator("body"))
    expect(dashboard.bar).to_be_visible()
    dashboard.wait_for_scores(2)
    dashboard.button("Pause").click()
    dashboard.wait_for_phase("paused")
    dashboard.open_tab("Overview")
    page.screenshot(path=SCREENSHOTS / f"marimo-{'edit' if 'edit' in request.node.name else 'run'}.png")
    assert errors == []
    page.close()
