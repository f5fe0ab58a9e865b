"""What the evidence says of configurations that were never tried, held against a known truth."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from hitl_widget.explain.evidence import evidence_of, fold_effects, score_of
from hitl_widget.explain.knowledge import family_to_show, knowledge_of
from hitl_widget.explain.surrogate import Surrogate, spread_weights
from tests.advise.states import Story
from tests.explain.searched import crowded, truth
from tests.explain.test_importances import by_rate, searched


def even(evidence, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Configurations drawn evenly over the space, and what they are worth."""
    units = np.random.default_rng(5).random((count, len(evidence.axes)))
    units[:, evidence.levels > 0] = np.floor(units[:, evidence.levels > 0] * evidence.levels[evidence.levels > 0])
    worth = [truth(**{a.name[4:]: a.value(u) for a, u in zip(evidence.axes, row, strict=True)}) for row in units]
    return units, np.maximum(worth, evidence.floor)


@pytest.mark.parametrize("count", [40, 400])
def test_predictions_are_right_within_their_intervals_also_away_from_the_crowd(count: int) -> None:
    known = knowledge_of(crowded(count).state, "gbm")
    units, worth = even(known.evidence)
    mean, deviation = known.surrogate.predict(units)
    inside = np.abs(mean - worth) < 1.96 * deviation
    assert inside.mean() > 0.85
    assert np.sqrt(np.mean((mean - worth) ** 2)) < (0.6 if count == 40 else 0.4) * worth.std()
    if count == 400:
        assert known.surrogate.noise == pytest.approx(0.002, rel=0.6)


def test_an_effect_is_freed_of_what_the_crowd_has_in_common() -> None:
    """Many leaves came with small shares: means over trials blame the leaves, a regression does not."""
    rng = np.random.default_rng(0)
    leaves = rng.random(300)
    share = np.clip(leaves + 0.15 * rng.normal(size=300), 0, 1)
    scores = 0.1 * share + 0.003 * rng.normal(size=300)
    means = [scores[leaves > 0.8].mean(), scores[leaves < 0.2].mean()]
    assert means[0] - means[1] > 0.05
    units, levels = np.column_stack([leaves, share]), np.zeros(2, int)
    model = Surrogate(levels).fit(units, scores, spread_weights(units, levels))
    gap, error = model.between(0, 0.9, 0.1)
    assert abs(gap) < 2 * error < 0.05
    gap, error = model.between(1, 0.9, 0.1)
    assert gap == pytest.approx(0.08, abs=0.015)


def test_an_interaction_is_found_and_none_is_invented() -> None:
    known = knowledge_of(crowded(300).state, "gbm")
    names = [axis.name for axis in known.evidence.axes]
    _, both = known.surrogate.variances()
    sure = {frozenset((names[j], names[k])) for (j, k), (_, certain) in both.items() if certain}
    assert frozenset(("gbm.rate", "gbm.leaves")) in sure
    lonely = crowded(300, score=lambda **p: truth(**p, together=0.0))
    _, both = knowledge_of(lonely.state, "gbm").surrogate.variances()
    alone, _ = knowledge_of(lonely.state, "gbm").surrogate.variances()
    assert sum(v for v, certain in both.values() if certain) < 0.05 * alone.sum()


def test_where_nobody_looked_it_does_not_know() -> None:
    rng = np.random.default_rng(0)
    units = rng.uniform(0, 0.4, (60, 1))
    model = Surrogate(np.zeros(1, int)).fit(units, np.sin(8 * units[:, 0]))
    _, deviation = model.effect(0, np.array([0.2, 0.9]))
    assert deviation[1] > 5 * deviation[0]


def test_lonely_trials_weigh_more_than_a_crowd() -> None:
    units = np.r_[np.full((50, 1), 0.9) + 0.001 * np.arange(50)[:, None], [[0.1]]]
    weights = spread_weights(units, np.zeros(1, int))
    assert weights[-1] > 5 * np.median(weights)
    assert weights.mean() == pytest.approx(1)
    assert spread_weights(np.zeros((3, 0)), np.zeros(0, int)).tolist() == [1, 1, 1]


def test_evidence_spans_generations_and_leaves_out_what_was_discarded() -> None:
    story = searched(30, by_rate)
    story.edit({"gbm.rate": {"low": 0.04, "high": 0.06}, "gbm.extra": {"remove": [True]}})
    searched(10, lambda **p: by_rate(p["rate"]), story, seed=2, rate=(0.04, 0.06))
    story.trial("gbm")
    evidence = evidence_of(story.state, "gbm")
    assert (len(evidence.trials), evidence.failed) == (40, 1)
    rate = next(axis for axis in evidence.axes if axis.name == "gbm.rate")
    assert rate.low < 0.01
    assert rate.high > 0.2
    assert set(next(axis for axis in evidence.axes if axis.name == "gbm.extra").levels) == {False, True}
    assert (evidence.units[:, evidence.levels == 0] >= 0).all()
    assert (evidence.units[:, evidence.levels == 0] <= 1).all()


def test_a_trial_that_was_stopped_is_freed_of_its_easy_fold() -> None:
    """The first fold of the story is 0.01 easier than the others."""
    story = Story()
    for _ in range(5):
        story.trial("gbm", 0.8)
    number = story.trial("gbm", 0.8, stopped=True)
    stopped = story.state.trials[number]
    assert stopped.score == pytest.approx(0.81)
    assert score_of(stopped, fold_effects(story.state)) == pytest.approx(0.8)


def test_values_go_to_places_and_back() -> None:
    evidence = evidence_of(searched(30, by_rate).state, "gbm")
    rng = random.Random(0)
    for axis in evidence.axes:
        values = [rng.choice([trial.config[axis.name] for trial in evidence.trials]) for _ in range(5)]
        for place, value in zip(axis.places(values), values, strict=True):
            back = axis.value(float(place))
            assert back == value or math.isclose(back, value)
            assert axis.place(value) == place


def test_too_little_evidence_gives_no_surrogate() -> None:
    assert knowledge_of(searched(11, by_rate).state, "gbm").surrogate is None
    story = Story()
    for _ in range(20):
        story.trial("gbm", 0.8)
    assert knowledge_of(story.state, "gbm").surrogate is None
    assert family_to_show(Story().state) == ""
    story.trial("linear", 0.9)
    assert family_to_show(story.state) == "gbm"
    same = Story()
    for i in range(20):
        same.trial("gbm", 0.8, rate=0.01 + i / 100)
    mean, deviation = knowledge_of(same.state, "gbm").surrogate.predict(np.array([[0.5]]))
    assert mean[0] == pytest.approx(0.8)
    assert np.isfinite(deviation[0])
