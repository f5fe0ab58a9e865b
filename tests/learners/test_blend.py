"""A delivered model prints what it is made of, and shows scikit-learn's diagram of its pipelines."""

from __future__ import annotations

from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

from hitl_widget.learners.blend import BlendClassifier

TABLE = {"x": [0.0, 1.0, 2.0, 3.0] * 10}
LABELS = ["no", "no", "yes", "yes"] * 10


def blend(*models, cv=2):
    """Return an unfitted blend of these models with falling weights."""
    members = [
        (f"trial_{at}", Pipeline([("read", FunctionTransformer()), ("model", model)]), 1.0 / (at + 1))
        for at, model in enumerate(models)
    ]
    return BlendClassifier(members, cv)


def test_it_prints_its_members():
    """One line says how the model is made; one line a member gives its weight, trial and estimator."""
    one = blend(LogisticRegression())
    assert repr(one) == "BlendClassifier: 1 model, not fitted yet\n  1.00  trial_0  LogisticRegression"
    two = blend(LogisticRegression(), DecisionTreeClassifier()).fit(TABLE, LABELS)
    assert repr(two).splitlines() == [
        "BlendClassifier: weighted average of 2 models, each the average of 2 fold models",
        "  0.67  trial_0  LogisticRegression",
        "  0.33  trial_1  DecisionTreeClassifier",
    ]
    assert repr(BlendClassifier()) == "BlendClassifier()"


def test_without_folds_it_is_fitted_on_all_rows():
    """`cv=None` fits each member once, also after a clone."""
    model = clone(blend(LogisticRegression(), cv=None)).fit(TABLE, LABELS)
    assert [len(one) for one in model.estimators_] == [1]
    assert repr(model).startswith("BlendClassifier: 1 model\n")
    assert list(model.predict(TABLE)[:4]) == ["no", "no", "yes", "yes"]


def test_a_notebook_shows_the_pipelines():
    """The diagram is that of each pipeline, with its steps, not that of the blend."""
    html = blend(LogisticRegression(), DecisionTreeClassifier()).fit(TABLE, LABELS)._repr_mimebundle_()["text/html"]
    assert html.count('class="sk-top-container ') == 2
    assert html.index("trial_0") < html.index("sk-top-container") < html.index("trial_1")
    assert "LogisticRegression" in html
