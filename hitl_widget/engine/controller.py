"""The study controller: commands in, events out. One thread, one queue, the only writer of a session.

Everything that happens is an event; an event is in the journal before anyone hears of it. A command that cannot be
carried out gives a `Rejected` event and refuses its ticket; nothing that a person sends makes the controller raise.
"""

from __future__ import annotations

import contextlib
import logging
import math
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.reducer import reduce, replay
from hitl_widget.domain.space import Value
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.trial import NO_REASONS, Author, Origin, Reasons
from hitl_widget.engine.budget import Stopwatch
from hitl_widget.engine.handlers.lifecycle import Lifecycle
from hitl_widget.engine.handlers.space import SpaceHandler
from hitl_widget.engine.handlers.trials import Made, TrialHandler
from hitl_widget.engine.initiative import Initiative
from hitl_widget.engine.plan import Plan, Receipt
from hitl_widget.engine.ports import Advisor, Clock, Journal, PreferenceLearner, Tables
from hitl_widget.engine.scheduler import Scheduler
from hitl_widget.errors import CommandError, ConfigError, DataError, HitlError
from hitl_widget.sampling.contract import Sampler
from hitl_widget.workers.contract import Call, Executor, Failure, FailureKind, Outcome

__all__ = ["Controller", "Subscriber"]

_log = logging.getLogger("hitl_widget")

_FOLD_WAIT = 0.15

Subscriber = Callable[[SessionState, Sequence[ev.Record]], None]


@dataclass(frozen=True, slots=True)
class _Release:
    """Let the workers go while the search rests."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A call beside the trials, of which the search takes no notice; without a call: end the one with this key."""

    key: str
    call: Call | None = None
    done: Callable[[Outcome], None] | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class _Order:
    """A command on its way."""

    command: cmd.Command
    author: Author
    cause: str
    ticket: Future[Receipt]


class Controller:
    """Runs one search.

    Parameters
    ----------
    plan
        What to search.
    records
        Events of an earlier life of this session, to be taken up; empty for a new one.
    journal, executor, sampler, advisor
        Made on the controller's thread by these functions, so that opening them costs the caller nothing.
    clock
        Where the time comes from.
    tastes
        Learns what the person prefers; None for the metric alone.
    tables
        The columns of the table; None where they cannot be changed.

    Notes
    -----
    Thread-safe: `send`, `subscribe`, `state`, `close`. Subscribers are called on the controller's thread and must not
    block.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        journal: Callable[[], Journal],
        executor: Callable[[], Executor],
        sampler: Callable[[], Sampler],
        clock: Clock,
        advisor: Callable[[], Advisor] | None = None,
        tastes: PreferenceLearner | None = None,
        tables: Tables | None = None,
        records: Sequence[ev.Record] = (),
    ) -> None:
        self.plan = plan
        self._make_advisor = advisor
        self._tastes = tastes
        self.tables = tables
        self._make_journal, self._make_executor, self._make_sampler = journal, executor, sampler
        self._clock = clock
        given = SessionState(steering=Steering(plan.space), base=plan.space)
        self._state = self._public = replay(records, given)
        self._resumed = bool(records)
        self._watch = Stopwatch(clock, self._state.elapsed)
        self._inbox: queue.SimpleQueue[_Order | Outcome | _Release | _Look | None] = queue.SimpleQueue()
        self._batch: deque[_Order | Outcome | _Release | _Look | None] = deque()
        self._outbox: list[ev.Record] = []
        self._subscribers: list[Subscriber] = []
        self._lock = threading.Lock()
        self._held_since: float | None = None
        self._inbox_was_busy = False
        self.author, self._cause = Author.MACHINE, ""
        self._journal: Journal | None = None
        self._desk: Scheduler | None = None
        self.course = Lifecycle(self, self._watch)
        self._asks = TrialHandler(self)
        self._steering = SpaceHandler(self)
        self._initiative = Initiative(self, None)
        self._closed = False
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hitl-controller", daemon=True)

    # -- from any thread ------------------------------------------------------------------------------------------

    @property
    def state(self) -> SessionState:
        """The state after the last published event."""
        return self._public

    @property
    def elapsed(self) -> float:
        """Seconds on the search's clock now."""
        return self._watch.elapsed

    @property
    def ticking(self) -> bool:
        """Whether the search's clock runs."""
        return self._watch.ticking

    @property
    def alive(self) -> bool:
        """Whether the controller still takes commands."""
        return not self._closed

    def open(self) -> None:
        """Start the thread."""
        self._thread.start()

    def send(self, command: cmd.Command, author: Author = Author.YOU, cause: str = "") -> Future[Receipt]:
        """Hand in a command; the future gives its receipt or raises `HitlError`."""
        ticket: Future[Receipt] = Future()
        cause = cause[:64].encode("ascii", "replace").decode().replace("\0", "?")
        with self._lock:
            if not self._closed:
                self._inbox.put(_Order(command, author, cause, ticket))
                return ticket
        ticket.set_exception(CommandError("This session is closed. AutoMLSession.load(path) takes it up again."))
        return ticket

    def release(self) -> None:
        """Let the worker processes go once nothing runs, if the search rests; they come back when it goes on."""
        self._inbox.put(_Release())

    def look(self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None = None) -> None:
        """Run a call in a worker for looks, beside the trials; `done` is called once, from any thread."""
        with self._lock:
            if not self._closed:
                self._inbox.put(_Look(key, call, done, seconds))
                return
        done(Outcome(key, failure=Failure(FailureKind.CANCELLED, "This session is closed.")))

    def cancel_look(self, key: str) -> None:
        """End a look; an unknown key is ignored."""
        self._inbox.put(_Look(key))

    @property
    def is_own_thread(self) -> bool:
        """Whether the caller is a subscriber on the controller's thread, who must not wait for it."""
        return threading.current_thread() is self._thread

    def stored(self, key: str) -> bytes | None:
        """Return bytes that the journal keeps, such as out-of-fold predictions; from any thread."""
        return None if self._journal is None or self._closed else self._journal.get(key)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber(state, records)` after each batch of events; returns a function that ends it."""
        with self._lock:
            self._subscribers.append(subscriber)

        def unsubscribe() -> None:
            with self._lock:
                if subscriber in self._subscribers:
                    self._subscribers.remove(subscriber)

        return unsubscribe

    def close(self, timeout: float | None = 5.0) -> None:
        """End the workers and let go of the journal; what was measured stays in it."""
        with self._lock:
            self._closed = True
        self._inbox.put(None)
        if self._thread.is_alive() and not self.is_own_thread:
            self._thread.join(timeout)

    # -- the controller's thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._open()
            while self._turn():
                pass
        except Exception as error:  # noqa: BLE001 - the last line of defence: said aloud, never swallowed
            _log.exception("The search broke")
            self._break(error)
        finally:
            with self._lock:
                self._closed = True
            self.ready.set()
            self._shut()

    def _open(self) -> None:
        self._journal = self._make_journal()
        plan = self.plan
        if self._resumed:
            self.emit(ev.Loaded())
        else:
            self.emit(ev.Opened(plan.settings))
            self.emit(ev.GenerationOpened(0, plan.space.as_json()))
            self.emit(ev.BudgetSet(plan.budget_seconds, plan.budget_trials))
            self.emit(ev.AutonomySet(plan.autonomy))
        self._commit()
        self._desk = Scheduler(self, self._make_executor, self._make_sampler, self._journal, self._tastes)
        if not self._resumed:
            for key, value in plan.blobs().items():
                self._journal.put(key, value)
        self._desk.take_up(self._state)
        self._initiative = Initiative(self, self._make_advisor() if self._make_advisor else None)
        self._desk.fill()  # what was being measured when the session broke off
        self._commit()
        self.ready.set()

    def _turn(self) -> bool:
        """Take what has come in, act on it, then write and tell; False at the end."""
        self._take()
        closing = False
        while self._batch:
            item = self._batch.popleft()
            if isinstance(item, _Order):
                self._carry_out(item)
                self._initiative.keep_up()
            elif isinstance(item, Outcome):
                self.desk.receive(item)
            elif isinstance(item, _Release):
                self.desk.release_when_idle()
            elif isinstance(item, _Look):
                self._look(item)
            else:
                closing = True
        if closing:
            self._rest()
            return False
        self.course.watch_budget()
        self._initiative.look()
        self.desk.fill()
        self.course.keep_time()
        self._commit(patient=True)
        return True

    def _look(self, look: _Look) -> None:
        if look.call is None or look.done is None:
            self.desk.cancel_look(look.key)
        else:
            self.desk.look(look.key, look.call, look.done, look.seconds)

    def _take(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._batch.append(self._inbox.get(timeout=self._patience()))
            while True:
                self._batch.append(self._inbox.get_nowait())
        self._inbox_was_busy = bool(self._batch)

    def _rest(self) -> None:
        """Leave a closed session as a paused one."""
        self._watch.stop()
        if self._state.phase is Phase.RUNNING:
            self.emit(ev.Paused())
        self._commit()

    def _patience(self) -> float | None:
        limit = self._state.budget_seconds
        waits = [_FOLD_WAIT] if self._outbox else []
        if self._state.phase is Phase.RUNNING and limit is not None and self._watch.ticking:
            waits.append(min(max(limit - self._watch.elapsed, 0.0), 3600.0) + 0.001)
        return min(waits, default=None)

    @property
    def desk(self) -> Scheduler:
        """The trials in work."""
        assert self._desk is not None
        return self._desk

    def deliver(self, outcome: Outcome) -> None:
        """Take an outcome from a worker; called from the executor's thread."""
        self._inbox.put(outcome)

    @property
    def now(self) -> SessionState:
        """The state including the events of the present batch; for the controller's thread."""
        return self._state

    def emit(self, event: ev.Event) -> int:
        """Add an event to the present batch; returns its number."""
        record = ev.Record(
            self._state.seq + 1, self._clock.now(), round(self._watch.elapsed, 4), self.author, self._cause, event
        )
        self._outbox.append(record)
        self._state = reduce(self._state, record)
        return record.seq

    def _commit(self, *, patient: bool = False) -> None:
        """Write, then tell. Folds alone may wait a moment for company: a trial that breaks off starts again anyway."""
        if not self._outbox:
            return
        if patient and all(isinstance(record.event, ev.FoldDone) for record in self._outbox):
            now = self._clock.monotonic()
            self._held_since = self._held_since or now
            if self._inbox_was_busy and now - self._held_since < _FOLD_WAIT:
                return
        self._held_since = None
        batch, self._outbox = self._outbox, []
        assert self._journal is not None
        self._journal.append(batch)
        self._publish(batch)

    def _publish(self, batch: list[ev.Record]) -> None:
        self._public = self._state
        with self._lock:
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            try:
                subscriber(self._state, batch)
            except Exception:  # noqa: BLE001 - a subscriber's fault is not the search's
                _log.exception("A subscriber raised")

    def _break(self, error: Exception) -> None:
        message = str(error) if isinstance(error, HitlError) else f"The search broke: {error!r}."
        self._watch.stop()
        self.emit(ev.Failed(message, "What was measured is kept; AutoMLSession.load(path) takes it up again."))
        batch, self._outbox = self._outbox, []
        try:
            if self._journal is not None:
                self._journal.append(batch)
        except Exception:  # noqa: BLE001 - it broke already; this is the second report
            _log.exception("The journal could not be written")
        self._publish(batch)

    def _shut(self) -> None:
        if self._desk is not None:
            self._desk.close()
        if self._journal is not None:
            self._journal.close()
        with contextlib.suppress(queue.Empty):
            while True:
                self._batch.append(self._inbox.get_nowait())
        for item in self._batch:
            if isinstance(item, _Order) and item.ticket.set_running_or_notify_cancel():
                item.ticket.set_exception(CommandError("This session is closed."))
            elif isinstance(item, _Look) and item.done is not None:
                item.done(Outcome(item.key, failure=Failure(FailureKind.CANCELLED, "This session is closed.")))

    # -- commands -----------------------------------------------------------------------------------------------------

    def _carry_out(self, order: _Order) -> None:
        """Apply a command; write, then answer: what a person was told is on record."""
        if not order.ticket.set_running_or_notify_cancel():
            return
        self.author, self._cause = order.author, order.cause
        refusal: HitlError | None = None
        made: Made = Made()
        before = self._state.seq
        try:
            try:
                made = self._apply(order.command, order.author)
            except (CommandError, ConfigError, DataError) as error:
                refusal = error
            except Exception as error:
                if self._state.seq != before:  # half done: the state cannot be trusted
                    raise
                _log.exception("A command could not be read")
                refusal = CommandError(f"This could not be read, and nothing was changed: {error!r:.300}.")
            if refusal is not None:
                self.emit(ev.Rejected(_on_record(order.command), str(refusal)))
            self._commit()
        except Exception as error:
            order.ticket.set_exception(CommandError(f"The search broke over this command: {error!r}."))
            raise
        finally:
            self.author, self._cause = Author.MACHINE, ""
        if refusal is None:
            number = made.numbers[0] if made.numbers else None
            order.ticket.set_result(Receipt(self._state.seq, number, made.numbers, made.suggestion))
        else:
            order.ticket.set_exception(refusal)

    def _apply(self, command: cmd.Command, author: Author) -> Made:
        """Carry a command out, or raise before anything of it is done."""
        match command:
            case cmd.Start() | cmd.Pause() | cmd.Resume() | cmd.Stop():
                self.course.carry_out(command)
            case cmd.SetBudget(seconds=seconds, trials=trials):
                self.emit(ev.BudgetSet(seconds, trials))
            case cmd.SetAutonomy(level=level):
                self.emit(ev.AutonomySet(level))
            case cmd.Note(text=text):
                self.emit(ev.Noted(text.strip()))
            case cmd.AnswerWarning(key=key, answer=answer):
                self.emit(ev.WarningAnswered(key, answer.strip()))
            case cmd.AddBaseline(name=name, scores=scores, seconds=seconds, problem=problem):
                self.emit(ev.BaselineMeasured(name, scores, round(seconds, 3), problem))
            case cmd.Cancel(number=number):
                self.desk.cancel(number, author)
            case cmd.AnswerNudge():
                return Made(self._initiative.answer(command, author))
            case cmd.Propose() | cmd.Grid() | cmd.Batch() | cmd.Suggest():
                return self._asks.carry_out(command, author)
            case _:
                self._steering.carry_out(command)
        return Made()

    def carry_out_nudge(self, command: cmd.Command, author: Author, nudge: Nudge) -> tuple[int, ...]:
        """Carry out what a proposal of the machine says, with its evidence on record; returns the trials it made."""
        self.author, before = author, self.author
        self._steering.why = self._asks.evidence = nudge.evidence
        try:
            return self._apply(command, author).numbers
        finally:
            self.author, self._steering.why, self._asks.evidence = before, "", ""

    def queue(
        self,
        config: dict[str, Value],
        author: Author,
        origin: Origin,
        why: str,
        parent: int | None = None,
        reasons: Reasons = NO_REASONS,
    ) -> int:
        """Put a configuration on record as queued; returns its number."""
        number = len(self._state.trials)
        self.emit(ev.TrialQueued(number, config, author, origin, parent, why, self._state.generation, reasons))
        return number


def _on_record(command: cmd.Command) -> dict[str, Any]:
    """Return a refused command as JSON can hold it: what a person sent may be anything."""
    try:
        return {key: _recordable(value) for key, value in cmd.as_json(command).items()}
    except RecursionError:
        return {"type": type(command).__name__}


def _recordable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _recordable(one) for key, one in value.items()}
    if isinstance(value, int):
        return value if abs(value) < 2**63 else "a huge number"
    if value is None or isinstance(value, str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    try:
        return repr(value)[:200]
    except Exception:  # noqa: BLE001 - what has no words is named by its type
        return type(value).__name__
