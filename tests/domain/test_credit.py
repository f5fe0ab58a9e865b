"""Which trials a change of the search is credited with, and what they brought."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Belief
from hitl_widget.domain.credit import cause_of, changes, queued_by_you, same_settings
from hitl_widget.domain.trial import Author, Origin, Reasons
from tests.advise.states import Story


def as_if(story, number, **fields):
    """The state with other fields of a trial."""
    trials = story.state.trials
    story.state = replace(story.state, trials=trials.replace(number, replace(trials[number], **fields)))


def test_notes_and_undoing_are_no_changes():
    story = Story()
    story.edit(exclude=["forest"])
    story.tell(ev.Steered("do", 2, "annotate", "note on #0"), ev.Steered("do", 3, "undo", "undid"))
    assert [one.act.number for one in changes(story.state)] == [1]


def test_a_changed_range_is_credited_with_the_proposals_of_its_family_alone():
    """A narrower range with all of them, a wider one with those in its new part; starting points with neither."""
    story = Story()
    story.trial("gbm", 0.80, rate=0.1)
    story.edit({"gbm.rate": {"low": 0.02, "high": 0.2}})
    story.trial("linear", 0.90)
    inside = story.trial("gbm", 0.91, rate=0.03)
    start = story.trial("gbm", 0.92, rate=0.1)
    as_if(story, start, origin=Origin.START)
    story.edit({"gbm.rate": {"low": 0.01, "high": 0.2}})
    again = story.trial("gbm", 0.93, rate=0.03)
    new = story.trial("gbm", 0.95, rate=0.015)
    first, second = changes(story.state)
    assert [one.number for one in first.trials] == [inside, again]
    assert [one.number for one in second.trials] == [new]
    assert (first.gain, second.gain) == (pytest.approx(0.02), pytest.approx(0.02))
    assert (first.first, second.first) == (1, 4)
    assert cause_of(story.state, story.state.trials[start]) is None


def test_a_range_that_lost_the_best_trial_brought_nothing():
    story = Story()
    story.trial("gbm", 0.90, rate=0.2)
    story.edit({"gbm.rate": {"low": 0.02, "high": 0.08}})
    story.trial("gbm", 0.85, rate=0.05)
    (change,) = changes(story.state)
    assert (len(change.trials), change.gain) == (1, 0)


def test_an_added_family_is_credited_with_all_its_trials():
    story = Story()
    story.edit(exclude=["forest"])
    story.trial("gbm", 0.80)
    story.edit(include=["forest"])
    start = story.trial("forest", 0.85)
    as_if(story, start, origin=Origin.START)
    excluded, included = changes(story.state)
    assert excluded.trials == ()
    assert [one.number for one in included.trials] == [start]
    assert included.gain == pytest.approx(0.05)


def test_a_belief_is_credited_with_the_trials_that_it_decided():
    """Not with the user's own, which are told apart."""
    story = Story()
    story.trial("gbm", 0.80)
    story.tell(ev.Steered("do", 1, "belief", "b", beliefs=(Belief("gbm.leaves", around=31).as_json(),)))
    led, other, own = (story.trial("gbm", 0.80) for _ in range(3))
    as_if(story, led, origin=Origin.BELIEF, reasons=Reasons("exploit", (), "gbm.leaves", 1.0))
    as_if(story, other, reasons=Reasons("exploit", (), "gbm.leaves", 0.2))
    as_if(story, own, author=Author.YOU, origin=Origin.OWN)
    (change,) = changes(story.state)
    assert [one.number for one in change.trials] == [led]
    assert change.gain == 0
    assert [one.number for one in queued_by_you(story.state)] == [own]
    assert same_settings(story.state, story.state.trials[led]).number == 0
    assert same_settings(story.state, story.state.trials[0]) is None
