"""What a person, a script or the machine may ask of a running study.

Every command has one line of Python that does the same (`python`), and one JSON form (`command_from`, `as_json`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from hitl_widget.domain.space import Value
from hitl_widget.errors import CommandError

__all__ = [
    "Autonomy",
    "Cancel",
    "Command",
    "Pause",
    "Propose",
    "Resume",
    "SetAutonomy",
    "SetBudget",
    "Start",
    "Stop",
    "as_json",
    "command_from",
]


MOST_SECONDS = 10 * 365 * 86400
MOST_TRIALS = 1_000_000


class Autonomy(StrEnum):
    """Who takes the next step."""

    USER = "user"
    CRUISE = "cruise"
    AUTOPILOT = "autopilot"


@dataclass(frozen=True, slots=True)
class Start:
    """Begin the search."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.start()"


@dataclass(frozen=True, slots=True)
class Pause:
    """Start nothing new; what runs finishes its fold."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.pause()"


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause, or after the end when the budget was raised."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.resume()"


@dataclass(frozen=True, slots=True)
class Stop:
    """End the search and measure the holdout."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.stop()"


@dataclass(frozen=True, slots=True)
class SetBudget:
    """Set the limits of the search; None means no limit of that kind."""

    seconds: float | None = None
    trials: int | None = None

    def __post_init__(self) -> None:
        seconds, trials = self.seconds, self.trials
        if seconds is not None and not (_is_number(seconds) and 0 < seconds <= MOST_SECONDS):
            raise CommandError(f"A budget in seconds is a number above 0, up to ten years, or None; got {seconds!r}.")
        if trials is not None and not (_is_count(trials) and 1 <= trials <= MOST_TRIALS):
            raise CommandError(f"A budget in trials is a whole number from 1 to a million or None; got {trials!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        whole = self.seconds is not None and self.seconds == int(self.seconds)
        shown = int(self.seconds) if whole and self.seconds is not None else self.seconds
        return f"session.set_budget(seconds={shown!r}, trials={self.trials})"


@dataclass(frozen=True, slots=True)
class SetAutonomy:
    """Set who takes the next step."""

    level: Autonomy

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f'session.autonomy = "{self.level}"'


@dataclass(frozen=True, slots=True)
class Propose:
    """Queue a configuration; it runs before the machine's own proposals."""

    config: Mapping[str, Value]
    parent: int | None = None

    def __post_init__(self) -> None:
        if not _is_config(self.config):
            raise CommandError(
                f'A configuration is a dict such as {{"family": "lightgbm"}}; got {type(self.config).__name__}.'
            )
        if self.parent is not None and (not _is_count(self.parent)):
            raise CommandError(f"The trial it was edited from is a number; got {self.parent!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        inside = ", ".join(f"{_literal(name)}: {_literal(value)}" for name, value in self.config.items())
        parent = "" if self.parent is None else f", parent={self.parent}"
        return f"session.propose({{{inside}}}{parent})"


@dataclass(frozen=True, slots=True)
class Cancel:
    """End one queued or running trial; its record stays."""

    number: int

    def __post_init__(self) -> None:
        if not _is_count(self.number):
            raise CommandError(f"A trial is named by its number; got {self.number!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.cancel({self.number})"


Command = Start | Pause | Resume | Stop | SetBudget | SetAutonomy | Propose | Cancel

_TYPES: dict[str, type[Any]] = {
    "start": Start,
    "pause": Pause,
    "resume": Resume,
    "stop": Stop,
    "set_budget": SetBudget,
    "set_autonomy": SetAutonomy,
    "propose": Propose,
    "cancel": Cancel,
}
_NAMES = {cls: name for name, cls in _TYPES.items()}


def command_from(data: object) -> Command:
    """Read a command from its JSON form, trusting nothing.

    Raises
    ------
    CommandError
        When the form is not that of a command.

    Examples
    --------
    >>> command_from({"type": "set_budget", "seconds": 60})
    SetBudget(seconds=60, trials=None)
    """
    if not isinstance(data, Mapping):
        raise CommandError(f"A command is an object with a type; got {type(data).__name__}.")
    cls = _TYPES.get(str(data.get("type")))
    if cls is None:
        raise CommandError(f"A command's type is one of {', '.join(_TYPES)}; got {data.get('type')!r}.")
    known = {one.name for one in fields(cls)}
    given = {str(name): value for name, value in data.items() if name != "type"}
    strange = sorted(set(given) - known)
    if strange:
        raise CommandError(f"The command {data['type']} does not take {strange[0]!r}.")
    if cls is SetAutonomy:
        return SetAutonomy(_autonomy(given.get("level")))
    try:
        command: Command = cls(**given)
    except TypeError as error:
        raise CommandError(f"The command {data['type']} is incomplete: it takes {', '.join(sorted(known))}.") from error
    return command


def as_json(command: Command) -> dict[str, Any]:
    """Return the JSON form of a command."""
    body = {one.name: getattr(command, one.name) for one in fields(command)}
    return {"type": _NAMES[type(command)], **{k: dict(v) if isinstance(v, Mapping) else v for k, v in body.items()}}


def _autonomy(level: object) -> Autonomy:
    try:
        return Autonomy(str(level))
    except ValueError:
        raise CommandError(f"Autonomy is one of {', '.join(Autonomy)}; got {level!r}.") from None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _literal(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"'
    if isinstance(value, float):
        return repr(float(f"{value:.12g}"))
    return repr(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_config(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)
