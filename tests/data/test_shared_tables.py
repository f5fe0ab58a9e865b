"""Real tables with real traps are understood without an exception."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.division import pack_rows, unpack_rows
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import understand

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
INDEX = pd.read_csv(DATA / "INDEX.csv").to_dict("records") if (DATA / "INDEX.csv").exists() else []


@pytest.mark.skipif(not INDEX, reason="the shared tables are not here")
@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["name"])
def test_a_real_table_is_understood(entry) -> None:
    """The kind is the one on record, at least one column is in use, and the table survives packing."""
    frame = pd.read_csv(DATA / f"{entry['name']}.csv")
    task = understand(frame, entry["target"]).task
    assert task.kind == entry["task"]
    assert task.used
    pd.testing.assert_frame_equal(unpack(pack(frame)), normalise(frame))


@pytest.mark.skipif(not INDEX, reason="the shared tables are not here")
@pytest.mark.parametrize(
    ("name", "target", "arguments"),
    [
        ("parkinsons_updrs", "total_UPDRS", {"groups": "subject#"}),
        ("electricity", "class", {"time": "date"}),
        ("bike_sharing_hour", "cnt", {"time": "dteday"}),
        ("horse_colic", "outcome", {"groups": "hospital_number"}),
        ("ames", "price", {"time": "Yr.Sold"}),
        ("wine_quality", "quality", {"metric": "accuracy"}),
    ],
)
def test_a_real_table_is_split_as_asked(name: str, target: str, arguments) -> None:
    """Groups, time and a metric for classes work on real columns."""
    understood = understand(pd.read_csv(DATA / f"{name}.csv"), target, **arguments)
    assert len(understood.folds) >= 2
    divided = understood.divided
    again = unpack_rows(pack_rows(divided, len(understood.y)))
    assert again.split == divided.split
    assert all(np.array_equal(new[1], old[1]) for new, old in zip(again.folds, understood.folds, strict=True))
