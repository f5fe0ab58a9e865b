"""Whether the search is still improving, and what a change gained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.data_choices import NO_CHOICES
from hitl_widget.domain.space import Float, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Origin, TrialState
from hitl_widget.report.improvement import Improvement, gain
from tests.report.sessions import FAMILIES, WORDS, measured, searched, state_of, states, steered, trial


def test_gain_and_standstill_are_told_apart():
    """It says how much the last trials gained, or for how long there was no gain."""
    flat = state_of(trial(0, "linear", 0.9), *[trial(n, "lightgbm", 0.8) for n in range(1, 20)])
    assert Improvement(WORDS).sentence(flat) == "Not in the last 19 finished trials."
    rising = state_of(*[trial(n, "lightgbm", 0.5 + 0.01 * n) for n in range(20)])
    assert Improvement(WORDS).sentence(rising) == "Yes: 0.1 better in the last 10 finished trials."
    assert Improvement(WORDS).sentence(SessionState()) == "Too early to say."
    early = state_of(trial(0, "dummy", 0.5, 0.0), *[trial(n, "linear", 0.8 + 0.02 * n) for n in range(1, 5)])
    assert Improvement(WORDS).sentence(early) == "Yes: 0.06 better in the last 3 finished trials."


def test_finished_trials_are_those_of_todays_data():
    """After a data change, the count starts again, as the line of the best score does."""
    old = [replace(trial(n, "lightgbm", 0.9), view=0, ended=n + 1) for n in range(20)]
    today = [replace(trial(20 + n, "lightgbm", 0.8 if n else 0.81), view=1, ended=21 + n) for n in range(6)]
    state = state_of(*old, *today)
    places = list(TrialState).index(TrialState.COMPLETE)
    past = tuple(20 if place == places else 0 for place in range(len(TrialState)))
    state = replace(state, views=(NO_CHOICES,) * 2, view=1, past_counts=past, climbs=((1, 20),), leaders=(20,))
    assert Improvement(WORDS).sentence(state).startswith("Not in the last 5 finished trials.")


def test_it_says_what_the_last_edit_gained():
    """The gain counts from the edit on; the sentence names who edited, once the gain exceeds the noise."""
    space, narrow = (Space(("lightgbm",), (Float("lightgbm.rate", 0.01, high, 0.1),)) for high in (0.3, 0.2))
    events = [(Author.MACHINE, ev.GenerationOpened(0, space.as_json()))]

    events += measured(0, "lightgbm", 0.80)
    edit = ev.Steered("do", 1, "space", "rate to 0.2", generation=1, space=narrow.as_json())
    events.append((Author.YOU, edit))
    early = len(events)
    events += measured(1, "lightgbm", 0.81, generation=1)
    said, kept = [], Improvement(WORDS)
    for state in states(events):
        said.append(kept.sentence(state))
        assert said[-1] == Improvement(WORDS).sentence(state)
    assert "last change" not in said[early - 1]
    assert said[-1].endswith("Your last change, “rate to 0.2”, gained 0.01.")


def test_an_edit_gains_nothing_over_the_constant_prediction():
    """With only the baseline before it, an edit had nothing to improve."""
    baseline = measured(0, "dummy", 0.5, origin=Origin.BASELINE)
    edit = steered("dummy", "lightgbm")
    events = [(Author.MACHINE, ev.GenerationOpened(0, FAMILIES.as_json())), *baseline, edit]
    *_, state = states([*events, *measured(1, "lightgbm", 0.8, generation=1)])
    assert state.generations[-1].best_score is None
    assert "last change" not in Improvement(WORDS).sentence(state)


def test_an_undo_is_no_improvement():
    """A restored best trial was found before."""
    undo = steered("dummy", "linear", "lightgbm", number=2, step="undo")
    later = [one for n in range(3, 9) for one in measured(n, "lightgbm", 0.6, generation=2)]
    state = searched(steered("dummy", "lightgbm"), undo, *later)
    assert state.best == 1
    assert Improvement(WORDS).sentence(state) == "Not in the last 7 finished trials."


@pytest.mark.parametrize(
    ("before", "after", "noise", "said"),
    [
        (0.8, 0.80088, 0.018, "+0.0009"),
        (0.8, 0.804, 0.05, "+0.004"),
        (0.8, 0.8, 0.01, "±0"),
        (0.8, 0.79, 0.05, "−0.010"),
        (None, 0.8, 0.01, "–"),
    ],
)
def test_a_gain_has_the_digits_that_its_noise_warrants(before, after, noise, said):
    """Digits below a tenth of the noise are not shown."""
    assert gain(WORDS, before, after, noise) == said
