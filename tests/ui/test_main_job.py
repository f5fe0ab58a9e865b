"""The main job, by a person's hands: a live search in JupyterLab, and Python agrees with what was clicked."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import expect

from tests.ui.conftest import Shown
from tests.ui.dashboard import PANELS, SHOW, TABLE, Dashboard, keep_pictures, show
from tests.ui.lab import Lab, Notebook

# Ends early when it sees the pause; it keeps the kernel's main thread busy all the while.
BUSY = """
end = time.monotonic() + 120
while session.state.phase != "paused" and time.monotonic() < end:
    time.sleep(0.02)
seen = str(session.state.phase)
"""
COUNTED = re.compile(r"fold \d of 5, round [\d,]+ of (up to )?2,\d{3}, \d+ s")  # "up to" while it looks for the best
COMPLETE = '(session.trials["state"] == "complete").sum()'

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def notebook(lab: Lab) -> Notebook:
    notebook = lab.open([TABLE, SHOW, BUSY, "session.show()"])
    notebook.run(0)
    return notebook


def test_a_search_is_watched_paused_and_resumed(notebook: Notebook, dashboard: Dashboard) -> None:
    """Scores arrive, a pause is heard while another cell runs, and the search goes on after it."""
    dashboard.wait_for_scores(2)
    notebook.start(2)
    dashboard.button("Pause").click()
    expect(dashboard.button("Resume")).to_be_visible()
    notebook.wait(2)
    assert notebook.value("seen") == "paused"

    # A fold that runs may end after the pause, but no trial begins.
    before = notebook.value("session.state.started")
    dashboard.button("Resume").click()
    dashboard.wait_for_phase("trial")
    assert notebook.wait_for(f"session.state.started > {before}")


@pytest.mark.own_page
def test_a_queued_configuration_reaches_python(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """After a reload the dashboard is back; a form filled in there is a trial in `session.trials`."""
    dashboard.wait_for_scores(2)
    notebook.save()
    lab.reload()
    notebook = lab.open_path(notebook.path)
    dashboard = Dashboard(notebook.output(1))
    dashboard.wait_for_scores(2)

    dashboard.open_trial(0)
    lab.screenshot("drawer", dashboard.root)
    dashboard.button("Close Esc").click()
    dashboard.root.get_by_role("button", name="Queue a configuration").click()
    form = dashboard.drawer.locator("form")
    form.get_by_label("model", exact=True).select_option("lightgbm")
    rate = form.locator("[id='hitl-set-lightgbm.learning_rate']")
    rate.fill("abc")
    dashboard.button("Queue trial").click()
    expect(form.get_by_role("alert")).to_be_visible()
    rate.fill("0.0625")
    lab.screenshot("form", dashboard.root)
    dashboard.button("Queue trial").click()
    expect(dashboard.drawer).to_contain_text("Why was this trial run?")

    mine = "[t for t in session.trials.to_dict('records') if t['proposed_by'] == 'you']"
    (trial,) = notebook.value(mine)
    assert trial["family"] == "lightgbm"
    assert trial["config"]["lightgbm.learning_rate"] == 0.0625
    expect(dashboard.drawer).to_contain_text(f"#{trial['number']}")
    assert notebook.wait_for(f"session.trials['state'][{trial['number']}] == 'complete'")
    expect(dashboard.drawer.locator(".state-complete")).to_be_visible()


def test_a_long_fit_is_watched_and_ended(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """The rounds of a fit are counted in the list and in the drawer; ending it leaves the search to go on."""
    notebook.value("setattr(session, 'autonomy', 'user')")
    notebook.value("str(session.edit({'lightgbm.learning_rate': (1e-5, 0.3)}))")
    config = {"family": "lightgbm", "lightgbm.learning_rate": 1e-5, "lightgbm.num_leaves": 200}
    number = notebook.value(f"session.propose({config})")
    dashboard.open_tab("Trials")
    running = dashboard.root.locator(".running-now li", has_text=f"#{number}")
    expect(running).to_contain_text(COUNTED)
    running.get_by_role("button").click()
    expect(dashboard.drawer.locator(".fits")).to_contain_text(COUNTED)
    lab.screenshot("long-fit", dashboard.root)
    notebook.wait_for(f"'round' in session.workload.set_index('number').progress[{number}]")
    dashboard.button("End this trial").click()
    expect(dashboard.drawer).to_contain_text(re.compile(r"You ended it .* at round [\d,]+ of "))
    expect(dashboard.button("Run again")).to_be_enabled()
    assert notebook.value(f"session.trials['state'][{number}]") == "stopped"
    assert f"Ended #{number}, LightGBM." in notebook.value("session.journal['text'].tolist()")
    assert notebook.wait_for("session.state.count('running') == 0 and str(session.state.phase) == 'running'")


def test_stop_keeps_everything(notebook: Notebook, dashboard: Dashboard) -> None:
    """Stop asks once, then the search ends, the holdout is measured, and the model is there."""
    dashboard.wait_for_scores(3)
    dashboard.button("Stop").click()
    expect(dashboard.root).to_contain_text("Stop the search? Everything found is kept.")
    dashboard.button("Stop search").click()
    dashboard.wait_for_phase("finished")
    assert notebook.value("session.wait(5)") is True
    assert notebook.value("len(session.best_model().predict(table.drop(columns='churn')))") == 2000


def test_the_budget_is_set_in_the_dashboard(notebook: Notebook, dashboard: Dashboard) -> None:
    """A limit set by hand is the session's limit."""
    dashboard.wait_for_scores(1)
    dashboard.button("Budget").click()
    dashboard.root.get_by_label("minutes in total").fill("15")
    dashboard.root.get_by_label("trials in total").fill("500")
    dashboard.button("Set budget").click()
    expect(dashboard.root.locator(".pop")).to_have_count(0)
    assert notebook.value("[session.state.budget_seconds, session.state.budget_trials]") == [900, 500]


def test_python_shows_in_the_dashboard(notebook: Notebook, dashboard: Dashboard) -> None:
    """A pause and a proposal in Python are seen without a click."""
    dashboard.wait_for_scores(1)
    number = notebook.value("(session.pause(), session.propose({'family': 'linear'}))[1]")
    dashboard.wait_for_phase("paused")
    expect(dashboard.root.locator(f"#hitl-row-{number}")).to_contain_text("queued")


def test_two_views_of_one_session(notebook: Notebook, dashboard: Dashboard) -> None:
    """What is done in one view is seen in the other; each keeps its own tab."""
    other = show(notebook, 3)
    dashboard.wait_for_scores(1)
    expect(other.root.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")
    other.button("Pause").click()
    expect(dashboard.button("Resume")).to_be_visible()
    assert notebook.value("str(session.state.phase)") == "paused"
    dashboard.button("Resume").click()
    expect(other.button("Pause")).to_be_visible()


def test_two_sessions_in_one_notebook(notebook: Notebook, dashboard: Dashboard) -> None:
    """Two searches run beside each other and do not hear each other's clicks."""
    cell = notebook.add('second = AutoMLSession(table, "tenure", budget=600, workers=1)\nsecond.show()')
    other = show(notebook, cell)
    expect(other.bar).to_contain_text("tenure")
    expect(dashboard.bar).to_contain_text("churn")
    other.wait_for_scores(1)
    other.button("Pause").click()
    expect(other.button("Resume")).to_be_visible()
    expect(dashboard.button("Pause")).to_be_visible()
    phases = notebook.value("[str(session.state.phase), str(second.state.phase)]")
    assert phases == ["running", "paused"]


def test_the_cell_is_run_again(notebook: Notebook, dashboard: Dashboard) -> None:
    """Running the cell again gives a new session in the place of the old dashboard, and the old one rests."""
    dashboard.wait_for_scores(1)
    notebook.run(notebook.add("before = session"))
    first = notebook.value("session.path")
    again = show(notebook, 1)
    assert notebook.value("str(before.state.phase)") == "paused"
    expect(notebook.output(1).locator(".hitl")).to_have_count(1)
    assert notebook.value("session.path") != first
    again.wait_for_scores(1)
    again.button("Pause").click()
    expect(again.button("Resume")).to_be_visible()
    assert notebook.value("str(session.state.phase)") == "paused"


def test_the_kernel_is_restarted_under_an_open_page(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """The dashboard says that the kernel is gone and gives the line that takes the session up again."""
    dashboard.wait_for_scores(2)
    path, done = notebook.value(f"[session.path, int({COMPLETE})]")
    notebook.restart_kernel()
    expect(dashboard.root).to_contain_text("AutoMLSession.load")
    expect(dashboard.root).to_contain_text("Nothing is lost")
    lab.screenshot("kernel-gone", dashboard.root)

    cell = notebook.add(
        f"from hitl_widget import AutoMLSession\nsession = AutoMLSession.load({path!r})\nsession.show()"
    )
    again = show(notebook, cell)
    again.wait_for_scores(1)
    assert notebook.value(f"int({COMPLETE})") >= done
    assert notebook.value("str(session.state.phase)") == "paused"


def test_a_saved_notebook_without_a_kernel(lab: Lab, notebook: Notebook) -> None:
    """Opened without a kernel, a saved notebook shows what was understood and found, with a picture."""
    cell = notebook.add('session = AutoMLSession(table, "churn", max_trials=3)\nsession.show()')
    show(notebook, cell).wait_for_phase("finished")
    saved = notebook.save()
    notebook.close(shut_down=True)
    copy = lab.open(nbformat.from_dict(saved), kernel=False)
    area = copy.output(cell)
    expect(area).to_contain_text("Binary classification of")
    expect(area.locator("img, svg").first).to_be_visible()
    lab.screenshot("saved-without-kernel", area)


def test_a_hostile_column_name_does_nothing(finished: Shown) -> None:
    """A column named like a tag is text in every panel and in the drawer of a trial."""
    lab, notebook, dashboard = finished
    for panel in PANELS:
        dashboard.open_tab(panel)
        dashboard.settled()
        assert dashboard.root.locator("img[src='x']").count() == 0
    dashboard.open_tab("Trials")
    dashboard.open_trial(1)
    assert dashboard.root.locator("img[src='x']").count() == 0
    assert lab.dialogs == []
    assert notebook.value("str(session.state.phase)") == "finished"


def test_pictures(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """A running search is shown in light and dark, wide and at 480 px, and nothing sticks out."""
    lab.resize(1400, 1400)
    dashboard.wait_for_scores(6)
    keep_pictures(lab, dashboard, ("Overview", "Trials"))
