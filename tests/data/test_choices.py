from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.choices import Columns, view_of_table
from hitl_widget.data.reading import learn, learn_all, read_table
from hitl_widget.data.roles import natural_role
from hitl_widget.data.task import understand
from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.data_choices import NO_CHOICES, Transform
from hitl_widget.domain.task import Role
from hitl_widget.errors import DataError
from tests.tables import EVIL, customers


@pytest.fixture
def churn(tmp_path):
    understood = understand(customers(200), "Churn")
    return understood, Columns(understood, tmp_path), tmp_path


def column(understood, choices, name):
    return next(one for one in choices.columns(understood.task) if one.name == name)


def test_roles_change_and_go_back(churn):
    """A role that was understood anyway is no choice, so that the view is the first one again."""
    understood, columns, _ = churn
    one = columns.changed(NO_CHOICES, ChangeData({"tenure": "categorical", EVIL: "ignored"}))
    found = column(understood, one, "tenure")
    assert (found.role, found.given, found.missing) == (Role.CATEGORICAL, True, 0)
    assert found.distinct == customers(200)["tenure"].nunique()
    assert column(understood, one, EVIL).role is Role.IGNORED
    assert columns.changed(one, ChangeData({"tenure": "auto", EVIL: "categorical"})) == NO_CHOICES
    assert columns.in_words(NO_CHOICES, one) == f"excluded {EVIL}; tenure is categorical"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (ChangeData({"tenur": "text"}), "no column 'tenur'.*tenure"),
        (ChangeData({"Churn": "text"}), "is the target"),
        (ChangeData({"Contract": "numeric"}), "No value of 'Contract' can be read as numbers"),
        (ChangeData(filling={"Contract": "median"}), "'Contract' is categorical and can be filled with"),
        (ChangeData(filling={"tenure": {"value": "none"}}), "holds numbers"),
        (ChangeData(encoding={"tenure": "one_hot"}), "'tenure' is numeric and can be encoded with 'auto'"),
        (
            ChangeData(dict.fromkeys(["tenure", "MonthlyCharges", "TotalCharges", "Contract", EVIL], "ignored")),
            "At least one column",
        ),
    ],
)
def test_what_cannot_be_is_said(churn, change, told):
    """The rule, what came instead, what to do; nothing is half done."""
    with pytest.raises(DataError, match=told):
        churn[1].changed(NO_CHOICES, change)


def test_a_role_that_would_lose_most_values_is_refused(tmp_path):
    """Numbers among many words are no numeric column."""
    table = pd.DataFrame({"x": ["a", "b", "3", "c"] * 20, "w": range(80), "y": [0, 1] * 40})
    columns = Columns(understand(table, "y"), tmp_path)
    with pytest.raises(DataError, match="Only 20 of 80 values of 'x' can be read as numbers"):
        columns.changed(NO_CHOICES, ChangeData({"x": "numeric"}))


def test_values_that_stand_for_missing_cells_are_read_as_such(tmp_path):
    """In numbers, categories and text; kept when the role changes; all values count again when none is named."""
    table = pd.DataFrame(
        {"n": [1.5, -999, 3, 4] * 20, "c": ["a", "?x", "b", "c"] * 20, "w": range(80), "y": [0, 1, 1, 0] * 20}
    )
    understood = understand(table, "y")
    columns = Columns(understood, tmp_path)
    one = columns.changed(NO_CHOICES, ChangeData(missing={"n": [-999], "c": ["?x"]}))
    assert columns.in_words(NO_CHOICES, one) == "-999 in n treated as missing; ?x in c treated as missing"
    assert [(column(understood, one, name).missing, column(understood, one, name).distinct) for name in "nc"] == [
        (20, 3)
    ] * 2
    columns.keep()
    readings = learn_all(understood.task.columns, understood.table)
    base = read_table(readings, understood.table)
    seen, how = view_of_table(understood.task, base, readings, one, tmp_path)
    assert seen["n"].isna().sum() == seen["c"].isna().sum() == 20
    assert read_table(how, table)["n"].isna().sum() == 20  # as a delivered model reads it
    two = columns.changed(one, ChangeData({"n": "categorical"}))
    assert column(understood, two, "n").codes == (-999,)
    assert "-999" not in learn(column(understood, two, "n"), understood.table["n"]).levels
    assert columns.changed(two, ChangeData({"n": "auto"}, missing={"n": [], "c": []})) == NO_CHOICES
    with pytest.raises(DataError, match="'n' has no cell with the value 7. Name values"):
        columns.changed(NO_CHOICES, ChangeData(missing={"n": [7]}))
    with pytest.raises(DataError, match="Exclude the column"):
        columns.changed(NO_CHOICES, ChangeData(missing={"c": ["a", "b", "c", "?x"]}))


def test_groups_stay_groups(tmp_path):
    """A column that keeps rows together is read by no model."""
    table = customers(200).assign(shop=np.arange(200) % 9)
    columns = Columns(understand(table, "Churn", groups="shop"), tmp_path)
    with pytest.raises(DataError, match="defines the groups"):
        columns.changed(NO_CHOICES, ChangeData({"shop": "numeric"}))


def test_ways_leave_with_a_role_that_does_not_know_them(churn):
    """Left out, a column keeps its ways for its return; in another role it has none that it cannot have."""
    _, columns, _ = churn
    one = columns.changed(NO_CHOICES, ChangeData(filling={"tenure": "median"}, encoding={"Contract": "ordinal"}))
    out = columns.changed(one, ChangeData({"tenure": "ignored", "Contract": "text"}))
    assert out.filling == {"tenure": "median"}
    assert out.encoding == {}


def test_a_role_that_was_given_at_the_beginning_is_no_change(tmp_path):
    """Choosing it again gives the first view, so that nothing is measured anew."""
    columns = Columns(understand(customers(200), "Churn", roles={"tenure": "categorical"}), tmp_path)
    assert columns.changed(NO_CHOICES, ChangeData({"tenure": "categorical"})) == NO_CHOICES
    other = columns.changed(NO_CHOICES, ChangeData({"tenure": "numeric"}))
    assert columns.changed(other, ChangeData({"tenure": "categorical"})) == NO_CHOICES


def test_a_view_reads_only_what_changed(churn):
    """Columns in their old role are taken as they are; others are read from the table as it came."""
    understood, columns, folder = churn
    readings = learn_all(understood.task.columns, understood.table)
    table = read_table(readings, understood.table)
    # Cells that no reading gives: a column that is read again would lose them.
    table["MonthlyCharges"], table["tenure"] = -1.0, -1.0
    choices = columns.changed(NO_CHOICES, ChangeData({"tenure": "categorical", "Contract": "ignored"}))
    choices = columns.with_transform(choices, Transform("id", ("customerID", "tenure")))
    columns.keep()
    seen, how = view_of_table(understood.task, table, readings, choices, folder)
    assert "Contract" not in seen.columns
    assert list(seen.columns) == [one.name for one in how]
    assert list(seen["tenure"].astype(str)) == [str(one) for one in customers(200)["tenure"]]
    assert list(seen["customerID"].astype(str)) == list(customers(200)["customerID"])  # read by the transform only
    kept = [name for name in seen.columns if name not in ("tenure", "customerID")]
    assert "MonthlyCharges" in kept
    assert all(seen[name].equals(table[name]) for name in kept)


def test_transforms_have_names_and_columns_of_their_own(churn):
    """No name twice; removing one that is not there says which are."""
    _, columns, _ = churn
    one = columns.with_transform(NO_CHOICES, Transform("rate", ("tenure",)))
    for name in ("rate", "tenure", "Churn"):
        with pytest.raises(DataError, match="already exists"):
            columns.with_transform(one, Transform(name, ("tenure",)))
    with pytest.raises(DataError, match="no column 'x'"):
        columns.with_transform(one, Transform("other", ("x",)))
    with pytest.raises(DataError, match="Known transforms: rate"):
        columns.without_transform(one, "rat")
    assert columns.without_transform(one, "rate") == NO_CHOICES


def test_values_have_a_natural_role():
    """What a column that was left out is read as when it comes back."""
    days = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"]))
    for values, role in [
        (pd.Series([1, 2]), Role.NUMERIC),
        (days, Role.DATE),
        (pd.Series(["1", "2.5", None], dtype=object), Role.NUMERIC),
        (pd.Series(["2020-01-01", "2020-02-01"] * 3, dtype=object), Role.DATE),
        (pd.Series(["a", "b"], dtype=object), Role.CATEGORICAL),
        (pd.Series([True, False]), Role.CATEGORICAL),
    ]:
        assert natural_role(values) is role
