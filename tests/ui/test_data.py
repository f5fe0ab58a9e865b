"""The table by a person's hands: warnings are answered, columns change in the middle of a run, and come back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.dashboard import SHOW, TABLE, THEMES, Dashboard, show
from tests.ui.lab import Lab, Notebook

# A copy of the target, a code for missing cells, a constant, and two columns that say the same.
TRAPS = (
    TABLE
    + """
table["left_on"] = np.where(table["churn"] == "yes", "2024", "never")
table["visits"] = np.where(np.arange(rows) % 20 == 0, -999, random.integers(0, 30, rows))
table["region"] = random.choice(["north", "south", "east", "west"], rows)
table["region_code"] = table["region"].map({"north": 1, "south": 2, "east": 3, "west": 4})
table["source"] = "web"
"""
)
EVIL = "<img src=x onerror=alert(1)>"
WRONG_LABELS = 'table.loc[::250, "churn"] = table.loc[::250, "churn"].map({"yes": "no", "no": "yes"})\n'
WAITING = 'session = AutoMLSession(table, "churn", budget=600, autonomy="user")\nsession.show()'

pytestmark = pytest.mark.usefixtures("quiet")


def opened(lab: Lab, cell: str) -> tuple[Notebook, Dashboard]:
    """A notebook with a dashboard on the table, its Data tab open and the columns looked at."""
    lab.resize(1300, 1500)
    notebook = lab.open([TRAPS, cell])
    notebook.run(0)
    dashboard = show(notebook, 1)
    dashboard.open_tab("Data")
    expect(column(dashboard, "tenure").locator(".sparks")).to_be_visible()
    expect(warning(dashboard, "copy:left_on")).to_be_visible()
    return notebook, dashboard


def column(dashboard: Dashboard, name: str) -> Locator:
    """The row of a column."""
    return dashboard.root.locator(f'.columns-grid [data-column="{name}"]')


def warning(dashboard: Dashboard, key: str) -> Locator:
    """The open card of a warning."""
    return dashboard.root.locator(f'.warning[data-key="{key}"]')


def test_the_table_is_there_before_the_first_trial(lab: Lab) -> None:
    """A sentence, the warnings with their answers, the columns; an answer is on record; names are text."""
    notebook, dashboard = opened(lab, WAITING)
    root = dashboard.root
    expect(root.locator(".lead")).to_contain_text("2,000 rows; models use")
    expect(root.get_by_role("tab", name=re.compile("^Data"))).to_contain_text("warnings")
    expect(column(dashboard, EVIL)).to_be_visible()
    assert root.locator("img").count() == 0
    assert lab.dialogs == []
    expect(root.locator(".target-row")).to_contain_text("churn")

    before = notebook.value("len([one for one in session.warnings if one.key not in session.state.warned])")
    button = root.get_by_role("button", name=re.compile("^Show all"))
    button.click()
    code = next(
        key for key in notebook.value("[one.key for one in session.warnings]") if key.startswith("codes:visits")
    )
    expect(warning(dashboard, code)).to_contain_text("-999 in visits may stand for a missing value")
    expect(warning(dashboard, code).get_by_role("button", name="Treat -999 as missing")).to_be_visible()
    lab.screenshot("data-warnings", root)
    warning(dashboard, code).get_by_role("button", name="Keep -999 as a real value").click()
    expect(warning(dashboard, code)).to_have_count(0)
    expect(root.get_by_role("tab", name=re.compile("^Data"))).to_contain_text(str(before - 1))
    assert notebook.value("session.state.warned") == {code: "Keep -999 as a real value"}
    assert any("Keep -999 as a real value" in text for text in notebook.value('list(session.journal["text"])'))
    dashboard.button("Show 1 answered").click()
    expect(root.locator(".answered")).to_contain_text("Your answer: Keep -999 as a real value.")

    dashboard.open_tab("Overview")
    expect(root.locator(".data-line, .hero-caution")).to_contain_text("left_on predicts churn almost perfectly")
    root.locator(".data-line button, .hero-caution button").click()
    expect(root.locator(".columns-grid")).to_be_visible()


def test_columns_are_found_sorted_and_opened_by_keyboard(lab: Lab) -> None:
    """The order follows what they tell, search narrows, Enter opens what a column holds."""
    _, dashboard = opened(lab, WAITING)
    root = dashboard.root
    root.get_by_role("columnheader", name="predictive power").get_by_role("button").click()
    names = root.locator(".columns-grid .grid-rows .cut")
    expect(names.first).to_have_text("left_on")
    root.get_by_label("Find a column").fill("region")
    expect(names).to_have_text(["region", "region_code"])
    expect(root.locator(".data-table")).to_contain_text("2 of 11 columns match")
    grid = root.get_by_role("grid", name=re.compile("^Columns"))
    grid.focus()
    grid.press("ArrowDown")
    grid.press("Enter")
    card = root.locator(".column-card")
    expect(card).to_contain_text("What is in region?")
    expect(card.locator(".levels li")).to_have_count(4)
    expect(card).to_contain_text("On its own it reaches ROC AUC")
    root.get_by_label("Find a column").fill("no such column")
    expect(root.locator(".none-found")).to_contain_text("No column matches “no such column”.")


def test_columns_change_in_the_middle_of_a_run(lab: Lab) -> None:
    """What a change would do stands there first; then earlier trials are behind a filter, and undo brings them back."""
    notebook, dashboard = opened(lab, SHOW)
    root = dashboard.root
    dashboard.wait_for_scores(4)
    assert notebook.value("sorted(session.state.outside)") == []

    dashboard.open_tab("Data")
    warning(dashboard, "copy:left_on").get_by_role("button", name="Drop left_on").click()
    expect(warning(dashboard, "copy:left_on")).to_have_count(0)
    assert notebook.value("[one.name for one in session.task.columns if one.role == 'ignored']").count("left_on") == 1
    grey = notebook.value("sorted(session.state.outside)")
    assert len(grey) >= 3
    dashboard.open_tab("Trials")
    expect(root.get_by_role("button", name="before the data changed")).to_contain_text(f"{len(grey)}")
    root.get_by_role("button", name="before the data changed").click()
    expect(root.locator(".grid-row.grey").first).to_be_visible()
    assert notebook.value("session.state.warned")["copy:left_on"] == "Drop left_on"
    assert notebook.value("str(session.state.phase)") == "running"
    dashboard.open_tab("Data")
    expect(root.locator(".data-draft")).to_contain_text("Applied: excluded left_on.")

    role = column(dashboard, "region_code").get_by_role("combobox")
    role.focus()
    role.select_option(label="category")
    draft = root.locator(".data-draft")
    expect(draft).to_contain_text("region_code is categorical.")
    expect(draft.locator(".code")).to_contain_text('session.set_role("region_code", "categorical")')
    assert notebook.value("session.state.steering.data.roles.get('region_code')") is None
    lab.screenshot("data-draft", root)
    draft.get_by_role("button", name="Apply").click()
    expect(draft).to_contain_text("Applied: ")
    assert notebook.value("str(session.state.steering.data.roles['region_code'].role)") == "categorical"
    draft.get_by_role("button", name="Undo").click()
    expect(draft).to_contain_text("Undone: ")
    assert notebook.value("session.state.steering.data.roles.get('region_code')") is None
    expect(role).to_have_value("numeric")

    notebook.run(notebook.add("session.undo()"))
    assert not set(grey) & set(notebook.value("sorted(session.state.outside)"))
    expect(warning(dashboard, "copy:left_on")).to_be_visible()


def test_missing_cells_and_categories_are_chosen_in_the_card(lab: Lab) -> None:
    """Filling and encoding are one change; a wrong value is said so, and several columns go together."""
    notebook, dashboard = opened(lab, WAITING)
    root = dashboard.root
    column(dashboard, "support").locator(".cut").click()
    card = root.locator(".column-card")
    expect(card).to_contain_text("What is in support?")
    card.get_by_label("Missing cells become").first.select_option(label="a separate category")
    card.get_by_label("Categories become").select_option(label="the mean of the target")
    column(dashboard, "tenure").locator(".cut").click()
    card.get_by_label("Missing cells become").first.select_option(label="this value:")
    value = card.get_by_label("Value for missing cells of tenure")
    value.fill("many")
    expect(card).to_contain_text("Enter a number, for example 0.")
    value.fill("0")
    column(dashboard, EVIL).locator(".cut").click()
    card.get_by_role("button", name="Leave out").click()
    draft = root.locator(".data-draft")
    expect(draft).to_contain_text("No trial has finished yet")
    draft.get_by_role("button", name="Apply").click()
    expect(draft).to_contain_text("Applied: ")
    data = notebook.value(
        "{'filling': dict(session.state.steering.data.filling), 'encoding': dict(session.state.steering.data.encoding),"
        " 'roles': {name: str(one.role) for name, one in session.state.steering.data.roles.items()}}"
    )
    assert data == {
        "filling": {"support": "own_level", "tenure": {"value": 0}},
        "encoding": {"support": "target_mean"},
        "roles": {EVIL: "ignored"},
    }
    card.get_by_role("button", name="Include").click()
    expect(draft).to_contain_text(f"included {EVIL}", ignore_case=True)
    draft.get_by_role("button", name="Discard").click()
    expect(draft).not_to_contain_text("included", ignore_case=True)
    assert lab.dialogs == []


def test_it_reads_well_at_every_width(lab: Lab) -> None:
    """Nothing is cut off or scrolls sideways, from a narrow sidebar to a wide screen, light and dark."""
    _, dashboard = opened(lab, WAITING)
    column(dashboard, "charges").locator(".cut").click()
    expect(dashboard.root.locator(".spread .bar-of").first).to_be_visible()
    for theme in THEMES:
        lab.theme(theme)
        for width in (1100, 900, 640, 480, 360, 300):
            dashboard.wide(width)
            expect(column(dashboard, "tenure")).to_be_visible()
            assert dashboard.sideways() == []
            lab.screenshot(f"data-{theme}-{width}", dashboard.root)


def test_the_split_and_the_target_are_changed_in_the_page_and_undone(lab: Lab) -> None:
    """The cards say what the change would do, Python has it after the click, and undo returns to what was before."""
    notebook, dashboard = opened(lab, WRONG_LABELS + SHOW)
    notebook.wait_for("session.state.best is not None")
    card = dashboard.root.locator("section.division")
    expect(card).to_contain_text("5-fold cross-validation")
    card.get_by_role("button", name="Change the split").click()
    card.get_by_label("Folds").fill("3")
    card.get_by_label("Keep together").select_option("region")
    expect(card.locator(".row-effect")).to_contain_text("set aside")
    expect(card.locator(".row-effect")).to_contain_text('session.set_split(cv=3, groups="region")')
    card.get_by_role("button", name="Use this split").click()
    expect(card).to_contain_text("3-fold cross-validation grouped by region")
    assert notebook.value("session.task.split.group_column") == "region"
    notebook.wait_for("session.state.best is not None and len(session.state.best_trial.folds) == 3")
    lab.screenshot("data-split-changed")
    card.get_by_role("button", name="Undo").click()
    expect(card).to_contain_text("5-fold cross-validation, on")
    assert notebook.value("session.state.view") == 0
    labels_are_reviewed(lab, notebook, dashboard)
    target_is_changed(lab, notebook, dashboard)


def target_is_changed(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """Another column is predicted after one click, and undo returns to the former target."""
    card = dashboard.root.locator("section.column-card")
    target = notebook.value("session.task.target")
    card.get_by_role("button", name="Change the target…").click()
    card.get_by_label("Predict").select_option("tenure")
    expect(card.locator(".row-effect")).to_contain_text("tenure is a number, scored by RMSE.")
    card.get_by_role("button", name="Predict tenure").click()
    expect(card).to_contain_text("How is tenure distributed?")
    expect(dashboard.bar).to_contain_text("RMSE")
    assert notebook.value("session.task.target") == "tenure"
    lab.screenshot("data-target-changed")
    card.get_by_role("button", name="Undo").click()
    expect(card).to_contain_text(f"How is {target} distributed?")


def labels_are_reviewed(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """Keys answer one row after the other, one act applies the answers, and a column with an evil name is text."""
    card = dashboard.root.locator("section.labels")
    card.get_by_role("button", name="Check the labels").click()
    suspect = card.locator(".suspect")
    expect(suspect.locator(".suspect-cells")).to_contain_text(EVIL)
    lab.screenshot("data-labels", card)
    number = re.compile(r"Row (\d+)")
    rows = []
    for key in ("k", "Enter"):
        rows.append(int(number.findall(suspect.locator("h4").inner_text())[0]))
        lab.page.keyboard.press(key)
        expect(suspect.locator("h4")).not_to_contain_text(f"Row {rows[-1]} ")
    expect(card.locator(".labels-draft")).to_contain_text("1 label changed, 1 kept.")
    card.get_by_role("button", name="Apply 1 change").click()
    expect(card).to_contain_text("Applied: changed the label of 1 row and confirmed")
    assert notebook.value("sorted(session.state.steering.reviewed)") == sorted(rows)
    assert notebook.value("session.state.steering.data.rows.relabelled") == 1
    card.get_by_role("button", name="Undo").click()
    notebook.wait_for("not session.state.steering.reviewed and session.state.view == 0")
    assert lab.dialogs == []
