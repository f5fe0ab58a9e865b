"""The table: its columns, one column, and what a change of the data would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypedDict

from hitl_widget.data.profile import ColumnProfile, Distribution, target_distribution
from hitl_widget.domain.commands import ChangeData
from hitl_widget.domain.data_choices import AUTO, ENCODINGS, FILLINGS
from hitl_widget.domain.data_preview import preview_data
from hitl_widget.domain.figures import plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Column, Kind, Role, Task
from hitl_widget.errors import CommandError
from hitl_widget.report.profile import bars_of, table_in_words
from hitl_widget.widget.requests import request

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = [
    "ColumnDetail",
    "ColumnRole",
    "ColumnRow",
    "Data",
    "DataInfo",
    "DataPreview",
    "DistributionInfo",
    "RoleInfo",
    "Spread",
    "TransformInfo",
    "WayInfo",
    "columns_of",
]

ColumnRole = Literal["numeric", "categorical", "date", "text", "ignored"]
Spread = Literal["numbers", "categories", "dates", "lengths", "none"]
ColumnRow = tuple[
    str,  # name
    ColumnRole,  # role
    bool,  # given: the role was set by the person
    str,  # kind: what its cells are, in words; "" while it is not known
    int,  # missing cells
    int,  # distinct values
    float | None,  # strength: what it says of the target alone, 0 to 1; null where it is left out, or not known yet
    Spread,
    list[int],  # bars: heights from 0 to 100, what is not shown by itself at the end; [] while they are not known
    str,  # filling: how missing cells are filled, "auto", a way or "value"
    str,  # encoding
]
"""A column of the table as it is used today."""


class DistributionInfo(TypedDict):
    """How values are spread over all rows."""

    kind: Spread
    labels: list[str]
    """A label for each bar."""
    counts: list[int]
    below: int
    """Rows below the first bar: far values do not squeeze the others."""
    above: int
    other: int
    """Rows of the categories that are not shown."""


class WayInfo(TypedDict):
    way: str
    label: str


class RoleInfo(TypedDict):
    role: ColumnRole
    label: str
    story: str
    """What it means for the models, in one sentence."""
    fillings: list[WayInfo]
    """Ways to fill missing cells; a value of one's own can be given where `values` says so."""
    values: Literal["none", "number", "text"]
    encodings: list[WayInfo]
    """Ways to make numbers of categories; one means that there is nothing to choose."""


class TransformInfo(TypedDict):
    """A transform of the person's own."""

    name: str
    columns: list[str]
    what: str


class DataInfo(TypedDict):
    """The table and its columns."""

    sentence: str
    notes: list[str]
    """What was done to the table when it was read."""
    target: str
    spread: DistributionInfo
    """How the target is spread."""
    about: str
    """What is learnt of the target, in words."""
    metric: str
    """In which metric columns are held against the target."""
    rows: list[ColumnRow]
    """In the order of the table, at most 2,000."""
    total: int
    """All columns, without the target."""
    rest: str
    """Which columns are not among the rows, in words; "" for none."""
    reading: bool
    """The columns are still being looked at: `Status.data_version` rises when it is done."""
    roles: list[RoleInfo]
    transforms: list[TransformInfo]
    python: str
    """How a transform is added, as a line of Python."""


class ColumnDetail(TypedDict):
    name: str
    role: ColumnRole
    reason: str
    understood: ColumnRole
    """The role that was understood from the table."""
    because: str
    """Why."""
    kind: str
    missing: int
    distinct: int
    examples: list[str]
    spread: DistributionInfo
    relation: str
    """What it says of the target alone, in words; "" where it is left out."""
    filling: str
    value: float | str | None
    """What missing cells are filled with, where that is a value."""
    encoding: str


class DataPreview(TypedDict):
    """What a change of the data would do."""

    title: str
    python: str
    sentence: str
    leave: int
    """Trials that turn grey by it."""
    back: int
    """Trials that come back by it."""
    running: int
    """Trials in work, which read the columns as they were: they finish or are cancelled, as said."""
    best_leaves: bool


MOST_ROWS = 2000
_NOTHING = Distribution("none")
_STORIES = {
    Role.NUMERIC: ("number", "Its values have an order and distances: models may cut it anywhere or weigh it."),
    Role.CATEGORICAL: ("category", "Its values are names: models treat each by itself, whatever the names look like."),
    Role.DATE: ("date", "Models read it as a moment, and its year, month, weekday and hour."),
    Role.TEXT: ("text", "Models read which words stand in it."),
    Role.IGNORED: ("left out", "No model reads it. It stays in the table and can come back at any time."),
}
_WAYS = {
    AUTO: "each model's own way",
    "median": "the median",
    "mean": "the mean",
    "most_frequent": "the most frequent value",
    "own_level": "a level of its own",
    "one_hot": "a column for each level",
    "ordinal": "a number for each level",
    "target_mean": "the mean of the target",
    "frequency": "how frequent the level is",
}


class Data:
    """Answers requests about the table and its columns.

    Parameters
    ----------
    session
        The session; only read.
    ask
        Has columns profiled that are not profiled yet.
    """

    def __init__(self, session: Runtime, ask: Callable[[tuple[Column, ...]], None]) -> None:
        self._session, self._ask = session, ask

    @request("profile", beside=True)
    def profile(self, state: SessionState) -> DataInfo:
        """Return the columns; what is not known of them yet comes later, and raises `Status.data_version`."""
        columns = columns_of(self._session, state)
        self._ask(columns)
        return data_info(self._session, state, self._session.survey.profiles_now(columns))

    @request("column", beside=True)
    def column(self, state: SessionState, column: str) -> ColumnDetail:
        """Return everything about one column."""
        return column_info(self._session, state, column)

    @request("preview_data", beside=True)
    def preview_data(self, state: SessionState, command: ChangeData) -> DataPreview:
        """Return what a change of the data would do; nothing is carried out."""
        return preview_info(self._session, state, command)


def columns_of(session: Runtime, state: SessionState) -> tuple[Column, ...]:
    """Return the columns of the table as they are by the choices of a state."""
    return state.steering.data.columns(session.understood.task)


def data_info(session: Runtime, state: SessionState, known: Mapping[str, ColumnProfile]) -> DataInfo:
    """Return the columns of the table as they are today."""
    choices, given = state.steering.data, session.understood.task
    task = replace(given, columns=choices.columns(given))
    shown = _shown(task.columns, known)
    left = len(task.columns) - len(shown)
    rest = f"{plural(left, 'column')} more: session.profile.frame() has all, session.set_role(…) changes any."
    return {
        "sentence": table_in_words(task),
        "notes": list(given.notes),
        "target": given.target,
        "spread": _spread(target_distribution(session.understood)),
        "about": _about(given),
        "metric": next((one.relation.metric for one in known.values() if one.relation is not None), ""),
        "rows": [_row(one, known.get(one.name), state) for one in shown],
        "total": len(task.columns),
        "rest": rest if left else "",
        "reading": len(known) < len(task.columns),
        "roles": [_role(one) for one in Role],
        "transforms": [
            {"name": one.name, "columns": list(one.columns), "what": one.what} for one in choices.transforms
        ],
        "python": _transform_line(task),
    }


def _shown(columns: Sequence[Column], known: Mapping[str, ColumnProfile]) -> Sequence[Column]:
    """Return the columns to show: of too many those in use that say most of the target, in the order of the table."""
    if len(columns) <= MOST_ROWS:
        return columns

    def weight(column: Column) -> tuple[bool, float]:
        relation = known[column.name].relation if column.name in known else None
        return column.given or column.role is not Role.IGNORED, 0.0 if relation is None else relation.strength

    chosen = {one.name for one in sorted(columns, key=weight, reverse=True)[:MOST_ROWS]}
    return [one for one in columns if one.name in chosen]


def _row(column: Column, known: ColumnProfile | None, state: SessionState) -> ColumnRow:
    relation = None if known is None else known.relation
    spread = _NOTHING if known is None else known.distribution
    filling = state.steering.data.filling.get(column.name, AUTO)
    return (
        column.name,
        column.role.value,
        column.given,
        "" if known is None else known.kind,
        column.missing,
        column.distinct,
        None if relation is None else round(relation.strength, 4),
        spread.kind,  # type: ignore[return-value]
        bars_of(spread),
        filling if isinstance(filling, str) else "value",
        state.steering.data.encoding.get(column.name, AUTO),
    )


def _spread(one: Distribution) -> DistributionInfo:
    labels, counts = list(one.labels), list(one.counts)
    return {
        "kind": one.kind,  # type: ignore[typeddict-item]
        "labels": labels,
        "counts": counts,
        "below": one.below,
        "above": one.above,
        "other": one.other,
    }


def _role(role: Role) -> RoleInfo:
    label, story = _STORIES[role]
    values = {Role.NUMERIC: "number", Role.CATEGORICAL: "text"}.get(role, "none")
    return {
        "role": role.value,
        "label": label,
        "story": story,
        "fillings": [{"way": way, "label": _WAYS.get(way, way)} for way in FILLINGS[role]],
        "values": values,  # type: ignore[typeddict-item]
        "encodings": [{"way": way, "label": _WAYS.get(way, way)} for way in ENCODINGS[role]],
    }


def _about(task: Task) -> str:
    dropped = f" {plural(task.dropped_rows, 'row')} without it {'was' if task.dropped_rows == 1 else 'were'} left out."
    more = dropped if task.dropped_rows else ""
    if task.kind is Kind.REGRESSION:
        return f"A number is predicted, judged by {task.metric.label}.{more}"
    what = f"one of {len(task.classes)} classes" if task.positive is None else f"how likely {task.positive} is"
    return f"What is predicted: {what}, judged by {task.metric.label}.{more}"


def _transform_line(task: Task) -> str:
    numbers = [one.name for one in task.columns_with(Role.NUMERIC)]
    names = numbers[:2] or [one.name for one in task.used[:1]]
    if len(names) < 2:
        return f'session.add_transform("mine", lambda table: table[{names[0]!r}], columns={names!r})'
    return f'session.add_transform("ratio", lambda table: table[{names[0]!r}] / table[{names[1]!r}], columns={names!r})'


def column_info(session: Runtime, state: SessionState, name: str) -> ColumnDetail:
    """Return everything about one column, as far as it was looked at yet.

    Raises
    ------
    CommandError
        When there is no such column.
    """
    column = next((one for one in columns_of(session, state) if one.name == name), None)
    if column is None:
        raise CommandError(f"There is no column {name!r:.100} in the table.")
    understood = next(one for one in session.understood.task.columns if one.name == name)
    known = session.survey.profiles_now((column,)).get(column.name)
    relation = None if known is None else known.relation
    filling = state.steering.data.filling.get(column.name, AUTO)
    return {
        "name": column.name,
        "role": column.role.value,
        "reason": column.reason,
        "understood": understood.role.value,
        "because": understood.reason,
        "kind": "" if known is None else known.kind,
        "missing": column.missing,
        "distinct": column.distinct,
        "examples": [] if known is None else list(known.examples),
        "spread": _spread(_NOTHING if known is None else known.distribution),
        "relation": "" if relation is None else relation.sentence,
        "filling": filling if isinstance(filling, str) else "value",
        "value": None if isinstance(filling, str) else filling["value"],
        "encoding": state.steering.data.encoding.get(column.name, AUTO),
    }


def preview_info(session: Runtime, state: SessionState, change: ChangeData) -> DataPreview:
    """Return what a change of the data would do.

    Raises
    ------
    HitlError
        When it cannot be done.
    """
    before = state.steering.data
    after = session.columns.changed(before, change)
    if after == before:
        raise CommandError("This changes nothing: the columns enter the models so already.")
    found = preview_data(state, after)
    title = session.columns.in_words(before, after)
    return {
        "title": f"{title if title.startswith(tuple(change.roles)) else title[:1].upper() + title[1:]}.",
        "python": change.python(),
        "sentence": found.sentence(),
        "leave": found.leave,
        "back": found.back,
        "running": found.running,
        "best_leaves": found.best_leaves,
    }
