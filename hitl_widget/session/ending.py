"""The end of a Python process whose search still runs: one sentence says how to continue."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from functools import cache, partial
from types import TracebackType
from typing import Any, Protocol

from hitl_widget.domain.state import Phase, SessionState

__all__ = ["Ending", "close_and_say", "watch_process"]

_said: list[BaseException] = []


class Ending(Protocol):
    """A session, as its process ends it."""

    @property
    def name(self) -> str:
        """Name of the session."""
        ...

    @property
    def place(self) -> str:
        """Path or URL of the journal."""
        ...

    @property
    def alive(self) -> bool:
        """True until the session is closed."""
        ...

    @property
    def state(self) -> SessionState:
        """The state of the session."""
        ...

    @property
    def begun(self) -> bool:
        """True once the person has asked to start."""
        ...

    @property
    def close(self) -> Callable[[], Any]:
        """Stops the workers and closes the journal."""
        ...


def close_and_say(session: Ending, error: BaseException | None) -> None:
    """Close a session; if an interrupt ends its search, say how to continue.

    Parameters
    ----------
    session
        The session.
    error
        The exception that ends it, if any.
    """
    interrupted = isinstance(error, KeyboardInterrupt) and _searching(session)
    session.close()
    if interrupted and error is not None:
        _said[:] = [error]
        _say(session, "it was interrupted")


@cache
def watch_process(process: int, live: Callable[[], Iterable[Ending]]) -> None:
    """Close the sessions when this process ends; an interrupt that ends a script and its search has no traceback.

    Parameters
    ----------
    process
        Id of this process: a forked child that ends leaves the sessions of its parent alone.
    live
        Returns the sessions of this process.
    """
    atexit.register(_close_all, process, live)  # before the finalizers, which would end the workers first
    sys.excepthook = partial(_on_uncaught, live, sys.excepthook)


def _on_uncaught(
    live: Callable[[], Iterable[Ending]],
    before: Callable[..., object],
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Print an uncaught exception, unless it is an interrupt of a script that another sentence reports."""
    reported = isinstance(error, KeyboardInterrupt) and (error in _said or any(_searching(one) for one in live()))
    if not reported or hasattr(sys, "ps1") or sys.flags.interactive:
        before(kind, error, trace)


def _close_all(process: int, live: Callable[[], Iterable[Ending]]) -> None:
    if os.getpid() != process:
        return
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process is ending: a second Ctrl-C changes nothing
    for session in live():
        searching = _searching(session)
        session.close()
        if searching:
            _say(session, "Python ended")


def _searching(session: Ending) -> bool:
    """Return whether a search runs or is about to, so that `load` and `resume` would continue it."""
    if not session.alive:
        return False
    phase = session.state.phase
    return phase in (Phase.RUNNING, Phase.FINISHING) or (session.begun and phase is Phase.READY)


def _say(session: Ending, cause: str) -> None:
    print(  # noqa: T201 - the last words of a script
        f"The search of {session.name!r} stopped, since {cause}. To continue: "
        f"AutoMLSession.load({session.place!r}).resume()",
        file=sys.stderr,
    )
