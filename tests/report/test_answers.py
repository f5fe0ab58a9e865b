"""Answers that contradict others, in words."""

from __future__ import annotations

import pytest

from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.preference.inconsistencies import Inconsistency
from hitl_widget.report.answers import contradiction


@pytest.mark.parametrize(
    ("otherwise", "suggestion"),
    [(Judgement.A, "#7 is better"), (Judgement.B, "#3 is better"), (Judgement.EQUAL, "they are about equal")],
)
def test_a_contradiction_names_both_trials_and_the_other_answer(otherwise, suggestion):
    """It says what the other answers suggest, and how sure that is."""
    found = Inconsistency(0, Comparison(7, 3, "skip"), otherwise, 0.934)
    assert contradiction(found) == (
        f"Your answer on #7 and #3 contradicts the others, which suggest that {suggestion} (93% sure). Was it a slip?"
    )
