"""The evidence on one family: which trials count, in which order, and what they say of a belief's age."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.domain.trial import Author, Fold, Origin, Trial, TrialState
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.evidence import ENOUGH, Begun, Evidence

SPACE = Space(("tree",), (Int("tree.depth", 1, 4, 3), Categorical("tree.kind", ("a", "b"), "a")))


def trial(number, depth=1, kind="a", score=None, state=TrialState.COMPLETE, origin=Origin.SAMPLER, seconds=2.0):
    config = {"family": "tree", "tree.depth": depth, "tree.kind": kind}
    return Trial(number, config, Author.MACHINE, origin, state=state, score=score, seconds=seconds)


@pytest.fixture
def evidence():
    return Evidence(Axes(SPACE, "tree"))


def end(evidence, *trials, counts=True, fits=True):
    for one in trials:
        evidence.end(one, counts=counts, fits=fits)


def test_rows_come_in_the_order_of_the_numbers(evidence):
    """However trials end, their rows are sorted, so that the search repeats; failed ones stand at minus infinity."""
    end(evidence, trial(5, 2, "b", 0.7), trial(1, 1, "a", 0.6), trial(3, state=TrialState.FAILED))
    numbers, rows, scores = evidence.arrays()
    assert numbers == [1, 3, 5]
    assert rows.tolist() == [[1, 0], [1, 0], [2, 1]]
    assert scores.tolist() == [0.6, -math.inf, 0.7]
    assert (evidence.best, evidence.ended, evidence.failed) == (0.7, 3, 1)


def test_a_discarded_trial_costs_time_and_says_nothing(evidence):
    """Its seconds are known, its score is not used."""
    end(evidence, trial(0, score=0.9, seconds=4.0), counts=False)
    assert evidence.arrays()[0] == []
    assert evidence.best is None
    assert evidence.cost == 4.0


def test_a_family_that_only_fails_is_given_up(evidence):
    """Three failures without a success are enough; one success keeps it alive."""
    assert evidence.able
    end(evidence, *(trial(n, state=TrialState.FAILED) for n in range(3)))
    assert not evidence.able
    end(evidence, trial(3, score=0.1))
    assert evidence.able


def test_a_family_is_exhausted_when_all_was_tried(evidence):
    """Eight configurations, one of them still running."""
    every = [(depth, kind) for depth in range(1, 5) for kind in "ab"]
    end(evidence, *(trial(n, depth, kind, 0.5) for n, (depth, kind) in enumerate(every[:-1])))
    assert not evidence.exhausted
    evidence.begin(trial(7, *every[-1], state=TrialState.RUNNING), counts=True)
    assert evidence.exhausted
    assert len(evidence.tried) == 8


def test_running_trials_repel_until_they_end(evidence):
    """Those the sampler knows and those in work that it has not heard of, each once."""
    running = trial(2, 3, "b", state=TrialState.RUNNING)
    evidence.begin(running, counts=True)
    assert evidence.running().tolist() == [[3, 1]]
    assert evidence.running([running, trial(4, 4, "a", state=TrialState.QUEUED)]).tolist() == [[3, 1], [4, 0]]
    end(evidence, replace(running, state=TrialState.COMPLETE, score=0.5))
    assert evidence.running().shape == (0, 2)


def test_near_trials_are_borrowed_while_few_fit(evidence):
    """Trials that differ in fixed values count until there are enough with the right ones."""
    end(evidence, trial(0, 1, "a", 0.9), fits=False)
    end(evidence, trial(1, 2, "a", 0.5))
    assert evidence.arrays()[0] == [0, 1]
    assert evidence.best == 0.5, "a borrowed trial is no result of today's space"
    end(evidence, *(trial(n, 2, "a", 0.5) for n in range(2, 1 + ENOUGH)))
    assert 0 not in evidence.arrays()[0]


def test_a_value_can_be_replaced(evidence):
    """When what counts changes, so do the values and the best; a failed trial stays failed."""
    end(evidence, trial(0, score=0.9), trial(1, 2, score=0.5), trial(2, state=TrialState.FAILED))
    evidence.amend(0, 0.1)
    evidence.amend(2, 0.8)
    assert evidence.arrays()[2].tolist() == [0.1, 0.5, -math.inf]
    assert evidence.best == 0.5
    evidence.amend(1, None)
    assert evidence.best == 0.1


def test_a_value_outside_its_range_is_no_row():
    """A trial from a wider space is left out; the others count."""
    evidence = Evidence(Axes(Space(("tree",), (Float("tree.rate", 0.1, 0.5, 0.2),)), "tree"))
    for number, rate in enumerate((0.05, 0.3)):
        config = {"family": "tree", "tree.rate": rate}
        one = Trial(number, config, Author.MACHINE, Origin.SAMPLER, state=TrialState.COMPLETE, score=0.5)
        evidence.end(one, counts=True, fits=True)
    assert evidence.arrays()[0] == [1]


def test_a_belief_ages_by_the_searchs_own_trials():
    """Trials of people do not age it, nor do those queued or cancelled before they began."""
    begun = Begun()
    evidence = Evidence(Axes(SPACE, "tree"), begun)
    for one in (
        trial(0, score=0.5),
        trial(1, score=0.5, origin=Origin.OWN),
        trial(2, state=TrialState.QUEUED),
        trial(3, state=TrialState.STOPPED),
        replace(trial(4, state=TrialState.STOPPED), folds=(Fold(0, 0.5, fit_seconds=1.0),)),
        trial(5, score=0.5),
    ):
        begun.note(one)
        if one.state not in (TrialState.QUEUED, TrialState.STOPPED) or one.folds:
            evidence.begin(one, counts=True)
    assert [begun.first_after(started) for started in range(5)] == [0, 1, 4, 5, math.inf]
    assert evidence.begun_since(0) == 3
    assert evidence.begun_since(1) == 2
    assert evidence.begun_since(4) == 0
