from __future__ import annotations

import math

import pytest

from hitl_widget.domain.preference import Comparison, Goals, Preferences
from hitl_widget.domain.trial import TrialState
from hitl_widget.preference.assessment import SOFT
from hitl_widget.preference.model import PreferenceModel
from hitl_widget.preference.scalarization import UtilityScalarization
from tests.preference.states import BINARY, NUMBERS, Study, limit

TIMES = ("roc_auc", "predict_ms")


def merits(study, task=BINARY):
    model = PreferenceModel(task, frozenset({"dummy"}))
    return UtilityScalarization(study.state, model.assess(study.state), frozenset({"dummy"}))


def worth(study, task=BINARY):
    """The scalar value of each trial, by number."""
    found = merits(study, task)
    return [found.of_trial(trial) for trial in study.state.trials]


def study_of(*rows, preferences=None):
    study = Study()
    for score, family, ms in rows:
        study.trial(score, family, predict_ms=ms, complexity=ms)
    if preferences is not None:
        study.prefer(preferences)
    return study


ROWS = ((0.5, "dummy", 0.1), (0.9, "forest", 50.0), (0.88, "tree", 10.0), (0.8, "linear", 2.0), (0.7, "linear", 1.0))


def test_what_keeps_the_constraints_stands_above_what_breaks_them():
    """Feasible trials are ordered by score, infeasible ones by violation, smallest first."""
    study = study_of(*ROWS, preferences=Preferences(constraints=(limit("predict_ms < 5"),)))
    found = worth(study)
    assert sorted(range(1, 5), key=lambda number: -found[number]) == [3, 4, 2, 1]
    assert found[2] < min(found[3], found[4])


def test_what_is_not_known_stands_between_kept_and_broken():
    """A trial whose constraint was not measured, or that was stopped, ranks below feasible trials."""
    study = study_of(*ROWS, preferences=Preferences(constraints=(limit("predict_ms < 5"),)))
    bare = study.trial(0.95)
    stopped = study.trial(0.95, state=TrialState.STOPPED)
    found = worth(study)
    assert min(found[3], found[4]) > found[bare] == found[stopped] > found[2] > found[1]


def test_violations_of_several_constraints_add_up_in_one_scale():
    """Each violation is scaled by its typical size, so milliseconds do not outweigh columns."""
    rules = (limit("predict_ms < 5"), limit("columns_used <= 3"))
    study = Study()
    for ms, columns in ((4, 3), (5000, 3), (4, 6), (5000, 6), (9000, 3)):
        study.trial(0.8, predict_ms=ms, columns_used=columns)
    study.prefer(Preferences(constraints=rules))
    kept, slow, wide, both, slower = worth(study)
    assert kept > max(slow, wide)
    assert min(slow, wide) > both
    assert slow > slower


def test_families_that_are_not_allowed_stand_below():
    """A constraint on the family works like any other, also for stopped trials."""
    study = study_of(*ROWS, preferences=Preferences(constraints=(limit("family in linear, tree"),)))
    stopped = study.trial(0.9, "linear", state=TrialState.STOPPED)
    found = worth(study)
    assert min(found[2], found[3], found[4], found[stopped]) > found[1]


def test_a_soft_constraint_costs_a_share_of_the_front():
    """Every violation of a soft constraint costs the same; an unknown value costs nothing."""
    study = study_of(*ROWS)
    bare = study.trial(0.85)
    free = worth(study)
    study.prefer(Preferences(constraints=(limit("predict_ms < 5", hard=False),)))
    fined = worth(study)
    for number, apart in ((1, SOFT), (2, SOFT), (3, 0.0), (4, 0.0), (bare, 0.0)):
        assert free[number] - fined[number] == pytest.approx(apart)


def test_without_answers_merits_follow_the_score():
    """The order is that of the metric, from 0 at the worst of the front to 1 at its best, also for losses."""
    study = study_of(*ROWS)
    found = worth(study)
    assert sorted(range(1, 5), key=lambda number: -found[number]) == [1, 2, 3, 4]
    assert (max(found), found[4]) == (pytest.approx(1.0), pytest.approx(0.0))
    losses = study_of((-30.0, "linear", 1.0), (-10.0, "tree", 9.0), (-20.0, "tree", 5.0))
    found = worth(losses, NUMBERS)
    assert found[1] > found[2] > found[0]


def test_the_surer_the_answers_the_more_they_count():
    """A person who always prefers the faster model reverses the order of the scores."""
    pairs = tuple(Comparison(a, b, "b") for a, b in ((1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)))
    for count, first in ((1, None), (6, 4)):
        found = worth(study_of(*ROWS, preferences=Preferences(TIMES, comparisons=pairs[:count])))
        if first is not None:
            assert found.index(max(found[1:])) in (3, first)
            assert found[4] > found[1]
    strong = worth(study_of(*ROWS, preferences=Preferences(TIMES, comparisons=pairs)))
    weak = worth(study_of(*ROWS, preferences=Preferences(TIMES, comparisons=pairs[:1])))
    assert strong[4] - strong[1] > weak[4] - weak[1]


def test_a_trial_without_a_value_counts_like_its_family():
    """A stopped trial has the median utility of its family, and no value without a score."""
    pairs = tuple(Comparison(a, b, "b") for a, b in ((1, 3), (1, 4), (2, 3), (2, 4)))
    study = study_of(*ROWS, preferences=Preferences(TIMES, comparisons=pairs))
    fast = study.trial(0.8, "linear", state=TrialState.STOPPED)
    slow = study.trial(0.8, "forest", state=TrialState.STOPPED)
    new = study.trial(0.8, "tree", state=TrialState.STOPPED)
    failed = study.trial(0.8, "linear", state=TrialState.FAILED)
    queued = merits(study)
    found = {number: queued.of_trial(study.state.trials[number]) for number in (fast, slow, new)}
    assert found[fast] > found[new] > found[slow]
    assert all(math.isfinite(one) for one in found.values())
    assert queued.of_trial(study.state.trials[failed]) is not None  # its folds; the sampler puts it below all others


def test_a_trial_that_ends_later_is_judged_by_the_same_scale():
    """A new trial that equals an old one in every objective has the same value."""
    pairs = (Comparison(1, 3, "b"), Comparison(2, 3, "b"))
    study = study_of(*ROWS, preferences=Preferences(TIMES, comparisons=pairs))
    found = merits(study)
    again = study.trial(0.88, "tree", predict_ms=10.0, complexity=10.0)
    assert found.of_trial(study.state.trials[again]) == pytest.approx(found.of_trial(study.state.trials[2]))


def test_a_trial_far_worse_than_all_others_still_stands_above_what_breaks_a_constraint():
    """A later feasible model ranks above any infeasible one, however bad its score."""
    study = study_of(*ROWS, preferences=Preferences(constraints=(limit("predict_ms < 5"),)))
    found = merits(study)
    bad = study.trial(-3.0, "linear", predict_ms=1.0, complexity=1.0)
    bad, broken = (found.of_trial(study.state.trials[number]) for number in (bad, 2))
    assert bad > broken


def test_no_trials_and_equal_trials_have_finite_merits():
    """An empty study has a positive noise."""
    assert merits(Study()).noise > 0
    study = Study()
    for _ in range(3):
        study.trial(0.8, spread=0.0, predict_ms=1.0, complexity=1.0)
    study.prefer(Preferences(TIMES, goals=Goals({"predict_ms": 1.0})))
    found = merits(study)
    assert len({found.of_trial(trial) for trial in study.state.trials}) == 1
    assert all(math.isfinite(found.of_trial(trial)) for trial in study.state.trials)
    assert math.isfinite(found.noise)
