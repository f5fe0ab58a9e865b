from __future__ import annotations

import numpy as np
import pytest

from hitl_widget.domain.preference import Axis
from hitl_widget.preference.scale import Scale
from tests.preference.people import AXES, front


def test_the_front_spans_zero_to_one():
    """The best value of the front is 0, its worst 1, in every objective."""
    values = np.array([[0.9, 100.0, 30.0], [0.8, 10.0, 10.0], [0.7, 1.0, 1.0], [0.6, 1000.0, 99.0]])
    regrets = Scale.of(values, AXES).regrets(values)
    np.testing.assert_allclose(regrets[:3].min(axis=0), 0.0)
    np.testing.assert_allclose(regrets[:3].max(axis=0), 1.0)
    assert (regrets[3] > 1.0).all()


def test_units_do_not_matter():
    """Percent or shares, seconds or milliseconds: the regrets are the same."""
    values = front()
    units = np.array([100.0, 1e-3, 1.0])
    np.testing.assert_array_equal(
        Scale.of(values, AXES).regrets(values), Scale.of(values * units, AXES).regrets(values * units)
    )


def test_noise_does_not_look_like_a_difference():
    """A front that spans less than four resolutions does not fill the scale."""
    values = [[0.900, 2.0], [0.901, 4.0]]
    axes = [Axis("auc", resolution=0.005), Axis("ms", "lower", log=True)]
    assert Scale.of(values, axes).regrets(values)[:, 0].tolist() == pytest.approx([0.05, 0.0])


def test_values_come_back():
    """Regrets turn into the values they came from."""
    values = front()
    scale = Scale.of(values, AXES)
    np.testing.assert_allclose(scale.values(scale.regrets(values)), values, rtol=1e-6)


def test_what_has_no_logarithm_is_as_small_as_the_smallest():
    """A time of zero counts as the shortest that was measured, and a missing one stays missing."""
    axes = [Axis("ms", "lower", log=True)]
    regrets = Scale.of([[0.0], [2.0], [np.nan], [8.0]], axes).regrets([[0.0], [2.0], [np.nan], [np.inf]])
    assert regrets[0] == regrets[1]
    assert np.isnan(regrets[2:]).all()


@pytest.mark.parametrize("values", [np.empty((0, 3)), [[0.8, 5.0, 3.0]], [[np.nan] * 3] * 2])
def test_too_little_to_span_is_no_error(values):
    """No candidate, one candidate and unknown values all give a scale."""
    assert np.isfinite(Scale.of(values, AXES).regrets([[0.8, 5.0, 3.0]])).all()
