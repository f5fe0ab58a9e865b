"""A subject answers as the models behind it do, for rows as they are and for rows put together from others."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hitl_widget.domain.delivery import Delivery
from hitl_widget.errors import DataError
from hitl_widget.evaluation.fold_models import make_blend
from hitl_widget.explain.subject import Subject
from tests.explain.subjects import EVIL, TARGETS, context, frame, subject, task_of, trial


@pytest.mark.parametrize("kind", TARGETS)
def test_an_ensemble_predicts_as_the_delivered_model_does(tmp_path, kind: str) -> None:
    ctx = context(tmp_path, kind)
    members = [trial(ctx, "lightgbm", 0, 3.0), trial(ctx, "linear", 1, 1.0)]
    found = Subject.of_trials(ctx, members)
    blend = make_blend(ctx, members)
    raw = frame().iloc[:20]
    if kind == "regression":
        expected = blend.predict(raw)
    else:
        order = [list(blend.classes_).index(label) for label in ctx.classes]
        expected = blend.predict_proba(raw)[:, order]
        expected = expected[:, 1] if kind == "binary" else expected
    assert np.allclose(found.predict(ctx.rows(np.arange(20))), expected, atol=1e-6)
    assert found.name == "the ensemble of 2 models"
    assert sum(part.weight for part in found.parts) == pytest.approx(1)


@pytest.mark.parametrize("family", ["lightgbm", "linear"])
def test_rows_put_together_are_answered_as_such_rows(tmp_path, family: str) -> None:
    """Exchanging prepared pieces is exchanging cells of the table."""
    found = subject(tmp_path, family)
    some, rng = found.table.iloc[:60], np.random.default_rng(0)
    index = rng.integers(0, 60, (80, len(found.columns)))
    mixed = pd.DataFrame({name: some[name].take(index[:, i]).array for i, name in enumerate(found.columns)})
    assert np.allclose(found.answered(found.blocks(some), index), found.predict(mixed), atol=1e-6)


def test_each_row_is_judged_by_the_models_that_have_not_seen_it(tmp_path) -> None:
    ctx = context(tmp_path)
    found = Subject.of_trials(ctx, [trial(ctx, "tree", 0), trial(ctx, "linear", 1)], delivery=Delivery.AVERAGE)
    groups = found.held_out()
    assert len(groups) == len(ctx.folds)
    assert sorted(np.concatenate([rows for rows, _ in groups])) == sorted(ctx.train)
    for rows, parts in groups:
        assert len(parts) == 2
        for part in parts:
            assert not np.intersect1d(ctx.folds[part.fold][0], rows).size
    assert not np.intersect1d(np.concatenate([rows for rows, _ in groups]), ctx.holdout).size
    (places, parts), *_ = found.judges(ctx.holdout)
    assert (len(places), parts) == (len(ctx.holdout), ())


def own(estimator, unseen=None, **more):
    data = frame().dropna()
    task = task_of(data.drop(columns=["kind", "amount"]), "good")
    table = data[["x", "z", EVIL, "town"]].reset_index(drop=True)
    y = (data["good"] == "yes").to_numpy(int)
    estimator.fit(table, data["good"])
    return Subject.of_estimator(estimator, task.task, table, y, task.classes, unseen, **more), estimator, table


def encoder():
    return ColumnTransformer([("n", StandardScaler(), ["z", "x", EVIL]), ("c", OneHotEncoder(), ["town"])])


def test_a_pipeline_of_the_persons_own_is_taken_apart(tmp_path) -> None:
    """The columns behind a matrix are found by trying."""
    found, estimator, table = own(make_pipeline(encoder(), LogisticRegression()))
    assert found.parts[0].sources == ("z", "x", EVIL, "town", "town", "town")
    assert np.allclose(found.predict(table), estimator.predict_proba(table)[:, 1])


def test_a_pipeline_that_mixes_columns_is_left_whole() -> None:
    found, estimator, table = own(Pipeline([("e", encoder()), ("p", PCA(2)), ("m", LogisticRegression())]))
    assert found.parts[0].prepare is None
    index = np.random.default_rng(0).integers(0, 50, (30, 4))
    mixed = pd.DataFrame({name: table[name].take(index[:, i]).array for i, name in enumerate(table.columns)})
    answered = found.answered(found.blocks(table.iloc[:50]), index)
    assert np.allclose(answered, estimator.predict_proba(mixed)[:, 1])


def test_a_model_that_has_seen_every_row_cannot_be_judged() -> None:
    found, *_ = own(make_pipeline(encoder(), LogisticRegression()))
    with pytest.raises(DataError, match="was fitted on all of them"):
        found.held_out()
    found, *_ = own(make_pipeline(encoder(), LogisticRegression()), unseen=np.arange(10))
    ((rows, _),) = found.held_out()
    assert list(rows) == list(range(10))


def test_wrong_names_are_answered_with_what_there_is(tmp_path) -> None:
    found = subject(tmp_path, "tree", "multiclass")
    with pytest.raises(DataError, match="Did you mean 'town'"):
        found.place("twon")
    with pytest.raises(DataError, match="blue, green, red"):
        found.code("pink")
    with pytest.raises(DataError, match="numbered from 0"):
        found.row(10_000)
    assert found.code("red") == found.labels.index("red")


def test_predictions_in_words(tmp_path) -> None:
    found = subject(tmp_path, "tree")
    assert found.in_words(0.83) == "83%"
    assert found.in_words(0.004) == "0.4%"
    assert found.amount(0.21, signed=True) == "+21 percentage points"
    assert found.amount(-0.012, signed=True) == "−1 percentage point"
