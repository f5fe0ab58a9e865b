"""Constraints: what is said of models that violate one, and of those that are not measured yet."""

from __future__ import annotations

import pytest

from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.preference import Preferences
from hitl_widget.errors import CommandError
from hitl_widget.report.feasibility import none_feasible
from hitl_widget.report.headline import caveat, headline
from hitl_widget.report.trials import why_ignored
from hitl_widget.session.frames import leaderboard_frame, trials_frame
from hitl_widget.session.results import trial_to_take
from tests.preference.states import Study, limit
from tests.report.sessions import TASK, WORDS

LIMITED = Preferences(constraints=(limit("predict_ms < 8"),))


def study(*trials, preferences=LIMITED):
    """A search under a limit on prediction time; each trial has a score and a time, or None."""
    made = Study()
    made.trial(0.5, "dummy", predict_ms=0.1)
    for score, time in trials:
        made.trial(score, **({} if time is None else {"predict_ms": time}))
    made.prefer(preferences, "constraint")
    return made


def test_not_measured_is_not_violated():
    """While values are missing, the headline and the error say so; the trial is marked as not measured."""
    found = study((0.8, None), (0.81, None), (0.82, 20.0)).state
    said = "The constraints are not measured yet for 2 models. Each of the other models violates one."
    assert none_feasible(found, {"dummy"}) == headline(WORDS, found) == said
    assert why_ignored(WORDS, found, found.trials[1]).startswith("Constraint not measured yet: prediction time is not")
    assert why_ignored(WORDS, found, found.trials[3]).startswith("Violates a constraint: prediction time is 20 ms")
    frame = trials_frame(found, TASK).set_index("number")
    assert frame.feasible[[1, 2]].isna().all()
    assert not frame.feasible[3]
    assert list(leaderboard_frame(found, TASK).number) == [0, 3, 2, 1]


def test_a_trial_that_ends_on_earlier_data_violates_a_constraint_when_that_data_is_back():
    """It was running when the data changed."""
    made = study((0.8, 2.0))
    made.change_data(DataChoices(filling={"x": "mean"}))
    made.trial(0.9, predict_ms=20.0, view=0)
    assert made.state.broken == {2}


def test_no_model_satisfies_all_when_all_are_measured():
    """It is said only then, also where a value cannot be measured."""
    made = study((0.8, 9.0), (0.82, None))
    made.measured(2, {"predict_ms": "It broke."})
    assert headline(WORDS, made.state) == "No model satisfies all constraints."


def test_nothing_to_take_says_why():
    """The error of `best_model` gives the same reason."""
    made = Study()
    made.trial(0.8, predict_ms=9.0)
    made.prefer(LIMITED, "constraint")
    with pytest.raises(CommandError, match=r"No model satisfies all constraints\. .*session\.relax"):
        trial_to_take(made.state, made.state.best)


def test_a_better_model_that_violates_a_constraint_is_named():
    """The headline's model satisfies the constraints; the sentence after it names the price."""
    found = study((0.8, 2.0), (0.85, 9.0), (0.9, None)).state
    assert headline(WORDS, found).startswith("Linear #1 leads with ROC AUC 0.80")
    assert caveat(WORDS, found) == (
        "#2 (Linear) is 0.05 better but violates a constraint: prediction time is 9 ms; the constraint is at most 8 ms."
    )
    assert caveat(WORDS, study((0.86, 2.0), (0.85, 9.0)).state) == ""
