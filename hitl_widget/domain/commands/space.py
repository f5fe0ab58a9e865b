"""Commands of steering: edits of the space, undo, beliefs, answers to nudges, notes, own learners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.space import Parameter, Value
from hitl_widget.domain.spelling import (
    as_range,
    as_tuple,
    dict_literal,
    is_config,
    is_count,
    is_number,
    is_text,
    kind_of,
    literal,
    put,
)
from hitl_widget.errors import CommandError

__all__ = [
    "AddBaseline",
    "AddLearner",
    "AnswerNudge",
    "AnswerWarning",
    "Believe",
    "Edit",
    "Note",
    "Redo",
    "Undo",
    "Withdraw",
]

MOST_LETTERS = 5_000


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
        if not is_config(self.changes):
            raise CommandError(
                f'Changes are a dict such as {{"lightgbm.learning_rate": (0.01, 0.1)}}; got {kind_of(self.changes)}.'
            )
        for name in ("include", "exclude"):
            names = as_tuple(getattr(self, name), f"families to {name}")
            if not all(isinstance(one, str) for one in names):
                raise CommandError(f"Families to {name} are named by texts; got {names!r}.")
            put(self, name, names)
        if self.running not in ("finish", "cancel"):
            raise CommandError(f'Running trials "finish" or are to "cancel"; got {self.running!r}.')
        if not (self.changes or self.include or self.exclude):
            raise CommandError("An edit changes something: give changes, include or exclude.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        more = "" if self.running == "finish" else ', running="cancel"'
        only = [bool(self.changes), bool(self.include), bool(self.exclude)]
        if only == [False, True, False] and not more:
            return f"session.include({', '.join(map(literal, self.include))})"
        if only == [False, False, True]:
            return f"session.exclude({', '.join(map(literal, self.exclude))}{more})"
        if only == [True, False, False] and len(self.changes) == 1:
            ((name, change),) = self.changes.items()
            if isinstance(change, Mapping) and set(change) == {"fix"}:
                return f"session.fix({literal(name)}, {literal(change['fix'])}{more})"
        parts = [dict_literal({name: as_range(change) for name, change in self.changes.items()})]
        parts += [f"{word}={literal(list(names))}" for word in ("include", "exclude") if (names := getattr(self, word))]
        return f"session.edit({', '.join(parts)}{more})"


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last change of the steering, or the one of this number."""

    act: int | None = None

    def __post_init__(self) -> None:
        if self.act is not None and not is_count(self.act):
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
        put(self, "likely", as_tuple(self.likely, "likely choices"))
        if (self.around is None) == (not self.likely):
            raise CommandError("A belief names either a value that it lies around, or likely choices.")
        if self.around is not None and not is_number(self.around):
            raise CommandError(f"A belief lies around a number; got {self.around!r}.")
        if not (is_number(self.spread) and 0 < self.spread <= 1):
            raise CommandError(f"The spread of a belief is a share of the range, above 0 up to 1; got {self.spread!r}.")
        try:
            put(self, "strength", Strength(self.strength))
        except ValueError:
            raise CommandError(f"The strength of a belief is {', '.join(Strength)}; got {self.strength!r}.") from None

    def python(self) -> str:
        """Return the line of Python that does the same."""
        what = f"likely={literal(list(self.likely))}" if self.likely else f"around={literal(self.around)}"
        spread = "" if self.likely or self.spread == 0.1 else f", spread={literal(self.spread)}"
        return f'session.believe({literal(self.about)}, {what}{spread}, strength="{self.strength}")'


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a belief back."""

    about: str

    def __post_init__(self) -> None:
        if not isinstance(self.about, str):
            raise CommandError(f"A belief is named by what it is about; got {self.about!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.withdraw({literal(self.about)})"


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
            return f"session.dismiss({literal(self.key)}{', never=True' if self.answer == 'never' else ''})"
        return f"session.accept({literal(self.key)}{'' if self.answer == 'accept' else ', ' + literal(self.answer)})"


@dataclass(frozen=True, slots=True)
class Note:
    """Write something into the journal."""

    text: str

    def __post_init__(self) -> None:
        if not is_text(self.text):
            raise CommandError(f"A note is a text that is not empty; got {self.text!r}.")
        if len(self.text) > MOST_LETTERS:
            raise CommandError(f"A note has at most {MOST_LETTERS:,} letters; this one has {len(self.text):,}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.note({literal(self.text)})"


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
        return f"session.add_learner({literal(self.name)}, estimator, space)"


@dataclass(frozen=True, slots=True)
class AddBaseline:
    """Put a model of the person's own beside the others, as the folds measured it.

    It comes from Python only, after the folds: this command has a JSON form for the record and cannot be read from one.
    """

    name: str
    scores: tuple[tuple[int, float], ...]
    seconds: float = 0.0
    problem: str = ""

    def __post_init__(self) -> None:
        if not is_text(self.name) or len(self.name) > 100:
            raise CommandError(f"A baseline has a name of at most 100 letters; got {self.name!r:.120}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.add_baseline({literal(self.name)}, estimator)"


@dataclass(frozen=True, slots=True)
class AnswerWarning:
    """Answer a warning of `session.warnings`: by one of its answers, or in words of one's own."""

    key: str
    answer: str

    def __post_init__(self) -> None:
        if not (is_text(self.key) and len(self.key) <= 500):
            raise CommandError(f"A warning is named by its key; got {self.key!r:.120}.")
        if not is_text(self.answer) or len(self.answer) > MOST_LETTERS:
            raise CommandError(f"An answer to a warning is a text of at most {MOST_LETTERS:,} letters.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.answer({literal(self.key)}, {literal(self.answer)})"
