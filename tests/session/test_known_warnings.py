from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.task import Role
from hitl_widget.session.known_warnings import KnownWarnings
from tests.doubles import TASK

COPY = Safeguard("copy:town", "copy", Severity.HIGH, "town may be a copy.", "It reaches 1.000 alone.", "Drop town.")


@pytest.fixture
def known():
    return KnownWarnings(TASK, frozenset({"dummy"}), {})


def test_a_warning_is_found_by_its_key(known):
    """None of them before the table was surveyed, and none that the survey did not find."""
    state = SessionState()
    assert known.find(state, "copy:town") is None
    known.keep(TASK.columns, [COPY])
    assert known.of_table(TASK.columns) == (COPY,)
    assert known.find(state, "copy:town") == COPY
    assert known.find(state, "copy:other") is None


def test_a_warning_is_open_until_it_is_answered_or_no_longer_true(known):
    """A reason closes it; an answer that acted closes it while the table is surveyed again, and not after an undo."""
    state = SessionState()
    drop = Answer("drop", "Drop town", {"type": "change_data", "roles": {"town": "ignored"}})
    acting = replace(COPY, columns=("town",), answers=(drop, Answer("keep", "Keep it")))
    known.keep(TASK.columns, [acting])
    assert known.open(state) == (acting,)
    assert known.open(replace(state, warned={"copy:town": "It is known in time."})) == ()
    assert known.open(replace(state, warned={"copy:town": "Keep it"})) == ()
    dropped = DataChoices(roles={"town": replace(TASK.columns[0], role=Role.IGNORED)})
    assert known.open(replace(state, steering=Steering(data=dropped))) == ()
    answered = replace(state, warned={"copy:town": "Drop town"})
    assert known.open(replace(answered, steering=Steering(data=DataChoices(metric="accuracy")))) == ()
    assert known.open(answered) == (acting,)


def test_warnings_belong_to_the_metric_too(known):
    """What is known for one metric is not taken for another."""
    known.keep(TASK.columns, [COPY], ("accuracy", ""))
    assert known.of_table(TASK.columns) is None
    assert known.open(SessionState(steering=Steering(data=DataChoices(metric="accuracy")))) == (COPY,)


def test_a_warning_can_be_answered_while_the_table_is_surveyed_again(known):
    """It is still shown; once the survey of the new roles is done, only what that found counts."""
    known.keep(TASK.columns, [COPY])
    changed = SessionState(
        steering=Steering(data=DataChoices(roles={"town": replace(TASK.columns[0], role=Role.IGNORED)}))
    )
    columns = changed.steering.data.columns(TASK)
    assert known.of_table(columns) is None
    assert known.find(changed, "copy:town") == COPY
    known.keep(columns, [])
    assert known.find(changed, "copy:town") is None
    assert known.find(replace(changed, steering=Steering()), "copy:town") == COPY
