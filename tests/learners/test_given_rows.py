"""A model takes rows in each form in which people have them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from hitl_widget.data.reader import TableReader
from hitl_widget.data.task import understand
from hitl_widget.errors import DataError
from hitl_widget.learners.blend import BlendClassifier, BlendRegressor
from hitl_widget.learners.given_rows import as_table

RNG = np.random.default_rng(0)
TABLE = pd.DataFrame(
    {
        "a": RNG.integers(0, 4, 60),
        "kind": RNG.choice(["u", "v"], 60),
        "day": pd.date_range("2024-01-01", periods=60).strftime("%Y-%m-%d"),
        "unused": "same",
    }
)
LABELS = np.where(TABLE["a"] + (TABLE["kind"] == "u") > 2, "yes", "no")


def models():
    columns = understand(TABLE.assign(y=LABELS), "y").task.columns
    used = tuple(one for one in columns if one.name in ("a", "kind"))
    steps = TableReader(used), OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    members = [("m", make_pipeline(*steps, LogisticRegression()), 1.0)]
    numbers = [("m", make_pipeline(*steps, LinearRegression()), 1.0)]
    return {
        "classes": BlendClassifier(members, cv=2).fit(TABLE, LABELS),
        "numbers": BlendRegressor(numbers, cv=None).fit(TABLE, TABLE["a"] * 2.0),
    }


MODELS = models()
FORMS = {
    "array": lambda t: t.to_numpy(),
    "list of rows": lambda t: t.to_numpy().tolist(),
    "tuples": lambda t: list(t.itertuples(index=False, name=None)),
    "matrix of objects": lambda t: t.to_numpy().view(np.matrix),
    "table without names": lambda t: pd.DataFrame(t.to_numpy()),
    "dictionary of columns": lambda t: t.to_dict("list"),
    "list of dictionaries": lambda t: t.to_dict("records"),
    "polars": pl.from_pandas,
    "arrow": lambda t: pl.from_pandas(t).to_arrow(),
    "columns in another order": lambda t: t[t.columns[::-1]],
    "without the unused column": lambda t: t.drop(columns="unused"),
    "doubled strange columns": lambda t: (
        pd.concat([t, t[["day"]].set_axis(["z"], axis=1)] * 2, axis=1)
        .loc[:, [*t.columns, "z"]]
        .pipe(lambda w: w.loc[:, ~w.columns.duplicated() | (w.columns == "z")])
    ),
    "odd strange columns": lambda t: t.assign(z=[[1]] * len(t), w=[{}] * len(t), unused=[1j] * len(t)),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", [7, 1])
@pytest.mark.parametrize("kind", MODELS)
def test_every_form_gives_what_the_table_gives(form, rows, kind) -> None:
    """Arrays have the columns of `feature_names_in_`; columns that the model does not know are ignored."""
    part, model = TABLE.iloc[:rows], MODELS[kind]
    assert list(model.predict(FORMS[form](part))) == list(model.predict(part))


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("one", [TABLE.iloc[3], TABLE.iloc[3].to_dict(), TABLE.iloc[3].to_numpy().reshape(1, -1)])
def test_one_row_is_one_row(kind, one) -> None:
    """A Series, a dictionary of scalars and an array of one row have one answer."""
    assert list(MODELS[kind].predict(one)) == list(MODELS[kind].predict(TABLE.iloc[3:4]))


@pytest.mark.parametrize(
    "empty", [TABLE.iloc[:0], pl.from_pandas(TABLE)[:0], TABLE.iloc[:0].to_numpy(), {name: [] for name in TABLE}]
)
def test_no_rows_have_an_empty_answer(empty) -> None:
    """Its shape is that of more rows."""
    assert MODELS["numbers"].predict(empty).shape == (0,)
    assert MODELS["classes"].predict(empty).shape == (0,)
    assert MODELS["classes"].predict_proba(empty).shape == (0, 2)
    assert MODELS["classes"].predict(empty).dtype == MODELS["classes"].classes_.dtype


def test_other_arrays_get_a_sentence_whose_remedy_works() -> None:
    """It names the columns, and what to do with fewer."""
    with pytest.raises(DataError, match=r"4 columns of the training table .*'a', 'kind', 'day', 'unused'.*got 2 col"):
        MODELS["classes"].predict(TABLE.to_numpy()[:, :2])
    named = pd.DataFrame(TABLE.to_numpy()[:, :2], columns=["a", "kind"])
    assert list(MODELS["classes"].predict(named)) == list(MODELS["classes"].predict(TABLE))
    with pytest.raises(DataError, match=r"X\.reshape\(1, -1\)"):
        MODELS["classes"].predict(TABLE.to_numpy()[0])
    with pytest.raises(DataError, match="lacks 1 column .* 'a'"):
        MODELS["classes"].predict(TABLE.drop(columns="a"))


def test_numbered_columns_stay_names() -> None:
    """A table whose columns are the numbers of the training table keeps them."""
    numbered = pd.DataFrame(np.arange(6).reshape(3, 2))
    assert as_table(numbered, ["0", "1"]) is numbered


def test_labels_of_two_levels_are_known() -> None:
    """A doubled column that the model does not know is left out, and a row as a Series is one row."""
    labels = pd.MultiIndex.from_tuples([("all", "a"), ("all", "b"), ("x", "odd"), ("x", "odd")])
    rows = pd.DataFrame(np.arange(8).reshape(2, 4), columns=labels)
    names = ["all / a", "all / b"]
    assert as_table(rows, names).shape == (2, 2)
    assert as_table(rows.iloc[0], names).shape == (1, 4)


@pytest.mark.parametrize("output", ["default", "pandas", "polars"])
@pytest.mark.parametrize("kind", MODELS)
def test_the_output_that_is_set_for_transformers_changes_nothing(output, kind) -> None:
    """Models predict and fit the same under `sklearn.set_config(transform_output=…)`, without a warning."""
    expected = list(MODELS[kind].predict(TABLE))
    with sklearn.config_context(transform_output=output), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(MODELS[kind].predict(TABLE)) == expected
        y = LABELS if kind == "classes" else TABLE["a"] * 2.0
        again = clone(MODELS[kind]).fit(TABLE, y)
        assert list(again.predict(TABLE)) == expected
