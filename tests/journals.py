"""Copies of the journals of live sessions."""

from __future__ import annotations

import shutil
from pathlib import Path

from hitl_widget import AutoMLSession


def copied(session: AutoMLSession, folder: Path) -> Path:
    """Copy the SQLite journal of a session, with what SQLite has not merged yet; returns the copy."""
    for suffix in ("", "-wal"):
        if Path(session.path + suffix).exists():
            shutil.copy(session.path + suffix, folder / f"copy.sqlite{suffix}")
    return folder / "copy.sqlite"
