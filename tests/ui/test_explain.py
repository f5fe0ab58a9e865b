"""Explanations as a person asks for them: every question of the index is answered in JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hitl_widget.domain.task import Kind
from hitl_widget.explain.registry import VIEWS
from hitl_widget.explain.view import Level
from tests.ui.conftest import Shown
from tests.ui.dashboard import SHOW, TABLE, THEMES, Dashboard, few, quick, show
from tests.ui.lab import SCREENSHOTS, Lab, Notebook

NUMBERS = """
table["bill"] = (table.charges * 1.2 + table.tenure + random.normal(size=rows) * 4).round(2)
session = AutoMLSession(table.drop(columns="churn"), "bill", budget=600, workers=1)
session.show()
"""
MANY = """
level = pull + random.normal(size=rows)
table["plan"] = np.select([level < -0.8, level < 0.6], ["basic", "<img src=x onerror=alert(2)>"], "premium")
session = AutoMLSession(table.drop(columns="churn"), "plan", budget=600, workers=1)
session.show()
"""
QUICK = quick(SHOW, "dummy", "linear", "lightgbm")

# What a card says when it has rightly nothing to draw.
MAY_BE_EMPTY = {
    "balance": "does not balance the classes",
    "warnings": "without a warning",
    "interactions": "No interactions found",
    "parallel": "12 complete trials are needed",
}
BINARY = {one.name for one in VIEWS.values() if Kind.BINARY in one.kinds}
ALIKE = {one.name for one in VIEWS.values() if one.level is not Level.MODEL} & BINARY
SOURCES = {"multiclass": MANY, "regression": NUMBERS}

HOLD = """
import pathlib, threading, time
import numpy
from sklearn.base import BaseEstimator, ClassifierMixin

class Waits(ClassifierMixin, BaseEstimator):
    def __init__(self, folder=""):
        self.folder = folder
    def fit(self, X, y):
        (pathlib.Path(self.folder) / "begun").touch()
        while not (pathlib.Path(self.folder) / "go").exists():
            time.sleep(0.01)
        self.classes_ = numpy.unique(y)
        return self
    def predict_proba(self, X):
        return numpy.full((len(X), len(self.classes_)), 1 / len(self.classes_))
    def predict(self, X):
        return self.classes_[numpy.zeros(len(X), int)]

threading.Thread(target=session.add_baseline, args=("waits", Waits({folder!r}))).start()
"""


def open_explanations(lab: Lab, source: str, trials: int = 8, hold: Path | None = None) -> tuple[Notebook, Dashboard]:
    """Run some trials, pause, and open the panel; with `hold` its worker is kept waiting for a file ``go`` there."""
    notebook = lab.open([TABLE, source])
    notebook.run(0)
    dashboard = show(notebook, 1)
    dashboard.wait_for_scores(1)
    notebook.wait_for(f"sum(one.state == 'complete' for one in session.state.trials) >= {trials}", seconds=400)
    notebook.value("session.pause()")
    if hold is not None:
        notebook.value(f"exec({HOLD.replace('{folder!r}', repr(str(hold)))!r}, globals())")
        notebook.wait_for(f"pathlib.Path({str(hold / 'begun')!r}).exists()")
    dashboard.open_tab("Explain")
    expect(dashboard.root.locator(".card.view")).to_be_visible()
    return notebook, dashboard


def answer_all(lab: Lab, notebook: Notebook, dashboard: Dashboard, kind: str) -> None:
    """Ask each question in both themes and keep pictures of the answers; no answer is an error.

    A chart is drawn in the dark once: of the binary task, or of the first kind that has it. Pictures of answers that
    are not about a model are kept of the binary task alone, since those of the other kinds look the same.
    """
    (SCREENSHOTS / "explain").mkdir(parents=True, exist_ok=True)
    names = dashboard.questions()
    for theme in THEMES:
        lab.theme(theme)
        for view in names:
            if theme == "dark" and kind != "binary" and view in BINARY:
                continue
            found = dashboard.question(view)
            if theme == "light":
                print(f"{view}: {found.locator('h3').inner_text()} {found.locator('.view-first').inner_text()}")
            if view == "what_if":
                found.get_by_role("slider", name="tenure").fill("3" if theme == "light" else "4")
                expect(found.locator(".view-first")).to_contain_text("instead of")
            expect(found.locator(".oops")).to_have_count(0)
            excuse = MAY_BE_EMPTY.get(view)
            if excuse is None or excuse not in found.locator(".view-first").inner_text():
                found.scroll_into_view_if_needed()  # a chart out of sight is not made
                expect(found.locator(".view-canvas canvas, .view-rows table, .audit-table").first).to_be_visible()
            if kind == "binary" or view not in ALIKE:
                lab.screenshot(f"explain/{kind}-{view}-{theme}", found)
    lab.theme("light")
    notebook.value("exec('from hitl_widget.explain.registry import VIEWS', globals())")
    entries = notebook.value("[one.name for one in VIEWS.values() if session.task.kind in one.kinds]")
    assert sorted(names) == sorted([*entries, "groups"])


def test_every_question_of_two_classes_is_answered(finished: Shown) -> None:
    """Each question has a sentence and a chart or its rows, and none an error; a picture of each is kept."""
    lab, notebook, dashboard = finished
    lab.resize(1300, 1400)
    dashboard.open_tab("Explain")
    answer_all(lab, notebook, dashboard, "binary")
    what_if = dashboard.question("what_if")
    what_if.get_by_role("button", name="Reset row").click()
    expect(what_if.locator(".view-first")).not_to_contain_text("instead of")


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("kind", SOURCES)
def test_every_question_is_answered(lab: Lab, kind: str) -> None:
    """So it is for several classes and for numbers."""
    lab.resize(1300, 1400)
    notebook, dashboard = open_explanations(lab, few(SOURCES[kind]), trials=16)
    answer_all(lab, notebook, dashboard, kind)
    assert lab.dialogs == []


@pytest.mark.usefixtures("quiet")
def test_what_is_asked_is_what_python_computes(lab: Lab) -> None:
    """Options, the row, other values and the trial go to the kernel; the shown line of Python gives the same words."""
    notebook, dashboard = open_explanations(lab, QUICK)
    effect = dashboard.question("effect")
    effect.get_by_role("combobox", name="column").select_option("charges")
    expect(effect.locator("h3")).to_contain_text("charges")
    effect.get_by_role("button", name="Show as Python").click()
    line = effect.locator(".code code").inner_text()
    assert notebook.value(f"{line}.sentences[0]") == effect.locator(".view-first").inner_text()

    row = dashboard.question("row")
    first = int(row.get_by_role("spinbutton").input_value())
    row.get_by_role("button", name="Next row").click()
    expect(row.locator("h3")).to_contain_text(f"row {first + 1}")
    expect(row).to_have_attribute("aria-busy", "false")
    pair = row.locator(".view-rest").inner_text().partition("Fitted without")[2]
    what_if = dashboard.question("what_if")
    expect(what_if.locator("h3")).to_contain_text(f"row {first + 1}")
    expect(what_if.locator(".view-rest")).to_have_text(f"Fitted without{pair}")
    what_if.get_by_role("slider", name="tenure").fill("3")
    contract = what_if.get_by_role("combobox", name="contract")
    wanted = next(one for one in ("monthly", "yearly") if one != contract.input_value())
    contract.select_option(wanted)
    expect(what_if.locator(".view-first")).to_contain_text(f"tenure = 3 and contract = {wanted}")
    line = what_if.locator(".code code").inner_text()
    assert notebook.value(f"{line}.sentences[0]") == what_if.locator(".view-first").inner_text()
    what_if.get_by_role("button", name="Reset row").click()
    expect(what_if.locator(".view-first")).not_to_contain_text("instead of")
    what_if.get_by_role("button", name="typical").click()
    picked = notebook.value("[one['row'] for one in session.explain.view('row').data['rows']][2]")
    expect(what_if.locator("h3")).to_contain_text(f"row {picked}")

    best = notebook.value("session.state.chosen")
    expect(dashboard.root.locator(".explained")).to_contain_text(
        re.compile(rf"^Explaining the recommended model: .*#{best}$")
    )
    other = next(
        n for n in range(1, 8) if n != best and notebook.value(f"session.state.trials[{n}].state") == "complete"
    )
    dashboard.open_tab("Trials")
    for number in (best, other):
        dashboard.root.locator(f'[data-number="{number}"] [data-pick]').click()
    dashboard.button("Compare 2 trials").click()
    apart = dashboard.root.locator(".disagreement[aria-busy=false]")
    expect(apart.locator("tbody tr").first).to_be_visible()
    line = dashboard.root.get_by_text("print(session.explain.disagreement(").inner_text()
    assert notebook.value(f"str({line.removeprefix('print')}.sentences[0])") == apart.locator("p").first.inner_text()
    expect(dashboard.root.locator(".compare-curves .view-canvas canvas")).to_be_visible()
    lab.screenshot("trials-compared", dashboard.root)
    picked = apart.locator("tbody tr").first.locator("button").inner_text()
    apart.get_by_role("button", name=f"Explain row {picked}").click()
    expect(dashboard.answer("row").locator("h3")).to_contain_text(f"row {picked}")
    expect(dashboard.root.locator(".explained")).to_contain_text(re.compile(rf"^Explaining [^:]*#{best}\b"))

    dashboard.open_tab("Trials")
    dashboard.open_trial(other)
    dashboard.drawer.get_by_role("button", name="Explain this model").click()
    importance = dashboard.answer("importance")
    expect(dashboard.root.locator(".explained")).to_contain_text(re.compile(rf"^Explaining [^:]*#{other}\b"))
    importance.get_by_role("button", name="Show as Python").click()
    expect(importance.locator(".code code")).to_have_text(f"session.explain.importance(trial={other})")
    chart = importance.locator(".view-canvas").bounding_box()
    assert chart is not None
    dashboard.root.page.mouse.move(chart["x"] + chart["width"] * 0.55, chart["y"] + 14)
    expect(importance.locator(".tip")).to_contain_text("column ")
    importance.get_by_text("Data behind the chart").click()
    expect(importance.locator(".view-rows table")).to_contain_text("tenure")
    importance.get_by_text("What does this mean?").click()
    expect(importance).to_contain_text("SHAP values")
    dashboard.root.get_by_role("button", name=f"Explain the recommended model, #{best}").click()
    expect(importance.locator(".code code")).to_have_text(f"session.explain.importance(trial={best})")
    assert lab.dialogs == []


@pytest.mark.usefixtures("quiet")
def test_charts_lead_to_each_other(lab: Lab) -> None:
    """A bar gives its column to questions about a column, a mistake its row to the waterfall, a trial its drawer."""
    lab.resize(1300, 1400)
    notebook, dashboard = open_explanations(lab, few(SHOW), trials=10)
    mouse = dashboard.root.page.mouse
    importance = dashboard.question("importance")
    chart = importance.locator(".view-canvas").bounding_box()
    assert chart is not None
    mouse.click(chart["x"] + chart["width"] * 0.55, chart["y"] + 14)
    expect(importance.locator(".view-picked")).to_contain_text("selected.")
    column = importance.locator(".view-picked b").inner_text()
    importance.get_by_role("button", name="Show its average effect").click()
    effect = dashboard.answer("effect")
    expect(effect).to_be_focused()
    expect(effect.locator("h3")).to_contain_text(column)

    confusion = dashboard.question("confusion")
    confusion.get_by_text("Data behind the chart").focus()
    dashboard.root.page.keyboard.press("Enter")
    mistakes = confusion.locator("tbody tr", has_text="no").filter(has_text="yes").first
    mistakes.get_by_role("button").press("Enter")
    first = confusion.locator(".view-picked .chip").first
    first.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "true")
    lab.screenshot("explain/linked-confusion", confusion)
    number = int(first.inner_text())
    confusion.get_by_role("button", name="Explain this prediction").press("Enter")
    row = dashboard.answer("row")
    expect(row).to_be_focused()
    expect(row.locator("h3")).to_contain_text(f"row {number}?")

    winner = dashboard.question("winner")
    winner.get_by_text("Data behind the chart").click()
    rival = winner.locator("tbody .link").nth(1)
    other = int(rival.inner_text())
    rival.click()
    expect(dashboard.drawer).to_contain_text("Why was this trial run?")
    dashboard.drawer.get_by_role("button", name="Explain this model").click()
    dashboard.answer("importance")
    expect(dashboard.root.locator(".explained")).to_contain_text(re.compile(rf"^Explaining [^:]*#{other}\b"))
    assert notebook.value(f"session.state.trials[{other}].state") == "complete"
    assert lab.dialogs == []


@pytest.mark.usefixtures("quiet")
def test_an_answer_is_stopped_and_goes_on(lab: Lab, tmp_path: Path) -> None:
    """What waits for its turn is stopped, and goes on when it is asked again; another trial is explained."""
    notebook, dashboard = open_explanations(lab, QUICK, trials=4, hold=tmp_path)
    dashboard.ask("slices")
    slices = dashboard.root.locator('.card.view[data-view="slices"]')
    slices.get_by_role("button", name="Stop").click()
    expect(slices).to_contain_text("Stopped before there was an answer.")
    (tmp_path / "go").touch()
    slices.get_by_role("button", name="Compute the answer").click()
    expect(slices.locator(".view-first")).not_to_be_empty()
    number = notebook.value("session.state.done[-1]")
    picker = dashboard.root.get_by_role("textbox", name="Explain trial")
    picker.fill("999")
    expect(dashboard.root.locator(".picker")).to_contain_text("no such trial")
    picker.fill(f"#{number}")
    expect(dashboard.root.locator(".explained")).to_contain_text(re.compile(rf"^Explaining [^:]*#{number}\b"))
    slices.get_by_role("button", name="Show as Python").click()
    expect(slices.locator(".code code")).to_contain_text(f"(trial={number})")
    assert lab.dialogs == []


def test_pictures(finished: Shown) -> None:
    """Questions of each topic after a search, wide, at 480 and at 300 px; nothing sticks out."""
    lab, _, dashboard = finished
    dashboard.open_tab("Explain")
    for theme in THEMES:
        lab.theme(theme)
        for width in (0, 480, 300):
            lab.resize(1300, 1400)
            dashboard.wide(width)
            for name in ("importance", "row", "what_if", "groups", "roc_pr", "learning_curve", "baselines", "parallel"):
                dashboard.question(name)
                lab.screenshot(f"explain-{name}-{theme}-{width or 'wide'}", dashboard.root)
                assert dashboard.sideways() == []
