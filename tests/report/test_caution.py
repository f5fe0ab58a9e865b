"""The sentence beside every score while a severe warning is open."""

from __future__ import annotations

from hitl_widget.domain.event import HoldoutMeasured
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.state import SessionState
from hitl_widget.report.caution import caution
from hitl_widget.report.holdout import holdout_sentence
from tests.report.sessions import WORDS, state_of, trial

SCORED = state_of(trial(0, "dummy", 0.5), trial(1, "lightgbm", 0.9))


def warned(severity, sentence="town may be a copy of y."):
    return Safeguard("copy:town", "copy", severity, sentence, "It reaches 1.000 alone.", "Drop town.")


def test_the_most_severe_warning_is_named_and_the_others_counted():
    """Only severe ones count."""
    one, other = warned(Severity.HIGH), warned(Severity.HIGH, "Duplicate rows fall on both sides of the folds.")
    minor = warned(Severity.MEDIUM, "The file is sorted.")
    assert caution(WORDS, SCORED, (one, minor)) == "Scores may be misleading. town may be a copy of y."
    assert caution(WORDS, SCORED, (one, other, minor)).endswith(" 1 other severe warning is open.")
    assert caution(WORDS, SCORED, (one, other, other)).endswith(" 2 other severe warnings are open.")
    assert caution(WORDS, SCORED, (minor,)) == caution(WORDS, SCORED, ()) == ""


def test_nothing_is_said_before_a_model_has_a_score():
    """The constant prediction reads no column, so nothing misleads it."""
    for state in (SessionState(), state_of(trial(0, "dummy", 0.5))):
        assert caution(WORDS, state, (warned(Severity.HIGH),)) == ""


def test_the_holdout_sentence_ends_with_it():
    """Without a warning the sentence is as before."""
    state = state_of(trial(0, "lightgbm", 0.9), holdout=HoldoutMeasured(0, 0.89, None, 200))
    plain = holdout_sentence(WORDS, state)
    assert holdout_sentence(WORDS, state, "Scores may be misleading.") == f"{plain} Scores may be misleading."
