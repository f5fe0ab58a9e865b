"""The contract of samplers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from hitl_widget.domain.belief import Belief, Strength
from hitl_widget.domain.space import Categorical, Config, Float, Int, Space
from hitl_widget.domain.trial import Origin
from hitl_widget.sampling.registry import SamplerFactory
from hitl_widget.testing.search import SimulatedSearch

__all__ = ["SamplerContract"]

_SPACE = Space(
    ("dummy", "line", "tree"),
    (
        Float("line.x", 0.0, 1.0, 0.5),
        Float("tree.rate", 1e-3, 1.0, 0.1, log=True),
        Int("tree.depth", 1, 8, 3),
        Categorical("tree.kind", ("a", "b"), "a"),
    ),
)
_NEVER = frozenset({"dummy"})


def _score(config: Config) -> float:
    """Return a score: the line is best at x = 0.9, trees lie far below."""
    return -((float(config["line.x"] or 0) - 0.9) ** 2) if config["family"] == "line" else -1.0


def _failing(config: Config) -> float | None:
    return None if config["family"] == "tree" else _score(config)


class SamplerContract:
    """The promises of every sampler. Override the fixture `factory`.

    The factory is called as an entry point of ``hitl_widget.samplers`` is.
    """

    @pytest.fixture
    def factory(self) -> SamplerFactory:
        """Return what makes a sampler of a space: ``factory(space, never=…, seed=…, labels=…)``."""
        raise NotImplementedError

    def search(
        self,
        factory: SamplerFactory,
        seed: int = 0,
        space: Space = _SPACE,
        score: Callable[[Config], float | None] = _score,
    ) -> SimulatedSearch:
        """Return a search of a small space."""
        return SimulatedSearch(factory(space, never=_NEVER, seed=seed, labels={}), space, score, budget=10_000)

    def test_the_same_seed_proposes_the_same(self, factory: SamplerFactory) -> None:
        """Equal evidence and an equal seed give equal proposals."""
        one, two = (self.search(factory, 3).run(15) for _ in range(2))
        assert [dict(proposal.config) for proposal in one] == [dict(proposal.config) for proposal in two]

    def test_another_seed_proposes_others(self, factory: SamplerFactory) -> None:
        """The seed decides the draws."""
        one, two = (self.search(factory, seed).run(15) for seed in (3, 4))
        assert [dict(proposal.config) for proposal in one] != [dict(proposal.config) for proposal in two]

    def test_proposals_lie_in_the_space(self, factory: SamplerFactory) -> None:
        """Each is a whole configuration inside the space, of a family that may be proposed."""
        for proposal in self.search(factory).run(40):
            assert proposal.config in _SPACE, f"{dict(proposal.config)} is not in the space"
            assert proposal.config["family"] not in _NEVER

    def test_proposals_obey_an_edit(self, factory: SamplerFactory) -> None:
        """After a range is narrowed and a family is dropped, the very next proposal lies inside."""
        one = self.search(factory)
        one.run(15)
        space = Space(("dummy", "line"), (Float("line.x", 0.2, 0.3, 0.25),))
        one.steer(space=space)
        for proposal in one.run(10):
            assert proposal.config["family"] == "line"
            assert 0.2 <= float(proposal.config["line.x"] or 0) <= 0.3

    def test_an_edit_can_be_taken_back(self, factory: SamplerFactory) -> None:
        """A wider space is searched again; no error comes from the trials outside the narrow one."""
        one = self.search(factory)
        one.run(10)
        one.steer(space=replace(_SPACE, families=("dummy", "tree"), parameters=_SPACE.parameters[1:]))
        one.run(5)
        one.steer(space=_SPACE)
        assert all(proposal.config in _SPACE for proposal in one.run(15))

    def test_failures_do_not_end_it(self, factory: SamplerFactory) -> None:
        """A family whose trials all fail leaves the others; proposals go on."""
        proposals = self.search(factory, score=_failing).run(30)
        assert "line" in {proposal.config["family"] for proposal in proposals[10:]}

    def test_discarded_trials_do_not_disturb(self, factory: SamplerFactory) -> None:
        """Trials are discarded and restored while the search goes on."""
        one = self.search(factory)
        one.run(12)
        one.steer(discarded=(0, 3, 5))
        one.run(5)
        one.steer(restored=(3,))
        assert all(proposal.config in _SPACE for proposal in one.run(5))

    def test_running_trials_repel(self, factory: SamplerFactory) -> None:
        """Proposals for several workers differ."""
        one = self.search(factory)
        one.run(10)
        made = []
        for _ in range(4):
            proposal = one.sampler.propose(one.state)
            one.begin(one.queue(proposal.config))
            made.append(tuple(sorted((name, str(value)) for name, value in proposal.config.items())))
        assert len(set(made)) == len(made)

    def test_a_proposal_gives_its_reason(self, factory: SamplerFactory) -> None:
        """The reason is a sentence and, in values, fit for JSON."""
        for proposal in self.search(factory).run(12):
            assert proposal.why.strip()
            assert proposal.origin in (Origin.SAMPLER, Origin.BELIEF)
            json.dumps(asdict(proposal.reasons), default=list, allow_nan=False)

    def test_beliefs_get_verdicts(self, factory: SamplerFactory) -> None:
        """A belief is no error; each verdict is about one that the user holds."""
        one = self.search(factory)
        one.run(5)
        one.steer(beliefs=(Belief("line.x", 0.9, 0.8, 1.0, (), Strength.STRONG, 1),))
        proposals = one.run(10)
        assert all(proposal.config in _SPACE for proposal in proposals)
        found = one.sampler.verdicts(one.state)
        assert {verdict.about for verdict in found} <= {"line.x"}
