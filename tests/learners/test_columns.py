from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler, TargetEncoder

from hitl_widget.errors import ConfigError, DataError
from hitl_widget.learners.columns import ColumnChoices, Shaped, made_columns
from hitl_widget.learners.own_transform import checked_transform, unpack_transform
from hitl_widget.learners.recipes import DensePrepare, NativePrepare


def rows(n=120, seed=0):
    rng = np.random.default_rng(seed)
    town = pd.Categorical(rng.choice(["a", "b", "c", None], n, p=[0.4, 0.3, 0.2, 0.1]), categories=["a", "b", "c"])
    pay = rng.normal(size=n)
    pay[rng.random(n) < 0.2] = np.nan
    table = pd.DataFrame({"town": town, "pay": pay, "age": rng.integers(20, 60, n).astype(float)})
    return table, (rng.random(n) < 0.5).astype(int)


@pytest.mark.parametrize("way", ["median", "mean", "most_frequent"])
def test_numbers_are_filled_as_scikit_learn_does(way):
    """The statistic comes from the rows of the fit and goes to other rows."""
    table, y = rows()
    step = ColumnChoices(filling={"pay": way})
    imputer = SimpleImputer(strategy=way).fit(table[["pay"]])
    assert np.allclose(step.fit_transform(table, y)["pay"], imputer.transform(table[["pay"]])[:, 0])
    other, _ = rows(seed=1)
    assert np.allclose(step.transform(other)["pay"], imputer.transform(other[["pay"]])[:, 0])


def test_categories_are_filled():
    """With the most frequent level, a given one, or one that says that the cell was missing."""
    table, y = rows()
    gone = table["town"].isna().to_numpy()
    for way, said in [("most_frequent", "a"), ({"value": "c"}, "c"), ({"value": "zz"}, "zz"), ("own_level", "missing")]:
        found = ColumnChoices(filling={"town": way}).fit_transform(table, y)["town"]
        assert set(found[gone]) == {said}
        assert list(found[~gone]) == list(table["town"][~gone])


def test_encodings_are_those_of_scikit_learn():
    """A column per level, order, frequency, and means of the target cross-fitted inside the rows of the fit."""
    table, y = rows()
    full = table.assign(town=table["town"].fillna("a"))
    one_hot = ColumnChoices("binary", encoding={"town": "one_hot"}).fit_transform(full, y)
    assert list(one_hot.columns) == ["town = a", "town = b", "town = c", "pay", "age"]
    expected = OneHotEncoder(sparse_output=False).fit_transform(full[["town"]].astype(str))
    assert np.array_equal(one_hot.iloc[:, :3], expected)
    ordinal = ColumnChoices("binary", encoding={"town": "ordinal"}).fit_transform(table, y)["town"]
    assert np.array_equal(ordinal, table["town"].cat.codes.replace(-1, np.nan), equal_nan=True)
    step = ColumnChoices("binary", encoding={"town": "frequency"})
    shares = full["town"].value_counts(normalize=True)
    assert np.allclose(step.fit_transform(full, y)["town"], full["town"].map(shares).astype(float))
    assert np.isnan(step.transform(table)["town"][table["town"].isna()]).all()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    means = TargetEncoder(target_type="binary", cv=folds)
    codes = full[["town"]].apply(lambda column: column.cat.codes)
    step = ColumnChoices("binary", encoding={"town": "target_mean"})
    assert np.allclose(step.fit_transform(full, y)["town mean"], means.fit_transform(codes.to_numpy(), y)[:, 0])
    other = rows(seed=1)[0].assign(town=lambda one: one["town"].fillna("b"))
    expected = means.transform(other[["town"]].apply(lambda column: column.cat.codes).to_numpy())[:, 0]
    assert np.allclose(step.transform(other)["town mean"], expected)
    assert step.sources_ == {"town mean": "town"}


def test_means_of_several_classes_are_a_column_each():
    """Three classes give three means."""
    table, _ = rows()
    y = np.arange(len(table)) % 3
    found = ColumnChoices("multiclass", encoding={"town": "target_mean"}).fit_transform(table, y)
    assert [name for name in found.columns if name.startswith("town")] == ["town mean 1", "town mean 2", "town mean 3"]


def test_a_transformer_sees_only_the_rows_of_the_fit():
    """Its mean and deviation are those of the training rows."""
    table, y = rows()
    step = ColumnChoices(transforms=[("scaled", ("age",), StandardScaler())])
    step.fit(table[:60], y[:60])
    scaler = StandardScaler().fit(table[["age"]][:60])
    assert np.allclose(step.transform(table[60:])["scaled"], scaler.transform(table[["age"]][60:])[:, 0])
    assert step.sources_ == {"scaled": "age"}


def test_transforms_make_numbers_categories_and_several_columns():
    """What they give becomes columns as a table has them; levels that the fit did not know are missing."""
    table, y = rows()
    bins = KBinsDiscretizer(3, encode="onehot", strategy="uniform")
    step = ColumnChoices(
        transforms=[
            ("old", ("age",), lambda t: np.where(t["age"] > 40, "old", "young")),
            ("both", ("pay", "age"), lambda t: pd.DataFrame({"sum": t["pay"] + t["age"], "more": t["pay"] > 0})),
            ("bins", ("age",), bins),
            ("inf", ("age",), lambda t: t["age"] / 0),
        ],
        read_only=("pay",),
    )
    found = step.fit_transform(table[table["age"] > 40], y[table["age"] > 40])
    assert list(found.columns)[:5] == ["town", "age", "old", "both sum", "both more"]
    assert [name for name in found.columns if name.startswith("bins ")] == [f"bins age_{i}.0" for i in range(3)]
    assert found["inf"].isna().all()
    assert found["old"].cat.categories.tolist() == ["old"]
    mixed = made_columns("mine", table, lambda t: [1, None] * (len(t) // 2))
    assert mixed["mine"].tolist()[:1] == [1.0]
    assert mixed["mine"].isna().sum() == len(table) // 2
    assert step.transform(table)["old"].isna().sum() == (table["age"] <= 40).sum()
    assert step.beside(table).columns.tolist() == ["town", "age", "both sum", "both more"]
    learnt = ColumnChoices(transforms=[("s", ("pay", "age"), StandardScaler())]).fit(table, y)
    assert learnt.beside(table) is None


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (lambda t: 3.0, "values per row"),
        (lambda t: t["age"].head(5), "for 120 rows it returned Series"),
        (lambda t: t.iloc[:, :0], "can return 1 to"),
        (lambda t: pd.Series([[1]] * len(t)), "numbers, texts or dates"),
        (lambda t: pd.concat([t["age"], t["age"]], axis=1), "two columns with the same name"),
    ],
)
def test_what_is_no_column_is_refused(what, told):
    """One sentence about what it gave."""
    with pytest.raises(DataError, match=told):
        made_columns("mine", rows()[0], what)


class Broken(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        raise RuntimeError("no such thing")

    def transform(self, X):
        return X


@pytest.mark.parametrize(
    ("name", "what", "told"),
    [
        ("", len, "needs a name"),
        ("mine", 3, "must be a function of a table"),
        ("mine", StandardScaler, "unfitted transformer instance"),
        ("mine", Broken(), "fails on 120 rows.*RuntimeError: no such thing"),
        ("mine", lambda t: t["nothing"], "KeyError"),
        ("mine", lambda t: t["age"] - t["age"].mean(), "when other rows change"),
    ],
)
def test_a_transform_is_tried_before_it_is_added(name, what, told):
    """It fails in the cell where it was written, not in ten trials; one that would leak is refused."""
    table, y = rows()
    with pytest.raises(ConfigError, match=told):
        checked_transform(name, what, table, y)


def test_a_transform_reaches_the_workers_by_value():
    """A lambda of the notebook comes out as it went in; one of the rows alone is let pass."""
    table, y = rows()
    again = unpack_transform("half", checked_transform("half", lambda t: t["age"] / 2, table, y))
    assert np.allclose(again(table), table["age"] / 2)


@pytest.mark.parametrize("recipe", [NativePrepare(), DensePrepare("binary")])
def test_a_recipe_behind_choices_says_what_stands_behind_its_columns(recipe):
    """Contributions of pieces can be summed on the columns of the table."""
    table, y = rows()
    choices = ColumnChoices(
        "binary", {"pay": "mean"}, {"town": "one_hot"}, [("ratio", ("pay", "age"), lambda t: t["pay"] / t["age"])]
    )
    step = Shaped(choices, recipe)
    matrix = step.fit_transform(table, y)
    assert matrix.shape[1] == len(step.sources()) == len(step.get_feature_names_out())
    assert set(step.sources()) == {"town", "pay", "age", "ratio"}
    assert np.allclose(step.transform(table), matrix, equal_nan=True)
    assert step.n_categorical_ == 0


def test_what_stands_beside_the_rows_gives_the_same_matrix():
    """A text made of two columns has the codes of each fold's own fit, also where folds know other levels."""
    table, y = rows()
    table["kind"] = pd.Categorical(np.where(np.arange(len(table)) < 30, "rare", "usual"))
    both = [("both", ("town", "kind"), lambda t: t["town"].astype(str) + " " + t["kind"].astype(str))]
    first = Shaped(ColumnChoices("binary", transforms=both), NativePrepare()).fit(table[40:], y[40:])
    second = Shaped(ColumnChoices("binary", transforms=both), NativePrepare()).fit(table[:90], y[:90])
    beside = first.choices.beside(table)
    assert "a rare" in set(beside["both"])
    for step in (first, second):
        assert np.allclose(step.transform(beside), step.transform(table), equal_nan=True)


def test_a_way_to_fill_waits_while_a_column_is_read_in_another_role():
    """A column that is left out keeps its way for its return; a transform may read it as numbers meanwhile."""
    table, y = rows()
    half = [("half", ("pay",), lambda t: t["pay"] / 2)]
    for way in ("own_level", {"value": "none"}):
        step = ColumnChoices(filling={"pay": way}, transforms=half, read_only=("pay",))
        assert np.allclose(step.fit_transform(table, y)["half"], table["pay"] / 2, equal_nan=True)
    step = ColumnChoices(filling={"town": "median"}, transforms=[("t", ("town",), lambda t: t["town"])])
    assert step.fit_transform(table, y)["t"].isna().sum() == table["town"].isna().sum()


def test_columns_made_here_never_replace_others():
    """Where a name is taken the new column gets another one; each is there, in all rows."""
    table, y = rows()
    table["town = a"] = 7.0
    table["p 1"] = 8.0
    step = ColumnChoices(
        encoding={"town": "one_hot"}, transforms=[("p", ("pay", "age"), lambda t: t[["pay", "age"]].to_numpy())]
    )
    found = step.fit_transform(table, y)
    assert found.columns.is_unique
    assert (found["town = a"] == 7).all()
    assert (found["p 1"] == 8).all()
    assert np.array_equal(found["town = a_"], (table["town"] == "a").astype(float))
    assert step.sources_["town = a_"] == "town"
    assert np.allclose(found["p 1_"], table["pay"], equal_nan=True)
    pd.testing.assert_frame_equal(step.transform(table), found)


def test_a_function_makes_the_same_columns_of_any_rows():
    """It is tried on single rows, as a delivered model gets them; a step whose columns move says so."""
    table, y = rows()
    with pytest.raises(ConfigError, match="different columns for one row than for all"):
        checked_transform("kinds", lambda t: pd.get_dummies(t["town"].astype(str)), table, y)
    with pytest.raises(ConfigError, match="fails on one row of the table"):
        checked_transform("second", lambda t: t["age"] + 0 * t["age"].iloc[1], table, y)
    step = ColumnChoices(transforms=[("kinds", ("town",), lambda t: pd.get_dummies(t["town"].astype(str)))])
    step.fit(table, y)
    with pytest.raises(DataError, match="returned the columns 'kinds a'.*and 'kinds' for others"):
        step.transform(table[:1])


def test_intervals_are_categories():
    """What pandas.cut gives is read by its text."""
    table, y = rows()
    found = made_columns("age group", table, lambda t: pd.cut(t["age"], [0, 40, 100]))
    assert set(found["age group"]) == {"(0, 40]", "(40, 100]"}
    assert checked_transform("age group", lambda t: pd.cut(t["age"], [0, 40, 100]), table, y)


def test_a_transformer_of_texts_is_told_how_to_get_its_column():
    """Most people forget that it takes the names of a table's columns for texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    texts = pd.DataFrame({"note": pd.Series([f"word{i % 5} more" for i in range(60)], dtype=object)})
    with pytest.raises(ConfigError, match=r"iloc\[:, 0\]"):
        checked_transform("words", TfidfVectorizer(), texts, np.arange(60) % 2)
    right = make_pipeline(FunctionTransformer(lambda table: table.iloc[:, 0]), TfidfVectorizer())
    assert checked_transform("words", right, texts, np.arange(60) % 2)


def test_a_fitted_step_takes_the_persons_code_along():
    """joblib.dump knows names only, and another process has no notebook to look them up in."""
    table, y = rows()
    step = ColumnChoices(transforms=[("half", ("age",), lambda t: t["age"] / 2), ("s", ("age",), StandardScaler())])
    step.fit(table, y)
    again = pickle.loads(pickle.dumps(step))
    pd.testing.assert_frame_equal(again.transform(table), step.transform(table))
    assert np.allclose(clone(again).fit_transform(table, y)["half"], table["age"] / 2)
    plain = ColumnChoices(filling={"pay": "mean"}).fit(table, y)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(plain)).transform(table), plain.transform(table))
