"""What was read is true, or a note says what was assumed; a fault of one column is that column's alone."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

from hitl_widget.data.profile import profile
from hitl_widget.data.reading import learn, read
from hitl_widget.data.roles import role_of
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Role
from hitl_widget.errors import DataError
from hitl_widget.learners.target_scale import scaled

N = 200
RNG = np.random.default_rng(0)
X = RNG.normal(size=N)
Y = (X > 0).astype(int)


@pytest.mark.parametrize(
    "values",
    [
        RNG.integers(-(2**63), 2**63 - 1, N),
        RNG.integers(0, 2**63 - 1, N).astype(np.uint64) * 2,
        2**60 + RNG.integers(0, 2**40, N),
        2.0**70 * RNG.integers(1, 99, N),
        -(2**53) - np.arange(N) ** 2,
        RNG.normal(size=N) * 1e300,
        np.where(np.arange(N) % 2, 1e308, -1e308) * RNG.random(N),
        np.where(np.arange(N) % 9, 1e-320, 5e-324) * np.arange(N),
    ],
)
def test_huge_numbers_have_a_profile_and_so_have_the_others(values) -> None:
    """The histogram covers all rows, and the other column is described as it is without the huge one."""
    table = pd.DataFrame({"x": X, "y": Y})
    (alone,) = profile(understand(table, "y"))
    both = profile(understand(table.assign(h=values), "y", roles={"h": "numeric"}))
    assert next(one for one in both if one.name == "x") == alone
    huge = next(one for one in both if one.name == "h")
    spread = huge.distribution
    assert not spread.counts or sum(spread.counts) + spread.below + spread.above == N


@pytest.mark.parametrize(
    ("values", "role", "distinct"),
    [
        (2**60 + RNG.integers(0, 60, N), Role.CATEGORICAL, 58),
        (-(2**60) - RNG.integers(0, 3, N), Role.CATEGORICAL, 3),
        (2**60 + np.arange(N), Role.IGNORED, N),
        (np.full(N, 2**60), Role.IGNORED, 1),
        (RNG.integers(0, 60, N), Role.NUMERIC, 58),
    ],
)
def test_long_codes_are_not_called_constant(values, role, distinct) -> None:
    """Whole numbers beyond the precision of floats are told apart, and read as categories."""
    column = role_of("code", pd.Series(values))
    assert column.role is role
    assert column.distinct == len(np.unique(values))
    assert abs(column.distinct - distinct) < 3
    assert ("the same value" in column.reason) == (column.distinct == 1)


@pytest.mark.parametrize(("role", "good"), [("numeric", "1.5"), ("date", "2024-05-01")])
def test_a_role_that_loses_cells_is_said(role, good) -> None:
    """A note counts the lost cells; the role that the note proposes loses none."""
    if role == "numeric":
        texts = np.where(np.arange(N) % 10 == 0, "other", good)
        task = understand(pd.DataFrame({"c": texts, "x": X, "y": Y}), "y", roles={"c": role}).task
        assert any(
            note.startswith("20 values of c cannot be read as ") and note.endswith(f"you set the role to {role}.")
            for note in task.notes
        )
    lost = pd.DataFrame({"c": RNG.choice(["u", "v"], N), "x": X, "y": Y})
    (said,) = understand(lost, "y", roles={"c": role}).task.notes
    assert said.startswith(f"No value of c can be read as {'dates' if role == 'date' else 'numbers'}, for example '")
    assert 'roles={"c": "categorical"}' in said
    assert understand(lost, "y", roles={"c": "categorical"}).task.columns[0].role is Role.CATEGORICAL
    clean = understand(lost.assign(c=good), "y", roles={"c": role}).task
    assert not any("be read as" in note for note in clean.notes)


@pytest.mark.parametrize("form", ["dates", "numbers", "texts", "values"])
def test_rows_without_a_time_only_train_and_are_counted(form) -> None:
    """They stand in no validation window and not in the holdout, and a note says so."""
    days = pd.Series(pd.date_range("2024", periods=N)).sample(frac=1, random_state=0, ignore_index=True)
    times = {"dates": days, "numbers": days.dt.day_of_year + 0.5, "texts": days.astype(str), "values": days}[form]
    gone = np.arange(N) % 4 == 0
    table = pd.DataFrame({"w": times.mask(gone), "x": X, "y": RNG.choice([0, 1], N)})
    given = table["w"].tolist() if form == "values" else "w"
    found = understand(table.drop(columns="w") if form == "values" else table, "y", time=given)
    assert not gone[found.holdout].any()
    assert not any(gone[valid].any() for _, valid in found.folds)
    assert any(note.startswith("50 rows have no value of ") and "training only" in note for note in found.task.notes)
    complete = understand(table.assign(w=times), "y", time="w").task
    assert not any("no value of" in note for note in complete.notes)


def test_a_learnt_logarithm_is_learnt_again_at_fit() -> None:
    """A clone fitted on a target with negative values takes them as they are."""
    x = X[:, None]
    target = np.exp(1.5 * X + 0.1 * RNG.normal(size=N))
    model = scaled(LinearRegression(), log=True).fit(x, target)
    again = clone(model).fit(x, target - 5)
    plain = scaled(LinearRegression(), log=False).fit(x, target - 5)
    assert np.allclose(again.predict(x), plain.predict(x))
    assert model.score(x, target) > plain.score(x, target - 5)
    line = clone(model).fit(x, 3 * X - 1)
    assert line.score(x, 3 * X - 1) > 0.99


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([[1, 2]] * N, "list"),
        ([{"a": 1}] * N, "dictionary"),
        ([(1, "a")] * N, "tuple"),
        ([np.zeros(2)] * N, "array"),
        (X + 1j, "complex number"),
        ([1 + 2j] * N, "complex number"),
    ],
)
def test_cells_that_are_no_value_are_their_columns_fault_alone(cells, kind) -> None:
    """The column is ignored and a note says why; the others are read as without it."""
    plain = pd.DataFrame({"x": X, "y": Y})
    table = plain.assign(n=pd.Series(cells) if isinstance(cells, np.ndarray) else pd.Series(cells, dtype=object))
    task = understand(table, "y").task
    assert task.columns[0] == understand(plain, "y").task.columns[0]
    assert task.columns[1].role is Role.IGNORED
    assert task.columns[1].reason == f"each cell holds a {kind}"
    assert any(note.startswith(f"n: 200 cells with a {kind} treated as missing.") for note in task.notes)
    assert understand(unpack(pack(normalise(table, strict=False))), "y").task == task
    with pytest.raises(DataError, match=f"in 'n', each cell holds a {kind}"):
        understand(table[["n", "y"]], "y")
    with pytest.raises(DataError, match=f"The target 'n' holds a {kind}"):
        understand(table, "n")


def test_marks_of_missing_numbers_are_no_amounts() -> None:
    """A target of amounts with "-" or "unknown" loses these rows; a class named unknown stays a class."""
    amounts = pd.Series([f"{v:.2f}" for v in X])
    for mark in ("-", "--", "unknown", "none", "."):
        task = understand({"x": X, "t": amounts.where(np.arange(N) % 10 > 0, mark)}, "t").task
        assert task.dropped_rows == 20
        assert "20 rows without a value of t left out. session.to_label() says which to label first." in task.notes
    labels = np.where(X > 0, "unknown", "1")
    assert understand({"x": X, "t": labels}, "t").task.rows == N


def test_fractions_are_numbers() -> None:
    """Objects of Python's number types are read as numbers, also among others."""
    cells = [Fraction(int(100 * v), 100) if i % 3 else float(int(100 * v) / 100) for i, v in enumerate(X)]
    found = understand(pd.DataFrame({"f": pd.Series(cells, dtype=object), "y": Y}), "y")
    np.testing.assert_allclose(found.table["f"], (100 * X).astype(int) / 100)


def test_a_date_among_texts_is_the_same_category_alone() -> None:
    """A table to predict may hold nothing else in that column, so that it has another type."""
    day = dt.date(2024, 1, 1)
    cells = pd.Series(["a", day, "b", dt.datetime(2024, 1, 2)] * 50, dtype=object)
    column = role_of("c", normalise({"c": cells})["c"])
    reading = learn(column, normalise({"c": cells})["c"])
    for row in range(4):
        alone = read(reading, normalise({"c": cells.iloc[[row]]})["c"])
        assert alone[0] == read(reading, normalise({"c": cells})["c"])[row]
