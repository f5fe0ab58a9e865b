"""The variable that holds a session, and its name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_widget import AutoMLSession, CommandError
from hitl_widget.session.runtime import runtime_of, started_in_words
from hitl_widget.widget.wire.code import variable_info
from tests.tables import customers


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[list[AutoMLSession]]:
    """Two sessions of one target that have not started."""
    table = customers(60)
    opened = [AutoMLSession(table, "Churn", workers=1, journal=tmp_path / f"{i}.sqlite") for i in range(2)]
    yield opened
    for one in opened:
        one.close()


def test_code_refers_to_the_variable_that_holds_the_session(sessions: list[AutoMLSession]) -> None:
    """The name `session` is preferred, private names such as those of IPython are not used."""
    first, second = sessions
    variables = {"_": second, "_12": second, "search": second, "session": first, "table": customers(5)}
    assert variable_info(runtime_of(first), variables) == {"expression": "session", "setup": ""}
    assert variable_info(runtime_of(second), variables) == {"expression": "search", "setup": ""}


def test_without_a_variable_code_refers_to_the_session_by_name(sessions: list[AutoMLSession]) -> None:
    """The expression returns this very session, also when two have one name."""
    for one in sessions:
        found = variable_info(runtime_of(one), {})
        assert found["setup"] == "from hitl_widget import AutoMLSession"
        same = eval(found["expression"], {"AutoMLSession": AutoMLSession})
        assert runtime_of(same) is runtime_of(one)
    imported = variable_info(runtime_of(sessions[1]), {"AutoMLSession": AutoMLSession})
    assert imported == {"expression": "AutoMLSession.named('Churn')", "setup": ""}


def test_a_given_name_is_kept_in_the_journal(tmp_path: Path) -> None:
    """A loaded session has the name that it was opened with."""
    with AutoMLSession(customers(60), "Churn", name="with prices", workers=1, journal=tmp_path / "a.sqlite") as one:
        assert one.name == "with prices"
        assert runtime_of(AutoMLSession.named("with prices")) is runtime_of(one)
    with AutoMLSession.load(tmp_path / "a.sqlite") as again:
        assert again.name == "with prices"


def test_an_unknown_name_is_refused_with_the_live_ones(sessions: list[AutoMLSession]) -> None:
    """The error names the sessions that there are."""
    with pytest.raises(CommandError, match="'Churn'"):
        AutoMLSession.named("sales")
    sessions[1].close()
    assert runtime_of(AutoMLSession.named("Churn")) is runtime_of(sessions[0])


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 61, 3])
def test_an_invalid_name_is_refused(name: object) -> None:
    """The rule is in the message."""
    with pytest.raises(CommandError, match="name must be one line of 1 to 60 characters"):
        AutoMLSession(customers(60), "Churn", name=name)  # type: ignore[arg-type]


def test_the_start_is_a_time_today_and_a_date_before() -> None:
    """The date is left out on the same day."""
    noon = time.mktime((2026, 11, 30, 12, 0, 0, 0, 0, -1))
    assert started_in_words(noon, noon + 3600) == "12:00"
    assert started_in_words(noon, noon + 86400) == "30 Nov 12:00"
