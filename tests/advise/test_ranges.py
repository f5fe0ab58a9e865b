"""The rules that widen and fix."""

from __future__ import annotations

import random

import pytest

from hitl_widget.advise.rules.ranges import fix, widen
from tests.advise.states import SPACE, Story, asked, only, possible


def crowded(rates, story=None):
    """Ten trials of the booster: the best five with these learning rates, the others worse and inside."""
    story = story or Story()
    story.trial("dummy", 0.5)
    for i in range(6):
        story.trial("gbm", 0.80 + i / 1000, rate=0.03 + i / 100)
    for i, rate in enumerate(rates):
        story.trial("gbm", 0.82 + i / 1000, rate=rate)
    return story


def test_best_trials_at_a_bound_are_offered_more_room():
    story = crowded([0.0051, 0.0055, 0.0052, 0.05, 0.006])
    nudge = only(widen, story)
    assert nudge.key == "widen:gbm.rate:low"
    assert nudge.question == "Let LightGBM's learning rate go below 0.005?"
    assert nudge.evidence == (
        "4 of the 5 best LightGBM trials (#11, #9, #8, #7) have their learning rate at the lower bound, 0.005."
    )
    assert nudge.answers[0].python == 'session.widen("gbm.rate", low=0.002)'
    assert "no trial is lost" in nudge.effect
    assert nudge.auto
    assert possible(nudge.answers[0], story.state)["gbm.rate"].low == 0.002


def test_two_of_five_at_a_bound_are_not_enough():
    assert not asked(widen, crowded([0.0051, 0.0052, 0.05, 0.04, 0.06]))


def test_fewer_than_eight_trials_are_not_enough():
    story = Story()
    for i in range(6):
        story.trial("gbm", 0.8 + i / 1000, rate=0.0051)
    assert not asked(widen, story)


def test_a_default_that_lies_at_its_bound_was_not_chosen():
    """The share of columns is 1 unless something else is tried."""
    story = Story()
    for i in range(10):
        story.trial("gbm", 0.8 + i / 1000)
    assert not asked(widen, story)


def test_no_room_is_offered_where_the_estimator_accepts_no_more():
    story = Story(space=SPACE)
    for i in range(10):
        story.trial("gbm", 0.8 + i / 1000, leaves=2)
    assert [nudge.key for nudge in asked(widen, story)] == []


def test_one_of_few_whole_numbers_is_not_an_edge_by_itself():
    """With three values, a third of all draws lies at each bound."""
    story = Story()
    story.edit({"forest.trees": (98, 100)})
    for i in range(10):
        story.trial("forest", 0.8 + i / 1000, trees=98 if i in (6, 7, 8) else 99, share=0.5)
    assert not asked(widen, story)


def test_a_family_far_behind_is_not_widened():
    story = crowded([0.0051, 0.0055, 0.0052, 0.0053, 0.0051])
    for _ in range(3):
        story.trial("forest", 0.95, share=0.5)
    assert not asked(widen, story)


def test_what_was_looked_at_beyond_the_bound_is_not_proposed_again():
    story = Story()
    story.edit({"gbm.rate": {"low": 0.001}})
    for _ in range(3):
        story.trial("gbm", 0.7, rate=0.003)
    story.edit({"gbm.rate": {"low": 0.005}})
    assert not asked(widen, crowded([0.0051, 0.0055, 0.0052, 0.0053, 0.0051], story))


def test_a_bound_that_the_person_drew_is_met_as_well():
    story = Story()
    story.edit({"gbm.leaves": (20, 60)})
    for i in range(10):
        story.trial("gbm", 0.8 + i / 1000, leaves=60 if i > 4 else 40)
    nudge = only(widen, story)
    assert nudge.key == "widen:gbm.leaves:high"
    assert possible(nudge.answers[0], story.state)["gbm.leaves"].high == 200


def drawn(count, score):
    story, rng = Story(), random.Random(3)
    story.trial("dummy", 0.5)
    for _ in range(count):
        rate, leaves = 10 ** rng.uniform(-2.3, -0.53), rng.randint(2, 200)
        extra, share = rng.random() < 0.5, rng.uniform(0.4, 1.0)
        story.trial("gbm", score(rate, leaves, share), rate=rate, leaves=leaves, extra=extra, share=share)
    return story


def on_rate_only(rate, leaves, share):
    return 0.9 - (rate - 0.05) ** 2


def test_a_parameter_without_influence_is_fixed_at_the_best_value():
    story = drawn(60, on_rate_only)
    nudge = only(fix, story)
    best = story.state.best_trial
    assert nudge.key == "fix:gbm.extra"
    assert nudge.answers[0].command["changes"] == {"gbm.extra": {"fix": best.config["gbm.extra"]}}
    assert possible(nudge.answers[0], story.state)["gbm.extra"].choices == (best.config["gbm.extra"],)
    assert nudge.question == "Keep LightGBM's random thresholds off?"
    assert nudge.evidence == (
        "Over 60 LightGBM trials, less than 1% of the score depends on random thresholds; "
        f"the best trial, #{best.number}, has it off."
    )
    assert "fall outside and turn gray" in nudge.effect


def test_a_choice_without_influence_is_told_by_its_words():
    story = Story()
    for i in range(60):
        freedom = 10 ** (i / 10 - 3)
        story.trial("linear", 0.8 + freedom / 1e5, C=freedom, numbers=("standardise", "quantiles")[i % 2])
    nudge = only(fix, story)
    best = story.state.best_trial
    assert nudge.question == f"Fix Linear's scaling of numbers: {best.config['linear.numbers']}?"
    assert nudge.evidence.endswith(f"the best trial, #{best.number}, has {best.config['linear.numbers']}.")


def test_fewer_than_forty_trials_fix_nothing():
    assert not asked(fix, drawn(39, on_rate_only))


def test_the_only_free_parameter_is_not_fixed():
    story = drawn(60, on_rate_only)
    story.edit({"gbm.rate": {"fix": 0.05}, "gbm.leaves": {"fix": 31}, "gbm.share": {"fix": 1.0}})
    assert not asked(fix, story)


def test_the_autopilot_fixes_nothing_that_would_thin_the_ensemble():
    from hitl_widget.domain import event as ev

    story = drawn(60, on_rate_only)
    best = story.state.best_trial.config["gbm.extra"]
    other = next(t.number for t in story.state.trials if t.config.get("gbm.extra") is (not best))
    assert only(fix, story).auto
    story.tell(ev.EnsembleChanged(((story.state.best, 0.5), (other, 0.5)), 0.9))
    assert not only(fix, story).auto


@pytest.mark.parametrize("rule", [widen, fix])
def test_nothing_is_said_before_a_trial_ended(rule):
    assert asked(rule, Story()) == []
