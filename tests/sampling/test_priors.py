"""Beliefs: they lead at first, never forbid, fade, and are judged by the evidence."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_widget.domain.belief import Belief, Strength, VerdictKind
from hitl_widget.domain.event import TrialEnded
from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.domain.trial import Origin, TrialState
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.priors import Prior, outdone, weight_of
from hitl_widget.sampling.sampler import TpeSampler
from tests.searches import Search

RATE = Float("boost.rate", 1e-3, 1.0, 0.1, log=True, label="learning rate")
SPACE = Space(
    ("boost",),
    (
        RATE,
        Int("boost.depth", 1, 12, 6, label="depth"),
        Categorical("boost.kind", ("a", "b", "c"), "a", label="kind"),
        Float("boost.idle", 0.0, 1.0, 0.5, label="idle"),
    ),
)
GOOD = Belief("boost.rate", 0.03, 0.015, 0.06)
BAD = Belief("boost.rate", 0.9, 0.45, 1.8)


def score(config):
    """Best at a rate of 0.03, a depth of 5 and kind b; `idle` has no influence."""
    rate = math.log10(config["boost.rate"] / 0.03)
    return -(rate**2) - 0.02 * (config["boost.depth"] - 5) ** 2 - 0.2 * (config["boost.kind"] != "b")


def search(*beliefs, seed=0, space=SPACE, formula=score, **how):
    one = Search(TpeSampler(space, seed=seed, **how), space, formula, budget=10_000)
    if beliefs:
        one.steer(beliefs=beliefs)
    return one


def prior(*beliefs):
    return Prior(Axes(SPACE, "boost"), beliefs)


def rates(proposals):
    return [proposal.config["boost.rate"] for proposal in proposals]


# -- the weight of a belief ---------------------------------------------------------------------------------------


def test_a_belief_fades_with_the_square_of_the_trials():
    """Whole at first, half after its strength's trials, and a hundredth after ten times as many."""
    for strength, trials in ((Strength.HINT, 4), (Strength.FAIR, 8), (Strength.STRONG, 16)):
        belief = replace(GOOD, strength=strength)
        assert weight_of(belief, 0) == 1.0
        assert weight_of(belief, trials) == 0.5
        assert weight_of(belief, 10 * trials) == pytest.approx(0.01, rel=0.02)


def test_a_belief_never_forbids():
    """The density has a floor far away from the bell, and is highest at its center."""
    axes = Axes(SPACE, "boost")
    units = axes.uniform(np.random.RandomState(0), 500)
    units = axes.unit(units)
    density = prior(GOOD, Belief("boost.kind", likely=("b",))).log_density(units, [1.0, 1.0])
    assert density.max() <= 0.0
    assert density.min() > -8.0
    centre = prior(GOOD).centre(units[:1])
    assert prior(GOOD).log_density(centre, [1.0])[0] == pytest.approx(0.0, abs=1e-9)


def test_a_bell_is_symmetric_on_the_scale_of_the_search():
    """On a logarithmic scale half and twice the center are as likely."""
    axes = Axes(SPACE, "boost")
    rows = np.array([[0.015, 5, 0, 0.5], [0.06, 5, 0, 0.5]])
    low, high = prior(GOOD).log_density(axes.unit(rows), [1.0])
    assert low == pytest.approx(high)


def test_a_belief_outdone_loses_its_weight():
    """The worst of six takes almost all weight away, the best none; with one side unseen nothing is said."""
    scores = np.arange(6.0)
    first = np.array([True, False, False, False, False, False])
    assert outdone(first, scores) < 0.05
    assert outdone(first, -scores) == 1.0
    assert outdone(np.ones(6, bool), scores) == 1.0


@pytest.mark.parametrize(
    "belief",
    [
        Belief("knn.k", 5, 4, 6),
        Belief("boost.gone", 5, 4, 6),
        Belief("boost.rate", 1e9, 5e8, 2e9),
        Belief("boost.rate"),
        Belief("boost.kind", likely=("z",)),
        Belief("boost.kind", likely=("a", "b", "c")),
    ],
    ids=lambda belief: f"{belief.about} {belief.around} {belief.likely}",
)
def test_what_says_nothing_about_todays_space_is_left_aside(belief):
    """A belief about what is not searched changes no proposal, raises nothing, and stays undecided."""
    with_it, without = search(belief), search()
    if belief.about in SPACE.parameters:
        assert not prior(belief)
    assert [p.config for p in with_it.run(12)] == [p.config for p in without.run(12)]
    assert [verdict.kind for verdict in with_it.sampler.verdicts(with_it.state)] == [VerdictKind.UNDECIDED]


# -- what it adds to the search -----------------------------------------------------------------------------------


def test_the_centre_is_tried_first():
    """The first proposal after a belief is its center, with all else as in the best trial, and it says so."""
    one = search()
    one.run(12)
    best = one.state.best_trial.config
    one.steer(beliefs=(replace(GOOD, since=one.state.started),))
    proposal = one.sampler.propose(one.state)
    assert proposal.config == {**best, "boost.rate": pytest.approx(0.03)}
    assert proposal.origin is Origin.BELIEF
    assert (proposal.reasons.belief, proposal.reasons.belief_share) == ("boost.rate", 1.0)
    assert "center of your belief about learning rate" in proposal.why


def test_several_beliefs_multiply():
    """Stated together they are tried together."""
    beliefs = (GOOD, Belief("boost.depth", 5, 4, 6), Belief("boost.kind", likely=("b", "c")))
    config = search(*beliefs).sampler.propose(search().state).config
    assert config["boost.rate"] == pytest.approx(0.03)
    assert config["boost.depth"] == 5
    assert config["boost.kind"] in ("b", "c")


@pytest.mark.slow
def test_a_good_belief_helps_and_a_bad_one_is_outlived():
    """Over a dozen seeds: ahead after ten trials with a good one, and in the same place after forty with a bad one."""

    def regrets(trials, *beliefs):
        return [max(score(p.config) for p in search(*beliefs, seed=seed).run(trials)) for seed in range(12)]

    assert np.median(regrets(10, GOOD)) > np.median(regrets(10))
    assert np.median(regrets(40, BAD)) > -0.02
    assert np.mean([rate > 0.45 for rate in rates(search(BAD).run(40)[20:])]) < 0.2


@pytest.mark.slow
def test_a_stronger_belief_leads_more():
    """Early proposals lie inside a strong belief more often than inside a hint."""

    def inside(strength):
        found = []
        for seed in range(12):
            one = search(replace(GOOD, strength=strength), seed=seed, formula=lambda config: 0.0)
            found += [0.015 / 2 <= rate <= 0.06 * 2 for rate in rates(one.run(12))]
        return np.mean(found)

    assert inside(Strength.STRONG) > inside(Strength.HINT)


def test_a_belief_about_the_families_leads_the_choice():
    """A likely family gets most proposals at first; the other is never forbidden."""
    space = Space(("one", "two"), (Float("one.x", 0, 1, 0.5), Float("two.x", 0, 1, 0.5)))
    likely = Belief("family", likely=("two",), strength=Strength.STRONG)
    first = [search(likely, seed=s, space=space, formula=lambda c: 0.5).sampler for s in range(60)]
    state = search(space=space, formula=lambda c: 0.5).state
    proposals = [sampler.propose(state) for sampler in first]
    chosen = [proposal.config["family"] for proposal in proposals]
    assert 0.75 < chosen.count("two") / 60 < 1.0
    assert any(proposal.reasons.belief == "family" and "believe likely" in proposal.why for proposal in proposals)


def test_what_the_person_queues_does_not_age_a_belief():
    """Only the machine's own search counts against the weight."""
    one = search(GOOD)
    for _ in range(3):
        one.measure(SPACE.complete({"family": "boost"}), origin=Origin.OWN)
    assert one.sampler.propose(one.state).config["boost.rate"] == pytest.approx(0.03)


def test_what_was_cancelled_does_not_age_a_belief():
    """Trials canceled while they waited push numbers ahead of the count of trials begun; the center still comes."""
    one = search()
    for _ in range(3):
        number = one.queue(SPACE.complete({"family": "boost"}))
        one.emit(TrialEnded(number, TrialState.STOPPED, "cancelled"))
        one.sampler.end(one.state.trials[number])
    one.run(8)
    one.steer(beliefs=(replace(GOOD, since=one.state.started),))
    assert one.step().config["boost.rate"] == pytest.approx(0.03)
    one.steer(beliefs=one.state.steering.beliefs, discarded=(0,))
    assert one.sampler.propose(one.state).config["boost.rate"] != pytest.approx(0.03, rel=1e-9)


_BELIEFS = st.lists(
    st.one_of(
        st.builds(
            lambda around, width, strength: Belief("boost.rate", around, around / width, around * width, (), strength),
            st.floats(1e-4, 10),
            st.floats(1.0, 20),
            st.sampled_from(Strength),
        ),
        st.builds(
            lambda around, width: Belief("boost.depth", around, around - width, around + width),
            st.floats(-3, 20),
            st.floats(0, 9),
        ),
        st.builds(
            lambda likely: Belief("boost.kind", likely=tuple(likely)), st.lists(st.sampled_from("abz"), max_size=3)
        ),
        st.builds(lambda likely: Belief("family", likely=tuple(likely)), st.lists(st.sampled_from(["boost", "x"]))),
    ),
    max_size=4,
    unique_by=lambda belief: belief.about,
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_BELIEFS, st.integers(0, 9)), min_size=1, max_size=3))
def test_no_belief_makes_it_raise(steps):
    """Whatever is believed, proposals lie in the space and verdicts are made."""
    one = search()
    for beliefs, trials in steps:
        one.steer(beliefs=beliefs)
        assert all(proposal.config in SPACE for proposal in one.run(trials))
        verdicts = one.sampler.verdicts(one.state)
        assert [verdict.about for verdict in verdicts] == [belief.about for belief in beliefs]
        assert all(0.5 <= verdict.confidence < 1 for verdict in verdicts)


# -- verdicts -----------------------------------------------------------------------------------------------------


def verdict(belief, trials, seed=0):
    one = search(belief, seed=seed)
    one.run(trials)
    return one.sampler.verdicts(one.state)[0]


def test_a_verdict_waits_for_evidence():
    """With few trials, or one side unseen, it is undecided and says how few there are."""
    few = verdict(GOOD, 5)
    assert few.kind is VerdictKind.UNDECIDED
    assert few.trials == 5
    assert few.sentence.endswith(
        "5 boost trials lie in the range that you expect for learning rate: too few trials to judge."
    )


@pytest.mark.slow
def test_good_beliefs_are_supported_and_bad_ones_contradicted():
    """After thirty trials most are told right and none wrong; numbers are in the sentence."""
    good = [verdict(GOOD, 30, seed) for seed in range(8)]
    bad = [verdict(BAD, 30, seed) for seed in range(8)]
    assert sum(one.kind is VerdictKind.SUPPORTED for one in good) >= 5
    assert sum(one.kind is VerdictKind.CONTRADICTED for one in bad) >= 6
    assert not any(one.kind is VerdictKind.CONTRADICTED for one in good)
    assert not any(one.kind is VerdictKind.SUPPORTED for one in bad)
    said = "of the 6 best boost trials (#25, #27, #26, #17 and 2 more) lie in the range that you expect for"
    assert f"{said} learning rate, against" in bad[0].sentence


@pytest.mark.slow
def test_a_belief_about_what_does_not_matter_stays_undecided():
    """A hyperparameter without influence gives no verdict, wherever the search happened to look."""
    found = [verdict(Belief("boost.idle", 0.8, 0.7, 0.9), 40, seed).kind for seed in range(8)]
    assert found.count(VerdictKind.UNDECIDED) >= 7


def test_the_families_are_judged_by_their_best():
    """A likely family that is far behind contradicts the belief."""
    space = Space(("one", "two"), (Float("one.x", 0, 1, 0.5), Float("two.x", 0, 1, 0.5)))
    one = search(
        Belief("family", likely=("two",)),
        space=space,
        formula=lambda config: 0.9 if config["family"] == "one" else 0.5,
        labels={"two": "Second"},
    )
    one.run(20)
    found = one.sampler.verdicts(one.state)[0]
    assert found.kind is VerdictKind.CONTRADICTED
    assert "best trials (#12, #13, #14, #15) are Second" in found.sentence
