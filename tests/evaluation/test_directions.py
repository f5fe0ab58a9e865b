"""Directions of columns in fits, limits of predictions, and the check of delivered models."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from hitl_widget.data.choices import Columns
from hitl_widget.data.task import understand
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.commands import ChangeData
from hitl_widget.domain.data_choices import NO_CHOICES, DataView
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import mean_and_std
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.directions import violations
from hitl_widget.evaluation.ensemble import greedy
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel, delivered_pipelines, make_blend
from hitl_widget.evaluation.holdout import measure_holdout
from hitl_widget.explain.model import shap_values
from hitl_widget.explain.subject import Subject
from hitl_widget.learners.bounded import BoundedRegressor
from hitl_widget.learners.complexity import parts_of
from hitl_widget.learners.registry import space_for
from tests.families import SLOW

KEEPS = ("lightgbm", "xgboost", "catboost", "tree", "random_forest", "extra_trees")


def loans(n: int = 700, seed: int = 0) -> pd.DataFrame:
    """Return loans whose risk falls with income but for a bump; with gaps, categories, dates and amounts above 0."""
    rng = np.random.default_rng(seed)
    income, age = rng.uniform(10, 100, n), rng.integers(18, 80, n)
    bump = 3.0 * np.exp(-(((income - 60) / 6) ** 2))
    risk = -income / 25 + bump + rng.normal(0, 0.5, n)
    return pd.DataFrame(
        {
            "town": rng.choice(list("abcd"), n),
            "age": np.where(rng.random(n) < 0.1, np.nan, age),
            "income": income,
            "when": pd.date_range("2024-01-01", periods=n, freq="D"),
            "default": np.where(risk > np.median(risk), "yes", "no"),
            "loss": np.exp(risk).clip(0, 8) * (rng.random(n) < 0.7),
        }
    )


def opened(folder, target: str = "default", **arguments) -> Context:
    table = loans().drop(columns="loss" if target == "default" else "default")
    write_context(folder, understand(table, target, **arguments), 0)
    return open_context(folder)


def member(
    context: Context, family: str, number: int = 0, view: DataView | None = None, **settings: float
) -> TrialModel:
    config = space_for(context.task, [family]).complete({"family": family, **settings})
    hints = evaluate_fold(context, FoldUnit(number, 0, config, {"rounds": 40}, 1, keep_model=False, view=view)).hints
    return TrialModel(number, config, hints, 1, view=view)


def found(context: Context, one: TrialModel) -> tuple[tuple[str, float, float, float], ...]:
    return violations(context, [one], {one.trial: delivered_pipelines(context, one)})


@pytest.mark.parametrize("family", [pytest.param(one, marks=[pytest.mark.slow] * (one in SLOW)) for one in KEEPS])
@pytest.mark.parametrize("target", ["default", "loss"])
def test_boosters_and_trees_keep_the_direction(tmp_path, family, target):
    """The delivered model never rises with income, on any row; without the direction it does."""
    kept = opened(tmp_path / "a", target, monotone={"income": "-"})
    model = make_blend(kept, [member(kept, family)])
    rows = loans(30, 1)
    grid = np.linspace(12, 98, 60)
    many = rows.loc[rows.index.repeat(len(grid))].assign(income=np.tile(grid, len(rows)))
    answer = model.predict_proba(many)[:, 1] if target == "default" else model.predict(many)
    assert np.diff(answer.reshape(len(rows), -1), axis=1).max() <= 1e-9
    assert found(kept, member(kept, family)) == ()
    free = opened(tmp_path / "b", target)
    stated = replace(free, task=replace(free.task, monotone=(("income", -1),)))
    ((name, low, high, move),) = violations(
        stated, [member(free, family)], {0: delivered_pipelines(free, member(free, family))}
    )
    assert name == "income"
    assert 30 < low < high < 70
    assert move > 0.1


@pytest.mark.slow
def test_other_families_are_checked(tmp_path):
    """A support vector machine follows the bump, which the holdout says with the model."""
    context = opened(tmp_path, monotone={"income": "-", "age": "+"})
    one = member(context, "svm", **{"svm.gamma": 0.5, "svm.C": 10.0})
    told = {name: (low, high) for name, low, high, _ in found(context, one)}
    assert told["income"][0] < told["income"][1]
    (offer,) = measure_holdout(context, {"best": [one]})
    assert {name for name, *_ in offer.against} == set(told)
    assert offer.clipped is None


def test_a_line_in_the_right_direction_is_fine(tmp_path):
    """A linear model that falls with income violates nothing, and violates the opposite."""
    context = opened(tmp_path, monotone={"income": "-"})
    one = member(context, "linear")
    assert found(context, one) == ()
    other = replace(context, task=replace(context.task, monotone=(("income", 1),)))
    ((_, low, high, _),) = violations(other, [one], {0: delivered_pipelines(context, one)})
    assert low < 20
    assert high > 90


def test_directions_follow_the_columns_of_a_view(tmp_path):
    """Columns that are dropped, encoded or read as categories leave the direction where it belongs."""
    table = loans().drop(columns="loss")
    understood = understand(table, "default", monotone={"income": "-", "age": "-"})
    write_context(tmp_path, understood, 0)
    context = open_context(tmp_path)
    columns = Columns(understood, tmp_path)
    columns.keep()
    changes = (
        ChangeData(roles={"age": "ignored"}, encoding={"town": "one_hot"}),
        ChangeData(roles={"age": "categorical"}),
        ChangeData(filling={"age": "median"}, encoding={"town": "target_mean"}),
    )
    for number, change in enumerate(changes, 1):
        view = DataView(number, columns.changed(NO_CHOICES, change))
        for family in ("lightgbm", "tree"):
            one = member(context, family, number, view)
            assert not [name for name, *_ in found(context, one) if name == "income"]


def test_directions_are_checked_on_added_rows_and_not_for_another_target(tmp_path):
    """The rows of the view are read, also those that the first table lacks."""
    understood = understand(loans(200).drop(columns="loss"), "default", monotone={"income": "-"})
    write_context(tmp_path, understood, 0)
    context = open_context(tmp_path)
    columns = Columns(understood, tmp_path)
    columns.keep()
    changes = (cmd.AddRows(loans(40, 3).drop(columns="loss")), cmd.SetTarget("age"))
    for number, command in enumerate(changes, 1):
        view = DataView(number, columns.rows.changed(SessionState(), command).choices)
        assert found(context.of(view), member(context, "linear", number, view)) == ()
        assert len(context.of(view).task.monotone) == (number == 1)


def test_impossible_predictions_are_clipped_everywhere(tmp_path):
    """In scores, the ensemble, the delivered model and its clone; the holdout counts them; contributions add up."""
    context = opened(tmp_path, "loss", between=(0, 8), roles={"when": "ignored"})
    config = space_for(context.task, ["linear"]).complete({"family": "linear"})
    results = [evaluate_fold(context, FoldUnit(0, fold, config, {}, 1)) for fold in range(len(context.folds))]
    stored = np.concatenate([one.predictions for one in results])
    assert stored.min() == 0
    assert stored.max() <= 8
    assert "Impossible predictions were clipped." in results[0].warnings
    np.save(tmp_path / "0.npy", stored)
    members, score, std = greedy(context, {0: str(tmp_path / "0.npy")})
    assert members == [(0, 1.0)]
    assert (score, std) == pytest.approx(mean_and_std([one.score for one in results]))  # as the trial itself
    one = TrialModel(0, config, {}, 1)
    model = make_blend(context, [one])
    rows = loans(400, 2)
    predicted = model.predict(rows)
    inner = model.estimators_[0][0][-1]
    assert isinstance(inner, BoundedRegressor)
    assert predicted.min() == 0
    assert parts_of(inner) == parts_of(inner.model_)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(rows), predicted)
    assert clone(model).fit(loans().drop(columns=["loss", "default"]), loans()["loss"]).predict(rows).min() == 0
    (offer,) = measure_holdout(context, {"best": [one]})
    held = model.predict(loans().iloc[context.holdout])
    assert offer.clipped == np.isin(held, [0, 8]).sum() > 0
    subject = Subject.of_trials(context, [one])
    added = shap_values(subject, np.arange(40))
    answers = subject.predict(subject.table.iloc[:40])
    assert np.allclose(added.values.sum(axis=1) + added.base, answers, atol=1e-6)
