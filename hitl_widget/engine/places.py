"""The places of a session: its journal, and a scratch folder that is deleted with its process."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from datetime import datetime
from pathlib import Path

from hitl_widget.errors import DataError, JournalError

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


def checked_place(place: str | os.PathLike[str], *, new: bool) -> str:
    """Return a place as a URL or an absolute path; refuse one that already exists."""
    text = os.fspath(place)
    if "://" in text:
        return text
    path = Path(text).expanduser().absolute()
    if new and path.exists():
        raise JournalError(
            f"The file {path} already exists. Load it with AutoMLSession.load({str(path)!r}), or choose another path."
        )
    if path.is_dir():
        raise DataError(f"A journal must be a file, but {path} is a folder. Give a file in it.")
    return str(path)


def scratch_folder() -> Path:
    """Return a new scratch folder, and delete those of killed processes."""
    base = Path(tempfile.gettempdir())
    for old in base.glob(f"{_SCRATCH}*"):
        owner = old.name.removeprefix(_SCRATCH).partition("_")[0]
        if owner.isdecimal() and not _lives(int(owner)):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}_"))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
