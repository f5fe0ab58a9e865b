"""What the controller needs from the outside: executor, sampler, journal, clock. Protocols only.

Thread-safety and ownership are part of each contract.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.data_choices import DataChoices, Transform
from hitl_widget.domain.data_command import ChangeData
from hitl_widget.domain.event import Learnt, Record
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.space import Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import NO_REASONS, Origin, Reasons, Trial

__all__ = [
    "Advisor",
    "Call",
    "Clock",
    "Executor",
    "Failure",
    "FailureKind",
    "Journal",
    "Merits",
    "Outcome",
    "Proposal",
    "Sampler",
    "Tables",
    "Tastes",
]


@dataclass(frozen=True, slots=True)
class Call:
    """A function to run in a worker.

    Parameters
    ----------
    function
        ``"package.module:name"``; called as ``name(context, *args)``, where `context` is what the executor's
        ``context`` function returned in that process (made once per process).
    args
        Picklable arguments.
    """

    function: str
    args: tuple[Any, ...] = ()


class FailureKind(StrEnum):
    """Why a call has no value."""

    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that ended without a value.

    Parameters
    ----------
    kind
        Why.
    message
        One sentence in plain words: what happened and what it cost.
    detail
        Traceback or signal, for those who look deeper.
    """

    kind: FailureKind
    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a submitted call ended: exactly one of `value` and `failure` is meaningful.

    Parameters
    ----------
    key
        The key given to `Executor.submit`.
    value
        What the function returned.
    failure
        Set when there is no value.
    seconds
        Wall time from the start in the worker to the end.
    slot
        Index of the slot that ran it, from 0.
    """

    key: str
    value: Any = None
    failure: Failure | None = None
    seconds: float = 0.0
    slot: int = 0


class Executor(Protocol):
    """Runs calls on a fixed number of slots, each isolated from the others.

    Contract (one test suite, `hitl_widget.testing.ExecutorContract`, runs on every implementation):

    - `submit`, `cancel`, `close` may be called from any thread and return at once.
    - `done` is called exactly once per submitted key, from a thread of the executor; it must not block.
    - at most `slots` calls run at a time; a call submitted beyond that waits in order.
    - a call that raises, hangs past `seconds`, allocates past the memory limit or kills its process costs only itself.
    - `cancel` ends a waiting or running call with a ``CANCELLED`` failure; an unknown key is ignored.
    - a look runs beside the `slots`, on a slot for looks: it never waits for other calls, nor do they for it.
    - `close` cancels all, ends the processes, and is safe to call twice.
    """

    @property
    def slots(self) -> int:
        """Number of calls that run at the same time."""
        ...

    def submit(
        self,
        key: str,
        call: Call,
        done: Callable[[Outcome], None],
        *,
        seconds: float | None = None,
        look: bool = False,
    ) -> None:
        """Run a call on the next free slot, or a look on one of its own; `seconds` limits its wall time."""
        ...

    def cancel(self, key: str) -> None:
        """End a call."""
        ...

    def close(self) -> None:
        """End all calls and processes."""
        ...


class Clock(Protocol):
    """Where the controller reads the time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


@dataclass(frozen=True, slots=True)
class Proposal:
    """A configuration that the machine would try next, and why.

    Parameters
    ----------
    config
        The whole configuration.
    why
        The reason, in words.
    origin
        `Origin.SAMPLER`, or `Origin.BELIEF` when a belief decided more than half of the choice.
    reasons
        The reason, in values.
    """

    config: Mapping[str, Value]
    why: str
    origin: Origin = Origin.SAMPLER
    reasons: Reasons = NO_REASONS


class Merits(Protocol):
    """What trials are worth to the search, where more than the metric counts."""

    @property
    def noise(self) -> float:
        """By how much a merit is uncertain."""
        ...

    def of_trial(self, trial: Trial) -> float | None:
        """Return what a trial is worth, greater is better; None without a score."""
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


class Tastes(Protocol):
    """What the person prefers, learnt from a state. Thread-safe; tens of milliseconds where something is new."""

    def learn(self, state: SessionState) -> Learnt | None:
        """Return what the answers, goals and constraints say, or None where nothing was said."""
        ...

    def merits(self, state: SessionState) -> Merits | None:
        """Return what trials are worth to the search, or None where only the metric counts."""
        ...

    def due(self, state: SessionState) -> bool:
        """Say whether enough trials came to learn anew."""
        ...


class Sampler(Protocol):
    """Proposes configurations from the evidence.

    Owned by the controller: every method is called from its thread only.
    """

    def read(self, state: SessionState, merits: Merits | None = None) -> None:
        """Take up the steering of a state, at the start and after each act: its space, beliefs and evidence.

        Evidence are the ended trials that count (`SessionState.counts_as_evidence`); those in work repel. With merits
        these are maximised, also of the trials that end from here on, else the scores.
        """
        ...

    def amend(self, trial: Trial) -> None:
        """Take note that more was measured of a trial that ended: its merit may be another one."""
        ...

    def propose(self, state: SessionState) -> Proposal:
        """Return the next configuration, inside today's space; trials in work repel it.

        A proposal that never begins leaves no trace in the evidence.
        """
        ...

    def begin(self, trial: Trial) -> None:
        """Take note that a trial runs."""
        ...

    def end(self, trial: Trial) -> None:
        """Take note of how a trial ended; of one outside today's space or discarded, nothing is learnt."""
        ...

    def judge(self, state: SessionState) -> list[Verdict]:
        """Say what the evidence says to each belief; cheap, but not free: once in some trials."""
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
