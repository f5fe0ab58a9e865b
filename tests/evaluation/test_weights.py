"""Weights of rows reach fits, searches for rounds, scores and the measures on models."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

from hitl_widget.data.scorers import BINARY, CLASSES, NUMBERS, UNWEIGHTED
from hitl_widget.data.task import understand
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.space import FAMILY
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit, inner_split
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.learners.base import FITTED_WITHOUT_WEIGHTS, Job, takes_weights, weights_for
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.learners.scoring import _scorer, _takes_weights, score, weighs_rows
from tests.tables import customers

FAMILIES = [name for name, one in LEARNERS.known.items() if one.available()]


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Context:
    folder = tmp_path_factory.mktemp("weights")
    write_context(folder, understand(customers(240), "Churn"), 0)
    return open_context(folder)


@pytest.fixture(scope="module")
def weighted(plain) -> Context:
    """The positive rows count ten times as much."""
    return replace(plain, weights=np.where(plain.y == 1, 10.0, 1.0))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_of_ours_fits_by_weights(family, plain, weighted):
    """Rows of a class that count ten times as much raise its predicted probability, in every family."""
    unit = FoldUnit(0, 0, {FAMILY: family}, {}, keep_model=False)
    before, after = evaluate_fold(plain, unit), evaluate_fold(weighted, unit)
    assert FITTED_WITHOUT_WEIGHTS not in after.warnings
    assert after.predictions.mean() > before.predictions.mean() + 0.1


@pytest.mark.parametrize("family", ["mlp", "svm", "lightgbm"])
def test_rows_without_weight_are_not_fitted_on(family, plain):
    """Where few rows count, all parts of the training rows hold some of them."""
    weights = np.zeros(len(plain.y))
    for code in (0, 1):
        weights[np.flatnonzero(plain.y == code)[::4]] = 1.0
    few = replace(plain, weights=weights)
    inside, outside = inner_split(few, 0)
    train = few.folds[0][0]
    assert len(inside) + len(outside) == (weights[train] > 0).sum()
    for way in (None, "threshold"):
        config = {FAMILY: family, f"{family}.balance": way}
        assert np.isfinite(evaluate_fold(few, FoldUnit(0, 0, config, {}, keep_model=False)).score)


def test_a_fold_is_scored_by_weights(weighted):
    """The score of a fold is scikit-learn's with the weights of its validation rows."""
    found = evaluate_fold(weighted, FoldUnit(0, 0, {FAMILY: "tree"}, {}, keep_model=False))
    rows = weighted.folds[0][1]
    expected = roc_auc_score(weighted.y[rows], found.predictions, sample_weight=weighted.weights[rows])
    assert found.score == pytest.approx(expected, rel=1e-6)


def test_a_metric_without_weights_ignores_them(plain):
    """The largest error is the same for all weights; the mean error is not."""
    task = replace(understand({"x": [1.0, 2.0] * 10, "y": np.arange(20.0) / 3}, "y").task)
    y, predictions, weights = np.arange(4.0), np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.0, 1.0, 1.0, 5.0])
    largest, mean = metric_named("neg_max_error"), metric_named("neg_mean_absolute_error")
    assert not weighs_rows(largest)
    assert weighs_rows(mean)
    assert score(task, y, predictions, largest, weights) == -2.0
    assert score(task, y, predictions, mean, weights) == -mean_absolute_error(y, predictions, sample_weight=weights)


def test_the_metrics_without_weights_are_those_of_scikit_learn():
    """Each scorer takes weights or is listed as one that takes none."""
    for name in sorted(BINARY | CLASSES | NUMBERS):
        function = _scorer(name)._score_func
        assert name.startswith("roc_auc_ovo") or (name in UNWEIGHTED) is not _takes_weights(function), name


def test_an_estimator_that_takes_no_weights_says_so():
    """A model whose fit takes no sample_weight is fitted without, and a warning says so."""

    class Plain:
        def fit(self, X, y):
            return self

    assert not takes_weights(Plain())
    with pytest.warns(UserWarning, match="cannot use the weights"):
        assert weights_for(Plain(), np.ones(3)) == {}
    assert Job(None, 3, 1).weights is None
