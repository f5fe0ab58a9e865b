"""The search within one family: random looks first, then models, always away from what was tried."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hitl_widget.domain.belief import Belief, Strength
from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.evidence import Begun
from hitl_widget.sampling.family import STARTUP, FamilySearch
from hitl_widget.sampling.tpe import ParzenTpe

SPACE = Space(
    ("line", "few", "bare"),
    (
        Float("line.x", 0.0, 1.0, 0.5),
        Float("line.z", 0.0, 1.0, 0.5),
        Int("few.depth", 1, 3, 2),
        Categorical("few.kind", ("a", "b"), "a"),
    ),
)


class Driven:
    """A family's search driven by a formula."""

    def __init__(self, family="line", beliefs=(), score=lambda config: -((config["line.x"] - 0.9) ** 2)):
        self.score = score
        self.begun = Begun()
        self.search = FamilySearch(Axes(SPACE, family), ParzenTpe(0), beliefs, self.begun)
        self.count = 0

    def step(self):
        draft = self.search.draw()
        running = Trial(self.count, draft.config, Author.MACHINE, Origin.SAMPLER, state=TrialState.RUNNING)
        self.begun.note(running)
        self.search.evidence.begin(running, counts=True)
        ended = replace(running, state=TrialState.COMPLETE, score=self.score(draft.config), seconds=1.0)
        self.search.evidence.end(ended, counts=True, fits=True)
        self.count += 1
        return draft

    def run(self, count):
        return [self.step() for _ in range(count)]


def test_random_looks_come_first_then_models():
    """The first draws say that they are random; later ones name the trials that they learn from."""
    drafts = Driven().run(STARTUP + 6)
    assert all(draft.how == "random" for draft in drafts[:STARTUP])
    assert all("random" not in draft.how for draft in drafts[STARTUP:])
    assert f"after {STARTUP} trials" in drafts[STARTUP].how or f"({STARTUP} trials so far)" in drafts[STARTUP].how
    assert all(draft.reasons.near for draft in drafts[STARTUP:])


def test_it_finds_the_best_value():
    """After forty trials most draws lie near the optimum."""
    drafts = Driven().run(40)
    late = [draft.config["line.x"] for draft in drafts[25:]]
    assert np.mean(np.abs(np.array(late) - 0.9) < 0.15) > 0.7
    assert sum(draft.reasons.mode == "exploit" for draft in drafts[25:]) > 7


def test_a_new_belief_is_tried_at_its_centre_first():
    """The first draw after a belief was stated takes its most likely value, and says so."""
    belief = Belief("line.x", around=0.2, low=0.15, high=0.25, strength=Strength.STRONG)
    first = Driven(beliefs=[belief]).step()
    assert first.config["line.x"] == pytest.approx(0.2)
    assert first.config["line.z"] == pytest.approx(0.5)
    assert first.how.startswith("the center of your belief about")
    assert (first.reasons.belief, first.reasons.belief_share) == ("line.x", 1.0)


def test_a_belief_leads_the_early_draws():
    """More draws lie within a strong belief than without it, and their reasons name it."""
    belief = Belief("line.x", around=0.2, low=0.15, high=0.25, strength=Strength.STRONG)
    within = lambda drafts: sum(0.1 <= draft.config["line.x"] <= 0.3 for draft in drafts)  # noqa: E731
    by_z = lambda config: config["line.z"]  # noqa: E731
    led, free = Driven(beliefs=[belief], score=by_z).run(12), Driven(score=by_z).run(12)
    assert within(led) > within(free) + 3
    assert any(draft.reasons.belief == "line.x" for draft in led[1:])


def test_each_of_few_configurations_is_drawn_once():
    """Six configurations take six draws, although some of them look better than others."""
    drafts = Driven("few", score=lambda config: config["few.depth"]).run(6)
    assert len({tuple(sorted(draft.config.items())) for draft in drafts}) == 6


def test_a_family_without_settings_has_one_draw():
    """Its only configuration, with the reason."""
    draft = Driven("bare").search.draw()
    assert draft.config == {"family": "bare"}
    assert draft.how == "none"


def test_draws_avoid_trials_in_work():
    """With all but one of six configurations in work, the draw is the sixth."""
    driven = Driven("few")
    every = [{"family": "few", "few.depth": depth, "few.kind": kind} for depth in (1, 2, 3) for kind in "ab"]
    waiting = [
        Trial(n, config, Author.MACHINE, Origin.SAMPLER, state=TrialState.QUEUED) for n, config in enumerate(every[:5])
    ]
    assert driven.search.draw(waiting).config == every[5]
