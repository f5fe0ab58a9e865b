"""The search of the built documentation: guides come before decision records."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

DOCS = Path(__file__).resolve().parents[2] / "docs"
FIRST = {
    "save model": "howto/deploy.html",
    "constraint": "howto/prefer.html",
    "time split": "howto/time.html",
    "group split": "howto/groups.html",
    "cost matrix": "howto/costs.html",
    "resume": "howto/resume.html",
    "ensemble": "reference/session.html",
}
"""The first page that a search finds."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(DOCS), str(folder)]
    subprocess.run(command, cwd=DOCS.parent, check=True, timeout=300)
    return folder


def test_a_search_finds_guides_before_decisions(site: Path, browser: Browser) -> None:
    """The page for a task is the first result, and decision records are among the last ones."""
    page = browser.new_page()
    for query, first in FIRST.items():
        page.goto(f"{(site / 'search.html').as_uri()}?q={quote(query)}")
        expect(page.get_by_text("Search finished")).to_be_visible()
        links = page.locator("#search-results ul.search > li > a")
        found = [link.get_attribute("href").split("?")[0].split("#")[0] for link in links.all()]
        assert found[0] == first, query
        decisions = [at for at, href in enumerate(found) if href.startswith("decisions/")]
        guides = [at for at, href in enumerate(found) if href.startswith(("howto/", "tutorials/"))]
        assert not decisions or max(guides) < min(decisions), query
    page.close()
