"""The sidebar of JupyterLab as a person sees it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.ui.lab import Lab


class Sidebar:
    """The sidebar at the left."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        lab.command("hitl-widget:show-sidebar")
        self.root = lab.page.locator("#hitl-widget-sidebar .side")
        expect(self.root).to_be_visible()

    def card(self, target: str) -> Locator:
        """The session on a target."""
        return self.root.get_by_role("article", name=f"Session {target}", exact=True)

    @property
    def cards(self) -> Locator:
        """All sessions."""
        return self.root.get_by_role("article")

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.root.get_by_role("button", name=name, exact=True)

    def focus(self) -> None:
        """Put the focus before everything in it, where it is when a person has walked there."""
        self.root.evaluate(
            """(side) => {
              side.tabIndex = -1;
              side.focus();
            }"""
        )

    def width(self, pixels: int) -> None:
        """Give the sidebar a width, as a person does with its edge."""
        handles = self.lab.page.locator("#jp-main-split-panel > .lm-SplitPanel-handle:not(.lm-mod-hidden)")
        handles.first.hover()  # waits until the layout has come to rest
        handle, side = handles.first.bounding_box(), self.lab.page.locator("#jp-left-stack").bounding_box()
        assert handle is not None
        assert side is not None
        y = handle["y"] + handle["height"] / 2
        mouse = self.lab.page.mouse
        mouse.down()
        mouse.move(side["x"] + pixels + handle["width"] / 2, y, steps=4)
        mouse.up()
        self.lab.page.wait_for_function(
            "([side, pixels]) => Math.abs(side.getRootNode().host.getBoundingClientRect().width - pixels) < 8",
            arg=[self.root.element_handle(), pixels],
        )
