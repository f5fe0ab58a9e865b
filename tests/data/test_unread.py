"""A column that training could read, and prediction cannot, is said once."""

from __future__ import annotations

import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.reader import TableReader
from hitl_widget.domain.task import Column, Role

N = 200
DAYS = pd.Series(pd.date_range("2020-01-01", periods=N))
TRAINED = {
    "day": DAYS.dt.strftime("%d/%m/%Y"),
    "iso": DAYS.dt.strftime("%Y-%m-%d"),
    "size": pd.Series(["S", "M", "L", "XL"] * (N // 4)),
    "cost": pd.Series(np.arange(N) * 1.5).astype(str),
    "at": pd.Series(["11:30", "12:00"] * (N // 2)),
    "text": pd.Series(["many words " * 3] * N),
}
ROLES = {"day": "date", "iso": "date", "size": "categorical", "cost": "numeric", "at": "numeric", "text": "text"}


def reader() -> TableReader:
    """Return a reader that was fitted on the table above."""
    return TableReader(tuple(Column(name, Role(role), "") for name, role in ROLES.items())).fit(TRAINED)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("day", ["soon"] * N, "200 of 200 values of 'day' cannot be read as dates, such as 'soon'"),
        ("day", ["soon"], "1 of 1 values of 'day' cannot be read as dates"),
        ("day", ["soon", None, ""] * 60, "60 of 60 values of 'day' cannot be read as dates"),
        ("day", ["2024-02-30"] * N, "200 of 200 values of 'day' cannot be read as dates"),
        (
            "day",
            DAYS.dt.strftime("%m/%d/%Y"),
            "'day' holds dates such as '01/13/2020' in another order",
        ),
        (
            "iso",
            DAYS.dt.strftime("%m/%d/%Y"),
            "Training does not show the order of day and month in 'iso': '0",
        ),
        ("cost", ["cheap"] * N, "200 of 200 values of 'cost' cannot be read as numbers, such as 'cheap'"),
        ("at", ["noon"] * N, "200 of 200 values of 'at' cannot be read as numbers, such as 'noon'"),
        ("size", ["small", "medium"] * 100, "200 of 200 values of 'size' do not occur in training, such as 'small'"),
        ("size", np.arange(N), "200 of 200 values of 'size' do not occur in training, such as '0'"),
    ],
)
def test_a_column_that_cannot_be_read_is_said_once(name: str, values: object, said: str) -> None:
    """The warning names the column and a value; it does not come again, and no other column is named."""
    fitted = reader()
    values = list(values)  # type: ignore[call-overload]
    table = pd.DataFrame({**{one: cells[: len(values)] for one, cells in TRAINED.items()}, name: values})
    with pytest.warns(UserWarning, match=re.escape(said)) as caught:
        fitted.transform(table)
    assert [str(one.message)[: len(said)] for one in caught] == [said]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted.transform(table)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("day", [None] * N),
        ("day", [""] * N),
        ("day", DAYS),
        ("day", DAYS.dt.strftime("%Y-%m-%d")),
        ("day", DAYS.dt.strftime("%d %b %y")),
        ("day", ["soon", *DAYS.dt.strftime("%Y-%m-%d")[1:]]),
        ("iso", DAYS.dt.strftime("%d.%m.%Y")[15:16]),
        ("cost", [np.inf] * N),
        ("cost", ["-", "missing"] * 100),
        ("cost", np.arange(N)),
        ("size", ["XS"]),
        ("size", [None] * N),
        ("size", ["S", "XS"] * 100),
        ("at", [11.5] * N),
        ("text", ["other words"] * N),
    ],
)
def test_missing_cells_other_forms_and_single_strays_are_not_said(name: str, values: object) -> None:
    """Nothing is said of cells that are missing, of what is read rightly, and of a few unknown values."""
    values = list(values)  # type: ignore[call-overload]
    table = pd.DataFrame({**{one: cells[: len(values)] for one, cells in TRAINED.items()}, name: values})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reader().transform(table)


def test_a_column_that_training_could_not_read_is_not_said_again() -> None:
    """A role that loses all values was said in training."""
    column = Column("c", Role.NUMERIC, "")
    fitted = TableReader((column,)).fit({"c": ["u", "v", "1"] * 9})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted.transform({"c": ["u", "v"]})


def test_saved_readers_of_earlier_versions_warn_too() -> None:
    """A reader that was saved without the record of what was said reads, and warns."""
    fitted = reader()
    del fitted._said
    again = pickle.loads(pickle.dumps(fitted))
    with pytest.warns(UserWarning, match="cannot be read as dates"):
        again.transform(pd.DataFrame({**TRAINED, "day": "soon"}))
