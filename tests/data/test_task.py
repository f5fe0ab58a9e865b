"""A table and a target are understood in words and in arrays, quickly, or refused in one sentence."""

import subprocess
import sys
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import get_scorer_names

from hitl_widget.data import scorers
from hitl_widget.data.target import looks_like_classes
from hitl_widget.data.task import understand
from hitl_widget.domain.objective import SHORT_NAMES, metric_named
from hitl_widget.domain.task import Kind, Role, SplitScheme
from hitl_widget.errors import DataError
from hitl_widget.learners.scoring import score


def table(n: int = 200, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"c-{i:05d}" for i in range(n)],
            "age": rng.integers(18, 90, n),
            "spent": np.where(rng.random(n) < 0.05, " ", rng.gamma(2, 50, n).round(2).astype(str)),
            "plan": rng.choice(["basic", "plus", "?"], n),
            "since": pd.date_range("2020-01-01", periods=n, freq="D").strftime("%Y-%m-%d"),
            "note": [" ".join(rng.choice(list("abcdefghijk"), 6)) + f" {i}" for i in range(n)],
            "same": "x",
            "void": np.nan,
            "y": rng.choice(["no", "yes"], n, p=[0.7, 0.3]),
        }
    )


def test_roles_come_with_reasons() -> None:
    """Each column has a role and says why."""
    task = understand(table(), "y").task
    roles = {column.name: (column.role, column.reason) for column in task.columns}
    assert roles["id"][0] is Role.IGNORED
    assert roles["age"][0] is Role.NUMERIC
    assert roles["spent"][0] is Role.NUMERIC
    assert "numbers stored as text" in roles["spent"][1]
    assert "treated as missing" in roles["spent"][1]
    assert roles["plan"][0] is Role.CATEGORICAL
    assert roles["since"][0] is Role.DATE
    assert roles["note"][0] is Role.TEXT
    assert roles["same"] == (Role.IGNORED, "the same value, 'x', in every row")
    assert roles["void"] == (Role.IGNORED, "no value in any row")
    assert next(c for c in task.columns if c.name == "plan").missing > 0


def test_the_task_says_itself_in_a_sentence() -> None:
    """Kind, size, share of the positive class, metric and folds stand in one sentence."""
    sentence = understand(table(), "y").task.sentence()
    assert sentence.startswith("Binary classification of y, 200 rows, 5 of 8 columns in use,")
    assert sentence.endswith("% with y = yes; ROC AUC by 5-fold cross-validation.")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False] * 20, Kind.BINARY),
        (["a", "b"] * 20, Kind.BINARY),
        ([1, 2] * 20, Kind.BINARY),
        ([0.0, 1.0] * 20, Kind.BINARY),
        (["a", "b", "c", "d"] * 10, Kind.MULTICLASS),
        ([1, 2, 3] * 20, Kind.MULTICLASS),
        (list(range(10)) * 20, Kind.MULTICLASS),
        (list(range(40)), Kind.REGRESSION),
        ([i / 7 for i in range(40)], Kind.REGRESSION),
        (["1.5", "2.5", "3,000"] * 20 + [str(i / 3) for i in range(60)], Kind.REGRESSION),
        (pd.Categorical(list("abc") * 15), Kind.MULTICLASS),
        (pd.array([1, 0] * 20, dtype="Int64"), Kind.BINARY),
    ],
)
def test_kinds_follow_from_values(values, kind: Kind) -> None:
    """Few distinct values are classes, amounts are numbers."""
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(values)), "y": values})
    assert understand(frame, "y").task.kind is kind


def test_scores_are_numbers_and_codes_are_classes() -> None:
    """Whole numbers that heap up and thin out are a score; a column called class holds classes."""
    score = np.repeat([3, 4, 5, 6, 7, 8, 9], [30, 216, 2138, 2836, 1079, 193, 5])
    assert not looks_like_classes(score, "quality")
    assert looks_like_classes(score, "class")
    assert looks_like_classes(np.repeat([1, 2, 3, 4, 5, 7], [1533, 703, 1358, 626, 707, 1508]))


def test_the_metric_decides_where_both_are_possible() -> None:
    """A metric for classes makes classes of whole numbers; one for numbers keeps numbers."""
    frame = pd.DataFrame({"x": np.arange(300) % 7, "y": [1, 2, 3] * 100})
    assert understand(frame, "y", metric="rmse").task.kind is Kind.REGRESSION
    assert understand(frame, "y", metric="accuracy").task.kind is Kind.MULTICLASS
    frame["y"] = range(300)
    frame["y"] //= 10
    assert understand(frame, "y").task.kind is Kind.REGRESSION
    assert understand(frame, "y", metric="accuracy").task.kind is Kind.MULTICLASS


def test_every_supervised_scorer_is_known() -> None:
    """The names known without importing scikit-learn are its scorers, but for clusters and many labels."""
    others = {name for name in get_scorer_names() if name.endswith(("rand_score", "_info_score", "_samples"))}
    others |= {"completeness_score", "fowlkes_mallows_score", "homogeneity_score", "v_measure_score"}
    ours = {"cohen_kappa", "quadratic_kappa"}
    assert (set(get_scorer_names()) - others) | ours == scorers.BINARY | scorers.CLASSES | scorers.NUMBERS


@pytest.mark.parametrize(
    ("names", "scorer"),
    [
        ("auc AUC ROC_AUC roc-auc roc_auc_score AUROC", "roc_auc"),
        ("ap AP pr_auc PR-AUC auprc average_precision_score", "average_precision"),
        ("f1 F1 f1_score f1-score", "f1"),
        ("macro_f1 F1_macro", "f1_macro"),
        ("mcc MCC matthews_corrcoef", "matthews_corrcoef"),
        ("kappa cohen_kappa cohen_kappa_score", "cohen_kappa"),
        ("qwk quadratic_weighted_kappa", "quadratic_kappa"),
        ("acc accuracy_score Accuracy", "accuracy"),
        ("balanced_accuracy_score", "balanced_accuracy"),
        ("recall_score sensitivity", "recall"),
        ("precision_score", "precision"),
        ("jaccard_score", "jaccard"),
        ("logloss log_loss cross_entropy neg_log_loss", "neg_log_loss"),
        ("brier brier_score brier_score_loss", "neg_brier_score"),
        ("r2 R2 r2_score R² R^2", "r2"),
        ("rmse RMSE root_mean_squared_error", "neg_root_mean_squared_error"),
        ("mape MAPE mean_absolute_percentage_error", "neg_mean_absolute_percentage_error"),
        ("rmsle root_mean_squared_log_error", "neg_root_mean_squared_log_error"),
        ("msle", "neg_mean_squared_log_error"),
        ("mae MAE mean_absolute_error", "neg_mean_absolute_error"),
        ("medae median_absolute_error", "neg_median_absolute_error"),
        ("max_error", "neg_max_error"),
        ("poisson mean_poisson_deviance", "neg_mean_poisson_deviance"),
        ("explained_variance_score", "explained_variance"),
        ("d2_absolute_error_score", "d2_absolute_error_score"),
    ],
)
def test_metrics_are_known_by_the_names_that_people_use(names: str, scorer: str) -> None:
    """Spellings of other libraries and of scikit-learn's functions name the same scorer, which scores."""
    for name in names.split():
        assert metric_named(name).scorer == scorer
    numbers = scorer in scorers.NUMBERS
    y = np.arange(1.0, 41.0) if numbers else np.array([0, 1] * 20)
    task = understand(small(y=y), "y", metric=name).task
    assert task.metric.scorer == scorer
    assert np.isfinite(score(task, y, y if numbers else np.resize([0.2, 0.9, 0.6], 40)))


def test_every_other_name_is_that_of_a_scorer() -> None:
    """No alias leads nowhere, and every scorer is known by its own name, also in capitals."""
    known = scorers.BINARY | scorers.CLASSES | scorers.NUMBERS
    assert set(SHORT_NAMES.values()) <= known
    for name in known:
        assert metric_named(name).scorer == name
        assert metric_named(name.upper()).scorer == name


@pytest.mark.parametrize(
    ("labels", "given", "positive"),
    [
        (["no", "yes"] * 20, None, "yes"),
        (["No", "Yes"] * 20, "No", "No"),
        ([0, 1] * 20, None, "1"),
        ([False, True] * 20, None, "True"),
        (["good"] * 30 + ["bad"] * 10, None, "bad"),
        (["tested_positive", "tested_negative"] * 20, None, "tested_positive"),
        ([1] * 30 + [2] * 10, None, "2"),
        ([1] * 10 + [2] * 30, None, "1"),
        ([1] * 10 + [2] * 30, 2, "2"),
        ([" >50K", " <=50K"] * 20, None, ">50K"),
    ],
)
def test_the_positive_class_has_code_one(labels, given, positive: str) -> None:
    """The positive class is the person's, else the one whose name says so, else the rarer one."""
    frame = pd.DataFrame({"x": np.random.default_rng(0).normal(size=len(labels)), "y": labels})
    understood = understand(frame, "y", positive=given)
    assert understood.task.positive == positive
    assert understood.task.classes[1] == positive
    assert str(understood.classes[1]).strip() == positive
    assert ((understood.y == 1) == (frame["y"].astype(str).str.strip() == positive)).all()


def test_rows_without_a_target_are_left_out_and_counted() -> None:
    """Missing targets are dropped, counted and said."""
    frame = table()
    frame.loc[[3, 5], "y"] = [None, "?"]
    understood = understand(frame, "y")
    assert (understood.task.dropped_rows, understood.task.rows, len(understood.table)) == (2, 198, 198)
    assert (
        "2 rows without a value of y left out. session.to_label() says which to label first." in understood.task.notes
    )


def test_infinities_become_missing_and_are_said() -> None:
    """Infinite features are missing, with a note; an infinite target is refused."""
    frame = pd.DataFrame({"x": [1.0, np.inf] + [0.5] * 38, "z": range(40), "y": ["a", "b"] * 20})
    assert any("Infinite values are treated as missing in x" in note for note in understand(frame, "y").task.notes)
    frame["y"] = [np.inf] + [i / 3 for i in range(39)]
    with pytest.raises(DataError, match="1 infinite value"):
        understand(frame, "y")


def test_mixed_kinds_are_said() -> None:
    """A column of numbers and words is read as categories, with the way to change it."""
    frame = pd.DataFrame({"x": [1, "many"] * 20, "y": ["a", "b"] * 20})
    assert any("mixes 20 numbers and 20 texts" in note for note in understand(frame, "y").task.notes)


def small(**columns) -> pd.DataFrame:
    return pd.DataFrame({"x": np.arange(40) % 7, "y": ["a", "b"] * 20} | columns)


@pytest.mark.parametrize(
    ("frame", "arguments", "words"),
    [
        (small(), {"target": "Y"}, "no target column 'Y'. Did you mean 'y'"),
        (small(), {"target": "nothing like it"}, "There are 'x', 'y'"),
        (small(y="a"), {}, "only one value, 'a'"),
        (small(y=None), {}, "missing in every row"),
        (small().iloc[:0], {}, "no rows"),
        (small().iloc[:1], {}, "has 1 row"),
        (small().iloc[:6], {}, "At least 10 rows"),
        (small()[["y"]], {}, "only the target 'y'"),
        (small(x=1), {}, "No feature is left"),
        (pd.DataFrame(np.zeros((20, 2)), columns=["a", "a"]), {"target": "a"}, "occurs 2 times"),
        (small(y=[*range(30), *["a", "b"] * 5]), {}, "mixes numbers and text, such as 'a'"),
        (small(y=["a"] * 39 + ["b"]), {}, "The class 'b' has 1 row"),
        (small(y=[f"name {i}" for i in range(40)]), {}, "40 different texts"),
        (small(y=pd.date_range("2024-01-01", periods=40)), {}, "holds dates"),
        (small(x=[[1]] * 40), {}, "each cell holds a list"),
        (small(), {"metric": "roc_acu"}, "Did you mean 'roc_auc'"),
        (small(), {"metric": "r2"}, "is for regression"),
        (small(), {"metric": "top_k_accuracy"}, "Use 'accuracy'"),
        (small(y=list("abcd") * 10), {"metric": "roc_auc"}, "Use 'roc_auc_ovr'"),
        (small(y=np.arange(40) / 3), {"positive": 1}, "holds numbers"),
        (small(), {"positive": "c"}, "got 'c'"),
        (small(y=list("abcd") * 10), {"positive": "a"}, "has 4"),
        (small(), {"roles": {"y": "numeric"}}, "is the target"),
        (small(), {"roles": {"z": "numeric"}}, "not in the table"),
        (small(), {"roles": {"x": "number"}}, "one of 'numeric'"),
        (small(), {"groups": "z"}, "not in the table"),
        (small(), {"groups": "y"}, "the target"),
        (small(g=0), {"groups": "g"}, "1 group"),
        (small(g=[0, 1] * 20), {"groups": "g"}, "at least 3"),
        (small(g=[0, 1] * 20), {"groups": "g", "holdout": 0}, "one group"),
        (small(t=1), {"time": "t"}, "two distinct times"),
        (small(), {"groups": [1, 2, 3]}, "one value per row"),
        (small(), {"holdout": 0.9}, "from 0 to 0.5"),
        (small(), {"holdout": "a"}, "from 0 to 0.5"),
        (small(), {"holdout": 0.001}, "less than one row"),
        (small(), {"cv": 1}, "from 2 to 100"),
    ],
)
def test_bad_input_gets_one_sentence(frame: pd.DataFrame, arguments, words: str) -> None:
    """Each mistake is named in one sentence, with what to do."""
    arguments = {"target": "y"} | arguments
    with pytest.raises(DataError) as caught:
        understand(frame, **arguments)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    assert message.endswith((".", "?", ").")) or message[-1] in ".?)"


@pytest.mark.parametrize("metric", ["neg_mean_gamma_deviance", "neg_mean_poisson_deviance", "rmsle", "msle"])
@pytest.mark.parametrize("values", [[0.0, 1.5], [-1.0, 2.5], [0.5, 3.5], [-1e-9, 1.0], [0.0, 1e6]])
def test_a_target_that_the_metric_cannot_score_is_refused_at_the_start(metric, values) -> None:
    """scikit-learn scores what is accepted, and the metric that the error names is accepted."""
    y = np.resize(values, 40) + np.arange(40)[::-1] // 20 * abs(values[0]) * 1e-3
    frame = small(y=y)
    if y.min() < 0 or (y.min() == 0 and "gamma" in metric):
        with pytest.raises(DataError, match="Use metric='") as caught:
            understand(frame, "y", metric=metric)
        metric = str(caught.value).split("Use metric='")[1].split("'")[0]
    task = understand(frame, "y", metric=metric).task
    assert np.isfinite(score(task, y, np.ones(40)))


@pytest.mark.parametrize(
    ("values", "rows"),
    [
        (np.arange(1.0, 101.0), 0),
        (np.r_[0.0, np.arange(1.0, 100.0)], 1),
        (np.r_[-0.0, np.arange(-99.0, 0.0)], 1),
        (np.r_[1e-9, np.arange(1.0, 100.0)], 5),
        (np.r_[-1e-9, np.arange(1.0, 100.0)], 5),
        (np.full(100, 3.0), 0),
    ],
)
def test_rows_that_decide_a_percentage_error_are_counted(values, rows) -> None:
    """They have a target of 0 or close to it; for other metrics there are none."""
    assert scorers.near_zero(metric_named("mape"), values) == rows
    assert scorers.near_zero(metric_named("mae"), values) == 0


def test_rare_classes_mean_fewer_folds_and_a_note() -> None:
    """Folds are as many as the rarest class has rows to train on, at least two, and the note says why."""
    understood = understand(small(y=["a"] * 36 + ["b"] * 4), "y")
    assert understood.task.split.folds == len(understood.folds) == 3
    assert any("Only 3 folds" in note for note in understood.task.notes)
    for train, valid in understood.folds:
        assert len(np.unique(understood.y[train])) == len(np.unique(understood.y[valid])) == 2


def test_holdout_and_folds_divide_all_rows() -> None:
    """Each row is in the holdout or in exactly one validation part; sizes are as asked."""
    understood = understand(table(), "y")
    assert len(understood.holdout) == understood.task.holdout_rows == 40
    valid = np.concatenate([valid for _, valid in understood.folds])
    assert np.array_equal(np.sort(np.concatenate([valid, understood.holdout])), np.arange(200))
    assert all(not np.intersect1d(train, valid).size for train, valid in understood.folds)


def test_the_same_seed_gives_the_same_rows() -> None:
    """Rows follow from the seed alone."""
    one, two, other = understand(table(), "y"), understand(table(), "y"), understand(table(), "y", seed=1)
    assert np.array_equal(one.holdout, two.holdout)
    assert not np.array_equal(one.holdout, other.holdout)
    assert all(
        np.array_equal(a, b)
        for fold, old in zip(two.folds, one.folds, strict=True)
        for a, b in zip(fold, old, strict=True)
    )
    assert np.array_equal(two.train, one.train)


@pytest.mark.parametrize("target", ["y", "amount"])
def test_groups_stay_together(target: str) -> None:
    """No group is on both sides of a fold or of the holdout, and the column is no feature."""
    frame = table().assign(g=np.arange(200) // 8, amount=np.random.default_rng(0).normal(size=200))
    understood = understand(frame, target, groups="g")
    groups = frame["g"].to_numpy()
    assert understood.task.split.scheme is SplitScheme.GROUPED
    assert not np.intersect1d(groups[understood.train], groups[understood.holdout]).size
    assert all(not np.intersect1d(groups[train], groups[valid]).size for train, valid in understood.folds)
    assert next(c for c in understood.task.columns if c.name == "g").role is Role.IGNORED
    assert 20 <= len(understood.holdout) <= 60


@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        ([*"abab" * 10, *"a" * 160], "the later half of the training rows holds only one class"),
        ([*"a" * 100, *"abab" * 25], "the earlier half of the training rows holds only one class"),
    ],
)
def test_an_order_by_class_is_named(classes: list[str], reason: str) -> None:
    """If the classes follow one another in time, the error says so, and both of its remedies work."""
    days = np.arange(200)
    frame = pd.DataFrame({"x": days % 7.0, "day": days, "mixed": days * 77 % 200, "y": classes})
    with pytest.raises(DataError, match=f"'day', {reason}.*Choose another time column, or remove time="):
        understand(frame, "y", time="day")
    assert len(understand(frame, "y", time="mixed").folds) == len(understand(frame, "y").folds) == 5


def test_a_gap_without_rows_before_it_is_named() -> None:
    """If a gap takes all earlier rows, the error asks for a smaller gap, which works."""
    frame = pd.DataFrame({"x": np.arange(100) % 7, "day": range(100), "y": np.arange(100) % 9 + 0.5})
    with pytest.raises(DataError, match=r"'day' with gap= leaves too few rows.*Use a smaller gap or more rows"):
        understand(frame, "y", time="day", gap=45)
    assert len(understand(frame, "y", time="day", gap=5).folds) == 5


def test_times_that_are_all_equal_before_the_holdout_are_named() -> None:
    """If the holdout takes all later rows, the error says so, and each of its remedies works."""
    frame = pd.DataFrame({"x": range(100), "year": [1] * 80 + [2] * 20, "y": np.arange(100) % 9 + 0.5})
    with pytest.raises(DataError, match="only one distinct time in the training rows.*finer time column, or holdout=0"):
        understand(frame, "y", time="year")
    assert len(understand(frame, "y", time="year", holdout=0).folds) == 1
    assert len(understand(frame, "y", time="x").folds) == 5


@pytest.mark.parametrize("column", ["since", "moment", "tick"])
def test_time_goes_forward(column: str) -> None:
    """Training lies before validation, and the holdout comes last, for text, dates and numbers."""
    frame = table(400)
    frame["moment"] = pd.to_datetime(frame["since"]).dt.tz_localize("UTC")
    frame["tick"] = np.arange(400) * 0.5
    frame = frame.sample(frac=1, random_state=0).reset_index(drop=True)
    understood = understand(frame, "y", time=column)
    times = pd.to_datetime(frame["since"]).to_numpy()
    assert understood.task.split.scheme is SplitScheme.FORWARD
    assert times[understood.train].max() < times[understood.holdout].min()
    assert all(times[train].max() < times[valid].min() for train, valid in understood.folds)
    assert len(understood.folds[0][0]) > len(understood.folds[-1][0])


def test_groups_can_be_given_as_values() -> None:
    """One value per row serves where no column does; it joins the table as an ignored column."""
    frame = table()
    understood = understand(frame, "y", groups=frame["id"].str[-2:].astype(int) // 4)
    assert understood.task.split.column == "groups"
    assert "groups" in understood.table.columns
    assert "groups" not in frame.columns


def test_time_beside_the_table_is_no_feature() -> None:
    """Moments given as values order the rows, and no model asks for them later."""
    understood = understand(table(), "y", time=np.random.default_rng(0).normal(size=200))
    assert understood.task.split.scheme is SplitScheme.FORWARD
    assert next(c for c in understood.task.columns if c.name == "time").role is Role.IGNORED


def test_roles_are_taken_as_given() -> None:
    """A role set by the person holds, and says so."""
    task = understand(table(), "y", roles={"age": "categorical", "id": "text", "since": "ignored"}).task
    roles = {c.name: (c.role, c.given) for c in task.columns}
    assert roles["age"] == (Role.CATEGORICAL, True)
    assert roles["id"] == (Role.TEXT, True)
    assert roles["since"] == (Role.IGNORED, True)


@pytest.mark.parametrize("name", ["<img onerror=x>", "bruises%3F", "größe", "", 7, ("a", 1), "a.b", "'; --"])
def test_odd_names_are_only_names(name) -> None:
    """Columns may be called anything, the target too."""
    frame = pd.DataFrame({name: np.arange(40) % 3, "y": ["a", "b"] * 20})
    frame.columns = pd.Index([name, "y"], tupleize_cols=False)
    assert len(understand(frame, "y").task.used) == 1
    frame.columns = pd.Index(["y", name], tupleize_cols=False)
    if not isinstance(name, tuple):
        assert understand(frame, name).task.target == str(name)


def test_polars_is_understood_as_pandas_is() -> None:
    """The task of a polars table is the task of the pandas table."""
    frame = table()
    assert understand(pl.DataFrame(frame.to_dict("list")), "y").task == understand(frame, "y").task


def test_understanding_loads_no_learning_library_and_is_fast() -> None:
    """The kernel says what it understood before scikit-learn, SciPy, LightGBM or skrub are loaded."""
    code = (
        "import sys; from hitl_widget.data.task import understand; from hitl_widget.learners.registry import *;"
        "from hitl_widget.evaluation.context import write_context; import tempfile;"
        "u = understand({'x': list(range(60)), 'y': ['a', 'b', 'b'] * 20}, 'y', roles={'x': 'numeric'});"
        "starting_configs(u.task); write_context(tempfile.mkdtemp(), u, 0);"
        "print([m for m in ('sklearn', 'scipy', 'lightgbm', 'skrub', 'catboost', 'xgboost') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    frame = table(7_000)
    begun = time.perf_counter()
    understand(frame, "y")
    assert time.perf_counter() - begun < 2.0


@pytest.mark.parametrize(
    "arguments",
    [
        {"time": [f"{day % 28 + 1:02d}.03.2024" for day in range(40)]},
        {"time": "t", "groups": "t"},
        {"time": "t", "roles": {"t": "ignored"}},
    ],
)
def test_a_time_that_no_model_reads_may_be_text(arguments) -> None:
    """Dates given as values, as groups too, or left out of the models order the rows as any others do."""
    frame = small(t=[f"{day % 28 + 1:02d}.{day // 28 + 1:02d}.2024" for day in range(40)])
    understood = understand(frame, "y", **arguments)
    assert understood.folds


def test_numbers_as_text_order_rows_without_a_word_on_years() -> None:
    """They are no dates before 1678."""
    notes = understand(small(), "y", time=[str(i + 1) for i in range(40)]).task.notes
    assert not any("1678" in note for note in notes)


def test_a_label_of_two_levels_names_a_column_everywhere() -> None:
    """`groups=`, `time=` and `roles=` know the labels that `target=` knows; numbers name columns too."""
    frame = small(g=np.arange(40) // 4)
    frame.columns = pd.MultiIndex.from_tuples([("all", name) for name in frame.columns])
    understood = understand(frame, ("all", "y"), groups=("all", "g"), roles={("all", "x"): "categorical"})
    assert understood.task.split.column == "all / g"
    frame = small(g=np.arange(40) // 4).rename(columns={"g": 7})
    assert understand(frame, "y", groups=np.int64(7)).task.split.column == "7"
    with pytest.raises(DataError, match="not in the table"):
        understand(frame, "y", groups=1.5)
