"""Take the screenshots of the documentation from a real search on the quickstart table: `python docs/pictures.py`."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Locator, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.ui.browser import ARGUMENTS, find_chromium  # noqa: E402
from tests.ui.dashboard import Dashboard, show  # noqa: E402
from tests.ui.lab import Lab, LabServer  # noqa: E402
from tests.ui.sidebar import Sidebar  # noqa: E402

TABLE = ROOT / "example_notebooks" / "memberships.csv"
IMAGES = ROOT / "docs" / "images"
STEER = """
session.edit({"lightgbm.learning_rate": (0.01, 0.2)}, exclude="svm")
session.believe("lightgbm.num_leaves", around=8, strength="fair")
"""


def main() -> None:
    """Search for a few minutes, steer, take screenshots of the dashboard in both themes and of each panel, and stop."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        server = LabServer(Path(folder) / "lab")
        try:
            lab = Lab(server, browser, size=(1240, 1000))
            dashboard = _steered(lab)
            for panel in (_overview, _trials, _space, _preferences, _data, _explain, _take):
                panel(lab, dashboard)
        finally:
            server.close()
            browser.close()


def _steered(lab: Lab) -> Dashboard:
    """Return the dashboard of a search that a person has steered."""
    read = f"import pandas as pd\nfrom hitl_widget import AutoMLSession\ndf = pd.read_csv({str(TABLE)!r})"
    own = '{"family": "lightgbm", "lightgbm.learning_rate": 0.03, "lightgbm.num_leaves": 5}'
    notebook = lab.open([read, 'session = AutoMLSession(df, "left")\nsession.show()', f"session.propose({own})", STEER])
    notebook.run(0)
    dashboard = show(notebook, 1)
    time.sleep(25)
    notebook.run(2)
    time.sleep(20)
    notebook.run(3)
    time.sleep(45)
    return dashboard


def _overview(lab: Lab, dashboard: Dashboard) -> None:
    lab.resize(1240, 1700)  # a taller page, since JupyterLab's bars would cut the dashboard
    for theme in ("dark", "light"):
        lab.theme(theme)
        time.sleep(2)
        _keep(dashboard.root, f"dashboard-{theme}")


def _trials(lab: Lab, dashboard: Dashboard) -> None:
    dashboard.open_tab("Trials")
    dashboard.rows.first.click()
    time.sleep(2)
    _keep(dashboard.root, "trials-light")
    lab.page.keyboard.press("Escape")


def _space(lab: Lab, dashboard: Dashboard) -> None:
    lab.resize(1240, 1500)
    dashboard.open_tab("Space")
    dashboard.root.get_by_role("combobox", name="Show settings of").select_option("lightgbm")
    time.sleep(2)
    handle = dashboard.root.get_by_role("slider", name="leaves per tree, upper bound")
    handle.focus()
    for _ in range(4):
        handle.press("Shift+ArrowLeft")
    time.sleep(1)
    _keep(dashboard.root, "space-light")


def _preferences(lab: Lab, dashboard: Dashboard) -> None:
    dashboard.open_tab("Preferences")
    time.sleep(3)
    for key in ("a", "b", "b"):
        dashboard.root.press(key)
        time.sleep(2)
    dashboard.root.locator("#hitl-q-learned").click()  # move the focus out of the picture
    lab.resize(1240, 2300)
    time.sleep(2)
    _keep(dashboard.root, "preferences-light")


def _data(_lab: Lab, dashboard: Dashboard) -> None:
    dashboard.open_tab("Data")
    time.sleep(5)
    _keep(dashboard.root, "data-light")


def _explain(_lab: Lab, dashboard: Dashboard) -> None:
    dashboard.open_tab("Explain")
    first = dashboard.root.locator('[data-view="importance"]')
    expect(first.locator(".view-first")).not_to_be_empty(timeout=60_000)
    expect(first).not_to_contain_text(re.compile("computing…"), timeout=120_000)
    _keep(dashboard.root, "explain-light")


def _take(_lab: Lab, dashboard: Dashboard) -> None:
    dashboard.open_tab("Overview")
    dashboard.button("Stop").click()
    dashboard.button("Stop search").click()
    offer = dashboard.root.get_by_role("region", name="Use this model")
    expect(offer.get_by_role("row")).not_to_have_count(0, timeout=180_000)
    dashboard.settled()
    _keep(offer, "take-light")


def _keep(part: Locator, name: str) -> None:
    part.screenshot(path=IMAGES / f"{name}.png", animations="disabled")


def sidebar() -> None:
    """Take screenshots of the sidebar beside a notebook with a running search."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        server = LabServer(Path(folder) / "lab")
        try:
            lab = Lab(server, browser, size=(1240, 720))
            read = f"import pandas as pd\nfrom hitl_widget import AutoMLSession\ndf = pd.read_csv({TABLE.name!r})"
            (server.notebooks / TABLE.name).write_bytes(TABLE.read_bytes())
            begin = 'session = AutoMLSession(df, "left")\nsession.show()'
            notebook = lab.open([read, begin], name="memberships")
            notebook.run(0)
            show(notebook, 1)
            Sidebar(lab).width(300)
            time.sleep(40)
            for theme in ("light", "dark"):
                lab.theme(theme)
                notebook.scroll_to(0)
                time.sleep(2)
                lab.page.screenshot(path=IMAGES / f"sidebar-{theme}.png", animations="disabled")
        finally:
            server.close()
            browser.close()


if __name__ == "__main__":
    if sys.argv[1:] != ["sidebar"]:
        main()
    sidebar()
