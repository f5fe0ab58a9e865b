"""One JupyterLab, one browser and one finished search for all tests of a process; a page for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.ui.browser import ARGUMENTS, find_chromium
from tests.ui.dashboard import TABLE, Dashboard, show
from tests.ui.lab import PAGE_SECONDS, SECOND, Lab, LabServer, Notebook, shared_context

FINISHED = 'session = AutoMLSession(table, "churn", max_trials=14, workers=2)\nsession.show()'


class Shown(NamedTuple):
    """A session on a page, with its notebook and its dashboard."""

    lab: Lab
    notebook: Notebook
    dashboard: Dashboard


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.ui)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium or Chrome found: `make browser` installs it; PLAYWRIGHT_CHROMIUM names one elsewhere")
    expect.set_options(timeout=PAGE_SECONDS * SECOND)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def context(browser: Browser) -> BrowserContext:
    """A context that all pages share, so that JupyterLab's files are fetched and compiled once."""
    return shared_context(browser)


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    server = LabServer(tmp_path_factory.mktemp("lab") / "server")
    yield server
    server.close()


@pytest.fixture
def lab(
    lab_server: LabServer, browser: Browser, context: BrowserContext, request: pytest.FixtureRequest
) -> Iterator[Lab]:
    """A page with JupyterLab; a picture is kept when the test fails."""
    lab = Lab(lab_server, browser, context=context)
    failed = request.session.testsfailed
    yield lab
    if request.session.testsfailed > failed:
        lab.screenshot(f"failed-{request.node.name}")
    lab.theme("light")  # JupyterLab keeps it for the next page
    lab.close()
    lab_server.shut_down_kernels()


@pytest.fixture
def quiet(lab: Lab) -> Iterator[None]:
    """The test ends with no error in the browser's console."""
    yield
    assert lab.errors == []


@pytest.fixture
def dashboard(notebook: Notebook) -> Dashboard:
    """The dashboard of a test's own session, shown by the second cell of its notebook."""
    return show(notebook, 1)


@pytest.fixture(scope="package")
def finished_search(lab_server: LabServer, browser: Browser, context: BrowserContext) -> Iterator[Shown]:
    """A search of 14 trials that has ended, on a page of its own; tests ask for `finished`."""
    lab = Lab(lab_server, browser, context=context)
    notebook = lab.open([TABLE, FINISHED])
    lab_server.kept.add(notebook.path)
    notebook.run(0)
    dashboard = show(notebook, 1)
    dashboard.wait_for_phase("finished", seconds=600)
    yield Shown(lab, notebook, dashboard)
    lab.close()


@pytest.fixture
def finished(finished_search: Shown, request: pytest.FixtureRequest) -> Iterator[Shown]:
    """The finished search for a test that only looks, as it was left by none; the test ends without an error."""
    lab, _, dashboard = finished_search
    lab.page.bring_to_front()
    lab.resize(1400, 1400)
    failed = request.session.testsfailed
    yield finished_search
    if request.session.testsfailed > failed:
        lab.screenshot(f"failed-{request.node.name}")
    if dashboard.drawer.count():
        dashboard.button("Close Esc").click()
    dashboard.wide(0)
    dashboard.open_tab("Overview")
    lab.theme("light")
    errors = list(lab.errors)
    lab.errors.clear()
    assert errors == []
    assert lab.dialogs == []
