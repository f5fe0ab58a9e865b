"""Executors: calls, their outcomes, and the contract that every implementation keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

__all__ = ["Call", "Executor", "Failure", "FailureKind", "Outcome"]


@dataclass(frozen=True, slots=True)
class Call:
    """A function to run in a worker.

    Parameters
    ----------
    function
        ``"package.module:name"``; called as ``name(context, *args)``, where `context` is what the executor's
        ``context`` function returned in that process (made once per process). If `heard` is submitted with it, it is
        called with the further argument ``report=``, a function of one small picklable value.
    args
        Picklable arguments.
    """

    function: str
    args: tuple[Any, ...] = ()


class FailureKind(StrEnum):
    """Why a call has no value."""

    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that ended without a value.

    Parameters
    ----------
    kind
        Why.
    message
        One sentence in plain words: what happened and which work is lost.
    detail
        Traceback or signal, for those who look deeper.
    """

    kind: FailureKind
    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a submitted call: exactly one of `value` and `failure` is meaningful.

    Parameters
    ----------
    key
        The key given to `Executor.submit`.
    value
        What the function returned.
    failure
        Set when there is no value.
    seconds
        Wall time from the start in the worker to the end.
    slot
        Index of the slot that ran it, from 0.
    """

    key: str
    value: Any = None
    failure: Failure | None = None
    seconds: float = 0.0
    slot: int = 0


class Executor(Protocol):
    """Runs calls on a fixed number of slots, each isolated from the others.

    Contract (one test suite, `hitl_widget.testing.ExecutorContract`, runs on every implementation):

    - `submit`, `cancel`, `close` may be called from any thread and return at once.
    - `done` is called exactly once per submitted key, from a thread of the executor; it must not block.
    - at most `slots` calls run at a time; a call submitted beyond that waits in order.
    - a call that raises, hangs past `seconds`, allocates past the memory limit or kills its process costs only itself.
    - `cancel` ends a waiting or running call with a ``CANCELLED`` failure; an unknown key is ignored.
    - a background task runs beside the `slots`, on a slot of its kind: it never waits for other calls, nor they for it.
    - `heard` is called with what a running call reports, in order and before `done`, from a thread of the executor; it
      must not block. Reports are dropped so that at most two a second arrive, none in the first half second of a call.
    - `close` cancels all, ends the processes, and is safe to call twice.
    """

    @property
    def slots(self) -> int:
        """Number of calls that run at the same time."""
        ...

    def submit(
        self,
        key: str,
        call: Call,
        done: Callable[[Outcome], None],
        *,
        seconds: float | None = None,
        background: bool = False,
        heard: Callable[[Any], None] | None = None,
    ) -> None:
        """Run a call on the next free slot, or a background task beside them; `seconds` limits its wall time.

        `heard` receives what the call reports while it runs.
        """
        ...

    def cancel(self, key: str) -> None:
        """End a call."""
        ...

    def close(self) -> None:
        """End all calls and processes."""
        ...
