"""What a person, a script or the machine may ask of a running study.

Every command has one line of Python that does the same (`python`), and one JSON form (`command_from`, `as_json`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.space import Parameter, Value
from hitl_widget.errors import CommandError

__all__ = [
    "AddLearner",
    "AnswerNudge",
    "Autonomy",
    "Batch",
    "Believe",
    "Cancel",
    "Command",
    "Discard",
    "Edit",
    "Grid",
    "Note",
    "Pause",
    "Propose",
    "Redo",
    "Restore",
    "Resume",
    "SetAutonomy",
    "SetBudget",
    "Start",
    "Stop",
    "Suggest",
    "Undo",
    "Withdraw",
    "as_json",
    "command_from",
]


MOST_SECONDS = 10 * 365 * 86400
MOST_TRIALS = 1_000_000
MOST_AT_ONCE = 200
MOST_LETTERS = 5_000


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
        parent = "" if self.parent is None else f", parent={self.parent}"
        return f"session.propose({_dict_literal(self.config)}{parent})"


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


@dataclass(frozen=True, slots=True)
class Grid:
    """Queue one configuration several times, each with another value of one hyperparameter."""

    config: Mapping[str, Value]
    parameter: str
    values: tuple[Value, ...]
    parent: int | None = None

    def __post_init__(self) -> None:
        Propose(self.config, self.parent)
        _set(self, "values", _tuple(self.values, "values of a grid"))
        if not isinstance(self.parameter, str):
            raise CommandError(f"A grid is over one hyperparameter, named by a text; got {self.parameter!r}.")
        if not 1 <= len(self.values) <= MOST_AT_ONCE:
            raise CommandError(f"A grid has 1 to {MOST_AT_ONCE} values; got {len(self.values)}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        base = _dict_literal(self.config) if self.parent is None else str(self.parent)
        return f"session.grid({base}, {_literal(self.parameter)}, {_literal(list(self.values))})"


@dataclass(frozen=True, slots=True)
class Batch:
    """Let the machine propose so many trials, while the person drives."""

    count: int

    def __post_init__(self) -> None:
        if not _is_count(self.count) or not 1 <= self.count <= MOST_AT_ONCE:
            raise CommandError(f"A batch is 1 to {MOST_AT_ONCE} trials; got {self.count!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.batch({self.count})"


@dataclass(frozen=True, slots=True)
class Suggest:
    """Ask what the machine would try next, without trying it."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.suggest()"


@dataclass(frozen=True, slots=True)
class Discard:
    """Take a trial out of the evidence; it stays in the record."""

    number: int

    def __post_init__(self) -> None:
        Cancel(self.number)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.discard({self.number})"


@dataclass(frozen=True, slots=True)
class Restore:
    """Bring a discarded trial back into the evidence."""

    number: int

    def __post_init__(self) -> None:
        Cancel(self.number)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.restore({self.number})"


@dataclass(frozen=True, slots=True)
class Edit:
    """Change the search space; the forms of a change are those of `hitl_widget.domain.edit.changed`.

    `running` says what becomes of trials in work that fall outside: ``"finish"`` or ``"cancel"``.
    """

    changes: Mapping[str, Any] = field(default_factory=dict)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    running: str = "finish"

    def __post_init__(self) -> None:
        if not _is_config(self.changes):
            raise CommandError(
                f'Changes are a dict such as {{"lightgbm.learning_rate": (0.01, 0.1)}}; got {_kind(self.changes)}.'
            )
        for name in ("include", "exclude"):
            names = _tuple(getattr(self, name), f"families to {name}")
            if not all(isinstance(one, str) for one in names):
                raise CommandError(f"Families to {name} are named by texts; got {names!r}.")
            _set(self, name, names)
        if self.running not in ("finish", "cancel"):
            raise CommandError(f'Running trials "finish" or are to "cancel"; got {self.running!r}.')
        if not (self.changes or self.include or self.exclude):
            raise CommandError("An edit changes something: give changes, include or exclude.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        more = "" if self.running == "finish" else ', running="cancel"'
        only = [bool(self.changes), bool(self.include), bool(self.exclude)]
        if only == [False, True, False]:
            return f"session.include({', '.join(map(_literal, self.include))})"
        if only == [False, False, True]:
            return f"session.exclude({', '.join(map(_literal, self.exclude))}{more})"
        if only == [True, False, False] and len(self.changes) == 1:
            ((name, change),) = self.changes.items()
            if isinstance(change, Mapping) and set(change) == {"fix"}:
                return f"session.fix({_literal(name)}, {_literal(change['fix'])}{more})"
        parts = [_dict_literal({name: _as_range(change) for name, change in self.changes.items()})]
        parts += [
            f"{word}={_literal(list(names))}" for word in ("include", "exclude") if (names := getattr(self, word))
        ]
        return f"session.edit({', '.join(parts)}{more})"


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last change of the steering, or the one of this number."""

    act: int | None = None

    def __post_init__(self) -> None:
        if self.act is not None and not _is_count(self.act):
            raise CommandError(f"An act is named by its number; got {self.act!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.undo({'' if self.act is None else self.act})"


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was undone last."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.redo()"


@dataclass(frozen=True, slots=True)
class Believe:
    """State a belief about a hyperparameter or about the families.

    `around` and `spread` (a share of the range, one standard deviation) make a bell over numbers, `likely` names
    choices or families. Stating another one about the same thing replaces it.
    """

    about: str
    around: float | None = None
    spread: float = 0.1
    likely: tuple[Value, ...] = ()
    strength: Strength = Strength.FAIR

    def __post_init__(self) -> None:
        if not isinstance(self.about, str):
            raise CommandError(f'A belief is about a hyperparameter or "family"; got {self.about!r}.')
        _set(self, "likely", _tuple(self.likely, "likely choices"))
        if (self.around is None) == (not self.likely):
            raise CommandError("A belief names either a value that it lies around, or likely choices.")
        if self.around is not None and not _is_number(self.around):
            raise CommandError(f"A belief lies around a number; got {self.around!r}.")
        if not (_is_number(self.spread) and 0 < self.spread <= 1):
            raise CommandError(f"The spread of a belief is a share of the range, above 0 up to 1; got {self.spread!r}.")
        try:
            _set(self, "strength", Strength(self.strength))
        except ValueError:
            raise CommandError(f"The strength of a belief is {', '.join(Strength)}; got {self.strength!r}.") from None

    def python(self) -> str:
        """Return the line of Python that does the same."""
        what = f"likely={_literal(list(self.likely))}" if self.likely else f"around={_literal(self.around)}"
        spread = "" if self.likely or self.spread == 0.1 else f", spread={_literal(self.spread)}"
        return f'session.believe({_literal(self.about)}, {what}{spread}, strength="{self.strength}")'


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a belief back."""

    about: str

    def __post_init__(self) -> None:
        if not isinstance(self.about, str):
            raise CommandError(f"A belief is named by what it is about; got {self.about!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.withdraw({_literal(self.about)})"


@dataclass(frozen=True, slots=True)
class AnswerNudge:
    """Answer a proposal of the machine: ``"accept"``, one of its answers, ``"later"`` or ``"never"``."""

    key: str
    answer: str = "accept"

    def __post_init__(self) -> None:
        if not all(isinstance(one, str) for one in (self.key, self.answer)):
            raise CommandError(f"A nudge is answered by its key and a word; got {self.key!r}, {self.answer!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        if self.answer in ("later", "never"):
            return f"session.dismiss({_literal(self.key)}{', never=True' if self.answer == 'never' else ''})"
        return f"session.accept({_literal(self.key)}{'' if self.answer == 'accept' else ', ' + _literal(self.answer)})"


@dataclass(frozen=True, slots=True)
class Note:
    """Write something into the journal."""

    text: str

    def __post_init__(self) -> None:
        if not _is_text(self.text):
            raise CommandError(f"A note is a text that is not empty; got {self.text!r}.")
        if len(self.text) > MOST_LETTERS:
            raise CommandError(f"A note has at most {MOST_LETTERS:,} letters; this one has {len(self.text):,}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.note({_literal(self.text)})"


@dataclass(frozen=True, slots=True)
class AddLearner:
    """Add a family of the person's own to the search space.

    Code comes from Python only: this command has a JSON form for the record and cannot be read from one.
    """

    name: str
    label: str
    parameters: tuple[Parameter, ...]
    code: bytes = b""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.add_learner({_literal(self.name)}, estimator, space)"


Command = (
    Start
    | Pause
    | Resume
    | Stop
    | SetBudget
    | SetAutonomy
    | Propose
    | Cancel
    | Grid
    | Batch
    | Suggest
    | Discard
    | Restore
    | Edit
    | Undo
    | Redo
    | Believe
    | Withdraw
    | AnswerNudge
    | Note
    | AddLearner
)

_TYPES: dict[str, type[Any]] = {
    "start": Start,
    "pause": Pause,
    "resume": Resume,
    "stop": Stop,
    "set_budget": SetBudget,
    "set_autonomy": SetAutonomy,
    "propose": Propose,
    "cancel": Cancel,
    "grid": Grid,
    "batch": Batch,
    "suggest": Suggest,
    "discard": Discard,
    "restore": Restore,
    "edit": Edit,
    "undo": Undo,
    "redo": Redo,
    "believe": Believe,
    "withdraw": Withdraw,
    "answer_nudge": AnswerNudge,
    "note": Note,
}
_NAMES = {**{cls: name for name, cls in _TYPES.items()}, AddLearner: "add_learner"}


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
    if isinstance(command, AddLearner):
        return {"type": "add_learner", "name": command.name, "parameters": [one.name for one in command.parameters]}
    body = {one.name: getattr(command, one.name) for one in fields(command)}
    return {"type": _NAMES[type(command)], **{key: _plain(value) for key, value in body.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _autonomy(level: object) -> Autonomy:
    try:
        return Autonomy(str(level))
    except ValueError:
        raise CommandError(f"Autonomy is one of {', '.join(Autonomy)}; got {level!r}.") from None


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _set(command: Any, name: str, value: object) -> None:
    object.__setattr__(command, name, value)


def _tuple(value: Any, what: str) -> tuple[Any, ...]:
    if not isinstance(value, tuple | list):
        raise CommandError(f"The {what} are a list; got {value!r}.")
    return tuple(value)


def _as_range(change: Any) -> Any:
    """Return a pair of numbers as people write it."""
    pair = isinstance(change, list) and len(change) == 2 and all(_is_number(one) for one in change)
    return tuple(change) if pair else change


def _kind(value: object) -> str:
    return type(value).__name__


def _dict_literal(value: Mapping[str, Any]) -> str:
    return f"{{{', '.join(f'{_literal(key)}: {_literal(one)}' for key, one in value.items())}}}"


def _literal(value: object) -> str:
    if isinstance(value, Mapping):
        return _dict_literal(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
        return f'"{escaped}"'
    if isinstance(value, float):
        return repr(float(f"{value:.12g}"))
    return repr(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_config(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)
