"""Views of SHAP values say what the numbers say."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hitl_widget.errors import DataError
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.model import shap_values
from hitl_widget.explain.row_figures import RowFigures
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.views.beeswarm import beeswarm
from hitl_widget.explain.views.dependence import dependence
from hitl_widget.explain.views.importance import importance
from hitl_widget.explain.views.row import explained_row as row
from tests.explain.subjects import EVIL, subject, task_of


def made(
    values: np.ndarray, table: pd.DataFrame, base: float = 0.27, target=("yes", "no")
) -> tuple[Subject, Attribution]:
    """A subject without models, and contributions as given."""
    n = len(table)
    y = (np.arange(n) % 2).astype(float) if target is None else np.array(target)[np.arange(n) % 2]
    understood = task_of(table.assign(target=y), "target", metric="rmse" if target is None else None)
    labels = tuple(map(str, understood.classes))
    found = Subject(understood.task, table, understood.y, (), np.arange(n), labels, "trial 7", {"trial": 7})
    scale = "target" if target is None else "probability"
    return found, Attribution(
        tuple(table.columns), values, np.full(n, base), np.arange(n), table, scale, how=frozenset({"trees"}), whole=n
    )


def table(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "tenure": rng.integers(0, 72, n).astype(float),
            "contract": pd.Categorical(rng.choice(["monthly", "yearly"], n)),
            "fee": rng.normal(60, 20, n),
            EVIL: rng.normal(size=n),
        }
    )


def contributions(cells: pd.DataFrame, tenure=0.004, contract=0.21, fee=0.0) -> np.ndarray:
    pulls = np.zeros(cells.shape)
    pulls[:, 0] = tenure * (36 - cells["tenure"])
    pulls[:, 1] = np.where(cells["contract"] == "monthly", contract, -contract)
    pulls[:, 2] = fee * (cells["fee"] - 60)
    return pulls


def test_importance_is_the_mean_size() -> None:
    cells = table()
    pulls = contributions(cells)
    view = importance(*made(pulls, cells))
    bars = view.frame().set_index("column")
    assert list(bars.index[:2]) == ["contract", "tenure"]
    assert bars.value["tenure"] == pytest.approx(np.abs(pulls[:, 0]).mean())
    assert (bars.low <= bars.value).all()
    assert (bars.value <= bars.high).all()
    assert bars.low["tenure"] < bars.value["tenure"] < bars.high["tenure"]
    assert bars.share.sum() == pytest.approx(1)


def test_importance_in_words() -> None:
    cells = table()
    view = importance(*made(contributions(cells), cells))
    assert view.sentences[0] == (
        "contract matters most: it accounts for 74% of the total effect of all columns on the predicted probability "
        "that target = yes."
    )
    assert view.sentences[1] == (
        "On average, contract moves the predicted probability that target = yes by 21 percentage points; "
        f"fee and {EVIL} hardly matter."
    )
    view = importance(*made(contributions(cells, tenure=0.01, contract=0.15), cells))
    assert view.sentences[0].startswith("tenure and contract matter most: together they account for 100%")
    view = importance(*made(contributions(cells, 0, 0), cells))
    assert view.sentences == ("No column matters: trial 7 predicts the same for every row.",)
    view = importance(*made(50 * contributions(cells), cells, target=None))
    assert "the predicted target" in view.sentences[0]
    assert view.sentences[1].startswith("On average, contract moves the predicted target by 10.5;")


def test_a_partial_result_says_so_and_how_many_rows_it_rests_on() -> None:
    cells = table()
    found, values = made(contributions(cells), cells)
    found = replace(found, made="fitted again on all rows of the search")
    view = importance(found, replace(values.beginning(50), partial=True))
    assert view.partial
    assert view.notes[:2] == (
        "Based on 50 of 200 rows, drawn at random.",
        "Explains the model you get, fitted again on all rows of the search.",
    )


def test_the_swarm_says_which_way_columns_pull() -> None:
    cells = table()
    view = beeswarm(*made(contributions(cells, fee=0.001), cells))
    assert view.sentences[0] == (
        "The strongest effects on the predicted probability that target = yes: contract = monthly raises it most, "
        "contract = yearly lowers it most; a high tenure lowers it, a low one raises it; a high fee raises it, a low "
        "one lowers it."
    )
    other = beeswarm(*made(contributions(cells, tenure=-0.004, contract=-0.2), cells))
    assert "contract = yearly raises it most" in other.sentences[0]
    assert "a high tenure raises it" in other.sentences[0]


def test_the_swarm_draws_a_few_columns_of_a_few_rows() -> None:
    rng = np.random.default_rng(0)
    cells = pd.DataFrame(rng.normal(size=(400, 15)), columns=[f"c{i}" for i in range(15)])
    view = beeswarm(*made(rng.normal(size=(400, 15)) / 50, cells))
    dots = view.frame()
    assert len(dots) == 120 * 10
    assert dots.scaled.between(0, 1).all()
    assert dots.offset.abs().max() <= 0.45
    assert "Only the first 10 of 15 columns are drawn." in view.notes


def test_dependence_finds_what_a_column_depends_on() -> None:
    """Contract turns round what the fee does."""
    cells = table(400)
    pulls = contributions(cells)
    pulls[:, 2] = np.where(cells["contract"] == "monthly", 1, -1) * (cells["fee"] - 60) / 400
    view = dependence(*made(pulls, cells), "fee")
    assert view.about["with"] == "contract"
    assert view.about["strength"] > 0.5
    assert view.sentences[1] == "The effect of fee varies most with contract."
    assert view.charts == ("dependence_groups",)
    alone = dependence(*made(contributions(cells), cells), "tenure")
    assert alone.about["with"] is None
    assert alone.sentences[0].startswith(
        "As tenure grows, its contribution to the predicted probability that target = yes falls steadily;"
    )


def test_dependence_of_categories_names_the_extremes() -> None:
    cells = table()
    view = dependence(*made(contributions(cells), cells), "contract")
    assert view.charts == ("dependence_levels_groups",)
    assert view.sentences[0] == (
        "contract = monthly has the most positive effect on the predicted probability that target = yes "
        "(+21 percentage points on average), and yearly the most negative (−21 percentage points)."
    )
    view = dependence(*made(contributions(cells), cells), EVIL)
    assert view.sentences == (f"{EVIL} has no effect on the predicted probability that target = yes.",)


def test_dependence_draws_the_most_frequent_of_many_values() -> None:
    """A name in every row would make the chart as tall as the table: the others are one table further."""
    cells = table(400)
    cells["name"] = [f"n{i}" if i >= 40 else f"twin {i % 4}" for i in range(len(cells))]
    pulls = contributions(cells)
    pulls[:, 4] = np.linspace(-0.1, 0.1, len(cells))
    view = dependence(*made(pulls, cells), "name")
    drawn, rest = set(view.frame().level), set(view.frame("rarer").level)
    assert {f"twin {i}" for i in range(4)} < drawn
    assert (len(drawn), len(drawn & rest), len(drawn | rest)) == (15, 0, 364)
    assert "The chart shows the 15 most frequent of 364 values; the table `rarer` has the others." in view.notes
    assert set(dependence(*made(pulls, cells), "contract").data) == {"dependence"}


def test_a_row_goes_from_base_to_prediction() -> None:
    cells = table()
    pulls = contributions(cells)
    number = int(np.flatnonzero((cells.contract == "monthly") & (cells.tenure < 10))[0])
    found, values = made(pulls, cells)
    figures = RowFigures(number, np.float64(0.9), np.float64(0.4))
    view = row(found, values, number, figures=figures)
    steps = view.frame()
    assert list(steps.kind[[0, len(steps) - 1]]) == ["base", "prediction"]
    assert steps.end.iloc[-1] == pytest.approx(0.27 + pulls[number].sum())
    assert np.allclose(steps.start[1:-1], steps.end.shift()[1:-1])
    tenure = cells.tenure[number]
    end = 100 * (0.27 + pulls[number].sum())
    assert view.sentences[0] == (
        f"Trial 7 predicts target = yes with probability {end:.0f}% for row {number}; the average prediction is 27%."
    )
    assert view.sentences[1] == (
        f"contract = monthly adds 21 percentage points and tenure = {tenure:.0f} "
        f"adds {100 * pulls[number, 0]:.0f} percentage points."
    )
    truth = found.labels[found.y[number]]
    assert view.sentences[2] == (
        f"Fitted without row {number}, the prediction is target = yes with probability 40%; in the table, target is "
        f"{truth}."
    )
    other = row(*made(-pulls, cells, base=0.7), number)
    assert "contract = monthly subtracts 21 percentage points" in other.sentences[1]


def test_many_columns_of_a_row_are_put_together() -> None:
    cells = pd.DataFrame(np.arange(48.0).reshape(4, 12), columns=[f"c{i}" for i in range(12)])
    cells = pd.concat([cells] * 30, ignore_index=True)
    found, values = made(np.full(cells.shape, 0.01), cells)
    steps = row(found, values, 2).frame()
    assert len(steps) == 1 + 8 + 1 + 1
    assert steps.label.iloc[-2] == "4 other columns"
    assert steps.end.iloc[-1] == pytest.approx(0.39)
    with pytest.raises(DataError, match="row 999 is not among them"):
        row(found, values, 999)


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_views_of_a_real_model_are_plain_data(tmp_path, kind: str) -> None:
    """They can be sent as JSON, whatever a column is called, and name the class that they are of."""
    found = subject(tmp_path, "lightgbm", kind)
    values = shap_values(found, found.spread_rows(60))
    views = [importance(found, values), beeswarm(found, values), row(found, values, int(values.rows[0]))]
    views += [dependence(found, values, column) for column in found.columns]
    for view in views:
        json.dumps({"data": dict(view.data), "about": dict(view.about), "options": dict(view.options)}, allow_nan=False)
        assert view.about["trial"] == 0
    assert (views[1].about.get("of") in found.labels) == (kind == "multiclass")
    if kind == "multiclass":
        assert "the predicted probability that kind = red" in importance(found, values, "red").sentences[0]
        assert row(found, values, int(values.rows[0]), "red").about["of"] == "red"
