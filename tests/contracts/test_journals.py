"""The journals keep their contract."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_widget.engine.journal import SqlJournal
from hitl_widget.testing import JournalContract


class TestSqlJournal(JournalContract):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Callable[[], SqlJournal]:
        place = tmp_path / "session.sqlite"
        return lambda: SqlJournal(place, create=not place.exists())
