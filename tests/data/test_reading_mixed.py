"""Columns that mix numbers and texts: what is lost or assumed is said, in the task and after a journal."""

from __future__ import annotations

import cProfile
import pstats

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.reader import TableReader
from hitl_widget.data.reading import learn_all
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Kind, Role
from hitl_widget.errors import DataError

N = 200
X = np.random.default_rng(0).normal(size=N)
Y = (X > 0).astype(int)
TEXTS = [f"{v:.3f}" for v in X]


def with_marks(*marks: str, every: int = 20, numbers=TEXTS) -> list:
    """Return numbers of which one in `every` is a mark."""
    return [marks[i // every % len(marks)] if i % every == 0 else one for i, one in enumerate(numbers)]


def notes_of(values, name: str = "m", **arguments) -> list[str]:
    """Return the notes on a column, the same for the table as given and as a journal holds it."""
    table = pd.DataFrame({name: pd.Series(values, dtype=object), "x": X, "y": Y})
    notes = understand(table, "y", **arguments).task.notes
    assert understand(unpack(pack(normalise(table))), "y", **arguments).task.notes == notes
    return [note for note in notes if name in note]


@pytest.mark.parametrize(
    ("marks", "every", "spell"),
    [
        (["N/D"], 20, "{:.3f}".format),
        (["<5"], 20, "{:.3f}".format),
        (["#DIV/0!"], 20, "{:.3f}".format),
        (["n/k"], 10, float),
        (["N/D", "<5", "#DIV/0!", "> 100"], 20, "{:.3f}".format),
        (["#REF!", "#VALUE!"], 20, "${:,.3f}".format),
        (["below limit"], 20, lambda v: f"{v:.3f}".replace(".", ",")),
        ([f"<{i}" for i in range(1, 12)], 12, "{:.3f}".format),
        (["sold out"], 20, "{:.3f} %".format),
        (["pending"], 100, "{:.3f}".format),
    ],
)
def test_a_few_marks_leave_a_column_numeric(marks, every, spell) -> None:
    """The cells are missing, a note says so, and the role that it proposes keeps them."""
    values = with_marks(*marks, every=every, numbers=[spell(v) for v in X])
    marked = np.arange(N) % every == 0
    table = pd.DataFrame({"m": pd.Series(values, dtype=object), "x": X, "y": Y})
    found = understand(table, "y")
    column = found.task.columns[0]
    assert (column.role, column.missing) == (Role.NUMERIC, marked.sum())
    (note,) = notes_of(values)
    assert note.startswith(f"m: {column.missing} cells with text instead of a number, such as '")
    reader = TableReader.from_readings(found.task.columns, learn_all(found.task.columns, found.table))
    np.testing.assert_allclose(reader.transform(table)["m"], np.where(marked, np.nan, X), atol=0.00051)
    assert 'roles={"m": "categorical"}' in note
    kept = understand(table, "y", roles={"m": "categorical"}).task.columns[0]
    assert (kept.role, notes_of(values, roles={"m": "categorical"})) == (Role.CATEGORICAL, [])


@pytest.mark.parametrize(
    "values",
    [
        [("0", "1", "2", "3+")[i % 12 // 3 if i % 12 else 3] for i in range(N)],
        with_marks("n/k", every=4),
        [f"V{i}" if i % 15 == 0 else str(200 + i % 90) for i in range(N)],
        [str(1 + i % 5) if i % 20 else "none of these" for i in range(N)],
    ],
)
def test_codes_with_numbers_among_them_stay_categories(values) -> None:
    """A note says that the column mixes numbers and texts, also for text of a CSV; its role makes it numeric."""
    table = pd.DataFrame({"m": values, "x": X, "y": Y})
    assert understand(table, "y").task.columns[0].role is Role.CATEGORICAL
    (note,) = notes_of(values)
    assert note.startswith("m mixes ")
    assert 'roles={"m": "numeric"}' in note
    forced = understand(table, "y", roles={"m": "numeric"}).task
    assert forced.columns[0].role is Role.NUMERIC
    assert any("cannot be read as numbers" in said for said in forced.notes)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["3,459", "2,100"] * 100, "No value of m tells whether '3,459' is 3459 or 3.459; it is read as 3459"),
        (["3.459", "12.100"] * 100, "No value of m tells whether '3.459' is 3.459 or 3459; it is read as 3.459"),
        (["3,459", "2,5", "3.5", "1.7"] * 50, "m mixes decimal points and decimal commas, so '3,459' has two meanings"),
        (["$5", "€7", "€9"] * 66, "m holds amounts in $ and €; they are compared without conversion."),
        (["5%", "0.07", "9 %"] * 66, "m holds numbers with and without a percent sign; 5% is read as 5."),
    ],
)
def test_what_stays_open_is_said(values, said: str) -> None:
    """A note says what was assumed; its line of Python reads the numbers the other way."""
    values = (values * 2)[:N]
    notes = notes_of(values)
    assert any(note.startswith(said) for note in notes)
    if "If this is wrong, use " in notes[0]:
        df = pd.DataFrame({"m": values, "x": X, "y": Y})
        before = read_numbers(df)
        exec(notes[0].split("If this is wrong, use ")[1].rstrip("."), {"df": df})
        assert max(before / read_numbers(df)) == pytest.approx(1000) or min(before / read_numbers(df)) == pytest.approx(
            0.001
        )


def read_numbers(table: pd.DataFrame) -> pd.Series:
    """Return the column m as read."""
    found = understand(table, "y")
    return TableReader(found.task.columns).fit(table).transform(table)["m"]


@pytest.mark.parametrize(
    "values", [["3,459", "2,1"] * 100, ["1.5", "2.25"] * 100, ["$5", "$7.10"] * 100, ["5%", "7%"] * 100]
)
def test_what_is_settled_is_not_said(values) -> None:
    """A column with one meaning has no note."""
    assert notes_of(values) == []


def test_times_of_day_are_not_called_texts() -> None:
    """Times are numbers without a number's spelling: no note counts them as lost."""
    times = [f"{i % 24:02}:{i % 60:02}" for i in range(N)]
    assert understand({"m": times, "x": X, "y": Y}, "y").task.columns[0].role is Role.NUMERIC
    assert notes_of(times) == []


def test_marks_among_the_numbers_of_a_target_leave_rows_out() -> None:
    """Rows without a number are left out, and a note says so; with more of them, the error says what to do."""
    table = pd.DataFrame({"x": X, "m": with_marks("n/k", "<5", every=10, numbers=list(map(float, X)))})
    found = understand(table, "m")
    assert (found.task.kind, found.task.dropped_rows) == (Kind.REGRESSION, 20)
    np.testing.assert_allclose(found.y, X[np.arange(N) % 10 != 0])
    (said,) = [note for note in found.task.notes if "text instead" in note]
    assert said.startswith("m: 20 cells with text instead of a number, such as 'n/k' and '<5', are treated as missing.")
    table["m"] = with_marks("n/k", every=4, numbers=list(map(float, X)))
    with pytest.raises(DataError, match=r"mixes numbers and text, such as 'n/k'\. Convert"):
        understand(table, "m")
    assert understand(table.assign(m=pd.to_numeric(table["m"], errors="coerce")), "m").task.dropped_rows == 50
    labels = pd.DataFrame({"x": X, "m": [1, "a"] * 100})
    assert understand(labels, "m").task.classes == ("1", "a")


def test_texts_are_parsed_once() -> None:
    """The role of a column and the notes on it share one reading of its texts as numbers."""
    table = pd.DataFrame(
        {
            "spelled": [f"{number * 3 % 17} €" for number in range(40)],
            "mixed": [f"{number % 10}" if number % 2 else f"about {number % 10}" for number in range(40)],
            "town": ["north", "south"] * 20,
            "y": np.arange(40.0),
        }
    )
    profile = cProfile.Profile()
    task = profile.runcall(understand, table, "y").task
    assert any("mixed mixes 20 numbers and 20 texts" in note for note in task.notes)
    calls = {key[2]: value[0] for key, value in pstats.Stats(profile).stats.items()}
    assert calls["of_distinct"] == 3


def test_one_odd_column_leaves_the_others_as_they_are() -> None:
    """The roles and reasons of the other columns do not depend on it."""
    table = pd.DataFrame({"x": X, "c": ["u", "v"] * 100, "y": Y})
    alone = understand(table, "y").task.columns
    both = understand(table.assign(m=with_marks("N/D", "<5")), "y").task.columns
    assert both[:2] == alone
