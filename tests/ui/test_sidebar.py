"""The sidebar in a real JupyterLab: the sessions of the notebook in front, and what can be done with them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.dashboard import TABLE, show
from tests.ui.lab import SECOND, Lab

SHOW = 'session = AutoMLSession(table, "churn", budget=600)\nsession.show()'
# Ends early when it sees the pause; it keeps the kernel's main thread busy all the while.
BUSY = """
end = time.monotonic() + 15
while session.state.phase != "paused" and time.monotonic() < end:
    time.sleep(0.02)
seen = str(session.state.phase)
"""

pytestmark = pytest.mark.usefixtures("quiet")


class Sidebar:
    """The sidebar at the left."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        lab.command("hitl-widget:show-sidebar")
        self.root = lab.page.locator("#hitl-widget-sidebar .side")
        expect(self.root).to_be_visible()

    def card(self, target: str) -> Card:
        return Card(self.root.get_by_role("article", name=f"Session on {target}", exact=True))

    @property
    def cards(self) -> Locator:
        return self.root.get_by_role("article")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)


class Card:
    """One session in the sidebar."""

    def __init__(self, root: Locator) -> None:
        self.root = root

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)


def test_a_session_is_listed_and_paused_while_a_cell_runs(lab: Lab) -> None:
    """The session of the notebook stands in the sidebar; a pause is heard while another cell runs."""
    notebook = lab.open([TABLE, SHOW, BUSY])
    sidebar = Sidebar(lab)
    expect(sidebar.button("Insert the cell")).to_be_visible()
    notebook.run(0)
    show(notebook, 1)
    card = sidebar.card("churn")
    expect(card.root).to_contain_text("trial", timeout=30 * SECOND)
    notebook.start(2)
    card.button("Pause").click()
    expect(card.button("Resume")).to_be_visible()
    lab.screenshot("sidebar")
    notebook.wait(2)
    assert notebook.value("seen") == "paused"
