"""Numbers are read in the usual spellings, the same way for a whole column, in training and in prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl_widget.data.cells import parse_numbers
from hitl_widget.data.numbers import decimal_mark, parse_number
from hitl_widget.data.reader import TableReader
from hitl_widget.data.reading import Reading, learn_all
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Column, Kind, Role

SPELLED = {
    "3,14": 3.14,
    "-3,14": -3.14,
    "0,500": 0.5,
    ",5": 0.5,
    "1234,567": 1234.567,
    "1,234.5": 1234.5,
    "1.234,5": 1234.5,
    "1,234,567": 1234567.0,
    "1.234.567": 1234567.0,
    "1.234.567,89": 1234567.89,
    "12,34,567.5": 1234567.5,
    "1 234 567,8": 1234567.8,
    "1\u00a0234,5": 1234.5,
    "1\u202f234": 1234.0,
    "1'234.50": 1234.5,
    "1\u2019234": 1234.0,
    "$5": 5.0,
    "-$1,234.50": -1234.5,
    "$-1,234.50": -1234.5,
    "($1,234.50)": -1234.5,
    "$(1,234.50)": -1234.5,
    "(12)": -12.0,
    "\u22125.5": -5.5,
    "\u20135": -5.0,
    "5-": -5.0,
    "1.234,50 \u20ac": 1234.5,
    "-3,50\u20ac": -3.5,
    "\u20ac 12": 12.0,
    "CHF 1'200.-": 1200.0,
    "5,-": 5.0,
    "5,-- \u20ac": 5.0,
    "EUR 3,5": 3.5,
    "99 kr": 99.0,
    "12,5 z\u0142": 12.5,
    "R$ 1.234,56": 1234.56,
    "\u20b9 1,23,456": 123456.0,
    "12 %": 12.0,
    "12,5%": 12.5,
    "-4.5 %": -4.5,
    "1,5e3": 1500.0,
    "+7": 7.0,
}
NO_NUMBERS = (
    *(
        "1.2.3",
        "1,2,3",
        "192.168.0.1",
        "12:30",
        "2024-01-31",
        "31.01.2024",
        "1,234,5",
        "1 2",
        "+48 601 234 567",
        "(5",
        "5)",
    ),
    *("--5", "-(5)", "$", "%", "kr", "A5", "5A", "1e5e5", "1,23,45", "0,123,456", "030 123 456", "1.234 567", "v1", ""),
    *("1 234'567", "1_000", "1e999", "inf", "USDX 5", "5 6,7", "1-2"),
)


@pytest.mark.parametrize("text", SPELLED)
def test_usual_spellings_are_numbers(text: str) -> None:
    """A text that spells one number only is read alike whatever the mark of its column."""
    assert parse_number(text, ".") == parse_number(text, ",") == SPELLED[text]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_other_texts_are_no_numbers(text: str) -> None:
    """Versions, addresses, dates, times, phone numbers and broken groups are not numbers."""
    assert np.isnan(parse_number(text, "."))
    assert np.isnan(parse_number(text, ","))


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["3,459", "2,100"], "."),
        (["3,459", "2,1"], ","),
        (["3,459", "1.234.567"], ","),
        (["3,459", "1,234,567"], "."),
        (["3,459", "1,234.5"], "."),
        (["3.459", "0,5"], ","),
        (["3.459", "0.5"], "."),
        (["3.459", "2.100"], "."),
        (["3,459", "-1.5 %", "$2.25"], "."),
        (["n/a", "12", "3,459"], "."),
    ],
)
def test_a_column_settles_its_decimal_mark(texts: list[str], mark: str) -> None:
    """Values that allow one mark only decide for those that allow both."""
    assert decimal_mark(texts)[0] == mark


@st.composite
def spellings(draw) -> tuple[list[float], list[str]]:
    """Draw numbers, and their texts in one spelling."""
    decimal, group = draw(
        st.sampled_from(
            [(".", ","), (",", "."), (",", " "), (",", "\u202f"), (".", "'"), (".", ""), (",", ""), (",", "\xa0")]
        )
    )
    places = draw(st.sampled_from([1, 2, 4]))
    before, after = draw(
        st.sampled_from([("", ""), ("$", ""), ("\u20ac ", ""), ("", " \u20ac"), ("", "%"), ("CHF ", ""), ("", " kr")])
    )
    sign = draw(st.sampled_from(["-{}", "\u2212{}", "({})", "{}-"] if not after else ["-{}", "\u2212{}", "({})"]))
    most = 10**11
    whole = draw(st.lists(st.integers(-most, most), min_size=1, max_size=12))
    numbers = [one / 10**places for one in whole]

    def spell(number: float) -> str:
        text = f"{abs(number):,.{places}f}".translate(str.maketrans({",": group, ".": decimal}))
        text = before + text + after
        return sign.format(text) if number < 0 else text

    return numbers, [spell(one) for one in numbers]


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(spellings())
def test_a_column_of_formatted_numbers_is_read_back(drawn: tuple[list[float], list[str]]) -> None:
    """Formatting numbers in any spelling and reading the column gives the numbers, alone or together."""
    numbers, texts = drawn
    known = (Column("v", Role.NUMERIC, ""),)
    reader = TableReader(known).fit({"v": texts})
    np.testing.assert_array_equal(reader.transform({"v": texts})["v"], numbers)
    for number, text in zip(numbers, texts, strict=True):
        assert reader.transform({"v": [text]})["v"].tolist() == [number]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1000, 10**8), min_size=2, max_size=12), st.sampled_from([".", ","]))
def test_whole_numbers_by_thousands_follow_their_column(whole: list[int], group: str) -> None:
    """Where one number has two groups, or decimals, all are read by thousands."""
    texts = [f"{one:,}".replace(",", group) for one in [*whole, 1_234_567]]
    known = (Column("v", Role.NUMERIC, ""),)
    read = TableReader(known).fit({"v": texts}).transform({"v": texts})["v"]
    assert read.tolist() == [*whole, 1_234_567]


def test_a_reading_of_an_older_model_reads_as_it_was_trained() -> None:
    """Spellings that were missing in its training stay missing."""
    reading = Reading("v", Role.NUMERIC)
    assert reading.decimal is None
    reader = TableReader.from_readings((Column("v", Role.NUMERIC, ""),), (reading,))
    read = reader.transform({"v": ["1,200", "$5", "3,14", "(5)", "1.5"]})["v"]
    np.testing.assert_array_equal(read, [1200.0, 5.0, np.nan, np.nan, 1.5])
    np.testing.assert_array_equal(parse_numbers(["1,200", "(5)"])[0], [1200.0, np.nan])


N = 200
X = np.random.default_rng(0).normal(size=N)
Y = (X > 0).astype(int)
FORMS = {
    "decimal comma": lambda v: f"{v:.2f}".replace(".", ","),
    "dollars": lambda v: f"{'-' if v < 0 else ''}${abs(v) * 1000:,.2f}",
    "accounting": lambda v: f"(${-v * 1000:,.2f})" if v < 0 else f"${v * 1000:,.2f}",
    "euros": lambda v: f"{v * 1000:,.2f} \u20ac".translate(str.maketrans(",.", ".,")),
    "percent": lambda v: f"{v * 100:.1f} %".replace(".", ","),
    "typographic": lambda v: f"{v:.3f}".replace("-", "\u2212"),
    "narrow spaces": lambda v: f"{v * 1e5:,.1f}".replace(",", "\u202f").replace(".", ","),
    "Swiss": lambda v: f"CHF {v * 1e5:,.2f}".replace(",", "\u2019"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", ["object", "str"])
def test_a_table_with_spelled_numbers_has_a_numeric_column(form: str, dtype: str) -> None:
    """The column is numeric, without a note, and read alike in training and prediction; so is a target."""
    texts = pd.Series([FORMS[form](v) for v in X], dtype=dtype)
    found = understand(pd.DataFrame({"v": texts, "y": Y}), "y")
    (column,) = found.task.columns
    assert (column.role, column.missing) == (Role.NUMERIC, 0)
    assert "numbers stored as text" in column.reason
    assert not [note for note in found.task.notes if note.startswith("v")]
    reader = TableReader.from_readings(found.task.columns, learn_all(found.task.columns, found.table))
    read = reader.transform(pd.DataFrame({"v": texts}))["v"]
    assert abs(np.corrcoef(read, X)[0, 1]) > 0.9999
    again = (
        TableReader(found.task.columns).fit(pd.DataFrame({"v": texts})).transform(pd.DataFrame({"v": texts.iloc[:3]}))
    )
    assert again["v"].tolist() == read.iloc[:3].tolist()
    target = understand(pd.DataFrame({"x": X, "v": texts}), "v")
    assert target.task.kind is Kind.REGRESSION
    np.testing.assert_array_equal(target.y, read)
    assert "v holds numbers stored as text." in target.task.notes
