"""The journal: events and blobs of one session, behind one URL, through SQLAlchemy Core."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from hitl_widget.domain.event import Record, event_body, event_from, event_name
from hitl_widget.domain.trial import Author
from hitl_widget.engine.sql import sqlalchemy as sql
from hitl_widget.errors import JournalError
from hitl_widget.evaluation.files import locked

__all__ = ["FORMAT", "DamagedJournal", "SqlJournal", "record_of", "shows_damage"]

FORMAT = 1

_metadata = sql.MetaData()
_events = sql.Table(
    "events",
    _metadata,
    sql.Column("seq", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("time", sql.Float, nullable=False),
    sql.Column("elapsed", sql.Float, nullable=False),
    sql.Column("author", sql.String(16), nullable=False),
    sql.Column("cause", sql.String(64), nullable=False),
    sql.Column("type", sql.String(64), nullable=False),
    sql.Column("body", sql.String, nullable=False),
)
_blobs = sql.Table(
    "blobs", _metadata, sql.Column("key", sql.String(128), primary_key=True), sql.Column("value", sql.LargeBinary)
)
_about = sql.Table(
    "about", _metadata, sql.Column("key", sql.String(64), primary_key=True), sql.Column("value", sql.String)
)


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


class DamagedJournal(JournalError):
    """A file that was a journal, and of which a part cannot be read."""


def record_of(seq: int, time: float, elapsed: float, author: str, cause: str, kind: str, body: str) -> Record:
    """Return one row of a journal as a record; raises an error of decoding if it is damaged."""
    return Record(int(seq), float(time), float(elapsed), Author(author), cause, event_from(kind, json.loads(body)))


class SqlJournal:
    """A session's journal in SQLite (WAL) or PostgreSQL.

    Parameters
    ----------
    place
        A path (SQLite) or an SQLAlchemy URL.
    create
        True to create a new journal, False to open an existing one.

    Raises
    ------
    JournalError
        If the place cannot be opened, holds no journal, or another process writes to it.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> place = pathlib.Path(tempfile.mkdtemp()) / "session.sqlite"
    >>> journal = SqlJournal(place, create=True)
    >>> journal.read()
    []
    >>> journal.close()
    """

    def __init__(self, place: str | os.PathLike[str], *, create: bool) -> None:
        self.url = _url(place)
        self._lock: IO[bytes] | None = None
        if self.url.get_backend_name() == "sqlite":
            self._prepare_file(create)
        self._engine = sql.create_engine(self.url, json_serializer=json.dumps)
        if self.url.get_backend_name() == "sqlite":
            sql.event.listen(self._engine, "connect", _pragmas)
        try:
            self._open(create)
        except sql.exc.SQLAlchemyError as error:
            self.close()
            raise (DamagedJournal if shows_damage(error) else JournalError)(
                f"The journal {self.place} cannot be opened: {_short(error)}. Give the path of a journal of "
                "hitl_widget, or a database that can be reached."
            ) from error
        except JournalError:
            self.close()
            raise

    @property
    def place(self) -> str:
        """The path (SQLite) or the URL without its password."""
        if self.url.get_backend_name() == "sqlite":
            return str(self.url.database)
        return self.url.render_as_string(hide_password=True)

    def append(self, records: Sequence[Record]) -> None:
        """Add records in one transaction."""
        if not records:
            return
        rows = [
            {
                "seq": one.seq,
                "time": one.time,
                "elapsed": one.elapsed,
                "author": str(one.author),
                "cause": one.cause,
                "type": event_name(one.event),
                "body": json.dumps(event_body(one.event), default=_plain, allow_nan=False),
            }
            for one in records
        ]
        with self._engine.begin() as connection:
            connection.execute(sql.insert(_events), rows)

    def read(self) -> list[Record]:
        """Return all records in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(sql.select(_events).order_by(_events.c.seq)).all()
        return [self._record(row) for row in rows]

    def _record(self, row: Any) -> Record:
        """Return one row as a record; raises DamagedJournal if it cannot be decoded."""
        try:
            return record_of(*row)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DamagedJournal(
                f"The journal {self.place} is damaged at record {row.seq} ({row.type}): {error!r:.100}."
            ) from error

    def put(self, key: str, value: bytes) -> None:
        """Store bytes under a key, replacing earlier ones."""
        with self._engine.begin() as connection:
            changed = connection.execute(sql.update(_blobs).where(_blobs.c.key == key).values(value=value))
            if not changed.rowcount:
                connection.execute(sql.insert(_blobs).values(key=key, value=value))

    def get(self, key: str) -> bytes | None:
        """Return the bytes under a key, or None."""
        with self._engine.connect() as connection:
            value = connection.execute(sql.select(_blobs.c.value).where(_blobs.c.key == key)).scalar()
        return None if value is None else bytes(value)

    def close(self) -> None:
        """Close the store and release the write lock."""
        if hasattr(self, "_engine"):
            self._engine.dispose()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare_file(self, create: bool) -> None:
        path = Path(str(self.url.database))
        if create:
            if path.exists():
                raise JournalError(
                    f"The journal {path} already exists. "
                    f"Continue it with AutoMLSession.load({str(path)!r}), or choose another path."
                )
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise JournalError(f"The folder of the journal {path} cannot be created: {error.strerror}.") from error
        elif not path.is_file():
            raise JournalError(f"There is no journal at {path}. Give the path under which the session was saved.")
        self._lock = _lock(path)

    def _open(self, create: bool) -> None:
        if create:
            _metadata.create_all(self._engine)
            with self._engine.begin() as connection:
                connection.execute(sql.insert(_about).values(key="format", value=str(FORMAT)))
            return
        if not sql.inspect(self._engine).has_table("about"):
            raise JournalError(f"{self.place} is not a journal of hitl_widget.")
        with self._engine.connect() as connection:
            found = connection.execute(sql.select(_about.c.value).where(_about.c.key == "format")).scalar()
        if found is None or not found.isdecimal():
            raise DamagedJournal(f"The journal {self.place} is damaged: it does not say its format.")
        if int(found) > FORMAT:
            raise JournalError(
                f"The journal {self.place} has format {found}; this version reads up to {FORMAT}. Update hitl_widget."
            )


def _url(place: str | os.PathLike[str]) -> sql.engine.URL:
    text = os.fspath(place)
    if "://" not in text:
        return sql.engine.URL.create("sqlite", database=str(Path(text).expanduser().absolute()))
    try:
        return sql.engine.make_url(text)
    except sql.exc.ArgumentError as error:
        raise JournalError(f"A journal must be a path or an SQLAlchemy URL; got {text!r}.") from error


def _pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _lock(path: Path) -> IO[bytes]:
    handle = path.with_name(path.name + ".lock").open("ab")
    if not locked(handle, wait=False):
        handle.close()
        raise JournalError(
            f"Another session is using the journal {path}. Close it with session.close(), or end its kernel."
        )
    return handle


def shows_damage(error: Exception) -> bool:
    """Return whether an error of a database shows that its file is damaged, rather than that it is busy or gone."""
    signs = "malformed", "no such table", "no such column", "not a database", "unsupported file format"
    return any(words in _short(error) for words in signs)


def _short(error: Exception) -> str:
    return str(getattr(error, "orig", error)).splitlines()[0]
