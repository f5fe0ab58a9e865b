"""Commands on trials: queue, cancel, discard, restore, request proposals."""

from __future__ import annotations

from collections.abc import Mapping

from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.space import Value
from hitl_widget.domain.spelling import (
    as_tuple,
    dict_literal,
    is_config,
    is_count,
    is_text,
    literal,
    put,
)
from hitl_widget.errors import CommandError

__all__ = ["Annotate", "Batch", "Cancel", "Discard", "Grid", "Propose", "Restore", "Suggest"]

MOST_AT_ONCE = 200
MOST_TAGS = 10
MOST_LETTERS_OF_TAG = 40
MOST_LETTERS_OF_NOTE = 2_000


@command("propose", subject=Subject.TRIALS)
class Propose(Command):
    """Queue a configuration, which runs before the proposals of the search.

    Examples
    --------
    >>> Propose({"family": "svm", "svm.C": 1.0}).python()
    'session.propose({"family": "svm", "svm.C": 1.0})'
    """

    config: Mapping[str, Value]
    parent: int | None = None

    def __post_init__(self) -> None:
        if not is_config(self.config):
            raise CommandError(
                f'A configuration must be a dict such as {{"family": "lightgbm"}}; got {type(self.config).__name__}.'
            )
        if self.parent is not None and (not is_count(self.parent)):
            raise CommandError(f"parent must be the number of a trial; got {self.parent!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        parent = "" if self.parent is None else f", parent={self.parent}"
        return f"session.propose({dict_literal(self.config)}{parent})"


@command("cancel", subject=Subject.TRIALS)
class Cancel(Command):
    """End a running trial at once, or cancel a queued one. It stays in the record.

    Examples
    --------
    >>> Cancel(12).python()
    'session.cancel(12)'
    """

    number: int

    def __post_init__(self) -> None:
        if not is_count(self.number):
            raise CommandError(f"A trial must be given by its number; got {self.number!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.cancel({self.number})"


@command("grid", subject=Subject.TRIALS)
class Grid(Command):
    """Queue one configuration several times with different values of one hyperparameter.

    Examples
    --------
    >>> Grid({"family": "svm"}, "svm.C", (0.1, 1.0, 10.0)).python()
    'session.grid({"family": "svm"}, "svm.C", [0.1, 1.0, 10.0])'
    """

    config: Mapping[str, Value]
    parameter: str
    values: tuple[Value, ...]
    parent: int | None = None

    def __post_init__(self) -> None:
        Propose(self.config, self.parent)
        put(self, "values", as_tuple(self.values, "values of a grid"))
        if not isinstance(self.parameter, str):
            raise CommandError(f"A grid needs the name of one hyperparameter; got {self.parameter!r}.")
        if not 1 <= len(self.values) <= MOST_AT_ONCE:
            raise CommandError(f"A grid can have 1 to {MOST_AT_ONCE} values; got {len(self.values)}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        base = dict_literal(self.config) if self.parent is None else str(self.parent)
        return f"session.grid({base}, {literal(self.parameter)}, {literal(list(self.values))})"


@command("batch", subject=Subject.TRIALS)
class Batch(Command):
    """Run a number of trials that the search proposes, under autonomy "user".

    Examples
    --------
    >>> Batch(5).python()
    'session.batch(5)'
    """

    count: int

    def __post_init__(self) -> None:
        if not is_count(self.count) or not 1 <= self.count <= MOST_AT_ONCE:
            raise CommandError(f"A batch can have 1 to {MOST_AT_ONCE} trials; got {self.count!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.batch({self.count})"


@command("suggest", subject=Subject.TRIALS)
class Suggest(Command):
    """Return the configuration that the search would try next, without running it."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.suggest()"


@command("discard", subject=Subject.TRIALS, undoable=True)
class Discard(Command):
    """Discard a trial, which stays in the record but is ignored by the search.

    Examples
    --------
    >>> Discard(12).python()
    'session.discard(12)'
    """

    number: int

    def __post_init__(self) -> None:
        Cancel(self.number)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.discard({self.number})"


@command("restore", subject=Subject.TRIALS, undoable=True)
class Restore(Command):
    """Let the search use a discarded trial again.

    Examples
    --------
    >>> Restore(12).python()
    'session.restore(12)'
    """

    number: int

    def __post_init__(self) -> None:
        Cancel(self.number)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.restore({self.number})"


@command("annotate", subject=Subject.TRIALS, undoable=True)
class Annotate(Command):
    """Write tags and a note on a trial, in place of the earlier ones.

    Examples
    --------
    >>> Annotate(12, ("candidate",), "Fast enough for the app.").python()
    'session.annotate(12, tags=["candidate"], note="Fast enough for the app.")'
    """

    number: int
    tags: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        Cancel(self.number)
        tags = as_tuple(self.tags, "tags of a trial")
        for one in tags:
            if not is_text(one) or len(one.strip()) > MOST_LETTERS_OF_TAG:
                raise CommandError(f"A tag must be a text of 1 to {MOST_LETTERS_OF_TAG} characters; got {one!r:.120}.")
        put(self, "tags", tuple(dict.fromkeys(one.strip() for one in tags)))
        if len(self.tags) > MOST_TAGS:
            raise CommandError(f"A trial can have at most {MOST_TAGS} tags; got {len(self.tags)}.")
        if not isinstance(self.note, str):
            raise CommandError(f"The note of a trial must be a text; got {self.note!r:.120}.")
        put(self, "note", self.note.strip())
        if len(self.note) > MOST_LETTERS_OF_NOTE:
            raise CommandError(
                f"The note of a trial can have at most {MOST_LETTERS_OF_NOTE:,} characters; got {len(self.note):,}."
            )

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.annotate({self.number}, tags={literal(list(self.tags))}, note={literal(self.note)})"
