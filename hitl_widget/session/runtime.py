"""The runtime of a session: its controller, vocabulary, columns and background tasks.

The methods of `AutoMLSession`, the explanations and the screen use it. It is not part of the public API.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
import uuid
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hitl_widget.data.choices import Columns
from hitl_widget.data.success import read_success
from hitl_widget.data.task import Understood
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.data_preview import DataPreview, preview_data
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.success import Success
from hitl_widget.domain.task import Task
from hitl_widget.domain.trial import Author
from hitl_widget.engine.controller import Controller, Subscriber
from hitl_widget.engine.fits import Fits
from hitl_widget.engine.retargeting import retargeted
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.files import replace_file
from hitl_widget.learners.custom import facts_of
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.preference.model import PreferenceModel
from hitl_widget.report.improvement import Improvement
from hitl_widget.report.words import Words
from hitl_widget.session.ending import watch_process
from hitl_widget.session.known_warnings import KnownWarnings
from hitl_widget.session.preparation import Preparation
from hitl_widget.session.survey import Survey
from hitl_widget.workers.contract import Call, Outcome

if TYPE_CHECKING:
    from hitl_widget.session.explanations import Explain

__all__ = ["Part", "Runtime", "live_runtime", "runtime_of", "started_in_words", "watch_sessions"]

_LIVE: weakref.WeakSet[Runtime] = weakref.WeakSet()
_WATCHERS: list[Callable[[Runtime], None]] = []


def watch_sessions(watcher: Callable[[Runtime], None]) -> None:
    """Call ``watcher(runtime)`` for each live session of this process, and for each one that is opened later."""
    for runtime in list(_LIVE):
        watcher(runtime)
    _WATCHERS.append(watcher)


def live_runtime(name: str) -> Runtime:
    """Return the live session of this process with a name or id; of several with one name, the one opened last.

    Raises
    ------
    CommandError
        If there is none.
    """
    alive = sorted((one for one in list(_LIVE) if one.alive), key=lambda one: one.opened)
    for one in reversed(alive):
        if name in (one.name, one.id):
            return one
    known = ", ".join(repr(one.name) for one in alive)
    found = f"The live ones are {known}." if alive else "There is none."
    raise CommandError(
        f"No session named {name!r} is live in this process. {found} Open a saved one with AutoMLSession.load(path)."
    )


class Runtime:
    """The internals of one session. It has many methods because each part of the session acts through it.

    Parameters
    ----------
    controller
        Carries out commands; `start` opens it.
    understood
        The task with its table, as first understood; it is the attribute `first`.
    words
        The vocabulary of the session.
    columns
        The columns of the table, and the choices made about them.
    preference_model
        Learns the person's utility from answers and goals.
    settings
        The settings in the journal, which open the session again: arguments, limits, id, name, created.
    place
        Path or URL of the journal.
    folder
        The session's scratch folder; removed when it is closed.
    known_warnings
        The warnings that the survey found, which can be answered.

    Attributes
    ----------
    preparation : Preparation
        Prepares changes of the data before the controller gets them.
    name : str
        The session's name: the one that it was given, or its target.
    created, opened : float
        When the session was first opened, and when in this process, in seconds since the epoch.
    improvement : Improvement
        Answers whether the search is still improving.
    survey : Survey
        Profiles and warnings of the columns.
    begun : bool
        True once the person has asked to start or to resume.
    widget : object or None
        The widget that shows the session; set by the display.
    close : weakref.finalize
        Stops the workers and closes the journal; runs by itself when the session is garbage-collected.
    """

    def __init__(
        self,
        controller: Controller,
        understood: Understood,
        words: Words,
        columns: Columns,
        preference_model: PreferenceModel,
        settings: Mapping[str, Any],
        place: str,
        folder: Path,
        known_warnings: KnownWarnings,
    ) -> None:
        self.controller = controller
        self.first = understood
        self.words = words
        self.improvement = Improvement(words)
        self.columns = columns
        self.preference_model = preference_model
        self.settings = settings
        self.name = str(settings.get("name") or understood.task.target)
        self.created = float(settings["created"])
        self.opened = time.time()
        self.place = place
        self.folder = folder
        self.known_warnings = known_warnings
        self.preparation = Preparation(columns, folder)
        goal = settings.get("success")
        self._expected: float | None = settings.get("expected")
        self._success: Success | None = read_success(goal, understood.task) if goal else None
        self.survey = Survey(self, settings["arguments"], known_warnings)
        self.widget: Any = None
        self.close = weakref.finalize(self, _close, controller, folder, os.getpid())
        self._explain: Explain | None = None
        self.begun = False

    def start(self) -> None:
        """Open the controller, and notify the watchers of sessions."""
        watch_process(os.getpid(), _live)
        self.controller.open()
        _LIVE.add(self)
        for watcher in _WATCHERS:
            watcher(self)

    # -- the session --------------------------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """The session's id, kept over restarts."""
        return str(self.settings["id"])

    @property
    def title(self) -> str:
        """The session in a list of sessions: its name, and when it was first opened."""
        return f"{self.name}, started {started_in_words(self.created)}"

    @property
    def seed(self) -> int:
        """Seed of the session."""
        return int(self.settings["arguments"]["seed"])

    @property
    def workers(self) -> int:
        """Processes that fit models."""
        return int(self.settings["limits"]["workers"])

    @property
    def shown_path(self) -> str:
        """The journal's path as it may be shown: without the password of a URL."""
        if "://" not in self.place:
            return self.place
        from hitl_widget.engine.sql import sqlalchemy

        return sqlalchemy.engine.make_url(self.place).render_as_string(hide_password=True)

    @property
    def folds_fingerprint(self) -> str:
        """Hash of the rows and folds: sessions with equal ones can be compared row by row."""
        found = hashlib.sha256(self.understood.y.tobytes())
        for train, valid in self.understood.folds:
            found.update(train.tobytes() + valid.tobytes())
        return found.hexdigest()[:16]

    def live_sessions(self) -> list[Runtime]:
        """Return the live sessions of this process, this one first, the others by age."""
        others = [one for one in list(_LIVE) if one is not self and one.alive]
        return [self, *sorted(others, key=lambda one: one.created)]

    # -- the search ---------------------------------------------------------------------------------------------------

    @property
    def state(self) -> SessionState:
        """The current state of the session: immutable."""
        return self.controller.state

    @property
    def understood(self) -> Understood:
        """The task with its table and the current rows; its columns and its metric are the original ones."""
        return self.columns.rows.understood(self.state.steering.data)

    @property
    def task(self) -> Task:
        """The task, with the current rows, roles of the columns and metric."""
        return self.state.steering.data.applied(self.first.task)

    @property
    def success(self) -> Success | None:
        """The success criterion; None without one, and while another target than the first is predicted."""
        return None if self.state.steering.data.target is not None else self._success

    @property
    def expected(self) -> float | None:
        """The score that the person expects of the first target."""
        return None if self.state.steering.data.target is not None else self._expected

    @property
    def alive(self) -> bool:
        """Whether the session takes commands: it is not closed."""
        return self.controller.alive

    @property
    def elapsed(self) -> float:
        """Seconds on the search's clock."""
        return self.controller.elapsed

    @property
    def fits(self) -> Fits:
        """The fits in progress."""
        return self.controller.fits

    @property
    def ticking(self) -> bool:
        """Whether the search's clock runs."""
        return self.controller.ticking

    @property
    def explain(self) -> Explain:
        """Explanations of this session."""
        if self._explain is None:
            from hitl_widget.session.explanations import Explain

            self._explain = Explain(self)
        return self._explain

    # -- commands and background tasks --------------------------------------------------------------------------------

    def do(self, command: cmd.Command) -> Receipt:
        """Carry out a command of the person, and return its receipt."""
        if self.controller.is_own_thread:
            raise CommandError(
                "A subscriber cannot wait for the controller that calls it. Use runtime.send(command, author)."
            )
        change, state = self._data_change(command), self.state
        if change is not None:
            self.preparation.prepare(state, change)
        self.begun |= isinstance(command, cmd.Start | cmd.Resume)
        return self.controller.send(command, Author.YOU).result()

    def send(self, command: cmd.Command, author: Author, cause: str = "") -> Future[Receipt]:
        """Submit a command; the future holds its receipt or error.

        Parameters
        ----------
        command
            The command.
        author
            Who acts.
        cause
            Why, for the journal.
        """
        change, state = self._data_change(command), self.state
        if change is None or self.preparation.is_ready(state, change):
            return self.controller.send(command, author, cause)
        return self.preparation.prepare_and_send(state, change, lambda: self.controller.send(command, author, cause))

    def preview_rows(self, command: cmd.RowCommand) -> DataPreview:
        """Return what a change of the rows would do; it is worked out, and remembered for the command itself.

        Raises
        ------
        DataError
            If it is not possible.
        """
        state, rows = self.state, self.columns.rows
        change = rows.changed(state, command) if rows.is_ready(state, command) else rows.prepare(state, command)
        facts = change.facts
        if change.choices.target_name != state.steering.data.target_name:
            lost = retargeted(state, self.first.task, change.choices)[2]
            facts += f" Set aside with the former target: {lost}." if lost else ""
        return preview_data(state, change.choices, self.workers, change.new_holdout, facts)

    def _data_change(self, command: cmd.Command) -> cmd.ChangeData | cmd.RowCommand | None:
        """Return the change of the data that a command makes, itself or as an answer; it takes preparation."""
        if isinstance(command, cmd.AnswerWarning):
            warning = self.known_warnings.find(self.state, command.key)
            answer = None if warning is None else warning.answer(command.answer.strip())
            command = command if answer is None or answer.command is None else cmd.command_from(answer.command)
        return command if isinstance(command, cmd.ChangeData | cmd.RowCommand) else None

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call ``subscriber(state, records)`` on the controller's thread after each batch of events.

        Returns a function that ends the subscription.
        """
        return self.controller.subscribe(subscriber)

    def run_background(
        self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None = None
    ) -> None:
        """Run a call in a worker beside the trials.

        Parameters
        ----------
        key
            Names the task for `cancel_background`.
        call
            The call.
        done
            Receives the outcome, on any thread.
        seconds
            Longest wall time; None for no limit.
        """
        self.controller.ready.wait()
        self.controller.run_background(key, call, done, seconds)

    def compute(self, kind: str, call: Call, seconds: float | None = None) -> Any:
        """Run a call in a worker, wait for it, and return its value; an interrupt cancels it.

        Parameters
        ----------
        kind
            What the call does, in one word, for its key.
        call
            The call.
        seconds
            Longest wall time; None for no limit.

        Raises
        ------
        CommandError
            If it fails, or the worker is lost.
        """
        asked: Future[Outcome] = Future()
        key = f"{kind}#{uuid.uuid4().hex[:8]}"
        self.run_background(key, call, asked.set_result, seconds)
        try:
            outcome = asked.result()
        except BaseException:
            self.cancel_background(key)
            raise
        if outcome.failure is not None:
            raise CommandError(outcome.failure.message)
        return outcome.value

    def cancel_background(self, key: str) -> None:
        """Cancel a background task; an unknown key is ignored."""
        if key:
            self.controller.cancel_background(key)

    # -- files that background tasks read -----------------------------------------------------------------------------

    def table_file(self) -> str | None:
        """Return the path of a file with the table as the journal keeps it; None once the session is closed."""
        self.controller.ready.wait()
        path = self.folder / "background" / "table"
        if path.exists():
            return str(path)
        body = self.controller.stored("table") if self.close.alive else None
        return None if body is None else _written(path, body)

    def predictions_file(self, number: int) -> str | None:
        """Return the path of a file with the out-of-fold predictions of a trial; None when it has none."""
        body = self.controller.stored(f"oof/{number}")
        if body is None:
            return None
        path = self.folder / "background" / f"{number}.npy"
        return str(path) if path.exists() else _written(path, body)

    # -- families -----------------------------------------------------------------------------------------------------

    def family_facts(self, name: str) -> tuple[str, str, str, bool]:
        """Return a family's label, story, colour, and whether it is a baseline."""
        learner = LEARNERS.get(name)
        if learner is not None:
            return learner.label, learner.story, learner.colour, learner.baseline
        return facts_of(name, self.words.labels.get(name, ""))


class Part:
    """One subject of the public API: methods that act through `_runtime`.

    `AutoMLSession` is made of such parts. A part uses the runtime and its own methods, never those of another part.
    """

    _runtime: Runtime


def runtime_of(session: Part) -> Runtime:
    """Return the runtime of a session."""
    return session._runtime


def started_in_words(created: float, now: float | None = None) -> str:
    """Return when a session was started, in local time: "14:03" today, "29 Nov 14:03" before.

    Parameters
    ----------
    created, now
        Seconds since the epoch; by default the present.
    """
    begun, today = time.localtime(created), time.localtime(now)
    same_day = begun[:3] == today[:3]
    return time.strftime("%H:%M" if same_day else "%d %b %H:%M", begun)


def _written(path: Path, body: bytes) -> str:
    """Write a file at once whole; returns its path."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(f".{uuid.uuid4().hex[:8]}")
    draft.write_bytes(body)
    replace_file(draft, path)
    return str(path)


def _close(controller: Controller, folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child that ends must not take its parent's session along
        controller.close()
        shutil.rmtree(folder, ignore_errors=True)


def _live() -> list[Runtime]:
    return list(_LIVE)
