"""The page reviews labels: the rows that models contradict, each beside similar rows, and what the answers would do."""

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession
from hitl_widget.domain.trial import TrialState
from hitl_widget.session.label_check import check_labels
from hitl_widget.widget.wire.labels import LabeledRow, LabelsInfo
from tests.recordings import Page
from tests.tables import EVIL

N = 300
WAIT = 120


def clouds(classes: list[str]) -> pd.DataFrame:
    """Return clouds of points, one for each class, of which every twentieth has another label."""
    rng = np.random.default_rng(0)
    code = rng.integers(0, len(classes), N)
    given = np.where(np.arange(N) % 20 == 7, (code + 1) % len(classes), code)
    points = rng.normal(scale=0.4, size=(N, 2)) + np.column_stack([2 * code, -code])
    return pd.DataFrame({"x": points[:, 0], EVIL: points[:, 1], "y": np.array(classes)[given]})


@pytest.mark.slow
def test_a_page_reviews_labels(tmp_path) -> None:
    """Suspects come with probabilities, cells and similar rows; the preview tells a correction from a confirmation."""
    classes = ["blue", EVIL, "red"]
    with AutoMLSession(clouds(classes), "y", max_trials=3, workers=1, journal=tmp_path / "a.sqlite") as session:
        page = Page(session)
        assert "No trial is complete yet" in page.request("labels")["error"]["message"]
        session.start()
        assert session.wait(WAIT)
        told: LabelsInfo = page.ask("labels")
        found = session.suspect_labels(100)
        assert [one["row"] for one in told["suspects"]] == found["row"].tolist()
        assert told["classes"] == sorted(classes)
        assert f"{len(found)} of {check_labels(session._runtime, session.state).checked} labels" in told["sentence"]
        first = told["suspects"][0]
        assert (first["own"], first["value"]) == (found["label"][0], found["suggested"][0])
        assert {one["label"] for one in first["shares"]} == set(classes)
        assert abs(sum(one["share"] for one in first["shares"]) - 1) < 0.01

        row: LabeledRow = page.ask("labeled_row", row=first["row"])
        assert {one["name"] for one in row["cells"]} == {"x", EVIL}
        assert len(row["alike"]) == 4
        assert [one["label"] for one in row["alike"]].count(first["suggested"]) >= 3
        assert "most similar rows" in row["sentence"]
        assert "no row 999" in page.request("labeled_row", row=999)["error"]["message"]

        keep = {"type": "relabel", "rows": [first["row"]], "labels": [first["own"]]}
        kept = page.ask("preview_relabel", command=keep)
        assert kept["title"] == "Confirmed the label of 1 row."
        assert (kept["leave"], kept["sentence"]) == (0, "No label changes, so nothing is fitted again.")
        corrected = page.ask("preview_relabel", command={**keep, "labels": [first["value"]]})
        assert corrected["leave"] == session.state.count(TrialState.COMPLETE) > 1
        assert corrected["best_leaves"]
        assert page.ask("command", command=keep)["sentence"] == "Confirmed the label of 1 row."
        again = page.ask("labels")
        assert first["row"] not in [one["row"] for one in again["suspects"]]
        assert "1 reviewed row is not proposed again." in again["sentence"]
        assert [(act.kind, act.title) for act in session.state.acts] == [("labels", "confirmed the label of 1 row")]
        page.publisher.close()


@pytest.mark.slow
def test_numbers_are_reviewed_as_numbers(tmp_path) -> None:
    """The label and its suggestion are numbers, which `relabel` takes as they are."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    y = 3 * x + rng.normal(scale=0.1, size=N)
    y[5] += 50
    table = pd.DataFrame({"x": x, "y": y})
    with AutoMLSession(table, "y", max_trials=3, workers=1, holdout=0, journal=tmp_path / "a.sqlite") as session:
        session.start()
        assert session.wait(WAIT)
        page = Page(session)
        told = page.ask("labels")
        assert told["classes"] == []
        first = told["suspects"][0]
        assert (first["row"], first["own"], first["shares"]) == (5, y[5], [])
        assert abs(first["value"] - 3 * x[5]) < 5
        command = {"type": "relabel", "rows": [5], "labels": [first["own"]]}
        assert page.ask("preview_relabel", command=command)["title"] == "Confirmed the label of 1 row."
        assert page.ask("labeled_row", row=5)["sentence"].startswith("The 4 most similar rows lie between")
        page.publisher.close()
