"""A person's own metric: a scorer of scikit-learn, or a function of truth and prediction."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    f1_score,
    fbeta_score,
    get_scorer,
    get_scorer_names,
    log_loss,
    make_scorer,
    mean_pinball_loss,
    roc_auc_score,
)

from hitl_widget.data import scorers
from hitl_widget.data.success import read_success
from hitl_widget.data.task import understand
from hitl_widget.domain.objective import Metric
from hitl_widget.errors import ConfigError, DataError
from hitl_widget.learners.own_metric import own_metric, scorer_of
from hitl_widget.learners.scoring import score, try_metric
from hitl_widget.learners.success import success_value


def hits(y, prediction):
    return float(np.mean(np.asarray(y) == np.asarray(prediction)))


def test_scikit_learns_own_scorers_are_known_by_their_names() -> None:
    """`get_scorer` and an equal `make_scorer` give the name."""
    known = scorers.BINARY | scorers.CLASSES | scorers.NUMBERS
    for name in set(get_scorer_names()) & known:
        assert own_metric(get_scorer(name), None) == name
    assert own_metric(make_scorer(log_loss, greater_is_better=False, response_method="predict_proba"), None) == (
        "neg_log_loss"
    )
    assert own_metric("rmse", None) == "rmse"
    assert own_metric(None, None) is None


@pytest.mark.parametrize(
    "scorer",
    [
        make_scorer(fbeta_score, beta=2, pos_label="yes"),
        make_scorer(f1_score, pos_label="no"),
        make_scorer(partial(fbeta_score, beta=0.5), pos_label="yes"),
        make_scorer(roc_auc_score, response_method="predict_proba"),
        make_scorer(roc_auc_score, response_method="decision_function", max_fpr=0.5),
        make_scorer(log_loss, greater_is_better=False, response_method="predict_proba", labels=["no", "yes"]),
        make_scorer(hits),
    ],
)
@pytest.mark.parametrize("positive", ["yes", "no"])
def test_a_scorer_gives_what_it_gives_in_scikit_learn(scorer, positive) -> None:
    """It gets the labels of the table, in whichever order the task has its classes."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 1))
    table = pd.DataFrame({"x": x[:, 0], "y": np.where(x[:, 0] + rng.normal(size=80) > 0, "yes", "no")})
    model = LogisticRegression().fit(x, table["y"])
    expected = scorer(model, x, table["y"])
    metric = own_metric(scorer, None)
    understood = understand(table, "y", metric=metric, positive=positive)
    proba = model.predict_proba(x)[:, list(model.classes_).index(positive)]
    assert score(understood.task, understood.y, proba) == pytest.approx(expected)
    try_metric(understood.task, understood.y)


def test_three_classes_and_numbers_are_scored() -> None:
    """A function gets labels of three classes, or numbers."""
    table = pd.DataFrame({"x": np.arange(60) % 7, "y": list("cab") * 20})
    understood = understand(table, "y", metric=own_metric(hits, "higher"))
    perfect = np.eye(3)[understood.y]
    assert score(understood.task, understood.y, perfect) == 1.0
    numbers = understand(
        table.assign(y=np.arange(60) / 7),
        "y",
        metric=own_metric(make_scorer(mean_pinball_loss, greater_is_better=False, alpha=0.9), None),
    )
    assert score(numbers.task, numbers.y, numbers.y - 1) == pytest.approx(-0.9)
    assert numbers.task.metric.shown(-0.9) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("function", "direction", "name", "sign"),
    [
        (hits, "higher", "hits", 1),
        (hits, "lower", "hits", -1),
        (lambda y, p: 0.0, "lower", "metric", -1),
        (partial(fbeta_score, beta=2), "higher", "fbeta_score", 1),
        (make_scorer(f1_score, pos_label="a"), None, "own_f1_score", 1),
    ],
)
def test_names_do_not_collide(function, direction, name: str, sign: int) -> None:
    """A metric is named after its function, but never as a scorer with that name; the journal keeps the name."""
    metric = own_metric(function, direction)
    assert isinstance(metric, Metric)
    assert (metric.scorer, metric.sign) == (name, sign)
    again = Metric.from_json(metric.as_json(), metric.code or b"")
    assert again == metric
    assert scorer_of(again) is not None
    with pytest.raises(ValueError, match="from another computer or user"):
        scorer_of(Metric.from_json(metric.as_json()))


@pytest.mark.parametrize(
    ("given", "direction", "words"),
    [
        (hits, None, 'Add direction="higher"'),
        (hits, "up", 'Add direction="higher"'),
        ("rmse", "lower", "Leave out direction="),
        (make_scorer(hits), "higher", "Leave out direction="),
        (7, None, "got int"),
        (["auc", "f1"], None, "session.objectives()"),
        (dict, None, "got type"),
        (lambda y: 0.0, "lower", "with two arguments"),
        (lambda model, X, y: 0.0, "lower", "with two arguments"),
    ],
)
def test_what_is_no_metric_gets_one_sentence(given, direction, words: str) -> None:
    """The sentence names what is accepted."""
    with pytest.raises(DataError) as caught:
        own_metric(given, direction)
    assert words in str(caught.value)


def test_the_remedies_work() -> None:
    """What the errors advise is accepted."""
    assert own_metric(hits, "higher") is not None
    assert own_metric(make_scorer(hits, greater_is_better=False), None).sign == -1
    assert own_metric("rmse", None) == "rmse"


def test_a_metric_that_fails_is_refused_at_the_start() -> None:
    """It is called once on some rows; the sentence has the error and what the metric gets."""
    table = pd.DataFrame({"x": np.arange(60) % 7, "y": list("ab") * 30})
    for bad in (lambda y, p: np.mean(y - p), lambda y, p: None, lambda y, p: np.zeros(len(y))):
        understood = understand(table, "y", metric=own_metric(bad, "lower"))
        with pytest.raises(DataError, match="It gets the labels of y"):
            try_metric(understood.task, understood.y)
    lock = threading.Lock()
    with pytest.raises(ConfigError, match="inside the function"):
        own_metric(lambda y, p: float(lock.locked()), "lower")


def fails(y, prediction):
    return 1 / 0


def test_a_metric_that_fails_on_some_rows_fails_alone() -> None:
    """Whatever it raises is a ValueError with its name, which those who score draws of rows leave out."""
    table = pd.DataFrame({"x": np.arange(40) % 9, "y": ["no", "yes"] * 20})
    task = understand(table, "y", metric=own_metric(fails, "lower")).task
    with pytest.raises(ValueError, match="The metric 'fails' failed on 4 rows: ZeroDivisionError"):
        score(task, np.array([0, 1, 0, 1]), np.full(4, 0.5))


def test_a_goal_can_name_the_users_own_metric() -> None:
    """It is measured by the same scorer as the trials."""
    table = pd.DataFrame({"x": np.arange(40) % 9, "y": ["no", "yes"] * 20})
    task = understand(table, "y", metric=own_metric(hits, "higher")).task
    goal = read_success("hits at least 0.5", task)
    assert success_value(task, goal, np.array([0, 1, 1, 1]), np.array([0.1, 0.9, 0.9, 0.1])) == 0.75
