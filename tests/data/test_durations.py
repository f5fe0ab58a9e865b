"""Durations as a target come in and go out as durations; as a column, they are seconds, and a note says so."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

from hitl_widget.data.reader import TableReader
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import understand
from hitl_widget.domain.task import Column, Kind, Role
from hitl_widget.errors import DataError
from hitl_widget.learners.blend import BlendRegressor

N = 200
X = np.random.default_rng(0).normal(size=N)
HOURS = (X + 5).clip(1)
DURATIONS = pd.Series(pd.to_timedelta(HOURS, unit="h"))
FORMS: list[Callable[[pd.Series], Any]] = [
    lambda one: one,
    lambda one: one.astype("timedelta64[s]").astype("timedelta64[ms]"),
    lambda one: one.astype(object),
    lambda one: pd.Series([dt.timedelta(seconds=each.total_seconds()) for each in one], dtype=object),
    lambda one: one.to_numpy(),
]


def blend() -> BlendRegressor:
    """Return an unfitted model of one linear regression."""
    pipeline = make_pipeline(TableReader((Column("x", Role.NUMERIC, ""),)), LinearRegression())
    return BlendRegressor([("one", pipeline, 1.0)], cv=None)


@pytest.mark.parametrize("form", FORMS)
def test_a_target_of_durations_is_learnt_in_seconds(form: Callable[[pd.Series], Any]) -> None:
    """The task says so, also when the table comes from a journal."""
    table = pd.DataFrame({"x": X, "t": form(DURATIONS)})
    said = "t holds durations: errors and charts are in seconds"
    for given in (table, normalise(table), unpack(pack(normalise(table)))):
        found = understand(given, "t")
        assert found.task.kind is Kind.REGRESSION
        assert found.task.durations
        np.testing.assert_allclose(found.y, HOURS * 3600, atol=1)
        assert any(note.startswith(said) for note in found.task.notes)
    assert not understand({"x": X, "t": HOURS}, "t").task.durations


def test_rows_without_a_duration_are_left_out() -> None:
    """Missing durations do not hide what the target is."""
    found = understand({"x": X, "t": DURATIONS.where(np.arange(N) > 9)}, "t")
    assert found.task.durations
    assert found.task.dropped_rows == 10


def test_a_few_durations_are_classes_of_durations() -> None:
    """Labels of classes are durations, too."""
    found = understand({"x": X, "t": pd.to_timedelta(np.where(X > 0, 1.5, 2), unit="h")}, "t")
    assert found.task.kind is Kind.BINARY
    assert set(found.classes) == {np.timedelta64(90, "m"), np.timedelta64(120, "m")}


@pytest.mark.parametrize("form", FORMS)
def test_a_model_of_durations_predicts_and_scores_durations(form: Callable[[pd.Series], Any]) -> None:
    """Predictions are durations, and the score is that of the same model of seconds."""
    table, seconds = pd.DataFrame({"x": X}), HOURS * 3600
    plain = blend().fit(table, seconds)
    model = blend().fit(table, form(DURATIONS))
    assert plain.predict(table).dtype == np.float64
    np.testing.assert_allclose(model.predict(table) / np.timedelta64(1, "s"), plain.predict(table), atol=1)
    assert model.score(table, form(DURATIONS)) == pytest.approx(plain.score(table, seconds))
    assert model.score(table, seconds) == pytest.approx(plain.score(table, seconds))
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(table), model.predict(table))
    assert clone(model).fit(table, seconds).predict(table).dtype == np.float64
    assert len(model.predict(table.iloc[:0])) == 0


def test_a_model_of_an_earlier_version_predicts_numbers() -> None:
    """A saved model that does not know of durations works as before."""
    model = blend().fit(pd.DataFrame({"x": X}), HOURS)
    del model.durations_
    assert model.predict(pd.DataFrame({"x": X})).dtype == np.float64


def test_a_column_of_durations_is_read_in_seconds_and_said() -> None:
    """The note names the unit."""
    task = understand({"w": DURATIONS, "x": X, "y": (X > 0).astype(int)}, "y").task
    assert "w holds durations, which are read in seconds." in task.notes


def clock(seconds: float) -> str:
    return f"{int(seconds) // 3600:02d}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}"


TEXTS: list[tuple[Callable[[float], str], float]] = [
    (lambda hours: str(pd.Timedelta(hours=hours)), 3600),
    (lambda hours: clock(36_000 * hours), 36_000),
    (lambda hours: f"{hours:.4f} days", 86_400),
    (lambda hours: f"{hours:.4f} Hours", 3600),
    (lambda hours: f"{hours:.4f} weeks", 604_800),
    (lambda hours: f"{hours:.4f} min.", 60),
    (lambda hours: f"{int(hours)}h {hours % 1 * 60:.2f}m", 3600),
    (lambda hours: f"{int(hours)} hours, {hours % 1 * 60:.2f} minutes", 3600),
    (lambda hours: f"{int(hours)} days {clock(hours % 1 * 86_400)}", 86_400),
    (lambda hours: f"-{hours:.4f} days", -86_400),
    (lambda hours: f"PT{int(hours)}H{hours % 1 * 60:.2f}M", 3600),
    (lambda hours: f"P{hours:.4f}D", 86_400),
]


@pytest.mark.parametrize(("written", "unit"), TEXTS)
def test_durations_in_text_are_numbers_of_seconds(written: Callable[[float], str], unit: float) -> None:
    """As a column they equal the same durations of pandas, in training and in prediction; as a target, a line of
    Python that works converts them."""
    texts = [written(hours) for hours in HOURS]
    table = pd.DataFrame({"w": texts, "x": X, "y": (X > 0).astype(int)})
    table.loc[::40, "w"] = ""
    task = understand(table, "y").task
    assert task.columns[0].role is Role.NUMERIC
    assert "w holds durations, which are read in seconds." in task.notes
    durations = table.assign(w=pd.to_timedelta(HOURS * unit, unit="s"))
    for trained in (table, durations):
        reader = TableReader(understand(trained, "y").task.columns).fit(trained)
        found = reader.transform(table)["w"]
        assert found.isna().sum() == 5
        np.testing.assert_allclose(found.dropna(), (HOURS * unit)[found.notna()], atol=abs(unit) / 100)
        np.testing.assert_allclose(reader.transform(durations)["w"], HOURS * unit, atol=1e-3)
    scope = {"table": pd.DataFrame({"x": X, "w": texts}), "pandas": pd}
    for metric in (None, "rmse"):
        with pytest.raises(DataError, match="holds durations as text, such as '.*Convert them first: ") as caught:
            understand(scope["table"], "w", metric=metric)
    exec(str(caught.value).split("Convert them first: ")[1].rstrip("."), scope)
    assert understand(scope["table"], "w").task.kind is Kind.REGRESSION


def test_times_of_day_and_durations_are_told_apart() -> None:
    """A time since midnight is read from a clock, a duration and a moment alike; above 24, a clock is a duration."""
    seconds = 3600 * HOURS
    table = pd.DataFrame({"w": [clock(one) for one in seconds], "x": X, "y": (X > 0).astype(int)})
    reader = TableReader(understand(table, "y").task.columns).fit(table)
    hours = reader.transform(table)["w"]
    np.testing.assert_allclose(hours, HOURS, atol=0.001)
    for form in (pd.to_timedelta(seconds, unit="s"), [str(pd.Timedelta(seconds=one)) for one in seconds]):
        np.testing.assert_allclose(reader.transform(table.assign(w=form))["w"], HOURS, atol=0.001)
    with pytest.raises(DataError, match="holds times of day as text"):
        understand(table[["x", "w"]], "w")
    laps = [f"{int(10 * one)}:{int(600 * one) % 60:02d}" for one in HOURS]
    task = understand(table.assign(w=laps), "y").task
    note = next(note for note in task.notes if "shows its unit" in note)
    assert f"{laps[0]!r} is read as {laps[0][:2]} minutes and {laps[0][3:]} seconds" in note
    scope = {"table": table.assign(w=laps), "pandas": pd}
    as_hours = eval(note.split("convert them first: ")[1].rstrip("."), scope)
    assert as_hours[0] == pd.Timedelta(hours=int(laps[0][:2]), minutes=int(laps[0][3:]))


@pytest.mark.parametrize(
    "words", [["5 m", "8 m", "12 m"], ["70s", "80s"], ["2D", "3D"], ["10 km", "3 l"], ["May", "1st"]]
)
def test_other_units_are_no_durations(words: list[str]) -> None:
    """Metres, decades and films stay categories."""
    texts = np.random.default_rng(0).choice(words, N)
    assert understand({"w": texts, "x": X, "y": (X > 0).astype(int)}, "y").task.columns[0].role is Role.CATEGORICAL


@pytest.mark.parametrize("form", [list, pd.to_timedelta])
@pytest.mark.parametrize("positive", [pd.Timedelta("90min"), np.timedelta64(90, "m"), "01:30:00", "90 min", 5400])
def test_a_class_of_durations_is_named_in_any_form(form: Callable[[Any], Any], positive: object) -> None:
    """Labels are shown as durations, and `positive=` takes one in each form."""
    labels = form(np.where(X > 0, "01:30:00", "02:00:00"))
    found = understand({"x": X, "w": labels}, "w", positive=positive)
    assert found.task.positive is not None
    assert found.task.positive.endswith("01:30:00")
    assert (found.y == (X > 0)).all()
    with pytest.raises(DataError, match=f"'{found.task.positive}'"):
        understand({"x": X, "w": labels}, "w", positive=pd.Timedelta("91min"))
