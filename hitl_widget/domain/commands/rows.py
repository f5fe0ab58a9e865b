"""Commands on the rows: how they are divided, weighted and labeled, and which ones there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from itertools import chain
from typing import Any

from hitl_widget.domain.commands.registry import NOT_IN_JSON, Command, Subject, command
from hitl_widget.domain.figures import plural
from hitl_widget.domain.spelling import as_tuple, is_count, is_number, is_text, literal, put
from hitl_widget.errors import CommandError

__all__ = ["AddRows", "DropRows", "Relabel", "RowCommand", "SetSplit", "SetTarget", "SetWeights"]

_MOST = 10_000


class RowCommand(Command):
    """A change of the rows. The results of earlier trials are set aside until it is undone."""

    __slots__ = ()

    @property
    def objects(self) -> tuple[int, ...]:
        """Identities of the Python objects that it holds, which tell it from others with the same JSON form."""
        given = [getattr(self, one.name) for one in fields(self) if one.metadata == NOT_IN_JSON]  # type: ignore[arg-type]
        held = chain.from_iterable(one.values() if isinstance(one, Mapping) else [one] for one in given)
        return tuple(id(one) for one in held if one is not None)


@command("set_split", subject=Subject.ROWS, undoable=True)
class SetSplit(RowCommand):
    """Divide the rows of the search into other folds. The holdout stays what it is unless another one is given.

    `given` holds the Python objects behind a splitter, folds or a mask of the holdout, by name of the argument.

    Examples
    --------
    >>> SetSplit(cv=10, groups="patient").python()
    'session.set_split(cv=10, groups="patient")'
    """

    cv: int | None = None
    repeats: int = 1
    groups: str | None = None
    time: str | None = None
    gap: str | float | None = None
    holdout: float | None = None
    given: Mapping[str, Any] = field(default_factory=dict, metadata=NOT_IN_JSON)

    def __post_init__(self) -> None:
        for name in ("cv", "repeats"):
            value = getattr(self, name)
            if value is not None and not is_count(value):
                raise CommandError(f"{name} must be a whole number; got {value!r:.100}.")
        for name in ("groups", "time"):
            value = getattr(self, name)
            if value is not None and not is_text(value):
                raise CommandError(f"{name} must be the name of a column; got {value!r:.100}.")
        if self.gap is not None and not (is_number(self.gap) or is_text(self.gap)):
            raise CommandError(f'gap must be a number or a duration such as "7 days"; got {self.gap!r:.100}.')
        if self.holdout is not None and not is_number(self.holdout):
            raise CommandError(f"holdout must be a share of the rows, for example 0.2; got {self.holdout!r:.100}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        words = {"cv": "folds", "holdout": "held_out"}
        said = []
        for name in ("cv", "repeats", "groups", "time", "gap", "holdout"):
            value = getattr(self, name)
            if name in self.given:
                said.append(f"{name}={words[name]}")
            elif value is not None and (name != "repeats" or value != 1):
                said.append(f"{name}={literal(value)}")
        return f"session.set_split({', '.join(said)})"


@command("set_weights", subject=Subject.ROWS, undoable=True)
class SetWeights(RowCommand):
    """Weight the rows in fits and scores by a column; without one, all rows count the same.

    `values` holds one weight per row that was given from Python.

    Examples
    --------
    >>> SetWeights("exposure").python()
    'session.set_weights("exposure")'
    """

    column: str | None = None
    values: Any = field(default=None, metadata=NOT_IN_JSON)

    def __post_init__(self) -> None:
        if self.column is not None and not is_text(self.column):
            raise CommandError(f"The weights must be the name of a column; got {self.column!r:.100}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.set_weights({'weights' if self.values is not None else literal(self.column)})"


@command("set_target", subject=Subject.ROWS, undoable=True)
class SetTarget(RowCommand):
    """Predict another column; the former target becomes a column. The holdout stays what it is.

    Examples
    --------
    >>> SetTarget("fare", metric="mae").python()
    'session.set_target("fare", metric="mae")'
    """

    column: str
    metric: str | None = None
    positive: str | float | bool | None = None

    def __post_init__(self) -> None:
        if not is_text(self.column):
            raise CommandError(f"The target must be the name of a column; got {self.column!r:.100}.")
        if self.metric is not None and not is_text(self.metric):
            raise CommandError(f"metric must be the name of a scorer, such as 'roc_auc'; got {self.metric!r:.100}.")
        if not (
            self.positive is None
            or isinstance(self.positive, bool)
            or is_number(self.positive)
            or is_text(self.positive)
        ):
            raise CommandError(f"positive must be one of two classes; got {self.positive!r:.100}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        more = {"metric": self.metric, "positive": self.positive}
        said = [literal(self.column), *(f"{name}={literal(one)}" for name, one in more.items() if one is not None)]
        return f"session.set_target({', '.join(said)})"


@command("drop_rows", subject=Subject.ROWS, undoable=True)
class DropRows(RowCommand):
    """Drop rows by a rule: duplicates, a comparison of a column with a value, or outliers of a column.

    `rows` holds a mask or positions that were given from Python.

    Examples
    --------
    >>> DropRows("age > 100").python()
    'session.drop_rows("age > 100")'
    """

    rule: str = ""
    rows: Any = field(default=None, metadata=NOT_IN_JSON)

    def __post_init__(self) -> None:
        if self.rows is None and not (is_text(self.rule) and len(self.rule) <= _MOST):
            raise CommandError(f'The rows to drop must be a rule such as "duplicates"; got {self.rule!r:.100}.')

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f"session.drop_rows({'rows' if self.rows is not None else literal(self.rule)})"


@command("add_rows", subject=Subject.ROWS, page=False, undoable=True)
class AddRows(RowCommand):
    """Add rows with the same columns to the search. The holdout stays what it is.

    Examples
    --------
    >>> AddRows(None).python()
    'session.add_rows(more)'
    """

    table: Any = field(metadata=NOT_IN_JSON)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.add_rows(more)"


@command("relabel", subject=Subject.ROWS, undoable=True)
class Relabel(RowCommand):
    """Change or confirm the target of some rows, a label for each.

    Examples
    --------
    >>> Relabel((12, 40), ("yes", "no")).python()
    'session.relabel({12: "yes", 40: "no"})'
    """

    rows: tuple[int, ...]
    labels: tuple[str | float, ...]

    def __post_init__(self) -> None:
        rows, labels = as_tuple(self.rows, "rows"), as_tuple(self.labels, "labels")
        if not rows or len(rows) != len(labels):
            raise CommandError(
                f"Each row needs one label; got {plural(len(rows), 'row')} and {plural(len(labels), 'label')}."
            )
        if len(rows) > _MOST:
            raise CommandError(f"At most {_MOST:,} rows can be relabeled at a time; got {len(rows):,}.")
        for row in rows:
            if not is_count(row):
                raise CommandError(f"A row must be a whole number; got {row!r:.100}.")
        if len(set(rows)) < len(rows):
            raise CommandError("Each row can have one label only; a row is named twice.")
        for label in labels:
            if not (is_number(label) or isinstance(label, bool) or is_text(label)):
                raise CommandError(f"A label must be a text or a number; got {label!r:.100}.")
        put(self, "rows", rows)
        put(self, "labels", labels)

    def python(self) -> str:
        """Return the line of Python that does the same."""
        pairs = [f"{row}: {literal(label)}" for row, label in zip(self.rows, self.labels, strict=True)]
        return f"session.relabel({{{', '.join(pairs)}}})"
