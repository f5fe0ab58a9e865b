from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from hitl_widget.domain.preference import Axis
from hitl_widget.preference.front import non_dominated, pareto_front

TABLES = arrays(
    float,
    array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan, np.inf]),
)


def by_definition(better):
    known = np.isfinite(better).all(axis=1)
    return [
        bool(known[i])
        and not any(
            known[j] and (better[j] >= better[i]).all() and (better[j] > better[i]).any() for j in range(len(better))
        )
        for i in range(len(better))
    ]


@given(TABLES)
def test_the_front_is_what_its_definition_says(better):
    """The blockwise front agrees with pairwise comparison, also with missing values and equal rows."""
    assert non_dominated(better).tolist() == by_definition(better)


def test_many_blocks_agree_with_one():
    """The result does not depend on the block boundaries."""
    rows = np.random.default_rng(0).standard_normal((200, 3))
    assert (non_dominated(rows, block_size=7) == non_dominated(rows)).all()


def test_directions_count():
    """Lower is better where the axis says so."""
    values = [[0.9, 5.0], [0.8, 2.0], [0.8, 4.0]]
    assert pareto_front(values, [Axis("auc"), Axis("ms", "lower")]).tolist() == [True, True, False]
    assert pareto_front(values, [Axis("auc"), Axis("ms")]).tolist() == [True, False, False]


def test_no_candidates_have_no_front():
    """An empty table gives an empty mask."""
    assert pareto_front(np.empty((0, 2)), [Axis("a"), Axis("b")]).shape == (0,)
