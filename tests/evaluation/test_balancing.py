"""Fits that balance classes inside the training rows of a fold, and the models that are delivered of them."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from hitl_widget.data.task import understand
from hitl_widget.evaluation.balancing import balanced_job, fit_balanced
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit, inner_parts
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel, make_blend
from hitl_widget.evaluation.holdout import measure_holdout
from hitl_widget.explain.model import shap_values
from hitl_widget.explain.subject import Subject
from hitl_widget.learners.balance import class_weights
from hitl_widget.learners.balanced import BalancedClassifier
from hitl_widget.learners.base import Job
from hitl_widget.learners.complexity import columns_used, parts_of
from hitl_widget.learners.registry import LEARNERS, space_for

WAYS = ("weights", "oversample", "undersample", "threshold")


def table(n: int = 900, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    town = rng.choice(["a", "b", "c"], n)
    return pd.DataFrame(
        {
            "x": x,
            "z": z,
            "town": town,
            "house": np.arange(n) // 5,
            "when": pd.date_range("2024-01-01", periods=n, freq="D"),
            "y": np.where(x + 0.6 * z + rng.normal(size=n) > 2.4, "yes", "no"),
        }
    )


def opened(folder, **arguments) -> Context:
    arguments = {"metric": "f1", "balance": list(WAYS), "roles": {"house": "ignored", "when": "ignored"}, **arguments}
    write_context(folder, understand(table(), "y", **arguments), 0)
    return open_context(folder)


def member(context: Context, family: str, way: str | None, number: int = 0) -> tuple[TrialModel, list[float]]:
    config = space_for(context.task, [family]).complete({"family": family, f"{family}.balance": way})
    scores, hints = [], {}
    for fold in range(len(context.folds)):
        found = evaluate_fold(context, FoldUnit(number, fold, config, hints, 1, keep_model=False))
        hints = found.hints
        scores.append(found.score)
    return TrialModel(number, config, hints, 1), scores


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("family", ["linear", "lightgbm"])
def test_balancing_finds_more_of_the_rare_class(tmp_path, family, way):
    """The delivered model is balanced as the trial was, predicts by its threshold, and can be fitted again."""
    context = opened(tmp_path)
    plain, without = member(context, family, None)
    balanced, scores = member(context, family, way, 1)
    one, other = make_blend(context, [balanced]), make_blend(context, [plain])
    rows = table(600, 1).drop(columns="y")
    assert (one.predict(rows) == "yes").sum() > (other.predict(rows) == "yes").sum()
    inner = one.estimators_[0][0][-1]
    assert isinstance(inner, BalancedClassifier)
    assert inner.balance == way
    assert np.array_equal(one.predict(rows) == "yes", one.predict_proba(rows)[:, 1] >= 0.5)
    assert np.array_equal(pickle.loads(pickle.dumps(one)).predict_proba(rows), one.predict_proba(rows))
    again = clone(one).fit(table().drop(columns="y"), table()["y"])
    assert again.estimators_[0][0][-1].balance == way
    assert np.mean(scores) > np.mean(without) - 0.1


def test_a_threshold_changes_decisions_and_no_order(tmp_path):
    """With the same seed, the model inside is the same; only its probabilities are shifted."""
    context = opened(tmp_path)
    plain, _ = member(context, "linear", None)
    tuned, _ = member(context, "linear", "threshold", 1)
    rows = table(600, 1).drop(columns="y")
    one, other = (make_blend(context, [them]).predict_proba(rows)[:, 1] for them in (tuned, plain))
    shift = np.log(one / (1 - one)) - np.log(other / (1 - other))
    assert np.ptp(shift) < 1e-6
    assert shift[0] > 0


@pytest.mark.slow
def test_the_holdout_is_scored_by_the_tuned_threshold(tmp_path):
    """The score of the delivered model on the holdout is that of its own predictions."""
    from sklearn.metrics import f1_score

    context = opened(tmp_path)
    tuned, _ = member(context, "linear", "threshold")
    (offer,) = measure_holdout(context, {"best": [tuned]})
    rows = table().drop(columns="y").iloc[context.holdout]
    predicted = make_blend(context, [tuned]).predict(rows) == "yes"
    assert offer.score == pytest.approx(f1_score(context.y[context.holdout], predicted))


def test_the_rows_of_a_threshold_stay_in_the_training_rows(tmp_path):
    """Each is predicted once; groups stay together, and with time later rows are predicted."""
    context = opened(tmp_path / "a")
    parts = inner_parts(context, 0)
    rows = np.concatenate([outside for _, outside in parts])
    assert np.array_equal(np.sort(rows), np.arange(len(context.folds[0][0])))
    assert all(not set(inside) & set(outside) for inside, outside in parts)
    grouped = opened(tmp_path / "b", groups="house", roles={"when": "ignored"})
    groups = grouped.groups[grouped.folds[0][0]]
    for inside, outside in inner_parts(grouped, 0):
        assert not set(groups[inside]) & set(groups[outside])
    timed = opened(tmp_path / "c", time="when", roles={"house": "ignored"})
    ((inside, outside),) = inner_parts(timed, 0)
    ranks = timed.ranks[timed.folds[0][0]]
    assert ranks[inside].max() < ranks[outside].min()


@pytest.mark.parametrize("case", ["one group", "late rows of one class", "two rows of a class"])
def test_a_threshold_that_cannot_be_tuned_is_one_half(tmp_path, case):
    """Where the training rows hold too few groups or rows of a class, the trial is the one without balance."""
    place = np.arange(300)
    rare, split = {
        "one group": (place % 5 == 0, {"groups": "house", "cv": 2}),
        "late rows of one class": ((place % 4 == 0) & (abs(place - 205) > 45), {"time": "when"}),
        "two rows of a class": (np.isin(place, [10, 200]), {"cv": 2}),
    }[case]
    rows = table(300).assign(y=np.where(rare, "yes", "no"), house=place % 2)
    write_context(tmp_path, understand(rows, "y", metric="f1", balance="threshold", holdout=0, **split), 0)
    context = open_context(tmp_path)
    (_, tuned), (_, plain) = (member(context, "linear", way) for way in ("threshold", None))
    assert tuned[0] == plain[0]


def test_rounds_are_found_on_rows_that_weigh_as_the_balanced_ones(tmp_path):
    """The rows to stop on get class weights, times those of the person."""
    context = opened(tmp_path)
    y, job = context.y[context.folds[0][0]], Job(context.task, 1, 1, seed=3)
    inside, outside = np.arange(100, len(y)), np.arange(100)
    rows, found = balanced_job(y, inside, outside, "oversample", job)
    assert np.ptp(np.bincount(y[rows])) == 0
    assert set(rows) <= set(inside)
    assert np.allclose(found.stopping_weights, class_weights(y[outside], y[inside]))
    mine = replace(job, weights=np.linspace(1, 2, len(y)))
    _, found = balanced_job(y, inside, outside, "weights", mine)
    assert np.allclose(found.stopping_weights, class_weights(y[outside], y[inside]) * mine.weights[outside])
    assert np.allclose(found.weights, class_weights(y[inside], y[inside]) * mine.weights[inside])
    rows, found = balanced_job(y, inside, outside, None, job)
    assert np.array_equal(rows, inside)
    assert found.weights is found.stopping_weights is None


def test_a_fit_without_balance_is_the_usual_one(tmp_path):
    """Not a wrapper: the estimator of the family."""
    context = opened(tmp_path)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 2)), (rng.random(200) < 0.1).astype(int)
    learner = LEARNERS["linear"]
    plain = fit_balanced(learner, {"family": "linear"}, X, y, Job(context.task, 200, 2), None)
    weighted = fit_balanced(learner, {"family": "linear"}, X, y, Job(context.task, 200, 2), "weights")
    assert type(plain).__name__ == "LogisticRegression"
    assert weighted.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean() + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("way", ["weights", "threshold"])
def test_a_balanced_model_is_explained(tmp_path, way):
    """Its complexity and columns are those of the model inside, and contributions add up to its predictions."""
    context = opened(tmp_path)
    balanced, _ = member(context, "lightgbm", way)
    pipeline = make_blend(context, [balanced]).estimators_[0][0]
    inner = pipeline[-1].model_
    assert parts_of(pipeline[-1]) == parts_of(inner)
    assert columns_used(pipeline[-1], pipeline[1]) == columns_used(inner, pipeline[1])
    subject = Subject.of_trials(context, [balanced])
    rows = subject.table.iloc[:6]
    found = shap_values(subject, np.arange(6))
    answers = np.asarray(subject.predict(rows))
    assert np.allclose(found.values.sum(axis=1) + found.base, answers, atol=1e-6)
