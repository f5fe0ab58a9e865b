from __future__ import annotations

import json
import threading

import pytest

from hitl_widget import AutoMLSession
from hitl_widget.domain.commands import SetBudget
from hitl_widget.domain.fit import Rounds
from hitl_widget.domain.trial import Author
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.publisher import Publisher
from hitl_widget.widget.wire import VERSION
from hitl_widget.widget.wire.session import SessionInfo, Status
from hitl_widget.widget.wire.trials import TrialDetail, _measure
from tests.tables import EVIL, customers


def test_counts_of_the_table_are_whole_as_on_other_screens() -> None:
    """10,474 learned values read 10,470 in the table of trials, and 10,474 in the preferences."""
    assert [_measure(value) for value in (10474.0, 0.123456, None)] == [10474.0, 0.1235, None]


class Browser:
    """What a browser would hold: applies snapshots and deltas as the dashboard does."""

    def __init__(self):
        self.messages = []
        self.rows = {}
        self.status = {}
        self.broken = set()
        self.seq = None
        self.gaps = 0
        self._changed = threading.Condition()
        self.publisher = None
        self._count = 0

    def send(self, message):
        message = json.loads(json.dumps(message, allow_nan=False))
        with self._changed:
            self.messages.append(message)
            if message["type"] == "delta":
                self.apply(message)
            self._changed.notify_all()

    def apply(self, message):
        if self.seq is not None and message["type"] == "delta":
            self.gaps += message["from"] != self.seq
        self.seq = message["seq"]
        self.rows.update({row[0]: row for row in message.get("rows", ())})
        for number, state, score, std, folds, seconds, finished, further in message.get("marks", ()):
            row = self.rows[number]
            row[1], row[3:8], row[13] = state, [score, std, folds, seconds, finished], further
        self.status.update(message.get("status", {}))
        self.broken = set(message.get("steering", {}).get("broken", self.broken))
        self.broken |= set(message.get("broken", {}).get("added", ()))
        self.broken -= set(message.get("broken", {}).get("removed", ()))

    def ask(self, **request):
        self._count += 1
        request.setdefault("id", f"r{self._count}")
        self.publisher.receive(request)

        def answered():
            return any(m["type"] == "reply" and m["id"] == request["id"] for m in self.messages)

        with self._changed:
            assert self._changed.wait_for(answered, 20)
            return next(m for m in self.messages if m["type"] == "reply" and m["id"] == request["id"])

    def until(self, test):
        with self._changed:
            assert self._changed.wait_for(lambda: test(self), 60)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    place = tmp_path_factory.mktemp("bridge") / "s.sqlite"
    with AutoMLSession(customers(), "Churn", max_trials=6, workers=2, autonomy="user", journal=place) as session:
        session.wait_ready()
        yield session


@pytest.fixture
def browser(session):
    browser = Browser()
    browser.publisher = Publisher(runtime_of(session), browser.send, lambda _state: None)
    yield browser
    browser.publisher.close()


def test_hello_gives_the_whole_session(browser, session):
    """A new browser gets what was understood, the status and all rows, as JSON without surprises."""
    answer = browser.ask(type="hello", epoch=None, seq=None)["result"]
    assert answer["type"] == "snapshot"
    assert answer["version"] == VERSION
    assert set(answer["status"]) == set(Status.__annotations__)
    assert set(answer["session"]) == set(SessionInfo.__annotations__)
    families = {one["name"]: one for one in answer["session"]["families"]}
    assert families["dummy"]["baseline"]
    assert len(families["lightgbm"]["parameters"]) > 5
    assert any(EVIL in chip["detail"] for chip in answer["steering"]["chips"])


def test_deltas_follow_the_search_without_a_gap(browser, session):
    """What the browser holds after deltas alone is what a snapshot says."""
    browser.apply(browser.ask(type="hello")["result"])
    number = browser.ask(type="command", command={"type": "propose", "config": {"family": "linear"}, "parent": None})
    number = number["result"]["number"]
    browser.ask(type="command", command={"type": "start"})
    browser.until(lambda b: b.rows.get(number, [0, ""])[1] == "complete")
    assert browser.gaps == 0
    snapshot = browser.ask(type="hello")["result"]
    assert {row[0]: row for row in snapshot["rows"]} == browser.rows
    assert snapshot["rows"][number][8:11] == ["you", "own", None]
    same = {key for key in snapshot["status"] if key != "budget"}
    assert {key: browser.status[key] for key in same & browser.status.keys()} == {
        key: snapshot["status"][key] for key in same & browser.status.keys()
    }


def test_a_trial_that_violates_a_constraint_is_sent_alone(browser, session):
    """The trials that violated it before are not sent again."""
    browser.apply(browser.ask(type="hello")["result"])
    browser.ask(type="command", command={"type": "require", "text": "predict_ms < 0.0001", "hard": True})
    assert browser.broken
    number = session.propose({"family": "linear"})
    session.start()
    browser.until(lambda b: number in b.broken)
    assert browser.broken == set(browser.ask(type="hello")["result"]["steering"]["broken"])
    deltas = [one for one in browser.messages if one["type"] == "delta"]
    assert all("broken" not in one.get("steering", {}) for one in deltas)
    assert {"added": [number], "removed": []} in [one.get("broken") for one in deltas]
    browser.ask(type="command", command={"type": "relax", "text": "predict_ms"})
    browser.until(lambda b: not b.broken)


def test_the_rounds_of_a_fit_are_sent_without_an_event(browser, session):
    """They change the status alone: no number of an event is used up, and rows are not sent."""
    browser.apply(browser.ask(type="hello")["result"])
    fits = runtime_of(session).fits
    fits.begin(3, 1, 4.5)
    fits.advance(3, 1, Rounds(180, 500, choosing=True))
    fit = {"trial": 3, "fold": 2, "started": 4.5, "rounds": 180, "most": 500, "choosing": True}
    browser.until(lambda b: fit in b.status["fits"])
    sent = next(one for one in browser.messages if fit in one.get("status", {}).get("fits", ()))
    assert sent["from"] == sent["seq"]
    assert sent.keys() == {"type", "epoch", "from", "seq", "status"}
    assert len(json.dumps(sent)) < 300
    assert fit in browser.ask(type="hello")["result"]["status"]["fits"]
    fits.end(3)


def test_a_gap_is_closed_with_what_changed(browser, session):
    """A browser that knows the epoch gets only the rows that changed since its seq."""
    first = browser.ask(type="hello")["result"]
    done = threading.Event()
    stop = runtime_of(session).subscribe(lambda state, _: done.set() if state.ended > len(first["rows"]) else None)
    session.start()
    new = session.propose({"family": "tree"})
    assert done.wait(30)
    stop()
    gap = browser.ask(type="hello", epoch=first["epoch"], seq=first["seq"])["result"]
    assert (gap["type"], gap["from"]) == ("delta", first["seq"])
    assert new in {row[0] for row in gap["rows"]}
    assert len(gap["rows"]) < new + 2
    assert browser.ask(type="hello", epoch="another", seq=3)["result"]["type"] == "snapshot"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (
            {
                "type": "command",
                "command": {"type": "propose", "config": {"family": "lightgbm", "lightgbm.learning_rate": 9}},
            },
            "between",
        ),
        ({"type": "command", "command": {"type": "propose", "config": {EVIL: 1}}}, "needs a family"),
        ({"type": "command", "command": "rm -rf"}, "an object"),
        ({"type": "command"}, "an object"),
        ({"type": "detail", "number": 10**9}, "no trial"),
        ({"type": "detail", "number": True}, "number is a whole number; got True"),
        ({"type": "detail"}, "number is a whole number; got None"),
        ({"type": "eval"}, "A request must be"),
        ({"type": "code", "command": {"type": "cancel", "number": "1"}}, "number"),
    ],
)
def test_a_bad_request_is_refused_in_words(browser, request_, said):
    """Nothing that a browser sends breaks the bridge; it answers with the reason."""
    answer = browser.ask(**request_)
    assert not answer["ok"]
    assert said in answer["error"]["message"]
    assert browser.ask(type="hello")["ok"]


def test_messages_that_are_no_requests_are_ignored(browser):
    """Strange things on the channel get no answer and do no harm."""
    for strange in (None, [], "hello", 3, {}, {"type": "hello"}, {"type": "hello", "id": 5}):
        browser.publisher.receive(strange)
    assert browser.ask(type="hello")["ok"]
    assert sum(m["type"] == "reply" for m in browser.messages) == 1


def test_code_gives_the_line_of_python(browser):
    """Every command of the browser has its line."""
    answer = browser.ask(type="code", command={"type": "set_budget", "seconds": 90, "trials": None})
    assert answer["result"] == "session.set_budget(seconds=90, trials=None)"


def test_detail_tells_everything_about_a_trial(browser, session):
    """The drawer's answer has every key of the wire, also for a trial that waits."""
    session.pause() if session.state.phase == "running" else None
    number = session.propose({"family": "lightgbm", "lightgbm.num_leaves": 7})
    detail = browser.ask(type="detail", number=number)["result"]
    assert set(detail) == set(TrialDetail.__annotations__)
    changed = {setting["name"]: setting for setting in detail["settings"]}["lightgbm.num_leaves"]
    assert (changed["value"], changed["default"]) == (7, False)
    assert detail["verdict"] == "Waiting to run."
    session.cancel(number)


def test_who_sent_a_command_is_on_record(browser, session):
    """A click is the person's act, with the request as its cause."""
    answer = browser.ask(type="command", id="click-1", command={"type": "set_budget", "seconds": None, "trials": 50})
    assert answer["result"]["seq"] == session.state.seq
    assert session.state.budget_trials == 50
    runtime_of(session).send(SetBudget(None, 60), Author.YOU).result(5)


class SlowToAsk:
    """A session whose explanations are asked for only when `gate` opens; says which were asked and given up."""

    def __init__(self, session):
        self._session = session
        self.gate, self.reached = threading.Event(), threading.Event()
        self.asked, self.given_up = [], []
        self.explain = self

    def __getattr__(self, name):
        return getattr(self._session, name)

    def ask(self, name, options, done, refused, *, step=0):
        self.reached.set()
        assert self.gate.wait(20)
        self.asked.append(name)
        return f"key of {name}"

    def cancel_background(self, key):
        self.given_up.append(key)


def test_a_stop_that_overtakes_its_request_ends_the_work(session):
    """What is given up while it is being asked is given up at the worker too; what still waits is never asked."""
    browser, slow = Browser(), SlowToAsk(runtime_of(session))
    browser.publisher = Publisher(slow, browser.send, lambda _state: None)
    try:
        browser.publisher.receive({"type": "explain", "id": "first", "view": "importance", "options": {}, "step": 0})
        browser.publisher.receive({"type": "explain", "id": "second", "view": "slices", "options": {}, "step": 0})
        assert slow.reached.wait(20)
        for look in ("first", "second"):
            assert browser.ask(type="stop", request=look)["ok"]
        slow.gate.set()
        browser.until(lambda one: any(m.get("id") == "second" and not m["ok"] for m in one.messages))
        assert slow.asked == ["importance"]
        assert "key of importance" in slow.given_up
    finally:
        slow.gate.set()
        browser.publisher.close()
