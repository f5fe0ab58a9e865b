"""The places of a session: its journal, and a scratch folder that is deleted with its process."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from hitl_widget.errors import JournalError, MissingExtra
from hitl_widget.workers.processes import is_alive

__all__ = ["checked_place", "default_place", "scratch_folder", "sessions_folder"]

_SCRATCH = "hitl_widget_"


def default_place(target: str) -> Path:
    """Return a journal's path in the user's data folder, named by time and target."""
    safe = "".join(letter if letter.isalnum() else "-" for letter in str(target))[:40].strip("-") or "session"
    stamp = datetime.now().strftime("%Y-%m-%d_%H%M%S")
    return sessions_folder() / f"{stamp}_{safe}_{uuid.uuid4().hex[:4]}.sqlite"


def sessions_folder() -> Path:
    """Return the default folder of journals."""
    from platformdirs import user_data_path

    return user_data_path("hitl_widget") / "sessions"


def checked_place(place: Any, *, new: bool) -> str:
    """Return a place as a URL or an absolute path.

    Parameters
    ----------
    place
        Path or SQLAlchemy URL.
    new
        True for the journal of a new session: no file of this name may exist, and it must be possible to write it.

    Raises
    ------
    JournalError
        If the journal cannot be there; the message says why and what to do.
    MissingExtra
        If the driver of the database is not installed.
    """
    if not isinstance(place, str | os.PathLike) or not str(place).strip():
        raise JournalError(
            f"A journal must be a path such as 'session.sqlite', or an SQLAlchemy URL; got {place!r:.60}."
        )
    text = str(os.fspath(place))
    if "://" in text:
        _check_url(text)
        return text
    path = Path(text).expanduser().absolute()
    try:
        if path.is_dir():
            inside = str(path / "session.sqlite")
            raise JournalError(f"A journal must be a file, but {path} is a folder. Give a file in it: {inside!r}.")
        if new and path.exists():
            raise JournalError(
                f"The file {path} already exists. If it is a journal, load it with AutoMLSession.load({str(path)!r}); "
                "otherwise choose another path."
            )
        if new:
            _try_to_write(path)
    except OSError as error:
        raise JournalError(
            f"No journal can be written at {path!s:.200}: {error.strerror}. Choose another path, or leave out journal=."
        ) from error
    return str(path)


def _try_to_write(path: Path) -> None:
    """Create the folder of a new journal, and a file as SQLite will name it; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}-journal")
    beside.open("x").close()
    beside.unlink()


_PACKAGES = {"MySQLdb": "mysqlclient", "psycopg": "'psycopg[binary]'", "psycopg2": "psycopg2-binary"}
"""Packages of drivers that have another name."""


def _check_url(text: str) -> None:
    """Check that SQLAlchemy knows the database of a URL, and that its driver is installed."""
    from hitl_widget.engine.sql import sqlalchemy

    known = "such as sqlite:///session.sqlite or postgresql+psycopg://user@host/database"
    try:
        url = sqlalchemy.engine.make_url(text)
        dialect = url.get_dialect()
    except sqlalchemy.exc.NoSuchModuleError as error:
        raise JournalError(f"SQLAlchemy knows no database {text.partition('://')[0]!r}. Give a URL {known}.") from error
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        raise JournalError(f"This URL cannot be read as that of a database. Give one {known}.") from error
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise JournalError("A journal in memory would be lost. Give a file, such as 'session.sqlite'.")
    try:
        dialect.import_dbapi()
    except ImportError as error:
        name = error.name or "of this database"
        raise MissingExtra(
            f"A journal in {url.get_backend_name()} needs the driver {name}. Install it with pip install "
            f"{_PACKAGES.get(name, name)}, or name another driver in the URL."
        ) from error


def scratch_folder() -> Path:
    """Return a new scratch folder, and delete those of killed processes."""
    base = Path(tempfile.gettempdir())
    for old in base.glob(f"{_SCRATCH}*"):
        owner = old.name.removeprefix(_SCRATCH).partition("_")[0]
        if owner.isdecimal() and not is_alive(int(owner)):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}_"))
