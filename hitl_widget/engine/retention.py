"""Retention of models: those of the leaders, and of trials that an act removed from the lead."""

from __future__ import annotations

from collections.abc import Sequence

from hitl_widget.domain.state import LEADERS
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.backlog import Backlog
from hitl_widget.engine.context import Context

__all__ = ["Retention"]


class Retention:
    """Deletes the models of trials that are no longer needed. Owned by the controller's thread.

    Parameters
    ----------
    context
        State, log, plan and clock.
    artifacts
        Files of trials.
    backlog
        Trials with missing measurements, which need their models.
    """

    def __init__(self, context: Context, artifacts: Artifacts, backlog: Backlog) -> None:
        self._context = context
        self._artifacts = artifacts
        self._backlog = backlog
        self._leaders: tuple[int, ...] = ()
        self._spared: list[int] = []

    @property
    def leaders_moved(self) -> bool:
        """Return whether the leaders changed since the last check."""
        return self._context.state.leaders != self._leaders

    def steered(self) -> None:
        """Retain the models of trials that an act removed from the lead, for its undo, up to a limit."""
        now = self._context.state.leaders
        gone = [number for number in (*self._spared, *self._leaders) if number not in now]
        for number in gone[:-LEADERS]:
            self._drop(number)
        self._spared, self._leaders = gone[-LEADERS:], now

    def ended(self, number: int, before: Sequence[int]) -> None:
        """Delete the models of an ended trial and of those that it removed from the lead, if not needed."""
        self._leaders = self._context.state.leaders
        for fallen in {number, *before} - set(self._leaders):
            # It may yet lead, once its constraints are measured.
            if not self._backlog.missing(self._context.state.trials[fallen]):
                self._drop(fallen)

    def measured(self, numbers: Sequence[int]) -> None:
        """Delete the models of trials that do not lead and are completely measured."""
        self.steered()
        for number in numbers:
            if number not in self._leaders and number not in self._spared:
                self._drop(number)

    def _drop(self, number: int) -> None:
        """Delete a trial's models, unless it is the recommended one."""
        if number != self._context.state.chosen:
            self._artifacts.drop(number)
