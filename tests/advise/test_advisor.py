"""The advisor: order, answers, purity and speed."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_widget.advise.evidence import Evidence
from hitl_widget.domain import event as ev
from hitl_widget.domain.preference import Comparison, Preferences
from tests.advise.states import Story, advisor, check
from tests.advise.test_families import behind
from tests.advise.test_ranges import crowded

CROWDED = [0.0051, 0.0055, 0.0052, 0.0053, 0.0054]


def keys(story, own=None, elapsed=0.0):
    return [nudge.key for nudge in (own or advisor()).nudges(story.state, elapsed)]


def more(story, count):
    """Trials that change nothing about what is proposed."""
    for i in range(count):
        story.trial("linear", 0.55 + i / 10_000, C=10.0 + i)


def test_the_greatest_worth_goes_first_and_five_are_the_most():
    story = crowded(CROWDED)
    for i in range(9):
        story.trial("forest", 0.6, trees=100 + i, share=0.3)
        story.trial("linear", 0.6, C=2.0 + i)
    found = advisor().nudges(story.state, 0.0)
    assert [nudge.worth for nudge in found] == sorted((nudge.worth for nudge in found), reverse=True)
    assert {nudge.rule for nudge in found} >= {"widen", "drop"}
    assert len(found) <= 5
    for nudge in found:
        check(nudge, story.state)


def test_where_preferences_lead_nothing_is_proposed_by_the_metric():
    """To drop the family that the person prefers, since another scores more, would go against what they said."""
    story = crowded(CROWDED)
    for i in range(9):
        story.trial("forest", 0.6, trees=100 + i, share=0.3)
    assert {nudge.rule for nudge in advisor().nudges(story.state, 0.0)} >= {"widen", "drop"}
    said = Preferences(comparisons=(Comparison(1, 0, "a"),))
    state = replace(story.state, steering=replace(story.state.steering, preferences=said))
    assert not {"widen", "drop", "fix", "flat", "simple"} & {nudge.rule for nudge in advisor().nudges(state, 0.0)}


def test_never_is_for_ever():
    story = crowded(CROWDED)
    assert "widen:gbm.rate:low" in keys(story)
    story.tell(ev.NudgeAnswered("widen:gbm.rate:low", "never"))
    more(story, 60)
    assert "widen:gbm.rate:low" not in keys(story)


def test_later_is_for_twenty_trials():
    story = crowded(CROWDED).tell(ev.NudgeAnswered("widen:gbm.rate:low", "later"))
    more(story, 19)
    assert "widen:gbm.rate:low" not in keys(story)
    more(story, 1)
    assert "widen:gbm.rate:low" in keys(story)


def test_what_was_accepted_comes_again_after_thirty_trials_or_on_new_evidence():
    story = crowded(CROWDED).tell(ev.NudgeAnswered("widen:gbm.rate:low", "widen"))
    story.edit({"gbm.rate": {"low": 0.002}})
    for i in range(2):
        story.trial("gbm", 0.9, rate=0.00201 + i / 1e6)
    assert "widen:gbm.rate:low" not in keys(story)
    story.trial("gbm", 0.9, rate=0.00203)
    assert "widen:gbm.rate:low" in keys(story)


def test_a_drop_that_was_undone_is_not_proposed_again_at_once():
    story = behind(8, 0.7).tell(ev.NudgeAnswered("drop:forest", "drop"))
    for _ in range(5):
        story.trial("forest", 0.6)
    assert "drop:forest" not in keys(story)
    for _ in range(25):
        story.trial("gbm", 0.8)
    assert "drop:forest" in keys(story)


@pytest.mark.parametrize("word", ["keep", "look"])
def test_what_was_looked_at_or_kept_is_settled(word):
    story = behind(12, 0.8)
    story.trial("linear", 0.898)
    assert "simple:linear" in keys(story)
    story.tell(ev.NudgeAnswered("simple:linear", word))
    for _ in range(40):
        story.trial("gbm", 0.8)
    assert "simple:linear" not in keys(story)


def test_nothing_is_proposed_when_the_search_has_ended():
    story = crowded(CROWDED)
    story.tell(ev.Finishing("r"), ev.Finished("r"))
    assert keys(story) == []


def test_a_rule_that_fails_costs_its_own_proposal_only(caplog):
    def broken(view):
        raise ZeroDivisionError
        yield

    from hitl_widget.advise.rule import NudgeRule
    from hitl_widget.advise.rules.ranges import widen

    assert keys(crowded(CROWDED), advisor(rules=(NudgeRule("broken", broken, 0), widen))) == ["widen:gbm.rate:low"]
    assert "broken" in caplog.text


def random_story(rng, length):
    story = Story(trials=200)
    waiting = []
    for _ in range(length):
        act = rng.random()
        family = rng.choice(["linear", "gbm", "forest"])
        if act < 0.7:
            problem = ("timeout", "slow") if rng.random() < 0.3 else None
            score = None if problem else rng.gauss(0.8, 0.05)
            params = {"gbm": {"rate": 0.005 * 60 ** rng.random(), "leaves": rng.randint(2, 200)}}.get(family, {})
            story.trial(family, score, problem=problem, stopped=rng.random() < 0.2, jitter=rng.random() / 50, **params)
        elif act < 0.8:
            waiting.append(story.queued(family))
        elif act < 0.9 and waiting:
            number = waiting.pop(rng.randrange(len(waiting)))
            story.tell(ev.TrialStarted(number), ev.TrialEnded(number, "failed", problem=None))
        elif act < 0.95 and len(story.state.trials):
            number = rng.randrange(len(story.state.trials))
            if number not in waiting:
                story.tell(ev.Steered("do", len(story.state.acts) + 1, "discard", "t", discarded=(number,)))
        elif "gbm" in story.state.space.families:
            high = 150 if story.state.space["gbm.leaves"].high == 200 else 200
            story.edit({"gbm.leaves": {"high": high}})
        yield story.state


@given(st.integers(0, 10_000), st.integers(1, 60))
@settings(max_examples=40)
def test_what_it_returns_follows_from_the_state_alone(seed, length):
    """An advisor that saw every step says the same as one that sees the last only; and every answer is possible."""
    rng = random.Random(seed)
    along, state = advisor(), None
    for state in random_story(rng, length):
        along.nudges(state, state.elapsed)
    assert along.nudges(state, 0.0) == advisor().nudges(state, 0.0)
    for nudge in along.nudges(state, 0.0):
        check(nudge, state)


def test_evidence_is_counted_anew_after_a_discard():
    story = behind(8, 0.7)
    evidence = Evidence()
    assert evidence.read(story.state)["forest"].ended == 8
    story.tell(ev.Steered("do", 1, "discard", "t", discarded=(6,)))
    assert evidence.read(story.state)["forest"].ended == 7
    story.tell(ev.Steered("undo", 1, restored=(6,)))
    assert evidence.read(story.state)["forest"].ended == 8


@pytest.mark.slow
def test_a_look_at_three_thousand_trials_takes_milliseconds():
    """Amortised over the trials, with the importances that are due in between."""
    rng, own, spent = random.Random(0), advisor(), 0.0
    story, calls = Story(), 0
    for i in range(3000):
        rate, leaves = 0.005 * 60 ** rng.random(), rng.randint(2, 200)
        story.trial("gbm", 0.9 - (rate - 0.05) ** 2 + rng.gauss(0, 0.002), rate=rate, leaves=leaves)
        if i >= 2500:
            calls += 1
            begun = time.perf_counter()
            own.nudges(story.state, 0.0)
            spent += time.perf_counter() - begun
    print(f"{1000 * spent / calls:.2f} ms a call")
    assert spent / calls < 0.015
