"""Each error about a table or an argument names a remedy, and the remedy works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from hitl_widget.data.task import understand
from hitl_widget.errors import DataError

N = 60
RNG = np.random.default_rng(0)
DATA = pd.DataFrame({"x": RNG.normal(size=N), "y": RNG.choice(["a", "b"], N), "amount": RNG.normal(size=N)})


def refusal(data, target="y", **more) -> str:
    with pytest.raises(DataError) as caught:
        understand(data, target, **more)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 500
    return said


@pytest.mark.parametrize("labels", [[1, "1", "y"], [2.5, "2.5", "y"], [("a", "b"), "a / b", "y"], [None, "None", "y"]])
def test_names_that_are_equal_as_text(labels) -> None:
    """The line of Python makes them differ."""
    df = DATA[["x", "amount", "y"]].set_axis(pd.Index(labels, dtype=object, tupleize_cols=False), axis=1)
    said = refusal(df)
    line = said.split("for example ")[1].rstrip(".")
    scope = {"df": df}
    exec(line, scope)
    assert len(understand(scope["df"], "2: y").task.columns) == 2


def test_doubled_names() -> None:
    """The line of Python drops or renames them, in pandas and in Arrow."""
    df = DATA[["x", "x", "y"]]
    scope = {"df": df}
    exec(refusal(df).split("for example ")[1].rstrip("."), scope)
    assert len(understand(scope["df"], "y").task.columns) == 1
    table = pa.table([pa.array(DATA["x"]), pa.array(DATA["amount"]), pa.array(DATA["y"])], names=["x", "x", "y"])
    scope = {"table": table}
    exec(refusal(table).split("for example ")[1].rstrip("."), scope)
    assert len(understand(scope["table"], "y").task.columns) == 2


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
@pytest.mark.parametrize("as_path", [str, Path])
def test_a_path_instead_of_a_table(kind, as_path, tmp_path) -> None:
    """The line of Python reads the file."""
    path = tmp_path / f"data.{kind}"
    DATA.to_csv(path, index=False) if kind == "csv" else getattr(DATA, f"to_{kind}")(path)
    said = refusal(as_path(path))
    table = eval(said.split("Read the file first: ")[1].rstrip("."), {"pandas": pd})
    assert understand(table, "y").task.rows == N


@pytest.mark.parametrize("data", [7, None, DATA.groupby("y"), lambda: DATA, iter([1])])
def test_what_is_no_table(data) -> None:
    """The sentence names the kinds of tables."""
    assert "must be a table (pandas, polars, pyarrow, a 2-d array)" in refusal(data)


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro", "balanced_accuracy"])
def test_a_metric_for_classes_on_amounts(metric) -> None:
    """The metric that the error names is accepted."""
    said = refusal(DATA, "amount", metric=metric)
    instead = said.split("metric='")[-1].split("'")[0]
    assert instead != metric
    assert understand(DATA, "amount", metric=instead).task.metric.scorer == "neg_root_mean_squared_error"
    assert len(understand(DATA.assign(y=np.arange(N) % 12), "y", metric=metric).task.classes) == 12


@pytest.mark.parametrize("values", [DATA["y"], DATA["y"].to_numpy(), DATA["y"].tolist(), pd.Index(DATA["y"])])
def test_values_as_the_target(values) -> None:
    """They are added to the table with the line of Python."""
    said = refusal(DATA[["x"]], values)
    line, after = said.split("Add the values to the table: ")[1].split(", then ")
    scope = {"table": DATA[["x"]], "values": values}
    exec(line, scope)
    name = after.split("'")[1]
    assert understand(scope["table"], name).task.target == "target"
    assert refusal(DATA, ["y"]).endswith("Use target='y'.")


def test_a_column_of_several_levels_as_the_target() -> None:
    """A tuple names a column of several levels."""
    levels = pd.MultiIndex.from_tuples([("a", "x"), ("b", "y"), ("b", "z")])
    assert understand(DATA.set_axis(levels, axis=1), ("b", "y")).task.target == "b / y"


def test_a_matrix_is_a_table() -> None:
    """numpy.matrix is read as an array of the same values."""
    values = np.column_stack([RNG.normal(size=N), RNG.integers(0, 2, N)])
    assert understand(values.view(np.matrix), 1).task == understand(values, 1).task


@pytest.mark.parametrize("roles", [["x"], "numeric", 7, [("x",)]])
def test_roles_that_are_no_dictionary(roles) -> None:
    """The sentence shows a dictionary."""
    assert 'such as {"age": "numeric"}' in refusal(DATA, roles=roles)
    assert understand(DATA, "y", roles={"x": "numeric"}).task.columns[0].given
