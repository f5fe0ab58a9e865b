"""The study controller: commands in, events out. One thread, one queue, the only writer of a session.

Every change is an event, and an event is in the journal before it is published. A command that cannot be carried out
causes a `Rejected` event and its ticket raises the error; no input makes the controller's thread raise.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import Command
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.trial import Author
from hitl_widget.engine.budget import Stopwatch
from hitl_widget.engine.context import Context
from hitl_widget.engine.engine import Engine
from hitl_widget.engine.event_log import FOLD_WAIT, EventLog
from hitl_widget.engine.fits import Fits
from hitl_widget.engine.no_journal import NoJournal
from hitl_widget.engine.orders import Background, CancelBackground, Order, Release, Report, recordable
from hitl_widget.engine.plan import Plan
from hitl_widget.engine.ports import Advisor, Clock, Journal, NoWarnings, PreferenceLearner, Tables, Warnings
from hitl_widget.engine.publisher import Publisher, Subscriber
from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.errors import CommandError, ConfigError, DataError, HitlError
from hitl_widget.sampling.contract import Sampler
from hitl_widget.workers.contract import Call, Executor, Outcome

__all__ = ["Controller", "Subscriber"]

_log = logging.getLogger("hitl_widget")

_Item = Order | Outcome | Report | Release | Background | CancelBackground | None
"""None ends the thread."""


class Controller:
    """Runs one search.

    Parameters
    ----------
    plan
        The plan of the search.
    records
        Events of an earlier run of this session, to be continued; empty for a new one.
    journal, executor, sampler, advisor
        Functions that create them on the controller's thread, so that the caller does not wait. The sampler is created
        for a state, and again after a family was added.
    clock
        The source of the time.
    preference_learner
        Learns the user's preferences; None for the metric alone.
    tables
        The columns of the table; None if they cannot be changed.
    known_warnings
        The warnings that are known by now; by default there are none.

    Attributes
    ----------
    fits : Fits
        The fits in progress.

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
        sampler: Callable[[SessionState], Sampler],
        clock: Clock,
        advisor: Callable[[], Advisor] | None = None,
        preference_learner: PreferenceLearner | None = None,
        tables: Tables | None = None,
        known_warnings: Warnings | None = None,
        records: Sequence[ev.Record] = (),
    ) -> None:
        self.plan = plan
        self.fits = Fits()
        self._make_journal, self._make_executor, self._make_sampler = journal, executor, sampler
        self._make_advisor = advisor
        self._preference_learner, self._tables = preference_learner, tables
        self._known_warnings = NoWarnings() if known_warnings is None else known_warnings
        self._clock = clock
        given = SessionState(steering=Steering(plan.space), base=plan.space, autonomy=plan.autonomy)
        self._published = Publisher(replay(records, given))
        self._resumed = bool(records)
        self._watch = Stopwatch(clock, self._published.state.elapsed)
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._batch: deque[_Item] = deque()
        self._lock = threading.Lock()
        self._stored: Callable[[str], bytes | None] = lambda _key: None
        self._closed = False
        self.ready = threading.Event()
        self._process: int | None = None
        self._thread = threading.Thread(target=self._run, name="hitl-controller", daemon=True)

    # -- from any thread ------------------------------------------------------------------------------------------

    @property
    def state(self) -> SessionState:
        """The state after the last published event."""
        return self._published.state

    @property
    def elapsed(self) -> float:
        """Seconds on the search's clock now."""
        return self._watch.elapsed

    @property
    def ticking(self) -> bool:
        """True while the search's clock runs."""
        return self._watch.ticking

    @property
    def alive(self) -> bool:
        """True while the controller accepts commands."""
        return not self._closed

    def open(self) -> None:
        """Start the thread."""
        self._process = os.getpid()
        self._thread.start()

    def _check_process(self) -> None:
        """Raise CommandError in a forked child, where the thread does not run and an answer would never come."""
        if self._process not in (None, os.getpid()):
            raise CommandError(
                f"This session belongs to process {self._process}; this is a forked child. Use the session there, "
                "or close it there and open it here with AutoMLSession.load(path)."
            )

    def send(self, command: Command, author: Author = Author.YOU, cause: str = "") -> Future[Receipt]:
        """Queue a command, and return a future of its receipt, which may raise `HitlError`."""
        self._check_process()
        ticket: Future[Receipt] = Future()
        cause = cause[:64].encode("ascii", "replace").decode().replace("\0", "?")
        with self._lock:
            if not self._closed:
                self._inbox.put(Order(command, Provenance(author, cause), ticket))
                return ticket
        ticket.set_exception(CommandError("This session is closed. Open it again with AutoMLSession.load(path)."))
        return ticket

    def release(self) -> None:
        """End the worker processes once they are idle, if the search rests; they restart when it continues."""
        self._check_process()
        self._inbox.put(Release())

    def run_background(
        self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None = None
    ) -> None:
        """Run a background call in a worker; `done` is called once, from any thread."""
        self._check_process()
        task = Background(key, call, done, seconds)
        with self._lock:
            if not self._closed:
                self._inbox.put(task)
                return
        task.refuse()

    def cancel_background(self, key: str) -> None:
        """Cancel a background call; an unknown key is ignored."""
        self._inbox.put(CancelBackground(key))

    @property
    def is_own_thread(self) -> bool:
        """True on the controller's thread, where subscribers run and must not wait for the controller."""
        return threading.current_thread() is self._thread

    def stored(self, key: str) -> bytes | None:
        """Return bytes from the journal, such as out-of-fold predictions; thread-safe."""
        self._check_process()
        return None if self._closed else self._stored(key)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Call `subscriber(state, records)` after each batch of events; return a function that unsubscribes."""
        self._check_process()
        return self._published.subscribe(subscriber)

    def close(self, timeout: float | None = 5.0) -> None:
        """End the workers and close the journal, which keeps all results."""
        with self._lock:
            self._closed = True
        self._inbox.put(None)
        if self._thread.is_alive() and not self.is_own_thread:
            self._thread.join(timeout)

    # -- the controller's thread ------------------------------------------------------------------------------------

    def _run(self) -> None:
        with contextlib.ExitStack() as open_now:
            open_now.callback(self._refuse_all)
            try:
                journal = self._make_journal()
                open_now.callback(journal.close)
            except Exception as error:  # noqa: BLE001 - said aloud, never swallowed
                _log.exception("The journal could not be opened")
                self._break(EventLog(self.state, NoJournal(), self._clock, self._watch, self._published.tell), error)
                return
            log = EventLog(self.state, journal, self._clock, self._watch, self._published.tell)
            self._stored = journal.get
            try:
                engine = self._opened(log, journal, open_now)
                while self._turn(engine, log):
                    pass
            except Exception as error:  # noqa: BLE001 - the last line of defence: said aloud, never swallowed
                _log.exception("The search failed")
                self._break(log, error)
            finally:
                self._take_no_more()

    def _opened(self, log: EventLog, journal: Journal, open_now: contextlib.ExitStack) -> Engine:
        """Record that the session opens, and create the engine."""
        plan = self.plan
        if self._resumed:
            log.emit(ev.Loaded())
        else:
            log.emit(ev.Opened(plan.settings))
            log.emit(ev.GenerationOpened(0, plan.space.as_json()))
            log.emit(ev.BudgetSet(plan.budget_seconds, plan.budget_trials))
            log.emit(ev.AutonomySet(plan.autonomy))
        log.commit()
        pool = WorkerPool(self._make_executor, self._inbox.put)
        open_now.callback(pool.close)
        if not self._resumed:
            for key, value in plan.blobs().items():
                journal.put(key, value)
        engine = Engine(
            Context(log, plan, self._watch, self.fits),
            journal,
            pool,
            self._make_sampler,
            self._make_advisor() if self._make_advisor else None,
            self._preference_learner,
            self._tables,
            self._known_warnings,
        )
        engine.fill()  # what was being measured when the session broke off
        log.commit()
        self.ready.set()
        return engine

    def _turn(self, engine: Engine, log: EventLog) -> bool:
        """Process the queue, then write and publish the events; False once closed."""
        busy = self._take(log)
        closing = False
        while self._batch:
            item = self._batch.popleft()
            match item:
                case Order():
                    self._carry_out(item, engine, log)
                    engine.follow()
                case Outcome():
                    engine.pool.receive(item)
                case Report():
                    engine.pool.hear(item)
                case Background():
                    engine.pool.run_background(item.key, item.call, item.done, item.seconds)
                case CancelBackground():
                    engine.pool.cancel_background(item.key)
                case Release():
                    engine.pool.release()
                    engine.pool.close_if_released(resting=log.state.phase is not Phase.RUNNING)
                case None:
                    closing = True
        if closing:
            engine.rest()
            log.commit()
            return False
        engine.advance()
        log.commit_when_due(busy=busy)
        return True

    def _take(self, log: EventLog) -> bool:
        """Wait for items in the queue and process all of them; return whether there were any."""
        with contextlib.suppress(queue.Empty):
            self._batch.append(self._inbox.get(timeout=self._patience(log)))
            while True:
                self._batch.append(self._inbox.get_nowait())
        return bool(self._batch)

    def _patience(self, log: EventLog) -> float | None:
        limit = log.state.budget_seconds
        waits = [FOLD_WAIT] if log.is_pending else []
        if log.state.phase is Phase.RUNNING and limit is not None and self._watch.ticking:
            waits.append(min(max(limit - self._watch.elapsed, 0.0), 3600.0) + 0.001)
        return min(waits, default=None)

    def _carry_out(self, order: Order, engine: Engine, log: EventLog) -> None:
        """Apply a command, write its events, then answer, so that every answer is recorded."""
        if not order.ticket.set_running_or_notify_cancel():
            return
        try:
            try:
                found = _applied(order, engine, log)
            except (CommandError, ConfigError, DataError) as refusal:
                log.emit(ev.Rejected(recordable(order.command), str(refusal)), order.by)
                log.commit()
                order.ticket.set_exception(refusal)
                return
            log.commit()
        except Exception as error:
            order.ticket.set_exception(CommandError(f"The search failed on this command: {error!r}."))
            raise
        order.ticket.set_result(found)

    def _break(self, log: EventLog, error: Exception) -> None:
        message = str(error) if isinstance(error, HitlError) else f"The search failed: {error!r}."
        self._watch.stop()
        log.emit(ev.Failed(message, "All results are saved. Continue with AutoMLSession.load(path)."))
        log.commit_last()

    def _take_no_more(self) -> None:
        with self._lock:
            self._closed = True
        self.ready.set()

    def _refuse_all(self) -> None:
        """Refuse all pending items because the session is closed."""
        self._take_no_more()
        with contextlib.suppress(queue.Empty):
            while True:
                self._batch.append(self._inbox.get_nowait())
        for item in self._batch:
            if isinstance(item, Order | Background):
                item.refuse()


def _applied(order: Order, engine: Engine, log: EventLog) -> Receipt:
    """Carry out a command, or refuse it without any effect."""
    before = log.state.seq
    try:
        return engine.carry_out(order.command, order.by)
    except (CommandError, ConfigError, DataError):
        raise
    except Exception as error:
        if log.state.seq != before:  # half done: the state cannot be trusted
            raise
        _log.exception("A command could not be read")
        raise CommandError(f"The command could not be read, and nothing was changed: {error!r:.300}.") from error
