"""Words and small messages that several panels use."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

__all__ = ["Author", "Notice", "Refusal", "Reply"]

Author = Literal["you", "machine"]


class Notice(TypedDict):
    """Something to tell the person, with what to do about it."""

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
