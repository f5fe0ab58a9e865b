"""Several trials side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.errors import CommandError
from hitl_widget.report.compared import compared_frame, compared_trials
from tests.doubles import SPACE
from tests.report.sessions import WORDS, searched, state_of, steered, trial


def test_trials_are_compared_with_the_best_of_them():
    """The best has no sentence; each other one is compared with it on the folds that both were scored on."""
    state = searched(steered("dummy", "linear", "lightgbm"))
    found = compared_trials(WORDS, state, [0, 1, 2])
    assert found.best is not None
    assert found.leads[found.best] == ""
    assert all(lead for i, lead in enumerate(found.leads) if i != found.best)


def test_only_settings_that_differ_are_listed():
    """Settings with one value in all trials are counted; a setting of another family is missing."""
    names = [one.name for one in SPACE.of("tree")]
    base = SPACE.complete({"family": "tree"})
    configs = [base, {**base, names[0]: 0.0123}, SPACE.complete({"family": "line"})]
    trials = [replace(trial(i, str(one["family"]), 0.8 + i / 100), config=one) for i, one in enumerate(configs)]
    state = state_of(*trials, base=SPACE)
    found = compared_trials(WORDS, state, [0, 1])
    assert found.settings == {names[0]: (base[names[0]], 0.0123)}
    assert found.same == len(names) - 1
    across = compared_trials(WORDS, state, [1, 2])
    assert across.settings[names[0]] == (0.0123, None)
    frame = compared_frame(found, WORDS)
    assert list(frame.columns) == [0, 1]
    assert frame.loc["ROC AUC", 1] == 0.81
    assert frame.loc["fold 5", 0] == 0.8


@pytest.mark.parametrize("numbers", [[1], [0, 1, 2, 3, 4, 5], [1, 1], [0, 99], [0, -1], [0, "1"]])
def test_a_comparison_takes_two_to_five_different_trials(numbers):
    """Anything else is refused with a sentence that says what was found."""
    with pytest.raises(CommandError):
        compared_trials(WORDS, searched(steered("dummy", "lightgbm")), numbers)
