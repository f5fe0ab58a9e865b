"""Every panel fits where it stands, from a narrow column to a wide screen, and keeps still for who asks for that."""

from __future__ import annotations

import pytest

from tests.ui.conftest import Shown
from tests.ui.dashboard import PANELS, TABLE, show
from tests.ui.lab import Lab

WIDTHS = (300, 400, 480, 640, 900, 1600)
RUNNING = 'session = AutoMLSession(table, "churn", budget=600, workers=1)\nsession.show()'
MOVING = """
(root) => root.getRootNode().getAnimations()
  .filter((one) => one.playState === "running").map((one) => one.animationName ?? one.transitionProperty)
"""


def test_no_panel_sticks_out(finished: Shown) -> None:
    """At each width nothing is wider than the dashboard, and no part of a line covers its neighbour."""
    lab, _, dashboard = finished
    lab.resize(2000, 1400)
    found = {}
    for width in WIDTHS:
        dashboard.wide(width)
        for panel in PANELS:
            dashboard.open_tab(panel)
            dashboard.settled()
            if width in (WIDTHS[0], WIDTHS[-1]):
                lab.screenshot(f"width-{panel.lower()}-{width}", dashboard.root)
            found[f"{panel} at {width} px"] = dashboard.sideways() + dashboard.overlaps()
    assert {place: what for place, what in found.items() if what} == {}


@pytest.mark.usefixtures("quiet")
def test_reduced_motion_keeps_everything_still(lab: Lab) -> None:
    """What pulses or slides while a search runs stands still where the system asks for less motion."""
    lab.page.emulate_media(reduced_motion="no-preference")
    notebook = lab.open([TABLE, RUNNING])
    notebook.run(0)
    dashboard = show(notebook, 1)
    dashboard.wait_for_scores(1)
    assert dashboard.root.evaluate(MOVING) != []
    lab.page.emulate_media(reduced_motion="reduce")
    for panel in PANELS:
        dashboard.open_tab(panel)
        assert dashboard.root.evaluate(MOVING) == []
    dashboard.button("Pause").click()
    dashboard.wait_for_phase("paused")
