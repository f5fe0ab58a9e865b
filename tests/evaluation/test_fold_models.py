"""The model that is delivered for a trial: one model, fitted again on all rows of the search."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone

from hitl_widget.domain.delivery import Delivery
from hitl_widget.evaluation.fold_models import load_refitted_pipeline, make_blend, store_refits
from tests.evaluation.tables import drifting, finished, labelled, opened

LINEAR = {"family": "linear"}
BOOSTER = {"family": "lightgbm", "lightgbm.num_leaves": 7}


@pytest.mark.parametrize("arguments", [{}, {"groups": "house"}, {"time": "day"}])
def test_one_model_of_all_rows_of_the_search_is_delivered(tmp_path, arguments) -> None:
    """With any split; the average of the fold models is there when asked for."""
    ctx = opened(
        tmp_path,
        drifting() if "time" in arguments else labelled(),
        "amount" if "time" in arguments else "good",
        **arguments,
    )
    trial = finished(ctx, 0, LINEAR)
    assert [len(one) for one in make_blend(ctx, [trial]).estimators_] == [1]
    averaged = make_blend(ctx, [trial], Delivery.AVERAGE)
    assert [len(one) for one in averaged.estimators_] == [len(ctx.folds)]


def test_the_delivered_model_follows_a_drift(tmp_path) -> None:
    """The average of folds lags behind, because early folds know early rows only."""
    table = drifting()
    ctx = opened(tmp_path, table, "amount", time="day")
    trial = finished(ctx, 0, LINEAR)
    later, truth = table.drop(columns="amount").iloc[ctx.holdout], table["amount"].iloc[ctx.holdout]
    delivered, averaged = make_blend(ctx, [trial]), make_blend(ctx, [trial], Delivery.AVERAGE)
    assert [len(one) for one in delivered.estimators_] == [1]
    assert np.abs(delivered.predict(later) - truth).mean() < 0.9 * np.abs(averaged.predict(later) - truth).mean()
    again = clone(delivered).fit(table.drop(columns="amount"), table["amount"])
    assert [len(one) for one in again.estimators_] == [1]


@pytest.mark.parametrize("delivery", [Delivery.SEARCH, Delivery.ALL])
def test_a_refit_is_the_pipeline_fitted_on_these_rows(tmp_path, delivery: Delivery) -> None:
    """It equals the same pipeline fitted by scikit-learn on all rows of the search, or on all rows."""
    table = labelled()
    ctx = opened(tmp_path, table, "amount")
    rows = ctx.train if delivery is Delivery.SEARCH else np.arange(len(table))
    refitted = load_refitted_pipeline(ctx, finished(ctx, 0, LINEAR), delivery)
    X = table.drop(columns=["amount", "good", "kind"])
    expected = clone(refitted).fit(X.iloc[rows], ctx.y[rows]).predict(X)
    assert refitted.predict(X) == pytest.approx(expected, rel=1e-6)


def test_a_refit_finds_its_own_rounds(tmp_path) -> None:
    """Rounds that suited fewer and older rows are found again, on rows that the fit leaves out."""
    ctx = opened(tmp_path, labelled(), "amount")
    trial = finished(ctx, 0, BOOSTER)
    found = load_refitted_pipeline(ctx, trial, Delivery.SEARCH)
    assert trial.hints["rounds"] == 15
    assert found[-1].n_estimators > 20


def test_a_refit_is_fitted_once(tmp_path) -> None:
    """The model that a worker has stored is what is read later, by any process."""
    ctx = opened(tmp_path, labelled(), "good")
    trial = finished(ctx, 0, BOOSTER)
    store_refits(ctx, [trial], Delivery.ALL)
    stored = list((tmp_path / "models").glob("0-6.pkl"))
    assert len(stored) == 1
    before = stored[0].stat().st_mtime_ns
    load_refitted_pipeline(ctx, trial, Delivery.ALL)
    assert stored[0].stat().st_mtime_ns == before
