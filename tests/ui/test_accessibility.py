"""axe-core over every panel in both themes: no violation of WCAG 2.2 A and AA, and of its best practices for parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.dashboard import TABLE, Dashboard, show
from tests.ui.lab import SECOND, Lab

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
PANELS = ("Overview", "Trials", "Space", "Preferences", "Explain", "Data", "Journal")
SHOW = 'session = AutoMLSession(table, "churn", max_trials=14, workers=2)\nsession.show()'

# What is the page's and not the dashboard's: landmarks and headings belong to JupyterLab.
RUN = """
async (root) => {
  const found = await axe.run(root, {
    resultTypes: ["violations"],
    rules: Object.fromEntries(
      ["region", "landmark-one-main", "page-has-heading-one"].map((name) => [name, { enabled: false }]),
    ),
  });
  return found.violations.map((one) => ({
    rule: one.id,
    help: one.help,
    nodes: one.nodes.map((node) => `${node.html.slice(0, 160)} | ${node.failureSummary.slice(0, 300)}`).slice(0, 5),
    count: one.nodes.length,
  }));
}
"""


def violations(root: Locator) -> list[dict[str, Any]]:
    """Return what axe-core finds in a part of the page."""
    found: list[dict[str, Any]] = root.evaluate(RUN)
    return found


@pytest.mark.usefixtures("quiet")
def test_no_panel_has_a_violation(lab: Lab) -> None:
    """Every panel, light and dark, and the drawer of a trial."""
    lab.resize(1300, 1400)
    notebook = lab.open([TABLE, SHOW])
    notebook.run(0)
    dashboard = show(notebook, 1)
    dashboard.wait_for_phase("finished", seconds=240)
    lab.page.add_script_tag(path=AXE)
    found: dict[str, list[dict[str, Any]]] = {}
    for theme in ("light", "dark"):
        lab.theme(theme)
        for panel in PANELS:
            dashboard.open_tab(panel)
            settled(dashboard)
            found[f"{panel}, {theme}"] = violations(dashboard.root)
        dashboard.open_tab("Trials")
        dashboard.open_trial(1)
        found[f"a trial, {theme}"] = violations(dashboard.root)
        lab.page.keyboard.press("Escape")
    lab.theme("light")
    wrong = {place: them for place, them in found.items() if them}
    print(f"axe-core: {sum(one['count'] for them in wrong.values() for one in them)} violations in {len(found)} views")
    assert wrong == {}


def settled(dashboard: Dashboard) -> None:
    """Wait until nothing in the panel is being worked out."""
    expect(dashboard.root.locator("[aria-busy=true]")).to_have_count(0, timeout=60 * SECOND)
