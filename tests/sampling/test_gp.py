"""The Gaussian process: what it predicts, how sure it is, and what it is spared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from hitl_widget.sampling.gp import MOST, Surrogate, log_improvement

NUMBERS = np.array([False, False])


def fitted(score, count=40, categorical=NUMBERS, seed=0):
    """A surrogate that has seen a function at random places; returns it with the places and the scores."""
    rng = np.random.RandomState(seed)
    units = rng.rand(count, len(categorical))
    units[:, categorical] = np.rint(units[:, categorical])
    scores = np.array([score(row) for row in units])
    model = Surrogate(categorical)
    model.fit(units, scores)
    return model, units, scores


def hill(row):
    """Best at (0.7, any)."""
    return -((row[0] - 0.7) ** 2)


def test_it_orders_places_as_the_function_does():
    """Between the trials its mean follows the function, and its best place is near the true one."""
    model, _, _ = fitted(hill)
    grid = np.column_stack([np.linspace(0, 1, 101), np.full(101, 0.5)])
    mean, _ = model.predict(grid)
    assert abs(grid[np.argmax(mean), 0] - 0.7) < 0.05
    assert np.corrcoef(mean[40:], [hill(row) for row in grid[40:]])[0, 1] > 0.95


def test_it_is_sure_where_trials_are():
    """The standard deviation is small at a trial and grows away from all of them."""
    model, units, _ = fitted(hill, count=12)
    _, here = model.predict(units)
    _, far = model.predict(np.array([[5.0, 5.0]]))
    assert here.max() < far[0] / 2
    assert (here > 0).all()


def test_what_does_not_matter_is_found_out():
    """Along a hyperparameter without influence the mean hardly moves."""
    model, _, _ = fitted(hill)
    line = np.linspace(0, 1, 50)
    across = model.predict(np.column_stack([line, np.full(50, 0.5)]))[0]
    along = model.predict(np.column_stack([np.full(50, 0.5), line]))[0]
    assert np.ptp(along) < 0.1 * np.ptp(across)


def test_hopeless_trials_do_not_flatten_the_good_ones():
    """Beside trials that are worse by a factor of a million the good ones keep their order."""
    rng = np.random.RandomState(0)
    units = rng.rand(40, 2)
    scores = np.array([hill(row) for row in units])
    scores[:3] = -1e6
    model = Surrogate(NUMBERS)
    model.fit(units, scores)
    mean, _ = model.predict(units)
    assert mean[:3].max() < mean[3:].min()
    good = scores > np.median(scores)
    assert spearmanr(mean[good], scores[good]).statistic > 0.8


def test_two_choices_are_equally_far_apart():
    """A choice has no order: the third is as far from the first as the second is."""
    categorical = np.array([True])
    model = Surrogate(categorical)
    model.fit(np.array([[0.0], [1.0], [2.0], [0.0]]), np.array([1.0, 0.0, 0.0, 1.1]))
    mean, _ = model.predict(np.array([[1.0], [2.0], [3.0], [4.0]]))
    assert mean[0] == pytest.approx(mean[1])
    assert mean[2] == pytest.approx(mean[3])


def test_draws_agree_with_the_prediction():
    """Functions drawn from it have its mean and its standard deviation."""
    model, _, _ = fitted(hill, count=10)
    places = np.random.RandomState(1).rand(15, 2)
    mean, deviation = model.predict(places)
    drawn = model.sample(places, np.random.RandomState(2), 4000)
    assert drawn.shape == (15, 4000)
    assert np.allclose(drawn.mean(axis=1), mean, atol=0.1)
    assert np.allclose(drawn.std(axis=1), deviation, atol=0.1)


def test_running_trials_repel():
    """Where a trial runs, its result is taken for granted: nothing is to be gained there."""
    model, _, _ = fitted(hill, count=8)
    place = np.array([[0.72, 0.1]])
    top = model.top
    before = log_improvement(*model.predict(place), top)[0]
    deviation = model.predict(place)[1][0]
    model.imagine(place)
    assert model.predict(place)[1][0] < deviation
    assert log_improvement(*model.predict(place), top)[0] < before


def test_many_trials_are_thinned_without_the_best():
    """Above `MOST` trials the best one, those near it and the latest stay, so that the picture there is as sharp."""
    model, units, scores = fitted(hill, count=2 * MOST)
    best = units[[np.argmax(scores)]]
    assert abs(best[0, 0] - 0.7) < 0.02
    assert model.predict(best)[1][0] < 0.2
    assert model.predict(best)[0][0] == pytest.approx(model.top, abs=0.1)


def test_a_start_from_another_fit_predicts_the_same():
    """After an edit the search starts from known length scales and takes fewer steps; it ends at the same picture."""
    old, units, scores = fitted(hill)
    fresh, again = Surrogate(NUMBERS), Surrogate(NUMBERS)
    again.start_from(old, [(0, 0), (1, 1)])
    places = np.random.RandomState(1).rand(50, 2)
    for model in (fresh, again):
        model.fit(units[:30], scores[:30])
    assert np.allclose(fresh.predict(places)[0], again.predict(places)[0], atol=0.1)


@pytest.mark.parametrize("z", [-5.9, -3.0, -1.0, 0.0, 1.0, 4.0])
def test_the_improvement_is_the_expected_one(z):
    """The logarithm of the mean of max(0, score - top) for a normal score."""
    exact = math.log(2.0 * (norm.pdf(z) + z * norm.cdf(z)))
    assert log_improvement(np.array([2.0 * z]), np.array([2.0]), 0.0)[0] == pytest.approx(exact, rel=1e-3)


def test_the_improvement_keeps_hopeless_places_apart():
    """Forty standard deviations below the best it is finite and still larger where the mean is higher."""
    found = log_improvement(np.array([-40.0, -39.0, -6.01, -5.99]), np.ones(4), 0.0)
    assert np.isfinite(found).all()
    assert (np.diff(found) > 0).all()
