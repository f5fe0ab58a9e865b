"""A search whose workers are spawned, as on Windows and macOS, in a real JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.ui.dashboard import SHOW, TABLE, Dashboard
from tests.ui.lab import Lab, Notebook

SPAWN = (
    "%env HITL_WIDGET_EXECUTOR=spawn\nimport os, psutil\nbefore = {child.pid for child in psutil.Process().children()}"
)
WORKERS = "[child for child in psutil.Process().children() if child.pid not in before]"

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def notebook(lab: Lab) -> Notebook:
    notebook = lab.open([SPAWN, SHOW, TABLE])
    notebook.run(0)
    notebook.run(2)
    return notebook


@pytest.mark.own_page
def test_a_search_runs_on_spawned_workers(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """Scores arrive from children of the kernel; a killed worker costs one trial; none is left after closing."""
    dashboard.wait_for_scores(2)
    assert notebook.wait_for(f"len({WORKERS}) >= 2")
    assert notebook.value(f"sum(len(child.children()) for child in {WORKERS})") == 0
    assert notebook.wait_for("'running' in set(session.trials['state'])")
    notebook.value(f"[child.kill() for child in {WORKERS}] and None")
    assert notebook.wait_for("'failed' in set(session.trials['state'])")
    done = notebook.value('int((session.trials["state"] == "complete").sum())')
    assert notebook.wait_for(f'(session.trials["state"] == "complete").sum() > {done}')
    expect(dashboard.button("Pause")).to_be_visible()
    lab.screenshot("spawned", dashboard.root)
    notebook.value("session.close()")
    assert notebook.wait_for(f"len({WORKERS}) <= 1")
