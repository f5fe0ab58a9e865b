"""A person's own estimator on the session's folds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from hitl_widget.data.task import understand
from hitl_widget.evaluation.context import open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.explain.own_model import evaluate_own
from tests.tables import customers, prices, species


def opened(folder, data, target, **arguments):
    write_context(folder, understand(data, target, **arguments), 0)
    return open_context(folder)


@pytest.fixture(scope="module")
def churn(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("churn"), customers(), "Churn")


NUMBERS = ["tenure", "MonthlyCharges", "TotalCharges"]


def mine(model):
    columns = make_column_transformer(
        (SimpleImputer(), NUMBERS), (OneHotEncoder(handle_unknown="ignore"), ["Contract"])
    )
    return make_pipeline(columns, model)


def test_it_is_fitted_on_the_training_rows_of_each_fold(churn) -> None:
    """As one would do it by hand."""
    model = mine(LogisticRegression(max_iter=2000))
    found = evaluate_own(churn, model, name="my pipeline")
    assert not found.problem
    labels = np.asarray(churn.classes)[churn.y]
    for fold, (train, valid) in enumerate(churn.folds):
        fitted = mine(LogisticRegression(max_iter=2000)).fit(churn.rows(train), labels[train])
        p = fitted.predict_proba(churn.rows(valid))[:, fitted.classes_.tolist().index("Yes")]
        assert found.predictions[fold] == pytest.approx(p, abs=1e-5)
        assert found.scores[fold] == pytest.approx(roc_auc_score(labels[valid] == "Yes", p), abs=1e-6)
    assert not hasattr(model[-1], "coef_")
    assert found.contender.score == pytest.approx(np.mean(list(found.scores.values())))
    assert (found.contender.name, found.contender.kind) == ("my pipeline", "own")


def test_a_constant_guess_scores_as_ours_does(churn) -> None:
    found = evaluate_own(churn, DummyClassifier(), folds=[1])
    ours = evaluate_fold(churn, FoldUnit(0, 1, {"family": "dummy"}, {}, keep_model=False))
    assert found.scores == {1: pytest.approx(ours.score)}


def test_other_kinds_and_margins(churn, tmp_path) -> None:
    flowers = opened(tmp_path / "a", species(), "species")
    found = evaluate_own(flowers, LogisticRegression())
    assert found.predictions[0].shape == (len(flowers.folds[0][1]), 3)
    assert found.scores[0] > -0.8
    houses = opened(tmp_path / "b", prices(), "price")
    columns = make_column_transformer((SimpleImputer(), ["area", "rooms"]))
    assert evaluate_own(houses, make_pipeline(columns, LinearRegression()), folds=[0]).scores[0] > -30000
    assert evaluate_own(churn, mine(RidgeClassifier()), folds=[0]).scores[0] > 0.6


class Broken(BaseEstimator):
    def fit(self, X, y):
        raise RuntimeError("no luck today")

    def predict_proba(self, X):
        raise AssertionError


class Mute(BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), 2), np.nan)


@pytest.mark.parametrize(
    ("estimator", "words"),
    [
        (LogisticRegression(), "hold no numbers; put an encoder before it"),
        (
            make_pipeline(make_column_transformer(("passthrough", NUMBERS)), LogisticRegression()),
            "hold missing cells; put SimpleImputer()",
        ),
        (Broken(), "Broken could not be fitted: no luck today."),
        (Mute(), "Mute could not be asked for predictions: its prediction is not a finite number for"),
        (LinearRegression(), "LinearRegression is a regressor, and Churn is a class to predict"),
        (object(), "object has no fit"),
    ],
    ids=["categories", "missing", "raises", "mute", "kind", "none"],
)
def test_what_goes_wrong_is_said_in_plain_words(churn, estimator, words) -> None:
    found = evaluate_own(churn, estimator)
    assert words in found.problem
    assert found.scores == {}
    assert found.contender.problem == found.problem
