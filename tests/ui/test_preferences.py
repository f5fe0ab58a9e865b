"""Preferences by a person's hands: what is answered, dragged and limited in JupyterLab is what Python has."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.dashboard import SHOW, TABLE, THEMES, Dashboard, drag, quick
from tests.ui.lab import Lab, Notebook

EVIL = "<img src=x onerror=alert(1)>"

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.fixture
def notebook(lab: Lab) -> Notebook:
    lab.resize(1300, 1400)
    notebook = lab.open([TABLE, quick(SHOW)])
    notebook.run(0)
    return notebook


def open_preferences(dashboard: Dashboard) -> None:
    """Open the panel and wait for a pair on the cards."""
    dashboard.wait_for_scores(6)
    dashboard.open_tab("Preferences")
    expect(ready(dashboard)).to_be_visible()
    dashboard.unfold()


def ready(dashboard: Dashboard) -> Locator:
    """The cards, when an answer to them is taken."""
    return dashboard.root.locator(".versus-box:not(.busy)")


def another(dashboard: Dashboard, last: tuple[int, ...]) -> tuple[int, ...]:
    """Wait for a pair that is not the last one: while nothing more is to be asked, new trials may bring it."""
    found: list[int] | None = dashboard.root.evaluate(
        """async (root, last) => {
          const pair = () => [...root.querySelectorAll(".versus-box:not(.busy) .head .faint")]
            .map((one) => Number(one.innerText.slice(1)));
          const end = performance.now() + 300000;
          for (let now = pair(); performance.now() < end; now = pair()) {
            if (now.length === 2 && now.join() !== last.join()) return now;
            await new Promise(requestAnimationFrame);
          }
          return null;
        }""",
        list(last),
    )
    assert found is not None, f"no pair after {last}"
    return tuple(found)


def test_five_pairs_are_answered_by_key_during_a_run(notebook: Notebook, dashboard: Dashboard) -> None:
    """Each answer is an act in Python, no pair comes twice, the search learns from them, and `u` takes one back."""
    notebook.value("session.objectives('predict_ms', 'complexity', 'fit_seconds', 'size_mb', 'stability')")
    open_preferences(dashboard)
    keyboard = dashboard.root.page.keyboard
    seen: list[tuple[int, ...]] = [()]
    for key, answer in (("a", "a"), ("ArrowRight", "b"), ("e", "equal"), ("b", "b"), ("s", "skip")):
        if key == "ArrowRight":
            dashboard.root.locator(".question h3").click()
        first, second = now = another(dashboard, seen[-1])
        seen.append(now)
        keyboard.press(key)
        notebook.wait_for(f"len(session.state.preferences.comparisons) == {len(seen) - 1}")
        last = notebook.value("session.state.preferences.comparisons[-1].as_json()")
        assert last == {"first": first, "second": second, "answer": answer}
        expect(dashboard.root.locator(".said")).to_contain_text("Skipped" if answer == "skip" else "Recorded")
    assert len({frozenset(one) for one in seen[1:]}) == 5
    assert notebook.value("session.state.acts[-1].author") == "you"
    preferred = notebook.wait_for("session.preferred_trial()")
    assert notebook.value("session.state.learnt.answers") == 4
    expect(dashboard.root.locator(".lead")).to_contain_text(f"#{preferred}")

    begun = notebook.value("len(session.state.trials)")
    notebook.wait_for(f"any('expected preference' in one.why for one in list(session.state.trials)[{begun}:])")

    keyboard.press("u")
    notebook.wait_for("len(session.state.preferences.comparisons) == 4")
    assert another(dashboard, ()) == (first, second)


def test_the_leaderboard_follows_what_is_preferred(notebook: Notebook, dashboard: Dashboard) -> None:
    """Once an answer was given the table is sorted by it, the preferred trial is marked, and a click sorts by time."""
    open_preferences(dashboard)
    dashboard.root.get_by_role("button", name="B is better").click()
    preferred = notebook.wait_for("session.preferred_trial()")
    notebook.value("session.pause()")
    dashboard.open_tab("Trials")
    header = dashboard.root.get_by_role("columnheader", name=re.compile("^utility"))
    expect(header).to_have_attribute("aria-sort", "descending")
    preferred = notebook.value("session.preferred_trial()")
    expect(dashboard.root.locator(".grid-row.yours")).to_have_attribute("data-number", str(preferred))
    dashboard.root.get_by_role("columnheader", name=re.compile("^prediction time")).get_by_role("button").click()
    expect(dashboard.root.get_by_role("columnheader", name=re.compile("^prediction time"))).to_have_attribute(
        "aria-sort", "ascending"
    )


def test_a_limit_is_set_by_click_moved_softened_and_lifted(notebook: Notebook, dashboard: Dashboard) -> None:
    """What stands in the form, on the line and in the sentence is a constraint in Python."""
    open_preferences(dashboard)
    rules = "[[one.text, one.hard] for one in session.state.preferences.constraints]"
    dashboard.root.get_by_role("button", name="+ Add a constraint").click()
    form = dashboard.root.get_by_role("form", name="New constraint")
    form.get_by_role("textbox", name="Limit").fill("50")
    form.get_by_role("button", name="Add constraint").click()
    assert notebook.wait_for(rules) == [["predict_ms <= 50", True]]
    expect(dashboard.root.locator(".constraint")).to_contain_text("at most 50 ms")

    line = dashboard.root.get_by_role("slider", name="Constraint: prediction time <=")
    line.scroll_into_view_if_needed()
    line.focus()
    for _ in range(3):
        line.press("Shift+ArrowLeft")
    notebook.wait_for(f"{rules} != [['predict_ms <= 50', True]]")
    moved = notebook.value("session.state.preferences.constraints[0].limit")
    assert 1 < moved < 50
    notebook.value("session.stop()")  # new models would change the scale under the pointer
    notebook.wait_for("session.state.phase == 'finished'")
    expect(dashboard.root.locator(".constraint")).not_to_contain_text("at most 50 ms")
    drag(line, -60)
    assert notebook.wait_for(f"session.state.preferences.constraints[0].limit < {moved}")

    dashboard.root.locator(".constraint").get_by_role("button", name="should").click()
    notebook.wait_for("not session.state.preferences.constraints[0].hard")
    dashboard.root.locator(".constraint").get_by_role("button", name=re.compile("^Remove")).click()
    notebook.wait_for("not session.state.preferences.constraints")

    dashboard.root.get_by_role("button", name="+ Add a constraint").click()
    form.get_by_role("textbox", name="or type the constraint").fill("predict_ms << 5")
    form.get_by_role("button", name="Add constraint").click()
    expect(form.get_by_role("alert")).to_contain_text("predict_ms")


def test_the_front_is_brushed_and_required(notebook: Notebook, dashboard: Dashboard) -> None:
    """A dragged rectangle narrows the leaderboard; required, its sides are constraints in Python."""
    open_preferences(dashboard)
    plot = dashboard.root.locator(".plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    mouse = plot.page.mouse
    mouse.move(box["x"] + 70, box["y"] + 30)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6, steps=6)
    mouse.up()
    bar = dashboard.root.locator(".only-here")
    expect(bar).to_contain_text("in this region")
    bar.get_by_role("button", name="Show as a table").click()
    expect(dashboard.root.locator(".lead")).to_contain_text("match")
    expect(dashboard.root.locator(".chip.only")).to_be_visible()
    dashboard.open_tab("Preferences")
    assert notebook.value("len(session.state.preferences.constraints)") == 0
    bar.get_by_role("button", name="Add as constraint").click()
    notebook.wait_for("len(session.state.preferences.constraints) > 0")
    assert notebook.value("all(one.hard for one in session.state.preferences.constraints)")
    expect(bar).not_to_contain_text("in this region")


def test_goals_are_set_on_the_bars_and_given_back(notebook: Notebook, dashboard: Dashboard) -> None:
    """The violet handle is a weight in Python; "let the answers decide" takes all of them away."""
    open_preferences(dashboard)
    handle = dashboard.root.get_by_role("slider", name="Weight of prediction time")
    handle.scroll_into_view_if_needed()
    handle.focus()
    for _ in range(3):
        handle.press("Shift+ArrowRight")
    weights = notebook.wait_for("dict(session.state.preferences.goals.weights)")
    assert weights["predict_ms"] > max(value for name, value in weights.items() if name != "predict_ms")
    notebook.wait_for("session.preferred_trial() is not None")
    dashboard.root.get_by_role("button", name="Use my answers instead").click()
    notebook.wait_for("not session.state.preferences.goals.weights")


def test_objectives_are_added_and_groups_looked_at(notebook: Notebook, dashboard: Dashboard, lab: Lab) -> None:
    """An added objective is measured of the trials there are; a judgement of groups stands in the journal as said."""
    open_preferences(dashboard)
    dashboard.root.get_by_role("button", name="+ Add an objective").click()
    dashboard.root.locator(".offer", has_text="columns used").click()
    notebook.wait_for("'columns_used' in session.state.preferences.objectives")
    expect(dashboard.root.locator(".versus")).to_contain_text("columns used")
    dashboard.root.get_by_role("button", name="+ Add an objective").click()
    dashboard.root.get_by_role("button", name="cost of mistakes").click()
    dashboard.root.get_by_role("textbox", name="churn is yes, predicted no").fill("25")
    dashboard.root.get_by_role("button", name="Add objective").click()
    notebook.wait_for("'cost_of_mistakes' in session.state.preferences.objectives")
    notebook.wait_for("session.trials['cost_of_mistakes'].notna().any()")
    dashboard.open_tab("Explain")
    dashboard.question("groups")
    dashboard.root.get_by_role("combobox", name="Column that defines the groups").select_option("contract")
    table = dashboard.root.locator(".audit-table")
    expect(table).to_contain_text("monthly")
    said = dashboard.root.get_by_role("textbox", name="Your assessment")
    said.fill(f"fine for letters {EVIL}")
    said.press("Enter")
    found = "session.journal.query('kind == \"note\"')['text'].tolist()"
    note = notebook.wait_for(found)[0]
    assert note.startswith("Fairness by contract, #")
    assert note.endswith(f"fine for letters {EVIL}")
    assert lab.dialogs == []


def test_pictures(lab: Lab, notebook: Notebook, dashboard: Dashboard) -> None:
    """The panel after some answers, wide, at 480 and at 300 px; nothing sticks out."""
    dashboard.wait_for_scores(14)
    dashboard.open_tab("Preferences")
    dashboard.unfold()
    last: tuple[int, ...] = ()
    for count, key in enumerate("aba", start=1):
        last = another(dashboard, last)
        lab.page.keyboard.press(key)
        notebook.wait_for(f"len(session.state.preferences.comparisons) == {count}")
    another(dashboard, last)
    notebook.value("session.require('predict_ms < 60')")
    dashboard.root.get_by_role("button", name="ROC", exact=True).click()
    expect(dashboard.root.locator(".picture figcaption")).to_contain_text("Area")
    for theme in THEMES:
        lab.theme(theme)
        for width, height, name in ((0, 2700, theme), (480, 3900, f"{theme}-480"), (300, 5200, f"{theme}-300")):
            dashboard.open_tab("Preferences")
            lab.resize(1400, height)
            dashboard.wide(width)
            lab.screenshot(f"preferences-{name}", dashboard.root)
            assert dashboard.sideways() == []
        lab.resize(1400, 1400)
        dashboard.wide(0)
        for panel in ("Overview", "Trials"):
            dashboard.open_tab(panel)
            lab.screenshot(f"preferred-{panel.lower()}-{theme}", dashboard.root)
