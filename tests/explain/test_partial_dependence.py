"""Effects of one column: those of known functions, those of scikit-learn, and in words."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import partial_dependence

from hitl_widget.errors import DataError
from hitl_widget.explain.partial_dependence import curve
from hitl_widget.explain.shape import curve_in_words
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.views.effect import effect
from hitl_widget.learners.adapt import OwnRegressor
from tests.explain.subjects import EVIL, subject, task_of


class Known:
    """A function of columns that anyone can check."""

    def __init__(self, function) -> None:
        self.function = function

    def fit(self, X, y):
        return self

    def predict(self, X):
        return np.asarray(self.function(X), float)


def cells(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    level = rng.choice(["a", "b"], n, p=[0.6, 0.4])
    level[:2] = "c"
    return pd.DataFrame(
        {
            "x": rng.uniform(-3, 3, n),
            "z": rng.normal(size=n),
            "level": level,
            EVIL: rng.normal(size=n),
        }
    )


def known(function, table: pd.DataFrame | None = None) -> Subject:
    table = cells() if table is None else table
    y = np.asarray(function(table), float)
    task = task_of(table.assign(y=y), "y", metric="rmse").task
    return Subject.of_estimator(OwnRegressor(Known(function)).fit(table, y), task, table, y)


def test_the_effect_of_a_known_function() -> None:
    """x² + 3z: the curve is x² plus a constant, and every row's line is the same after centring."""
    found = curve(known(lambda X: X["x"] ** 2 + 3 * X["z"]), "x")
    x = found.grid.to_numpy()
    assert np.allclose(found.mean - x**2, (found.mean - x**2)[0])
    lines = found.lines - found.lines[:, :1]
    assert np.allclose(lines, x**2 - x[0] ** 2)


def test_lines_cross_where_columns_work_together() -> None:
    """x·z has no effect on average and one on every row."""
    middle = cells()["z"].mean()
    view = effect(known(lambda X: X["x"] * (X["z"] - middle)), "x")
    assert view.sentences[0].startswith("Changing x alone hardly moves the predicted y")
    assert "single rows move by" in view.sentences[0]
    view = effect(known(lambda X: X["x"] * (X["z"] + 0.7)), "x")
    assert "For 1" in view.sentences[1]


def test_it_agrees_with_scikit_learn() -> None:
    table = cells()[["x", "z", EVIL]]
    y = np.sin(table.x) + table.z
    model = RandomForestRegressor(10, random_state=0).fit(table, y)
    found = Subject.of_estimator(model, task_of(table.assign(y=y), "y").task, table, y.to_numpy())
    mine = curve(found, "x", rows=300, values=[-2.0, 0.0, 1.0])
    theirs = partial_dependence(model, table, ["x"], kind="both", custom_values={"x": np.array([-2.0, 0.0, 1.0])})
    assert np.allclose(mine.mean, theirs["average"][0])
    assert np.allclose(mine.lines, theirs["individual"][0][mine.rows])


@pytest.mark.parametrize("family", ["lightgbm", "linear"])
def test_it_agrees_with_predictions_of_changed_rows(tmp_path, family: str) -> None:
    """For a trial's prepared rows, with categories, dates and missing cells."""
    found = subject(tmp_path, family, "multiclass")
    for column in ("x", "town", "day"):
        mine = curve(found, column, rows=15)
        for k in (0, len(mine.grid) - 1):
            changed = found.table.take(mine.rows).copy()
            changed[column] = pd.Series([mine.grid.iloc[k]] * 15, dtype=changed[column].dtype, index=changed.index)
            assert np.allclose(mine.lines[:, k], found.predict(changed), atol=1e-6)


def test_categories_come_by_frequency_and_rare_ones_are_marked() -> None:
    view = effect(known(lambda X: (X["level"] == "b") * 5.0), "level")
    places = view.frame()
    assert list(places.level) == ["a", "b", "c"]
    assert list(places.few) == [False, False, True]
    assert places.value.tolist() == [0.0, 5.0, 0.0]
    assert view.charts == ("effect_levels",)
    assert view.sentences == ("With level = b the predicted y is highest on average (5), with a lowest (0).",)
    assert "Few rows have c" in view.notes[1]


def test_the_sentence_tells_the_shape() -> None:
    view = effect(known(lambda X: 100 * np.clip(X["x"], 0, 1.5)), "x")
    assert view.sentences[0].startswith("As x grows, the predicted y stays level up to ")
    assert "then rises steeply from" in view.sentences[0]
    assert view.sentences[0].endswith("then stays level, on average between 0 and 150.")
    assert "falls steadily" in effect(known(lambda X: -5 * X["x"]), "x").sentences[0]
    assert "hardly moves" in effect(known(lambda X: X["x"]), EVIL).sentences[0]


def test_centred_lines_begin_at_nothing() -> None:
    view = effect(known(lambda X: X["x"] + X["z"]), "x", centred=True, lines=7)
    lines = pd.DataFrame(view.data["lines"])
    assert lines.row.nunique() == 7
    assert (lines[lines.order == 0].value == 0).all()
    assert view.data["effect"][0]["value"] == 0
    json.dumps({"data": dict(view.data), "options": dict(view.options)}, allow_nan=False)


def test_texts_have_no_effect_to_draw() -> None:
    table = cells().assign(note=[f"note number {i}" for i in range(300)])
    found = known(lambda X: X["x"], table)
    with pytest.raises(DataError, match="note holds free text"):
        effect(found, "note")
    assert "note" not in effect(found, "x").options["column"]


def test_whole_numbers_stay_whole() -> None:
    table = cells().assign(count=np.random.default_rng(0).integers(0, 500, 300))
    grid = curve(known(lambda X: X["count"], table), "count").grid
    assert grid.dtype == np.int64
    assert len(grid) <= 25


def test_shapes_in_words() -> None:
    x = np.linspace(0, 10, 41)
    assert curve_in_words(x, -x, str) == "falls steadily"
    assert curve_in_words(x, np.abs(x - 5), lambda v: f"{v:.0f}") == "falls up to 5, then rises"
    assert curve_in_words(x, np.where(x < 5, 0, 1), lambda v: f"{v:.0f}").startswith(
        "stays level up to 5, then rises steeply"
    )
    assert curve_in_words(x, np.sin(4 * x), lambda v: f"{v:.1f}").startswith("rises and falls, lowest at")
