"""Waits for a state of a session."""

from __future__ import annotations

import threading
from collections.abc import Callable

from hitl_widget import AutoMLSession
from hitl_widget.domain.state import SessionState
from hitl_widget.session.runtime import runtime_of


def wait_until(session: AutoMLSession, test: Callable[[SessionState], bool], timeout: float = 300) -> SessionState:
    """Wait until a test passes on the state of a session; returns that state."""
    passed = threading.Event()
    stop = runtime_of(session).subscribe(lambda state, _records: passed.set() if test(state) else None)
    try:
        assert test(session.state) or passed.wait(timeout), session.state.counts
        return session.state
    finally:
        stop()
