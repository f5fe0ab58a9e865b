"""What decides the score, over all generations."""

from __future__ import annotations

import random

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.explain.importances import importances, sentence
from tests.advise.states import SPACE, Story

OWN = SPACE.of("gbm")


def searched(count, score, story=None, seed=1, **limits):
    """Random configurations of the booster, with a score that depends on them."""
    story, rng = story or Story(), random.Random(seed)
    low, high = limits.get("rate", (0.005, 0.3))
    for _ in range(count):
        params = {
            "rate": low * (high / low) ** rng.random(),
            "leaves": rng.randint(2, 200),
            "share": rng.uniform(0.4, 1.0),
            "extra": rng.random() < 0.5,
        }
        story.trial("gbm", score(**params), **params)
    return story


def by_rate(rate, **_):
    return 0.9 - (rate - 0.05) ** 2


def by_choice(extra, **_):
    return 0.9 if extra else 0.8


def test_the_hyperparameter_that_decides_the_score_comes_first():
    found = importances(searched(80, by_rate).state, "gbm")
    assert next(iter(found)) == "gbm.rate"
    assert found["gbm.rate"] > 0.5
    assert sum(found.values()) == pytest.approx(1)
    assert set(found) == {one.name for one in OWN}


def test_more_is_better_whatever_the_sign():
    """Only good trials have a random threshold; were the worst taken for the best, the other choice would win."""
    found = importances(searched(80, by_choice).state, "gbm")
    assert next(iter(found)) == "gbm.extra"


def test_trials_outside_todays_space_stay_evidence():
    """Edited ranges, another scale and a removed choice keep their hyperparameters in the account."""
    story = searched(40, by_rate)
    story.edit({"gbm.rate": {"low": 0.04, "high": 0.06, "log": False}, "gbm.extra": {"remove": [True]}})
    searched(10, lambda **p: by_rate(p["rate"]), story, seed=2, rate=(0.04, 0.06))
    found = importances(story.state, "gbm")
    assert next(iter(found)) == "gbm.rate"
    assert "gbm.extra" in found


def test_a_fixed_hyperparameter_keeps_what_it_showed():
    story = searched(60, by_rate)
    story.edit({"gbm.rate": {"fix": 0.05}})
    assert next(iter(importances(story.state, "gbm"))) == "gbm.rate"


def test_discarded_trials_are_no_evidence():
    story = searched(12, by_rate)
    assert importances(story.state, "gbm")
    story.tell(ev.Steered("do", 1, "discard", "t", discarded=(3,)))
    assert importances(story.state, "gbm") == {}


def test_a_trial_that_lost_the_race_is_not_among_the_good():
    """Its first fold may be the easiest: here it would be the best score of all."""
    story = searched(40, by_choice)
    for i in range(8):
        story.trial("gbm", 0.95, stopped=True, extra=False, rate=0.01 + i / 100, leaves=20 + i, share=0.5 + i / 100)
    assert next(iter(importances(story.state, "gbm"))) == "gbm.extra"


def test_too_few_trials_or_none_say_nothing():
    assert importances(searched(11, by_rate).state, "gbm") == {}
    assert importances(Story().state, "gbm") == {}
    assert importances(searched(40, by_rate).state, "forest") == {}


def test_what_never_varied_has_no_share():
    story = Story()
    for i in range(20):
        story.trial("gbm", 0.8 + i / 100, rate=0.01 + i / 100)
    assert list(importances(story.state, "gbm")) == ["gbm.rate"]
    for _ in range(20):
        story.trial("forest", 0.8)
    assert importances(story.state, "forest") == {}


def test_the_sentence_names_what_decides_and_what_does_not():
    found = {"gbm.rate": 0.62, "gbm.leaves": 0.36, "gbm.share": 0.013, "gbm.extra": 0.007}
    assert sentence(found, OWN, 80) == (
        "Over 80 trials, the score depends mostly on learning rate (62%), then on leaves per tree (36%); "
        "it hardly depends on share of columns per tree and random thresholds."
    )
    assert sentence({"gbm.rate": 1.0}, OWN, 30) == "Over 30 trials, the score depends mostly on learning rate (100%)."
    assert "Too early" in sentence({}, OWN, 3)
