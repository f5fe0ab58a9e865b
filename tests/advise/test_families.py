"""The rules that drop, explore and point at what is simple."""

from __future__ import annotations

import pytest

from hitl_widget.advise.rules.families import drop, explore_family, explore_region, simple
from hitl_widget.domain import event as ev
from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.task import Column, Role
from tests.advise.states import Story, advisor, asked, of_metric, only, possible


def behind(count, forest, gbm=0.9, **more):
    """The booster leads; so many forests lie at a score."""
    story = Story(**more)
    story.trial("dummy", 0.5 if gbm > 0 else -1000.0)
    for i in range(4):
        story.trial("gbm", gbm - i / 1000, rate=0.05 + i / 100)
    for i in range(count):
        story.trial("forest", forest - i / 10_000, trees=100 + i)
    return story


def test_a_family_far_behind_after_enough_trials_may_go():
    story = behind(8, 0.7)
    nudge = only(drop, story)
    assert nudge.key == "drop:forest"
    assert nudge.question == "Drop Random forest from the search?"
    assert "The best of 8 Random forest trials, #5 at 0.700, is 0.200 behind LightGBM" in nudge.evidence
    assert "its 8 trials stay in the record" in nudge.effect
    assert nudge.auto
    assert "forest" not in possible(nudge.answers[0], story.state).families


def test_seven_trials_are_not_enough_to_drop():
    assert not asked(drop, behind(7, 0.7))


def test_within_the_noise_nothing_is_dropped():
    assert not asked(drop, behind(12, 0.897))


def test_folds_that_disagree_make_the_gap_uncertain():
    story = behind(0, 0.0)
    for _ in range(9):
        story.trial("forest", 0.87, jitter=0.03)
    assert not asked(drop, story)


def test_a_family_that_still_climbs_is_kept():
    story = behind(0, 0.0)
    for score in (0.5, 0.5, 0.5, 0.5, 0.78, 0.79, 0.8, 0.82):
        story.trial("forest", score)
    assert not asked(drop, story)


def test_a_family_of_which_only_later_trials_were_worth_finishing_is_kept():
    story = behind(0, 0.0)
    for i in range(9):
        story.trial("forest", 0.6 + i / 100, stopped=i < 6)
    assert not asked(drop, story)


def test_a_family_that_the_ensemble_uses_is_kept():
    story = behind(8, 0.7)
    story.tell(ev.EnsembleChanged(((1, 0.7), (6, 0.3)), 0.91))
    assert not asked(drop, story)


def test_a_family_whose_trials_all_lost_the_race_may_go():
    story = behind(0, 0.0)
    for i in range(9):
        story.trial("forest", 0.6, stopped=True, trees=100 + i)
    nudge = only(drop, story)
    assert (
        nudge.evidence == "All 9 Random forest trials were stopped after the first folds, the closest, #5, 0.300 "
        "behind LightGBM #1."
    )


def test_after_a_data_change_the_evidence_says_which_trials_it_counts():
    """Those on the current data, as in the table."""
    story = behind(8, 0.7)
    dropped = DataChoices(filling={"a": "mean"})
    story.tell(ev.Steered("do", 1, "data", "a filled", generation=1, data=dropped.as_json()))
    story.trial("gbm", 0.9, view=1)
    for i in range(8):
        story.trial("forest", 0.6, view=1, trees=100 + i)
    assert "The best of 8 Random forest trials on the current data, #" in only(drop, story).evidence


def test_the_leading_family_and_the_last_one_stay():
    story = behind(8, 0.7)
    story.edit(exclude=("linear", "forest"))
    assert not asked(drop, story)


def test_losses_are_told_as_people_read_them():
    story = behind(8, -600.0, gbm=-500.0)
    own = advisor(task=of_metric("neg_root_mean_squared_error"), rules=(drop,))
    (nudge,) = own.nudges(story.state, 0.0)
    assert "#5 at 600.000, is 17% behind LightGBM" in nudge.evidence


# -- explore ----------------------------------------------------------------------------------------------------------


def promising(forests=2, **more):
    story = Story(**more)
    for i in range(24):
        story.trial("gbm", 0.9 - i / 1000, rate=0.01 + i / 100, leaves=20 + i, share=0.5 + i / 60)
    for i in range(forests):
        story.trial("forest", 0.899 - i / 10, share=0.4, trees=100 + i)
    return story


def test_a_family_within_the_noise_after_few_trials_deserves_a_closer_look():
    story = promising()
    nudge = only(explore_family, story)
    assert nudge.key == "explore:forest"
    assert nudge.question == "Try more settings of Random forest?"
    assert nudge.evidence == (
        "Random forest was tried twice and reached 0.899 (#24), statistically tied with the best trial, #0 at "
        "0.900 ± 0.010 SD."
    )
    assert nudge.answers[0].python.startswith("session.grid(24, ")
    assert nudge.effect == "4 trials run next: #24 with columns per question 0.3, 0.5, 0.7, 0.9."
    possible(nudge.answers[0], story.state)


@pytest.mark.parametrize("change", ["tried enough", "waits", "worse", "no budget"])
def test_a_closer_look_is_not_offered_where_it_is_not_needed(change):
    story = promising(5 if change == "tried enough" else 2, trials=30 if change == "no budget" else None)
    if change == "waits":
        story.queued("forest")
    if change == "worse":
        story.trial("gbm", 0.95)
    assert not asked(explore_family, story)


def test_a_family_never_tried_is_offered_late():
    story = promising(0)
    assert not asked(explore_family, story)
    for i in range(8):
        story.trial("gbm", 0.8, rate=0.01 + i / 100)
    nudges = asked(explore_family, story)
    assert [nudge.key for nudge in nudges] == ["explore:linear", "explore:forest"]
    assert nudges[0].answers[0].command["config"]["family"] == "linear"
    possible(nudges[0].answers[0], story.state)


def lonely(others=0.1, count=30):
    """A trial with few leaves stands alone among many with many leaves, at the top with them."""
    story = Story()
    for i in range(count):
        rate = 0.006 * 40 ** (i / count)
        share = 0.42 + 0.55 * ((7 * i) % count) / count
        story.trial("gbm", 0.9 - others * i / count, rate=rate, leaves=100 + i, share=share)
    story.trial("gbm", 0.905, rate=0.05, leaves=4, share=0.7)
    return story


def test_a_good_trial_alone_in_its_part_of_a_range_is_looked_around():
    story = lonely()
    nudge = only(explore_region, story)
    assert nudge.key == "explore:gbm.leaves:4"
    assert nudge.question == "Search around LightGBM's leaves per tree 4?"
    assert nudge.evidence == (
        "#30, among the best with 0.905, is the only one of 31 LightGBM trials with leaves per tree near 4."
    )
    assert nudge.answers[0].command["parameter"] == "gbm.leaves"
    assert all(2 <= value <= 7 and value != 4 for value in nudge.answers[0].command["values"])


def test_a_part_that_was_searched_is_not_explored():
    story = lonely()
    for i in range(6):
        story.trial("gbm", 0.8, leaves=3 + i % 3, rate=0.05, share=0.7)
    assert not asked(explore_region, story)


def test_a_lonely_trial_that_is_worse_than_the_noise_is_left_alone():
    story = lonely()
    for _ in range(3):
        story.trial("gbm", 0.95, rate=0.05, leaves=120, share=0.7)
    assert not asked(explore_region, story)


# -- simple -----------------------------------------------------------------------------------------------------------


def test_a_readable_model_within_the_noise_is_pointed_at():
    story = behind(12, 0.8)
    number = story.trial("linear", 0.898)
    nudge = only(simple, story)
    assert nudge.trial == number == 17
    assert nudge.question == "Is the Linear model good enough?"
    assert nudge.answers[0].label == "Open trial #17"
    assert nudge.answers[0].command is None
    assert not nudge.auto
    assert "reaches 0.898, and the best trial, LightGBM (#1), reaches 0.900 ± 0.010 SD" in nudge.evidence


@pytest.mark.parametrize("change", ["behind", "within the folds' spread only", "leads", "early"])
def test_a_readable_model_is_not_pointed_at_for_nothing(change):
    story = behind(2 if change == "early" else 12, 0.8)
    story.trial("linear", {"behind": 0.85, "leads": 0.95, "early": 0.898}.get(change, 0.895))
    assert not asked(simple, story)


def test_a_model_of_other_columns_is_not_compared_with_the_best():
    """A readable model that read a leak leads by far on columns that are no longer used: it is history."""
    story = Story(trials=100)
    for _ in range(4):
        story.trial("linear", 0.909)
    dropped = DataChoices({"a": Column("a", Role.IGNORED, "left out by you", given=True)})
    story.tell(ev.Steered("do", 1, "data", "a left out", generation=1, data=dropped.as_json()))
    for _ in range(16):
        story.trial("gbm", 0.799, view=1)
    assert story.state.best == 4
    assert not asked(simple, story)
    number = story.trial("linear", 0.798, view=1)
    assert only(simple, story).trial == number
