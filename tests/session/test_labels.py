"""`suspect_labels` names the rows whose label was changed, with the right label and a reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession, CommandError, DataError
from hitl_widget.session.label_queries import rows_to_label

N = 240


def searched(table: pd.DataFrame, place, trials: int = 3, **given) -> AutoMLSession:
    session = AutoMLSession(table, "y", max_trials=trials, workers=1, journal=place, **given)
    session.start()
    assert session.wait(120)
    return session


@pytest.mark.slow
def test_changed_classes_are_suspects(tmp_path) -> None:
    """One of eight clear labels was flipped: they come first, with a warning, until a person has judged them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=4 * N)
    truth = np.where(x > 0, "stay", "go")
    wrong = np.flatnonzero(np.abs(x) > 0.5)[::8]
    given = truth.copy()
    given[wrong] = np.where(truth[wrong] == "go", "stay", "go")
    place = tmp_path / "a.sqlite"
    with searched(pd.DataFrame({"x": x, "z": rng.normal(size=4 * N), "y": given}), place) as session:
        found = session.suspect_labels(150)
        assert list(found.columns) == ["row", "label", "suggested", "confidence", "why"]
        judged = set(wrong) & set(np.concatenate([valid for _, valid in session._runtime.understood.folds]))
        assert judged <= set(found["row"][: len(judged) + 12])
        assert (found["label"] == given[found["row"]]).all()
        assert (found["suggested"] != found["label"]).all()
        assert not set(found["row"]) & set(session._runtime.understood.holdout)
        first = found.iloc[0]
        assert f"{first['suggested']!r}" in first["why"]
        assert first["why"].endswith(f"not {first['label']!r}.")
        assert len(session.suspect_labels(2)) == 2
        with pytest.raises(CommandError, match="at least 1; got 0"):
            session.suspect_labels(0)

        warning = next(one for one in session.warnings if one.key == "wrong_labels")
        assert len(judged) / 2 < warning.numbers["wrong"] < 2 * len(judged)
        assert str(first["row"]) in list(session.illustrate(warning).frame()["row"])

        session.relabel(dict(zip(found["row"][2:], found["suggested"][2:], strict=True)))
        with pytest.raises(CommandError, match="Wait for one"):  # earlier models learnt from the wrong labels
            session.suspect_labels()
        session.undo()
        assert session.suspect_labels(150).equals(found)

        kept = dict(zip(found["row"], found["label"], strict=True))
        session.relabel(kept)
        assert not session.state.outside  # nothing was fitted on other labels
        assert not set(session.suspect_labels(150)["row"]) & set(found["row"])
        assert "wrong_labels" not in {one.key for one in session.warnings}
        with pytest.raises(DataError, match="you have confirmed them"):
            session.relabel(kept)
    with AutoMLSession.load(place) as session:
        assert session.state.steering.reviewed == set(found["row"])
        assert not set(session.suspect_labels(150)["row"]) & set(found["row"])
        session.undo()
        assert session.suspect_labels(150).equals(found)


@pytest.mark.slow
def test_changed_numbers_are_suspects(tmp_path) -> None:
    """The suggestion is the prediction, and the reason says on which side the label lies."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    y = 3 * x + rng.normal(scale=0.1, size=N)
    y[5] += 50
    with searched(pd.DataFrame({"x": x, "y": y}), tmp_path / "a.sqlite", holdout=0) as session:
        first = session.suspect_labels(5).iloc[0]
        assert first["row"] == 5
        assert abs(first["suggested"] - 3 * x[5]) < 5
        assert "far too high" in first["why"]


def test_before_the_first_trial_one_sentence(tmp_path) -> None:
    """It says what to wait for."""
    table = {"x": [0, 1] * 30, "y": ["a", "b"] * 30}
    one = AutoMLSession(table, "y", workers=1, journal=tmp_path / "a.sqlite")
    with one, pytest.raises(CommandError, match="Wait for one"):
        one.suspect_labels()


@pytest.mark.slow
def test_rows_without_a_label_are_proposed_and_join(tmp_path) -> None:
    """Unsure rows come first, each with a reason; with labels they join the search, also after a load."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    y = np.where(x + 0.1 * rng.normal(size=N) > 0, "stay", "go").astype(object)
    y[::2] = None
    table = pd.DataFrame({"x": x, "z": rng.normal(size=N), "y": y}, index=np.arange(N) + 1000)
    place = tmp_path / "a.sqlite"
    with searched(table, place) as session:
        batch = session.to_label(10)
        assert list(batch.columns) == ["row", "position", "predicted", "uncertainty", "why"]
        assert len(set(batch["row"])) == 10
        rows = table.iloc[batch["position"]]
        assert rows["y"].isna().all()
        assert np.abs(rows["x"]).mean() < np.abs(x).mean() / 2  # near the boundary
        assert set(batch["predicted"]) <= {"stay", "go"}
        assert batch["why"].str.startswith("The models are unsure: ").all()
        session.relabel(dict(zip(batch["row"], np.where(rows["x"] > 0, "stay", "go"), strict=True)))
        assert session.task.rows == N // 2 + 10
        assert session.state.acts[-1].title == "labeled 10 rows"
        with pytest.raises(CommandError, match="No trial is complete"):
            session.to_label()
    with AutoMLSession.load(place) as session:
        assert session.task.rows == N // 2 + 10
        session.set_budget(trials=6)
        session.resume()
        assert session.wait(120)
        assert not set(session.to_label(10)["row"]) & set(batch["row"])
        assert not set(session.suspect_labels(50)["row"]) & set(batch["row"])
        session.undo()
        assert session.to_label(10)["row"].tolist() == batch["row"].tolist()


@pytest.mark.slow
def test_numbers_are_asked_where_models_disagree(tmp_path) -> None:
    """The prediction is their mean, and the reason gives their range."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    y = np.where(np.arange(N) % 2 == 0, np.nan, x**2)
    with searched(pd.DataFrame({"x": x, "y": y}), tmp_path / "a.sqlite", 5) as session:
        batch = rows_to_label(session._runtime, 5)
        assert (batch["row"] >= N // 2).all()
        assert np.isnan(y[batch["position"]]).all()
        assert batch["why"].str.startswith("The models disagree: they predict ").all()
        assert batch["predicted"].between(-1, 10).all()
        assert batch["uncertainty"].iloc[0] > 0.3


def test_without_a_missing_label_there_is_nothing_to_label(tmp_path) -> None:
    """The sentence says which rows would be."""
    table = {"x": [0, 1] * 30, "y": ["a", "b"] * 30}
    with AutoMLSession(table, "y", workers=1, journal=tmp_path / "a.sqlite") as one:
        with pytest.raises(CommandError, match="All rows have a value of 'y'"):
            one.to_label()
        with pytest.raises(CommandError, match="at least 1; got 0"):
            one.to_label(0)
