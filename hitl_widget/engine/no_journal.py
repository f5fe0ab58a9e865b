"""A journal that keeps nothing."""

from __future__ import annotations

from collections.abc import Sequence

from hitl_widget.domain.event import Record

__all__ = ["NoJournal"]


class NoJournal:
    """Stands in for a journal that could not be opened, so that the failure can be published."""

    def append(self, records: Sequence[Record]) -> None:
        """Keep nothing."""

    def read(self) -> list[Record]:
        """Return nothing."""
        return []

    def put(self, key: str, value: bytes) -> None:
        """Keep nothing."""

    def get(self, _key: str) -> bytes | None:
        """Return nothing."""
        return None

    def close(self) -> None:
        """There is nothing to close."""
