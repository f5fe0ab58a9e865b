"""Record what the kernel tells a page, from real sessions, for the tests of the dashboard.

``python -m tests.recordings`` writes ``js/test/recordings/``; `tests/widget/test_recordings.py` records again and fails
when the files are out of date. A recording holds states of a session. A state has a snapshot or the delta that leads
to it, the replies to requests, and the commands that lead to other states.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hitl_widget import AutoMLSession
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.publisher import Publisher
from tests.tables import EVIL, customers, prices

FOLDER = Path(__file__).resolve().parent.parent / "js" / "test" / "recordings"
MOST_ROWS = 12
"""Rows of a chart's data that are kept: the tests draw none of them."""

Command = dict[str, Any]
UNDO: Command = {"type": "undo", "act": 1}
Recording = dict[str, Any]
RATE = "lightgbm.learning_rate"
MEASURED = ("predict_ms", "complexity")
"""Objectives that every complete trial gets."""


class Page:
    """A page without a screen: keeps what it is told, and asks."""

    def __init__(self, session: AutoMLSession) -> None:
        self.session, self.runtime = session, runtime_of(session)
        self.status: dict[str, Any] = {}
        self._replies: dict[str, Any] = {}
        self._changed = threading.Condition()
        self._count = 0
        self.publisher = Publisher(self.runtime, self._heard, lambda _state: None)
        self.snapshot = self.ask("hello")
        self.status = self.snapshot["status"] | self.status

    def _heard(self, message: Any) -> None:
        with self._changed:
            if message["type"] == "reply":
                self._replies[message["id"]] = json.loads(json.dumps(message, allow_nan=False))
            else:
                self.status.update(message.get("status", {}))
            self._changed.notify_all()

    def request(self, type_: str, **arguments: Any) -> Any:
        """Send a request; returns its reply."""
        self._count += 1
        id_ = f"r{self._count}"
        self.publisher.receive({"type": type_, "id": id_, **arguments})
        with self._changed:
            assert self._changed.wait_for(lambda: id_ in self._replies, 120), f"no answer to {type_}"
            return self._replies.pop(id_)

    def ask(self, type_: str, **arguments: Any) -> Any:
        """Return the result of a request."""
        reply = self.request(type_, **arguments)
        assert reply["ok"], reply
        return reply["result"]

    def until(self, test: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until the status is so."""
        with self._changed:
            assert self._changed.wait_for(lambda: test(self.status), 180), self.status

    def rest(self) -> None:
        """Wait until nothing is under way."""
        rests = threading.Event()

        def look(state: Any, _records: Any = None) -> None:
            if _is_at_rest(state):
                rests.set()

        stop = self.runtime.subscribe(look)
        look(self.runtime.state)
        assert rests.wait(180), "the session did not come to rest"
        stop()


def _is_at_rest(state: Any) -> bool:
    done = [one for one in state.trials if one.state == "complete"]
    measured = all(name in one.measures or name in one.unmeasured for name in MEASURED for one in done)
    return (
        measured and state.phase != "finishing" and all(one.state not in ("queued", "running") for one in state.trials)
    )


Asked = Callable[[Page], Iterator[tuple[str, dict[str, Any]]]]
"""What is asked of a state: types of requests with their arguments."""


class Recorder:
    """Records states of one session and the commands that lead from one to another."""

    def __init__(self) -> None:
        self.states: dict[str, Any] = {}

    def start(self, name: str, page: Page, asked: Asked) -> None:
        """Record a state with its snapshot."""
        page.rest()
        replies = _replies(page, asked)
        self.states[name] = {"snapshot": page.ask("hello"), "replies": replies, "acts": []}

    def act(self, name: str, page: Page, command: Command, to: str, asked: Asked) -> None:
        """Record a command and the state that it leads to; a command that is refused leads nowhere."""
        before = page.ask("hello")
        reply = page.request("command", command=command)
        acts = self.states[name]["acts"]
        if not reply["ok"]:
            acts.append({"command": command, "reply": _without_id(reply), "to": name})
            return
        page.rest()
        replies = _replies(page, asked)
        gap = page.ask("hello", epoch=before["epoch"], seq=before["seq"])
        delta = {
            "rows": gap["rows"],
            "status": _changed(before["status"], gap["status"]),
            "steering": _changed(before["steering"], gap["steering"]),
        }
        acts.append({"command": command, "reply": _without_id(reply), "to": to})
        state = self.states.setdefault(to, {"from": name, "delta": delta, "replies": {}, "acts": []})
        state["replies"] |= replies


def _replies(page: Page, asked: Asked) -> dict[str, Any]:
    found = {}
    for type_, arguments in asked(page):
        reply = _without_id(page.request(type_, **arguments))
        if type_ == "explain" and reply["ok"]:
            data = reply["result"]["data"]
            reply["result"]["data"] = {key: rows[:MOST_ROWS] for key, rows in data.items()}
        found[_key(type_, arguments)] = reply
    return found


def _key(type_: str, arguments: dict[str, Any]) -> str:
    return f"{type_} {json.dumps(arguments, sort_keys=True, separators=(',', ':'), ensure_ascii=False)}"


def _without_id(reply: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in reply.items() if key not in ("id", "type")}


def _changed(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in now.items() if before.get(key) != value}


def trapped() -> Any:
    """Return customers with a copy of the target and a code for missing cells."""
    table = customers(240)
    table["left_on"] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    table["visits"] = [-999 if i % 20 == 0 else i % 37 for i in range(len(table))]
    return table


CONFIGS = (
    {"family": "dummy"},
    {"family": "tree", "tree.max_depth": 3},
    {"family": "tree", "tree.max_depth": 8},
    *({"family": "lightgbm", RATE: rate, "lightgbm.num_leaves": n} for rate in (0.02, 0.05, 0.1, 0.2) for n in (5, 15)),
)


@contextmanager
def opened(path: Path) -> Iterator[Page]:
    """Open a copy of a journal and let it run, with the person driving."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "churn.sqlite"
        shutil.copy(path, copy)
        with AutoMLSession.load(copy) as session:
            session.wait_ready()
            page = Page(session)
            session.resume()
            page.until(lambda status: status["phase"] == "running")
            page.rest()
            try:
                yield page
            finally:
                page.publisher.close()


# -- what a page asks -------------------------------------------------------------------------------------------------


def of_preferences(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask what the preferences panel asks."""
    yield "preferences", {}
    yield "worth", {}
    info = page.ask("preferences")
    pairs = [one for one in (info["question"], info["challenge"]) if one is not None]
    for one in pairs:
        numbers = [one.get("first", one.get("winner")), one.get("second", one.get("rival"))]
        yield "pair", {"numbers": numbers}
        yield "picture", {"numbers": numbers, "kind": "roc"}


def of_data(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask what the data panel asks, once the columns are profiled."""
    while page.ask("profile")["reading"]:
        version = page.status["data_version"]
        page.until(lambda status, version=version: status["data_version"] > version)
    page.until(lambda status: status["warnings"] is not None)
    while page.ask("warnings")["looking"]:
        version = page.status["warnings_version"]
        page.until(lambda status, version=version: status["warnings_version"] > version)
    yield "profile", {}
    yield "warnings", {}
    yield "division", {}


def of_space(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask what the space panel asks."""
    for family in page.session.space.families:
        yield "importance", {"family": family}


def of_history(_page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask what the journal asks."""
    yield "history", {"seq": 0}


def of_newest(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask for the newest trial."""
    yield "detail", {"number": len(page.runtime.state.trials) - 1}


def nothing(_page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask nothing."""
    yield from ()


def everything(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask what all panels ask at first, and what the tests press."""
    yield from of_preferences(page)
    yield from of_space(page)
    yield from of_history(page)
    for one in page.runtime.state.trials:
        yield "detail", {"number": one.number}
    best = page.runtime.state.best
    for column in ("Contract", EVIL):
        yield "audit", {"number": best, "column": column}
    yield "views", {}
    for number in (best, 2):
        for view in ("importance", "beeswarm"):
            yield "explain", {"view": view, "options": {"trial": number}, "step": 0}
    yield from of_explanations(best)
    for families in (["tree"], ["dummy"]):
        yield "preview_edit", {"command": edit(exclude=families)}


def of_explanations(best: int | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask for the explanations that the tests press."""
    columns = [{"column": one} for one in ("tenure", "MonthlyCharges", "TotalCharges", "Contract", EVIL)]
    for options in ({}, *columns):
        yield "explain", {"view": "effect", "options": {"trial": best, **options}, "step": 0}
    for view in ("row", "what_if", "threshold"):
        yield "explain", {"view": view, "options": {"trial": best}, "step": 0}
    for row in range(4):
        yield "explain", {"view": "row", "options": {"row": row, "trial": best}, "step": 0}
        yield "explain", {"view": "what_if", "options": {"row": row, "trial": best}, "step": 0}
    changes = {"changes": {"tenure": 30}, "trial": best}
    yield "explain", {"view": "what_if", "options": changes, "step": 0}
    yield "compare", {"numbers": [1, best]}
    for step in (0, 1):
        yield "explain", {"view": "disagreement", "options": {"trials": [1, best]}, "step": step}


def edit(**given: Any) -> Command:
    """Return an edit as a page sends it."""
    return {"type": "edit", "changes": {}, "include": [], "exclude": [], "running": "finish", **given}


def change(**given: Any) -> Command:
    """Return a change of the data as a page sends it."""
    body = {"roles": {}, "filling": {}, "encoding": {}, "running": "finish", "missing": {}}
    return {"type": "change_data", **body, **given}


def of_table(page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask what the data panel asks, and what its tests press."""
    yield from of_data(page)
    for row in page.ask("profile")["rows"]:
        yield "column", {"column": row[0]}
    both = {"tenure": "categorical", "Contract": "ignored"}
    for roles in ({"tenure": "categorical"}, both, {"tenure": "text"}, {"customerID": "categorical"}):
        yield "preview_data", {"command": change(roles=roles)}


# -- sessions ---------------------------------------------------------------------------------------------------------


def searched(folder: Path, table: Any, target: str, configs: Any, recorder: Recorder) -> Path:
    """Search a table with given configurations, and record the beginning; returns the journal."""
    path = folder / "churn.sqlite"
    with AutoMLSession(table, target, max_trials=60, workers=1, seed=7, autonomy="user", journal=path) as session:
        session.wait_ready()
        page = Page(session)
        recorder.start("ready", page, nothing)
        for config in configs:
            session.propose(config)
        session.start()
        page.rest()
        page.publisher.close()
    return path


def binary(folder: Path) -> Recording:
    """Record a search on two classes, and acts that lead on from it."""
    recorder = Recorder()
    path = searched(folder, customers(240), "Churn", CONFIGS, recorder)
    with opened(path) as page:
        recorder.start("running", page, everything)
    for branch in BINARY:
        with opened(path) as page:
            branch(recorder, page)
    return {"states": recorder.states}


def warned(folder: Path) -> Recording:
    """Record a search on a table with traps, and acts on its columns."""
    recorder = Recorder()
    path = searched(folder, trapped(), "Churn", CONFIGS[:3], recorder)
    with opened(path) as page:
        recorder.start("running", page, of_table)
    for branch in (data_changes, code_kept, copy_dropped):
        with opened(path) as page:
            of_data_known(page)
            branch(recorder, page)
    with opened(path) as page:
        page.session.add_transform("ratio", ratio_of, columns=["tenure", "MonthlyCharges"])
        recorder.start("transformed", page, of_data)
    return {"states": recorder.states}


def of_data_known(page: Page) -> None:
    """Wait until the columns are profiled."""
    for _ in of_data(page):
        pass


def ratio_of(table: Any) -> Any:
    """Return a column that is made of two."""
    return table["tenure"] / table["MonthlyCharges"]


def answers(recorder: Recorder, page: Page) -> None:
    """Record an answer to the first question, and taking it back."""
    question = page.ask("preferences")["question"]
    command = {"type": "prefer", "first": question["first"], "second": question["second"], "answer": "a"}
    recorder.act("running", page, command, "answered", of_preferences)
    recorder.act("answered", page, UNDO, "answer undone", of_preferences)


def edits(recorder: Recorder, page: Page) -> None:
    """Record an edit of the space, undone and redone."""
    recorder.act("running", page, edit(exclude=["tree"]), "excluded", of_history)
    recorder.act("excluded", page, UNDO, "edit undone", of_history)
    recorder.act("edit undone", page, {"type": "redo"}, "edit redone", nothing)


def noted_edits(recorder: Recorder, page: Page) -> None:
    """Record a note after an edit, which is undone then."""
    page.ask("command", command=edit(exclude=["tree"]))
    page.rest()
    recorder.act("excluded", page, {"type": "note", "text": "the rate matters most"}, "noted", of_history)
    recorder.act("noted", page, UNDO, "note undone", of_history)


def beliefs(recorder: Recorder, page: Page) -> None:
    """Record a belief, and taking it back."""
    command = {"type": "believe", "about": RATE, "around": 0.05, "spread": 0.1, "likely": [], "strength": "fair"}
    recorder.act("running", page, command, "believed", nothing)
    recorder.act("believed", page, {"type": "withdraw", "about": RATE}, "withdrawn", nothing)


def limits(recorder: Recorder, page: Page) -> None:
    """Record a limit in the picture."""
    limit = {"type": "require", "text": "predict_ms < 200", "hard": True}
    recorder.act("running", page, limit, "limited", of_preferences)


def typed_limits(recorder: Recorder, page: Page) -> None:
    """Record limits as they are typed, one of them wrong, and one that is softened."""

    def limit(text: str, hard: bool = True) -> Command:
        return {"type": "require", "text": text, "hard": hard}

    recorder.act("running", page, limit("predict_ms <= 8"), "limited by form", of_preferences)
    recorder.act("limited by form", page, limit("predict_ms << 5"), "refused", nothing)
    recorder.act("limited by form", page, limit("family in tree, lightgbm"), "limited twice", of_preferences)
    recorder.act("limited twice", page, limit("predict_ms <= 8", False), "softened", of_preferences)


def objectives(recorder: Recorder, page: Page) -> None:
    """Record an objective more."""
    names = ["predict_ms", "complexity", "fit_seconds"]
    recorder.act("running", page, {"type": "set_objectives", "names": names}, "timed", of_preferences)


def costs(recorder: Recorder, page: Page) -> None:
    """Record an objective of the person's own."""
    command = {"type": "add_objective", "name": "letters_losses", "label": "Letters & losses", "direction": "lower"}
    more = {"unit": "€", "matrix": [[0, 1], [25, 0]]}
    recorder.act("running", page, command | more, "costed", of_preferences)


def data_changes(recorder: Recorder, page: Page) -> None:
    """Record a change of two columns, and taking it back."""
    command = change(roles={"tenure": "categorical", "Contract": "ignored"}, running="cancel")
    recorder.act("running", page, command, "changed", of_data)
    recorder.act("changed", page, UNDO, "change undone", of_data)


def code_kept(recorder: Recorder, page: Page) -> None:
    """Record an answer to a warning that only records."""
    found = page.ask("warnings")["open"]
    code = next(one for one in found if one["key"].startswith("codes:visits"))
    keep = {"type": "answer_warning", "key": code["key"], "answer": code["answers"][1]["label"]}
    recorder.act("running", page, keep, "code kept", of_data)


def copy_dropped(recorder: Recorder, page: Page) -> None:
    """Record an answer to a warning that leaves a column out."""
    copy = next(one for one in page.ask("warnings")["open"] if one["key"] == "copy:left_on")
    drop = {"type": "answer_warning", "key": copy["key"], "answer": copy["answers"][0]["label"]}
    recorder.act("running", page, drop, "copy dropped", of_data)


def discards(recorder: Recorder, page: Page) -> None:
    """Record a trial that is discarded and restored."""
    best = page.runtime.state.best

    def of_best(_page: Page) -> Iterator[tuple[str, dict[str, Any]]]:
        yield "detail", {"number": best}

    recorder.act("running", page, {"type": "discard", "number": best}, "discarded", of_best)
    recorder.act("discarded", page, {"type": "restore", "number": best}, "restored", of_best)


def suggestions(recorder: Recorder, page: Page) -> None:
    """Record a suggestion."""
    recorder.act("running", page, {"type": "suggest"}, "suggested", nothing)


def own_trials(recorder: Recorder, page: Page) -> None:
    """Record a trial that is tried again."""
    best = page.runtime.state.trials[page.runtime.state.best or 0]
    command = {"type": "propose", "config": dict(best.config), "parent": best.number}
    recorder.act("running", page, command, "queued", of_newest)


def lifecycle(recorder: Recorder, page: Page) -> None:
    """Record a pause, and the end."""
    recorder.act("running", page, {"type": "pause"}, "paused", nothing)
    recorder.act("paused", page, {"type": "stop"}, "finished", of_data)


def regression(folder: Path) -> Recording:
    """Record a small search on a number."""
    recorder = Recorder()
    path = searched(folder, prices(200), "price", CONFIGS[:3], recorder)
    with opened(path) as page:
        recorder.start("running", page, of_preferences)
    return {"states": recorder.states}


BINARY = (
    *(answers, edits, noted_edits, beliefs, limits, typed_limits, objectives, costs, discards, suggestions),
    *(own_trials, lifecycle),
)
RECORDINGS: dict[str, Callable[[Path], Recording]] = {"binary": binary, "warned": warned, "regression": regression}


def main() -> int:
    """Write the recordings."""
    FOLDER.mkdir(exist_ok=True)
    for name, record in RECORDINGS.items():
        with tempfile.TemporaryDirectory() as folder:
            found = record(Path(folder))
        (FOLDER / f"{name}.json").write_text(as_text(found), encoding="utf-8")
    return 0


def as_text(recording: Recording) -> str:
    """Return a recording as it is written, without the folders of this machine."""
    text = json.dumps(recording, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return re.sub(r"/[^\s\"]*/(?=churn\.sqlite)", "/home/ada/", text).replace('},"', '},\n"') + "\n"


if __name__ == "__main__":
    sys.exit(main())
