"""Which columns go together, on the rows of the search."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hitl_widget.domain.data_choices import FIRST_VIEW
from hitl_widget.explain.association import Associations, associations
from hitl_widget.explain.jobs import correlations
from hitl_widget.explain.views.correlation import correlation
from tests.explain.subjects import EVIL, context


def test_the_strongest_pair_is_named_and_the_pairs_are_in_order() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=500)
    table = pd.DataFrame({"a": a, "b": a + 0.1 * rng.normal(size=500), EVIL: rng.normal(size=500)})
    table["c"] = -a + rng.normal(size=500)
    view = correlation(Associations(tuple(table.columns), associations(table), 500, 900, 3))
    pairs = view.frame("pairs")
    assert set(pairs.iloc[0][["column", "other"]]) == {"a", "b"}
    assert pairs.strength.is_monotonic_decreasing
    assert view.sentences[0] == f"a and b are correlated most: {pairs.strength[0]:.2f} on a scale from 0 to 1."
    assert view.notes == ("Based on 500 of 900 rows, drawn at random.", "3 more columns were not compared.")
    assert len(view.frame("cells")) == 4 * 3


def test_columns_that_know_nothing_of_each_other_are_said_to() -> None:
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(2000, 3)), columns=list("abc"))
    view = correlation(Associations(("a", "b", "c"), associations(table), 2000, 2000))
    assert view.sentences == ("No two columns are noticeably correlated.",)


def test_a_worker_measures_rows_of_the_search_only(tmp_path) -> None:
    """By the number of the view of the data; the holdout is left out."""
    ctx = context(tmp_path)
    (found,) = correlations(ctx, FIRST_VIEW, 0).values()
    assert (found.rows, found.whole) == (len(ctx.train), len(ctx.train))
    rows = np.sort(np.random.default_rng([0, 23]).permutation(ctx.train))
    assert np.allclose(found.matrix, associations(ctx.table.take(rows)))
    assert found.columns == tuple(ctx.table.columns)
