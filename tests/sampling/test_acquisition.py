"""Candidates of the greatest expected improvement: inside the space, near the best, moved by beliefs."""

from __future__ import annotations

import numpy as np
import pytest

from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.sampling.acquisition import Improvement
from hitl_widget.sampling.axes import Axes

SPACE = Space(
    ("tree",),
    (
        Float("tree.rate", 1e-3, 1.0, 0.1, log=True),
        Int("tree.depth", 1, 8, 3),
        Categorical("tree.kind", ("a", "b"), "a"),
    ),
)


def nothing(units):
    return np.zeros(len(units))


@pytest.fixture
def improvement():
    return Improvement(Axes(SPACE, "tree"))


def evidence(axes, score, count=40):
    rows = axes.uniform(np.random.RandomState(0), count)
    return axes.unit(rows), np.array([score(row) for row in rows])


def deep(row):
    """Better with depth, and with the second kind."""
    return row[1] / 8 + (row[2] == 1)


def found(improvement, units, scores, running=None, more=None, add=nothing):
    running = np.empty((0, 3)) if running is None else running
    return improvement.candidates(np.random.RandomState(1), units, scores, running, more, add)


def test_candidates_are_configurations_of_the_space(improvement):
    """Whole numbers are whole, choices are choices, and every range holds."""
    rows, worth, added = found(improvement, *evidence(improvement.axes, deep))
    assert len(rows) == len(worth) == len(added)
    assert np.isfinite(worth).all()
    assert all(improvement.axes.config(row) in SPACE for row in rows)
    assert set(rows[:, 1]) <= set(range(1, 9))
    assert set(rows[:, 2]) <= {0.0, 1.0}


def test_the_best_candidate_is_where_the_function_is_high(improvement):
    """The evidence says deep trees of the second kind, and so does the candidate."""
    rows, worth, _ = found(improvement, *evidence(improvement.axes, deep))
    best = rows[np.argmax(worth)]
    assert best[1] >= 7
    assert best[2] == 1


def test_a_failed_trial_counts_like_the_worst(improvement):
    """Failures make their neighbourhood unattractive and break nothing."""
    units, scores = evidence(improvement.axes, deep)
    scores[units[:, 2] == 1] = -np.inf
    rows, worth, _ = found(improvement, units, scores)
    assert np.isfinite(worth).all()
    assert rows[np.argmax(worth)][2] == 0


def test_a_belief_moves_the_choice(improvement):
    """What a belief adds is asked for every candidate, and it decides where the evidence is even."""
    units, _ = evidence(improvement.axes, deep)
    rows, worth, added = found(improvement, units, np.zeros(len(units)), add=lambda units: 50.0 * (units[:, 0] < 0.2))
    best = rows[np.argmax(worth + added)]
    assert improvement.axes.unit(best[None])[0, 0] < 0.2


def test_further_candidates_are_among_those_judged(improvement):
    """Rows drawn from a belief come back with a worth of their own."""
    more = np.array([[0.5, 8.0, 1.0]])
    rows, _, _ = found(improvement, *evidence(improvement.axes, deep), more=more)
    assert (np.abs(rows - more) < 1e-9).all(axis=1).any()


def test_perturbed_rows_stay_near_and_inside(improvement):
    """Around a centre numbers move a little, and choices now and then."""
    centre = improvement.axes.unit(np.array([[0.1, 4.0, 0.0]]))
    near = improvement.around(np.random.RandomState(0), centre, 400, 0.02)
    assert ((near[:, :2] >= 0) & (near[:, :2] <= 1)).all()
    assert np.abs(near[:, 0] - centre[0, 0]).max() < 0.12
    assert 0.02 < (near[:, 2] == 1).mean() < 0.2
