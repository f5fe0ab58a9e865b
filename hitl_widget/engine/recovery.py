"""A damaged journal: what can be read of it is copied, and the session continues in the copy."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from hitl_widget.domain.event import Opened, Record
from hitl_widget.domain.figures import plural
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.state import SessionState
from hitl_widget.engine.journal import DamagedJournal, SqlJournal, record_of, shows_damage
from hitl_widget.engine.sql import sqlalchemy
from hitl_widget.errors import JournalError

__all__ = ["Found", "open_journal"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """An open journal.

    Parameters
    ----------
    journal
        The journal, or a copy of what can be read of a damaged one.
    records
        Its records.
    content
        What was read besides the records.
    damage
        A sentence on the damage; "" without any.
    """

    journal: SqlJournal
    records: Sequence[Record]
    content: T
    damage: str = ""


def open_journal(place: str, read: Callable[[SqlJournal], T]) -> Found[T]:
    """Return the journal at a place; if it is damaged, a copy of what can be read, beside it.

    Parameters
    ----------
    place
        Path or URL.
    read
        Reads what a session needs besides the records, or returns None; raises DamagedJournal if it cannot.

    Raises
    ------
    JournalError
        If there is no journal, or too little of it can be read.
    """
    damage: Exception
    try:
        journal = SqlJournal(place, create=False)
    except DamagedJournal as error:
        damage = error
    else:
        try:
            records = journal.read()
            if not _whole(records):
                raise DamagedJournal(f"The journal {journal.place} is damaged: its records do not follow one another.")
            content = read(journal)
        except (DamagedJournal, sqlalchemy.exc.SQLAlchemyError, ValueError, TypeError) as error:
            journal.close()
            if isinstance(error, sqlalchemy.exc.SQLAlchemyError) and not shows_damage(error):
                raise JournalError(
                    f"The journal {journal.place} cannot be read now: {error!s:.200}. Try again."
                ) from error
            damage = error
        except BaseException:
            journal.close()
            raise
        else:
            return Found(journal, records, content)
    if "://" in place:
        raise JournalError(f"{damage} Restore a backup of the database, or start a new session.") from damage
    return _copy(Path(place), damage, read)


def _whole(records: Sequence[Record]) -> bool:
    return len(_possible(records)) == len(records)


def _possible(records: Sequence[Record]) -> list[Record]:
    """Return the records up to the first one that is missing or impossible after those before it."""
    state = SessionState()
    possible: list[Record] = []
    for record in records:
        if record.seq != state.seq + 1:
            break
        try:
            state = reduce(state, record)
        except Exception:  # noqa: BLE001 - any failure shows a record that the state cannot follow
            break
        possible.append(record)
    return possible


def _copy(path: Path, damage: Exception, read: Callable[[SqlJournal], T]) -> Found[T]:
    alone = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"  # then nothing is written beside it
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro{alone}", uri=True)) as damaged:
        count, records = _records(damaged)
        blobs = dict(_blobs(damaged))
    records = _possible(records)
    lost = f"Too little of the journal {path} can be read. Load a backup, or start a new session."
    if not records or not isinstance(records[0].event, Opened):
        raise JournalError(lost) from damage
    place = _free(path)
    journal = SqlJournal(place, create=True)
    try:
        journal.append(records)
        for key, value in blobs.items():
            journal.put(key, value)
        content = read(journal)
        if content is None:
            raise DamagedJournal(lost)
    except (DamagedJournal, sqlalchemy.exc.SQLAlchemyError) as error:
        journal.close()
        for one in (place, place.with_name(f"{place.name}.lock")):
            one.unlink(missing_ok=True)
        raise JournalError(lost) from error
    rest = f" of {count:,}" if count > len(records) else ""
    said = (
        f"The journal {path} is damaged. {plural(len(records), 'record')}{rest} could be read, up to "
        f"{_time_of(records[-1])}. The session continues in a copy, {place}; the damaged file is unchanged."
    )
    return Found(journal, records, content, said)


def _time_of(record: Record) -> str:
    from datetime import datetime

    return f"{datetime.fromtimestamp(record.time):%Y-%m-%d %H:%M}"


def _records(damaged: sqlite3.Connection) -> tuple[int, list[Record]]:
    """Return the number of rows that can be found, and the records up to the first one that cannot be decoded."""
    records: list[Record] = []
    count, readable = 0, True
    with contextlib.suppress(sqlite3.DatabaseError):
        damaged.execute("PRAGMA writable_schema=ON")  # reads a file that is shorter than it should be
        damaged.text_factory = lambda body: body.decode("utf-8", "replace")
        for row in damaged.execute("SELECT seq, time, elapsed, author, cause, type, body FROM events ORDER BY seq"):
            count += 1
            try:
                records += [record_of(*row)] if readable else []
            except (ValueError, TypeError, KeyError, AttributeError):
                readable = False
    return count, records


def _blobs(damaged: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    keys: list[str] = []
    with contextlib.suppress(sqlite3.DatabaseError):
        for (key,) in damaged.execute("SELECT key FROM blobs"):
            keys.append(key)
    for key in keys:
        with contextlib.suppress(sqlite3.DatabaseError):
            row = damaged.execute("SELECT value FROM blobs WHERE key = ?", (key,)).fetchone()
            if row is not None and row[0] is not None:
                yield key, bytes(row[0])


def _free(path: Path) -> Path:
    """Return the path of a copy that does not exist yet."""
    number = 1
    while True:
        more = "" if number == 1 else f"-{number}"
        found = path.with_name(f"{path.stem}-recovered{more}{path.suffix}")
        if not os.path.lexists(found):
            return found
        number += 1
