"""What happened. The state of a session is the fold of its events, so these are all that a journal holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from hitl_widget.domain.space import Value
from hitl_widget.domain.trial import Author, Fold, Origin, Problem, TrialState

__all__ = [
    "AutonomySet",
    "BudgetSet",
    "EnsembleChanged",
    "Event",
    "Failed",
    "Finished",
    "Finishing",
    "FoldDone",
    "GenerationOpened",
    "HoldoutFailed",
    "HoldoutMeasured",
    "Loaded",
    "Opened",
    "Paused",
    "Record",
    "Rejected",
    "Resumed",
    "Started",
    "TrialEnded",
    "TrialQueued",
    "TrialRequeued",
    "TrialStarted",
    "event_body",
    "event_from",
    "event_name",
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A session was opened on a table; `settings` holds everything needed to open it again."""

    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A session was taken up again from its journal."""

    version: str = ""


@dataclass(frozen=True, slots=True)
class GenerationOpened:
    """From here on, proposals come from this search space."""

    number: int
    space: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Started:
    """The search began."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing new is started."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The search goes on."""


@dataclass(frozen=True, slots=True)
class Finishing:
    """The search ends: the holdout is being measured."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The search ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The search itself broke: no worker can run."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class BudgetSet:
    """The limits of the search are these now."""

    seconds: float | None
    trials: int | None


@dataclass(frozen=True, slots=True)
class AutonomySet:
    """Who takes the next step."""

    level: str


@dataclass(frozen=True, slots=True)
class TrialQueued:
    """A configuration waits to be evaluated."""

    number: int
    config: Mapping[str, Value]
    author: Author
    origin: Origin
    parent: int | None
    why: str
    generation: int


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """The first fold of a trial began."""

    number: int


@dataclass(frozen=True, slots=True)
class TrialRequeued:
    """A trial that was running when the session broke off waits again, from its first fold."""

    number: int


@dataclass(frozen=True, slots=True)
class FoldDone:
    """A fold of a trial was measured."""

    number: int
    fold: Fold


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """A trial is complete, stopped or failed."""

    number: int
    state: TrialState
    reason: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class EnsembleChanged:
    """The best weighted average of trials is this now; weights by trial number, greatest first."""

    members: tuple[tuple[int, float], ...]
    score: float


@dataclass(frozen=True, slots=True)
class HoldoutMeasured:
    """The rows kept aside were predicted, once."""

    trial: int
    best: float
    ensemble: float | None
    rows: int


@dataclass(frozen=True, slots=True)
class HoldoutFailed:
    """The rows kept aside could not be predicted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A command could not be carried out."""

    command: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    remedy: str = ""


Event = (
    Opened
    | Loaded
    | GenerationOpened
    | Started
    | Paused
    | Resumed
    | Finishing
    | Finished
    | Failed
    | BudgetSet
    | AutonomySet
    | TrialQueued
    | TrialStarted
    | TrialRequeued
    | FoldDone
    | TrialEnded
    | EnsembleChanged
    | HoldoutMeasured
    | HoldoutFailed
    | Rejected
)


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its place in the session.

    Parameters
    ----------
    seq
        1, 2, 3, … without gaps.
    time
        Seconds since the epoch.
    elapsed
        Seconds on the search's clock, which stands still while paused.
    author
        Who caused it.
    cause
        Id of the command that caused it, or "".
    event
        What happened.
    """

    seq: int
    time: float
    elapsed: float
    author: Author
    cause: str
    event: Event


_TYPES: dict[str, type[Any]] = {cls.__name__: cls for cls in Event.__args__}


def event_name(event: Event) -> str:
    """Return the name under which a journal keeps an event."""
    return type(event).__name__


def event_body(event: Event) -> dict[str, Any]:
    """Return the JSON body of an event."""
    return asdict(event)


def event_from(name: str, body: Mapping[str, Any]) -> Event:
    """Make an event from its name and JSON body; fields that a newer version added are left out."""
    cls = _TYPES[name]
    known = {one.name for one in fields(cls)}
    values: dict[str, Any] = {key: value for key, value in body.items() if key in known}
    if cls is TrialQueued:
        values |= {"author": Author(values["author"]), "origin": Origin(values["origin"])}
    elif cls is FoldDone:
        values["fold"] = Fold(**{**values["fold"], "warnings": tuple(values["fold"].get("warnings", ()))})
    elif cls is TrialEnded:
        problem = values.get("problem")
        values |= {"state": TrialState(values["state"]), "problem": Problem(**problem) if problem else None}
    elif cls is EnsembleChanged:
        values["members"] = tuple((int(number), float(weight)) for number, weight in values["members"])
    event: Event = cls(**values)
    return event
