"""Ways to balance classes: weights, samples of rows and tuned thresholds."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, get_scorer
from sklearn.pipeline import make_pipeline
from sklearn.utils.class_weight import compute_sample_weight

from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind, Split, SplitScheme, Task
from hitl_widget.learners.balance import balance_of, balanced_rows, class_weights, possible_ways
from hitl_widget.learners.balanced import BalancedClassifier, shifted, tuned_shift
from hitl_widget.learners.registry import LEARNERS, space_for, starting_configs

F1 = metric_named("f1")


def task(metric: str = "f1", classes: int = 2, kind: Kind | None = None, balance: tuple[str, ...] = ()) -> Task:
    kind = kind or (Kind.BINARY if classes == 2 else Kind.MULTICLASS)
    names = tuple("abc"[:classes]) if kind is not Kind.REGRESSION else ()
    split = Split(SplitScheme.STRATIFIED, 5)
    return Task("y", kind, metric_named(metric), (), split, 500, classes=names, balance=balance)


def rare(n: int = 3000, classes: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.choice(classes, n, p=[0.93, 0.07] if classes == 2 else [0.9, 0.07, 0.03])
    return rng.normal(size=(n, 3)) + 0.9 * y[:, None], y


def test_weights_are_those_of_scikit_learn():
    """Balanced weights, also multiplied with the weights of a person, and of other rows by the same frequencies."""
    _, y = rare(classes=3)
    assert np.allclose(class_weights(y, y), compute_sample_weight("balanced", y))
    mine = np.linspace(1, 2, len(y))
    rows, weights = balanced_rows(y, "weights", mine, 0)
    assert np.array_equal(rows, np.arange(len(y)))
    assert np.allclose(weights, mine * compute_sample_weight("balanced", y))
    assert np.allclose(class_weights(np.array([0, 2]), y), [class_weights(y, y)[y == code][0] for code in (0, 2)])


@pytest.mark.parametrize("classes", [2, 3])
def test_samples_are_as_large_as_the_largest_or_the_smallest_class(classes):
    """Oversampling keeps every row, and repeats those of a class equally often or once more; weights go with rows."""
    _, y = rare(classes=classes)
    counts = np.bincount(y)
    mine = np.arange(len(y), dtype=float)
    over, weights = balanced_rows(y, "oversample", mine, 3)
    assert np.array_equal(weights, mine[over])
    assert set(np.bincount(y[over])) == {counts.max()}
    times = np.bincount(over, minlength=len(y))
    for code in range(classes):
        assert np.ptp(times[y == code]) <= 1
    assert times.min() == 1
    under, _ = balanced_rows(y, "undersample", None, 3)
    assert set(np.bincount(y[under])) == {counts.min()}
    assert len(np.unique(under)) == len(under)
    assert np.array_equal(under, balanced_rows(y, "undersample", None, 3)[0])
    assert not np.array_equal(under, balanced_rows(y, "undersample", None, 4)[0])


def test_no_way_changes_nothing():
    """Without balancing, rows and weights are as given."""
    _, y = rare()
    rows, weights = balanced_rows(y, None, None, 0)
    assert len(rows) == len(y)
    assert weights is None


def test_the_tuned_threshold_is_nearly_the_best():
    """It reaches the best F1 over all thresholds on the rows that it is tuned on, up to the smoothing."""
    X, y = rare()
    proba = LogisticRegression().fit(X, y).predict_proba(X)
    shift = tuned_shift(task(), y, proba)
    reached = f1_score(y, shifted(proba, shift)[:, 1] >= 0.5)
    best = max(f1_score(y, proba[:, 1] >= at) for at in np.linspace(0.01, 0.99, 99))
    assert f1_score(y, proba[:, 1] >= 0.5) < reached
    assert reached >= best - 0.02


def test_a_shift_keeps_the_order_of_rows():
    """ROC AUC is the same before and after it."""
    X, y = rare()
    proba = LogisticRegression().fit(X, y).predict_proba(X)
    moved = shifted(proba, np.array([0.0, 2.5]))
    assert np.array_equal(np.argsort(proba[:, 1], kind="stable"), np.argsort(moved[:, 1], kind="stable"))
    assert np.allclose(moved.sum(axis=1), 1)


def test_metrics_of_probabilities_tune_nothing():
    """With ROC AUC, no threshold is better than another."""
    X, y = rare()
    proba = LogisticRegression().fit(X, y).predict_proba(X)
    assert np.array_equal(tuned_shift(task("roc_auc"), y, proba), [0, 0])


def test_several_classes_are_shifted_by_their_frequency():
    """Balanced accuracy of three classes grows, and rarer classes are raised more."""
    X, y = rare(classes=3)
    proba = LogisticRegression().fit(X, y).predict_proba(X)
    wanted = task("balanced_accuracy", 3)
    shift = tuned_shift(wanted, y, proba)
    assert shift[2] > shift[1] > shift[0]
    hits = [np.mean([(np.argmax(p, 1)[y == k] == k).mean() for k in range(3)]) for p in (proba, shifted(proba, shift))]
    assert hits[1] > hits[0] + 0.1


@pytest.mark.parametrize("way", ["weights", "oversample", "undersample", "threshold"])
def test_a_balanced_classifier_is_fitted_again_with_its_balance(way):
    """A clone learns from codes and finds more of the rare class; it can be pickled, and its parameters are listed."""
    X, y = rare()
    plain = LogisticRegression().fit(X, y)
    model = clone(BalancedClassifier(LogisticRegression(), way, F1, 1)).fit(X, y)
    assert (model.predict(X) == 1).mean() > (plain.predict(X) == 1).mean()
    assert get_scorer("f1")(model, X, y) > get_scorer("f1")(plain, X, y)
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))
    assert np.array_equal(again.predict(X), model.classes_[np.argmax(model.predict_proba(X), axis=1)])
    assert model.get_params()["balance"] == way


@pytest.mark.parametrize("codes", [(0, 2), (0, 1, 3)])
def test_a_threshold_is_tuned_although_a_class_is_missing(codes):
    """A model that is fitted again on rows without one of the classes has a shift for each class that it knows."""
    X, y = rare(400, classes=len(codes))
    model = BalancedClassifier(LogisticRegression(), "threshold", metric_named("f1_macro"))
    found = model.fit(X, np.asarray(codes)[y])
    assert found.classes_.tolist() == list(codes)
    assert found.predict_proba(X).shape == (400, len(codes))
    assert found.shift_[codes[-1]] > found.shift_[0] == 0 or len(codes) > 2


def test_a_threshold_of_too_few_rows_is_one_half():
    """Two rows of a class are too few to tune it when the model is fitted again."""
    X, y = rare(60)
    y[:] = np.arange(60) < 2
    assert not BalancedClassifier(LogisticRegression(), "threshold", F1).fit(X, y).shift_.any()


def test_weights_reach_the_last_step_of_a_pipeline():
    """As of CatBoost, whose estimator is one."""
    X, y = rare()
    one = BalancedClassifier(make_pipeline(LogisticRegression()), "weights", F1).fit(X, y)
    other = LogisticRegression(class_weight="balanced").fit(X, y)
    assert np.allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-4)


def test_families_differ_in_what_they_can_do():
    """Not the constant prediction, not for numbers, and no weights where the fit takes none."""
    assert possible_ways(LEARNERS["dummy"], task()) == ()
    assert possible_ways(LEARNERS["lightgbm"], task(kind=Kind.REGRESSION, metric="rmse")) == ()
    every = possible_ways(LEARNERS["lightgbm"], task())
    assert every == ("weights", "oversample", "undersample", "threshold")

    class Plain(type(LEARNERS["linear"])):
        takes_weights = False

    assert possible_ways(Plain(), task()) == ("oversample", "undersample", "threshold")


def test_the_space_holds_what_was_asked_for():
    """Only then; starts try each way on the first start of the first family, and a configuration tells its way."""
    assert not any(one.name.endswith(".balance") for one in space_for(task()))
    asked = task(balance=("weights", "threshold"))
    assert space_for(asked)["svm.balance"].choices == (None, "weights", "threshold")
    starts = starting_configs(asked)
    ways = [config["lightgbm.balance"] for config in starts if config.get("lightgbm.balance")]
    assert ways == ["weights", "threshold"]
    assert balance_of(LEARNERS["lightgbm"], {"family": "lightgbm", "lightgbm.balance": "weights"}, asked) == "weights"
    assert balance_of(LEARNERS["lightgbm"], {"family": "lightgbm"}, asked) is None
