"""One JupyterLab and one browser for all tests here; a page of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.ui.browser import ARGUMENTS, find_chromium
from tests.ui.lab import Lab, LabServer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.ui)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.fail("no Chromium or Chrome found: `make browser` installs it; PLAYWRIGHT_CHROMIUM names one elsewhere")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    server = LabServer(tmp_path_factory.mktemp("lab") / "server")
    yield server
    server.close()


@pytest.fixture
def lab(lab_server: LabServer, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A page with JupyterLab; a picture is kept when the test fails."""
    lab = Lab(lab_server, browser)
    failed = request.session.testsfailed
    yield lab
    if request.session.testsfailed > failed:
        lab.screenshot(f"failed-{request.node.name}")
    lab.close()
    lab_server.shut_down_kernels()


@pytest.fixture
def quiet(lab: Lab) -> Iterator[None]:
    """The test ends with no error in the browser's console."""
    yield
    assert lab.errors == []
