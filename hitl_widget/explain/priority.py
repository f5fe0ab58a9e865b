"""Run work at low priority, so that the search keeps the cores: urgent work starts with a trial's share."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["AT_ONCE", "at_falling_priority", "at_idle_priority"]

_T = TypeVar("_T")

_LEAST = 19
AT_ONCE = 0.5
"""Seconds for which a first answer has a trial's share."""


def at_falling_priority(work: Callable[[], _T], seconds: float = AT_ONCE) -> _T:
    """Return the result of a function, which drops to the lowest priority after some seconds.

    A short answer comes as fast beside a running search as a trial would, and a long one costs the search little.

    Parameters
    ----------
    work
        The function; its exceptions are raised here.
    seconds
        Wall time after which its priority drops.

    Notes
    -----
    A process may lower a priority but not raise it again. Linux has one for each thread, so each call gets a thread of
    its own; elsewhere the function runs normally.
    """
    return _apart(work, seconds, lambda task: os.setpriority(os.PRIO_PROCESS, task, _LEAST))


def at_idle_priority(work: Callable[[], _T]) -> _T:
    """Return the result of a function that runs only on idle cores.

    For what makes an answer better that is there already. The lowest priority would still take a tenth of two busy
    cores: trials leave gaps, and are slow to get their core back.

    Parameters
    ----------
    work
        The function; its exceptions are raised here.

    Notes
    -----
    The class of idle tasks is that of sched(7); see `at_falling_priority` for other systems.
    """
    return _apart(work, 0.0, lambda task: os.sched_setscheduler(task, os.SCHED_IDLE, os.sched_param(0)))


def _apart(work: Callable[[], _T], seconds: float, lower: Callable[[int], object]) -> _T:
    if sys.platform != "linux":
        return work()
    found: list[_T] = []
    wrong: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            wrong.append(error)

    thread = threading.Thread(target=run, name="hitl-at_falling_priority", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive() and thread.native_id is not None:
        with suppress(OSError):
            lower(thread.native_id)
    thread.join()
    if wrong:
        raise _thrown(wrong)
    return found[0]


def _thrown(wrong: list[Any]) -> BaseException:
    """Return the error and drop the reference to it, so that its traceback keeps no arrays alive."""
    error: BaseException = wrong.pop()
    return error
