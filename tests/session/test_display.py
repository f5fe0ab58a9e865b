"""`show()` uses the display that was registered last."""

from __future__ import annotations

import pytest

from hitl_widget import AutoMLSession
from hitl_widget.session import display
from hitl_widget.session.runtime import runtime_of
from tests.tables import customers


@pytest.fixture
def session(tmp_path):
    with AutoMLSession(customers(60), "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        yield session


def test_a_registered_display_shows_the_session(session, capsys):
    """It gets the runtime; once it is taken back, the terminal shows the summary again."""
    shown = []
    take_back = display.register(shown.append)
    session.show()
    assert shown == [runtime_of(session)]
    assert capsys.readouterr().out == ""
    take_back()
    session.show()
    assert len(shown) == 1
    assert capsys.readouterr().out == f"{session.summary()}\n"


def test_a_session_that_you_drive_is_shown_without_starting(session):
    """Under autonomy "user" nothing runs before you ask for it."""
    session.show()
    assert session.state.phase == "ready"
