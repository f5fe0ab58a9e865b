"""Wrong labels come first among the suspects, whatever the balance of the classes or the scale of the numbers."""

from __future__ import annotations

import numpy as np
import pytest

from hitl_widget.evaluation.label_errors import label_noise, suspect_classes, suspect_numbers

N = 1000


def with_errors(y: np.ndarray, classes: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return labels of which 5 % are wrong, and a mask of those."""
    wrong = np.zeros(N, bool)
    wrong[rng.choice(N, N // 20, replace=False)] = True
    return np.where(wrong, (y + rng.integers(1, classes, N)) % classes, y), wrong


@pytest.mark.parametrize(("classes", "rare"), [(2, 0.5), (2, 0.05), (3, 0.3), (7, 0.1)])
def test_wrong_classes_are_found(classes: int, rare: float) -> None:
    """At least 90 % of them are among the first 2 × as many rows, also if the wrong class is rare."""
    rng = np.random.default_rng(0)
    y = np.where(rng.random(N) < rare, rng.integers(1, classes, N), 0)
    given, wrong = with_errors(y, classes, rng)
    scores = rng.normal(scale=0.7, size=(2, N, classes)) + 4 * (y[:, None] == np.arange(classes))
    each = [np.exp(one) / np.exp(one).sum(axis=1, keepdims=True) for one in scores]
    predictions = [one[:, 1] for one in each] if classes == 2 else each
    found = suspect_classes(given, predictions, classes)
    assert sorted(found.rows) == list(range(N))
    first = found.rows[: 2 * wrong.sum()]
    assert wrong[first].sum() >= 0.9 * wrong.sum()
    assert found.suspicious[: int(0.8 * wrong.sum())].all()
    right = found.suggested == y[found.rows]
    assert right[found.suspicious].mean() > 0.9
    assert (found.agreeing <= 2).all()
    assert np.all(np.diff(found.suspicious.astype(int)) <= 0)


def noisy(y: np.ndarray, p: np.ndarray, share: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return labels of which a share is wrong, and probabilities of models that were fitted on them."""
    wrong = rng.random(len(y)) < share
    return np.where(wrong, 1 - y, y), (1 - 2 * share) * p + share


@pytest.mark.parametrize("spread", [0.7, 1.5])
def test_wrong_labels_are_likely_where_sure_models_are_contradicted(spread: float) -> None:
    """They are as frequent there as elsewhere, although the probabilities are calibrated; errors of models are not."""
    rng = np.random.default_rng(0)
    p = 1 / (1 + np.exp(-rng.normal(scale=6 / spread, size=N)))
    y = (rng.random(N) < p).astype(int)
    assert not label_noise(y, [p], 2).is_likely
    given, fitted = noisy(y, p, 0.08, rng)
    found = label_noise(given, [fitted], 2)
    assert found.is_likely
    assert abs(found.share - 0.08) < 0.04
    confirmed = label_noise(given, [fitted], 2, given != y)
    assert not confirmed.is_likely
    assert confirmed.share < found.share / 4


def test_an_uncertain_outcome_is_no_wrong_label() -> None:
    """Who buys is never certain: among people who buy in 4 of 100 cases, the buyers contradict the best model."""
    rng = np.random.default_rng(0)
    p = np.where(rng.random(4 * N) < 0.8, 0.04, 0.4)
    assert not label_noise((rng.random(4 * N) < p).astype(int), [p], 2).is_likely


@pytest.mark.parametrize("rare", [0.05, 0.5])
def test_without_skill_no_label_looks_wrong(rare: float) -> None:
    """A model that knows only the frequencies errs everywhere as often."""
    rng = np.random.default_rng(0)
    y = (rng.random(N) < rare).astype(int)
    assert not label_noise(y, [np.full(N, rare) + rng.normal(scale=0.01, size=N)], 2).is_likely


def test_without_contradiction_nothing_is_suspicious() -> None:
    """Models that agree with each label suspect none."""
    y = np.arange(N) % 2
    assert not suspect_classes(y, [np.where(y == 1, 0.8, 0.2)], 2).suspicious.any()
    assert not suspect_numbers(y.astype(float), [y.astype(float)]).suspicious.any()


def test_wrong_numbers_are_found_where_residuals_are_small() -> None:
    """An error counts against the spread at similar predictions: small ones are found among small numbers."""
    rng = np.random.default_rng(0)
    truth = np.exp(rng.uniform(0, 8, N))
    predicted = truth * np.exp(rng.normal(scale=0.05, size=N))
    wrong = np.zeros(N, bool)
    wrong[rng.choice(N, 50, replace=False)] = True
    given = np.where(wrong, 2 * truth, truth)
    found = suspect_numbers(given, [predicted, predicted])
    assert wrong[found.rows[:100]].sum() >= 45
    assert np.allclose(found.suggested, predicted[found.rows])
    assert (np.diff(found.confidence) <= 0).all()


def test_one_class_without_rows_is_no_error() -> None:
    """A class that occurs in no row is never given, and may be suggested."""
    y = np.array([0, 0, 1, 1, 0])
    probability = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.7, 0.1], [0.1, 0.8, 0.1]])
    found = suspect_classes(y, [probability], 3)
    assert int(found.rows[0]) == 4
    assert int(found.suggested[0]) == 1
