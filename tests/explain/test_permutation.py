"""Permutation importance is what the score loses on rows that a model has not seen."""

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression

from hitl_widget.domain.delivery import Delivery
from hitl_widget.errors import DataError
from hitl_widget.explain.association import associations, clusters
from hitl_widget.explain.permutation import Losses, permutation_losses
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.views.permutation import permutation
from tests.explain.subjects import context, subject, task_of, trial


def last(found: Subject, **more) -> Losses:
    *_, losses = permutation_losses(found, **more)
    return losses


def linear(n: int = 400) -> Subject:
    rng = np.random.default_rng(0)
    a, c = rng.normal(size=(2, n))
    table = pd.DataFrame({"a": a, "copy": a + 0.05 * rng.normal(size=n), "c": c, "none": rng.normal(size=n)})
    y = 2 * table.a + 2 * table["copy"] + table.c + 0.1 * rng.normal(size=n)
    model = LinearRegression().fit(table[:200], y[:200])
    task = task_of(table.assign(y=y), "y", metric="r2").task
    return Subject.of_estimator(model, task, table, y.to_numpy(), unseen=np.arange(200, n))


@pytest.mark.slow
def test_it_agrees_with_scikit_learn() -> None:
    """The mean over many repeats, on the same rows."""
    found = linear()
    losses = last(found, repeats=60)
    table, model = found.table[200:], found.parts[0].model
    expected = permutation_importance(model, table, found.y[200:], scoring="r2", n_repeats=60, random_state=0)
    assert np.allclose(losses.mean[:4], expected.importances_mean, atol=0.02, rtol=0.03)
    assert np.allclose(losses.drops[0, :, :4].std(axis=0), expected.importances_std, atol=0.02, rtol=0.3)
    assert losses.scores[0] == pytest.approx(model.score(table, found.y[200:]))


@pytest.mark.slow
def test_it_agrees_with_scikit_learn_on_a_fold_of_a_trial(tmp_path) -> None:
    """Prepared pieces are shuffled as raw columns would be."""
    ctx = context(tmp_path, metric="neg_log_loss")
    found = Subject.of_trials(ctx, [trial(ctx, "linear")], delivery=Delivery.AVERAGE)
    rows, (part,) = found.held_out()[0]
    alone = Subject(found.task, found.table, found.y, (part,), rows, found.labels)

    class Whole(LogisticRegression):
        def fit(self, X, y):
            self.classes_ = np.array([0, 1])
            return self

        def predict_proba(self, X):
            return part.model.predict_proba(part.block(X))

    expected = permutation_importance(
        Whole().fit(None, None), ctx.rows(rows), ctx.y[rows], scoring="neg_log_loss", n_repeats=40, random_state=0
    )
    assert np.allclose(last(alone, repeats=40).mean[:5], expected.importances_mean, atol=0.03, rtol=0.1)


def test_columns_that_go_together_are_shuffled_together() -> None:
    found = linear()
    losses = last(found, repeats=10)
    assert losses.names[-1] == "a + copy"
    assert losses.groups == ((0, 1),)
    assert losses.mean[4] > 1.5 * losses.mean[:2].sum()
    note = permutation(found, losses).notes[1]
    assert note.startswith(
        "a is correlated with copy: shuffling only one hides the information that both share. Shuffled "
        "together, they cost "
    )


def test_each_fold_is_judged_on_its_own_rows(tmp_path) -> None:
    ctx = context(tmp_path)
    found = Subject.of_trials(ctx, [trial(ctx, "lightgbm", 0, 2.0), trial(ctx, "linear", 1)], delivery=Delivery.AVERAGE)
    losses = last(found, repeats=2)
    assert losses.drops.shape == (3, 2, 5)
    assert losses.rows == losses.whole == len(ctx.train)
    few = last(found, repeats=1, most_rows=60)
    assert few.rows == 60
    assert "Based on 60 of 192 rows" in permutation(found, few).notes[0]


def test_repeats_come_one_after_another() -> None:
    results = list(permutation_losses(linear(), repeats=3))
    assert [one.drops.shape[1] for one in results] == [1, 2, 3]
    assert [one.partial for one in results] == [True, True, False]
    assert np.array_equal(results[0].drops, results[2].drops[:, :1])


def test_a_model_that_has_seen_everything_is_not_judged() -> None:
    found = linear()
    part = found.parts[0]
    seen = Subject(found.task, found.table, found.y, (type(part)(part.model, None, part.sources),), found.rows)
    with pytest.raises(DataError, match="was fitted on all of them"):
        next(permutation_losses(seen))


def losses_of(means, spread: float = 0.01) -> Losses:
    noise = spread * np.array([-1.0, 0.0, 1.0])[:, None, None]
    drops = np.array(means)[None, None] + noise
    names = ("tenure", "contract", "fee", "age")[: len(means)]
    return Losses(names, (), drops, np.array([0.84, 0.85, 0.86]), 300, 300)


def test_the_sentence_is_made_from_the_numbers(tmp_path) -> None:
    found = subject(tmp_path, "tree")
    view = permutation(found, losses_of([0.08, 0.12, 0.001, 0.0]))
    assert view.sentences == (
        (
            "The model relies most on contract: when it is shuffled, ROC AUC falls by 0.120, from 0.850 on 300 rows; "
            "next comes tenure (0.08)."
        ),
        "Shuffling fee and age changes the score by no more than chance does.",
    )
    view = permutation(found, losses_of([0.0, 0.0, 0.001, 0.0]))
    assert view.sentences[0].startswith("No single column matters")
    view = permutation(found, losses_of([0.3, 0.2, 0.1, 0.05]))
    assert view.sentences[1] == "Every column adds information that no other column has."
    assert [bar["matters"] for bar in view.data["permutation"]] == [True] * 4


def test_what_goes_together() -> None:
    rng = np.random.default_rng(0)
    x, level = rng.normal(size=500), rng.choice(["a", "b", "c"], 500)
    table = pd.DataFrame(
        {
            "x": x,
            "cubed": x**3,
            "level": level,
            "same": pd.Categorical(np.where(level == "a", "p", np.where(level == "b", "q", "r"))),
            "shift": np.where(level == "a", 5, 0) + 0.1 * rng.normal(size=500),
            "none": rng.normal(size=500),
        }
    )
    found = associations(table)
    assert np.allclose(found, found.T)
    assert found[0, 1] == pytest.approx(1)
    assert found[2, 3] == pytest.approx(1, abs=0.01)
    assert found[2, 4] > 0.7
    assert found[5, :5].max() < 0.12
    assert clusters(found, 0.7) == [[0, 1], [2, 3, 4]]
