"""The preferences in the search: the objectives to measure and the worth to maximize."""

from __future__ import annotations

from hitl_widget.data.objectives import wanted
from hitl_widget.domain.objective import Objective
from hitl_widget.domain.provenance import Provenance
from hitl_widget.engine.context import Context
from hitl_widget.engine.ports import PreferenceLearner
from hitl_widget.sampling.contract import Scalarization

__all__ = ["Scalarizer"]


class Scalarizer:
    """Learns from the user's answers, goals and constraints. Owned by the controller's thread.

    Parameters
    ----------
    context
        State, log, plan and clock.
    learner
        Learns from the answers; None if only the metric counts.
    """

    def __init__(self, context: Context, learner: PreferenceLearner | None) -> None:
        self._context = context
        self._learner = learner

    @property
    def lead(self) -> bool:
        """True if more than the metric decides which trials are good."""
        preferences = self._context.state.preferences
        return self._learner is not None and (preferences.lead or bool(preferences.constraints))

    @property
    def due(self) -> bool:
        """Return whether enough new trials ended to learn again."""
        return self.lead and self._learner is not None and self._learner.due(self._context.state)

    @property
    def wanted(self) -> list[Objective]:
        """The objectives to measure of each trial."""
        task = self._context.plan.task
        state = self._context.state
        return [] if task is None else wanted(state.steering.data.scored(task), state.preferences)

    def learn(self, by: Provenance) -> Scalarization | None:
        """Learn from the current answers, record the result, and return the worth of trials to the search."""
        state = self._context.state
        if self._learner is None or not (state.preferences.guide or state.preferences.constraints or state.learnt):
            return None
        found = self._learner.learn(state)
        if found is not None and found != state.learnt:
            self._context.emit(found, by)
        return self._learner.scalarization(self._context.state)
