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
