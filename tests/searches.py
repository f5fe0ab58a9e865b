"""A search without a controller: events folded into a real state, the sampler told as the controller tells it."""

from __future__ import annotations

from hitl_widget.domain import event as ev
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Fold, Problem, TrialState


class Search:
    """Drives a sampler over a formula, one trial after the other."""

    def __init__(self, sampler, space, score, budget=None):
        self.sampler, self.score = sampler, score
        self.state = SessionState()
        self._acts = 0
        self.emit(ev.GenerationOpened(0, space.as_json()))
        if budget is not None:
            self.emit(ev.BudgetSet(None, budget))
        sampler.read(self.state)

    def emit(self, event, author=Author.MACHINE):
        seq = self.state.seq + 1
        self.state = reduce(self.state, ev.Record(seq, float(seq), float(seq), author, "", event))

    def steer(self, **changed):
        """An act of the person: a space, beliefs, trials discarded or restored."""
        self._acts += 1
        if "space" in changed:
            changed["space"] = changed["space"].as_json()
            changed["generation"] = self.state.generation + 1
        if "beliefs" in changed:
            changed["beliefs"] = tuple(one.as_json() for one in changed["beliefs"])
        self.emit(ev.Steered("do", self._acts, "space", "an edit", "", **changed), Author.YOU)
        self.sampler.read(self.state)

    def queue(self, config, **how):
        """Queue a configuration; returns its number."""
        number = len(self.state.trials)
        settings = {"author": Author.MACHINE, "origin": "sampler", "parent": None, "why": "", **how}
        self.emit(ev.TrialQueued(number, dict(config), generation=self.state.generation, **settings))
        return number

    def begin(self, number):
        self.emit(ev.TrialStarted(number))
        self.sampler.begin(self.state.trials[number])

    def end(self, number, score=None):
        """End a trial with a score, or as failed with None."""
        if score is None:
            self.emit(ev.TrialEnded(number, TrialState.FAILED, "", Problem("error", "it broke")))
        else:
            self.emit(ev.FoldDone(number, Fold(0, float(score), fit_seconds=1.0)))
            self.emit(ev.TrialEnded(number, TrialState.COMPLETE))
        self.sampler.end(self.state.trials[number])

    def measure(self, config, **how):
        """Queue, run and end one configuration; returns its number."""
        number = self.queue(config, **how)
        self.begin(number)
        self.end(number, self.score(config))
        return number

    def step(self):
        """One trial of the machine's; returns the proposal."""
        proposal = self.sampler.propose(self.state)
        self.measure(
            proposal.config,
            why=proposal.why,
            origin=proposal.origin,
            reasons=proposal.reasons,
        )
        return proposal

    def run(self, count):
        return [self.step() for _ in range(count)]
