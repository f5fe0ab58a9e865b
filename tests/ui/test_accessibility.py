"""axe-core over every panel in both themes: no violation of WCAG 2.2 A and AA, and of its best practices for parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.conftest import Shown
from tests.ui.dashboard import BROKEN_LEARNER, PANELS, SHOW, TABLE, THEMES, Dashboard, quick, show
from tests.ui.lab import Lab
from tests.ui.sidebar import Sidebar

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

# What is the page's and not the dashboard's: landmarks and headings belong to JupyterLab.
RUN = """
async (root, only) => {
  const found = await axe.run(root, {
    resultTypes: ["violations"],
    ...(only.length > 0 && { runOnly: { type: "rule", values: only } }),
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


# A theme changes colours only, so that all other rules need one theme.
COLOURS = ("color-contrast", "link-in-text-block")


def violations(root: Locator, theme: str) -> list[dict[str, Any]]:
    """Return what axe-core finds in a part of the page; in the dark theme only the rules on colours are checked."""
    found: list[dict[str, Any]] = root.evaluate(RUN, list(COLOURS) if theme == "dark" else [])
    return found


def test_no_panel_has_a_violation(finished: Shown) -> None:
    """Every panel, light and dark, and the drawer of a trial."""
    lab, _, dashboard = finished
    lab.resize(1300, 1400)
    lab.page.add_script_tag(path=AXE)
    found: dict[str, list[dict[str, Any]]] = {}
    for theme in THEMES:
        lab.theme(theme)
        for panel in PANELS:
            dashboard.open_tab(panel)
            dashboard.settled()
            found[f"{panel}, {theme}"] = violations(dashboard.root, theme)
        dashboard.open_tab("Explain")
        for question in dashboard.questions():
            # The panel around it is the same for all questions and has had its turn.
            found[f"Explain, {question}, {theme}"] = violations(dashboard.question(question), theme)
        dashboard.open_tab("Trials")
        dashboard.open_trial(1)
        found[f"a trial, {theme}"] = violations(dashboard.root, theme)
        lab.page.keyboard.press("Escape")
    lab.theme("light")
    wrong = {place: them for place, them in found.items() if them}
    print(f"axe-core: {sum(one['count'] for them in wrong.values() for one in them)} violations in {len(found)} views")
    assert wrong == {}


# A column that holds the target, and a learner that never fits: the machine warns of one and asks about the other.
TROUBLE = f"""
table["refund"] = (table.churn == "yes") + random.normal(0, 0.01, rows)
session = AutoMLSession(table, "churn", budget=600, workers=1)
{BROKEN_LEARNER}
session.start()
session.grid({{"family": "broken"}}, "broken.alpha", [0.1, 0.2, 0.3])
"""


@pytest.mark.own_page
@pytest.mark.usefixtures("quiet")
def test_the_sidebar_has_no_violation(lab: Lab) -> None:
    """At 300 pixels, light and dark: no notebook, no session, a warning with a nudge, the question before a stop."""
    sidebar = Sidebar(lab)
    sidebar.width(300)
    lab.page.add_script_tag(path=AXE)
    found: dict[str, list[dict[str, Any]]] = {}

    def look(place: str) -> None:
        for theme in THEMES:
            lab.theme(theme)
            found[f"{place}, {theme}"] = violations(sidebar.root, theme)
            lab.screenshot(f"sidebar-{place.replace(' ', '-')}-{theme}", lab.page.locator("#hitl-widget-sidebar"))
            assert sidebar.root.evaluate("(side) => side.scrollWidth <= side.clientWidth")

    expect(sidebar.button("Open the quickstart")).to_be_visible()
    look("no notebook")
    notebook = lab.open([TABLE, TROUBLE])
    expect(sidebar.button("Insert cell")).to_be_visible()
    look("no session")
    notebook.run(0)
    notebook.run(1)
    card = sidebar.card("churn")
    nudge = card.locator("section.nudge", has_text="Broken")
    warning = card.locator(".strip").filter(has_text="refund")
    expect(nudge).to_be_visible()
    expect(warning).to_be_visible()
    look("a session")
    card.get_by_role("button", name="Stop").click()
    look("before a stop")
    card.get_by_role("button", name="Keep searching").click()
    sidebar.root.get_by_text("Recent sessions on disk").click()
    # The sessions of other tests, or the word that there are none.
    expect(sidebar.root.locator("details.side-recent :is(li, p)").first).not_to_have_text("Loading…")
    look("recent sessions")
    lab.theme("light")
    wrong = {place: them for place, them in found.items() if them}
    print(f"axe-core: {sum(one['count'] for them in wrong.values() for one in them)} violations in {len(found)} views")
    assert wrong == {}

    # Both are answered by keyboard alone.
    reached = walk(lab, sidebar)
    acts = [
        f"button: {name}"
        for name in ("Pause", "Stop", "You drive", "Cruise", "Autopilot", "Open dashboard", "Jump to cell")
    ]
    assert [one for one in reached if one in acts] == acts
    assert "summary: Recent sessions on disk" in reached
    answer = nudge.get_by_role("button").first.text_content()
    sidebar.focus()
    walk_to(lab, f"button: {answer}")
    lab.page.keyboard.press("Enter")
    assert notebook.wait_for("'broken' not in session.space.families")
    expect(nudge).to_have_count(0)
    answer = warning.get_by_role("button").first.text_content()
    sidebar.focus()
    walk_to(lab, f"button: {answer}")
    lab.page.keyboard.press("Enter")
    assert answer in notebook.wait_for("list(session.state.warned.values())")
    expect(warning).to_have_count(0)


FOCUS = """
() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (at === null || at.closest(".hitl") === null) return null;
  return `${at.getAttribute("role") ?? at.tagName.toLowerCase()}: ${at.getAttribute("aria-label") ?? at.textContent}`;
}
"""


def walk(lab: Lab, sidebar: Sidebar) -> list[str]:
    """Press Tab from the top of the sidebar to its end, and give what stood under the focus."""
    sidebar.focus()
    walked: list[str] = []
    while len(walked) < 60:
        lab.page.keyboard.press("Tab")
        at = lab.page.evaluate(FOCUS)
        if at is None:
            return walked
        walked.append(at)
    raise AssertionError(f"Tab does not leave the sidebar; passed {walked}")


def walk_to(lab: Lab, wanted: str, most: int = 120) -> None:
    """Press Tab until this stands under the focus."""
    walked = []
    for _ in range(most):
        at = lab.page.evaluate(FOCUS)
        if at is not None and at.startswith(wanted):
            return
        walked.append(at)
        lab.page.keyboard.press("Tab")
    raise AssertionError(f"{wanted!r} was not reached by Tab; passed {walked}")


def turn_to(lab: Lab, dashboard: Dashboard, panel: str) -> None:
    """Walk back to the tabs and along them by arrow keys."""
    dashboard.root.get_by_role("tab", selected=True).focus()
    for _ in range(len(PANELS)):
        lab.page.keyboard.press("ArrowRight")
        if lab.page.evaluate(FOCUS).startswith(f"tab: {panel}"):
            return
    raise AssertionError(f"no tab {panel!r} was reached by arrow keys")


@pytest.mark.usefixtures("quiet")
def test_start_edit_prefer_and_explain_by_keyboard(lab: Lab) -> None:
    """From the first pause to a what-if without a pointer; what was done is what Python has."""
    lab.resize(1300, 1400)
    notebook = lab.open([TABLE, quick(SHOW)])
    notebook.run(0)
    dashboard = show(notebook, 1)
    dashboard.wait_for_scores(8)
    dashboard.root.get_by_role("tab", selected=True).focus()
    lab.page.keyboard.press("Shift+Tab")
    lab.page.keyboard.press("Shift+Tab")
    lab.page.keyboard.press("Shift+Tab")
    walk_to(lab, "button: Pause")
    lab.page.keyboard.press("Enter")
    dashboard.wait_for_phase("paused")

    turn_to(lab, dashboard, "Space")
    walk_to(lab, "slider: ")
    lab.page.keyboard.press("Shift+ArrowRight")
    walk_to(lab, "button: Apply")
    lab.page.keyboard.press("Enter")
    notebook.wait_for("[act.kind for act in session.state.acts] == ['space', 'space']")
    lab.page.keyboard.press("Control+z")

    turn_to(lab, dashboard, "Preferences")
    expect(dashboard.root.locator(".versus-box:not(.busy)")).to_be_visible()
    lab.page.keyboard.press("a")
    notebook.wait_for("len(session.state.preferences.comparisons) == 1")

    turn_to(lab, dashboard, "Explain")
    walk_to(lab, "button: Which columns matter most?")
    for _ in range(dashboard.questions().index("what_if")):
        lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("Enter")
    dashboard.answer("what_if")
    walk_to(lab, "input: tenure", most=250)
    lab.page.keyboard.press("Home")
    lab.page.keyboard.press("ArrowRight")
    card = dashboard.root.locator(".card.view[data-view=what_if]")
    expect(card.locator(".view-first")).to_contain_text("With tenure =")
