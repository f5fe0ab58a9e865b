"""The ports of the controller besides workers and sampler: journal, advisor, preferences, tables, clock.

Thread-safety and ownership are part of each contract.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.commands.rows import RowCommand
from hitl_widget.domain.data_choices import DataChoices, Transform
from hitl_widget.domain.event import Learnt, Record
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.state import SessionState
from hitl_widget.sampling.contract import Scalarization

__all__ = ["Advisor", "Clock", "Journal", "NoWarnings", "PreferenceLearner", "RowTables", "Tables", "Warnings"]


class Warnings(Protocol):
    """The warnings that are known by now. Takes milliseconds, called on the controller's thread."""

    def find(self, state: SessionState, key: str) -> Safeguard | None:
        """Return the current warning with a key, or None."""
        ...

    def leaks(self, state: SessionState, columns: Collection[str]) -> tuple[str, ...]:
        """Return those of some columns that a current warning calls target leakage, in their order."""
        ...


class NoWarnings:
    """The warnings of a search without a table."""

    def find(self, _state: SessionState, _key: str) -> Safeguard | None:
        """Return None."""
        return None

    def leaks(self, _state: SessionState, _columns: Collection[str]) -> tuple[str, ...]:
        """Return nothing."""
        return ()


class Clock(Protocol):
    """The clock of the controller."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Monotonic seconds."""
        ...


class RowChange(Protocol):
    """A change of the rows that can be carried out: the choices after it, its words, and what the journal needs."""

    @property
    def choices(self) -> DataChoices:
        """The choices about the data after it."""
        ...

    @property
    def title(self) -> str:
        """The change in words."""
        ...

    @property
    def blobs(self) -> Mapping[str, bytes]:
        """The bytes that the journal needs, by key."""
        ...

    @property
    def reviewed(self) -> frozenset[int]:
        """Rows whose label a person has judged with it."""
        ...


class RowTables(Protocol):
    """The rows of the session's table. Thread-safe."""

    def changed(self, state: SessionState, command: RowCommand) -> RowChange:
        """Return a change of the rows; raises `DataError` if it is not possible."""
        ...

    def seen_in_holdout(self, state: SessionState) -> int:
        """Return how many rows of the current holdout trials have used, under another division of the rows."""
        ...


class Tables(Protocol):
    """The columns of the session's table, which validates choices about them. Owned by the controller's thread."""

    @property
    def rows(self) -> RowTables:
        """The rows of the table."""
        ...

    def with_metric(self, before: DataChoices, name: str) -> tuple[DataChoices, str]:
        """Return the choices with another metric, and the change in words."""
        ...

    def changed(self, before: DataChoices, change: ChangeData) -> DataChoices:
        """Return choices after a change; raises `DataError` if it is not possible."""
        ...

    def settled(self, choices: DataChoices) -> DataChoices:
        """Return choices without fillings and encodings that do not suit a column's role; raises as `changed` does."""
        ...

    def with_transform(self, before: DataChoices, transform: Transform) -> DataChoices:
        """Return choices with an additional transform; raises as `changed` does."""
        ...

    def without_transform(self, before: DataChoices, name: str) -> DataChoices:
        """Return choices without a transform; raises as `changed` does."""
        ...

    def in_words(self, before: DataChoices, after: DataChoices) -> str:
        """Return the change in words, for example ``"left out row_id; age is categorical"``."""
        ...

    def keep(self) -> None:
        """Write the original columns for the workers."""
        ...


class PreferenceLearner(Protocol):
    """The model of the user's preferences. Thread-safe; an update takes tens of milliseconds."""

    def learn(self, state: SessionState) -> Learnt | None:
        """Return the conclusions from answers, goals and constraints, or None without any."""
        ...

    def scalarization(self, state: SessionState) -> Scalarization | None:
        """Return the worth of trials to the search, or None if only the metric counts."""
        ...

    def due(self, state: SessionState) -> bool:
        """Return whether enough new trials ended to learn again."""
        ...


class Advisor(Protocol):
    """Proposes acts for a state. Pure, takes milliseconds, called on the controller's thread."""

    def nudges(self, state: SessionState, elapsed: float) -> Sequence[Nudge]:
        """Return the nudges to offer, most valuable first, without answered ones."""
        ...


class Journal(Protocol):
    """The durable record of a session.

    One writer: `append` and `put` are called from the controller's thread, `read` and `get` from any.
    Once `append` has returned, its records survive the death of the process.
    """

    def append(self, records: Sequence[Record]) -> None:
        """Add records, all or none."""
        ...

    def read(self) -> list[Record]:
        """Return all records in order."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Store bytes under a key."""
        ...

    def get(self, key: str) -> bytes | None:
        """Return the bytes under a key."""
        ...

    def close(self) -> None:
        """Close the store."""
        ...
