"""A user's code as bytes for the workers and for the journal."""

from __future__ import annotations

import importlib
import pickle
import sys
from pathlib import Path
from typing import Any

from hitl_widget.errors import ConfigError

__all__ = ["MOST_BYTES", "pack", "unpack"]

MOST_BYTES = 50 * 2**20


def pack(title: str, body: dict[str, Any], inside: str) -> bytes:
    """Return objects as bytes; definitions of the notebook are included by value.

    Parameters
    ----------
    title
        Name of the code, for errors.
    body
        The objects.
    inside
        The place to open files and read data instead, such as ``"inside fit"``.

    Raises
    ------
    ConfigError
        When something cannot be pickled, or weighs more than 50 MB.
    """
    import cloudpickle

    path = [str(Path(entry).absolute()) for entry in sys.path]
    try:
        code: bytes = pickle.dumps((path, cloudpickle.dumps(body, protocol=5)))
        unpack(code)
    except Exception as error:
        raise ConfigError(
            f"{title} cannot be sent to the workers: {type(error).__name__}: {one_line(error)}. It holds something "
            f"that cannot be pickled, such as an open file or a lock; make it {inside}."
        ) from error
    if len(code) > MOST_BYTES:
        raise ConfigError(
            f"{title} has {len(code) / 2**20:,.0f} MB, more than {MOST_BYTES // 2**20}, because it contains data. "
            f"Read the data {inside}, and leave large tables of the notebook out of its code."
        )
    return code


def unpack(code: bytes) -> dict[str, Any]:
    """Return the objects of `pack`. This runs code: only for bytes that this user wrote.

    Modules are looked for in the folders that the kernel imported from, too: these may be younger than a worker.
    """
    folders, inner = pickle.loads(code)  # noqa: S301 - the caller knows whose code it is
    try:
        body: dict[str, Any] = pickle.loads(inner)  # noqa: S301 - the same
    except ImportError:
        sys.path.extend(folder for folder in folders if folder not in sys.path)
        importlib.invalidate_caches()
        body = pickle.loads(inner)  # noqa: S301 - the same
    return body


def one_line(error: BaseException) -> str:
    """Return the message of an error on one line, at most 300 letters."""
    text = " ".join(str(error).split()).rstrip(".")
    return text if len(text) <= 300 else text[:299] + "…"
