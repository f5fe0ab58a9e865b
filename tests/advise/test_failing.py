"""The rule about trials that fail for one cause."""

from __future__ import annotations

import pytest

from hitl_widget.advise.rules.failing import limit
from tests.advise.states import Story, asked, only, possible

SLOW = ("timeout", "The fit took longer than 20 s and was ended.")
BIG = ("memory", "The fit needed too much memory.")


def story_of(works, fails, problem=SLOW):
    """The booster works with these leaves and fails with those; a forest leads."""
    story = Story()
    story.trial("forest", 0.9)
    for leaves in works:
        story.trial("gbm", 0.8, leaves=leaves)
    for leaves in fails:
        story.trial("gbm", problem=problem, leaves=leaves)
    return story


def test_a_bound_is_offered_that_parts_failing_from_working_trials():
    story = story_of([10, 40, 60], [150, 190, 120])
    nudge = only(limit, story)
    assert nudge.key == "limit:gbm.leaves"
    assert nudge.question == "Keep LightGBM's leaves per tree from going above 60?"
    assert nudge.evidence == ("3 of the last 6 trials of LightGBM ran out of time, all with leaves per tree above 60.")
    assert "3 of the 3 trials that worked still count as evidence" in nudge.effect
    assert possible(nudge.answers[0], story.state)["gbm.leaves"].high == 60
    assert [answer.id for answer in nudge.answers] == ["limit", "exclude"]
    assert nudge.auto


def test_a_lower_bound_is_offered_where_small_values_fail():
    nudge = only(limit, story_of([100, 150, 190], [3, 5, 8]))
    assert nudge.answers[0].command["changes"] == {"gbm.leaves": {"low": 100}}


def test_a_choice_that_all_failing_trials_share_is_left_out():
    story = Story()
    story.trial("forest", 0.9)
    for extra in (False, False, False, True, True, True):
        story.trial("gbm", None if extra else 0.8, problem=SLOW, extra=extra)
    nudge = only(limit, story)
    assert nudge.question == "Keep LightGBM's random thresholds off?"
    assert possible(nudge.answers[0], story.state)["gbm.extra"].choices == (False,)


def test_a_setting_that_is_named_by_what_it_decides_is_told_so():
    story = Story()
    story.trial("forest", 0.9)
    for way in ("standardise", "standardise", "standardise", "quantiles", "quantiles", "quantiles"):
        story.trial("linear", 0.8 if way == "standardise" else None, problem=BIG, numbers=way)
    nudge = only(limit, story)
    assert nudge.question == 'Remove "quantiles" for Linear?'
    assert nudge.evidence.endswith("ran out of memory, all with scaling of numbers: quantiles.")


def test_where_no_setting_tells_them_apart_the_family_may_go():
    story = story_of([50, 100, 150], [60, 110, 140], BIG)
    nudge = only(limit, story)
    assert nudge.key == "limit:gbm"
    assert nudge.answers[0].command["exclude"] == ["gbm"]
    assert "ran out of memory" in nudge.evidence


def test_the_leading_family_never_goes():
    story = Story()
    for leaves, fails in ((50, 0), (100, 0), (150, 0), (60, 1), (110, 1), (140, 1)):
        story.trial("gbm", None if fails else 0.9, problem=BIG, leaves=leaves)
    story.trial("forest", 0.5)
    assert not asked(limit, story)


def test_the_last_family_never_goes():
    story = story_of([50, 100, 150], [60, 110, 140])
    story.edit(exclude=("forest", "linear"))
    assert not asked(limit, story)


def test_causes_that_differ_are_no_one_cause():
    story = story_of([10, 40, 60], [150])
    story.trial("gbm", problem=BIG, leaves=160)
    story.trial("gbm", problem=("error", "A column broke it."), leaves=170)
    assert not asked(limit, story)


@pytest.mark.parametrize("message", ["The same words.", "Other words entirely here."])
def test_errors_are_one_cause_when_their_words_are_the_same(message):
    story = story_of([10, 40, 60], [150, 160], ("error", "The same words."))
    story.trial("gbm", problem=("error", message), leaves=170)
    assert bool(asked(limit, story)) == (message == "The same words.")


def test_old_failures_are_forgotten():
    story = story_of([10, 40, 60], [150, 160, 170])
    for leaves in (20, 25, 30, 35):
        story.trial("gbm", 0.8, leaves=leaves)
    assert not asked(limit, story)


def test_the_bound_keeps_the_best_trial_in():
    """The best one lies among those that fail: nothing is cut, and a family that leads is not left out."""
    story = story_of([10, 40, 60], [150, 190, 120])
    story.trial("gbm", 0.95, leaves=160)
    assert not asked(limit, story)
