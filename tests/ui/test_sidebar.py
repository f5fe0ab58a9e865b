"""The sidebar in a real JupyterLab: the sessions of the notebook in front, and what can be done with them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, expect

from tests.ui.dashboard import SHOW, TABLE, Dashboard, show
from tests.ui.lab import SCREENSHOTS, Lab, LabServer, Notebook
from tests.ui.sidebar import Sidebar

# Ends early when it sees the pause; it keeps the kernel's main thread busy all the while.
BUSY = """
end = time.monotonic() + 120
while session.state.phase != "paused" and time.monotonic() < end:
    time.sleep(0.02)
seen = str(session.state.phase)
"""
# Milliseconds from an act until a selector inside the sidebar's shadow root is there, measured in the page.
WATCH = """
async ([act, there]) => {
  const root = document.querySelector("#hitl-widget-sidebar").shadowRoot;
  const seen = () => [...root.querySelectorAll("button, article")].some((one) => there.startsWith("article")
    ? one.tagName === "ARTICLE" : one.textContent.trim() === there);
  const start = performance.now();
  if (act.startsWith("notebook:")) window.jupyterapp.shell.activateById(act.slice(9));
  else [...root.querySelectorAll("button")].find((one) => one.textContent.trim() === act).click();
  while (!seen()) {
    if (performance.now() - start > 20000) throw new Error(`${there} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return performance.now() - start;
}
"""

IN_FRONT = """
() => {
  const { context } = hitl.app().shell.currentWidget;
  return context.ready.then(() => context.path);
}
"""

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def notebook(lab: Lab) -> Notebook:
    notebook = lab.open([TABLE, SHOW, BUSY])
    notebook.run(0)
    return notebook


@pytest.fixture
def sidebar(lab: Lab) -> Sidebar:
    return Sidebar(lab)


def test_a_kernel_without_sessions_says_how_to_begin(lab: Lab) -> None:
    """The cell is offered and inserted; a kernel that never imported the package hears nothing of it."""
    before = lab.server.log.read_text()
    notebook = lab.open(["1 + 1", ""], name="fresh")  # with a kernel that no test has used
    sidebar = Sidebar(lab)
    expect(sidebar.root).to_contain_text("This notebook has no session yet.")
    expect(sidebar.root).to_contain_text('session = AutoMLSession(df, "target")')
    notebook.run(0)
    lab.screenshot("sidebar-begin")
    sidebar.button("Insert cell").click()
    sources = notebook.sources()
    assert len(sources) == 3
    assert 'AutoMLSession(df, "target")' in sources[1]
    assert notebook.value("'hitl_widget' in __import__('sys').modules") is False
    assert "No such comm" not in lab.server.log.read_text().removeprefix(before)


def test_a_session_is_listed_and_paused_while_a_cell_runs(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """The session of the notebook stands in the sidebar; a pause is heard while another cell runs."""
    dashboard = show(notebook, 1)
    card = sidebar.card("churn")
    expect(card).to_contain_text("compared with")
    notebook.start(2)
    card.get_by_role("button", name="Pause").click()
    expect(card.get_by_role("button", name="Resume")).to_be_visible()
    notebook.wait(2)
    assert notebook.value("seen") == "paused"
    expect(dashboard.button("Resume").first).to_be_visible()
    card.get_by_role("button", name="Autopilot").click()
    assert notebook.wait_for("str(session.autonomy) == 'autopilot'")

    card.get_by_role("button", name="Stop").click()
    card.get_by_role("button", name="Stop").click()
    expect(card).to_contain_text("finished")
    assert notebook.value("session.wait(5)") is True


def test_each_notebook_has_its_own_sessions(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """Two sessions of one notebook stand together; the other notebook has none; an ended one leaves the list."""
    show(notebook, 1)
    second = notebook.add('second = AutoMLSession(table, "tenure", budget=600, workers=1, autonomy="user")')
    notebook.run(second)
    expect(sidebar.cards).to_have_count(2)
    expect(sidebar.card("tenure")).to_contain_text("ready")
    other = lab.open(["pass"])
    expect(sidebar.cards).to_have_count(0)
    expect(sidebar.button("Insert cell")).to_be_visible()
    lab.activate(notebook)
    expect(sidebar.cards).to_have_count(2)
    notebook.run(notebook.add("second.close()"))
    expect(sidebar.cards).to_have_count(1)
    other.close(shut_down=True)
    expect(sidebar.card("churn")).to_be_visible()


def test_a_session_comes_back_after_a_restart(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """With the kernel its sessions are gone; the list of those on disk brings one back, with all its trials."""
    show(notebook, 1).wait_for_scores(1)
    sidebar.card("churn").get_by_role("button", name="Open dashboard").click()
    beside = Dashboard(lab.page.locator("[id^='hitl-dashboard-']"))
    beside.wait_for_scores(1)
    path, count = notebook.value("[session.path, len(session.trials)]")
    notebook.restart_kernel()
    expect(sidebar.cards).to_have_count(0)
    expect(sidebar.button("Insert cell")).to_be_visible()
    expect(beside.root).to_contain_text("The kernel of this session is no longer running.")

    sidebar.root.get_by_text("Recent sessions on disk").click()
    resume = sidebar.root.locator("li").filter(has=lab.page.get_by_title(path, exact=True)).get_by_role("button")
    expect(resume).to_be_visible()
    lab.screenshot("sidebar-recent")
    resume.click()
    card = sidebar.card("churn")
    expect(card).to_contain_text("paused")
    loaded, trials = notebook.value("[session.path, len(session.trials)]")
    assert loaded == path
    assert trials >= count
    expect(beside.button("Resume").first).to_be_visible()


def test_the_dashboard_stands_beside_the_notebook(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """The dashboard in a tab of its own: what is done there is seen in the sidebar, and the cell is a click away."""
    show(notebook, 1)
    card = sidebar.card("churn")
    card.get_by_role("button", name="Open dashboard").click()
    beside = Dashboard(lab.page.locator("[id^='hitl-dashboard-']"))
    beside.wait_for_scores(1)
    beside.button("Pause").click()
    expect(card.get_by_role("button", name="Resume")).to_be_visible()
    lab.screenshot("sidebar-dashboard")
    card.get_by_role("button", name="Open dashboard").click()
    expect(beside.root).to_have_count(1)

    notebook.scroll_to(2)
    card.get_by_role("button", name="Jump to cell").click()
    expect(lab.page.locator(".jp-Notebook .jp-Cell.jp-mod-active .jp-InputArea")).to_be_in_viewport()
    assert notebook.active_cell() == 1
    lab.page.locator(".lm-TabBar-tab.lm-mod-current").filter(has_text="churn").locator(
        ".lm-TabBar-tabCloseIcon"
    ).click()
    expect(beside.root).to_have_count(0)
    expect(card).to_be_visible()


@pytest.mark.own_page
def test_a_dashboard_that_is_gone_says_what_to_do(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """After an update under an open page its old files are not there: the tab says so, the sidebar goes on."""
    show(notebook, 1)
    lab.page.route("**/hitl_widget/static/full-*.js", lambda route: route.fulfill(status=404))
    sidebar.button("Open dashboard").click()
    expect(lab.page.locator("[id^='hitl-dashboard-']").get_by_role("alert")).to_contain_text("Reload the page.")
    sidebar.button("Pause").click()
    expect(sidebar.button("Resume")).to_be_visible()
    lab.errors[:] = [error for error in lab.errors if "404" not in error]


def test_a_page_finds_the_sessions_of_a_busy_kernel(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """After a reload in the middle of a long cell the session is listed and can be paused at once."""
    show(notebook, 1).wait_for_scores(1)
    notebook.save()
    notebook.start(2)
    lab.reload()
    lab.open_path(notebook.path, idle=False)
    sidebar = Sidebar(lab)
    card = sidebar.card("churn")
    card.get_by_role("button", name="Pause").click()
    expect(card.get_by_role("button", name="Resume")).to_be_visible()
    assert notebook.value("seen") == "paused"


def test_a_reloaded_page_finds_its_session(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """After a reload with a kernel at rest the session is listed, and what is pressed is done."""
    show(notebook, 1)
    notebook.save()
    lab.reload()
    notebook = lab.open_path(notebook.path)
    sidebar = Sidebar(lab)
    sidebar.card("churn").get_by_role("button", name="Pause").click()
    assert notebook.wait_for("str(session.state.phase) == 'paused'")
    expect(sidebar.button("Resume")).to_be_visible()


def test_a_lost_connection_comes_back(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """While the page has no connection the card says so and takes no clicks; afterwards it goes on as before."""
    show(notebook, 1)
    pause = sidebar.card("churn").get_by_role("button", name="Pause")
    expect(pause).to_be_enabled()
    socket = "(path) => hitl.panel(path).sessionContext.session.kernel"
    # As when a laptop sleeps: the socket closes, and JupyterLab opens another one after some time.
    lab.page.evaluate(
        f"(path) => {{ const kernel = ({socket})(path); kernel._reconnectAttempt = 2; kernel._ws.close(4000); }}",
        notebook.path,
    )
    expect(sidebar.root).to_contain_text("The kernel is not responding.")
    expect(pause).to_be_disabled()
    expect(pause).to_be_enabled()
    pause.click()
    expect(sidebar.button("Resume")).to_be_visible()
    assert notebook.value("str(session.state.phase)") == "paused"
    lab.errors[:] = [error for error in lab.errors if "Connection lost" not in error]


def test_a_kernel_that_is_shut_down_or_changed_takes_its_sessions_along(lab: Lab, notebook: Notebook) -> None:
    """Without a kernel the sidebar says so; in the next kernel there is nothing yet."""
    sidebar = Sidebar(lab)
    show(notebook, 1)
    expect(sidebar.cards).to_have_count(1)
    act = "(path) => hitl.panel(path).sessionContext.{}.then(() => null)".format
    lab.page.evaluate(act("shutdown()"), notebook.path)
    expect(sidebar.cards).to_have_count(0)
    expect(sidebar.root).to_contain_text("This notebook has no kernel yet.")
    lab.page.evaluate(act('changeKernel({ name: "python3" })'), notebook.path)
    notebook.wait_for_kernel()
    expect(sidebar.root).to_contain_text("This notebook has no session yet.")
    expect(sidebar.root.get_by_text("Recent sessions on disk")).to_be_visible()


@pytest.fixture
def default_settings(lab: Lab) -> Iterator[None]:
    """The settings are as by default again after the test."""
    yield
    lab.page.evaluate("() => hitl.app().serviceManager.settings.save('hitl_widget:plugin', '{}')")


@pytest.mark.usefixtures("default_settings")
def test_settings_are_written_into_the_cell(lab: Lab, sidebar: Sidebar) -> None:
    """Autonomy, budget and workers from the settings stand in the cell that begins a session."""
    notebook = lab.open([""])
    lab.command("settingeditor:open", {"query": "AutoML"})
    field = "[id='jp-SettingsEditor-hitl_widget:plugin_{}']".format
    lab.page.locator(field("budget")).fill("1200")
    lab.page.locator(field("workers")).fill("2")
    lab.page.locator(field("autonomy")).select_option(label="user")
    expect(sidebar.root).to_contain_text('budget=1200, workers=2, autonomy="user"')
    lab.screenshot("settings")
    lab.activate(notebook)
    lab.command("hitl-widget:insert-cell")
    assert 'AutoMLSession(df, "target", budget=1200, workers=2, autonomy="user")' in notebook.sources()[0]
    lab.command("hitl-widget:quickstart")
    made = Notebook(lab, lab.page.evaluate(IN_FRONT))
    assert 'AutoMLSession(table, "benign", budget=1200, workers=2)' in made.sources()[3]


def test_the_launcher_opens_the_quickstart(lab: Lab) -> None:
    """A card of the launcher makes a notebook whose table comes with scikit-learn."""
    lab.command("launcher:create")
    card = lab.page.locator(".jp-LauncherCard").filter(has_text="AutoML Quickstart")
    expect(card).to_be_visible()
    assert card.get_by_role("img").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    for theme in ("dark", "light"):
        lab.theme(theme)
        lab.screenshot(f"launcher-{theme}")
    card.click()
    expect(lab.page.locator(".jp-Notebook", has_text="load_breast_cancer")).to_be_visible()
    notebook = Notebook(lab, lab.page.evaluate(IN_FRONT))
    notebook.wait_for_kernel()
    notebook.run(1)
    notebook.run(3)
    expect(Sidebar(lab).card("benign")).to_be_visible()


def test_the_palette_knows_the_acts(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """What the sidebar does is in the command palette too; an act that is not possible now is not offered."""
    enabled = "(id) => hitl.app().commands.isEnabled(id)"
    assert not lab.page.evaluate(enabled, "hitl-widget:pause")
    show(notebook, 1)
    expect(sidebar.card("churn")).to_contain_text("trial")
    assert not lab.page.evaluate(enabled, "hitl-widget:resume")
    lab.command("hitl-widget:pause")
    expect(sidebar.button("Resume")).to_be_visible()
    lab.command("hitl-widget:resume")
    expect(sidebar.button("Pause")).to_be_visible()
    lab.command("hitl-widget:open-dashboard")
    expect(Dashboard(lab.page.locator("[id^='hitl-dashboard-']")).bar).to_be_visible()
    notebook.scroll_to(0)
    lab.command("hitl-widget:jump-to-cell")
    assert notebook.active_cell() == 1

    lab.page.evaluate("() => { hitl.app().commands.execute('hitl-widget:stop'); }")
    dialog = lab.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("The search on churn stops.")
    dialog.get_by_role("button", name="Keep searching").click()
    expect(dialog).to_have_count(0)
    assert notebook.value("str(session.state.phase)") == "running"
    lab.page.evaluate("() => { hitl.app().commands.execute('hitl-widget:stop'); }")
    lab.screenshot("sidebar-stop")
    dialog.get_by_role("button", name="Stop").click()
    assert notebook.wait_for("str(session.state.phase) == 'finished'")
    assert not lab.page.evaluate(enabled, "hitl-widget:stop")


def test_the_shortcuts_are_its_own(lab: Lab, notebook: Notebook) -> None:
    """The keys show the sidebar and the dashboard, also from a cell; nothing else of JupyterLab has them."""
    show(notebook, 1)
    bound = lab.page.evaluate(
        """() => {
          const all = hitl.app().commands.keyBindings.map(({ command, keys }) => [command, keys.join(" ")]);
          const mine = all.filter(([command]) => command.startsWith("hitl-widget:"));
          return Object.fromEntries(mine.map(([command, keys]) =>
            [command, all.filter(([, other]) => other === keys).map(([name]) => name)]));
        }"""
    )
    assert bound == {name: [name] for name in ("hitl-widget:show-sidebar", "hitl-widget:open-dashboard")}
    sidebar = lab.page.locator("#hitl-widget-sidebar")
    expect(sidebar).to_be_hidden()
    lab.activate(notebook)
    lab.page.keyboard.press("Control+Shift+A")
    expect(sidebar).to_be_visible()
    expect(sidebar.get_by_role("article")).to_have_count(1)
    lab.page.locator(".jp-Notebook .cm-content").first.click()
    lab.page.keyboard.press("Control+Shift+O")
    expect(Dashboard(lab.page.locator("[id^='hitl-dashboard-']")).bar).to_be_visible()


def test_the_sidebar_reads_well(lab: Lab, notebook: Notebook, sidebar: Sidebar) -> None:
    """At 300 pixels nothing is cut off, in the light and in the dark."""
    show(notebook, 1)
    card = sidebar.card("churn")
    expect(card).to_contain_text("compared with")
    sidebar.width(300)
    for theme in ("light", "dark"):
        lab.theme(theme)
        lab.screenshot(f"sidebar-{theme}", lab.page.locator("#hitl-widget-sidebar"))
        assert sidebar.root.evaluate("(side) => side.scrollWidth <= side.clientWidth")
    lab.theme("light")


def test_how_fast_it_is(lab: Lab, notebook: Notebook, sidebar: Sidebar, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the time until a session is listed, and until a pause is done while a cell computes."""
    show(notebook, 1).wait_for_scores(2)
    other = lab.open(["pass"])
    listed, paused = [], []
    for _ in range(5):
        lab.activate(other)
        expect(sidebar.cards).to_have_count(0)
        listed.append(lab.page.evaluate(WATCH, [f"notebook:{notebook.panel_id()}", "article"]))
    for _ in range(5):
        notebook.start(2)
        paused.append(lab.page.evaluate(WATCH, ["Pause", "Resume"]))
        notebook.wait(2)
        notebook.value("session.resume()")
        expect(sidebar.button("Pause")).to_be_visible()
    with capsys.disabled():
        listed_ms, paused_ms = (json.dumps([round(one) for one in times]) for times in (listed, paused))
        print(
            f"\n[notebook in front -> listed: {listed_ms} ms; Pause -> done while a cell runs: {paused_ms} ms]", end=" "
        )
    assert len(listed) == len(paused) == 5


def test_the_sidebar_in_notebook_7(lab_server: LabServer, browser: Browser) -> None:
    """The same keys show it there; it lists, pauses, jumps, and opens the dashboard below the notebook."""
    pytest.importorskip("notebook")
    name = f"{uuid.uuid4().hex}.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in (TABLE, SHOW)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, lab_server.notebooks / name)
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    try:
        page.goto(f"{lab_server.url}/notebooks/{name}")
        expect(page.locator(".jp-CodeCell")).to_have_count(2)
        expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible()
        side = page.locator("#hitl-widget-sidebar .side")
        page.keyboard.press("Control+Shift+A")
        expect(side).to_contain_text("This notebook has no session yet.")
        page.locator(".jp-Notebook .jp-InputPrompt").first.click()
        for _ in range(2):
            page.keyboard.press("Shift+Enter")
        card = side.get_by_role("article", name="Session churn", exact=True)
        card.get_by_role("button", name="Pause").click()
        expect(card.get_by_role("button", name="Resume")).to_be_visible()
        card.get_by_role("button", name="Open dashboard").click()
        below = Dashboard(page.locator("[id^='hitl-dashboard-']"))
        below.wait_for_phase("paused")
        below.button("Resume").first.click()
        expect(card.get_by_role("button", name="Pause")).to_be_visible()
        card.get_by_role("button", name="Jump to cell").click()
        cell = page.locator(".jp-Cell.jp-mod-active .jp-InputArea")
        expect(cell).to_contain_text("session.show()")
        expect(cell).to_be_in_viewport()
        page.screenshot(path=SCREENSHOTS / "sidebar-notebook7.png")
    except BaseException:
        page.screenshot(path=SCREENSHOTS / "failed-sidebar-notebook7.png")
        raise
    finally:
        page.close()
        lab_server.shut_down_kernels()
