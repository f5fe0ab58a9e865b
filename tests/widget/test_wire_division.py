"""The page learns how rows are judged."""

import pandas as pd
import pytest

from hitl_widget import AutoMLSession
from hitl_widget.domain.commands.registry import as_json
from hitl_widget.domain.commands.rows import SetSplit, SetTarget, SetWeights
from hitl_widget.widget.wire.division import DivisionInfo
from tests.recordings import Page
from tests.tables import customers


def test_the_division_is_as_in_the_session(tmp_path) -> None:
    """Words, folds, holdout and the line of Python are those of the session's rows."""
    table = customers(200).assign(day=pd.date_range("2024-01-01", periods=200, freq="D"))
    with AutoMLSession(table, "Churn", time="day", gap="3 days", cv=3, journal=tmp_path / "s.sqlite") as session:
        page = Page(session)
        told: DivisionInfo = page.ask("division")
        page.publisher.close()
    assert told["sentences"][0].startswith("3 folds forward in time by day with a gap of 3 days, on ")
    assert [one["name"] for one in told["folds"]] == ["Fold 1", "Fold 2", "Fold 3", "Holdout"]
    assert told["folds"][-1]["valid"] == 40
    assert told["ends"] == ["2024-01-01", "2024-07-18"]
    assert told["python"] == 'session.set_split(cv=3, time="day", gap="3 days")'
    assert told["split"] == {
        "folds": 3,
        "repeats": 1,
        "groups": "",
        "time": "day",
        "gap": "3 days",
        "made_by": "",
    }
    assert (told["held"], told["weights"]) == (40, "")
    assert "tenure" in told["weighting"]
    assert {"Contract", "tenure"} <= set(told["groups"])
    assert told["times"][0] == "day"
    assert all(0 <= run[0] < run[1] <= told["bins"] for one in told["folds"] for run in one["runs"])


def test_each_change_of_the_rows_has_a_preview(tmp_path) -> None:
    """Split, weights and target say what they would do; nothing is applied, and other commands are refused."""
    with AutoMLSession(customers(200), "Churn", journal=tmp_path / "s.sqlite") as session:
        page = Page(session)
        split = page.ask("preview_rows", command=as_json(SetSplit(cv=3, holdout=0)))
        weights = page.ask("preview_rows", command=as_json(SetWeights("tenure")))
        target = page.ask("preview_rows", command=as_json(SetTarget("tenure")))
        with pytest.raises(AssertionError, match="Changes of the rows have a preview"):
            page.ask("preview_rows", command={"type": "pause"})
        page.publisher.close()
        assert session.state.view == 0
        assert target["sentence"] == session.preview_target("tenure").sentence()
    assert "Without a holdout" in split["sentence"]
    assert weights["title"] == "Weighted the rows by tenure."
    assert target["sentence"].startswith("tenure is a number, scored by RMSE.")
    assert target["python"] == 'session.set_target("tenure")'
