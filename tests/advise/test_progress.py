"""The rules about the course of the search, and about beliefs."""

from __future__ import annotations

import pytest

from hitl_widget.advise.rules.progress import belief, budget, flat
from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Belief, Strength
from hitl_widget.domain.commands import command_from
from tests.advise.states import Story, asked, only


def still(count, **more):
    """One good trial, then so many that bring nothing."""
    story = Story(**more)
    story.trial("gbm", 0.9, rate=0.05)
    for i in range(count):
        story.trial("gbm", 0.89 - i / 10_000, rate=0.01 + i / 1000)
    return story


def test_a_flat_search_may_stop_or_widen():
    nudge = only(flat, still(30, trials=100))
    assert nudge.question == "Stop the search here?"
    assert nudge.evidence == (
        "The last 30 complete trials improved the best score by less than a tenth of its SD over folds; "
        "the best trial is still LightGBM #0 at 0.900 ± 0.010 SD."
    )
    assert nudge.effect == (
        "The search ends 69 trials early, and the holdout is evaluated; you can extend the budget later."
    )
    assert [answer.id for answer in nudge.answers] == ["stop", "widen"]
    assert nudge.answers[1].python.startswith('session.widen("gbm.')
    assert not nudge.auto


def test_the_time_saved_is_told_where_time_is_the_budget():
    assert "5 min early" in only(flat, still(30, seconds=400), elapsed=100).effect


def test_a_slow_climb_within_a_tenth_of_the_noise_is_flat():
    story = still(0)
    for i in range(30):
        story.trial("gbm", 0.9 + i / 1e5, rate=0.01 + i / 1000)
    assert only(flat, story)


@pytest.mark.parametrize("story", [still(24), still(30, trials=35), still(30, autonomy="user")])
def test_it_is_not_flat_too_early_nor_at_the_end_nor_while_the_person_drives(story):
    assert not asked(flat, story)


def test_a_recent_climb_is_not_flat():
    story = still(30)
    story.trial("gbm", 0.92)
    assert not asked(flat, story)


# -- budget -----------------------------------------------------------------------------------------------------------


def short(seconds=20.0, elapsed=14.0, slow=6.0):
    """Ten seconds of work a trial or so, and 20 s in all on two workers."""
    story = Story(seconds=seconds)
    story.trial("gbm", 0.9, seconds=slow)
    story.trial("linear", 0.8, seconds=0.5)
    story.trial("forest", 0.85, seconds=8 * slow)
    return story, elapsed


def test_too_short_a_budget_asks_what_to_cut():
    story, elapsed = short()
    nudge = only(budget, story, elapsed)
    assert [answer.id for answer in nudge.answers] == ["cut", "raise"]
    assert nudge.answers[0].command["exclude"] == ["forest"]
    assert command_from(nudge.answers[1].command).seconds == 120
    assert nudge.evidence == "After 3 trials, the budget allows for less than 1 more trial at 18 s each."
    assert not nudge.auto


def test_families_that_would_never_be_tried_are_named():
    story = Story(trials=5)
    for _ in range(4):
        story.trial("gbm", 0.9)
    nudge = only(budget, story)
    assert nudge.evidence == (
        "After 4 trials, the budget allows for about 1 more trial, and Linear, Random forest have not been tried yet."
    )
    assert nudge.question == "Raise the budget?"
    assert nudge.answers[0].python == "session.set_budget(seconds=None, trials=17)"
    assert nudge.effect == "The search continues up to 17 trials."


def test_the_leading_family_is_never_cut():
    story, elapsed = short()
    story.trial("forest", 0.99, seconds=40)
    assert [answer.id for answer in only(budget, story, elapsed).answers] == ["raise"]


def test_enough_budget_none_or_the_normal_end_asks_nothing():
    story, _ = short(seconds=2000)
    assert not asked(budget, story, 10)
    story, _ = short(seconds=None)
    assert not asked(budget, story, 10)
    long = still(20, trials=24)
    long.trial("linear", 0.8)
    long.trial("forest", 0.8)
    assert not asked(budget, long)


# -- beliefs ----------------------------------------------------------------------------------------------------------


def contradicted(strength=Strength.STRONG, kind="contradicted", **more):
    given = more or {"around": 0.01, "low": 0.005, "high": 0.02}
    story = Story()
    story.believe(Belief("gbm.rate" if not more else "family", **given, strength=strength, since=3))
    about = story.state.steering.beliefs[0].about
    return story.tell(ev.BeliefJudged(about, kind, "The 20 trials near 0.01 lie 0.03 behind.", 20, 0.97))


def test_a_contradicted_belief_raises_a_question_and_stays():
    story = contradicted()
    nudge = only(belief, story)
    assert nudge.question == "Soften your belief about the learning rate?"
    assert nudge.evidence == "The 20 trials near 0.01 lie 0.03 behind."
    assert [answer.id for answer in nudge.answers] == ["soften", "withdraw", "keep"]
    said = command_from(nudge.answers[0].command)
    assert (said.about, said.around, said.strength) == ("gbm.rate", 0.01, Strength.FAIR)
    assert said.spread == pytest.approx(0.169, abs=0.001)  # ln 2 of the 4.09 e-folds of the range
    assert command_from(nudge.answers[1].command).about == "gbm.rate"
    assert nudge.answers[2].command is None
    assert not nudge.auto
    assert story.state.steering.beliefs


def test_the_weakest_belief_can_be_withdrawn_or_kept():
    nudge = only(belief, contradicted(Strength.HINT))
    assert [answer.id for answer in nudge.answers] == ["withdraw", "keep"]
    assert nudge.question == "Withdraw your belief about the learning rate?"


def test_a_belief_about_families_is_asked_about_too():
    nudge = only(belief, contradicted(likely=("forest",)))
    assert nudge.question == "Soften your belief about the families?"
    assert command_from(nudge.answers[0].command).likely == ("forest",)


@pytest.mark.parametrize("kind", ["undecided", "supported"])
def test_other_verdicts_raise_no_question(kind):
    assert not asked(belief, contradicted(kind=kind))
