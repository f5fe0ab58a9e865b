"""Any table becomes a canonical one, and that a matrix, the same way for rows never seen."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

from hitl_widget.data.reader import TableReader
from hitl_widget.data.task import understand
from hitl_widget.errors import DataError
from hitl_widget.learners.recipes import DensePrepare, NativePrepare


def frame(n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "num": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "text_num": np.where(rng.random(n) < 0.1, "?", rng.integers(0, 50, n).astype(str)),
            "few": rng.choice(["a", "b", "?"], n),
            "many": [f"k{i % 40}" for i in range(n)],
            "flag": rng.random(n) < 0.5,
            "when": pd.date_range("2024-01-01", periods=n, freq="6h"),
            "day": [f"{d.day}.{d.month}.{d.year}" for d in pd.date_range("2023-01-25", periods=n)],
            "key": [f"id{i}" for i in range(n)],
            "y": rng.choice(["no", "yes"], n),
        }
    )


@pytest.fixture
def reader() -> TableReader:
    understood = understand(frame(), "y")
    return TableReader(understood.task.columns).fit(understood.table)


def test_the_canonical_table_has_one_kind_per_role(reader: TableReader) -> None:
    """Numbers are float64, categories know their levels, dates are datetime64; ignored columns are gone."""
    table = reader.transform(frame())
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
        "num": "float64",
        "text_num": "float64",
        "few": "category",
        "many": "category",
        "flag": "category",
        "when": "datetime64[us]",
        "day": "datetime64[us]",
    }
    assert list(table["few"].cat.categories) == ["a", "b"]
    assert table["day"][0] == pd.Timestamp("2023-01-25")
    assert np.array_equal(table["text_num"].isna(), frame()["text_num"] == "?")


def test_reading_twice_changes_nothing(reader: TableReader) -> None:
    """The canonical table reads as itself."""
    table = reader.transform(frame())
    pd.testing.assert_frame_equal(reader.transform(table), table)


def test_strange_rows_are_read(reader: TableReader) -> None:
    """Unknown categories, odd cells and other libraries' tables are read; what does not fit is missing."""
    odd = pd.DataFrame(
        {
            "extra": [1, 2],
            "flag": [None, "maybe"],
            "num": ["7", "seven"],
            "text_num": [3, float("inf")],
            "few": ["zzz", 5],
            "many": [["a"], b"k1"],
            "when": ["2024-02-30", pd.Timestamp("2024-02-01", tz="UTC")],
            "day": [20240101, None],
        }
    )
    table = reader.transform(odd)
    assert table["num"].tolist()[0] == 7
    assert np.isnan(table["num"][1])
    assert table["few"].isna().all()
    plain = frame().head(5)
    pd.testing.assert_frame_equal(reader.transform(pl.from_pandas(plain)), reader.transform(plain))


def test_missing_columns_are_named(reader: TableReader) -> None:
    """A table without columns that the model reads is refused by name; ignored ones may lack."""
    with pytest.raises(DataError, match=r"lacks 2 columns that the model needs: 'num', 'few'"):
        reader.transform(frame().drop(columns=["num", "few"]))
    reader.transform(frame().drop(columns="key"))


def test_the_reader_is_a_scikit_learn_step(reader: TableReader) -> None:
    """It clones, pickles and names its columns."""
    assert list(reader.feature_names_in_) == list(frame().columns[:-1])
    again = clone(reader).fit(frame().drop(columns="y"))
    expected = reader.transform(frame())
    pd.testing.assert_frame_equal(again.transform(frame()), expected)
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(reader)).transform(frame()), expected)


@pytest.mark.parametrize(("step", "dtype"), [(NativePrepare(), "float64"), (DensePrepare("binary"), "float32")])
def test_a_recipe_gives_a_matrix_with_names(reader: TableReader, step, dtype: str) -> None:
    """Both recipes give a plain matrix with a name per column, also for rows never seen, and survive pickling."""
    table, y = reader.transform(frame()), (frame()["y"] == "yes").to_numpy(int)
    matrix = step.fit_transform(table.iloc[:80], y[:80])
    other = step.transform(table.iloc[80:])
    assert matrix.dtype == other.dtype == np.dtype(dtype)
    assert matrix.shape[1] == other.shape[1] == len(step.get_feature_names_out())
    assert np.array_equal(pickle.loads(pickle.dumps(step)).transform(table.iloc[80:]), other, equal_nan=True)


def test_native_keeps_codes_first_and_gaps(reader: TableReader) -> None:
    """The native matrix begins with the codes of categories; missing cells stay missing."""
    table = reader.transform(frame())
    step = NativePrepare()
    matrix = step.fit_transform(table)
    assert step.n_categorical_ == 3
    assert step.levels_ == (2, 40, 2)
    assert np.array_equal(np.isnan(matrix[:, 0]), table["few"].isna())
    assert np.array_equal(np.isnan(matrix[:, 3]), table["num"].isna())


def test_dense_has_no_gaps_and_is_scaled(reader: TableReader) -> None:
    """The dense matrix is finite and of moderate size; the means of many levels are cross-fitted."""
    table, y = reader.transform(frame()), (frame()["y"] == "yes").to_numpy(int)
    step = DensePrepare("binary")
    matrix = step.fit_transform(table, y)
    assert np.isfinite(matrix).all()
    assert np.abs(matrix).max() <= 10
    names = list(step.get_feature_names_out())
    assert {"num missing", "few = a", "few missing", "many mean", "flag = True"} <= set(names)
    assert not np.allclose(matrix[:, names.index("many mean")], step.transform(table)[:, names.index("many mean")])


def test_numbers_are_scaled_as_chosen(reader: TableReader) -> None:
    """Standardised columns keep their shape, ranks are spread evenly; both have mean 0 and deviation 1."""
    table, y = reader.transform(frame()), (frame()["y"] == "yes").to_numpy(int)
    for choice in ("standardise", "ranks"):
        step = DensePrepare("binary", numbers=choice)
        column = step.fit_transform(table, y)[:, list(step.get_feature_names_out()).index("text_num")]
        assert abs(column.mean()) < 0.1
        assert column.std() == pytest.approx(1, abs=0.1)
        raw = table["text_num"].fillna(table["text_num"].median())
        assert np.corrcoef(column, raw)[0, 1] == pytest.approx(1, abs=1e-6 if choice == "standardise" else 0.1)


def test_categories_are_encoded_as_chosen() -> None:
    """The mean of the target takes the place of columns per level, but for categories of two levels."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({name: pd.Categorical(rng.choice(list(levels), 90)) for name, levels in
                          {"two": "ab", "three": "abc"}.items()})  # fmt: skip
    y = (table["three"] == "a").to_numpy(int)
    step = DensePrepare("binary", categories="mean of target")
    matrix = step.fit_transform(table, y)
    assert list(step.get_feature_names_out()) == ["two = b", "three mean"]
    assert np.corrcoef(matrix[:, 1], y)[0, 1] > 0.99
    assert np.isfinite(step.transform(table.assign(three=pd.Categorical([None] * 90, list("abc"))))).all()


def test_columns_without_any_value_in_a_fold_do_no_harm() -> None:
    """A column that is empty in the training part of a fold gives finite numbers."""
    table = pd.DataFrame(
        {"a": [np.nan] * 20 + [1.0], "b": np.arange(21.0), "c": pd.Categorical([None] * 21, ["x", "y"])}
    )
    step = DensePrepare("regression")
    assert np.isfinite(step.fit_transform(table.iloc[:20], np.arange(20.0))).all()
    assert np.isfinite(step.transform(table.iloc[20:])).all()


def test_text_becomes_parts() -> None:
    """Free text is encoded by skrub and tells classes apart."""
    rng = np.random.default_rng(0)
    words = np.where(rng.random(100) < 0.5, "win a prize now", "see you at home")
    notes = [f"{text} {' '.join(rng.choice(list('abcdefg'), 4))}" for text in words]
    table = pd.DataFrame({"note": pd.Series([*notes[:-1], ""], dtype=object)})
    step = NativePrepare()
    matrix = step.fit_transform(table.iloc[:80])
    assert 1 <= matrix.shape[1] <= 30
    assert np.isfinite(step.transform(table.iloc[80:])).all()
