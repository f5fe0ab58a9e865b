from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hitl_widget import AutoMLSession
from hitl_widget.engine.recent import recent_journals
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.lab import TARGET, Sidebar
from hitl_widget.widget.wire.session import Status
from hitl_widget.widget.wire.sidebar import SessionHead
from tests.tables import EVIL, customers


class Page:
    """What a page with the sidebar hears."""

    def __init__(self):
        self.heard = []
        self._changed = threading.Condition()
        self._count = 0
        self.sidebar = Sidebar(self.send)

    def send(self, data, buffers):
        data = json.loads(json.dumps(data, allow_nan=False))
        if buffers and data["message"] == {"type": "packed"}:
            data["message"] = json.loads(buffers[0])
        with self._changed:
            self.heard.append(data)
            self._changed.notify_all()

    def wait(self, test):
        with self._changed:
            assert self._changed.wait_for(lambda: any(test(one) for one in self.heard), 60)
            return next(one for one in reversed(self.heard) if test(one))

    def ask(self, type_, session=None, **body):
        self._count += 1
        id_ = f"r{self._count}"
        request = {**body, "type": type_, "id": id_}
        self.sidebar.receive(request if session is None else {"type": "of", "session": session, "message": request})

        def answers(one):
            reply = one["message"] if one["type"] == "of" else one
            return reply["type"] == "reply" and reply["id"] == id_

        found = self.wait(answers)
        return found["message"] if found["type"] == "of" else found

    def heads(self):
        return self.ask("list")["result"]["sessions"]


@pytest.fixture
def page():
    page = Page()
    yield page
    page.sidebar.close()


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    place = tmp_path_factory.mktemp("lab") / "s.sqlite"
    table = customers().rename(columns={"Churn": EVIL, EVIL: "other"})
    with AutoMLSession(table, EVIL, max_trials=50, workers=1, autonomy="user", journal=place) as session:
        session.wait_ready()
        yield session


def deltas(page):
    return [one for one in page.heard if one["type"] == "of" and one["message"]["type"] == "delta"]


def test_a_session_is_announced_in_one_word_until_somebody_asks(page, session):
    """Pages that have not asked hear that there are sessions, and nothing of them."""
    page.sidebar.follow(runtime_of(session))
    assert page.wait(lambda one: True) == {"type": "here", "target": TARGET}
    assert [head["id"] for head in page.heads()] == [runtime_of(session).id]
    session.note("a change")
    assert page.wait(lambda one: one["type"] == "sessions")["target"] == TARGET


def test_a_head_is_what_the_wire_says(page, session):
    """A head holds every key of the wire, names as they are, and the cell that showed the session."""
    page.sidebar.follow(runtime_of(session))
    page.sidebar.shown_in(runtime_of(session), "cell-1")
    (head,) = page.heads()
    assert set(head) == set(SessionHead.__annotations__)
    assert set(head["status"]) == set(Status.__annotations__)
    assert head["target"] == EVIL
    assert head["cell"] == "cell-1"
    assert head["best"] == ""


def test_a_command_is_carried_out_without_a_bridge(page, session):
    """Start and pause from the sidebar reach the session; the heads follow, and no delta is sent."""
    page.sidebar.follow(runtime_of(session))
    page.heads()
    assert page.ask("command", runtime_of(session).id, command={"type": "start"})["ok"]
    assert page.ask("command", runtime_of(session).id, command={"type": "pause"})["ok"]
    page.wait(lambda one: one["type"] == "sessions" and one["sessions"][0]["status"]["phase"] == "paused")
    assert str(session.state.phase) == "paused"
    refused = page.ask("command", runtime_of(session).id, command={"type": "cancel", "number": 99})
    assert "99" in refused["error"]["message"]
    assert deltas(page) == []
    assert page.ask("command", runtime_of(session).id, command={"type": "resume"})["ok"]


def test_a_dashboard_speaks_over_the_same_comm(page, session):
    """Hello gives the snapshot and begins the deltas; after leave there are none."""
    page.sidebar.follow(runtime_of(session))
    snapshot = page.ask("hello", runtime_of(session).id)["result"]
    assert snapshot["type"] == "snapshot"
    assert snapshot["session"]["id"] == runtime_of(session).id
    session.note("heard")
    page.wait(lambda one: one in deltas(page))
    page.sidebar.receive({"type": "of", "session": runtime_of(session).id, "message": {"type": "leave"}})
    before = len(deltas(page))
    session.note("not heard")
    assert page.ask("history", runtime_of(session).id, seq=0)["ok"]
    assert len(deltas(page)) == before


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        [],
        {"type": "of"},
        {"type": "of", "session": 3, "message": {}},
        {"type": "list"},
        {"type": "list", "id": 4},
    ],
)
def test_what_has_no_id_is_ignored(page, session, message):
    """A message that nobody could answer is let go, and the sidebar goes on."""
    page.sidebar.follow(runtime_of(session))
    page.sidebar.receive(message)
    assert len(page.heads()) == 1


@pytest.mark.parametrize(
    ("type_", "known", "body", "said"),
    [
        ("rm", False, {}, "list, recent or of"),
        ("command", True, {"command": {"type": EVIL}}, "command"),
        ("command", True, {}, "an object"),
        ("nonsense", True, {}, "A request must be"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(page, session, type_, known, body, said):
    """What cannot be read is refused with the rule that it broke."""
    page.sidebar.follow(runtime_of(session))
    reply = page.ask(type_, runtime_of(session).id if known else None, **body)
    assert not reply["ok"]
    assert said in reply["error"]["message"]


def test_an_unknown_session_is_refused(page):
    """A session that is gone is said to be gone."""
    assert "no longer exists" in page.ask("hello", "abc")["error"]["message"]


@pytest.mark.slow
def test_sessions_leave_the_list_when_they_end(page, tmp_path):
    """A session that was closed is not listed, nor one that nobody holds any more."""
    closed = AutoMLSession(customers(), "Churn", workers=1, autonomy="user", journal=tmp_path / "1.sqlite")
    lost = AutoMLSession(customers(), "Churn", workers=1, autonomy="user", journal=tmp_path / "2.sqlite")
    for one in (closed, lost):
        one.wait_ready()
        page.sidebar.follow(runtime_of(one))
    assert len(page.heads()) == 2
    closed.close()
    assert [head["id"] for head in page.heads()] == [runtime_of(lost).id]
    del lost, one
    gc.collect()
    assert page.heads() == []


def test_serving_the_sidebar_loads_no_worker():
    """A kernel whose user only opened the sidebar imports neither pandas nor scikit-learn, and starts no process."""
    link = (Path(__file__).parents[2] / "js/src/lab/link.ts").read_text()
    (code,) = re.findall(r'const code = "(from hitl_widget.*)";', link)
    found = "import sys; print(sorted({'pandas', 'sklearn', 'hitl_widget.workers.start'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", f"{code}\n{found}"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.slow
def test_recent_journals_are_those_with_trials(tmp_path):
    """A folder of journals is listed, the last first; other files and empty sessions are left out."""
    table = customers(200)
    for name, trials in (("old", 2), ("empty", 0), ("new", 1)):
        place = tmp_path / f"{name}.sqlite"
        with AutoMLSession(
            table, "Churn", max_trials=trials or 5, workers=1, autonomy="user", journal=place
        ) as session:
            if trials:
                session.start()
                for _ in range(trials):
                    session.propose({"family": "linear"})
                assert session.wait(60)
    (tmp_path / "other.sqlite").write_text("not a database")
    found = recent_journals(10, tmp_path)
    assert [one.journal for one in found] == [str(tmp_path / "new.sqlite"), str(tmp_path / "old.sqlite")]
    assert [one.trials for one in found] == [1, 2]
    assert {(one.target, one.ended) for one in found} == {("Churn", True)}
    assert recent_journals(1, tmp_path) == found[:1]
    assert recent_journals(5, tmp_path / "nowhere") == []
