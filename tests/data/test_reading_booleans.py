"""A boolean column is read the same however a table spells it, in features and in the target."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.reader import TableReader
from hitl_widget.data.reading import Reading, learn_all
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Column, Kind, Role

TRUTH = np.array([True, False, False, True, False, True] * 40)
GONE = np.arange(len(TRUTH)) % 7 == 3


def gapped(values) -> pd.Series:
    """Return values as objects with missing cells."""
    return pd.Series(values, dtype=object).mask(GONE, None)


def named(true: object, false: object) -> np.ndarray:
    """Return the truths under two names."""
    return np.where(TRUTH, true, false)


SPELLINGS = {
    "bool": pd.Series(TRUTH),
    "int": pd.Series(TRUTH.astype(int)),
    "int8": pd.Series(TRUTH.astype("int8")),
    "float": pd.Series(TRUTH.astype(float)),
    "texts of numbers": pd.Series(named("1", "0")),
    "texts of floats": pd.Series(named("1.0", "0.0")),
    "lower": pd.Series(named("true", "false")),
    "upper": pd.Series(named("TRUE", "FALSE")),
    "title": pd.Series(named("True", "False")),
    "letters": pd.Series(named("t", "f")),
    "padded": pd.Series(named(" true", "false ")),
    "category": pd.Series(TRUTH).astype("category"),
    "category of texts": pd.Series(named("true", "false")).astype("category"),
    "arrow": pd.Series(TRUTH, dtype="bool[pyarrow]"),
}
WITH_MISSING = {
    "objects": gapped(TRUTH),
    "boolean": pd.Series(TRUTH, dtype="boolean").mask(GONE),
    "bool[pyarrow]": pd.Series(TRUTH, dtype="bool[pyarrow]").mask(GONE),
    "floats": pd.Series(TRUTH.astype(float)).mask(GONE),
    "ints": gapped(TRUTH.astype(int)),
    "texts": gapped(named("true", "false")),
    "category": gapped(TRUTH).astype("category"),
    "CSV": pd.read_csv(io.StringIO("m\n" + "\n".join("NA" if g else str(t) for t, g in zip(TRUTH, GONE, strict=True))))[
        "m"
    ],
}


def reader_of(values: pd.Series, role: Role | None = None) -> TableReader:
    """Return a reader that learnt one column in the role it is given, or by default."""
    table = pd.DataFrame({"m": values, "x": np.arange(len(values)) * 0.5, "y": ["a", "b"] * (len(values) // 2)})
    found = understand(table, "y", roles=None if role is None else {"m": role})
    return TableReader.from_readings(found.task.columns, learn_all(found.task.columns, found.table))


def truths(read: pd.Series) -> list[bool | None]:
    """Return a column as read, as truths."""
    return [None if pd.isna(one) else str(one).lower() in {"true", "1", "1.0", "t"} for one in read]


@pytest.mark.parametrize("role", [None, "categorical", "numeric"])
@pytest.mark.parametrize("trained", ["bool", "objects", "boolean", "int", "floats", "lower", "texts", "letters"])
def test_booleans_are_read_alike_in_every_spelling(trained: str, role: str | None) -> None:
    """A model that learnt one spelling of true and false reads all others, also one row at a time."""
    every = SPELLINGS | WITH_MISSING
    reader = reader_of(every[trained], role)
    complete, with_gaps = (
        list(map(bool, TRUTH)),
        [None if gone else bool(t) for t, gone in zip(TRUTH, GONE, strict=True)],
    )
    for later, values in every.items():
        raw = pd.DataFrame({"m": values, "x": 0.0})
        expected = with_gaps if later in WITH_MISSING else complete
        assert truths(reader.transform(raw)["m"]) == expected, later
        for row in (0, 1, 3):
            assert truths(reader.transform(raw.iloc[[row]])["m"]) == [expected[row]], later


@pytest.mark.parametrize(
    "levels", [("0", "1", "2"), ("t", "n"), ("a", "b"), ("False", "True", "Unknown"), ("1", "yes")]
)
def test_other_categories_have_no_second_spelling(levels: tuple[str, ...]) -> None:
    """Only two names of true and false stand for each other; another column reads its own categories alone."""
    known = (Column("m", Role.CATEGORICAL, ""),)
    reader = TableReader.from_readings(known, (Reading("m", Role.CATEGORICAL, levels),))
    other = ["true", "TRUE", "f", "0.5", "no", "on", "Y"]
    assert reader.transform({"m": other})["m"].isna().all()


def test_a_boolean_column_with_missing_cells_stays_boolean() -> None:
    """The plain table holds booleans also where cells are missing, survives its bytes, and is normalised only once."""
    for values in (WITH_MISSING["objects"], WITH_MISSING["boolean"], WITH_MISSING["bool[pyarrow]"]):
        plain = normalise({"m": values})
        assert plain["m"].cat.categories.dtype == bool
        pd.testing.assert_frame_equal(normalise(plain), plain)
        pd.testing.assert_frame_equal(unpack(pack(plain)), plain)
        (column,) = understand({"m": values, "y": TRUTH}, "y").task.columns
        assert (column.role, column.reason, column.missing) == (Role.CATEGORICAL, "true/false", int(GONE.sum()))


@pytest.mark.parametrize("form", ["objects", "boolean", "bool[pyarrow]", "category", "CSV"])
def test_a_boolean_target_with_missing_cells_comes_back_as_booleans(form: str) -> None:
    """Classes are true and false as given; rows without a target are left out."""
    table = pd.DataFrame({"x": TRUTH * 1.0, "y": WITH_MISSING[form]})
    for again in (table, unpack(pack(normalise(table)))):
        found = understand(again, "y")
        assert found.task.kind is Kind.BINARY
        assert found.classes.dtype == bool
        assert found.classes.tolist() == [False, True]
        assert found.task.dropped_rows == GONE.sum()
        assert (found.y == TRUTH[~GONE]).all()
    assert understand(table, "y", positive=False).classes.tolist() == [True, False]
    assert understand(table, "y", metric="rmse").task.kind is Kind.REGRESSION


@pytest.mark.parametrize("words", [("True", "False"), ("true", "false"), ("T", "F")])
def test_texts_of_booleans_in_the_target_stay_texts(words: tuple[str, str]) -> None:
    """A target given as texts predicts these texts."""
    found = understand(pd.DataFrame({"x": TRUTH * 1.0, "y": gapped(named(*words))}), "y")
    assert found.classes.tolist() == [words[1], words[0]]


def test_a_reading_saved_without_its_newer_fields_reads_as_before() -> None:
    """A saved model holds the fields of its time; those added later have their defaults."""
    reading = Reading("m", Role.CATEGORICAL, ("a", "b"))
    saved = object.__new__(Reading)
    saved.__setstate__(["m", Role.CATEGORICAL, ("a", "b"), None, ()])
    assert saved == reading
    assert pickle.loads(pickle.dumps(saved)) == reading
