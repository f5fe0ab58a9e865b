"""Scores of given predictions are those that scikit-learn's scorers give to a model."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import cohen_kappa_score, get_scorer, log_loss, make_scorer

from hitl_widget.data import scorers
from hitl_widget.data.task import understand
from hitl_widget.learners.scoring import predictions_of, score


def rows(kind: str):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    y = {
        "binary": X[:, 0] > rng.normal(size=200),
        "multiclass": np.digitize(X[:, 0] + rng.normal(size=200), [-0.5, 0.5]),
    }
    return X, y[kind].astype(int) if kind in y else np.exp(X[:, 0] + 0.1 * rng.normal(size=200))


def scikit_learns(name: str):
    """The scorer of scikit-learn, also of kappa, which has a function but no name among the scorers."""
    weights = {"cohen_kappa": None, "quadratic_kappa": "quadratic"}
    return make_scorer(cohen_kappa_score, weights=weights[name]) if name in weights else get_scorer(name)


def task(kind: str, y: np.ndarray, metric: str):
    return understand(pd.DataFrame({"x": np.arange(len(y)) % 9, "y": y}), "y", metric=metric).task


@pytest.mark.parametrize("metric", sorted((scorers.BINARY | scorers.CLASSES) - {"top_k_accuracy"}))
def test_binary_scores_are_scikit_learns(metric: str) -> None:
    """Every scorer of classes gives a binary model the score that we give its predictions."""
    X, y = rows("binary")
    model = LogisticRegression().fit(X, y)
    given = task("binary", y, metric)
    assert score(given, y, predictions_of(model, X, given)) == pytest.approx(
        scikit_learns(metric)(model, X, y), abs=1e-5
    )


@pytest.mark.parametrize("metric", sorted(scorers.CLASSES))
def test_multiclass_scores_are_scikit_learns(metric: str) -> None:
    """Every scorer of classes gives a multiclass model the score that we give its predictions."""
    X, y = rows("multiclass")
    model = LogisticRegression().fit(X, y)
    given = task("multiclass", y, metric)
    assert score(given, y, predictions_of(model, X, given)) == pytest.approx(
        scikit_learns(metric)(model, X, y), abs=1e-5
    )


@pytest.mark.parametrize("metric", sorted(scorers.NUMBERS))
def test_scores_of_numbers_are_scikit_learns(metric: str) -> None:
    """Every scorer of numbers gives a model the score that we give its predictions."""
    X, y = rows("regression")
    model = LinearRegression().fit(X, y)
    X, y = X[model.predict(X) > 0], y[model.predict(X) > 0]
    given = task("regression", y, metric)
    assert score(given, y, predictions_of(model, X, given)) == pytest.approx(
        scikit_learns(metric)(model, X, y), rel=1e-4
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("metric", sorted(scorers.CLASSES))
def test_rows_that_lack_a_class_are_scored(metric: str) -> None:
    """A fold without rows of one class has a finite score; log loss counts all classes."""
    X, y = rows("multiclass")
    given = task("multiclass", y, metric)
    model = LogisticRegression().fit(X, y)
    some = y != 2
    value = score(given, y[some], predictions_of(model, X[some], given))
    assert np.isfinite(value)
    if metric == "neg_log_loss":
        assert value == pytest.approx(-log_loss(y[some], model.predict_proba(X[some]), labels=[0, 1, 2]), abs=1e-5)


def test_a_score_without_a_value_is_an_error_in_words() -> None:
    """ROC AUC of rows of one class has no value, and the error says so."""
    given = task("binary", rows("binary")[1], "roc_auc")
    with pytest.raises(ValueError, match="one class only"):
        score(given, np.ones(10, int), np.linspace(0, 1, 10))


def test_predictions_that_are_no_numbers_are_an_error_in_words() -> None:
    """A model that answers NaN is refused with a count."""

    class Broken:
        def predict(self, X: np.ndarray) -> np.ndarray:
            return np.where(np.arange(len(X)) < 3, np.nan, 1.0)

    given = task("regression", rows("regression")[1], "r2")
    with pytest.raises(ValueError, match="no finite number for 3 of 10 rows"):
        predictions_of(Broken(), np.zeros((10, 1)), given)
