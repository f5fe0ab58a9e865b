"""A page without a kernel, such as nbconvert makes: the widget manager that it loads runs the dashboard as well."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from hitl_widget.widget.widget import SessionWidget
from tests.ui.lab import SCREENSHOTS

PAGE = """
<div id="widget"></div>
<div class="hitl-static-ab12">LightGBM leads with ROC AUC 0.826. The session when the notebook was saved.</div>
"""
# What the manager does with the state of a widget that it finds in a page: nobody takes or sends messages.
RUN = """
async (code) => {
  const state = { session_id: "ab12", journal: "churn.sqlite", epoch: "e" };
  const model = { get: (name) => state[name], send() {}, on() {}, off() {} };
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { initialize, render } = (await import(url)).default();
  await initialize({ model });
  await render({ model, el: document.getElementById("widget") });
}
"""


def test_the_summary_is_what_remains(browser: Browser) -> None:
    """The dashboard waits for a kernel and hides the summary; when none answers, both say what is known."""
    page = browser.new_page(viewport={"width": 900, "height": 500})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(PAGE)
    page.evaluate(RUN, str(SessionWidget._esm))
    summary = page.get_by_text("The session when the notebook was saved")
    expect(page.get_by_text("Loading the session…")).to_be_visible()
    expect(summary).to_be_hidden()
    expect(page.get_by_text("The kernel is not responding.")).to_be_visible()
    expect(summary).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "static-page.png")
    assert errors == []
    page.close()
