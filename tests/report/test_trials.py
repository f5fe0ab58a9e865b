"""Single trials in words."""

from __future__ import annotations

from hitl_widget.report.trials import verdict, why_ignored
from tests.report.sessions import WORDS, searched, steered


def test_a_trial_is_judged_against_the_best_that_counts():
    """One outside the search space is compared with the best inside, and does not take a rank."""
    state = searched(steered("dummy", "lightgbm"))
    assert verdict(WORDS, state, state.trials[1]) == "0.200 better than the best trial that counts."
    assert verdict(WORDS, state, state.trials[2]) == "Best of 2 finished trials."
    assert why_ignored(WORDS, state, state.trials[1]).startswith("Outside the search space: Linear is excluded.")
    assert why_ignored(WORDS, state, state.trials[2]) == ""
