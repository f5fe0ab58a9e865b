"""The dashboard in Jupyter Notebook 7, served beside JupyterLab by the same server."""

from __future__ import annotations

import contextlib
import re
import uuid

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.dashboard import TABLE, Dashboard
from tests.ui.lab import SCREENSHOTS, LabServer

pytest.importorskip("notebook")

SHOW = """
session = AutoMLSession(table, "churn", budget=600, workers=1)
session.show()
"""
BUSY = """
end = time.monotonic() + 100
while session.state.phase != "paused" and time.monotonic() < end:
    time.sleep(0.05)
print("heard while this cell ran" if time.monotonic() < end else "not heard")
"""

# Notebook 7.6 throws this while it loads its own settings, also where no extension is installed.
OWN_ERROR = "Cannot read properties of undefined (reading 'schema')"


def test_a_session_is_shown_and_steered(lab_server: LabServer, browser: Browser) -> None:
    """Run the cells, watch models arrive, pause while the last cell runs; no error is thrown."""
    name = f"{uuid.uuid4().hex}.ipynb"
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (TABLE, SHOW, BUSY)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, lab_server.notebooks / name)
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{error} {error.stack}"))
    try:
        page.goto(f"{lab_server.url}/notebooks/{name}")
        expect(page.locator(".jp-CodeCell")).to_have_count(len(cells))
        _run_all(page, len(cells))
        dashboard = Dashboard(page.locator("body"))
        expect(dashboard.bar).to_be_visible()
        dashboard.wait_for_scores(2)
        dashboard.button("Pause").click()
        dashboard.wait_for_phase("paused")
        expect(page.locator(".jp-OutputArea-output").filter(has_text="heard")).to_have_text("heard while this cell ran")
        page.screenshot(path=SCREENSHOTS / "notebook7.png")
        assert [error for error in errors if OWN_ERROR not in error] == []
    except BaseException:
        page.screenshot(path=SCREENSHOTS / "failed-notebook7.png")
        raise
    finally:
        page.close()
        lab_server.shut_down_kernels()


def _run_all(page: Page, cells: int) -> None:
    """Run the cells; while the kernel starts, none of them or only the first may be sent."""
    begun = page.locator(".jp-InputArea-prompt").filter(has_text=re.compile(r"\[(\d+|\*)\]"))
    for _ in range(10):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(AssertionError):
            expect(begun).to_have_count(cells)
            return
    raise TimeoutError("the cells did not run")
