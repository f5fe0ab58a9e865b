"""A row whose cells are others: its prediction, and how far one may lean on it."""

import json

import numpy as np
import pandas as pd
import pytest

from hitl_widget.domain.delivery import Delivery
from hitl_widget.errors import DataError
from hitl_widget.explain.views.what_if import controls, what_if
from tests.explain.subjects import EVIL, subject
from tests.explain.test_partial_dependence import known


def near(n: int = 300) -> pd.DataFrame:
    """Age and wage go together."""
    rng = np.random.default_rng(0)
    age = rng.uniform(20, 60, n).round()
    return pd.DataFrame(
        {
            "age": age,
            "wage": 1000 * age + rng.normal(0, 1500, n),
            "town": rng.choice(["a", "b"], n),
            EVIL: rng.normal(size=n),
        }
    )


def value(X):
    return X["wage"] + 1000 * (X["town"] == "a") * (X["age"] > 40)


def test_what_is_made_of_other_columns_follows_them() -> None:
    """What the person set of it stays as it was set."""
    table = near().assign(each=lambda t: t["wage"] / t["age"], kind=lambda t: pd.Categorical(t["town"] + "!"))
    found = known(lambda X: X["each"] + 1000 * (X["kind"] == "a!"), table)

    def remade(row: int, cells: pd.DataFrame) -> pd.DataFrame:
        kind = pd.Categorical(cells["town"] + "!")
        return pd.DataFrame({"each": cells["wage"] / table["age"][row], "kind": kind}, index=cells.index)

    number = int(np.flatnonzero(table.town == "b")[0])
    now, age = table["each"][number], table["age"][number]
    values = what_if(found, number, {"wage": 80 * age, "town": "a"}, remade=remade).frame("what_if").value
    assert np.allclose(values, [now, 80, now + 1000, 1080])
    values = what_if(found, number, {"wage": 80 * age, "each": 3.0}, remade=remade).frame("what_if").value
    assert np.allclose(values, [now, 80, 3, 3])


def test_each_change_alone_and_all_together() -> None:
    table = near()
    number = int(np.flatnonzero((table.town == "b") & (table.age < 30))[0])
    found = known(value, table)
    view = what_if(found, number, {"town": "a", "age": 50})
    rows = view.frame("what_if")
    assert list(rows.label) == ["unchanged", "town = a", "age = 50", "all changes"]
    assert np.allclose(rows.change, [0, 0, 0, 1000])
    assert rows.value.iloc[-1] == pytest.approx(table.wage[number] + 1000)
    assert view.sentences[0].startswith("With town = a and age = 50, your model predicts")
    assert view.sentences[0].endswith("(+1,000).")
    assert view.sentences[1] == (
        "Each change alone: town = a no change, age = 50 no change; together they do more than the sum of these."
    )


def test_what_is_predicted_is_what_the_model_predicts(tmp_path) -> None:
    """For a trial, in probabilities, with a date, a category and a missing cell."""
    found = subject(tmp_path, "lightgbm", delivery=Delivery.AVERAGE)
    changes = {"town": "a", "day": "2024-03-01", "x": None}
    view = what_if(found, 5, changes)
    row = found.table.iloc[[5]].copy()
    row["town"] = pd.Categorical(["a"], categories=row["town"].cat.categories)
    row["day"], row["x"] = pd.to_datetime(["2024-03-01"]).astype(row["day"].dtype), np.nan
    before, after = float(found.predict(found.table.iloc[[5]])[0]), float(found.predict(row)[0])
    assert view.frame().value.iloc[-1] == pytest.approx(after)
    assert view.frame().label.iloc[2] == "day = 2024-03-01"
    assert abs(after - before) > 0.1
    assert (
        f"predicts good = yes with probability {100 * after:.0f}% instead of {100 * before:.0f}%" in view.sentences[0]
    )
    json.dumps({"data": dict(view.data), "about": dict(view.about)}, allow_nan=False)


def test_without_changes_it_says_the_prediction(tmp_path) -> None:
    found = subject(tmp_path, "tree", "multiclass")
    view = what_if(found, 3, {})
    assert view.sentences[0].startswith("Trial 0 predicts ")
    assert view.about["of"] == found.labels[int(found.predict(found.table.iloc[[3]])[0].argmax())]


def test_a_change_that_changes_nothing_says_so(tmp_path) -> None:
    """The same value again leaves the prediction where it was, and no change is claimed."""
    found = subject(tmp_path, "lightgbm")
    view = what_if(found, 5, {"town": str(found.table["town"].iloc[5])})
    assert f"stays at {100 * float(found.predict(found.table.iloc[[5]])[0]):.0f}%" in view.sentences[0]
    assert view.frame().change.tolist() == [0, 0]


def test_values_that_the_model_never_saw_are_named() -> None:
    found = known(value, near())
    warned = what_if(found, 0, {"age": 300}).notes
    assert warned[0] == "age = 300 is outside the training range (20 to 60): do not rely on this prediction."
    assert "age was never missing in training" in what_if(found, 0, {"age": None}).notes[0]
    assert len(what_if(found, 0, {"age": 35}).notes) <= 2


def test_values_that_do_not_go_together_are_named() -> None:
    table = near()
    found = known(value, table)
    young = int(np.argmin(table.age))
    notes = what_if(found, young, {"wage": 59_000}).notes
    assert notes[0].startswith("Few rows have such values of age and wage together")
    old = int(np.argmax(table.age))
    assert len(what_if(found, old, {"wage": float(table.wage[old]) - 500}).notes) == 1


def test_controls_offer_what_the_model_saw(tmp_path) -> None:
    found = subject(tmp_path, "tree")
    by_name = {one.column: one for one in controls(found, 0)}
    seen = found.table.iloc[found.rows]
    assert (by_name["z"].low, by_name["z"].high) == (seen.z.min(), seen.z.max())
    assert by_name["z"].step == pytest.approx(0.1)
    assert by_name["x"].missing
    assert not by_name["z"].missing
    assert sorted(by_name["town"].choices) == ["a", "b", "c"]
    assert by_name["day"].kind == "date"
    assert by_name["day"].step == 1
    assert by_name["town"].value == found.table.town.iloc[0]
    assert {one["column"] for one in what_if(found, 0, {}).data["controls"]} == set(found.columns)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"town": "z"}, "town is one of a, b, c; got 'z'"),
        ({"z": "much"}, "z holds numbers; got 'much'"),
        ({"day": "soon"}, "day holds dates; got 'soon'"),
        ({"twon": "a"}, "Did you mean 'town'"),
    ],
)
def test_what_cannot_stand_in_a_cell_is_refused(tmp_path, changes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        what_if(subject(tmp_path, "tree"), 0, changes)
