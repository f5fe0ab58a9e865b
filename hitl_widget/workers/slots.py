"""Units of work and the slots that run them: plain records without behavior."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from hitl_widget.workers.channel import Channel
from hitl_widget.workers.contract import Failure, Outcome

__all__ = ["Slot", "State", "Unit", "finish", "tell"]

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Unit:
    """A submitted call on its way to an outcome."""

    key: str
    done: Callable[[Outcome], None]
    seconds: float | None = None
    payload: bytes = b""
    refused: Failure | None = None
    over: bool = False
    background: bool = False
    heard: Callable[[Any], None] | None = None


def tell(unit: Unit, report: Any) -> None:
    """Deliver a report of a running unit; an error in `heard` is logged and goes no further."""
    if unit.over or unit.heard is None:
        return
    try:
        unit.heard(report)
    except Exception:  # noqa: BLE001 - a callback is foreign code
        _log.exception("the callback for reports of %r raised", unit.key)


def finish(unit: Unit, outcome: Outcome) -> None:
    """Deliver an outcome, the first time only; an error in `done` is logged and goes no further."""
    if unit.over:
        return
    unit.over = True
    unit.payload = b""
    try:
        unit.done(outcome)
    except Exception:  # noqa: BLE001 - a callback is foreign code
        _log.exception("the callback of %r raised", unit.key)


class State(Enum):
    """State of a slot."""

    EMPTY = auto()  # no worker; one is started when there is a call for it
    STARTING = auto()
    IDLE = auto()
    BUSY = auto()
    LOST = auto()  # its socket is closed; the reason is on its way from the source


@dataclass(slots=True, eq=False)
class Slot:
    """A place for a worker. Owned by the supervising thread.

    Parameters
    ----------
    index
        From 0.
    state
        What it is doing.
    channel
        Socket to its worker, while it has one.
    worker
        Number of that worker, never used twice.
    pid
        Its process id, known from when it is ready.
    base
        Private bytes the worker began with.
    limited
        Whether the system refuses it memory beyond its limit; elsewhere the supervisor watches it closely.
    peak
        Most private bytes beyond those, seen during the call.
    refused
        Reason and detail, where the worker could not open the context.
    unit
        The call it runs.
    started, deadline
        When the call was sent and when it must be over, in seconds of the monotonic clock.
    background
        Whether it runs background tasks only, which neither wait for trials nor delay them; its worker is started
        at the first task.
    """

    index: int
    state: State = State.EMPTY
    channel: Channel | None = None
    worker: int = 0
    pid: int = 0
    base: int = 0
    limited: bool = True
    peak: int = 0
    refused: tuple[str, ...] = ()
    unit: Unit | None = None
    started: float = 0.0
    deadline: float = math.inf
    background: bool = False
