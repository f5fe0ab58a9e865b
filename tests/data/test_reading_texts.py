"""Texts that a person cannot tell apart are one text, and texts that no file can hold are escaped."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.profile import profile
from hitl_widget.data.reader import TableReader
from hitl_widget.data.reading import Reading, learn_all
from hitl_widget.data.rows import group_codes
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Column, Role
from hitl_widget.errors import DataError

N = 200
X = np.random.default_rng(0).normal(size=N)
YES = np.where(X > 0, "yes", "no")


@pytest.mark.parametrize(
    ("plain", "other"),
    [
        ("yes", "yes "),
        ("yes", " yes"),
        ("yes", "yes\t"),
        ("yes", "yes\r\n"),
        ("yes", "yes\xa0"),
        ("yes", "\ufeffyes"),
        ("yes", "y\u200bes"),
        ("New York", "New  York"),
        ("New York", "New\xa0York"),
        ("caf\u00e9", "cafe\u0301"),
        ("1", "1.0"),
        ("1", "1 "),
    ],
)
@pytest.mark.parametrize("dtype", ["object", "str", "category"])
def test_labels_that_look_alike_are_one_class(plain: str, other: str, dtype: str) -> None:
    """The class has the label without spaces, and a note counts the other cells."""
    labels = np.where(X > 0, plain, "no").astype(object)
    labels[::4] = [other if one == plain else one for one in labels[::4]]
    changed = int((labels == other).sum())
    found = understand(pd.DataFrame({"x": X, "y": pd.Series(labels, dtype=object).astype(dtype)}), "y")
    assert sorted(found.classes) == sorted(["no", plain])
    assert (found.y == (found.classes.tolist().index(plain) == np.where(X > 0, 1, 0))).all()
    (note,) = [note for note in found.task.notes if "one class" in note]
    assert note.startswith(f"y: {changed} cells such as {other!r} are read as {plain!r}")


def test_labels_that_differ_stay_classes_as_given() -> None:
    """Without a second spelling, predictions have the labels of the table, spaces included."""
    padded = np.where(X > 0, "yes  ", "no   ")
    task = understand({"x": X, "y": padded}, "y")
    assert sorted(task.classes) == ["no   ", "yes  "]
    assert task.task.classes == ("no", "yes")
    assert not [note for note in task.task.notes if "one class" in note]
    cases = understand({"x": X, "y": np.where(np.arange(N) % 3, YES, "Yes")}, "y").task
    assert sorted(cases.classes) == ["Yes", "no", "yes"]


def test_labels_that_are_all_alike_are_refused() -> None:
    """One class in two spellings is one value."""
    with pytest.raises(DataError, match="only one value, 'yes'"):
        understand({"x": X, "y": ["yes", "yes "] * (N // 2)}, "y")


def test_labels_without_a_visible_character_are_missing() -> None:
    """Spaces and invisible characters are a missing target."""
    labels = np.where(np.arange(N) % 10 == 0, "\u200b", YES)
    assert understand({"x": X, "y": labels}, "y").task.dropped_rows == 20


def test_groups_that_look_alike_are_one_group() -> None:
    """Rows of one person stay in one fold, whatever spaces surround the name."""
    names = pd.DataFrame({"g": ["ann", "ann ", "bob", "ann\xa0", None, " bob"]})
    codes = group_codes(normalise(names), "g")
    assert codes.tolist()[:4] == [0, 0, 1, 0]
    assert codes[5] == 1
    assert codes[4] not in (0, 1)


LONE = "a\ud83d"


@pytest.mark.parametrize("text", [LONE, "\udc00", "x\ud800y", "\ude00\ud83d", "ok \udcff"])
@pytest.mark.parametrize("dtype", ["object", "category"])
@pytest.mark.parametrize("role", ["categorical", "text"])
def test_a_lone_surrogate_is_escaped_alike_everywhere(text: str, dtype: str, role: str) -> None:
    """Training, prediction and the table of the journal hold the same text, which every file can hold."""
    values = pd.Series([text, "b"] * (N // 2), dtype=object)
    if dtype == "category":
        values = pd.Series(pd.Categorical.from_codes([0, 1] * (N // 2), pd.Index([text, "b"], dtype=object)))
    table = pd.DataFrame({"c": values, "x": X, "y": YES})
    found = understand(table, "y", roles={"c": role})
    escaped = text.encode("utf-8", "backslashreplace").decode()
    json.dumps([profile(found)[0].name, *map(str, found.table["c"].unique())], ensure_ascii=False).encode()
    assert set(found.table["c"]) == {escaped, "b"}
    assert set(unpack(pack(table))["c"]) == {escaped, "b"}
    reader = TableReader.from_readings(found.task.columns, learn_all(found.task.columns, found.table))
    assert reader.transform(table)["c"].astype(object).tolist() == [escaped, "b"] * (N // 2)
    assert reader.transform(table.iloc[:1])["c"].tolist() == [escaped]


def test_a_lone_surrogate_in_names_and_labels_is_escaped() -> None:
    """Names of columns, of the target and its labels are escaped as well."""
    columns = {"x": X, "y": pd.Series(np.where(X > 0, LONE, "b"), dtype=object)}
    table = pd.DataFrame(columns).set_axis(pd.Index([LONE, "y\udc00"], dtype=object), axis=1)
    found = understand(table, "y\udc00", roles={LONE: "numeric"})
    assert found.task.target == "y\\udc00"
    assert found.task.columns[0].name == "a\\ud83d"
    assert sorted(found.task.classes) == ["a\\ud83d", "b"]
    reader = TableReader.from_readings(found.task.columns, learn_all(found.task.columns, found.table))
    assert reader.transform(table)["a\\ud83d"].tolist() == X.tolist()


def test_a_model_of_an_older_version_knows_its_lone_surrogates() -> None:
    """A level that was saved as it stood is found."""
    reader = TableReader.from_readings(
        (Column("c", Role.CATEGORICAL, ""),), (Reading("c", Role.CATEGORICAL, (LONE, "b")),)
    )
    assert reader.transform({"c": [LONE, "b"]})["c"].cat.codes.tolist() == [0, 1]
    assert reader.transform({"c": np.array([LONE, "b"])})["c"].cat.codes.tolist() == [0, 1]


def test_other_texts_are_not_changed() -> None:
    """Emoji, accents and right-to-left texts stay as they are."""
    texts = ["\U0001f600", "caf\u00e9", "\u05e9\u05dc\u05d5\u05dd", "\\ud83d", "\u4e2d"]
    assert normalise({"c": texts})["c"].tolist() == texts
