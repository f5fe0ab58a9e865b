"""One configuration on one fold gives a score, predictions and times, and the fold models make the model."""

import pickle
import subprocess
import sys
import time

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.metrics import get_scorer

from hitl_widget.data.task import understand
from hitl_widget.errors import ConfigError
from hitl_widget.evaluation.context import Context, open_context, score_predictions, write_context
from hitl_widget.evaluation.fitting import FoldUnit, inner_split, prepared
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel, load_fold_pipeline, make_blend
from hitl_widget.evaluation.holdout import measure_holdout
from hitl_widget.learners.preparation import Preparation
from hitl_widget.learners.registry import LEARNERS, starting_configs

KINDS = ["binary", "multiclass", "regression"]
LABELS = {"binary": "good", "multiclass": "kind", "regression": "amount"}


def frame(n: int = 240, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=(2, n))
    return pd.DataFrame(
        {
            "id": [f"r{i}" for i in range(n)],
            "x": np.where(rng.random(n) < 0.1, np.nan, x),
            "<b>&z": z.round(3).astype(str),
            "town": rng.choice(["a", "b", "?"], n),
            "code": [f"k{i}" for i in rng.integers(0, 40, n)],
            "group": np.arange(n) // 6,
            "when": pd.date_range("2024-01-01", periods=n, freq="D"),
            "good": np.where(x + 0.5 * z + 0.3 * rng.normal(size=n) > 0, "yes", "no"),
            "kind": np.array(["red", "green", "blue"])[np.digitize(x + 0.2 * rng.normal(size=n), [-0.5, 0.5])],
            "amount": np.exp(x + 0.3 * z),
        }
    )


def context(tmp_path, kind: str = "binary", **arguments) -> tuple[Context, pd.DataFrame, np.ndarray]:
    target = LABELS[kind]
    data = frame().drop(columns=[name for name in LABELS.values() if name != target])
    understood = understand(data, target, **arguments)
    write_context(tmp_path, understood, 0)
    return open_context(tmp_path), data.drop(columns=target), data[target].to_numpy()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", LEARNERS)
def test_every_family_fits_every_kind(tmp_path, name: str, kind: str) -> None:
    """Each installed family gives finite predictions, a score in line with them, and a model file."""
    learner = LEARNERS[name]
    if not learner.available():
        pytest.skip(f"{name} is not installed")
    ctx, _, _ = context(tmp_path, kind)
    config = starting_configs(ctx.task, [name])[0]
    result = evaluate_fold(ctx, FoldUnit(3, 1, config, {"rounds": 20}, 7, 30.0))
    valid = ctx.folds[1][1]
    assert result.predictions.dtype == np.float32
    assert result.predictions.shape == ((len(valid), 3) if kind == "multiclass" else (len(valid),))
    assert result.score == score_predictions(ctx, ctx.y[valid], result.predictions)
    assert result.valid_rows == len(valid)
    ready = prepared(ctx, ctx.learner(name).preparation(config), 1)
    size = (tmp_path / result.model_file).stat().st_size + len(pickle.dumps(ready.extra, protocol=5))
    assert result.model_bytes == size
    floor = evaluate_fold(ctx, FoldUnit(0, 1, {"family": "dummy"}, {}))
    assert result.score > floor.score or name in ("dummy", "tree")
    pickle.dumps(result)


@pytest.mark.parametrize("name", LEARNERS)
def test_extreme_columns_do_no_harm(tmp_path, name: str) -> None:
    """Huge numbers, columns empty in a fold, constants in a fold and gaps seen only later are no failure."""
    if not LEARNERS[name].available():
        pytest.skip(f"{name} is not installed")
    data = frame(100)[["x", "town", "good"]]
    data["huge"] = np.where(np.arange(100) % 9 == 0, 1e300, -1e300)
    ctx_rows = understand(data, "good", holdout=0).folds[0][1]
    data["late"] = np.nan
    data.loc[ctx_rows, "late"] = 1.0 + np.arange(len(ctx_rows))
    data["early"] = np.arange(100.0)
    data.loc[ctx_rows, "early"] = np.nan
    data["rare"] = "common"
    data.loc[ctx_rows[:2], "rare"] = "rare"
    write_context(tmp_path, understand(data, "good", holdout=0), 0)
    ctx = open_context(tmp_path)
    assert np.isfinite(evaluate_fold(ctx, FoldUnit(0, 0, {"family": name}, {"rounds": 5})).score)


def test_the_same_seed_gives_the_same_predictions(tmp_path) -> None:
    """A unit is deterministic, and its seed matters."""
    ctx, _, _ = context(tmp_path)
    config = {"family": "extra_trees", "extra_trees.max_features": 0.5}
    one, two, other = (evaluate_fold(ctx, FoldUnit(0, 0, config, {"rounds": 9}, seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.predictions, two.predictions)
    assert not np.array_equal(one.predictions, other.predictions)


def test_rounds_are_found_once(tmp_path) -> None:
    """The first fold finds the rounds; a hint is taken as it is, whatever the fold."""
    ctx, _, _ = context(tmp_path)
    first = evaluate_fold(ctx, FoldUnit(0, 0, {"family": "lightgbm"}, {}))
    assert first.hints["rounds"] >= 1
    other = evaluate_fold(ctx, FoldUnit(0, 1, {"family": "lightgbm"}, {"rounds": 7}))
    assert other.hints == {"rounds": 7}


@pytest.mark.parametrize("arguments", [{}, {"groups": "group"}, {"time": "when"}])
def test_rounds_are_found_as_folds_are_made(tmp_path, arguments) -> None:
    """The inner rows lie inside the training rows, keep groups together and go forward in time."""
    ctx, data, _ = context(tmp_path, **arguments)
    inside, outside = inner_split(ctx, 0)
    train = ctx.folds[0][0]
    assert not np.intersect1d(inside, outside).size
    assert len(inside) + len(outside) <= len(train)
    if "groups" in arguments:
        groups = data["group"].to_numpy()[train]
        assert not np.intersect1d(groups[inside], groups[outside]).size
    if "time" in arguments:
        times = data["when"].to_numpy()[train]
        assert times[inside].max() < times[outside].min()


@pytest.mark.parametrize("name", ["lightgbm", "extra_trees", "mlp", "catboost", "xgboost"])
def test_a_fit_ends_in_time(tmp_path, name: str) -> None:
    """A limit of a third of a second is kept nearly, and the result is whole."""
    if not LEARNERS[name].available():
        pytest.skip(f"{name} is not installed")
    ctx, _, _ = context(tmp_path, "multiclass")
    evaluate_fold(ctx, FoldUnit(0, 0, {"family": name}, {"rounds": 2}))
    begun = time.monotonic()
    result = evaluate_fold(ctx, FoldUnit(1, 0, {"family": name}, {}, 0, 0.3))
    assert time.monotonic() - begun < 4.0
    assert np.isfinite(result.score)


@pytest.mark.parametrize(
    ("name", "kind", "more"),
    [("lightgbm", "multiclass", {}), ("catboost", "regression", {"catboost.depth": 4}), ("xgboost", "regression", {})],
)
def test_a_booster_reports_its_rounds_and_is_the_same(tmp_path, name: str, kind: str, more: dict[str, int]) -> None:
    """It counts up to the limit while the number of rounds is chosen, then to that number; no prediction changes."""
    if not LEARNERS[name].available():
        pytest.skip(f"{name} is not installed")
    ctx, _, _ = context(tmp_path, kind)
    unit, told = FoldUnit(0, 0, {"family": name, f"{name}.learning_rate": 0.3, **more}, {}, 3), []
    silent, heard = evaluate_fold(ctx, unit), evaluate_fold(ctx, unit, told.append)
    assert np.array_equal(silent.predictions, heard.predictions)
    assert silent.hints == heard.hints
    choosing = [(done, most) for done, most, is_choosing in told if is_choosing]
    fitting = [(done, most) for done, most, is_choosing in told if not is_choosing]
    assert [done for done, _ in choosing] == list(range(1, len(choosing) + 1))
    assert {most for _, most in choosing} in ({1500}, {2000})
    rounds = heard.hints["rounds"]
    assert fitting == [(done, rounds) for done in range(1, rounds + 1)]
    assert told[: len(choosing)] == [(*one, True) for one in choosing]


def test_preparing_is_done_once_and_shared(tmp_path) -> None:
    """The second unit on a fold finds the matrices; another process finds them too."""
    ctx, _, _ = context(tmp_path)
    first = evaluate_fold(ctx, FoldUnit(0, 0, {"family": "lightgbm"}, {"rounds": 2}))
    second = evaluate_fold(ctx, FoldUnit(1, 0, {"family": "tree"}, {}))
    assert first.prepare_seconds > 0
    assert second.prepare_seconds == 0
    again = open_context(tmp_path)
    assert evaluate_fold(again, FoldUnit(2, 0, {"family": "tree"}, {})).prepare_seconds == 0
    assert np.array_equal(
        again.opened[Preparation("native"), 0].arrays["valid"],
        ctx.opened[Preparation("native"), 0].arrays["valid"],
        True,
    )
    assert not again.opened[Preparation("native"), 0].arrays["train"].flags.writeable


@pytest.mark.slow
def test_each_choice_of_preparation_is_made_once(tmp_path) -> None:
    """Choices have matrices of their own; a configuration from before there were any means the default."""
    ctx, _, _ = context(tmp_path)
    whole = starting_configs(ctx.task, ["linear"])[0]
    old = {name: value for name, value in whole.items() if name != "linear.numbers"}
    assert len(old) < len(whole)
    other = whole | {"linear.numbers": "standardise"}
    new, before, changed, again = (
        evaluate_fold(ctx, FoldUnit(number, 0, config, {})) for number, config in enumerate([whole, old, other, other])
    )
    assert new.score == before.score
    assert before.prepare_seconds == again.prepare_seconds == 0
    assert changed.prepare_seconds > 0
    assert not np.array_equal(new.predictions, changed.predictions)
    assert {path.name for path in (tmp_path / "prepared").iterdir() if path.is_dir()} == {
        "dense-0",
        "dense-standardise-0",
    }
    mixed = [TrialModel(0, whole), TrialModel(2, other)]
    one, two, both = measure_holdout(ctx, {"a": mixed[:1], "b": mixed[1:], "both": mixed})
    assert one.score != two.score
    assert np.isfinite(both.score)


def test_warnings_become_words(tmp_path) -> None:
    """What a library complains of is kept in plain words, and nothing is printed."""
    ctx, _, _ = context(tmp_path)
    result = evaluate_fold(ctx, FoldUnit(0, 0, {"family": "mlp", "mlp.learning_rate": 1e-4}, {"rounds": 2}))
    assert result.warnings == ("Stopped before it settled.",)


def test_an_unknown_family_is_refused(tmp_path) -> None:
    """A configuration without a known family raises before anything is fitted."""
    ctx, _, _ = context(tmp_path)
    with pytest.raises(ConfigError, match="no family 'knn'"):
        evaluate_fold(ctx, FoldUnit(0, 0, {"family": "knn"}, {}))


@pytest.mark.parametrize("metric", ["neg_log_loss", "roc_auc_ovr", "accuracy", "neg_brier_score"])
def test_folds_that_lack_a_class_are_scored(tmp_path, metric: str) -> None:
    """With groups of one class each, folds lack classes, and every family still has a score."""
    data = frame()[["x", "<b>&z", "kind"]].sort_values("kind").reset_index(drop=True)
    size, first = data["kind"].map({"red": 12, "green": 12, "blue": 40}), {"red": 0, "green": 10, "blue": 20}
    data["g"] = data.groupby("kind").cumcount() // size + data["kind"].map(first)
    write_context(tmp_path, understand(data, "kind", groups="g", metric=metric, holdout=0), 0)
    ctx = open_context(tmp_path)
    assert any(len(np.unique(ctx.y[valid])) < 3 for _, valid in ctx.folds)
    for fold in range(len(ctx.folds)):
        for name in ("dummy", "lightgbm", "linear"):
            assert np.isfinite(evaluate_fold(ctx, FoldUnit(0, fold, {"family": name}, {"rounds": 5})).score)


def trials(ctx: Context, names=("lightgbm", "linear", "extra_trees")) -> list[TrialModel]:
    """Run a few configurations over all folds."""
    made = []
    for number, name in enumerate(names):
        config, hints, files = starting_configs(ctx.task, [name])[0], {"rounds": 15}, {}
        for fold in range(len(ctx.folds)):
            result = evaluate_fold(ctx, FoldUnit(number, fold, config, hints, 1))
            hints, files[fold] = result.hints, result.model_file
        made.append(TrialModel(number, config, hints, 1, 1.0 + number, files=files))
    return made


@pytest.mark.parametrize(
    "kind", [kind if kind == "binary" else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS]
)
def test_the_delivered_model_is_a_scikit_learn_estimator(tmp_path, kind: str) -> None:
    """It answers raw tables of any library with original labels, clones, refits, scores and survives pickling."""
    ctx, X, y = context(tmp_path, kind)
    model = make_blend(ctx, trials(ctx))
    assert is_regressor(model) if kind == "regression" else is_classifier(model)
    assert list(model.feature_names_in_) == list(X.columns)
    assert model.n_features_in_ == X.shape[1]
    assert len(model.estimators_) == 3
    assert len(model.estimators_[0]) == 1
    answer = model.predict(X)
    assert np.array_equal(model.predict(pl.DataFrame(X.to_dict("list"))), answer)
    assert np.array_equal(model.predict(X[X.columns[::-1]].assign(more=1)), answer)
    for copy in (pickle.loads(pickle.dumps(model)), pickle.loads(cloudpickle.dumps(model))):
        assert np.array_equal(copy.predict(X), answer)
    again = clone(model)
    assert not hasattr(again, "estimators_")
    again.fit(X.iloc[:180], y[:180])
    if kind == "regression":
        assert again.score(X.iloc[180:], y[180:]) > 0.3
    else:
        assert list(model.classes_) == sorted(np.unique(y))
        assert set(answer) <= set(y)
        assert model.predict_proba(X).sum(axis=1) == pytest.approx(1)
        assert again.score(X.iloc[180:], y[180:]) > 0.6
        if kind == "binary":
            assert get_scorer("roc_auc")(model, X, y) > 0.9


@pytest.mark.slow
def test_the_delivered_model_works_in_a_fresh_process(tmp_path) -> None:
    """A model dumped with joblib predicts the same where nothing was imported before."""
    ctx, X, _ = context(tmp_path)
    model = make_blend(ctx, trials(ctx, ("lightgbm", "linear")))
    joblib.dump((model, X), tmp_path / "model.joblib")
    code = f"import joblib; m, X = joblib.load({str(tmp_path / 'model.joblib')!r}); print(''.join(m.predict(X)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "".join(model.predict(X))


def test_what_was_scored_is_what_is_delivered(tmp_path) -> None:
    """A fold's pipeline gives the raw validation rows the predictions that were scored."""
    ctx, X, _ = context(tmp_path)
    trial = trials(ctx, ("lightgbm",))[0]
    result = evaluate_fold(ctx, FoldUnit(0, 2, dict(trial.config), dict(trial.hints), 1))
    pipeline = load_fold_pipeline(ctx, TrialModel(0, trial.config, trial.hints, 1, files=trial.files), 2)
    raw = X.iloc[ctx.folds[2][1]]
    assert pipeline.predict_proba(raw)[:, 1] == pytest.approx(result.predictions, abs=1e-6)


def test_a_missing_model_file_is_fitted_again(tmp_path) -> None:
    """Without its files, a trial gives the same predictions, from the same rows and the same seed."""
    ctx, X, _ = context(tmp_path)
    trial = trials(ctx, ("extra_trees",))[0]
    before = make_blend(ctx, [trial]).predict_proba(X)
    (tmp_path / trial.files[0]).unlink()
    (tmp_path / trial.files[1]).write_bytes(b"broken")
    assert make_blend(ctx, [trial]).predict_proba(X) == pytest.approx(before)
