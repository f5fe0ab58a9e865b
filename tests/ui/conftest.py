"""One JupyterLab, one browser, one page with a kernel, and one finished search for all tests of a process.

A test may restart the kernel, reload the page, or open notebooks with other kernels. A test that needs a page without a
notebook or a loaded dashboard, or after which the page is of no use, is marked ``own_page`` and gets both anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.ui.browser import ARGUMENTS, find_chromium
from tests.ui.dashboard import TABLE, Dashboard, few, show
from tests.ui.lab import PAGE_SECONDS, SECOND, Lab, LabServer, Notebook, shared_context

FINISHED = few('session = AutoMLSession(table, "churn", max_trials=16, workers=2)\nsession.show()')


class Shown(NamedTuple):
    """A session on a page, with its notebook and its dashboard."""

    lab: Lab
    notebook: Notebook
    dashboard: Dashboard


LONG = (
    "test_every_question_is_answered",
    "test_what_is_asked_is_what_python_computes",
    "test_charts_lead_to_each_other",
    "test_five_pairs_are_answered_by_key_during_a_run",
    "test_the_sidebar_has_no_violation",
    "test_start_edit_prefer_and_explain_by_keyboard",
    "test_a_queued_configuration_reaches_python",
    "test_a_saved_notebook_without_a_kernel",
    "test_a_limit_is_set_by_click_moved_softened_and_lifted",
    "test_a_page_finds_the_sessions_of_a_busy_kernel",
    "test_pictures",
    "test_a_session_comes_back_after_a_restart",
    "test_the_kernel_is_restarted_under_an_open_page",
    "test_a_steered_session_goes_on_in_a_new_kernel",
    "test_reduced_motion_keeps_everything_still",
    "test_a_session_is_shown_and_steered",
)
"""The longest tests, the longest first: they begin first, so that no process ends long after the others."""


def _turn(item: pytest.Item) -> int:
    """Return when a test begins: the place of its name in `LONG`, or after all of these."""
    name = item.name.partition("[")[0]
    return LONG.index(name) if name in LONG else len(LONG)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "own_page: gets a page and a kernel that no other test has used or uses later")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the tests over the processes; those that look at the finished search begin first, on each process."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.ui)
    items.sort(key=lambda item: (item in here, not _looks(item), _turn(item)))


def _looks(item: pytest.Item) -> bool:
    return "finished" in getattr(item, "fixturenames", ())


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


class Pages:
    """The page that tests use one after another, and pages for single tests."""

    def __init__(self, server: LabServer, browser: Browser, context: BrowserContext) -> None:
        self._server, self._browser, self._context = server, browser, context
        self._shared: Lab | None = None
        self._spare = ""
        """Path of the notebook on the shared page whose kernel the next test uses."""

    def new(self) -> Lab:
        """Return a page for one test."""
        return Lab(self._server, self._browser, context=self._context)

    def shared(self) -> Lab:
        """Return the page that tests share."""
        if self._shared is None:
            self._shared = self.new()
        self._shared.page.bring_to_front()
        return self._shared

    def put_back(self, lab: Lab, failed: bool) -> None:
        """End what a test began; its page is used again if it is the shared one and the test passed."""
        tidied = False
        try:
            if lab is self._shared and not failed:
                self._server.kept.discard(self._spare)
                self._spare = lab.tidy()
                self._server.kept.add(self._spare)
                tidied = True
        finally:
            if not tidied:
                self._end(lab)
            self._server.shut_down_kernels()

    def _end(self, lab: Lab) -> None:
        if lab is self._shared:
            self._server.kept.discard(self._spare)
            self._shared, self._spare = None, ""
        lab.theme("light")  # JupyterLab keeps it for the next page
        lab.close()


@pytest.fixture(scope="package")
def pages(lab_server: LabServer, browser: Browser, context: BrowserContext) -> Pages:
    """The pages of this process."""
    return Pages(lab_server, browser, context)


@pytest.fixture
def lab(pages: Pages, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A page with JupyterLab; a picture is kept when the test fails."""
    lab = pages.new() if request.node.get_closest_marker("own_page") else pages.shared()
    before = request.session.testsfailed
    yield lab
    failed = request.session.testsfailed > before
    if failed:
        lab.screenshot(f"failed-{request.node.name}")
    pages.put_back(lab, failed)


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
    """A search of 16 trials that has ended, on a page of its own; tests ask for `finished`."""
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
