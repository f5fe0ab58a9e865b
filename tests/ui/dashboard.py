"""The dashboard of a session as a person sees it: what stands there, and what can be pressed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playwright.sync_api import Locator, expect

from tests.ui.lab import SECOND, Lab, Notebook

# A table as people have them: numbers, a category, blanks, an id, and a column whose name is an attack.
TABLE = """
import time
import numpy as np
import pandas as pd
from hitl_widget import AutoMLSession

random = np.random.default_rng(0)
rows = 2_000
table = pd.DataFrame({
    "customer": [f"C{n:05d}" for n in range(rows)],
    "tenure": random.integers(1, 72, rows),
    "charges": random.gamma(4, 15, rows).round(2),
    "contract": random.choice(["monthly", "yearly", "two years"], rows),
    "support": random.choice(["yes", "no", None], rows),
    "<img src=x onerror=alert(1)>": random.normal(size=rows).round(3),
})
pull = (table.contract == "monthly") * 1.6 - table.tenure / 30 + table.charges / 60 + random.logistic(size=rows) - 0.9
table["churn"] = np.where(pull > 0, "yes", "no")
"""

SHOW = 'session = AutoMLSession(table, "churn", budget=600, workers=1)\nsession.show()'
PANELS = ("Overview", "Trials", "Space", "Preferences", "Explain", "Data", "Journal")
THEMES = ("light", "dark")

# For a session: a learner that never fits.
BROKEN_LEARNER = """
from sklearn.base import BaseEstimator, ClassifierMixin

class Broken(ClassifierMixin, BaseEstimator):
    def __init__(self, alpha=0.5):
        self.alpha = alpha
    def fit(self, X, y):
        raise ValueError("the sensor is unplugged")
    def predict_proba(self, X):
        return X

session.add_learner("broken", Broken(), {"alpha": (0.0, 1.0)}, label="<b>Broken</b>")
"""


def quick(source: str, *kept: str) -> str:
    """Return the cell with a session that has only these families, by default those that fit in under two seconds."""
    names = kept or ("dummy", "tree", "linear", "svm", "lightgbm", "xgboost")
    drop = f"session.exclude(*(name for name in session.state.base.families if name not in {names}))"
    return source.replace("session.show()", f"{drop}\nsession.show()")


def few(source: str) -> str:
    """Return the cell with one family in few rounds, so that sixteen trials are enough for every view."""
    fast = 'session.edit({"lightgbm.learning_rate": (0.1, 0.3), "lightgbm.num_leaves": (4, 31)})'
    return quick(source, "dummy", "lightgbm").replace("session.show()", f"{fast}\nsession.show()")


class Dashboard:
    """One view of a session, in an output of a notebook."""

    def __init__(self, area: Locator) -> None:
        self.root = area.locator(".hitl")
        self.bar = self.root.locator(".bar")
        self.rows = self.root.get_by_role("grid", name="Trials").locator(".grid-row")
        self.drawer = self.root.locator("aside.drawer")

    def button(self, name: str) -> Locator:
        """A button by its words."""
        return self.root.get_by_role("button", name=name, exact=True)

    def unfold(self) -> None:
        """Open every section that is behind its heading."""
        folded = self.root.locator(".fold > details:not([open]) > summary")
        while folded.count():
            folded.first.click()
        expect(self.root.locator(".fold > details:not([open])")).to_have_count(0)

    def settled(self) -> None:
        """Wait until nothing in sight is being asked for or worked out, for five frames."""
        late = self.root.evaluate(
            """async (root) => {
              // As the page sees it: what JupyterLab clips is not in sight.
              const inSight = (cards) => cards.length === 0 ? [] : new Promise((resolve) => {
                const observer = new IntersectionObserver((entries) => {
                  observer.disconnect();
                  resolve(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target));
                });
                for (const card of cards) observer.observe(card);
              });
              const late = async () => {
                const views = await inSight([...root.querySelectorAll(".card.view")]);
                const empty = views.filter((one) => !one.querySelector(".view-first"));
                return [...root.querySelectorAll("[aria-busy=true]"), ...empty];
              };
              const end = performance.now() + 180000;
              for (let still = 0; still < 5; ) {
                const now = await late();
                still = now.length > 0 ? 0 : still + 1;
                if (performance.now() > end) return now.map((one) => one.innerText);
                await new Promise(requestAnimationFrame);
              }
              return null;
            }"""
        )
        assert late is None, late

    def wide(self, pixels: int) -> None:
        """Give the dashboard's place in the page another width, in CSS pixels; 0 for all there is."""
        width = f"{pixels}px" if pixels else ""
        self.root.evaluate("(root, width) => { root.getRootNode().host.style.width = width; }", width)

    def sideways(self) -> list[str]:
        """Return what is wider than the dashboard, by class, once charts have had three seconds to take their room."""
        found: list[str] = self.root.evaluate(
            """async (root) => {
              const hidden = (one) => one.closest(".sr, .grid-row, .tabs, .code, svg") !== null;
              const wider = () => {
                const right = root.getBoundingClientRect().right + 1;
                return [...root.querySelectorAll("*")]
                  .filter((one) => !hidden(one) && one.getBoundingClientRect().right > right);
              };
              const end = performance.now() + 3000;
              while (wider().length > 0 && performance.now() < end) await new Promise(requestAnimationFrame);
              return wider().map((one) => `${one.tagName}.${one.className}`);
            }"""
        )
        return found

    def overlaps(self) -> list[str]:
        """Return the neighbours that are drawn over each other: parts of a line."""
        found: list[str] = self.root.evaluate(
            """(root) => {
              const lines = ".param-head, .param-side, .bar, .filters, .foot, .code, .card-head, .view-controls";
              const leaves = (one) => [...one.querySelectorAll("*")].filter((leaf) => leaf.children.length === 0);
              const groups = [...root.querySelectorAll(lines)].map(leaves);
              const box = (one) => one.getBoundingClientRect();
              const meet = (a, b) =>
                Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
                Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
              const shown = (one) => box(one).width > 1 && one.closest(".sr, option, .progress, .imp") === null;
              const name = (one) => `${one.tagName}.${one.className} ${one.textContent.slice(0, 30)}`;
              return groups.flatMap((group) => {
                const parts = group.filter(shown);
                return parts.flatMap((one, i) =>
                  parts.slice(i + 1).filter((other) => meet(box(one), box(other)))
                    .map((other) => `${name(one)} and ${name(other)}`));
              });
            }"""
        )
        return found

    def open_tab(self, name: str) -> None:
        """Switch to a panel."""
        self.root.get_by_role("tab", name=re.compile(f"^{name}")).click()

    def questions(self) -> list[str]:
        """Return the names of the questions of Explain, in the order of its index."""
        index = self.root.locator(".question-index [data-question]")
        expect(index.first).to_be_attached()
        names: list[str] = index.evaluate_all("all => all.map((one) => one.dataset.question)")
        return names

    def question(self, name: str) -> Locator:
        """Choose a question of Explain, in its index or its menu; return its card when it is answered."""
        menu = self.root.locator(".question-menu")
        expect(menu).to_be_attached()
        if menu.is_visible():
            menu.select_option(name)
        else:
            self.ask(name)
        return self.answer(name)

    def ask(self, name: str) -> None:
        """Choose a question in the index."""
        self.root.locator(f'.question-index [data-question="{name}"]').click()

    def answer(self, name: str) -> Locator:
        """Return the card of a question that was chosen, when it is answered."""
        found = self.root.locator(f'.card.view[data-view="{name}"]')
        expect(found).not_to_have_attribute("aria-busy", "true")
        expect(found.locator(".view-first")).not_to_be_empty()
        return found

    def wait_for_phase(self, words: str, *, seconds: float = 180) -> None:
        """Wait until the bar says this: ready, starting, trial 7, paused, finished."""
        expect(self.bar.locator(".words")).to_contain_text(words, timeout=seconds * SECOND)

    def wait_for_scores(self, count: int = 1, *, seconds: float = 300) -> None:
        """Wait until so many rows of the leaderboard are complete."""
        self.open_tab("Trials")
        complete = self.root.locator('.grid-row[data-state="complete"]')
        expect(complete.nth(count - 1)).to_be_visible(timeout=seconds * SECOND)

    def open_trial(self, number: int) -> None:
        """Open a trial's drawer from the leaderboard."""
        self.root.locator(f"#hitl-row-{number}").click()
        expect(self.drawer).to_contain_text("Why was this trial run?")


def show(notebook: Notebook, cell: int) -> Dashboard:
    """Run the cell that shows a session and give its dashboard, once it stands there."""
    notebook.run(cell)
    dashboard = Dashboard(notebook.output(cell))
    expect(dashboard.bar).to_be_visible()
    return dashboard


def drag(handle: Locator, by: float) -> None:
    """Drag a handle sideways by so many pixels, once it stands still under the pointer."""
    handle.hover()
    box = handle.bounding_box()
    assert box is not None
    mouse = handle.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.down()
    expect(handle).to_be_focused()
    mouse.move(x + by / 2, y, steps=4)
    mouse.move(x + by, y, steps=4)
    mouse.up()


def keep_pictures(lab: Lab, dashboard: Dashboard, panels: Sequence[str]) -> None:
    """Keep pictures of panels in light and dark, wide and at 480 px, where nothing may stick out."""
    for theme in THEMES:
        lab.theme(theme)
        for width, name in ((0, theme), (480, f"{theme}-480")):
            dashboard.wide(width)
            for panel in panels:
                dashboard.open_tab(panel)
                lab.screenshot(f"{panel.lower()}-{name}", dashboard.root)
                assert dashboard.sideways() == []
