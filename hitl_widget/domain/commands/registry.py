"""The registry of commands: the decorator that registers one, and the conversion to JSON and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform, get_type_hints

from hitl_widget.errors import CommandError

__all__ = [
    "COMMANDS",
    "Command",
    "Running",
    "Spec",
    "Subject",
    "as_json",
    "command",
    "command_from",
    "json_fields",
    "json_types",
]

Running = Literal["finish", "cancel"]
"""Whether running trials that a change leaves outside finish or are canceled."""

NOT_IN_JSON: Mapping[str, Any] = {"json": None}
"""Metadata of a field without a JSON form, which can only be set from Python."""


class Subject(StrEnum):
    """The handlers in `hitl_widget.engine.handlers`, one for each subject."""

    LIFECYCLE = "lifecycle"
    TRIALS = "trials"
    SPACE = "space"
    BELIEFS = "beliefs"
    DATA = "data"
    ROWS = "rows"
    PREFERENCES = "preferences"
    UNDO = "undo"
    ANSWERS = "answers"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Spec:
    """The metadata of a command.

    Parameters
    ----------
    name
        Its type in JSON.
    subject
        The handler that carries it out.
    page
        True if the browser may send it; the others come from Python only.
    undoable
        True if it creates an act that `undo` can revert.
    """

    name: str
    subject: Subject
    page: bool
    undoable: bool


class Command(ABC):
    """A request to a running session, from the user, a script or the search. Immutable and validated on creation."""

    __slots__ = ()
    spec: ClassVar[Spec]

    @abstractmethod
    def python(self) -> str:
        """Return the line of Python that does the same."""


COMMANDS: dict[str, type[Command]] = {}
"""All commands by name, in the order of definition."""

_C = TypeVar("_C", bound=Command)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def command(
    name: str, *, subject: Subject, page: bool = True, undoable: bool = False
) -> Callable[[type[_C]], type[_C]]:
    """Make a class a frozen dataclass and register it as a command.

    Parameters
    ----------
    name, subject, page, undoable
        As of `Spec`.

    Examples
    --------
    >>> COMMANDS["pause"].spec.page
    True
    """

    def register(cls: type[_C]) -> type[_C]:
        made = dataclass(frozen=True, slots=True)(cls)
        made.spec = Spec(name, subject, page, undoable)
        if name in COMMANDS:
            raise ValueError(f"There are two commands {name!r}: {COMMANDS[name].__qualname__} and {made.__qualname__}.")
        COMMANDS[name] = made
        return made

    return register


def json_fields(cls: type[Command]) -> tuple[Field[Any], ...]:
    """Return the fields of a command that its JSON form may contain."""
    return tuple(one for one in fields(cls) if one.metadata.get("json", True) is not None)  # type: ignore[arg-type]


def json_types(cls: type[Command]) -> dict[str, Any]:
    """Return the types of the fields that a JSON form may hold, by name.

    A field whose JSON form is narrower than its Python type names it in its metadata as ``json_type``.
    """
    hints = get_type_hints(cls)
    return {one.name: one.metadata.get("json_type", hints[one.name]) for one in json_fields(cls)}


def command_from(data: object) -> Command:
    """Return the command in an untrusted JSON form that the browser sent.

    Raises
    ------
    CommandError
        If the form is not a valid command.

    Examples
    --------
    >>> command_from({"type": "set_budget", "seconds": 60})
    SetBudget(seconds=60, trials=None)
    """
    if not isinstance(data, Mapping):
        raise CommandError(f"A command must be an object with a type; got {type(data).__name__}.")
    name = str(data.get("type"))
    cls = COMMANDS.get(name)
    if cls is None or not cls.spec.page:
        known = ", ".join(one for one, found in COMMANDS.items() if found.spec.page)
        raise CommandError(f"The type of a command must be one of {known}; got {data.get('type')!r:.100}.")
    given = {str(key): value for key, value in data.items() if key != "type"}
    _check_names(cls, given)
    return cls(**given)


def _check_names(cls: type[Command], given: Mapping[str, Any]) -> None:
    name, taken = cls.spec.name, json_fields(cls)
    known = {one.name for one in taken}
    strange = sorted(set(given) - known)
    if strange and strange[0] in {one.name for one in fields(cls)}:  # type: ignore[arg-type]
        raise CommandError(
            f"{strange[0].capitalize()} can only be set from Python, not in the JSON form of the command {name}."
        )
    if strange:
        raise CommandError(f"The command {name} does not take {strange[0]!r:.100}.")
    missing = [one.name for one in taken if one.default is MISSING and one.default_factory is MISSING]
    if not set(missing) <= set(given):
        raise CommandError(f"The command {name} is incomplete: its fields are {', '.join(sorted(known))}.")


def as_json(command: Command) -> dict[str, Any]:
    """Return the JSON form of a command, without the fields that come from Python only."""
    body: dict[str, Any] = {"type": command.spec.name}
    for one in json_fields(type(command)):
        value = getattr(command, one.name)
        body[one.name] = one.metadata["json"](value) if "json" in one.metadata else _plain(value)
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value
