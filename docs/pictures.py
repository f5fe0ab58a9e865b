"""Take the README's pictures from a real search on the quickstart's table: `python docs/pictures.py`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.ui.browser import ARGUMENTS, find_chromium  # noqa: E402
from tests.ui.dashboard import show  # noqa: E402
from tests.ui.lab import Lab, LabServer  # noqa: E402

TABLE = ROOT / "example_notebooks" / "memberships.csv"
IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Search for a minute, queue one configuration by hand, and take the dashboard in both themes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        server = LabServer(Path(folder) / "lab")
        try:
            lab = Lab(server, browser, size=(1240, 1000))
            read = f"import pandas as pd\nfrom hitl_widget import AutoMLSession\ndf = pd.read_csv({str(TABLE)!r})"
            own = '{"family": "lightgbm", "lightgbm.learning_rate": 0.03, "lightgbm.num_leaves": 5}'
            notebook = lab.open(
                [read, 'session = AutoMLSession(df, "left")\nsession.show()', f"session.propose({own})"]
            )
            notebook.run(0)
            dashboard = show(notebook, 1)
            time.sleep(25)
            notebook.run(2)
            time.sleep(20)
            for theme in ("light", "dark"):
                lab.theme(theme)
                time.sleep(2)
                dashboard.root.screenshot(path=IMAGES / f"dashboard-{theme}.png", animations="disabled")
            dashboard.open_tab("Trials")
            dashboard.rows.first.click()
            lab.theme("light")
            time.sleep(2)
            dashboard.root.screenshot(path=IMAGES / "trials-light.png", animations="disabled")
        finally:
            server.close()
            browser.close()


if __name__ == "__main__":
    main()
