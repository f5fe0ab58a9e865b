from __future__ import annotations

import pytest

from hitl_widget.domain.fit import Fit, Rounds


@pytest.mark.parametrize(
    ("rounds", "said"),
    [
        (None, "fold 2 of 5, 12 s"),
        (Rounds(180, 500), "fold 2 of 5, round 180 of 500, 12 s"),
        (Rounds(1180, 2000, choosing=True), "fold 2 of 5, round 1,180 of up to 2,000, 12 s"),
    ],
)
def test_a_fit_says_how_far_it_is(rounds, said):
    """A fit without rounds has its time alone; the most rounds are a limit while their number is chosen."""
    assert Fit(7, 1, 10.0, rounds).in_words(2, 5, 22.0) == said
