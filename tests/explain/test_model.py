"""SHAP values: they add up, agree with the reference libraries, and come in growing samples."""

import sys
from dataclasses import replace
from itertools import pairwise, permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVR

from hitl_widget.domain.delivery import Delivery
from hitl_widget.errors import DataError, MissingExtra
from hitl_widget.explain.attribution import Margins, softmax, through
from hitl_widget.explain.model import progressive, shap_values
from hitl_widget.explain.subject import Subject
from hitl_widget.learners.registry import LEARNERS
from tests.explain.subjects import EVIL, TARGETS, context, frame, subject, task_of, trial

HOW = {"lightgbm": "trees", "xgboost": "trees", "catboost": "trees", "tree": "trees", "linear": "weights"} | {
    "random_forest": "trees",
    "extra_trees": "trees",
    "mlp": "sampling",
    "svm": "sampling",
    "dummy": "sampling",
}


# The other kinds of task for them are slow; the quick families have their way of explaining, too.
SLOW = ("catboost", "extra_trees", "mlp", "random_forest")


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        pytest.param(family, kind, marks=[pytest.mark.slow] if family in SLOW and kind != "binary" else [])
        for family in LEARNERS
        for kind in TARGETS
    ],
)
def test_contributions_add_up_to_the_prediction(tmp_path, family: str, kind: str) -> None:
    """For every family on every kind of task, rows of the table and other rows."""
    if not LEARNERS[family].available():
        pytest.skip(f"{family} is not installed")
    found = subject(tmp_path, family, kind)
    rows = found.rows[:12]
    values = shap_values(found, rows)
    assert values.how == {HOW[family]}
    assert values.scale == ("target" if kind == "regression" else "probability")
    tolerance = 1e-4 * (np.std(found.y) if kind == "regression" else 1)
    whole = shap_values(found, found.table.take(rows))
    for one in (values, whole):
        assert np.allclose(one.prediction, found.predict(found.table.take(rows)), atol=tolerance)
    assert values.values.shape == (12, 5, 3)[: 3 if kind == "multiclass" else 2]
    assert np.isfinite(values.values).all()
    if family == "dummy":
        assert not values.values.any()
    elif family not in ("mlp", "svm"):
        assert whole.sizes().mean(axis=0).argmax() == found.columns.index("x")


def test_an_ensemble_adds_up_in_probabilities(tmp_path) -> None:
    """Its parts add up on different scales."""
    ctx = context(tmp_path)
    found = Subject.of_trials(ctx, [trial(ctx, "lightgbm", 0, 2.0), trial(ctx, "tree", 1), trial(ctx, "linear", 2)])
    values = shap_values(found, found.rows[:15], scale="model")
    assert values.scale == "probability"
    assert values.how == {"trees", "weights"}
    assert np.allclose(values.prediction, found.predict(found.table.take(values.rows)), atol=1e-5)


@pytest.mark.parametrize("family", ["lightgbm", "linear"])
@pytest.mark.parametrize("kind", TARGETS)
def test_a_row_starts_from_the_mean_prediction(tmp_path, family: str, kind: str) -> None:
    """Not from the answer at the mean margin, which may lie far from it."""
    found = subject(tmp_path, family, kind)
    rows = found.table.take(found.spread_rows(400))
    values = shap_values(found, rows)
    spread = np.std(found.y) if kind == "regression" else 1.0
    assert np.allclose(values.base[0], found.predict(rows).mean(axis=0), atol=0.02 * spread)
    assert np.abs(values.values.mean(axis=0)).max() < 0.08 * spread


def summed(part, values: np.ndarray, columns) -> np.ndarray:
    return np.stack([values[:, [one == name for one in part.sources]].sum(axis=1) for name in columns], axis=1)


@pytest.mark.filterwarnings("ignore:LightGBM binary classifier")
@pytest.mark.parametrize("family", ["lightgbm", "xgboost", "catboost", "tree", "random_forest"])
def test_trees_agree_with_shap(tmp_path, family: str) -> None:
    """Against shap's TreeExplainer on the fold's model, the pieces of a column summed."""
    import shap

    if not LEARNERS[family].available():
        pytest.skip(f"{family} is not installed")
    found = subject(
        tmp_path, family, delivery=Delivery.AVERAGE, roles={"town": "ignored"} if family == "catboost" else None
    )
    rows, (part,) = found.held_out()[0]
    rows = rows[:10]
    matrix = part.block(found.table.take(rows))
    model = part.model[-1] if family == "catboost" else part.model
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    expected = np.asarray(explainer.shap_values(matrix, check_additivity=False))
    expected = expected[:, :, 1] if expected.ndim == 3 else expected
    values = shap_values(replace(found, parts=(part,)), rows, scale="model")
    assert values.scale == ("probability" if family in ("tree", "random_forest") else "log-odds")
    assert np.allclose(values.values, summed(part, expected, found.columns), atol=1e-5)
    assert np.allclose(values.base, np.ravel(explainer.expected_value)[-1], atol=1e-5)


def test_weights_agree_with_shap(tmp_path) -> None:
    import shap

    found = subject(tmp_path, "linear", delivery=Delivery.AVERAGE)
    rows, (part,) = found.held_out()[0]
    rows = rows[:10]
    everything = part.block(found.table.take(found.spread_rows(2000)))
    expected = shap.LinearExplainer(part.model, shap.maskers.Independent(everything, max_samples=2000)).shap_values(
        part.block(found.table.take(rows))
    )
    values = shap_values(replace(found, parts=(part,)), rows, scale="model")
    assert np.allclose(values.values, summed(part, expected, found.columns), atol=1e-5)


def test_the_pieces_of_a_column_are_summed(tmp_path) -> None:
    """Levels of a category and parts of a date are one column each."""
    found = subject(tmp_path, "linear")
    part = found.parts[0]
    assert part.sources.count("town") == 3
    assert part.sources.count("day") > 1
    weights = part.model.coef_[0]
    matrix = np.asarray(part.block(found.table.take(found.rows[:5])), float)
    mean = np.asarray(part.block(found.table.take(found.spread_rows(2000))), float).mean(axis=0)
    alone = Subject(found.task, found.table, found.y, (part,), found.rows, found.labels)
    values = shap_values(alone, found.table.take(found.rows[:5]), scale="model")
    town = [one == "town" for one in part.sources]
    assert np.allclose(values.values[:, found.columns.index("town")], ((matrix - mean) * weights)[:, town].sum(axis=1))


def own(estimator, columns=("x", "z", EVIL), target="amount"):
    data = frame().dropna()
    others = [name for name in TARGETS.values() if name != target]
    task = task_of(data.drop(columns=others), target)
    table = data[list(columns)].reset_index(drop=True)
    estimator.fit(table, data[target])
    y = data[target].to_numpy() if target == "amount" else np.searchsorted(task.classes, data[target])
    return Subject.of_estimator(estimator, task.task, table, y, task.classes)


def exact(predict, x: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Shapley's definition, one order after another."""
    p = len(x)
    values = np.zeros(p)
    for order in permutations(range(p)):
        rows = behind.copy()
        before = predict(rows).mean()
        for one in order:
            rows[:, one] = x[one]
            after = predict(rows).mean()
            values[one] += (after - before) / factorial(p)
            before = after
    return values


def test_permutations_of_few_columns_are_exact() -> None:
    """Against Shapley's definition over the same representative rows."""
    model = SVR(C=100, gamma=0.3)
    found = own(model)
    names = list(found.columns)
    table = found.table
    sample = table.take(found.spread_rows(400))
    ranked = np.argsort(model.predict(sample), kind="stable")
    behind = sample.iloc[ranked[((np.arange(8) + 0.5) * len(sample) / 8).astype(int)]].to_numpy()
    values = shap_values(found, np.arange(3))
    for i in range(3):
        expected = exact(lambda rows: model.predict(pd.DataFrame(rows, columns=names)), table.to_numpy()[i], behind)
        assert np.allclose(values.values[i], expected)


def test_permutations_of_many_columns_are_near() -> None:
    """A sum is exact in any order; with interactions an antithetic sample is near."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(200, 6)), columns=list("abcdef"))
    y = table.a * table.b + 2 * table.c
    task = task_of(table.assign(y=y), "y").task
    model = SVR(C=100, gamma=0.1).fit(table, y)
    found = Subject.of_estimator(model, task, table, y.to_numpy())
    values = shap_values(found, np.arange(20)).values
    assert np.corrcoef(values[:, 2], table.c[:20])[0, 1] > 0.99
    assert np.abs(values[:, 3:]).mean() < 0.2 * np.abs(values[:, 2]).mean()


@pytest.mark.parametrize(
    "model", [RandomForestClassifier(20, random_state=0), GradientBoostingClassifier(), GaussianNB()]
)
def test_own_classifiers_whose_codes_stand_the_other_way_round(model) -> None:
    """The estimator's classes are sorted labels, code 1 is the positive one."""
    data = frame().dropna()
    task = task_of(data.drop(columns=["kind", "amount"]), "good", positive="no")
    table, y = data[["x", "z"]].reset_index(drop=True), (data["good"] == "no").to_numpy(int)
    found = Subject.of_estimator(model.fit(table, data["good"]), task.task, table, y, task.classes)
    values = shap_values(found, np.arange(30))
    assert np.allclose(values.prediction, model.predict_proba(table)[:30, 0], atol=1e-6)
    assert np.corrcoef(values.values[:, 0], table.x[:30])[0, 1] < -0.5


def test_a_model_on_a_scale_of_its_own_adds_up_all_the_same() -> None:
    """Trees that add up in logarithms are found out, and explained by permutations."""
    from lightgbm import LGBMRegressor

    found = own(LGBMRegressor(objective="poisson", n_estimators=20, verbose=-1, n_jobs=1), ("x", "z"))
    values = shap_values(found, np.arange(10))
    assert values.how == {"sampling"}
    assert np.allclose(values.prediction, found.predict(found.table.iloc[:10]))


def test_a_weighted_sum_of_raw_columns() -> None:
    found = own(LinearRegression(), ("z", EVIL))
    values = shap_values(found, np.arange(10))
    weights = found.parts[0].model.coef_
    assert values.how == {"weights"}
    assert np.allclose(values.values, (found.table[:10] - found.table.mean()) * weights)


def test_margins_of_classes_become_probabilities_that_add_up() -> None:
    """Far apart or near, whatever the softmax does in between."""
    rng = np.random.default_rng(0)
    for size in (0.01, 1, 4):
        margins = Margins(size * rng.normal(size=(40, 5, 3)), rng.normal(size=3), softmax, "trees")
        values, base = through(margins)
        assert np.allclose(base + values.sum(axis=1), margins.answers(), atol=1e-9)
        assert np.allclose(values.sum(axis=2), 0, atol=1e-3)


def test_results_come_in_growing_samples(tmp_path) -> None:
    found = subject(tmp_path, "lightgbm")
    partials = list(progressive(found, steps=(50, 100, 1000)))
    sizes = [len(one) for one in partials]
    assert sizes[-3:] == [50, 100, len(found.rows)]
    assert [one.partial for one in partials] == [True] * (len(partials) - 1) + [False]
    for before, after in pairwise(partials):
        assert np.array_equal(before.values, after.values[: len(before)])
    assert not np.array_equal(np.sort(partials[0].rows), partials[0].rows)


def test_without_shap_forests_say_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "shap", None)
    assert len(shap_values(subject(tmp_path / "a", "lightgbm"), np.arange(3))) == 3
    with pytest.raises(MissingExtra, match=r"pip install 'hitl_widget\[explain\]'"):
        shap_values(subject(tmp_path / "b", "tree"), np.arange(3))


def test_a_scale_has_two_names(tmp_path) -> None:
    with pytest.raises(DataError, match='"answer" or "model"'):
        shap_values(subject(tmp_path, "tree"), np.arange(3), scale="margin")
