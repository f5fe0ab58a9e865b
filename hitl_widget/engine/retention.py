"""Which trials' models are kept: those of the leaders, and of those that an act put out of the lead."""

from __future__ import annotations

from collections.abc import Sequence

from hitl_widget.domain.state import LEADERS
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.backlog import Backlog
from hitl_widget.engine.context import Context

__all__ = ["Retention"]


class Retention:
    """Drops the models of trials that cannot be asked for any more. Owned by the controller's thread.

    Parameters
    ----------
    context
        State, log, plan and clock.
    artifacts
        Files of trials.
    backlog
        Trials of which more is to be measured, for which their models are needed.
    """

    def __init__(self, context: Context, artifacts: Artifacts, backlog: Backlog) -> None:
        self._context = context
        self._artifacts = artifacts
        self._backlog = backlog
        self._leaders: tuple[int, ...] = ()
        self._spared: list[int] = []

    @property
    def leaders_moved(self) -> bool:
        """Whether the leaders are others than at the last look."""
        return self._context.state.leaders != self._leaders

    def steered(self) -> None:
        """Keep the models of trials that an act put out of the lead, for its undo, but not of ever more of them."""
        now = self._context.state.leaders
        gone = [number for number in (*self._spared, *self._leaders) if number not in now]
        for number in gone[:-LEADERS]:
            self._drop(number)
        self._spared, self._leaders = gone[-LEADERS:], now

    def ended(self, number: int, before: Sequence[int]) -> None:
        """Drop the models of a trial that ended and of those that it put out of the lead."""
        self._leaders = self._context.state.leaders
        for fallen in {number, *before} - set(self._leaders):
            # It may yet lead, once its constraints are measured.
            if not self._backlog.missing(self._context.state.trials[fallen]):
                self._drop(fallen)

    def measured(self, numbers: Sequence[int]) -> None:
        """Drop the models of trials that do not lead, now that everything is measured of them."""
        self.steered()
        for number in numbers:
            if number not in self._leaders and number not in self._spared:
                self._drop(number)

    def _drop(self, number: int) -> None:
        """Drop a trial's models, unless it is the one that the person would take."""
        if number != self._context.state.chosen:
            self._artifacts.drop(number)
