"""What is measured on the holdout is what a person gets: score, interval, prediction time and size."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from sklearn.metrics import get_scorer

from hitl_widget.evaluation.fold_models import make_blend
from hitl_widget.evaluation.holdout import measure_holdout
from tests.evaluation.tables import TARGETS, drifting, finished, labelled, opened

LINEAR = {"family": "linear"}
TREE = {"family": "tree", "tree.max_depth": 3}


def measured(ctx, offers):
    """Return the measurements by name."""
    return {one.name: one for one in measure_holdout(ctx, offers)}


@pytest.mark.parametrize(
    "kind", ["binary", *(pytest.param(one, marks=pytest.mark.slow) for one in ("multiclass", "regression"))]
)
def test_scores_are_those_of_the_delivered_models(tmp_path, kind: str) -> None:
    """A person who scores the model on these rows finds the same number, and the interval covers it."""
    table, target = labelled(), TARGETS[kind]
    ctx = opened(tmp_path, table, target)
    members = [finished(ctx, 0, LINEAR), finished(ctx, 1, TREE, 0.5)]
    found = measured(ctx, {"best": members[:1], "ensemble": members})
    X, scorer = table.drop(columns=list(TARGETS.values())), get_scorer(ctx.task.metric.scorer)
    for name, offered in (("best", members[:1]), ("ensemble", members)):
        model = make_blend(ctx, offered)
        score = scorer(model, X.iloc[ctx.holdout], table[target].iloc[ctx.holdout])
        assert found[name].score == pytest.approx(score, rel=1e-4)
        assert found[name].low < score < found[name].high
        assert found[name].size_mb == pytest.approx(len(pickle.dumps(model, protocol=5)) / 1e6, rel=0.02)


def test_models_are_compared_on_the_same_rows(tmp_path) -> None:
    """The paired interval covers the difference of the two scores, and is narrower than the two intervals suggest."""
    ctx = opened(tmp_path, labelled(), "amount")
    members = [finished(ctx, 0, LINEAR), finished(ctx, 1, TREE, 0.1)]
    found = measured(ctx, {"best": members[:1], "ensemble": members})
    first, ensemble = found["best"], found["ensemble"]
    assert first.ahead is None
    difference, low, high = ensemble.ahead
    assert difference == pytest.approx(ensemble.score - first.score)
    assert low <= difference <= high
    assert high - low < (first.high - first.low) / 2


def test_a_forward_split_measures_the_refit(tmp_path) -> None:
    """With time, the score on the holdout is that of the one model fitted on all earlier rows."""
    table = drifting()
    ctx = opened(tmp_path, table, "amount", time="day")
    trial = finished(ctx, 0, LINEAR)
    model = make_blend(ctx, [trial])
    rows = table.iloc[ctx.holdout]
    score = get_scorer(ctx.task.metric.scorer)(model, rows.drop(columns="amount"), rows["amount"])
    assert measured(ctx, {"best": [trial]})["best"].score == pytest.approx(score, rel=1e-6)


@pytest.mark.slow
def test_groups_are_drawn_as_a_whole(tmp_path) -> None:
    """Rows of one group err together, so the interval is wider than that of as many separate rows."""
    table = labelled(600)
    table["amount"] += np.random.default_rng(3).normal(size=100).repeat(6) * 3
    together = opened(tmp_path / "a", table, "amount", groups="house")
    apart = opened(tmp_path / "b", table.drop(columns="house"), "amount")
    widths = []
    for ctx in (together, apart):
        found = measured(ctx, {"best": [finished(ctx, 0, LINEAR)]})["best"]
        widths.append(found.high - found.low)
    assert widths[0] > 1.2 * widths[1]


@pytest.mark.slow
def test_the_prediction_time_is_that_of_the_delivered_model(tmp_path) -> None:
    """Milliseconds for 1,000 rows count everything from the raw table on."""
    table = labelled()
    ctx = opened(tmp_path, table, "good")
    members = [finished(ctx, 0, LINEAR), finished(ctx, 1, TREE)]
    shown = measured(ctx, {"ensemble": members})["ensemble"].predict_ms
    model = make_blend(ctx, members)
    rows = ctx.raw_sample.iloc[np.resize(np.arange(len(ctx.raw_sample)), 1000)]
    got = []
    for _ in range(9):
        begun = time.process_time()
        model.predict(rows)
        got.append(1000 * (time.process_time() - begun))
    assert shown == pytest.approx(min(got), rel=0.5)


def test_no_holdout_is_no_measure(tmp_path) -> None:
    """Without a holdout there is nothing to measure."""
    ctx = opened(tmp_path, labelled(), "good", holdout=0)
    assert measure_holdout(ctx, {"best": [finished(ctx, 0, LINEAR)]}) == ()
