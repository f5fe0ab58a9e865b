"""Files that several processes use: locks, replacement, and objects whose arrays stay in the file."""

from __future__ import annotations

import contextlib
import mmap
import os
import pickle
import struct
import tempfile
import time
from pathlib import Path
from typing import IO, Any

__all__ = ["dump_mapped", "load_mapped", "locked", "replace_file"]

_SIZES = struct.Struct("<QQ")
_SIZE = struct.Struct("<Q")
_ALIGNED = 64

_RETRY_SECONDS = 0.02
_MOST_RETRIES = 50


def locked(file: IO[Any], *, wait: bool) -> bool:
    """Lock an open file against other processes, until it is closed or its process ends.

    Parameters
    ----------
    file
        The file; open it for appending, since Windows refuses to empty a file that is locked.
    wait
        Whether to wait for the process that has the lock.

    Returns
    -------
    bool
        False when another process has it. True also where the system has no locks.
    """
    try:
        import fcntl
    except ImportError:
        return _locked_on_windows(file, wait=wait)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _locked_on_windows(file: IO[Any], *, wait: bool) -> bool:
    """Lock the first byte, which need not exist. The system's own way of waiting gives up after ten seconds."""
    try:
        import msvcrt
    except ImportError:
        return True
    windows: Any = msvcrt
    while True:
        file.seek(0)
        try:
            windows.locking(file.fileno(), windows.LK_NBLCK, 1)
        except OSError:
            if not wait:
                return False
            time.sleep(_RETRY_SECONDS)
        else:
            return True


def replace_file(draft: str | Path, path: Path) -> None:
    """Move a complete file to its place at once, so that a reader finds the old one or the new one.

    Windows refuses this while another process, such as a virus scanner, has one of them open: it is tried for a second.

    Raises
    ------
    OSError
        When the file cannot be replaced.
    """
    for _ in range(_MOST_RETRIES):
        try:
            Path(draft).replace(path)
        except PermissionError:
            time.sleep(_RETRY_SECONDS)
        else:
            return
    Path(draft).replace(path)


def dump_mapped(value: Any, path: Path) -> None:
    """Pickle a value to a file that appears at once, the arrays in it for `load_mapped`.

    Parameters
    ----------
    value
        The value, of classes that have a name in every process.
    path
        The file.
    """
    arrays: list[memoryview] = []
    body = pickle.dumps(value, protocol=5, buffer_callback=lambda buffer: arrays.append(buffer.raw()))
    head = _SIZES.pack(len(body), len(arrays)) + b"".join(_SIZE.pack(array.nbytes) for array in arrays)
    handle, draft = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(head + body)
            for array in arrays:
                file.write(bytes(-file.tell() % _ALIGNED))
                file.write(array)
        replace_file(draft, path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(draft).unlink()
        raise


def load_mapped(path: Path) -> Any:
    """Return a value written by `dump_mapped`, once: all processes share the memory of its arrays.

    A process that writes to an array gets its own copy of the pages that it changes.
    """
    with path.open("rb") as file:
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    size, count = _SIZES.unpack_from(view)
    lengths = [length for (length,) in _SIZE.iter_unpack(view[_SIZES.size : _SIZES.size + count * _SIZE.size])]
    start = _SIZES.size + count * _SIZE.size
    at, arrays = start + size, []
    for length in lengths:
        at += -at % _ALIGNED
        arrays.append(view[at : at + length])
        at += length
    return pickle.loads(view[start : start + size], buffers=arrays)  # noqa: S301 - our own private scratch
