"""Journals of earlier versions, and of this one, load: nothing is lost, undo works, explanations are there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_widget import AutoMLSession, CommandError
from tests.fixtures.make_journals import FOLDER, SESSIONS, said

JOURNALS = sorted(FOLDER.glob("*/*.sqlite"))
UNCHANGED = ("success", "groups_and_time")

pytestmark = pytest.mark.slow


@pytest.fixture(params=JOURNALS, ids=[f"{path.parent.name}-{path.stem}" for path in JOURNALS])
def journal(request: pytest.FixtureRequest) -> Path:
    """A journal of the repository."""
    path: Path = request.param
    return path


@pytest.fixture
def session(journal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AutoMLSession]:
    """The session that a copy of the journal holds."""
    monkeypatch.setenv("HITL_WIDGET_EXECUTOR", "threads")
    session = AutoMLSession.load(shutil.copy(journal, tmp_path / journal.name))
    yield session
    session.close()


def expected(journal: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((journal.parent / "expected.json").read_text(encoding="utf-8"))[journal.stem]
    return found


def test_it_says_what_it_said(session: AutoMLSession, journal: Path) -> None:
    """Leaderboard, trials and changes are as they were; no explanation is lost, though a later version may add some."""
    before, now = expected(journal), said(session)
    explanations = set(before.pop("explanations"))
    assert explanations <= set(now.pop("explanations"))
    assert now == before
    assert "No model" not in session.summary()


def test_the_last_change_can_be_undone_and_redone(session: AutoMLSession, journal: Path) -> None:
    """Both ways the session says what it said; where nothing was changed, it says that."""
    if journal.stem in UNCHANGED:
        with pytest.raises(CommandError, match="undo"):
            session.undo()
        return
    before = said(session)["leaderboard"]
    session.undo()
    session.redo()
    assert said(session)["leaderboard"] == before


def test_predictions_are_explained(session: AutoMLSession) -> None:
    """They are in the journal, so that no model is fitted again."""
    view = session.explain.residuals() if session.task.kind == "regression" else session.explain.confusion()
    assert view.sentences


def test_each_kind_of_session_has_a_journal() -> None:
    """Also in the folder of this version."""
    assert {path.stem for path in JOURNALS} == {make.__name__ for make in SESSIONS}
