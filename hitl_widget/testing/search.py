"""A search without a controller: events folded into a real state, the sampler told as the controller tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hitl_widget.domain import event as ev
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.space import Config, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Fold, Problem, TrialState
from hitl_widget.sampling.contract import Proposal, Sampler

__all__ = ["SimulatedSearch"]


class SimulatedSearch:
    """A search that drives a sampler over a formula, one trial after the other.

    Parameters
    ----------
    sampler
        The sampler.
    space
        The search space.
    score
        Returns the score of a configuration, None for a trial that fails.
    budget
        Number of trials, if any.
    """

    def __init__(
        self, sampler: Sampler, space: Space, score: Callable[[Config], float | None], budget: int | None = None
    ) -> None:
        self.sampler, self.score = sampler, score
        self.state = SessionState()
        self._acts = 0
        self.emit(ev.GenerationOpened(0, space.as_json()))
        if budget is not None:
            self.emit(ev.BudgetSet(None, budget))
        sampler.read(self.state)

    def emit(self, event: ev.Event, author: Author = Author.MACHINE) -> None:
        """Fold an event into the state."""
        seq = self.state.seq + 1
        self.state = reduce(self.state, ev.Record(seq, float(seq), float(seq), author, "", event))

    def steer(self, **changed: Any) -> None:
        """Steer as a user does: a ``space``, ``beliefs``, trials ``discarded`` or ``restored``."""
        self._acts += 1
        if "space" in changed:
            changed["space"] = changed["space"].as_json()
            changed["generation"] = self.state.generation + 1
        if "beliefs" in changed:
            changed["beliefs"] = tuple(one.as_json() for one in changed["beliefs"])
        self.emit(ev.Steered("do", self._acts, "space", "an edit", "", **changed), Author.YOU)
        self.sampler.read(self.state)

    def queue(self, config: Config, **how: Any) -> int:
        """Queue a configuration and return its number."""
        number = len(self.state.trials)
        settings = {"author": Author.MACHINE, "origin": "sampler", "parent": None, "why": "", **how}
        self.emit(ev.TrialQueued(number, dict(config), generation=self.state.generation, **settings))
        return number

    def begin(self, number: int) -> None:
        """Start a queued trial."""
        self.emit(ev.TrialStarted(number))
        self.sampler.begin(self.state.trials[number])

    def end(self, number: int, score: float | None = None) -> None:
        """End a trial with a score, or as failed with None."""
        if score is None:
            self.emit(ev.TrialEnded(number, TrialState.FAILED, "", Problem("error", "it broke")))
        else:
            self.emit(ev.FoldDone(number, Fold(0, float(score), fit_seconds=1.0)))
            self.emit(ev.TrialEnded(number, TrialState.COMPLETE))
        self.sampler.end(self.state.trials[number])

    def measure(self, config: Config, **how: Any) -> int:
        """Queue, run and end one configuration; return its number."""
        number = self.queue(config, **how)
        self.begin(number)
        self.end(number, self.score(config))
        return number

    def step(self) -> Proposal:
        """Run one trial that the sampler proposes; return the proposal."""
        proposal = self.sampler.propose(self.state)
        self.measure(proposal.config, why=proposal.why, origin=proposal.origin, reasons=proposal.reasons)
        return proposal

    def run(self, count: int) -> list[Proposal]:
        """Run some trials; return their proposals."""
        return [self.step() for _ in range(count)]
