"""The list of journals in the user's data folder."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hitl_widget.engine.places import sessions_folder

__all__ = ["RecentJournal", "recent_journals"]

_ENDED = ("Finished", "Failed")
_LOOK_AT = 60
"""Number of files to read, chosen by modification time, which reading a journal may renew."""
_PATIENCE = 0.2


@dataclass(frozen=True, slots=True)
class RecentJournal:
    """A journal in a list.

    Parameters
    ----------
    journal
        Its path.
    target
        The target column.
    time
        Time of the last event, in seconds since the epoch.
    trials
        Number of ended trials.
    seconds
        Seconds on the search's clock.
    ended
        True if the search finished.
    """

    journal: str
    target: str
    time: float
    trials: int
    seconds: float
    ended: bool

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def recent_journals(most: int, folder: Path | None = None) -> list[RecentJournal]:
    """Return the most recent journals, latest first, without sessions that have no trials.

    Parameters
    ----------
    most
        Maximum number of journals.
    folder
        The folder; by default the user's data folder.

    Returns
    -------
    list of RecentJournal
        The journals; files that are not journals or cannot be read are skipped.
    """
    found: list[RecentJournal] = []
    for path in _by_time(folder or sessions_folder())[:_LOOK_AT]:
        try:
            one = _peek(path)
        except (sqlite3.Error, ValueError, TypeError, KeyError, OSError):
            continue
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: -one.time)[:most]


def _by_time(folder: Path) -> list[Path]:
    def times() -> Iterator[tuple[float, Path]]:
        for path in folder.glob("*.sqlite"):
            ways = (path, path.with_name(f"{path.name}-wal"))
            yield max(way.stat().st_mtime for way in ways if way.exists()), path

    try:
        return [path for _, path in sorted(times(), reverse=True)]
    except OSError:
        return []


def _peek(path: Path) -> RecentJournal | None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as connection:
        first = connection.execute("SELECT type, body FROM events ORDER BY seq LIMIT 1").fetchone()
        last = connection.execute("SELECT time, elapsed, type FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        (trials,) = connection.execute("SELECT count(*) FROM events WHERE type = 'TrialEnded'").fetchone()
    if first is None or first[0] != "Opened" or not trials:
        return None
    target = json.loads(first[1])["settings"]["arguments"]["target"]
    return RecentJournal(str(path), str(target), float(last[0]), int(trials), float(last[1]), last[2] in _ENDED)
