"""`session.start()`, `pause()`, `set_budget()`, …: the run of the search."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Self

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.event import Record
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.errors import CommandError
from hitl_widget.session.runtime import Part

__all__ = ["RunMethods"]

_ENDED = (Phase.FINISHED, Phase.FAILED)


class RunMethods(Part):
    """Methods that start, pause and end the search, and set its limits."""

    def start(self) -> Self:
        """Begin the search; it runs in the background.

        Returns
        -------
        AutoMLSession
            The session itself.
        """
        self._runtime.do(cmd.Start())
        return self

    def pause(self) -> None:
        """Start no further fold; those that run finish. The budget's clock stands still."""
        self._runtime.do(cmd.Pause())

    def resume(self) -> None:
        """Go on after a pause, or after the end once the budget was raised."""
        self._runtime.do(cmd.Resume())

    def stop(self) -> None:
        """End the search; everything measured stays, and the holdout is looked at once."""
        self._runtime.do(cmd.Stop())

    def set_budget(self, seconds: float | None = None, trials: int | None = None) -> None:
        """Set the limits of the search, also while it runs.

        Parameters
        ----------
        seconds
            Seconds of search in all, those already spent included; None for no limit in time.
        trials
            Trials in all; None for no limit in trials.
        """
        self._runtime.do(cmd.SetBudget(plain(seconds), plain(trials)))

    @property
    def autonomy(self) -> str:
        """Who takes the next step: "user", "cruise" or "autopilot"; set it at any time."""
        return str(self._runtime.state.autonomy)

    @autonomy.setter
    def autonomy(self, level: str) -> None:
        self._runtime.do(cmd.command_from({"type": "set_autonomy", "level": level}))

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the search has ended.

        Parameters
        ----------
        timeout
            Seconds to wait at most; None for no limit.

        Returns
        -------
        bool
            True when it ended, False when the time ran out.
        """
        ended = threading.Event()

        def watch(state: SessionState, _records: Sequence[Record]) -> None:
            if state.phase in _ENDED or not self._runtime.alive:
                ended.set()

        stop = self._runtime.subscribe(watch)
        try:
            if self._runtime.state.phase in _ENDED or not self._runtime.alive:
                return True
            if self._runtime.state.phase is Phase.READY:
                raise CommandError("The search has not been started, so it will not end. Call session.start() first.")
            return ended.wait(timeout) and self._runtime.state.phase in _ENDED
        finally:
            stop()

    def wait_ready(self, timeout: float | None = None) -> bool:
        """Wait until the workers and the record are set up; acts before that wait in line.

        Parameters
        ----------
        timeout
            Seconds to wait at most; None for no limit.

        Returns
        -------
        bool
            False when the time ran out.
        """
        return self._runtime.controller.ready.wait(timeout)

    def release(self) -> None:
        """Let the worker processes go while the search rests; they come back when it goes on."""
        self._runtime.controller.release()
