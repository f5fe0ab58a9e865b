"""A journal that stores nothing."""

from __future__ import annotations

from collections.abc import Sequence

from hitl_widget.domain.event import Record

__all__ = ["NoJournal"]


class NoJournal:
    """A replacement for a journal that could not be opened, so that the failure can be published."""

    def append(self, records: Sequence[Record]) -> None:
        """Store nothing."""

    def read(self) -> list[Record]:
        """Return nothing."""
        return []

    def put(self, key: str, value: bytes) -> None:
        """Store nothing."""

    def get(self, _key: str) -> bytes | None:
        """Return nothing."""
        return None

    def close(self) -> None:
        """Do nothing."""
