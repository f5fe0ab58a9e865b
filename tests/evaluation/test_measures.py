"""Further objectives are measured on the fitted model or on stored predictions, and each fails alone."""

import pickle
from dataclasses import replace
from statistics import fmean, stdev

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, roc_auc_score

from hitl_widget.data.task import understand
from hitl_widget.errors import DataError
from hitl_widget.evaluation.context import Context, open_context, score_predictions, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.measures import MODEL_MEASURES, MeasureJob, measure, measure_model
from hitl_widget.evaluation.user_code import CodeKind, UserCode
from hitl_widget.learners.custom import make_learner
from hitl_widget.learners.registry import LEARNERS, starting_configs
from hitl_widget.learners.scoring import as_proba, calibration_error

TARGETS = {"binary": "good", "multiclass": "kind", "regression": "amount"}
TREE = {"family": "tree", "tree.max_depth": 3, "tree.min_samples_leaf": 5}


def frame(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, n))
    sex = rng.choice(["f", "m"], n)
    return pd.DataFrame(
        {
            "x": x,
            "z": z,
            "town": rng.choice(["a", "b", "c"], n, p=[0.6, 0.37, 0.03]),
            "sex": sex,
            "id": [f"r{i}" for i in range(n)],
            "good": np.where(x + 0.6 * (sex == "m") + 0.5 * rng.normal(size=n) > 0, "yes", "no"),
            "kind": np.array(["red", "green", "blue"])[np.digitize(x + 0.5 * rng.normal(size=n), [-0.5, 0.5])],
            "amount": 10 + x + 0.3 * z,
        }
    )


def context(folder, kind: str = "binary", n: int = 400, **arguments) -> Context:
    data = frame(n).drop(columns=[name for name in TARGETS.values() if name != TARGETS[kind]])
    write_context(folder, understand(data, TARGETS[kind], roles={"sex": "ignored"}, **arguments), 0)
    return open_context(folder)


def run(ctx: Context, config=TREE, number: int = 0, **more) -> tuple[MeasureJob, np.ndarray, list[float]]:
    """Evaluate a configuration on all folds and store its predictions as the engine does."""
    results = [evaluate_fold(ctx, FoldUnit(number, fold, config, {"rounds": 9})) for fold in range(len(ctx.folds))]
    whole = np.concatenate([result.predictions for result in results]).astype(np.float32)
    path = ctx.folder / "oof" / f"{number}.npy"
    path.parent.mkdir(exist_ok=True)
    np.save(path, whole)
    scores = tuple(result.score for result in results)
    job = MeasureJob(number, (), str(path), dict(config), {"rounds": 9}, 0, scores)
    return job, whole, [result.score for result in results]


def asked(ctx: Context, job: MeasureJob, *names: str, definitions=None):
    job = replace(job, names=names)
    (result,) = measure(ctx, [job], definitions or {})
    assert set(result.values) | set(result.problems) == set(names)
    assert not set(result.values) & set(result.problems)
    assert all(np.isfinite(value) for value in (*result.values.values(), *result.spreads.values()))
    return pickle.loads(pickle.dumps(result))


def oof(ctx: Context) -> tuple[np.ndarray, np.ndarray]:
    rows = np.concatenate([valid for _, valid in ctx.folds])
    return rows, ctx.y[rows]


# -- models -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("name", LEARNERS)
def test_a_fold_measures_its_model(tmp_path, name: str, kind: str) -> None:
    """Every family on every kind of task gives all four when they are asked for, and none when they are not."""
    if not LEARNERS[name].available():
        pytest.skip(f"{name} is not installed")
    ctx = context(tmp_path, kind)
    config = starting_configs(ctx.task, [name])[0]
    plain = evaluate_fold(ctx, FoldUnit(0, 0, config, {"rounds": 9}))
    assert plain.measures == {}
    result = evaluate_fold(ctx, FoldUnit(0, 0, config, {"rounds": 9}, measure=MODEL_MEASURES))
    assert set(result.measures) == set(MODEL_MEASURES)
    assert result.score == plain.score
    assert result.warnings == plain.warnings
    assert 0 < result.measures["predict_ms"] < 5000
    assert result.measures["complexity"] == (1 if kind != "multiclass" else 3) or name != "dummy"
    assert (result.measures["columns_used"] == 0) == (name == "dummy")
    assert result.measures["columns_used"] <= len(ctx.table.columns)
    pickle.dumps(result)


def test_the_gap_is_the_score_seen_less_the_score_unseen(tmp_path) -> None:
    """A tree of full depth knows its rows by heart."""
    ctx = context(tmp_path, metric="accuracy")
    deep = {"family": "tree", "tree.max_depth": 64, "tree.min_samples_leaf": 1, "tree.ccp_alpha": 0.0}
    result = evaluate_fold(ctx, FoldUnit(0, 0, deep, {}, measure=("gap",)))
    assert result.measures["gap"] == pytest.approx(1.0 - result.score)
    assert result.measures["gap"] > 0.05


def test_the_gap_is_taken_on_some_rows_of_a_large_fold(tmp_path) -> None:
    ctx = context(tmp_path, n=8000, metric="accuracy", holdout=0)
    deep = {"family": "tree", "tree.max_depth": 64, "tree.min_samples_leaf": 1, "tree.ccp_alpha": 0.0}
    result = evaluate_fold(ctx, FoldUnit(0, 0, deep, {}, measure=("gap",)))
    assert result.measures["gap"] == pytest.approx(1.0 - result.score)


class Moody:
    """A person's model that predicts once."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.calls = 0
        return self

    def predict_proba(self, X):
        self.calls += 1
        if self.calls > 1:
            raise RuntimeError("I am tired.")
        return np.full((len(X), 2), 0.5)


def test_a_measure_that_raises_costs_itself_only(tmp_path) -> None:
    """The fold keeps its score and what could be measured; the rest becomes a warning."""
    ctx = context(tmp_path)
    _, _, code = make_learner("moody", Moody, {}, ctx.task)
    UserCode(tmp_path).keep(CodeKind.LEARNER, "moody", code)
    result = evaluate_fold(ctx, FoldUnit(0, 0, {"family": "moody"}, {}, measure=("predict_ms", "columns_used", "gap")))
    assert result.score == 0.5
    assert result.measures == {"columns_used": 3.0}
    assert len(result.warnings) == 2
    assert result.warnings[0].startswith("predict_ms could not be measured: RuntimeError: I am tired.")


def test_a_fold_does_not_count_the_measuring_as_its_own(tmp_path) -> None:
    ctx = context(tmp_path)
    result = evaluate_fold(ctx, FoldUnit(0, 0, TREE, {}, measure=("predict_ms",)))
    parts = result.prepare_seconds + result.fit_seconds + result.predict_seconds
    assert result.seconds - parts > result.measures["predict_ms"] / 1000


def test_an_own_learner_is_measured(tmp_path) -> None:
    from sklearn.neighbors import KNeighborsClassifier

    ctx = context(tmp_path)
    _, _, code = make_learner("knn", KNeighborsClassifier(), {}, ctx.task)
    UserCode(tmp_path).keep(CodeKind.LEARNER, "knn", code)
    result = evaluate_fold(ctx, FoldUnit(0, 0, {"family": "knn"}, {}, measure=MODEL_MEASURES))
    rows = len(ctx.folds[0][0])
    assert result.measures["complexity"] == rows * (2 + 3) + rows
    assert result.measures["columns_used"] == 3


def test_only_models_measures_are_measured_on_a_model(tmp_path) -> None:
    ctx = context(tmp_path)
    with pytest.raises(DataError, match="predict_ms, complexity"):
        measure_model(ctx, LEARNERS["tree"], None, None, TREE, 0, ("accuracy",), 0.0)


def test_models_are_loaded_or_fitted_again(tmp_path) -> None:
    """A finished trial gives the same from its files, without them, and without its scores; its folds gave the same."""
    ctx = context(tmp_path)
    job, _, _ = run(ctx)
    names = ("complexity", "columns_used", "gap")
    folds = [evaluate_fold(ctx, FoldUnit(7, fold, TREE, {}, measure=names)).measures for fold in range(len(ctx.folds))]
    at_once = folds[0] | {"gap": np.mean([one["gap"] for one in folds])}
    assert asked(ctx, job, *names).values == at_once
    for path in (tmp_path / "models").glob("*"):
        path.unlink()
    assert asked(ctx, job, *names).values == at_once
    unscored = MeasureJob(0, (), None, job.config, job.hints, 0)
    assert asked(ctx, unscored, *names).values["gap"] == pytest.approx(at_once["gap"])
    assert asked(ctx, job, "predict_ms").values["predict_ms"] > 0


def test_a_model_that_cannot_be_had_is_a_problem_of_each_name(tmp_path) -> None:
    ctx = context(tmp_path)
    job, _, _ = run(ctx)
    gone = MeasureJob(0, (), job.predictions, {"family": "gone"}, {}, 0)
    result = asked(ctx, gone, "complexity", "accuracy")
    assert "There is no family 'gone'" in result.problems["complexity"]
    assert "accuracy" in result.values


# -- predictions ------------------------------------------------------------------------------------------------------


def test_a_scorer_is_taken_fold_by_fold(tmp_path) -> None:
    """The main metric comes out as it was; others as scikit-learn gives them on each fold."""
    ctx = context(tmp_path)
    job, predictions, scores = run(ctx)
    result = asked(ctx, job, "roc_auc", "f1", "auc")
    assert result.values["roc_auc"] == result.values["auc"] == pytest.approx(fmean(scores))
    assert result.spreads["roc_auc"] == pytest.approx(stdev(scores))
    ends = np.cumsum([len(valid) for _, valid in ctx.folds])[:-1]
    parts = zip(np.split(oof(ctx)[1], ends), np.split(predictions, ends), strict=True)
    assert result.values["f1"] == pytest.approx(fmean(f1_score(y, p >= 0.5) for y, p in parts))


def test_scorers_of_other_kinds_of_task(tmp_path) -> None:
    for kind, name in (("multiclass", "accuracy"), ("regression", "neg_mean_absolute_error")):
        ctx = context(tmp_path / kind, kind)
        job, predictions, _ = run(ctx)
        y, sizes = oof(ctx)[1], [len(valid) for _, valid in ctx.folds]
        if kind == "multiclass":
            whole = accuracy_score(y, predictions.argmax(1))
        else:
            whole = -mean_absolute_error(y, predictions)
        assert len(set(sizes)) == 1
        assert asked(ctx, job, name).values[name] == pytest.approx(whole)


def test_calibration_is_nought_where_probabilities_come_true() -> None:
    """The error is the distance between what is said and what happens, whatever the class or the ties."""
    rng = np.random.default_rng(0)
    p = rng.random(50_000)
    y = (rng.random(50_000) < p).astype(int)
    assert calibration_error(y, p) < 0.01
    assert calibration_error(y, p * 0.5) == pytest.approx(0.25, abs=0.01)
    assert calibration_error(np.array([0, 1] * 50), np.full(100, 0.5)) == pytest.approx(0.0)
    assert calibration_error(np.array([0, 1] * 50), np.full(100, 0.8)) == pytest.approx(0.3)
    both = np.column_stack([1 - p * 0.5, p * 0.5])
    assert calibration_error(y, both) == pytest.approx(calibration_error(y, p * 0.5), abs=1e-9)


def test_calibration_of_a_trial(tmp_path) -> None:
    ctx = context(tmp_path)
    job, predictions, _ = run(ctx)
    result = asked(ctx, job, "calibration")
    assert result.values["calibration"] == calibration_error(oof(ctx)[1], predictions)
    assert 0 < result.spreads["calibration"] < 0.1
    assert asked(ctx, job, "calibration") == result
    numbers = context(tmp_path / "n", "regression")
    problems = asked(numbers, run(numbers)[0], "calibration").problems
    assert "is a number; remove this objective" in problems["calibration"]


@pytest.mark.parametrize("column", ["sex", "town", "x"])
def test_differences_between_groups_are_fairlearns(tmp_path, column: str) -> None:
    """Over groups of 30 rows and more, of a column in use, one that no model sees, and ranges of numbers."""
    ctx = context(tmp_path)
    job, predictions, _ = run(ctx)
    result = asked(ctx, job, f"demographic_parity:{column}", f"equalised_odds:{column}")
    rows, y = oof(ctx)
    groups = frame()[column].to_numpy()[rows]
    if column == "x":
        cuts = np.quantile(frame()["x"], [0.25, 0.5, 0.75], method="inverted_cdf")
        groups = np.searchsorted(cuts, groups, side="left")
    kept = groups != "c"
    truth, decided, groups = y[kept], predictions[kept] >= 0.5, groups[kept]
    wanted = demographic_parity_difference(truth, decided, sensitive_features=groups)
    assert result.values[f"demographic_parity:{column}"] == pytest.approx(wanted)
    assert (0 if column != "x" else -1) < result.spreads[f"demographic_parity:{column}"] < 0.2
    if column != "x":
        wanted = equalized_odds_difference(truth, decided, sensitive_features=groups)
        assert result.values[f"equalised_odds:{column}"] == pytest.approx(wanted)
        assert 0 < result.spreads[f"equalised_odds:{column}"] < 0.3


@pytest.mark.parametrize("kind", TARGETS)
def test_the_worst_group_has_the_least_score(tmp_path, kind: str) -> None:
    """Of the groups of 30 rows and more; small ones do not decide."""
    ctx = context(tmp_path, kind)
    job, predictions, _ = run(ctx)
    rows, y = oof(ctx)
    groups = frame()["town"].to_numpy()[rows]
    scores = [score_predictions(ctx, y[groups == town], predictions[groups == town]) for town in "ab"]
    result = asked(ctx, job, "worst_group:town")
    assert result.values["worst_group:town"] == pytest.approx(min(scores))
    assert result.spreads["worst_group:town"] > 0


def test_groups_that_cannot_be_compared_are_problems(tmp_path) -> None:
    """Each sentence says the rule, what came and what to do."""
    ctx = context(tmp_path)
    job, _, _ = run(ctx)
    problems = asked(
        ctx, job, "demographic_parity:nowhere", "worst_group:id", "worst_group:good", "equalised_odds:", "accuracy"
    ).problems
    assert "'nowhere' is not in the table" in problems["demographic_parity:nowhere"]
    assert "'good' is not in the table" in problems["worst_group:good"]
    assert set(problems) == {"demographic_parity:nowhere", "worst_group:id", "worst_group:good", "equalised_odds:"}
    several = context(tmp_path / "m", "multiclass")
    problem = asked(several, run(several)[0], "demographic_parity:sex").problems["demographic_parity:sex"]
    assert problem.endswith("kind has 3 classes; use worst_group:sex.")
    small = context(tmp_path / "s", n=50)
    problem = asked(small, run(small)[0], "equalised_odds:sex").problems["equalised_odds:sex"]
    assert "two groups of 30 rows, 5 positives and 5 negatives" in problem


def test_a_column_of_too_many_texts_makes_no_groups(tmp_path) -> None:
    ctx = context(tmp_path)
    with pytest.raises(DataError, match=r"'id' has too many different texts\. Choose another column"):
        ctx.grouping_column("id")
    assert ctx.grouping_column("sex").tolist() == frame()["sex"].tolist()


# -- a person's own costs ---------------------------------------------------------------------------------------------


def test_a_cost_matrix_decides_for_the_least_expected_cost(tmp_path) -> None:
    """Where a miss costs twenty times a false alarm, alarms are raised below one half."""
    ctx = context(tmp_path)
    job, predictions, _ = run(ctx)
    costs = np.array([[0.0, 1.0], [20.0, 0.0]])
    result = asked(ctx, job, "money", definitions={"money": {"kind": "matrix", "matrix": costs.tolist()}})
    _, y = oof(ctx)
    alarm = (20 * predictions > 1 - predictions).astype(int)
    ends = np.cumsum([len(valid) for _, valid in ctx.folds])[:-1]
    each = [part.mean() for part in np.split(costs[y, alarm], ends)]
    assert result.values["money"] == pytest.approx(fmean(each))
    assert result.spreads["money"] == pytest.approx(stdev(each))
    assert result.values["money"] < costs[y, (predictions >= 0.5).astype(int)].mean()


def test_a_cost_matrix_of_three_classes(tmp_path) -> None:
    ctx = context(tmp_path, "multiclass")
    job, predictions, _ = run(ctx)
    costs = np.array([[0, 1, 5], [1, 0, 1], [9, 1, 0]])
    result = asked(ctx, job, "harm", definitions={"harm": {"kind": "matrix", "matrix": costs.tolist()}})
    expected = np.stack([as_proba(predictions) @ costs[:, k] for k in range(3)], axis=1)
    assert result.values["harm"] == pytest.approx(costs[oof(ctx)[1], expected.argmin(1)].mean())


def put(ctx: Context, name: str, function) -> dict:
    UserCode(ctx.folder).keep(CodeKind.OBJECTIVE, name, cloudpickle.dumps(function))
    return {name: {"kind": "function"}}


def test_an_own_function_sees_labels_or_numbers(tmp_path) -> None:
    """It may return one number or one per row, and write into what it is given."""
    ctx = context(tmp_path)
    job, predictions, _ = run(ctx)

    def missed(y_true, prediction):
        cost = (y_true == "yes") & (prediction == "no")
        y_true[:] = "no"
        return cost

    result = asked(ctx, job, "missed", definitions=put(ctx, "missed", missed))
    _, y = oof(ctx)
    assert list(ctx.classes) == ["no", "yes"]
    assert result.values["missed"] == pytest.approx(((y == 1) & (predictions < 0.5)).mean())
    numbers = context(tmp_path / "n", "regression")
    job, predictions, _ = run(numbers)
    off = put(numbers, "off", lambda y, p: float(np.mean(np.abs(y - p))))
    wanted = np.abs(oof(numbers)[1] - predictions).mean()
    assert asked(numbers, job, "off", definitions=off).values["off"] == pytest.approx(wanted, rel=1e-5)


def test_own_costs_fail_in_plain_words(tmp_path) -> None:
    """A function that raises, returns no number or is not there fails alone."""
    ctx = context(tmp_path)
    job, _, _ = run(ctx)
    definitions = {
        **put(ctx, "raises", lambda y, p: 1 / 0),
        **put(ctx, "shape", lambda y, p: np.zeros((2, 2))),
        **put(ctx, "nan", lambda y, p: float("nan")),
        **put(ctx, "fine", lambda y, p: 1),
        "gone": {"kind": "function"},
        "../evil": {"kind": "function"},
        "small": {"kind": "matrix", "matrix": [[0]]},
    }
    result = asked(ctx, job, *definitions, definitions=definitions)
    assert result.values == {"fine": 1.0}
    assert result.spreads == {"fine": 0.0}
    assert result.problems["raises"].startswith("raises could not be measured: ZeroDivisionError")
    assert "got shape (2, 2)" in result.problems["shape"]
    assert "the result was nan" in result.problems["nan"]
    assert "was not found; define the objective again" in result.problems["gone"]
    assert "plain name" in result.problems["../evil"]
    assert "in the order no, yes" in result.problems["small"]
    numbers = context(tmp_path / "n", "regression")
    problem = asked(numbers, run(numbers)[0], "small", definitions=definitions).problems["small"]
    assert "define the cost as a function" in problem


def test_names_and_files_that_are_wrong_are_problems(tmp_path) -> None:
    """An unknown name, a scorer of another kind, and predictions that are gone or of another table."""
    ctx = context(tmp_path)
    job, predictions, _ = run(ctx)
    problems = asked(ctx, job, "acuracy", "r2", "accuracy").problems
    assert "Did you mean 'accuracy'" in problems["acuracy"]
    assert "is for regression" in problems["r2"]
    assert set(problems) == {"acuracy", "r2"}
    for file in (None, str(tmp_path / "oof" / "9.npy")):
        lost = MeasureJob(0, (), file, job.config, job.hints, 0)
        assert asked(ctx, lost, "accuracy").problems["accuracy"].endswith("Run the trial again to have them.")
    np.save(job.predictions, predictions[:-1])
    assert f"this trial has {len(predictions) - 1}" in asked(ctx, job, "accuracy").problems["accuracy"]


def test_trials_are_measured_one_by_one(tmp_path) -> None:
    """One call measures many, in their order."""
    ctx = context(tmp_path)
    one, two = run(ctx)[0], run(ctx, {"family": "dummy"}, 1)[0]
    jobs = [MeasureJob(j.trial, ("roc_auc", "complexity"), j.predictions, j.config, j.hints, 0) for j in (one, two)]
    first, second = measure(ctx, jobs, {})
    assert (first.trial, second.trial) == (0, 1)
    assert first.values["roc_auc"] > second.values["roc_auc"] == 0.5
    assert second.values["complexity"] == 1
    assert roc_auc_score(oof(ctx)[1], np.load(one.predictions)) > 0.7
