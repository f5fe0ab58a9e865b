"""Single trials in words."""

from __future__ import annotations

from hitl_widget.report.trials import verdict, why_ignored
from tests.report.sessions import WORDS, searched, state_of, steered, trial


def test_a_trial_is_judged_against_the_best_that_counts():
    """One outside the search space is compared with the best inside, and does not take a rank."""
    state = searched(steered("dummy", "lightgbm"))
    assert verdict(WORDS, state, state.trials[1]) == "0.200 better than the best trial that counts."
    assert verdict(WORDS, state, state.trials[2]) == "Best of 2 finished trials."
    assert why_ignored(WORDS, state, state.trials[1]).startswith("Outside the search space: Linear is excluded.")
    assert why_ignored(WORDS, state, state.trials[2]) == ""


def test_a_trial_with_the_score_of_the_best_has_no_rank():
    """Rank 1 would be that of the best."""
    state = state_of(trial(0, "dummy", 0.5, 0.0), trial(1, "linear", 0.8), trial(2, "lightgbm", 0.8))
    best, other = (state.best, 2) if state.best == 1 else (state.best, 1)
    assert verdict(WORDS, state, state.trials[other]) == f"Same score as the best of 3 finished trials, #{best}."
