"""The parts of a model are what one would need to compute a prediction by hand; its columns are those that it reads."""

import time

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification, make_regression
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    AdaBoostRegressor,
    BaggingRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingRegressor,
)
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from hitl_widget.data.task import understand
from hitl_widget.evaluation.context import open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel, load_fold_pipeline
from hitl_widget.learners.adapt import OwnRegressor
from hitl_widget.learners.complexity import columns_used, parts_of
from hitl_widget.learners.recipes import DensePrepare, NativePrepare, NoPrepare
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.learners.target_scale import scaled

N, COLUMNS = 200, list("abcde")


@pytest.fixture(scope="module")
def numbers():
    """Five columns, of which two tell nothing about the number."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 5))
    return X, X @ [3.0, 0.0, -2.0, 0.0, 1.0] + 5 + 0.01 * rng.normal(size=N)


@pytest.fixture(scope="module")
def classes(numbers):
    X, y = numbers
    return X, (y > 5).astype(int)


class Given:
    """A preparation that hands the columns through."""

    def __init__(self, names=tuple(COLUMNS)):
        self.names = names

    def sources(self):
        return self.names


def test_a_linear_model_is_its_weights(numbers) -> None:
    """Two useless columns that the lasso drops count neither as parts nor as columns."""
    model = Lasso(0.1).fit(*numbers)
    assert parts_of(model) == 3 + 1
    assert columns_used(model, Given()) == {"a", "c", "e"}
    assert parts_of(Lasso(0.1, fit_intercept=False).fit(*numbers)) == np.count_nonzero(
        Lasso(0.1, fit_intercept=False).fit(*numbers).coef_
    )


def test_weights_of_many_classes_all_count(numbers) -> None:
    X, y = numbers
    model = LogisticRegression().fit(X, np.digitize(y, [3, 6]))
    assert parts_of(model) == 3 * 5 + 3
    assert columns_used(model, Given()) == set(COLUMNS)
    model.sparsify()
    assert parts_of(model) == 3 * 5 + 3


def test_a_scaled_target_adds_nothing(numbers) -> None:
    """The scale of a target is no part of the model: it could be folded into the weights."""
    model = scaled(ElasticNet(0.05, l1_ratio=1.0), False).fit(*numbers)
    assert parts_of(model) == int(np.count_nonzero(model.regressor_.coef_)) + int(model.regressor_.intercept_ != 0)
    assert columns_used(model, Given()) == {"a", "c", "e"}


def test_a_stump_has_three_parts(classes) -> None:
    """One question and two leaves; it reads one column."""
    stump = DecisionTreeClassifier(max_depth=1, random_state=0).fit(*classes)
    assert parts_of(stump) == 3
    assert columns_used(stump, Given()) == {"a"}
    assert parts_of(DecisionTreeClassifier().fit(classes[0], np.zeros(N))) == 1


def test_forests_and_boosting_are_their_trees(numbers, classes) -> None:
    forest = RandomForestClassifier(7, max_depth=2, random_state=0).fit(*classes)
    assert parts_of(forest) == sum(tree.tree_.node_count for tree in forest.estimators_)
    asked = {int(i) for tree in forest.estimators_ for i in tree.tree_.feature if i >= 0}
    assert columns_used(forest, Given()) == {COLUMNS[i] for i in asked}
    boosted = GradientBoostingRegressor(n_estimators=4, max_depth=1).fit(*numbers)
    assert parts_of(boosted) == 4 * 3 + 1
    weighted = AdaBoostRegressor(DecisionTreeRegressor(max_depth=1), n_estimators=3, random_state=0).fit(*numbers)
    assert parts_of(weighted) == len(weighted.estimators_) * 3 + len(weighted.estimators_)
    binned = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=2).fit(*classes)
    assert parts_of(binned) == 5 * 3 + 1
    assert "a" in columns_used(binned, Given()) < set(COLUMNS)


def test_a_bag_of_columns_puts_columns_in_their_places(numbers) -> None:
    bag = BaggingRegressor(DecisionTreeRegressor(max_depth=1), 5, max_features=2, random_state=0).fit(*numbers)
    asked = {
        COLUMNS[places[tree.tree_.feature[0]]]
        for tree, places in zip(bag.estimators_, bag.estimators_features_, strict=True)
    }
    assert columns_used(bag, Given()) == asked
    assert parts_of(bag) == 15


@pytest.mark.parametrize("several", [False, True])
def test_lightgbm_is_its_trees(several: bool) -> None:
    """Questions and leaves of all trees, as the library's own dump tells them."""
    lightgbm = pytest.importorskip("lightgbm")
    X, y = make_classification(400, 5, n_informative=3, n_redundant=0, n_classes=3 if several else 2, random_state=0)
    X[:, 4] = 0.0
    model = lightgbm.LGBMClassifier(n_estimators=9, num_leaves=5, n_jobs=1, verbose=-1).fit(X, y)
    trees = model.booster_.dump_model()["tree_info"]
    assert len(trees) == (27 if several else 9)
    assert parts_of(model) == sum(2 * tree["num_leaves"] - 1 for tree in trees)
    used = columns_used(model, Given())
    assert used == {name for name, n in zip(COLUMNS, model.feature_importances_, strict=True) if n}
    assert "e" not in used


@pytest.mark.parametrize("several", [False, True])
def test_xgboost_is_its_trees(several: bool) -> None:
    xgboost = pytest.importorskip("xgboost")
    X, y = make_classification(400, 5, n_informative=3, n_redundant=0, n_classes=3 if several else 2, random_state=0)
    X[:, 4] = 0.0
    model = xgboost.XGBClassifier(n_estimators=9, max_depth=2, n_jobs=1).fit(X, y)
    nodes = model.get_booster().trees_to_dataframe()
    assert parts_of(model) == len(nodes)
    assert columns_used(model, Given()) == {COLUMNS[int(f[1:])] for f in set(nodes["Feature"]) - {"Leaf"}}


def test_xgboost_counts_the_rounds_that_predict() -> None:
    """Rounds after the best one do not predict and do not count."""
    xgboost = pytest.importorskip("xgboost")
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 5)), rng.normal(size=300)
    model = xgboost.XGBRegressor(n_estimators=60, max_depth=2, early_stopping_rounds=10, n_jobs=1)
    model.fit(X[:150], y[:150], eval_set=[(X[150:], y[150:])], verbose=False)
    nodes = model.get_booster().trees_to_dataframe()
    assert model.best_iteration < nodes["Tree"].max()
    assert parts_of(model) == (nodes["Tree"] <= model.best_iteration).sum()


def test_catboost_asks_one_question_per_level(classes) -> None:
    """A tree of depth 3 asks 3 different questions and has 8 leaves."""
    catboost = pytest.importorskip("catboost")
    X = np.column_stack([classes[0][:, :4], np.zeros(N)])
    model = catboost.CatBoostClassifier(
        iterations=5, depth=3, thread_count=1, logging_level="Silent", allow_writing_files=False
    ).fit(X, classes[1])
    assert parts_of(model) == 5 * (3 + 8)
    assert "a" in columns_used(model, Given()) < set(COLUMNS)


def test_what_keeps_rows_counts_cells(numbers, classes) -> None:
    """Neighbours keep all cells and targets, support vectors theirs and a coefficient each; all columns matter."""
    for model in (KNeighborsClassifier().fit(*classes), KNeighborsRegressor().fit(*numbers)):
        assert parts_of(model) == N * 5 + N
        assert columns_used(model, Given()) == set(COLUMNS)
    machine = SVC().fit(*classes)
    vectors = len(machine.support_vectors_)
    assert parts_of(machine) == vectors * 5 + vectors + 1
    assert columns_used(machine, Given()) == set(COLUMNS)
    assert parts_of(SVC(kernel="linear").fit(*classes)) == 6
    calibrated = CalibratedClassifierCV(SVC(), ensemble=False, cv=2).fit(*classes)
    assert parts_of(calibrated) == vectors * 5 + vectors + 1 + 2
    several = CalibratedClassifierCV(LinearSVC(), ensemble=True, cv=3).fit(*classes)
    assert parts_of(several) == 3 * (6 + 2)


def test_networks_bayes_and_guesses(numbers, classes) -> None:
    with pytest.warns(UserWarning, match="converge"):
        network = MLPRegressor(hidden_layer_sizes=(4, 3), max_iter=3, random_state=0).fit(*numbers)
    assert parts_of(network) == 5 * 4 + 4 + 4 * 3 + 3 + 3 + 1
    assert columns_used(network, Given()) == set(COLUMNS)
    assert parts_of(GaussianNB().fit(*classes)) == 2 * 5 * 2 + 2
    assert parts_of(BernoulliNB().fit(*classes)) == 2 * 5 + 2
    assert parts_of(DummyRegressor().fit(*numbers)) == parts_of(DummyClassifier(strategy="prior").fit(*classes)) == 1
    assert parts_of(DummyClassifier(strategy="prior").fit(numbers[0], np.arange(N) % 4)) == 4
    assert columns_used(DummyRegressor().fit(*numbers), Given()) == set()


def test_pipelines_are_followed_back(numbers) -> None:
    """A selection tells which columns were kept, a scaler keeps their order, components mix them all."""
    X, y = numbers
    chosen = make_pipeline(SelectKBest(f_regression, k=2), StandardScaler(), KNeighborsRegressor()).fit(X, y)
    assert columns_used(chosen, Given()) == {"a", "c"}
    scaled_tree = make_pipeline(StandardScaler(), DecisionTreeRegressor(max_depth=1)).fit(X, y)
    assert parts_of(scaled_tree) == 5 + 5 + 3
    assert columns_used(scaled_tree, Given()) == {"a"}
    mixed = make_pipeline(PCA(2), Lasso(0.01)).fit(X, y)
    assert columns_used(mixed, Given()) == set(COLUMNS)


def test_wrappers_are_looked_into(numbers) -> None:
    search = GridSearchCV(DecisionTreeRegressor(max_depth=1), {"min_samples_leaf": [1, 2]}).fit(*numbers)
    assert parts_of(search) == 3
    assert columns_used(search, Given()) == {"a"}
    stack = StackingRegressor([("l", Lasso(0.1)), ("t", DecisionTreeRegressor(max_depth=1))], Lasso(0.1)).fit(*numbers)
    assert parts_of(stack) == 4 + 3 + parts_of(stack.final_estimator_)
    assert columns_used(stack, Given()) == {"a", "c", "e"}


class OwnWeights(RegressorMixin, BaseEstimator):
    """A person's own model with scikit-learn's manners."""

    def __init__(self, strength=1.0):
        self.strength = strength

    def fit(self, X, y):
        self.table_ = {"first": np.linalg.pinv(X) @ y, "rest": [0.5, 1.5]}
        self.inner_ = DecisionTreeRegressor(max_depth=1).fit(X, y)
        self.n_iter_ = 3
        return self

    def predict(self, X):
        return X @ self.table_["first"]


class Plain:
    """A person's own model without manners."""

    def fit(self, X, y):
        self.w = np.linalg.pinv(X) @ y
        self.loop = self
        return self

    def predict(self, X):
        return X @ self.w


class Text:
    """A model whose knowledge is no number."""

    def fit(self, X, y):
        self.rules = "x" * 8000
        return self

    def predict(self, X):
        return np.zeros(len(X))


def test_models_of_unknown_make_are_walked(numbers) -> None:
    """Numbers in fitted attributes count, and models found there; the pickle is the last resort."""
    own = OwnWeights().fit(*numbers)
    assert parts_of(own) == 5 + 2 + 3
    assert columns_used(own, Given()) == set(COLUMNS)
    assert parts_of(Plain().fit(*numbers)) == 5
    assert parts_of(OwnRegressor(Plain()).fit(*numbers)) == 5
    assert 1000 < parts_of(Text().fit(*numbers)) < 1200


@pytest.mark.slow
def test_a_thousand_trees_are_counted_at_once() -> None:
    """Counting a large booster or forest takes no time that anyone would notice."""
    lightgbm = pytest.importorskip("lightgbm")
    X, y = make_regression(2000, 5, random_state=0)
    forest = RandomForestClassifier(1000, max_depth=3).fit(X, y > 0)
    boosted = lightgbm.LGBMRegressor(n_estimators=1000, n_jobs=1, verbose=-1).fit(X, y)
    for model in (forest, boosted):
        seconds = []
        for _ in range(3):
            begun = time.perf_counter()
            parts_of(model)
            columns_used(model, Given())
            seconds.append(time.perf_counter() - begun)
        assert min(seconds) < 0.1


def mixed_table(n=240):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return pd.DataFrame(
        {
            "x": np.where(rng.random(n) < 0.1, np.nan, x),
            "town": rng.choice(["a", "b", "?"], n),
            "code": [f"k{i}" for i in rng.integers(0, 40, n)],
            "when": pd.date_range("2024-01-01", periods=n, freq="D"),
            "said": [f"word{i} and {i % 7} more words" for i in range(n)],
            "useless": np.round(rng.normal(size=n), 3),
            "kind": np.array(["red", "green", "blue"])[np.digitize(x, [-0.5, 0.5])],
        }
    )


@pytest.mark.parametrize("categories", ["column per level", "mean of target"])
def test_preparations_know_where_their_columns_come_from(tmp_path, categories: str) -> None:
    """Each column of the matrix is named after the column of the table it came from."""
    write_context(tmp_path, understand(mixed_table(), "kind", roles={"said": "text", "code": "categorical"}), 0)
    ctx = open_context(tmp_path)
    rows, y = ctx.rows(ctx.train), ctx.y[ctx.train]
    for step in (NativePrepare(), DensePrepare("multiclass", categories=categories), NoPrepare()):
        matrix = step.fit_transform(rows, y)
        names, sources = step.get_feature_names_out(), step.sources()
        assert len(sources) == len(names) == matrix.shape[1]
        for name, source in zip(names, sources, strict=True):
            assert source is None or name.startswith(source)
        if not isinstance(step, NoPrepare):
            assert set(sources) == {"x", "town", "code", "when", "said", "useless"}


@pytest.mark.parametrize("kind", ["multiclass", "regression"])
@pytest.mark.parametrize("name", LEARNERS)
def test_every_family_has_parts_and_columns(tmp_path, name: str, kind: str) -> None:
    """Each family, fitted as in a search, has parts in keeping with its make, and names columns of the table."""
    if not LEARNERS[name].available():
        pytest.skip(f"{name} is not installed")
    data = mixed_table().drop(columns="said")
    if kind == "regression":
        data = data.assign(kind=np.exp(data["x"].fillna(0)))
    write_context(tmp_path, understand(data, "kind", roles={"code": "categorical"}), 0)
    ctx = open_context(tmp_path)
    config = {"family": name} | ({"tree.max_depth": 2} if name == "tree" else {})
    evaluate_fold(ctx, FoldUnit(0, 0, config, {"rounds": 6}))
    pipeline = load_fold_pipeline(ctx, TrialModel(0, config, {"rounds": 6}), 0)
    parts, used = parts_of(pipeline[-1]), columns_used(pipeline[-1], pipeline[1])
    columns = set(ctx.table.columns)
    if name == "dummy":
        assert (parts, used) == (1 if kind == "regression" else 3, set())
    else:
        assert 2 < parts < 200_000
        assert "x" in used <= columns
    if name == "tree":
        assert parts <= 3 + 4
        assert used < columns
    if name in ("mlp", "svm"):
        assert used == columns
