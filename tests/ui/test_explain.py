"""Explanations as a person asks for them: every question of every level is answered in JupyterLab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.dashboard import TABLE, Dashboard, show
from tests.ui.lab import SECOND, Lab, Notebook

SHOW = 'session = AutoMLSession(table, "churn", budget=600)\nsession.show()'
NUMBERS = """
table["bill"] = (table.charges * 1.2 + table.tenure + random.normal(size=rows) * 4).round(2)
session = AutoMLSession(table.drop(columns="churn"), "bill", budget=600)
session.show()
"""

pytestmark = pytest.mark.usefixtures("quiet")


def open_explanations(lab: Lab, source: str) -> tuple[Notebook, Dashboard]:
    """Run some trials, pause, and open the panel."""
    notebook = lab.open([TABLE, source])
    notebook.run(0)
    dashboard = show(notebook, 1)
    dashboard.wait_for_scores(8, seconds=120)
    notebook.value("session.pause()")
    dashboard.open_tab("Explain")
    expect(cards(dashboard).first).to_be_visible(timeout=30 * SECOND)
    return notebook, dashboard


def cards(dashboard: Dashboard) -> Locator:
    return dashboard.root.locator(".card.view")


def card(dashboard: Dashboard, name: str) -> Locator:
    """The card of a question, brought into sight and answered."""
    found = dashboard.root.locator(f'.card.view[data-view="{name}"]')
    found.scroll_into_view_if_needed()
    expect(found).to_have_attribute("aria-busy", "false", timeout=90 * SECOND)
    expect(found.locator(".view-first")).not_to_be_empty(timeout=90 * SECOND)
    return found


def answer_all(dashboard: Dashboard) -> list[str]:
    """Scroll to every card of the level; return their questions with the first sentences."""
    said = []
    for name in cards(dashboard).evaluate_all("cards => cards.map((one) => one.dataset.view)"):
        found = card(dashboard, name)
        said.append(f"{name}: {found.locator('h3').inner_text()} {found.locator('.view-first').inner_text()}")
    return said


def level(dashboard: Dashboard, name: str) -> None:
    dashboard.root.get_by_role("group", name="What is explained").get_by_role("button", name=name).click()


def wide(dashboard: Dashboard, pixels: int) -> None:
    width = f"{pixels}px" if pixels else ""
    dashboard.root.evaluate("(root, width) => { root.getRootNode().host.style.width = width; }", width)


@pytest.mark.parametrize("source", [SHOW, NUMBERS], ids=["classes", "numbers"])
def test_every_question_is_answered(lab: Lab, source: str) -> None:
    """Each card of each level has a sentence and a chart or its rows, and none an error."""
    lab.resize(1300, 1400)
    _, dashboard = open_explanations(lab, source)
    kind = "classes" if source == SHOW else "numbers"
    for name in dashboard.root.locator(".explain-head .seg button").all_inner_texts():
        level(dashboard, name)
        said = answer_all(dashboard)
        print("\n".join(said))
        expect(dashboard.root.locator(".view .oops")).to_have_count(0)
        lab.resize(1300, 600 + 420 * len(said))
        lab.screenshot(f"explain-{kind}-{name.lower()}", dashboard.root)
        lab.resize(1300, 1400)
    assert lab.dialogs == []
