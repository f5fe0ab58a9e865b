"""A table is surveyed once, in a worker; by the caller if there is no worker or it fails."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession
from hitl_widget.data.profile import profile
from hitl_widget.data.task import understand
from hitl_widget.domain.state import SessionState
from hitl_widget.session.known_warnings import KnownWarnings
from hitl_widget.session.runtime import runtime_of
from hitl_widget.session.survey import Survey
from hitl_widget.workers.contract import Failure, FailureKind, Outcome

ARGUMENTS = {"target": "y", "seed": 0}


def large():
    """A table with more cells than the caller surveys."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(3000, 40)), columns=[f"x{i}" for i in range(40)])
    table["y"] = np.where(table["x0"] + rng.normal(size=3000) > 0, "yes", "no")
    return table


class Refusing:
    """A runtime whose worker never returns a value."""

    state = SessionState()

    def __init__(self, kind, understood):
        self.kind, self.calls, self.understood = kind, [], understood

    def table_file(self):
        return "nowhere"

    def run_background(self, key, call, done, seconds=None):
        self.calls.append(call.function)
        done(Outcome(key, failure=Failure(self.kind, "It was lost.")))


@pytest.mark.slow
def test_a_large_table_is_surveyed_in_a_worker(tmp_path):
    """The worker's results equal those computed here."""
    table = large()
    with AutoMLSession(table, "y", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        survey, columns = runtime_of(session).survey, session.task.columns
        profiled, warned = threading.Event(), threading.Event()
        survey.ask_profiles(columns, profiled.set)
        survey.ask_safeguards(columns, warned.set)
        assert survey.profiles_now(columns) == {}
        assert profiled.wait(60)
        assert warned.wait(60)
        assert tuple(survey.profiles_now(columns).values()) == profile(understand(table, "y"))
        assert survey.safeguards_now(columns) == ()
        assert tuple(session.profile) == tuple(survey.profiles_now(columns).values())


@pytest.mark.parametrize("kind", [FailureKind.MEMORY, FailureKind.DIED, FailureKind.CANCELLED])
def test_a_worker_that_is_lost_costs_nothing_but_time(kind):
    """The caller then computes the profiles."""
    understood = understand(large(), "y")
    session = Refusing(kind, understood)
    survey = Survey(session, ARGUMENTS, KnownWarnings(understood.task, frozenset(), {}))
    done = threading.Event()
    survey.ask_profiles(understood.task.columns, done.set)
    assert done.wait(30)
    assert session.calls == ["hitl_widget.advise.survey:survey_profiles"]
    assert survey.profiles(understood.task.columns) == profile(understood)


def test_a_second_question_waits_for_the_same_answer():
    """Two simultaneous questions make one call."""
    understood = understand(large(), "y")
    columns = understood.task.columns
    calls, told = [], []

    class Slow(Refusing):
        def run_background(self, key, call, done, seconds=None):
            calls.append((key, done))

    survey = Survey(Slow(FailureKind.DIED, understood), ARGUMENTS, KnownWarnings(understood.task, frozenset(), {}))
    survey.ask_safeguards(columns, lambda: told.append("first"))
    survey.ask_safeguards(columns, lambda: told.append("second"))
    ((key, done),) = calls
    assert told == []
    done(Outcome(key, ()))
    assert told == ["first", "second"]
    assert survey.safeguards_now(columns) == ()


def test_a_question_may_wait_for_a_limited_time(monkeypatch):
    """It returns None by then, and the answer as soon as it is known; both questions make one call."""
    understood = understand(large(), "y")
    columns = understood.task.columns
    calls, called = [], threading.Event()

    class Slow(Refusing):
        def run_background(self, key, call, done, seconds=None):
            calls.append((key, done))
            called.set()

    survey = Survey(Slow(FailureKind.DIED, understood), ARGUMENTS, KnownWarnings(understood.task, frozenset(), {}))
    monkeypatch.setattr("hitl_widget.session.survey._WHILE_WAITING", (50, 100_000))
    assert survey.safeguards_within(0.01, columns) is None
    assert called.wait(30)
    assert survey.safeguards_within(0.01, columns) is None
    ((key, done),) = calls
    done(Outcome(key, ()))
    assert survey.safeguards_within(30, columns) == ()


@pytest.mark.slow
def test_many_columns_come_in_parts():
    """The first profiles are known while others are computed; each part follows the one before it."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(60, 460)), columns=[f"x{i}" for i in range(460)])
    understood = understand(table.assign(y=["no", "yes"] * 30), "y")
    columns = understood.task.columns
    asked, told = [], []

    class Slow(Refusing):
        def run_background(self, key, call, done, seconds=None):
            asked.append((key, call.args[2], done))

    survey = Survey(Slow(FailureKind.DIED, understood), ARGUMENTS, KnownWarnings(understood.task, frozenset(), {}))
    survey.ask_profiles(columns, lambda: told.append(len(survey.profiles_now(columns))))
    for turn, size in enumerate((200, 200, 60)):
        assert len(asked) == turn + 1
        key, part, done = asked[turn]
        assert len(part) == size
        done(Outcome(key, profile(replace(understood, task=replace(understood.task, columns=part)))))
    assert told == [200, 400, 460]
    assert len(asked) == 3
    assert survey.profiles(columns) == profile(understood)


def test_a_small_table_needs_no_worker():
    """The caller computes it faster than a worker would get it."""
    understood = understand({"x": range(60), "y": ["no", "yes"] * 30}, "y", roles={"x": "numeric"})
    session = Refusing(FailureKind.DIED, understood)
    done = threading.Event()
    survey = Survey(session, ARGUMENTS, KnownWarnings(understood.task, frozenset(), {}))
    survey.ask_profiles(understood.task.columns, done.set)
    assert done.is_set()
    assert session.calls == []
