"""The rows that are most similar to a row."""

import numpy as np

from hitl_widget.data.similar import Similarity
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.task import Role

AGE = ColumnValues("age", Role.NUMERIC, np.array([1.0, 2.0, 3.0, 1000.0, np.nan, np.nan]))
TOWN = ColumnValues("town", Role.CATEGORICAL, None, np.array([0, 0, 1, 0, -1, 0]))
ROWS = np.arange(6)


def test_numbers_count_by_their_order_and_categories_by_equality() -> None:
    """An outlier is one row away from its neighbour; a missing cell equals another missing cell only."""
    ages = Similarity([AGE], [2.0])
    distances = ages.distances(0, ROWS)
    np.testing.assert_allclose(np.diff(distances[:4]), distances[1])
    assert distances[4] == 1
    assert ages.distances(4, ROWS)[5] == 0
    assert Similarity([TOWN], [1.0]).distances(0, ROWS).tolist() == [0, 0, 1, 0, 1, 0]


def test_the_nearest_rows_do_not_hold_the_row_itself() -> None:
    """Weights decide which column counts; text has no distance."""
    assert Similarity([AGE, TOWN], [1.0, 0.1]).nearest(0, ROWS, 2).tolist() == [1, 2]
    assert Similarity([AGE, TOWN], [0.1, 1.0]).nearest(0, ROWS, 2).tolist() == [1, 3]
    text = ColumnValues("text", Role.TEXT, None, np.array([5, 4, 3, 2, 1, 0]))
    assert Similarity([text], [1.0]).distances(0, ROWS).tolist() == [0] * 6
