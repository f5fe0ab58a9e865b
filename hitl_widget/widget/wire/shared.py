"""Words and small messages that several panels use."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

__all__ = ["Author", "Chip", "Notice", "PartOf", "Refusal", "Reply", "is_temporary"]

Author = Literal["you", "machine"]


@dataclass(frozen=True)
class PartOf:
    """Annotation of a dict that holds some of the keys of a message.

    Parameters
    ----------
    message
        Name of the message.
    """

    message: str


class Chip(TypedDict):
    """A short fact about the task, with a detail."""

    text: str
    detail: str
    tone: Literal["plain", "warn"]


class Notice(TypedDict):
    """A message to the user, with the remedy."""

    level: Literal["info", "warn", "error"]
    text: str
    remedy: str


class Refusal(TypedDict):
    message: str
    remedy: str


class Reply(TypedDict):
    type: Literal["reply"]
    id: str
    ok: bool
    result: NotRequired[Any]
    error: NotRequired[Refusal]


def is_temporary(place: str) -> bool:
    """Return whether a journal is a file in the temporary folder of the system.

    Examples
    --------
    >>> is_temporary("sqlite:///a.sqlite"), is_temporary("/srv/a.sqlite")
    (False, False)
    """
    return "://" not in place and Path(place).resolve().is_relative_to(Path(tempfile.gettempdir()).resolve())
