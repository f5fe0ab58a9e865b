"""Points of pictures: few, and true to all rows."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score, roc_curve

from hitl_widget.explain.pictures import calibration_points, residual_points, roc_points


def answers(n: int = 2000, digits: int = 6):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n)
    return y, np.round(np.clip(0.3 + 0.4 * y + 0.25 * rng.normal(size=n), 0, 1), digits)


@pytest.mark.parametrize("digits", [1, 6])
def test_a_curve_goes_through_scikit_learns_points(digits: int) -> None:
    """With ties and without; thinned, it keeps its ends and its area is that of the whole."""
    y, p = answers(digits=digits)
    found = roc_points(y, p)
    false, true, _ = roc_curve(y, p, drop_intermediate=False)
    assert len(found.false_positive_rate) <= 120
    given = set(zip(false.round(12), true.round(12), strict=True))
    points = list(zip(found.false_positive_rate, found.true_positive_rate, strict=True))
    assert {(round(a, 12), round(b, 12)) for a, b in points} <= given
    assert points[0] == (0.0, 0.0)
    assert points[-1] == (1.0, 1.0)
    assert points == sorted(points)
    assert found.area == pytest.approx(roc_auc_score(y, p))
    x, z = np.array(found.false_positive_rate), np.array(found.true_positive_rate)
    kept = float(np.sum(np.diff(x) * (z[1:] + z[:-1])) / 2)
    assert kept == pytest.approx(found.area, abs=0.01)


def test_curves_of_classes_are_averaged() -> None:
    """The area under the average is the average of the areas."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 300)
    p = np.round(rng.dirichlet([1, 1, 1], 300) + 0.3 * np.eye(3)[y], 2)
    p /= p.sum(axis=1, keepdims=True)
    found = roc_points(y, p)
    assert found.area == pytest.approx(roc_auc_score(y, p, multi_class="ovr"))
    assert len(found.false_positive_rate) <= 120
    assert np.all(np.diff(found.true_positive_rate) >= 0)
    two = roc_points(y[y < 2], p[y < 2])
    assert two.area == pytest.approx(np.mean([roc_auc_score(y[y < 2] == k, p[y < 2, k]) for k in range(2)]))


def test_one_class_has_no_curve() -> None:
    assert roc_points(np.ones(5, int), np.linspace(0, 1, 5)) is None
    assert roc_points(np.ones(5, int), np.full((5, 3), 1 / 3)) is None


def test_calibration_bins_are_scikit_learns_quantile_bins() -> None:
    """Each holds about as many rows, and its interval holds the share."""
    y, p = answers()
    p = 0.1 + 0.8 * p + 1e-9 * np.arange(len(p))
    points = calibration_points(y, p)
    share, mean = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert [one.share for one in points] == pytest.approx(share, abs=0.01)
    assert [one.predicted for one in points] == pytest.approx(mean, abs=0.01)
    assert [one.rows for one in points] == [200] * 10
    assert all(one.low <= one.share <= one.high for one in points)


def test_equal_probabilities_share_a_bin() -> None:
    """A constant guess is one point."""
    (only,) = calibration_points(np.array([0, 1, 1, 1]), np.full(4, 0.7))
    assert (only.predicted, only.share, only.rows) == (pytest.approx(0.7), 0.75, 4)
    assert calibration_points(np.array([]), np.array([])) == ()


def test_calibration_of_many_classes_counts_rows_and_classes() -> None:
    y = np.array([0, 1, 2, 2])
    points = calibration_points(y, np.eye(3)[y])
    assert [(one.predicted, one.share, one.rows) for one in points] == [(0.0, 0.0, 8), (1.0, 1.0, 4)]


def test_residuals_are_a_seeded_sample() -> None:
    """Of many rows four hundred, the same each time; of few rows all."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=1000)
    prediction = 0.5 * y
    found = residual_points(y, prediction)
    assert len(found.prediction) == len(found.residual) == 400
    assert found.rows == 1000
    assert found.residual == pytest.approx(found.prediction)
    assert found == residual_points(y, prediction) != residual_points(y, prediction, seed=1)
    few = residual_points(y[:3], np.zeros(3))
    assert few.residual == tuple(y[:3])
