"""What the controller needs beside workers and sampler: journal, advisor, preferences, tables, clock. Protocols only.

Thread-safety and ownership are part of each contract.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.data_choices import DataChoices, Transform
from hitl_widget.domain.event import Learnt, Record
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.state import SessionState
from hitl_widget.sampling.contract import Scalarization

__all__ = ["Advisor", "Clock", "FindWarning", "Journal", "PreferenceLearner", "Tables"]

FindWarning = Callable[[SessionState, str], Safeguard | None]
"""Returns the warning of a key if it holds now; quick (some milliseconds), called on the controller's thread."""


class Clock(Protocol):
    """Where the controller reads the time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


class Tables(Protocol):
    """The columns of the session's table, where choices about them are checked. Owned by the controller's thread."""

    def changed(self, before: DataChoices, change: ChangeData) -> DataChoices:
        """Return choices after a change; raises `DataError`, in words, where it cannot be."""
        ...

    def settled(self, choices: DataChoices) -> DataChoices:
        """Return choices without the ways that do not go with a column's role; raises as `changed` does."""
        ...

    def with_transform(self, before: DataChoices, transform: Transform) -> DataChoices:
        """Return choices with a transform more; raises as `changed` does."""
        ...

    def without_transform(self, before: DataChoices, name: str) -> DataChoices:
        """Return choices with a transform less; raises as `changed` does."""
        ...

    def in_words(self, before: DataChoices, after: DataChoices) -> str:
        """Say what changed, for example ``"left out row_id; age is categorical"``."""
        ...

    def keep(self) -> None:
        """Put the columns where the workers find them as they came."""
        ...


class PreferenceLearner(Protocol):
    """What the person prefers, learnt from a state. Thread-safe; tens of milliseconds where something is new."""

    def learn(self, state: SessionState) -> Learnt | None:
        """Return what the answers, goals and constraints say, or None where nothing was said."""
        ...

    def scalarization(self, state: SessionState) -> Scalarization | None:
        """Return what trials are worth to the search, or None where only the metric counts."""
        ...

    def due(self, state: SessionState) -> bool:
        """Say whether enough trials came to learn anew."""
        ...


class Advisor(Protocol):
    """Looks at a state and proposes acts. Pure, quick (some milliseconds), called on the controller's thread."""

    def nudges(self, state: SessionState, elapsed: float) -> Sequence[Nudge]:
        """Return what is worth proposing now, the greatest worth first, without what was answered."""
        ...


class Journal(Protocol):
    """The durable record of a session.

    One writer: `append` and `put` are called from the controller's thread, `read` and `get` from any.
    What `append` returned from survives the death of the process.
    """

    def append(self, records: Sequence[Record]) -> None:
        """Add records, all or none."""
        ...

    def read(self) -> list[Record]:
        """Return all records in order."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep bytes under a key."""
        ...

    def get(self, key: str) -> bytes | None:
        """Return the bytes under a key."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...
