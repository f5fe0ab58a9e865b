"""A raw table is read the same in one pass as step by step, whatever the types of its columns."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hitl_widget.data.cells import parse_numbers
from hitl_widget.data.reader import TableReader
from hitl_widget.data.reading import learn_all, read_table
from hitl_widget.data.table import normalise
from hitl_widget.domain.task import Column, Role
from hitl_widget.errors import DataError

pytestmark = pytest.mark.filterwarnings("ignore:.* cannot be read as ")

CELLS = st.sampled_from(
    [
        *("a", " a ", "b", "", "?", "NA", "1", "1.0", " 1", "007", "1,200", "$5", "1e999", "inf", "1_0", "2024-01-31"),
        *("1,5", "1.5", "1.234", "1.234,5", "(5)", "\u22125", "5 %", "true", "False", "yes", "N/D", "x\ud83d"),
        *(None, 1, 0, -3, 2**60, 1.5, 2.0, float("inf"), float("nan"), True, pd.NaT, pd.Timestamp("2024-01-31"), ["x"]),
    ]
)
TEXTS = st.sampled_from(
    ["a", " a ", "b", "", "?", "NA", "1", "1.0", "007", "1,200", "2024-01-31", "1,5", "(5)", "true", None]
)
KINDS = ["float64", "int64", "bool", "uint64", "float32", "Int64", "boolean", "category"]
TEXT_KINDS = ["object", "str", "string[python]", "string[pyarrow]", "category"]
ROLES = [Role.NUMERIC, Role.CATEGORICAL, Role.DATE, Role.TEXT]


@st.composite
def columns(draw, rows: int) -> pd.Series:
    """Draw a column of cells of any type, of numbers, or of texts."""
    cells = st.lists(CELLS, min_size=rows, max_size=rows)
    texts = st.lists(TEXTS, min_size=rows, max_size=rows)
    numbers = st.lists(st.integers(0, 1), min_size=rows, max_size=rows)
    values, kind = draw(
        st.one_of(
            st.tuples(cells, st.just("object")),
            st.tuples(texts, st.sampled_from(TEXT_KINDS)),
            st.tuples(numbers, st.sampled_from(KINDS)),
        )
    )
    return pd.Series(values, dtype=object).astype(kind)


@st.composite
def tables(draw) -> tuple[TableReader, pd.DataFrame]:
    """Draw a reader and a raw table with one column more than the reader knows."""
    rows, width = draw(st.integers(0, 6)), draw(st.integers(1, 4))
    raw = pd.DataFrame({f"c{i}": draw(columns(rows)) for i in range(width)}, index=range(5, 5 + rows))
    codes = st.sampled_from([(), (0,), ("a", 1)])
    roles = st.sampled_from(ROLES) if draw(st.booleans()) else st.just(Role.NUMERIC)
    known = tuple(Column(name, draw(roles), "", codes=draw(codes)) for name in raw.columns)
    reader = TableReader.from_readings(known, learn_all(known, normalise(raw, strict=False)))
    return reader, raw.assign(more="x")[draw(st.permutations([*raw.columns, "more"]))]


@pytest.mark.slow
@settings(max_examples=60)
@given(tables())
def test_one_pass_reads_what_two_steps_read(drawn: tuple[TableReader, pd.DataFrame]) -> None:
    """Predicting reads a raw table as fitting does: first plain columns, then canonical ones."""
    reader, raw = drawn
    before = raw.copy(deep=True)
    expected = read_table(reader.readings_, normalise(raw, strict=False))
    pd.testing.assert_frame_equal(reader.transform(raw), expected, check_exact=True)
    pd.testing.assert_frame_equal(raw, before)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(tables())
def test_a_row_is_read_alone_as_among_others(drawn: tuple[TableReader, pd.DataFrame]) -> None:
    """What a cell means does not depend on the other rows of the table that is predicted."""
    reader, raw = drawn
    assume(not any(one is True for name in raw for one in raw[name] if raw[name].dtype == object))  # a type of its own
    whole = reader.transform(raw)
    for place in range(len(raw)):
        alone = reader.transform(raw.iloc[[place]])
        pd.testing.assert_frame_equal(alone, whole.iloc[[place]].reset_index(drop=True), check_exact=True)


def test_booleans_are_no_dates() -> None:
    """A row of a nullable boolean read alone was a date of the year 1, among missing cells none."""
    raw = pd.DataFrame({"c": pd.array([True, pd.NA, False], "boolean")})
    reader = TableReader((Column("c", Role.DATE, ""),)).fit(pd.DataFrame({"c": ["2024-01-31"]}))
    assert reader.transform(raw)["c"].isna().all()
    assert reader.transform(raw.iloc[[0]])["c"].isna().all()


@pytest.mark.parametrize("kind", TEXT_KINDS)
def test_texts_are_read_alike_in_every_type_of_pandas(kind: str) -> None:
    """Texts are stripped, blanks and unknown levels are missing, and numbers are read from texts."""
    reader = TableReader((Column("size", Role.CATEGORICAL, ""), Column("cost", Role.NUMERIC, "")))
    reader.fit({"size": ["S", "M"], "cost": [1, 2]})
    raw = pd.DataFrame({"size": [" S ", "XL", None, "?"], "cost": ["1,200", "$7", "-", "1e3"]}).astype(kind)
    read = reader.transform(raw)
    assert read["size"].cat.codes.tolist() == [1, -1, -1, -1]
    assert read["size"].cat.categories.tolist() == ["M", "S"]
    np.testing.assert_array_equal(read["cost"], [1200.0, 7.0, np.nan, 1000.0])


def test_texts_in_several_chunks_are_read_as_one() -> None:
    """Tables that were concatenated hold their texts in chunks, which are read as one column."""
    parts = [pd.DataFrame({"size": pd.array(texts, "string[pyarrow]")}) for texts in (["S", None], ["M", " S"])]
    reader = TableReader((Column("size", Role.CATEGORICAL, ""),)).fit({"size": ["S", "M"]})
    read = reader.transform(pd.concat(parts, ignore_index=True))
    assert read["size"].cat.codes.tolist() == [1, -1, 0, 1]


def test_a_table_of_numbers_is_read_at_once_and_left_as_it_is() -> None:
    """Infinite numbers and codes of missing values become missing in the result only."""
    known = (Column("a", Role.NUMERIC, "", codes=(-1,)), Column("b", Role.NUMERIC, ""))
    raw = pd.DataFrame({"a": [1.0, -1.0, np.inf], "b": [np.nan, 2.0, -np.inf]})
    reader = TableReader.from_readings(known, learn_all(known, normalise(raw)))
    np.testing.assert_array_equal(reader.transform(raw), [[1.0, np.nan], [np.nan, 2.0], [np.nan, np.nan]])
    assert raw["a"].tolist() == [1.0, -1.0, np.inf]


def test_a_missing_column_is_named() -> None:
    """A table without a column that the model needs is refused, also one of numbers only."""
    known = (Column("a", Role.NUMERIC, ""), Column("b", Role.NUMERIC, ""))
    reader = TableReader.from_readings(known, learn_all(known, normalise({"a": [1], "b": [2]})))
    with pytest.raises(DataError, match="lacks 1 column that the model needs: 'b'"):
        reader.transform({"a": [1]})


PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


@settings(max_examples=200)
@given(st.text(alphabet="0123456789.eE+-_ infa\u0663\xa0", max_size=6))
def test_a_text_is_a_number_by_its_form(text: str) -> None:
    """Digits with a sign, a point and an exponent are a number; Python's other forms, such as 1_0 or inf, are not."""
    stripped = text.strip()
    number = float(stripped) if PLAIN.fullmatch(stripped) else np.nan
    expected = number if np.isfinite(number) else np.nan
    values, _, coded = parse_numbers([text])
    np.testing.assert_array_equal(values, [expected])
    assert coded[0] == (len(stripped) > 1 and stripped[0] == "0" and stripped.isdigit())
