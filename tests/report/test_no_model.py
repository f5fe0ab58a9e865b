"""A search that ended without a model says why, and what to do."""

from __future__ import annotations

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.trial import TrialState
from hitl_widget.errors import CommandError
from hitl_widget.report.headline import headline
from hitl_widget.report.no_model import why_no_model
from hitl_widget.session.results import trial_to_take
from tests.preference.states import Study
from tests.report.sessions import WORDS


def ended(*states, reason="The time budget is used up.", seconds=5.0):
    """A search that ended, with trials in these states."""
    study = Study()
    study.emit(ev.BudgetSet(seconds, None if seconds else 3))
    for state in states:
        study.trial(0.8, "linear", state=state)
    study.emit(ev.Finishing(reason))
    study.emit(ev.Finished(reason))
    return study.state


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ended(), "No model finished within the budget of 5.0 s. Raise it with session.set_budget() to continue."),
        (
            ended(reason="You stopped the search."),
            "You stopped the search before a model finished. session.resume() continues it.",
        ),
        (
            ended(TrialState.FAILED, TrialState.FAILED),
            "All 2 trials failed: it broke (each of them). Fix the cause, then call session.resume().",
        ),
        (ended(TrialState.FAILED), "The only trial failed: it broke. Fix the cause, then call session.resume()."),
    ],
)
def test_the_reason_is_the_same_everywhere(state, said):
    """The headline, which the sidebar and the summaries show, and the error of `best_model` give it."""
    assert headline(WORDS, state) == f"The search ended without a model. {said}"
    with pytest.raises(CommandError) as raised:
        trial_to_take(state, state.best)
    assert str(raised.value) == f"The search ended without a model. {said}"


def test_a_search_that_failed_names_the_cause():
    """The headline and the error of `best_model` give the cause and what to do."""
    study = Study()
    study.emit(ev.Failed("6 trials in a row failed. The last one said: no space left.", "Free some, then resume."))
    said = "The search ended without a model. 6 trials in a row failed. The last one said: no space left. "
    assert headline(WORDS, study.state) == f"{said}Free some, then resume."
    with pytest.raises(CommandError, match="no space left. Free some"):
        trial_to_take(study.state, study.state.best)


def test_a_failed_search_that_is_loaded_again_still_names_the_cause():
    """It is paused then, and the cause may still be there."""
    study = Study()
    study.emit(ev.Failed("The disk is full.", "Free some, then resume."))
    study.emit(ev.Loaded())
    assert headline(WORDS, study.state).startswith("Paused after a failure: The disk is full. ")
    study.emit(ev.Resumed())
    assert "disk" not in headline(WORDS, study.state)


def test_a_baseline_alone_is_no_model():
    """The constant prediction finished, and nothing else did."""
    study = Study()
    study.emit(ev.BudgetSet(5.0, None))
    study.trial(0.5, "dummy")
    study.emit(ev.Finishing("The time budget is used up."))
    study.emit(ev.Finished("The time budget is used up."))
    said = why_no_model(study.state, WORDS.baselines)
    assert said.startswith("No model finished within the budget")
    assert headline(WORDS, study.state).endswith(said)
