"""Trees that are asked directly answer as their forest does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from hitl_widget.explain.forest import forest_answer

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 5))
X[RNG.random(X.shape) < 0.05] = np.nan
SIGNAL = np.nan_to_num(X[:, 0]) + RNG.normal(size=300)


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("forest", [RandomForestClassifier, ExtraTreesClassifier])
def test_probabilities_are_those_of_the_forest(forest, classes):
    """Also with weights of classes and missing cells."""
    y = np.digitize(SIGNAL, np.quantile(SIGNAL, np.linspace(0, 1, classes + 1)[1:-1]))
    for weights in (None, "balanced"):
        model = forest(20, random_state=0, class_weight=weights).fit(X, y)
        assert forest_answer(model, X) == pytest.approx(model.predict_proba(X), abs=1e-12)


@pytest.mark.parametrize("forest", [RandomForestRegressor, ExtraTreesRegressor])
def test_numbers_are_those_of_the_forest(forest):
    model = forest(20, random_state=0).fit(X, 100 * SIGNAL)
    assert forest_answer(model, X) == pytest.approx(model.predict(X))
    assert forest_answer(model, X[:1]).shape == (1,)


def test_what_is_no_plain_forest_is_left_to_itself():
    """Other models, tables, several targets at once, and rows of another width."""
    model = RandomForestRegressor(3, random_state=0).fit(X, np.column_stack([SIGNAL, SIGNAL]))
    assert forest_answer(model, X) is None
    assert forest_answer(LogisticRegression(), X) is None
    one = RandomForestRegressor(3, random_state=0).fit(X, SIGNAL)
    assert forest_answer(one, X[:, :3]) is None
    assert forest_answer(one, X.astype(object)) is None
