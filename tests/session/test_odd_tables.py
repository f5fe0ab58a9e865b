"""A table with odd spellings in every column goes through a whole session, and what was assumed reaches the person."""

from __future__ import annotations

import json
import threading

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession
from hitl_widget.data.task import understand
from hitl_widget.explain.registry import VIEWS
from hitl_widget.session.opening import _checked_settings
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.wire.data import data_info

N = 160
NOTES = (
    "m: 8 cells with text instead of a number, such as 'N/D'",
    "No value of v tells whether '2,100' is 2100 or 2.1",
    "y: 40 cells such as 'yes ' are read as 'yes'",
)


def odd_table() -> pd.DataFrame:
    """Return a table whose columns have lone surrogates, booleans with gaps, spelled numbers and padded labels."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=N)
    here = rng.random(N) < 0.1
    columns = {
        "c": ["a\ud83d" if one else "b" for one in rng.random(N) < 0.5],
        "said": [f"row {i} has \udc00 in word {i * 7 % 31}" for i in range(N)],
        "member": [None if gone else bool(v > 0) for v, gone in zip(x, here, strict=True)],
        "w": [f"{v:.3f}".replace(".", ",") for v in x],
        "m": ["N/D" if i % 20 == 0 else f"{v:.3f}" for i, v in enumerate(rng.normal(size=N))],
        "v": ["3,459" if i % 2 else "2,100" for i in range(N)],
        "y": np.where(x > 0, np.where(np.cumsum(x > 0) <= 40, "yes ", "yes"), "no"),
    }
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})


@pytest.mark.slow
def test_odd_columns_are_explained_and_their_notes_reach_the_person(tmp_path):
    """Every view and an audit work, the Data tab has each note, and a loaded session has the same ones."""
    place = tmp_path / "s.sqlite"
    table = odd_table()
    with AutoMLSession(table, "y", workers=1, autonomy="user", journal=place) as session:
        ended = threading.Event()
        runtime = runtime_of(session)
        runtime.subscribe(lambda state, _records: ended.set() if state.ended == 2 else None)
        session.propose({"family": "tree", "tree.max_depth": 3})
        session.propose({"family": "linear"})
        assert ended.wait(120)
        for entry in VIEWS.values():
            if session.task.kind in entry.kinds:
                given = {"column": "c", "row": 3, "changes": {"c": None}}
                view = session.explain.view(entry.name, **{k: v for k, v in given.items() if k in entry.takes})
                json.dumps([str(view), view.data], default=str, ensure_ascii=False).encode()
        assert "a\\ud83d" in session.audit("c").frame()["group"].tolist()
        with pytest.warns(UserWarning, match="Scores may be misleading"):  # a column tells the target
            model = session.best_model()
        labels = np.char.strip(table["y"].to_numpy(str))
        assert (model.predict(table) == labels).mean() > 0.95
        respelled = table.assign(
            w=table["w"].str.replace(",", ".").astype(float), member=table["member"].astype("boolean")
        )
        assert (model.predict(respelled) == model.predict(table)).all()
        notes = data_info(runtime, runtime.state, {})["notes"]
        for said in NOTES:
            assert any(note.startswith(said) for note in notes)
        kept = session.task.notes
    with AutoMLSession.load(place) as again:
        assert again.task.notes == kept
        assert again.task.classes == ("no", "yes")


def test_a_journal_of_an_earlier_version_keeps_its_classes():
    """Its trials were scored on the labels as they stood, so they stay classes of their own."""
    settings = {"arguments": {"target": "y", "seed": 0}, "limits": {}, "id": "a1"}
    arguments = _checked_settings(settings, "s.sqlite")["arguments"]
    found = understand(odd_table(), **arguments)
    assert found.classes.tolist() == ["no", "yes", "yes "]
    assert understand(odd_table(), **{**arguments, "clean_target": True}).classes.tolist() == ["no", "yes"]
