"""Tables of any library become one plain kind, and survive the way into bytes and back."""

import datetime as dt
import decimal
import io
import zipfile

import numpy as np
import pandas as pd
import polars as pl
import pytest

from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.errors import DataError


def rich() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "float": [1.5, np.nan, -2.0],
            "int": [1, 2, 3],
            "bool": [True, False, True],
            "text": ["a", None, "ü 😀"],
            "category": pd.Categorical(["x", None, "y"]),
            "codes": pd.Categorical([3, 1, 3], categories=[3, 1], ordered=True),
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "maybe": pd.array([True, None, False], dtype="boolean"),
            "date": pd.to_datetime(["2024-01-01", None, "2024-03-01"]),
            "zoned": pd.to_datetime(["2024-01-01", "2024-01-02", None]).tz_localize("Europe/Berlin"),
            "lasting": pd.to_timedelta(["1s", "2s", None]),
            "decimal": [decimal.Decimal("1.5"), None, decimal.Decimal("2")],
            "day": [dt.date(2024, 1, 1), None, dt.date(2024, 2, 1)],
            "empty": [None, None, None],
        }
    )


def test_columns_become_plain_kinds() -> None:
    """Every column is float64, int64, bool, datetime64[us], category or text with None."""
    plain = normalise(rich())
    kinds = {name: str(dtype) for name, dtype in plain.dtypes.items()}
    assert kinds == {
        "float": "float64",
        "int": "int64",
        "bool": "bool",
        "text": "object",
        "category": "category",
        "codes": "category",
        "nullable": "float64",
        "maybe": "category",
        "date": "datetime64[us]",
        "zoned": "datetime64[us]",
        "lasting": "float64",
        "decimal": "float64",
        "day": "datetime64[us]",
        "empty": "float64",
    }
    assert plain["text"].tolist() == ["a", None, "ü 😀"]
    assert plain["zoned"][0] == pd.Timestamp("2023-12-31 23:00")


@pytest.mark.parametrize(
    "make", [pl.DataFrame, dict, lambda d: pl.DataFrame(d).lazy(), lambda d: pl.DataFrame(d).to_arrow()]
)
def test_any_library_gives_the_same_table(make) -> None:
    """polars eager and lazy, pyarrow and dictionaries are read as pandas is."""
    data = {"a": [1, 2, 3], "b": [1.5, None, 2.5], "c": ["x", None, "z"], "d": [True, False, True]}
    data["e"] = [dt.datetime(2024, 1, day) for day in (1, 2, 3)]
    pd.testing.assert_frame_equal(normalise(make(data)), normalise(pd.DataFrame(data)))


def test_an_array_gets_numbered_columns() -> None:
    """A 2-d array has columns "0", "1", and so on; a 1-d array is no table."""
    assert list(normalise(np.zeros((2, 3))).columns) == ["0", "1", "2"]
    with pytest.raises(DataError, match="2-d array"):
        normalise(np.zeros(3))


def test_names_become_text_and_stay_apart() -> None:
    """Numbers, pairs and nothing are names too; two equal names are an error that says which."""
    frame = pd.DataFrame([[1, 2, 3]], columns=[0, ("a", "b"), None])
    assert list(normalise(frame).columns) == ["0", "a / b", "None"]
    with pytest.raises(DataError, match="'1' occurs 2 times"):
        normalise(pd.DataFrame([[1, 2]], columns=[1, "1"]))


def test_a_list_in_a_cell_is_an_error_or_missing() -> None:
    """A cell that holds a list is refused when learning and missing when predicting."""
    frame = pd.DataFrame({"a": [[1], "x", {}]})
    with pytest.raises(DataError, match="a list in a cell"):
        normalise(frame)
    assert normalise(frame, strict=False)["a"].tolist() == [None, "x", None]


def test_mixed_kinds_become_text() -> None:
    """A column of numbers and texts becomes text."""
    table = normalise(pd.DataFrame({"a": [1, 2.5, "x", None]}))
    assert table["a"].tolist() == ["1", "2.5", "x", None]


def test_no_table_is_an_error() -> None:
    """What is no table is refused with the way out."""
    with pytest.raises(DataError, match=r"pandas\.read_csv"):
        normalise(42)


@pytest.mark.parametrize(
    "frame",
    [
        rich(),
        pd.DataFrame({"<img onerror=alert(1)>": ["a"], "": [1], "ü/..": [0.5]}),
        pd.DataFrame({"a": pd.Series([], dtype="float64"), "b": pd.Series([], dtype=object)}),
        pd.DataFrame(index=range(3)),
        pd.DataFrame({"a": ["x"] * 50 + [None]}),
        pd.DataFrame({"a": ["\ud800 lone", "\x00", "?"]}, dtype=object),
    ],
)
def test_a_table_survives_packing(frame: pd.DataFrame) -> None:
    """unpack(pack(table)) is the plain table, whatever the names, kinds and blanks."""
    pd.testing.assert_frame_equal(unpack(pack(frame)), normalise(frame))


def test_packed_bytes_hold_no_pickle() -> None:
    """The bytes are plain arrays: reading them cannot run code."""
    import io

    with np.load(io.BytesIO(pack(rich())), allow_pickle=False) as archive:
        assert all(archive[name].dtype.kind != "O" for name in archive.files)


def test_text_is_packed_once_per_distinct_value() -> None:
    """A column of repeated long texts takes a few bytes a row at most."""
    frame = pd.DataFrame({"a": ["a rather long category name", "another one"] * 5_000})
    assert len(pack(frame)) < 5_000


def test_numbers_that_do_not_compress_are_stored_as_they_are() -> None:
    """A wide table of measurements is packed without the time to compress it, and a repetitive one is compressed."""
    draw = np.random.default_rng(0)
    measured = pd.DataFrame({"x": draw.normal(size=5000)})
    repeated = pd.DataFrame({"x": draw.integers(0, 3, 5000).astype(float)})
    for frame, method in ((measured, zipfile.ZIP_STORED), (repeated, zipfile.ZIP_DEFLATED)):
        packed = pack(frame)
        assert zipfile.ZipFile(io.BytesIO(packed)).getinfo("c0.npy").compress_type == method
        pd.testing.assert_frame_equal(unpack(packed), frame)
