from __future__ import annotations

import pytest

from hitl_widget import AutoMLSession
from hitl_widget.domain.state import SessionState, spans
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.publisher import Publisher
from tests.tables import customers
from tests.widget.test_publisher import Browser


def opened(folder):
    """A session that rests, ready for commands."""
    session = AutoMLSession(
        customers(200), "Churn", max_trials=50, workers=1, autonomy="user", journal=folder / "s.sqlite"
    )
    session.wait_ready()
    return session


def shown(session):
    """A browser that holds the snapshot of a session."""
    browser = Steered()
    browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
    snapshot = browser.ask(type="hello", epoch=None, seq=None)["result"]
    browser.steering, browser.families = snapshot["steering"], snapshot["session"]["families"]
    browser.seq = snapshot["seq"]
    return browser


@pytest.fixture
def session(tmp_path):
    with opened(tmp_path) as session:
        yield session


@pytest.fixture
def browser(session):
    browser = shown(session)
    yield browser
    browser.publisher.close()


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A browser for requests that change nothing."""
    with opened(tmp_path_factory.mktemp("reader")) as session:
        browser = shown(session)
        yield browser
        browser.publisher.close()


class Steered(Browser):
    """A browser that also holds the steering."""

    def apply(self, message):
        super().apply(message)
        if message["type"] == "delta":
            self.steering = {**getattr(self, "steering", {}), **message.get("steering", {})}
            self.families = message.get("families", getattr(self, "families", []))

    def act(self, **command):
        return self.ask(type="command", command=command)


RATE = "lightgbm.learning_rate"


def test_an_edit_by_a_browser_is_previewed_applied_and_undone(browser, session):
    """The preview changes nothing; the edit changes the Python space; each browser hears of it."""
    edit = {"type": "edit", "changes": {RATE: [0.02, 0.08]}, "include": [], "exclude": ["svm"]}
    said = browser.ask(type="preview_edit", command=edit)["result"]
    assert said["python"] == f'session.edit({{"{RATE}": (0.02, 0.08)}}, exclude=["svm"])'
    assert said["title"].endswith("learning rate 0.005–0.3 → 0.02–0.08")
    assert session.space[RATE].high == 0.3
    assert browser.act(**edit)["ok"]
    browser.until(lambda b: "svm" not in b.steering["families"])
    assert session.space[RATE].high == 0.08
    assert next(one for one in browser.steering["ranges"] if one["name"] == RATE)["given"] is False
    assert browser.steering["undo"].startswith("excluded Support")
    browser.act(type="undo")
    browser.until(lambda b: "svm" in b.steering["families"])
    assert browser.steering["redo"]
    assert browser.steering["generation"] == 2
    assert [(one["number"], one["change"]) for one in browser.steering["acts"]] == [(1, True)]
    assert browser.gaps == 0


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"type": "preview_edit", "command": {"type": "pause"}}, "command is of type edit; got pause"),
        ({"type": "preview_edit", "command": {"type": "edit", "changes": {RATE: [3, 4]}}}, "cannot include 3"),
        ({"type": "preview_edit", "command": {"type": "edit", "changes": {"<img>": 1}}}, "no hyperparameter '<img>'"),
        ({"type": "importance", "family": "<b>"}, "no family '<b>'"),
        ({"type": "importance"}, "family is a text; got None"),
        ({"type": "history", "seq": "x"}, "whole number"),
        ({"type": "command", "command": {"type": "add_learner", "name": "x"}}, "must be one of"),
        ({"type": "command", "command": {"type": "edit", "changes": []}}, "changes must be a dict"),
        ({"type": "command", "command": {"type": "edit", "exclude": "svm"}}, "must be a list"),
        ({"type": "command", "command": {"type": "undo", "act": "1"}}, "given by its number"),
        (
            {"type": "command", "command": {"type": "believe", "about": RATE, "around": "fast"}},
            "around must be a number",
        ),
        ({"type": "command", "command": {"type": "note", "text": " "}}, "non-empty"),
        ({"type": "command", "command": {"type": "note", "text": "x" * 6000}}, "at most 5,000"),
        ({"type": "command", "command": {"type": "answer_nudge", "key": 1}}, "the nudge's key"),
        ({"type": "command", "command": {"type": "batch", "count": 1e9}}, "1 to 200"),
    ],
)
def test_a_bad_request_is_refused_in_a_sentence(reader, request_, message):
    """The browser is not to be trusted; code comes from Python only."""
    reply = reader.ask(**request_)
    assert reply["ok"] is False
    assert message in reply["error"]["message"]


def test_the_story_comes_from_where_the_browser_stands(browser, session):
    """Asked from a seq it holds what came after; names are text."""
    session.note("<img src=x onerror=alert(1)>")
    session.believe("family", likely=["lightgbm"])
    rows = browser.ask(type="history", seq=0)["result"]
    assert [row["kind"] for row in rows][-2:] == ["note", "belief"]
    assert rows[-2]["text"] == "<img src=x onerror=alert(1)>"
    assert rows[-1]["act"] == 1
    assert browser.ask(type="history", seq=rows[-2]["seq"])["result"] == [rows[-1]]
    browser.until(lambda b: b.status.get("history_version") == len(session.state.story))


@pytest.mark.slow
def test_a_suggestion_a_grid_and_a_batch(browser, session):
    """Receipts name the trials that were made; the suggestion says why."""
    suggestion = browser.act(type="suggest")["result"]["suggestion"]
    assert suggestion["config"]["family"] == "dummy"
    assert "baseline" in suggestion["why"]
    made = browser.act(
        type="grid", config={"family": "tree"}, parameter="tree.max_depth", values=[2, 3, 4], parent=None
    )
    assert made["result"]["numbers"] == [0, 1, 2]
    browser.act(type="batch", count=2)
    browser.until(lambda b: b.status.get("counts", {}).get("complete", 0) >= 5)
    assert browser.status["granted"] == 0
    detail = browser.ask(type="detail", number=1)["result"]
    assert detail["why"].startswith("Part of a grid over")
    assert detail["standing"] == ""
    browser.act(type="discard", number=1)
    assert "Discarded" in browser.ask(type="detail", number=1)["result"]["standing"]
    session.exclude("tree")
    assert "Decision tree is excluded" in browser.ask(type="detail", number=2)["result"]["standing"]


def test_an_added_learner_reaches_the_browser(browser, session):
    """Its family and hyperparameters come with the delta."""
    from sklearn.neighbors import KNeighborsClassifier

    session.add_learner("knn", KNeighborsClassifier(), {"n_neighbors": (1, 50)})
    browser.until(lambda b: b.families and b.families[-1]["name"] == "knn")
    assert [one["name"] for one in browser.families[-1]["parameters"]] == ["knn.n_neighbors"]


def test_importance_says_when_it_is_too_early(reader):
    """Without trials there are no shares, but a sentence."""
    said = reader.ask(type="importance", family="lightgbm")["result"]
    assert said["shares"] == {}
    assert said["sentence"].startswith("Too early")


def test_a_command_that_cannot_be_read_is_answered(browser, session):
    """Whatever it holds, the browser hears that it was refused, and the next one is carried out."""
    deep = 1
    for _ in range(100_000):
        deep = [deep]
    for command in ({"type": "edit", "include": {"a": deep}}, {"type": "edit", "changes": {RATE: deep}}):
        answer = browser.act(**command)
        assert not answer["ok"]
        assert answer["error"]["message"]
    assert browser.act(type="note", text="still here")["ok"]


@pytest.mark.slow
def test_a_trial_moves_the_weight_of_a_belief_and_nothing_else_of_the_steering(browser, session):
    """Unless there is a new best or a new verdict; the list of acts may be long."""
    session.edit({"lightgbm.num_leaves": (4, 40)})
    session.believe(RATE, around=0.05)
    browser.until(lambda b: b.steering["beliefs"] and b.seq == session.state.seq)
    heard = len(browser.messages)
    session.batch(6)
    browser.until(lambda b: b.status["counts"]["complete"] + b.status["counts"]["stopped"] == 6)
    deltas = [message for message in browser.messages[heard:] if message["type"] == "delta"]
    assert {"beliefs"} in [set(delta["steering"]) for delta in deltas if "steering" in delta]


def test_a_view_opened_before_the_session_is_ready_is_no_trouble(tmp_path):
    """The bridge stands before the first event; the steering comes when it is there."""
    with AutoMLSession(customers(200), "Churn", autonomy="user", journal=tmp_path / "early.sqlite") as session:
        browser = Steered()
        browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
        assert list(spans(SessionState())) == []
        session.wait_ready()
        session.exclude("svm")
        browser.until(lambda b: "svm" not in getattr(b, "steering", {}).get("families", ["svm"]))
        browser.publisher.close()
