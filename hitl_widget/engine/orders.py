"""The items of the controller's queue besides outcomes: commands, reports, background calls, the release of workers."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from hitl_widget.domain.commands import Command, as_json
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.errors import CommandError
from hitl_widget.workers.contract import Call, Failure, FailureKind, Outcome

__all__ = ["Background", "CancelBackground", "Order", "Release", "Report", "recordable"]

_CLOSED = "This session is closed."


@dataclass(frozen=True, slots=True)
class Order:
    """A queued command."""

    command: Command
    by: Provenance
    ticket: Future[Receipt]

    def refuse(self) -> None:
        """Refuse because the session is closed."""
        if self.ticket.set_running_or_notify_cancel():
            self.ticket.set_exception(CommandError(_CLOSED))


@dataclass(frozen=True, slots=True)
class Report:
    """What the running call with a key reports."""

    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Background:
    """A background call of an explanation or a survey, independent of the search."""

    key: str
    call: Call
    done: Callable[[Outcome], None]
    seconds: float | None = None

    def refuse(self) -> None:
        """Refuse because the session is closed."""
        self.done(Outcome(self.key, failure=Failure(FailureKind.CANCELLED, _CLOSED)))


@dataclass(frozen=True, slots=True)
class CancelBackground:
    """A request to cancel a background call."""

    key: str


@dataclass(frozen=True, slots=True)
class Release:
    """A request to end the workers while the search rests."""


def recordable(command: Command) -> dict[str, Any]:
    """Return a refused command in JSON form, whatever was sent."""
    try:
        return {key: _recordable(value) for key, value in as_json(command).items()}
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
