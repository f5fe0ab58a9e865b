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
        """Start the search in the background.

        Returns
        -------
        AutoMLSession
            The session itself.
        """
        self._runtime.do(cmd.Start())
        return self

    def pause(self) -> None:
        """Pause the search: running folds finish, no new one starts, and the budget stops counting."""
        self._runtime.do(cmd.Pause())

    def resume(self) -> None:
        """Continue after a pause, or after the end if budget is left."""
        self._runtime.do(cmd.Resume())

    def stop(self) -> None:
        """End the search and evaluate the holdout once; all results are kept."""
        self._runtime.do(cmd.Stop())

    def set_budget(self, seconds: float | None = None, trials: int | None = None) -> None:
        """Set the budget of the search, also while it runs; a search that has ended resumes if you raise it.

        Parameters
        ----------
        seconds
            Total seconds of search, including those already spent; None for no limit.
        trials
            Total number of trials; None for no limit.
        """
        self._runtime.do(cmd.SetBudget(plain(seconds), plain(trials)))

    @property
    def autonomy(self) -> str:
        """The level of autonomy: "user", "cruise" or "autopilot"; you can set it at any time."""
        return str(self._runtime.state.autonomy)

    @autonomy.setter
    def autonomy(self, level: str) -> None:
        self._runtime.do(cmd.command_from({"type": "set_autonomy", "level": level}))

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the search has ended.

        Parameters
        ----------
        timeout
            Longest time to wait, in seconds; None for no limit.

        Returns
        -------
        bool
            True if the search ended, False if the time ran out.
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
                raise CommandError("The search has not started, so it cannot end. Call session.start() first.")
            return ended.wait(timeout) and self._runtime.state.phase in _ENDED
        finally:
            stop()

    def wait_ready(self, timeout: float | None = None) -> bool:
        """Wait until the workers and the journal are ready; commands given earlier are queued until then.

        Parameters
        ----------
        timeout
            Longest time to wait, in seconds; None for no limit.

        Returns
        -------
        bool
            False if the time ran out.
        """
        return self._runtime.controller.ready.wait(timeout)

    def release(self) -> None:
        """Stop the worker processes once the search rests; they start again when it continues."""
        self._runtime.controller.release()
