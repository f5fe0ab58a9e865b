"""Rows without a label: their numbers and their places in the table as given."""

import numpy as np
import pandas as pd

from hitl_widget.data.row_set import RowSet, RowStore
from hitl_widget.data.task import understand
from hitl_widget.data.unlabeled import given_rows, not_used, places_in_given, unlabeled_rows, with_unlabeled


def test_they_follow_the_labeled_rows(tmp_path) -> None:
    """Before and after they get positions, their numbers are the same, and the table as given has as many rows."""
    y = [None if i % 5 == 0 else "ab"[i % 2] for i in range(60)]
    first = understand(pd.DataFrame({"x": range(60), "y": y}), "y")
    rows = RowSet.of(first)
    numbers, places = unlabeled_rows(first, rows)
    assert numbers.tolist() == list(range(48, 60))
    assert places.tolist() == list(range(12))
    assert given_rows(first, rows) == 60
    assert not set(places_in_given(first, rows)) & set(range(0, 60, 5))
    now, whole, blobs = with_unlabeled(first, RowStore(tmp_path), first, rows)
    assert list(blobs) == [f"added/{whole.added[0]}"]
    assert unlabeled_rows(first, whole)[0].tolist() == numbers.tolist()
    assert given_rows(first, whole) == 60
    assert now.table["x"].to_numpy()[numbers].tolist() == list(range(0, 60, 5))
    np.testing.assert_array_equal(places_in_given(first, whole), now.table["x"])
    assert with_unlabeled(first, RowStore(tmp_path), now, whole) == (now, whole, {})
    assert not_used(numbers[:1], first.divided) == " (1 of them belongs to a group of the holdout and is not used)"
    assert not_used(first.train[:2], first.divided) == ""
